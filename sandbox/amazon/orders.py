"""searchOrders and getOrder of the Orders API 2026-01-01."""

import base64
import hashlib
import hmac
import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from ..clock import from_text, to_text
from .errors import ApiError, invalid
from .parameters import Parameter, read_query
from .store import UNPAID, part_of, status_of

STATUSES = (
    "PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED", "CANCELLED",
    "UNFULFILLABLE",
)  # fmt: skip
# Which part of an order, and of each of its items, belongs to which data set.
ORDER_PARTS = {
    "BUYER": "buyer", "RECIPIENT": "recipient", "PROCEEDS": "proceeds", "FULFILLMENT": "fulfillment",
    "PACKAGES": "packages", "TAX": "tax", "PAYMENT": "payment", "FULFILLMENT_ORDERS": "fulfillmentOrders",
}  # fmt: skip
ITEM_PARTS = {
    "PROCEEDS": "proceeds", "EXPENSE": "expense", "PROMOTION": "promotion",
    "CANCELLATION": "cancellation", "FULFILLMENT": "fulfillment", "TAX": "tax",
}  # fmt: skip
DATA_SETS = tuple(dict.fromkeys([*ORDER_PARTS, *ITEM_PARTS]))

_INCLUDED = Parameter("list", choices=DATA_SETS)
_SEARCH = {
    "createdAfter": Parameter("time"),
    "createdBefore": Parameter("time"),
    "lastUpdatedAfter": Parameter("time"),
    "lastUpdatedBefore": Parameter("time"),
    "fulfillmentStatuses": Parameter("list", choices=STATUSES),
    "marketplaceIds": Parameter("list", most=50),
    "fulfilledBy": Parameter("list", choices=("MERCHANT", "AMAZON")),
    "maxResultsPerPage": Parameter("whole", low=1, high=100),
    "paginationToken": Parameter("text"),
    "includedData": _INCLUDED,
}
_ORDER_ID = re.compile(r"[A-Z0-9]{3}-\d{7}-\d{7}\Z")
_TOKEN_LIFETIME = timedelta(hours=24)
# Keeps callers from building tokens themselves; nothing is secret here.
_TOKEN_KEY = b"sandbox pagination"


@dataclass(frozen=True)
class Window:
    """The span of time a search asks for, by creation or by update; both ends belong to it."""

    by_update: bool
    after: object
    before: object

    def instant(self, record):
        """Return the instant of an order that this window goes by."""
        return record.updated_at if self.by_update else record.created_at


def search_orders(world, seller, call):
    """Answer searchOrders with a page as JSON values; raise ApiError 400 for a breach of the rules."""
    values = read_query(call.query, _SEARCH)
    token = _read_token(values, world.clock.now())
    window = _read_window(values, world, token)
    found = sorted(
        (r for r in seller.records.values() if _is_wanted(r, window, values)),
        key=lambda record: (window.instant(record), record.order["orderId"]),
    )
    rest = _after_token(found, window, token)
    size = values.get("maxResultsPerPage", 100)
    page = rest[:size]
    included = values.get("includedData", [])
    answer = {"orders": [render(record.order, included, world.settings) for record in page]}
    if len(rest) > size:
        position = {
            "last": [window.instant(page[-1]).isoformat(), page[-1].order["orderId"]],
            "offset": len(found) - len(rest) + size,
            "by_offset": world.settings["paging"] == "offset",
        }
        answer["pagination"] = {"nextToken": _write_token(values, window, position, world.clock)}
    answer["lastUpdatedBefore" if window.by_update else "createdBefore"] = to_text(window.before)
    ids = [record.order["orderId"] for record in page]
    world.ledger.append("orders_searched", seller.seller_id, {"count": len(ids), "orderIds": ids})
    return answer


def get_order(world, seller, call, order_id):
    """Answer getOrder with JSON values; raise ApiError 400 or 404."""
    included = read_query(call.query, {"includedData": _INCLUDED}).get("includedData", [])
    record = find_order(seller, order_id)
    world.ledger.append("order_read", order_id, {"includedData": included})
    return {"order": render(record.order, included, world.settings)}


def find_order(seller, order_id):
    """Return the record of an order; raise ApiError 400 for a malformed id, 404 for an unknown one."""
    if not _ORDER_ID.match(order_id):
        raise invalid("Invalid Input", f"Not an order id in 3-7-7 format: {order_id}")
    if order_id not in seller.records:
        raise ApiError(404, "NotFound", "The specified resource does not exist.", order_id)
    return seller.records[order_id]


def render(order, included, settings):
    """Return the parts of an order that a caller asked for and may see."""
    hidden = {part for name, part in ORDER_PARTS.items() if name not in included}
    hidden_in_items = {part for name, part in ITEM_PARTS.items() if name not in included}
    is_unpaid = status_of(order) in UNPAID
    if is_unpaid:
        # Until the payment is authorised, the marketplace shows neither buyer nor prices.
        hidden |= {"buyer", "recipient", "proceeds", "payment", "tax"}
        hidden_in_items |= {"proceeds", "expense", "tax"}
    if not settings["pii"]:
        hidden |= {"buyer", "recipient"}
    shown = {name: part for name, part in order.items() if name not in hidden}
    if isinstance(shown.get("orderItems"), list):
        shown["orderItems"] = [_render_item(item, hidden_in_items, is_unpaid) for item in shown["orderItems"]]
    return shown


def _render_item(item, hidden, is_unpaid):
    if not isinstance(item, dict):
        return item
    shown = {name: part for name, part in item.items() if name not in hidden}
    if is_unpaid and isinstance(shown.get("product"), dict):
        shown["product"] = {k: v for k, v in shown["product"].items() if k != "price"}
    return shown


def _read_window(values, world, token):
    by_update = "lastUpdatedAfter" in values
    if by_update == ("createdAfter" in values):
        raise invalid("Invalid Input", "Give exactly one of createdAfter and lastUpdatedAfter.")
    if by_update and "createdBefore" in values:
        raise invalid("Invalid Input", "createdBefore cannot go with lastUpdatedAfter.")
    if not by_update and "lastUpdatedBefore" in values:
        raise invalid("Invalid Input", "lastUpdatedBefore cannot go with createdAfter.")
    after = values["lastUpdatedAfter" if by_update else "createdAfter"]
    latest = world.clock.now() - timedelta(seconds=world.settings["search_delay_seconds"])
    before = values.get("lastUpdatedBefore" if by_update else "createdBefore")
    if before is None:
        return Window(by_update, after, from_text(token["before"]) if token else latest)
    if before < after:
        raise invalid("Invalid Input", "The end of the window lies before its beginning.")
    if before > latest and not token:
        raise invalid("Invalid Input", "The end of the window must be at least 2 minutes in the past.")
    return Window(by_update, after, before)


def _is_wanted(record, window, values):
    if not window.after <= window.instant(record) <= window.before:
        return False
    wishes = (
        ("fulfillmentStatuses", status_of(record.order)),
        ("fulfilledBy", part_of(record.order, "fulfillment").get("fulfilledBy")),
        ("marketplaceIds", part_of(record.order, "salesChannel").get("marketplaceId")),
    )
    return all(name not in values or value in values[name] for name, value in wishes)


def _after_token(found, window, token):
    if token is None:
        return found
    if token["by_offset"]:
        return found[token["offset"] :]
    moment, order_id = token["last"]
    last = (datetime.fromisoformat(moment), order_id)
    return [record for record in found if (window.instant(record), record.order["orderId"]) > last]


def _write_token(values, window, position, clock):
    content = {
        "asked": _fingerprint(values),
        "before": to_text(window.before),
        "until": to_text(clock.now() + _TOKEN_LIFETIME),
        **position,
    }
    packed = base64.urlsafe_b64encode(json.dumps(content).encode()).decode()
    return f"{packed}.{_signature(packed)}"


def _read_token(values, now):
    text = values.get("paginationToken")
    if text is None:
        return None
    packed, _dot, signature = text.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(packed).encode()):
        raise invalid("Invalid Input", "The pagination token is not one of ours.")
    content = json.loads(base64.urlsafe_b64decode(packed))
    if from_text(content["until"]) < now:
        raise invalid("Invalid Input", "The pagination token has expired.")
    if content["asked"] != _fingerprint(values):
        raise invalid("Invalid Input", "The parameters are not those of the first page.")
    return content


def _fingerprint(values):
    # Only the page size may change from one page to the next.
    kept = {k: v for k, v in values.items() if k not in ("paginationToken", "maxResultsPerPage")}
    return hashlib.sha256(json.dumps(kept, sort_keys=True, default=str).encode()).hexdigest()[:16]


def _signature(packed):
    return hmac.new(_TOKEN_KEY, packed.encode(), hashlib.sha256).hexdigest()[:16]
