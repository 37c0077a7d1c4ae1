from odoo import api, fields, models
from odoo.exceptions import UserError

KINDS = [
    ("goods", "Goods"),
    ("part", "Part of a kit"),
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
    oms_quantity = fields.Float(
        string="Units on the channel", digits="Product Unit", readonly=True, copy=False, help="As the channel counts."
    )
    oms_units = fields.Float(
        string="Product units each",
        digits="Product Unit",
        default=1.0,
        readonly=True,
        copy=False,
        help="How many units of the product make one of the channel's.",
    )
    oms_part_of = fields.Char(string="Part of channel line", readonly=True, copy=False)
    oms_gift_message = fields.Text(string="Gift message", readonly=True, copy=False)
    oms_gift_wrap = fields.Char(string="Gift wrap", readonly=True, copy=False)

    oms_units_asked = fields.Float(compute="_compute_oms_allocation", compute_sudo=True, digits="Product Unit")
    oms_units_reserved = fields.Float(
        compute="_compute_oms_allocation", compute_sudo=True, digits="Product Unit", string="Allocated"
    )

    _oms_external_line_unique = models.UniqueIndex(
        "(order_id, oms_external_line_id) WHERE oms_external_line_id IS NOT NULL",
        "This line of the channel's order is already here.",
    )

    @api.depends("move_ids.state", "move_ids.product_uom_qty", "move_ids.quantity")
    def _compute_oms_allocation(self):
        """Say how many units the first transfers of a line ask for, and how many of them are kept or gone."""
        for line in self:
            moves = line.move_ids.filtered(
                lambda move: move.state != "cancel" and not move.move_orig_ids and move.location_id.usage != "customer"
            )
            line.oms_units_asked = sum(moves.mapped("product_uom_qty"))
            line.oms_units_reserved = sum(moves.mapped("quantity"))

    def write(self, vals):
        if "product_uom_qty" in vals and not self.env.context.get("oms_puts_back"):
            self._ensure_not_picked(vals["product_uom_qty"])
        return super().write(vals)

    def _ensure_not_picked(self, wanted):
        """Refuse fewer units than somebody has in hand: the picker would not learn of it.

        :raise UserError: so many are picked already
        """
        for line in self.filtered(lambda line: line.state == "sale" and line.product_uom_qty > wanted):
            moves = line.sudo().move_ids.filtered(  # sudo: whoever edits an order need not see transfers
                lambda move: move.state not in ("cancel", "done") and move.picked and not move.move_orig_ids
            )
            in_hand = sum(moves.mapped("quantity"))
            if wanted < line.qty_delivered + in_hand - 1e-6 and in_hand:
                raise UserError(
                    self.env._(
                        "%(units)s of %(product)s are picked already. Have them put back first, then change the order.",
                        units=f"{in_hand:g}",
                        product=line.product_id.display_name,
                    )
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
                ("state", "in", ("draft", "sent", "sale")),
            ]
        )
        for line in lines:
            line._add_parts(listing)
            line.write(
                {
                    "product_id": listing.product_id.id,
                    "product_uom_id": listing.product_id.uom_id.id,
                    "product_uom_qty": line.product_uom_qty * listing.units,
                    "price_unit": line.price_unit / listing.units,
                    "oms_units": listing.units,
                    "discount": line.discount,
                    "tax_ids": [(6, 0, line.tax_ids.ids)],
                    "name": line.name,
                    "customer_lead": listing.product_id.sale_delay,
                }
            )
        words = {"sku": listing.sku, "product": listing.product_id.display_name}
        self.env["oms.order.event"]._log((order, "linked", words) for order in lines.order_id)
        return bool(lines)

    def _units_needed(self):
        """Return ``{product: units}`` that leave for one unit of the channel's; empty for what is not sent.

        A product that Odoo itself takes apart (a kit of manufacturing) leaves as its components.
        """
        self.ensure_one()
        moves = self.move_ids.filtered(
            lambda move: move.state != "cancel" and move.location_dest_id.usage == "customer"
        )
        components = moves.product_id - self.product_id
        if not moves:
            return {}
        if not components:
            in_product_units = self.product_uom_id._compute_quantity(self.oms_units or 1.0, self.product_id.uom_id)
            return {self.product_id: in_product_units}
        asked = {}
        for move in moves:
            units = move.product_uom._compute_quantity(move.product_uom_qty, move.product_id.uom_id)
            asked[move.product_id] = asked.get(move.product_id, 0.0) + units
        return {product: units / (self.oms_quantity or 1.0) for product, units in asked.items() if units}

    def _add_parts(self, listing):
        """Add the further parts of a kit beside its line; the price stays on that line."""
        for part in listing.part_ids:
            self.create(
                {
                    "order_id": self.order_id.id,
                    "sequence": self.sequence,
                    "product_id": part.product_id.id,
                    "product_uom_qty": self.product_uom_qty * part.units,
                    "price_unit": 0.0,
                    "tax_ids": [(5,)],
                    "oms_kind": "part",
                    "oms_quantity": self.product_uom_qty,
                    "oms_units": part.units,
                    "oms_part_of": self.oms_external_line_id,
                }
            )

    def _action_launch_stock_rule(self, **kwargs):
        """Keep orders that somebody else sends out of our warehouses."""
        ours = self.filtered(lambda line: not line.order_id.oms_channel_id or line.order_id.oms_fulfilment == "own")
        return super(SaleOrderLine, ours)._action_launch_stock_rule(**kwargs)
