"""The warehouse floor over both APIs and in the browser: no price, no cost, no address, and no order is written."""

import re
import xmlrpc.client

import pytest

from tests.rpc import JsonRefused
from tests.screens import take_picture

HIDDEN = [
    ("sale.order", "amount_total"),
    ("sale.order", "access_token"),
    ("sale.order.line", "price_unit"),
    ("product.product", "standard_price"),
    ("product.product", "list_price"),
    ("product.template", "list_price"),
    ("res.partner", "email"),
    ("stock.move", "price_unit"),
    ("stock.picking", "carrier_price"),
]
# 12.34 after a sign of money, or before one
MONEY = re.compile(r"[$€£]\s?\d|\d[.,]\d\d\s?[$€£]")
EMAIL = re.compile(r"[\w.+-]+@(marketplace|example|buyer)[\w.]*")


def delivery(shop):
    """Return ``(transfer, order)`` that waits to be sent."""
    return shop.sql(
        "SELECT picking.id, picking.sale_id FROM stock_picking picking JOIN sale_order ON sale_order.id = sale_id"
        " WHERE picking.state = 'assigned' AND sale_order.oms_hold IS NULL ORDER BY picking.id DESC LIMIT 1"
    )[0]


@pytest.mark.parametrize(("model", "name"), HIDDEN, ids=lambda value: value)
def test_neither_api_tells(shop, model, name):
    record = shop.call(model, "search", [], limit=1)[0]
    if model == "res.partner":
        record = shop.sql("SELECT partner_id FROM sale_order ORDER BY id DESC LIMIT 1")[0][0]
    old, new = shop.as_user("picker"), shop.json2("picker")
    for ask in (
        lambda: old.call(model, "read", [record], [name]),
        lambda: old.call(model, "search_read", [(name, "!=", False)], ["id"]),
        lambda: old.call(model, "formatted_read_group", [], [name], ["__count"]),
        lambda: old.call(model, "web_read", [record], {name: {}}),
    ):
        with pytest.raises(xmlrpc.client.Fault):
            ask()
    for ask in (
        lambda: new.call(model, "read", ids=[record], fields=[name]),
        lambda: new.call(model, "search_count", domain=[[name, "!=", False]]),
        lambda: new.call(model, "export_data", ids=[record], fields_to_export=[name]),
    ):
        with pytest.raises(JsonRefused):
            ask()
    assert name not in new.call(model, "fields_get")
    assert name in shop.json2("admin").call(model, "fields_get")


def test_neither_api_writes_an_order(shop):
    line, order, price = shop.sql("SELECT id, order_id, price_unit FROM sale_order_line ORDER BY id DESC LIMIT 1")[0]
    old, new = shop.as_user("picker"), shop.json2("picker")
    with pytest.raises(xmlrpc.client.Fault, match="order desk"):
        old.call("sale.order.line", "write", [line], {"price_unit": 1})
    with pytest.raises(xmlrpc.client.Fault, match="order desk"):
        old.call("sale.order", "write", [order], {"note": "x"})
    for method, arguments in (
        ("write", {"vals": {"order_line": [[1, line, {"price_unit": 1}]]}}),
        ("web_save", {"vals": {"order_line": [[1, line, {"price_unit": 1}]]}, "specification": {"name": {}}}),
        ("get_portal_url", {}),
        ("message_post", {"body": "x"}),
    ):
        with pytest.raises(JsonRefused):
            new.call("sale.order", method, ids=[order], **arguments)
    assert shop.sql("SELECT price_unit FROM sale_order_line WHERE id = %s", line) == [(price,)]


def test_a_transfer_is_sent_over_the_api(shop):
    transfer, order = delivery(shop)
    picker = shop.as_user("picker")
    picker.call("stock.picking", "write", [transfer], {"carrier_tracking_ref": "FLOOR-1"})
    assert picker.call("stock.picking", "button_validate", [transfer]) is True
    assert shop.sql("SELECT delivery_status FROM sale_order WHERE id = %s", order) == [("full",)]
    shop.settle()


def test_a_note_is_read_before_a_transfer_is_sent_over_either_api(shop):
    transfer, order = delivery(shop)
    clerk, picker, new = shop.json2("clerk"), shop.as_user("picker"), shop.json2("picker")
    for audience in ("boss", [], None):
        with pytest.raises(JsonRefused) as refused:
            clerk.call("sale.order", "oms_add_note", ids=[order], text="x", audience=audience)
        assert "office, picker, packer and label" in str(refused.value)
    words = {"text": "Gas label on two sides", "audience": ["packer"], "must_confirm": True}
    [note] = clerk.call("sale.order", "oms_add_note", ids=[order], **words)
    with pytest.raises(xmlrpc.client.Fault, match="Gas label on two sides"):
        picker.call("stock.picking", "button_validate", [transfer])
    with pytest.raises(JsonRefused, match="oms.order.note.confirm"):
        new.call("stock.picking", "button_validate", ids=[transfer])
    assert new.call("oms.order.note", "confirm", ids=[note]) is True
    assert picker.call("stock.picking", "button_validate", [transfer]) is True
    rows = clerk.call("sale.order", "get_oms_timeline", ids=[order], group="people")
    kinds = [row["kind"] for row in rows]
    assert {"note", "note_confirmed", "pick_line", "packed", "shipped"} <= set(kinds)
    assert clerk.call("sale.order", "count_oms_timeline", ids=[order])["people"] == len(kinds)
    text = shop.as_user("clerk").call("sale.order", "export_oms_timeline", [order])
    assert "Gas label on two sides" in text and text.startswith("When (UTC),")
    shop.settle()


def test_the_screens_of_a_picker_show_no_money(shop, picker_page):
    transfer, order = delivery(shop)
    product = shop.sql("SELECT product_id FROM stock_move WHERE picking_id = %s LIMIT 1", transfer)[0][0]
    template = shop.call("product.product", "read", [product], ["product_tmpl_id"])[0]["product_tmpl_id"][0]
    partner = shop.sql("SELECT partner_id FROM sale_order WHERE id = %s", order)[0][0]
    for name, path, wanted in (
        ("picker-transfer", f"stock.picking/{transfer}", ".o_form_view .o_list_renderer"),
        ("picker-order", f"sale.order/{order}", ".o_form_view [name=order_line]"),
        ("picker-product", f"product.template/{template}", ".o_form_view [name=name]"),
        ("picker-contact", f"res.partner/{partner}", ".o_form_view [name=phone]"),
        ("picker-transfers", "action-stock.action_picking_tree_all", ".o_list_view"),
        ("picker-stock", "action-stock.action_product_stock_view", ".o_list_view"),
    ):
        picker_page.goto(f"{shop.odoo.url}/odoo/{path}")
        picker_page.wait_for_selector(wanted)
        picker_page.wait_for_timeout(700)
        take_picture(picker_page, name)
        assert not picker_page.locator(".o_error_dialog, .modal-title:has-text('Access Error')").count(), name
        text = picker_page.locator("body").inner_text()
        assert not MONEY.search(text), (name, MONEY.search(text))
        assert not EMAIL.search(text), (name, EMAIL.search(text))


def test_the_buyers_page_is_not_for_pickers(shop, picker_page):
    order = delivery(shop)[1]
    picker_page.goto(f"{shop.odoo.url}/my/orders/{order}")
    assert not MONEY.search(picker_page.locator("body").inner_text())
    answer = picker_page.request.get(f"{shop.odoo.url}/report/html/sale.report_saleorder/{order}")
    assert not answer.ok
