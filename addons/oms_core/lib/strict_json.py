"""Read JSON that someone else wrote without losing a cent, and say exactly where it is wrong.

Python's own reader takes ``NaN``, keeps the last of two equal fields and turns amounts into binary floats. Refused
here, with the JSON path of the first flaw: what is not JSON (RFC 8259), ``NaN`` and ``Infinity``, numbers no computer
can hold, a field given twice, text that is not UTF-8, NUL bytes and lone surrogates (PostgreSQL stores neither), texts
and lists of absurd length and absurd nesting. A byte order mark and control characters that were not escaped are let
through: nothing is lost by them.
"""

import json
import re
from decimal import Decimal, InvalidOperation
from typing import Any

from .errors import Malformed

MAX_BYTES = 4_000_000
MAX_TEXT = 10_000
MAX_DEPTH = 64
MAX_ENTRIES = 10_000
# No amount, weight or rate comes near; beyond it a number cannot be a double and would only burn memory.
MAX_DIGITS = 308
# Whole numbers end where 64 bits do: no id or count is longer, and few who write JSON can.
_SMALLEST, _LARGEST, _LONGEST = -(2**63), 2**64 - 1, 20
_PLAIN_NAME = re.compile(r"\w{1,60}", re.ASCII)


class _Flaw:
    """Stands in the tree where something is wrong that only the parser can see."""

    def __init__(self, code: str, reason: str):
        self.code = code
        self.reason = reason


def read(body: bytes, max_bytes: int = MAX_BYTES) -> Any:
    """Return the decoded document. Numbers with a point or an exponent are ``Decimal``, the others ``int``.

    :raise Malformed: ``not_json``, ``bad_text``, ``bad_number``, ``duplicate_key``, ``too_large`` or ``too_deep``, with
        the JSON path and a plain ``reason``
    """
    if len(body) > max_bytes:
        raise Malformed("too_large", reason=f"the document has {len(body):,} bytes, more than {max_bytes:,}")
    # Bytes that are not UTF-8 become lone surrogates, which the walk finds with their place.
    text = body.decode("utf-8", "surrogateescape").removeprefix("\ufeff")
    try:
        tree = json.loads(
            text,
            strict=False,  # control characters come through, so that the walk can say where a NUL is
            object_pairs_hook=_read_object,
            parse_constant=lambda word: _Flaw("bad_number", f"{word} is not a number"),
            parse_float=_read_decimal,
            parse_int=_read_int,
        )
    except RecursionError:
        raise Malformed("too_deep", reason="the document is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise Malformed("not_json", reason=f"the text is not JSON at character {error.pos}") from None
    _ensure_sound(tree, "$", 0)
    return tree


def shown(value: object, limit: int = 60) -> str:
    """Return a short printable form of a foreign value for a message: it may go to a log, a database or a person."""
    text = value if isinstance(value, str) else repr(value)
    short = text if len(text) <= limit else text[:limit] + "..."
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in short)


def _read_object(pairs: list[tuple[str, Any]]) -> Any:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    seen: set[str] = set()
    # set.add returns None: the first name that was there before is the one told
    twice = next(name for name, _value in pairs if name in seen or seen.add(name))
    return _Flaw("duplicate_key", f"the field {shown(twice)} is given twice")


def _read_decimal(text: str) -> Any:
    try:
        number = Decimal(text) if len(text) <= MAX_DIGITS else None
    except InvalidOperation:  # its exponent alone is beyond what Decimal counts
        number = None
    return number if number is not None and abs(number.adjusted()) < MAX_DIGITS else _out_of_range(text)


def _read_int(text: str) -> Any:
    # The length first: Python refuses to read a number of thousands of digits.
    if len(text) <= _LONGEST and _SMALLEST <= (number := int(text)) <= _LARGEST:
        return number
    return _out_of_range(text)


def _out_of_range(text: str) -> _Flaw:
    return _Flaw("bad_number", f"{shown(text)} is too large or too fine a number")


def _ensure_sound(value: Any, path: str, depth: int) -> None:
    if isinstance(value, str):
        _ensure_text(value, path)
    elif isinstance(value, _Flaw):
        raise Malformed(value.code, path=path, reason=value.reason)
    elif isinstance(value, (dict, list)):
        if depth >= MAX_DEPTH:
            raise Malformed("too_deep", path=path, reason="the document is nested too deeply")
        if len(value) > MAX_ENTRIES:
            raise Malformed("too_large", path=path, reason=f"{len(value):,} entries, more than {MAX_ENTRIES:,}")
        if isinstance(value, dict):
            for name, inner in value.items():
                _ensure_text(name, path)
                _ensure_sound(inner, f"{path}.{_path_name(name)}", depth + 1)
        else:
            for place, inner in enumerate(value):
                _ensure_sound(inner, f"{path}[{place}]", depth + 1)


def _path_name(name: str) -> str:
    return name if _PLAIN_NAME.fullmatch(name) else repr(shown(name))


def _ensure_text(text: str, path: str) -> None:
    if len(text) > MAX_TEXT:
        raise Malformed("too_large", path=path, reason=f"a text of {len(text):,} characters, more than {MAX_TEXT:,}")
    if "\0" in text:
        raise Malformed("bad_text", path=path, reason="the text holds a NUL character")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError:
            raise Malformed("bad_text", path=path, reason="the text is not valid Unicode") from None
