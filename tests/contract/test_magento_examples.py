"""The recorded exchanges of Adobe's own documentation are read, and our requests are shaped like its payloads."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from odoo.addons.oms_channel_magento.lib import answers, bodies, pages, refunds, wire, wire_order
from odoo.addons.oms_channel_magento.lib.bundles import read_lines
from odoo.addons.oms_core.lib import dto
from specs import specs_root

NOW = datetime(2026, 11, 26, tzinfo=timezone.utc)


def recorded(page, place, kind):
    """Return the recorded blocks of a page of the documentation, for an endpoint."""
    path = specs_root() / "magento" / "examples" / "adobedocs-rest-examples.json"
    pages_of_docs = json.loads(path.read_text(encoding="utf-8"))
    [found] = [blocks for name, blocks in pages_of_docs.items() if name.endswith(page)]
    return [block["json"] for block in found if place in block["endpoint"] and block["kind"] in (kind, None)]


def body(tree):
    return json.dumps(tree).encode()


def test_a_page_of_source_items_is_the_sum_over_sources():
    [page] = recorded("inventory/manage-source-items.md", "GET", "Response")
    found = wire.decode(body(page), wire.SourceItems)
    assert [(item.sku, item.source_code, item.quantity) for item in found.items] == [
        ("new_product2", "central", 500),
        ("new_product2", "east", 250),
    ]
    assert answers.parse_quantities(body(page)) == {"new_product2": 750}


def test_our_source_items_are_shaped_like_theirs():
    [theirs] = [
        tree
        for tree in recorded("inventory/manage-source-items.md", "/source-items", "Payload")
        if "status" in tree["sourceItems"][0]
    ]
    ours = bodies.build_source_items([dto.StockLevel(ref="1", sku="new_product1", quantity=1000)], "central")
    assert ours["sourceItems"][0] == theirs["sourceItems"][0]


def test_a_page_of_orders_is_cut():
    [page] = recorded("use-rest/performing-searches.md", "/V1/orders", "Response")
    cut = pages.cut_page(body({**page, "total_count": 3}))
    assert [piece.id for piece in cut.pieces] == [3003, 3140, 9435]


@pytest.mark.parametrize("page", ["tutorials/inventory/create-invoice.md", "tutorials/orders/order-create-invoice.md"])
def test_invoices(page):
    [invoice] = recorded(page, "/V1/invoices/3", "Response")
    found = wire.decode(body(invoice), wire_order.Invoice)
    assert (found.entity_id, found.order_id) == (invoice["entity_id"], invoice["order_id"])
    # Paid by cheque: there is nothing the shop could send back.
    need = refunds.Need(Decimal(1))
    assert refunds.choose_invoice([found], "checkmo", (), {"items": []}, need) is None
    assert refunds.choose_invoice([found], "braintree", (), {"items": []}, need) is None


def test_our_parcel_is_shaped_like_theirs():
    [theirs] = recorded("tutorials/orders/order-create-shipment.md", "/ship", "Payload")
    notice = dto.ShipmentNotice(
        order_external_id="3",
        reference="17",
        carrier_code="ups",
        carrier_name="United Parcel Service",
        tracking="1Y-9876543210",
        shipped_at=NOW,
        lines=(),
    )
    units = {"3": Decimal(1), "5": Decimal(1), "11": Decimal(1)}
    ours = bodies.build_shipment(notice, units, bodies.Told("ne_wh"))
    assert {name: ours[name] for name in theirs} == theirs
    [first, _second] = recorded("tutorials/inventory/create-shipment.md", "/ship", "Payload")
    assert ours["arguments"] == first["arguments"]


def test_our_refund_is_shaped_like_theirs():
    [theirs] = recorded("tutorials/orders/order-issue-refund.md", "/refund", "Payload")
    item = {"item_id": 3, "sku": "A", "qty_ordered": 1, "row_total": 22, "tax_amount": 0}
    money = dto.Money(amount=Decimal(22), currency="USD")
    notice = dto.RefundNotice(
        order_external_id="5",
        reference="9",
        amount=money,
        lines=(dto.RefundLine(external_line_id="3", quantity=Decimal(1), amount=money),),
    )
    lines = read_lines([wire.convert(item, wire_order.Item)], "USD")
    shipping = refunds.ShippingPaid(Decimal(5), Decimal(5))
    ours = refunds.plan_body(notice, lines, shipping, is_tax_included=False, is_buyer_told=True)
    del theirs["arguments"]["extension_attributes"]  # goods go back on our own shelves, not on the shop's
    assert {name: ours[name] for name in theirs} == theirs


def test_bulk_answers():
    blocks = recorded("use-rest/bulk-endpoints.md", "/async/bulk/V1/customers", "Response")
    [receipt] = [block for block in blocks if isinstance(block, dict)]
    assert answers.parse_bulk_receipt(body(receipt)) == receipt["bulk_uuid"]
    [status] = recorded("use-rest/operation-status-endpoints.md", "detailed-status", "Response")
    count = len(status["operations_list"])
    levels = [dto.StockLevel(ref=str(number), sku=f"S{number}", quantity=1) for number in range(count)]
    # Operations of another kind name no SKU, so they are taken in their order.
    rows = answers.parse_bulk_status(body(status), levels)
    assert list(rows) == [level.ref for level in levels]
    for operation, row in zip(sorted(status["operations_list"], key=lambda one: one["id"]), rows.values(), strict=True):
        assert (row.error is None) is (operation["status"] == 1)
        assert row.error is None or row.error == operation["result_message"]
