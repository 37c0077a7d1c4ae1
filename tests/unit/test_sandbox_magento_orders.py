"""Orders of the Magento stand-in: generated ones, what may be done to them, and what the shop does by itself."""

import pytest

from sandbox.caller import Caller
from sandbox.disk import Disk
from sandbox.magento.caller import MagentoCaller
from sandbox.magento.generator import KINDS, Wish, generate_order
from sandbox.magento.stores import DECIMALS
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox_calls import MOMENT


@pytest.fixture
def caller():
    caller = MagentoCaller(moment=MOMENT)
    caller.control(reset="empty")
    return caller


def generate(caller, kind="standard", count=1, **wish):
    return caller.control(generate={"count": count, "kind": kind, "seed": 4, **wish})["generate"]


def read(caller, entity_id):
    return caller.call("GET", f"/V1/orders/{entity_id}").json


def counted(order):
    """Return the lines that make the subtotal: all but bundles whose parts carry the prices."""
    parents = {item["parent_item_id"] for item in order["items"] if "parent_item_id" in item and item["price"]}
    return [item for item in order["items"] if item["item_id"] not in parents]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("prefix", ["", "base_"])
def test_amounts_add_up(caller, kind, prefix):
    for entity_id in generate(caller, kind, count=10):
        order = read(caller, entity_id)
        lines = counted(order)

        def total(name, lines=lines):
            return sum(line[prefix + name] for line in lines)

        def own(name, order=order):
            return order[prefix + name]

        assert total("row_total") == pytest.approx(own("subtotal"), abs=1e-6)
        assert total("row_total_incl_tax") == pytest.approx(own("subtotal_incl_tax"), abs=1e-6)
        assert total("discount_tax_compensation_amount") == pytest.approx(
            own("discount_tax_compensation_amount"), abs=1e-6
        )
        assert -total("discount_amount") - own("shipping_discount_amount") == pytest.approx(
            own("discount_amount"), abs=1e-6
        )
        assert own("shipping_incl_tax") == pytest.approx(own("shipping_amount") + own("shipping_tax_amount"))
        if kind != "rounding":
            assert total("tax_amount") + own("shipping_tax_amount") == pytest.approx(own("tax_amount"), abs=1e-6)
        cards = order["extension_attributes"].get(f"{prefix}gift_cards_amount", 0)
        grand = (
            own("subtotal") + own("discount_amount") + own("tax_amount") + own("shipping_amount")
            + own("discount_tax_compensation_amount") - cards
        )  # fmt: skip
        assert own("grand_total") == pytest.approx(grand, abs=1e-6)
        assert order.get(f"{prefix}total_paid", 0) + own("total_due") == pytest.approx(own("grand_total"), abs=1e-6)


@pytest.mark.parametrize("kind", KINDS)
def test_amounts_have_the_decimals_of_their_currency(caller, kind):
    for entity_id in generate(caller, kind, count=3):
        order = read(caller, entity_id)
        decimals = DECIMALS.get(order["order_currency_code"], 2)
        for name in ("grand_total", "subtotal", "tax_amount", "shipping_amount", "discount_amount"):
            assert round(order[name], decimals) == order[name]


def test_each_kind_shows_what_it_is_for(caller):
    by_kind = {kind: read(caller, generate(caller, kind)[0]) for kind in KINDS}
    assert by_kind["discount"]["discount_amount"] < 0
    assert by_kind["discount"]["coupon_code"].startswith("SAVE")
    assert by_kind["gift_card"]["extension_attributes"]["gift_cards"][0]["amount"] > 0
    assert by_kind["coupon_on_gross"]["discount_tax_compensation_amount"] > 0
    assert by_kind["guest"]["customer_is_guest"] == 1 and "customer_id" not in by_kind["guest"]
    assert by_kind["multi_currency"]["base_grand_total"] != by_kind["multi_currency"]["grand_total"]
    assert (by_kind["kwd"]["order_currency_code"], by_kind["jpy"]["order_currency_code"]) == ("KWD", "JPY")
    rounding = by_kind["rounding"]
    assert sum(line["tax_amount"] for line in rounding["items"]) != pytest.approx(rounding["tax_amount"], abs=1e-6)
    assert by_kind["virtual"]["is_virtual"] == 1
    assert "shipping_assignments" not in by_kind["virtual"]["extension_attributes"]
    states = {kind: (order["state"], order["status"]) for kind, order in by_kind.items()}
    assert states["standard"] == states["authorized"] == ("processing", "processing")
    assert states["unpaid"] == ("pending_payment", "pending_payment")
    assert states["holded"] == ("holded", "holded")
    assert states["fraud"] == ("payment_review", "fraud")
    assert states["cod"] == ("new", "pending")
    assert states["cancelled"] == ("canceled", "canceled")


def test_gross_prices_are_round_and_net_prices_are_round(caller):
    gross = read(caller, generate(caller, "tax_included", store="de")[0])
    assert all(str(item["price_incl_tax"]).endswith(".99") or item["price_incl_tax"] % 1 for item in gross["items"])
    net = read(caller, generate(caller, "tax_excluded", store="de")[0])
    assert all(item["row_total"] == pytest.approx(item["price"] * item["qty_ordered"]) for item in net["items"])


@pytest.mark.parametrize("kind", ["configurable", "bundle_fixed", "bundle_dynamic"])
def test_parts_point_to_their_parents(caller, kind):
    order = read(caller, generate(caller, kind, lines=[1, 1])[0])
    parent, *parts = order["items"]
    assert "parent_item_id" not in parent
    assert all(
        part["parent_item_id"] == parent["item_id"] and part["parent_item"]["sku"] == parent["sku"] for part in parts
    )
    assert any(part["price"] for part in parts) == (kind == "bundle_dynamic")
    if kind == "configurable":
        assert parts[0]["sku"] == parent["sku"]
    assignment = order["extension_attributes"]["shipping_assignments"][0]
    assert assignment["items"] == order["items"]


def test_same_seed_gives_the_same_orders():
    from datetime import datetime, timezone

    at = datetime(2026, 11, 23, 5, tzinfo=timezone.utc)
    assert generate_order(3, 0, at) == generate_order(3, 0, at)
    assert generate_order(3, 0, at) != generate_order(3, 1, at)
    assert generate_order(3, 0, at, Wish(store_code="kw"))[0]["order_currency_code"] == "KWD"


def test_times_and_numbers(caller):
    ids = generate(caller, count=3, age_seconds=60, store="de")
    orders = [read(caller, entity_id) for entity_id in ids]
    assert [order["updated_at"] for order in orders] == [f"2026-11-23 04:58:5{n}" for n in (8, 9)] + [
        "2026-11-23 04:59:00"
    ]
    assert [order["increment_id"] for order in orders] == ["2000000001", "2000000002", "2000000003"]
    same = [read(caller, entity_id)["updated_at"] for entity_id in generate(caller, count=3, same_update_time=True)]
    assert len(set(same)) == 1


def test_comment_moves_the_time_and_may_set_a_status_of_the_shop(caller):
    [entity_id] = generate(caller)
    caller.control(add_status={"status": "oms_received", "state": "processing"}, clock_offset=10)
    history = {
        "comment": "In the warehouse",
        "isCustomerNotified": 0,
        "is_visible_on_front": 0,
        "status": "oms_received",
    }
    assert caller.call("POST", f"/V1/orders/{entity_id}/comments", body={"statusHistory": history}).json is True
    order = read(caller, entity_id)
    assert (order["state"], order["status"]) == ("processing", "oms_received")
    assert order["updated_at"] == "2026-11-23 05:00:10"
    assert order["status_histories"][0]["comment"] == "In the warehouse"
    history["status"] = "complete"
    response = caller.call("POST", f"/V1/orders/{entity_id}/comments", body={"statusHistory": history})
    assert response.status_code == 400
    assert len(caller.ledger("comment_added")) == 1


def test_hold_and_release(caller):
    [entity_id] = generate(caller)
    assert caller.call("POST", f"/V1/orders/{entity_id}/unhold").status_code == 400
    assert caller.call("POST", f"/V1/orders/{entity_id}/hold").json is True
    assert caller.call("POST", f"/V1/orders/{entity_id}/hold").status_code == 400
    assert caller.call("POST", f"/V1/orders/{entity_id}/cancel").json is False
    assert caller.call("POST", f"/V1/orders/{entity_id}/unhold").json is True
    assert read(caller, entity_id)["state"] == "processing"


@pytest.mark.parametrize(
    ("kind", "can_be"), [("cod", True), ("unpaid", True), ("authorized", True), ("standard", False)]
)
def test_cancelling_answers_false_where_it_is_too_late(caller, kind, can_be):
    [entity_id] = generate(caller, kind)
    response = caller.call("POST", f"/V1/orders/{entity_id}/cancel")
    assert (response.status_code, response.json) == (200, can_be)
    assert (read(caller, entity_id)["state"] == "canceled") == can_be
    assert len(caller.ledger("order_cancelled")) == int(can_be)
    if can_be:
        assert caller.call("POST", f"/V1/orders/{entity_id}/cancel").json is False


def test_shipped_order_is_not_cancelled(caller):
    [entity_id] = generate(caller, "cod")
    caller.control(ship_elsewhere={"entity_id": entity_id})
    assert caller.call("POST", f"/V1/orders/{entity_id}/cancel").json is False


def test_edited_order_gets_a_new_number(caller):
    [entity_id] = generate(caller, "cod", lines=[2, 2], store="de")
    old = read(caller, entity_id)
    first = old["items"][0]
    new_id = caller.control(edit_order={"entity_id": entity_id, "items": {str(first["item_id"]): 4}})["edit_order"]
    old, new = read(caller, entity_id), read(caller, new_id)
    assert (old["state"], old["relation_child_real_id"]) == ("canceled", new["increment_id"])
    assert (new["increment_id"], new["edit_increment"]) == (f"{old['increment_id']}-1", 1)
    assert (new["relation_parent_id"], new["original_increment_id"]) == (str(entity_id), old["increment_id"])
    assert [item["qty_ordered"] for item in new["items"]][0] == 4
    assert sum(item["row_total"] for item in new["items"]) == pytest.approx(new["subtotal"], abs=1e-6)
    assert set(caller.state()["reserved"]) == {str(new_id)}
    again = caller.control(edit_order={"entity_id": new_id})["edit_order"]
    assert read(caller, again)["increment_id"] == f"{old['increment_id']}-2"


@pytest.mark.parametrize("kind", ["unpaid", "fraud", "cod"])
def test_payment_comes_in(caller, kind):
    [entity_id] = generate(caller, kind)
    caller.control(pay_order=entity_id, clock_offset=5)
    order = read(caller, entity_id)
    assert (order["state"], order["total_paid"]) == ("processing", order["grand_total"])
    assert len(caller.state()["invoices"]) == 1
    with pytest.raises(ValueError, match="nothing is left"):
        caller.control(pay_order=entity_id)


def test_broken_orders_are_served_as_they_are(caller):
    broken = [
        {"increment_id": "1", "items": "none"},
        {"items": [None, {"sku": 5}]},
        {"items": [{"qty_ordered": "x"}], "state": "new"},
    ]
    ids = caller.control(add_orders=broken)["add_orders"]
    assert [read(caller, entity_id)["items"] for entity_id in ids] == [
        "none",
        [None, {"sku": 5}],
        [{"qty_ordered": "x"}],
    ]
    assert caller.call("GET", "/V1/orders", {"searchCriteria": ""}).json["total_count"] == 3


def test_buyers_can_be_hidden(caller):
    [entity_id] = generate(caller)
    caller.control(pii=False)
    order = read(caller, entity_id)
    assert "billing_address" not in order and "shipping_assignments" not in order["extension_attributes"]


def test_unknown_paths_and_wishes(caller):
    assert caller.call("GET", "/V1/nothing").status_code == 404
    assert caller.call("DELETE", "/V1/orders/1").status_code == 404
    assert caller.call("GET", "/V1/orders/x").status_code == 404
    assert caller.call("GET", "/V1/orders", {"searchCriteria": ""}, store="nowhere").status_code == 404
    with pytest.raises(ValueError, match="kinds"):
        caller.control(generate={"count": 1, "kind": "none"})
    with pytest.raises(ValueError, match="Not all of your products"):
        caller.control(add_orders=[{"entity_id": 9, "state": "processing", "status": "processing", "items": [
            {"item_id": 1, "sku": "OMS-0001", "product_type": "simple", "qty_ordered": 5000}]}],
            ship_elsewhere={"entity_id": 9})  # fmt: skip


def test_fault_after_the_effect_leaves_the_effect(caller):
    [entity_id] = generate(caller)
    fault = {"fault": "status", "status": 503, "when": "after", "match": {"operation": "PostV1OrderOrderIdShip"}}
    caller.control(faults=[fault])
    response = caller.call("POST", f"/V1/order/{entity_id}/ship", body={})
    assert (response.status_code, response.json["message"]) == (503, "Service Temporarily Unavailable")
    assert read(caller, entity_id)["state"] == "complete"


def test_rates_count_when_they_are_set(caller):
    caller.control(throttle=True, rates={"GetV1Orders": [0.001, 2]})
    statuses = [caller.call("GET", "/V1/orders", {"searchCriteria": ""}).status_code for _turn in range(3)]
    assert statuses == [200, 200, 429]
    assert caller.call("GET", "/V1/products/OMS-0001").status_code == 200


def test_everything_survives_a_restart(tmp_path):
    path = str(tmp_path / "state.jsonl")
    first = MagentoCaller(Sandbox(World(disk=Disk(path))))
    [entity_id] = first.control(generate={"count": 1, "kind": "standard"})["generate"]
    first.call("POST", f"/V1/order/{entity_id}/ship", body={"tracks": []}, oauth_nonce="used")
    first.control(drop_resource="Magento_Sales::hold")
    row = {"sku": "OMS-0001", "source_code": "default", "quantity": 7, "status": 1}
    first.control(bulk_delay_seconds=3600)
    first.call("POST", "/async/bulk/V1/inventory/source-items", body=[{"sourceItems": [row]}])
    before = first.state()
    again = MagentoCaller(Sandbox(World(disk=Disk(path))))
    assert again.state() == before
    assert again.call("GET", "/V1/orders", {"searchCriteria": ""}, oauth_nonce="used").status_code == 401
    again._nonces = iter(f"r{n}" for n in range(99))
    assert again.call("POST", f"/V1/orders/{entity_id}/hold").status_code == 401
    [next_id] = again.control(generate={"count": 1})["generate"]
    assert next_id == entity_id + 1
    again.control(bulk_delay_seconds=0)
    assert again.state()["quantities"]["OMS-0001"]["default"] == 7


def test_shop_keeps_selling_what_is_there():
    sandbox = Sandbox()
    magento = sandbox.channels["magento"]
    magento.fill_backlog(3)
    assert len(magento.shop().orders) == 8 + 3
    assert magento.sell_one() is not None
    for row in list(magento.shop().source_items.values()):
        magento.shop().save_source_item(row["sku"], row["source_code"], 0)
    assert magento.sell_one() is None


def test_state_of_another_channels_seller_is_empty():
    caller = Caller()
    assert caller.send("GET", "/__state", {"seller": "A1OMSSANDBOX"}).json["magento"]["orders"] == {}
