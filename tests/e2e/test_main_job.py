"""The main job as a person does it: see the order, send it, and the channel knows."""

import re

from tests.invariants import assert_invariants

# Order 171-9876543-2109876 of the official examples (Orders API 2026-01-01, x-amzn-api-sandbox).
NUMBER, SKU, ITEM = "171-9876543-2109876", "ECHO-DOT-4-BR-PRETO", "17198765432109"
TRACKING = "1Z999AA10123456784"


def test_an_order_travels_from_the_channel_to_a_told_parcel(shop, page):
    _see_the_channel(shop, page)
    _open_the_order(page)
    _see_lines_amount_and_address(page)
    shown_before = shop.amazon.quantity(SKU)
    _send_it(page)
    _the_channel_was_told_once(shop)
    _the_listing_follows(shop, shown_before)
    _the_timeline_tells(page)
    assert_invariants(shop)


def test_sync_now_brings_a_new_order(shop, page):
    (number,) = shop.amazon.generate(1, kind="standard")
    page.goto(f"{shop.odoo.url}/odoo/oms-channels")
    page.locator(".o_kanban_record", has_text="Amazon").first.get_by_role("button", name="Sync now").click()
    page.wait_for_selector(".o_notification:has-text('Queued')")
    shop.wait_until(lambda: shop.sql("SELECT 1 FROM sale_order WHERE oms_external_id = %s", number), "the order")
    page.click(".o_menu_sections >> text=Orders")
    page.fill(".o_searchview_input", number)
    page.keyboard.press("Enter")
    page.locator(".o_data_row", has_text=number).wait_for()
    shop.settle()
    assert_invariants(shop)


def _see_the_channel(shop, page):
    page.goto(f"{shop.odoo.url}/odoo")  # the order desk is the first app, so it opens by itself
    page.wait_for_selector(".o_menu_brand:has-text('Order Desk')")
    page.click(".o_menu_sections >> text=Channels")
    card = page.locator(".o_kanban_record", has_text="Amazon").first
    card.wait_for()
    assert card.get_by_role("button", name="Sync now").is_visible()
    assert "In sync" in card.inner_text()


def _open_the_order(page):
    page.click(".o_menu_sections >> text=Orders")
    page.wait_for_selector(".o_list_view")
    page.fill(".o_searchview_input", NUMBER)
    page.keyboard.press("Enter")
    page.locator(".o_data_row", has_text=NUMBER).locator("td[name=name], td").nth(1).click()
    page.wait_for_selector(".o_form_view")


def _see_lines_amount_and_address(page):
    text = page.inner_text(".o_form_view")
    for expected in (
        "Rua das Flores, 123",
        "São Paulo",
        "01234-567",
        "Brazil",
        SKU,
        "Feliz Natal!",
        "Echo Dot (4ª Geração)",
    ):
        assert expected in text, expected
    assert re.search(r"R\$\s*299\.90", text)
    assert page.locator(".o_data_row", has_text=SKU).count() == 1


def _send_it(page):
    page.click("button[name=action_view_delivery]")
    page.wait_for_selector(
        ".o_form_view [name=location_id], .o_form_view [name=picking_type_id], .o_form_view .o_notebook"
    )
    page.get_by_role("tab", name="Additional Info").click()
    carrier = page.locator(".o_field_widget[name=carrier_id] input")
    carrier.fill("UPS")
    page.click(".o-autocomplete--dropdown-item >> text=UPS")
    page.fill(".o_field_widget[name=carrier_tracking_ref] input", TRACKING)
    page.click("button[name=button_validate]:visible")
    page.wait_for_selector(".o_statusbar_status .o_arrow_button_current:has-text('Done')")


def _the_channel_was_told_once(shop):
    shop.wait_until(lambda: shop.amazon.ledger("shipment_confirmed", key=NUMBER), "the channel to be told")
    shop.settle()
    told = shop.amazon.ledger("shipment_confirmed", key=NUMBER)
    assert len(told) == 1
    body = told[0]["body"]
    assert (body["carrierCode"], body["trackingNumber"]) == ("UPS", TRACKING)
    assert body["orderItems"] == [{"orderItemId": ITEM, "quantity": 1}]
    assert not shop.amazon.ledger("shipment_edited", key=NUMBER)


def _the_listing_follows(shop, shown_before):
    on_hand = shop.sql(
        "SELECT sum(quant.quantity - quant.reserved_quantity) FROM stock_quant quant"
        " JOIN stock_location place ON place.id = quant.location_id AND place.usage = 'internal'"
        " JOIN product_product product ON product.id = quant.product_id WHERE product.default_code = %s",
        SKU,
    )[0][0]
    shop.wait_until(lambda: shop.amazon.quantity(SKU) == on_hand, f"the listing to show {on_hand}")
    assert on_hand == 24, "25 in stock, one sold"
    assert shown_before >= on_hand


def _the_timeline_tells(page):
    page.go_back()
    page.wait_for_selector("text=Channel told")
    text = page.inner_text(".o_form_view")
    for expected in ("Imported", "Order confirmed", "Reserved 1 of 1 units", "Shipped", TRACKING):
        assert expected in text, expected
