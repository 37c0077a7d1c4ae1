from odoo import api, fields, models


class StockPicking(models.Model):
    """What the transfer screen shows of the order: read with the order's rights, so warehouse staff see it too."""

    _inherit = "stock.picking"

    oms_channel_id = fields.Many2one(related="sale_id.oms_channel_id", string="Channel")
    oms_external_number = fields.Char(related="sale_id.oms_external_number", string="Channel number")
    oms_ship_by_at = fields.Datetime(related="sale_id.oms_ship_by_at", string="Ship by")
    oms_hold = fields.Selection(
        [("confirm", "On hold"), ("ship", "May not leave")],
        compute="_compute_oms_hold",
        compute_sudo=True,
        string="Hold",
    )
    oms_hold_text = fields.Char(compute="_compute_oms_hold", compute_sudo=True, string="Why it is held")

    @api.depends("sale_id.oms_hold", "move_ids.sale_line_id.order_id.oms_hold")
    def _compute_oms_hold(self):
        """One order on hold stops the parcel of all that go together."""
        for picking in self:
            held = picking._orders().filtered("oms_hold")
            picking.oms_hold = "confirm" if "confirm" in held.mapped("oms_hold") else "ship" if held else False
            picking.oms_hold_text = " ".join(text for text in held.mapped("oms_hold_text") if text) or False
