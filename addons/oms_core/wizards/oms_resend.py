from odoo import Command, api, fields, models


class OmsResend(models.TransientModel):
    """Send goods of an order once more, or others in their place."""

    _name = "oms.resend"
    _description = "Send again"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    kind = fields.Selection(
        [("replacement", "The same goods once more"), ("exchange", "Other goods in their place")],
        default="replacement",
        required=True,
    )
    reason = fields.Char(help="It stays on the timeline of both orders.")
    line_ids = fields.One2many("oms.resend.line", "resend_id")

    @api.model
    def default_get(self, fields_list):
        """Start with every line of goods, none of it to send yet."""
        values = super().default_get(fields_list)
        order = self.env["sale.order"].browse(values.get("order_id"))
        goods = order.order_line.filtered(lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0)
        values["line_ids"] = [Command.create({"line_id": line.id, "product_id": line.product_id.id}) for line in goods]
        return values

    def action_send(self):
        """Make the order and open it."""
        self.ensure_one()
        is_other = self.kind == "exchange"
        rows = [
            {"line_id": row.line_id.id, "quantity": row.quantity}
            | ({"product_id": row.product_id.id} if is_other else {})
            for row in self.line_ids.filtered("quantity")
        ]
        made = self.order_id.oms_create_replacement(rows, self.reason, self.kind)
        return self.env["sale.order"].browse(made["id"])._get_records_action()


class OmsResendLine(models.TransientModel):
    """How much of one line is sent again, and what in its place."""

    _name = "oms.resend.line"
    _description = "Line to send again"

    resend_id = fields.Many2one("oms.resend", required=True, ondelete="cascade")
    line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade")
    sold_id = fields.Many2one(related="line_id.product_id", string="Product")
    ordered = fields.Float(related="line_id.product_uom_qty", string="Ordered")
    quantity = fields.Float(string="Send again", digits="Product Unit")
    product_id = fields.Many2one("product.product", string="Instead", domain=[("type", "=", "consu")])
