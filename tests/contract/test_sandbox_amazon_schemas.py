"""Feeds, reports, notifications of the Amazon stand-in against the official models, JSON schemas and examples."""

import copy
import json

import pytest
from amazon_exchange import DESTINATION, FEEDS, NOTIFICATIONS, RETURNS, SPECS, good, order_subscription, send
from bodies import RELAXED, bodies_like
from hypothesis import given
from specs import SpecViolation, examples, schema_example, validate_request, validate_schema

from sandbox.amazon.generator import KINDS
from sandbox.amazon.listings import DATA_SETS
from sandbox.caller import Caller
from tests.sandbox_calls import EXAMPLE_ID, US, make_notice, shipment_path
from tests.sandbox_feeds import make_listings_feed, stock_message, submit_listings, upload
from tests.sandbox_queue import receive, subscribe

REPORT_SCHEMA = "listings-feed-processing-report-schema-v2"
FEED_SCHEMA = "listings-feed-schema-v2"
FEED = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": "", "feedOptions": {"a": "b"}}
REPORT = {
    "reportType": RETURNS, "marketplaceIds": [US], "reportOptions": {"a": "b"},
    "dataStartTime": "2026-11-20T00:00:00Z", "dataEndTime": "2026-11-21T00:00:00Z",
}  # fmt: skip


@pytest.fixture(scope="module")
def shared_caller():
    return Caller()


@pytest.mark.parametrize(
    ("operation", "changes", "status"),
    [
        ("createFeedDocument", {"body": {}}, 400),
        ("createFeedDocument", {"body": {"contentType": "json"}}, 400),
        ("createFeedDocument", {"headers": {"Content-Type": "text/plain"}}, 415),
        ("createFeed", {"body": {}}, 400),
        ("createFeed", {"headers": {"Content-Type": "text/plain"}}, 415),
        ("getFeed", {"path": f"{FEEDS}/feeds/1"}, 404),
        ("getFeed", {"path": f"{FEEDS}/feeds/x"}, 400),
        ("getFeeds", {"query": {}}, 400),
        ("getFeedDocument", {"path": f"{FEEDS}/documents/amzn1.tortuga.1"}, 404),
        ("cancelFeed", {"path": f"{FEEDS}/feeds/1"}, 404),
        ("createReport", {"body": {}}, 400),
        ("createReport", {"headers": {"Content-Type": "text/plain"}}, 415),
        ("getReport", {"path": "/reports/2021-06-30/reports/1"}, 404),
        ("cancelReport", {"path": "/reports/2021-06-30/reports/1"}, 404),
        ("getReportDocument", {"path": "/reports/2021-06-30/documents/x"}, 400),
        ("getInventorySummaries", {"query": {"granularityType": "Marketplace"}}, 400),
        ("createDestination", {"body": {}}, 400),
        ("createDestination", {"headers": {"Content-Type": "text/plain"}}, 415),
        ("getDestination", {"path": f"{NOTIFICATIONS}/destinations/x"}, 404),
        ("deleteDestination", {"path": f"{NOTIFICATIONS}/destinations/x"}, 404),
        ("createSubscription", {"body": {}}, 400),
        ("createSubscription", {"path": f"{NOTIFICATIONS}/subscriptions/NEWS"}, 400),
        ("getSubscription", {"path": f"{NOTIFICATIONS}/subscriptions/FEED_PROCESSING_FINISHED"}, 404),
        ("getSubscriptionById", {"path": f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE/x"}, 404),
        ("deleteSubscriptionById", {"path": f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE/x"}, 404),
    ],
)
def test_refusals_are_valid(operation, changes, status):
    assert send(Caller(), operation, changes).status_code == status


@pytest.mark.parametrize("operation", ["createDestination", "createSubscription"])
def test_conflicts_are_valid(operation):
    caller = Caller()
    assert [send(caller, operation).status_code for _turn in "ab"] == [200, 409]


@pytest.mark.parametrize(
    ("create", "get", "cancel"),
    [("createFeed", "getFeed", "cancelFeed"), ("createReport", "getReport", "cancelReport")],
)
def test_jobs_are_valid_in_every_status(create, get, cancel):
    caller = Caller(moment=1795410000)
    assert send(caller, get).json["processingStatus"] in ("DONE", "FATAL")
    caller.control(feed_seconds=60, report_seconds=60)
    root = good(caller, create)[1]
    for _turn in "ab":
        made = send(caller, create).json
    [job_id] = made.values()
    changes = {"path": f"{root}/{job_id}"}
    assert send(caller, get, changes).json["processingStatus"] == "IN_QUEUE"
    caller.control(clock_offset=30)
    assert send(caller, get, changes).json["processingStatus"] == "IN_PROGRESS"
    assert send(caller, cancel, changes).status_code == 400
    assert send(caller, cancel).status_code in (200, 400)
    job_id = next(iter(send(caller, create).json.values()))
    changes = {"path": f"{root}/{job_id}"}
    assert send(caller, cancel, changes).status_code == 200
    assert send(caller, get, changes).json["processingStatus"] == "CANCELLED"
    search = {"createFeed": "getFeeds", "createReport": "getReports"}[create]
    query = {**good(caller, search)[2], "pageSize": "1"}
    assert "nextToken" in send(caller, search, {"query": query}).json


def test_reports_of_listings_feeds_are_those_of_the_schema():
    caller = Caller()
    wish = {"includedData": list(DATA_SETS), "apiVersion": "2021-08-01"}
    messages = [
        stock_message(1, "OMS-0001", 3),
        stock_message(2, "NO-SUCH", 3),
        stock_message(3, "OMS-0003", -1),
        7,
        {},
    ]
    for header in ({}, {"report": wish}):
        status, report = submit_listings(caller, messages, **header)
        assert status == "DONE"
        assert len(report["issues"]) >= 4
        validate_schema("amazon", REPORT_SCHEMA, report)
    status, report = submit_listings(caller, [])
    assert status == "FATAL"
    validate_schema("amazon", REPORT_SCHEMA, report)


def test_official_example_feed_is_taken_message_by_message():
    document = copy.deepcopy(schema_example("amazon", FEED_SCHEMA))
    validate_schema("amazon", FEED_SCHEMA, document)
    caller = Caller()
    for place, message in enumerate(document["messages"], 1):
        message["sku"] = f"OMS-{place:04d}"
        # A product type of the marketplace's own; the listings here all have the general one.
        message.update({"productType": "PRODUCT"} if "productType" in message else {})
    header = {name: value for name, value in document["header"].items() if name != "sellerId"}
    status, report = submit_listings(caller, document["messages"], **header)
    assert (status, report["issues"], report["summary"]["messagesAccepted"]) == ("DONE", [], 5)
    validate_schema("amazon", REPORT_SCHEMA, report)


def test_official_example_report_has_the_fields_of_ours():
    official = schema_example("amazon", REPORT_SCHEMA)
    wish = {"includedData": official["header"]["report"]["includedData"], "apiVersion": "2021-08-01"}
    messages = [stock_message(1, "OMS-0001", 3), stock_message(3, "OMS-0003", -1)]
    _status, ours = submit_listings(Caller(), messages, report=wish)
    assert ours.keys() == official.keys()
    assert ours["header"].keys() == official["header"].keys()
    assert ours["summary"].keys() == official["summary"].keys()
    assert ours["issues"][0].keys() == official["issues"][-1].keys()


@RELAXED
@given(bodies_like(stock_message(1, "OMS-0001", 3)))
def test_message_that_is_accepted_is_valid_by_the_schema(shared_caller, message):
    status, report = submit_listings(shared_caller, [message])
    validate_schema("amazon", REPORT_SCHEMA, report)
    if status == "DONE" and report["summary"]["messagesAccepted"]:
        document = json.loads(make_listings_feed([message]))
        validate_schema("amazon", FEED_SCHEMA, document, strict=False)


@pytest.mark.parametrize("kind", KINDS)
def test_messages_about_orders_are_those_of_the_schema(kind):
    caller = Caller()
    subscribe(caller)
    ids = caller.control(generate={"count": 3, "kind": kind})["generate"]
    caller.control(cancel_order={"orderId": ids[0], "request_only": True})
    caller.control(cancel_order={"orderId": ids[1], "by": "MERCHANT"})
    assert caller.call("POST", shipment_path(), body=make_notice()).status_code == 204
    bodies = [json.loads(message["Body"]) for message in receive(caller)]
    assert EXAMPLE_ID in {body["Payload"]["OrderChangeNotification"]["AmazonOrderId"] for body in bodies}
    assert len(bodies) >= 5
    for body in bodies:
        validate_schema("amazon", "OrderChangeNotification", body)


@pytest.mark.parametrize("ending", ["DONE", "FATAL", "CANCELLED"])
def test_messages_about_feeds_are_those_of_the_schema(ending):
    caller = Caller()
    subscribe(caller, "FEED_PROCESSING_FINISHED", "2020-09-04")
    if ending == "CANCELLED":
        assert send(caller, "cancelFeed").status_code == 200
    else:
        submit_listings(caller, [stock_message(1, "OMS-0001", 3)] if ending == "DONE" else [])
    [message] = receive(caller)
    body = json.loads(message["Body"])
    validate_schema("amazon", "FeedProcessingFinishedNotification", body)
    assert body["payload"]["feedProcessingFinishedNotification"]["processingStatus"] == ending


def test_schema_of_messages_is_held_strictly():
    caller = Caller()
    subscribe(caller)
    caller.control(notify={"orderId": EXAMPLE_ID})
    [message] = receive(caller)
    body = json.loads(message["Body"])
    body["Payload"]["OrderChangeNotification"]["Summary"]["Colour"] = "red"
    with pytest.raises(SpecViolation, match="Colour"):
        validate_schema("amazon", "OrderChangeNotification", body)


def example_requests(model):
    """Yield (operation, path, example) for the official exchanges of a model that are about what is played here."""
    spec = SPECS[{"feeds_2021-06-30": "createFeed", "reports_2021-06-30": "createReport"}[model]]
    names = {(method, template): known["operationId"] for method, template, known in spec.operations()}
    for example in examples("amazon", model):
        path = example.template
        for key, value in example.parameters.items():
            path = path.replace("{" + key + "}", str(value))
        operation = names[example.method, example.template]
        if operation in SPECS and "{" not in path:
            yield operation, path, example


@pytest.mark.parametrize("model", ["feeds_2021-06-30", "reports_2021-06-30"])
def test_official_examples_are_answered_as_documented(model):
    seen = []
    for operation, path, example in example_requests(model):
        caller = Caller()
        body = copy.deepcopy(example.parameters.get("body"))
        query = {
            name: ",".join(value) if isinstance(value, list) else str(value)
            for name, value in example.parameters.items()
            if name != "body" and "{" + name + "}" not in example.template
        }
        changes = {"path": path, "query": query, "body": body}
        if example.status < 300:
            # What the example is about is not there; ours is.
            if operation == "createFeed":
                body["inputFeedDocumentId"] = upload(caller, b"{}")
            if "{" in example.template:
                changes["path"] = good(caller, operation)[1]
            validate_request(SPECS[operation], example.method, changes["path"], query, body)
        answer = send(caller, operation, changes)
        assert (operation, answer.status_code) == (operation, example.status)
        if example.status < 300 and isinstance(example.response, dict) and not operation.endswith("s"):
            assert set(example.response) <= set(answer.json)
        seen.append(example.status)
    assert len(seen) >= 9
    assert {200, 202, 400} <= set(seen)


def test_official_examples_of_notifications_have_the_fields_of_ours():
    compared = 0
    official = {(e.method, e.template): e.response for e in examples("amazon", "notifications") if e.status == 200}
    for operation in ("getDestination", "createSubscription", "getSubscription", "getSubscriptionById"):
        method, _path, _query, _body = good(Caller(), operation)
        template = next(t for _m, t, known in SPECS[operation].operations() if known["operationId"] == operation)
        ours, theirs = send(Caller(), operation).json["payload"], official[method, template]["payload"]
        # The example has no filter.
        assert set(ours) - {"processingDirective"} == set(theirs)
        compared += 1
    assert compared == 4


@RELAXED
@given(bodies_like(FEED))
def test_feed_that_is_accepted_is_valid_by_the_model(shared_caller, body):
    if body.get("inputFeedDocumentId") == "":
        body["inputFeedDocumentId"] = upload(shared_caller, b"{}")
    if send(shared_caller, "createFeed", {"body": body}).status_code == 202:
        validate_request(SPECS["createFeed"], "POST", f"{FEEDS}/feeds", {}, body)


@RELAXED
@given(bodies_like(REPORT))
def test_report_that_is_accepted_is_valid_by_the_model(shared_caller, body):
    if send(shared_caller, "createReport", {"body": body}).status_code == 202:
        validate_request(SPECS["createReport"], "POST", good(shared_caller, "createReport")[1], {}, body)


@RELAXED
@given(bodies_like(DESTINATION))
def test_destination_that_is_accepted_is_valid_by_the_model(shared_caller, body):
    if send(shared_caller, "createDestination", {"body": body}).status_code == 200:
        validate_request(SPECS["createDestination"], "POST", f"{NOTIFICATIONS}/destinations", {}, body)


@RELAXED
@given(bodies_like(order_subscription("DESTINATION")))
def test_subscription_that_is_accepted_is_valid_by_the_model(body):
    caller = Caller()
    _method, path, _query, own = good(caller, "createSubscription")
    if body.get("destinationId") == "DESTINATION":
        body["destinationId"] = own["destinationId"]
    if send(caller, "createSubscription", {"body": body}).status_code == 200:
        validate_request(SPECS["createSubscription"], "POST", path, {}, body)
