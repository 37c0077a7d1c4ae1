from decimal import Decimal

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..lib import dto, errors
from .full_channel import FullAdapter, FullCase

COUNTED = ("sale.order", "sale.order.line", "res.partner", "oms.listing", "oms.inbox", "oms.exception", "stock.move")


@tagged("post_install", "-at_install")
class TestSetup(FullCase):
    """From a new channel to going live, step by step, with nothing written before."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.channel.state = "setup"

    def run_jobs(self, method):
        with trap_jobs() as jobs:
            result = method()
            jobs.perform_enqueued_jobs()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        return result

    def test_a_step_that_lacks_something_is_not_left_and_says_what(self):
        self.channel.action_setup_next()
        self.assertEqual(self.channel.setup_step, "credentials")
        with self.assertRaisesRegex(UserError, "Test the connection"):
            self.channel.action_setup_next()
        self.run_jobs(self.channel.action_check)
        self.channel.action_setup_next()
        self.channel.warehouse_ids = False
        with self.assertRaisesRegex(UserError, "warehouse"):
            self.channel.action_setup_next()
        self.channel.action_setup_back()
        self.assertEqual(self.channel.setup_step, "credentials")

    def test_the_connection_test_keeps_what_each_permission_allows(self):
        told = (
            dto.Permission(name="Orders", is_granted=True, detail="read"),
            dto.Permission(name="Refunds", is_granted=False, detail="tick it there"),
            dto.Permission(name="Returns", is_granted=None),
        )
        info = dto.AccountInfo(name="Shop", marketplaces=(("M1", "Lane"),), permissions=told)
        self.patch(FullAdapter, "check", lambda _adapter: info)
        for _again in range(2):
            self.run_jobs(self.channel.action_check)
        self.assertEqual(
            [(row.name, row.state) for row in self.channel.permission_ids],
            [("Orders", "granted"), ("Refunds", "missing"), ("Returns", "unknown")],
        )

    def test_the_preview_shows_what_orders_would_become_and_leaves_no_trace(self):
        for number in range(12):
            self.put(self.order_data(f"100-{number:02d}"))
        self.put(
            self.order_data("200-1", lines=[self.order_line(sku="NEW", amount="9.00")], total="9.03"),
            self.order_data("200-2", total="11.00"),
        )
        self.memory.orders["200-3"] = b"{"
        before = {model: self.env[model].search_count([]) for model in COUNTED}
        self.patch(
            FullAdapter,
            "fetch_orders",
            lambda adapter, _window, _cursor=None: dto.Page(
                items=tuple(adapter.fetch_raw(name) for name in sorted(adapter.orders, reverse=True)[:10])
            ),
        )
        self.run_jobs(self.channel.action_fetch_sample)
        self.assertEqual({model: self.env[model].search_count([]) for model in COUNTED}, before)
        rows = {row["number"]: row for row in self.channel.preview}
        self.assertEqual(len(rows), 10)
        self.assertEqual((rows["100-11"]["state"], rows["100-11"]["problems"]), ("ready", []))
        self.assertEqual((rows["200-1"]["state"], rows["200-1"]["rounding"]), ("held", "$\xa00.03"))
        self.assertFalse(rows["200-1"]["lines"][0]["is_linked"])
        self.assertFalse(rows["200-2"]["is_equal"])
        self.assertEqual(rows["200-3"]["state"], "unreadable")

    def taxed_order(self, number, country="DE"):
        """Return an order whose total agrees whether or not its tax of 10 % is mapped here."""
        tax = dto.TaxAmount(amount=dto.Money(amount=Decimal("1.00"), currency="USD"), collected_by="seller")
        line = self.order_line(taxes=(tax,))
        place = dto.Address(name="Ann", street="Main Street 1", city="Berlin", postal_code="10115", country=country)
        return self.order_data(number, lines=[line], total="11.00", is_tax_included=False, ship_to=place)

    def test_an_order_whose_tax_is_not_mapped_needs_somebody_although_its_total_agrees(self):
        self.put(self.taxed_order("300-1"), self.order_data("300-2"), self.taxed_order("300-3", "US"))
        self.run_jobs(self.channel.action_fetch_sample)
        rows = {row["number"]: row for row in self.channel.preview}
        self.assertEqual((rows["300-1"]["state"], rows["300-1"]["is_equal"]), ("asks", True))
        self.assertIn("No tax is set", rows["300-1"]["problems"][0])
        fix = rows["300-1"]["fixes"][0]
        self.assertEqual((fix["step"], fix["label"]), ("mapping", "Set the tax for Germany"))
        self.assertIn("about 10 % that comes on top", fix["text"])
        self.assertEqual((rows["300-2"]["state"], rows["300-2"]["fixes"]), ("ready", []))
        tax = self.env["account.tax"].create(
            {"name": "10 % on top", "amount": 10, "price_include_override": "tax_excluded"}
        )
        self.channel.tax_ids = [(0, 0, {"country_id": self.env.ref("base.de").id, "tax_id": tax.id})]
        self.run_jobs(self.channel.action_fetch_sample)
        rows = {row["number"]: row for row in self.channel.preview}
        self.assertEqual((rows["300-1"]["state"], rows["300-1"]["problems"]), ("ready", []))

    def test_an_unlinked_listing_of_the_sample_leads_to_the_step_that_links_it(self):
        self.env["oms.listing"].create({"channel_id": self.channel.id, "sku": "NEW"})
        self.put(self.order_data("300-1", lines=[self.order_line(sku="NEW"), self.order_line("2", sku="NEVER-SEEN")]))
        self.run_jobs(self.channel.action_fetch_sample)
        self.assertEqual([fix["step"] for fix in self.channel.preview[0]["fixes"]], ["listings"])

    def test_services_and_payments_of_the_sample_are_proposed(self):
        carrier = self.env["delivery.carrier"].create(
            {"name": "DHL Express", "product_id": self.env.ref("oms_core.product_shipping").id}
        )
        paid = dto.Payment(amount=dto.Money(amount=10, currency="USD"), method="paypal")
        self.put(self.order_data(service_level="DHL express 12:00", payments=(paid,)))
        self.run_jobs(self.channel.action_fetch_sample)
        self.assertEqual(self.channel.delivery_ids.carrier_id, carrier)
        self.assertEqual(self.channel.payment_ids.mapped("method"), ["paypal"])
        self.channel.state = "live"
        order = self.import_orders(self.order_data("100-9", service_level="DHL express 12:00"))
        self.assertEqual((order.carrier_id, order.picking_ids.carrier_id), (carrier, carrier))

    def test_trouble_is_said_in_words_and_nothing_is_lost(self):
        self.memory.fails = [errors.AuthFailed("token_revoked")]
        self.run_jobs(self.channel.action_fetch_sample)
        self.assertIn("sign-in", self.channel.preview_message)

    def test_clerks_do_not_set_up(self):
        clerk = new_test_user(self.env, "setup-clerk", groups="oms_core.group_oms_clerk")
        channel = self.channel.with_user(clerk)
        for action in (
            channel.action_setup_next,
            channel.action_fetch_sample,
            channel.action_read_listings,
            channel.action_setup_back,
        ):
            with self.assertRaises(AccessError):
                action()

    def test_listings_are_read_before_going_live(self):
        self.memory.offers = [dto.ListingData(sku="SKU-A", quantity=3), dto.ListingData(sku="X")]
        self.run_jobs(self.channel.action_read_listings)
        self.assertEqual((self.channel.listing_count, self.channel.linked_percent), (2, 50))
        self.assertEqual(self.memory.stock, {})
