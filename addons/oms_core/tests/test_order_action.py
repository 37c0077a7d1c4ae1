from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user

from .common import OmsCase


class TestManyOrders(OmsCase):
    """One thing done to many orders: an answer for each, by a job when there are many, and taken back."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.clerk = new_test_user(cls.env, "many_clerk", groups="oms_core.group_oms_clerk")
        cls.salesman = new_test_user(cls.env, "many_salesman", groups="sales_team.group_sale_salesman")

    def orders(self, count):
        """Import so many orders."""
        return self.import_orders(*[self.order_data(f"200-{number}") for number in range(count)])

    def action(self, kind, orders, user=None, **values):
        """Ask for an action on orders."""
        actions = self.env["oms.order.action"].with_user(user or self.clerk)
        return actions.create({"kind": kind, "asked_ids": orders.ids, **values})

    def test_each_order_has_its_answer_and_it_is_taken_back(self):
        first, second, third = self.orders(3)
        third._action_cancel()
        second._put_on_hold("other")
        action = self.action("hold", first | second | third, reason="other", note="stocktaking")
        action.action_apply()
        answers = {row.order_id: (row.outcome, row.why or "") for row in action.row_ids}
        self.assertEqual(answers[first], ("done", ""))
        self.assertEqual(answers[second], ("skipped", "It is held for this reason already."))
        self.assertEqual(answers[third], ("skipped", "It is cancelled."))
        self.assertEqual((action.done_count, action.skipped_count, action.todo_count), (1, 2, 0))
        self.assertTrue(action.can_undo)
        action.action_undo()
        self.assertEqual((first.oms_hold, second.oms_hold), (False, "ship"))
        self.assertFalse(action.can_undo)
        with self.assertRaises(UserError):
            action.action_undo()
        with self.assertRaises(UserError):
            action.action_apply()

    def test_many_are_done_by_a_job_with_the_rights_of_whoever_asked(self):
        orders = self.orders(3)
        action = self.action("cancel", orders, note="sold out")
        with self.slices_of(2):
            action.action_apply()
            self.assertEqual((action.state, action.todo_count), ("running", 3))
            action.sudo()._job_slice()
            self.assertEqual((action.state, action.todo_count), ("running", 1))
            action.sudo()._job_slice()
        self.assertEqual((action.state, action.done_count), ("done", 3))
        self.assertEqual(set(orders.mapped("state")), {"cancel"})
        last = orders.oms_event_ids.filtered(lambda event: event.kind == "cancelled")[:1]
        self.assertEqual((last.user_id, last.summary), (self.clerk, "Order cancelled. sold out"))

    def slices_of(self, size):
        """Do so many orders at once."""
        return patch("odoo.addons.oms_core.models.oms_order_action.SLICE", size)

    def test_scenario_9_many_are_tagged_at_once_with_an_answer_and_an_event_for_each(self):
        """How long 2,000 take is measured by ``bench/bench_many.py``."""
        orders = self.orders(60)
        tag = self.env["oms.tag"].create({"name": "Fair"})
        orders[0].oms_tag_ids = tag
        action = self.action("tag", orders, add_ids=[(6, 0, tag.ids)])
        with self.slices_of(25):
            action.action_apply()
            for _slice in range(5):  # the jobs; two of them come when all is done
                action.sudo()._job_slice()
        self.assertEqual((action.state, action.done_count, action.skipped_count), ("done", 59, 1))
        self.assertEqual(action.row_ids.order_id, orders)
        self.assertEqual(orders.oms_tag_ids, tag)
        tagged = orders.oms_event_ids.filtered(lambda event: event.kind == "tagged")
        self.assertEqual(sorted(tagged.order_id.ids), sorted(orders.ids))
        self.assertEqual(len(tagged), 60)

    def test_what_may_not_be_done_is_said_for_that_order_only(self):
        orders = self.orders(2)
        orders[0].user_id = self.salesman
        orders[1].user_id = self.clerk
        action = self.action("cancel", orders, user=self.salesman, note="mine")
        action.action_apply()
        outcomes = {row.sudo().order_id: row.outcome for row in action.row_ids}
        self.assertEqual(outcomes, {orders[0]: "done", orders[1]: "failed"})
        self.assertEqual(orders[1].state, "sale")

    def test_picked_and_sent_orders_are_not_cancelled(self):
        first, second = self.orders(2)
        first.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        second.picking_ids.move_ids.write({"quantity": 1, "picked": True})
        second.picking_ids.carrier_tracking_ref = "T"
        second.picking_ids.button_validate()
        action = self.action("cancel", first | second, note="late")
        action.action_apply()
        self.assertEqual(
            action.row_ids.sorted("asked_id").mapped("why"),
            [
                "Picking has begun: put the goods back first.",
                "Goods have left already: take them back as a return.",
            ],
        )

    def test_what_is_asked_for_must_make_sense(self):
        order = self.orders(1)
        for values in ({"asked_ids": []}, {"note": " "}):
            with self.subTest(values=values), self.assertRaises(UserError):
                self.action("cancel", order, **values).action_apply()
        for asked in ("all", [0], [True, "1"], [1, 1]):
            with self.subTest(asked=asked), self.assertRaises(UserError):
                self.action("cancel", order, note="x", asked_ids=asked)

    def test_nobody_sees_or_starts_what_another_asked_for(self):
        action = self.action("tag", self.orders(1))
        with self.assertRaises(AccessError):
            action.with_user(self.salesman).read(["kind"])
        with self.assertRaises(AccessError):
            self.action("tag", self.env["sale.order"], user=self.salesman, user_id=self.clerk.id)
