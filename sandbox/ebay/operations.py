"""The operations that are played: names, paths and scopes from the ``operationId``, ``paths`` and ``security`` of the
documents. Two Post-Order operations share the name ``search``; their paths tell them apart.

Calls per day are eBay's default figures where they are published (Notification 10,000), else 5,000, which third
parties report for each API; seen 2026-11-26.
"""

from dataclasses import dataclass

_SCOPE = "https://api.ebay.com/oauth/api_scope"
DAY_SECONDS = 86400


def scope(name=""):
    """Return a scope by its short name, such as ``sell.fulfillment``; the general one without a name."""
    return f"{_SCOPE}/{name}" if name else _SCOPE


@dataclass(frozen=True)
class Api:
    """One API: the beginning of its paths, what user_rate_limit calls it, how many calls a day it allows."""

    name: str
    context: str
    version: str
    prefix: tuple
    per_day: int = 5000


@dataclass(frozen=True)
class Operation:
    """One documented operation; None in ``segments`` is a path parameter. Any one of ``scopes`` is enough."""

    name: str
    method: str
    api: Api
    segments: tuple
    scopes: tuple = (_SCOPE,)
    rate: float | None = None
    burst: int | None = None

    def is_at(self, method, segments):
        """Say whether a request goes to this operation."""
        return (
            method == self.method
            and len(segments) == len(self.segments)
            and all(own in (None, given) for own, given in zip(self.segments, segments, strict=True))
            and not any(own is None and given == "" for own, given in zip(self.segments, segments, strict=True))
        )

    def parameters_in(self, segments):
        """Return the decoded path parameters in their order."""
        return [given for own, given in zip(self.segments, segments, strict=True) if own is None]


OAUTH = Api("oauth", "commerce", "v1", ("identity", "v1", "oauth2"))
CONSENT = Api("consent", "commerce", "v2", ("oauth2",))
FULFILLMENT = Api("Fulfillment", "sell", "v1", ("sell", "fulfillment", "v1"))
INVENTORY = Api("Inventory", "sell", "v1", ("sell", "inventory", "v1"))
POST_ORDER = Api("PostOrder", "sell", "v2", ("post-order", "v2"))
NOTIFICATION = Api("Notification", "commerce", "v1", ("commerce", "notification", "v1"), 10000)
IDENTITY = Api("Identity", "commerce", "v1", ("commerce", "identity", "v1"))
KEYS = Api("KeyManagement", "developer", "v1", ("developer", "key_management", "v1"))
ANALYTICS = Api("Analytics", "developer", "v1_beta", ("developer", "analytics", "v1_beta"))
COUNTED_APIS = (FULFILLMENT, INVENTORY, POST_ORDER, NOTIFICATION, IDENTITY, KEYS)

_READ_ORDERS = (scope("sell.fulfillment"), scope("sell.fulfillment.readonly"))
_WRITE_ORDERS = (scope("sell.fulfillment"),)
_READ_STOCK = (scope("sell.inventory"), scope("sell.inventory.readonly"))
_WRITE_STOCK = (scope("sell.inventory"),)
_SUBSCRIBE = (_SCOPE, scope("commerce.notification.subscription"), scope("commerce.notification.subscription.readonly"))
_ANALYTICS = tuple(
    scope(name)
    for name in (
        "sell.inventory", "sell.inventory.readonly", "sell.marketplace.insights.readonly",
        "commerce.catalog.readonly", "sell.marketing", "sell.marketing.readonly",
    )
)  # fmt: skip
_IDENTITY = tuple(
    scope(f"commerce.identity{part}.readonly") for part in ("", ".name", ".address", ".email", ".phone")
)  # fmt: skip
# "All scopes" of an account: those of the operations here, and others that a seller's application asks for.
ALL_SCOPES = (
    _SCOPE,
    *(
        scope(name)
        for name in (
            "sell.fulfillment", "sell.fulfillment.readonly", "sell.inventory", "sell.inventory.readonly",
            "sell.finances", "sell.account", "sell.account.readonly", "sell.marketing", "sell.marketing.readonly",
            "sell.analytics.readonly", "sell.payment.dispute", "sell.reputation", "sell.stores",
            "commerce.notification.subscription", "commerce.notification.subscription.readonly",
        )
    ),
    *_IDENTITY,
)  # fmt: skip

TOKEN = Operation("token", "POST", OAUTH, ("token",), ())
AUTHORIZE = Operation("authorize", "GET", CONSENT, ("authorize",), ())

OPERATIONS = (
    TOKEN,
    AUTHORIZE,
    Operation("getOrders", "GET", FULFILLMENT, ("order",), _READ_ORDERS),
    Operation("getOrder", "GET", FULFILLMENT, ("order", None), _READ_ORDERS),
    Operation("issueRefund", "POST", FULFILLMENT, ("order", None, "issue_refund"), (scope("sell.finances"),)),
    Operation("getShippingFulfillments", "GET", FULFILLMENT, ("order", None, "shipping_fulfillment"), _READ_ORDERS),
    Operation("createShippingFulfillment", "POST", FULFILLMENT, ("order", None, "shipping_fulfillment"), _WRITE_ORDERS),
    Operation(
        "getShippingFulfillment", "GET", FULFILLMENT, ("order", None, "shipping_fulfillment", None), _READ_ORDERS
    ),
    Operation("getInventoryItems", "GET", INVENTORY, ("inventory_item",), _READ_STOCK),
    Operation("getInventoryItem", "GET", INVENTORY, ("inventory_item", None), _READ_STOCK),
    Operation("getOffers", "GET", INVENTORY, ("offer",), _READ_STOCK),
    Operation("getOffer", "GET", INVENTORY, ("offer", None), _READ_STOCK),
    Operation("bulkUpdatePriceQuantity", "POST", INVENTORY, ("bulk_update_price_quantity",), _WRITE_STOCK),
    Operation("search", "GET", POST_ORDER, ("cancellation", "search")),
    Operation("checkCancellationEligibility", "POST", POST_ORDER, ("cancellation", "check_eligibility")),
    Operation("createCancellation", "POST", POST_ORDER, ("cancellation",)),
    Operation("getCancellation", "GET", POST_ORDER, ("cancellation", None)),
    Operation("approveCancellationRequest", "POST", POST_ORDER, ("cancellation", None, "approve")),
    Operation("rejectCancellationRequest", "POST", POST_ORDER, ("cancellation", None, "reject")),
    Operation("search", "GET", POST_ORDER, ("return", "search")),
    Operation("getReturn", "GET", POST_ORDER, ("return", None)),
    Operation("processReturnRequest", "POST", POST_ORDER, ("return", None, "decide")),
    Operation("markReturnReceived", "POST", POST_ORDER, ("return", None, "mark_as_received")),
    Operation("issueReturnRefund", "POST", POST_ORDER, ("return", None, "issue_refund")),
    Operation("sendReturnMessage", "POST", POST_ORDER, ("return", None, "send_message")),
    Operation("getPublicKey", "GET", NOTIFICATION, ("public_key", None)),
    Operation("getTopics", "GET", NOTIFICATION, ("topic",)),
    Operation("getTopic", "GET", NOTIFICATION, ("topic", None)),
    Operation("getConfig", "GET", NOTIFICATION, ("config",)),
    Operation("updateConfig", "PUT", NOTIFICATION, ("config",)),
    Operation("getDestinations", "GET", NOTIFICATION, ("destination",)),
    Operation("createDestination", "POST", NOTIFICATION, ("destination",)),
    Operation("getDestination", "GET", NOTIFICATION, ("destination", None)),
    Operation("updateDestination", "PUT", NOTIFICATION, ("destination", None)),
    Operation("deleteDestination", "DELETE", NOTIFICATION, ("destination", None)),
    Operation("getSubscriptions", "GET", NOTIFICATION, ("subscription",), _SUBSCRIBE),
    Operation("createSubscription", "POST", NOTIFICATION, ("subscription",), _SUBSCRIBE[:2]),
    Operation("getSubscription", "GET", NOTIFICATION, ("subscription", None), _SUBSCRIBE),
    Operation("updateSubscription", "PUT", NOTIFICATION, ("subscription", None), _SUBSCRIBE[:2]),
    Operation("deleteSubscription", "DELETE", NOTIFICATION, ("subscription", None), _SUBSCRIBE[:2]),
    Operation("enableSubscription", "POST", NOTIFICATION, ("subscription", None, "enable"), _SUBSCRIBE[:2]),
    Operation("disableSubscription", "POST", NOTIFICATION, ("subscription", None, "disable"), _SUBSCRIBE[:2]),
    Operation("test", "POST", NOTIFICATION, ("subscription", None, "test"), _SUBSCRIBE[:2]),
    Operation("getUser", "GET", IDENTITY, ("user", ""), _IDENTITY),
    Operation("getSigningKeys", "GET", KEYS, ("signing_key",)),
    Operation("createSigningKey", "POST", KEYS, ("signing_key",)),
    Operation("getSigningKey", "GET", KEYS, ("signing_key", None)),
    Operation("getUserRateLimits", "GET", ANALYTICS, ("user_rate_limit", ""), _ANALYTICS),
)


def find_operation(method, segments):
    """Return (operation, path parameters) at a path below /ebay, or (None, [])."""
    for operation in OPERATIONS:
        prefix = operation.api.prefix
        if segments[: len(prefix)] == prefix and operation.is_at(method, segments[len(prefix) :]):
            return operation, operation.parameters_in(segments[len(prefix) :])
    return None, []
