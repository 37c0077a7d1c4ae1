"""Strict reading of query strings: what the model does not name is refused."""

from dataclasses import dataclass

from ..clock import from_text
from .errors import invalid
from .marketplaces import ALL_IDS


@dataclass(frozen=True)
class Parameter:
    """One query parameter; `kind` is text, time, list (comma-separated) or whole."""

    kind: str
    choices: tuple = ()
    most: int | None = None
    low: int | None = None
    high: int | None = None
    required: bool = False


def read_query(query, known):
    """Return {name: value} of a query, each value in its type; raise ApiError 400 for a breach."""
    values = {}
    for name, text in query:
        if name not in known:
            raise invalid("Invalid Input", f"Unknown query parameter: {name}")
        if name in values:
            raise invalid("Invalid Input", f"Query parameter given twice: {name}")
        values[name] = _read_value(name, text, known[name])
    for name, parameter in known.items():
        if parameter.required and name not in values:
            raise invalid("Invalid Input", f"Missing query parameter: {name}")
    return values


def _read_value(name, text, parameter):
    if text == "":
        raise invalid("Invalid Input", f"Empty query parameter: {name}")
    if parameter.kind == "time":
        return _read_time(name, text)
    if parameter.kind == "whole":
        return _read_whole(name, text, parameter)
    if parameter.kind == "list":
        return _read_list(name, text, parameter)
    _ensure_choice(name, text, parameter)
    return text


def _read_time(name, text):
    moment = from_text(text)
    if moment is None:
        raise invalid("Invalid Input", f"{name} is not an ISO 8601 date-time with a zone: {text}")
    return moment


def _read_whole(name, text, parameter):
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise invalid("Invalid Input", f"{name} is not a whole number: {text}")
    if not parameter.low <= int(text) <= parameter.high:
        limits = f"between {parameter.low} and {parameter.high}"
        raise invalid("Invalid Input", f"{name} must be {limits}")
    return int(text)


def _read_list(name, text, parameter):
    values = text.split(",")
    if parameter.most is not None and len(values) > parameter.most:
        raise invalid("Invalid Input", f"{name} takes at most {parameter.most} values")
    for value in values:
        _ensure_choice(name, value, parameter)
        if name == "marketplaceIds" and value not in ALL_IDS:
            raise invalid("Invalid Input", f"Unknown marketplace: {value}")
    return values


def _ensure_choice(name, value, parameter):
    if parameter.choices and value not in parameter.choices:
        raise invalid("Invalid Input", f"{name} does not know the value {value}")
