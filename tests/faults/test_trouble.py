"""The channel is slow, broken or talks nonsense for a while: nothing is lost, nothing is half done, and it is said."""

import time
from datetime import datetime

import pytest

from tests.invariants import assert_invariants, assert_mark_is_behind

COUNT_ORDERS = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s"
PROBLEMS = "SELECT reason FROM oms_exception WHERE channel_id = %s AND state = 'open'"
PROGRESS = (
    "SELECT complete_until, window_since, page FROM oms_channel_state WHERE channel_id = %s AND entity = 'orders'"
)
RETRY_AFTER = 7


def test_too_many_requests_waits_as_long_as_it_was_told(shop):
    ids = shop.amazon.generate(5, kind="standard")
    shop.amazon.fail("status", "searchOrders", status=429, retry_after=RETRY_AFTER)
    shop.sync(wait=False)
    shop.wait_until(lambda: shop.amazon.requests("searchOrders"), "the first call")
    deadline = time.monotonic() + RETRY_AFTER + 2
    while time.monotonic() < deadline:  # people and the clock are impatient meanwhile
        shop.skip_waits()
        shop.tick()
        shop.sync(wait=False)
        time.sleep(1)
    shop.settle()
    times = [datetime.fromisoformat(each["at"].rstrip("Z")) for each in shop.amazon.requests("searchOrders")]
    assert (times[1] - times[0]).total_seconds() >= RETRY_AFTER, times
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert not shop.sql(PROBLEMS, shop.channel)
    assert shop.channel_card()["health"] == "ok"
    assert_invariants(shop)


def test_long_wait_is_shown_on_the_card_and_is_no_problem(shop):
    shop.amazon.generate(5)
    shop.amazon.fail("status", "searchOrders", status=429, retry_after=600)
    shop.sync()
    card = shop.channel_card()
    assert card["health"] == "slow"
    assert "slow down" in card["health_text"]
    assert not shop.sql(PROBLEMS, shop.channel)
    assert_mark_is_behind(shop)


def test_burst_of_server_errors_heals(shop):
    ids = shop.amazon.generate(10)
    before = shop.sql(PROGRESS, shop.channel)
    for status in (500, 503, 502):
        shop.amazon.fail("status", "searchOrders", status=status)
        shop.skip_waits()
        shop.sync()
        card = shop.channel_card()
        assert card["health"] == "slow"
        assert str(status) in card["health_text"]
    assert shop.sql(PROGRESS, shop.channel) == before
    shop.recover()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    card = shop.channel_card()
    assert (card["health"], card["health_text"]) == ("ok", False)
    assert_invariants(shop)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "truncate", "clean": True},
        {"fault": "truncate"},
        {"fault": "garbage"},
        {"fault": "garbage", "body": "", "content_type": "application/json"},
        {"fault": "garbage", "body": "[]", "content_type": "application/json"},
        {"fault": "garbage", "body": '{"orders": {"orderId": "1"}}', "content_type": "application/json"},
        {"fault": "drop_before"},
        {"fault": "drop_after"},
        {"fault": "redirect", "location": "http://127.0.0.1:1/elsewhere"},
    ],
    ids=["cut-json", "cut-body", "html-200", "empty", "list", "no-list", "dropped-before", "dropped-after", "redirect"],
)
@pytest.mark.parametrize("page", [1, 2])
def test_answer_that_cannot_be_read_is_asked_for_again(shop, fault, page):
    ids = shop.amazon.generate(104 if page == 2 else 4, lines=[1, 1])
    shop.amazon.fail(operation="searchOrders", skip=page - 1, **fault)
    shop.sync()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(100 if page == 2 else 0,)]
    assert_mark_is_behind(shop)
    card = shop.channel_card()
    assert card["health"] == "slow"
    assert card["health_text"]
    shop.recover()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert shop.channel_card()["health"] == "ok"
    assert_invariants(shop)
