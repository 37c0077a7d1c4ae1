import hashlib
import zlib
from base64 import b64encode

import msgspec
from odoo import api, fields, models

from ..lib import dto
from .oms_job_mixin import repeats_on_twin
from .oms_secret import load_key_ring


class Hints(dto.Value):
    """What is kept of a hint: the bytes that came, in base64, and what they were read as."""

    body: str
    events: tuple[dto.ChannelEvent, ...]


class OmsInbox(models.Model):
    """Hints from webhooks and queues, kept before anybody acts on them."""

    _inherit = "oms.inbox"

    kind = fields.Selection(selection_add=[("hint", "Hint")], ondelete={"hint": "cascade"})
    event_id = fields.Char(string="Channel's id of the hint", readonly=True)

    _event_unique = models.UniqueIndex(
        "(channel_id, event_id) WHERE event_id IS NOT NULL", "The channel's hint is kept once."
    )

    @api.model
    def _store_hints(self, channel, body, events):
        """Keep the hints of one request and queue the job that follows them.

        :param body: the bytes that came
        :param events: what they were read as, ``dto.ChannelEvent``
        :return: False when these very bytes came before: a replay. The channel telling us the same again, in a message
            of its own, is taken and changes nothing.
        """
        digest = hashlib.sha256(body).hexdigest()
        if self.search_count(
            [("channel_id", "=", channel.id), ("kind", "=", "hint"), ("digest", "=", digest)], limit=1
        ):
            return False
        event_id = events[0].event_id if events else None
        is_known = bool(event_id) and self.search_count(
            [("channel_id", "=", channel.id), ("event_id", "=", event_id)], limit=1
        )
        kept = msgspec.json.encode(Hints(body=b64encode(body).decode(), events=tuple(events)))
        row = self.create(
            {
                "channel_id": channel.id,
                "kind": "hint",
                "external_id": next((event.external_id for event in events if event.external_id), None),
                "changed_at": fields.Datetime.now(),
                "digest": digest,
                "event_id": None if is_known else event_id,
                "body_encrypted": load_key_ring().encrypt(zlib.compress(kept)),
                "size": len(body),
                "state": "unchanged" if is_known else "new",
            }
        )
        channel.last_hint_at = fields.Datetime.now()
        if not is_known:
            row._oms_enqueue("_job_follow_hints", priority=3, description=self.env._("Follow a hint"))
        return True

    @repeats_on_twin
    def _job_follow_hints(self):
        """Look at what each hint is about. Safe to repeat."""
        for row in self.exists().filtered(lambda row: row.kind == "hint" and row.state == "new").try_lock_for_update():
            hints = msgspec.json.decode(row._body(), type=Hints)
            for event in hints.events:
                row.channel_id.with_company(row.company_id)._apply_hint(event)
            row._finish("done")
            if any(event.kind == "buyer_deleted" for event in hints.events):
                row.write({"body_encrypted": False, "size": 0})  # it names the buyer who is to be forgotten

    @api.model
    def _queue_left_over(self):
        limit = fields.Datetime.subtract(fields.Datetime.now(), minutes=10)
        rows = self.search([("kind", "=", "hint"), ("state", "=", "new"), ("write_date", "<", limit)], limit=500)
        if rows:
            rows._oms_enqueue("_job_follow_hints", identity_key="oms-left-over-hints", priority=8)
        return super()._queue_left_over()
