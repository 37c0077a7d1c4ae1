from decimal import Decimal

import msgspec
from odoo.exceptions import UserError
from odoo.tests import tagged

from ..lib import dto
from .test_changes import ChangeCase, money


class AddedCase(ChangeCase):
    """An order whose picking began, and goods that were added to it on the channel afterwards."""

    def added(self, *, is_shipped=False, more=0, late=2):
        """Return ``(order, what was added to it)``: 2 × line 1 and 1 × line 2, then ``late`` × line 3.

        :param more: units of line 1 that were added, too
        """
        order = self.import_orders(self.two_lines())
        if is_shipped:
            self.ship(order.picking_ids)
        else:
            order.order_line.filtered(lambda row: row.oms_external_line_id == "1").move_ids.picked = True
        self.tell(late, first=2 + more)
        order.oms_change_ids.filtered(lambda change: change.state == "open").action_accept_all()
        return order, order.oms_child_ids

    def tell(self, late, minutes=10, first=2, **values):
        """Let the channel say how many of line 3 there are; ``None`` takes the line out of its document."""
        lines = list(self.two_lines(first).lines)
        if late is not None:
            lines.append(self.order_line("3", "SKU-B", late, f"{late * 10}.00"))
        total = money(f"{(first + 1 + (late or 0)) * 10}.00")
        return self.change(self.two_lines(), minutes, lines=tuple(lines), total=total, **values)

    def pick(self, order):
        order.picking_ids.move_ids.picked = True

    def open_change(self, order):
        return order.oms_change_ids.filtered(lambda change: change.state == "open")

    def free(self, product):
        return self.env["stock.quant"]._get_available_quantity(product, self.warehouse.lot_stock_id)


@tagged("post_install", "-at_install")
class TestAddedLess(AddedCase):
    """The channel takes units of what was added later, or all of it, away again."""

    def test_units_not_picked_are_reduced_where_they_are(self):
        for is_shipped in (False, True):
            with self.subTest(is_shipped=is_shipped), self.env.cr.savepoint() as point:
                order, child = self.added(is_shipped=is_shipped)
                self.tell(1, 20)
                self.assertFalse(self.open_change(order))
                self.assertEqual(self.quantities(order), {"1": 2, "2": 1})
                self.assertEqual((self.quantities(child), child.state), ({"3": 1}, "sale"))
                self.assertEqual(self.reserved(child), {"SKU-B": (1, 1)})
                self.assertEqual((order.oms_total_check, order._amount_here()), ("equal", 40.0))
                self.assertFalse(self.problems())
                point.rollback()
                self.env.invalidate_all()

    def test_a_line_not_picked_that_is_cancelled_cancels_what_was_added(self):
        self.channel.cancel_policy = "always"
        for is_shipped, left in ((False, 0), (True, 0), (False, None), (True, None)):
            with self.subTest(is_shipped=is_shipped, left=left), self.env.cr.savepoint() as point:
                order, child = self.added(is_shipped=is_shipped)
                self.tell(left, 20)
                self.assertEqual((order.state, child.state), ("sale", "cancel"))
                self.assertEqual(child.picking_ids.mapped("state"), ["cancel"])
                self.assertEqual(self.quantities(order), {"1": 2, "2": 1})
                self.assertEqual((order.oms_total_check, order.amount_total), ("equal", 30.0))
                self.assertFalse(self.problems())
                self.assertFalse((order | child).oms_outbox_ids.filtered(lambda row: row.kind == "cancellation"))
                self.assertEqual(self.free(self.products[1]), 99)
                point.rollback()
                self.env.invalidate_all()

    def test_one_of_two_lines_added_leaves_the_other(self):
        order, child = self.added(more=1)
        self.tell(0, 20, first=3)
        self.assertEqual((self.quantities(child), child.state), ({"1": 1, "3": 0}, "sale"))
        self.assertEqual(self.reserved(child), {"SKU-A": (1, 1)})
        self.assertEqual((order.oms_total_check, self.quantities(order)), ("equal", {"1": 2, "2": 1}))

    def test_units_added_to_a_line_go_before_those_in_hand(self):
        order, child = self.added(more=2)
        self.tell(2, 20, first=3)
        self.assertEqual((self.quantities(order)["1"], self.quantities(child)["1"]), (2, 1))
        self.assertEqual(order.oms_total_check, "equal")
        self.tell(2, 30, first=2)
        self.assertEqual((self.quantities(order)["1"], self.quantities(child)["1"]), (2, 0))
        self.assertFalse(self.problems())
        self.tell(2, 40, first=1)
        self.assertEqual(self.open_change(order).line_ids.mapped("why"), ["picked"])
        self.assertFalse(child.oms_hold)
        self.open_change(order).action_accept_all()
        self.assertEqual((self.quantities(order)["1"], self.quantities(child)["1"]), (1, 0))
        self.assertEqual(order.oms_total_check, "equal")

    def test_picked_waits_for_a_person_and_does_not_leave_meanwhile(self):
        for is_shipped in (False, True):
            with self.subTest(is_shipped=is_shipped), self.env.cr.savepoint() as point:
                order, child = self.added(is_shipped=is_shipped)
                self.pick(child)
                self.tell(1, 20)
                line = self.open_change(order).line_ids
                self.assertEqual((line.words, line.why), ("SKU-B: 2 → 1", "picked"))
                self.assertEqual((self.quantities(child), child.oms_hold), ({"3": 2}, "ship"))
                with self.assertRaisesRegex(UserError, "may not leave"), self.env.cr.savepoint():
                    child.picking_ids.button_validate()
                problem = self.problems(order_id=child.id)
                self.assertEqual((problem.reason, problem.change_line_ids), ("changed_after_import", line))
                problem.action_accept_change()
                self.assertEqual((self.quantities(child), child.oms_hold), ({"3": 1}, False))
                self.assertEqual(self.reserved(child), {"SKU-B": (1, 1)})
                self.assertEqual(order.oms_total_check, "equal")
                self.assertFalse(self.problems())
                point.rollback()
                self.env.invalidate_all()

    def test_picked_and_refused_stays_and_may_leave(self):
        order, child = self.added()
        self.pick(child)
        self.tell(0, 20)
        self.open_change(order).action_refuse_all()
        self.assertEqual((self.quantities(child), child.oms_hold, child.state), ({"3": 2}, False, "sale"))

    def test_picked_and_accepted_as_a_whole_cancels_it(self):
        order, child = self.added()
        self.pick(child)
        self.tell(None, 20)
        self.open_change(order).action_accept_all()
        self.assertEqual((order.state, child.state, order.oms_total_check), ("sale", "cancel", "equal"))
        self.assertFalse(self.problems())

    def test_a_question_that_is_overtaken_lets_it_go(self):
        order, child = self.added()
        self.pick(child)
        self.tell(1, 20)
        self.tell(2, 30)
        self.assertFalse(self.open_change(order))
        self.assertFalse(child.oms_hold)

    def test_shipped_is_a_matter_of_a_return_or_money(self):
        order, child = self.added()
        self.ship(child.picking_ids)
        self.tell(0, 20)
        line = self.open_change(order).line_ids
        self.assertEqual((line.kind, line.why), ("line_cancelled", "shipped"))
        self.assertIn("Ask for it back", line.advice)
        line.action_accept()
        self.assertEqual((self.quantities(child), child.state), ({"3": 2}, "sale"))

    def test_what_was_cancelled_here_first_is_no_change(self):
        order, child = self.added()
        child._action_cancel()
        self.tell(0, 20)
        self.assertFalse(self.open_change(order))
        self.assertEqual(self.quantities(order), {"1": 2, "2": 1})

    def test_added_again_after_it_was_cancelled_is_sent(self):
        order, first = self.added()
        self.tell(0, 20)
        self.tell(3, 30)
        self.open_change(order).action_accept_all()
        second = order.oms_child_ids - first
        self.assertEqual((self.quantities(second), self.reserved(second)), ({"3": 3}, {"SKU-B": (3, 3)}))
        self.assertEqual(order.oms_total_check, "equal")

    def test_another_article_takes_the_place_where_the_line_is(self):
        order, child = self.added()
        lines = (*self.two_lines().lines, self.order_line("3", "SKU-A", 2, "20.00"))
        self.change(self.two_lines(), 20, lines=lines, total=money("50.00"))
        self.assertEqual(self.reserved(child), {"SKU-A": (2, 2)})
        self.assertEqual((self.quantities(order), order.oms_total_check), ({"1": 2, "2": 1}, "equal"))

    def test_a_new_price_reaches_it(self):
        order, child = self.added()
        self.assertFalse(self.problems())
        lines = (*self.two_lines().lines, self.order_line("3", "SKU-B", 2, "18.00"))
        self.change(self.two_lines(), 20, lines=lines, total=money("48.00"))
        self.open_change(order).action_accept_all()
        self.assertEqual((child.amount_total, order.oms_total_check), (18.0, "equal"))

    def test_a_locked_one_follows_and_stays_locked(self):
        _order, child = self.added()
        child.locked = True
        self.tell(1, 20)
        self.assertEqual((self.quantities(child), child.locked), ({"3": 1}, True))

    def test_an_unknown_sku_that_is_taken_away_lets_the_rest_go(self):
        order = self.import_orders(self.two_lines())
        self.pick(order)
        new = (self.order_line("3", "SKU-B", 2, "20.00"), self.order_line("4", "NEW", 1, "10.00"))
        lines = self.two_lines().lines
        self.change(self.two_lines(), lines=lines + new, total=money("60.00"))
        self.open_change(order).action_accept_all()
        child = order.oms_child_ids
        self.assertEqual((child.state, child.oms_hold), ("draft", "confirm"))
        self.change(self.two_lines(), 20, lines=lines + new[:1], total=money("50.00"))
        self.assertEqual((child.state, child.oms_hold, order.oms_hold), ("sale", False, False))
        self.assertEqual(self.reserved(child), {"SKU-B": (2, 2)})


@tagged("post_install", "-at_install")
class TestAddedCancelled(AddedCase):
    """The order as a whole is cancelled, by the channel or here."""

    def cancel(self, minutes=20):
        return self.tell(2, minutes, status="cancelled")

    def test_each_is_treated_as_far_as_it_came(self):
        expected = {"confirmed": ("cancel", []), "picked": ("sale", ["cancelled_after_pick"])}
        expected["shipped"] = ("sale", ["cancelled_after_ship"])
        for stage, result in expected.items():
            with self.subTest(stage=stage), self.env.cr.savepoint() as point:
                _order, child = self.added(is_shipped=True)
                if stage == "picked":
                    self.pick(child)
                elif stage == "shipped":
                    self.ship(child.picking_ids)
                self.cancel()
                self.assertEqual((child.state, self.problems(order_id=child.id).mapped("reason")), result)
                point.rollback()
                self.env.invalidate_all()

    def test_the_channel_cancels_after_the_order_was_cancelled_here(self):
        order, child = self.added()
        self.pick(child)
        order._action_cancel()
        self.assertEqual(child.state, "sale")
        child.picking_ids.move_ids.picked = False
        self.cancel()
        self.assertEqual((child.state, self.reserved(child)), ("cancel", {}))

    def test_a_line_is_cancelled_after_the_order_was_cancelled_here(self):
        self.channel.cancel_policy = "never"
        order, child = self.added(more=1)
        self.pick(child)
        order._action_cancel()
        child.picking_ids.move_ids.picked = False
        lines = (self.order_line("1", "SKU-A", 1, "10.00"), self.order_line("3", "SKU-B", 1, "10.00"))
        self.change(self.two_lines(), 20, lines=lines, total=money("20.00"))
        self.assertEqual((self.quantities(child), self.problems()), ({"1": 1, "3": 1}, self.env["oms.exception"]))

    def test_its_parcel_coming_back_as_a_state_lists_nothing(self):
        order, child = self.added()
        self.ship(child.picking_ids)
        self.tell(2, 20, status="partly_shipped")
        self.assertFalse(self.problems(order_id=order.id))

    def test_the_buyers_wish_holds_what_was_added_too(self):
        request = dto.CancelRequest(state="asked", by="buyer", external_id="C-7", reason="too slow")
        order, child = self.added(is_shipped=True)
        self.tell(2, 20, cancel_requests=(request,))
        self.assertEqual(child.oms_hold, "ship")
        self.assertFalse(order.oms_outbox_ids.filtered(lambda row: row.kind == "cancellation"))
        self.problems(order_id=child.id).action_cancel_order()
        self.assertEqual((order.state, child.state), ("sale", "cancel"))
        [message] = child.oms_outbox_ids
        self.assertEqual((message.payload["order_external_id"], message.payload["request_id"]), ("100-1", "C-7"))


@tagged("post_install", "-at_install")
class TestAddedTold(AddedCase):
    """What is cancelled here is told for the channel's own order and lines."""

    def setUp(self):
        super().setUp()
        self.channel.cancel_policy = "always"

    def told(self, order):
        """Return ``(channel's order, {line: units})`` of the cancellation of an order, ``None`` for none."""
        message = order.oms_outbox_ids.filtered(lambda row: row.kind == "cancellation")
        if not message:
            return None
        notice = msgspec.convert(message.payload, dto.CancelNotice)
        return notice.order_external_id, {line.external_line_id: line.quantity for line in notice.lines}

    def test_what_was_added_is_told_by_its_lines(self):
        order, child = self.added(more=1)
        child._action_cancel()
        self.assertEqual(self.told(child), ("100-1", {"1": Decimal(1), "3": Decimal(2)}))
        self.assertEqual((order.state, self.told(order)), ("sale", None))

    def test_a_person_tells_it_by_its_lines(self):
        self.channel.cancel_policy = "ask"
        _order, child = self.added()
        child._action_cancel()
        problem = self.problems(order_id=child.id, reason="cancel_untold")
        problem.action_tell_channel()
        self.assertEqual(self.told(child), ("100-1", {"3": Decimal(2)}))

    def test_the_order_takes_what_is_on_the_shelf_along_and_is_told_as_a_whole(self):
        order, child = self.added()
        order._action_cancel()
        self.assertEqual((order.state, child.state), ("cancel", "cancel"))
        self.assertEqual((self.told(order), self.told(child)), (("100-1", {}), None))

    def test_the_order_alone_is_told_by_its_lines_while_the_rest_is_in_hand(self):
        order, child = self.added()
        self.pick(child)
        order._action_cancel()
        self.assertEqual((order.state, child.state), ("cancel", "sale"))
        self.assertEqual(self.told(order), ("100-1", {"1": Decimal(2), "2": Decimal(1)}))
        child._action_cancel()
        self.assertEqual(self.told(child), ("100-1", {"3": Decimal(2)}))

    def test_what_the_channel_cancelled_is_not_told_back(self):
        _order, child = self.added()
        self.tell(2, 20, status="cancelled")
        self.assertEqual((child.state, self.told(child)), ("cancel", None))
