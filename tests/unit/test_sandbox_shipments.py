"""confirmShipment of the Amazon stand-in."""

import pytest

from sandbox.caller import Caller
from tests.sandbox_calls import MOMENT, US, make_notice, shipment_path

ORDER_ID = "114-0000000-0000001"


def make_order(**parts):
    return {
        "orderId": ORDER_ID,
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": US},
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "orderItems": [
            {"orderItemId": "11", "quantityOrdered": 3, "product": {"sellerSku": "OMS-0001"}},
            {"orderItemId": "12", "quantityOrdered": 1, "product": {"sellerSku": "OMS-0002"}},
        ],
        **parts,
    }


def make_body(items=(("11", 3), ("12", 1)), **detail):
    return make_notice(items, shippingMethod="Ground", **detail)


@pytest.fixture
def caller():
    caller = Caller(moment=MOMENT)
    caller.control(reset="empty", add_orders=[make_order()])
    return caller


def confirm(caller, body, order_id=ORDER_ID):
    return caller.call("POST", shipment_path(order_id), body=body)


def read(caller):
    query = {"includedData": "PACKAGES,FULFILLMENT"}
    return caller.call("GET", f"/orders/2026-01-01/orders/{ORDER_ID}", query).json["order"]


def kinds(caller):
    return [entry["kind"] for entry in caller.ledger() if entry["kind"].startswith("shipment")]


def test_full_shipment_is_read_back_from_the_order(caller):
    response = confirm(caller, make_body())
    assert (response.status_code, response.data) == (204, b"")
    order = read(caller)
    assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert [item["fulfillment"]["quantityFulfilled"] for item in order["orderItems"]] == [3, 1]
    assert [item["fulfillment"]["quantityUnfulfilled"] for item in order["orderItems"]] == [0, 0]
    [package] = order["packages"]
    assert (package["packageReferenceId"], package["carrier"], package["trackingNumber"]) == ("1", "UPS", "1Z999")
    assert package["packageItems"] == [{"orderItemId": "11", "quantity": 3}, {"orderItemId": "12", "quantity": 1}]
    assert order["lastUpdatedTime"] == "2026-11-23T05:00:00Z"
    [entry] = caller.ledger("shipment_confirmed")
    assert (entry["key"], entry["body"]["carrierCode"]) == (ORDER_ID, "UPS")


def test_two_parcels_make_a_partial_and_then_a_full_shipment(caller):
    assert confirm(caller, make_body([("11", 2)])).status_code == 204
    assert read(caller)["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    rest = make_body([("11", 1), ("12", 1)], packageReferenceId="2", trackingNumber="1Z998")
    assert confirm(caller, rest).status_code == 204
    order = read(caller)
    assert order["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
    assert [package["packageReferenceId"] for package in order["packages"]] == ["1", "2"]
    assert kinds(caller) == ["shipment_confirmed", "shipment_confirmed"]


def test_same_notice_again_has_no_effect(caller):
    assert [confirm(caller, make_body()).status_code for _turn in range(3)] == [204, 204, 204]
    assert len(read(caller)["packages"]) == 1
    assert kinds(caller) == ["shipment_confirmed", "shipment_unchanged", "shipment_unchanged"]


def test_same_reference_edits_the_package(caller):
    confirm(caller, make_body())
    assert confirm(caller, make_body(trackingNumber="1Z000", carrierCode="USPS")).status_code == 204
    [package] = read(caller)["packages"]
    assert (package["trackingNumber"], package["carrier"]) == ("1Z000", "USPS")
    assert kinds(caller) == ["shipment_confirmed", "shipment_edited"]


def test_edit_may_take_items_out_again(caller):
    confirm(caller, make_body())
    assert confirm(caller, make_body([("11", 1)])).status_code == 204
    order = read(caller)
    assert order["fulfillment"]["fulfillmentStatus"] == "PARTIALLY_SHIPPED"
    assert [item["fulfillment"]["quantityUnfulfilled"] for item in order["orderItems"]] == [2, 1]


def test_new_reference_for_a_fulfilled_order_is_refused(caller):
    confirm(caller, make_body())
    response = confirm(caller, make_body(packageReferenceId="2"))
    assert response.status_code == 400
    assert "PackageToUpdateNotFound" in response.json["errors"][0]["message"]
    assert kinds(caller) == ["shipment_confirmed"]


def test_unknown_carrier_is_accepted_and_dropped(caller):
    assert confirm(caller, make_body(carrierCode="Ups")).status_code == 204
    order = read(caller)
    assert order["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    assert not order.get("packages")
    assert kinds(caller) == ["shipment_dropped"]


def test_other_carrier_needs_a_name(caller):
    assert confirm(caller, make_body(carrierCode="Other")).status_code == 400
    assert confirm(caller, make_body(carrierCode="Other", carrierName="Radkurier Nord")).status_code == 204
    assert read(caller)["packages"][0]["carrier"] == "Radkurier Nord"


@pytest.mark.parametrize(
    "body",
    [
        make_body([("11", 4)]),
        make_body([("11", 0)]),
        make_body([("11", -1)]),
        make_body([("99", 1)]),
        make_body([("11", 1), ("11", 1)]),
        make_body([]),
        make_body([("11", "3")]),
        make_body([(11, 3)]),
        make_body([("11", 1.0)]),
        make_body([("11", True)]),
        make_body(packageReferenceId="0"),
        make_body(packageReferenceId="-1"),
        make_body(packageReferenceId="WH/OUT/0001"),
        make_body(packageReferenceId=1),
        make_body(trackingNumber=""),
        make_body(trackingNumber=None),
        make_body(shipDate="02/21/2022"),
        make_body(shipDate="2026-11-23"),
        make_body(shipDate="2026-11-23T05:00:00"),
        make_body(weight=1),
        {**make_body(), "marketplaceId": "A1F83G8C2ARO7P"},
        {**make_body(), "codCollectionMethod": "Cash"},
        {**make_body(), "note": "unknown field"},
        {"marketplaceId": US},
        {"packageDetail": make_body()["packageDetail"]},
        [],
        b"{",
        b'{"marketplaceId": NaN}',
    ],
)
def test_breach_of_the_rules_has_no_effect(caller, body):
    headers = {"Content-Type": "application/json"}
    path = f"/orders/v0/orders/{ORDER_ID}/shipmentConfirmation"
    response = caller.call("POST", path, body=body, headers=headers)
    assert response.status_code == 400, response.text
    assert response.json["errors"][0]["code"] == "InvalidInput"
    assert kinds(caller) == []
    assert read(caller)["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"


@pytest.mark.parametrize("name", ["packageReferenceId", "carrierCode", "trackingNumber", "shipDate", "orderItems"])
def test_required_fields_are_required(caller, name):
    body = make_body()
    del body["packageDetail"][name]
    assert confirm(caller, body).status_code == 400


@pytest.mark.parametrize(
    "parts",
    [
        {"fulfillment": {"fulfillmentStatus": "PENDING", "fulfilledBy": "MERCHANT"}},
        {"fulfillment": {"fulfillmentStatus": "CANCELLED", "fulfilledBy": "MERCHANT"}},
        {"fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "AMAZON"}},
        {"programs": ["FBM_SHIP_PLUS"]},
    ],
)
def test_orders_that_the_seller_must_not_confirm(caller, parts):
    caller.control(add_orders=[make_order(**parts)])
    assert confirm(caller, make_body()).status_code == 400
    assert kinds(caller) == []


def test_overshipping_over_several_parcels_is_refused(caller):
    confirm(caller, make_body([("11", 2)]))
    assert confirm(caller, make_body([("11", 2)], packageReferenceId="2")).status_code == 400
    assert confirm(caller, make_body([("11", 1)], packageReferenceId="2")).status_code == 204


def test_unknown_order_is_not_found(caller):
    assert confirm(caller, make_body(), "114-0000000-0000077").status_code == 404
    assert confirm(caller, make_body(), "77").status_code == 400


def test_transparency_codes_stay_with_the_item(caller):
    body = make_body([("12", 1)])
    body["packageDetail"]["orderItems"][0]["transparencyCodes"] = ["AZ:ABC"]
    assert confirm(caller, body).status_code == 204
    assert read(caller)["packages"][0]["packageItems"][0]["transparencyCodes"] == ["AZ:ABC"]


def test_shipped_order_is_found_again_by_a_search(caller):
    confirm(caller, make_body())
    caller.control(clock_offset=120)
    query = {"lastUpdatedAfter": "2026-11-23T05:00:00Z", "includedData": "PACKAGES"}
    orders = caller.call("GET", "/orders/2026-01-01/orders", query).json["orders"]
    assert [package["trackingNumber"] for package in orders[0]["packages"]] == ["1Z999"]
