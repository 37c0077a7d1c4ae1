"""An order and the one that stands for it, imported at the same time: the database lets one of them go."""

import pytest

from tests.faults.test_magento_life import sell
from tests.invariants import assert_invariants

HOLD_ORDERS = "LOCK TABLE sale_order IN SHARE MODE"
ORDERS = """
    SELECT orders.oms_external_id, orders.state, newer.oms_external_id FROM sale_order orders
      LEFT JOIN sale_order newer ON newer.id = orders.oms_replaced_by_id
     WHERE orders.oms_channel_id = %s ORDER BY orders.oms_external_id::int
"""
LIVE_MOVES = """
    SELECT DISTINCT orders.oms_external_id FROM stock_move move
      JOIN sale_order_line line ON line.id = move.sale_line_id JOIN sale_order orders ON orders.id = line.order_id
     WHERE orders.oms_channel_id = %s AND move.state <> 'cancel'
"""


@pytest.fixture
def magento(shop):
    """The stand-in's side door, and a live channel of ours that `shop` then speaks of."""
    shop.connect("magento", stock=True, listings=True, is_stock_pushed=False)
    shop.sync()
    return shop.there


def test_two_importers_with_an_order_and_its_replacement(shop, magento):
    [old] = sell(magento, 1)
    with shop.holding(HOLD_ORDERS):
        shop.sync(wait=False)
        shop.wait_until(
            lambda: len(shop.waiting_backends("sale_order")) == 1, "the first importer to be about to write orders"
        )
        new = str(magento.control(edit_order={"entity_id": int(old), "items": {}})["edit_order"])
        shop.call("oms.channel", "fetch_order", [shop.channel], new)
        shop.wait_until(
            lambda: len(shop.waiting_backends("sale_order")) == 2, "the second importer to be about to write orders"
        )
    shop.settle()
    assert shop.sql(ORDERS, shop.channel) == [(old, "cancel", new), (new, "sale", None)]
    assert shop.sql(LIVE_MOVES, shop.channel) == [(new,)]
    assert "INSERT INTO oms_order_identity" in shop.odoo.read_log(), "the importers never met at an id"
    shop.recover()
    assert_invariants(shop)
