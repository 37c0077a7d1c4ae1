from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open

from ..client.adapter import AmazonAdapter
from ..lib import const
from .common import DE, JP, US, AmazonCase


@tagged("post_install", "-at_install")
class TestAccount(AmazonCase):
    """What Amazon's adapter is told of an account, and who may see it."""

    def urls(self):
        return {endpoint.family: endpoint.url for endpoint in self.channel.endpoint_ids}

    def test_an_account_gets_the_addresses_of_its_region(self):
        na = "https://sellingpartnerapi-na.amazon.com"
        self.assertEqual(self.urls(), {**dict.fromkeys(const.FAMILIES, na), "auth": "https://api.amazon.com"})

    def test_another_region_moves_the_addresses_and_leaves_those_a_person_set(self):
        own = self.channel.endpoint_ids.filtered(lambda endpoint: endpoint.family == "listings")
        own.url = "https://listings.example.com"
        self.channel.amazon_region = "fe"
        self.assertEqual(self.urls()["orders"], "https://sellingpartnerapi-fe.amazon.com")
        self.assertEqual(self.urls()["listings"], "https://listings.example.com")
        self.assertEqual(self.urls()["auth"], "https://api.amazon.com")

    def test_the_adapter_is_told_what_it_needs(self):
        account = self.channel._account()
        self.assertIs(self.channel._adapter_class(), AmazonAdapter)
        self.assertEqual(set(account.endpoints), set(const.FAMILIES))
        self.assertEqual(account.settings["seller_id"], "A1SELLER")
        self.assertEqual(account.settings["client_id"], "amzn1.application-oa2-client.test")
        self.assertEqual(set(account.settings["marketplaces"]), {US, DE, JP})
        self.assertEqual(account.secrets[const.CLIENT_SECRET], "the client secret")
        self.assertEqual(account.secrets[const.REFRESH_TOKEN], "Atzr|the refresh token")

    def test_secrets_can_be_written_and_not_read(self):
        self.env.invalidate_all()
        for name in const.SECRETS:
            self.assertNotIn("the ", self.channel[name])
            self.assertNotIn("the ", str(self.channel.read([name])))
        self.assertNotIn("refresh token", repr(self.channel._account()))
        self.channel.name = "Another name"
        self.assertEqual(self.channel._secret(const.CLIENT_SECRET), "the client secret")

    def test_clerks_see_the_account_and_not_its_credentials(self):
        clerk = new_test_user(self.env, "amazon_clerk", groups="oms_core.group_oms_clerk")
        channel = self.channel.with_user(clerk)
        self.assertEqual(channel.amazon_seller_id, "A1SELLER")
        self.assertTrue(channel.amazon_marketplace_ids.mapped("name"))
        for name in ("amazon_client_id", *const.SECRETS):
            with self.assertRaises(AccessError):
                channel.read([name])

    def test_the_synchronisation_knows_what_amazon_offers(self):
        offered = {"orders", "shipments", "stock", "listings", "cancellations", "refunds", "returns", "held"}
        self.assertEqual(set(self.channel.state_ids.mapped("entity")), offered)

    def test_every_store_is_there_once_with_its_country(self):
        stores = self.env["oms.amazon.marketplace"].search([])
        self.assertEqual(set(stores.mapped("code")), set(const.MARKETPLACE_BY_ID))
        self.assertTrue(all(stores.mapped("country_id")))
        stores._load_stores()
        self.assertEqual(self.env["oms.amazon.marketplace"].search_count([]), len(const.MARKETPLACES))

    def test_the_form_offers_the_stores_of_the_region(self):
        manager = new_test_user(self.env, "amazon_manager", groups="oms_core.group_oms_manager")
        channels = self.env["oms.channel"].with_user(manager)
        channel = channels.create({"name": "Second account", "channel_type": "amazon"})
        channel.action_setup_next()
        with Form(channel) as form:
            form.amazon_region = "na"
            form.amazon_seller_id = "A2"
            form.amazon_client_id = "amzn1.application-oa2-client.second"
            form.amazon_marketplace_ids.add(self.env["oms.amazon.marketplace"].search([("code", "=", US)]))
            form.amazon_client_secret = "hush"
            form.amazon_region = "eu"
            self.assertFalse(form.amazon_marketplace_ids[:])
            form.amazon_marketplace_ids.add(self.env["oms.amazon.marketplace"].search([("code", "=", DE)]))
        self.assertEqual(channel.amazon_marketplace_ids.code, DE)
        self.assertEqual(channel._secret(const.CLIENT_SECRET), "hush")
        self.assertIn("https://sellingpartnerapi-eu.amazon.com", channel.endpoint_ids.mapped("url"))

    def test_a_copied_database_points_nowhere(self):
        other = self.env["oms.channel.endpoint"].create(
            {"channel_id": self.channel.id, "family": "other", "url": "https://api.amazon.com"}
        )
        self.env.flush_all()
        with file_open("oms_channel_amazon/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(set(self.channel.endpoint_ids.mapped("url")), {"https://sandbox.invalid"})
        self.assertEqual(other.url, "https://sandbox.invalid")

    def test_an_account_without_stores_says_so(self):
        self.channel.amazon_marketplace_ids = [Command.clear()]
        self.assertEqual(self.channel._account().settings["marketplaces"], [])
