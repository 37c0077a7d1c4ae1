"""Search criteria: filter groups that must all hold, filters of which one must, sort orders and pages.

developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches, seen 2026-11-26; comparing is MySQL's.
"""

import re
from dataclasses import dataclass

from .errors import internal_error, invalid, missing

CONDITIONS = (
    "eq", "neq", "gt", "gteq", "moreq", "lt", "lteq", "from", "to", "in", "nin", "like", "nlike", "null", "notnull",
    "finset",
)  # fmt: skip
_NAMES = {
    "filterGroups": "filter_groups", "conditionType": "condition_type", "sortOrders": "sort_orders",
    "pageSize": "page_size", "currentPage": "current_page",
}  # fmt: skip
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")


@dataclass(frozen=True)
class Criteria:
    """What a search asks for: groups of (field, value, condition), (field, direction) pairs, the page."""

    groups: tuple = ()
    orders: tuple = ()
    size: int | None = None
    page: int | None = None

    def echo(self):
        """Return the criteria as the answer repeats them."""
        shown = {
            "filter_groups": [
                {"filters": [{"field": f, "value": v, "condition_type": c} for f, v, c in group]}
                for group in self.groups
            ]
        }
        if self.orders:
            shown["sort_orders"] = [{"field": field, "direction": way} for field, way in self.orders]
        if self.size is not None:
            shown["page_size"] = self.size
        if self.page is not None:
            shown["current_page"] = self.page
        return shown


def read_criteria(query, limits=None):
    """Return the criteria in a query; raise ApiError 400 when there are none or they make no sense.

    :param limits: page sizes {"page_size", "default_page_size"} while the shop limits input
    """
    tree = {}
    for name, value in query:
        parts = re.findall(r"[^\[\]]+", name)
        if parts and parts[0] in ("searchCriteria", "search_criteria"):
            _put(tree, [_NAMES.get(part, part) for part in parts[1:]], value)
    if not tree and not any(name in ("searchCriteria", "search_criteria") for name, _value in query):
        raise missing("searchCriteria")
    size = _whole(tree.get("page_size"), "pageSize")
    if limits:
        size = size or limits["default_page_size"]
        if size > limits["page_size"]:
            raise invalid("Maximum SearchCriteria pageSize is %max", {"max": limits["page_size"]})
    return Criteria(
        groups=tuple(_read_group(group) for group in _listed(tree.get("filter_groups"))),
        orders=tuple(_read_order(order) for order in _listed(tree.get("sort_orders"))),
        size=size,
        page=_whole(tree.get("current_page"), "currentPage"),
    )


def search(rows, criteria, fields):
    """Return (the rows of the page, how many rows there are in all); raise ApiError for a field that is none.

    :param rows: dictionaries in their natural order
    :param fields: the names that may be searched for and sorted by
    """
    for name in [f for group in criteria.groups for f, _v, _c in group] + [f for f, _way in criteria.orders]:
        if name not in fields:
            # The database has no such column, and Magento does not say so.
            raise internal_error()
    found = [row for row in rows if all(any(_holds(row, f) for f in group) for group in criteria.groups if group)]
    for field, way in reversed(criteria.orders):
        found.sort(key=lambda row, field=field: _sort_key(row.get(field)), reverse=way == "DESC")
    return _page(found, criteria), len(found)


def _page(found, criteria):
    if not criteria.size:
        return found
    last = max(1, -(-len(found) // criteria.size))
    # Asking past the last page brings the last one again.
    page = min(max(1, criteria.page or 1), last)
    return found[(page - 1) * criteria.size : page * criteria.size]


def _put(tree, parts, value):
    for place, part in enumerate(parts):
        if place == len(parts) - 1:
            tree[part] = value
        else:
            tree = tree.setdefault(part, {})
            if not isinstance(tree, dict):
                raise invalid("Invalid search criteria.")


def _listed(branch):
    if not isinstance(branch, dict):
        return []
    return [
        branch[key] for key in sorted(branch, key=lambda key: (not key.isdigit(), int(key) if key.isdigit() else 0))
    ]


def _read_group(group):
    filters = _listed(group.get("filters")) if isinstance(group, dict) else []
    return tuple(_read_filter(wanted) for wanted in filters)


def _read_filter(wanted):
    if not isinstance(wanted, dict) or not wanted.get("field"):
        raise missing("field")
    condition = wanted.get("condition_type") or "eq"
    if condition not in CONDITIONS:
        raise internal_error()
    return wanted["field"], wanted.get("value", ""), condition


def _read_order(order):
    if not isinstance(order, dict) or not order.get("field"):
        raise missing("field")
    way = str(order.get("direction") or "DESC").upper()
    if way not in ("ASC", "DESC"):
        raise invalid("The sort order has to be specified as ASC for ascending order or DESC for descending order.")
    return order["field"], way


def _whole(text, name):
    if text in (None, ""):
        return None
    if not (isinstance(text, str) and text.lstrip("-").isdigit() and len(text) < 10):
        raise invalid(
            'The "%value" value\'s type is invalid. The "%type" type was expected. Verify and try again.',
            {"value": str(text), "type": "int", "fieldName": name},
        )
    return int(text)


def _holds(row, wanted):
    field, value, condition = wanted
    have = row.get(field)
    if condition in ("null", "notnull"):
        return (have is None) == (condition == "null")
    if have is None:
        return False
    if condition in ("in", "nin"):
        is_in = any(_compare(have, part.strip()) == 0 for part in value.split(","))
        return is_in == (condition == "in")
    if condition == "finset":
        return value in str(have).split(",")
    if condition in ("like", "nlike"):
        return bool(_pattern(value).match(str(have))) == (condition == "like")
    order = _compare(have, value)
    return {
        "eq": order == 0, "neq": order != 0, "gt": order > 0, "gteq": order >= 0, "moreq": order >= 0,
        "from": order >= 0, "lt": order < 0, "lteq": order <= 0, "to": order <= 0,
    }[condition]  # fmt: skip


def _compare(have, value):
    if isinstance(have, bool):
        have = int(have)
    if isinstance(have, (int, float)):
        number = _number(value)
        return (have > number) - (have < number)
    if _DAY.match(value) and len(have) == len("2026-11-23 05:00:00"):
        value += " 00:00:00"
    left, right = str(have).casefold(), value.casefold()
    return (left > right) - (left < right)


def _number(text):
    # As MySQL casts: what begins as a number is one, anything else is zero.
    match = re.match(r"\s*-?\d+(\.\d+)?", text)
    return float(match[0]) if match else 0.0


def _pattern(text):
    parts = {"%": ".*", "_": "."}
    return re.compile("".join(parts.get(letter) or re.escape(letter) for letter in text) + r"\Z", re.DOTALL | re.I)


def _sort_key(value):
    if value is None:
        return (0, 0, "")
    return (1, value, "") if isinstance(value, (int, float)) else (2, 0, str(value).casefold())
