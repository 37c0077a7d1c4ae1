"""What cancellations and returns of the Post-Order API share: times, amounts, pages. Reference 2.8.0."""

from ..clock import from_text
from .reading import Refusal, read_query, read_time, read_whole
from .store import lines_of, stamp

INVALID = Refusal(1616, "PostOrder", "Invalid Input")
_MOST = 200


def date_of(moment):
    """Return an instant as the type DateTime of this API."""
    return {"value": stamp(moment), "formattedValue": moment.strftime("%d %b, %Y %H:%M UTC")}


def instant_of(date):
    """Return the instant that a DateTime of this API holds."""
    return from_text(date["value"])


def amount_of(amount):
    """Return an amount in the type Amount of this API, whose value is a number."""
    return {"value": float(amount["value"]), "currency": amount["currency"]}


def has_item(order, item_id):
    """Say whether a listing is in an order."""
    return any(line.get("legacyItemId") == item_id for line in lines_of(order))


def read_search(call, names):
    """Return the query of a search, with its limit, offset and span of creation read; raise ApiError 400."""
    span = ("creation_date_range_from", "creation_date_range_to")
    values = read_query(call.query, (*names, "limit", "offset", "role", "sort", *span), INVALID)
    if values.get("role", "SELLER") not in ("SELLER", "BUYER", "OTHER"):
        raise INVALID.error("role", role=values["role"])
    limit = read_whole(values.get("limit", "25"), 1, _MOST, INVALID)
    offset = read_whole(values.get("offset", "0"), 0, 10**6, INVALID)
    moments = [read_time(values[name], INVALID) if name in values else None for name in span]
    if None not in moments and moments[0] > moments[1]:
        raise INVALID.error("the end of the span lies before its beginning")
    return values, (limit, offset), moments


def is_in_span(moment, span):
    """Say whether an instant lies in a span; None leaves an end open."""
    after, before = span
    return (after is None or moment >= after) and (before is None or moment <= before)


def page_of(entries, place):
    """Return the entries of a page and its ``paginationOutput``."""
    limit, offset = place
    output = {
        "limit": limit,
        "offset": offset,
        "totalEntries": len(entries),
        "totalPages": -(-len(entries) // limit),
    }
    return entries[offset : offset + limit], output
