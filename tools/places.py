"""Where things are: the clone, its state, the cache that all clones share, and the code as Odoo's account reads it."""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tools.account import Account, find_account, owner_name
from tools.steps import Problem, step

ROOT = Path(__file__).resolve().parent.parent
STATE_NAME = ".oms"
# State of clones that the unprivileged account cannot reach, such as one below /root.
FAR_STATE = Path("/var/lib/oms")
COPY_SKIPS = {".git", STATE_NAME, "__pycache__", ".ruff_cache", ".pytest_cache", ".hypothesis", "node_modules"}


@dataclass(frozen=True)
class Places:
    """``root`` is the clone; ``code`` is what Odoo reads: the clone, or a copy of it where it cannot read the clone."""

    root: Path
    code: Path
    state: Path
    cache: Path
    account: Account

    @property
    def logs(self):
        return self.state / "log"

    @property
    def secret_key_file(self):
        return self.state / "secret.key"


def find_places():
    """Return the `Places` of this clone and make the folders that are missing."""
    account = find_account()
    cache = cache_place(account)
    in_reach = account.can(["test", "-x", str(ROOT), "-a", "-r", str(ROOT)])
    state = ROOT / STATE_NAME if in_reach else FAR_STATE / hashlib.sha256(str(ROOT).encode()).hexdigest()[:12]
    # A copy is needed, too, where the clone can be reached but single files cannot be read (a strict umask).
    readable = in_reach and account.can_read(ROOT, COPY_SKIPS)
    code = ROOT if readable else state / "code"
    if state.exists() and not account.is_other and not os.access(state, os.W_OK):
        raise Problem(
            f"{state} belongs to {owner_name(state)}, who ran ./oms here before",
            f"go on as that user (root, if it was run as root), or remove it with: sudo rm -r {state}",
        )
    places = Places(ROOT, code, account.own_directory(state), cache, account)
    account.own_directory(places.logs)
    account.own_directory(state / "home", 0o700)
    if not readable:
        _copy_code(places)
    return places


def cache_place(account):
    """Return the folder for downloads and what is built from them, made if need be.

    :raise Problem: the unprivileged account cannot read it
    """
    named = os.environ.get("OMS_CACHE")
    if named:
        cache = Path(named).expanduser().absolute()
    elif os.geteuid() == 0:
        cache = Path("/var/cache/oms")
    else:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
        cache = Path(base) / "oms"
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Problem(
            f"cannot make the cache folder {cache}: {error.strerror}", "name another folder in OMS_CACHE"
        ) from error
    if not account.can(["test", "-x", str(cache), "-a", "-r", str(cache)]):
        raise Problem(
            f"the account “{account.name}” cannot read the cache folder {cache}",
            "name a folder in OMS_CACHE that every user may enter, for example one below /var/cache",
        )
    return cache


def _copy_code(places):
    with step(f"Copying the code to where “{places.account.name}” can read it ({places.code})"):
        copy_changes(places.root, places.code)


def copy_changes(source, target):
    """Make folder ``target`` equal to ``source``, readable for everyone, copying only what differs in size or time."""
    target.mkdir(parents=True, exist_ok=True)
    target.chmod(0o755)
    wanted = {entry.name: entry for entry in os.scandir(source) if entry.name not in COPY_SKIPS}
    for entry in list(os.scandir(target)):
        if entry.name not in wanted or entry.is_dir() != wanted[entry.name].is_dir():
            _remove(Path(entry.path))
    for name, entry in wanted.items():
        copy = target / name
        if entry.is_dir():
            copy_changes(Path(entry.path), copy)
        elif entry.is_file() and not _same(Path(entry.path), copy):
            shutil.copy2(entry.path, copy)
            copy.chmod(0o755 if os.access(entry.path, os.X_OK) else 0o644)


def _same(one, other):
    if not other.exists():
        return False
    a, b = one.stat(), other.stat()
    return a.st_size == b.st_size and a.st_mtime_ns == b.st_mtime_ns


def _remove(path):
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink()
