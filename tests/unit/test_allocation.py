"""Who gets which stock: first come, first served, and no unit twice."""

from collections import defaultdict

from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.allocation import Bin, Need, Take, plan_takes


def need(key, quantity, product_id=1):
    return Need(key=key, product_id=product_id, quantity=quantity)


def place(key, free):
    return Bin(key=key, free=free)


def test_a_need_empties_the_bins_in_their_order():
    takes = plan_takes([need(1, 5)], {1: [place(7, 2), place(8, 9)]}, {1: 0.01})
    assert takes == (Take(need=1, bin=7, quantity=2), Take(need=1, bin=8, quantity=3))


def test_what_is_left_goes_to_the_next_in_line():
    takes = plan_takes([need(1, 3), need(2, 3)], {1: [place(7, 4)]}, {1: 0.01})
    assert takes == (Take(need=1, bin=7, quantity=3), Take(need=2, bin=7, quantity=1))


def test_a_later_small_need_gets_what_an_earlier_large_one_left():
    takes = plan_takes([need(1, 9), need(2, 1)], {1: [place(7, 9), place(8, 1)]}, {1: 0.01})
    assert takes[-1] == Take(need=2, bin=8, quantity=1)


def test_nothing_there_takes_nothing():
    assert plan_takes([need(1, 3), need(2, 3, product_id=2)], {1: [place(7, 0)]}, {1: 0.01, 2: 0.01}) == ()


def test_the_noise_of_floats_is_no_unit():
    takes = plan_takes([need(1, 0.1 + 0.2)], {1: [place(7, 0.3), place(8, 5)]}, {1: 0.01})
    assert [take.bin for take in takes] == [7]


needs = st.lists(st.tuples(st.integers(1, 3), st.integers(1, 20)), max_size=12)
stock = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 30)), max_size=8)


@given(needs, stock)
def test_every_unit_is_promised_at_most_once_and_none_is_held_back(asked, there):
    bins = defaultdict(list)
    for key, (product_id, free) in enumerate(there):
        bins[product_id].append(place(key, float(free)))
    wanted = [need(key, float(quantity), product_id) for key, (product_id, quantity) in enumerate(asked)]
    takes = plan_takes(wanted, bins, dict.fromkeys((1, 2, 3), 0.01))

    by_bin, by_need = defaultdict(float), defaultdict(float)
    for take in takes:
        by_bin[take.bin] += take.quantity
        by_need[take.need] += take.quantity
    assert all(by_bin[key] <= free for key, (_product, free) in enumerate(there))
    assert all(by_need[one.key] <= one.quantity for one in wanted)
    for product_id in (1, 2, 3):
        free = sum(amount for product, amount in there if product == product_id)
        lacking = sum(quantity for product, quantity in asked if product == product_id)
        got = sum(by_need[one.key] for one in wanted if one.product_id == product_id)
        assert got == min(free, lacking)


@given(needs, stock)
def test_an_earlier_need_is_never_worse_off_for_a_later_one(asked, there):
    bins = defaultdict(list)
    for key, (product_id, free) in enumerate(there):
        bins[product_id].append(place(key, float(free)))
    wanted = [need(key, float(quantity), product_id) for key, (product_id, quantity) in enumerate(asked)]
    steps = dict.fromkeys((1, 2, 3), 0.01)
    alone = plan_takes(wanted[:-1], bins, steps)
    assert plan_takes(wanted, bins, steps)[: len(alone)] == alone
