"""Sources, reservations and asynchronous requests of the Magento stand-in."""

import pytest

from sandbox.catalogue import PRODUCTS
from sandbox.magento.caller import MagentoCaller
from tests.sandbox_calls import MOMENT

SKU = "OMS-0001"
FIRST = PRODUCTS[0].first_quantity
ITEMS = "/V1/inventory/source-items"


@pytest.fixture
def caller():
    caller = MagentoCaller(moment=MOMENT)
    caller.control(reset="empty")
    return caller


def make_order(quantity=3, sku=SKU, **parts):
    item = {"item_id": 1, "sku": sku, "product_type": "simple", "qty_ordered": quantity, "is_virtual": 0}
    return {
        "entity_id": 50,
        "increment_id": "000000050",
        "store_id": 1,
        "state": "processing",
        "status": "processing",
        "items": [item],
        **parts,
    }


def salable(caller, stock=1, sku=SKU):
    return caller.call("GET", f"/V1/inventory/get-product-salable-quantity/{sku}/{stock}").json


def make_row(quantity=7, source="default", sku=SKU, status=1):
    return {"sku": sku, "source_code": source, "quantity": quantity, "status": status}


def save(caller, *rows, path=ITEMS):
    return caller.call("POST", path, body={"sourceItems": list(rows)})


def test_three_sources_hold_the_catalogue(caller):
    assert caller.state()["quantities"][SKU] == {"default": FIRST, "berlin": FIRST // 2, "lyon": FIRST // 4}
    assert salable(caller, stock=1) == FIRST
    assert salable(caller, stock=2) == FIRST + FIRST // 2 + FIRST // 4


def test_open_orders_reserve_and_leave_the_source_alone(caller):
    caller.control(add_orders=[make_order(quantity=3)])
    assert salable(caller) == FIRST - 3
    assert caller.state()["quantities"][SKU]["default"] == FIRST
    assert caller.state()["reserved"] == {"50": {SKU: 3}}


def test_shipping_takes_from_the_source_and_closes_the_reservation(caller):
    caller.control(add_orders=[make_order(quantity=3)])
    body = {"items": [{"order_item_id": 1, "qty": 2}]}
    assert caller.call("POST", "/V1/order/50/ship", body=body).status_code == 200
    assert caller.state()["quantities"][SKU]["default"] == FIRST - 2
    assert caller.state()["reserved"] == {"50": {SKU: 1}}
    assert salable(caller) == FIRST - 3


def test_cancelling_gives_the_reservation_back(caller):
    caller.control(add_orders=[make_order(quantity=3)])
    assert caller.call("POST", "/V1/orders/50/cancel").json is True
    assert salable(caller) == FIRST


def test_pushing_the_reduced_figure_makes_the_shipment_fail(caller):
    # What goes wrong in shops whose stock is pushed without what their own open orders hold.
    caller.control(add_orders=[make_order(quantity=3)])
    save(caller, make_row(quantity=2))
    response = caller.call("POST", "/V1/order/50/ship", body={})
    assert response.status_code == 400
    assert response.json["message"] == "Not all of your products are available in the requested quantity."
    assert caller.state()["quantities"][SKU]["default"] == 2
    assert caller.state()["reserved"] == {"50": {SKU: 3}}
    assert caller.ledger("shipment_created") == []
    save(caller, make_row(quantity=3))
    assert caller.call("POST", "/V1/order/50/ship", body={}).status_code == 200


def test_named_source_is_the_one_that_ships(caller):
    caller.control(add_orders=[make_order(quantity=1)])
    body = {"arguments": {"extension_attributes": {"source_code": "lyon"}}}
    assert caller.call("POST", "/V1/order/50/ship", body=body).status_code == 200
    assert caller.state()["quantities"][SKU] == {"default": FIRST, "berlin": FIRST // 2, "lyon": FIRST // 4 - 1}


def test_source_without_the_product_is_refused(caller):
    caller.control(add_orders=[make_order(quantity=1)])
    body = {"arguments": {"extension_attributes": {"source_code": "moon"}}}
    response = caller.call("POST", "/V1/order/50/ship", body=body)
    assert (response.status_code, response.json["parameters"]) == (400, ["moon", SKU])


def test_uncounted_stock_lets_everything_go(caller):
    caller.control(manage_stock=False, add_orders=[make_order(quantity=FIRST + 1)])
    assert caller.call("POST", "/V1/order/50/ship", body={}).status_code == 200
    assert caller.state()["quantities"][SKU]["default"] == FIRST


def test_quantities_are_absolute_and_by_source(caller):
    assert save(caller, make_row(7), make_row(9, "berlin")).json == []
    assert caller.state()["quantities"][SKU] == {"default": 7, "berlin": 9, "lyon": FIRST // 4}
    assert [entry["body"]["quantity"] for entry in caller.ledger("source_items_saved")] == [7, 9]


def test_what_is_out_of_stock_is_not_salable(caller):
    save(caller, make_row(7, status=0))
    assert salable(caller) == 0
    assert caller.call("GET", f"/V1/inventory/is-product-salable/{SKU}/1").json is False


def test_names_may_be_written_in_snake_case(caller):
    row = {"sku": SKU, "sourceCode": "default", "quantity": "4.5", "status": "1"}
    assert caller.call("POST", ITEMS, body={"source_items": [row]}).status_code == 200
    assert caller.state()["quantities"][SKU]["default"] == 4.5


@pytest.mark.parametrize(
    "row",
    [
        make_row(source="moon"),
        make_row(source=""),
        make_row(sku=""),
        make_row(status=5),
        make_row(quantity="many"),
        make_row(quantity=None),
        {**make_row(), "note": "x"},
        [],
    ],
)
def test_one_bad_row_saves_nothing(caller, row):
    response = save(caller, make_row(7), row)
    assert response.status_code == 400, response.text
    assert caller.state()["quantities"][SKU]["default"] == FIRST
    assert caller.ledger("source_items_saved") == []


def test_unknown_product_is_saved_without_a_word(caller):
    caller.control(remove_product=SKU)
    assert SKU not in caller.state()["quantities"]
    assert save(caller, make_row(7)).status_code == 200
    assert caller.state()["quantities"][SKU] == {"default": 7}
    assert caller.call("GET", f"/V1/products/{SKU}").status_code == 404


def test_shop_sells_and_sets_quantities_by_itself(caller):
    caller.control(set_quantity={"sku": SKU, "source": "berlin", "quantity": 1})
    assert caller.state()["quantities"][SKU]["berlin"] == 1
    assert caller.ledger("source_items_saved") == []


def test_bulk_is_done_after_the_delay(caller):
    caller.control(bulk_delay_seconds=60)
    response = caller.call("POST", f"/async/bulk{ITEMS}", body=[{"sourceItems": [make_row(n)]} for n in (4, 5)])
    assert (response.status_code, response.json["errors"]) == (202, False)
    assert [item["status"] for item in response.json["request_items"]] == ["accepted", "accepted"]
    path = f"/V1/bulk/{response.json['bulk_uuid']}/status"

    def statuses():
        return [operation["status"] for operation in caller.call("GET", path).json["operations_list"]]

    assert statuses() == [4, 4]
    assert caller.state()["quantities"][SKU]["default"] == FIRST
    caller.control(clock_offset=61)
    assert statuses() == [1, 1]
    assert caller.state()["quantities"][SKU]["default"] == 5
    assert len(caller.ledger("bulk_accepted")) == len(caller.ledger("bulk_finished")) == 1


def test_bulk_without_a_consumer_stays_open(caller):
    caller.control(bulk_consumer=False)
    uuid = caller.call("POST", f"/async/bulk{ITEMS}", body=[{"sourceItems": [make_row(4)]}]).json["bulk_uuid"]
    caller.control(clock_offset=86400)
    shown = caller.call("GET", f"/V1/bulk/{uuid}/detailed-status").json
    assert [operation["status"] for operation in shown["operations_list"]] == [4]
    caller.control(bulk_consumer=True)
    shown = caller.call("GET", f"/V1/bulk/{uuid}/detailed-status").json
    assert [operation["status"] for operation in shown["operations_list"]] == [1]


def test_failed_operation_tells_why(caller):
    body = [{"sourceItems": [make_row(source="moon")]}, {"sourceItems": [make_row(8)]}]
    uuid = caller.call("POST", f"/async/bulk{ITEMS}", body=body).json["bulk_uuid"]
    first, second = caller.call("GET", f"/V1/bulk/{uuid}/detailed-status").json["operations_list"]
    assert (first["status"], second["status"]) == (3, 1)
    assert 'Source with code "moon" does not exist.' in first["result_message"]


def test_single_request_may_be_asynchronous_too(caller):
    caller.control(add_orders=[make_order()])
    response = caller.call("POST", "/async/V1/orders/50/hold", body={})
    assert response.status_code == 202
    assert caller.call("GET", "/V1/orders/50/statuses").json == "holded"


@pytest.mark.parametrize("body", [{}, {"sourceItems": []}, [1], b"{"])
def test_bulk_takes_a_list_of_bodies(caller, body):
    headers = {"Content-Type": "application/json"}
    caller.control(bearer=True)
    headers["Authorization"] = "Bearer omsaccesstoken00000000000000000"
    response = caller.send("POST", f"/magento/rest/all/async/bulk{ITEMS}", body=body, headers=headers)
    assert response.status_code == 400
    assert caller.ledger("bulk_accepted") == []


def test_base_prices_are_saved_row_by_row(caller):
    rows = [{"sku": SKU, "price": 12.5, "store_id": 0}, {"sku": "NONE", "price": 1, "store_id": 0},
            {"sku": SKU, "price": -1, "store_id": 0}, {"sku": SKU, "price": 11, "store_id": 2}]  # fmt: skip
    problems = caller.call("POST", "/V1/products/base-prices", body={"prices": rows}).json
    assert [problem["parameters"][1] for problem in problems] == ["NONE", SKU]
    assert caller.call("GET", f"/V1/products/{SKU}").json["price"] == 12.5
    prices = caller.call("POST", "/V1/products/base-prices-information", body={"skus": [SKU]}).json
    assert [(price["store_id"], price["price"]) for price in prices] == [(0, 12.5), (2, 11)]
