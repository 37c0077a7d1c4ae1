"""What a channel should show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.availability import StockRule, explain, offered, sets_of, spread

RULE = StockRule(buffer=2, percent=50, most=3, end_when=1)


@pytest.mark.parametrize(
    ("free", "buffer", "shown"),
    [
        (7.0, 0, 7),
        (7.0, 2, 5),
        (1.0, 2, 0),
        (-4.0, 0, 0),
        (2.9999999, 0, 3),
        (2.5, 0, 2),
        (float("nan"), 0, 0),
        (float("inf"), 0, 0),
    ],
)
def test_free_less_buffer_never_below_zero(free, buffer, shown):
    assert offered(free, StockRule(buffer=buffer)) == shown


@pytest.mark.parametrize(("free", "shown"), [(10, 3), (3, 0), (-4, 0), (8, 3), (6, 2), (5, 1)])
def test_buffer_share_most_and_end_together(free, shown):
    assert offered(free, RULE) == shown


def test_each_step_says_what_it_changed():
    steps = explain(10, RULE)
    assert [(step.term, step.change, step.left) for step in steps] == [
        ("free", 10, 10),
        ("buffer", -2, 8),
        ("percent", -4, 4),
        ("most", -1, 3),
        ("whole", 0, 3),
    ]


@given(
    st.floats(allow_nan=True, allow_infinity=True),
    st.builds(
        StockRule,
        buffer=st.integers(0, 1000),
        percent=st.integers(0, 100),
        most=st.integers(0, 1000),
        end_when=st.integers(0, 1000),
    ),
)
def test_nothing_shows_less_than_none_or_more_than_is_free(free, rule):
    shown = offered(free, rule)
    assert shown >= 0
    if shown:
        assert shown <= free + 1e-6
        assert not rule.most or shown <= rule.most


@pytest.mark.parametrize(
    ("parts", "sets"),
    [
        ([(9.0, 2), (3.0, 1)], 3),
        ([(8.0, 2), (3.0, 1)], 3),
        ([(8.0, 2), (2.0, 1)], 2),
        ([(5.0, 2)], 2.5),
        ([(5.0, 0)], 0),
        ([], 0),
    ],
)
def test_the_scarcest_part_decides_how_many_sets_there_are(parts, sets):
    assert sets_of(parts) == sets


@pytest.mark.parametrize(
    ("total", "sets", "shown"),
    [
        (10, [("a", 7.0), ("b", 3.0)], {"a": 7, "b": 3}),
        (5, [("a", 3.0), ("b", 7.0)], {"b": 5, "a": 0}),
        (4, [("a", 1.9), ("b", 2.0), ("a", 1.5)], {"a": 2, "b": 2}),
        (3, [("a", -2.0), ("b", 3.0)], {"b": 3, "a": 0}),
        (0, [("a", 5.0)], {"a": 0}),
    ],
)
def test_what_is_shown_lies_where_it_is(total, sets, shown):
    assert spread(total, sets) == shown
