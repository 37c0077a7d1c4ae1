"""Power cuts: everything of Odoo is killed at a chosen moment, comes back, and nobody has to do anything.

The moment is chosen from outside: a request that takes long, or a table another transaction holds.
"""

import os
import re
import signal
import time

import pytest

from tests.invariants import assert_invariants, assert_mark_is_behind
from tools.server import OdooServer

# The promise: whatever was killed, work goes on within two minutes of the start, with nobody near.
RESUMED_WITHIN = 120
# queue_job takes a job for dead that was handed out so long ago and that nobody holds.
DEAD_AFTER = 11
STATE = "SELECT state FROM queue_job WHERE method_name = %s ORDER BY id DESC LIMIT 1"
COUNT_ORDERS = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s"
WAITING = "SELECT count(*) FROM oms_inbox WHERE channel_id = %s AND state = 'new'"
COMES_BACK = "SELECT 1 FROM queue_job WHERE method_name = '_job_send' AND state = 'pending' AND eta IS NOT NULL"
# What an import writes, first to last.
WRITES = ["sale_order_line", "stock_move", "oms_order_event"]


def test_kill_while_a_page_is_fetched(shop):
    ids = shop.amazon.generate(30)
    shop.amazon.fail("latency", "searchOrders", seconds=3)
    shop.sync(wait=False)
    shop.wait_until(lambda: shop.amazon.requests("searchOrders"), "the page to be asked for")
    shop.kill()
    assert_mark_is_behind(shop)
    assert shop.sql("SELECT count(*) FROM oms_inbox WHERE channel_id = %s", shop.channel) == [(0,)]
    shop.start()
    shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)], "the orders", RESUMED_WITHIN)
    shop.recover()
    assert_invariants(shop)


@pytest.mark.parametrize("table", WRITES)
def test_kill_in_the_middle_of_an_import(shop, table):
    ids = shop.amazon.generate(30)
    with shop.holding(f"LOCK TABLE {table} IN SHARE MODE"):
        shop.sync(wait=False)
        shop.wait_until(shop.waiting_backends, f"the import to write {table}")
        assert shop.sql(STATE, "_job_import") == [("started",)]
        shop.kill()
    assert_mark_is_behind(shop)
    assert shop.sql(WAITING, shop.channel) == [(len(ids),)]
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(0,)], "half a page was kept"
    shop.start_again()
    shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)], "the orders", RESUMED_WITHIN)
    shop.recover()
    assert_invariants(shop)


def test_kill_between_two_pages(shop):
    """The mark may not pass the page that was never stored."""
    ids = shop.amazon.generate(130)
    shop.amazon.fail("latency", "searchOrders", skip=1, seconds=4)
    shop.sync(wait=False)
    shop.wait_until(lambda: len(shop.amazon.requests("searchOrders")) == 2, "the second page to be asked for")
    shop.kill()
    assert_mark_is_behind(shop)
    shop.start_again()
    shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)], "the orders", RESUMED_WITHIN)
    shop.recover()
    assert_invariants(shop)


@pytest.mark.parametrize("has_effect", [True, False], ids=["after-the-effect", "before-the-effect"])
def test_kill_while_a_shipment_is_confirmed(shop, has_effect):
    """The intent is committed and the outcome is not, so nobody here can know whether Amazon has it."""
    number = _reserved_order(shop)
    shop.amazon.fail("latency", "confirmShipment", seconds=2)
    if not has_effect:
        shop.amazon.fail("drop_before", "confirmShipment")
    shop.ship(number)
    shop.wait_until(lambda: shop.sql("SELECT 1 FROM oms_outbox WHERE state = 'sent'"), "the intent")
    with shop.holding("SELECT FROM oms_outbox WHERE state = 'sent' FOR UPDATE"):
        if has_effect:
            shop.wait_until(lambda: shop.amazon.ledger("shipment_confirmed", number), "the effect")
        shop.kill()
    assert shop.sql("SELECT state FROM oms_outbox WHERE channel_id = %s", shop.channel) == [("sent",)]
    shop.amazon.heal()
    shop.start_again()
    shop.wait_until(lambda: shop.sql(COMES_BACK), "the message to wait for the end of the lease", RESUMED_WITHIN)
    _end_leases(shop)
    shop.wait_until(
        lambda: shop.sql("SELECT state FROM oms_outbox WHERE channel_id = %s", shop.channel) == [("done",)],
        "the message to be done",
    )
    assert len(shop.amazon.ledger("shipment_confirmed", number)) == 1
    assert not shop.amazon.ledger("shipment_edited", number)
    assert not shop.amazon.ledger("shipment_unchanged", number), "it was sent again without a look"
    shop.recover()
    assert_invariants(shop)


def test_postgresql_ends_the_import_in_the_middle(shop):
    ids = shop.amazon.generate(30)
    with shop.holding("LOCK TABLE stock_move IN SHARE MODE"):
        shop.sync(wait=False)
        backends = shop.wait_until(shop.waiting_backends, "the import to write moves")
        for backend in backends:
            shop.sql("SELECT pg_terminate_backend(%s)", backend)
    shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)], "the orders", RESUMED_WITHIN)
    shop.recover()
    assert_invariants(shop)


def test_job_runner_killed_comes_back_by_itself(shop):
    shop.amazon.generate(10)
    runner = int(re.findall(r"Worker WorkerJobRunner \((\d+)\) alive", shop.odoo.read_log())[-1])
    os.kill(runner, signal.SIGKILL)
    started = time.monotonic()
    shop.sync(wait=False)
    shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(10,)], "the orders", RESUMED_WITHIN)
    assert time.monotonic() - started < RESUMED_WITHIN
    assert_invariants(shop)


def test_second_server_takes_over(shop):
    """Two servers share the database: the one that is left does the work."""
    ids = shop.amazon.generate(30)
    other = OdooServer(shop.database, workers=2, env={"OMS_ALLOW_LOOPBACK": "1"})
    with other:
        with shop.holding("LOCK TABLE stock_move IN SHARE MODE"):
            shop.sync(wait=False)
            shop.wait_until(shop.waiting_backends, "the import to write moves")
            time.sleep(DEAD_AFTER)
            shop.kill()
        shop.wait_until(lambda: shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)], "the orders", RESUMED_WITHIN)
        shop.settle(RESUMED_WITHIN)  # a job cut off by the end of this server is picked up a minute later only
    shop.start()
    shop.recover()
    assert_invariants(shop)


def _reserved_order(shop):
    """Return the id of a fresh order that is ready to be sent."""
    number = shop.amazon.generate(1, kind="standard", marketplace_id="ATVPDKIKX0DER")[0]
    shop.sync()
    assert shop.sql("SELECT state FROM sale_order WHERE oms_external_id = %s", number) == [("sale",)]
    return number


def _end_leases(shop):
    """Let the time pass in which the killed attempt might still have come back."""
    shop.execute("UPDATE oms_outbox SET lease_until = now() AT TIME ZONE 'utc' - interval '1 second'")
    shop.skip_waits()
