import base64
import json
from datetime import datetime, timezone

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from odoo.addons.oms_core.lib import dto
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..lib import const
from .common import EbayCase

KEY_ID = "9936261a-7d7b-4621-a0f1-96ccb428af49"


@tagged("post_install", "-at_install")
class TestHints(EbayCase):
    """Messages of eBay's: believed with its key, which is fetched when a message names it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.pair = ec.generate_private_key(ec.SECP256R1())
        pem = cls.pair.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        cls.public = pem.decode().replace("\n", "")

    def call(self, order_id="12-1-1"):
        now = datetime.now(timezone.utc)
        told = {"notificationId": "N1", "publishDate": now.isoformat(), "data": {"orderId": order_id}}
        body = json.dumps({"metadata": {"topic": "ORDER_CONFIRMATION"}, "notification": told}).encode()
        signed = self.pair.sign(body, ec.ECDSA(hashes.SHA256()))
        seal = {"alg": "ecdsa", "kid": KEY_ID, "digest": "SHA256", "signature": base64.b64encode(signed).decode()}
        header = base64.b64encode(json.dumps(seal).encode()).decode()
        return dto.WebhookCall(
            method="POST",
            url="https://shop.example.com/oms/webhook/x",
            headers={const.SIGNATURE_HEADER: header},
            query=(),
            body=body,
            received_at=now,
        )

    def test_a_message_whose_key_is_not_here_fetches_it(self):
        with trap_jobs() as jobs:
            self.assertEqual(self.channel._receive_webhook(self.call())[0], 401)
            jobs.assert_jobs_count(1, only=self.channel._job_fetch_webhook_key)
        self.assertFalse(self.env["oms.inbox"].search([("channel_id", "=", self.channel.id)]))

    def test_a_message_with_a_known_key_is_taken(self):
        self.env["oms.ebay.key"]._keep("production", KEY_ID, self.public)
        with trap_jobs():
            self.assertEqual(self.channel._receive_webhook(self.call()), (200, b""))

    def test_keys_of_one_environment_do_not_count_in_the_other(self):
        self.env["oms.ebay.key"]._keep("sandbox", KEY_ID, self.public)
        self.assertNotIn(f"{const.PUBLIC_KEY_PREFIX}{KEY_ID}", self.channel._webhook_secrets())
        self.channel.ebay_environment = "sandbox"
        self.assertEqual(self.channel._webhook_secrets()[f"{const.PUBLIC_KEY_PREFIX}{KEY_ID}"], self.public)

    def test_a_key_is_kept_once(self):
        for key in ("old", "new"):
            self.env["oms.ebay.key"]._keep("production", KEY_ID, key)
        self.assertEqual(self.env["oms.ebay.key"]._known_keys("production"), {KEY_ID: "new"})

    def test_asking_for_messages_makes_a_token_and_queues_the_question(self):
        self.channel.company_id.email = "desk@example.com"
        with trap_jobs() as jobs:
            self.channel.action_ebay_subscribe()
            jobs.assert_jobs_count(1, only=self.channel._job_ebay_subscribe)
        token = self.channel._secret(const.VERIFICATION_TOKEN)
        self.assertRegex(token, r"\A[A-Za-z0-9_-]{32,80}\Z")
        with trap_jobs():
            self.channel.action_ebay_subscribe()
        self.assertEqual(self.channel._secret(const.VERIFICATION_TOKEN), token)

    def test_asking_for_messages_needs_an_address_for_alerts(self):
        self.channel.company_id.email = False
        with self.assertRaises(UserError):
            self.channel.action_ebay_subscribe()

    def test_clerks_do_not_ask_for_messages(self):
        clerk = new_test_user(self.env, "ebay_clerk", groups="oms_core.group_oms_clerk")
        with self.assertRaises(AccessError):
            self.channel.with_user(clerk).action_ebay_subscribe()

    def test_the_test_of_our_address_needs_the_token(self):
        call = dto.WebhookCall(
            method="GET",
            url="https://shop.example.com/oms/webhook/x",
            headers={},
            query=(("challenge_code", "c0de"),),
            body=b"",
            received_at=datetime.now(timezone.utc),
        )
        self.assertEqual(self.channel._receive_webhook(call)[0], 401)
        self.channel.ebay_verification_token = "t" * 40
        status, body = self.channel._receive_webhook(call)
        self.assertEqual(status, 200)
        self.assertEqual(len(json.loads(body)["challengeResponse"]), 64)
