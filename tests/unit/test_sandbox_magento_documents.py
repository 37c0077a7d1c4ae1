"""Shipments, invoices and credit memos of the Magento stand-in: what is allowed, what it does to the order."""

import pytest

from sandbox.magento.caller import MagentoCaller
from tests.sandbox_calls import MOMENT

TRACK = {"track_number": "1Z999", "title": "UPS", "carrier_code": "ups"}


@pytest.fixture
def caller():
    caller = MagentoCaller(moment=MOMENT)
    caller.control(reset="empty")
    return caller


def generate(caller, kind="standard", **wish):
    [entity_id] = caller.control(generate={"count": 1, "kind": kind, "seed": 4, **wish})["generate"]
    for item in read(caller, entity_id)["items"]:
        caller.control(set_quantity={"sku": item["sku"], "quantity": 1000})
    return entity_id


def read(caller, entity_id):
    return caller.call("GET", f"/V1/orders/{entity_id}").json


def post(caller, path, body=None):
    return caller.call("POST", f"/V1/{path}", body=body or {})


def top(order):
    return [item for item in order["items"] if "parent_item_id" not in item]


def invoices(caller, entity_id):
    return [i for i in caller.state()["invoices"].values() if i["order_id"] == entity_id]


def online(caller):
    """Return the id of an order that was paid through the shop, and its invoice."""
    for seed in range(20):
        [entity_id] = caller.control(generate={"count": 1, "kind": "shipping_tax", "seed": seed})["generate"]
        order = read(caller, entity_id)
        if order["payment"]["method"] == "braintree" and order["shipping_amount"] and len(top(order)) > 1:
            return entity_id, invoices(caller, entity_id)[0]
    raise AssertionError("no online order with shipping in twenty")


def test_full_shipment_completes_a_paid_order(caller):
    entity_id = generate(caller)
    response = post(caller, f"order/{entity_id}/ship", {"notify": True, "tracks": [TRACK]})
    assert response.status_code == 200
    order = read(caller, entity_id)
    assert (order["state"], order["status"]) == ("complete", "complete")
    assert all(item["qty_shipped"] == item["qty_ordered"] for item in top(order))
    shipment = caller.call("GET", f"/V1/shipment/{response.json}").json
    assert [track["track_number"] for track in shipment["tracks"]] == ["1Z999"]
    [entry] = caller.ledger("shipment_created")
    assert (entry["key"], entry["body"]["tracks"], entry["body"]["notify"]) == (str(entity_id), ["1Z999"], True)


def test_second_shipment_is_refused(caller):
    entity_id = generate(caller)
    post(caller, f"order/{entity_id}/ship")
    response = post(caller, f"order/{entity_id}/ship")
    assert response.status_code == 400
    assert response.json["message"].startswith("Shipment Document Validation Error(s):\nThe order does not allow")
    assert len(caller.state()["shipments"]) == 1
    assert len(caller.ledger("shipment_created")) == 1


def test_partial_shipments_and_what_is_too_much(caller):
    entity_id = generate(caller, lines=[2, 2])
    first, second = top(read(caller, entity_id))
    body = {"items": [{"order_item_id": first["item_id"], "qty": first["qty_ordered"] + 1}]}
    response = post(caller, f"order/{entity_id}/ship", body)
    assert "must not be greater than the unshipped quantity" in response.json["message"]
    body = {"items": [{"order_item_id": first["item_id"], "qty": first["qty_ordered"]}]}
    assert post(caller, f"order/{entity_id}/ship", body).status_code == 200
    assert read(caller, entity_id)["state"] == "processing"
    body = {"items": [{"order_item_id": second["item_id"], "qty": second["qty_ordered"]}]}
    assert post(caller, f"order/{entity_id}/ship", body).status_code == 200
    assert read(caller, entity_id)["state"] == "complete"


@pytest.mark.parametrize(
    "body",
    [
        {"items": [{"order_item_id": 999, "qty": 1}]},
        {"items": [{"order_item_id": 1, "qty": 0}]},
        {"items": [{"order_item_id": 1, "qty": -1}]},
        {"items": [{"order_item_id": 1, "qty": "two"}]},
        {"items": [{"qty": 1}]},
        {"items": {"order_item_id": 1}},
        {"tracks": [{"title": "UPS", "carrier_code": "ups"}]},
        {"tracks": [{**TRACK, "track_number": ""}]},
        {"arguments": {"extension_attributes": {"unknown": 1}}},
        [],
    ],
)
def test_bad_shipments_have_no_effect(caller, body):
    entity_id = generate(caller)
    response = caller.call("POST", f"/V1/order/{entity_id}/ship", body=body)
    assert response.status_code == 400, response.text
    assert caller.state()["shipments"] == {}


@pytest.mark.parametrize("kind", ["holded", "fraud", "cancelled", "virtual"])
def test_orders_that_cannot_be_shipped(caller, kind):
    entity_id = generate(caller, kind)
    response = post(caller, f"order/{entity_id}/ship")
    assert "A shipment cannot be created when an order has a status of" in response.json["message"]


def test_shipped_first_and_invoiced_later(caller):
    entity_id = generate(caller, "cod")
    post(caller, f"order/{entity_id}/ship")
    assert read(caller, entity_id)["state"] == "processing"
    assert post(caller, f"order/{entity_id}/invoice").status_code == 200
    order = read(caller, entity_id)
    assert (order["state"], order["total_due"], order["total_paid"]) == ("complete", 0, order["grand_total"])
    assert post(caller, f"order/{entity_id}/invoice").status_code == 400


@pytest.mark.parametrize("kind", ["configurable", "bundle_fixed", "bundle_dynamic"])
def test_composites_are_shipped_by_their_parents(caller, kind):
    entity_id = generate(caller, kind, lines=[1, 1])
    [parent] = top(read(caller, entity_id))
    children = [item for item in read(caller, entity_id)["items"] if item.get("parent_item_id") == parent["item_id"]]
    before = caller.state()["quantities"]
    only_child = {"items": [{"order_item_id": children[0]["item_id"], "qty": 1}]}
    assert post(caller, f"order/{entity_id}/ship", only_child).status_code == 400
    body = {"items": [{"order_item_id": parent["item_id"], "qty": parent["qty_ordered"]}]}
    assert post(caller, f"order/{entity_id}/ship", body).status_code == 200
    assert read(caller, entity_id)["state"] == "complete"
    after = caller.state()["quantities"]
    for child in children:
        assert before[child["sku"]]["default"] - after[child["sku"]]["default"] == child["qty_ordered"]
    assert caller.state()["reserved"] == {}


def test_track_may_follow(caller):
    entity_id = generate(caller)
    shipment = post(caller, f"order/{entity_id}/ship").json
    caller.control(clock_offset=30)
    body = {"entity": {**TRACK, "order_id": entity_id, "parent_id": shipment, "weight": 0, "qty": 1, "description": ""}}
    assert post(caller, "shipment/track", body).json["track_number"] == "1Z999"
    assert read(caller, entity_id)["updated_at"] == "2026-11-23 05:00:30"
    assert caller.ledger("track_added")[0]["key"] == str(entity_id)
    body["entity"]["parent_id"] = 999
    assert post(caller, "shipment/track", body).status_code == 404


def test_partial_invoices_add_up_to_the_order(caller):
    entity_id = generate(caller, "authorized", lines=[3, 3], store="de")
    order = read(caller, entity_id)
    for item in top(order):
        for _piece in range(item["qty_ordered"]):
            body = {"capture": True, "items": [{"order_item_id": item["item_id"], "qty": 1}]}
            assert post(caller, f"order/{entity_id}/invoice", body).status_code == 200
    made = invoices(caller, entity_id)
    for name in ("grand_total", "base_grand_total", "subtotal", "tax_amount", "shipping_amount", "discount_amount"):
        assert sum(invoice[name] for invoice in made) == pytest.approx(order[name], abs=1e-6), name
    after = read(caller, entity_id)
    assert after["total_paid"] == pytest.approx(order["grand_total"], abs=1e-6)
    assert after["total_due"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("kind", ["gift_card", "rounding", "bundle_dynamic", "coupon_on_gross", "kwd", "jpy"])
def test_invoice_and_credit_memo_of_everything_are_the_order(caller, kind):
    entity_id = generate(caller, kind)
    order = read(caller, entity_id)
    [invoice] = invoices(caller, entity_id)
    assert invoice["grand_total"] == order["grand_total"]
    caller.control(refund_elsewhere={"entity_id": entity_id})
    [memo] = caller.state()["creditmemos"].values()
    assert memo["tax_amount"] == order["tax_amount"]
    assert memo["grand_total"] == order["grand_total"]
    assert read(caller, entity_id)["state"] == "closed"
    assert caller.state()["reserved"] == {}


def test_gift_cards_pay_first_and_get_back_first(caller):
    entity_id = generate(caller, "gift_card")
    order = read(caller, entity_id)
    cards = order["extension_attributes"]["gift_cards_amount"]
    nothing = {"entity_id": entity_id, "items": {}, "shipping_amount": 0, "adjustment_positive": 2}
    caller.control(refund_elsewhere=nothing)
    [memo] = caller.state()["creditmemos"].values()
    assert (memo["grand_total"], memo["extension_attributes"]["gift_cards_amount"]) == (0, 2)
    assert read(caller, entity_id)["extension_attributes"]["gift_cards_invoiced"] == cards


def test_online_refund_goes_through_the_invoice(caller):
    entity_id, invoice = online(caller)
    assert post(caller, f"order/{entity_id}/refund").status_code == 400
    item = top(read(caller, entity_id))[0]
    body = {
        "is_online": True,
        "items": [{"order_item_id": item["item_id"], "qty": 1}],
        "arguments": {"shipping_amount": 0},
    }
    memo_id = post(caller, f"invoice/{invoice['entity_id']}/refund", body).json
    memo = caller.call("GET", f"/V1/creditmemo/{memo_id}").json
    assert memo["transaction_id"].startswith(invoice["transaction_id"])
    assert (memo["shipping_amount"], memo["subtotal"]) == (
        0,
        pytest.approx(item["row_total"] / item["qty_ordered"], abs=0.01),
    )
    order = read(caller, entity_id)
    assert order["total_online_refunded"] == memo["grand_total"]
    assert order["items"][0]["qty_refunded"] == 1


def test_offline_refund_goes_through_the_order(caller):
    entity_id = generate(caller, "cod")
    assert post(caller, f"order/{entity_id}/refund").status_code == 400  # nothing has been paid yet
    post(caller, f"order/{entity_id}/invoice")
    [invoice] = invoices(caller, entity_id)
    response = post(caller, f"invoice/{invoice['entity_id']}/refund", {"isOnline": True})
    assert "We can't create creditmemo for the invoice." in response.json["message"]
    assert post(caller, f"order/{entity_id}/refund").status_code == 200
    order = read(caller, entity_id)
    assert (order["state"], order["total_offline_refunded"]) == ("closed", order["grand_total"])


def test_refund_of_money_alone(caller):
    entity_id, invoice = online(caller)
    item = top(read(caller, entity_id))[0]
    nothing = [{"order_item_id": item["item_id"], "qty": 0}]
    arguments = {"shipping_amount": 0, "adjustment_positive": 2.5, "adjustment_negative": 0}
    body = {"isOnline": True, "items": nothing, "arguments": arguments}
    memo_id = post(caller, f"invoice/{invoice['entity_id']}/refund", body).json
    memo = caller.call("GET", f"/V1/creditmemo/{memo_id}").json
    assert (memo["base_grand_total"], memo["base_adjustment"], memo["subtotal"]) == (2.5, 2.5, 0)


def test_refund_of_shipping_alone_takes_its_tax_along(caller):
    entity_id, invoice = online(caller)
    order = read(caller, entity_id)
    nothing = [{"order_item_id": top(order)[0]["item_id"], "qty": 0}]
    arguments = {"shipping_amount": order["base_shipping_amount"]}
    body = {"isOnline": True, "items": nothing, "arguments": arguments}
    memo_id = post(caller, f"invoice/{invoice['entity_id']}/refund", body).json
    memo = caller.call("GET", f"/V1/creditmemo/{memo_id}").json
    assert memo["grand_total"] == pytest.approx(order["shipping_incl_tax"])
    response = post(caller, f"invoice/{invoice['entity_id']}/refund", body)
    assert "Maximum shipping amount allowed to refund is: 0" in response.json["message"]


def test_more_money_than_was_paid_is_refused_and_nothing_moves(caller):
    entity_id, invoice = online(caller)
    before = read(caller, entity_id)
    body = {"isOnline": True, "arguments": {"adjustment_positive": 100000}}
    response = post(caller, f"invoice/{invoice['entity_id']}/refund", body)
    assert "The most money available to refund is" in response.json["message"]
    assert read(caller, entity_id) == before


@pytest.mark.parametrize(("is_returned", "back"), [(True, 1), (False, 0)])
def test_goods_go_back_on_the_shelf_only_when_asked(caller, is_returned, back):
    entity_id = generate(caller, "cod", lines=[1, 1])
    [item] = top(read(caller, entity_id))
    post(caller, f"order/{entity_id}/ship")
    post(caller, f"order/{entity_id}/invoice")
    returned = [item["item_id"]] if is_returned else []
    there = caller.state()["quantities"][item["sku"]]["default"]
    arguments = {"shipping_amount": 0, "extension_attributes": {"return_to_stock_items": returned}}
    body = {"items": [{"order_item_id": item["item_id"], "qty": 1}], "arguments": arguments}
    assert post(caller, f"order/{entity_id}/refund", body).status_code == 200
    assert caller.state()["quantities"][item["sku"]]["default"] - there == back


def test_refund_before_shipping_gives_the_reservation_back(caller):
    entity_id, invoice = online(caller)
    post(caller, f"invoice/{invoice['entity_id']}/refund", {"isOnline": True})
    assert read(caller, entity_id)["state"] == "closed"
    assert str(entity_id) not in caller.state()["reserved"]
    assert post(caller, f"order/{entity_id}/ship").status_code == 400


def test_refunded_piece_is_no_longer_reserved_and_the_rest_completes(caller):
    item = {"item_id": 1, "sku": "OMS-0001", "product_type": "simple", "qty_ordered": 3, "is_virtual": 0}
    [template] = caller.control(generate={"count": 1, "kind": "cod", "lines": [1, 1], "seed": 1})["generate"]
    order = read(caller, template)
    order |= {"entity_id": 70, "items": [{**order["items"][0], **item}], "extension_attributes": {}}
    caller.control(add_orders=[order])
    post(caller, "order/70/invoice")
    arguments = {"shipping_amount": 0, "extension_attributes": {"return_to_stock_items": [1]}}
    body = {"items": [{"order_item_id": 1, "qty": 1}], "arguments": arguments}
    before = caller.state()["quantities"]["OMS-0001"]["default"]
    assert post(caller, "order/70/refund", body).status_code == 200
    assert caller.state()["reserved"]["70"] == {"OMS-0001": 2}
    assert caller.state()["quantities"]["OMS-0001"]["default"] == before
    assert post(caller, "order/70/ship", {"items": [{"order_item_id": 1, "qty": 2}]}).status_code == 200
    assert "70" not in caller.state()["reserved"]
    assert read(caller, 70)["state"] == "complete"
    # What is refunded after it was shipped was not reserved any more.
    assert post(caller, "order/70/refund", body).status_code == 200
    assert caller.state()["quantities"]["OMS-0001"]["default"] == before - 1


@pytest.mark.parametrize(
    ("wish", "expected"),
    [({}, "all"), ({"items": {}, "adjustment_positive": 3, "shipping_amount": 0}, 3), ({"items": {}}, "shipping")],
)
def test_credit_memo_made_in_the_admin(caller, wish, expected):
    entity_id, _invoice = online(caller)
    order = read(caller, entity_id)
    caller.control(refund_elsewhere={"entity_id": entity_id, **wish})
    [memo] = caller.state()["creditmemos"].values()
    total = {"all": order["base_grand_total"], "shipping": order["base_shipping_incl_tax"]}.get(expected, expected)
    assert memo["base_grand_total"] == pytest.approx(total)
    assert caller.ledger("creditmemo_created") == []
    assert len(caller.ledger("creditmemo_created_elsewhere")) == 1
