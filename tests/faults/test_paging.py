"""The channel's list moves while it is read, its clock is wrong, our mark is lost: every order is found, once."""

import pytest

from tests.invariants import assert_invariants

COUNT_ORDERS = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s"
DAY = 86_400
PAGE = 100


def test_page_in_another_order(shop):
    ids = shop.amazon.generate(30)
    shop.amazon.fail("reorder_page", "searchOrders")
    shop.sync()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert_invariants(shop)


def test_many_orders_of_one_moment_over_the_edge_of_a_page(shop):
    ids = shop.amazon.generate(PAGE + 50, same_update_time=True, lines=[1, 1])
    assert len({order["lastUpdatedTime"] for order in shop.amazon.orders().values()}) == 1
    shop.sync()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert_invariants(shop)


@pytest.mark.parametrize("paging", ["keyset", "offset"])
def test_order_that_changes_while_the_list_is_read(shop, paging):
    """It leaves its place on the first page; a list that counts places then skips an order at the edge."""
    ids = shop.amazon.generate(PAGE + 20, kind="standard", lines=[1, 1])
    shop.amazon.control(paging=paging)
    shop.amazon.fail("latency", "searchOrders", skip=1, seconds=2)
    shop.sync(wait=False)
    shop.wait_until(lambda: len(shop.amazon.requests("searchOrders")) == 2, "the second page to be asked for")
    changed = shop.amazon.seconds_ago(121)
    shop.amazon.control(update_order={"orderId": ids[0], "set": {"programs": ["PRIME"], "lastUpdatedTime": changed}})
    shop.settle()
    searched = [set(entry["body"]["orderIds"]) for entry in shop.amazon.ledger("orders_searched", shop.amazon.seller)]
    if paging == "offset":
        assert len(set.union(*searched)) < len(ids), "the list skipped nothing, so this proves nothing"
    shop.recover()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    seen = shop.sql("SELECT oms_changed_at FROM sale_order WHERE oms_external_id = %s", ids[0])[0][0]
    assert seen.strftime("%Y-%m-%dT%H:%M:%SZ") == changed
    assert_invariants(shop)


@pytest.mark.parametrize("offset", [-DAY, DAY], ids=["a-day-behind", "a-day-ahead"])
def test_clock_of_the_channel_is_wrong(shop, offset):
    """Its own clock decides; ours is never compared with it."""
    shop.execute("UPDATE oms_channel SET import_from = import_from - interval '3 days' WHERE id = %s", shop.channel)
    shop.amazon.control(clock_offset=offset)
    ids = shop.amazon.generate(10, kind="standard")
    shop.sync()
    ids += shop.amazon.generate(10, kind="standard")
    shop.sync()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    shop.ship(ids[0])
    shop.settle()
    assert len(shop.amazon.ledger("shipment_confirmed", ids[0])) == 1
    shop.recover()
    assert_invariants(shop)


def test_clock_of_the_channel_is_set_back(shop):
    """Our mark is then ahead of the channel's time, where it would hide a day of orders."""
    shop.amazon.control(clock_offset=DAY)
    ids = shop.amazon.generate(5)
    shop.sync()
    shop.amazon.control(clock_offset=0)
    ids += shop.amazon.generate(5)
    shop.recover()
    shop.recover()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert_invariants(shop)


def test_lost_mark_costs_time_and_nothing_else(shop):
    ids = shop.amazon.generate(20)
    shop.sync()
    events = shop.sql("SELECT count(*) FROM oms_order_event")
    shop.execute("UPDATE oms_channel_state SET complete_until = NULL WHERE channel_id = %s", shop.channel)
    shop.recover()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert shop.sql("SELECT count(*) FROM oms_order_event") == events
    assert_invariants(shop)


def test_page_token_that_ran_out(shop):
    """The window is read again from its start."""
    ids = shop.amazon.generate(PAGE + 20, lines=[1, 1])
    refusal = '{"errors": [{"code": "InvalidInput", "message": "The pagination token has expired."}]}'
    shop.amazon.fail("garbage", "searchOrders", skip=1, status=400, body=refusal, content_type="application/json")
    shop.sync()
    shop.recover()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert_invariants(shop)
