from odoo.exceptions import AccessError, ValidationError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open
from psycopg2 import IntegrityError

from ..lib import const
from ..lib.carriers import guess
from ..lib.states import StatusRule
from .common import MagentoCase


@tagged("post_install", "-at_install")
class TestAccount(MagentoCase):
    """A shop is set up with what its adapter needs, and by those who may."""

    def test_the_adapter_gets_what_a_person_entered(self):
        self.channel.write(
            {
                "magento_store_codes": " de, fr ,",
                "magento_online_methods": "braintree",
                "magento_barcode_attribute": "ean",
                "magento_is_buyer_told": False,
            }
        )
        account = self.channel._account()
        self.assertEqual(account.endpoints, {"rest": "https://shop.example.com"})
        self.assertEqual(
            account.settings,
            {
                "store_code": "all",
                "stores": ["de", "fr"],
                "auth": "oauth",
                "consumer_key": "the consumer key",
                "source": "main_wh",
                "sources": ["main_wh"],
                "is_buyer_told": False,
                "online_methods": ["braintree"],
                "barcode": "ean",
            },
        )
        self.assertEqual(
            account.secrets,
            {
                const.CONSUMER_SECRET: "the consumer secret",
                const.ACCESS_TOKEN: "the access token",
                const.ACCESS_TOKEN_SECRET: "the token secret",
            },
        )
        self.assertNotIn("the access token", repr(account))

    def test_the_token_alone_needs_no_other_secret(self):
        self.channel.magento_auth = "bearer"
        self.assertEqual(self.channel._account().secrets, {const.ACCESS_TOKEN: "the access token"})

    def test_another_address_moves_the_calls_unless_a_person_set_them(self):
        self.channel.magento_base_url = "https://new.example.com/"
        self.assertEqual(self.channel.endpoint_ids.url, "https://new.example.com")
        self.channel.endpoint_ids.url = "https://proxy.example.com"
        self.channel.magento_base_url = "https://other.example.com"
        self.assertEqual(self.channel.endpoint_ids.url, "https://proxy.example.com")

    def test_an_address_that_is_none_is_refused(self):
        for url in ("shop.example.com", "ftp://shop.example.com", "https://", "https://u:p@shop.example.com"):
            with self.assertRaises(ValidationError):
                self.channel.magento_base_url = url

    def test_each_shop_is_read_its_own_way(self):
        other = self.channel.copy({"name": "Other shop", "magento_prices_include_tax": "included"})
        other.magento_is_input_limited = True
        other.magento_status_ids = [Command.create({"status_code": "packing", "is_hold": True})]
        ours, theirs = self.channel._adapter_class(), other._adapter_class()
        self.assertEqual((ours.limits.batch, theirs.limits.batch), (const.ROWS_PER_CALL, const.ROWS_WHERE_LIMITED))
        self.assertEqual((ours.reading.tax_mode, ours.reading.rules), ("auto", ()))
        self.assertEqual(theirs.reading.tax_mode, "included")
        self.assertEqual(theirs.reading.rules, (StatusRule("packing", None, "state", True),))

    def test_a_warehouse_is_one_source_of_a_shop(self):
        with self.assertRaises(IntegrityError), self.env.cr.savepoint(), self.assertLogs("odoo.sql_db"):
            self.channel.magento_source_ids = [
                Command.create({"warehouse_id": self.warehouse.id, "source_code": "second"})
            ]

    def test_rules_are_the_managers_to_make(self):
        clerk = new_test_user(self.env, "magento_clerk", groups="oms_core.group_oms_clerk")
        manager = new_test_user(self.env, "magento_manager", groups="oms_core.group_oms_manager")
        rule = {"channel_id": self.channel.id, "status_code": "packing"}
        with self.assertRaises(AccessError):
            self.env["oms.magento.status"].with_user(clerk).create(rule)
        self.assertTrue(self.env["oms.magento.status"].with_user(manager).create(rule))
        with self.assertRaises(AccessError):
            self.channel.with_user(clerk).read(["magento_consumer_key"])
        self.assertEqual(self.channel.with_user(clerk)._adapter_settings()["consumer_key"], "the consumer key")

    def test_another_companys_rules_are_not_seen(self):
        elsewhere = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "magento_stranger",
            groups="oms_core.group_oms_manager",
            company_id=elsewhere.id,
            company_ids=[Command.set(elsewhere.ids)],
        )
        self.channel.magento_status_ids = [Command.create({"status_code": "packing"})]
        for model in ("oms.magento.status", "oms.magento.source"):
            self.assertFalse(self.env[model].with_user(stranger).search([]))

    def test_a_copied_database_points_nowhere(self):
        self.env.flush_all()
        with file_open("oms_channel_magento/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(self.channel.endpoint_ids.url, "https://sandbox.invalid")
        self.assertEqual(self.channel.magento_base_url, "https://sandbox.invalid")

    def test_the_form(self):
        channels = self.env["oms.channel"].with_user(
            new_test_user(self.env, "magento_form", groups="oms_core.group_oms_manager")
        )
        channel = channels.create({"name": "Second shop", "channel_type": "magento"})
        channel.action_setup_next()
        with Form(channel) as form:
            form.magento_base_url = "https://second.example.com/rest"
            form.magento_consumer_key = "key"
            form.magento_access_token = "hush"
            with form.magento_status_ids.new() as rule:
                rule.status_code = "packing"
                rule.is_hold = True
        channel = form.record
        self.assertEqual(channel.magento_base_url, "https://second.example.com")
        self.assertEqual(channel.endpoint_ids.url, "https://second.example.com")
        self.assertEqual(channel._secret(const.ACCESS_TOKEN), "hush")
        self.assertTrue(channel._adapter_class().reading.rules[0].is_hold)

    def test_carriers(self):
        expected = {
            "DHL Paket": ("dhl", "DHL Paket"),
            "UPS": ("ups", "UPS"),
            "FedEx Ground": ("fedex", "FedEx Ground"),
            "USPS Priority": ("usps", "USPS Priority"),
            "Upside Couriers": ("custom", "Upside Couriers"),
            "": ("custom", ""),
        }
        self.assertEqual({name: guess(name) for name in expected}, expected)
