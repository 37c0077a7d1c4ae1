"""getOrders and getOrder of the Fulfillment API."""

import re
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

from ..clock import from_text
from .errors import ApiError
from .money import without_breakdown
from .reading import Refusal, address_of, read_query, read_whole
from .store import lines_of, part_of

ORDER_ID = re.compile(r"\d{2}-\d{5}-\d{5}\Z|\d{9,14}!\d{9,14}\Z")
_UNKNOWN = Refusal(30700, "API_FULFILLMENT", "Invalid filter name")
_LIMIT = Refusal(31100, "API_FULFILLMENT", "Invalid limit")
_OFFSET = Refusal(31000, "API_FULFILLMENT", "Invalid offset")
_SEARCH = ("filter", "limit", "offset", "orderIds", "fieldGroups")
_STATUSES = ({"NOT_STARTED", "IN_PROGRESS"}, {"FULFILLED", "IN_PROGRESS"})
_MOST_IDS = 50
_TWO_YEARS = timedelta(days=730)
_DEFAULT_WINDOW = timedelta(days=90)
_FILTERS = re.compile(r"([a-zA-Z]+):(\[[^\]]*\]|\{[^}]*\})(?:,|\Z)")
# What eBay stops showing of a contact: the e-mail address after two weeks, the rest after ninety days; and what an
# application without the right to personal data never sees (descriptions of ExtendedContact and Address).
_EMAIL_FOR = timedelta(days=14)
_PEOPLE_FOR = timedelta(days=90)
_PERSONAL = ("fullName", "companyName", "email", "primaryPhone")
_PERSONAL_LINES = ("addressLine1", "addressLine2")


@dataclass(frozen=True)
class Window:
    """What a search asks for: a span of creation or of modification, both ends included, and statuses."""

    by_update: bool
    after: object
    before: object
    statuses: frozenset = frozenset()

    def instant(self, record):
        """Return the instant of an order that this window goes by."""
        return record.updated_at if self.by_update else record.created_at


def search_orders(ebay, seller, call):
    """Answer getOrders with a page as JSON values; raise ApiError 400 for a breach of the rules."""
    values = read_query(call.query, _SEARCH, _UNKNOWN)
    is_whole = _wants_breakdown(values)
    if "orderIds" in values:
        records, limit, offset = *_by_ids(seller, values["orderIds"]), 0
        total = len(records)
    else:
        limit = read_whole(values.get("limit", "50"), 1, 200, _LIMIT)
        offset = read_whole(values.get("offset", "0"), 0, 10**9 - 1, _OFFSET)
        window = _read_window(values.get("filter"), ebay.world.clock.now())
        found = _found(ebay, seller, window, values.get("filter"), offset)
        total, records = len(found), found[offset : offset + limit]
    answer = {"href": _href(call, values, {}), "total": total, "limit": limit, "offset": offset}
    if "orderIds" not in values:
        answer |= _neighbours(call, values, (limit, offset, total))
    answer["orders"] = [render(ebay, r, is_whole=is_whole, is_alone=False) for r in records]
    ids = [record.order["orderId"] for record in records]
    ebay.world.ledger.append("orders_searched", seller.seller_id, {"count": len(ids), "orderIds": ids})
    return answer


def get_order(ebay, seller, call, order_id):
    """Answer getOrder with JSON values; raise ApiError 400 or 404."""
    values = read_query(call.query, ("fieldGroups",), _UNKNOWN)
    is_whole = _wants_breakdown(values)
    record = find_order(seller, order_id)
    ebay.world.ledger.append("order_read", order_id, {"fieldGroups": values.get("fieldGroups")})
    return render(ebay, record, is_whole=is_whole, is_alone=True)


def find_order(seller, order_id):
    """Return the record of an order; raise ApiError 400 for a malformed id, 404 for an unknown one."""
    if not ORDER_ID.match(order_id):
        raise ApiError(400, 32100, f"Invalid order ID: {order_id}", parameters={"orderId": order_id})
    if order_id not in seller.records:
        raise ApiError(404, 32100, f"Invalid order ID: {order_id}", parameters={"orderId": order_id})
    return seller.records[order_id]


def render(ebay, record, *, is_whole, is_alone):
    """Return an order as getOrder (``is_alone``) or getOrders shows it, with or without the tax breakdown."""
    order = record.order
    if not is_whole:
        try:
            order = without_breakdown(order)
        except (KeyError, TypeError, AttributeError, ArithmeticError):
            order = dict(order)  # A test has misshapen it; it is served as it is.
    shown = dict(order)
    if not is_alone:
        if isinstance(shown.get("cancelStatus"), dict):
            shown["cancelStatus"] = {**shown["cancelStatus"], "cancelRequests": []}
        if isinstance(shown.get("buyer"), dict):
            shown["buyer"] = {name: part for name, part in shown["buyer"].items() if name != "taxIdentifier"}
    age = ebay.world.clock.now() - record.created_at
    if age > _PEOPLE_FOR or not ebay.settings["pii"]:
        return _without(shown, (*_PERSONAL, *_PERSONAL_LINES, "taxIdentifier"))
    return _without(shown, ("email",)) if age > _EMAIL_FOR else shown


def _without(order, names):
    """Return an order in which the contacts lack these parts."""
    shown = dict(order)
    buyer = {name: part for name, part in part_of(shown, "buyer").items() if name not in names}
    if "buyerRegistrationAddress" in buyer:
        buyer["buyerRegistrationAddress"] = _bare_contact(buyer["buyerRegistrationAddress"], names)
    if isinstance(shown.get("buyer"), dict):
        shown["buyer"] = buyer
    instructions = shown.get("fulfillmentStartInstructions")
    if isinstance(instructions, list):
        shown["fulfillmentStartInstructions"] = [_bare_instruction(entry, names) for entry in instructions]
    return shown


def _bare_instruction(entry, names):
    step = part_of(entry, "shippingStep") if isinstance(entry, dict) else {}
    if "shipTo" not in step:
        return entry
    return {**entry, "shippingStep": {**step, "shipTo": _bare_contact(step["shipTo"], names)}}


def _bare_contact(contact, names):
    if not isinstance(contact, dict):
        return contact
    bare = {name: part for name, part in contact.items() if name not in names}
    if "contactAddress" in bare:
        address = part_of(contact, "contactAddress")
        bare["contactAddress"] = {name: part for name, part in address.items() if name not in names}
    return bare


def _wants_breakdown(values):
    groups = values.get("fieldGroups")
    if groups is not None and groups != "TAX_BREAKDOWN":
        raise ApiError(400, 32800, f"Invalid field group: {groups}", parameters={"fieldGroup": groups})
    return groups is not None


def _by_ids(seller, text):
    ids = list(dict.fromkeys(text.split(",")))
    if len(ids) > _MOST_IDS:
        raise ApiError(400, 30900, f"Exceeded maximum number of order IDs (the current limit is {_MOST_IDS})")
    for order_id in ids:
        if not ORDER_ID.match(order_id):
            raise ApiError(400, 32100, f"Invalid order ID: {order_id}", parameters={"orderId": order_id})
    return [seller.records[order_id] for order_id in ids if order_id in seller.records], _MOST_IDS


def _read_window(text, now):
    given = _read_filters(text) if text is not None else {}
    statuses = frozenset()
    if "orderfulfillmentstatus" in given:
        statuses = frozenset(given["orderfulfillmentstatus"].strip("{}").split("|"))
        if set(statuses) not in _STATUSES:
            raise _bad_filter("orderfulfillmentstatus", given["orderfulfillmentstatus"])
    # Given both, eBay looks at the creation only.
    name = "creationdate" if "creationdate" in given else "lastmodifieddate"
    if name not in given:
        return Window(False, now - _DEFAULT_WINDOW, now, statuses)
    after, before = _read_span(name, given[name], now)
    return Window(name == "lastmodifieddate", after, before, statuses)


def _read_filters(text):
    given, place = {}, 0
    while place < len(text):
        found = _FILTERS.match(text, place)
        name = text[place:].partition(":")[0]
        if found is None and name in ("creationdate", "lastmodifieddate", "orderfulfillmentstatus"):
            raise _bad_filter(name, text[place:].partition(":")[2])
        if found is None or found.group(1) not in ("creationdate", "lastmodifieddate", "orderfulfillmentstatus"):
            raise ApiError(400, 30700, f"Invalid filter name: {name}", parameters={"fieldname": name})
        given[found.group(1)] = found.group(2)
        place = found.end()
    if not given:
        raise _bad_filter("filter", text)
    return given


def _read_span(name, text, now):
    if not text.startswith("[") or ".." not in text:
        raise _bad_filter(name, text)
    start, _dots, end = text.strip("[]").partition("..")
    if not start:
        raise ApiError(400, 30820, "Start date is missing")
    after, before = from_text(start), from_text(end) if end else now
    if after is None or before is None:
        raise ApiError(400, 30810, "Invalid date format")
    if after > before:
        raise ApiError(400, 30840, "Start date should be before end date")
    if before > now + timedelta(seconds=1) or after > now:
        raise ApiError(400, 30850, "Start and end dates can't be in the future")
    if after < now - _TWO_YEARS:
        raise ApiError(400, 30830, "Time range between start date and end date must be within '2' years.")
    return after, before


def _bad_filter(name, value):
    given = {"fieldname": name, "fieldvalue": value}
    return ApiError(400, 30800, f"Invalid filter value {value} for filter {name}", parameters=given)


def _found(ebay, seller, window, text, offset):
    """Return the records of a search in their order; with paging "keyset" as they were on its first page."""
    latest = ebay.world.clock.now() - timedelta(seconds=ebay.settings["search_delay_seconds"])
    wanted = [r for r in seller.records.values() if _is_wanted(r, window) and r.updated_at <= latest]
    wanted.sort(key=lambda record: (window.instant(record), record.order["orderId"]))
    if ebay.settings["paging"] == "offset":
        return wanted
    key = (seller.seller_id, text)
    if offset == 0:
        ebay.frozen[key] = [record.order["orderId"] for record in wanted]
    known = ebay.frozen.get(key, [])
    return [seller.records[order_id] for order_id in known if order_id in seller.records]


def _is_wanted(record, window):
    if not window.after <= window.instant(record) <= window.before:
        return False
    return not window.statuses or record.order.get("orderFulfillmentStatus") in window.statuses


def _neighbours(call, values, place):
    limit, offset, total = place
    pages = {}
    if offset + limit < total:
        pages["next"] = _href(call, values, {"limit": limit, "offset": offset + limit})
    if offset > 0:
        pages["prev"] = _href(call, values, {"limit": limit, "offset": max(0, offset - limit)})
    return pages


def _href(call, values, changes):
    query = urlencode({**values, **changes}, quote_via=quote)
    return address_of(call) + (f"?{query}" if query else "")


def marketplace_of(order):
    """Return the identifier of the marketplace that an order was bought on, or None."""
    return next((line.get("purchaseMarketplaceId") for line in lines_of(order)), None)
