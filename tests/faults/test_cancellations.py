"""An order cancelled here is cancelled at the channel once, which decides some minutes later."""

OUTBOX = "SELECT state FROM oms_outbox WHERE channel_id = %s AND kind = 'cancellation'"
US = "ATVPDKIKX0DER"


def test_the_channel_decides_later(shop):
    shop.call("oms.channel", "write", [shop.channel], {"cancel_policy": "always"})
    number = shop.amazon.generate(1, kind="standard", marketplace_id=US)[0]
    shop.sync()
    shop.amazon.control(feed_seconds=600)
    [[order_id]] = shop.sql("SELECT id FROM sale_order WHERE oms_external_id = %s", number)
    shop.call("sale.order", "action_cancel", [order_id])
    shop.settle()
    shop.recover()
    assert shop.sql(OUTBOX, shop.channel) == [("submitted",)]
    assert not shop.amazon.ledger("order_cancelled", number)
    shop.amazon.control(feed_seconds=0)
    for _turn in range(3):  # decided, asked, and once more to no effect
        shop.recover()
    assert shop.sql(OUTBOX, shop.channel) == [("done",)]
    assert len(shop.amazon.ledger("order_cancelled", number)) == 1
