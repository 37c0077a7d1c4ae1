"""getOrders and getOrder of the eBay stand-in: filters, pages, what is shown and what is not."""

from datetime import timedelta
from decimal import Decimal
from urllib.parse import urlsplit

import pytest

from sandbox.clock import from_text
from sandbox.ebay.caller import EbayCaller
from sandbox.ebay.store import stamp
from tests.ebay_calls import LONG_AGO, MOMENT, ORDERS, WHOLE, make_order, read_order, ship

NOW = from_text("2026-11-23T05:00:00Z")


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def ago(seconds):
    return stamp(NOW - timedelta(seconds=seconds))


def add(caller, number, created, modified, **more):
    order = {
        "orderId": f"01-00000-{number:05d}",
        "creationDate": ago(created),
        "lastModifiedDate": ago(modified),
        "orderFulfillmentStatus": "NOT_STARTED",
        **more,
    }
    caller.control(add_orders=[order])
    return order["orderId"]


def search(caller, text=None, **more):
    return caller.call("GET", ORDERS, {**({"filter": text} if text else {}), **more})


def ids(response):
    assert response.status_code == 200, response.json
    return [int(order["orderId"][-5:]) for order in response.json["orders"]]


def test_window_goes_by_modification_with_both_ends_in_it(caller):
    for number, modified in ((1, 300), (2, 200), (3, 100)):
        add(caller, number, 900, modified)
    assert ids(search(caller, f"lastmodifieddate:[{ago(300)}..{ago(200)}]")) == [1, 2]
    assert ids(search(caller, f"lastmodifieddate:[{ago(199)}..]")) == [3]
    assert ids(search(caller, f"lastmodifieddate:[{ago(299)}..{ago(201)}]")) == []


def test_creation_wins_over_modification(caller):
    add(caller, 1, 900, 10)
    add(caller, 2, 100, 10)
    both = f"creationdate:[{ago(200)}..{ago(50)}],lastmodifieddate:[{ago(1000)}..{ago(500)}]"
    assert ids(search(caller, both)) == [2]


def test_statuses_come_in_the_two_documented_pairs(caller):
    for number, status in ((1, "NOT_STARTED"), (2, "IN_PROGRESS"), (3, "FULFILLED")):
        add(caller, number, 900, 900 - number, orderFulfillmentStatus=status)
    assert ids(search(caller, "orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}")) == [1, 2]
    assert ids(search(caller, "orderfulfillmentstatus:{FULFILLED|IN_PROGRESS}")) == [2, 3]
    both = f"lastmodifieddate:[{ago(1000)}..],orderfulfillmentstatus:{{FULFILLED|IN_PROGRESS}}"
    assert ids(search(caller, both)) == [2, 3]
    for text in ("{NOT_STARTED}", "{NOT_STARTED|FULFILLED}", "{OPEN}", "NOT_STARTED"):
        assert error_of(search(caller, f"orderfulfillmentstatus:{text}")) == (400, 30800)


def test_without_a_filter_orders_are_of_the_last_ninety_days(caller):
    day = 86400
    add(caller, 1, 91 * day, 10)
    add(caller, 2, 89 * day, 10)
    assert ids(search(caller)) == [2]


def error_of(response):
    return response.status_code, response.json["errors"][0]["errorId"]


@pytest.mark.parametrize(
    ("query", "error_id"),
    [
        ({"filter": "lastmodifieddate:[]"}, 30800),
        ({"filter": "lastmodifieddate:[yesterday..]"}, 30810),
        ({"filter": "lastmodifieddate:[2026-11-01T00:00:00..]"}, 30810),
        ({"filter": "lastmodifieddate:[..2026-11-01T00:00:00.000Z]"}, 30820),
        ({"filter": "lastmodifieddate:[2020-01-01T00:00:00.000Z..]"}, 30830),
        ({"filter": "lastmodifieddate:[2026-11-02T00:00:00.000Z..2026-11-01T00:00:00.000Z]"}, 30840),
        ({"filter": "lastmodifieddate:[2026-11-01T00:00:00.000Z..2026-12-24T00:00:00.000Z]"}, 30850),
        ({"filter": "lastModified:[2026-11-01T00:00:00.000Z..]"}, 30700),
        ({"limit": "201"}, 31100),
        ({"limit": "0"}, 31100),
        ({"limit": "ten"}, 31100),
        ({"offset": "-1"}, 31000),
        ({"fieldGroups": "EVERYTHING"}, 32800),
        ({"orderIds": ",".join(f"01-00000-{n:05d}" for n in range(51))}, 30900),
        ({"orderIds": "ABC"}, 32100),
        ({"sort": "creationdate"}, 30700),
    ],
)
def test_breach_of_the_rules_has_the_documented_error(caller, query, error_id):
    assert error_of(caller.call("GET", ORDERS, query)) == (400, error_id)


def test_pages_go_by_offset_and_name_their_neighbours(caller):
    for number in range(1, 8):
        add(caller, number, 900, 500 - number)
    page = search(caller, LONG_AGO["filter"], limit="3", offset="3").json
    assert (page["total"], page["limit"], page["offset"]) == (7, 3, 3)
    assert [int(order["orderId"][-5:]) for order in page["orders"]] == [4, 5, 6]
    seen, target = [], urlsplit(search(caller, LONG_AGO["filter"], limit="3").json["href"])
    while target:
        response = caller.send("GET", target.path, target.query, headers={"Authorization": f"Bearer {caller.token}"})
        seen += ids(response)
        target = urlsplit(response.json["next"]) if "next" in response.json else None
    assert seen == [1, 2, 3, 4, 5, 6, 7]
    assert "prev" in response.json
    assert urlsplit(page["prev"]).query.endswith("limit=3&offset=0")


def test_default_page_has_fifty_orders(caller):
    for number in range(1, 53):
        add(caller, number, 900, 500)
    page = search(caller, LONG_AGO["filter"]).json
    assert (page["limit"], len(page["orders"]), page["total"]) == (50, 50, 52)


@pytest.mark.parametrize(("paging", "second"), [("offset", [4, 1]), ("keyset", [3, 4])])
def test_offset_over_a_live_set_loses_orders_that_move(caller, paging, second):
    caller.control(paging=paging)
    for number in range(1, 5):
        add(caller, number, 900, 500 - number)
    assert ids(search(caller, LONG_AGO["filter"], limit="2")) == [1, 2]
    caller.control(update_order={"orderId": "01-00000-00001", "set": {"buyerCheckoutNotes": "x"}})
    assert ids(search(caller, LONG_AGO["filter"], limit="2", offset="2")) == second


def test_order_ids_put_everything_else_out_of_force(caller):
    for number in range(1, 4):
        add(caller, number, 900, 500)
    query = {"orderIds": "01-00000-00003,01-00000-00001,01-00000-00009", "limit": "999", "filter": "nonsense"}
    response = caller.call("GET", ORDERS, query)
    assert ids(response) == [3, 1]
    assert response.json["total"] == 2


def test_search_delay_hides_what_is_young(caller):
    add(caller, 1, 900, 130)
    add(caller, 2, 900, 10)
    assert ids(search(caller, LONG_AGO["filter"])) == [1, 2]
    caller.control(search_delay_seconds=120)
    assert ids(search(caller, LONG_AGO["filter"])) == [1]
    assert caller.sandbox.world.settings["search_delay_seconds"] == 120  # Amazon's own is as it was


def test_collected_tax_is_in_the_totals_only_with_the_breakdown(caller):
    order = make_order(caller, "us_tax", lines=(2, 2))
    bare = read_order(caller, order["orderId"], {})
    tax = sum(Decimal(t["amount"]["value"]) for line in order["lineItems"] for t in line["ebayCollectAndRemitTaxes"])
    assert tax > 0
    assert value(order["pricingSummary"]["total"]) - value(bare["pricingSummary"]["total"]) == tax
    assert value(order["pricingSummary"]["tax"]) == tax and "tax" not in bare["pricingSummary"]
    for whole, part in zip(order["lineItems"], bare["lineItems"], strict=True):
        [collected] = whole["ebayCollectAndRemitTaxes"]
        assert value(whole["total"]) - value(part["total"]) == value(collected["amount"])
        assert whole["taxes"] == [{"amount": collected["amount"], "taxType": "STATE_SALES_TAX"}]
        assert part["taxes"] == []
    assert bare["paymentSummary"] == order["paymentSummary"]
    assert value(bare["paymentSummary"]["totalDueSeller"]) == value(order["pricingSummary"]["total"])
    listed = caller.call("GET", ORDERS, {"orderIds": order["orderId"], **WHOLE}).json["orders"][0]
    assert listed["pricingSummary"] == order["pricingSummary"]


def value(amount):
    return Decimal(amount["value"])


def test_search_shows_neither_cancel_requests_nor_tax_numbers(caller):
    order = make_order(caller, "eu_vat")
    caller.control(cancel_order={"orderId": order["orderId"], "request_only": True})
    alone = read_order(caller, order["orderId"])
    [listed] = caller.call("GET", ORDERS, {**LONG_AGO, **WHOLE}).json["orders"]
    assert len(alone["cancelStatus"]["cancelRequests"]) == 1
    assert listed["cancelStatus"] == {"cancelState": "IN_PROGRESS", "cancelRequests": []}
    assert alone["buyer"]["taxIdentifier"]["issuingCountry"] == "IT"
    assert "taxIdentifier" not in listed["buyer"]


def test_without_personal_data_people_are_absent(caller):
    order = make_order(caller)
    caller.control(pii=False)
    bare = read_order(caller, order["orderId"])
    text = str(bare)
    contact = order["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"]
    assert contact["fullName"] not in text and contact["email"] not in text
    assert contact["contactAddress"]["addressLine1"] not in text
    assert bare["buyer"]["username"] == order["buyer"]["username"]
    assert bare["pricingSummary"] == order["pricingSummary"]


def test_old_orders_lose_first_the_email_address_then_the_person(caller):
    order = make_order(caller)
    contact = order["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"]
    seen = []
    for days in (13, 15, 89, 91):
        caller.control(clock_offset=days * 86400)
        caller.log_in()
        shown = read_order(caller, order["orderId"])["fulfillmentStartInstructions"][0]["shippingStep"]["shipTo"]
        seen.append({name for name in ("email", "fullName", "primaryPhone") if name in shown})
        assert shown["contactAddress"]["postalCode"] == contact["contactAddress"]["postalCode"]
        assert ("addressLine1" in shown["contactAddress"]) == (days < 90)
    people = {"fullName", "primaryPhone"}
    assert seen == [people | {"email"}, people, people, set()]


@pytest.mark.parametrize(("order_id", "status"), [("01-00000-00001", 404), ("114-0000000-0000001", 400), ("x", 400)])
def test_unknown_and_malformed_ids(caller, order_id, status):
    assert error_of(caller.call("GET", f"{ORDERS}/{order_id}")) == (status, 32100)


def test_old_orders_have_ids_of_item_and_transaction(caller):
    caller.control(add_orders=[{"orderId": "110550000001!1234567890"}])
    assert caller.call("GET", f"{ORDERS}/110550000001!1234567890").json["orderId"] == "110550000001!1234567890"


@pytest.mark.parametrize(
    "name", ["buyer", "lineItems", "pricingSummary", "cancelStatus", "paymentSummary", "creationDate"]
)
@pytest.mark.parametrize("wrong", [None, "x", 7, ["x"], [{}], {"total": "x"}])
def test_misshapen_orders_are_served_and_do_not_hide_the_others(caller, name, wrong):
    order = make_order(caller, "us_tax")
    caller.control(update_order={"orderId": order["orderId"], "set": {"buyerCheckoutNotes": "x"}})
    poison = {**order, "orderId": "01-00000-00009", name: wrong}
    caller.control(add_orders=[poison], pii=False)
    for query in ({}, WHOLE):
        listed = caller.call("GET", ORDERS, {**LONG_AGO, **query}).json["orders"]
        assert {o["orderId"] for o in listed} == {"01-00000-00009", order["orderId"]}
    assert caller.call("GET", f"{ORDERS}/01-00000-00009").status_code == 200


def test_reads_are_in_the_ledger(caller):
    order = make_order(caller)
    search(caller, LONG_AGO["filter"])
    assert caller.ledger("orders_searched")[0]["body"]["orderIds"] == [order["orderId"]]
    assert [entry["key"] for entry in caller.ledger("order_read")] == [order["orderId"]]


def test_a_parcel_moves_the_order_into_the_next_window(caller):
    order = make_order(caller)
    assert search(caller, f"lastmodifieddate:[{ago(60)}..]").json["total"] == 0
    ship(caller, order)
    [found] = search(caller, f"lastmodifieddate:[{ago(60)}..]").json["orders"]
    assert found["orderFulfillmentStatus"] == "FULFILLED"
