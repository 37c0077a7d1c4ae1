"""From the name of an operation to what it does; each answer is a status with JSON values, or 201 with a Location."""

from . import accounts, cancellations, inventory, orders, refunds, returns, shipments
from .operations import POST_ORDER

# Called with the stand-in, the seller, the request and the path parameters.
_FOR_SELLER = {
    "getOrders": orders.search_orders,
    "getOrder": orders.get_order,
    "issueRefund": refunds.issue_refund,
    "createShippingFulfillment": shipments.create_fulfillment,
    "createCancellation": cancellations.create_cancellation,
    "approveCancellationRequest": cancellations.approve_cancellation,
    "rejectCancellationRequest": cancellations.reject_cancellation,
    "processReturnRequest": returns.decide_return,
    "markReturnReceived": returns.receive_return,
    "issueReturnRefund": returns.refund_return,
    "sendReturnMessage": returns.message_return,
    "getUser": accounts.get_user,
}
# Called with the seller, the request and the path parameters: these only look.
_LOOKING = {
    "getShippingFulfillments": shipments.list_fulfillments,
    "getShippingFulfillment": shipments.get_fulfillment,
    "getInventoryItems": inventory.list_items,
    "getInventoryItem": inventory.get_item,
    "getOffers": inventory.list_offers,
    "getOffer": inventory.get_offer,
    "checkCancellationEligibility": cancellations.check_eligibility,
    "getCancellation": cancellations.get_cancellation,
    "getReturn": returns.get_return,
}
_BULK = "bulkUpdatePriceQuantity"
SELLER_OPERATIONS = frozenset([*_FOR_SELLER, *_LOOKING, _BULK, "search"])

# Part of the stand-in and its method, called with the request, the client id and the path parameters.
_FOR_APPLICATION = {
    "getSigningKeys": ("keys", "all_of"),
    "createSigningKey": ("keys", "create"),
    "getSigningKey": ("keys", "one"),
    "getPublicKey": ("notifications", "public_key"),
    "getTopics": ("notifications", "topics"),
    "getTopic": ("notifications", "topic"),
    "getConfig": ("notifications", "config"),
    "updateConfig": ("notifications", "set_config"),
    "getDestinations": ("notifications", "destinations"),
    "createDestination": ("notifications", "create_destination"),
    "getDestination": ("notifications", "destination"),
    "updateDestination": ("notifications", "update_destination"),
    "deleteDestination": ("notifications", "delete_destination"),
    "getSubscriptions": ("notifications", "subscriptions"),
    "createSubscription": ("notifications", "create_subscription"),
    "getSubscription": ("notifications", "subscription"),
    "updateSubscription": ("notifications", "update_subscription"),
    "deleteSubscription": ("notifications", "delete_subscription"),
    "enableSubscription": ("notifications", "enable_subscription"),
    "disableSubscription": ("notifications", "disable_subscription"),
    "test": ("notifications", "test_subscription"),
}
_STATUSES = {
    "createShippingFulfillment": 201, "createDestination": 201, "createSubscription": 201, "test": 202,
    "updateConfig": 204, "updateDestination": 204, "deleteDestination": 204, "updateSubscription": 204,
    "deleteSubscription": 204, "enableSubscription": 204, "disableSubscription": 204,
}  # fmt: skip


def perform_for_seller(ebay, seller, call, asked):
    """Carry out an operation of a seller, ``asked`` = (operation, path parameters); return status and values.

    Raises ApiError when it is refused.
    """
    operation, path = asked
    name = operation.name
    if name == _BULK:
        return inventory.update_in_bulk(ebay, seller, call)
    if operation.api is POST_ORDER and name == "search":
        is_about_returns = operation.segments[0] == "return"
        search = returns.search_returns if is_about_returns else cancellations.search_cancellations
        data = search(seller, call)
    elif name in _LOOKING:
        data = _LOOKING[name](seller, call, *path)
    else:
        data = _FOR_SELLER[name](ebay, seller, call, *path)
    return _STATUSES.get(name, 200), data or {}


def perform_for_application(ebay, entry, call, asked):
    """Carry out an operation of an application; return status and values. Raises ApiError when it is refused."""
    operation, path = asked
    if operation.name == "getUserRateLimits":
        return 200, ebay.calls.answer(entry["client_id"], call, ebay.settings["calls_per_day"])
    part, method = _FOR_APPLICATION[operation.name]
    data = getattr(getattr(ebay, part), method)(call, entry["client_id"], *path)
    return _STATUSES.get(operation.name, 200), data or {}
