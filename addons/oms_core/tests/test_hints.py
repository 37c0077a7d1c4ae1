import hashlib
import hmac
import json
import time
from datetime import datetime, timedelta, timezone

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from ..lib import dto, errors
from .common import NOW
from .full_channel import FullCase


def signed(body, secret="s3cret"):
    """Return the headers of a message of `FullAdapter`'s kind."""
    return {"x-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def message(**values):
    return json.dumps({"id": "E-1", "order": "100-1", "at": time.time(), **values}).encode()


@tagged("post_install", "-at_install")
class TestHints(FullCase):
    """A hint makes us look; it is believed only when it is the channel's."""

    def call(self, body, headers=None, method="POST", query=()):
        call = dto.WebhookCall(
            method=method,
            url="https://shop.example/oms/webhook/x",
            headers=signed(body) if headers is None else headers,
            query=query,
            body=body,
            received_at=datetime.now(timezone.utc),
        )
        return self.channel._receive_webhook(call)[0]

    def rows(self):
        return self.env["oms.inbox"].search([("channel_id", "=", self.channel.id), ("kind", "=", "hint")])

    def follow(self):
        with trap_jobs() as jobs:
            self.rows()._job_follow_hints()
            jobs.perform_enqueued_jobs()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()

    def test_a_hint_brings_the_order(self):
        self.put(self.order_data())
        self.assertEqual(self.call(message()), 200)
        self.follow()
        self.assertEqual(self.rows().state, "done")
        self.assertTrue(self.env["sale.order"]._find_external(self.channel, ["100-1"]))

    def test_what_is_not_the_channels_changes_nothing(self):
        good = message()
        for body, headers in (
            (good, {}),
            (good, {"x-signature": "00"}),
            (good, signed(good, "other")),
            (good + b" ", signed(good)),
            (message(at=time.time() - 3600), None),
            (message(at=time.time() + 3600), None),
        ):
            self.assertEqual(self.call(body, headers), 401)
        self.assertFalse(self.rows())
        self.assertFalse(self.channel.last_hint_at)

    def test_a_replay_is_refused_and_the_same_news_again_is_taken_once(self):
        first, again = message(), message(attempt=2)
        self.assertEqual([self.call(first), self.call(first), self.call(again)], [200, 401, 200])
        self.assertEqual(sorted(self.rows().mapped("state")), ["new", "unchanged"])

    def test_a_missing_secret_closes_the_door(self):
        self.channel.full_secret = False
        self.assertEqual(self.call(message()), 401)
        self.assertFalse(self.rows())

    def test_a_paused_channel_takes_hints_and_calls_nobody(self):
        self.channel.state = "paused"
        self.assertEqual(self.call(message()), 200)
        self.follow()
        self.assertEqual(self.memory.calls, [])

    def test_a_deleted_buyer_is_forgotten_and_the_amounts_stay(self):
        buyer = dto.Buyer(external_id="ann99", name="Ann Buyer", email="ann@example.com")
        shipped, open_order = self.import_orders(
            self.order_data("100-1", buyer=buyer, status="shipped"), self.order_data("100-2", buyer=buyer)
        )
        self.assertEqual(self.call(message(kind="buyer_deleted", order=None, names=["Ann99"])), 200)
        self.follow()
        self.assertEqual(shipped.oms_forgetting, "done")
        self.assertEqual((shipped.amount_total, shipped.order_line[0].oms_sku), (10.0, "SKU-A"))
        self.assertFalse(shipped.oms_inbox_ids.filtered("size"))
        self.assertFalse(self.rows().size, "the request that names the buyer is forgotten, too")
        self.assertEqual(open_order.oms_forgetting, "waiting")
        self.assertTrue(self.problems(order_id=open_order.id, reason="buyer_deleted"))
        open_order.picking_ids.carrier_tracking_ref = "T1"
        open_order.picking_ids.button_validate()
        self.env["sale.order"]._forget_due()
        partner = open_order.partner_id
        self.assertEqual((partner.name, partner.email, partner.street), ("Buyer removed", False, False))
        self.assertFalse(self.problems(order_id=open_order.id, reason="buyer_deleted"))

    def look_into_the_queue(self):
        with trap_jobs() as jobs:
            self.env["oms.channel"]._queue_event_looks()
            looks = list(jobs.enqueued_jobs)
            for _round in range(4):
                jobs.perform_enqueued_jobs()
        return looks

    def test_hints_in_a_queue_are_kept_before_they_are_taken_off_it(self):
        self.put(self.order_data())
        event = dto.ChannelEvent(event_id="Q-1", kind="order", external_id="100-1", receipt="r1")
        self.memory.queue = [event, dto.ChannelEvent(event_id="Q-1", kind="order", external_id="100-1", receipt="r2")]
        self.assertEqual(self.look_into_the_queue(), [], "off by default")
        self.channel.full_has_queue = True
        self.look_into_the_queue()
        self.assertEqual(self.rows().mapped("event_id"), ["Q-1"], "told twice, kept once")
        self.assertEqual(self.memory.queue, [])
        self.assertTrue(self.env["sale.order"]._find_external(self.channel, ["100-1"]))

    def test_a_broken_queue_says_so_and_does_not_stop_the_account(self):
        self.channel.full_has_queue = True
        self.memory.fails = [errors.AuthFailed("queue_refused")]
        self.look_into_the_queue()
        self.assertTrue(self.channel.hint_message)
        self.assertEqual(self.channel.state, "live")
        self.look_into_the_queue()
        self.assertFalse(self.channel.hint_message)


@tagged("post_install", "-at_install")
class TestWebhookDoor(FullCase, HttpCase):
    """The address itself, over HTTP."""

    def url(self, key=None):
        return f"/oms/webhook/{key or self.channel.webhook_key}"

    def test_the_door_opens_for_the_right_key_and_signature_only(self):
        body = message()
        self.assertEqual(self.url_open(self.url(), data=body, headers=signed(body)).status_code, 200)
        self.assertEqual(self.url_open(self.url(), data=body, headers=signed(body)).status_code, 401)
        self.assertEqual(self.url_open(self.url(), data=body).status_code, 401)
        self.assertEqual(self.url_open(self.url("nobody"), data=body, headers=signed(body)).status_code, 404)
        self.assertEqual(self.url_open(self.url(), data=b"x" * 300_000).status_code, 413)

    def test_the_channels_test_of_our_address_is_answered(self):
        answer = self.url_open(f"{self.url()}?challenge_code=abc")
        self.assertEqual(answer.json(), {"challengeResponse": hashlib.sha256(b"abc").hexdigest()})


@tagged("post_install", "-at_install")
class TestSigningIn(FullCase):
    """Consent on the channel's own page, and what ends by itself."""

    def come_back(self, code, state=None):
        self.channel.action_consent()
        state = self.channel.sudo().consent_state if state is None else state
        with trap_jobs() as jobs:
            channel = self.env["oms.channel"]._take_consent("full", state, code)
            jobs.perform_enqueued_jobs()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        return channel

    def test_consent_is_redeemed_by_a_job_and_tested(self):
        action = self.channel.action_consent()
        self.assertIn(self.channel.sudo().consent_state, action["url"])
        self.assertEqual(self.come_back("good"), self.channel)
        self.assertEqual(self.channel.check_state, "ok")
        self.assertEqual(self.channel.consent_ends_at, (NOW + timedelta(days=500)).replace(tzinfo=None))
        self.assertFalse(self.env["oms.secret"]._find(self.channel, "consent_code"))

    def test_a_used_code_says_what_to_do(self):
        self.come_back("used")
        self.assertEqual(self.channel.check_state, "failed")
        self.assertIn("This code was used before.", self.channel.check_message)

    def test_nobody_else_can_finish_it(self):
        self.assertFalse(self.come_back("good", state="guessed"))
        self.assertFalse(self.come_back("good", state=""))
        self.channel.consent_asked_at = fields.Datetime.now() - timedelta(hours=1)
        state = self.channel.sudo().consent_state
        self.assertFalse(self.env["oms.channel"]._take_consent("full", state, "good"))
        clerk = new_test_user(self.env, "consent-clerk", groups="oms_core.group_oms_clerk")
        with self.assertRaises(AccessError):
            self.env["oms.channel"].with_user(clerk)._take_consent("full", state, "good")

    def mails(self):
        return self.env["mail.mail"].search([("subject", "like", self.channel.name)])

    def test_what_ends_is_announced_thirty_seven_and_one_days_before_each_once(self):
        self.channel.alert_user_ids = new_test_user(self.env, "alert-me", email="alert@example.com")
        now = fields.Datetime.now()
        counts = []
        for days in (40, 30, 29, 8, 7, 6, 1, 0):
            self.channel.full_ends_at = now + timedelta(days=days, hours=1)
            self.env["oms.channel"]._cron_daily()
            self.env["oms.channel"]._cron_daily()
            counts.append(len(self.mails()))
        self.assertEqual(counts, [0, 1, 1, 1, 2, 2, 3, 3])
        problem = self.problems(channel_id=self.channel.id, reason="credential_ends")
        self.assertIn("The token", problem.summary)
        self.channel.full_ends_at = now + timedelta(days=180)
        self.env["oms.channel"]._cron_daily()
        self.assertEqual((problem.state, self.channel.credential_warned or {}), ("closed", {}))

    def test_trouble_that_lasts_is_a_task_then_a_problem_with_a_mail(self):
        person = new_test_user(
            self.env, "remind-me", groups="base.group_user,oms_core.group_oms_clerk", email="me@x.test"
        )
        self.channel.alert_user_ids = person
        state, trouble = self.channel._state("orders"), errors.RetryLater("unreachable", after=timedelta(minutes=5))
        found = []
        for minutes in (0, 5, 12, 20, 31, 40):
            state.failing_since = fields.Datetime.now() - timedelta(minutes=minutes) if minutes else False
            self.channel._note_failure("orders", trouble)
            problems = self.problems(reason="sync_failing", channel_id=self.channel.id)
            found.append((len(self.channel.activity_ids), len(problems), len(self.mails())))
        self.assertEqual(found, [(0, 0, 0), (0, 0, 0), (1, 0, 0), (1, 0, 0), (1, 1, 1), (1, 1, 1)])
        self.assertEqual(self.channel.activity_ids.user_id, person)
        self.channel._note_recovery("orders")
        self.assertFalse(self.channel.activity_ids or self.problems(reason="sync_failing", channel_id=self.channel.id))

    def test_being_asked_to_wait_is_no_task(self):
        self.channel._note_failure("orders", errors.RetryLater("throttled", after=timedelta(hours=2)))
        self.assertFalse(self.channel.activity_ids)

    def test_an_account_that_stops_says_so_once_by_mail(self):
        self.channel.alert_user_ids = new_test_user(self.env, "alert-me", email="alert@example.com")
        for _attempt in range(3):
            self.memory.fails = [errors.AuthFailed("token_revoked")]
            self.channel._job_fetch_orders()
        self.assertEqual(self.channel.state, "signed_out")
        self.assertEqual(self.mails().mapped("email_to"), ["alert@example.com"])


@tagged("post_install", "-at_install")
class TestOneStopsNoOther(FullCase):
    """A failing account never stops another and never switches itself off."""

    @mute_logger("odoo.addons.oms_core.models.oms_channel_sync")
    def test_a_channel_that_breaks_leaves_the_others_their_turn(self):
        other = self.channel.copy({"name": "Other", "state": "live"})
        other._ensure_states()
        queued = []

        def queue(channel, entity, eta=None):
            if channel == self.channel:
                raise ValueError("a bug of ours")
            queued.append((channel, entity))

        self.patch(type(self.channel), "_queue_entity", queue)
        self.env["oms.channel"]._cron_poll()
        self.assertIn((other, "orders"), queued)
        self.assertEqual((self.channel.state, self.channel.active), ("live", True))
