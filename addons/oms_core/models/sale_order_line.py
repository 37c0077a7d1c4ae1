from odoo import api, fields, models

KINDS = [
    ("goods", "Goods"),
    ("shipping", "Shipping"),
    ("gift_wrap", "Gift wrap"),
    ("cod", "Cash on delivery fee"),
    ("discount", "Discount"),
    ("gift_card", "Gift card or credit"),
    ("other", "Other charge"),
    ("channel_tax", "Tax the channel collected"),
    ("seller_tax", "Tax as the channel states it"),
    ("rounding", "Rounding"),
]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_external_line_id = fields.Char(string="Channel line", readonly=True, copy=False)
    oms_kind = fields.Selection(KINDS, string="Kind", readonly=True, copy=False)
    oms_sku = fields.Char(string="SKU on the channel", readonly=True, copy=False, index="btree_not_null")
    oms_title = fields.Char(string="Title on the channel", readonly=True, copy=False)
    oms_gift_message = fields.Text(string="Gift message", readonly=True, copy=False)
    oms_gift_wrap = fields.Char(string="Gift wrap", readonly=True, copy=False)

    _oms_external_line_unique = models.UniqueIndex(
        "(order_id, oms_external_line_id) WHERE oms_external_line_id IS NOT NULL",
        "This line of the channel's order is already here.",
    )

    @api.model
    def _link_waiting(self, listing):
        """Give the product of a listing to every line that waits for it. Price and title stay the channel's.

        :return: whether a line waited
        """
        unlinked = self.env.ref("oms_core.product_unlinked")
        lines = self.sudo().search(  # sudo: a clerk links an SKU once for orders of all salespeople
            [
                ("order_id.oms_channel_id", "=", listing.channel_id.id),
                ("oms_sku", "=", listing.sku),
                ("product_id", "=", unlinked.id),
                ("state", "in", ("draft", "sent")),
            ]
        )
        for line in lines:
            line.write(
                {
                    "product_id": listing.product_id.id,
                    "product_uom_id": listing.product_id.uom_id.id,
                    "product_uom_qty": line.product_uom_qty,
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": [(6, 0, line.tax_ids.ids)],
                    "name": line.name,
                    "customer_lead": listing.product_id.sale_delay,
                }
            )
        words = {"sku": listing.sku, "product": listing.product_id.display_name}
        self.env["oms.order.event"]._log((order, "linked", words) for order in lines.order_id)
        return bool(lines)

    def _action_launch_stock_rule(self, **kwargs):
        """Keep orders that somebody else sends out of our warehouses."""
        ours = self.filtered(lambda line: not line.order_id.oms_channel_id or line.order_id.oms_fulfilment == "own")
        return super(SaleOrderLine, ours)._action_launch_stock_rule(**kwargs)
