"""Who runs what. As root, Odoo and PostgreSQL run as an unprivileged account, otherwise as the caller."""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from tools.steps import Problem, step

ACCOUNT_NAME = "oms"
# Used where no account can be added, for example on a read-only system. Debian always has it.
FALLBACK_NAME = "nobody"


@dataclass(frozen=True)
class Account:
    """The unprivileged account. ``is_other`` says that we are root and must change to it."""

    name: str
    uid: int
    gid: int
    is_other: bool

    def popen_options(self):
        """Return the keyword arguments with which `subprocess.Popen` starts a program as this account."""
        if not self.is_other:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own_directory(self, path, mode=0o755):
        """Make ``path`` a directory that belongs to the account."""
        path.mkdir(parents=True, exist_ok=True)
        if self.is_other and path.stat().st_uid != self.uid:
            os.chown(path, self.uid, self.gid)
        if path.stat().st_mode & 0o777 != mode:
            path.chmod(mode)
        return path

    def can(self, program):
        """Run ``program`` (a list of arguments) as the account and return whether it succeeded."""
        done = subprocess.run(
            program, cwd="/", stdin=subprocess.DEVNULL, capture_output=True, check=False, **self.popen_options()
        )
        return done.returncode == 0

    def can_read(self, path, skipped=()):
        """Return whether the account can reach and read ``path`` and, for a folder, everything below it.

        :param skipped: names of files and folders that do not matter
        """
        names = [part for name in skipped for part in ("-o", "-name", name)][1:]
        pruned = ["(", *names, ")", "-prune", "-o"] if names else []
        unreadable = 'path=$1; shift; test -r "$path" && test -z "$(find "$path" "$@" ! -readable -print -quit 2>&1)"'
        return self.can(["sh", "-c", unreadable, "sh", str(path), *pruned])


def find_account():
    """Return the `Account` to run Odoo and PostgreSQL as.

    As root, adds the system account ``oms`` when it is missing.

    :raise Problem: there is no unprivileged account and none can be added
    """
    uid = os.geteuid()
    if uid != 0:
        return Account(_name_of(uid), uid, os.getegid(), is_other=False)
    name = os.environ.get("OMS_USER", ACCOUNT_NAME)
    entry = _entry(name) or _add_account(name) or _entry(FALLBACK_NAME)
    if entry is None or entry.pw_uid == 0:
        raise Problem(f"no unprivileged account “{name}” to run Odoo and PostgreSQL as", "name one in OMS_USER")
    return Account(entry.pw_name, entry.pw_uid, entry.pw_gid, is_other=True)


def _add_account(name):
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if not useradd:
        return None
    with step(f"Adding the system account “{name}”"):
        options = ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent"]
        subprocess.run([useradd, *options, "--shell", "/usr/sbin/nologin", name], capture_output=True, check=False)
    return _entry(name)


def _entry(name):
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name_of(uid):
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def owner_name(path):
    """Return who owns ``path``."""
    return _name_of(Path(path).stat().st_uid)
