"""A private PostgreSQL server on a unix socket below the state folder; the system's own server stays as it is.

The server lives as long as someone uses it: every user holds a shared lock, and a keeper process (`tools.keeper`) stops
the server when nobody holds it any more. So a crash, however hard, leaves no server behind, and two launchers can
share one server.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from tools.debian import install_system_packages
from tools.locks import is_free, shared_lock
from tools.processes import last_lines, run, started_at
from tools.runtime import short_hash
from tools.steps import Problem, step

ROLE = "oms"
PORT = 5432  # only names the socket file; nothing listens on the network
OLDEST = 13  # what Odoo 19 asks for
SOCKET_PATH_LIMIT = 107  # sockaddr_un.sun_path in unix(7)
START_PATIENCE = 60
STOP_PATIENCE = 30

SETTINGS = {
    "listen_addresses": "",
    "port": PORT,
    "unix_socket_permissions": "0700",
    "max_connections": 200,
    "shared_buffers": "256MB",
    "max_locks_per_transaction": 256,  # creating a database with Odoo's tables takes many locks at once
    "log_timezone": "UTC",
    "timezone": "UTC",
}
# A test database is thrown away, so it need not survive a power cut.
FLEETING = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class Cluster:
    """A private server with its data. ``name`` tells the one for `run` from the one for tests.

    :param durable: keep what is committed through a power cut, which costs time on every commit
    """

    def __init__(self, runtime, name, *, durable):
        self.runtime = runtime
        self.name = name
        self.durable = durable
        self.home = runtime.places.state / "postgres" / name
        self.data = self.home / "data"
        self.log = runtime.places.logs / f"postgres-{name}.log"
        self.users_lock = self.home / "users.lock"
        self.keeper_lock = self.home / "keeper.lock"

    @property
    def socket_folder(self):
        """The folder of the socket: beside the data, or a private one in /tmp where that path would be too long."""
        if len(str(self.home / f".s.PGSQL.{PORT}.lock")) <= SOCKET_PATH_LIMIT:
            return self.home
        account = self.runtime.places.account
        return Path(tempfile.gettempdir()) / f"oms-{account.uid}-{short_hash(self.home)}"

    def client_env(self):
        """Return the variables with which libpq programs find this server."""
        return {"PGHOST": str(self.socket_folder), "PGPORT": str(PORT), "PGUSER": ROLE, "PGDATABASE": "postgres"}

    def program(self, name):
        """Return the path of one of PostgreSQL's programs, of the version that made the data."""
        return find_binaries(self._data_version()) / name

    def _data_version(self):
        version = self.data / "PG_VERSION"
        return version.read_text().strip() if version.exists() else None

    def is_up(self):
        """Return whether the server answers."""
        command = [str(self.program("pg_isready")), "-q", "-U", ROLE, "-h", str(self.socket_folder), "-p", str(PORT)]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    @contextmanager
    def in_use(self):
        """While the body runs the server is up. Afterwards it stops, unless someone else uses it.

        :raise Problem: it does not start
        """
        self._make_folders()
        try:
            with shared_lock(self.users_lock):
                self._start()
                yield self
        finally:
            self._wait_for_stop()

    def _make_folders(self):
        account = self.runtime.places.account
        account.own_directory(self.home.parent)
        account.own_directory(self.home, 0o700)
        folder = self.socket_folder
        if folder != self.home:
            account.own_directory(folder, 0o700)
            if folder.is_symlink() or folder.stat().st_uid != account.uid:
                raise Problem(f"{folder} belongs to someone else", "remove it or set TMPDIR to another folder")

    def _start(self):
        deadline = time.monotonic() + START_PATIENCE
        keeper = None
        while not self.is_up():
            if time.monotonic() > deadline or (keeper and keeper.poll()):
                raise Problem(
                    f"PostgreSQL did not start; the end of {self.log}:\n{last_lines(self.log)}",
                    "free memory or disk, or start afresh with ./oms reset",
                )
            # A keeper that is just stopping still holds its lock; a new one starts once it is gone.
            if is_free(self.keeper_lock) and (keeper is None or keeper.poll() is not None):
                keeper = self._start_keeper()
            time.sleep(0.05)

    def _start_keeper(self):
        places = self.runtime.places
        command = [self.runtime.python, "-m", "tools.keeper", self.name, "durable" if self.durable else "fleeting"]
        with open(self.log, "ab") as log:
            return subprocess.Popen(
                [str(part) for part in command],
                cwd=places.code,
                env=self.runtime.env(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **places.account.popen_options(),
            )

    def _wait_for_stop(self):
        deadline = time.monotonic() + STOP_PATIENCE
        while time.monotonic() < deadline and is_free(self.users_lock) and not is_free(self.keeper_lock):
            time.sleep(0.05)

    # What the keeper does.

    def prepare(self):
        """Make the data folder if there is none and remove what a crash left behind. For the keeper only."""
        if not self.data.exists():
            fresh = self.home / "data.new"
            shutil.rmtree(fresh, ignore_errors=True)
            command = [self.program("initdb"), "-D", fresh, "-U", ROLE, "-A", "trust", "-E", "UTF8", "--no-sync"]
            run(
                [*command, "--locale=C.UTF-8"], failure="initdb could not make the data folder", fix="is the disk full?"
            )
            fresh.rename(self.data)
        self._end_stale_server()

    def server_command(self):
        """Return the command that runs the server in the foreground."""
        settings = {**SETTINGS, **({} if self.durable else FLEETING), "unix_socket_directories": self.socket_folder}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return [str(self.program("postgres")), "-D", str(self.data), *map(str, options)]

    def _end_stale_server(self):
        pid_file = self.data / "postmaster.pid"
        try:
            pid = int(pid_file.read_text().splitlines()[0])
        except (FileNotFoundError, ValueError, IndexError):
            return
        deadline = time.monotonic() + STOP_PATIENCE
        while _is_server(pid, self.data) and time.monotonic() < deadline:
            time.sleep(0.1)  # its keeper was killed, which tells it to stop
        if not _is_server(pid, self.data):
            # The number may belong to another program by now, which PostgreSQL would take for a running server.
            pid_file.unlink(missing_ok=True)
            for left in self.socket_folder.glob(".s.PGSQL.*"):
                left.unlink(missing_ok=True)


def _is_server(pid, data):
    if started_at(pid) is None:
        return False
    try:
        return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False


def find_binaries(version=None, *, may_install=True):
    """Return the folder of PostgreSQL's programs: of major ``version``, or the newest.

    As root, installs Debian's package where there are none, unless ``may_install`` is false.

    :raise Problem: there are none, or not of that version
    """
    found = _installed()
    if not found and may_install and os.geteuid() == 0 and shutil.which("apt-get"):
        install_system_packages(["postgresql"], "a private server; no system server is started")
        found = _installed()
    if not found:
        raise Problem(f"no PostgreSQL server of version {OLDEST} or newer", "install it: apt-get install postgresql")
    if version and int(version) not in found:
        raise Problem(
            f"the private database was made by PostgreSQL {version}, which is not installed any more",
            f"install postgresql-{version}, or start afresh with ./oms reset",
        )
    return found[int(version) if version else max(found)]


def _installed():
    """Return ``{major version: folder}`` of the servers on this machine."""
    on_path = shutil.which("postgres")
    folders = [*Path("/usr/lib/postgresql").glob("*/bin"), *([Path(on_path).resolve().parent] if on_path else [])]
    found = {}
    for folder in folders:
        if all((folder / name).exists() for name in ("postgres", "initdb", "psql", "pg_dump")):
            text = subprocess.run(
                [folder / "postgres", "--version"], capture_output=True, text=True, check=False
            ).stdout
            major = re.search(r"(\d+)", text)
            if major and int(major.group(1)) >= OLDEST:
                found[int(major.group(1))] = folder
    return found


def ensure_binaries():
    """Have PostgreSQL's programs, showing the step only if something must be installed."""
    if not _installed():
        with step("Looking for PostgreSQL"):
            find_binaries()
    return find_binaries()
