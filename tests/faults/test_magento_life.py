"""A Magento order from the shop to the parcel and the money back, through real processes and lost answers."""

from decimal import Decimal

import pytest

ORDERS = "SELECT oms_external_id, state, amount_total FROM sale_order WHERE oms_channel_id = %s ORDER BY id"
OUTBOX = "SELECT kind, state FROM oms_outbox WHERE channel_id = %s"


@pytest.fixture
def magento(shop):
    """The stand-in's side door, and a live channel of ours that `shop` then speaks of."""
    shop.connect("magento", stock=True, listings=True, is_stock_pushed=False)
    return shop.there


def sell(magento, count, kind="standard"):
    """Let buyers order in the shop's main store; return the ids."""
    wish = {"count": count, "kind": kind, "store": "default", "seed": 7}
    return [str(id_) for id_ in magento.control(generate=wish)["generate"]]


def test_orders_come_in_with_their_totals(shop, magento):
    sold = sell(magento, 30, "mixed")
    shop.sync()
    assert [row[0] for row in shop.sql(ORDERS, shop.channel)] == sold
    differing = "SELECT count(*) FROM oms_exception WHERE channel_id = %s AND reason = 'total_differs'"
    assert shop.sql(differing, shop.channel) == [(0,)]
    totals = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s AND abs(amount_total - oms_total) > 0.001"
    assert shop.sql(totals, shop.channel) == [(0,)]


@pytest.mark.parametrize("fault", [None, {"fault": "drop_after"}, {"fault": "status", "status": 500, "when": "after"}])
def test_a_parcel_is_told_once(shop, magento, fault):
    [number] = sell(magento, 1)
    shop.sync()
    assert shop.sql(ORDERS, shop.channel)[0][1] == "sale"
    if fault:
        magento.fail(operation="PostV1OrderOrderIdShip", **fault)
    shop.ship(number)
    shop.settle()
    if fault:
        magento.heal()
        shop.skip_waits()
        shop.tick()
        shop.settle()
    assert shop.sql(OUTBOX, shop.channel) == [("shipment", "done")]
    [entry] = magento.ledger("shipment_created", number)
    assert (entry["body"]["source_code"], entry["body"]["carriers"]) == ("default", ["dhl"])


def test_the_connection_test_names_the_stores(shop, magento):
    shop.call("oms.channel", "action_check", [shop.channel])
    shop.settle()
    names = ["check_state", "check_message", "permission_ids"]
    [found] = shop.call("oms.channel", "read", [shop.channel], names)
    assert found["check_state"] == "ok", found
    assert "Default Store View" in found["check_message"]
    assert len(found["permission_ids"]) > 5


def test_the_shop_is_told_what_lies_on_the_shelf_with_its_own_orders(shop, magento):
    [number] = sell(magento, 1)
    shop.sync()
    shop.call("oms.channel", "write", [shop.channel], {"is_stock_pushed": True})
    shop.call("oms.channel", "action_push_all_stock", [shop.channel])
    shop.settle()
    shop.sync()
    rows = shop.sql(
        "SELECT line.oms_sku, line.product_uom_qty + sum(quant.quantity - quant.reserved_quantity)"
        " FROM sale_order_line line JOIN sale_order orders ON orders.id = line.order_id"
        " JOIN stock_quant quant ON quant.product_id = line.product_id"
        " JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'"
        " AND place.warehouse_id = orders.warehouse_id"
        " WHERE orders.oms_external_id = %s AND orders.oms_channel_id = %s GROUP BY line.id",
        number,
        shop.channel,
    )
    assert rows
    for sku, free_or_ours in rows:
        entries = magento.ledger("source_items_saved", sku)
        assert entries and Decimal(str(entries[-1]["body"]["quantity"])) == Decimal(str(free_or_ours))
