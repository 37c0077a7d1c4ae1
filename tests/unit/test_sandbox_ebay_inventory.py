"""Inventory items, offers and bulkUpdatePriceQuantity of the eBay stand-in."""

import pytest

from sandbox.ebay.caller import EbayCaller
from sandbox.ebay.inventory import REVISIONS_PER_DAY
from tests.ebay_calls import BULK, MOMENT, make_order

ITEMS = "/sell/inventory/v1/inventory_item"
OFFERS = "/sell/inventory/v1/offer"


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def push(caller, *requests):
    return caller.call("POST", BULK, body={"requests": list(requests)})


def stock(sku, quantity, **more):
    return {"sku": sku, "shipToLocationAvailability": {"quantity": quantity}, **more}


def offer_of(caller, sku):
    [offer] = caller.call("GET", OFFERS, {"sku": sku}).json["offers"]
    return offer


def error_of(response):
    return response.status_code, response.json["errors"][0]["errorId"]


def test_pages_of_items_go_by_page_number(caller):
    page = caller.call("GET", ITEMS, {"limit": "90", "offset": "2"}).json
    assert (page["total"], page["size"], page["limit"]) == (200, 20, 90)
    assert page["inventoryItems"][0]["sku"] == "OMS-0181"
    assert "next" not in page and page["prev"].endswith("limit=90&offset=1")
    assert caller.call("GET", ITEMS).json["size"] == 25


@pytest.mark.parametrize("query", [{"limit": "0"}, {"limit": "201"}, {"offset": "x"}, {"sku": "OMS-0001"}])
def test_bad_pages_are_refused(caller, query):
    assert error_of(caller.call("GET", ITEMS, query)) == (400, 25706)


def test_item_and_offer_agree(caller):
    item = caller.call("GET", f"{ITEMS}/OMS-0001").json
    offer = offer_of(caller, "OMS-0001")
    assert item["availability"]["shipToLocationAvailability"]["quantity"] == offer["availableQuantity"] == 33
    assert caller.call("GET", f"{OFFERS}/{offer['offerId']}").json == offer
    assert offer["listing"]["listingId"] == "110550000001"
    assert (offer["marketplaceId"], offer["pricingSummary"]["price"]["currency"]) == ("EBAY_US", "USD")


def test_unknown_items_and_offers(caller):
    assert caller.call("GET", f"{ITEMS}/NONE").status_code == 404
    assert error_of(caller.call("GET", f"{OFFERS}/NONE")) == (404, 25713)
    assert error_of(caller.call("GET", OFFERS, {"sku": "NONE"})) == (404, 25713)


def test_stock_is_taken_and_stays(caller):
    answer = push(caller, stock("OMS-0001", 7), stock("OMS-0002", 0))
    assert answer.status_code == 200
    assert answer.json["responses"] == [{"sku": "OMS-0001", "statusCode": 200}, {"sku": "OMS-0002", "statusCode": 200}]
    assert (caller.state()["listings"]["OMS-0001"], caller.state()["listings"]["OMS-0002"]) == (7, 0)
    assert offer_of(caller, "OMS-0002")["listing"]["listingStatus"] == "OUT_OF_STOCK"
    assert [(e["key"], e["body"]["for_sale"]) for e in caller.ledger("stock_updated")] == [
        ("OMS-0001", 7),
        ("OMS-0002", 0),
    ]


def test_offer_takes_a_quantity_and_a_price_of_its_own(caller):
    offer = offer_of(caller, "OMS-0003")
    wish = {"offerId": offer["offerId"], "availableQuantity": 4, "price": {"value": "12.34", "currency": "USD"}}
    answer = push(caller, stock("OMS-0003", 9, offers=[wish]))
    assert [row["statusCode"] for row in answer.json["responses"]] == [200, 200]
    assert answer.json["responses"][1]["offerId"] == offer["offerId"]
    changed = offer_of(caller, "OMS-0003")
    assert changed["availableQuantity"] == 4
    assert changed["pricingSummary"]["price"] == {"value": "12.34", "currency": "USD"}
    item = caller.call("GET", f"{ITEMS}/OMS-0003").json
    assert item["availability"]["shipToLocationAvailability"]["quantity"] == 9
    assert [e["body"]["price"]["value"] for e in caller.ledger("price_updated")] == ["12.34"]


def test_rows_are_refused_one_by_one(caller):
    first, second = offer_of(caller, "OMS-0001"), offer_of(caller, "OMS-0002")
    usd = {"value": "1.00", "currency": "USD"}
    answer = push(
        caller,
        stock("NONE", 1),
        stock("OMS-0001", 5),
        stock("OMS-0002", -1),
        {"offers": [{"offerId": "NONE", "availableQuantity": 1}]},
        {"sku": "OMS-0001", "offers": [{"offerId": second["offerId"], "availableQuantity": 1}]},
        {"offers": [{"offerId": first["offerId"], "price": {"value": "0", "currency": "USD"}}]},
        {"offers": [{"offerId": first["offerId"], "price": {"value": "1.00", "currency": "EUR"}}]},
        {"offers": [{"offerId": first["offerId"]}]},
        {"offers": [{"offerId": first["offerId"], "price": usd}, {"offerId": first["offerId"], "price": usd}]},
    )
    assert answer.status_code == 207
    rows = [(row["statusCode"], row.get("errors", [{}])[0].get("errorId")) for row in answer.json["responses"]]
    assert rows == [
        (400, 25702), (200, None), (400, 25709), (404, 25713), (400, 25709), (400, 25709), (400, 25709), (400, 25709),
        (200, None), (400, 25709),
    ]  # fmt: skip
    assert len(caller.ledger("stock_updated")) == 1


def test_unknown_sku_can_be_accepted_without_effect(caller):
    caller.control(unknown_sku="accept")
    assert push(caller, stock("NONE", 1)).status_code == 200
    assert caller.ledger("stock_updated") == []


@pytest.mark.parametrize(
    "body",
    [
        {"requests": []},
        {"requests": [stock(f"OMS-{n:04d}", 1) for n in range(1, 27)]},
        {},
        {"requests": [{"sku": "OMS-0001", "quantity": 1}]},
        {"requests": [stock("OMS-0001", "7")]},
        {"requests": [stock("OMS-0001", 1.5)]},
        {"requests": [stock("OMS-0001", True)]},
    ],
)
def test_request_as_a_whole_is_refused(caller, body):
    assert error_of(caller.call("POST", BULK, body=body)) == (400, 25709)
    assert caller.ledger("stock_updated") == []


def test_one_sku_per_call_can_be_insisted_on(caller):
    assert push(caller, *(stock(f"OMS-{n:04d}", 1) for n in range(1, 26))).status_code == 200
    caller.control(one_sku_per_call=True)
    assert push(caller, stock("OMS-0001", 1), stock("OMS-0002", 1)).status_code == 400
    assert push(caller, stock("OMS-0001", 2)).status_code == 200


def test_listing_can_be_revised_250_times_a_day(caller):
    statuses = [push(caller, stock("OMS-0001", n)).status_code for n in range(REVISIONS_PER_DAY + 1)]
    assert statuses == [200] * REVISIONS_PER_DAY + [207]
    [row] = push(caller, stock("OMS-0001", 7)).json["responses"]
    assert (row["statusCode"], row["errors"][0]["errorId"]) == (400, 25002)
    assert caller.state()["listings"]["OMS-0001"] == REVISIONS_PER_DAY - 1
    assert push(caller, stock("OMS-0002", 7)).status_code == 200
    caller.control(clock_offset=86400)
    caller.log_in()
    assert push(caller, stock("OMS-0001", 7)).status_code == 200


def test_sales_and_cancellations_move_the_stock(caller):
    before = caller.state()["listings"]
    order = make_order(caller)
    line = order["lineItems"][0]
    assert before[line["sku"]] - caller.state()["listings"][line["sku"]] == line["quantity"]
    caller.control(cancel_order={"orderId": order["orderId"]})
    assert caller.state()["listings"] == before


def test_commands_set_and_remove(caller):
    caller.control(set_quantity={"sku": "OMS-0001", "quantity": 3}, remove_listing="OMS-0002")
    assert caller.state()["listings"]["OMS-0001"] == 3
    [row] = push(caller, stock("OMS-0002", 1)).json["responses"]
    assert row["errors"][0]["errorId"] == 25702


def test_selling_stops_when_nothing_is_in_stock(caller):
    ebay = caller.sandbox.channels["ebay"]
    for sku in list(ebay.seller().offers):
        if sku != "OMS-0001":
            ebay.seller().remove_offer(sku)
    caller.control(set_quantity={"sku": "OMS-0001", "quantity": 0})
    assert [ebay.sell_one() for _turn in range(5)] == [None] * 5
