from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.tests import tagged

from ..lib import errors
from .common import OmsCase


@tagged("post_install", "-at_install")
class TestShipping(OmsCase):
    """A parcel leaves, the channel is told once."""

    def setUp(self):
        super().setUp()
        self.carrier = self.env["delivery.carrier"].create(
            {"name": "DHL", "product_id": self.env.ref("oms_core.product_shipping").id, "delivery_type": "fixed"}
        )
        # Outbox intents are committed by their own cursor; in a test that cursor is the test's.
        self.registry_enter_test_mode()

    def ship(self, order, tracking="TRACK1"):
        picking = order.picking_ids
        picking.write({"carrier_id": self.carrier.id, "carrier_tracking_ref": tracking})
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        return picking

    def send(self, row):
        self.env.flush_all()
        with trap_jobs() as jobs:
            row._job_send()
            self.env.invalidate_all()
            # The next try waits for its time; the outcome is written down at once.
            jobs.enqueued_jobs[:] = [job for job in jobs.enqueued_jobs if job.method_name == "_job_conclude"]
            jobs.perform_enqueued_jobs()

    def test_parcel_is_told_with_carrier_tracking_and_lines(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(quantity=2, amount="10.00")]))
        picking = self.ship(order)
        row = order.oms_outbox_ids
        self.assertEqual((row.state, row.picking_id), ("new", picking))
        self.send(row)
        self.assertEqual(row.state, "done")
        notice = self.memory.shipments[str(picking.id)]
        self.assertEqual((notice.carrier_code, notice.tracking), ("DHL", "TRACK1"))
        self.assertEqual([(line.external_line_id, int(line.quantity)) for line in notice.lines], [("1", 2)])
        self.assertIn("shipment_told", order.oms_event_ids.mapped("kind"))

    def test_lost_answer_is_looked_up_and_not_sent_again(self):
        order = self.import_orders(self.order_data())
        picking = self.ship(order)
        row = order.oms_outbox_ids
        lost = errors.RetryLater("answer_lost", after=timedelta(seconds=1), is_uncertain=True)
        push = self.memory.push_shipment

        def arrive_then_lose(adapter, notice):
            push(adapter, notice)
            raise lost

        with patch.object(self.memory, "push_shipment", arrive_then_lose):
            self.send(row)
        self.assertEqual((row.state, row.is_uncertain), ("retry", True))
        self.memory.calls.clear()
        self.send(row)
        self.assertEqual(row.state, "done")
        self.assertEqual(self.memory.calls, [("find_shipment", str(picking.id))])

    def test_crash_after_the_intent_looks_before_sending(self):
        order = self.import_orders(self.order_data())
        self.ship(order)
        row = order.oms_outbox_ids
        row._claim()  # and then the process died
        self.env.invalidate_all()
        self.assertEqual(row.state, "sent")
        self.send(row)
        self.assertEqual((row.state, self.memory.shipments), ("sent", {}), "the lease of the dead process still runs")
        row.lease_until = fields.Datetime.now() - timedelta(seconds=1)
        self.send(row)
        self.assertEqual(row.state, "done")
        self.assertIn(("find_shipment", row.payload["reference"]), self.memory.calls)

    def test_refused_parcel_is_a_problem_with_the_channels_words(self):
        order = self.import_orders(self.order_data())
        self.ship(order)
        row = order.oms_outbox_ids
        self.memory.fails = [errors.Rejected("bad_carrier", message="Carrier not known")]
        self.send(row)
        self.assertEqual(row.state, "dead")
        problem = self.problems(order_id=order.id)
        self.assertEqual(problem.reason, "shipment_refused")
        self.assertIn("Carrier not known", problem.summary)
        problem.action_retry()
        self.send(row)
        self.assertEqual((row.state, problem.state), ("done", "closed"))

    def test_missing_tracking_is_asked_for_and_told_once_entered(self):
        order = self.import_orders(self.order_data())
        picking = self.ship(order, tracking=False)
        self.assertFalse(order.oms_outbox_ids)
        problem = self.problems(order_id=order.id)
        self.assertEqual(problem.reason, "tracking_missing")
        picking.carrier_tracking_ref = "LATE1"
        self.assertEqual(order.oms_outbox_ids.payload["tracking"], "LATE1")
        self.assertEqual(problem.state, "closed")

    def test_refused_sign_in_keeps_the_message_and_stops_the_account(self):
        order = self.import_orders(self.order_data())
        self.ship(order)
        row = order.oms_outbox_ids
        self.memory.fails = [errors.AuthFailed("token_revoked")]
        self.send(row)
        self.assertEqual((row.state, self.channel.state), ("retry", "signed_out"))
        self.assertEqual(self.problems(channel_id=self.channel.id).reason, "signed_out")
        self.channel._job_check()
        self.assertEqual(self.channel.state, "live")
        self.send(row)
        self.assertEqual(row.state, "done")

    def test_echo_of_our_own_shipment_is_no_problem(self):
        order = self.import_orders(self.order_data())
        self.ship(order)
        self.import_orders(
            self.order_data(status="shipped", updated_at=self.order_data().updated_at + timedelta(hours=1))
        )
        self.assertFalse(order.oms_exception_ids)
        self.assertEqual(order.oms_channel_status, "shipped")
