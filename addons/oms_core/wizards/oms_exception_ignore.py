from odoo import fields, models


class OmsExceptionIgnore(models.TransientModel):
    """Asks why problems may be set aside."""

    _name = "oms.exception.ignore"
    _description = "Ignore problems"

    exception_ids = fields.Many2many("oms.exception", string="Problems", required=True)
    reason = fields.Char(required=True, string="Why")

    def action_ignore(self):
        """Set the problems aside with the reason given."""
        self.exception_ids.ignore(self.reason)
        return {"type": "ir.actions.act_window_close"}
