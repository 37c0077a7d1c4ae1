"""confirmShipment of the Orders API v0.

Model: ordersV0.json. What the model leaves open follows reports of sellers: issues 5037 and 5232 of
amzn/selling-partner-api-models and issue 489 of jlevers/selling-partner-api, seen 2026-11-23.
"""

from collections import Counter

from . import carriers
from .bodies import Field, read_body
from .errors import invalid
from .orders import find_order
from .parameters import read_query
from .store import is_cancelled, part_of, status_of

_ITEM = {
    "orderItemId": Field("text", required=True),
    "quantity": Field("whole", required=True),
    "transparencyCodes": Field("list", inner=Field("text")),
}
_PACKAGE = {
    "packageReferenceId": Field("text", required=True),
    "carrierCode": Field("text", required=True),
    "carrierName": Field("text"),
    "shippingMethod": Field("text"),
    "trackingNumber": Field("text", required=True),
    "shipDate": Field("time", required=True),
    "shipFromSupplySourceId": Field("text"),
    "orderItems": Field("list", required=True, inner=Field("object", inner=_ITEM)),
}
_BODY = {
    "packageDetail": Field("object", required=True, inner=_PACKAGE),
    "codCollectionMethod": Field("text", choices=("DirectPayment",)),
    "marketplaceId": Field("text", required=True),
}
_SHIPPABLE = ("UNSHIPPED", "PARTIALLY_SHIPPED", "SHIPPED")
# Labels for these come from Amazon, which then confirms the shipment itself.
_PROGRAMS_WITHOUT_CONFIRMATION = ("FBM_SHIP_PLUS", "AMAZON_EASY_SHIP")


def confirm_shipment(world, seller, call, order_id):
    """Take a package into an order; raise ApiError 400, 404 or 415 when it is refused."""
    read_query(call.query, {})
    record = find_order(seller, order_id)
    detail = _read_detail(call, record.order)
    _ensure_shippable(record.order)
    reference = detail["packageReferenceId"]
    packages = record.order.setdefault("packages", [])
    earlier = next((p for p in packages if p["packageReferenceId"] == reference), None)
    others = [package for package in packages if package is not earlier]
    if earlier is None and status_of(record.order) == "SHIPPED":
        raise invalid(
            "No package to update was found, or the order is already fulfilled. "
            "errorCode=GeneralError, errorMetric=PackageToUpdateNotFound"
        )
    _ensure_quantities(record.order, detail, others)
    body = {"orderId": order_id, "seller": seller.seller_id, **detail}
    if detail["carrierCode"] not in carriers.KNOWN:
        world.ledger.append("shipment_dropped", order_id, body)
        return
    package = _build_package(detail, earlier, world.clock.now_text())
    if package == earlier:
        world.ledger.append("shipment_unchanged", order_id, body)
        return
    record.order["packages"] = [*others, package]
    _apply_progress(record.order)
    seller.touch(record)
    kind = "shipment_confirmed" if earlier is None else "shipment_edited"
    world.ledger.append(kind, order_id, body)


def _read_detail(call, order):
    body = read_body(call, _BODY)
    detail = body["packageDetail"]
    reference = detail["packageReferenceId"]
    if not (reference.isascii() and reference.isdigit() and int(reference) > 0):
        raise invalid("PackageReferenceId: is invalid, must be a positive numeric value.")
    if detail["carrierCode"] == carriers.OTHER and not detail.get("carrierName"):
        raise invalid("CarrierName is required when carrierCode is Other.")
    if not detail["carrierCode"] or not detail["trackingNumber"].strip():
        raise invalid("Carrier code and tracking number must not be empty.")
    if not detail["orderItems"]:
        raise invalid("OrderItems must not be empty.")
    if body["marketplaceId"] != part_of(order, "salesChannel").get("marketplaceId"):
        raise invalid("MarketplaceId is not that of the order.")
    return detail


def _ensure_shippable(order):
    if part_of(order, "fulfillment").get("fulfilledBy") == "AMAZON":
        raise invalid("The order is fulfilled by Amazon.")
    if status_of(order) not in _SHIPPABLE:
        raise invalid(f"The order cannot be shipped while it is {status_of(order)}.")
    programs = set(order.get("programs") or ()) & set(_PROGRAMS_WITHOUT_CONFIRMATION)
    if programs:
        raise invalid(f"Shipments of {', '.join(sorted(programs))} are not confirmed by the seller.")


def _ensure_quantities(order, detail, others):
    open_items = [item for item in order["orderItems"] if not is_cancelled(item)]
    ordered = {item["orderItemId"]: item["quantityOrdered"] for item in open_items}
    shipped = _shipped_quantities(others)
    seen = set()
    for item in detail["orderItems"]:
        item_id, quantity = item["orderItemId"], item["quantity"]
        if item_id not in ordered or item_id in seen:
            raise invalid(f"OrderItemId {item_id} is invalid.")
        seen.add(item_id)
        if quantity < 1 or shipped[item_id] + quantity > ordered[item_id]:
            raise invalid(
                f"Quantity {quantity} of OrderItemId {item_id} is invalid: "
                f"{ordered[item_id]} ordered, {shipped[item_id]} in other packages."
            )


def _shipped_quantities(packages):
    quantities = Counter()
    for package in packages:
        for item in package.get("packageItems", []):
            quantities[item["orderItemId"]] += item["quantity"]
    return quantities


def _build_package(detail, earlier, now):
    package = {
        "packageReferenceId": detail["packageReferenceId"],
        "createdTime": earlier["createdTime"] if earlier else now,
        "packageStatus": {"status": "SHIPPED"},
        "carrier": _carrier_shown(detail),
        "shipTime": detail["shipDate"],
        "trackingNumber": detail["trackingNumber"],
        "packageItems": [dict(item) for item in detail["orderItems"]],
    }
    if detail.get("shippingMethod"):
        package["shippingService"] = detail["shippingMethod"]
    return package


def _carrier_shown(detail):
    is_other = detail["carrierCode"] == carriers.OTHER
    return detail["carrierName"] if is_other else detail["carrierCode"]


def _apply_progress(order):
    shipped = _shipped_quantities(order["packages"])
    open_units = 0
    for item in order["orderItems"]:
        if is_cancelled(item):
            continue
        done = min(shipped[item["orderItemId"]], item["quantityOrdered"])
        fulfillment = item.setdefault("fulfillment", {})
        fulfillment["quantityFulfilled"] = done
        fulfillment["quantityUnfulfilled"] = item["quantityOrdered"] - done
        open_units += item["quantityOrdered"] - done
    status = "SHIPPED" if open_units == 0 else "PARTIALLY_SHIPPED"
    order["fulfillment"]["fulfillmentStatus"] = status
