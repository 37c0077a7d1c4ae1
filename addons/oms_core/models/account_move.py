from odoo import fields, models


class AccountMove(models.Model):
    """Credit notes of channel orders: what was drafted for a refund is done, what was made here is told."""

    _inherit = "account.move"

    oms_refund_ids = fields.One2many("oms.refund", "move_id", string="Channel refunds")

    def _post(self, soft=True):
        posted = super()._post(soft)
        notes = posted.filtered(lambda move: move.move_type == "out_refund")
        notes._close_refund_reports()
        for note in notes.filtered(lambda note: not note.sudo().oms_refund_ids):  # sudo: accountants see no refunds
            note.sudo()._tell_refund()  # sudo: as above
        return posted

    def _invoice_paid_hook(self):
        result = super()._invoice_paid_hook()
        orders = self.invoice_line_ids.sale_line_ids.order_id
        orders.sudo()._end_holds_of_paid()  # sudo: who registers a payment need not be at the order desk
        return result

    def _close_refund_reports(self):
        for refund in self.sudo().oms_refund_ids:  # sudo: the system closes what is solved
            self.env["oms.exception"]._close_problems(refund.channel_id, "refund_reported", [str(refund.id)])

    def _tell_refund(self):
        """Give the credit note's money back through the order's channel, or ask a person, as the policy says."""
        order = self.invoice_line_ids.sale_line_ids.order_id.filtered("oms_channel_id")
        if len(order) != 1 or order.oms_channel_id.refund_policy == "never":
            return
        refund = self.env["oms.refund"].create(self._prepare_channel_refund(order))
        channel = order.oms_channel_id
        if channel.refund_policy == "always" and channel.can_refund:
            refund._send()
            return
        amount = self.currency_id.format(refund.amount)
        entry = {"reason": "refund_untold", "order_id": order.id, "cause": str(refund.id), "params": {"amount": amount}}
        self.env["oms.exception"]._open_problems([entry])

    def _prepare_channel_refund(self, order):
        lines, beside = [], 0.0
        for line in self.invoice_line_ids.filtered(lambda line: line.display_type == "product"):
            sold = line.sale_line_ids.filtered("oms_external_line_id")[:1]
            if not sold:
                beside += line.price_total
                continue
            vals = {
                "order_line_id": sold.id,
                "quantity": line.quantity,
                "amount": line.price_total,
                "tax": line.price_total - line.price_subtotal,
            }
            lines.append((0, 0, vals))
        return {
            "order_id": order.id,
            "channel_id": order.oms_channel_id.id,
            "move_id": self.id,
            "line_ids": lines,
            "adjustment": beside,
            "note": self.ref,
        }
