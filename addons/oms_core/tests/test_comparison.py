from datetime import timedelta
from decimal import Decimal
from unittest.mock import patch

import msgspec
from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..lib import dto, errors
from .common import NOW
from .full_channel import FullCase


@tagged("post_install", "-at_install")
class TestComparison(FullCase):
    """Each night a channel and we are compared: put right where we may, else listed."""

    def setUp(self):
        super().setUp()
        self.channel.import_from = NOW.replace(tzinfo=None) - timedelta(days=20)

    def start(self):
        with trap_jobs():
            comparison = self.env["oms.comparison"]._start(self.channel)
        comparison.since = NOW.replace(tzinfo=None) - timedelta(days=14)
        return comparison

    def step(self, comparison):
        """Do one step and what it queued for others."""
        with trap_jobs() as jobs:
            comparison._job_step()
            jobs.enqueued_jobs[:] = [job for job in jobs.enqueued_jobs if job.method_name != "_job_step"]
            jobs.perform_enqueued_jobs()

    def finish(self, comparison):
        for _time in range(30):
            if comparison.step in ("done", "given_up"):
                break
            self.step(comparison)
        return comparison

    def compare(self):
        return self.finish(self.start())

    def rows(self, comparison):
        return [(row.kind, row.external_id, row.outcome) for row in comparison.row_ids]

    def test_both_sides_equal(self):
        self.import_orders(*(self.order_data(f"100-{number}") for number in range(5)))
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [])
        self.assertEqual((comparison.step, comparison.looked_count, comparison.equal_count), ("done", 5, 5))
        self.assertIn("5 orders, all equal", comparison.result)
        self.assertEqual(self.channel.compare_text, comparison.result)
        self.env.cr.execute("SELECT count(*) FROM oms_comparison_seen")
        self.assertEqual(self.env.cr.fetchone()[0], 0)

    def test_an_order_that_is_only_there_is_brought_here(self):
        self.import_orders(self.order_data("100-1"))
        self.put(self.order_data("100-2"))
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("missing_here", "100-2", "repaired")])
        order = self.env["sale.order"]._find_external(self.channel, ["100-2"])["100-2"]
        self.assertEqual(order.state, "sale")
        self.assertIn("compared", order.oms_event_ids.mapped("kind"))
        self.assertFalse(self.problems())
        self.assertEqual((comparison.looked_count, comparison.equal_count, comparison.repaired_count), (2, 1, 1))

    def test_an_order_lost_here_comes_back_from_the_document_it_came_in(self):
        order = self.import_orders(self.order_data("100-1"))
        order.oms_inbox_ids.order_id = False
        order.oms_external_id = False
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("missing_here", "100-1", "repaired")])

    def test_one_that_cannot_be_brought_here_is_listed_and_closes_itself(self):
        bad = self.order_data("100-1", buyer=dto.Buyer(name="nul\x00", email="x@example.com"), ship_to=None)
        self.put(bad)
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("missing_here", "100-1", "listed")])
        self.assertIn("1 need you", comparison.result)
        problem = self.problems(reason="missing_here")
        self.assertEqual(problem.cause, "100-1")
        self.put(self.order_data("100-1", updated_at=NOW - timedelta(minutes=30)))
        self.assertEqual(self.rows(self.compare()), [("missing_here", "100-1", "repaired")])
        self.assertEqual(problem.state, "closed")

    def test_an_order_that_is_only_here_is_asked_for_and_listed(self):
        self.import_orders(self.order_data("100-1"), self.order_data("100-2"))
        gone = self.memory.orders.pop("100-2")
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("missing_there", "100-2", "listed")])
        self.assertIn(("fetch_order", "100-2"), self.memory.calls)
        self.assertNotIn(("fetch_order", "100-1"), self.memory.calls)
        problem = self.problems(reason="missing_there")
        self.assertEqual(problem.order_id.oms_external_id, "100-2")
        self.memory.orders["100-2"] = gone
        self.assertEqual(self.rows(self.compare()), [])
        self.assertEqual(problem.state, "closed")

    def test_what_a_person_ignored_is_not_listed_each_night(self):
        self.import_orders(self.order_data("100-1"))
        self.memory.orders.clear()
        self.compare()
        self.problems(reason="missing_there").ignore("Archived there; known")
        self.assertEqual(self.rows(self.compare()), [])
        self.assertFalse(self.problems())

    def test_one_the_pages_left_out_is_there_after_all(self):
        self.import_orders(self.order_data("100-1"), self.order_data("100-2"))
        only = dto.Page(items=(self.memory.fetch_raw(self.memory, "100-1"),), covered_until=NOW)
        with patch.object(self.memory, "fetch_orders", lambda adapter, window, cursor=None: only):
            comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("missing_there", "100-2", "agrees")])
        self.assertFalse(self.problems())
        self.assertIn("all equal", comparison.result)

    def test_a_cancellation_that_was_missed_is_taken_over(self):
        order = self.import_orders(self.order_data("100-1"))
        self.put(self.order_data("100-1", status="cancelled", updated_at=NOW - timedelta(minutes=30)))
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("state_differs", "100-1", "repaired")])
        self.assertEqual(order.state, "cancel")

    def test_a_parcel_the_channel_does_not_show_is_listed_until_it_does(self):
        order = self.import_orders(self.order_data("100-1"))
        order.picking_ids.carrier_tracking_ref = "1Z999"
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        order.oms_outbox_ids.write({"state": "done", "done_at": NOW.replace(tzinfo=None) - timedelta(hours=1)})
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("state_differs", "100-1", "listed")])
        problem = self.problems(reason="state_differs")
        self.assertIn("To ship", problem.summary)
        self.import_orders(self.order_data("100-1", status="shipped", updated_at=NOW - timedelta(minutes=30)))
        self.assertEqual(self.rows(self.compare()), [])
        self.assertEqual(problem.state, "closed")

    def test_what_is_still_being_told_is_no_difference(self):
        order = self.import_orders(self.order_data("100-1"))
        order.picking_ids.carrier_tracking_ref = "1Z999"
        order.picking_ids.move_ids.picked = True
        order.picking_ids._action_done()
        self.assertEqual(order.oms_outbox_ids.state, "new")
        self.assertEqual(self.rows(self.compare()), [])

    def test_a_total_changed_here_is_listed(self):
        order = self.import_orders(self.order_data("100-1"))
        order.order_line.price_unit = 8.0
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("total_differs", "100-1", "listed")])
        self.assertEqual((comparison.row_ids.ours, comparison.row_ids.theirs), ("8.0 USD", "10.00 USD"))
        problem = self.problems(reason="total_differs")
        problem.action_accept()
        self.assertEqual(self.rows(self.compare()), [])

    def test_a_total_changed_there_is_taken_over(self):
        order = self.import_orders(self.order_data("100-1"))
        line = self.order_line(amount="12.00")
        self.put(self.order_data("100-1", [line], "12.00", updated_at=NOW - timedelta(minutes=30)))
        self.assertEqual(self.rows(self.compare()), [("total_differs", "100-1", "repaired")])
        self.assertEqual(order.amount_total, 12.0)

    def drift(self, *quantities):
        """Have the channel show these quantities of listings of which it took 100."""
        listings = self.env["oms.listing"].create(
            [
                {"channel_id": self.channel.id, "sku": product.default_code, "product_id": product.id}
                for product in self.products
            ]
        )
        hour_ago = fields.Datetime.now() - timedelta(hours=1)
        listings.write({"qty_target": 100, "qty_pushed": 100, "pushed_at": hour_ago, "read_at": hour_ago})
        listings.write({"is_stale": False})
        self.memory.offers = [
            dto.ListingData(sku=listing.sku, quantity=quantity)
            for listing, quantity in zip(listings, quantities, strict=True)
        ]
        return listings

    def compare_without_sending(self):
        """Compare up to the moment the pushes are queued."""
        comparison = self.start()
        with trap_jobs():
            while comparison.step != "asking":
                comparison._job_step()
        return comparison

    def push(self):
        with trap_jobs():
            self.channel._job_push_stock()

    def test_a_quantity_that_drifted_is_sent_again(self):
        listings = self.drift(7, 100)
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "repaired")])
        self.assertEqual((comparison.row_ids.ours, comparison.row_ids.theirs), ("100", "7"))
        self.assertEqual(self.memory.stock, {"SKU-A": 100})
        self.assertEqual(listings.mapped("qty_pushed"), [100, 100])

    def test_a_quantity_is_put_right_only_once_the_channel_took_it(self):
        self.drift(7, 100)
        comparison = self.compare_without_sending()
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "sending")])
        self.memory.fails = [errors.RetryLater("throttled", after=timedelta(minutes=1))]
        self.push()
        self.finish(comparison)
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "sending")])
        self.assertEqual((comparison.sending_count, comparison.repaired_count), (1, 0))
        self.assertIn("quantities on their way: 1", comparison.result)
        self.push()
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "repaired")])
        self.assertIn("1 put right", comparison.result)

    def test_a_quantity_the_channel_refused_is_open_again_until_it_takes_it(self):
        listings = self.drift(7, 100)
        comparison = self.compare_without_sending()

        def refuse(_adapter, levels):
            return dto.BatchResult(rows=tuple(dto.RowResult(ref=level.ref, error="Offer ended") for level in levels))

        with patch.object(self.memory, "push_stock", refuse):
            self.push()
        self.finish(comparison)
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "listed")])
        self.assertIn("1 need you", comparison.result)
        self.assertEqual(self.problems(reason="stock_refused").cause, "SKU-A")
        listings.push_next_at = False
        self.push()
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "repaired")])

    def test_a_great_many_quantities_are_put_right_once_all_are_answered(self):
        self.drift(7, 8)
        comparison = self.compare_without_sending()
        limits = msgspec.structs.replace(self.memory.limits, bulk=100, bulk_from=1)
        with patch.object(self.memory, "limits", limits), trap_jobs():
            self.channel._job_push_stock()
            bulk = self.env["oms.bulk"].search([("channel_id", "=", self.channel.id)])
            bulk._job_look()
            self.assertEqual({row.outcome for row in comparison.row_ids}, {"sending"})
            self.memory.decisions[bulk.external_id] = True
            bulk._job_look()
        self.assertEqual({row.outcome for row in comparison.row_ids}, {"repaired"})

    def test_a_quantity_nobody_has_to_send_any_more(self):
        """Sold here, to what the channel shows, or kept from being sent: both are told apart."""
        listings = self.drift(7, 8)
        comparison = self.compare_without_sending()
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, -93)
        listings[1].is_stock_pushed = False
        self.channel._refresh_targets(listings)
        self.assertEqual(
            self.rows(comparison), [("stock_drift", "SKU-A", "agrees"), ("stock_drift", "SKU-B", "listed")]
        )

    def test_a_quantity_nobody_believes_is_for_a_person(self):
        listings = self.drift(7, 100)
        listings[0].credible = 50
        comparison = self.compare_without_sending()
        self.assertEqual(self.rows(comparison), [("stock_drift", "SKU-A", "listed")])

    def test_what_changed_a_moment_ago_is_left_for_the_next_night(self):
        self.put(self.order_data("100-1", updated_at=NOW - timedelta(minutes=5)))
        comparison = self.compare()
        self.assertEqual((self.rows(comparison), comparison.looked_count), ([], 0))

    def test_unpaid_orders_left_out_on_purpose_are_no_difference(self):
        self.channel.unpaid_policy = "skip"
        self.put(self.order_data("100-1", status="awaiting_payment"))
        self.assertEqual(self.rows(self.compare()), [])

    def test_a_crash_between_pages_goes_on_where_it_stopped(self):
        self.import_orders(*(self.order_data(f"100-{number}") for number in range(5)))
        comparison = self.start()
        self.step(comparison)
        self.assertEqual((comparison.page, comparison.looked_count), ("2", 2))
        calls = len(self.memory.calls)
        try:
            with self.env.cr.savepoint():
                comparison._job_step()
                self.env.flush_all()
                raise RuntimeError
        except RuntimeError:
            self.env.invalidate_all()
        self.assertEqual((comparison.page, comparison.looked_count), ("2", 2))
        self.finish(comparison)
        self.assertEqual((comparison.looked_count, comparison.equal_count), (5, 5))
        pages = [call[2] for call in self.memory.calls[calls:] if call[0] == "fetch_orders"]
        self.assertEqual(pages, ["2", "2", "4"])

    def test_a_lost_job_is_queued_again(self):
        comparison = self.start()
        comparison.next_at = fields.Datetime.now() - timedelta(minutes=1)
        with trap_jobs() as jobs:
            self.env["oms.comparison"]._queue_due()
            jobs.assert_enqueued_job(comparison._job_step)

    def test_a_channel_that_asks_to_wait_is_asked_again_later(self):
        self.import_orders(self.order_data("100-1"))
        comparison = self.start()
        self.memory.fails = [errors.RetryLater("throttled", after=timedelta(minutes=7))]
        self.step(comparison)
        self.assertEqual(comparison.step, "orders")
        self.assertGreater(comparison.next_at, fields.Datetime.now() + timedelta(minutes=6))
        self.assertIn("slow down", comparison.message)
        self.finish(comparison)
        self.assertEqual((comparison.step, comparison.message), ("done", False))

    def test_refused_credentials_stop_the_account_and_the_comparison_waits(self):
        comparison = self.start()
        self.memory.fails = [errors.AuthFailed("token_revoked")]
        self.step(comparison)
        self.assertEqual((self.channel.state, comparison.step), ("signed_out", "orders"))
        calls = len(self.memory.calls)
        self.step(comparison)
        self.assertEqual(len(self.memory.calls), calls)

    def test_each_night_once_for_channels_a_day_old(self):
        night = NOW.replace(tzinfo=None, hour=5, minute=30)
        comparisons = self.env["oms.comparison"]
        with trap_jobs(), patch.object(fields.Datetime, "now", lambda: night):
            comparisons._start_due()
            self.assertFalse(self.channel.comparison_ids.filtered(lambda row: row.night == night.date()))
            self.env.flush_all()
            self.env.cr.execute("UPDATE oms_channel SET create_date = '2026-11-01' WHERE id = %s", [self.channel.id])
            self.env.invalidate_all()
            comparisons._start_due()
            comparisons._start_due()
        self.assertEqual(len(self.channel.comparison_ids), 1)

    def test_one_at_a_time_and_a_button_for_clerks(self):
        clerk = new_test_user(self.env, "desk", groups="oms_core.group_oms_clerk")
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman")
        with trap_jobs():
            with self.assertRaises(UserError):
                self.channel.with_user(seller).action_compare_now()
            self.channel.with_user(clerk).action_compare_now()
            self.channel.with_user(clerk).action_compare_now()
        self.assertEqual(len(self.channel.comparison_ids), 1)
        with Form(self.channel.comparison_ids.with_user(clerk)) as form:
            self.assertIn("Comparing", form.result)
        with self.assertRaises(AccessError):
            self.channel.comparison_ids.with_user(clerk).write({"step": "done"})

    def test_an_unreadable_document_is_brought_in_and_stops_nothing(self):
        self.memory.orders["100-0"] = b"{"
        self.put(self.order_data("100-1"))
        comparison = self.compare()
        self.assertEqual(self.rows(comparison), [("missing_here", "100-1", "repaired")])
        self.assertEqual(self.problems(reason="unreadable").cause, "100-0")

    def test_more_than_the_channel_changed_is_never_told_twice(self):
        """Comparing writes nothing to the channel."""
        order = self.import_orders(self.order_data("100-1"))
        data = msgspec.structs.replace(self.order_data("100-1"), total=dto.Money(amount=Decimal("12"), currency="USD"))
        self.put(data)
        self.compare()
        names = {call[0] for call in self.memory.calls}
        self.assertLessEqual(names, {"fetch_orders", "fetch_order", "fetch_listings"})
        self.assertFalse(order.oms_outbox_ids)
