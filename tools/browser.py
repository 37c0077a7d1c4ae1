"""What browser tests need of the system: a Chromium or Chrome, and a library of Playwright's driver."""

import ctypes
import os
import shutil

from tools.debian import install_system_packages
from tools.steps import Problem

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# The node program in the Python package playwright 1.65 is linked to it; a small Debian 12 lacks it (2026-11-23).
DRIVER_LIBRARY = "libatomic.so.1"


def find_browser():
    """Return the path of the browser, or None."""
    return next(filter(None, map(shutil.which, BROWSERS)), None)


def missing_packages():
    """Return the Debian packages that browser tests lack on this machine."""
    missing = [] if find_browser() else ["chromium", "fonts-liberation"]
    try:
        ctypes.CDLL(DRIVER_LIBRARY)
    except OSError:
        missing.append("libatomic1")
    return missing


def ensure_browser(*, may_install=True):
    """Have what browser tests need, installing Debian's packages as root.

    :raise Problem: something is missing and cannot be installed
    """
    missing = missing_packages()
    if missing and may_install and os.geteuid() == 0 and shutil.which("apt-get"):
        install_system_packages(missing, "for browser tests")
        missing = missing_packages()
    if missing:
        raise Problem(f"browser tests lack {' '.join(missing)}", f"install it: apt-get install {' '.join(missing)}")
