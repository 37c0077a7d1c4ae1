"""Strict reading of JSON bodies: every field has a type, and what the model does not name is refused."""

import json
from dataclasses import dataclass

from ..clock import from_text
from .errors import failure, invalid


@dataclass(frozen=True)
class Field:
    """One field of a body; `kind` is text, whole, time, object or list (of `inner`)."""

    kind: str
    required: bool = False
    choices: tuple = ()
    inner: "dict | Field | None" = None


def read_body(call, fields):
    """Return the decoded JSON body; raise ApiError 400 or 415 if it is not what `fields` describes."""
    if call.content_type() != "application/json":
        raise failure(415)
    try:
        body = json.loads(call.body.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise invalid("Invalid Input", "The body is not JSON.") from None
    check(body, Field("object", inner=fields), "body")
    return body


def check(value, field, where):
    """Raise ApiError 400 if a decoded value is not what the field describes; `where` names it."""
    if field.kind == "object":
        _check_object(value, field.inner, where)
    elif field.kind == "list":
        if not isinstance(value, list):
            raise invalid("Invalid Input", f"{where} is not a list")
        for place, entry in enumerate(value):
            check(entry, field.inner, f"{where}[{place}]")
    elif field.kind == "whole":
        if not isinstance(value, int) or isinstance(value, bool):
            raise invalid("Invalid Input", f"{where} is not a whole number")
    elif not isinstance(value, str):
        raise invalid("Invalid Input", f"{where} is not a text")
    elif field.kind == "time" and from_text(value) is None:
        raise invalid("Invalid Input", f"{where} is not an ISO 8601 date-time with a zone")
    if field.choices and value not in field.choices:
        raise invalid("Invalid Input", f"{where} does not know the value {value}")


def _check_object(value, fields, where):
    if not isinstance(value, dict):
        raise invalid("Invalid Input", f"{where} is not an object")
    if fields is None:
        return
    for name in value:
        if name not in fields:
            raise invalid("Invalid Input", f"Unknown field: {where}.{name}")
    for name, field in fields.items():
        if name in value:
            check(value[name], field, f"{where}.{name}")
        elif field.required:
            raise invalid("Invalid Input", f"Missing field: {where}.{name}")


def _no_constant(name):
    raise ValueError(f"{name} is not JSON")
