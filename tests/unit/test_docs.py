"""What the documentation says is there: links, commands, files, names of code, addons."""

import ast
import contextlib
import io
import re
from pathlib import Path

import pytest
import yaml

from tools.cli import VERBS, _parser

ROOT = Path(__file__).resolve().parents[2]
DOCS = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")), *sorted(ROOT.glob("addons/*/README.md"))]
ADDONS = sorted(path.parent.name for path in ROOT.glob("addons/*/__manifest__.py"))
CODE_FOLDERS = ("addons", "tools", "sandbox", "bench", "tests", "docker")
FENCE = re.compile(r"^ *```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
# Names of others that our code does not need to mention.
OUTSIDE = {
    "ODOO_QUEUE_JOB_CHANNELS", "admin_passwd", "data_dir", "db_name", "dbfilter", "limit_time_real", "odoo.conf",
    "queue.job", "sale.order", "stock.picking", "stock_sms",
}  # fmt: skip


def _ids(paths):
    return [str(path.relative_to(ROOT)) for path in paths]


def _prose(path):
    return FENCE.sub("", path.read_text(encoding="utf-8"))


def _fences(path, *languages):
    return [body for language, body in FENCE.findall(path.read_text(encoding="utf-8")) if language in languages]


def _commands(path):
    """Return the shell commands shown in a document, joined where they go on, without comments."""
    text = "\n".join(_fences(path, "sh")).replace("\\\n", " ")
    lines = [line.split(" #")[0].strip() for line in text.splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def _anchors(path):
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", _prose(path), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def _sources():
    paths = [path for folder in CODE_FOLDERS for path in (ROOT / folder).rglob("*") if path.suffix in SUFFIXES]
    paths += [ROOT / "docker-compose.yml"]
    own = Path(__file__)
    return {path: path.read_text(encoding="utf-8") for path in paths if path != own}


SUFFIXES = {".py", ".xml", ".csv", ".sql", ".conf", ".sh"}
SOURCES = _sources()
WORDS = set(re.findall(r"\w+", "\n".join(SOURCES.values())))
TEXT = "\n".join(SOURCES.values())


def _is_path(span):
    return bool(re.fullmatch(r"[\w./-]+", span)) and ("/" in span.strip("/") or span.endswith((".md", ".yml")))


def _is_name(span):
    """Tell whether a span names code: with a dot, an underscore or inner capitals, perhaps with arguments."""
    if not re.fullmatch(r"[A-Za-z_][\w.]*(\(.*\)( -> .*)?)?", span):
        return False
    name = span.partition("(")[0]
    return "_" in name or "." in name or "(" in span or bool(re.search(r"[a-z][A-Z]", name))


def test_there_is_documentation():
    assert {"README.md", "docs/architecture.md", "docs/adding-a-channel.md", "docs/operating.md", "docs/api.md"} <= set(
        _ids(DOCS)
    )


@pytest.mark.parametrize("path", DOCS, ids=_ids(DOCS))
def test_links_lead_somewhere(path):
    for target in LINK.findall(_prose(path)):
        if target.startswith(("https://", "http://", "mailto:")):
            continue
        file, _hash, anchor = target.partition("#")
        found = (path.parent / file).resolve() if file else path
        assert found.exists(), f"{target} does not exist"
        assert found.is_relative_to(ROOT)
        assert not anchor or anchor in _anchors(found), f"{target}: no such heading"


@pytest.mark.parametrize("path", DOCS, ids=_ids(DOCS))
def test_files_that_are_named_exist(path):
    """A file is named from the top, from the document's folder, or from an addon's."""
    spans = [span for span in SPAN.findall(_prose(path)) if _is_path(span) and not span.startswith(("/", "."))]
    places = [ROOT, path.parent, *(ROOT / "addons" / addon for addon in ADDONS)]
    missing = [span for span in spans if not any((place / span).exists() for place in places)]
    assert [span for span in missing if not span.startswith("github.com/")] == []


@pytest.mark.parametrize("path", DOCS, ids=_ids(DOCS))
def test_names_of_code_exist(path):
    missing = []
    for span in SPAN.findall(_prose(path)):
        if not _is_name(span) or _is_path(span):
            continue
        name = span.partition("(")[0].rstrip(".")
        is_known = name in OUTSIDE or name in TEXT or all(part in WORDS for part in name.split("."))
        if not is_known or ("(" in span and not re.search(rf"(def|class) {name.split('.')[-1]}\b", TEXT)):
            missing.append(span)
    assert missing == []


@pytest.mark.parametrize("path", DOCS, ids=_ids(DOCS))
def test_commands_of_the_launcher_exist(path):
    for command in _commands(path):
        words = command.split()
        if words[0] == "./oms" and len(words) > 1:
            with contextlib.redirect_stderr(io.StringIO()) as complaint:
                try:
                    _parser().parse_args(words[1:])
                except SystemExit:
                    pytest.fail(f"{command}: {complaint.getvalue()}")
    for verb in re.findall(r"`\./oms (\w+)", _prose(path)):
        assert verb in VERBS


@pytest.mark.parametrize("path", DOCS, ids=_ids(DOCS))
def test_commands_for_containers_name_what_is_there(path):
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text(encoding="utf-8"))
    profiles = {profile for service in compose["services"].values() for profile in service.get("profiles", [])}
    for command in _commands(path):
        if "docker compose" not in command:
            continue
        words = command.split()
        assert set(re.findall(r"--profile (\S+)", command)) <= profiles
        if "run" in words:
            service = next(word for word in words[words.index("run") + 1 :] if not word.startswith("-"))
            assert service in compose["services"]


@pytest.mark.parametrize("path", DOCS, ids=_ids(DOCS))
def test_python_and_configuration_can_be_read(path):
    for body in _fences(path, "python"):
        ast.parse(body.replace("…", "..."))


def test_the_smallest_channel_is_shown_as_it_is():
    """Each line of the examples of the smallest channel stands in its addon, in the order in which it is shown."""
    addon = ROOT / "addons" / "oms_channel_file"
    files = [addon / "client" / "adapter.py", addon / "models" / "oms_channel.py", addon / "client" / "adapter.py"]
    examples = _fences(ROOT / "docs" / "adding-a-channel.md", "python")[: len(files)]
    for file, shown in zip(files, examples, strict=True):
        lines = iter(SOURCES[file].splitlines())
        wanted = [line for line in shown.splitlines() if line.strip()]
        assert len(wanted) > 10
        assert [line for line in wanted if line not in lines] == []


def test_every_method_of_the_contract_is_documented():
    tree = ast.parse((ROOT / "addons" / "oms_core" / "lib" / "channel.py").read_text(encoding="utf-8"))
    [contract] = [node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "ChannelAdapter"]
    methods = {node.name for node in contract.body if isinstance(node, ast.FunctionDef)} - {"__init__"}
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert {method for method in methods if f"`{method}" not in text} == set()


def test_every_error_is_documented():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"^class (\w+)\(ChannelError\)", SOURCES[ROOT / "addons/oms_core/lib/errors.py"], re.MULTILINE)
    assert named
    assert [name for name in named if f"`{name}" not in text] == []


def test_every_hook_is_documented():
    hooks = re.findall(
        r'def (\w+)\(self[^)]*\):\n +"""Hook to', SOURCES[ROOT / "addons/oms_core/models/oms_channel.py"]
    )
    text = (ROOT / "docs" / "adding-a-channel.md").read_text(encoding="utf-8")
    assert hooks
    assert [hook for hook in hooks if f"`{hook}`" not in text] == []


@pytest.mark.parametrize("verb", VERBS)
def test_every_verb_is_in_the_readme(verb):
    assert f"./oms {verb}" in DOCS[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("addon", ADDONS)
def test_every_addon_has_a_readme_and_a_row_in_the_table(addon):
    text = (ROOT / "addons" / addon / "README.md").read_text(encoding="utf-8")
    assert re.search(r"^## Not supported$", text, re.MULTILINE)
    assert f"| [`{addon}`](addons/{addon}/README.md) |" in DOCS[0].read_text(encoding="utf-8")


def test_every_variable_we_read_is_documented():
    readers = [text for path, text in SOURCES.items() if path.suffix == ".py" and "tests" not in path.parts]
    found = set(re.findall(r'environ(?:\.get\(|\[)"(OMS_\w+)"', "\n".join(readers)))
    # What the launcher tells its own children is nobody else's business.
    inner = {"OMS_RUNTIME", "OMS_TEMPLATE", "OMS_TEST_REPORT", "OMS_DEMO_PART", "OMS_SANDBOX_URL", "OMS_DATABASE"}
    inner |= {"OMS_PG_PROGRAMS", "OMS_DATA_DIR"}
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert {name for name in found - inner if f"`{name}`" not in text} == set()
