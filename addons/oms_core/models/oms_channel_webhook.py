import logging
import secrets

import msgspec
from odoo import api, fields, models

from ..lib import errors
from ..lib.channel import Capability
from .oms_job_mixin import repeats_on_twin

_logger = logging.getLogger(__name__)
REFUSED = (401, b"")


class OmsChannel(models.Model):
    """Hints that come to us: verified, stored, answered at once; what they hint at is fetched by a job."""

    _inherit = "oms.channel"

    webhook_key = fields.Char(
        readonly=True, copy=False, groups="oms_core.group_oms_manager", default=lambda self: secrets.token_urlsafe(24)
    )
    webhook_url = fields.Char(
        compute="_compute_webhook_url",
        string="Webhook address",
        groups="oms_core.group_oms_manager",
        help="Where the channel may send hints. Without them changes are found at the next look.",
    )
    last_hint_at = fields.Datetime(string="Last hint", readonly=True, copy=False)

    _webhook_key_unique = models.UniqueIndex("(webhook_key) WHERE webhook_key IS NOT NULL")

    def _compute_webhook_url(self):
        base = self.env["ir.config_parameter"].sudo().get_param("web.base.url")  # sudo: everybody may know our address
        for channel in self:
            can = channel._has(Capability.WEBHOOK) and channel.webhook_key
            channel.webhook_url = f"{base}/oms/webhook/{channel.webhook_key}" if can else False

    @api.model
    def _find_by_webhook_key(self, key):
        if not key:
            return self.browse()
        return self.search([("webhook_key", "=", key), ("active", "=", True)], limit=1)

    def _receive_webhook(self, call):
        """Verify one request and keep its hints.

        :param call: :class:`~odoo.addons.oms_core.lib.dto.WebhookCall`
        :return: ``(HTTP status, body)``: 200 for what was taken, 401 for what is not the channel's, 400 for what is and
            cannot be read. A refused request changes nothing.
        """
        self.ensure_one()
        adapter_class = self._adapter_class()
        if Capability.WEBHOOK not in adapter_class.capabilities:
            return 404, b""
        known = self._webhook_secrets()
        try:
            answer = adapter_class.answer_challenge(call, known)
            if answer is not None:
                return 200, answer
            events = adapter_class.parse_webhook(call, known)
        except errors.AuthFailed as error:
            _logger.info("webhook of channel %s refused: %s", self.id, error.code)
            if error.code == "webhook_key_unknown":
                self._on_webhook_key_unknown(error.params.get("key_id"))
            return REFUSED
        except errors.Malformed as error:
            _logger.warning("webhook of channel %s cannot be read: %s at %s", self.id, error.code, error.path)
            return 400, b""
        return (200, b"") if self.env["oms.inbox"]._store_hints(self, call.body, events) else REFUSED

    def _on_webhook_key_unknown(self, key_id):
        """Hook to fetch the key a request names, in a job; the channel sends the request again."""

    def _apply_hint(self, event):
        """Look at what a hint is about. It is no more than that: the document is fetched before it is believed."""
        if event.kind == "buyer_deleted":
            self.env["sale.order"]._forget_buyers(self.channel_type, event.names)
            return
        if self.state != "live":
            return  # the next look after going live finds it
        if event.kind in ("order", "cancellation", "refund", "return") and event.external_id:
            self._queue_fetch_order(event.external_id)
        if event.kind in ("refund", "return", "listing"):
            self._queue_entity({"refund": "refunds", "return": "returns", "listing": "listings"}[event.kind])

    # === A QUEUE OF HINTS ===

    hint_message = fields.Char(string="Queue of hints", readonly=True, copy=False, help="What is wrong with it now.")

    def _has_event_queue(self):
        """Hook to return whether the account has a queue of hints that is to be looked into every minute."""
        return False

    @api.model
    def _queue_event_looks(self):
        """Look into every queue of hints. Called every minute."""
        for channel in self.search([("state", "=", "live")]):
            if channel._has(Capability.EVENTS) and channel._has_event_queue():
                channel._oms_enqueue("_job_fetch_events", identity_key=f"oms-events-{channel.id}", priority=4)

    @repeats_on_twin
    def _job_fetch_events(self):
        """Keep the hints that wait in the account's queue; they are taken off it once they are kept.

        A queue is a shortcut: what is wrong with it never stops the account, whose polling finds the same changes.
        """
        self.ensure_one()
        if self.state != "live" or not self._has_event_queue():
            return
        try:
            events = self._adapter().fetch_events()
        except errors.RetryLater:
            return
        except errors.ChannelError as error:
            self.hint_message = self._explain(error)
            return
        for event in events:
            known = msgspec.structs.replace(event, receipt=None)
            self.env["oms.inbox"]._store_hints(self, msgspec.json.encode(known), (known,))
        receipts = [event.receipt for event in events if event.receipt]
        if self.hint_message:
            self.hint_message = False
        if receipts:
            self._oms_enqueue("_job_drop_events", receipts, priority=4)
            self._oms_enqueue("_job_fetch_events", identity_key=f"oms-events-{self.id}", priority=4, eta=1)

    def _job_drop_events(self, receipts):
        """Take hints off the queue. One that stays there comes again and is known by then."""
        self.ensure_one()
        try:
            self._adapter().drop_events(receipts)
        except errors.ChannelError as error:
            _logger.info("hints of channel %s stay in its queue: %s", self.id, error.code)
