from odoo import models


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Look again at orders that waited for this stock."""
        result = super()._action_assign(force_qty=force_qty)
        waiting = self.sale_line_id.order_id.filtered(
            lambda order: (
                "stock_short"
                in order.oms_exception_ids.filtered(lambda problem: problem.state == "open").mapped("reason")
            )
        )
        waiting._note_reservation()
        return result
