"""The runtime: places, Odoo 19 and the Python environment together, as one value that all verbs and tests share.

Tests that start servers of their own get it without building anything::

    from tools.runtime import load_runtime
    runtime = load_runtime()          # what ./oms wrote down before it started the tests
"""

import base64
import hashlib
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path

from tools.account import Account
from tools.cache import build_once, is_built
from tools.debian import PYTHON_ROOT, fetch_odoo
from tools.places import ROOT, STATE_NAME, Places, find_places
from tools.steps import Problem
from tools.venv import ensure_venv, venv_is_built

RECORD = "runtime.json"


@dataclass(frozen=True)
class Runtime:
    """Everything needed to start Odoo. ``odoo_root`` is the folder that holds the Python package ``odoo``."""

    places: Places
    python: Path
    odoo_root: Path
    odoo_version: str

    @property
    def addons_paths(self):
        """Folders with addons: Odoo's and ours. queue_job is found in the environment by itself."""
        odoo = self.odoo_root / "odoo" / "addons"
        # A source checkout has most addons beside the package; Debian's package has them all in it, and a second copy.
        beside = [] if (odoo / "sale").is_dir() else [self.odoo_root / "addons"]
        return [odoo, *beside, self.places.code / "addons"]

    def env(self, **extra):
        """Return the environment for programs of the unprivileged account, with ``extra`` variables added."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "ODOO_", "PIP_"))}
        state = self.places.state
        return {
            **kept,
            "HOME": str(state / "home") if self.places.account.is_other else os.environ.get("HOME", "/"),
            "USER": self.places.account.name,
            "LOGNAME": self.places.account.name,
            "XDG_CACHE_HOME": str(state / "home" / ".cache"),
            "XDG_CONFIG_HOME": str(state / "home" / ".config"),
            "PYTHONPATH": str(self.places.code),
            "PYTHONDONTWRITEBYTECODE": "1",
            "HYPOTHESIS_STORAGE_DIRECTORY": str(state / "home" / "hypothesis"),
            "OMS_RUNTIME": str(state / RECORD),
            "OMS_SECRET_KEY_FILE": str(self.places.secret_key_file),
            **{name: str(value) for name, value in extra.items()},
        }


def ensure_runtime():
    """Return the `Runtime`, fetching and building what is missing. Quick when all is there.

    :raise Problem: says what is missing on this machine
    """
    places = find_places()
    odoo_root, version = _ensure_odoo(places)
    python = ensure_venv(places, odoo_root)
    _ensure_secret_key(places)
    runtime = Runtime(places, python, odoo_root, version)
    _write_record(runtime)
    return runtime


def is_ready(places):
    """Return whether `ensure_runtime` would find everything in place."""
    odoo_root = os.environ.get("OMS_ODOO") or (_cached_odoo(places.cache) or Path()) / PYTHON_ROOT
    return Path(odoo_root).is_dir() and venv_is_built(places, odoo_root)


def _ensure_odoo(places):
    named = os.environ.get("OMS_ODOO")
    if named:
        return _named_odoo(Path(named).expanduser().absolute(), places.account)
    tree = _cached_odoo(places.cache) or build_once(
        places.cache / "odoo" / "19.0", "Odoo 19", lambda target: fetch_odoo(target, places.cache / "apt")
    )
    return tree / PYTHON_ROOT, (tree / "VERSION").read_text().strip()


def _cached_odoo(cache):
    tree = cache / "odoo" / "19.0"
    return tree if is_built(tree) else None


def _named_odoo(root, account):
    release = root / "odoo" / "release.py"
    if not release.is_file():
        raise Problem(
            f"OMS_ODOO names {root}, which has no odoo/release.py", "name the folder that holds the package odoo"
        )
    if not account.can_read(release):
        raise Problem(
            f"“{account.name}” cannot read OMS_ODOO's folder {root}", "move it or make it readable for everyone"
        )
    found = re.search(r"^version_info = \((\d+), (\d+)", release.read_text(), re.MULTILINE)
    if not found or found.group(1) != "19":
        raise Problem(f"OMS_ODOO names {root}, which is not Odoo 19", "name an Odoo 19 Community")
    return root, f"{found.group(1)}.{found.group(2)} from {root}"


def _ensure_secret_key(places):
    """Make the key that encrypts stored credentials.

    It lives outside the database, so a copied one gives nothing away.
    """
    path = places.secret_key_file
    if path.exists():
        return
    fresh = path.with_suffix(f".{os.getpid()}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(base64.urlsafe_b64encode(os.urandom(32)))
    if places.account.is_other:
        os.chown(fresh, places.account.uid, places.account.gid)
    fresh.rename(path)


def _write_record(runtime):
    places = runtime.places
    record = {
        "root": str(places.root),
        "code": str(places.code),
        "state": str(places.state),
        "cache": str(places.cache),
        "python": str(runtime.python),
        "odoo_root": str(runtime.odoo_root),
        "odoo_version": runtime.odoo_version,
        "account": [places.account.name, places.account.uid, places.account.gid],
    }
    path = places.state / RECORD
    fresh = path.with_name(f".{RECORD}.{os.getpid()}")
    fresh.write_text(json.dumps(record, indent=1))
    fresh.replace(path)


def load_runtime():
    """Return the `Runtime` that ./oms wrote down last, without building or checking anything.

    :raise Problem: ./oms never ran here
    """
    path = Path(os.environ.get("OMS_RUNTIME") or ROOT / STATE_NAME / RECORD)
    try:
        record = json.loads(path.read_text())
    except FileNotFoundError:
        raise Problem(f"there is no runtime yet ({path})", "run ./oms test unit first") from None
    name, uid, gid = record["account"]
    account = Account(name, uid, gid, is_other=os.geteuid() == 0 and uid != 0)
    paths = (Path(record[key]) for key in ("root", "code", "state", "cache"))
    return Runtime(Places(*paths, account), Path(record["python"]), Path(record["odoo_root"]), record["odoo_version"])


def short_hash(*parts):
    """Return ten hexadecimal digits that stand for ``parts``."""
    return hashlib.sha256("\0".join(map(str, parts)).encode()).hexdigest()[:10]
