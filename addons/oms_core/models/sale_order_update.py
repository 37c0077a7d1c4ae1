from decimal import Decimal

from odoo import models

from ..lib import importing
from ..lib.updating import Known, content_digest, describe_change, plan_update
from .oms_channel_state import naive_utc
from .sale_order import QUIET
from .sale_order_import import IMPORT_REASONS, _fulfilment


class SaleOrder(models.Model):
    """What becomes of an order the channel shows us again, and of one a person asks to look at again."""

    _inherit = "sale.order"

    def _apply_channel_update(self, data, digest):
        """Take over what the channel says now, as far as it may change us.

        :param data: :class:`~odoo.addons.oms_core.lib.dto.OrderData`
        :param digest: its content digest
        :return: True when anything changed here
        """
        self.ensure_one()
        order = self.with_context(**QUIET)
        step = plan_update(order._as_known(), data, digest)
        apply = {
            "none": order._note_seen,
            "rewrite": order._rewrite,
            "cancel": order._cancel_from_channel,
            "ask_cancel": order._ask_cancel,
            "shipped_elsewhere": order._ask_shipped_elsewhere,
            "reopened": order._ask_reopened,
            "changed": order._ask_changed,
        }
        apply[step](data)
        order._note_requests(data)
        return step != "none"

    def _as_known(self):
        """Return what we hold, as the pure decision sees it."""
        return Known(
            stage=self._stage(),
            status=self.oms_channel_status or "",
            is_told=any(picking.state == "done" and picking._is_to_customer() for picking in self.picking_ids),
            digest=self.oms_content_digest or "",
        )

    def _stage(self):
        if self.state == "cancel":
            return "cancelled"
        if self.state in ("draft", "sent"):
            return "draft"
        if self.delivery_status == "full" or self.oms_fulfilment == "elsewhere":
            return "shipped"
        moves = self.picking_ids.move_ids
        is_picked = any(move.state == "done" or move.picked for move in moves if move.state != "cancel")
        return "picking" if is_picked else "confirmed"

    def _note_seen(self, data):
        self._write_header(data)

    def _write_header(self, data):
        """Remember state and times as the channel has them now; amounts and lines stay."""
        self.write({"oms_channel_status": data.status, "oms_changed_at": naive_utc(data.updated_at)})

    def _rewrite(self, data):
        """Build a quotation anew from the channel: nothing has happened on it yet."""
        channel = self.oms_channel_id
        if data.status != self.oms_channel_status:
            words = dict(self._fields["oms_channel_status"]._description_selection(self.env))
            self._log_update(self.env._("Now “%s” on the channel", words[data.status]))
        plan = importing.plan_order(data, channel._snapshot([data]))
        partner = self.env["res.partner"]._oms_customers(channel, [plan])[0]
        currency = data.currency or channel.company_id.currency_id.name
        self.order_line.unlink()
        self.write(
            self._prepare_oms_header(plan)
            | {
                "partner_id": partner.id,
                "partner_invoice_id": partner.id,
                "partner_shipping_id": partner.id,
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
        self._confirm_ready()

    def _close_gone_problems(self, plan):
        still = {(problem.reason, problem.cause) for problem in plan.problems}
        problems = self.oms_exception_ids.filtered(
            lambda problem: (
                problem.state == "open"
                and problem.reason in IMPORT_REASONS
                and (problem.reason, problem.cause) not in still
            )
        )
        problems.sudo()._close()  # sudo: the system closes what is solved

    # === WHAT A PERSON MUST DECIDE ===

    def _cancel_from_channel(self, data):
        self._write_header(data)
        self.with_context(oms_cancel_why=self.env._("Cancelled on %s.", self.oms_channel_id.name))._action_cancel()

    def _ask_cancel(self, data):
        self._ask(data, "cancelled_after_pick", {})

    def _ask_shipped_elsewhere(self, data):
        self._ask(data, "shipped_elsewhere", {})

    def _ask_reopened(self, data):
        self._ask(data, "reopened", {})

    def _ask_changed(self, data):
        goods = self.order_line.filtered("oms_external_line_id")
        before = [(line.oms_external_line_id, Decimal(f"{line.oms_quantity:g}")) for line in goods]
        facts = describe_change(before, data) or [self.env._("address or amounts")]
        self._log_update("; ".join(facts))
        self._ask(data, "changed_after_import", {"what": "; ".join(facts)})
        self.oms_content_digest = content_digest(data)

    def _ask(self, data, reason, params):
        self._write_header(data)
        self.env["oms.exception"]._open_problems(
            [{"reason": reason, "order_id": self.id, "cause": self.oms_external_id, "params": params}]
        )

    def _note_requests(self, data):
        """List or close the buyer's wish to cancel, which is not a cancellation."""
        words = importing.asked_to_cancel(data)
        if words is None:
            self._close_own_problems(["cancel_requested"])
        elif self._stage() == "shipped":
            self._refuse_to_cancel(words)
        elif data.status in ("to_ship", "partly_shipped") and self.state != "cancel":
            self.env["oms.exception"]._open_problems(
                [{"reason": "cancel_requested", "order_id": self.id, "cause": self.oms_external_id, "params": words}]
            )

    def _log_update(self, what):
        self.env["oms.order.event"]._log([(self, "updated_from_channel", {"what": what}, "channel")])

    # === LOOKING AGAIN ===

    def _recheck(self):
        """Look again at what stopped these orders, after somebody mended it."""
        for order in self.filtered("oms_channel_id").with_context(**QUIET):
            documents = order.oms_inbox_ids.sudo()._replayable()  # sudo: body is hidden
            document = documents.filtered(lambda row: row.state != "quarantined")[:1]
            if order.state in ("draft", "sent") and document:
                order._rewrite(order.oms_channel_id._adapter_class().parse_order(document._body()))
            else:
                order._settle_totals()
                order._recheck_address()
            order._note_reservation()

    def _recheck_address(self):
        partner = self.partner_shipping_id
        if partner.street and partner.country_id and (partner.city or partner.zip or partner.state_id):
            self._close_own_problems(["address_incomplete", "unmapped_country"])
