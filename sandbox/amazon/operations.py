"""The operations that are played: method and path from the models' `paths`, usage plans from their descriptions."""

from dataclasses import dataclass

from .auth import NOTIFICATIONS


@dataclass(frozen=True)
class Operation:
    """One documented operation; None in `segments` is a path parameter.

    `scope` makes it grantless: it takes a token of the application with that scope.
    """

    name: str
    method: str
    segments: tuple
    rate: float | None = None
    burst: int | None = None
    statuses_without_limit: tuple = (403, 409, 413, 415, 429, 500, 503)
    success: int = 200
    scope: str | None = None

    def is_at(self, method, segments):
        """Say whether a request goes to this operation."""
        return (
            method == self.method
            and len(segments) == len(self.segments)
            and all(own in (None, given) for own, given in zip(self.segments, segments, strict=True))
            and "" not in segments
        )

    def parameters_in(self, segments):
        """Return the decoded path parameters in their order."""
        return [given for own, given in zip(self.segments, segments, strict=True) if own is None]


_ORDERS = ("orders", "2026-01-01", "orders")
_ITEMS = ("listings", "2021-08-01", "items")
_FEEDS = ("feeds", "2021-06-30", "feeds")
_FEED_DOCUMENTS = ("feeds", "2021-06-30", "documents")
_REPORTS = ("reports", "2021-06-30", "reports")
_REPORT_DOCUMENTS = ("reports", "2021-06-30", "documents")
_DESTINATIONS = ("notifications", "v1", "destinations")
_SUBSCRIPTIONS = ("notifications", "v1", "subscriptions")
_TRANSACTIONS = ("finances", "2024-06-19", "transactions")
_GRANTLESS = {"scope": NOTIFICATIONS}

TOKEN = Operation("token", "POST", ("auth", "o2", "token"))
# Rate in requests per second and burst: the "Usage Plan" tables of the models, seen 2026-11-23 and 2026-11-26.
OPERATIONS = (
    TOKEN,
    Operation("searchOrders", "GET", _ORDERS, 0.0056, 20),
    Operation("getOrder", "GET", (*_ORDERS, None), 0.5, 30),
    Operation("confirmShipment", "POST", ("orders", "v0", "orders", None, "shipmentConfirmation"), 2, 10, success=204),
    Operation("searchListingsItems", "GET", (*_ITEMS, None), 5, 5),
    Operation("getListingsItem", "GET", (*_ITEMS, None, None), 5, 10),
    Operation("patchListingsItem", "PATCH", (*_ITEMS, None, None), 5, 5),
    Operation("getMarketplaceParticipations", "GET", ("sellers", "v1", "marketplaceParticipations"), 0.016, 15),
    Operation("createFeedDocument", "POST", _FEED_DOCUMENTS, 0.5, 15, success=201),
    Operation("getFeedDocument", "GET", (*_FEED_DOCUMENTS, None), 0.0222, 10),
    Operation("createFeed", "POST", _FEEDS, 0.0083, 15, success=202),
    Operation("getFeeds", "GET", _FEEDS, 0.0222, 10),
    Operation("getFeed", "GET", (*_FEEDS, None), 2, 15),
    Operation("cancelFeed", "DELETE", (*_FEEDS, None), 2, 15),
    Operation("createReport", "POST", _REPORTS, 0.0167, 15, success=202),
    Operation("getReports", "GET", _REPORTS, 0.0222, 10),
    Operation("getReport", "GET", (*_REPORTS, None), 2, 15),
    Operation("cancelReport", "DELETE", (*_REPORTS, None), 0.0222, 10),
    Operation("getReportDocument", "GET", (*_REPORT_DOCUMENTS, None), 0.0167, 15),
    Operation("getInventorySummaries", "GET", ("fba", "inventory", "v1", "summaries"), 2, 2),
    Operation("listTransactions", "GET", _TRANSACTIONS, 0.5, 10),
    Operation("createDestination", "POST", _DESTINATIONS, 1, 5, **_GRANTLESS),
    Operation("getDestinations", "GET", _DESTINATIONS, 1, 5, **_GRANTLESS),
    Operation("getDestination", "GET", (*_DESTINATIONS, None), 1, 5, **_GRANTLESS),
    Operation("deleteDestination", "DELETE", (*_DESTINATIONS, None), 1, 5, **_GRANTLESS),
    Operation("createSubscription", "POST", (*_SUBSCRIPTIONS, None), 1, 5),
    Operation("getSubscription", "GET", (*_SUBSCRIPTIONS, None), 1, 5),
    Operation("getSubscriptionById", "GET", (*_SUBSCRIPTIONS, None, None), 1, 5, **_GRANTLESS),
    Operation("deleteSubscriptionById", "DELETE", (*_SUBSCRIPTIONS, None, None), 1, 5, **_GRANTLESS),
)
# What is no operation of the Selling Partner API, but is spoken to on the way: presigned addresses and queues.
UPLOAD = Operation("uploadFeedDocument", "PUT", ("documents", None))
DOWNLOAD = Operation("downloadDocument", "GET", ("documents", None))
SQS = Operation("sqs", "POST", ("sqs", None))
SQS_ROOT = Operation("sqs", "POST", ("sqs",))
BESIDE = (UPLOAD, DOWNLOAD, SQS, SQS_ROOT)


def find_operation(method, segments):
    """Return the operation at a path below /amazon, or None."""
    return next((op for op in (*OPERATIONS, *BESIDE) if op.is_at(method, segments)), None)
