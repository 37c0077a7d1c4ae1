"""Which parcels miss the carrier, and when the carrier comes."""

from datetime import date, datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.cutoffs import Cutoff, cutoff_at, next_day, plan_cutoffs


def cutoff(key, minutes, waiting):
    return Cutoff(key=key, minutes_left=minutes, waiting=waiting)


def test_the_example_of_the_design():
    assert plan_cutoffs([cutoff(1, 40, 14)], 15) == {1: 4}


def test_who_packs_for_the_first_does_not_pack_for_the_next():
    assert plan_cutoffs([cutoff(2, 120, 15), cutoff(1, 60, 10)], 10) == {1: 0, 2: 5}


def test_what_missed_the_first_leaves_time_for_the_next():
    assert plan_cutoffs([cutoff(1, 30, 100), cutoff(2, 60, 5)], 10) == {1: 95, 2: 0}


def test_nobody_can_tell_without_a_pace():
    assert plan_cutoffs([cutoff(1, 40, 14), cutoff(2, 50, 0)], 0) == {1: None, 2: 0}


def test_one_that_is_over_missed_all_that_is_left():
    assert plan_cutoffs([cutoff(1, 0, 3), cutoff(2, -20, 0)], 50) == {1: 3, 2: 0}


@given(
    st.lists(st.tuples(st.integers(-60, 600), st.integers(0, 200)), max_size=6),
    st.integers(0, 400),
)
def test_never_more_than_wait_and_never_more_packed_than_the_pace_allows(rows, pace):
    cutoffs = [cutoff(key, minutes, waiting) for key, (minutes, waiting) in enumerate(rows)]
    missed = plan_cutoffs(cutoffs, pace)
    assert set(missed) == {row.key for row in cutoffs}
    for row in cutoffs:
        assert missed[row.key] is None or 0 <= missed[row.key] <= row.waiting
    ready = sum(
        row.waiting - missed[row.key] for row in cutoffs if row.minutes_left > 0 and missed[row.key] is not None
    )
    latest = max((row.minutes_left for row in cutoffs if row.minutes_left > 0), default=0)
    assert ready <= pace * latest / 60 + 1e-6


@pytest.mark.parametrize(
    ("day", "zone", "utc"),
    [
        (date(2026, 11, 23), "Europe/Berlin", datetime(2026, 11, 23, 15, 30, tzinfo=timezone.utc)),
        (date(2026, 7, 1), "Europe/Berlin", datetime(2026, 7, 1, 14, 30, tzinfo=timezone.utc)),
        (date(2026, 11, 23), "America/New_York", datetime(2026, 11, 23, 21, 30, tzinfo=timezone.utc)),
    ],
)
def test_it_is_on_the_warehouses_own_clock(day, zone, utc):
    assert cutoff_at(day, 16.5, zone) == utc


def test_the_next_day_it_is_on():
    friday = date(2026, 11, 27)
    assert next_day(friday, frozenset({0, 1, 2, 3, 4})) == date(2026, 11, 30)
    assert next_day(friday, frozenset({4})) == date(2026, 12, 4)
    assert next_day(friday, frozenset()) is None
