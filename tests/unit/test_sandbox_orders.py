"""searchOrders and getOrder of the Amazon stand-in."""

from datetime import datetime, timedelta, timezone

import pytest

from sandbox.amazon.orders import DATA_SETS, ITEM_PARTS, ORDER_PARTS
from sandbox.caller import Caller
from sandbox.clock import to_text
from tests.sandbox_calls import MOMENT, ORDERS, US

NOW = datetime.fromtimestamp(MOMENT, tz=timezone.utc)


@pytest.fixture
def caller():
    caller = Caller(moment=MOMENT)
    caller.control(reset="empty")
    return caller


def ago(seconds):
    return to_text(NOW - timedelta(seconds=seconds))


def make_order(number, age, **parts):
    return {
        "orderId": f"114-0000000-{number:07d}",
        "createdTime": ago(age + 60),
        "lastUpdatedTime": ago(age),
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": US},
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "orderItems": [{"orderItemId": f"{number}", "quantityOrdered": 1, "product": {"sellerSku": "OMS-0001"}}],
        **parts,
    }


def search(caller, **query):
    query.setdefault("lastUpdatedAfter", ago(86400))
    if "createdAfter" in query:
        del query["lastUpdatedAfter"]
    return caller.call("GET", ORDERS, {name: value for name, value in query.items() if value is not None})


def ids(response):
    assert response.status_code == 200, response.text
    return [order["orderId"][-7:].lstrip("0") for order in response.json["orders"]]


def walk(caller, **query):
    """Return the ids of all pages, one list for each page."""
    pages, token = [], None
    while True:
        response = search(caller, paginationToken=token, **query)
        pages.append(ids(response))
        token = response.json.get("pagination", {}).get("nextToken")
        if token is None:
            return pages


def test_orders_come_by_update_time_and_then_by_id(caller):
    caller.control(add_orders=[make_order(3, 300), make_order(2, 500), make_order(1, 300)])
    assert ids(search(caller)) == ["2", "1", "3"]


def test_both_ends_of_the_window_belong_to_it(caller):
    caller.control(add_orders=[make_order(n, age) for n, age in ((1, 400), (2, 350), (3, 300), (4, 299))])
    assert ids(search(caller, lastUpdatedAfter=ago(350), lastUpdatedBefore=ago(300))) == ["2", "3"]


def test_created_window_goes_by_creation(caller):
    caller.control(add_orders=[make_order(1, 300), make_order(2, 200)])
    response = search(caller, createdAfter=ago(300), createdBefore=ago(200))
    assert ids(response) == ["2"]
    assert response.json["createdBefore"] == ago(200)
    assert "lastUpdatedBefore" not in response.json


def test_last_two_minutes_are_hidden_and_the_end_is_echoed(caller):
    caller.control(add_orders=[make_order(1, 121), make_order(2, 120), make_order(3, 119)])
    response = search(caller)
    assert ids(response) == ["1", "2"]
    assert response.json["lastUpdatedBefore"] == ago(120)
    caller.control(search_delay_seconds=0)
    assert ids(search(caller)) == ["1", "2", "3"]


def test_pages_hold_every_order_once_and_the_last_has_no_token(caller):
    caller.control(add_orders=[make_order(n, 1000 - n) for n in range(1, 8)])
    assert walk(caller, maxResultsPerPage=3) == [["1", "2", "3"], ["4", "5", "6"], ["7"]]
    assert walk(caller, maxResultsPerPage=7) == [["1", "2", "3", "4", "5", "6", "7"]]


def test_orders_of_one_second_over_a_page_edge_are_not_lost(caller):
    caller.control(add_orders=[make_order(n, 300) for n in range(1, 51)])
    pages = walk(caller, maxResultsPerPage=20)
    assert [len(page) for page in pages] == [20, 20, 10]
    assert len({order for page in pages for order in page}) == 50


def test_order_updated_between_pages_leaves_the_window(caller):
    caller.control(add_orders=[make_order(n, 1000 - n) for n in range(1, 5)])
    first = search(caller, maxResultsPerPage=2)
    caller.control(update_order={"orderId": "114-0000000-0000001", "set": {"programs": ["PRIME"]}})
    second = search(caller, maxResultsPerPage=2, paginationToken=first.json["pagination"]["nextToken"])
    assert (ids(first), ids(second)) == (["1", "2"], ["3", "4"])


def test_offset_paging_loses_an_order_when_the_list_moves(caller):
    caller.control(paging="offset", add_orders=[make_order(n, 1000 - n) for n in range(1, 6)])
    first = search(caller, maxResultsPerPage=2)
    caller.control(update_order={"orderId": "114-0000000-0000001", "set": {"programs": ["PRIME"]}})
    second = search(caller, maxResultsPerPage=3, paginationToken=first.json["pagination"]["nextToken"])
    assert ids(second) == ["4", "5"]


def test_token_goes_only_with_the_same_parameters(caller):
    caller.control(add_orders=[make_order(n, 1000 - n) for n in range(1, 5)])
    token = search(caller, maxResultsPerPage=2).json["pagination"]["nextToken"]
    assert search(caller, paginationToken=token, maxResultsPerPage=1).status_code == 200
    assert search(caller, paginationToken=token, includedData="BUYER").status_code == 400
    assert search(caller, paginationToken=token, lastUpdatedAfter=ago(5000)).status_code == 400
    assert search(caller, paginationToken=token + "x").status_code == 400
    assert search(caller, paginationToken="made-up").status_code == 400


def test_token_ends_after_24_hours(caller):
    caller.control(add_orders=[make_order(n, 1000 - n) for n in range(1, 5)])
    token = search(caller, maxResultsPerPage=2).json["pagination"]["nextToken"]
    for offset, status in ((86400, 200), (86401, 400)):
        caller.control(clock_offset=offset)
        caller.log_in()
        assert search(caller, paginationToken=token).status_code == status


def test_filters_narrow_the_result(caller):
    fba = {"fulfillmentStatus": "SHIPPED", "fulfilledBy": "AMAZON"}
    german = {"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9"}
    caller.control(
        add_orders=[make_order(1, 400), make_order(2, 300, fulfillment=fba), make_order(3, 200, salesChannel=german)]
    )
    assert ids(search(caller, fulfilledBy="AMAZON")) == ["2"]
    assert ids(search(caller, fulfilledBy="MERCHANT,AMAZON")) == ["1", "2", "3"]
    assert ids(search(caller, fulfillmentStatuses="UNSHIPPED,PENDING")) == ["1", "3"]
    assert ids(search(caller, marketplaceIds=f"A1PA6795UKMFR9,{US}", fulfilledBy="MERCHANT")) == ["1", "3"]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "createdAfter=2026-01-01T00:00:00Z&lastUpdatedAfter=2026-01-01T00:00:00Z",
        "createdAfter=2026-01-01T00:00:00Z&lastUpdatedBefore=2026-02-01T00:00:00Z",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&createdBefore=2026-02-01T00:00:00Z",
        "lastUpdatedAfter=2026-02-01T00:00:00Z&lastUpdatedBefore=2026-01-01T00:00:00Z",
        "lastUpdatedAfter=2026-01-01T00:00:00",
        "lastUpdatedAfter=2026-01-01",
        "lastUpdatedAfter=2026-01-01T00:00:00+09:00",
        "lastUpdatedAfter=2026-13-01T00:00:00Z",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&maxResultsPerPage=0",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&maxResultsPerPage=101",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&maxResultsPerPage=ten",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&includedData=EVERYTHING",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&includedData=BUYER&includedData=TAX",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&fulfillmentStatuses=Unshipped",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&marketplaceIds=US",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&MarketplaceIds=ATVPDKIKX0DER",
        "lastUpdatedAfter=2026-01-01T00:00:00Z&paginationToken=",
    ],
)
def test_breach_of_the_rules_is_invalid_input(caller, query):
    response = caller.call("GET", ORDERS, query)
    assert response.status_code == 400
    assert response.json["errors"][0]["code"] == "InvalidInput"


def test_escaped_offset_is_a_good_time(caller):
    assert caller.call("GET", ORDERS, "lastUpdatedAfter=2026-01-01T00:00:00%2B09:00").status_code == 200


def test_end_of_the_window_must_be_two_minutes_old(caller):
    assert search(caller, lastUpdatedBefore=ago(120)).status_code == 200
    assert search(caller, lastUpdatedBefore=ago(119)).status_code == 400


def test_parts_are_only_there_when_asked_for():
    caller = Caller(moment=MOMENT)
    path = f"{ORDERS}/123-4567890-1234567"
    bare = caller.call("GET", path).json["order"]
    assert not set(bare) & set(ORDER_PARTS.values())
    assert all(not set(item) & set(ITEM_PARTS.values()) for item in bare["orderItems"])
    whole = caller.call("GET", path, {"includedData": ",".join(DATA_SETS)}).json["order"]
    assert {"buyer", "recipient", "proceeds", "fulfillment", "packages", "fulfillmentOrders"} <= set(whole)
    for name in DATA_SETS:
        order = caller.call("GET", path, {"includedData": name}).json["order"]
        shown = set(order) & set(ORDER_PARTS.values())
        assert shown == {ORDER_PARTS.get(name)} & set(whole)


def test_unpaid_order_shows_neither_buyer_nor_prices(caller):
    [order_id] = caller.control(generate={"count": 1, "kind": "pending"})["generate"]
    everything = {"includedData": ",".join(DATA_SETS)}
    order = caller.call("GET", f"{ORDERS}/{order_id}", everything).json["order"]
    assert order["fulfillment"]["fulfillmentStatus"] == "PENDING"
    assert not {"buyer", "recipient", "proceeds", "payment"} & set(order)
    assert all("price" not in item["product"] and "proceeds" not in item for item in order["orderItems"])
    caller.control(pay_order=order_id)
    paid = caller.call("GET", f"{ORDERS}/{order_id}", everything).json["order"]
    assert {"buyer", "recipient", "proceeds", "payment"} <= set(paid)
    assert paid["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert all("price" in item["product"] and "proceeds" in item for item in paid["orderItems"])


def test_without_the_roles_people_are_absent():
    caller = Caller(moment=MOMENT)
    caller.control(pii=False)
    everything = {"includedData": ",".join(DATA_SETS)}
    order = caller.call("GET", f"{ORDERS}/114-9876543-1234567", everything).json["order"]
    assert "recipient" not in order and "buyer" not in order
    assert order["proceeds"]["grandTotal"]["amount"] == "49.99"


@pytest.mark.parametrize(("order_id", "status"), [("114-0000000-0000001", 404), ("TEST_CASE_400", 400)])
def test_unknown_and_malformed_ids(caller, order_id, status):
    response = caller.call("GET", f"{ORDERS}/{order_id}")
    assert response.status_code == status
    assert response.json["errors"][0]["message"]


def test_reads_are_in_the_ledger(caller):
    caller.control(add_orders=[make_order(1, 300)])
    search(caller)
    caller.call("GET", f"{ORDERS}/114-0000000-0000001")
    assert caller.ledger("orders_searched")[0]["body"]["orderIds"] == ["114-0000000-0000001"]
    assert [entry["key"] for entry in caller.ledger("order_read")] == ["114-0000000-0000001"]


def test_orders_of_any_shape_can_be_served(caller):
    poison = {"orderId": "114-0000000-0000009", "lastUpdatedTime": "yesterday", "orderItems": "none", "buyer": "\x00"}
    caller.control(add_orders=[poison], search_delay_seconds=0)
    assert search(caller, includedData="BUYER").json["orders"] == [
        {**poison, "createdTime": ago(150)},
    ]


@pytest.mark.parametrize(
    "items", ["none", ["none"], [{"product": "none"}], [{"product": {"sellerSku": ["x"]}, "quantityOrdered": 1}], None]
)
def test_misshapen_items_are_stored_all_the_same(caller, items):
    caller.control(add_orders=[make_order(1, 300, orderItems=items)])
    assert search(caller).json["orders"][0]["orderItems"] == items


@pytest.mark.parametrize("name", ["fulfillment", "salesChannel", "buyer", "proceeds", "createdTime"])
@pytest.mark.parametrize("value", [None, "x", 7, ["x"], {"fulfillmentStatus": ["x"], "marketplaceId": 1}])
def test_one_misshapen_order_does_not_hide_the_others(caller, name, value):
    caller.control(add_orders=[make_order(1, 300, **{name: value}), make_order(2, 200)])
    query = {"includedData": ",".join(DATA_SETS)}
    assert search(caller, **query).json["orders"][0][name] == value
    assert "2" in ids(search(caller, fulfillmentStatuses="UNSHIPPED", marketplaceIds=US))


def test_cancelling_gives_the_stock_back_and_is_seen(caller):
    [order_id] = caller.control(generate={"count": 1, "kind": "standard", "lines": [1, 1]})["generate"]
    item = caller.call("GET", f"{ORDERS}/{order_id}").json["order"]["orderItems"][0]
    listed = [stock(caller, item["product"]["sellerSku"])]
    caller.control(cancel_order={"orderId": order_id, "by": "BUYER"})
    listed.append(stock(caller, item["product"]["sellerSku"]))
    assert listed[1] - listed[0] == item["quantityOrdered"]
    order = caller.call("GET", f"{ORDERS}/{order_id}", {"includedData": "FULFILLMENT,CANCELLATION"}).json["order"]
    assert order["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    assert order["orderItems"][0]["cancellation"]["cancellationExecution"]["cancelledBy"] == "BUYER"
    assert order["lastUpdatedTime"] == to_text(NOW)


def test_cancellation_request_leaves_the_order_open(caller):
    caller.control(add_orders=[make_order(1, 300)])
    caller.control(cancel_order={"orderId": "114-0000000-0000001", "request_only": True})
    query = {"includedData": "FULFILLMENT,CANCELLATION"}
    order = caller.call("GET", f"{ORDERS}/114-0000000-0000001", query).json["order"]
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert list(order["orderItems"][0]["cancellation"]) == ["cancellationRequest"]


def stock(caller, sku):
    return caller.send("GET", "/__state").json["amazon"]["listings"][sku][0]["quantity"]
