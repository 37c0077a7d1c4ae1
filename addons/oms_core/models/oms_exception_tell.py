from odoo import fields, models
from odoo.exceptions import UserError

CANCEL_REASONS = [
    ("out_of_stock", "Out of stock"),
    ("buyer_asked", "The buyer asked"),
    ("wrong_address", "The address is wrong"),
    ("wrong_price", "The price is wrong"),
    ("suspected_fraud", "Suspected fraud"),
    ("other", "Another reason"),
]


class OmsException(models.Model):
    """What a channel does not know yet, and answers it waits for: said with one button."""

    _inherit = "oms.exception"

    cancel_reason = fields.Selection(CANCEL_REASONS, string="Reason to tell", default="other")
    can_tell = fields.Boolean(compute="_compute_can_tell")

    def _compute_can_tell(self):
        for problem in self:
            channel = problem.channel_id
            problem.can_tell = problem.state == "open" and (
                (problem.reason == "cancel_untold" and channel.can_cancel)
                or (problem.reason == "refund_untold" and channel.can_refund)
            )

    def action_tell_channel(self):
        """Tell the channel of the cancellation, or let it give the money back."""
        self._ensure_clerk()
        for problem in self:
            if not problem.can_tell:
                raise UserError(
                    self.env._("%s has no way to be told this from here. Do it there.", problem.channel_id.name)
                )
            if problem.reason == "cancel_untold":
                problem.order_id.sudo()._queue_cancellation(problem.cancel_reason)  # sudo: messages are the system's
            else:
                problem._refunds().sudo()._send()  # sudo: as above
        self._close()
        return True

    def action_cancel_order(self):
        """Cancel the order here, because the buyer asks or because there is no stock; the channel is told.

        :raise UserError: the problem is another one, or goods that nobody asked back are picked or gone
        """
        self._ensure_clerk()
        for problem in self:
            problem.order_id.check_access("write")
            if problem.reason in ("stock_short", "oversold"):
                [answer] = problem.order_id.oms_cancel(self.env._("Not in stock."))
                if not answer["is_done"]:
                    raise UserError(answer["why"])
                continue
            problem._ensure_reason("cancel_requested")
            why = self.env._("The buyer asked: %s", (problem.params or {}).get("why", "–"))
            problem.order_id.with_context(oms_cancel_why=why)._action_cancel()
        return True

    def action_refuse_request(self):
        """Send the order anyway; the channel is told that the answer to the buyer is no."""
        self._ensure_clerk()
        self._ensure_reason("cancel_requested")
        for problem in self:
            problem.order_id.check_access("write")
            problem.order_id.sudo()._refuse_to_cancel(problem.params or {})  # sudo: messages are the system's
        self.write_ignored(self.env._("Sent anyway"))
        return True

    def write_ignored(self, why):
        """Set problems aside with a reason that stays on the timeline.

        :param why: plain words
        :raise UserError: the caller is no clerk
        """
        self._ensure_clerk()
        self.sudo().write({"ignore_reason": why})  # sudo: clerks may set aside, not edit
        self._close("ignored")

    def action_settle_message(self):
        """Take a message in doubt for accepted: somebody has looked and it is there."""
        self._ensure_clerk()
        self.outbox_id.action_settle()
        return True

    def action_believe_quantity(self):
        """Say that a quantity nobody could believe is right, and let it be sent."""
        self._ensure_clerk()
        self._ensure_reason("quantity_absurd")
        return self._listings().action_believe()

    def _ensure_reason(self, reason):
        if self.filtered(lambda problem: problem.reason != reason or problem.state != "open"):
            raise UserError(self.env._("This is not what the problem is about any more. Reload the page."))

    def _refunds(self):
        """Return the refunds these problems are about."""
        reasons = ("refund_untold", "refund_reported", "credit_note_failed")
        ids = [int(problem.cause) for problem in self if problem.reason in reasons]
        rows = self.env["oms.refund"].browse(ids).exists()
        messages = self.filtered(lambda problem: problem.outbox_id).outbox_id
        return rows | self.env["oms.refund"].search([("outbox_id", "in", messages.ids)])

    def _retry_credit_notes(self):
        refunds = self._refunds().sudo()  # sudo: the system drafts
        refunds._draft_credit_note()
        done = refunds.filtered("move_id")
        mended = {str(refund.id) for refund in done}
        self.filtered(lambda row: row.reason == "credit_note_failed" and row.cause in mended)._close()
