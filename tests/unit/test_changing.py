"""What a channel changed on an order we have, and who decides."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.changing import Held, HeldLine, charge_sums, find_edits, keep_known, plan_changes
from orders import line, money, order

TWO = (line("1", "A", "2", "20.00"), line("2", "B", "1", "5.00"))


def held(data, stage="confirmed", **lines):
    """Return what we hold after taking ``data`` over; ``lines`` replace values of ``HeldLine`` by line id (``l1``)."""
    rows = []
    for row in data.lines:
        values = {"external_id": row.external_id, "quantity": row.quantity, "slack": Decimal("0.01")}
        values["amount"] = row.amount.amount if row.amount else None
        rows.append(HeldLine(**{**values, **lines.get(f"l{row.external_id}", {})}))
    return Held(
        stage=stage,
        lines=tuple(rows),
        charges=charge_sums(data),
        currency=data.currency,
        address=data.ship_to,
        service_level=data.service_level,
        ship_by_at=data.ship_by_at,
    )


def short(changes):
    return [(change.kind, change.key, change.old, change.new, change.rule, change.why) for change in changes]


BEFORE = order(lines=TWO, total=money("25.00"))


@pytest.mark.parametrize("stage", ["draft", "confirmed", "picking", "shipped"])
def test_the_same_word_is_no_change(stage):
    assert plan_changes(BEFORE, BEFORE, held(BEFORE, stage)) == ()


def test_before_picking_every_kind_is_taken_over():
    lines = (line("1", "A", "3", "30.00"), line("3", "C", "1", "7.00"))
    shipping = dto.Charge(kind="shipping", amount=money("4.00"))
    to = dto.Address(name="Ann", street="2 Road", city="Bonn", country="DE")
    theirs = order(lines=lines, total=money("41.00"), charges=(shipping,), ship_to=to, service_level="express")
    assert short(plan_changes(BEFORE, theirs, held(BEFORE))) == [
        ("quantity_up", "1", "2", "3", "apply", None),
        ("line_added", "3", None, "1", "apply", None),
        ("line_cancelled", "2", "1", "0", "apply", None),
        ("charge", "shipping", "0 EUR", "4.00 EUR", "apply", None),
        ("address", "", "1 Road", "2 Road", "apply", None),
        ("delivery", "service_level", None, "express", "apply", None),
    ]


def test_lines_are_matched_by_their_id_and_never_by_sku():
    before = order(lines=(line("1", "A", "1", "10.00"), line("2", "A", "2", "20.00")))
    theirs = order(lines=(line("2", "A", "1", "10.00"), line("1", "A", "1", "10.00")))
    assert [(each.kind, each.key) for each in plan_changes(before, theirs, held(before))] == [("quantity_down", "2")]


@pytest.mark.parametrize(
    ("quantity", "mine", "stage", "rule"),
    [
        ("1", {"picked": Decimal(1)}, "picking", ("apply", None)),
        ("1", {"picked": Decimal(2)}, "picking", ("ask", "picked")),
        ("1", {"shipped": Decimal(2)}, "picking", ("ask", "shipped")),
        ("0", {}, "picking", ("apply", None)),
        ("1", {"shipped": Decimal(2)}, "shipped", ("ask", "shipped")),
        ("3", {}, "picking", ("ask", "picked")),
        ("3", {"shipped": Decimal(2)}, "shipped", ("ask", "shipped")),
        ("1", {"quantity": Decimal(5)}, "confirmed", ("ask", "edited")),
    ],
)
def test_once_picking_began_a_quantity_needs_a_person_where_its_goods_are_in_hand(quantity, mine, stage, rule):
    theirs = order(lines=(replace(TWO[0], quantity=Decimal(quantity)), TWO[1]), total=money("25.00"))
    [change] = plan_changes(BEFORE, theirs, held(BEFORE, stage, l1=mine))
    assert (change.rule, change.why) == rule


@pytest.mark.parametrize(
    ("quantity", "mine", "rule"),
    [
        ("1", {"shipped": Decimal(1), "later": Decimal(1)}, ("apply", None)),
        ("1", {"shipped": Decimal(1), "picked": Decimal(1)}, ("ask", "picked")),
        ("0", {"shipped": Decimal(1), "later": Decimal(1)}, ("ask", "shipped")),
        ("0", {"later": Decimal(2)}, ("apply", None)),
        ("0", {}, ("ask", "shipped")),
    ],
)
def test_of_an_order_that_left_what_was_added_later_is_still_on_the_shelf(quantity, mine, rule):
    theirs = order(lines=(replace(TWO[0], quantity=Decimal(quantity)), TWO[1]), total=money("25.00"))
    [change] = plan_changes(BEFORE, theirs, held(BEFORE, "shipped", l1=mine))
    assert (change.rule, change.why) == rule


def test_a_line_that_is_gone_on_both_sides_and_a_total_that_is_equal_need_nobody():
    ours = replace(held(BEFORE, "picking"), total=Decimal("20.00"))
    ours = replace(ours, lines=ours.lines[:1])
    for lines in (TWO[:1], (TWO[0], line("2", "B", "0", "0.00"))):
        theirs = order(lines=lines, total=money("20.00"))
        assert [(each.kind, each.rule) for each in plan_changes(BEFORE, theirs, ours)] == [("total", "apply")]


def test_what_somebody_changed_here_to_the_same_is_no_change():
    theirs = order(lines=(replace(TWO[0], quantity=Decimal(5)), TWO[1]), total=money("25.00"))
    assert plan_changes(BEFORE, theirs, held(BEFORE, l1={"quantity": Decimal(5)})) == ()


def test_a_hand_edit_the_channel_does_not_touch_stays():
    theirs = order(lines=TWO, total=money("25.00"), service_level="express")
    ours = held(BEFORE, l1={"quantity": Decimal(5)})
    assert [each.kind for each in plan_changes(BEFORE, theirs, ours)] == ["delivery"]
    assert find_edits(BEFORE, ours) == {"1"}


def test_a_price_changed_here_is_an_edit_and_its_rounding_is_none():
    assert find_edits(BEFORE, held(BEFORE, l1={"amount": Decimal("20.01")})) == frozenset()
    ours = held(BEFORE, l1={"amount": Decimal("18.00")})
    assert find_edits(BEFORE, ours) == {"1"}
    theirs = order(lines=(line("1", "A", "2", "22.00"), TWO[1]), total=money("27.00"))
    assert short(plan_changes(BEFORE, theirs, ours)) == [("amount", "1", "20.00 EUR", "22.00 EUR", "ask", "edited")]


def test_all_that_makes_the_total_is_decided_together():
    shipping = dto.Charge(kind="shipping", amount=money("4.00"))
    lines = (line("1", "A", "1", "10.00"), line("2", "B", "0", "0.00"))
    theirs = order(lines=lines, charges=(shipping,), total=money("14.00"))
    changes = plan_changes(BEFORE, theirs, held(BEFORE, "picking", l1={"picked": Decimal(2)}))
    assert [(each.kind, each.rule, each.why) for each in changes] == [
        ("quantity_down", "ask", "picked"),
        ("line_cancelled", "ask", "together"),
        ("charge", "ask", "picked"),
    ]


def test_a_currency_is_never_taken_over_nor_are_its_amounts():
    theirs = order(lines=(line("1", "A", "3", "30.00"), TWO[1]), currency="USD", total=money("35.00", "USD"))
    assert [(each.kind, each.rule, each.why) for each in plan_changes(BEFORE, theirs, held(BEFORE))] == [
        ("quantity_up", "ask", "currency"),
        ("currency", "ask", "currency"),
    ]


def test_a_total_alone_is_a_change():
    theirs = order(lines=TWO, total=money("24.00"))
    assert short(plan_changes(BEFORE, theirs, held(BEFORE))) == [("total", "", "25.00 EUR", "24.00 EUR", "apply", None)]


def test_an_address_changed_on_both_sides_is_asked():
    ours = replace(held(BEFORE), address=dto.Address(name="Ann", street="9 Lane", city="Bonn", country="DE"))
    theirs = replace(BEFORE, ship_to=dto.Address(name="Ann", street="2 Road", city="Bonn", country="DE"))
    assert [(each.kind, each.why) for each in plan_changes(BEFORE, theirs, ours)] == [("address", "edited")]


@pytest.mark.parametrize(("stage", "why"), [("picking", "picked"), ("shipped", "shipped")])
def test_an_address_changed_after_picking_is_asked(stage, why):
    theirs = replace(BEFORE, ship_to=dto.Address(name="Ann", street="2 Road", city="Bonn", country="DE"))
    assert [(each.kind, each.why) for each in plan_changes(BEFORE, theirs, held(BEFORE, stage))] == [("address", why)]


def test_what_vanishes_is_kept():
    full = order(
        lines=(line("1", "A", "2", "20.00", gift_message="Hi"),),
        buyer=dto.Buyer(name="Ann", email="ann@example.com"),
        service_level="express",
    )
    bare = order(lines=(line("1", None, "2", None),), buyer=dto.Buyer(), ship_to=None, total=None, currency=None)
    assert keep_known(full, bare) == full


def test_a_new_street_does_not_inherit_the_flat_number():
    before = order(ship_to=dto.Address(name="Ann", street="1 Road", street2="Flat 4", city="Bonn", phone="1"))
    theirs = order(ship_to=dto.Address(street="2 Road", city="Bonn"))
    assert keep_known(before, theirs).ship_to == dto.Address(name="Ann", street="2 Road", city="Bonn", phone="1")


def test_a_hidden_street_is_no_new_address():
    assert keep_known(BEFORE, replace(BEFORE, ship_to=dto.Address(city="Bonn"))).ship_to == BEFORE.ship_to


lines = st.lists(
    st.builds(
        lambda number, quantity, cents: line(str(number), "ABC"[number % 3], str(quantity), f"{cents / 100:.2f}"),
        st.integers(1, 5),
        st.integers(0, 4),
        st.integers(0, 2000),
    ),
    min_size=1,
    max_size=4,
    unique_by=lambda each: each.external_id,
)


@given(lines, lines)
def test_before_picking_nobody_is_asked_and_taken_over_nothing_is_left(old, new):
    before, theirs = order(lines=tuple(old)), order(lines=tuple(new))
    changes = plan_changes(before, theirs, held(before))
    assert {change.rule for change in changes} <= {"apply"}
    assert plan_changes(theirs, theirs, held(theirs)) == ()
    touched = {change.key for change in changes}
    known = {each.external_id: each for each in old}
    for each in new:
        mine = known.get(each.external_id)
        if mine is not None and (mine.quantity, mine.amount, mine.sku) != (each.quantity, each.amount, each.sku):
            is_cent = mine.quantity == each.quantity and abs(mine.amount.amount - each.amount.amount) <= Decimal("0.01")
            assert each.external_id in touched or is_cent


@given(lines)
def test_what_we_hold_is_never_filled_with_what_vanished(rows):
    data = order(lines=tuple(rows))
    bare = replace(data, ship_to=None, lines=tuple(replace(each, amount=None, sku=None) for each in rows))
    assert plan_changes(data, keep_known(data, bare), held(data)) == ()
