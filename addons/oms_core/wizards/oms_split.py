from odoo import Command, api, fields, models


class OmsSplit(models.TransientModel):
    """Take lines or units of an order into a second one."""

    _name = "oms.split"
    _description = "Split an order"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    line_ids = fields.One2many("oms.split.line", "split_id")

    @api.model
    def default_get(self, fields_list):
        """Start with every line that can move, none of it moving yet."""
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id"))
        lines = order.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0 and not line.oms_part_of
        )
        values["line_ids"] = [
            Command.create({"line_id": line.id, "movable": line._units_movable()})
            for line in lines
            if line.product_id.type == "consu"
        ]
        return values

    def action_split(self):
        """Make the second order and open it."""
        self.ensure_one()
        rows = [{"line_id": row.line_id.id, "quantity": row.quantity} for row in self.line_ids.filtered("quantity")]
        made = self.order_id.oms_split(rows)
        return self.env["sale.order"].browse(made["id"])._get_records_action()


class OmsSplitLine(models.TransientModel):
    """How much of one line moves."""

    _name = "oms.split.line"
    _description = "Line to split"

    split_id = fields.Many2one("oms.split", required=True, ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    product_id = fields.Many2one(related="line_id.product_id")
    ordered = fields.Float(related="line_id.product_uom_qty", string="Ordered")
    movable = fields.Float(string="Not picked", digits="Product Unit", readonly=True)
    quantity = fields.Float(string="Move", digits="Product Unit")


class OmsMerge(models.TransientModel):
    """Let other orders go to the buyer in one parcel with this one."""

    _name = "oms.merge"
    _description = "Send orders together"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    line_ids = fields.One2many("oms.merge.line", "merge_id")

    @api.model
    def default_get(self, fields_list):
        """Start with the orders that were chosen, else with all that fit."""
        values = super().default_get(fields_list)
        orders = self.env["sale.order"]
        order = orders.browse(values.get("order_id"))
        others = orders.browse(self.env.context.get("oms_merge_ids") or []) or order._mergeable()
        values["line_ids"] = [Command.create({"order_id": other.id, "is_chosen": True}) for other in others]
        return values

    def action_merge(self):
        """Put them together and show the order they go with."""
        self.ensure_one()
        made = self.order_id.oms_merge(self.line_ids.filtered("is_chosen").order_id.ids)
        return self.env["sale.order"].browse(made["id"])._get_records_action()


class OmsMergeLine(models.TransientModel):
    """An order that may go along."""

    _name = "oms.merge.line"
    _description = "Order to send together"

    merge_id = fields.Many2one("oms.merge", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade")
    external_number = fields.Char(related="order_id.oms_external_number")
    partner_id = fields.Many2one(related="order_id.partner_shipping_id", string="Goes to")
    placed_at = fields.Datetime(related="order_id.date_order", string="Placed")
    is_chosen = fields.Boolean(string="Send along", default=True)
