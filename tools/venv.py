"""The virtual environment that runs Odoo and the tests: which Python, which packages, built once and cached."""

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools.cache import build_once, is_built
from tools.debian import install_system_packages
from tools.processes import run
from tools.steps import Problem, step

RECIPE = 2  # counted up when the way an environment is built changes
OLDEST, NEWEST = (3, 10), (3, 13)
REQUIREMENTS = ("tools/odoo-requirements.txt", "requirements.txt", "requirements-dev.txt")
PROBE = "import ssl, ctypes, venv, sys; print('%d.%d.%d' % sys.version_info[:3], sys._base_executable)"
# Odoo as a file of its own: with workers, Odoo starts the file it was started from once more, for websockets.
ODOO_PROGRAM = "odoo-server.py"
# Parts of Odoo that this project never loads; compiling them would triple the time.
NOT_COMPILED = r"/addons/(l10n_(?!generic)|test_|pos_|website|hr|theme_|event|im_livechat|mrp|project|survey)|/tests/"


def find_python(account):
    """Return ``(path, version)`` of a Python between 3.10 and 3.13 that ``account`` can execute.

    A Python below root's own folders, as version managers put it, is of no use to an unprivileged account.

    :raise Problem: there is none
    """
    found = _probe(account)
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        install_system_packages(["python3", "python3-venv"], "to run Odoo")
        found = _probe(account)
    if found is None:
        raise Problem(
            f"no Python from {OLDEST[0]}.{OLDEST[1]} to {NEWEST[0]}.{NEWEST[1]} that “{account.name}” can execute",
            "install one outside root's home folder, for example: apt-get install python3 python3-venv",
        )
    return found


def _probe(account):
    names = [f"python3.{minor}" for minor in range(NEWEST[1], OLDEST[1] - 1, -1)]
    candidates = [sys.executable, "/usr/bin/python3", "/usr/local/bin/python3", *map(shutil.which, ["python3", *names])]
    for candidate in dict.fromkeys(filter(None, candidates)):
        done = subprocess.run(
            [candidate, "-I", "-c", PROBE],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **_options(account, candidate),
        )
        version, _, path = done.stdout.strip().partition(" ")
        if done.returncode == 0 and OLDEST <= tuple(map(int, version.split(".")[:2])) <= NEWEST:
            return path, version
    return None


def _options(account, candidate):
    # Popen itself raises where the account may not execute the file, so ask first and probe with `false` if not.
    executable = None if account.can(["test", "-x", candidate]) else "/bin/false"
    return {"executable": executable, **account.popen_options()}


def venv_key(python_version, python_path, odoo_root, root):
    """Return a short name for all that makes one environment different from another."""
    digest = hashlib.sha256()
    for part in (RECIPE, python_version, python_path, odoo_root):
        digest.update(f"{part}\0".encode())
    for name in REQUIREMENTS:
        digest.update((root / name).read_bytes())
    return f"py{python_version}-{digest.hexdigest()[:12]}"


def ensure_venv(places, odoo_root):
    """Return the Python of the environment for the Odoo in ``odoo_root``, building the environment if need be."""
    path, version = find_python(places.account)
    folder = _folder(places, version, path, odoo_root)
    build_once(folder, "the Python environment", lambda target: _build(target, path, odoo_root, places))
    return folder / "bin" / "python"


def venv_is_built(places, odoo_root):
    """Return whether `ensure_venv` would find the environment in the cache."""
    found = _probe(places.account)
    if found is None:
        return False
    path, version = found
    return is_built(_folder(places, version, path, odoo_root))


def _folder(places, version, path, odoo_root):
    return places.cache / "venv" / venv_key(version, path, odoo_root, places.root)


def _build(target, base, odoo_root, places):
    with step(f"Making a Python environment with {base}"):
        pip = _make_venv(target, base)
    requirements = [option for name in REQUIREMENTS for option in ("-r", places.root / name)]
    env = {**os.environ, "PIP_CACHE_DIR": str(places.cache / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1"}
    with step("Installing Python packages"):
        # All versions are pinned and the list is complete; without --no-deps pip would build psycopg2 from source,
        # which Odoo's metadata names and psycopg2-binary replaces.
        run(
            [*pip, "install", "-q", "--no-deps", "--root-user-action=ignore", *requirements],
            failure="the Python packages could not be installed",
            fix="check the network and pip's settings (pip config list), then try again",
            env=env,
        )
        site = next((target / "lib").glob("python3.*/site-packages"))
        (site / "odoo19.pth").write_text(f"{odoo_root}\n")
        (target / "bin" / ODOO_PROGRAM).write_text("import odoo.cli\n\nodoo.cli.main()\n")
    with step("Checking and compiling"):
        _check(target / "bin" / "python", pip, env)
        compiled = [target / "bin" / "python", "-m", "compileall", "-q", "-j", "0", "-x", NOT_COMPILED]
        # Only for speed, and not possible where OMS_ODOO names a folder of someone else.
        subprocess.run([*compiled, Path(odoo_root) / "odoo"], capture_output=True, check=False)


def _make_venv(target, base):
    """Make the environment and return the command that is its pip."""
    has_ensurepip = subprocess.run([base, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
    if not has_ensurepip and not _outside_pip() and os.geteuid() == 0 and shutil.which("apt-get"):
        install_system_packages(["python3-venv"], "for pip")
        has_ensurepip = (
            subprocess.run([base, "-c", "import ensurepip"], capture_output=True, check=False).returncode == 0
        )
    if has_ensurepip:
        run([base, "-m", "venv", target], failure="the Python environment could not be made")
        return [target / "bin" / "python", "-m", "pip"]
    pip = _outside_pip()
    if not pip:
        raise Problem(f"{base} has no pip", "install it: apt-get install python3-venv")
    run([base, "-m", "venv", "--without-pip", target], failure="the Python environment could not be made")
    return [*pip, "--python", target / "bin" / "python"]


def _outside_pip():
    """Return the command of a pip outside the environment that can install into it (22.3 or newer), or None."""
    for command in ([sys.executable, "-m", "pip"], ["pip3"], ["pip"]):
        if not shutil.which(command[0]):
            continue
        text = subprocess.run([*command, "--version"], capture_output=True, text=True, check=False).stdout
        version = re.match(r"pip (\d+)\.(\d+)", text)
        if version and tuple(map(int, version.groups())) >= (22, 3):
            return command
    return None


def _check(python, pip, env):
    """Raise `Problem` if a package is missing that another one needs; the requirement files must be complete."""
    done = subprocess.run([*map(str, pip), "check"], capture_output=True, text=True, check=False, env=env)
    # Odoo's own metadata names psycopg2 and PyPDF2, for which we have psycopg2-binary and pypdf.
    lacking = [line for line in done.stdout.splitlines() if " requires " in line and not line.startswith("odoo 19")]
    if lacking:
        raise Problem(
            "requirements*.txt do not fit together: " + "; ".join(lacking), "add or change the pinned versions"
        )
    wanted = "import odoo.release, odoo.tools.pdf, odoo.addons.queue_job, psycopg2, websocket, lxml, msgspec"
    run([python, "-W", "ignore", "-c", wanted], failure="the Python environment does not work", cwd="/")
