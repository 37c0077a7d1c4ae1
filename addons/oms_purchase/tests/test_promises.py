from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import LATER, SOON, PurchaseCase


@tagged("post_install", "-at_install")
class TestPromises(PurchaseCase):
    """Orders that wait know when the rest comes and who brings it, first come, first served."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.order(3), self.order(4)

    def test_the_first_gets_the_earliest_and_each_knows_the_document(self):
        late, soon = self.buy(5, LATER), self.buy(5, SOON)
        self.refresh()
        self.assertEqual(self.promised(self.first), [(3, SOON, soon)])
        self.assertEqual(sorted(self.promised(self.second)), [(2, SOON, soon), (2, LATER, late)])
        self.assertEqual((self.first.oms_promise_at, self.second.oms_promise_at), (SOON, LATER))
        self.assertEqual(self.first.oms_promise_text, f"Rest 25 Nov ({soon.name})")
        self.assertEqual(
            self.second.order_line.oms_promise_text, f"2 on 25 Nov ({soon.name}), 2 on 2 Dec ({late.name})"
        )
        self.assertEqual((soon.oms_waiting_count, soon.oms_waiting_units), (2, 5))
        self.assertEqual((late.oms_waiting_count, late.oms_waiting_units), (1, 2))
        self.assertEqual(soon.action_view_oms_waiting()["domain"], [("id", "in", (self.first | self.second).ids)])
        self.assertEqual(self.second.action_view_oms_purchases()["domain"], [("id", "in", (soon | late).ids)])

    def test_without_an_order_there_is_no_date(self):
        draft = self.buy(9, is_confirmed=False)
        self.refresh()
        self.assertEqual(self.promised(self.first), [(3, False, self.env["purchase.order"])])
        self.assertEqual((self.first.oms_promise_at, self.first.oms_promise_text), (False, "Rest not ordered yet"))
        draft.button_confirm()
        self.refresh()
        self.assertEqual(self.first.oms_promise_at, SOON)
        draft.button_cancel()
        self.refresh()
        self.assertFalse(self.first.oms_promise_at)

    def test_another_date_moves_the_promise_and_is_told_once(self):
        purchase = self.buy(9)
        self.refresh()
        self.assertEqual(len(self.told(self.first, "promised")), 1)
        purchase.order_line.date_planned = LATER
        self.refresh()
        self.refresh()
        self.assertEqual((self.first.oms_promise_at, self.second.oms_promise_at), (LATER, LATER))
        self.assertEqual(
            self.told(self.first, "promised")[1:], [f"[SKU-A] Product SKU-A: 3 on 2 Dec ({purchase.name})"]
        )

    def test_what_arrives_is_reserved_and_waits_no_more(self):
        purchase = self.buy(5)
        self.refresh()
        self.receive(purchase, 4)
        self.assertFalse(self.first.oms_promise_ids)
        self.assertFalse(self.first.oms_promise_text)
        self.assertEqual(self.first.picking_ids.state, "assigned")
        self.assertCountEqual([row[:2] for row in self.promised(self.second)], [(1, SOON), (2, False)])
        self.assertEqual(purchase.oms_waiting_units, 1)

    def test_a_cancelled_order_leaves_its_place_to_the_next(self):
        purchase = self.buy(4)
        self.refresh()
        self.assertFalse(self.second.oms_promise_at)
        self.first._action_cancel()
        self.refresh()
        self.assertEqual(self.promised(self.second), [(4, SOON, purchase)])
        self.assertFalse(self.first.oms_promise_ids)

    def test_an_order_whose_hold_keeps_no_stock_gets_none_promised(self):
        purchase = self.buy(4)
        self.refresh()
        self.first._put_on_hold("buyer", keeps_stock=False)
        self.refresh()
        self.assertEqual(self.promised(self.second), [(4, SOON, purchase)])
        self.first._release_holds()
        self.refresh()
        self.assertEqual(self.promised(self.first), [(3, SOON, purchase)])

    def test_nothing_is_written_where_nothing_changed(self):
        self.buy(9)
        self.refresh()
        rows = self.first.oms_promise_ids | self.second.oms_promise_ids
        stamps = rows.mapped("write_date")
        self.env["oms.promise"]._refresh(self.products)
        self.assertEqual((self.first.oms_promise_ids | self.second.oms_promise_ids), rows)
        self.assertEqual(rows.mapped("write_date"), stamps)

    def test_an_order_in_full_leaves_no_mark(self):
        self.env["stock.quant"]._update_available_quantity(self.products[1], self.warehouse.lot_stock_id, 5)
        self.refresh()
        marks = self.env["oms.promise.mark"]
        self.order(2, self.products[1])
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertFalse(marks.search([("product_id", "=", self.products[1].id)]))

    def test_late_is_what_should_be_here(self):
        late = self.buy(1, fields.Datetime.now() - timedelta(days=1))
        soon = self.buy(1, fields.Datetime.now() + timedelta(days=1))
        both = late | soon
        self.assertEqual(both.filtered("oms_is_late"), late)
        self.refresh()
        self.assertIn("were due", self.first.order_line.oms_promise_text)
        self.assertIn("not all ordered", self.first.oms_promise_text)
        self.assertEqual(self.env["purchase.order"].search([("oms_is_late", "=", True), ("id", "in", both.ids)]), late)
        self.assertEqual(self.env["purchase.order"].search([("oms_is_late", "=", False), ("id", "in", both.ids)]), soon)

    def test_who_sees_what(self):
        purchase = self.buy(9)
        self.refresh()
        clerk = new_test_user(self.env, "buy-clerk", groups="oms_core.group_oms_clerk")
        self.assertEqual(purchase.with_user(clerk).oms_waiting_count, 2)
        self.assertEqual(self.first.with_user(clerk).oms_purchase_count, 1)
        with self.assertRaises(AccessError):
            purchase.with_user(clerk).date_planned = LATER
        with self.assertRaises(AccessError):
            self.first.oms_promise_ids.with_user(clerk).units = 1
        buyer = new_test_user(self.env, "buy-buyer", groups="purchase.group_purchase_user")
        self.assertEqual(purchase.with_user(buyer).oms_waiting_units, 7)
