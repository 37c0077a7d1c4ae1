"""How a channel's order becomes one of ours."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.importing import Goods, plan_order, settle, stated_rate
from orders import line, money, order, snapshot

CENT = Decimal("0.01")


def reasons(plan):
    return [problem.reason for problem in plan.problems]


def test_a_right_order_has_no_problem_and_keeps_its_amounts():
    plan = plan_order(order(lines=(line(quantity="3", amount="29.97"),)), snapshot())
    assert reasons(plan) == []
    assert [(each.kind, each.product_id, each.quantity, each.amount) for each in plan.lines] == [
        ("goods", 7, Decimal(3), Decimal("29.97"))
    ]


def test_each_unknown_sku_is_named_once():
    plan = plan_order(order(lines=(line("1", "X"), line("2", "X"), line("3", "Y"), line("4", "A"))), snapshot())
    assert [(problem.reason, problem.cause) for problem in plan.problems] == [
        ("unmapped_sku", "X"),
        ("unmapped_sku", "Y"),
    ]


def test_a_line_without_sku_is_a_problem_too():
    assert [problem.cause for problem in plan_order(order(lines=(line(sku=None),)), snapshot()).problems] == [""]


def test_charges_of_all_lines_become_one_line_per_kind():
    shipping = dto.Charge(kind="shipping", amount=money("2.50"))
    discount = dto.Charge(kind="discount", amount=money("-1.00"), label="SPRING")
    lines = (line("1", charges=(shipping, discount)), line("2", charges=(shipping,)))
    plan = plan_order(order(lines=lines, charges=(shipping,)), snapshot())
    assert [(each.kind, each.amount, each.title) for each in plan.lines[2:]] == [
        ("shipping", Decimal("7.50"), None),
        ("discount", Decimal("-1.00"), "SPRING"),
    ]


def test_charges_that_cancel_out_leave_no_line():
    charges = (dto.Charge(kind="shipping", amount=money("2.50")), dto.Charge(kind="shipping", amount=money("-2.50")))
    assert len(plan_order(order(charges=charges), snapshot()).lines) == 1


def test_tax_on_top_is_split_by_who_collects_it():
    taxes = (dto.TaxAmount(amount=money("0.80"), collected_by="channel"), dto.TaxAmount(amount=money("0.20")))
    plan = plan_order(order(lines=(line(taxes=taxes),)), snapshot())
    assert [(each.kind, each.amount, each.is_taxed) for each in plan.lines[1:]] == [
        ("channel_tax", Decimal("0.80"), False),
        ("seller_tax", Decimal("0.20"), False),
    ]
    assert reasons(plan) == ["unmapped_tax"]


def test_our_own_tax_replaces_the_stated_one():
    taxes = (dto.TaxAmount(amount=money("1.90")),)
    plan = plan_order(order(lines=(line(taxes=taxes),)), snapshot(taxes={57: (3, False)}))
    assert (plan.tax_id, len(plan.lines), reasons(plan)) == (3, 1, [])


def test_a_tax_of_the_other_mode_does_not_fit():
    plan = plan_order(order(is_tax_included=True), snapshot(taxes={57: (3, False)}))
    assert plan.tax_id is None


def test_taxes_inside_prices_are_never_added():
    plan = plan_order(
        order(is_tax_included=True, lines=(line(taxes=(dto.TaxAmount(amount=money("1.60")),)),)), snapshot()
    )
    assert len(plan.lines) == 1


def test_the_country_without_a_tax_of_its_own_takes_the_general_one():
    assert plan_order(order(), snapshot(taxes={None: (9, False)})).tax_id == 9


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"currency": "XXX"}, ["unmapped_currency"]),
        ({"ship_to": dto.Address(street="1", city="X", country="ZZ")}, ["unmapped_country"]),
        ({"ship_to": None}, ["address_incomplete"]),
        ({"ship_to": dto.Address(street="1", city=None, country="DE")}, ["address_incomplete"]),
        ({"ship_to": dto.Address(street="神南1丁目2番3号", postal_code="150-0041", country="JP")}, []),
        ({"ship_to": dto.Address(postal_code="530-0001", country="JP")}, ["address_incomplete"]),
        ({"ship_to": None, "fulfilled_by": "channel"}, []),
        ({"ship_to": None, "status": "awaiting_payment"}, []),
        ({"ship_to": None, "status": "shipped"}, []),
        ({"status": "partly_shipped"}, ["shipped_elsewhere"]),
        ({"status": "unfulfillable"}, ["unfulfillable"]),
        ({"lines": (line(is_cancel_requested=True, cancel_reason="Too late"),)}, ["cancel_requested"]),
    ],
)
def test_what_stands_in_the_way_is_named(values, expected):
    assert reasons(plan_order(order(**values), snapshot(countries={"DE": 57, "JP": 113}))) == expected


@pytest.mark.parametrize(
    ("theirs", "ours", "expected"),
    [
        ("10.00", "10.00", (Decimal("0.00"), True)),
        ("10.05", "10.00", (Decimal("0.05"), True)),
        ("9.95", "10.00", (Decimal("-0.05"), True)),
        ("10.06", "10.00", (Decimal(0), False)),
    ],
)
def test_a_few_cents_are_a_rounding_line_and_more_is_not(theirs, ours, expected):
    rounding, is_equal = settle(Decimal(theirs), Decimal(ours), CENT, 5)
    assert (rounding, is_equal) == expected


def test_an_unknown_total_agrees_with_any():
    assert settle(None, Decimal("3"), CENT, 5) == (Decimal(0), True)


def test_noise_below_the_smallest_unit_is_nothing():
    assert settle(Decimal("10.00"), Decimal("9.999999999"), CENT, 0) == (Decimal(0), True)


@given(theirs=st.integers(-(10**9), 10**9), ours=st.integers(-(10**9), 10**9), steps=st.integers(0, 100))
def test_after_settling_the_totals_are_equal_or_it_is_said(theirs, ours, steps):
    rounding, is_equal = settle(Decimal(theirs) * CENT, Decimal(ours) * CENT, CENT, steps)
    if is_equal:
        assert Decimal(ours) * CENT + rounding == Decimal(theirs) * CENT
        assert abs(rounding) <= steps * CENT
    else:
        assert abs(theirs - ours) > steps


def test_a_kit_is_its_line_with_the_price_and_a_line_without_one_for_each_part():
    goods = {"A": Goods(product_id=7, units=2.0, parts=((8, 1.0), (9, 0.5)))}
    plan = plan_order(order(lines=(line("L1", quantity="3", amount="30.00"),)), snapshot(products=goods))
    assert reasons(plan) == []
    assert [(row.kind, row.product_id, row.quantity * row.units, row.amount, row.part_of) for row in plan.lines] == [
        ("goods", 7, Decimal(6), Decimal("30.00"), None),
        ("part", 8, Decimal(3), Decimal(0), "L1"),
        ("part", 9, Decimal("1.5"), Decimal(0), "L1"),
    ]


def test_an_account_may_let_an_unknown_sku_pass():
    plan = plan_order(order(lines=(line(sku="X"),)), snapshot(may_pass_unlinked=True))
    assert reasons(plan) == ["placeholder_line"]


def test_what_the_channel_holds_is_a_problem_with_its_words():
    plan = plan_order(order(holds=("payment review", "fraud")), snapshot())
    assert [(problem.reason, problem.params["why"]) for problem in plan.problems] == [
        ("held_by_channel", "payment review, fraud")
    ]


def test_the_rate_of_our_own_tax_is_read_from_its_amounts():
    ours = (dto.TaxAmount(amount=money("1.90")),)
    theirs = (dto.TaxAmount(amount=money("0.70"), collected_by="channel"),)
    assert stated_rate(order(lines=(line(taxes=ours), line("2", amount="5.00", taxes=theirs)))) == Decimal(19)
    assert stated_rate(order(lines=(line(taxes=theirs),))) is None


def test_shipping_is_taxed_on_top_only_where_the_channel_states_it():
    ours = (dto.TaxAmount(amount=money("0.50")),)
    taxed = dto.Charge(kind="shipping", amount=money("5.00"), taxes=ours)
    free = dto.Charge(kind="shipping", amount=money("3.00"))
    card = dto.Charge(kind="gift_card", amount=money("-2.00"))
    lines = (line(taxes=(dto.TaxAmount(amount=money("1.00")),)),)
    on_top = plan_order(order(lines=lines, charges=(taxed, free, card)), snapshot(taxes={None: (5, False)}))
    assert [(row.kind, row.amount, row.is_taxed) for row in on_top.lines[1:]] == [
        ("shipping", Decimal("5.00"), True),
        ("shipping", Decimal("3.00"), False),
        ("gift_card", Decimal("-2.00"), False),
    ]
    inside = plan_order(order(charges=(taxed, free), is_tax_included=True), snapshot(taxes={None: (5, True)}))
    assert [(row.amount, row.is_taxed) for row in inside.lines[1:]] == [(Decimal("8.00"), True)]
