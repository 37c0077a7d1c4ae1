"""A channel that offers every part of the contract, from memory."""

import hashlib
import hmac
import json
from datetime import timedelta

from odoo import fields, models

from ..lib import dto, errors
from ..lib.channel import Capability
from .common import NOW, MemoryAdapter, OmsCase
from .fake_models import add_fake_models


class FullAdapter(MemoryAdapter):
    """What the smallest channel does, and everything else; memory in class attributes, as there."""

    capabilities = frozenset(Capability)
    cancelled: list[dto.CancelNotice] = []
    refunded: list[dto.RefundNotice] = []
    decisions: dict[str, Exception | bool] = {}
    pages: dict[str, list] = {}
    held: list[dto.HeldStock] = []
    offers: list[dto.ListingData] = []
    bulks: dict[str, dict] = {}
    queue: list[dto.ChannelEvent] = []
    invoices: dict[str, dto.InvoiceNotice] = {}
    can_find = True

    @classmethod
    def reset(cls):
        super().reset()
        cls.cancelled, cls.refunded, cls.decisions, cls.pages, cls.can_find = [], [], {}, {}, True
        cls.held, cls.offers, cls.bulks, cls.queue, cls.invoices = [], [], {}, [], {}

    def push_cancellation(self, notice):
        self._trip("push_cancellation", notice.reference)
        if notice not in self.cancelled:
            self.cancelled.append(notice)
        return dto.Receipt(reference=notice.reference)

    def find_cancellation(self, notice):
        self.calls.append(("find_cancellation", notice.reference))
        return dto.Receipt(reference=notice.reference) if notice in self.cancelled else None

    def push_invoice(self, notice):
        self._trip("push_invoice", notice.reference)
        self.invoices[notice.reference] = notice
        return dto.Receipt(reference=notice.reference)

    def find_invoice(self, notice):
        self.calls.append(("find_invoice", notice.reference))
        return dto.Receipt(reference=notice.reference) if notice.reference in self.invoices else None

    def push_refund(self, notice):
        self._trip("push_refund", notice.reference)
        self.refunded.append(notice)
        return self._receipt(notice)

    def find_refund(self, notice):
        self.calls.append(("find_refund", notice.reference))
        if not self.can_find:
            raise errors.NotSupported("find_refund")
        return self._receipt(notice) if notice in self.refunded else None

    def _receipt(self, notice):
        return dto.Receipt(
            reference=notice.reference,
            external_id=f"R{notice.reference}",
            is_final=notice.reference not in self.decisions,
        )

    def poll(self, receipt):
        self.calls.append(("poll", receipt.reference))
        decision = self.decisions[receipt.reference]
        if isinstance(decision, Exception):
            raise decision
        return dto.Receipt(reference=receipt.reference, external_id=receipt.external_id, is_final=decision)

    def _page(self, entity):
        self._trip(f"fetch_{entity}")
        return dto.Page(items=tuple(self.pages.get(entity, ())), covered_until=NOW)

    def fetch_cancellations(self, window, cursor=None):
        return self._page("cancellations")

    def fetch_refunds(self, window, cursor=None):
        return self._page("refunds")

    def fetch_returns(self, window, cursor=None):
        return self._page("returns")

    def fetch_listings(self, cursor=None):
        self._trip("fetch_listings")
        return dto.Page(items=tuple(self.offers))

    def fetch_held_stock(self, cursor=None):
        self._trip("fetch_held_stock")
        return dto.Page(items=tuple(self.held))

    def push_bulk(self, levels):
        self._trip("push_bulk", len(levels))
        number = f"B{len(self.bulks) + 1}"
        self.bulks[number] = {level.ref: level for level in levels}
        return dto.Receipt(reference=number, external_id=number, is_final=False)

    def poll_bulk(self, receipt, levels):
        self._trip("poll_bulk", receipt.external_id)
        decision = self.decisions.get(receipt.external_id)
        if isinstance(decision, Exception):
            raise decision
        if not decision:
            return None
        self.stock.update({level.sku: level.quantity for level in levels})
        return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref) for level in levels))

    def fetch_events(self):
        self._trip("fetch_events")
        return tuple(self.queue)

    def drop_events(self, receipts):
        self._trip("drop_events", *receipts)
        FullAdapter.queue = [event for event in self.queue if event.receipt not in receipts]

    @classmethod
    def parse_webhook(cls, call, secrets):
        """A signed message: HMAC-SHA256 of the body in hex, at most five minutes old."""
        if "webhook_secret" not in secrets:
            raise errors.AuthFailed("webhook_secret_missing")
        wanted = hmac.new(secrets["webhook_secret"].encode(), call.body, hashlib.sha256).hexdigest()
        if not hmac.compare_digest(call.headers.get("x-signature", ""), wanted):
            raise errors.AuthFailed("webhook_forged")
        message = json.loads(call.body)
        if abs(message.get("at", 0) - call.received_at.timestamp()) > 300:
            raise errors.AuthFailed("webhook_time")
        return (
            dto.ChannelEvent(
                event_id=message["id"],
                kind=message.get("kind", "order"),
                external_id=message.get("order"),
                names=tuple(message.get("names", ())),
            ),
        )

    @classmethod
    def answer_challenge(cls, call, secrets):
        challenge = dict(call.query).get("challenge_code")
        if call.method != "GET" or not challenge:
            return None
        return json.dumps({"challengeResponse": hashlib.sha256(challenge.encode()).hexdigest()}).encode()

    @classmethod
    def build_consent_url(cls, account, state):
        return f"https://memory.example/consent?state={state}"

    def redeem_consent(self, code):
        self._trip("redeem_consent", code)
        if code != "good":
            raise errors.Rejected("code_used", message="This code was used before.")
        return dto.Consent(secrets={}, ends_at=NOW + timedelta(days=500))


class FullCase(OmsCase):
    """The shop of `OmsCase` with a channel that can everything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()

        class OmsChannel(models.Model):
            _name = "oms.channel"
            _inherit = "oms.channel"

            channel_type = fields.Selection(selection_add=[("full", "Full")], ondelete={"full": "cascade"})
            full_secret = fields.Char()
            full_ends_at = fields.Datetime()
            full_has_queue = fields.Boolean()

            def _adapter_class(self):
                return FullAdapter if self.channel_type == "full" else super()._adapter_class()

            def _default_endpoints(self):
                return (
                    {"api": "https://memory.example"} if self.channel_type == "full" else super()._default_endpoints()
                )

            def _has_event_queue(self):
                return self.full_has_queue or super()._has_event_queue()

            def _webhook_secrets(self):
                if self.channel_type != "full":
                    return super()._webhook_secrets()
                return {"webhook_secret": self.full_secret} if self.full_secret else {}

            def _credential_ends(self):
                if self.channel_type != "full":
                    return super()._credential_ends()
                return [("The token", self.full_ends_at)]

        add_fake_models(cls, OmsChannel)
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "Full",
                "channel_type": "full",
                "warehouse_ids": [(6, 0, cls.warehouse.ids)],
                "is_stock_pushed": True,
                "full_secret": "s3cret",
            }
        )
        cls.channel.state = "live"

    def setUp(self):
        super().setUp()
        FullAdapter.reset()
        # What is put into the smallest channel's memory is what this one sees, too.
        self.memory = FullAdapter
