"""The structure of the whole project, held file by file; and each rule tried on code that breaks it."""

import ast
from pathlib import Path

import pytest

from tools import structure
from tools.structure import Source

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("addons", "sandbox", "tools", "bench", "tests")
# What a plugin is named after; oms_core must work without knowing any of them.
PLUGIN_WORDS = ("amazon", "ebay", "magento", "openmage", "shopify")
TEXT_SUFFIXES = {".py", ".xml", ".js", ".csv", ".scss", ".sql"}
# Files that commit by themselves. Each needs a reason here.
COMMITS: dict[str, str] = {}


def _sources():
    paths = [path for folder in FOLDERS for path in sorted((ROOT / folder).rglob("*.py"))]
    return [Source(path.relative_to(ROOT), path.read_text(encoding="utf-8")) for path in [*paths, ROOT / "oms"]]


SOURCES = _sources()


def _dependencies():
    """Return ``{addon: all of our addons it depends on}``."""
    manifests = {path.parent.name: ast.literal_eval(path.read_text()) for path in ROOT.glob("addons/*/__manifest__.py")}
    closures = {}
    for name in manifests:
        found, queue = set(), [name]
        while queue:
            for dependency in manifests.get(queue.pop(), {}).get("depends", []):
                if dependency not in found:
                    found.add(dependency)
                    queue.append(dependency)
        closures[name] = found & set(manifests)
    return closures


def _listed(faults):
    return "\n".join(sorted(faults))


def test_there_is_something_to_check():
    assert len(SOURCES) > 50
    assert {"lib", "client", "models"} <= {source.layer for source in SOURCES}


@pytest.mark.parametrize(
    "rule",
    [
        structure.purity_faults,
        structure.client_faults,
        structure.http_faults,
        structure.translation_faults,
        structure.name_faults,
        structure.size_faults,
    ],
    ids=lambda rule: rule.__name__,
)
def test_rule_holds_everywhere(rule):
    faults = [fault for source in SOURCES for fault in rule(source)]
    assert not faults, _listed(faults)


def test_plugins_import_only_what_they_depend_on():
    addons = _dependencies()
    faults = [fault for source in SOURCES for fault in structure.plugin_faults(source, addons)]
    assert not faults, _listed(faults)


def test_no_plugin_depends_on_another_of_its_kind():
    addons = _dependencies()
    kinds = ("oms_channel_", "oms_carrier_")
    faults = [
        f"{name} depends on {other}"
        for name, others in addons.items()
        for other in others
        for kind in kinds
        if name.startswith(kind) and other.startswith(kind)
    ]
    assert not faults, _listed(faults)


def test_transactions_are_committed_only_where_it_is_said():
    faults = [fault for source in SOURCES for fault in structure.commit_faults(source, COMMITS)]
    assert not faults, _listed(faults)
    assert all((ROOT / path).exists() for path in COMMITS), "a file that is gone is still allowed to commit"


def test_core_names_no_plugin():
    files = [path for path in (ROOT / "addons" / "oms_core").rglob("*") if path.suffix in TEXT_SUFFIXES]
    faults = []
    for path in files:
        faults += structure.naming_faults(path.relative_to(ROOT), path.read_text(encoding="utf-8"), PLUGIN_WORDS)
    assert files
    assert not faults, _listed(faults)


LIB = "addons/oms_x/lib/plan.py"
CLIENT = "addons/oms_x/client/client.py"
MODEL = "addons/oms_x/models/sale_order.py"


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (structure.purity_faults, LIB, "import requests"),
        (structure.purity_faults, LIB, "from odoo import models"),
        (structure.purity_faults, LIB, "from ..models import sale_order"),
        (structure.purity_faults, LIB, "def plan():\n    import random"),
        (structure.purity_faults, LIB, "from time import time"),
        (structure.purity_faults, LIB, "import datetime\nx = datetime.datetime.now()"),
        (structure.purity_faults, LIB, "from datetime import datetime as datetime\nx = datetime.now(UTC)"),
        (structure.purity_faults, LIB, "x = open('file')"),
        (structure.client_faults, CLIENT, "from odoo import api"),
        (structure.client_faults, CLIENT, "from ..models import sale_order"),
        (structure.http_faults, CLIENT, "import requests"),
        (structure.http_faults, CLIENT, "import zeep"),
        (structure.http_faults, LIB, "import zeep\nfrom ..client.soap_transport import SoapTransport"),
        (structure.http_faults, "addons/oms_x/client/soap_transport.py", "import requests"),
        (structure.http_faults, MODEL, "from urllib.request import urlopen"),
        (structure.translation_faults, MODEL, "from odoo import _, api"),
        (structure.name_faults, MODEL, "def process_orders(): pass"),
        (structure.name_faults, MODEL, "def _handle(): pass"),
        (structure.name_faults, "addons/oms_x/lib/utils.py", ""),
        (structure.size_faults, MODEL, "def long():\n" + "    x = 1\n" * 50),
        (structure.size_faults, MODEL, "def wide(a, b, c, d, e, f): pass"),
        (structure.size_faults, MODEL, "x = 1\n" * 501),
        (structure.size_faults, LIB, "x = 1\n" * 401),
    ],
)
def test_rule_finds_what_it_is_for(rule, path, text):
    assert rule(Source(Path(path), text))


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (structure.purity_faults, LIB, "from odoo.addons.oms_core.lib import dto"),
        (structure.purity_faults, LIB, "from . import dto\nfrom .dto import Money"),
        (structure.purity_faults, LIB, "def plan(now):\n    return now()"),
        (structure.purity_faults, MODEL, "import time"),
        (
            structure.client_faults,
            CLIENT,
            "from ..lib import mapper\nfrom odoo.addons.oms_core.client.transport import Request",
        ),
        (structure.http_faults, "addons/oms_core/client/transport.py", "import requests"),
        (structure.http_faults, "addons/oms_x/tests/test_it.py", "import requests"),
        (structure.http_faults, "addons/oms_x/client/soap_transport.py", "import zeep.transports"),
        (structure.http_faults, CLIENT, "import zeep\nfrom .soap_transport import SoapTransport"),
        (structure.name_faults, MODEL, "def do_GET(self): pass\ndef document(self): pass"),
        (structure.size_faults, MODEL, "def narrow(self, a, b, c, d, e, *, f): pass\n" + "x = 1\n" * 499),
    ],
)
def test_rule_lets_pass_what_is_right(rule, path, text):
    assert not rule(Source(Path(path), text))


def test_plugin_rule_finds_an_import_without_a_dependency():
    source = Source(Path(MODEL), "from odoo.addons.oms_y.lib import dto")
    assert structure.plugin_faults(source, {"oms_x": set(), "oms_y": set()})
    assert not structure.plugin_faults(source, {"oms_x": {"oms_y"}, "oms_y": set()})


def test_commit_rule_finds_a_commit_and_knows_the_exceptions():
    source = Source(Path(MODEL), "self.env.cr.commit()")
    assert structure.commit_faults(source, {})
    assert not structure.commit_faults(source, {MODEL: "why"})
    assert not structure.commit_faults(Source(Path(MODEL), "self.order.commit()"), {})


def test_naming_rule_finds_a_plugin_by_name():
    assert structure.naming_faults(Path("x"), "one\nas on Amazon", PLUGIN_WORDS)
    assert not structure.naming_faults(Path("x"), "as on the channel", PLUGIN_WORDS)
