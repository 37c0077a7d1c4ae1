"""The shop of the import benchmark: products with stock, a tax inside the price, a channel with Amazon's documents."""

import json
from datetime import datetime, timedelta, timezone

from sandbox.amazon.generator import Wish, generate_order
from sandbox.amazon.marketplaces import DE
from sandbox.catalogue import FIRST_MARKETPLACE_FULFILLED, PRODUCTS

SOLD = PRODUCTS[: FIRST_MARKETPLACE_FULFILLED - 1]
PLENTY = 1_000_000
# A few products run out in the middle, so that orders that cannot be reserved in full are measured and compared, too.
SHORT = {SOLD[40].sku: 3, SOLD[80].sku: 10, SOLD[120].sku: 40}
KINDS = ("standard",) * 7 + ("gift", "discount", "business")
PLACED_FROM = datetime(2026, 11, 20, 6, 0, tzinfo=timezone.utc)


def declare_channel_type():
    """Add a channel type that reads Amazon's documents and has no account. Before any registry is loaded."""
    from odoo import fields, models
    from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
    from odoo.addons.oms_core.models import oms_channel  # noqa: F401 - the class below extends one that must be there

    class OmsChannel(models.Model):
        _inherit = "oms.channel"
        _module = "oms_core"

        channel_type = fields.Selection(selection_add=[("bench", "Benchmark")], ondelete={"bench": "cascade"})

        def _adapter_class(self):
            return AmazonAdapter if self.channel_type == "bench" else super()._adapter_class()


def open_shop(env):
    """Create products, stock, tax, currency and the channel. Return the channel."""
    env["res.currency"].with_context(active_test=False).search([("name", "=", DE.currency)]).active = True
    products = env["product.product"].create(
        [
            {
                "name": product.name,
                "default_code": product.sku,
                "barcode": product.barcode,
                "is_storable": True,
                "weight": product.weight_grams / 1000,
                "list_price": float(product.price()),
            }
            for product in SOLD
        ]
    )
    warehouse = env["stock.warehouse"].search([("company_id", "=", env.company.id)], limit=1)
    for product in products:
        quantity = SHORT.get(product.default_code, PLENTY)
        env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, quantity)
    tax = env["account.tax"].create(
        {"name": "VAT 19% incl.", "amount": 19, "price_include_override": "tax_included", "type_tax_use": "sale"}
    )
    channel = env["oms.channel"].create(
        {
            "name": "Benchmark",
            "channel_type": "bench",
            "warehouse_ids": [(6, 0, warehouse.ids)],
            "is_stock_pushed": True,
            "tax_ids": [(0, 0, {"tax_id": tax.id})],
        }
    )
    channel.state = "live"
    env["oms.listing"].create(
        [
            {
                "channel_id": channel.id,
                "sku": product.default_code,
                "title": product.name,
                "product_id": product.id,
            }
            for product in products
        ]
    )
    channel._pricelists({DE.currency})
    return channel


def documents(first, count):
    """Return the documents of orders ``first`` to ``first + count``: 1-5 lines, tax inside the price.

    Seven of ten are plain, one has gift wrap, one a discount, one comes from a company.
    """
    from odoo.addons.oms_core.lib import dto

    raws = []
    for index in range(first, first + count):
        at = PLACED_FROM + timedelta(seconds=7 * index)
        wish = Wish(kind=KINDS[index % len(KINDS)], lines=(1, 5), marketplace_id=DE.id)
        order = generate_order("bench", index, at, wish)
        raws.append(
            dto.RawOrder(
                external_id=order["orderId"], updated_at=at, body=json.dumps(order, ensure_ascii=False).encode()
            )
        )
    return raws
