"""Reports of returns, and what the Amazon stand-in stores itself."""

import csv
import io

import pytest
from lxml import etree

from sandbox.caller import Caller
from sandbox.catalogue import PRODUCTS
from tests.sandbox_calls import EXAMPLE_ID, EXAMPLE_ITEM, MOMENT, US, make_notice, shipment_path
from tests.sandbox_feeds import download

REPORTS = "/reports/2021-06-30"
FLAT = "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE"
XML = "GET_XML_RETURNS_DATA_BY_RETURN_DATE"
STOCK = "/fba/inventory/v1/summaries"
SPAN = {"dataStartTime": "2026-11-01T00:00:00Z", "dataEndTime": "2026-11-23T05:00:00Z"}
INVENTORY = {"granularityType": "Marketplace", "granularityId": US, "marketplaceIds": US}
STORED = {product.sku: product.first_quantity for product in PRODUCTS if product.is_marketplace_fulfilled}


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def report(caller, kind=FLAT, **changes):
    """Ask for a report and return what getReport says about it at once."""
    wish = {"reportType": kind, "marketplaceIds": [US], **SPAN, **changes}
    answer = caller.call("POST", f"{REPORTS}/reports", body=wish)
    assert answer.status_code == 202
    return caller.call("GET", f"{REPORTS}/reports/{answer.json['reportId']}").json


def content(caller, made):
    return download(caller, f"{REPORTS}/documents/{made['reportDocumentId']}")


def rows(caller, encoding="UTF-8"):
    text = content(caller, report(caller)).decode(encoding)
    return list(csv.DictReader(io.StringIO(text), delimiter="\t", quoting=csv.QUOTE_NONE))


def send_back(caller, **wish):
    """Let the buyer of the shipped example order return its item; return the RMA ID."""
    wish = {"orderId": EXAMPLE_ID, "orderItemId": EXAMPLE_ITEM, "quantity": 1, **wish}
    return caller.control(open_return=wish)["open_return"]


def ship_example(caller):
    assert caller.call("POST", shipment_path(), body=make_notice()).status_code == 204


def test_flat_file_shows_a_return_with_what_was_refunded(caller):
    ship_example(caller)
    rma = send_back(caller, reason="CR-DEFECTIVE", tracking="1Z999", carrier="UPS")
    [row] = rows(caller)
    assert len(row) == 32
    assert (row["Order ID"], row["Amazon RMA ID"], row["Return quantity"]) == (EXAMPLE_ID, rma, "1")
    assert (row["Return Reason"], row["Tracking ID"], row["Return request date"]) == (
        "CR-DEFECTIVE",
        "1Z999",
        "23-Nov-2026",
    )
    assert row["Refunded Amount"] == ""
    caller.control(refund_elsewhere={"orderId": EXAMPLE_ID, "orderItemId": EXAMPLE_ITEM, "amount": "10.00"})
    assert rows(caller)[0]["Refunded Amount"] == "10.00"


def test_xml_shows_the_same_return(caller):
    ship_example(caller)
    rma = send_back(caller)
    made = report(caller, XML)
    [details] = etree.fromstring(content(caller, made)).findall("Message/return_details")
    assert details.findtext("order_id") == EXAMPLE_ID
    assert details.findtext("amazon_rma_id") == rma
    assert details.findtext("return_request_date") == "2026-11-23T05:00:00Z"
    assert details.findtext("item_details/return_quantity") == "1"
    assert details.findtext("item_details/merchant_sku")


def test_report_holds_returns_of_its_span_and_marketplaces(caller):
    ship_example(caller)
    send_back(caller, requested="2026-10-31T00:00:00Z")
    assert report(caller)["processingStatus"] == "CANCELLED"
    assert report(caller, dataStartTime="2026-10-01T00:00:00Z")["processingStatus"] == "DONE"
    elsewhere = report(caller, dataStartTime="2026-10-01T00:00:00Z", marketplaceIds=["A1PA6795UKMFR9"])
    assert elsewhere["processingStatus"] == "CANCELLED"
    assert "reportDocumentId" not in elsewhere


def test_return_changes_with_its_rma_and_survives_only_once(caller):
    ship_example(caller)
    rma = send_back(caller)
    assert send_back(caller, rma=rma, status="Closed", delivered="2026-11-23T04:00:00Z") == rma
    [row] = rows(caller)
    assert (row["Return request status"], row["Return delivery date"]) == ("Closed", "23-Nov-2026")


@pytest.mark.parametrize(
    ("wish", "text"),
    [
        ({"quantity": 2}, "cannot be returned"),
        ({"quantity": 0}, "cannot be returned"),
        ({"orderItemId": "1"}, "no item"),
        ({"orderId": "1"}, "KeyError"),
        ({"colour": "red"}, "does not know"),
        ({"requested": "today"}, "not an instant"),
    ],
)
def test_impossible_returns_are_refused(caller, wish, text):
    ship_example(caller)
    with pytest.raises(ValueError, match=text):
        send_back(caller, **wish)


def test_order_that_was_not_shipped_cannot_be_returned(caller):
    with pytest.raises(ValueError, match="UNSHIPPED"):
        send_back(caller)


def test_report_without_rows_can_have_its_header(caller):
    caller.control(empty_reports="header")
    made = report(caller)
    assert made["processingStatus"] == "DONE"
    assert content(caller, made).decode().startswith("Order ID\tOrder date\t")


def test_flat_file_can_be_latin_1_and_compressed(caller):
    [order_id] = caller.control(generate={"count": 1, "kind": "standard", "marketplace_id": "A1VC38T7YXB528"})[
        "generate"
    ]
    order = caller.send("GET", "/__state").json["amazon"]["orders"][order_id]
    item = order["orderItems"][0]
    change = {"orderItems": [{**item, "product": {**item["product"], "title": "Käse 神\tx"}}]}
    caller.control(update_order={"orderId": order_id, "set": change})
    notice = {**make_notice([(item["orderItemId"], item["quantityOrdered"])]), "marketplaceId": "A1VC38T7YXB528"}
    assert caller.call("POST", shipment_path(order_id), body=notice).status_code == 204
    send_back(caller, orderId=order_id, orderItemId=item["orderItemId"])
    caller.control(report_encoding="ISO-8859-1", gzip_results=True)
    made = report(caller, marketplaceIds=["A1VC38T7YXB528"])
    assert "Käse ? x".encode("latin-1") in content(caller, made)


def test_report_takes_as_long_as_is_set_and_can_be_cancelled_before(caller):
    caller.control(report_seconds=60)
    made = report(caller)
    assert made["processingStatus"] == "IN_QUEUE"
    caller.control(clock_offset=30)
    path = f"{REPORTS}/reports/{made['reportId']}"
    assert caller.call("GET", path).json["processingStatus"] == "IN_PROGRESS"
    assert caller.call("DELETE", path).status_code == 400
    other = report(caller)
    assert caller.call("DELETE", f"{REPORTS}/reports/{other['reportId']}").status_code == 200
    query = {"reportTypes": FLAT, "processingStatuses": "CANCELLED"}
    assert [r["reportId"] for r in caller.call("GET", f"{REPORTS}/reports", query).json["reports"]] == [
        other["reportId"]
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"reportType": "BAD_REPORT"},
        {"dataStartTime": "2026-09-23T00:00:00Z"},
        {"dataStartTime": "2026-11-23T05:00:01Z"},
        {"dataEndTime": "2026-11-23T05:00:01Z"},
        {"dataStartTime": "2026-11-20"},
        {"marketplaceIds": []},
        {"colour": "red"},
    ],
)
def test_wrong_wishes_for_reports_are_refused(caller, changes):
    wish = {"reportType": FLAT, "marketplaceIds": [US], **SPAN, **changes}
    assert caller.call("POST", f"{REPORTS}/reports", body=wish).status_code == 400
    assert caller.ledger("report_created") == []


def test_reports_that_are_not_played_are_fatal(caller):
    assert report(caller, "GET_MERCHANT_LISTINGS_ALL_DATA")["processingStatus"] == "FATAL"


def stored(caller, **query):
    payload = caller.call("GET", STOCK, {**INVENTORY, **query}).json["payload"]
    return {summary["sellerSku"]: summary["totalQuantity"] for summary in payload["inventorySummaries"]}


def test_inventory_is_what_the_marketplace_stores(caller):
    assert stored(caller) == STORED
    caller.control(set_fba_quantity={"sku": "OMS-0191", "quantity": 3})
    summaries = caller.call("GET", STOCK, {**INVENTORY, "details": "true", "sellerSkus": "OMS-0191,OMS-0001"}).json
    [summary] = summaries["payload"]["inventorySummaries"]
    assert (summary["totalQuantity"], summary["inventoryDetails"]["fulfillableQuantity"]) == (3, 3)
    with pytest.raises(ValueError, match="NO-SUCH"):
        caller.control(set_fba_quantity={"sku": "NO-SUCH", "quantity": 3})


def test_orders_the_marketplace_ships_lower_it(caller):
    [order_id] = caller.control(generate={"count": 1, "kind": "fba", "lines": [1, 1]})["generate"]
    [item] = caller.send("GET", "/__state").json["amazon"]["orders"][order_id]["orderItems"]
    sku, units = item["product"]["sellerSku"], item["quantityOrdered"]
    assert stored(caller) == {**STORED, sku: STORED[sku] - units}
    assert stored(caller, startDateTime="2026-11-23T05:00:00Z") == {sku: STORED[sku] - units}


def test_inventory_has_pages_whose_token_lives_for_thirty_seconds(caller, monkeypatch):
    monkeypatch.setattr("sandbox.amazon.fba.PAGE", 4)
    found, query, last = [], dict(INVENTORY), None
    while query:
        answer = caller.call("GET", STOCK, query).json
        found += [summary["sellerSku"] for summary in answer["payload"]["inventorySummaries"]]
        query = {**INVENTORY, **answer["pagination"]} if "pagination" in answer else None
        last = query or last
    assert found == sorted(STORED)
    assert caller.call("GET", STOCK, {**last, "details": "true"}).status_code == 400
    caller.control(clock_offset=31)
    expired = caller.call("GET", STOCK, last)
    assert (expired.status_code, "30 seconds" in expired.json["errors"][0]["details"]) == (400, True)


@pytest.mark.parametrize(
    "query",
    [
        {"granularityType": "Region"},
        {"granularityId": "A1PA6795UKMFR9"},
        {"details": "yes"},
        {"sellerSkus": ",".join(f"S{number}" for number in range(51))},
        {"startDateTime": "2020-01-01T00:00:00Z"},
        {"nextToken": "x"},
    ],
)
def test_wrong_questions_about_inventory_are_refused(caller, query):
    assert caller.call("GET", STOCK, {**INVENTORY, **query}).status_code == 400
