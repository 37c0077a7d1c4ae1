"""Strict reading of queries and JSON bodies: what the documents do not name is refused."""

import json
from dataclasses import dataclass

from ..clock import from_text
from .errors import ApiError, failure


@dataclass(frozen=True)
class Refusal:
    """How an operation says that a value is wrong: error id, domain and the words before the reason."""

    error_id: int
    domain: str
    words: str

    def error(self, reason, **parameters):
        """Return the 400 for one reason."""
        return ApiError(400, self.error_id, f"{self.words}: {reason}", domain=self.domain, parameters=parameters)


@dataclass(frozen=True)
class Field:
    """One field of a body; ``kind`` is text, whole, number, truth, object or list (of ``inner``)."""

    kind: str
    required: bool = False
    inner: "dict | Field | None" = None


def read_query(query, known, refusal):
    """Return {name: text} of a query; raise ApiError 400 for a name that is unknown or given twice."""
    values = {}
    for name, text in query:
        if name not in known:
            raise refusal.error(f"unknown query parameter {name}", fieldname=name)
        if name in values:
            raise refusal.error(f"query parameter {name} is given twice", fieldname=name)
        values[name] = text
    return values


def read_whole(text, low, high, refusal):
    """Return a whole number between two limits; raise ApiError 400."""
    if not (text.isascii() and text.isdigit() and len(text) < 10 and low <= int(text) <= high):
        raise refusal.error(text, value=text)
    return int(text)


def read_time(text, refusal):
    """Return an aware datetime; raise ApiError 400."""
    moment = from_text(text) if isinstance(text, str) else None
    if moment is None:
        raise refusal.error(text, value=text)
    return moment


def read_body(call, fields, refusal, *, is_optional=False):
    """Return the decoded JSON object; raise ApiError 400 or 415 when it is not what ``fields`` describes."""
    if is_optional and not call.body.strip():
        return {}
    if call.content_type() != "application/json":
        raise failure(415)
    try:
        body = json.loads(call.body.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        raise refusal.error("the body is not JSON") from None
    _check(body, Field("object", inner=fields), "body", refusal)
    return body


_KINDS = {"text": str, "object": dict, "list": list, "truth": bool}


def _check(value, field, where, refusal):
    if field.kind in _KINDS:
        is_fine = isinstance(value, _KINDS[field.kind])
    else:
        numbers = (int,) if field.kind == "whole" else (int, float)
        is_fine = isinstance(value, numbers) and not isinstance(value, bool)
    if not is_fine:
        raise refusal.error(f"{where} must be of the kind {field.kind}", fieldName=where)
    if field.kind == "list":
        for place, entry in enumerate(value):
            _check(entry, field.inner, f"{where}[{place}]", refusal)
    elif field.kind == "object" and field.inner is not None:
        _check_object(value, field.inner, where, refusal)


def _check_object(value, fields, where, refusal):
    for name in value:
        if name not in fields:
            raise refusal.error(f"unknown field {where}.{name}", fieldName=name)
    for name, field in fields.items():
        if name in value:
            _check(value[name], field, f"{where}.{name}", refusal)
        elif field.required:
            raise refusal.error(f"missing field {where}.{name}", fieldName=name)


def address_of(call):
    """Return the absolute address of a request without its query, as eBay writes it into ``href`` and ``Location``."""
    return f"http://{call.header('host') or 'api.ebay.com'}{call.path}"


def _refuse_constant(name):
    raise ValueError(f"{name} is not JSON")
