from datetime import timedelta

import msgspec
from odoo import api, fields, models

from ..lib import dto, errors
from ..lib.channel import Capability
from .oms_job_mixin import repeats_on_twin

FIRST_LOOK = timedelta(seconds=20)
LONGEST_LOOK = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=6)


class OmsBulk(models.Model):
    """A great many quantities handed to a channel at once, until it has answered each."""

    _name = "oms.bulk"
    _description = "Stock sent at once"
    _inherit = ["oms.job.mixin"]
    _order = "id desc"
    _rec_name = "external_id"

    channel_id = fields.Many2one("oms.channel", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    external_id = fields.Char(string="Channel number", readonly=True)
    receipt = fields.Json(readonly=True)
    levels = fields.Json(readonly=True, help="What was sent, row by row.")
    row_count = fields.Integer(readonly=True)
    refused_count = fields.Integer(readonly=True)
    state = fields.Selection(
        [("running", "Being worked on"), ("done", "Answered"), ("failed", "Failed")],
        default="running",
        required=True,
        readonly=True,
        index=True,
    )
    polls = fields.Integer(string="Times asked", readonly=True)
    next_at = fields.Datetime(readonly=True)
    answer = fields.Char(readonly=True)
    done_at = fields.Datetime(readonly=True)

    @api.model
    def _is_running(self, channel):
        return bool(self.search_count([("channel_id", "=", channel.id), ("state", "=", "running")], limit=1))

    @api.model
    def _queue_due(self):
        """Ask again what is due. Called every minute."""
        now = fields.Datetime.now()
        domain = [("state", "=", "running"), ("next_at", "<=", now), ("channel_id.state", "=", "live")]
        for row in self.search(domain):
            row._queue_look()

    def _queue_look(self, eta=None):
        self._oms_enqueue("_job_look", identity_key=f"oms-bulk-{self.id}-{self.polls}", priority=6, eta=eta)

    @repeats_on_twin
    def _job_look(self):
        """Ask for the answer; until there is one, come back, waiting longer each time."""
        self.ensure_one()
        if self.state != "running" or self.channel_id.state != "live":
            return
        levels = msgspec.convert(self.levels, list[dto.StockLevel])
        try:
            result = self.channel_id._adapter().poll_bulk(msgspec.convert(self.receipt, dto.Receipt), levels)
        except errors.RetryLater as error:
            self._wait(error.after)
            return
        except errors.AuthFailed as error:
            self._wait(timedelta(minutes=1))
            self.channel_id._note_failure("stock", error)
            return
        except errors.ChannelError as error:
            self._fail(self.channel_id._explain(error))
            return
        if result is None:
            self._wait(timedelta(0))
        else:
            self._conclude(levels, result)

    def _wait(self, after):
        if fields.Datetime.now() - self.create_date > GIVEN_UP_AFTER:
            self._fail(self.env._("no answer within six hours"))
            return
        wait = max(after, min(FIRST_LOOK * 2 ** min(self.polls, 6), LONGEST_LOOK))
        self.write({"polls": self.polls + 1, "next_at": fields.Datetime.now() + wait})
        if wait < timedelta(minutes=1):
            self._queue_look(eta=wait)

    def _fail(self, why):
        """It was refused as a whole, or never answered: its listings are sent anew, in small batches at first."""
        self.write({"state": "failed", "answer": why, "done_at": fields.Datetime.now()})
        self.channel_id._queue_entity("stock")

    def _conclude(self, levels, result):
        sent = {int(level.ref): level for level in levels}
        unanswered = dto.RowResult(ref="", error="no answer", is_retryable=True)
        answers = dict.fromkeys(sent, unanswered) | {int(row.ref): row for row in result.rows}
        refused = self.env["oms.listing"].browse(sent).exists()._note_pushed(answers, sent)
        self.write({"state": "done", "refused_count": len(refused), "done_at": fields.Datetime.now()})
        self.channel_id._note_recovery("stock")
        self.channel_id._state("stock")._note_success(count=len(levels), next_at=self.channel_id._next_poll())
        self.channel_id._queue_entity("stock")  # what changed meanwhile


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    def _push_in_bulk(self):
        """Hand everything that differs over at once, where that is offered and worth it. Return whether it was."""
        limits = self._adapter_class().limits
        if not self._has(Capability.BULK) or not limits.bulk:
            return False
        count = self.env["oms.listing"].search_count(self._stale_domain(), limit=limits.bulk_from)
        recent = fields.Datetime.now() - timedelta(hours=1)
        failed = [("channel_id", "=", self.id), ("state", "=", "failed"), ("done_at", ">", recent)]
        if count < limits.bulk_from or self.env["oms.bulk"].search_count(failed, limit=1):
            return False
        levels = [listing._as_stock_level() for listing in self._stale_listings(limits.bulk)]
        try:
            receipt = self._adapter().push_bulk(levels)
        except errors.ChannelError as error:
            self._note_failure("stock", error)
            return True
        row = self.env["oms.bulk"].create(
            {
                "channel_id": self.id,
                "external_id": receipt.external_id,
                "receipt": msgspec.to_builtins(receipt),
                "levels": msgspec.to_builtins(levels),
                "row_count": len(levels),
                "next_at": fields.Datetime.now() + FIRST_LOOK,
            }
        )
        row._queue_look(eta=FIRST_LOOK)
        return True
