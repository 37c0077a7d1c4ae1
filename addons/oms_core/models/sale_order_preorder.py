from odoo import models
from odoo.tools import float_compare


class SaleOrder(models.Model):
    """Orders for goods that are not there yet: they wait on hold for stock instead of being a problem."""

    _inherit = "sale.order"

    def _note_reservation(self):
        early = self.filtered(lambda order: order.oms_type_id.kind == "preorder")
        result = super(SaleOrder, self - early)._note_reservation()
        for order in early:
            asked, reserved = order._reserved_units()
            if not asked:
                continue
            if float_compare(reserved, asked, precision_digits=3) < 0:
                note = self.env._("%(some)s of %(all)s units are there", some=f"{reserved:g}", all=f"{asked:g}")
                order._put_on_hold("stock", note, keeps_stock=True, ends_on="stock")
            else:
                order._release_holds(["stock"], why=self.env._("all of it is in stock"))
        return result


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """Let a pre-order go on in the transaction that brought its goods."""
        result = super()._action_assign(force_qty=force_qty)
        early = self.sale_line_id.order_id.filtered(lambda order: order.oms_type_id.kind == "preorder")
        early.filtered(lambda order: "stock" in order._open_holds().mapped("kind"))._note_reservation()
        return result
