"""Who gets what of the goods that come in."""

from datetime import datetime, timezone

from odoo.addons.oms_core.lib.promising import Arrival, Share, Waiting, plan_promises, promised_at

EARLY, LATE = datetime(2026, 11, 25, tzinfo=timezone.utc), datetime(2026, 12, 1, tzinfo=timezone.utc)


def wait(key, quantity, product_id=1, place=1, pegs=()):
    return Waiting(key=key, product_id=product_id, place=place, quantity=quantity, pegs=frozenset(pegs))


def come(key, quantity, at=EARLY, product_id=1, place=1, **values):
    return Arrival(key=key, product_id=product_id, place=place, quantity=quantity, at=at, **values)


def told(shares):
    return [(share.waiting, share.quantity, share.arrival, share.at) for share in shares]


def test_first_come_first_served_over_the_earliest_arrival():
    shares = plan_promises([wait(1, 3), wait(2, 4)], [come(8, 5, LATE), come(9, 5, EARLY)])
    assert told(shares) == [(1, 3, 9, EARLY), (2, 2, 9, EARLY), (2, 2, 8, LATE)]


def test_what_nobody_ordered_has_no_date():
    assert told(plan_promises([wait(1, 3)], [come(9, 2)])) == [(1, 2, 9, EARLY), (1, 1, None, None)]
    assert told(plan_promises([wait(1, 3)], [])) == [(1, 3, None, None)]


def test_another_product_or_place_is_no_help():
    arrivals = [come(8, 5, product_id=2), come(9, 5, place=2)]
    assert told(plan_promises([wait(1, 1)], arrivals)) == [(1, 1, None, None)]


def test_what_was_bought_for_one_order_goes_to_no_other():
    arrivals = [come(9, 5, EARLY, is_pegged=True), come(8, 5, LATE)]
    shares = plan_promises([wait(1, 2), wait(2, 6, pegs=[9])], arrivals)
    assert told(shares) == [(1, 2, 8, LATE), (2, 5, 9, EARLY), (2, 1, 8, LATE)]


def test_an_arrival_without_a_date_comes_last_and_promises_none():
    shares = plan_promises([wait(1, 3)], [come(8, 2, None), come(9, 2, LATE)])
    assert told(shares) == [(1, 2, 9, LATE), (1, 1, 8, None)]
    assert promised_at(shares) is None


def test_the_promise_is_the_last_date():
    assert promised_at([Share(waiting=1, quantity=1, at=EARLY), Share(waiting=1, quantity=1, at=LATE)]) == LATE
    assert promised_at([]) is None


def test_units_are_neither_lost_nor_made():
    waiting = [wait(key, 0.1 * key) for key in range(1, 8)]
    arrivals = [come(20 + key, 0.3) for key in range(5)]
    shares = plan_promises(waiting, arrivals)
    for need in waiting:
        assert abs(sum(share.quantity for share in shares if share.waiting == need.key) - need.quantity) < 1e-6
    for arrival in arrivals:
        assert sum(share.quantity for share in shares if share.arrival == arrival.key) <= arrival.quantity + 1e-9
