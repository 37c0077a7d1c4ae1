"""The same orders delivered twice, one after the other and at the same time: each is here once."""

from tests.faults.jobs import twins
from tests.invariants import assert_invariants

IMPORT = "_job_import"
FETCH = "_job_fetch_orders"
COUNT_ORDERS = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s"
COUNT_EVENTS = "SELECT count(*) FROM oms_order_event"
HOLD_ORDERS = "LOCK TABLE sale_order IN SHARE MODE"
# Amazon's page: what is beyond it comes with a second call and a second import.
PAGE = 100


def test_page_that_lists_an_order_twice(shop):
    ids = shop.amazon.generate(10)
    shop.amazon.fail("duplicate_items", "searchOrders")
    shop.sync()
    assert shop.amazon.requests("searchOrders")[0]["faults"] == ["duplicate_items"]
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    shop.recover()
    assert_invariants(shop)


def test_window_read_again_changes_nothing(shop):
    shop.amazon.generate(10)
    shop.sync()
    before = shop.sql(COUNT_EVENTS)
    searched = len(shop.amazon.requests("searchOrders"))
    shop.sync()
    shop.sync()
    shown = shop.amazon.ledger("orders_searched", shop.amazon.seller)[-1]["body"]["count"]
    assert (len(shop.amazon.requests("searchOrders")), shown) == (searched + 2, 10), "the overlap was not read again"
    assert shop.sql(COUNT_EVENTS) == before
    assert shop.sql("SELECT count(*) FROM oms_inbox WHERE channel_id = %s", shop.channel) == [(10,)]
    assert_invariants(shop)


def test_every_job_delivered_twice(shop):
    ids = shop.amazon.generate(50)
    shop.amazon.fail("latency", "searchOrders", times=2, seconds=1)
    with twins(shop, FETCH, IMPORT):
        shop.sync()
    runs = shop.sql(
        "SELECT method_name, count(*) FROM queue_job WHERE state = 'done' AND method_name = ANY(%s) AND"
        " date_created >= (SELECT create_date FROM oms_channel WHERE id = %s) GROUP BY 1",
        [FETCH, IMPORT],
        shop.channel,
    )
    assert all(count >= 2 for _method, count in runs) and len(runs) == 2, runs
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    shop.recover()
    assert_invariants(shop)


def test_two_importers_with_two_versions_of_each_order(shop):
    """The documents differ, so only the database can tell that the orders are the same."""
    ids = _orders_of_known_products(shop, 20)
    with shop.holding(HOLD_ORDERS):
        shop.sync(wait=False)
        shop.wait_until(
            lambda: len(shop.waiting_backends("sale_order")) == 1, "the first importer to be about to write orders"
        )
        for number in ids:
            shop.amazon.control(update_order={"orderId": number, "set": {"programs": ["PRIME"], **_visible(shop)}})
        shop.sync(wait=False)
        shop.wait_until(
            lambda: len(shop.waiting_backends("sale_order")) == 2, "the second importer to be about to write orders"
        )
    shop.settle()
    assert shop.sql(COUNT_ORDERS + " AND oms_external_id = ANY(%s)", shop.channel, ids) == [(len(ids),)]
    documents = "SELECT count(*) FROM oms_inbox WHERE channel_id = %s AND external_id = ANY(%s)"
    assert shop.sql(documents, shop.channel, ids) == [(2 * len(ids),)]
    assert "sale_order_oms_external_unique" in shop.odoo.read_log(), "the importers never met at an order"
    shop.recover()
    assert_invariants(shop)


def test_two_pages_with_the_same_new_skus_at_once(shop):
    """Both importers see the SKUs for the first time, and both want to remember them."""
    ids = shop.amazon.generate(PAGE + 20)
    with shop.holding(HOLD_ORDERS):
        shop.sync(wait=False)
        shop.wait_until(lambda: len(shop.waiting_backends()) == 2, "both importers to be on their way")
    shop.settle()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    shop.recover()
    assert_invariants(shop)


def _orders_of_known_products(shop, count):
    """Put orders on the channel whose SKUs and buyer are here already, so that the orders alone are new."""
    (number,) = shop.amazon.generate(1, kind="standard")
    shop.sync()
    order = shop.amazon.orders()[number]
    copies = [order | {"orderId": f"997-0000000-{place:07d}"} for place in range(count)]
    return shop.amazon.control(add_orders=copies)["add_orders"]


def _visible(shop):
    """Return an update time that searches show already."""
    return {"lastUpdatedTime": shop.amazon.seconds_ago(125)}
