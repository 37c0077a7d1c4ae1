"""`./oms doctor` and `./oms reset`."""

import os
import platform
import shutil
import subprocess
from pathlib import Path

from tools.browser import ensure_browser, find_browser
from tools.cache import is_built
from tools.debian import find_mirror
from tools.locks import is_free
from tools.odoo import our_addons
from tools.places import ROOT, find_places
from tools.postgres import Cluster, find_binaries
from tools.processes import Register
from tools.runtime import ensure_runtime, is_ready
from tools.stack import alone
from tools.steps import Problem, say, show_problem, step

CLUSTERS = ("run", "test", "bench")
LEAST_FREE = 5 * 2**30  # Odoo unpacked, the environment and a few databases


def doctor(options):
    """Print versions, places and what is missing, and fetch nothing. Return 0 if all is well.

    :raise Problem: something is missing; what to do was printed with it
    """
    places = find_places()
    _line("Machine", f"{_system()}, {os.cpu_count()} cores, Python {platform.python_version()}")
    _line("Project", f"{ROOT}" + (f", read from {places.code}" if places.code != ROOT else ""))
    _line("Runs as", places.account.name)
    _line("State", f"{places.state} ({_size(places.state)})")
    _line("Cache", f"{places.cache} ({_size(places.cache)})")
    found = [_check(name, check) for name, check in _checks(places).items()]
    say()
    if not all(found):
        raise Problem("not everything is in place", "follow the advice above")
    say("All is in place.")
    return 0


def _checks(places):
    return {
        "Disk": lambda: _free_space(places),
        "Mirror": find_mirror,
        "PostgreSQL": lambda: _output([find_binaries(may_install=False) / "postgres", "--version"]),
        "Browser": _browser,
        "Runtime": lambda: _runtime_lines(places),
        "Addons": lambda: ", ".join(our_addons(places.code)) or "none",
        "Running": lambda: _running(places),
    }


def _check(name, check):
    try:
        answer = check()
    except Problem as problem:
        _line(name, "PROBLEM")
        show_problem(problem)
        return False
    _line(name, answer)
    return True


def _line(name, text):
    first, *rest = str(text).splitlines() or [""]
    say(f"{name:<11}{first}")
    for line in rest:
        say(f"{'':<11}{line}")


def _runtime_lines(places):
    if not is_ready(places):
        return "not fetched yet; the first ./oms run or ./oms test does it, in two minutes or so"
    runtime = ensure_runtime()
    packages = (
        "odoo-addon-queue-job",
        "psycopg2-binary",
        "msgspec",
        "cryptography",
        "pytest",
        "ruff",
        "pylint-odoo",
        "playwright",
    )
    code = "import importlib.metadata as m, sys\nfor n in sys.argv[1:]: print(n, m.version(n))"
    versions = _output([runtime.python, "-c", code, *packages])
    return "\n".join(
        [
            f"Odoo {runtime.odoo_version} in {runtime.odoo_root / 'odoo'}",
            f"{_output([runtime.python, '--version'])} in {runtime.python}",
            ", ".join(versions.splitlines()),
        ]
    )


def _running(places):
    running = [name for name in CLUSTERS if not is_free(places.state / "postgres" / name / "keeper.lock")]
    runs = "./oms run is running" if not is_free(places.state / "run.lock") else "./oms run is not running"
    return f"{runs}; PostgreSQL up for: {', '.join(running) or 'nothing'}"


def _free_space(places):
    free = min(shutil.disk_usage(path).free for path in (places.state, places.cache))
    if free < LEAST_FREE and not is_built(places.cache / "odoo" / "19.0"):
        raise Problem(f"only {free / 2**30:.1f} GB free", "make room, or name a cache folder elsewhere in OMS_CACHE")
    return f"{free / 2**30:.0f} GB free"


def _browser():
    ensure_browser(may_install=False)
    return f"{_output([find_browser(), '--version'])} in {find_browser()}"


def _system():
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.platform()


def _output(command):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False).stdout.strip()


def _size(folder):
    total = sum(Path(parent, name).lstat().st_size for parent, _folders, files in os.walk(folder) for name in files)
    return f"{total / 2**20:.0f} MB"


def reset(options):
    """Drop this clone's databases and state. The cache stays. Return 0.

    :raise Problem: something of this clone is running
    """
    runtime = ensure_runtime()
    state = runtime.places.state
    with alone(runtime):
        Register(state / "processes.json").end_leftovers()
        for name in CLUSTERS:
            if not is_free(Cluster(runtime, name, durable=True).keeper_lock):
                raise Problem(f"the database server for ./oms {name} is in use", "end that first, then reset")
        with step(f"Removing databases, files and logs in {state}"):
            for entry in list(state.iterdir()):
                # The key stays: credentials in a backup of a database can be read only with it.
                if entry not in (runtime.places.secret_key_file, state / "run.lock", state / "code"):
                    shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
    return 0
