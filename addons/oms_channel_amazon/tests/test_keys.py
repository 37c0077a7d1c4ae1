from datetime import date, datetime, timedelta

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Command
from odoo.tests import new_test_user, tagged
from odoo.tools import file_open

from ..lib import const
from .common import US, AmazonCase

QUEUE = "https://sqs.eu-central-1.amazonaws.com/123456789012/orders"


@tagged("post_install", "-at_install")
class TestKeys(AmazonCase):
    """Keys that end, a queue with keys of its own, and two channels of one seller account."""

    def today(self):
        return fields.Date.context_today(self.channel)

    # --- the client secret ----------------------------------------------------------------------------------------

    def test_a_new_secret_is_of_today_and_ends_after_180_days(self):
        self.assertEqual(self.channel.amazon_secret_created_on, self.today())
        [(what, end)] = self.channel._credential_ends()
        self.assertIn("secret", what)
        self.assertEqual(end, datetime.combine(self.today() + timedelta(days=180), datetime.min.time()))

    def test_the_day_a_person_enters_counts(self):
        self.channel.amazon_secret_created_on = date(2026, 1, 1)
        self.assertEqual(self.channel._credential_ends()[0][1], fields.Datetime.to_datetime("2026-06-30"))
        self.channel.write({"amazon_client_secret": "newer", "amazon_secret_created_on": date(2026, 2, 1)})
        self.assertEqual(self.channel.amazon_secret_created_on, date(2026, 2, 1))

    def test_only_a_new_secret_changes_the_day(self):
        self.channel.amazon_secret_created_on = date(2026, 1, 1)
        self.env.invalidate_all()
        self.channel.write({"amazon_client_secret": self.channel.amazon_client_secret, "name": "Other"})
        self.channel.amazon_client_secret = False
        self.assertEqual(self.channel.amazon_secret_created_on, date(2026, 1, 1))
        self.channel.amazon_client_secret = "a new one"
        self.assertEqual(self.channel.amazon_secret_created_on, self.today())

    def test_an_unknown_day_warns_of_nothing(self):
        self.channel.amazon_secret_created_on = False
        self.assertEqual(self.channel._credential_ends(), [])

    # --- the queue --------------------------------------------------------------------------------------------------

    def queue_urls(self):
        return self.channel.endpoint_ids.filtered(lambda row: row.family == const.QUEUE).mapped("url")

    def test_an_account_without_a_queue_may_call_none(self):
        self.assertEqual(self.queue_urls(), [])
        account = self.channel._account()
        self.assertNotIn(const.QUEUE, account.endpoints)
        self.assertEqual(set(account.secrets), set(const.SECRETS))
        self.assertFalse(account.settings["queue_url"])

    def test_a_queue_brings_its_address_and_its_keys(self):
        self.channel.write(
            {"amazon_queue_url": QUEUE, "amazon_aws_key_id": "AKIA1", "amazon_aws_secret_key": "the aws key"}
        )
        self.assertEqual(self.queue_urls(), ["https://sqs.eu-central-1.amazonaws.com"])
        account = self.channel._account()
        self.assertEqual(account.settings["queue_url"], QUEUE)
        self.assertEqual(account.secrets[const.QUEUE_KEY], "the aws key")
        self.assertTrue(self.channel._adapter()._queue.is_set)
        self.assertNotIn("the aws key", str(self.channel.read(["amazon_aws_secret_key"])))
        self.channel.amazon_queue_url = QUEUE.replace("eu-central-1", "eu-west-1")
        self.assertEqual(self.queue_urls(), ["https://sqs.eu-west-1.amazonaws.com"])
        self.channel.amazon_queue_url = False
        self.assertEqual(self.queue_urls(), [])

    def test_an_address_a_person_gave_the_queue_stays(self):
        self.channel.amazon_queue_url = QUEUE
        row = self.channel.endpoint_ids.filtered(lambda endpoint: endpoint.family == const.QUEUE)
        row.url = "https://queue.example.com"
        self.channel.amazon_queue_url = QUEUE.replace("orders", "other")
        self.assertEqual(self.queue_urls(), ["https://queue.example.com"])

    def test_what_is_no_queue_is_refused(self):
        for url in (
            "orders",
            "ftp://sqs.eu-central-1.amazonaws.com/1/q",
            "https://sqs.eu-central-1.amazonaws.com",
            "https:///x",
        ):
            with self.assertRaises(ValidationError, msg=url), self.cr.savepoint():
                self.channel.amazon_queue_url = url
        with self.assertRaises(ValidationError), self.cr.savepoint():
            self.channel.amazon_queue_url = "https://queue.example.com/1/q"
        self.channel.write({"amazon_queue_url": "https://queue.example.com/1/q", "amazon_aws_region": "eu-west-1"})

    def test_clerks_see_neither_queue_nor_keys(self):
        clerk = new_test_user(self.env, "queue_clerk", groups="oms_core.group_oms_clerk")
        for name in ("amazon_queue_url", "amazon_aws_region", *const.QUEUE_SECRETS):
            with self.assertRaises(AccessError):
                self.channel.with_user(clerk).read([name])

    def test_a_copied_database_reads_no_queue(self):
        self.channel.amazon_queue_url = QUEUE
        self.env.flush_all()
        with file_open("oms_channel_amazon/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertFalse(self.channel.amazon_queue_url)
        self.assertEqual(set(self.channel.endpoint_ids.mapped("url")), {"https://sandbox.invalid"})

    def test_asking_for_hints_needs_a_queue_and_runs_as_a_job(self):
        with self.assertRaises(UserError):
            self.channel.action_amazon_subscribe()
        self.channel.amazon_queue_url = QUEUE
        self.assertEqual(self.channel._amazon_queue_arn(), "arn:aws:sqs:eu-central-1:123456789012:orders")
        with trap_jobs() as jobs:
            self.channel.action_amazon_subscribe()
            jobs.assert_jobs_count(1, only=self.channel._job_amazon_subscribe)
        clerk = new_test_user(self.env, "hint_clerk", groups="oms_core.group_oms_clerk")
        with self.assertRaises(AccessError):
            self.channel.with_user(clerk).action_amazon_subscribe()

    # --- two channels of one seller account ---------------------------------------------------------------------------

    def twin(self, **more):
        store = self.env["oms.amazon.marketplace"].search([("code", "=", US)])
        return self.env["oms.channel"].create(
            {
                "name": "Amazon twin",
                "channel_type": "amazon",
                "amazon_region": "na",
                "amazon_seller_id": "A1SELLER",
                "amazon_client_id": "amzn1.application-oa2-client.twin",
                "amazon_marketplace_ids": [Command.set(store.ids)],
                **more,
            }
        )

    def test_two_channels_of_a_seller_account_know_of_each_other(self):
        self.assertFalse(self.channel.amazon_twin_names)
        twin = self.twin()
        self.env.invalidate_all()
        self.assertEqual(twin.amazon_twin_names, "Amazon test")
        self.assertEqual(self.channel.amazon_twin_names, "Amazon twin")
        self.assertEqual(self.channel._account().settings["twins"], ["Amazon twin"])

    def test_another_region_or_seller_is_no_twin(self):
        self.twin(amazon_region="eu", name="Europe")
        self.twin(amazon_seller_id="A2", name="Other")
        self.env.invalidate_all()
        self.assertFalse(self.channel.amazon_twin_names)
