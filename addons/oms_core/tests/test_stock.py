from datetime import timedelta

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tests import tagged

from ..lib import dto, errors
from .common import OmsCase


@tagged("post_install", "-at_install")
class TestStock(OmsCase):
    """What a channel shows follows what is free."""

    def setUp(self):
        super().setUp()
        self.channel.is_stock_pushed = False

    def settle(self):
        """Run what a commit would run, and the jobs it queues."""
        self.channel.is_stock_pushed = True
        with trap_jobs() as jobs:
            self.env.flush_all()
            self.env.cr.precommit.run()
            self.env["oms.stock.dirty"]._job_refresh()
            self.channel._job_push_stock()
            jobs.enqueued_jobs.clear()

    def test_sale_lowers_what_the_channel_shows(self):
        self.import_orders(self.order_data(lines=[self.order_line(quantity=3, amount="10.00")]))
        self.settle()
        self.assertEqual(self.memory.stock, {"SKU-A": 97})
        listing = self.channel.listing_ids
        self.assertEqual((listing.qty_target, listing.qty_pushed, listing.is_stale), (97, 97, False))

    def test_nothing_is_sent_when_nothing_changed(self):
        self.import_orders(self.order_data())
        self.settle()
        self.memory.calls.clear()
        self.settle()
        self.assertNotIn(("push_stock", 1), self.memory.calls)

    def test_a_push_that_began_before_the_commit_is_followed_by_another(self):
        self.registry_enter_test_mode()  # what runs after a commit has a cursor of its own
        jobs = self.env["queue.job"]
        self.channel.is_stock_pushed = True
        key = [("identity_key", "=", f"oms-stock-{self.channel.id}")]
        self.channel._queue_entity("stock")
        first = jobs.search(key)
        self.channel._queue_entity("stock")
        self.assertEqual(jobs.search(key), first, "one that waits is enough")
        self.env.cr.postcommit.run()
        self.assertEqual(jobs.search(key), first, "it still waits after the commit, so it will see it")
        self.channel._queue_entity("stock")
        first.state = "started"
        self.env.flush_all()
        self.env.cr.postcommit.run()
        later = jobs.search(key) - first
        self.assertEqual((len(later), later.state), (1, "pending"))

    def test_buffer_is_held_back_and_never_below_zero(self):
        self.channel.stock_buffer = 98
        self.import_orders(self.order_data(lines=[self.order_line(quantity=3, amount="10.00")]))
        self.settle()
        self.assertEqual(self.memory.stock, {"SKU-A": 0})

    def test_stock_the_channel_keeps_is_never_touched(self):
        self.import_orders(self.order_data())
        self.channel.listing_ids.is_fulfilled_by_channel = True
        self.settle()
        self.assertEqual(self.memory.stock, {})

    def test_refused_row_is_a_problem_and_the_rest_is_kept(self):
        lines = [self.order_line("1"), self.order_line("2", sku="SKU-B")]
        self.import_orders(self.order_data(lines=lines, total="20.00"))

        def refuse_b(_adapter, levels):
            return dto.BatchResult(
                rows=tuple(dto.RowResult(ref=x.ref, error="No such SKU" if x.sku == "SKU-B" else None) for x in levels)
            )

        self.patch(self.memory, "push_stock", refuse_b)
        self.settle()
        self.assertEqual(self.channel.listing_ids.filtered("is_stale").sku, "SKU-B")
        self.assertIn("No such SKU", self.problems(reason="stock_refused").summary)

    def test_outage_keeps_the_values_for_later(self):
        self.import_orders(self.order_data())
        self.memory.fails = [errors.RetryLater("unreachable", after=self.memory.limits.overlap)]
        self.settle()
        self.assertTrue(self.channel.listing_ids.is_stale)
        self.settle()
        self.assertEqual(self.memory.stock, {"SKU-A": 99})

    def test_a_channel_that_asks_us_to_slow_down_is_amber_until_it_answers(self):
        self.import_orders(self.order_data())
        self.settle()
        self.channel.listing_ids.is_stale = True
        for by, health in (("us", "ok"), ("channel", "slow")):
            self.memory.fails = [errors.RetryLater("throttled", after=timedelta(seconds=7), by=by)]
            self.settle()
            self.assertEqual(self.channel._state("stock").health, health, by)
        self.assertIn("slow down", self.channel.health_text)
        self.assertFalse(self.problems(reason="sync_failing"))
        self.settle()
        self.assertEqual(self.channel._state("stock").health, "ok")

    def test_a_listing_the_channel_has_not_told_us_of_waits(self):
        self.env["oms.channel.state"].create({"channel_id": self.channel.id, "entity": "listings"})
        self.import_orders(self.order_data())
        self.settle()
        self.assertEqual(self.memory.stock, {})
        self.channel._apply_listings([dto.ListingData(sku="SKU-A", quantity=100)])
        self.settle()
        self.assertEqual(self.memory.stock, {"SKU-A": 99})

    def test_a_quantity_goes_through_the_store_that_told_of_the_listing(self):
        self.channel._apply_listings([dto.ListingData(sku="SKU-A", quantity=1, marketplace="M1")])
        stores = []

        def note_store(_adapter, levels):
            stores.extend(level.marketplace for level in levels)
            return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref) for level in levels))

        self.patch(self.memory, "push_stock", note_store)
        self.settle()
        self.assertEqual(stores, ["M1"])

    def test_listings_are_linked_by_reference_and_barcode_and_links_of_people_stay(self):
        self.products[1].barcode = "2900000000014"
        self.channel._apply_listings(
            [
                dto.ListingData(sku="SKU-A"),
                dto.ListingData(sku="OTHER", barcode="2900000000014"),
                dto.ListingData(sku="X"),
            ]
        )
        links = {listing.sku: listing.product_id for listing in self.channel.listing_ids}
        self.assertEqual(links, {"SKU-A": self.products[0], "OTHER": self.products[1], "X": self.products.browse()})
        self.channel.listing_ids.filtered(lambda listing: listing.sku == "SKU-A").product_id = self.products[1]
        self.channel._apply_listings([dto.ListingData(sku="SKU-A")])
        self.assertEqual(
            self.channel.listing_ids.filtered(lambda listing: listing.sku == "SKU-A").product_id, self.products[1]
        )
