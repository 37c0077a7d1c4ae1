"""A real Odoo server on a database, for tests that need more than the ORM: browsers, API clients, kill -9.

::

    from tools.database import scratch_database
    from tools.server import OdooServer

    with scratch_database() as name, OdooServer(name, workers=2) as odoo:
        urllib.request.urlopen(odoo.url + "/web/login")
        odoo.kill()          # SIGKILL to the server and all its workers at once
        odoo.start()         # again, on the same database and port

The server listens on 127.0.0.1, runs the job runner unless told not to, and ends with the process that started it.
Start it from a thread that lives on: the kernel ends it when that thread ends.
"""

import os
import secrets
import signal
import socket
import time
import urllib.error
import urllib.request
from pathlib import Path

from tools.database import current_server
from tools.odoo import JOB_CHANNELS, SERVER_WIDE, odoo_command, write_conf
from tools.processes import Program, end_group, last_lines, start
from tools.runtime import load_runtime
from tools.steps import Problem

READY_PATIENCE = 120
PORT_TRIES = 3


class OdooServer(Program):
    """An Odoo server process on ``database``.

    :param workers: 0 serves from threads of one process; more start that many worker processes, as in production
    :param jobs: run queued jobs too; ``channels`` says how many at a time, in queue_job's notation
    :param port: a fixed port; by default a free one, kept over restarts
    :param env: further environment variables
    :param options: further command line options
    :param server: the database server, ``runtime``: the runtime; by default those that ./oms started this test with
    """

    def __init__(
        self,
        database,
        *,
        workers=0,
        jobs=True,
        channels=JOB_CHANNELS,
        port=None,
        env=None,
        options=(),
        server=None,
        runtime=None,
    ):
        self.database = database
        self.workers = workers
        self.jobs = jobs
        self.channels = channels
        self.port = port
        self.extra_env = env or {}
        self.options = options
        self.server = server or current_server()
        self.runtime = runtime or load_runtime()
        self.websocket_port = None  # with workers, websockets have a port of their own
        self._port_is_fixed = port is not None
        name = f"odoo-{database}-{os.getpid()}-{secrets.token_hex(2)}"
        self.log = self.runtime.places.logs / f"{name}.log"
        self._conf = self.runtime.places.state / "conf" / f"{name}.conf"

    @property
    def url(self):
        """The address without a slash at its end."""
        return f"http://127.0.0.1:{self.port}"

    def start(self, patience=READY_PATIENCE):
        """Start the server and return when it answers with the database loaded. Returns the server itself.

        :raise Problem: it ended or does not answer in ``patience`` seconds
        """
        for attempt in range(PORT_TRIES):
            self.port = self.port or free_port()
            self._launch()
            try:
                self._wait_until_ready(patience)
            except Problem:
                self.stop()
                port_was_taken = "Address already in use" in self.read_log()
                if self._port_is_fixed or not port_was_taken or attempt == PORT_TRIES - 1:
                    raise
                self.port = None
            else:
                break
        return self

    def _launch(self):
        write_conf(self.runtime, self.server, self._conf, channels=self.channels)
        load = SERVER_WIDE if self.jobs else "base,rpc,web"
        options = ["-d", self.database, "--db-filter", f"^{self.database}$", "--http-port", self.port, "--load", load]
        options += ["--workers", self.workers, "--max-cron-threads", 1, *self.options]
        if self.workers:
            self.websocket_port = free_port()
            options += ["--gevent-port", self.websocket_port]
        self.process = start(
            odoo_command(self.runtime, "server", self._conf, *options),
            account=self.runtime.places.account,
            env=self.runtime.env(**self.extra_env),
            cwd=self.runtime.places.code,
            log=self.log,
        )

    def _wait_until_ready(self, patience):
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Problem(
                    f"Odoo ended (status {self.process.returncode}):\n{last_lines(self.log)}", f"see {self.log}"
                )
            if self._answers("/web/health") and self._answers("/web/login"):
                return
            time.sleep(0.1)
        raise Problem(f"Odoo did not answer in {patience} s:\n{last_lines(self.log)}", f"see {self.log}")

    def _answers(self, path):
        try:
            with urllib.request.urlopen(self.url + path, timeout=60) as answer:  # noqa: S310 our own address
                return answer.status == 200
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        """Ask the server to stop, as Ctrl-C does, and wait for it."""
        if self.process:
            end_group(self.process, sig=signal.SIGTERM)
            self._conf.unlink(missing_ok=True)

    def read_log(self):
        """Return all the server has logged so far."""
        return Path(self.log).read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""


def free_port(preferred=None):
    """Return a free port on 127.0.0.1: ``preferred`` if it is, else any."""
    for port in (preferred, 0) if preferred else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return probe.getsockname()[1]
    raise Problem("no free port on 127.0.0.1", "close programs that listen on many ports")


def port_is_free(port):
    """Return whether nothing listens on ``port`` of 127.0.0.1."""
    try:
        return free_port(port) == port
    except OverflowError:
        raise Problem(f"{port} is not a port", "name one between 1 and 65535") from None
