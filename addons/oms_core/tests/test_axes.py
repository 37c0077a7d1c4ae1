from decimal import Decimal

from ..lib import dto
from .common import NOW, OmsCase


class TestAxes(OmsCase):
    """The five axes and the status follow what happens, whoever does it."""

    def axes(self, order):
        """Return the six words of an order."""
        names = ("payment", "stock", "pick", "ship", "sync")
        return tuple(order[f"oms_{name}_state"] for name in names) + (order.oms_status,)

    def payment(self, amount="10.00", **values):
        """Return a payment of the channel."""
        return dto.Payment(amount=dto.Money(amount=Decimal(amount), currency="USD"), **values)

    def deliver(self, order, quantity=None):
        """Send an order, or some of it."""
        picking = order.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))[:1]
        picking.carrier_tracking_ref = "T-1"
        for move in picking.move_ids:
            move.quantity = quantity or move.product_uom_qty
            move.picked = True
        picking.with_context(skip_backorder=True).button_validate()
        return picking

    def test_from_the_import_to_the_parcel(self):
        order = self.import_orders(self.order_data(payments=(self.payment(external_id="ch_1", method="card"),)))
        self.assertEqual(self.axes(order), ("paid", "reserved", "none", "none", "in_sync", "to_pick"))
        order.picking_ids.move_ids.picked = True
        self.assertEqual(self.axes(order)[2:], ("picked", "none", "in_sync", "to_pack"))
        self.assertFalse(order.oms_shipped_at)
        self.deliver(order)
        self.assertEqual(self.axes(order), ("paid", "reserved", "packed", "shipped", "sending", "shipped"))
        self.assertEqual(order.oms_shipped_at, order.picking_ids.date_done)
        order.oms_outbox_ids.write({"state": "dead"})
        self.assertEqual(order.oms_sync_state, "not_sent")
        order.oms_outbox_ids.write({"state": "done"})
        self.assertEqual(order.oms_sync_state, "in_sync")

    def test_any_axis_is_found_in_the_database(self):
        order = self.import_orders(self.order_data())
        found = self.env["sale.order"].search([("oms_status", "=", "to_pick"), ("oms_stock_state", "=", "reserved")])
        self.assertIn(order, found)

    def test_some_of_it_is_there_and_some_leaves(self):
        line = self.order_line(quantity=3, amount="30.00")
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, -98)
        order = self.import_orders(self.order_data(lines=(line,), total="30.00"))
        self.assertEqual(self.axes(order)[1], "partial")
        self.assertEqual((order.oms_stock_text, order.oms_status), ("2 of 3", "waiting_stock"))
        self.deliver(order, 2)
        self.assertEqual(self.axes(order)[1:4], ("partial", "picking", "part_shipped"))
        self.assertEqual((order.oms_pick_text, order.oms_status), ("Picking 1/2", "part_shipped"))
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 5)
        order.picking_ids.action_assign()
        self.assertEqual(order.oms_stock_state, "reserved")
        self.deliver(order)
        self.assertEqual(order.oms_status, "shipped")

    def test_pick_pack_and_ship_are_three_steps(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.import_orders(self.order_data())
        seen = []
        for _step in range(3):
            self.deliver(order)
            seen.append(self.axes(order)[2:4])
        self.assertEqual(seen, [("picked", "none"), ("packed", "none"), ("packed", "shipped")])

    def test_unpaid_is_paid_and_given_back(self):
        self.channel.unpaid_policy = "reserve"
        order = self.import_orders(self.order_data(status="awaiting_payment"))
        self.assertEqual(self.axes(order)[:2], ("unpaid", "soft"))
        authorised = self.payment(is_captured=False, external_id="auth_1", method="card")
        self.import_orders(self.order_data(payments=(authorised,), updated_at=NOW))
        self.assertEqual(order.oms_payment_state, "authorised")
        captured = self.payment(external_id="auth_1", method="card")
        for _again in range(2):
            self.import_orders(self.order_data(payments=(captured,), updated_at=NOW))
        self.assertEqual(order.oms_payment_state, "paid")
        self.assertEqual(order.oms_payment_ids.sorted("id").mapped("kind"), ["authorised", "captured"])
        told = [event.summary for event in order.oms_event_ids.sorted("id") if "payment" in event.kind]
        self.assertEqual(
            told,
            [
                "$10.00 authorised by card, auth_1".replace("$10.00", "$\xa010.00"),
                "$10.00 paid by card, auth_1".replace("$10.00", "$\xa010.00"),
            ],
        )
        refund = self.env["oms.refund"].create({"order_id": order.id, "channel_id": self.channel.id, "adjustment": 4})
        self.assertEqual(order.oms_payment_state, "paid")
        refund.state = "done"
        self.assertEqual(order.oms_payment_state, "part_refunded")
        refund.adjustment = 10
        self.assertEqual(order.oms_payment_state, "refunded")

    def test_an_order_of_no_channel_has_axes_too(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Shop around the corner"}).id,
                "order_line": [(0, 0, {"product_id": self.products[0].id, "product_uom_qty": 2, "price_unit": 5})],
            }
        )
        self.assertEqual(self.axes(order), ("none", "none", "none", "none", "none", "quotation"))
        order.action_confirm()
        self.assertEqual(self.axes(order), ("unpaid", "reserved", "none", "none", "none", "to_pick"))
        self.deliver(order)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(order.oms_payment_state, "unpaid")
        self.env["account.payment.register"].with_context(active_model="account.move", active_ids=invoice.ids).create(
            {}
        )._create_payments()
        self.assertEqual((order.oms_payment_state, order.oms_status), ("paid", "shipped"))
        self.assertIn("confirmed", order.oms_event_ids.mapped("kind"))

    def test_what_is_sent_by_others_and_what_is_cancelled(self):
        order = self.import_orders(self.order_data(fulfilled_by="channel", status="shipped"))
        self.assertEqual(self.axes(order)[1:], ("none", "none", "shipped", "in_sync", "elsewhere"))
        order = self.import_orders(self.order_data("100-2"))
        order._action_cancel()
        self.assertEqual(order.oms_status, "cancelled")

    def test_a_problem_holds_and_frees_it(self):
        order = self.import_orders(self.order_data(lines=(self.order_line(sku="NEW"),)))
        self.assertEqual(self.axes(order)[1:], ("none", "none", "none", "in_sync", "held"))
        order.oms_exception_ids.link_sku(self.products[0].id)
        self.assertEqual(order.oms_status, "to_pick")
