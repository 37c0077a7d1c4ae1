from odoo import models

KINDS = {"out_invoice": "invoice_posted", "out_refund": "credit_note_posted"}


class AccountMove(models.Model):
    """Invoices and credit notes on the timeline of their orders."""

    _inherit = "account.move"

    def _post(self, soft=True):
        posted = super()._post(soft)
        self.env["oms.order.event"]._log(
            (order, KINDS[move.move_type], {"number": move.name, "amount": move.currency_id.format(move.amount_total)})
            for move in posted.filtered(lambda move: move.move_type in KINDS)
            for order in move.sudo().invoice_line_ids.sale_line_ids.order_id  # sudo: accountants may not see orders
        )
        return posted
