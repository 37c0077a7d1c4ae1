from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .test_types import TypeCase


@tagged("post_install", "-at_install")
class TestResend(TypeCase):
    """Goods are sent once more without a price, tied to the first order and unknown to the channel."""

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.order_data(lines=[self.order_line(quantity=2)]))
        self.line = self.order.order_line

    def resend(self, rows=None, reason="Arrived broken", kind="replacement"):
        answer = self.order.with_user(self.clerk).oms_create_replacement(rows, reason, kind)
        return self.env["sale.order"].browse(answer["id"])

    def test_it_is_confirmed_and_costs_nothing_and_both_tell_why(self):
        again = self.resend([{"line_id": self.line.id, "quantity": 1}])
        self.assertEqual((again.state, again.amount_total, again.oms_original_id), ("sale", 0.0, self.order))
        self.assertEqual(again.oms_type_id.kind, "replacement")
        self.assertEqual(again.order_line.move_ids.mapped("product_uom_qty"), [1.0])
        self.assertEqual(again.picking_ids.priority, "1")
        self.assertEqual(self.told(self.order, "resent"), [f"{again.name} sends it again: Arrived broken"])
        self.assertEqual(self.told(again, "resend_of"), [f"In place of goods of {self.order.name}: Arrived broken"])
        again.order_line.product_uom_qty = 2
        self.assertEqual(again.amount_total, 0.0)

    def test_the_channel_hears_nothing_of_it(self):
        self.channel.cancel_policy = "always"
        again = self.resend()
        before = self.order.oms_outbox_ids
        picking = again.picking_ids
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "TRACK"
        picking.button_validate()
        self.assertEqual(picking.state, "done")
        self.assertEqual(self.env["oms.outbox"].search([("order_id", "in", (again | self.order).ids)]), before)
        self.assertEqual(self.order.oms_total_check, "equal")

    def test_an_exchange_sends_another_product(self):
        other = self.products[1]
        again = self.resend([{"line_id": self.line.id, "quantity": 2, "product_id": other.id}], kind="exchange")
        self.assertEqual((again.order_line.product_id, again.oms_type_id.kind), (other, "exchange"))

    def test_what_makes_no_sense_is_refused_with_the_reason(self):
        for rows, reason, kind in (
            (None, " ", "replacement"),
            (None, "Lost", "gift"),
            ([], "Lost", "replacement"),
            ([{"line_id": self.line.id, "quantity": 3}], "Lost", "replacement"),
            ([{"line_id": self.line.id, "quantity": 0}], "Lost", "replacement"),
            ([{"line_id": self.line.id, "quantity": "many"}], "Lost", "replacement"),
            ([{"line_id": 0, "quantity": 1}], "Lost", "replacement"),
            ([{"line_id": self.line.id, "quantity": 1, "product_id": 99999999}], "Lost", "exchange"),
        ):
            with self.subTest(rows=rows, kind=kind), self.assertRaises(UserError), self.env.cr.savepoint():
                self.resend(rows, reason, kind)
        self.assertFalse(self.order.oms_resend_ids)
        first = self.resend([{"line_id": self.line.id, "quantity": 2}])
        with self.assertRaisesRegex(UserError, "0 of this order are left"):
            self.resend([{"line_id": self.line.id, "quantity": 1}])
        first._action_cancel()
        self.assertTrue(self.resend([{"line_id": self.line.id, "quantity": 1}]))

    def test_warehouse_staff_send_nothing_again(self):
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).oms_create_replacement(None, "Lost")

    def test_the_window_sends_what_was_filled_in(self):
        window = self.env["oms.resend"].with_user(self.clerk).with_context(default_order_id=self.order.id).create({})
        self.assertEqual(window.line_ids.line_id, self.line)
        window.write({"reason": "Lost on the way"})
        window.line_ids.quantity = 1
        action = window.action_send()
        self.assertEqual(action["res_id"], self.order.oms_resend_ids.id)


@tagged("post_install", "-at_install")
class TestTransfer(TypeCase):
    """A need of one warehouse, filled by another through Odoo's own routes."""

    def setUp(self):
        super().setUp()
        self.north = self.env["stock.warehouse"].create({"name": "North", "code": "NRT"})

    def transfer(self, units=4):
        row = {"product_id": self.products[0].id, "quantity": units}
        answer = (
            self.env["sale.order"].with_user(self.clerk).oms_create_transfer(self.warehouse.id, self.north.id, [row])
        )
        return self.env["sale.order"].browse(answer["id"])

    def test_goods_leave_the_one_and_come_to_the_other(self):
        order = self.transfer()
        self.assertEqual((order.state, order.amount_total, order.oms_type_id.kind), ("sale", 0.0, "transfer"))
        out, into = order.picking_ids.sorted(lambda picking: picking.location_dest_id.usage != "transit")
        self.assertEqual(
            (out.location_id, into.location_dest_id), (self.warehouse.lot_stock_id, self.north.lot_stock_id)
        )
        self.assertEqual((out.state, into.state), ("assigned", "waiting"))
        out.button_validate()
        self.assertEqual(order.delivery_status, "started")
        into.button_validate()
        self.assertEqual((order.delivery_status, order.invoice_status), ("full", "no"))
        quants = self.env["stock.quant"]
        self.assertEqual(quants._get_available_quantity(self.products[0], self.north.lot_stock_id), 4)
        self.assertEqual(quants._get_available_quantity(self.products[0], self.warehouse.lot_stock_id), 96)

    def test_more_asks_for_the_difference_only(self):
        order = self.transfer()
        order.order_line.product_uom_qty = 6
        out = order.picking_ids.move_ids.filtered(lambda move: move.location_id == self.warehouse.lot_stock_id)
        self.assertEqual(sum(out.mapped("product_uom_qty")), 6)
        self.assertEqual(order.amount_total, 0.0)

    def test_what_makes_no_sense_is_refused(self):
        sales = self.env["sale.order"].with_user(self.clerk)
        row = {"product_id": self.products[0].id, "quantity": 1}
        for one, other, rows in (
            (self.warehouse.id, self.warehouse.id, [row]),
            (self.warehouse.id, 99999999, [row]),
            (self.warehouse.id, self.north.id, []),
            (self.warehouse.id, self.north.id, [{"product_id": 99999999, "quantity": 1}]),
            (self.warehouse.id, self.north.id, [row | {"quantity": -1}]),
        ):
            with self.subTest(rows=rows), self.assertRaises(UserError), self.env.cr.savepoint():
                sales.oms_create_transfer(one, other, rows)
        with self.assertRaises(ValidationError):
            self.make_order(oms_to_warehouse_id=self.north.id)
        nowhere = self.make_order(oms_type_id=self.env.ref("oms_core.order_type_transfer").id)
        with self.assertRaisesRegex(UserError, "Choose the warehouse"):
            nowhere.action_confirm()
        with self.assertRaises(AccessError):
            self.env["sale.order"].with_user(self.picker).oms_create_transfer(self.warehouse.id, self.north.id, [row])


@tagged("post_install", "-at_install")
class TestPapers(TypeCase):
    """What goes with a parcel is what the type says, and warehouse staff see no prices."""

    def test_the_slip_has_prices_where_the_type_says_so(self):
        order = self.make_order(quantity=2, price=50.0)
        order.action_confirm()
        picking = order.picking_ids
        self.assertEqual(picking.get_oms_papers()[0]["name"], "Delivery slip")
        order.oms_type_id.write({"is_slip_priced": True, "is_invoice_enclosed": True})
        papers = picking.with_user(self.picker).get_oms_papers()
        self.assertEqual([paper["name"] for paper in papers], ["Delivery slip with prices", "Invoice (not made yet)"])
        html = self.env["ir.actions.report"]._render_qweb_html("stock.action_report_delivery", picking.ids)[0].decode()
        self.assertIn("100.00", html)
        reports = self.env["ir.actions.report"].with_user(self.picker)
        html = reports._render_qweb_html("stock.action_report_delivery", picking.ids)[0].decode()
        self.assertNotIn("100.00", html)
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertEqual(
            picking.get_oms_papers()[1],
            {"name": invoice.name, "report": "account.account_invoices", "ids": invoice.ids},
        )
