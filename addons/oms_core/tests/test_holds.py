from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OmsCase


class TestHolds(OmsCase):
    """Holds: with stock or without, ended by a person, the clock, money or stock; once, whoever looks on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "holds_clerk", groups="oms_core.group_oms_clerk")
        cls.picker = new_test_user(cls.env, "holds_picker", groups="stock.group_stock_user")

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.order_data())

    def told(self, order=None):
        """Return the kinds of events since the import."""
        return (order or self.order).oms_event_ids.sorted("id").mapped("kind")

    def hold(self, reason="other", **values):
        """Put the order on hold as a clerk."""
        return self.order.with_user(self.clerk).oms_put_on_hold(reason, **values)

    def pass_time(self, **ago):
        """Let a hold's moment pass."""
        self.env["oms.hold"].sudo().search([("state", "=", "open")]).ends_at = fields.Datetime.now() - timedelta(**ago)

    def test_it_keeps_its_stock_and_does_not_leave(self):
        [row] = self.hold("payment_review", note="new buyer, over 150")
        self.assertTrue(row["is_done"])
        self.assertEqual((self.order.oms_hold, self.order.oms_status), ("ship", "held"))
        self.assertEqual(self.order.oms_stock_state, "reserved")
        self.assertIn("Payment review: new buyer, over 150. Its stock stays reserved.", self.order.oms_hold_text)
        with self.assertRaisesRegex(UserError, "may not leave yet.*Payment review"):
            self.order.picking_ids.button_validate()
        [again] = self.hold("payment_review")
        self.assertEqual((again["is_done"], again["why"]), (False, "It is held for this reason already."))
        [freed] = self.order.with_user(self.clerk).oms_release_hold("buyer called")
        self.assertEqual((freed["is_done"], freed["why"]), (True, ""))
        self.assertEqual(self.order.oms_status, "to_pick")
        self.assertEqual(self.told()[-3:], ["held", "hold_ended", "released"])
        held = self.order.oms_event_ids.sorted("id")[-3]
        self.assertEqual((held.source, held.user_id), ("person", self.clerk))

    def test_without_stock_it_reserves_nothing_until_released(self):
        self.hold("fraud", keeps_stock=False)
        self.assertEqual((self.order.oms_stock_state, self.order.oms_hold), ("short", "confirm"))
        self.order.picking_ids.action_assign()
        self.assertEqual(self.order.oms_stock_state, "short")
        self.order.oms_release_hold()
        self.assertEqual((self.order.oms_stock_state, self.order.oms_status), ("reserved", "to_pick"))

    def test_the_clock_ends_it_once(self):
        self.hold("buyer", ends_on="date", ends_at=fields.Datetime.now() + timedelta(hours=1))
        self.assertFalse(self.env["oms.hold"]._due(10))
        self.assertTrue(self.order.oms_hold_ends_at)
        self.pass_time(seconds=1)
        for _twice in range(2):
            self.env["oms.hold"]._job_end()
        self.assertFalse(self.order.oms_hold)
        self.assertEqual(self.told().count("hold_ended"), 1)
        self.assertEqual(self.order.oms_hold_ids.release_note, "its time is over")

    def test_it_expires_while_somebody_looks(self):
        self.hold("buyer", ends_on="date", ends_at=fields.Datetime.now() + timedelta(hours=1))
        hold = self.order.oms_hold_ids.with_user(self.clerk)
        self.pass_time(seconds=1)
        # the parcel goes out before the clock came round: the hold is over, and says so
        picking = self.order.picking_ids
        picking.move_ids.write({"quantity": 1, "picked": True})
        picking.carrier_tracking_ref = "T"
        picking.button_validate()
        self.assertEqual((picking.state, self.told().count("hold_ended")), ("done", 1))
        with self.assertRaisesRegex(UserError, "released already.*its time is over"):
            hold.action_release()
        with self.assertRaisesRegex(UserError, "Nobody holds it any more"):
            self.order.with_user(self.clerk).action_oms_release()

    def test_money_ends_it(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Wholesale"}).id,
                "order_line": [(0, 0, {"product_id": self.products[0].id, "price_unit": 5})],
            }
        )
        order.action_confirm()
        order._put_on_hold("credit", ends_on="payment")
        self.env["oms.hold"]._job_end()
        self.assertEqual(order.oms_hold, "ship")
        invoice = order._create_invoices(final=True) if order.invoice_status == "to invoice" else self.invoice(order)
        invoice.action_post()
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.assertEqual((order.oms_payment_state, order.oms_hold), ("paid", False))
        self.assertEqual(order.oms_hold_ids.release_note, "it is paid")

    def invoice(self, order):
        """Invoice what was ordered, whether or not it left."""
        order.order_line.product_id.invoice_policy = "order"
        return order._create_invoices()

    def test_stock_ends_it(self):
        line = self.order_line(quantity=150, amount="10.00")
        order = self.import_orders(self.order_data("100-2", lines=(line,)))
        order.oms_put_on_hold("stock", keeps_stock=False, ends_on="stock")
        self.env["oms.hold"]._job_end()
        self.assertEqual(order.oms_stock_state, "short")
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 100)
        self.assertFalse(self.env["oms.hold"].search([("state", "=", "open")]).filtered("released_at"))
        self.env["oms.hold"]._job_end()
        self.assertEqual((order.oms_hold, order.oms_stock_state), (False, "reserved"))

    def test_a_cancelled_order_is_held_by_nothing(self):
        self.hold()
        self.order._action_cancel()
        self.assertFalse(self.order.oms_hold)
        [row] = self.hold()
        self.assertEqual(row["why"], "It is cancelled.")

    def test_what_is_asked_for_must_make_sense(self):
        for values in (
            {"reason": "whim"},
            {"ends_on": "doomsday"},
            {"ends_on": "date"},
            {"ends_on": "date", "ends_at": "soon"},
            {"ends_on": "date", "ends_at": "2020-01-01 00:00:00"},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.hold(**values)
        self.assertFalse(self.order.oms_hold_ids)

    def test_only_the_desk_holds_and_releases(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).oms_put_on_hold("other")
        self.hold()
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).oms_release_hold()
        hold = self.order.oms_hold_ids
        with self.assertRaises(AccessError):
            hold.with_user(self.picker).action_release()
        with self.assertRaises(AccessError):
            hold.with_user(self.clerk).write({"state": "released"})
        self.assertTrue(hold.with_user(self.picker).sentence)
