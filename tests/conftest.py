"""Lets tests outside the addons import their pure parts by the name they have in Odoo, without starting Odoo.

``odoo.addons.oms_core.lib.errors`` is then the file ``addons/oms_core/lib/errors.py``. The addon's own ``__init__``,
which imports its models, is never run.
"""

import importlib
import sys
from pathlib import Path
from types import ModuleType

import pytest
from hypothesis import settings

ROOT = Path(__file__).resolve().parent.parent

# No example database: it would be written into the tree. No deadline per example: a busy machine is no failure.
settings.register_profile("oms", database=None, deadline=None)
settings.load_profile("oms")


def _package(name: str, path: Path) -> None:
    if name not in sys.modules:
        package = ModuleType(name)
        package.__path__ = [str(path)]
        sys.modules[name] = package
        parent, _dot, child = name.rpartition(".")
        setattr(sys.modules[parent], child, package)


def _offer_addons() -> None:
    try:
        importlib.import_module("odoo.addons")
    except ModuleNotFoundError:  # a plain environment: the two names are all that is needed of Odoo
        sys.modules.setdefault("odoo", ModuleType("odoo"))
        _package("odoo.addons", ROOT / "addons")
    for manifest in (ROOT / "addons").glob("*/__manifest__.py"):
        _package(f"odoo.addons.{manifest.parent.name}", manifest.parent)


_offer_addons()


@pytest.fixture(scope="session", autouse=True)
def load_registry():
    """Stand in for the fixture of pytest-odoo, which would want a database for every test of this folder."""
