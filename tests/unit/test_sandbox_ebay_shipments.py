"""Shipping fulfillments of the eBay stand-in."""

import pytest

from sandbox.ebay.caller import EbayCaller
from sandbox.ebay.shipments import MOST_TRACKING_NUMBERS
from tests.ebay_calls import MOMENT, ORDERS, make_order, read_order, ship


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def error_of(response):
    return response.status_code, response.json["errors"][0]["errorId"]


def fulfillments(caller, order):
    return caller.call("GET", f"{ORDERS}/{order['orderId']}/shipping_fulfillment").json


def test_id_comes_in_the_location_only(caller):
    order = make_order(caller, lines=(2, 2))
    response = ship(caller, order, shippedDate="2026-11-23T04:59:00.000Z")
    assert (response.status_code, response.json) == (201, {})
    path = response.headers["Location"].partition("/ebay")[2]
    assert path == f"{ORDERS}/{order['orderId']}/shipping_fulfillment/1Z999AA10123456784"
    [parcel] = fulfillments(caller, order)["fulfillments"]
    assert caller.call("GET", path).json == parcel
    assert parcel["shippedDate"] == "2026-11-23T04:59:00.000Z"
    assert (parcel["shippingCarrierCode"], parcel["shipmentTrackingNumber"]) == ("UPS", "1Z999AA10123456784")
    shipped = read_order(caller, order["orderId"])
    assert shipped["orderFulfillmentStatus"] == "FULFILLED"
    assert {line["lineItemFulfillmentStatus"] for line in shipped["lineItems"]} == {"FULFILLED"}
    assert len(shipped["fulfillmentHrefs"]) == 1
    assert [entry["key"] for entry in caller.ledger("shipment_confirmed")] == [order["orderId"]]


def test_parts_of_an_order_go_in_several_parcels(caller):
    order = make_order(caller, "multi_qty", lines=(2, 2))
    first, second = order["lineItems"]
    assert ship(caller, order, [(first["lineItemId"], 1)], trackingNumber="T1").status_code == 201
    halfway = read_order(caller, order["orderId"])
    assert halfway["orderFulfillmentStatus"] == "IN_PROGRESS"
    assert [line["lineItemFulfillmentStatus"] for line in halfway["lineItems"]] == ["IN_PROGRESS", "NOT_STARTED"]
    rest = [(first["lineItemId"], first["quantity"] - 1), (second["lineItemId"], second["quantity"])]
    assert ship(caller, order, rest, trackingNumber="T2").status_code == 201
    assert read_order(caller, order["orderId"])["orderFulfillmentStatus"] == "FULFILLED"
    assert fulfillments(caller, order)["total"] == 2


def test_same_tracking_number_again_is_a_conflict(caller):
    order = make_order(caller)
    assert ship(caller, order).status_code == 201
    assert error_of(ship(caller, order))[0] == 409
    assert fulfillments(caller, order)["total"] == 1
    assert len(caller.ledger("shipment_confirmed")) == 1


def test_a_lost_answer_has_had_its_effect(caller):
    order = make_order(caller)
    caller.control(faults=[{"fault": "status", "status": 500, "when": "after", "match": {"channel": "ebay"}}])
    assert ship(caller, order).status_code == 500
    assert fulfillments(caller, order)["total"] == 1


@pytest.mark.parametrize(
    ("more", "error_id"),
    [
        ({"shippingCarrierCode": None}, 32300),
        ({"trackingNumber": None}, 32300),
        ({"trackingNumber": "1Z-999"}, 32300),
        ({"trackingNumber": "1Z 999"}, 32300),
        ({"shippingCarrierCode": "<b>"}, 32300),
        ({"shippedDate": "yesterday"}, 32500),
        ({"shippedDate": "2026-11-24T05:00:00.000Z"}, 32500),
        ({"shippedDate": "2026-11-01T05:00:00.000Z"}, 32500),
        ({"lineItems": []}, 32600),
        ({"lineItems": [{"lineItemId": "1", "quantity": 1}]}, 32200),
        ({"lineItems": [{"quantity": 1}]}, 32600),
        ({"shipDate": "2026-11-23T05:00:00.000Z"}, 32600),
    ],
)
def test_refusals_have_the_documented_errors(caller, more, error_id):
    order = make_order(caller)
    assert error_of(ship(caller, order, **more)) == (400, error_id)
    assert caller.ledger("shipment_confirmed") == []


def test_line_may_be_named_once_and_not_beyond_its_quantity(caller):
    order = make_order(caller)
    line_id, quantity = order["lineItems"][0]["lineItemId"], order["lineItems"][0]["quantity"]
    assert error_of(ship(caller, order, [(line_id, 1), (line_id, 1)])) == (400, 32210)
    assert error_of(ship(caller, order, [(line_id, quantity + 1)])) == (400, 32600)
    assert error_of(ship(caller, order, [(line_id, 0)])) == (400, 32600)
    ship(caller, order, trackingNumber="T1")
    assert error_of(ship(caller, order, [(line_id, 1)], trackingNumber="T2")) == (400, 32600)


def test_parcel_without_tracking_gets_an_id_of_its_own(caller):
    order = make_order(caller)
    response = ship(caller, order, shippingCarrierCode=None, trackingNumber=None)
    assert response.status_code == 201
    [parcel] = fulfillments(caller, order)["fulfillments"]
    assert response.headers["Location"].endswith(parcel["fulfillmentId"])
    assert "shipmentTrackingNumber" not in parcel


def test_too_many_tracking_numbers(caller):
    order = make_order(caller)
    line_id = order["lineItems"][0]["lineItemId"]
    caller.control(change_quantity={"orderId": order["orderId"], "lineItemId": line_id, "quantity": 99})
    for number in range(MOST_TRACKING_NUMBERS):
        assert ship(caller, order, [(line_id, 1)], trackingNumber=f"T{number}").status_code == 201
    assert error_of(ship(caller, order, [(line_id, 1)], trackingNumber="TX")) == (400, 34100)


def test_lines_for_the_hub_go_one_by_one(caller):
    order = make_order(caller, "gsp", lines=(2, 2))
    assert error_of(ship(caller, order)) == (400, 34300)
    for number, line in enumerate(order["lineItems"]):
        assert (
            ship(caller, order, [(line["lineItemId"], line["quantity"])], trackingNumber=f"T{number}").status_code
            == 201
        )


def test_cancelled_order_is_not_shipped(caller):
    order = make_order(caller)
    caller.control(cancel_order={"orderId": order["orderId"]})
    assert error_of(ship(caller, order)) == (400, 32600)


@pytest.mark.parametrize(("order_id", "status"), [("01-00000-00001", 404), ("x", 400)])
def test_unknown_orders(caller, order_id, status):
    order = {"orderId": order_id, "lineItems": [{"lineItemId": "1", "quantity": 1}]}
    assert error_of(ship(caller, order)) == (status, 32100)
    path = f"{ORDERS}/{order_id}/shipping_fulfillment"
    assert error_of(caller.call("GET", path)) == (status, 32100)


def test_unknown_fulfillment(caller):
    order = make_order(caller)
    assert error_of(caller.call("GET", f"{ORDERS}/{order['orderId']}/shipping_fulfillment/T9")) == (404, 32110)


def test_body_must_be_json(caller):
    order = make_order(caller)
    path = f"{ORDERS}/{order['orderId']}/shipping_fulfillment"
    assert caller.call("POST", path, body=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert error_of(caller.call("POST", path, body=b"{", headers={"Content-Type": "application/json"})) == (400, 32600)


def test_shipping_elsewhere_is_seen(caller):
    order = make_order(caller, "multi_qty", lines=(2, 2))
    ship(caller, order, [(order["lineItems"][0]["lineItemId"], 1)])
    assert (
        caller.control(ship_elsewhere={"orderId": order["orderId"], "tracking": "E1"})["ship_elsewhere"] == "FULFILLED"
    )
    own, elsewhere = fulfillments(caller, order)["fulfillments"]
    assert elsewhere["fulfillmentId"] == "E1"
    assert elsewhere["lineItems"][0]["quantity"] == order["lineItems"][0]["quantity"] - own["lineItems"][0]["quantity"]
    assert len(caller.ledger("shipment_confirmed")) == 1
