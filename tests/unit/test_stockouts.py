"""When a product runs out, told from what is free and what was sold while it was there."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.stockouts import LOOK_AHEAD_DAYS, LOOK_BACK_DAYS, Supply, days_with_stock, plan_run_out

TODAY = date(2026, 11, 23)


def ago(days):
    return TODAY - timedelta(days=days)


def supply(**values):
    defaults = {"product_id": 1, "free": 20, "on_hand": 20, "sold": 112, "nets": {}}
    return Supply(**{**defaults, **values})


def test_the_example_of_the_design():
    found = plan_run_out(supply(), TODAY)  # 112 in 28 days: 4 a day
    assert (found.per_day, found.days, found.on) == (4.0, 5, date(2026, 11, 28))


def test_days_without_stock_are_left_out():
    # It came 14 days ago, and nothing was there before that: what sold, sold in 14 days.
    nets = {ago(14): 132, **{ago(day): -8 for day in range(1, 14)}, TODAY: -8}
    left = sum(nets.values())
    assert days_with_stock(left, nets, TODAY) == 14
    found = plan_run_out(supply(free=left, on_hand=left, sold=104, nets=nets), TODAY)
    assert round(found.per_day, 2) == round(104 / 14, 2)


def test_a_day_it_sold_out_at_noon_counts():
    assert days_with_stock(0, {ago(1): -5}, TODAY) == LOOK_BACK_DAYS
    assert days_with_stock(0, {}, TODAY) == 0


def test_what_came_this_morning_was_not_there_yesterday():
    assert days_with_stock(50, {TODAY: 50}, TODAY) == 0


def test_too_little_is_known_of_what_is_new():
    assert plan_run_out(supply(on_hand=3, nets={ago(1): 3}, sold=2, free=3), TODAY) is None


def test_what_does_not_sell_does_not_run_out():
    assert plan_run_out(supply(sold=0), TODAY) is None
    assert plan_run_out(supply(free=1000), TODAY) is None


def test_what_is_promised_twice_is_out_today():
    assert plan_run_out(supply(free=-3), TODAY).days == 0


@given(st.floats(-50, 5000), st.floats(0, 5000), st.dictionaries(st.integers(0, 40), st.floats(-100, 100), max_size=30))
def test_it_is_within_the_days_looked_ahead(free, sold, nets):
    nets = {ago(day): units for day, units in nets.items()}
    found = plan_run_out(supply(free=free, on_hand=max(free, 0), sold=sold, nets=nets), TODAY)
    assert 0 <= days_with_stock(max(free, 0), nets, TODAY) <= LOOK_BACK_DAYS
    assert found is None or (0 <= found.days <= LOOK_AHEAD_DAYS and found.per_day > 0)
