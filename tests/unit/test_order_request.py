"""What programs ask for over the API is read strictly, and what is wrong is said in plain words."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.order_request import Flaw, digest, read_order, read_parts

LINE = {"sku": "A", "quantity": 2}
ORDER = {"customer": {"name": "Ann"}, "lines": [LINE]}


def test_a_small_order():
    order = read_order(ORDER)
    assert (order.lines[0].sku, order.lines[0].quantity, order.lines[0].price) == ("A", Decimal(2), None)


def test_what_xml_rpc_cannot_leave_out_is_left_out():
    asked = {"customer": {"name": "Ann", "email": False, "phone": None}, "lines": [LINE | {"price": False}]}
    assert read_order(asked) == read_order(ORDER)


@pytest.mark.parametrize("price", ["19.90", 19.9, Decimal("19.90")])
def test_a_price_is_what_it_says_to_the_cent(price):
    assert read_order(ORDER | {"lines": [LINE | {"price": price}]}).lines[0].price == Decimal("19.90")


@pytest.mark.parametrize(
    ("change", "where", "why"),
    [
        ({"lines": []}, "lines", "length"),
        ({"lines": [{"sku": "A"}]}, "lines[0]", "quantity is missing"),
        ({"lines": [{"sku": "A", "quantity": 0}]}, "lines[0].quantity", "> 0"),
        ({"lines": [{"sku": "A", "quantity": "many"}]}, "lines[0].quantity", "decimal"),
        ({"lines": [{"sku": "A", "quantity": float("nan")}]}, "lines[0].quantity", "decimal"),
        ({"lines": [{"sku": "A", "quantity": "NaN"}]}, "lines[0].quantity", "> 0"),
        ({"lines": [LINE | {"discount": 101}]}, "lines[0].discount", "at most 100"),
        ({"lines": [LINE | {"discount": -1}]}, "lines[0].discount", "number"),
        ({"shipping": "1e30"}, "shipping", "at most"),
        ({"lines": [{"quantity": 1}]}, "lines[0]", "one of them"),
        ({"lines": [LINE | {"product_id": 3}]}, "lines[0]", "one of them"),
        ({"lines": [LINE | {"qty": 3}]}, "lines[0]", "no field qty"),
        ({"lines": "A"}, "lines", "array"),
        ({"customer": {}}, "customer.name", "has a name"),
        ({"customer": {"name": "Ann", "country": "Germany"}}, "customer.country", "regex"),
        ({"currency": "euro"}, "currency", "regex"),
        ({"colour": "red"}, "order", "no field colour"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(change, where, why):
    with pytest.raises(Flaw) as flaw:
        read_order(ORDER | change)
    assert flaw.value.path == where
    assert why in flaw.value.reason


@pytest.mark.parametrize("asked", [None, "order", 7, [], {"customer": {"name": "Ann"}}])
def test_what_is_no_order_is_refused(asked):
    with pytest.raises(Flaw):
        read_order(asked)


def test_lines_are_named_one_way():
    assert read_parts(None) == ()
    assert read_parts([{"line_id": 3, "quantity": 1}])[0].line_id == 3
    for asked in ([{"quantity": 1}], [{"sku": "A", "line_id": 1, "quantity": 1}], "A", {"sku": "A"}, [{"sku": "A"}]):
        with pytest.raises(Flaw):
            read_parts(asked)
    with pytest.raises(Flaw) as flaw:
        read_parts([{"sku": "A", "quantity": -1}])
    assert flaw.value.path == "lines[0].quantity"


def test_the_digest_tells_orders_apart():
    same = {"lines": [{"quantity": "2", "sku": "A"}], "customer": {"name": "Ann"}}
    assert digest(read_order(ORDER)) == digest(read_order(same))
    assert digest(read_order(ORDER)) != digest(read_order(ORDER | {"note": "ring twice"}))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["customer", "lines", "ship_to", "tags", "currency", "note", "x"]), JSON) | JSON)
def test_whatever_comes_is_read_or_refused(asked):
    try:
        read_order(asked)
    except Flaw as flaw:
        assert flaw.path and flaw.reason
