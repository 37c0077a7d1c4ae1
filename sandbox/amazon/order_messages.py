"""The messages ORDER_CHANGE and FEED_PROCESSING_FINISHED, as they lie in a queue.

Schemas: OrderChangeNotification.json and FeedProcessingFinishedNotification.json (schemas/notifications of
selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-26). Orders speak the words of the older API there.
"""

import uuid

from .store import is_cancelled, part_of, status_of

STATUS_WORDS = {
    "PENDING_AVAILABILITY": "PendingAvailability", "PENDING": "Pending", "UNSHIPPED": "Unshipped",
    "PARTIALLY_SHIPPED": "PartiallyShipped", "SHIPPED": "Shipped", "CANCELLED": "Canceled",
    "UNFULFILLABLE": "Unfulfillable",
}  # fmt: skip
_PROGRAMS = {"AMAZON_BUSINESS": "Business", "PRIME": "Prime"}
CHANGE_REASONS = {"OrderStatusChange": "Order status change", "BuyerRequestedChange": "Buyer Requested Cancel"}


def condition_of(order):
    """Return what a message is sent for when it changes: the status, and whether the buyer asks to cancel."""
    return status_of(order), any(_is_asked_back(item) for item in _items(order))


def build_order_change(seller_id, order, change_type, subscription, now):
    """Return the message about an order as JSON values, or None if the order is too broken to speak of."""
    status, channel = STATUS_WORDS.get(status_of(order)), part_of(order, "salesChannel")
    if status is None or not isinstance(channel.get("marketplaceId"), str):
        return None
    address = part_of(part_of(order, "recipient"), "deliveryAddress")
    fulfillment = part_of(order, "fulfillment")
    items = [_item(item, fulfillment) for item in _items(order)]
    summary = {
        "MarketplaceId": channel["marketplaceId"],
        "OrderStatus": status,
        "PurchaseDate": order.get("createdTime"),
        "DestinationPostalCode": address.get("postalCode"),
        "FulfillmentType": "AFN" if fulfillment.get("fulfilledBy") == "AMAZON" else "MFN",
        "OrderType": "StandardOrder",
        "NumberOfItemsShipped": sum(item["QuantityShipped"] for item in items),
        "NumberOfItemsUnshipped": sum(item["Quantity"] - item["QuantityShipped"] for item in items),
        **_window(fulfillment, "shipByWindow", "EarliestShipDate", "LatestShipDate"),
        **_window(fulfillment, "deliverByWindow", "EarliestDeliveryDate", "LatestDeliveryDate"),
        "OrderPrograms": [_PROGRAMS[name] for name in order.get("programs") or () if name in _PROGRAMS],
        "OrderItems": items,
    }
    payload = {
        "NotificationLevel": "OrderLevel",
        "SellerId": seller_id,
        "AmazonOrderId": order["orderId"],
        "OrderChangeType": change_type,
        "OrderChangeTrigger": {
            "TimeOfOrderChange": order.get("lastUpdatedTime"),
            "ChangeReason": CHANGE_REASONS[change_type],
        },
        "Summary": summary,
    }
    return {
        "NotificationVersion": "1.0",
        "NotificationType": "ORDER_CHANGE",
        "PayloadVersion": "1.0",
        "EventTime": now,
        "Payload": {"OrderChangeNotification": payload},
        "NotificationMetadata": {
            "ApplicationId": subscription["application"],
            "SubscriptionId": subscription["subscriptionId"],
            "PublishTime": now,
            "NotificationId": str(uuid.uuid4()),
        },
    }


def build_feed_finished(feed, subscription, now):
    """Return the message about a feed that has ended as JSON values."""
    finished = {
        "sellerId": feed["seller"],
        "accountId": f"amzn1.merchant.o.{feed['seller']}",
        "feedId": feed["id"],
        "feedType": feed["type"],
        "processingStatus": feed["processingStatus"],
    }
    if feed.get("documentId"):
        finished["resultFeedDocumentId"] = feed["documentId"]
    return {
        "notificationVersion": "2020-09-04",
        "notificationType": "FEED_PROCESSING_FINISHED",
        "payloadVersion": "2020-09-04",
        "eventTime": now,
        "payload": {"feedProcessingFinishedNotification": finished},
        "notificationMetadata": {
            "applicationId": subscription["application"],
            "subscriptionId": subscription["subscriptionId"],
            "publishTime": now,
            "notificationId": str(uuid.uuid4()),
        },
    }


def _items(order):
    items = order.get("orderItems")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _is_asked_back(item):
    return bool(part_of(part_of(item, "cancellation"), "cancellationRequest"))


def _item(item, fulfillment):
    ordered = item.get("quantityOrdered")
    # Cancelled units are no longer part of the order, as in the older API.
    quantity = ordered if isinstance(ordered, int) and not is_cancelled(item) else 0
    shipped = min(part_of(item, "fulfillment").get("quantityFulfilled") or 0, quantity)
    return {
        "OrderItemId": str(item.get("orderItemId")),
        "SellerSKU": str(part_of(item, "product").get("sellerSku")),
        "SupplySourceId": None,
        "OrderItemStatus": "Shipped" if quantity and shipped == quantity else "Unshipped",
        "Quantity": quantity,
        "QuantityShipped": shipped,
        "IsBuyerRequestedCancel": _is_asked_back(item),
        **_window(fulfillment, "deliverByWindow", "ItemEarliestDeliveryDate", "ItemLatestDeliveryDate"),
    }


def _window(fulfillment, part, first, last):
    window = part_of(fulfillment, part)
    given = {first: window.get("earliestDateTime"), last: window.get("latestDateTime")}
    return {name: text for name, text in given.items() if isinstance(text, str)}
