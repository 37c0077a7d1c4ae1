"""Odoo 19 from Debian's package, in a private folder: nothing is installed and no root is needed.

Facts used here, seen 2026-11-23: the package ``odoo-19`` lives in Debian's unstable suite (19.0.0+dfsg-1). It unpacks
to ``usr/lib/python3/dist-packages`` and links fonts and scripts of other packages by relative paths.
"""

import os
import re
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path

from tools.processes import run
from tools.steps import Problem, step

PACKAGE = "odoo-19"
SUITE = "sid"
# What the package links to. Each is tried from the suites in turn until no link dangles.
LINKED_PACKAGES = (
    "fonts-font-awesome",
    "fonts-glyphicons-halflings",
    "fonts-inconsolata",
    "fonts-montserrat",
    "fonts-ocr-b",
    "fonts-roboto-unhinted",
    "libjs-jquery",
    "libjs-jquery-form",
    "libjs-underscore",
)
FURTHER_SUITES = ("stable", "oldstable", "testing")
KEYRINGS = ("/usr/share/keyrings/debian-archive-keyring.gpg", "/usr/share/keyrings/debian-archive-keyring.pgp")
PYTHON_ROOT = Path("usr/lib/python3/dist-packages")
# Left out of the package because its source is not free enough for Debian. The web client asks for it and logs an
# error without it, on which every browser test fails; an empty file will do, as only blurred video calls use it.
STUB = PYTHON_ROOT / "odoo/addons/mail/static/lib/selfie_segmentation/selfie_segmentation.js"
OWN_ODOO_FIX = "or unpack Odoo 19 Community yourself and name its folder in OMS_ODOO"


class PrivateApt:
    """apt-get with its own sources, lists and cache; the system's stay as they are."""

    def __init__(self, home):
        self.home = home
        self.mirror = find_mirror()
        self.keyring = _find_keyring()
        self.suite = None
        for folder in ("lists/partial", "cache/archives/partial", "debs"):
            (home / folder).mkdir(parents=True, exist_ok=True)
        (home / "status").touch()

    def use_suite(self, suite):
        """Read the package list of ``suite``."""
        self.suite = suite
        (self.home / "sources.list").write_text(f"deb [signed-by={self.keyring}] {self.mirror} {suite} main\n")
        self._apt("update", failure=f"Debian's package list for “{suite}” could not be read from {self.mirror}")

    def fetch(self, packages, target):
        """Download ``packages`` from the suite in use and unpack them over folder ``target``."""
        debs = self.home / "debs"
        shutil.rmtree(debs)
        debs.mkdir()
        self._apt("download", *packages, failure=f"{' '.join(packages)} could not be fetched from “{self.suite}”")
        for deb in sorted(debs.iterdir()):
            run(["dpkg-deb", "-x", deb, target], failure=f"{deb.name} could not be unpacked", fix="is the disk full?")

    def version(self, package):
        """Return the version of ``package`` in the suite in use, or None."""
        text = self._apt("show", package, program="apt-cache", failure=f"{package} is not in “{self.suite}”")
        found = re.search(r"^Version: (\S+)", text, re.MULTILINE)
        return found and found.group(1)

    def _apt(self, *arguments, failure, program="apt-get"):
        options = {
            "Dir::Etc::SourceList": self.home / "sources.list",
            "Dir::Etc::SourceParts": "/dev/null",
            "Dir::State": self.home,
            "Dir::State::Lists": self.home / "lists",
            "Dir::State::status": self.home / "status",
            "Dir::Cache": self.home / "cache",
            "APT::Sandbox::User": "root",  # else apt, as root, wants folders that its own account may write to
            "APT::Update::Error-Mode": "any",
            "Acquire::Languages": "none",
            "Acquire::Retries": "3",
        }
        command = [program, "-q", *(f"-o{name}={value}" for name, value in options.items()), *arguments]
        fix = f"check the network and the machine's apt settings, then try again, {OWN_ODOO_FIX}"
        return run(command, failure=failure, fix=fix, cwd=self.home / "debs")


def find_mirror():
    """Return the address of the Debian mirror that the machine's own apt uses.

    :raise Problem: there is no apt, or it names no Debian mirror
    """
    if not shutil.which("apt-get"):
        raise Problem("Odoo is fetched with apt-get, which this system does not have", f"use Debian, {OWN_ODOO_FIX}")
    form = "$(REPO_URI) $(CODENAME) $(RELEASE) $(ORIGIN)"
    done = subprocess.run(["apt-get", "indextargets", "--format", form], capture_output=True, text=True, check=False)
    mirror = choose_mirror(done.stdout)
    if mirror is None:
        raise Problem("apt's sources name no Debian mirror", f"add one to /etc/apt/sources.list, {OWN_ODOO_FIX}")
    return mirror


def choose_mirror(targets):
    """Return the first Debian main mirror in the lines of ``apt-get indextargets``, or None.

    Lines are ``uri codename release origin``. The origin is unknown until lists have been read once, so an address that
    ends in ``/debian`` counts too; the security archive has another layout and never does.
    """
    for line in targets.splitlines():
        uri, _, rest = line.partition(" ")
        if "security" in line:
            continue
        if rest.endswith(" Debian") or uri.rstrip("/").endswith("/debian"):
            return uri
    return None


def _find_keyring():
    for keyring in KEYRINGS:
        if os.path.exists(keyring):
            return keyring
    raise Problem(
        "Debian's archive keyring is missing, so packages cannot be verified",
        f"install it with: apt-get install debian-archive-keyring, {OWN_ODOO_FIX}",
    )


def fetch_odoo(target, apt_home):
    """Unpack Odoo 19 and what it links to into folder ``target`` and close the package's known gaps.

    :raise Problem: no network, no such package, or a link that still leads nowhere
    """
    apt = PrivateApt(apt_home)
    with step("Reading Debian's package list"):
        apt.use_suite(SUITE)
    with step("Downloading and unpacking Odoo 19 (123 MB)"):
        apt.fetch([PACKAGE, *LINKED_PACKAGES], target)
        (target / "VERSION").write_text(apt.version(PACKAGE) or "unknown")
    _close_links(apt, target)
    stub = target / STUB
    stub.parent.mkdir(parents=True, exist_ok=True)
    stub.touch()
    return target


def _close_links(apt, target):
    left = dangling_links(target)
    for suite in FURTHER_SUITES:
        if not left:
            return
        with step(f"Fetching older fonts and scripts that Odoo links to ({suite})"):
            apt.use_suite(suite)
            for package in LINKED_PACKAGES:
                with suppress(Problem):  # not every suite has every package; what matters is that no link is left
                    apt.fetch([package], target)
                left = [link for link in left if not link.exists()]
                if not left:
                    break
    if dangling_links(target):
        raise Problem(f"Odoo's package links to files that no package has: {left[:3]}", OWN_ODOO_FIX)


def dangling_links(folder):
    """Return the symbolic links below ``folder`` that lead nowhere."""
    found = []
    for parent, folders, files in os.walk(folder):
        paths = [Path(parent, name) for name in (*folders, *files)]
        found += [path for path in paths if path.is_symlink() and not path.exists()]
    return found


def install_system_packages(packages, purpose):
    """As root, install Debian packages on the system for ``purpose``.

    PostgreSQL's package would start a server of its own; it is told not to.

    :raise Problem: apt-get could not do it
    """
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    command = ["apt-get", "install", "-y", "-q", "--no-install-recommends", *packages]
    fix = f"install by hand: apt-get install {' '.join(packages)}"
    with step(f"Installing {' '.join(packages)} ({purpose})"), _no_system_cluster():
        try:
            run(command, failure="apt-get install failed", env=env)
        except Problem:
            run(["apt-get", "update", "-q"], failure="apt-get update failed", fix=fix, env=env)
            run(command, failure=f"{' '.join(packages)} could not be installed", fix=fix, env=env)


class _no_system_cluster:
    """While held, installing PostgreSQL makes no system cluster (postgresql-common reads createcluster.d)."""

    setting = Path("/etc/postgresql-common/createcluster.d/oms.conf")

    def __enter__(self):
        self.setting.parent.mkdir(parents=True, exist_ok=True)
        self.setting.write_text("create_main_cluster = false\n")

    def __exit__(self, *exc):
        self.setting.unlink(missing_ok=True)
