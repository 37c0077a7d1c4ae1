from odoo import api, models

WATCHED = {"quantity", "reserved_quantity", "location_id", "product_id"}


class StockQuant(models.Model):
    """Stock changes only mark their products; quantities are computed later, for many at once."""

    _inherit = "stock.quant"

    @api.model_create_multi
    def create(self, vals_list):
        quants = super().create(vals_list)
        self.env["oms.stock.dirty"]._mark(quants.product_id.ids)
        return quants

    def write(self, vals):
        result = super().write(vals)
        if not WATCHED.isdisjoint(vals):
            self.env["oms.stock.dirty"]._mark(self.product_id.ids)
        return result

    def unlink(self):
        self.env["oms.stock.dirty"]._mark(self.product_id.ids)
        return super().unlink()
