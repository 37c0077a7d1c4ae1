"""From the name of an operation to what it does; each answer is a status with JSON values, or 201 with a Location."""

from . import accounts, cancellations, inventory, orders, refunds, returns, shipments
from .operations import POST_ORDER

# (API is Post-Order and path begins with "return") tells the two operations named "search" apart.
_FOR_SELLER = {
    "getOrders": lambda e, s, c, _p: (200, orders.search_orders(e, s, c)),
    "getOrder": lambda e, s, c, p: (200, orders.get_order(e, s, c, p[0])),
    "issueRefund": lambda e, s, c, p: (200, refunds.issue_refund(e, s, c, p[0])),
    "getShippingFulfillments": lambda _e, s, c, p: (200, shipments.list_fulfillments(s, c, p[0])),
    "createShippingFulfillment": lambda e, s, c, p: (201, shipments.create_fulfillment(e, s, c, p[0])),
    "getShippingFulfillment": lambda _e, s, c, p: (200, shipments.get_fulfillment(s, c, p[0], p[1])),
    "getInventoryItems": lambda _e, s, c, _p: (200, inventory.list_items(s, c)),
    "getInventoryItem": lambda _e, s, c, p: (200, inventory.get_item(s, c, p[0])),
    "getOffers": lambda _e, s, c, _p: (200, inventory.list_offers(s, c)),
    "getOffer": lambda _e, s, c, p: (200, inventory.get_offer(s, c, p[0])),
    "bulkUpdatePriceQuantity": lambda e, s, c, _p: inventory.update_in_bulk(e, s, c),
    "checkCancellationEligibility": lambda _e, s, c, _p: (200, cancellations.check_eligibility(s, c)),
    "createCancellation": lambda e, s, c, _p: (200, cancellations.create_cancellation(e, s, c)),
    "getCancellation": lambda _e, s, c, p: (200, cancellations.get_cancellation(s, c, p[0])),
    "approveCancellationRequest": lambda e, s, c, p: (200, cancellations.approve_cancellation(e, s, c, p[0]) or {}),
    "rejectCancellationRequest": lambda e, s, c, p: (200, cancellations.reject_cancellation(e, s, c, p[0]) or {}),
    "getReturn": lambda _e, s, c, p: (200, returns.get_return(s, c, p[0])),
    "processReturnRequest": lambda e, s, c, p: (200, returns.decide_return(e, s, c, p[0])),
    "markReturnReceived": lambda e, s, c, p: (200, returns.receive_return(e, s, c, p[0]) or {}),
    "issueReturnRefund": lambda e, s, c, p: (200, returns.refund_return(e, s, c, p[0])),
    "sendReturnMessage": lambda e, s, c, p: (200, returns.message_return(e, s, c, p[0]) or {}),
    "getUser": lambda e, s, c, _p: (200, accounts.get_user(e, s, c)),
}
_FOR_APPLICATION = {
    "getSigningKeys": lambda e, i, c, _p: (200, e.keys.all_of(i, c)),
    "createSigningKey": lambda e, i, c, _p: (200, e.keys.create(i, c)),
    "getSigningKey": lambda e, i, c, p: (200, e.keys.one(i, c, p[0])),
    "getUserRateLimits": lambda e, i, c, _p: (200, e.calls.answer(i, c, e.settings["calls_per_day"])),
    "getPublicKey": lambda e, _i, c, p: (200, e.notifications.public_key(c, p[0])),
    "getTopics": lambda e, _i, c, _p: (200, e.notifications.topics(c)),
    "getTopic": lambda e, _i, c, p: (200, e.notifications.topic(c, p[0])),
    "getConfig": lambda e, i, c, _p: (200, e.notifications.config(c, i)),
    "updateConfig": lambda e, i, c, _p: (204, e.notifications.set_config(c, i)),
    "getDestinations": lambda e, i, c, _p: (200, e.notifications.destinations(c, i)),
    "createDestination": lambda e, i, c, _p: (201, e.notifications.create_destination(c, i)),
    "getDestination": lambda e, i, c, p: (200, e.notifications.destination(c, i, p[0])),
    "updateDestination": lambda e, i, c, p: (204, e.notifications.update_destination(c, i, p[0])),
    "deleteDestination": lambda e, i, c, p: (204, e.notifications.delete_destination(c, i, p[0])),
    "getSubscriptions": lambda e, i, c, _p: (200, e.notifications.subscriptions(c, i)),
    "createSubscription": lambda e, i, c, _p: (201, e.notifications.create_subscription(c, i)),
    "getSubscription": lambda e, i, c, p: (200, e.notifications.subscription(c, i, p[0])),
    "updateSubscription": lambda e, i, c, p: (204, e.notifications.update_subscription(c, i, p[0])),
    "deleteSubscription": lambda e, i, c, p: (204, e.notifications.delete_subscription(c, i, p[0])),
    "enableSubscription": lambda e, i, c, p: (204, e.notifications.switch_subscription(c, i, p[0], "ENABLED")),
    "disableSubscription": lambda e, i, c, p: (204, e.notifications.switch_subscription(c, i, p[0], "DISABLED")),
    "test": lambda e, i, c, p: (202, e.notifications.test_subscription(c, i, p[0]) or {}),
}
SELLER_OPERATIONS = frozenset([*_FOR_SELLER, "search"])


def perform_for_seller(ebay, seller, call, asked):
    """Carry out an operation of a seller, ``asked`` = (operation, path parameters); return status and values.

    Raises ApiError when it is refused.
    """
    operation, path = asked
    if operation.api is POST_ORDER and operation.name == "search":
        search = returns.search_returns if operation.segments[0] == "return" else cancellations.search_cancellations
        return 200, search(seller, call)
    return _FOR_SELLER[operation.name](ebay, seller, call, path)


def perform_for_application(ebay, entry, call, asked):
    """Carry out an operation of an application; return status and values. Raises ApiError when it is refused."""
    operation, path = asked
    return _FOR_APPLICATION[operation.name](ebay, entry["client_id"], call, path)
