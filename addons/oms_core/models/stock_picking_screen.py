from odoo import fields, models


class StockPicking(models.Model):
    """What the transfer screen shows of the order: read with the order's rights, so warehouse staff see it too."""

    _inherit = "stock.picking"

    oms_channel_id = fields.Many2one(related="sale_id.oms_channel_id", string="Channel")
    oms_external_number = fields.Char(related="sale_id.oms_external_number", string="Channel number")
    oms_ship_by_at = fields.Datetime(related="sale_id.oms_ship_by_at", string="Ship by")
    oms_hold = fields.Selection(related="sale_id.oms_hold", string="Hold")
    oms_hold_text = fields.Char(related="sale_id.oms_hold_text", string="Why it is held")
