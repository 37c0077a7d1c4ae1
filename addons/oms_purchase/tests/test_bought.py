from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import SOON, PurchaseCase


@tagged("post_install", "-at_install")
class TestBought(PurchaseCase):
    """Orders that are bought for, by Odoo's own routes."""

    def setUp(self):
        super().setUp()
        self.dropship = self.env.ref("oms_purchase.order_type_dropship")
        self.back_to_back = self.env.ref("oms_purchase.order_type_back_to_back")

    def dropped(self, **values):
        """Return an order of the channel that a supplier sends, and its purchase order."""
        self.channel.order_type_id = self.dropship
        order = self.import_orders(self.order_data(lines=[self.order_line(quantity=2, amount="10.00")], **values))
        return order, order._get_purchase_orders()

    def test_a_supplier_sends_it_and_the_channel_hears_of_the_parcel(self):
        order, purchase = self.dropped()
        self.assertEqual((order.state, purchase.oms_is_dropship, purchase.partner_id), ("sale", True, self.supplier))
        self.refresh()
        self.assertEqual(order.oms_promise_text, f"Rest without a date ({purchase.name}, not confirmed)")
        self.assertEqual(purchase.oms_waiting_count, 1)
        self.assertEqual(order.oms_status, "waiting_stock")
        purchase.order_line.date_planned = SOON
        purchase.button_confirm()
        self.refresh()
        self.assertEqual(order.oms_status, "waiting_stock")
        self.assertEqual(self.promised(order), [(2, SOON, purchase)])
        picking = purchase.picking_ids
        self.assertEqual((picking.sale_id, picking.picking_type_code), (order, "dropship"))
        self.assertTrue(picking._is_to_customer())
        picking.carrier_tracking_ref = "DROP-1"
        picking.move_ids.picked = True
        picking.button_validate()
        message = order.oms_outbox_ids
        self.assertEqual((message.kind, message.picking_id), ("shipment", picking))
        self.assertEqual((message.payload["tracking"], message.payload["order_external_id"]), ("DROP-1", "100-1"))
        self.assertEqual([line["quantity"] for line in message.payload["lines"]], ["2"])
        self.assertEqual((order.delivery_status, order.oms_status), ("full", "shipped"))
        self.refresh()
        self.assertFalse(order.oms_promise_ids)

    def test_part_of_it_is_told_as_a_part(self):
        order, purchase = self.dropped()
        purchase.button_confirm()
        picking = purchase.picking_ids
        picking.carrier_tracking_ref = "DROP-1"
        picking.move_ids.quantity = 1
        picking.move_ids.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual([line["quantity"] for line in order.oms_outbox_ids.payload["lines"]], ["1"])
        self.refresh()
        self.assertEqual([row.units for row in order.oms_promise_ids], [1])

    def test_on_hold_it_is_not_ordered_for_the_buyer(self):
        order, purchase = self.dropped()
        self.env["oms.exception"]._open_problems([{"reason": "address_incomplete", "order_id": order.id, "cause": "x"}])
        self.assertTrue(order.oms_hold)
        with self.assertRaisesRegex(UserError, "on hold"):
            purchase.button_confirm()

    def test_what_was_bought_for_it_is_not_split_off(self):
        order, purchase = self.dropped()
        with self.assertRaisesRegex(UserError, purchase.name):
            order.oms_split([{"line_id": order.order_line.id, "quantity": 1}])

    def test_bought_for_the_order_it_comes_to_us_first(self):
        order = self.order(2, oms_type_id=self.back_to_back.id)
        purchase = order._get_purchase_orders()
        self.assertEqual((purchase.partner_id, purchase.oms_is_dropship), (self.supplier, False))
        self.refresh()
        self.assertEqual(order.oms_promise_text, f"Rest without a date ({purchase.name}, not confirmed)")
        purchase.order_line.date_planned = SOON
        purchase.button_confirm()
        other = self.order(1)
        self.refresh()
        self.assertEqual(self.promised(order), [(2, SOON, purchase)])
        self.assertFalse(other.oms_promise_at)
        self.receive(purchase)
        self.assertEqual(order.picking_ids.filtered(lambda row: row.picking_type_code == "outgoing").state, "assigned")
        self.assertEqual(other.picking_ids.state, "confirmed")

    def test_without_a_supplier_it_says_so_and_a_retry_buys(self):
        offers = self.products.seller_ids
        offers.unlink()
        self.channel.order_type_id = self.dropship
        order = self.import_orders(self.order_data())
        problem = self.problems(order_id=order.id, reason="no_supplier")
        self.assertIn("SKU-A", problem.summary)
        problem.action_retry()
        self.assertEqual(problem.state, "open")
        self.products.seller_ids = [Command.create({"partner_id": self.supplier.id, "price": 3.0})]
        problem.action_retry()
        self.assertEqual(problem.state, "closed")
        self.assertEqual(order._get_purchase_orders().partner_id, self.supplier)
