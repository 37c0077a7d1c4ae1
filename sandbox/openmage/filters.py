"""The filters of the list operations, with what Magento makes of them.

From Mage/Api/Helper/Data.php (parseFilters) and lib/Varien/Db/Adapter/Pdo/Mysql.php (prepareSqlCondition) of
OpenMage 20, seen 2026-11-26: conditions with the same key are put together, but beside `from` and `to`, which go
together and win, only the first of them counts.
"""

import re
from decimal import Decimal, InvalidOperation

from .errors import INTERNAL, SoapFault

_LISTS = ("in", "nin")
# Operators that the database knows and this stand-in does not play: an answer would be wrong.
_NOT_PLAYED = ("is", "finset", "nfinset", "regexp", "nregexp", "seq", "sneq", "ntoa")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def parse_filters(filters, renamed):
    """Return {column: condition}; a condition is a text to be equal to, or {operator: value or list}.

    :param filters: what came in, or None
    :param renamed: {name in the API: column} where they differ
    """
    parsed = {}
    for entry in (filters or {}).get("filter") or ():
        if entry and entry.get("key") is not None and entry.get("value") is not None:
            parsed[entry["key"]] = entry["value"]
    complex_filters = {}
    for entry in (filters or {}).get("complex_filter") or ():
        condition = (entry or {}).get("value") or {}
        if (entry or {}).get("key") is None or condition.get("key") is None:
            continue
        operator, value = condition["key"], condition.get("value") or ""
        wanted = complex_filters.setdefault(entry["key"], {})
        wanted.setdefault(operator, value.split(",") if operator in _LISTS else value)
    parsed = {**complex_filters, **parsed}
    return {renamed.get(name, name): condition for name, condition in parsed.items()}


def choose(rows, filters, columns):
    """Return the rows that pass all filters; raise SoapFault 1 for a column that the database does not have."""
    for name in filters:
        if name not in columns:
            problem = f"SQLSTATE[42S22]: Column not found: 1054 Unknown column '{name}' in 'where clause'"
            raise SoapFault(INTERNAL, problem)
    return [row for row in rows if all(_passes(row.get(name), wish) for name, wish in filters.items())]


def _passes(value, condition):
    if isinstance(condition, str):
        return _compare("eq", value, condition)
    if "from" in condition or "to" in condition:
        bounds = (("from", "gteq"), ("to", "lteq"))
        return all(_compare(operator, value, condition[name]) for name, operator in bounds if name in condition)
    for operator, wanted in condition.items():
        if operator in _NOT_PLAYED:
            raise SoapFault(101, f"Invalid filters given: {operator} is not played here.")
        if operator in _OPERATORS:
            return _OPERATORS[operator](value, wanted)
    # No operator is known: the database gets the values as alternatives.
    return any(_compare("eq", value, wanted) for wanted in condition.values())


def _compare(operator, value, wanted):
    if value is None:
        return False
    one, other = _comparable(str(value), wanted)
    return {
        "eq": one == other, "neq": one != other, "gt": one > other, "lt": one < other, "gteq": one >= other,
        "lteq": one <= other,
    }[operator]  # fmt: skip


def _comparable(value, wanted):
    """Return both as the database compares them: as numbers, as times, or as texts without regard to case."""
    try:
        one, other = Decimal(value), Decimal(wanted)
        if one.is_finite() and other.is_finite():
            return one, other
    except InvalidOperation:
        pass
    if _DAY.fullmatch(wanted) and _DAY.match(value):
        wanted += " 00:00:00"
    return value.casefold(), wanted.casefold()


def _is_like(value, pattern):
    if value is None:
        return False
    parts = (".*" if part == "%" else "." if part == "_" else re.escape(part) for part in re.split("([%_])", pattern))
    return re.fullmatch("".join(parts), str(value), re.IGNORECASE | re.DOTALL) is not None


_OPERATORS = {
    **{
        name: lambda value, wanted, name=name: _compare(name, value, wanted)
        for name in ("eq", "neq", "gt", "lt", "gteq", "lteq")
    },
    "like": _is_like,
    "nlike": lambda value, pattern: value is not None and not _is_like(value, pattern),
    "in": lambda value, wanted: any(_compare("eq", value, entry) for entry in wanted),
    "nin": lambda value, wanted: value is not None and not any(_compare("eq", value, entry) for entry in wanted),
    "null": lambda value, _wanted: value is None,
    "notnull": lambda value, _wanted: value is not None,
}
