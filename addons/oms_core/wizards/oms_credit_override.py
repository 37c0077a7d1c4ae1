from odoo import fields, models


class OmsCreditOverride(models.TransientModel):
    """Let an order go although its customer is over the credit limit."""

    _name = "oms.credit.override"
    _description = "Let an order go over the credit limit"

    order_id = fields.Many2one("sale.order", required=True, readonly=True)
    warning = fields.Char(compute="_compute_warning")
    reason = fields.Char(help="It stays on the order's timeline.")

    def _compute_warning(self):
        for override in self:
            override.warning = override.order_id.oms_credit_warning

    def action_apply(self):
        """Let it go."""
        self.ensure_one()
        self.order_id.oms_override_credit(self.reason)
        return {"type": "ir.actions.act_window_close"}
