"""`./oms run`: PostgreSQL, the sandbox, Odoo and the job runner together, until Ctrl-C."""

import json
import os
import subprocess
import time
from contextlib import contextmanager

from tools import database as db
from tools.locks import open_lock, try_lock
from tools.odoo import change_addons, conf_for, odoo_command, our_addons, run_script
from tools.places import ROOT
from tools.postgres import Cluster, ensure_binaries
from tools.processes import Register, last_lines
from tools.runtime import ensure_runtime
from tools.sandbox import Sandbox
from tools.server import OdooServer, free_port, port_is_free
from tools.shapes import addon_shape
from tools.steps import Problem, say, step
from tools.templates import WARM_ASSETS, Templates

DATABASE, EMPTY_DATABASE = "oms", "oms_empty"
DEFAULT_PORT = 8069
# Two jobs at a time, each held by one worker while it runs; the third answers people meanwhile.
WORKERS = 3
SANDBOX_OPTIONS = ("--backlog", "20", "--orders-per-minute", "2")
DEMO_SCRIPT = ROOT / "tools" / "demo_setup.py"


class Stack:
    """One run: its runtime, its database server and what it remembers for the next run."""

    def __init__(self, runtime, server):
        self.runtime = runtime
        self.server = server
        self.state = runtime.places.state
        self.memory_file = self.state / "run.json"
        self.memory = self._read_memory()
        self.register = Register(self.state / "processes.json")

    def _read_memory(self):
        try:
            return json.loads(self.memory_file.read_text())
        except (FileNotFoundError, ValueError):
            return {}

    def remember(self, **facts):
        """Keep facts about this run for the next one and for other verbs."""
        self.memory.update(facts)
        fresh = self.memory_file.with_suffix(".new")
        fresh.write_text(json.dumps(self.memory))
        fresh.replace(self.memory_file)

    def start_sandbox(self):
        """Start the sandbox, on the port of the last run if that is free, and return it."""
        folder = self.runtime.places.account.own_directory(self.state / "sandbox")
        port = self.memory.get("sandbox_port")
        port = port if port and port_is_free(port) else 0
        log = self.runtime.places.logs / "sandbox.log"
        sandbox = Sandbox(port=port, state_file=folder / "memory.jsonl", options=SANDBOX_OPTIONS, log=log).start()
        self.remember(sandbox_port=sandbox.port)
        self.register.add("the sandbox", sandbox.process)
        return sandbox

    def ensure_database(self, name, sandbox_url=None):
        """Have database ``name`` with our addons as they are now and, given ``sandbox_url``, demo data for it."""
        addons = sorted(our_addons(self.runtime.places.code))
        shapes = {addon: addon_shape(self.runtime.places.code / "addons" / addon) for addon in addons}
        wanted = {"shapes": shapes, "sandbox_url": sandbox_url}
        if not db.exists(name, server=self.server):
            self._create(name, wanted)
            return
        known = db.notes(name, server=self.server)
        installed = known.get("shapes", {})
        changed = [addon for addon in addons if installed.get(addon) != shapes[addon]]
        if changed:
            with step(f"Updating {', '.join(changed)}"):
                new = [addon for addon in changed if addon not in installed]
                self._change(name, install=new, update=[addon for addon in changed if addon in installed])
        if known.get("sandbox_url") != sandbox_url:
            with step("Connecting the demo data to the sandbox"):
                self._demo(name, "connect", sandbox_url)
        if known != wanted:
            db.set_notes(name, wanted, server=self.server)

    def _create(self, name, notes):
        base = Templates(self.runtime, self.server).base()
        work = db.clone(base, server=self.server)
        try:
            with step("Installing the OMS"):
                self._change(work, install=notes["shapes"])
            if notes["sandbox_url"]:
                with step("Creating demo data"):
                    self._demo(work, "fill", notes["sandbox_url"])
            with step("Building the web client's assets"):
                run_script(self.runtime, self.server, work, WARM_ASSETS)
        except BaseException:
            db.drop(work, server=self.server)
            raise
        db.rename(work, name, server=self.server)
        db.set_notes(name, notes, server=self.server)

    def _change(self, name, **changes):
        change_addons(self.runtime, self.server, name, **changes)

    def _demo(self, name, part, sandbox_url):
        script = DEMO_SCRIPT.read_text(encoding="utf-8")
        output = run_script(
            self.runtime, self.server, name, script, OMS_DEMO_PART=part, OMS_SANDBOX_URL=sandbox_url, OMS_DATABASE=name
        )
        for line in output.strip().splitlines():
            say(line)

    def start_odoo(self, name, port):
        """Start Odoo with the job runner on ``port`` and return the server."""
        odoo = OdooServer(name, workers=WORKERS, port=port, server=self.server)
        odoo.log = self.runtime.places.logs / "odoo.log"
        odoo.log.unlink(missing_ok=True)
        odoo.start()
        self.register.add("Odoo", odoo.process)
        self.remember(url=odoo.url, pid=os.getpid(), database=name)
        return odoo


def run(arguments):
    """Bring everything up, print where it is, and wait for Ctrl-C. Return the exit status."""
    started = time.monotonic()
    if arguments.port is not None and not port_is_free(arguments.port):
        raise Problem(f"port {arguments.port} is in use", "name another with --port, or leave it out to get a free one")
    with step("Runtime"):
        runtime = ensure_runtime()
        ensure_binaries()
    with alone(runtime):
        cluster = Cluster(runtime, "run", durable=True)
        for name in Register(runtime.places.state / "processes.json").end_leftovers():
            say(f"ended what a crashed run had left: {name}")
        with step("PostgreSQL"):
            using = cluster.in_use()
            using.__enter__()
        try:
            return _run_on(runtime, cluster, arguments, started)
        finally:
            using.__exit__(None, None, None)


def _run_on(runtime, cluster, arguments, started):
    server = db.server_of(cluster)
    db.sweep(server)
    stack = Stack(runtime, server)
    running = []
    try:
        if not arguments.empty:
            with step("Sandbox"):
                running.append(("The sandbox", stack.start_sandbox()))
        sandbox_url = running[0][1].url if running else None
        name = EMPTY_DATABASE if arguments.empty else DATABASE
        with step(f"Database “{name}”"):
            stack.ensure_database(name, sandbox_url)
        with step("Odoo and the job runner"):
            odoo = stack.start_odoo(name, arguments.port or free_port(DEFAULT_PORT))
            running.append(("Odoo", odoo))
        _announce(odoo, sandbox_url, arguments, time.monotonic() - started)
        return _wait(running)
    except KeyboardInterrupt:
        return 0
    finally:
        with step("Stopping"):
            for _name, part in reversed(running):
                part.stop()
            stack.register.clear()


def _announce(odoo, sandbox_url, arguments, seconds):
    if arguments.port is None and odoo.port != DEFAULT_PORT:
        say(f"Port {DEFAULT_PORT} is in use, so it is another one.")
    say()
    say(f"The OMS is up after {seconds:.0f} s:  {odoo.url}/odoo   login admin, password admin")
    if sandbox_url:
        say(f"The sandbox that stands in for the channels:  {sandbox_url}")
    say(f"Logs are in {odoo.log.parent}. Ctrl-C stops everything.")


def _wait(running):
    while True:
        time.sleep(0.5)
        for name, part in running:
            if not part.is_running():
                raise Problem(f"{name} ended by itself; the end of its log:\n{last_lines(part.log)}", f"see {part.log}")


@contextmanager
def alone(runtime):
    """Hold this clone's run lock.

    :raise Problem: another ./oms run has it
    """
    descriptor = open_lock(runtime.places.state / "run.lock")
    try:
        if not try_lock(descriptor):
            memory = Stack(runtime, None).memory
            where = f" at {memory['url']}" if "url" in memory else ""
            raise Problem(f"./oms run is already running in this clone{where}", "use that one, or stop it with Ctrl-C")
        yield
    finally:
        os.close(descriptor)


def shell(arguments):
    """`./oms shell`: Odoo's Python shell on the database of ./oms run. Return the exit status."""
    runtime = ensure_runtime()
    name = EMPTY_DATABASE if arguments.empty else DATABASE
    with Cluster(runtime, "run", durable=True).in_use() as cluster:
        server = db.server_of(cluster)
        if not db.exists(name, server=server):
            raise Problem(f"there is no database “{name}” yet", f"make it with ./oms run, for an empty one --empty")
        conf = conf_for(runtime, server)
        command = odoo_command(runtime, "shell", conf, "-d", name, "--no-http", *arguments.options)
        return _interactive(runtime, command)


def _interactive(runtime, command):
    # In our own process group, so that Ctrl-C reaches the shell.
    places = runtime.places
    return subprocess.call(command, env=runtime.env(), cwd=places.code, **places.account.popen_options())
