"""An SKU nobody knows: the order is held, a person links it in place, the order goes on."""


def test_linking_an_sku_in_place_releases_the_order(shop, page):
    number = _order_with_an_unknown_sku(shop)
    page.goto(f"{shop.odoo.url}/odoo/oms-exceptions")
    page.locator(".o_kanban_record", has_text="MYSTERY-1").first.click()
    page.wait_for_selector("text=What Amazon")
    page.fill(".o_oms_panel input[placeholder*=barcode]", "OMS-0007")
    page.locator("text=OMS-0007").first.click()
    page.click("button:has-text('Link and retry')")
    shop.wait_until(lambda: _state(shop, number) == "sale", "the order to be confirmed")
    assert _reserved(shop, number) == 1
    shop.ship(number, tracking="LINKED-1")
    shop.settle()
    told = shop.amazon.ledger("shipment_confirmed", key=number)
    assert [entry["body"]["trackingNumber"] for entry in told] == ["LINKED-1"]


def _order_with_an_unknown_sku(shop):
    number = shop.amazon.generate(1, kind="standard", lines=[1, 1], marketplace_id="A1PA6795UKMFR9")[0]
    items = shop.amazon.orders()[number]["orderItems"]
    items[0]["product"]["sellerSku"] = "MYSTERY-1"
    items[0]["quantityOrdered"] = 1
    shop.amazon.control(update_order={"orderId": number, "set": {"orderItems": items}})
    # A search shows nothing younger than two minutes; asking for one order by its number does.
    shop.call("oms.channel", "fetch_order", [shop.channel], number)
    shop.settle()
    assert _state(shop, number) == "draft"
    return number


def _state(shop, number):
    return shop.sql("SELECT state FROM sale_order WHERE oms_external_id = %s", number)[0][0]


def _reserved(shop, number):
    return shop.sql(
        "SELECT coalesce(sum(move.quantity), 0) FROM stock_move move"
        " JOIN sale_order_line line ON line.id = move.sale_line_id"
        " JOIN sale_order ON sale_order.id = line.order_id"
        " WHERE sale_order.oms_external_id = %s",
        number,
    )[0][0]
