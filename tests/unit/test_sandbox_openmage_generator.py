"""Generated orders of the OpenMage stand-in: their sums the way Magento makes them, their kinds, their sameness."""

from collections import Counter
from decimal import Decimal

import pytest

from sandbox.caller import Caller
from sandbox.openmage.generator import KINDS
from sandbox.openmage.php import serialize
from sandbox.openmage.pricing import Terms, price_line
from tests.sandbox_calls import MOMENT

CENT = Decimal("0.01")
PREFIXES = ("", "base_")


def generate(kind="mixed", count=30, **wish):
    """Return generated orders as they are stored."""
    caller = Caller(moment=MOMENT)
    caller.control(channel="openmage", generate={"count": count, "seed": 7, "kind": kind, **wish})
    return list(caller.send("GET", "/__state").json["openmage"]["orders"].values())


def number(record, name):
    return Decimal(record[name] or 0)


def counted(order):
    parents = {item["item_id"]: item for item in order["items"]}
    return [
        item
        for item in order["items"]
        if (
            parents[item["parent_item_id"]]["is_priced_by_children"]
            if item["parent_item_id"]
            else not item["is_priced_by_children"]
        )
    ]


@pytest.mark.parametrize("kind", KINDS)
def test_totals_add_up_in_both_currencies(kind):
    for order in generate(kind):
        for prefix in PREFIXES:
            parts = ("subtotal", "shipping_amount", "tax_amount", "discount_amount", "hidden_tax_amount")
            assert number(order, f"{prefix}grand_total") == sum(number(order, prefix + part) for part in parts)
            rows = counted(order)
            assert number(order, f"{prefix}subtotal") == sum(number(row, f"{prefix}row_total") for row in rows)
            assert -number(order, f"{prefix}discount_amount") == sum(
                number(row, f"{prefix}discount_amount") for row in rows
            )
            taxes = sum(number(row, f"{prefix}tax_amount") for row in rows)
            difference = number(order, f"{prefix}tax_amount") - taxes - number(order, f"{prefix}shipping_tax_amount")
            assert abs(difference) == (CENT if kind == "rounding" else 0)


@pytest.mark.parametrize(
    ("kind", "state", "status"),
    [
        ("standard", "processing", "processing"),
        ("unpaid", "pending_payment", "pending_payment"),
        ("cod", "new", "pending"),
        ("holded", "holded", "holded"),
        ("cancelled", "canceled", "canceled"),
    ],
)
def test_states_and_payments_of_the_kinds(kind, state, status):
    for order in generate(kind, count=5):
        assert (order["state"], order["status"]) == (state, status)
        paid = order["grand_total"] if state in ("processing", "holded") else None
        assert order["total_paid"] == paid
        assert (order["payment"]["method"] == "cashondelivery") == (kind == "cod")
        assert all(number(item, "qty_shipped") == 0 for item in order["items"])
        canceled = [number(item, "qty_canceled") for item in order["items"]]
        wanted = [number(item, "qty_ordered") if kind == "cancelled" else 0 for item in order["items"]]
        assert canceled == wanted


def test_tax_is_inside_the_price_or_on_top_of_it():
    for order in generate("tax_included", count=10):
        for item in order["items"]:
            assert number(item, "original_price") == number(item, "price_incl_tax") > number(item, "price")
            assert number(item, "row_total_incl_tax") == number(item, "price_incl_tax") * number(item, "qty_ordered")
    for order in generate("tax_excluded", count=10):
        for item in order["items"]:
            assert number(item, "original_price") == number(item, "price")
            assert number(item, "row_total") == number(item, "price") * number(item, "qty_ordered")


def test_discount_on_a_price_with_tax_leaves_hidden_tax():
    line = price_line(Decimal("119.00"), 1, Terms(Decimal(19), True, Decimal(10)))
    assert {name: str(line[name]) for name in ("row_total", "tax_amount", "discount_amount", "hidden_tax_amount")} == {
        "row_total": "100.00", "tax_amount": "17.10", "discount_amount": "11.90", "hidden_tax_amount": "1.90"
    }  # fmt: skip
    net = price_line(Decimal("100.00"), 1, Terms(Decimal(19), False, Decimal(10)))
    assert [str(net[name]) for name in ("tax_amount", "discount_amount", "hidden_tax_amount")] == [
        "17.10",
        "10.00",
        "0",
    ]
    for store, has_hidden in (("default", True), ("us", False)):
        orders = generate("discount", count=10, store=store)
        assert all(number(order, "discount_amount") < 0 and order["coupon_code"] for order in orders)
        assert {number(order, "hidden_tax_amount") > 0 for order in orders} == {has_hidden}


def test_configurable_has_the_price_and_its_variant_the_stock():
    for order in generate("configurable", count=10):
        parent, child = order["items"][:2]
        assert (parent["product_type"], child["product_type"]) == ("configurable", "simple")
        assert parent["sku"] == child["sku"]
        assert child["parent_item_id"] == parent["item_id"]
        assert number(parent, "row_total") > 0 == number(child, "row_total")
        assert f's:10:"simple_sku";s:8:"{child["sku"]}"' in parent["product_options"]


def test_bundles_are_priced_by_themselves_or_by_their_parts():
    seen = set()
    for order in generate("bundle", count=20):
        parent, *parts = [item for item in order["items"] if item["parent_item_id"] or item["product_type"] == "bundle"]
        seen.add(parent["is_priced_by_children"])
        sums = sum(number(part, "row_total") for part in parts)
        if parent["is_priced_by_children"]:
            assert number(parent, "row_total") == sums
            assert parent["sku"].startswith("OMS-SET-") and parent["sku"].endswith(parts[-1]["sku"])
        else:
            assert number(parent, "row_total") > 0 == sums
        assert all("bundle_selection_attributes" in part["product_options"] for part in parts)
    assert seen == {True, False}


def test_guests_and_foreign_currencies():
    for order in generate("guest", count=5):
        assert (order["customer_is_guest"], order["customer_id"], order["customer_firstname"]) == ("1", None, None)
        assert order["billing_firstname"] and order["customer_email"]
    for order in generate("multi_currency", count=10):
        assert order["order_currency_code"] != order["base_currency_code"]
        rate = number(order, "grand_total") / number(order, "base_grand_total")
        assert abs(rate - number(order, "base_to_order_rate")) < Decimal("0.01")


def without_times(orders):
    hidden = ("created_at", "updated_at")
    return [{name: value for name, value in order.items() if name not in hidden} for order in orders]


def test_same_seed_gives_the_same_orders():
    assert generate(count=40) == generate(count=40)
    later = Caller(moment=MOMENT + 5000)
    later.control(channel="openmage", generate={"count": 3, "seed": 7, "kind": "cod"})
    orders = list(later.send("GET", "/__state").json["openmage"]["orders"].values())
    assert [order["grand_total"] for order in orders] == [order["grand_total"] for order in generate("cod", count=3)]
    assert generate("cod", count=3, seed=8)[0]["customer_email"] != orders[0]["customer_email"]


def test_mixed_lot_has_every_kind():
    orders = generate(count=300)
    states = Counter(order["state"] for order in orders)
    assert {"processing", "new", "pending_payment", "holded", "canceled"} == set(states)
    assert states["processing"] > 200
    assert {order["store_id"] for order in orders} == {"1", "2", "3"}
    assert len({order["increment_id"] for order in orders}) == 300


def test_orders_are_spread_over_seconds_or_share_one():
    assert len({order["updated_at"] for order in generate(count=5)}) == 5
    assert {order["updated_at"] for order in generate(count=5, same_update_time=True)} == {"2026-11-23 04:57:30"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({}, "a:0:{}"),
        ({"ä": 1}, 'a:1:{s:2:"ä";i:1;}'),
        ({1: None, "b": {"c": "d"}}, 'a:2:{i:1;N;s:1:"b";a:1:{s:1:"c";s:1:"d";}}'),
    ],
)
def test_options_are_serialized_as_php_does(value, text):
    assert serialize(value) == text
