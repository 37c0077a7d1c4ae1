"""The Listings Items operations of the Amazon stand-in."""

import pytest

from sandbox.amazon.listing_patches import apply_patch
from sandbox.caller import Caller
from sandbox.catalogue import PRODUCTS
from tests.sandbox_calls import MOMENT, US

ITEMS = "/listings/2021-08-01/items/A1OMSSANDBOX"
STOCK = "/attributes/fulfillment_availability"


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def patch(caller, *patches, sku="OMS-0001", product_type="PRODUCT", **query):
    body = {"productType": product_type, "patches": list(patches)}
    return caller.call("PATCH", f"{ITEMS}/{sku}", {"marketplaceIds": US, **query}, body)


def quantity(number, op="merge", **fields):
    entry = {"fulfillment_channel_code": "DEFAULT", "quantity": number, **fields}
    return {"op": op, "path": STOCK, "value": [entry]}


def get(caller, sku="OMS-0001", included="fulfillmentAvailability,attributes"):
    return caller.call("GET", f"{ITEMS}/{sku}", {"marketplaceIds": US, "includedData": included})


def price(amount, op="replace", **fields):
    entry = {"marketplace_id": US, "currency": "USD", "our_price": [{"schedule": [{"value_with_tax": amount}]}]}
    return {"op": op, "path": "/attributes/purchasable_offer", "value": [{**entry, **fields}]}


def state(caller):
    return caller.send("GET", "/__state").json["amazon"]


def stock_of(caller, sku="OMS-0001"):
    return get(caller, sku).json["attributes"]["fulfillment_availability"]


def test_merge_sets_the_quantity_and_keeps_the_handling_time(caller):
    response = patch(caller, quantity(7))
    assert response.status_code == 200
    assert response.json["status"] == "ACCEPTED"
    assert response.json["submissionId"]
    assert response.json["issues"] == []
    assert stock_of(caller) == [{"fulfillment_channel_code": "DEFAULT", "quantity": 7, "lead_time_to_ship_max_days": 2}]
    assert get(caller).json["fulfillmentAvailability"] == [{"fulfillmentChannelCode": "DEFAULT", "quantity": 7}]


@pytest.mark.parametrize("op", ["replace", "add"])
def test_replace_loses_the_handling_time(caller, op):
    patch(caller, quantity(7, op))
    assert stock_of(caller) == [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}]


def test_replace_with_another_channel_adds_a_second_one(caller):
    value = [{"fulfillment_channel_code": "AMAZON_NA"}]
    patch(caller, {"op": "replace", "path": STOCK, "value": value})
    assert [entry["fulfillment_channel_code"] for entry in stock_of(caller)] == ["DEFAULT", "AMAZON_NA"]


def offers_of(caller, marketplace=US):
    query = {"marketplaceIds": marketplace, "includedData": "offers"}
    return [offer["price"] for offer in caller.call("GET", f"{ITEMS}/OMS-0001", query).json["offers"]]


@pytest.mark.parametrize("op", ["merge", "replace", "add"])
def test_price_patch_changes_the_offer_of_its_marketplace_alone(caller, op):
    german = offers_of(caller, "A1PA6795UKMFR9")
    assert patch(caller, price(50, op)).json["status"] == "ACCEPTED"
    assert offers_of(caller) == [{"currencyCode": "USD", "amount": "50.00"}]
    assert offers_of(caller, "A1PA6795UKMFR9") == german
    [entry] = caller.ledger("price_patched")
    assert (entry["key"], entry["body"]["offers"]["after"][US]) == ("OMS-0001", "50.00")
    assert entry["body"]["offers"]["before"][US] == "41.99"


def test_price_taken_away_leaves_a_listing_without_an_offer(caller):
    patch(caller, {"op": "delete", "path": "/attributes/purchasable_offer", "value": [{"marketplace_id": US}]})
    assert offers_of(caller) == []
    assert get(caller).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        price(0), price(-1), price("50"), price(None), price(True), price(1e300), price(1.005),
        price(5, currency="EUR"), price(5, marketplace_id="A2"), price(5, marketplace_id=["x"]),
        price(5, our_price=[]), price(5, our_price=7),
    ],
)  # fmt: skip
def test_price_that_cannot_be_is_invalid_and_changes_nothing(caller, wrong):
    answer = patch(caller, wrong)
    assert (answer.status_code, answer.json["status"]) == (200, "INVALID")
    assert answer.json["issues"][0]["attributeNames"] == ["purchasable_offer"]
    assert offers_of(caller) == [{"currencyCode": "USD", "amount": "41.99"}]


def test_delete_takes_the_entry_away(caller):
    patch(caller, {"op": "delete", "path": STOCK, "value": [{"fulfillment_channel_code": "DEFAULT"}]})
    assert stock_of(caller) == []


def test_ledger_shows_before_and_after(caller):
    before = stock_of(caller)
    patch(caller, quantity(0))
    [entry] = caller.ledger("stock_patched")
    assert entry["key"] == "OMS-0001"
    assert entry["body"]["before"] == before
    assert entry["body"]["after"][0]["quantity"] == 0


def test_zero_quantity_is_no_longer_buyable(caller):
    patch(caller, quantity(0))
    summary = get(caller, included="summaries").json["summaries"][0]
    assert summary["status"] == ["DISCOVERABLE"]
    assert summary["lastUpdatedDate"] == "2026-11-23T05:00:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        quantity(-1),
        quantity("7"),
        quantity(7.5),
        quantity(True),
        quantity(7, marketplace_id=US),
        quantity(7, lead_time_to_ship_max_days=-1),
        {"op": "merge", "path": STOCK, "value": [{"fulfillment_channel_code": "MFN", "quantity": 1}]},
        {"op": "merge", "path": "/attributes/fake_attribute", "value": [{"value": 1}]},
        {"op": "merge", "path": STOCK, "value": quantity(1)["value"] * 2},
    ],
)
def test_wrong_values_are_invalid_with_status_200_and_change_nothing(caller, wrong):
    before = stock_of(caller)
    response = patch(caller, quantity(3), wrong)
    assert response.status_code == 200
    assert response.json["status"] == "INVALID"
    assert response.json["issues"][0]["severity"] == "ERROR"
    assert stock_of(caller) == before
    assert caller.ledger("stock_patched") == []


def test_other_product_type_is_invalid(caller):
    assert patch(caller, quantity(7), product_type="LUGGAGE").json["status"] == "INVALID"


@pytest.mark.parametrize(
    "wrong",
    [
        {"op": "set", "path": STOCK, "value": []},
        {"op": "merge", "path": "/attributes/fulfillment_availability/0/quantity", "value": [{}]},
        {"op": "merge", "path": "fulfillment_availability", "value": [{}]},
        {"op": "merge", "path": STOCK},
        {"op": "merge", "path": STOCK, "value": [{"quantity": 7}]},
        {"op": "merge", "path": STOCK, "value": {"quantity": 7}},
        {"op": "merge", "path": STOCK, "value": [7]},
        {"op": "merge", "path": STOCK, "value": [{}], "from": "/attributes/x"},
    ],
)
def test_breach_of_the_model_is_invalid_input(caller, wrong):
    response = patch(caller, wrong)
    assert response.status_code == 400
    assert response.json["errors"][0]["code"] == "InvalidInput"


def test_empty_patches_and_wrong_content_type(caller):
    assert patch(caller).status_code == 400
    headers = {"Content-Type": "text/plain"}
    response = caller.call("PATCH", f"{ITEMS}/OMS-0001", {"marketplaceIds": US}, b"{}", headers)
    assert response.status_code == 415


@pytest.mark.parametrize("query", ["", f"marketplaceIds={US}&locale=en", "marketplaceIds=nowhere"])
def test_query_of_a_patch_is_strict(caller, query):
    body = {"productType": "PRODUCT", "patches": [quantity(7)]}
    assert caller.call("PATCH", f"{ITEMS}/OMS-0001", query, body).status_code == 400


def test_preview_says_what_would_happen_and_does_nothing(caller):
    before = stock_of(caller)
    good = patch(caller, quantity(7), mode="VALIDATION_PREVIEW", includedData="identifiers,issues")
    assert good.json["status"] == "VALID"
    assert good.json["identifiers"] == [{"marketplaceId": US, "asin": "B0OMS00001"}]
    assert patch(caller, quantity(-7), mode="VALIDATION_PREVIEW").json["status"] == "INVALID"
    assert stock_of(caller) == before
    assert patch(caller, quantity(7), includedData="identifiers").status_code == 400


@pytest.mark.parametrize(("setting", "status"), [("not_found", 404), ("invalid", 400), ("accept", 200)])
def test_unknown_sku_can_be_met_in_three_ways(caller, setting, status):
    caller.control(unknown_sku=setting)
    assert patch(caller, quantity(7), sku="NO-SUCH").status_code == status
    assert get(caller, "NO-SUCH").status_code == 404
    assert caller.ledger("stock_patched") == []


def test_listing_in_another_marketplace_is_not_found(caller):
    query = {"marketplaceIds": "A2EUQ1WTGCTBG2"}
    assert caller.call("GET", f"{ITEMS}/OMS-0001", query).status_code == 404


def test_sku_is_decoded_once_and_only_after_splitting(caller):
    world = caller.sandbox.world
    seller = caller.sandbox.channels["amazon"].seller()
    with world.lock:
        for sku in ("A/B C", "50%", "a%20b", "größe+1"):
            seller.put_listing({**seller.listings["OMS-0001"], "sku": sku})
    for encoded, sku in (
        ("A%2FB%20C", "A/B C"),
        ("50%25", "50%"),
        ("a%2520b", "a%20b"),
        ("gr%C3%B6%C3%9Fe%2B1", "größe+1"),
        ("gr%C3%B6%C3%9Fe+1", "größe+1"),
    ):
        assert patch(caller, quantity(4), sku=encoded).json["sku"] == sku
    # An unescaped slash is another resource, which the gateway refuses.
    assert patch(caller, quantity(4), sku="A/B%20C").status_code == 403


def test_get_shows_the_data_sets_that_were_asked_for(caller):
    assert set(get(caller, included="summaries").json) == {"sku", "summaries"}
    included = "summaries,attributes,issues,offers,fulfillmentAvailability,relationships,productTypes"
    listing = get(caller, included=included).json
    assert set(listing) == {"sku", *included.split(",")}
    assert listing["offers"][0]["price"] == {"currencyCode": "USD", "amount": str(PRODUCTS[0].price("USD"))}


def walk(caller, **query):
    items, token = [], None
    while True:
        turn = {"marketplaceIds": US, **query, **({"pageToken": token} if token else {})}
        page = caller.call("GET", ITEMS, turn).json
        items += [item["sku"] for item in page["items"]]
        token = page.get("pagination", {}).get("nextToken")
        if token is None:
            return page["numberOfResults"], items


def test_search_pages_through_every_listing_once(caller):
    count, skus = walk(caller, pageSize=20, sortBy="sku", sortOrder="ASC")
    # The catalogue, and the three products of the US examples.
    assert count == len(skus) == len(set(skus)) == 203
    assert skus == sorted(skus)


def test_pages_of_a_search_lead_both_ways_and_end():
    caller = Caller(moment=MOMENT)
    query = {"marketplaceIds": US, "sortBy": "sku", "sortOrder": "ASC", "pageSize": 2}
    query |= {"identifiersType": "SKU", "identifiers": "OMS-0001,OMS-0002,OMS-0003,OMS-0004"}
    first = caller.call("GET", ITEMS, query).json
    assert list(first["pagination"]) == ["nextToken"]
    last = caller.call("GET", ITEMS, {**query, "pageToken": first["pagination"]["nextToken"]}).json
    assert [item["sku"] for item in last["items"]] == ["OMS-0003", "OMS-0004"]
    assert list(last["pagination"]) == ["previousToken"]
    back = caller.call("GET", ITEMS, {**query, "pageToken": last["pagination"]["previousToken"]}).json
    assert back == first


def test_search_finds_by_sku_and_by_status(caller):
    query = {"identifiersType": "SKU", "identifiers": "OMS-0002,OMS-0003,NO-SUCH"}
    assert sorted(walk(caller, **query)[1]) == ["OMS-0002", "OMS-0003"]
    caller.control(set_quantity={"sku": "OMS-0004", "quantity": 0})
    assert walk(caller, withoutStatus="BUYABLE")[1] == ["OMS-0004"]


@pytest.mark.parametrize(
    "query",
    [
        {},
        {"marketplaceIds": US, "pageSize": 21},
        {"marketplaceIds": US, "pageToken": "made-up"},
        {"marketplaceIds": US, "identifiers": "OMS-0001"},
        {"marketplaceIds": US, "identifiersType": "SKU"},
        {"marketplaceIds": US, "withStatus": "SOLD"},
        {"marketplaceIds": US, "sortBy": "price"},
        {"marketplaceIds": US, "sku": "OMS-0001"},
    ],
)
def test_search_is_strict(caller, query):
    assert caller.call("GET", ITEMS, query).status_code == 400


def test_generated_sales_lower_the_listed_quantity(caller):
    before = state(caller)["listings"]
    ids = caller.control(generate={"count": 30, "seed": 5, "kind": "standard"})["generate"]
    after = state(caller)
    sold = {}
    for order_id in ids:
        for item in after["orders"][order_id]["orderItems"]:
            sku = item["product"]["sellerSku"]
            sold[sku] = sold.get(sku, 0) + item["quantityOrdered"]
    assert sold
    for sku, units in sold.items():
        assert after["listings"][sku][0]["quantity"] == max(0, before[sku][0]["quantity"] - units)


def test_removed_listing_is_gone(caller):
    caller.control(remove_listing="OMS-0001")
    assert get(caller).status_code == 404


def test_marketplace_fulfilled_listing_has_no_own_stock(caller):
    assert stock_of(caller, "OMS-0200") == [{"fulfillment_channel_code": "AMAZON_NA"}]


def test_participations_name_the_stores(caller):
    payload = caller.call("GET", "/sellers/v1/marketplaceParticipations").json["payload"]
    assert "ATVPDKIKX0DER" in [entry["marketplace"]["id"] for entry in payload]
    assert caller.call("GET", "/sellers/v1/marketplaceParticipations", "a=1").status_code == 400


def test_delete_without_a_value_empties_the_attribute():
    entries = [{"fulfillment_channel_code": "DEFAULT"}, {"fulfillment_channel_code": "AMAZON_NA"}]
    assert apply_patch(entries, {"op": "delete"}, "fulfillment_channel_code") == []
