"""The structure of the code as rules over its syntax trees; `tests/unit/test_architecture.py` holds them.

Every rule is a function from a parsed file to sentences about what is wrong, so each can be tried on a bad example.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

# A function of lib/ gives the same answer for the same values, always and everywhere.
IMPURE_MODULES = {
    *("asyncio", "http", "httpx", "os", "pathlib", "queue", "random", "requests", "shutil", "socket", "sqlite3"),
    *("subprocess", "tempfile", "threading", "time", "urllib.request", "uuid", "zeep", "psycopg2"),
}
CLOCK_CALLS = {"now", "utcnow", "today"}
CLOCK_OWNERS = {"datetime", "date", "fields", "Datetime", "Date"}
HTTP_MODULES = {"aiohttp", "http.client", "httpx", "requests", "socket", "urllib.request", "urllib3", "zeep"}
VAGUE_FUNCTIONS = {"process", "handle", "manage", "do"}
VAGUE_MODULES = {"utils", "util", "helpers", "helper", "misc", "common_utils"}
FUNCTION_LINES = 50
POSITIONAL_ARGUMENTS = 5
FILE_LINES = 400
LONGER_FILE_LINES = 500  # models and tests


@dataclass(frozen=True)
class Source:
    """A parsed Python file. ``path`` is relative to the project."""

    path: Path
    text: str

    @property
    def tree(self):
        return ast.parse(self.text)

    @property
    def addon(self):
        """The addon the file belongs to, or None."""
        return self.path.parts[1] if self.path.parts[0] == "addons" else None

    @property
    def layer(self):
        """The folder inside the addon, such as ``lib`` or ``models``; ``""`` for its top folder."""
        return self.path.parts[2] if self.addon and len(self.path.parts) > 3 else ""


def imported_names(source):
    """Return ``{(dotted name, line)}`` of everything the file imports; relative imports come as full names."""
    found = set()
    package = ["odoo", *source.path.parts[:-1]] if source.addon else list(source.path.parts[:-1])
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            found |= {(alias.name, node.lineno) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {(f"{module}.{alias.name}", node.lineno) for alias in node.names}
    return found


def _is_within(name, modules):
    return any(name == module or name.startswith(f"{module}.") for module in modules)


def purity_faults(source):
    """lib/ is pure: no Odoo, no network, no clock, no randomness, no files."""
    if source.layer != "lib":
        return []
    faults = []
    for name, line in imported_names(source):
        pure_part = re.match(r"odoo\.addons\.\w+\.lib(\.|$)", name)
        if _is_within(name, IMPURE_MODULES) or (_is_within(name, {"odoo"}) and not pure_part):
            faults.append(f"{source.path}:{line}: lib/ must not import {name}")
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Call) and _reads_the_outside(node.func):
            faults.append(
                f"{source.path}:{node.lineno}: lib/ must not call {ast.unparse(node.func)}(); take it as an argument"
            )
    return faults


def _reads_the_outside(function):
    if isinstance(function, ast.Name):
        return function.id in {"open", "input", "print"}
    if not isinstance(function, ast.Attribute) or function.attr not in CLOCK_CALLS:
        return False
    owner = function.value
    return (owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", None)) in CLOCK_OWNERS


def client_faults(source):
    """client/ speaks HTTP and knows no ORM."""
    if source.layer != "client":
        return []
    allowed = re.compile(r"odoo\.addons\.\w+\.(lib|client)(\.|$)")
    return [
        f"{source.path}:{line}: client/ must not import {name}"
        for name, line in imported_names(source)
        if _is_within(name, {"odoo"}) and not allowed.match(name)
    ]


def http_faults(source):
    """Only the Transport of oms_core opens connections. Tests may, to local servers.

    zeep is let into `client/soap_transport.py`, which puts that Transport in place of zeep's own, and into files
    beside it that use it.
    """
    if not source.addon or source.layer == "tests" or (source.addon == "oms_core" and source.layer == "client"):
        return []
    modules = HTTP_MODULES - {"zeep"} if _has_own_soap_door(source) else HTTP_MODULES
    return [
        f"{source.path}:{line}: {name} only inside oms_core's Transport"
        for name, line in imported_names(source)
        if _is_within(name, modules)
    ]


def _has_own_soap_door(source):
    if source.layer != "client":
        return False
    names = {name for name, _line in imported_names(source)}
    return source.path.name == "soap_transport.py" or any(".soap_transport." in f".{name}" for name in names)


def plugin_faults(source, addons):
    """A file imports only from its own addon and from those its manifest depends on.

    :param addons: ``{name: names it depends on, directly or not}`` of our addons
    """
    if not source.addon:
        return []
    faults = []
    for name, line in imported_names(source):
        found = re.match(r"odoo\.addons\.(\w+)", name)
        other = found and found.group(1)
        if other in addons and other != source.addon and other not in addons[source.addon]:
            faults.append(f"{source.path}:{line}: {source.addon} must not import from {other}")
    return faults


def commit_faults(source, allowed):
    """Only the files named in ``allowed`` commit or roll back a transaction by themselves."""
    if not source.addon or source.layer == "tests" or str(source.path) in allowed:
        return []
    return [
        f"{source.path}:{node.lineno}: no {ast.unparse(node.func)}() here"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in {"commit", "rollback"}
        and ast.unparse(node.func.value).split(".")[-1] in {"cr", "_cr", "cursor"}
    ]


def translation_faults(source):
    """Texts are translated with ``self.env._``, which knows the reader's language."""
    if not source.addon:
        return []
    return [
        f"{source.path}:{line}: use self.env._ instead of odoo._"
        for name, line in imported_names(source)
        if name in {"odoo._", "odoo.tools.translate._"}
    ]


def name_faults(source):
    """Names say what a thing is, not that it does something with something."""
    faults = [f"{source.path}: the name says nothing"] if source.path.stem in VAGUE_MODULES else []
    for node in ast.walk(source.tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            first = node.name.strip("_").split("_")[0]
            # do_GET and the like are the interface of http.server, do_unreserve is Odoo's name.
            if first in VAGUE_FUNCTIONS and not re.fullmatch(r"do_[A-Z]+|do_unreserve", node.name):
                faults.append(f"{source.path}:{node.lineno}: “{node.name}” does not say what happens")
    return faults


def size_faults(source):
    """Functions, argument lists and files stay small enough to be read at once."""
    lines = source.text.count("\n")
    longer = source.layer in {"models", "tests"} or source.path.parts[0] == "tests"
    limit = LONGER_FILE_LINES if longer else FILE_LINES
    faults = [f"{source.path}: {lines} lines, more than {limit}"] if lines > limit else []
    for node in ast.walk(source.tree):
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        length = node.end_lineno - node.lineno + 1
        if length > FUNCTION_LINES:
            faults.append(f"{source.path}:{node.lineno}: {node.name} has {length} lines, more than {FUNCTION_LINES}")
        arguments = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        own = arguments[1:] if arguments[:1] in (["self"], ["cls"]) else arguments
        if len(own) > POSITIONAL_ARGUMENTS:
            faults.append(f"{source.path}:{node.lineno}: {node.name} takes {len(own)} positional arguments")
    return faults


def naming_faults(path, text, words):
    """The core names no plugin: none of ``words`` occurs in ``text``."""
    found = re.compile("|".join(words), re.IGNORECASE)
    return [
        f"{path}:{number}: names a plugin" for number, line in enumerate(text.splitlines(), 1) if found.search(line)
    ]
