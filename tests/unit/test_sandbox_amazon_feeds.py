"""Feeds of the Amazon stand-in: documents, the life of a feed, and what a listings feed does."""

import gzip
import json

import pytest

from sandbox.caller import Caller
from sandbox.clock import Clock
from sandbox.disk import Disk
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox_calls import MOMENT, US
from tests.sandbox_feeds import (
    FEEDS,
    JSON,
    create_feed,
    make_listings_feed,
    result_of,
    stock_message,
    submit_feed,
    submit_listings,
    upload,
)

ITEMS = "/listings/2021-08-01/items/A1OMSSANDBOX"


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def state(caller):
    return caller.send("GET", "/__state").json["amazon"]


def quantity(caller, sku):
    return state(caller)["listings"][sku][0]["quantity"]


def price_message(number, sku, price, **entry):
    value = {"marketplace_id": US, "currency": "USD", "our_price": [{"schedule": [{"value_with_tax": price}]}], **entry}
    patches = [{"op": "replace", "path": "/attributes/purchasable_offer", "value": [value]}]
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": patches}


def test_address_of_an_upload_is_good_for_five_minutes_and_one_content_type(caller):
    made = caller.call("POST", f"{FEEDS}/documents", body={"contentType": JSON}).json
    refused = caller.visit("PUT", made["url"], b"{}", {"Content-Type": "application/json"})
    assert (refused.status_code, b"SignatureDoesNotMatch" in refused.data) == (403, True)
    assert caller.visit("PUT", made["url"][:-1] + "x", b"{}", {"Content-Type": JSON}).status_code == 403
    assert caller.visit("GET", made["url"]).status_code == 403
    assert caller.visit("PUT", made["url"], b"{}", {"Content-Type": JSON, "Authorization": "x"}).status_code == 400
    caller.control(clock_offset=299)
    assert caller.visit("PUT", made["url"], b"{}", {"Content-Type": JSON}).status_code == 200
    caller.control(clock_offset=300)
    expired = caller.visit("PUT", made["url"], b"{}", {"Content-Type": JSON})
    assert (expired.status_code, b"Request has expired" in expired.data) == (403, True)
    assert len(caller.ledger("document_uploaded")) == 1


def test_feed_waits_is_worked_on_and_done_as_long_as_is_set(caller):
    caller.control(feed_seconds=60)
    before = quantity(caller, "OMS-0001")
    feed_id = create_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([stock_message(1, "OMS-0001", 3)]))
    seen = []
    for offset in (0, 29, 30, 59, 60):
        caller.control(clock_offset=offset)
        seen.append(caller.call("GET", f"{FEEDS}/feeds/{feed_id}").json["processingStatus"])
        assert quantity(caller, "OMS-0001") == (3 if offset == 60 else before)
    assert seen == ["IN_QUEUE", "IN_QUEUE", "IN_PROGRESS", "IN_PROGRESS", "DONE"]
    [ended] = caller.ledger("feed_done")
    assert ended["key"] == feed_id


def test_feed_is_done_at_the_next_question_by_default(caller):
    feed = submit_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([stock_message(1, "OMS-0001", 3)]))
    assert feed["processingStatus"] == "DONE"
    assert feed["feedType"] == "JSON_LISTINGS_FEED"
    assert feed["marketplaceIds"] == [US]


def test_only_a_waiting_feed_can_be_cancelled(caller):
    caller.control(feed_seconds=60)
    before = quantity(caller, "OMS-0001")
    ids = [
        create_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([stock_message(1, "OMS-0001", 3)])) for _ in "ab"
    ]
    answer = caller.call("DELETE", f"{FEEDS}/feeds/{ids[0]}")
    assert (answer.status_code, answer.data) == (200, b"")
    caller.control(clock_offset=30)
    assert caller.call("DELETE", f"{FEEDS}/feeds/{ids[1]}").status_code == 400
    assert caller.call("GET", f"{FEEDS}/feeds/{ids[0]}").json["processingStatus"] == "CANCELLED"
    assert quantity(caller, "OMS-0001") == before


def test_unknown_feeds_documents_and_types_are_refused(caller):
    document_id = upload(caller, b"{}")
    wish = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": document_id}
    for change in (
        {"feedType": "POST_NOTHING"},
        {"marketplaceIds": []},
        {"marketplaceIds": ["US"]},
        {"inputFeedDocumentId": "amzn1.tortuga.4.na.made-up"},
        {"feedOptions": {"a": 1}},
    ):
        assert caller.call("POST", f"{FEEDS}/feeds", body={**wish, **change}).status_code == 400
    assert caller.call("GET", f"{FEEDS}/feeds/badFeedId1").status_code == 400
    assert caller.call("GET", f"{FEEDS}/feeds/99").status_code == 404
    assert caller.call("GET", f"{FEEDS}/documents/badDocumentId1").status_code == 400
    assert caller.call("GET", f"{FEEDS}/documents/amzn1.tortuga.4.na.made-up").status_code == 404
    assert caller.ledger("feed_created") == []


def test_another_seller_sees_neither_feed_nor_document(caller):
    feed = submit_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([stock_message(1, "OMS-0001", 3)]))
    account = {"client_id": "c2", "client_secret": "s2", "refresh_token": "Atzr|2", "seller_id": "A2"}
    caller.control(add_account=account)
    other = Caller(caller.sandbox, account=account)
    assert other.call("GET", f"{FEEDS}/feeds/{feed['feedId']}").status_code == 404
    assert other.call("GET", f"{FEEDS}/documents/{feed['resultFeedDocumentId']}").status_code == 404
    assert other.call("GET", f"{FEEDS}/feeds", {"feedTypes": "JSON_LISTINGS_FEED"}).json == {"feeds": []}


def test_feeds_are_listed_newest_first_in_pages(caller):
    ids = [create_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([])) for _turn in range(5)]
    query, found = {"feedTypes": "JSON_LISTINGS_FEED", "pageSize": "2"}, []
    while query:
        page = caller.call("GET", f"{FEEDS}/feeds", query).json
        found += [feed["feedId"] for feed in page["feeds"]]
        query = {"nextToken": page["nextToken"]} if "nextToken" in page else None
    assert found == ids[::-1]
    for query in ({}, {"nextToken": "x"}, {"feedTypes": "A", "nextToken": "x"}, {"feedTypes": "A", "pageSize": "101"}):
        assert caller.call("GET", f"{FEEDS}/feeds", query).status_code == 400
    cancelled = {"feedTypes": "JSON_LISTINGS_FEED", "processingStatuses": "CANCELLED"}
    assert caller.call("GET", f"{FEEDS}/feeds", cancelled).json["feeds"] == []


def test_result_can_be_compressed(caller):
    caller.control(gzip_results=True)
    feed = submit_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([stock_message(1, "OMS-0001", 3)]))
    path = f"{FEEDS}/documents/{feed['resultFeedDocumentId']}"
    described = caller.call("GET", path).json
    assert described["compressionAlgorithm"] == "GZIP"
    plain = caller.visit("GET", described["url"])
    assert "Content-Encoding" not in plain.headers
    assert json.loads(gzip.decompress(plain.data))["summary"]["messagesAccepted"] == 1
    asked = caller.call("GET", path, {"enableContentEncodingUrlHeader": "true"}).json
    assert caller.visit("GET", asked["url"]).headers["Content-Encoding"] == "gzip"


def test_each_message_of_a_listings_feed_has_its_own_outcome(caller):
    before = quantity(caller, "OMS-0003")
    messages = [
        stock_message(1, "OMS-0001", 11),
        stock_message(2, "NO-SUCH", 5),
        stock_message(3, "OMS-0003", -1),
        price_message(4, "OMS-0002", 12.5),
        price_message(5, "OMS-0004", 12.5, currency="EUR"),
        stock_message(1, "OMS-0005", 7),
        {"messageId": 7, "sku": "OMS-0006", "operationType": "PATCH", "productType": "PRODUCT"},
        stock_message(8, "OMS-0007", "many"),
    ]
    status, report = submit_listings(caller, messages)
    assert status == "DONE"
    assert report["summary"] == {
        "errors": 6, "warnings": 0, "messagesProcessed": 8, "messagesAccepted": 2, "messagesInvalid": 6,
    }  # fmt: skip
    assert [(issue["messageId"], issue["sku"]) for issue in report["issues"]] == [
        (2, "NO-SUCH"), (3, "OMS-0003"), (5, "OMS-0004"), (1, "OMS-0005"), (7, "OMS-0006"), (8, "OMS-0007"),
    ]  # fmt: skip
    assert report["issues"][1]["attributeName"] == "fulfillment_availability"
    assert (quantity(caller, "OMS-0001"), quantity(caller, "OMS-0003")) == (11, before)
    assert state(caller)["offers"]["OMS-0002"][US] == "12.50"
    assert [entry["key"] for entry in caller.ledger("stock_patched")] == ["OMS-0001"]
    assert [entry["key"] for entry in caller.ledger("price_patched")] == ["OMS-0002"]


@pytest.mark.parametrize(("op", "kept"), [("merge", {"lead_time_to_ship_max_days": 2}), ("replace", {}), ("add", {})])
def test_patches_of_a_feed_mean_what_they_mean_alone(caller, op, kept):
    submit_listings(caller, [stock_message(1, "OMS-0001", 9, op)])
    assert state(caller)["listings"]["OMS-0001"] == [{"fulfillment_channel_code": "DEFAULT", "quantity": 9, **kept}]


def test_delete_update_and_partial_update(caller):
    stock = {"fulfillment_availability": [{"fulfillment_channel_code": "DEFAULT", "quantity": 4}]}
    offer = price_message(0, "x", 30)["patches"][0]["value"]
    messages = [
        {"messageId": 1, "sku": "OMS-0001", "operationType": "DELETE"},
        {
            "messageId": 2, "sku": "OMS-0002", "operationType": "PARTIAL_UPDATE", "productType": "PRODUCT",
            "attributes": stock,
        },
        {
            "messageId": 3, "sku": "OMS-0003", "operationType": "UPDATE", "productType": "PRODUCT",
            "requirements": "LISTING", "attributes": {**stock, "purchasable_offer": offer},
        },
        {"messageId": 4, "sku": "OMS-0004", "operationType": "DELETE", "productType": "PRODUCT"},
    ]  # fmt: skip
    status, report = submit_listings(caller, messages)
    assert (status, report["summary"]["messagesAccepted"]) == ("DONE", 3)
    now = state(caller)
    assert "OMS-0001" not in now["listings"]
    assert now["offers"]["OMS-0002"][US] == "78.99"
    # UPDATE takes away the title and the prices of the stores it does not name.
    assert {price for price in now["offers"]["OMS-0003"].values() if price} == {"30.00"}
    query = {"marketplaceIds": US, "includedData": "attributes"}
    attributes = caller.call("GET", f"{ITEMS}/OMS-0003", query).json["attributes"]
    assert attributes["item_name"] == []
    assert "OMS-0004" in now["listings"]


def test_report_holds_the_listings_that_were_asked_for(caller):
    wish = {"includedData": ["offers", "fulfillmentAvailability"], "apiVersion": "2021-08-01"}
    messages = [stock_message(1, "OMS-0001", 8), stock_message(2, "NO-SUCH", 8)]
    _status, report = submit_listings(caller, messages, report=wish)
    [item] = report["items"]
    assert item["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 8}]
    assert report["summary"]["itemSummary"] == {"items": 1, "errors": 0, "warnings": 0}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[]",
        b'{"header": {"sellerId": "A1OMSSANDBOX", "version": "2.0"}, "messages": NaN}',
        make_listings_feed([]),
        make_listings_feed([stock_message(1, "OMS-0001", 3)], sellerId="A2"),
        make_listings_feed([stock_message(1, "OMS-0001", 3)], version="1.0"),
        make_listings_feed([{"messageId": 1}] * 25_001),
    ],
)
def test_unreadable_document_is_fatal_and_says_why(caller, body):
    feed = submit_feed(caller, "JSON_LISTINGS_FEED", body)
    assert feed["processingStatus"] == "FATAL"
    [issue] = json.loads(result_of(caller, feed))["issues"]
    assert issue["severity"] == "ERROR"
    assert "messageId" not in issue
    assert caller.ledger("stock_patched") == []


def test_feed_may_die_with_part_of_it_applied(caller):
    before = quantity(caller, "OMS-0002")
    caller.control(fatal_after=1)
    status, report = submit_listings(caller, [stock_message(1, "OMS-0001", 1), stock_message(2, "OMS-0002", 2)])
    assert (status, report) == ("FATAL", None)
    assert (quantity(caller, "OMS-0001"), quantity(caller, "OMS-0002")) == (1, before)


def test_25000_messages_are_taken(caller):
    status, report = submit_listings(caller, [stock_message(number, "OMS-0001", number) for number in range(1, 25_001)])
    assert (status, report["summary"]["messagesAccepted"]) == ("DONE", 25_000)
    assert quantity(caller, "OMS-0001") == 25_000


@pytest.mark.parametrize(
    "kind", ["POST_INVENTORY_AVAILABILITY_DATA", "POST_PRODUCT_PRICING_DATA", "POST_FLAT_FILE_LISTINGS_DATA"]
)
def test_dead_feed_types_are_fatal(caller, kind):
    feed = submit_feed(caller, kind, b"<AmazonEnvelope/>", "text/xml")
    assert feed["processingStatus"] == "FATAL"
    assert "resultFeedDocumentId" not in feed


def test_feed_without_an_upload_is_fatal(caller):
    made = caller.call("POST", f"{FEEDS}/documents", body={"contentType": JSON}).json
    wish = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": made["feedDocumentId"]}
    feed_id = caller.call("POST", f"{FEEDS}/feeds", body=wish).json["feedId"]
    assert caller.call("GET", f"{FEEDS}/feeds/{feed_id}").json["processingStatus"] == "FATAL"


def test_lost_answer_leaves_the_feed_there(caller):
    caller.control(faults=[{"fault": "status", "status": 503, "when": "after", "match": {"operation": "createFeed"}}])
    document_id = upload(caller, make_listings_feed([stock_message(1, "OMS-0001", 3)]))
    wish = {"feedType": "JSON_LISTINGS_FEED", "marketplaceIds": [US], "inputFeedDocumentId": document_id}
    assert caller.call("POST", f"{FEEDS}/feeds", body=wish).status_code == 503
    [feed] = caller.call("GET", f"{FEEDS}/feeds", {"feedTypes": "JSON_LISTINGS_FEED"}).json["feeds"]
    assert feed["processingStatus"] == "DONE"


def test_uploads_and_downloads_can_be_hit_by_faults(caller):
    made = caller.call("POST", f"{FEEDS}/documents", body={"contentType": JSON}).json
    caller.control(faults=[{"fault": "status", "status": 500, "match": {"operation": "uploadFeedDocument"}}])
    assert [caller.visit("PUT", made["url"], b"{}", {"Content-Type": JSON}).status_code for _ in "ab"] == [500, 200]
    described = caller.call("GET", f"{FEEDS}/documents/{made['feedDocumentId']}").json
    caller.control(faults=[{"fault": "truncate", "clean": True, "match": {"operation": "downloadDocument"}}])
    assert [caller.visit("GET", described["url"]).data for _ in "ab"] == [b"{", b"{}"]


def test_feeds_and_documents_survive_a_restart(tmp_path):
    path = tmp_path / "memory.jsonl"

    def start():
        return Caller(Sandbox(World(clock=Clock(lambda: MOMENT), disk=Disk(path))))

    first = start()
    first.control(feed_seconds=60)
    feed_id = create_feed(first, "JSON_LISTINGS_FEED", make_listings_feed([stock_message(1, "OMS-0001", 3)]))
    second = start()
    second.control(clock_offset=60)
    feed = second.call("GET", f"{FEEDS}/feeds/{feed_id}").json
    assert feed["processingStatus"] == "DONE"
    assert json.loads(result_of(second, feed))["summary"]["messagesAccepted"] == 1
    assert quantity(start(), "OMS-0001") == 3
    third = start()
    assert create_feed(third, "JSON_LISTINGS_FEED", make_listings_feed([])) != feed_id
