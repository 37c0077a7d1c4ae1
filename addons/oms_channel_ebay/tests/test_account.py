from odoo.addons.oms_core.lib.errors import AuthFailed
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import file_open

from ..client.adapter import EbayAdapter
from ..lib import const
from .common import DE, US, EbayCase


@tagged("post_install", "-at_install")
class TestAccount(EbayCase):
    """What eBay's adapter is told of an account, and who may see it."""

    def urls(self):
        return {endpoint.family: endpoint.url for endpoint in self.channel.endpoint_ids}

    def test_an_account_gets_the_addresses_of_its_environment(self):
        self.assertEqual(self.urls(), const.HOSTS["production"])

    def test_the_other_environment_moves_the_addresses_and_leaves_those_a_person_set(self):
        own = self.channel.endpoint_ids.filtered(lambda endpoint: endpoint.family == "api")
        own.url = "https://proxy.example.com"
        self.channel.ebay_environment = "sandbox"
        self.assertEqual(self.urls(), {**const.HOSTS["sandbox"], "api": "https://proxy.example.com"})

    def test_the_adapter_is_told_what_it_needs(self):
        account = self.channel._account()
        self.assertIs(self.channel._adapter_class(), EbayAdapter)
        self.assertEqual(set(account.endpoints), set(const.FAMILIES))
        self.assertEqual(
            account.settings,
            {
                "client_id": "Shop-App-PRD",
                "ru_name": "Shop-RuName",
                "marketplaces": [US, DE],
                "location_key": None,
                "is_signed": True,
            },
        )
        self.assertEqual(
            account.secrets,
            {const.CLIENT_SECRET: "the cert id", const.REFRESH_TOKEN: "v^1.1#the refresh token"},
        )

    def test_a_signing_key_is_told_once_there_is_one(self):
        self.channel.ebay_signing_key = '{"jwe": "…"}'
        self.assertEqual(self.channel._account().secrets[const.SIGNING_KEY], '{"jwe": "…"}')

    def test_before_the_sellers_consent_there_is_no_refresh_token(self):
        self.channel.ebay_refresh_token = False
        with self.assertRaises(AuthFailed):
            self.channel._account()
        self.assertNotIn(const.REFRESH_TOKEN, self.channel._account(is_complete=False).secrets)

    def test_european_sites_ask_for_signatures_until_a_person_says_otherwise(self):
        self.assertTrue(self.channel.ebay_is_signed)
        self.channel.ebay_marketplace_ids = self.env["oms.ebay.marketplace"].search([("code", "=", US)])
        self.assertFalse(self.channel.ebay_is_signed)
        self.channel.ebay_is_signed = True
        self.assertTrue(self.channel._adapter_settings()["is_signed"])

    def test_secrets_can_be_written_and_not_read(self):
        self.channel.ebay_verification_token = "t" * 40
        self.env.invalidate_all()
        for name in (*const.SECRETS, const.VERIFICATION_TOKEN):
            self.assertNotIn("the ", str(self.channel.read([name])))
            self.assertNotIn("ttt", str(self.channel.read([name])))
        self.assertNotIn("refresh token", repr(self.channel._account()))
        self.channel.name = "Another name"
        self.assertEqual(self.channel._secret(const.CLIENT_SECRET), "the cert id")

    def test_clerks_see_the_account_and_not_its_credentials(self):
        clerk = new_test_user(self.env, "ebay_clerk", groups="oms_core.group_oms_clerk")
        channel = self.channel.with_user(clerk)
        self.assertEqual(channel.ebay_environment, "production")
        self.assertTrue(channel.ebay_marketplace_ids.mapped("name"))
        for name in ("ebay_client_id", "ebay_ru_name", *const.SECRETS, const.VERIFICATION_TOKEN):
            with self.assertRaises(AccessError):
                channel.read([name])
        with self.assertRaises(AccessError):
            self.env["oms.ebay.key"].with_user(clerk).search([])
        with self.assertRaises(AccessError):
            self.env["oms.ebay.marketplace"].with_user(clerk).create({"name": "x", "code": "x"})

    def test_the_synchronisation_knows_what_ebay_offers(self):
        wanted = {"orders", "shipments", "stock", "listings", "cancellations", "refunds", "returns"}
        self.assertEqual(set(self.channel.state_ids.mapped("entity")), wanted)

    def test_every_site_is_there_once_with_its_country(self):
        sites = self.env["oms.ebay.marketplace"].search([])
        self.assertEqual(set(sites.mapped("code")), set(const.MARKETPLACE_BY_ID))
        self.assertTrue(all(sites.mapped("country_id")))
        sites._load_marketplaces()
        self.assertEqual(self.env["oms.ebay.marketplace"].search_count([]), len(const.MARKETPLACES))

    def test_a_manager_opens_an_account(self):
        manager = new_test_user(self.env, "ebay_manager", groups="oms_core.group_oms_manager")
        channels = self.env["oms.channel"].with_user(manager)
        channel = channels.create({"name": "Second account", "channel_type": "ebay"})
        channel.action_setup_next()
        with Form(channel) as form:
            form.ebay_client_id = "Second-App"
            form.ebay_marketplace_ids.add(self.env["oms.ebay.marketplace"].search([("code", "=", DE)]))
            form.ebay_client_secret = "hush"
        self.assertTrue(channel.ebay_is_signed)
        self.assertEqual(channel._secret(const.CLIENT_SECRET), "hush")
        self.assertIn("https://apiz.ebay.com", channel.endpoint_ids.mapped("url"))

    def test_the_page_of_consent_belongs_to_the_account(self):
        manager = new_test_user(self.env, "ebay_consent", groups="oms_core.group_oms_manager")
        action = self.channel.with_user(manager).action_consent()
        self.assertTrue(action["url"].startswith("https://auth.ebay.com/oauth2/authorize?client_id=Shop-App-PRD&"))
        self.assertIn(f"state={self.channel.sudo().consent_state}", action["url"])

    def test_the_end_of_the_consent_is_announced(self):
        self.assertEqual(self.channel._credential_ends(), [])
        self.channel.consent_ends_at = "2027-01-01 00:00:00"
        [(what, ends_at)] = self.channel._credential_ends()
        self.assertIn("eBay", what)
        self.assertEqual(ends_at, self.channel.consent_ends_at)

    def test_a_copied_database_points_nowhere(self):
        other = self.env["oms.channel.endpoint"].create(
            {"channel_id": self.channel.id, "family": "other", "url": "https://api.ebay.com"}
        )
        self.env.flush_all()
        with file_open("oms_channel_ebay/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(set(self.channel.endpoint_ids.mapped("url")), {"https://sandbox.invalid"})
        self.assertEqual(other.url, "https://sandbox.invalid")

    def test_an_account_without_sites_says_so(self):
        self.channel.ebay_marketplace_ids = [Command.clear()]
        self.assertEqual(self.channel._account().settings["marketplaces"], [])
