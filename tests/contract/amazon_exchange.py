"""Exchanges with the Amazon stand-in that are held against the official models: a good request for each operation."""

import re

from specs import load, validate_response

from sandbox.amazon.operations import OPERATIONS
from sandbox.amazon.orders import DATA_SETS
from tests.sandbox_calls import EXAMPLE_ID, LONG_AGO, ORDERS, US, make_notice, shipment_path
from tests.sandbox_feeds import make_listings_feed, submit_feed, upload

ORDERS_SPEC = load("amazon", "orders_2026-01-01")
_LISTINGS_SPEC = load("amazon", "listingsItems_2021-08-01")
_MODELS = {
    "feeds_2021-06-30": "createFeedDocument getFeedDocument createFeed getFeeds getFeed cancelFeed",
    "reports_2021-06-30": "createReport getReports getReport cancelReport getReportDocument",
    "fbaInventory": "getInventorySummaries",
    "finances_2024-06-19": "listTransactions",
    "notifications": "createDestination getDestinations getDestination deleteDestination createSubscription"
    " getSubscription getSubscriptionById deleteSubscriptionById",
}
SPECS = {
    "searchOrders": ORDERS_SPEC,
    "getOrder": ORDERS_SPEC,
    "confirmShipment": load("amazon", "ordersV0"),
    "searchListingsItems": _LISTINGS_SPEC,
    "getListingsItem": _LISTINGS_SPEC,
    "patchListingsItem": _LISTINGS_SPEC,
    "getMarketplaceParticipations": load("amazon", "sellers"),
    **{name: load("amazon", model) for model, names in _MODELS.items() for name in names.split()},
}
ITEMS = "/listings/2021-08-01/items/A1OMSSANDBOX"
ITEM = f"{ITEMS}/OMS-0001"
SHIP = shipment_path()
NOTICE = make_notice()
STOCK_PATCH = {
    "productType": "PRODUCT",
    "patches": [
        {
            "op": "merge",
            "path": "/attributes/fulfillment_availability",
            "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
        }
    ],
}
FEEDS = "/feeds/2021-06-30"
REPORTS = "/reports/2021-06-30"
NOTIFICATIONS = "/notifications/v1"
FINANCES = "/finances/2024-06-19/transactions"
RETURNS = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
REPORT = {"reportType": RETURNS, "marketplaceIds": [US], "dataStartTime": "2026-11-20T00:00:00Z"}
DESTINATION = {"name": "orders", "resourceSpecification": {"sqs": {"arn": "arn:aws:sqs:us-east-2:444455556666:queue1"}}}
_INVENTORY = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": US, "details": "true"}
# One good request for each operation; a function first makes what the request is about.
_GOOD = {
    "searchOrders": ("GET", ORDERS, {**LONG_AGO, "includedData": ",".join(DATA_SETS)}, None),
    "getOrder": ("GET", f"{ORDERS}/{EXAMPLE_ID}", {"includedData": ",".join(DATA_SETS)}, None),
    "confirmShipment": ("POST", SHIP, {}, NOTICE),
    "searchListingsItems": ("GET", ITEMS, {"marketplaceIds": US, "pageSize": "20"}, None),
    "getListingsItem": ("GET", ITEM, {"marketplaceIds": US}, None),
    "patchListingsItem": ("PATCH", ITEM, {"marketplaceIds": US}, STOCK_PATCH),
    "getMarketplaceParticipations": ("GET", "/sellers/v1/marketplaceParticipations", {}, None),
    "createFeedDocument": ("POST", f"{FEEDS}/documents", {}, {"contentType": "application/json; charset=UTF-8"}),
    "getFeedDocument": lambda caller: ("GET", f"{FEEDS}/documents/{_feed(caller)['resultFeedDocumentId']}", {}, None),
    "createFeed": lambda caller: ("POST", f"{FEEDS}/feeds", {}, _feed_wish(caller)),
    "getFeeds": ("GET", f"{FEEDS}/feeds", {"feedTypes": "JSON_LISTINGS_FEED,POST_PRODUCT_DATA"}, None),
    "getFeed": lambda caller: ("GET", f"{FEEDS}/feeds/{_feed(caller)['feedId']}", {}, None),
    "cancelFeed": lambda caller: ("DELETE", f"{FEEDS}/feeds/{_waiting(caller, 'feed')}", {}, None),
    "createReport": ("POST", f"{REPORTS}/reports", {}, {**REPORT, "marketplaceIds": [US, "A1PA6795UKMFR9"]}),
    "getReports": ("GET", f"{REPORTS}/reports", {"reportTypes": RETURNS}, None),
    "getReport": lambda caller: ("GET", f"{REPORTS}/reports/{_report(caller)['reportId']}", {}, None),
    "cancelReport": lambda caller: ("DELETE", f"{REPORTS}/reports/{_waiting(caller, 'report')}", {}, None),
    "getReportDocument": lambda caller: (
        "GET", f"{REPORTS}/documents/{_report(caller)['reportDocumentId']}", {}, None,
    ),
    "getInventorySummaries": ("GET", "/fba/inventory/v1/summaries", _INVENTORY, None),
    "listTransactions": lambda caller: ("GET", FINANCES, {"postedAfter": _posted(caller)}, None),
    "createDestination": ("POST", f"{NOTIFICATIONS}/destinations", {}, DESTINATION),
    "getDestinations": ("GET", f"{NOTIFICATIONS}/destinations", {}, None),
    "getDestination": lambda caller: ("GET", f"{NOTIFICATIONS}/destinations/{_destination(caller)}", {}, None),
    "deleteDestination": lambda caller: ("DELETE", f"{NOTIFICATIONS}/destinations/{_destination(caller)}", {}, None),
    "createSubscription": lambda caller: (
        "POST", f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE", {}, order_subscription(_destination(caller)),
    ),
    "getSubscription": lambda caller: ("GET", _subscription(caller)[0], {}, None),
    "getSubscriptionById": lambda caller: ("GET", "/".join(_subscription(caller)), {}, None),
    "deleteSubscriptionById": lambda caller: ("DELETE", "/".join(_subscription(caller)), {}, None),
}  # fmt: skip
_GRANTLESS = {operation.name for operation in OPERATIONS if operation.scope}


def good(caller, operation):
    """Return the good request of an operation: method, path, query, body. What it is about is made once a caller."""
    request = _GOOD[operation]
    if not callable(request):
        return request
    made = caller.__dict__.setdefault("made_for_requests", {})
    if operation not in made:
        made[operation] = request(caller)
    return made[operation]


def send(caller, operation, changes=None):
    """Send the good request of an operation with changes; hold the answer against the model; return it."""
    method, path, query, body = good(caller, operation)
    changes = changes or {}
    sent_path, query, body = changes.get("path", path), changes.get("query", query), changes.get("body", body)
    call = caller.call_grantless if operation in _GRANTLESS else caller.call
    response = call(method, sent_path, query, body, changes.get("headers"))
    answered = response.json if response.data else None
    # The model knows an operation by its good path, also when the path itself is what is wrong.
    assert validate_response(SPECS[operation], method, path, response.status_code, answered) == operation
    _assert_headers(operation, method, path, response)
    return response


def _assert_headers(operation, method, path, response):
    """Check that the headers are there which the model documents for this status."""
    for known_method, template, documented in SPECS[operation].operations():
        pattern = re.sub(r"\{\w+\}", "[^/]+", template)
        if known_method == method and re.fullmatch(pattern, path):
            names = documented["responses"][str(response.status_code)].get("headers", {})
            assert "x-amzn-RequestId" in names
            assert response.headers["x-amzn-RequestId"]
            if "x-amzn-RateLimit-Limit" not in names:
                assert "x-amzn-RateLimit-Limit" not in response.headers


def order_subscription(destination_id):
    """Return the body of createSubscription for messages about orders."""
    directive = {"eventFilter": {"eventFilterType": "ORDER_CHANGE", "orderChangeTypes": ["OrderStatusChange"]}}
    return {"payloadVersion": "1.0", "destinationId": destination_id, "processingDirective": directive}


def _feed_wish(caller):
    document_id = upload(caller, make_listings_feed([]))
    return {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": document_id}


def _feed(caller):
    return submit_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([]))


def _waiting(caller, kind):
    caller.control(feed_seconds=60, report_seconds=60)
    if kind == "feed":
        return caller.call("POST", f"{FEEDS}/feeds", body=_feed_wish(caller)).json["feedId"]
    return caller.call("POST", f"{REPORTS}/reports", body=REPORT).json["reportId"]


def _report(caller):
    caller.control(empty_reports="header")
    report_id = caller.call("POST", f"{REPORTS}/reports", body=REPORT).json["reportId"]
    return caller.call("GET", f"{REPORTS}/reports/{report_id}").json


def _posted(caller):
    """Let a parcel and a refund be posted some minutes ago; return a time before."""
    caller.call("POST", SHIP, body=NOTICE)
    item = NOTICE["packageDetail"]["orderItems"][0]["orderItemId"]
    wish = {"orderId": EXAMPLE_ID, "orderItemId": item}
    caller.control(refund_elsewhere=wish, refund_status="DEFERRED_RELEASED", clock_offset=600)
    return "2026-11-01T00:00:00Z"


def _destination(caller):
    return caller.call_grantless("POST", f"{NOTIFICATIONS}/destinations", body=DESTINATION).json["payload"][
        "destinationId"
    ]


def _subscription(caller):
    path = f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE"
    body = order_subscription(_destination(caller))
    return path, caller.call("POST", path, body=body).json["payload"]["subscriptionId"]
