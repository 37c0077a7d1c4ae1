from datetime import timedelta
from decimal import Decimal

import msgspec
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..lib import dto
from .common import NOW
from .full_channel import FullCase


def money(amount, currency="USD"):
    return dto.Money(amount=Decimal(amount), currency=currency)


class ChangeCase(FullCase):
    """Orders of two lines that the channel changes afterwards."""

    def two_lines(self, first=2, second=1, **values):
        """Return an order of SKU-A and SKU-B at 10.00 each; 0 leaves a line out."""
        lines = [self.order_line("1", "SKU-A", first, f"{first * 10}.00")] if first else []
        lines += [self.order_line("2", "SKU-B", second, f"{second * 10}.00")] if second else []
        return self.order_data("100-1", lines, f"{(first + second) * 10}.00", **values)

    def later(self, data, minutes=10, **values):
        """Return the same order, changed some minutes after it came."""
        at = self.order_data().updated_at + timedelta(minutes=minutes)
        return msgspec.structs.replace(data, updated_at=at, **values)

    def change(self, data, minutes=10, **values):
        """Let the channel say something else and take it over."""
        return self.import_orders(self.later(data, minutes, **values))

    def quantities(self, order):
        lines = order.order_line.filtered("oms_external_line_id")
        return {line.oms_external_line_id: line.product_uom_qty for line in lines}

    def reserved(self, order):
        moves = order.picking_ids.move_ids.filtered(lambda move: move.state != "cancel")
        return {move.product_id.default_code: (move.product_uom_qty, move.quantity) for move in moves}

    def ship(self, picking):
        picking.carrier_tracking_ref = picking.carrier_tracking_ref or "1Z999"
        picking.move_ids.picked = True
        picking._action_done()

    def kinds(self, order):
        return order.oms_event_ids.mapped("kind")


@tagged("post_install", "-at_install")
class TestTakenOver(ChangeCase):
    """Nothing is picked and nobody worked on it: the order follows its channel."""

    def test_the_same_document_twice_is_unchanged(self):
        order = self.import_orders(self.two_lines())
        events = len(order.oms_event_ids)
        self.change(self.two_lines())
        self.assertEqual(len(order.oms_event_ids), events)
        newest = order.oms_inbox_ids.sorted("id")[-1]
        self.assertEqual(newest.state, "unchanged")
        self.assertFalse(order.oms_change_ids)

    def test_a_second_importer_of_the_same_change_changes_nothing(self):
        order = self.import_orders(self.two_lines())
        self.change(self.two_lines(3, 1))
        events = len(order.oms_event_ids)
        document = order.oms_inbox_ids.sorted("id")[-1]
        document._job_import()
        document.state = "new"
        document._job_import()
        self.assertEqual((len(order.oms_event_ids), document.state), (events, "unchanged"))
        self.assertEqual(self.quantities(order), {"1": 3, "2": 1})

    def test_quantities_lines_charges_and_total_follow(self):
        order = self.import_orders(self.two_lines())
        lines = (self.order_line("1", "SKU-A", 1, "10.00"), self.order_line("3", "SKU-B", 4, "42.00"))
        shipping = dto.Charge(kind="shipping", amount=money("4.95"))
        self.change(self.two_lines(), lines=lines, charges=(shipping,), total=money("56.95"))
        self.assertEqual(self.quantities(order), {"1": 1, "2": 0, "3": 4})
        self.assertEqual(self.reserved(order), {"SKU-A": (1, 1), "SKU-B": (4, 4)})
        self.assertEqual((order.amount_total, order.oms_total_check), (56.95, "equal"))
        self.assertEqual(len(order.picking_ids), 1)
        self.assertFalse(order.oms_hold)
        self.assertIn("change_applied", self.kinds(order))
        free = self.env["stock.quant"]._get_available_quantity(self.products[0], self.warehouse.lot_stock_id)
        self.assertEqual(free, 99)

    def test_a_price_alone_follows_to_the_cent(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(quantity=3, amount="10.00")]))
        self.change(self.order_data(), lines=(self.order_line(quantity=3, amount="9.98"),), total=money("9.98"))
        self.assertEqual((order.amount_total, order.oms_total_check), (9.98, "equal"))
        self.change(self.order_data(), 20, lines=(self.order_line(quantity=3, amount="9.97"),), total=money("9.97"))
        self.assertEqual((order.amount_total, order.oms_total_check), (9.97, "equal"))
        self.assertLessEqual(len(order.order_line.filtered(lambda line: line.oms_kind == "rounding")), 1)

    def test_a_charge_that_goes_leaves_its_line_at_nothing(self):
        shipping = dto.Charge(kind="shipping", amount=money("4.95"))
        order = self.import_orders(self.order_data(charges=(shipping,), total="14.95"))
        self.change(self.order_data())
        self.assertEqual((order.amount_total, order.oms_total_check), (10.0, "equal"))

    def test_a_kit_follows_with_its_parts_and_a_pack_in_product_units(self):
        listing = self.env["oms.listing"].create(
            {
                "channel_id": self.channel.id,
                "sku": "SET",
                "title": "Set",
                "product_id": self.products[0].id,
                "units": 2,
                "part_ids": [(0, 0, {"product_id": self.products[1].id, "units": 3})],
            }
        )
        self.assertTrue(listing)
        order = self.import_orders(self.order_data(lines=[self.order_line("1", "SET", 1, "10.00")]))
        self.assertEqual(self.reserved(order), {"SKU-A": (2, 2), "SKU-B": (3, 3)})
        self.change(self.order_data(), lines=(self.order_line("1", "SET", 4, "40.00"),), total=money("40.00"))
        self.assertEqual(self.reserved(order), {"SKU-A": (8, 8), "SKU-B": (12, 12)})
        self.assertEqual((order.amount_total, order.oms_total_check), (40.0, "equal"))
        self.change(self.order_data(), 20, lines=(self.order_line("1", "SET", 2, "20.00"),), total=money("20.00"))
        self.assertEqual(self.reserved(order), {"SKU-A": (4, 4), "SKU-B": (6, 6)})
        self.assertEqual(order.amount_total, 20.0)

    def test_the_same_sku_on_two_lines_changes_the_right_one(self):
        lines = [self.order_line("1", "SKU-A", 1, "10.00"), self.order_line("2", "SKU-A", 5, "50.00")]
        order = self.import_orders(self.order_data(lines=lines, total="60.00"))
        changed = (self.order_line("2", "SKU-A", 5, "50.00"), self.order_line("1", "SKU-A", 3, "30.00"))
        self.change(self.order_data(), lines=changed, total=money("80.00"))
        self.assertEqual(self.quantities(order), {"1": 3, "2": 5})

    def test_a_new_address_is_a_contact_of_its_own_and_the_transfer_follows(self):
        buyer = dto.Buyer(name="Ann Buyer", email="ann@example.com")
        one, other = self.import_orders(self.order_data("100-1", buyer=buyer), self.order_data("100-2", buyer=buyer))
        self.assertEqual(one.partner_shipping_id, other.partner_shipping_id)
        moved = msgspec.structs.replace(self.order_data().ship_to, street="7 New Street")
        self.change(self.order_data("100-1", buyer=buyer), ship_to=moved)
        self.assertEqual(one.partner_shipping_id.street, "7 New Street")
        self.assertEqual(one.picking_ids.partner_id, one.partner_shipping_id)
        self.assertEqual(other.partner_shipping_id.street, "1 Main Street")
        self.assertNotIn("7 New Street", " ".join(one.oms_event_ids.mapped("summary")))

    def test_delivery_and_gift_follow(self):
        order = self.import_orders(self.order_data())
        line = self.order_line(gift_message="For Bob")
        by = NOW + timedelta(days=1)
        self.change(self.order_data(), lines=(line,), ship_by_at=by, service_level="express")
        self.assertEqual(order.oms_ship_by_at, by.replace(tzinfo=None))
        self.assertEqual(order.picking_ids.move_ids.date_deadline, by.replace(tzinfo=None))
        self.assertEqual((order.oms_service_level, order.order_line.oms_gift_message), ("express", "For Bob"))

    def test_vanished_data_blanks_nothing_and_is_no_change(self):
        order = self.import_orders(self.two_lines())
        partner = order.partner_shipping_id
        self.change(self.two_lines(), ship_to=None, buyer=dto.Buyer(), total=None)
        self.assertEqual((order.partner_shipping_id, partner.street), (partner, "1 Main Street"))
        self.assertFalse(order.oms_change_ids)
        self.assertFalse(order.oms_exception_ids)
        self.change(self.two_lines(), 20)
        self.assertEqual(order.partner_shipping_id, partner)
        self.assertNotIn("change_applied", self.kinds(order))

    def test_vanished_data_blanks_no_quotation(self):
        order = self.import_orders(self.order_data(lines=[self.order_line(sku="NEW")]))
        partner = order.partner_shipping_id
        self.change(self.order_data(lines=[self.order_line(sku="NEW")]), ship_to=None, buyer=dto.Buyer(), note="x")
        self.assertEqual((order.partner_shipping_id, partner.street), (partner, "1 Main Street"))
        self.assertEqual(order.oms_exception_ids.mapped("reason"), ["unmapped_sku"])

    def test_what_we_hold_stands_in_for_a_document_that_is_gone(self):
        order = self.import_orders(self.two_lines())
        order.oms_inbox_ids.write({"body_encrypted": False, "size": 0})
        self.change(self.two_lines(3, 1))
        self.assertEqual(self.quantities(order), {"1": 3, "2": 1})
        self.assertEqual((order.amount_total, order.oms_total_check), (40.0, "equal"))

    def test_a_locked_order_follows_and_stays_locked(self):
        order = self.import_orders(self.two_lines())
        order.locked = True
        self.change(self.two_lines(3, 1))
        self.assertEqual((self.quantities(order), order.locked), ({"1": 3, "2": 1}, True))


@tagged("post_install", "-at_install")
class TestAsked(ChangeCase):
    """Picking began, or somebody changed the same: a person decides line by line."""

    def picked(self, data=None, line="1"):
        order = self.import_orders(data or self.two_lines())
        move = order.order_line.filtered(lambda row: row.oms_external_line_id == line).move_ids
        move.picked = True
        return order

    def open_change(self, order):
        return order.oms_change_ids.filtered(lambda change: change.state == "open")

    def test_fewer_of_what_is_picked_waits_and_accepted_is_put_back(self):
        order = self.picked()
        self.change(self.two_lines(1, 1))
        self.assertEqual((self.quantities(order), order.oms_hold), ({"1": 2, "2": 1}, "ship"))
        problem = self.problems(order_id=order.id)
        self.assertEqual(problem.reason, "changed_after_import")
        self.assertEqual(problem.change_line_ids.mapped("words"), ["SKU-A: 2 → 1"])
        self.assertIn("Put the goods back", problem.change_line_ids.advice)
        with self.assertRaisesRegex(UserError, "may not leave"):
            order.picking_ids.button_validate()
        problem.change_line_ids.action_accept()
        self.assertEqual((self.quantities(order), order.oms_hold), ({"1": 1, "2": 1}, False))
        self.assertEqual(self.reserved(order), {"SKU-A": (1, 1), "SKU-B": (1, 1)})
        self.assertEqual((order.amount_total, order.oms_total_check, problem.state), (20.0, "equal", "closed"))
        self.assertEqual(order.oms_change_ids.state, "applied")
        self.assertIn("change_applied", self.kinds(order))

    def test_refused_stays_and_the_same_word_is_not_asked_again(self):
        order = self.picked()
        self.change(self.two_lines(1, 1))
        self.open_change(order).action_refuse_all()
        self.assertEqual((self.quantities(order), order.oms_hold), ({"1": 2, "2": 1}, False))
        self.assertEqual(order.oms_change_ids.state, "refused")
        self.assertIn("change_refused", self.kinds(order))
        self.change(self.two_lines(1, 1), 30, note="again")
        self.assertFalse(self.open_change(order))

    def test_each_line_has_its_own_decision(self):
        order = self.picked()
        for line in order.order_line:
            line.move_ids.picked = True
        self.change(self.two_lines(1, 0))
        less, gone = self.open_change(order).line_ids
        gone.action_refuse()
        self.assertEqual(order.oms_change_ids.state, "open")
        less.action_accept()
        self.assertEqual((self.quantities(order), order.oms_change_ids.state), ({"1": 1, "2": 1}, "applied"))
        self.assertIn("total_differs", self.problems(order_id=order.id).mapped("reason"))

    def test_fewer_of_what_is_not_picked_follows_by_itself(self):
        order = self.picked()
        self.change(self.two_lines(2, 0))
        self.assertEqual((self.quantities(order), order.oms_hold), ({"1": 2, "2": 0}, False))
        self.assertEqual((order.amount_total, order.oms_total_check), (20.0, "equal"))

    def test_our_own_parcel_coming_back_as_a_state_lists_nothing(self):
        order = self.import_orders(self.two_lines())
        order.picking_ids.carrier_tracking_ref = "1Z999"
        moves = order.picking_ids.move_ids
        moves[0].write({"quantity": 2, "picked": True})
        moves[1].write({"quantity": 0, "picked": False})
        order.picking_ids._action_done()
        self.assertEqual(order.delivery_status, "partial")
        self.change(self.two_lines(), status="partly_shipped", service_level="express")
        self.assertEqual((order.oms_service_level, order.oms_hold), ("express", False))

    def test_a_newer_document_overtakes_an_open_question(self):
        order = self.picked()
        self.change(self.two_lines(1, 1))
        first = self.open_change(order)
        self.change(self.two_lines(1, 1), 20, note="the same again")
        self.assertEqual(self.open_change(order), first)
        self.change(self.two_lines(0, 1), 30)
        self.assertEqual(first.state, "superseded")
        self.assertEqual(self.open_change(order).line_ids.mapped("kind"), ["line_cancelled"])
        self.change(self.two_lines(), 40)
        self.assertFalse(self.open_change(order))
        self.assertFalse(order.oms_hold)
        with self.assertRaisesRegex(UserError, "decided or overtaken"):
            first.line_ids[0].action_accept()

    def test_what_is_added_after_picking_becomes_an_order_of_its_own_told_for_the_same(self):
        order = self.picked()
        lines = (*self.two_lines(3, 1).lines, self.order_line("3", "SKU-B", 2, "20.00"))
        self.change(self.two_lines(), lines=lines, total=money("60.00"))
        self.assertEqual(self.open_change(order).line_ids.mapped("kind"), ["quantity_up", "line_added"])
        self.open_change(order).action_accept_all()
        child = order.oms_child_ids
        self.assertEqual((child.state, child.oms_external_id), ("sale", False))
        self.assertEqual(self.quantities(child), {"1": 1, "3": 2})
        self.assertEqual(self.reserved(child), {"SKU-A": (1, 1), "SKU-B": (2, 2)})
        self.assertEqual((order.oms_total_check, order.amount_total, child.amount_total), ("equal", 30.0, 30.0))
        self.assertEqual(self.quantities(order), {"1": 2, "2": 1})
        self.ship(child.picking_ids)
        [message] = child.oms_outbox_ids
        self.assertEqual(message.payload["order_external_id"], "100-1")
        told = {line["external_line_id"]: Decimal(line["quantity"]) for line in message.payload["lines"]}
        self.assertEqual(told, {"1": 1, "3": 2})
        self.change(self.two_lines(), 30, lines=lines, total=money("60.00"), note="again")
        self.assertFalse(self.open_change(order))

    def test_what_is_added_after_it_left_is_sent_by_itself_and_cancelled_with_the_order(self):
        order = self.import_orders(self.two_lines())
        self.ship(order.picking_ids)
        lines = (*self.two_lines().lines, self.order_line("3", "SKU-B", 2, "20.00"))
        self.change(self.two_lines(), lines=lines, total=money("50.00"))
        self.open_change(order).action_accept_all()
        child = order.oms_child_ids
        self.assertEqual((self.quantities(child), order.oms_total_check), ({"3": 2}, "equal"))
        self.change(self.two_lines(), 30, lines=lines, total=money("50.00"), status="cancelled")
        self.assertEqual((order.state, child.state), ("sale", "cancel"))
        self.assertEqual(self.problems(order_id=order.id).reason, "cancelled_after_ship")

    def test_fewer_of_what_left_is_a_matter_of_money(self):
        order = self.import_orders(self.two_lines())
        self.ship(order.picking_ids)
        self.change(self.two_lines(1, 1))
        line = self.open_change(order).line_ids
        self.assertIn("give the money back", line.advice)
        line.action_accept()
        self.assertEqual(self.quantities(order)["1"], 2)

    def test_an_address_changed_after_picking_is_asked_and_only_what_is_here_follows(self):
        order = self.picked()
        moved = msgspec.structs.replace(self.order_data().ship_to, street="7 New Street")
        self.change(self.two_lines(), ship_to=moved)
        self.assertEqual(order.partner_shipping_id.street, "1 Main Street")
        problem = self.problems(order_id=order.id)
        self.assertNotIn("7 New Street", problem.summary)
        self.assertIn("7 New Street", problem.change_line_ids.words)
        problem.action_accept_change()
        self.assertEqual(order.partner_shipping_id.street, "7 New Street")
        self.assertEqual(order.picking_ids.partner_id.street, "7 New Street")

    def test_a_buyer_who_is_forgotten_is_gone_from_changes_too(self):
        order = self.picked()
        moved = msgspec.structs.replace(self.order_data().ship_to, street="7 New Street")
        self.change(self.two_lines(), ship_to=moved)
        order._forget("asked for")
        self.assertFalse(order.oms_change_ids.line_ids.filtered(lambda line: line.new or line.old))

    def test_a_hand_edit_is_kept_and_a_change_of_the_same_is_asked(self):
        order = self.import_orders(self.two_lines())
        order.order_line[0].product_uom_qty = 5
        self.change(self.two_lines(), service_level="express")
        self.assertEqual((self.quantities(order)["1"], order.oms_service_level), (5, "express"))
        self.change(self.two_lines(3, 1), 20)
        line = self.open_change(order).line_ids.filtered(lambda row: row.kind == "quantity_up")
        self.assertEqual((self.quantities(order)["1"], line.why), (5, "edited"))
        self.open_change(order).action_accept_all()
        self.assertEqual((self.quantities(order)["1"], order.oms_total_check), (3, "equal"))

    def test_a_quotation_somebody_worked_on_is_not_built_anew(self):
        data = self.order_data(lines=[self.order_line(sku="NEW", quantity=2, amount="20.00")], total="20.00")
        order = self.import_orders(data)
        order.order_line.price_unit = 9.0
        order.partner_shipping_id.street = "Somewhere Else 3"
        self.change(data, service_level="express")
        self.assertEqual((order.order_line.price_unit, order.oms_service_level), (9.0, "express"))
        self.assertEqual(order.partner_shipping_id.street, "Somewhere Else 3")
        self.env["sale.order"].browse(order.id).action_oms_recheck()
        self.assertEqual(order.order_line.price_unit, 9.0)

    def test_another_currency_is_never_taken_over(self):
        order = self.import_orders(self.two_lines())
        lines = tuple(msgspec.structs.replace(line, amount=money("7.00", "EUR")) for line in self.two_lines().lines)
        self.env.ref("base.EUR").active = True
        self.change(self.two_lines(), currency="EUR", lines=lines, total=money("14.00", "EUR"))
        self.assertEqual((order.currency_id.name, order.amount_total), ("USD", 30.0))
        change = self.open_change(order)
        with self.assertRaisesRegex(UserError, "cannot change its currency"):
            change.line_ids.filtered(lambda line: line.kind == "currency").action_accept()
        with self.assertRaisesRegex(UserError, "cannot change its currency"), self.env.cr.savepoint():
            change.line_ids.filtered(lambda line: line.kind == "currency").action_refuse()
            change.action_accept_all()
        change.action_refuse_all()
        self.assertEqual(order.amount_total, 30.0)
        more = (msgspec.structs.replace(lines[0], quantity=Decimal(9)), lines[1])
        self.change(self.two_lines(), 30, currency="EUR", lines=more, total=money("50.00", "EUR"))
        self.assertEqual(self.open_change(order).line_ids.mapped("why"), ["currency"])
        self.assertEqual(self.quantities(order)["1"], 2)

    def test_a_clerk_decides_and_nobody_else(self):
        order = self.picked()
        self.change(self.two_lines(1, 1))
        line = self.open_change(order).line_ids
        seller = new_test_user(self.env, "seller", groups="sales_team.group_sale_salesman_all_leads")
        with self.assertRaisesRegex(UserError, "order desk clerk"):
            line.with_user(seller).action_accept()
        clerk = new_test_user(self.env, "desk", groups="oms_core.group_oms_clerk")
        with self.assertRaises(AccessError):
            line.with_user(clerk).write({"decision": "accepted"})
        with self.assertRaisesRegex(UserError, "Accept or refuse"):
            self.problems(order_id=order.id).with_user(clerk).ignore("whatever")
        line.with_user(clerk).action_accept()
        event = order.oms_event_ids.filtered(lambda row: row.kind == "change_applied")
        self.assertEqual((event.source, event.user_id, self.quantities(order)["1"]), ("person", clerk, 1))
        self.assertEqual(line.decided_by_id, clerk)

    def test_the_panel_of_the_problem_shows_what_changed(self):
        order = self.picked()
        self.change(self.two_lines(1, 1))
        [line] = self.problems(order_id=order.id).get_panel()["fix"]["lines"]
        self.assertTrue(line["words"] and line["is_open"] and line["can_accept"])

    def test_a_state_that_flaps_needs_a_person(self):
        order = self.import_orders(self.two_lines())
        self.change(self.two_lines(), status="cancelled")
        self.assertEqual(order.state, "cancel")
        self.change(self.two_lines(), 20)
        self.assertEqual((order.state, self.problems(order_id=order.id).reason), ("cancel", "reopened"))
