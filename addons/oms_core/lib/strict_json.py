"""JSON as RFC 8259 means it, read without losing a cent.

Python's parser takes ``NaN``, keeps the last of two equal keys and turns amounts into binary floats. None of that
may reach an order.
"""

import json
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import Malformed

MAX_DEPTH = 64
# No amount, quantity or id comes near; beyond it a number cannot be a double and would only burn memory.
MAX_DIGITS = 308
_BOM = b"\xef\xbb\xbf"


def decode(body: bytes) -> Any:
    """Return what ``body`` holds. Numbers with a point or an exponent are ``Decimal``, the others ``int``.

    :raise Malformed: ``not_utf8``, ``not_json``, ``not_finite``, ``duplicate_key``, ``number_too_large``, ``too_deep``
    """
    try:
        text = body.removeprefix(_BOM).decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed("not_utf8", position=error.start) from None
    try:
        value = json.loads(
            text,
            parse_constant=_refuse_constant,
            parse_float=_read_decimal,
            parse_int=_read_int,
            object_pairs_hook=_read_object,
        )
    except json.JSONDecodeError as error:
        raise Malformed("not_json", line=error.lineno, column=error.colno, reason=error.msg) from None
    except RecursionError:
        raise Malformed("too_deep", limit=MAX_DEPTH) from None
    _ensure_shallow(value)
    return value


def _refuse_constant(name: str):
    raise Malformed("not_finite", value=name)


def _read_decimal(text: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation:
        number = None
    if number is None or len(text) > MAX_DIGITS or abs(number.adjusted()) > MAX_DIGITS:
        raise Malformed("number_too_large", value=text[:20])
    return number


def _read_int(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise Malformed("number_too_large", value=text[:20])
    return int(text)


def _read_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        seen = set()
        # set.add returns None: the first name that was there before is the one told
        twice = next(name for name, _value in pairs if name in seen or seen.add(name))
        raise Malformed("duplicate_key", key=twice[:100])
    return value


def _ensure_shallow(value: Any) -> None:
    level = [value]
    for _depth in range(MAX_DEPTH + 1):
        level = [item for item in level if isinstance(item, (dict, list))]
        if not level:
            return
        level = [child for item in level for child in (item.values() if isinstance(item, dict) else item)]
    raise Malformed("too_deep", limit=MAX_DEPTH)
