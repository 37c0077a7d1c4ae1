"""`./oms run`: PostgreSQL, the sandbox, Odoo and the job runner together, until Ctrl-C."""

import json
import os
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress

from tools import database as db
from tools.demo_channels import CHANNELS
from tools.front import Front
from tools.locks import open_lock, try_lock
from tools.odoo import change_addons, conf_for, odoo_command, our_addons, run_script
from tools.places import ROOT
from tools.postgres import Cluster, ensure_binaries
from tools.processes import Register, last_lines
from tools.runtime import ensure_runtime
from tools.sandbox import Sandbox
from tools.server import OdooServer, port_is_free
from tools.shapes import addon_shape
from tools.steps import Problem, say, step
from tools.templates import WARM_ASSETS, Templates

DATABASE, EMPTY_DATABASE = "oms", "oms_empty"
DEFAULT_PORT, PORT_TRIES = 8069, 20
# Two jobs at a time, each held by one worker while it runs; the third answers people meanwhile.
WORKERS = 3
# Each stand-in sells one order every two minutes.
SANDBOX_OPTIONS = ("--selling", ",".join(CHANNELS), "--backlog", "20", "--orders-per-minute", "2")
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
        memory = folder / "memory.jsonl"
        sandbox = Sandbox(port=port, state_file=memory, options=SANDBOX_OPTIONS, log=log, runtime=self.runtime).start()
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

    def start_odoo(self, name):
        """Start Odoo with the job runner on ports of its own and return the server."""
        # The sandbox is on this machine, which channels may otherwise never call (oms_core/client/hosts.py).
        env = {"OMS_ALLOW_LOOPBACK": "1"} if name == DATABASE else {}
        odoo = OdooServer(name, workers=WORKERS, env=env, server=self.server, runtime=self.runtime)
        odoo.log = self.runtime.places.logs / "odoo.log"
        odoo.log.unlink(missing_ok=True)
        odoo.start()
        self.register.add("Odoo", odoo.process)
        return odoo


def run(arguments):
    """Bring everything up, print where it is, and wait for Ctrl-C. Return the exit status.

    :raise Problem: something does not start or ends by itself
    """
    started = time.monotonic()
    _ensure_free(arguments.port)
    with step("Runtime"):
        runtime = ensure_runtime()
        ensure_binaries()
    with ExitStack() as ending, alone(runtime):
        for name in Register(runtime.places.state / "processes.json").end_leftovers():
            say(f"ended what a crashed run had left: {name}")
        with step("PostgreSQL"):
            cluster = ending.enter_context(Cluster(runtime, "run", durable=True).in_use())
        server = db.server_of(cluster)
        db.sweep(server)
        stack = Stack(runtime, server)
        running = []
        ending.callback(_stop, stack, running)
        sandbox_url = None if arguments.empty else _start_sandbox(stack, running)
        name = EMPTY_DATABASE if arguments.empty else DATABASE
        with step(f"Database “{name}”"):
            stack.ensure_database(name, sandbox_url)
        with step("Odoo and the job runner"):
            running.append(("Odoo", stack.start_odoo(name)))
        front = _start_front(arguments.port, running[-1][1])
        ending.callback(front.stop)
        stack.remember(url=f"http://127.0.0.1:{front.port}", pid=os.getpid(), database=name)
        _announce(stack, sandbox_url, time.monotonic() - started)
        return _wait(running)


def _start_sandbox(stack, running):
    with step("Sandbox"):
        sandbox = stack.start_sandbox()
    running.append(("The sandbox", sandbox))
    return sandbox.url


def _ensure_free(port):
    if port is not None and not port_is_free(port):
        raise Problem(f"port {port} is in use", "name another with --port, or leave it out to get a free one")


def _start_front(port, odoo):
    """Listen on ``port``, or by default on 8069 or one of the next that is free."""
    candidates = [port] if port else range(DEFAULT_PORT, DEFAULT_PORT + PORT_TRIES)
    for candidate in candidates:
        with suppress(OSError):
            return Front(candidate, odoo.port, odoo.websocket_port).start()
    raise Problem(f"port {candidates[0]} is in use", "name another with --port")


def _announce(stack, sandbox_url, seconds):
    say()
    say(f"The OMS is up after {seconds:.0f} s:  {stack.memory['url']}/odoo   login admin, password admin")
    if sandbox_url:
        say(f"The sandbox that stands in for the channels:  {sandbox_url}")
    say(f"Logs are in {stack.runtime.places.logs}. Ctrl-C stops everything.")


def _wait(running):
    try:
        while True:
            time.sleep(0.5)
            for name, part in running:
                if not part.is_running():
                    end = last_lines(part.log)
                    raise Problem(f"{name} ended by itself; the end of its log:\n{end}", f"see {part.log}")
    except KeyboardInterrupt:
        return 0


def _stop(stack, running):
    with step("Stopping"):
        for _name, part in reversed(running):
            part.stop()
        stack.register.clear()


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
            raise Problem(f"there is no database “{name}” yet", "make it with ./oms run, for an empty one --empty")
        conf = conf_for(runtime, server)
        command = odoo_command(
            runtime, "shell", conf, "-d", name, "--no-http", "--log-level", "warn", *arguments.options
        )
        return _interactive(runtime, command)


def _interactive(runtime, command):
    # In our own process group, so that Ctrl-C reaches the shell.
    places = runtime.places
    return subprocess.call(command, env=runtime.env(), cwd=places.code, **places.account.popen_options())
