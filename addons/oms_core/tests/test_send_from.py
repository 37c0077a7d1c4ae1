from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OmsCase


class TestSendFrom(OmsCase):
    """An order that is short here and whole elsewhere is sent from there."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.env["stock.warehouse"].create({"name": "Lyon", "code": "LY"})
        cls.clerk = new_test_user(cls.env, "from_clerk", groups="oms_core.group_oms_clerk")
        cls.picker = new_test_user(cls.env, "from_picker", groups="stock.group_stock_user")

    def setUp(self):
        super().setUp()
        line = self.order_line(quantity=120, amount="10.00")
        self.order = self.import_orders(self.order_data(lines=(line,)))
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.other.lot_stock_id, 200)

    def test_the_problem_offers_the_place_and_closes(self):
        self.assertEqual((self.order.oms_stock_state, self.order.oms_units_reserved), ("partial", 100))
        problem = self.problems(reason="stock_short").with_user(self.clerk)
        facts = problem._stock_facts()
        self.assertEqual([place["name"] for place in facts["whole"]], ["Lyon"])
        problem.action_send_from(facts["whole"][0]["id"])
        self.assertEqual((self.order.warehouse_id, self.order.oms_stock_state), (self.other, "reserved"))
        self.assertEqual(problem.state, "closed")
        live = self.order.picking_ids.filtered(lambda picking: picking.state != "cancel")
        self.assertEqual(live.picking_type_id.warehouse_id, self.other)
        quant = self.env["stock.quant"].search(
            [("product_id", "=", self.products[0].id), ("location_id", "=", self.warehouse.lot_stock_id.id)]
        )
        self.assertEqual(quant.reserved_quantity, 0)
        event = self.order.oms_event_ids.filtered(lambda event: event.kind == "warehouse_changed")
        self.assertEqual((event.user_id, event.params["new"]), (self.clerk, "Lyon"))
        self.assertEqual(self.order.oms_event_ids.mapped("kind").count("confirmed"), 1)

    def test_or_it_is_cancelled_from_the_problem_unless_it_is_picked(self):
        problem = self.problems(reason="stock_short").with_user(self.clerk)
        moves = self.order.picking_ids.move_ids
        moves.picked = True
        with self.assertRaisesRegex(UserError, "Picking has begun"):
            problem.action_cancel_order()
        self.assertFalse(problem._stock_facts()["whole"])
        moves.picked = False
        problem.action_cancel_order()
        self.assertEqual((self.order.state, problem.state), ("cancel", "closed"))

    def test_it_leaves_from_there_and_the_channel_is_told_once(self):
        self.order.with_user(self.clerk).oms_send_from("LY")
        self.assertEqual(self.order.oms_fulfil(tracking="T")["status"], "shipped")
        self.assertEqual(len(self.order.oms_outbox_ids), 1)

    def test_once_picked_it_stays(self):
        self.order.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        [row] = self.order.with_user(self.clerk).oms_send_from("LY")
        self.assertEqual((row["is_done"], row["why"]), (False, "Picking has begun: put the goods back first."))
        self.assertEqual(self.order.warehouse_id, self.warehouse)

    def test_what_is_asked_for_must_make_sense(self):
        order = self.order.with_user(self.clerk)
        self.assertEqual(order.oms_send_from(self.warehouse.id)[0]["why"], "It is sent from there already.")
        for nowhere in ("moon", 999999, None, True, ""):
            with self.subTest(place=nowhere), self.assertRaises(UserError):
                order.oms_send_from(nowhere)
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).oms_send_from("LY")
        order.oms_cancel()
        self.assertEqual(order.oms_send_from("LY")[0]["why"], "It is cancelled.")
