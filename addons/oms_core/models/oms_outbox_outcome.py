from datetime import timedelta

import msgspec
from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import dto, errors, sending
from .oms_job_mixin import repeats_on_twin

# The timeline's kind of event when the channel took it and when it did not, and the problems that may follow.
TOLD = {kind: f"{kind}_told" for kind in sending.NOTICES}
REFUSED = {kind: f"{kind}_refused" for kind in sending.NOTICES}
IN_DOUBT = {kind: f"{kind}_unknown" for kind in sending.NOTICES}


class OmsOutbox(models.Model):
    """What becomes of a message after it was sent: asked about, looked up once more, written on the timeline."""

    _inherit = "oms.outbox"

    recheck_at = fields.Datetime(
        string="Looked up again", readonly=True, help="The channel may drop a notice it accepted; then we look again."
    )

    # === TAKEN BUT NOT DECIDED ===

    def _queue_polling(self):
        for row in self:
            row._oms_enqueue("_job_poll", identity_key=f"oms-poll-{row.id}-{row.polls}", priority=4)

    @repeats_on_twin
    def _job_poll(self):
        """Ask what became of a message the channel took. Asking changes nothing there, so it may be repeated."""
        self.ensure_one()
        if self.state != "submitted" or self.channel_id.state != "live":
            return
        receipt = msgspec.convert(self.receipt, dto.Receipt)
        try:
            outcome = sending.poll_notice(self.channel_id._adapter(), receipt, self.polls)
        except errors.ChannelError as error:
            outcome = sending.outcome_of_poll(error, receipt, self.polls)
        if isinstance(outcome.error, errors.AuthFailed):
            self.channel_id._note_failure("orders", outcome.error)
        self._apply_poll(outcome)

    def _apply_poll(self, outcome):
        now = fields.Datetime.now()
        vals = {
            "state": outcome.state,
            "polls": self.polls + 1,
            "answer": self._answer_text(outcome),
            "next_at": now + outcome.after if outcome.after is not None else False,
        }
        if outcome.receipt:
            vals["receipt"] = msgspec.to_builtins(outcome.receipt)
        if outcome.state == "done":
            vals["done_at"] = now
        self.write(vals)
        if outcome.state in ("done", "dead"):
            self._conclude()

    # === ACCEPTED, AND STILL THERE? ===

    def _queue_rechecks(self):
        for row in self.search([("state", "=", "done"), ("recheck_at", "<=", fields.Datetime.now())], limit=500):
            row._oms_enqueue("_job_recheck", identity_key=f"oms-recheck-{row.id}", priority=8)

    @repeats_on_twin
    def _job_recheck(self):
        """Look whether the channel kept the parcel it accepted; one that it dropped is a problem for a person."""
        self.ensure_one()
        if self.state != "done" or not self.recheck_at or self.channel_id.state != "live":
            return
        notice = msgspec.convert(self.payload, sending.NOTICES[self.kind])
        try:
            found = self.channel_id._adapter().find_shipment(notice)
        except errors.NotSupported:
            found = True
        except errors.ChannelError as error:
            self.recheck_at = fields.Datetime.now() + timedelta(minutes=30)
            if isinstance(error, errors.AuthFailed):
                self.channel_id._note_failure("shipments", error)
            return
        self.recheck_at = False
        if found is None:
            text = self.env._("it accepted the parcel and does not show it; the carrier's name may be unknown there")
            self.write({"state": "dead", "answer": text})
            self._conclude()

    def _plan_recheck(self):
        wait = self.channel_id._adapter_class().limits.recheck_shipments
        if self.kind == "shipment" and wait:
            self.recheck_at = fields.Datetime.now() + wait

    # === AFTERWARDS ===

    @repeats_on_twin
    def _job_conclude(self, attempt, state):
        """Write the outcome on the order's timeline and list or close the problem. Safe to repeat."""
        self.ensure_one()
        if self.attempt != attempt or self.state != state or self.is_concluded:
            return
        self._conclude()

    def _conclude(self):
        self.is_concluded = True
        if self.state == "done":
            self._conclude_done()
        elif self.state in ("dead", "unknown"):
            self._conclude_refused()

    def _conclude_done(self):
        self.env["oms.order.event"]._log([(self.order_id, TOLD[self.kind], self._words(), "channel")])
        problems = (
            self.env["oms.exception"].sudo().search([("outbox_id", "=", self.id), ("state", "=", "open")])
        )  # sudo: system
        problems._close()
        self.env["oms.refund"].search([("outbox_id", "=", self.id)])._note_told()
        self._plan_recheck()

    def _conclude_refused(self):
        reason = REFUSED[self.kind] if self.state == "dead" else IN_DOUBT[self.kind]
        self.env["oms.order.event"]._log([(self.order_id, REFUSED[self.kind], {"text": self.answer}, "channel")])
        if self.state == "dead":
            self.env["oms.refund"].search([("outbox_id", "=", self.id)])._note_refused()
        self.env["oms.exception"]._open_problems(
            [
                {
                    "reason": reason,
                    "order_id": self.order_id.id,
                    "outbox_id": self.id,
                    "cause": self.key,
                    "params": {"text": self.answer},
                }
            ]
        )

    def _words(self):
        """Return the words with which the timeline tells that the channel knows."""
        notice = msgspec.convert(self.payload, sending.NOTICES[self.kind])
        if isinstance(notice, dto.RefundNotice):
            return {"amount": f"{notice.amount.amount} {notice.amount.currency}"}
        units = sum(line.quantity for line in notice.lines)
        if isinstance(notice, dto.InvoiceNotice):
            return {"units": f"{units:g}"}
        if isinstance(notice, dto.CancelNotice):
            return {"units": f"{units:g}" if units else self.env._("all"), "is_refused": notice.is_refused}
        return {
            "carrier": notice.carrier_name or notice.carrier_code,
            "tracking": notice.tracking,
            "units": f"{units:g}",
        }

    def action_retry(self):
        """Send again what was refused or is in doubt; what may have arrived is looked up first."""
        self._ensure_clerk()
        rows = self.sudo().filtered(
            lambda row: row.state in ("dead", "unknown", "retry")
        )  # sudo: clerks may only retry
        for row in rows:
            row.write({"state": "retry", "next_at": False, "is_uncertain": row.is_uncertain or row.state == "unknown"})
        rows.picking_id._queue_shipments()
        rows._queue_sending()
        return True

    def action_settle(self):
        """Take a message in doubt for accepted: a person has looked on the channel and seen it there."""
        self._ensure_clerk()
        if self.filtered(lambda row: row.state != "unknown"):
            raise UserError(self.env._("Only a message in doubt can be taken for accepted."))
        for row in self.sudo():  # sudo: clerks may only settle
            row.write({"state": "done", "done_at": fields.Datetime.now(), "answer": self.env._("Seen on the channel")})
            row._conclude()
        return True

    def _ensure_clerk(self):
        if not (self.env.su or self.env.user.has_group("oms_core.group_oms_clerk")):
            raise UserError(self.env._("Ask an order desk clerk to do this."))
        self.check_access("read")
