from odoo import models

from ..lib import changing, importing
from ..lib.updating import Known, content_digest, plan_update
from .oms_channel_state import naive_utc
from .sale_order import QUIET
from .sale_order_import import IMPORT_REASONS, _fulfilment


class SaleOrder(models.Model):
    """What becomes of an order the channel shows us again, and of one a person asks to look at again."""

    _inherit = "sale.order"

    def _apply_channel_update(self, data, document):
        """Take over what the channel says now, as far as it may change us.

        :param data: :class:`~odoo.addons.oms_core.lib.dto.OrderData`
        :param document: the ``oms.inbox`` row it came in
        :return: True when anything changed here
        """
        self.ensure_one()
        order = self.with_context(**QUIET)
        if order.oms_replaced_by_id:
            order._write_header(data)  # another order of the channel stands for it now
            return False
        data = changing.keep_known(order._channel_before(data), data)
        was_unpaid = order.oms_channel_status == "awaiting_payment"
        step = plan_update(order._as_known(), data, content_digest(data))
        if was_unpaid and data.status == "to_ship":
            step = order._step_of_paid(step, data)
        apply = {
            "none": order._note_seen,
            "rewrite": order._rewrite_unless_edited,
            "cancel": order._cancel_from_channel,
            "ask_cancel": order._ask_cancel,
            "shipped_elsewhere": order._ask_shipped_elsewhere,
            "reopened": order._ask_reopened,
            "changed": order._take_changes,
        }
        apply[step](data, document)
        if data.payments:
            self.env["oms.payment"]._take_over([(order, data.payments)])
        if data.status == "cancelled":
            order._cancel_added(data)
        if was_unpaid and data.status != "awaiting_payment":
            order._close_own_problems(["awaiting_payment"])
            order._end_holds_of_paid()
        self._take_buyer_notes([(order, data)])
        order._note_requests(data)
        order._note_holds(data)
        order._note_replaced(data)
        return step != "none"

    def _as_known(self):
        """Return what we hold, as the pure decision sees it."""
        return Known(
            stage=self._stage(),
            status=self.oms_channel_status or "",
            is_told=any(
                picking.state == "done" and picking._is_to_customer()
                for picking in (self | self.oms_child_ids)._own_transfers()
            ),
            has_added=bool(self._living() - self),
            digest=self.oms_content_digest or "",
        )

    def _stage(self):
        if self.state == "cancel":
            return "cancelled"
        if self.state in ("draft", "sent"):
            return "draft"
        if self.delivery_status == "full" or self.oms_fulfilment == "elsewhere":
            return "shipped"
        moves = self._own_moves()
        is_picked = any(move.state == "done" or move.picked for move in moves if move.state != "cancel")
        return "picking" if is_picked else "confirmed"

    def _note_seen(self, data, _document):
        self._write_header(data)
        if content_digest(data) == self.oms_content_digest:
            self._drop_open_changes()  # the channel went back to what it said before

    def _write_header(self, data):
        """Remember state and times as the channel has them now; amounts and lines stay."""
        self.write({"oms_channel_status": data.status, "oms_changed_at": naive_utc(data.updated_at)})

    def _rewrite_unless_edited(self, data, document):
        """Build a quotation anew, unless somebody worked on it: then only what changed is taken over, or asked."""
        before = self._channel_before(data)
        is_split = bool(self._living() - self)  # what was split off would be made a second time
        if is_split or changing.find_edits(before, self._as_held(before, data)):
            self._take_changes(data, document)
            return
        self._rewrite(data, is_same_buyer=(before.ship_to, before.buyer) == (data.ship_to, data.buyer))
        self._accept_document(data, document)

    def _rewrite(self, data, *, is_same_buyer=False):
        """Build a quotation anew from the channel: nothing has happened on it yet.

        :param is_same_buyer: leave the customer, whose address somebody may have completed
        """
        channel = self.oms_channel_id
        if data.status != self.oms_channel_status:
            words = dict(self._fields["oms_channel_status"]._description_selection(self.env))
            self._log_update(self.env._("Now “%s” on the channel", words[data.status]))
        plan = importing.plan_order(data, channel._snapshot([data]))
        customer = {} if is_same_buyer else self._prepare_customer(plan)
        currency = data.currency or channel.company_id.currency_id.name
        self.order_line.unlink()
        self.write(
            self._prepare_oms_header(plan)
            | customer
            | {
                "pricelist_id": channel._pricelists({currency})[currency].id,
                "fiscal_position_id": False,
                "payment_term_id": False,
                "user_id": False,
                "oms_fulfilment": _fulfilment(data),
                "order_line": [(0, 0, vals) for vals in self._prepare_oms_lines(plan)],
            }
        )
        self._settle_totals()
        self._close_gone_problems(plan)
        self._list_problems([plan])
        self._recheck_address()
        self._drop_open_changes()
        self._confirm_ready()

    def _prepare_customer(self, plan):
        partner = self.env["res.partner"]._oms_customers(self.oms_channel_id, [plan])[0]
        return dict.fromkeys(("partner_id", "partner_invoice_id", "partner_shipping_id"), partner.id)

    def _close_gone_problems(self, plan, reasons=IMPORT_REASONS):
        still = {(problem.reason, problem.cause) for problem in plan.problems}
        problems = self.oms_exception_ids.filtered(
            lambda problem: (
                problem.state == "open" and problem.reason in reasons and (problem.reason, problem.cause) not in still
            )
        )
        problems.sudo()._close()  # sudo: the system closes what is solved

    # === WHAT A PERSON MUST DECIDE ===

    def _cancel_from_channel(self, data, _document):
        self._write_header(data)
        why = self.env._("Cancelled on %s.", self.oms_channel_id.name)
        self._drop_open_changes()
        self.with_context(oms_cancel_why=why)._action_cancel()

    def _ask_cancel(self, data, _document):
        """Goods in somebody's hands are put back first, goods on their way have to come back."""
        self._drop_open_changes()
        self._ask(data, "cancelled_after_ship" if self._stage() == "shipped" else "cancelled_after_pick", {})

    def _ask_shipped_elsewhere(self, data, _document):
        self._write_header(data)
        for order in self._living():
            order._ask(data, "shipped_elsewhere", {})

    def _ask_reopened(self, data, _document):
        self._ask(data, "reopened", {})

    def _ask(self, data, reason, params):
        self._write_header(data)
        self.env["oms.exception"]._open_problems(
            [{"reason": reason, "order_id": self.id, "cause": self._oms_head().oms_external_id, "params": params}]
        )

    def _note_requests(self, data):
        """List or close the buyer's wish to cancel, which is not a cancellation."""
        words = importing.asked_to_cancel(data)
        living = self._living()
        waiting = living.filtered(lambda order: order._stage() != "shipped")
        if words is None:
            (self | self.oms_child_ids)._close_own_problems(["cancel_requested"])
        elif living and not waiting:
            self._refuse_to_cancel(words)
        elif data.status in ("to_ship", "partly_shipped"):
            entry = {"reason": "cancel_requested", "cause": self.oms_external_id, "params": words}
            self.env["oms.exception"]._open_problems(entry | {"order_id": order.id} for order in waiting)

    def _note_holds(self, data):
        """List or close the channel's own wish to hold the order back."""
        if data.holds and data.status in ("awaiting_payment", "to_ship") and self.state != "cancel":
            words = {"why": ", ".join(data.holds)}
            entry = {"reason": "held_by_channel", "order_id": self.id, "cause": self.oms_external_id, "params": words}
            self.env["oms.exception"]._open_problems([entry])
        else:
            self._close_own_problems(["held_by_channel"])

    def _log_update(self, what):
        self.env["oms.order.event"]._log([(self, "updated_from_channel", {"what": what}, "channel")])

    # === LOOKING AGAIN ===

    def _recheck(self):
        """Look again at what stopped these orders, after somebody mended it."""
        for order in self.filtered("oms_channel_id").with_context(**QUIET):
            documents = order.oms_inbox_ids.sudo()._replayable()  # sudo: body is hidden
            document = documents.filtered(lambda row: row.state != "quarantined")[:1]
            if order.state in ("draft", "sent") and document:
                data = order.oms_channel_id._adapter_class().parse_order(document._body())
                data = changing.keep_known(order._channel_before(data), data)
                order._rewrite_unless_edited(data, document)
            else:
                order._settle_totals()
                order._recheck_address()
            order._note_reservation()

    def _recheck_address(self):
        partner = self.partner_shipping_id
        if partner.street and partner.country_id and (partner.city or partner.zip or partner.state_id):
            self._close_own_problems(["address_incomplete", "unmapped_country"])
