import json
import logging
import random
from datetime import timedelta

import msgspec
from odoo import api, fields, models
from odoo.tools import SQL

from ..lib import errors, sending
from .oms_channel_connection import SHORT_WAIT
from .oms_channel_state import ENTITY_OF_KIND
from .oms_job_mixin import repeats_on_twin
from .own_cursor import in_own_cursor

_logger = logging.getLogger(__name__)


class OmsOutbox(models.Model):
    """Effects that must happen once on a channel, written with the business change and sent by a job.

    ``new → sent (intent committed) → done | submitted | retry | unknown | dead``. The intent and the outcome are
    committed by a cursor of their own, so a crash between them is seen: the next attempt then looks on the channel
    before it sends.
    """

    _name = "oms.outbox"
    _description = "Message to a channel"
    _inherit = ["oms.job.mixin"]
    _order = "id desc"
    _rec_name = "key"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", readonly=True, index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    kind = fields.Selection(
        [("shipment", "Parcel left"), ("invoice", "Invoice"), ("cancellation", "Cancellation"), ("refund", "Refund")],
        required=True,
        readonly=True,
    )
    key = fields.Char(required=True, readonly=True, help="Names the effect: every attempt at it carries the same key.")
    payload = fields.Json(readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="restrict", index=True)
    picking_id = fields.Many2one("stock.picking", readonly=True, ondelete="restrict", index="btree_not_null")
    state = fields.Selection(
        [
            ("new", "Waiting"),
            ("sent", "Being sent"),
            ("submitted", "Taken, not decided"),
            ("done", "Accepted"),
            ("retry", "Tried again later"),
            ("unknown", "In doubt"),
            ("dead", "Refused"),
        ],
        default="new",
        required=True,
        readonly=True,
        index=True,
    )
    attempt = fields.Integer(readonly=True, default=0)
    is_uncertain = fields.Boolean(string="May have arrived", readonly=True)
    lease_until = fields.Datetime(readonly=True)
    next_at = fields.Datetime(string="Next try", readonly=True)
    answer = fields.Char(readonly=True)
    receipt = fields.Json(readonly=True, help="What the channel gave us for it.")
    polls = fields.Integer(string="Times asked", readonly=True)
    done_at = fields.Datetime(readonly=True)
    is_concluded = fields.Boolean(readonly=True, help="The outcome is on the order's timeline.")

    _key_unique = models.UniqueIndex("(key)", "This message is already in the outbox.")

    # === WRITING INTENT ===

    @api.model
    def _queue(self, channel, kind, order, notice, *, picking=None, generation=1):
        """Put one effect into the outbox, in the transaction of its business change. The same effect is kept once.

        :param notice: the value to send, e.g. ``dto.ShipmentNotice``
        """
        key = f"{channel.id}:{kind}:{notice.order_external_id}:{notice.reference}:{generation}"
        outbox = self.sudo()  # sudo: whoever ships a parcel may not write messages by hand
        row = outbox.search([("key", "=", key)])
        payload = msgspec.to_builtins(notice)
        if not row:
            row = outbox.create(
                {
                    "channel_id": channel.id,
                    "kind": kind,
                    "key": key,
                    "payload": payload,
                    "order_id": order.id,
                    "picking_id": picking.id if picking else False,
                }
            )
        elif row.payload == payload and row.state in ("done", "sent", "new", "submitted"):
            return row
        else:
            row.write({"payload": payload, "state": "retry", "next_at": False})
        row._queue_sending()
        return row

    def _queue_sending(self, eta=None):
        for row in self:
            row._oms_enqueue(
                "_job_send",
                eta=eta,
                identity_key=f"oms-outbox-{row.id}-{row.attempt}",
                priority=2,
                description=self.env._("Send %s", row.key),
            )

    @api.model
    def _queue_due(self):
        """Queue what waits for another try and what a crash left behind. Called every minute."""
        now = fields.Datetime.now()
        domain = [
            ("channel_id.state", "=", "live"),
            "|",
            "&",
            ("state", "in", ("new", "retry", "submitted")),
            "|",
            ("next_at", "=", False),
            ("next_at", "<=", now),
            "&",
            ("state", "=", "sent"),
            ("lease_until", "<", now),
        ]
        due = self.search(domain, limit=500)
        asked = due.filtered(lambda row: row.state == "submitted")
        asked._queue_polling()
        (due - asked)._queue_sending()
        self._queue_rechecks()
        for row in self.search([("state", "in", ("done", "dead", "unknown")), ("is_concluded", "=", False)], limit=500):
            row._oms_enqueue(
                "_job_conclude", row.attempt, row.state, identity_key=f"oms-conclude-{row.id}-{row.attempt}"
            )

    # === SENDING ===

    @repeats_on_twin
    def _job_send(self):
        """Send one message: commit the intent, look it up when an earlier answer was lost, call, commit the outcome."""
        self.ensure_one()
        if self.channel_id.state != "live":
            return
        claim = self._claim()
        if claim is None:
            self._wait_for_lease()
            return
        outcome = self._call(claim)
        self._commit_outcome(claim, outcome)

    def _wait_for_lease(self):
        """Come back when the claim of somebody else runs out: whoever made it may have died with it."""
        if self.state == "sent" and self.lease_until:
            self._queue_sending(eta=self.lease_until + timedelta(seconds=1))

    def _claim(self):
        """Commit "we are about to send this" and return the claim, or None when somebody else has it or it is done."""
        now = fields.Datetime.now()
        limits = self.channel_id._adapter_class().limits
        lease = now + timedelta(seconds=limits.total_seconds + 15)
        query = SQL(
            """
            UPDATE oms_outbox row
               SET state = 'sent', is_concluded = FALSE, attempt = row.attempt + 1, lease_until = %s, write_date = %s,
                   is_uncertain = row.is_uncertain OR row.state = 'sent'
              FROM (SELECT id FROM oms_outbox WHERE id = %s FOR UPDATE SKIP LOCKED) free
             WHERE row.id = free.id
               AND (row.state IN ('new', 'retry') OR (row.state = 'sent' AND row.lease_until < %s))
         RETURNING row.attempt, row.is_uncertain, row.payload
            """,
            lease,
            now,
            self.id,
            now,
        )
        found = self._commit_apart(query, lambda cr: cr.fetchone())
        if not found:
            return None
        attempt, is_uncertain, payload = found
        notice = msgspec.convert(payload, sending.NOTICES[self.kind])
        return sending.Claim(attempt=attempt, is_uncertain=is_uncertain, notice=notice)

    def _commit_apart(self, query, answer):
        """Run one statement in a transaction of its own, so that it holds whatever becomes of this job."""

        def work(cr):
            cr.execute(query)
            return answer(cr)

        return in_own_cursor(self.env.registry, work)

    def _call(self, claim):
        """Make the call and return its outcome. Nothing is written here."""
        try:
            adapter = self.channel_id._adapter()
            return sending.send_notice(adapter, claim)
        except errors.ChannelError as error:
            return sending.outcome_of(error, claim)

    def _commit_outcome(self, claim, outcome):
        """Commit what became of the attempt; a claim that ran out changes nothing."""
        now = fields.Datetime.now()
        query = SQL(
            """
            UPDATE oms_outbox
               SET state = %s, is_uncertain = %s, next_at = %s, answer = %s, lease_until = NULL, done_at = %s,
                   receipt = %s, polls = 0, write_date = %s
             WHERE id = %s AND attempt = %s AND state = 'sent'
            """,
            outcome.state,
            outcome.is_uncertain,
            now + outcome.after if outcome.after is not None else None,
            self._answer_text(outcome),
            now if outcome.state == "done" else None,
            json.dumps(msgspec.to_builtins(outcome.receipt)) if outcome.receipt else None,
            now,
            self.id,
            claim.attempt,
        )
        is_ours = self._commit_apart(query, lambda cr: bool(cr.rowcount))
        if not is_ours:
            return
        # Else there is nothing to conclude, and the job would hold the row the next try needs.
        if outcome.state not in ("retry", "submitted"):
            # Its own job: this job's transaction began before the outcome and would not see it.
            key = f"oms-conclude-{self.id}-{claim.attempt}"
            self._oms_enqueue("_job_conclude", claim.attempt, outcome.state, priority=2, identity_key=key)
        self._note_channel(outcome)

    def _answer_text(self, outcome):
        return self.channel_id._explain(outcome.error) if outcome.error else outcome.detail

    def _note_channel(self, outcome):
        """Show on the channel's card how telling it goes; a short wait is not worth a word, the job just comes back."""
        channel = self.channel_id
        is_short = outcome.after is not None and timedelta(0) < outcome.after <= SHORT_WAIT
        if is_short and outcome.state == "retry":
            self._queue_sending(eta=self._spread(outcome))
        entity = ENTITY_OF_KIND[self.kind]
        if outcome.state != "retry":
            channel._state(entity)._note_success()
            channel._note_recovery(entity)
        elif not (is_short and outcome.error.code == "throttled"):
            channel._note_failure(entity, outcome.error)

    def _spread(self, outcome):
        """Return the wait of one who is not alone: a channel's pace lets one through at a time, so many wait longer."""
        waiting = 1
        if outcome.error.code == "throttled":
            domain = [("channel_id", "=", self.channel_id.id), ("state", "in", ("new", "retry"))]
            waiting = min(self.search_count(domain), 60)
        return outcome.after * random.uniform(1.0, max(1.2, waiting))  # noqa: S311 spreads the tries, protects nothing
