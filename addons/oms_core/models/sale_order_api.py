from odoo import models
from odoo.exceptions import UserError

from .sale_order import QUIET


class SaleOrder(models.Model):
    """Confirming, cancelling and looking again, for people and programs: an answer for each order."""

    _inherit = "sale.order"

    def _ensure_desk(self):
        """Refuse whoever may not change these orders, warehouse staff among them.

        :raise AccessError: they may not
        """
        self.check_access("write")
        self._ensure_office()

    def _answers(self, done, reasons):
        return [
            {"id": order.id, "name": order.name, "is_done": order in done, "why": reasons.get(order, "")}
            for order in self
        ]

    def oms_confirm(self):
        """Confirm quotations: what can be reserved is reserved and transfers are made.

        :return: for each order ``{id, name, is_done, why}``; ``why`` says why it was not confirmed
        :raise AccessError: whoever asks may not confirm orders
        """
        self._ensure_desk()
        reasons = {order: order._why_not_confirm() for order in self}
        reasons = {order: why for order, why in reasons.items() if why}
        ready = self.filtered(lambda order: order not in reasons)
        if ready:
            ready.with_context(**QUIET)._confirm_batch()
        return self._answers(ready, reasons)

    def _why_not_confirm(self):
        if self.state == "sale":
            return self.env._("It is confirmed already.")
        if self.state == "cancel":
            return self.env._("It is cancelled.")
        if not self.order_line:
            return self.env._("It has no lines.")
        return self._confirmation_error_message() or ""

    def oms_cancel(self, why=""):
        """Cancel orders. The channel is told, or a problem asks whether to, as the account says.

        :param why: in words, for the timeline
        :return: for each order ``{id, name, is_done, why}``
        :raise AccessError: whoever asks may not cancel orders
        """
        self._ensure_desk()
        reasons = {order: order._why_not_cancel() for order in self}
        reasons = {order: text for order, text in reasons.items() if text}
        ready = self.filtered(lambda order: order not in reasons)
        if ready:
            words = why or self.env._("Cancelled at the desk.")
            # sudo: who may cancel the order need not see its transfers and purchases, which end with it
            ready.sudo().with_context(**QUIET, oms_cancel_why=words)._action_cancel()
        return self._answers(ready, reasons)

    def _why_not_cancel(self):
        if self.state == "cancel":
            return self.env._("It is cancelled already.")
        if self.locked:
            return self.env._("It is locked.")
        stage = self._stage()
        if stage == "shipped" or any(move.state == "done" for move in self._moves_out()):
            return self.env._("Goods have left already: take them back as a return.")
        if stage == "picking":
            return self.env._("Picking has begun: put the goods back first.")
        return ""

    def _moves_out(self):
        return self._own_moves().filtered(lambda move: move.picking_id and move.picking_id._is_to_customer())

    def oms_recheck(self):
        """Look again at what stops orders, after somebody mended it.

        :return: for each order ``{id, name, is_done, why}``; not done is what is still stopped
        :raise AccessError: whoever asks may not change orders
        """
        self._ensure_desk()
        before = {order: bool(order.oms_hold or order.oms_exception_count) for order in self}
        stopped = self.filtered(lambda order: before[order])
        stopped._recheck()
        freed = stopped.filtered(lambda order: not order.oms_hold)
        reasons = {order: self.env._("Nothing stopped it.") for order in self - stopped}
        reasons |= {order: order.oms_hold_text or "" for order in stopped - freed}
        return self._answers(freed, reasons)

    # === BY NUMBER ===

    def _find_one(self, reference):
        """Return the one order a program means.

        :param reference: our id, our number, or the channel's
        :raise UserError: there is none, or several
        """
        if isinstance(reference, bool) or not reference:
            raise UserError(self.env._("Say which order: its id, our number or the channel's."))
        if isinstance(reference, int):
            found = self.search([("id", "=", reference)])
        else:
            found = self.search(
                [
                    "|",
                    "|",
                    ("name", "=", reference),
                    ("oms_external_number", "=", reference),
                    ("oms_external_id", "=", reference),
                ],
                limit=2,
            )
        if not found:
            raise UserError(self.env._("There is no order %s that you may see.", reference))
        if len(found) > 1:
            raise UserError(self.env._("Several orders have the number %s. Ask by id.", reference))
        return found
