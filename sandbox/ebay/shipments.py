"""Shipping fulfillments: createShippingFulfillment, getShippingFulfillments and getShippingFulfillment.

The document knows no change and no removal of a parcel, and no key that would make a repeated call harmless: the same
tracking number again is the documented 409.
"""

import re
from collections import Counter
from datetime import timedelta

from ..clock import from_text
from .errors import ApiError
from .orders import find_order
from .reading import Field, Refusal, address_of, read_body, read_query
from .store import part_of, stamp

_BAD_INPUT = Refusal(32600, "API_FULFILLMENT", "Invalid input data")
_LINE = {"lineItemId": Field("text", required=True), "quantity": Field("whole")}
_BODY = {
    "lineItems": Field("list", required=True, inner=Field("object", inner=_LINE)),
    "shippedDate": Field("text"),
    "shippingCarrierCode": Field("text"),
    "trackingNumber": Field("text"),
}
_TRACKING = re.compile(r"[A-Za-z0-9]{1,50}\Z")
_CARRIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 _&!-]{0,49}\Z")
# eBay documents that there is a limit, not the figure.
MOST_TRACKING_NUMBERS = 40
# A clock that runs a little fast is no reason to refuse a parcel.
_AHEAD = timedelta(minutes=5)


def create_fulfillment(ebay, seller, call, order_id):
    """Take a parcel into an order; return its address for the Location header. Raise ApiError 400, 404, 409 or 415."""
    read_query(call.query, (), _BAD_INPUT)
    record = find_order(seller, order_id)
    body = read_body(call, _BODY, _BAD_INPUT)
    now = ebay.world.clock.now()
    parcel = _build_parcel(record, body, now)
    _ensure_new(record, parcel)
    _ensure_lines(record, parcel)
    parcel["fulfillmentId"] = parcel.get("shipmentTrackingNumber") or f"9{seller.next_number():012d}"
    add_parcel(seller, record, parcel, address_of(call))
    entry = {"orderId": order_id, "seller": seller.seller_id, **parcel}
    ebay.world.ledger.append("shipment_confirmed", order_id, entry)
    return f"{address_of(call)}/{parcel['fulfillmentId']}"


def list_fulfillments(seller, call, order_id):
    """Answer getShippingFulfillments with JSON values; raise ApiError 400 or 404."""
    read_query(call.query, (), _BAD_INPUT)
    parcels = find_order(seller, order_id).parcels
    return {"fulfillments": parcels, "total": len(parcels)}


def get_fulfillment(seller, call, order_id, fulfillment_id):
    """Answer getShippingFulfillment with JSON values; raise ApiError 400 or 404."""
    read_query(call.query, (), _BAD_INPUT)
    for parcel in find_order(seller, order_id).parcels:
        if parcel["fulfillmentId"] == fulfillment_id:
            return parcel
    given = {"fulfillmentId": fulfillment_id}
    raise ApiError(404, 32110, f"Invalid shipping fulfillment ID: {fulfillment_id}", parameters=given)


def add_parcel(seller, record, parcel, address):
    """Store a parcel and bring the order's statuses up to it."""
    record.parcels.append(parcel)
    record.order.setdefault("fulfillmentHrefs", []).append(f"{address}/{parcel['fulfillmentId']}")
    shipped = shipped_units(record)
    open_units = 0
    for line in record.order["lineItems"]:
        done = min(shipped[line["lineItemId"]], line["quantity"])
        open_units += line["quantity"] - done
        line["lineItemFulfillmentStatus"] = _status(done, line["quantity"])
    is_begun = any(shipped.values())
    record.order["orderFulfillmentStatus"] = (
        "FULFILLED" if not open_units else "IN_PROGRESS" if is_begun else "NOT_STARTED"
    )
    seller.touch(record)


def shipped_units(record):
    """Return how many units of each line are in parcels, by line id."""
    units = Counter()
    for parcel in record.parcels:
        for line in parcel["lineItems"]:
            units[line["lineItemId"]] += line["quantity"]
    return units


def open_lines(record):
    """Return what of an order is in no parcel yet, as the lines of a parcel."""
    shipped = shipped_units(record)
    left = {line["lineItemId"]: line["quantity"] - shipped[line["lineItemId"]] for line in record.order["lineItems"]}
    return [{"lineItemId": line_id, "quantity": units} for line_id, units in left.items() if units > 0]


def _status(done, ordered):
    if done >= ordered:
        return "FULFILLED"
    return "IN_PROGRESS" if done else "NOT_STARTED"


def _build_parcel(record, body, now):
    carrier, tracking = body.get("shippingCarrierCode"), body.get("trackingNumber")
    if bool(carrier) != bool(tracking) or (tracking and not (_TRACKING.match(tracking) and _CARRIER.match(carrier))):
        raise ApiError(400, 32300, "Invalid shipment tracking number or carrier")
    if not body["lineItems"]:
        raise _BAD_INPUT.error("lineItems must not be empty")
    shipped_at = now
    if "shippedDate" in body:
        shipped_at = from_text(body["shippedDate"])
        if shipped_at is None or shipped_at > now + _AHEAD or shipped_at < record.created_at - timedelta(days=1):
            raise ApiError(400, 32500, "Invalid shipped date", parameters={"shippedDate": body["shippedDate"]})
    parcel = {
        "lineItems": [{"lineItemId": e["lineItemId"], "quantity": e.get("quantity", 1)} for e in body["lineItems"]],
        "shippedDate": stamp(shipped_at),
    }
    if tracking:
        parcel |= {"shippingCarrierCode": carrier, "shipmentTrackingNumber": tracking}
    return parcel


def _ensure_new(record, parcel):
    if part_of(record.order, "cancelStatus").get("cancelState") == "CANCELED":
        raise _BAD_INPUT.error("the order has been cancelled")
    known = [p["shipmentTrackingNumber"] for p in record.parcels if "shipmentTrackingNumber" in p]
    tracking = parcel.get("shipmentTrackingNumber")
    if tracking and tracking in known:
        raise ApiError(409, 32300, f"The order already has a shipment with the tracking number {tracking}")
    if tracking and len(known) >= MOST_TRACKING_NUMBERS:
        raise ApiError(400, 34100, "Maximum tracking number for order is exceeded")


def _ensure_lines(record, parcel):
    ordered = {line["lineItemId"]: line["quantity"] for line in record.order["lineItems"]}
    shipped = shipped_units(record)
    seen = set()
    for line in parcel["lineItems"]:
        line_id, quantity = line["lineItemId"], line["quantity"]
        if line_id not in ordered:
            raise ApiError(400, 32200, f"Invalid line item id: {line_id}", parameters={"lineItemId": line_id})
        if line_id in seen:
            raise ApiError(400, 32210, "Duplicate line item in the request", parameters={"lineItemId": line_id})
        seen.add(line_id)
        if quantity < 1 or shipped[line_id] + quantity > ordered[line_id]:
            had = f"{ordered[line_id]} ordered, {shipped[line_id]} in other parcels"
            raise _BAD_INPUT.error(f"quantity {quantity} of line item {line_id}: {had}", lineItemId=line_id)
    if len(seen) > 1 and _is_by_hub(record.order):
        raise ApiError(400, 34300, "Mark As Shipped for multiple Global Shipping Program line items is not supported")


def _is_by_hub(order):
    steps = [part_of(entry, "shippingStep") for entry in order.get("fulfillmentStartInstructions") or []]
    return any("shipToReferenceId" in step for step in steps)
