"""Databases for tests and benchmarks: cloned from a template in under a second, dropped afterwards.

A test or benchmark that ./oms started needs no arguments; the server and the template come from the environment::

    from tools.database import clone, drop, psql

    name = clone()                                   # a fresh database with our addons installed, filestore included
    rows = psql(name, "SELECT id, name FROM sale_order ORDER BY id")     # [["1", "S00001"], …], all as text
    drop(name)

or, dropped by itself::

    with scratch_database() as name:
        …

Names carry the process that made them, so what a killed run leaves behind is swept by the next one.
"""

import json
import os
import re
import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tools.locks import locked, shared_lock
from tools.processes import run, started_at
from tools.runtime import load_runtime
from tools.steps import Problem

RUN_NAME = re.compile(r"^run_(\d+)_(\d+)_[0-9a-f]+$")
SEPARATOR = "\x1f"


@dataclass(frozen=True)
class Server:
    """What it takes to talk to a running `tools.postgres.Cluster`: where its programs, socket and filestores are."""

    programs: Path
    socket_folder: Path
    port: int
    role: str
    data_dir: Path
    account: object

    def env(self):
        """Return the variables with which libpq and psycopg2 find the server."""
        return {"PGHOST": str(self.socket_folder), "PGPORT": str(self.port), "PGUSER": self.role}

    @property
    def swap_lock(self):
        """The lock that is shared while a database is copied and held alone while one is replaced."""
        return self.data_dir / "swap.lock"

    def filestore(self, name):
        """Return the folder of the files that belong to database ``name``."""
        return self.data_dir / "filestore" / name

    def call(self, program, *arguments, failure, stdin=None, settings=""):
        """Run one of PostgreSQL's programs against the server and return its output.

        :param settings: server settings for its connections, as in libpq's PGOPTIONS
        """
        env = {**os.environ, **self.env(), "PGOPTIONS": settings}
        return run([self.programs / program, *arguments], failure=failure, env=env, stdin=stdin)


def server_of(cluster):
    """Return the `Server` of a `Cluster` and make the folder for its filestores."""
    places = cluster.runtime.places
    data_dir = places.account.own_directory(places.state / "data")
    data_dir = places.account.own_directory(data_dir / cluster.name)
    folder = cluster.program("psql").parent
    env = cluster.client_env()
    return Server(folder, cluster.socket_folder, int(env["PGPORT"]), env["PGUSER"], data_dir, places.account)


def server_env(server):
    """Return the variables that hand ``server`` over to tests, which read them with `current_server`."""
    return {**server.env(), "OMS_PG_PROGRAMS": str(server.programs), "OMS_DATA_DIR": str(server.data_dir)}


def current_server():
    """Return the `Server` that ./oms started for this test or benchmark.

    :raise Problem: not started by ./oms
    """
    try:
        programs, data_dir = os.environ["OMS_PG_PROGRAMS"], os.environ["OMS_DATA_DIR"]
        host, port, role = os.environ["PGHOST"], int(os.environ["PGPORT"]), os.environ["PGUSER"]
    except KeyError as error:
        raise Problem(
            f"{error.args[0]} is not set: no database server", "start it through ./oms test or ./oms bench"
        ) from None
    account = load_runtime().places.account
    return Server(Path(programs), Path(host), port, role, Path(data_dir), account)


def psql(name, sql, *, server=None):
    """Run ``sql`` on database ``name`` in a transaction of its own. Return the rows, each a list of texts.

    NULL comes as an empty text.

    :raise Problem: PostgreSQL refused it
    """
    options = ["-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-F", SEPARATOR, "-R", "\x1e", "-d", name]
    text = (server or current_server()).call("psql", *options, failure=f"SQL failed on “{name}”", stdin=sql)
    return [row.split(SEPARATOR) for row in text.strip("\n").split("\x1e") if row]


def exists(name, *, server=None):
    """Return whether database ``name`` exists."""
    sql = f"SELECT 1 FROM pg_database WHERE datname = {quoted(name)}"  # noqa: S608
    return bool(psql("postgres", sql, server=server))


def names(*, server=None):
    """Return the names of all databases but PostgreSQL's own."""
    sql = "SELECT datname FROM pg_database WHERE datname NOT IN ('postgres', 'template0', 'template1')"
    return [row[0] for row in psql("postgres", sql, server=server)]


def fresh_name():
    """Return a name for a database of this process."""
    return f"run_{os.getpid()}_{started_at(os.getpid())}_{secrets.token_hex(3)}"


def clone(template=None, name=None, *, server=None):
    """Copy a database and its filestore. Return the name of the copy.

    :param template: the database to copy; by default the one with our addons that ./oms prepared
    :param name: the name of the copy; by default a fresh one
    :raise Problem: PostgreSQL refused, for example because someone is connected to the template
    """
    server = server or current_server()
    template = template or os.environ["OMS_TEMPLATE"]
    name = name or fresh_name()
    with shared_lock(server.swap_lock):
        server.call("createdb", "-T", template, name, failure=f"database “{template}” could not be copied")
        source, target = server.filestore(template), server.filestore(name)
        as_account(server, ["rm", "-rf", target])
        if source.exists():
            # Links suffice: Odoo never changes a stored file, it adds new ones and unlinks old ones.
            as_account(server, ["cp", "-al", source, target])
    return name


def drop(name, *, server=None):
    """Drop a database and its filestore, breaking open connections. Nothing happens if there is none."""
    server = server or current_server()
    server.call("dropdb", "--if-exists", "--force", name, failure=f"database “{name}” could not be dropped")
    as_account(server, ["rm", "-rf", server.filestore(name)])


def rename(old, new, *, server):
    """Give database ``old`` and its filestore the name ``new``, replacing what had that name.

    Nobody copies it meanwhile.
    """
    with locked(server.swap_lock):
        drop(new, server=server)
        psql("postgres", f'ALTER DATABASE "{old}" RENAME TO "{new}"', server=server)
        if server.filestore(old).exists():
            as_account(server, ["mv", server.filestore(old), server.filestore(new)])


def seal(name, *, server):
    """Let nobody connect to ``name``: a template with a connection to it cannot be copied."""
    psql("postgres", f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false', server=server)


@contextmanager
def scratch_database(template=None, *, server=None):
    """A fresh copy of the template for the length of the body."""
    name = clone(template, server=server)
    try:
        yield name
    finally:
        drop(name, server=server)


def sweep(server):
    """Drop the databases of runs that are over. Return how many there were."""
    swept = 0
    for name in names(server=server):
        found = RUN_NAME.match(name)
        if found and started_at(int(found.group(1))) != int(found.group(2)):
            drop(name, server=server)
            swept += 1
    return swept


def notes(name, *, server):
    """Return what `set_notes` stored with database ``name``, or an empty dict."""
    sql = f"SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = {quoted(name)}"  # noqa: S608
    rows = psql("postgres", sql, server=server)
    return json.loads(rows[0][0]) if rows and rows[0][0] else {}


def set_notes(name, content, *, server):
    """Store a JSON value with database ``name``: it goes where the database goes."""
    psql("postgres", f'COMMENT ON DATABASE "{name}" IS {quoted(json.dumps(content))}', server=server)


def quoted(text):
    """Return ``text`` as an SQL literal."""
    return "E'" + text.replace("\\", "\\\\").replace("'", "''") + "'"


def as_account(server, command):
    """Run ``command`` as the account that owns the filestores, so that files keep their owner."""
    failure = f"{' '.join(map(str, command[:2]))} failed"
    run(command, failure=failure, fix="is the disk full?", account=server.account, cwd="/")
