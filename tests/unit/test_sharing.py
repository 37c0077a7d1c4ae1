"""How the units of one line lie over an order and what was added to it later."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.changing import HeldLine
from odoo.addons.oms_core.lib.sharing import share_out


def part(quantity, picked=0, shipped=0):
    return HeldLine(external_id="1", quantity=Decimal(quantity), picked=Decimal(picked), shipped=Decimal(shipped))


@pytest.mark.parametrize(
    ("wanted", "parts", "shares"),
    [
        (5, [part(2), part(1)], (4, 1)),
        (3, [part(2), part(1)], (2, 1)),
        (2, [part(2), part(1)], (2, 0)),
        (1, [part(2), part(1)], (1, 0)),
        (2, [part(2), part(1, picked=1)], (1, 1)),
        (1, [part(2, picked=2), part(1, picked=1)], (1, 0)),
        (0, [part(2, shipped=2), part(3, picked=1)], (2, 0)),
        (1, [part(1), part(1), part(1)], (1, 0, 0)),
        (0, [part(2)], (0,)),
    ],
)
def test_fewer_are_taken_from_the_newest_and_from_the_shelf_first(wanted, parts, shares):
    assert share_out(Decimal(wanted), parts) == shares


PARTS = st.lists(
    st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)).map(lambda row: part(sum(row), row[1], row[2])),
    min_size=1,
    max_size=4,
)


@given(wanted=st.integers(0, 40), parts=PARTS)
def test_nothing_that_left_is_taken_and_the_sum_is_what_is_wanted(wanted, parts):
    shares = share_out(Decimal(wanted), parts)
    assert sum(shares) == max(wanted, sum(row.shipped for row in parts))
    assert all(share >= row.shipped for share, row in zip(shares, parts, strict=True))
