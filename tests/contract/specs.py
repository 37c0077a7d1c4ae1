"""The official Swagger 2.0 and OpenAPI 3 models, to hold requests and responses against.

The models are not part of this project. They are looked for in `../shared/specs` beside the project, or where OMS_SPECS
says. Without them tests are skipped, with a reason that begins "needs the official specs"; with CI set they fail.

    spec = load("amazon", "orders_2026-01-01")
    validate_request(spec, "GET", "/orders/2026-01-01/orders", {"createdAfter": "2026-11-23T00:00:00Z"}, None)
    validate_response(spec, "GET", "/orders/2026-01-01/orders", 200, {"orders": []})
"""

import copy
import json
import os
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

import pytest
from jsonschema import Draft4Validator, Draft7Validator, FormatChecker

PROJECT = Path(__file__).resolve().parents[2]
_DATE_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(\.\d+)?([Zz]|[+-]\d\d:\d\d)\Z")
_DATE = re.compile(r"\d{4}-\d\d-\d\d\Z")
# Of a parameter: what its value must keep to; the rest describes it.
_RULES = (
    "type", "format", "enum", "minimum", "maximum", "minLength", "maxLength", "pattern", "minItems", "maxItems",
    "uniqueItems", "items", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
)  # fmt: skip
_METHODS = ("get", "put", "post", "delete", "patch", "head", "options")

_formats = FormatChecker(formats=())
_formats.checks("date-time")(lambda value: not isinstance(value, str) or bool(_DATE_TIME.match(value)))
_formats.checks("date")(lambda value: not isinstance(value, str) or bool(_DATE.match(value)))


class SpecViolation(AssertionError):
    """A request or a response is not what the official model says; the message lists every breach."""


@dataclass(frozen=True, eq=False)
class Spec:
    """One official model: its name, and the whole document with objects closed to unknown fields."""

    name: str
    document: dict

    @property
    def is_openapi_3(self):
        """Say whether the document is OpenAPI 3; otherwise it is Swagger 2.0."""
        return "openapi" in self.document

    @property
    def base_path(self):
        """Return what all paths of the document begin with."""
        if not self.is_openapi_3:
            return self.document.get("basePath", "").rstrip("/")
        server = self.document["servers"][0]
        url = server["url"]
        for name, variable in server.get("variables", {}).items():
            url = url.replace("{" + name + "}", variable["default"])
        return urlsplit(url).path.rstrip("/")

    def operations(self):
        """Yield (method, path template, operation) for everything the model documents."""
        for template, item in self.document["paths"].items():
            for method in _METHODS:
                if method in item:
                    shared = item.get("parameters", [])
                    operation = {**item[method], "parameters": [*shared, *item[method].get("parameters", [])]}
                    yield method.upper(), self.base_path + template, operation

    def problems(self, schema, value):
        """Return what is wrong with a decoded JSON value, one sentence for each breach."""
        if self.is_openapi_3:
            whole = {**schema, "components": self.document.get("components", {})}
        else:
            whole = {**schema, "definitions": self.document.get("definitions", {})}
        errors = Draft4Validator(whole, format_checker=_formats).iter_errors(value)
        return [f"{error.json_path}: {error.message[:300]}" for error in errors]


@dataclass(frozen=True)
class Example:
    """One exchange that the model gives as an example for its static sandbox."""

    method: str
    template: str
    status: int
    parameters: dict
    response: object


def specs_root():
    """Return the folder of the official models; skip the test without it, or fail in CI."""
    root = Path(os.environ.get("OMS_SPECS") or PROJECT.parent / "shared" / "specs")
    if not root.is_dir():
        reason = f"needs the official specs: no folder {root} (OMS_SPECS names another)"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason, allow_module_level=True)
    return root


@cache
def _read(path, is_strict):
    document = json.loads(path.read_text(encoding="utf-8"))
    return _closed(document, frozenset(_added_together(document))) if is_strict else document


def load(vendor, name, *, strict=True):
    """Return a model as a `Spec`; `strict=False` lets objects have fields that the model does not name."""
    return Spec(name, _read(specs_root() / vendor / f"{name}.json", strict))


def validate_schema(vendor, name, value, *, strict=True):
    """Check a decoded JSON value against a JSON schema of draft 7 in the folder `schemas`. Raises SpecViolation.

    It is closed as models are; `strict=False` lets objects have fields that the schema does not name.
    """
    schema = _read(specs_root() / vendor / "schemas" / f"{name}.json", strict)
    errors = Draft7Validator(schema, format_checker=_formats).iter_errors(value)
    problems = [f"{error.json_path}: {error.message[:300]}" for error in errors]
    _raise_if(problems, "value", Spec(name, schema))


def schema_example(vendor, name):
    """Return the official example that goes with a JSON schema."""
    return _read(specs_root() / vendor / "schemas" / f"{name}.example.json", False)


def examples(vendor, name):
    """Return the official example exchanges of a model as a list of `Example`."""
    path = specs_root() / vendor / "examples" / f"{name}.sandbox-cases.json"
    found = []
    for place, cases in json.loads(path.read_text(encoding="utf-8")).items():
        template, method, _word, status = place.rsplit("/", 3)
        for case in cases.get("static", []):
            given = case.get("request", {}).get("parameters", {})
            parameters = {key: value.get("value") for key, value in given.items()}
            found.append(Example(method.upper(), template, int(status), parameters, case.get("response")))
    return found


def validate_request(spec, method, path, query=None, body=None):
    """Check a request that somebody sends; return the operationId.

    `path` is as it goes on the wire, percent-encoded and without the host; `query` is a mapping, pairs, or the text
    after the question mark; `body` is decoded JSON or None. Raises SpecViolation.
    """
    template, operation = _find(spec, method, path)
    parameters = [_resolved(spec, parameter) for parameter in operation["parameters"]]
    problems = _query_problems([p for p in parameters if p["in"] == "query"], _pairs(query))
    problems += _path_problems([p for p in parameters if p["in"] == "path"], template, path)
    body_parameter = _body_parameter(spec, operation, parameters)
    if body_parameter is None:
        if body not in (None, "", b""):
            problems.append("body: the operation takes none")
    elif body is not None:
        problems += spec.problems(body_parameter["schema"], body)
    elif body_parameter.get("required"):
        problems.append("body: missing")
    _raise_if(problems, f"request {method} {path}", spec)
    return operation["operationId"]


def validate_response(spec, method, path, status, body):
    """Check an answer that somebody gives; return the operationId. `body` is decoded JSON or None if empty.

    Raises SpecViolation, also for a status that the model does not document.
    """
    _template, operation = _find(spec, method, path)
    response = operation["responses"].get(str(status)) or operation["responses"].get("default")
    where = f"response {status} to {method} {path}"
    if response is None:
        documented = ", ".join(operation["responses"])
        _raise_if([f"status {status} is not documented; these are: {documented}"], where, spec)
    schema = _schema_of(response)
    if schema is None and spec.is_openapi_3 and status >= 400:
        # eBay names the codes of its errors without a schema; the type Error is there all the same.
        schema = _errors_schema(spec)
    if schema is not None:
        _raise_if(spec.problems(schema, body), where, spec)
    elif body not in (None, "", b"", {}):
        _raise_if(["the body must be empty"], where, spec)
    return operation["operationId"]


def validate_definition(spec, name, value):
    """Check a decoded JSON value against one definition of the model, such as Order. Raises SpecViolation."""
    place = "components/schemas" if spec.is_openapi_3 else "definitions"
    _raise_if(spec.problems({"$ref": f"#/{place}/{name}"}, value), f"value as {name}", spec)


def _body_parameter(spec, operation, parameters):
    """Return the parameter that stands for the body: its schema, and whether it is required; None without one."""
    if not spec.is_openapi_3:
        return next((p for p in parameters if p["in"] == "body"), None)
    if "requestBody" not in operation:
        return None
    body = _resolved(spec, operation["requestBody"])
    return {"schema": _schema_of(body) or {}, "required": body.get("required", False)}


def _schema_of(part):
    """Return the schema of a response or a body, of either kind of document; None where it has none."""
    if "schema" in part:
        return part["schema"]
    content = part.get("content", {})
    media = content.get("application/json") or next(iter(content.values()), {})
    return media.get("schema")


def _errors_schema(spec):
    if "Error" not in spec.document.get("components", {}).get("schemas", {}):
        return None
    errors = {"type": "array", "minItems": 1, "items": {"$ref": "#/components/schemas/Error"}}
    return {"type": "object", "required": ["errors"], "properties": {"errors": errors}, "additionalProperties": False}


def _closed(node, added):
    """Return a copy in which an object with named properties has no others, unless the model says so.

    An `allOf` adds its parts together, so none of them may be closed alone; `added` are the definitions so used.
    """
    if isinstance(node, list):
        return [_closed(part, added) for part in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(part, added) for key, part in node.items()}
    if isinstance(closed.get("definitions"), dict):
        for name in added & set(closed["definitions"]):
            closed["definitions"][name] = node["definitions"][name]
    if isinstance(closed.get("properties"), dict) and "allOf" not in closed and "type" in closed:
        closed.setdefault("additionalProperties", False)
    if "allOf" in closed:
        closed["allOf"] = node["allOf"]
    return closed


def _added_together(node):
    """Yield the names of the definitions that an `allOf` somewhere in a document refers to."""
    parts = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
    for part in parts:
        yield from _added_together(part)
    if isinstance(node, dict) and isinstance(node.get("allOf"), list):
        yield from (part["$ref"].rpartition("/")[2] for part in node["allOf"] if "$ref" in part)


def _find(spec, method, path):
    parts = path.partition("?")[0].split("/")
    fitting = [
        (template, operation)
        for known_method, template, operation in spec.operations()
        if known_method == method.upper() and _fits(template.split("/"), parts)
    ]
    if not fitting:
        raise SpecViolation(f"{spec.name} has no operation {method} {path}")
    # A fixed part beats a parameter in the same place.
    return min(fitting, key=lambda found: found[0].count("{"))


def _fits(template, parts):
    return len(template) == len(parts) and all(
        (own.startswith("{") and given != "") or own == given for own, given in zip(template, parts, strict=True)
    )


def _resolved(spec, parameter):
    if "$ref" not in parameter:
        return parameter
    target = spec.document
    for part in parameter["$ref"].removeprefix("#/").split("/"):
        target = target[part]
    return target


def _pairs(query):
    if not query:
        return []
    if isinstance(query, str):
        return parse_qsl(query.removeprefix("?"), keep_blank_values=True)
    return list(query.items()) if hasattr(query, "items") else [tuple(pair) for pair in query]


def _query_problems(parameters, pairs):
    known = {parameter["name"]: parameter for parameter in parameters}
    names = [name for name, _value in pairs]
    problems = [f"query: {name} is not documented" for name in sorted(set(names) - set(known))]
    problems += [f"query: {name} is missing" for name, p in known.items() if p.get("required") and name not in names]
    for name in sorted(set(names) & set(known)):
        values = [value for given, value in pairs if given == name]
        if len(values) > 1 and known[name].get("collectionFormat") != "multi":
            problems.append(f"query: {name} is given {len(values)} times")
        problems += [f"query: {name}: {problem}" for value in values for problem in _text_problems(known[name], value)]
    return problems


def _path_problems(parameters, template, path):
    known = {parameter["name"]: parameter for parameter in parameters}
    parts = zip(template.split("/"), path.partition("?")[0].split("/"), strict=True)
    given = {own[1:-1]: unquote(part) for own, part in parts if own.startswith("{")}
    return [
        f"path: {name}: {problem}"
        for name, text in given.items()
        if name in known
        for problem in _text_problems(known[name], text)
    ]


def _text_problems(parameter, value):
    """Return what is wrong with one parameter; arrays come comma-separated unless the model says "multi"."""
    parameter = {**parameter, **parameter.get("schema", {})}
    if parameter.get("type") == "array" and parameter.get("collectionFormat") != "multi":
        values = list(value) if isinstance(value, (list, tuple)) else str(value).split(",")
    elif parameter.get("type") == "array":
        values = [value]
    else:
        return _value_problems(parameter, value)
    problems = [problem for item in values for problem in _value_problems(parameter["items"], item)]
    if len(values) > parameter.get("maxItems", len(values)):
        problems.append(f"{len(values)} values, at most {parameter['maxItems']}")
    return problems


def _value_problems(schema, value):
    schema = {key: part for key, part in schema.items() if not key.startswith("x-")}
    kind = schema.get("type")
    if kind in ("integer", "number") and isinstance(value, str):
        try:
            value = int(value) if kind == "integer" else float(value)
        except ValueError:
            return [f"{value!r} is not a {kind}"]
    if kind == "boolean" and value in ("true", "false"):
        value = value == "true"
    rules = {key: copy.copy(part) for key, part in schema.items() if key in _RULES}
    return [error.message for error in Draft4Validator(rules, format_checker=_formats).iter_errors(value)]


def _raise_if(problems, where, spec):
    if problems:
        raise SpecViolation(f"{spec.name}: {where}\n  " + "\n  ".join(problems))
