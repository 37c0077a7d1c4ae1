"""eBay with real processes: an order from the shop window to the parcel, a cancellation, a message from eBay."""

import pytest


@pytest.fixture
def market(shop):
    """The shop with a live eBay channel in place of the first one."""
    shop.connect("ebay")
    shop.ebay = shop.there
    return shop


def sell(shop, **wish):
    """Let one buyer order on eBay; return the order's number there."""
    defaults = {"count": 1, "kind": "standard", "marketplace_id": "EBAY_DE", "age_seconds": 600}
    wish = {**defaults, "seed": shop.amazon.seed, **wish}
    [number] = shop.ebay.control(generate=wish)["generate"]
    return number


def read(shop, number, field):
    """Return one field of our order."""
    domain = [("oms_external_id", "=", number), ("oms_channel_id", "=", shop.channel)]
    [found] = shop.call("sale.order", "search_read", domain, [field])
    return found[field]


def messages(shop):
    """Return what is told to the channel, as ``(what, state)``."""
    return shop.sql("SELECT kind, state FROM oms_outbox WHERE channel_id = %s ORDER BY id", shop.channel)


def failed_jobs(shop):
    """Return the jobs that ended in an error nobody foresaw."""
    return shop.sql("SELECT method_name, exc_message FROM queue_job WHERE state = 'failed'")


def test_an_order_from_the_window_to_the_parcel(market):
    number = sell(market)
    market.sync()
    assert read(market, number, "state") == "sale"
    assert read(market, number, "oms_total_check") == "equal"
    market.ebay.fail("drop_after", "createShippingFulfillment")
    market.ship(number, tracking="00340434161094042557")
    market.settle()
    assert messages(market) == [("shipment", "retry")]
    market.recover()
    assert messages(market) == [("shipment", "done")]
    [parcel] = market.ebay.ledger("shipment_confirmed", number)
    assert parcel["body"]["shipmentTrackingNumber"] == "00340434161094042557"
    assert parcel["body"]["shippingCarrierCode"] == "DHL"
    assert len(market.ebay.requests("createShippingFulfillment")) == 1
    assert failed_jobs(market) == []


def test_an_order_cancelled_here_is_cancelled_there_once(market):
    market.call("oms.channel", "write", [market.channel], {"cancel_policy": "always"})
    number = sell(market)
    market.sync()
    market.ebay.fail("drop_after", "createCancellation")
    market.call("sale.order", "action_cancel", [read(market, number, "id")])
    market.settle()
    assert messages(market) == [("cancellation", "retry")]
    market.ebay.control(clock_offset=120)  # meanwhile eBay gives the money back
    market.recover()
    assert messages(market) == [("cancellation", "done")]
    assert len(market.ebay.ledger("cancellation_created")) == 1
    assert market.ebay.orders()[number]["cancelStatus"]["cancelState"] == "CANCELED"
    assert failed_jobs(market) == []


def test_a_message_of_ebays_brings_the_order_at_once(market):
    market.call("ir.config_parameter", "set_param", "web.base.url", market.odoo.url)
    market.call("res.company", "write", [1], {"email": "desk@example.com"})
    market.call("oms.channel", "action_ebay_subscribe", [market.channel])
    market.settle()
    names = ["ebay_message_state", "webhook_url"]
    [channel] = market.call("oms.channel", "read", [market.channel], names)
    assert channel["ebay_message_state"] == "eBay sends messages of new orders."
    [destination] = market.ebay.ledger("destination_created")
    assert destination["body"]["endpoint"] == (url := channel["webhook_url"])
    number = sell(market, age_seconds=0)
    message = {"url": url, "topic": "ORDER_CONFIRMATION", "orderId": number}
    first = market.ebay.control(notify=message)["notify"]
    assert first == 401  # eBay's key is not here yet
    market.settle()
    assert market.sql("SELECT count(*) FROM oms_ebay_key") == [(1,)]
    assert market.ebay.control(notify=message)["notify"] == 200
    market.settle()
    assert read(market, number, "state") == "sale"
    forged = {**message, "forge": "changed_body"}
    assert market.ebay.control(notify=forged)["notify"] == 401
    assert failed_jobs(market) == []
