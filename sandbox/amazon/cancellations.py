"""Cancelled orders and items: by feed, by the buyer, by the marketplace.

POST_ORDER_ACKNOWLEDGEMENT_DATA: StatusCode Failure cancels; Amazon's page "Order feed type values" says that the feed
no longer acknowledges anything. Format and reasons: see `envelope.py`; the last four reasons are known to newer
releases of the schema.
"""

from .envelope import BadMessage, count_at, ensure_known, text_at, work_through
from .store import is_cancelled, item_of, part_of, status_of

REASONS = (
    "NoInventory", "ShippingAddressUndeliverable", "CustomerExchange", "BuyerCanceled", "GeneralAdjustment",
    "CarrierCreditDecision", "RiskAssessmentInformationNotValid", "CarrierCoverageFailure", "CustomerReturn",
    "MerchandiseNotReceived", "CannotVerifyInformation", "PricingError", "RejectOrder", "WeatherDelay",
)  # fmt: skip
_ORDER_FIELDS = ("AmazonOrderID", "MerchantOrderID", "StatusCode", "Item")
_ITEM_FIELDS = ("AmazonOrderItemCode", "MerchantOrderItemID", "CancelReason", "Quantity")
_CANCELLABLE = ("PENDING_AVAILABILITY", "PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED")


def cancel_by_feed(world, seller, feed, body):
    """Apply a feed's document; return its final status and the processing report as bytes."""

    def apply(number, element):
        ensure_known(element, _ORDER_FIELDS)
        record = find_record(seller, element)
        status = text_at(element, "StatusCode")
        if status not in ("Success", "Failure"):
            raise BadMessage("5001", "StatusCode must be Success or Failure.")
        source = {"seller": seller.seller_id, "feedId": feed["id"], "messageId": int(number)}
        order_id = record.order["orderId"]
        if status == "Success":
            world.ledger.append("order_acknowledged", order_id, source)
            return
        reasons = _read_reasons(record.order, element)
        cancel_items(seller, record, reasons, "MERCHANT")
        world.ledger.append("order_cancelled", order_id, {**source, "by": "MERCHANT", "items": reasons})

    return work_through(feed, body, "OrderAcknowledgement", apply)


def find_record(seller, element):
    """Return the order that a message is about; raise BadMessage when there is none."""
    order_id = text_at(element, "AmazonOrderID")
    if order_id is None:
        raise BadMessage("5001", "AmazonOrderID is missing.")
    if order_id not in seller.records:
        raise BadMessage("18026", f"The order {order_id} does not exist.")
    return seller.records[order_id]


def find_item(order, element):
    """Return the order item that a part of a message is about; raise BadMessage when there is none."""
    item_id = text_at(element, "AmazonOrderItemCode")
    item = item_of(order, item_id)
    if item is None:
        raise BadMessage("18027", f"The order has no item {item_id or 'without a code'}.", item_id)
    return item


def _read_reasons(order, element):
    """Return {item id: reason} of a message that cancels; raise BadMessage for what cannot be cancelled."""
    if part_of(order, "fulfillment").get("fulfilledBy") == "AMAZON":
        raise BadMessage("18029", "The order is fulfilled by Amazon.")
    if status_of(order) not in _CANCELLABLE:
        raise BadMessage("18028", f"The order cannot be cancelled while it is {status_of(order)}.")
    if not element.findall("Item"):
        raise BadMessage("5001", "Each item to be cancelled needs an Item with its CancelReason.")
    reasons = {}
    for part in element.findall("Item"):
        ensure_known(part, _ITEM_FIELDS)
        item = find_item(order, part)
        item_id, reason, quantity = item["orderItemId"], text_at(part, "CancelReason"), count_at(part, "Quantity")
        if item_id in reasons:
            raise BadMessage("5001", f"The item {item_id} is given twice.", item_id)
        if reason not in REASONS:
            raise BadMessage("5001", f"CancelReason must be one of {', '.join(REASONS)}.", item_id)
        if is_cancelled(item):
            raise BadMessage("18028", f"The item {item_id} is cancelled already.", item_id)
        if part_of(item, "fulfillment").get("quantityFulfilled"):
            raise BadMessage("18028", f"The item {item_id} has been shipped, at least in part.", item_id)
        if quantity not in (None, item["quantityOrdered"]):
            raise BadMessage("18030", f"The item {item_id} can only be cancelled as a whole.", item_id)
        reasons[item_id] = reason
    return reasons


def cancel_items(seller, record, reasons, by):
    """Cancel items of an order, {item id: reason}, and give back their stock; with no item left the order ends."""
    order = record.order
    going = [item for item in order["orderItems"] if item["orderItemId"] in reasons and not is_cancelled(item)]
    if takes_stock(order):
        seller.sell({"orderItems": going}, direction=+1)
    for item in going:
        execution = {"cancelledBy": by, "cancelReason": reasons[item["orderItemId"]]}
        item.setdefault("cancellation", {})["cancellationExecution"] = execution
        item.setdefault("fulfillment", {})["quantityUnfulfilled"] = 0
    left = [item for item in order["orderItems"] if not is_cancelled(item)]
    if not left:
        order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
    elif not any(part_of(item, "fulfillment").get("quantityUnfulfilled", 1) for item in left):
        order["fulfillment"]["fulfillmentStatus"] = "SHIPPED"
    seller.touch(record)


def takes_stock(order):
    """Say whether an order holds units of what the seller lists from its own stock."""
    taken = ("PENDING", "UNSHIPPED", "PARTIALLY_SHIPPED")
    return part_of(order, "fulfillment").get("fulfilledBy") != "AMAZON" and status_of(order) in taken
