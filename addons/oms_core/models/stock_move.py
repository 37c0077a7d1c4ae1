from odoo import models

from .sale_order_oversold import SHORT


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Reserve nothing for orders whose hold keeps no stock, and look again at orders that waited for stock."""
        held = self.filtered(lambda move: move.sale_line_id.order_id._may_not_reserve())
        if held:
            return (self - held)._action_assign(force_qty=force_qty)
        result = super()._action_assign(force_qty=force_qty)
        waiting = self.sale_line_id.order_id.filtered(
            lambda order: order.oms_exception_ids.filtered(
                lambda problem: problem.state == "open" and problem.reason in SHORT
            )
        )
        waiting._note_reservation()
        return result
