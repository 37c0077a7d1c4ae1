from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools.misc import format_datetime

KINDS = [
    ("payment_review", "Payment review"),
    ("fraud", "Suspected fraud"),
    ("payment", "Not paid yet"),
    ("credit", "Over the credit limit"),
    ("address", "Address"),
    ("buyer", "The buyer asked to wait"),
    ("stock", "Waits for stock"),
    ("other", "Other"),
]
ENDS = [
    ("person", "When somebody releases it"),
    ("date", "At a moment"),
    ("payment", "When it is paid"),
    ("stock", "When all of it is in stock"),
]
PAID = ("paid", "none")


class OmsHold(models.Model):
    """An order held back: why, whether it keeps its stock meanwhile, and what ends it."""

    _name = "oms.hold"
    _description = "Hold"
    _inherit = ["oms.job.mixin"]
    _order = "state, id desc"
    _rec_name = "kind"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, string="Reason", required=True, readonly=True)
    note = fields.Char(readonly=True)
    keeps_stock = fields.Boolean(string="Keeps its stock", readonly=True, default=True)
    ends_on = fields.Selection(ENDS, string="Ends", required=True, readonly=True, default="person")
    ends_at = fields.Datetime(string="Until", readonly=True, index="btree_not_null")
    state = fields.Selection(
        [("open", "On hold"), ("released", "Released")], required=True, readonly=True, default="open", index=True
    )
    released_at = fields.Datetime(readonly=True)
    released_by_id = fields.Many2one("res.users", string="Released by", readonly=True)
    release_note = fields.Char(string="Why released", readonly=True)
    sentence = fields.Char(compute="_compute_sentence", string="Hold")

    _moment_known = models.Constraint(
        "CHECK(ends_on != 'date' OR ends_at IS NOT NULL)", "Say until when the order is held."
    )

    @api.depends("kind", "note", "keeps_stock", "ends_on", "ends_at")
    @api.depends_context("lang", "tz")
    def _compute_sentence(self):
        reasons = dict(self._fields["kind"]._description_selection(self.env))
        for hold in self:
            stock = self.env._("Its stock stays reserved.") if hold.keeps_stock else self.env._("It keeps no stock.")
            reason = f"{reasons.get(hold.kind, '')}: {hold.note}" if hold.note else reasons.get(hold.kind, "")
            hold.sentence = f"{reason.rstrip('.')}. {stock} {hold._end_text()}"

    def _end_text(self):
        if self.ends_on == "date" and self.ends_at:
            return self.env._("Ends %s.", format_datetime(self.env, self.ends_at, dt_format="short"))
        return {
            "payment": self.env._("Ends by itself once it is paid."),
            "stock": self.env._("Ends by itself once all of it is in stock."),
        }.get(self.ends_on, self.env._("Ends when somebody releases it."))

    # === ENDING ===

    def _end(self, why, *, by=None):
        """Release these holds once, whoever else tries at the same moment, and let their orders go on.

        :return: those that were open until now
        """
        holds = self.sudo()  # sudo: nobody writes holds by hand
        holds.lock_for_update(allow_referencing=True)
        holds.invalidate_recordset(["state"])
        ended = holds.filtered(lambda hold: hold.state == "open")
        ended.write(
            {
                "state": "released",
                "released_at": fields.Datetime.now(),
                "released_by_id": by.id if by else False,
                "release_note": why,
            }
        )
        reasons = dict(self._fields["kind"]._description_selection(self.env))
        self.env["oms.order.event"]._log(
            (hold.order_id, "hold_ended", {"reason": reasons[hold.kind], "why": why}) for hold in ended
        )
        ended.order_id._release()
        ended.order_id._reserve_again()
        return self.browse(ended.ids)

    def action_release(self):
        """Release the hold; one that somebody released meanwhile is said to be so."""
        self.order_id._ensure_desk()
        if not self._end(self.env._("by hand"), by=self.env.user):
            first = self[:1]
            raise UserError(
                self.env._(
                    "It was released already, %(when)s (%(why)s).",
                    when=format_datetime(self.env, first.released_at, dt_format="short"),
                    why=first.release_note,
                )
            )
        return True

    @api.model
    def _due(self, limit):
        """Return holds whose end has come: by the clock, by payment, or by stock."""
        now = fields.Datetime.now()
        still = [("state", "=", "open")]
        due = self.search([*still, ("ends_on", "=", "date"), ("ends_at", "<=", now)], limit=limit)
        paid = [("ends_on", "=", "payment"), ("order_id.oms_payment_state", "in", PAID)]
        due |= self.search([*still, *paid], limit=limit)
        waiting = self.search([*still, ("ends_on", "=", "stock")])
        there = waiting.order_id._with_all_in_stock()
        return due | waiting.filtered(lambda hold: hold.order_id in there)

    def _end_due(self):
        """Release holds whose end has come, each with its own reason."""
        reasons = {
            "date": self.env._("its time is over"),
            "payment": self.env._("it is paid"),
            "stock": self.env._("all of it is in stock"),
        }
        for end, holds in self.grouped("ends_on").items():
            holds._end(reasons[end])

    @api.model
    def _queue_due(self):
        """Queue the release of holds whose end has come. Called every minute."""
        if self.sudo()._due(1):  # sudo: the clock looks at all companies
            self._oms_enqueue("_job_end", identity_key="oms-holds", priority=3)

    @api.model
    def _job_end(self):
        due = self._due(200)
        due.try_lock_for_update(allow_referencing=True)._end_due()
        if len(due) >= 200:
            self._queue_due()

    def write(self, vals):
        if not self.env.su:
            raise AccessError(self.env._("Release the hold and put the order on hold again."))
        return super().write(vals)
