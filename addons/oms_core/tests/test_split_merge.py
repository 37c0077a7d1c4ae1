from decimal import Decimal

import msgspec
from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..lib import dto
from .full_channel import FullCase


class TogetherCase(FullCase):
    """Orders of one buyer on a channel that can everything."""

    def setUp(self):
        super().setUp()
        self.channel.cancel_policy = "always"
        self.clerk = new_test_user(self.env, "together-clerk", groups="oms_core.group_oms_clerk")
        self.picker = new_test_user(self.env, "together-picker", groups="stock.group_stock_user")

    def data(self, number="100-1", first=3, second=2, **values):
        lines = [self.order_line("1", "SKU-A", first, f"{first * 10}.00")]
        if second:
            lines.append(self.order_line("2", "SKU-B", second, f"{second * 10}.00"))
        return self.order_data(number, lines=lines, total=f"{(first + second) * 10}.00", **values)

    def line(self, order, key):
        return order.order_line.filtered(lambda line: line.oms_external_line_id == key)

    def ship(self, pickings, tracking="TRACK-1"):
        pickings.carrier_tracking_ref = tracking
        pickings.move_ids.picked = True
        pickings.button_validate()
        self.assertEqual(set(pickings.mapped("state")), {"done"})

    def told(self, order, kind="shipment"):
        """Return what the channel is told of an order, ``{(its id, tracking): {line: units}}``."""
        rows = self.env["oms.outbox"].search([("order_id", "in", order.ids), ("kind", "=", kind)], order="id")
        return {
            (row.payload["order_external_id"], row.payload.get("tracking")): {
                line["external_line_id"]: Decimal(line["quantity"]) for line in row.payload.get("lines", ())
            }
            for row in rows
        }

    def quantities(self, orders):
        found = {}
        for line in orders.order_line.filtered("oms_external_line_id"):
            found[line.oms_external_line_id] = found.get(line.oms_external_line_id, 0) + line.product_uom_qty
        return found

    def free(self, product):
        return self.env["stock.quant"]._get_available_quantity(product, self.warehouse.lot_stock_id)

    def events(self, order, kind):
        return [event.summary for event in order.oms_event_ids.filtered(lambda event: event.kind == kind).sorted("id")]


@tagged("post_install", "-at_install")
class TestSplit(TogetherCase):
    """One order of the channel, sent as two."""

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.data())

    def split(self, *rows, order=None):
        order = order or self.order
        lines = [{"line_id": self.line(order, key).id, "quantity": units} for key, units in rows]
        return self.env["sale.order"].browse(order.with_user(self.clerk).oms_split(lines)["id"])

    def test_both_keep_their_stock_and_the_total_stays_the_channels(self):
        second = self.split(("1", 1), ("2", 2))
        self.assertEqual((self.order.state, second.state), ("sale", "sale"))
        self.assertEqual(self.quantities(self.order), {"1": 2, "2": 0})
        self.assertEqual(self.quantities(second), {"1": 1, "2": 2})
        self.assertEqual((self.order.oms_stock_state, second.oms_stock_state), ("reserved", "reserved"))
        self.assertEqual((self.order.amount_total, second.amount_total), (20.0, 30.0))
        self.assertEqual(self.order.oms_total_check, "equal")
        self.assertEqual((self.free(self.products[0]), self.free(self.products[1])), (97, 98))
        self.assertEqual(len(self.events(self.order, "split")), 1)
        self.assertIn(self.order.name, self.events(second, "split_from")[0])
        self.assertFalse(self.problems())

    def test_each_parcel_is_told_for_the_channels_one_order(self):
        second = self.split(("1", 1), ("2", 2))
        self.ship(second.picking_ids, "T-2")
        self.ship(self.order.picking_ids.filtered(lambda row: row.state != "cancel"), "T-1")
        self.assertEqual(self.told(second), {("100-1", "T-2"): {"1": 1, "2": 2}})
        self.assertEqual(self.told(self.order), {("100-1", "T-1"): {"1": 2}})

    def test_what_the_channel_changes_later_finds_its_lines_in_both(self):
        second = self.split(("1", 1))
        data = self.data(first=1, updated_at=self.data().updated_at.replace(hour=23))
        self.import_orders(data)
        self.assertEqual(self.quantities(self.order | second), {"1": 1, "2": 2})
        self.assertEqual(self.order.oms_total_check, "equal")
        self.assertFalse(self.problems())

    def test_cancelled_there_both_end(self):
        second = self.split(("1", 1))
        gone = msgspec.structs.replace(
            self.data(), status="cancelled", updated_at=self.data().updated_at.replace(hour=23)
        )
        self.import_orders(gone)
        self.assertEqual((self.order.state, second.state), ("cancel", "cancel"))
        self.assertFalse(self.told(self.order | second, "cancellation"))

    def test_the_second_alone_cancelled_here_names_its_lines(self):
        second = self.split(("1", 1))
        second._action_cancel()
        self.assertEqual(self.order.state, "sale")
        self.assertEqual(self.told(second, "cancellation"), {("100-1", None): {"1": 1}})

    def test_what_is_picked_stays(self):
        self.line(self.order, "1").move_ids.write({"quantity": 2, "picked": True})
        with self.assertRaisesRegex(UserError, "2 to move, and 1 are not picked"):
            self.split(("1", 2))
        second = self.split(("1", 1))
        self.assertEqual(self.quantities(second), {"1": 1})
        self.assertEqual(self.line(self.order, "1").move_ids.quantity, 2)

    def test_an_unpaid_order_can_be_split_and_is_not_doubled_by_a_new_document(self):
        unpaid = self.data("100-2", status="awaiting_payment")
        order = self.import_orders(unpaid)
        second = self.split(("1", 1), order=order)
        self.assertEqual((order.state, second.state), ("draft", "draft"))
        self.import_orders(
            msgspec.structs.replace(unpaid, status="to_ship", updated_at=unpaid.updated_at.replace(hour=23))
        )
        self.assertEqual(self.quantities(order | second), {"1": 3, "2": 2})
        self.assertEqual((order.state, order.oms_total_check), ("sale", "equal"))

    def test_a_hold_goes_with_both(self):
        self.order._put_on_hold("fraud", "Two cards")
        second = self.split(("1", 1))
        self.assertEqual(second.oms_open_hold_ids.kind, "fraud")

    def test_packs_move_whole(self):
        line = self.line(self.order, "1")
        line._write_units(Decimal(3), {"oms_units": 1.0})
        line.write({"oms_units": 3.0, "oms_quantity": 1.0})
        with self.assertRaisesRegex(UserError, "whole ones"):
            self.split(("1", 1))

    def test_what_makes_no_sense_is_refused(self):
        first, other = self.line(self.order, "1"), self.line(self.order, "2")
        for lines in (
            [],
            [{"line_id": first.id}, {"line_id": other.id}],
            [{"line_id": first.id, "quantity": 4}],
            [{"line_id": first.id, "quantity": -1}],
            [{"line_id": first.id, "quantity": "x"}],
            [{"line_id": 0, "quantity": 1}],
            [{"line_id": first.id, "quantity": 1}, {"line_id": first.id, "quantity": 1}],
        ):
            with self.subTest(lines=lines), self.assertRaises(UserError), self.env.cr.savepoint():
                self.order.with_user(self.clerk).oms_split(lines)
        self.assertFalse(self.order.oms_split_ids)
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).oms_split([{"line_id": first.id, "quantity": 1}])
        self.ship(self.order.picking_ids)
        with self.assertRaisesRegex(UserError, "cancelled or gone"):
            self.split(("1", 1))

    def test_an_order_made_by_hand_splits_into_two_that_live_alone(self):
        row = {"product_id": self.products[0].id, "product_uom_qty": 5, "price_unit": 7.0, "discount": 10.0}
        order = self.env["sale.order"].create(
            {"partner_id": self.order.partner_id.id, "order_line": [Command.create(row)]}
        )
        order.action_confirm()
        made = order.with_user(self.clerk).oms_split([{"line_id": order.order_line.id, "quantity": 2}])
        second = self.env["sale.order"].browse(made["id"])
        self.assertEqual((order.order_line.product_uom_qty, second.order_line.product_uom_qty), (3, 2))
        self.assertEqual((second.order_line.price_unit, second.order_line.discount, second.state), (7.0, 10.0, "sale"))
        order._action_cancel()
        self.assertEqual(second.state, "sale")

    def test_the_window_splits(self):
        window = self.env["oms.split"].with_user(self.clerk).with_context(default_order_id=self.order.id).create({})
        self.assertEqual(window.line_ids.mapped("movable"), [3, 2])
        window.line_ids[0].quantity = 1
        action = window.action_split()
        self.assertEqual(action["res_id"], self.order.oms_split_ids.id)


@tagged("post_install", "-at_install")
class TestMerge(TogetherCase):
    """Two orders of the channel, sent in one parcel."""

    def setUp(self):
        super().setUp()
        self.first, self.second = self.import_orders(self.data("100-1"), self.data("100-2", first=1, second=0))

    def merge(self, head=None, *others):
        head = head or self.first
        return head.with_user(self.clerk).oms_merge((others and [row.id for row in others]) or [self.second.id])

    def test_they_are_proposed_and_told_apart_from_others(self):
        elsewhere = dto.Address(
            name="Ann Buyer", street="9 Other Road", city="Seattle", state="WA", postal_code="98101", country="US"
        )
        self.import_orders(self.data("100-3", ship_to=elsewhere))
        proposals = self.env["sale.order"].with_user(self.clerk).get_merge_proposals()
        self.assertEqual([row["ids"] for row in proposals], [(self.first | self.second).ids])
        self.assertEqual((self.first.oms_merge_count, self.second.oms_merge_count), (1, 1))
        self.assertEqual(
            self.env["sale.order"].action_view_oms_proposals()["domain"], [("id", "in", (self.first | self.second).ids)]
        )
        self.merge()
        self.assertFalse(self.env["sale.order"].get_merge_proposals())

    def test_one_parcel_and_each_order_is_told_of_its_own_lines_with_one_tracking(self):
        answer = self.merge()
        self.assertEqual(answer["merged"], [{"id": self.second.id, "name": self.second.name}])
        picking = (self.first | self.second).order_line.move_ids.picking_id
        self.assertEqual((len(picking), len(picking.move_ids), picking.state), (1, 3, "assigned"))
        self.assertTrue(picking.partner_id)
        self.assertEqual((self.first.amount_total, self.second.amount_total), (50.0, 10.0))
        self.assertEqual(self.events(self.second, "merged_into"), [f"Goes in one parcel with {self.first.name}"])
        self.assertEqual(self.events(self.first, "merged"), [f"{self.second.name} go in one parcel with it"])
        self.ship(picking)
        self.assertEqual(self.told(self.first), {("100-1", "TRACK-1"): {"1": 3, "2": 2}})
        self.assertEqual(self.told(self.second), {("100-2", "TRACK-1"): {"1": 1}})
        for order in self.first | self.second:
            self.assertEqual(
                (order.delivery_status, order.oms_ship_state, order._stage()), ("full", "shipped", "shipped")
            )
            self.assertEqual(len(self.events(order, "shipped")), 1)
        self.assertEqual(self.second.order_line.qty_delivered, 1)
        found = self.env["sale.order"].with_user(self.clerk).oms_search("TRACK-1")
        self.assertEqual({hit["id"] for hit in found}, set((self.first | self.second).ids))

    def test_without_a_tracking_number_both_say_so_and_both_are_told_later(self):
        self.merge()
        picking = self.first.picking_ids
        picking.move_ids.picked = True
        picking.button_validate()
        self.assertEqual(self.problems(reason="tracking_missing").order_id, self.first | self.second)
        picking.carrier_tracking_ref = "LATE"
        self.assertEqual(self.told(self.second), {("100-2", "LATE"): {"1": 1}})
        self.assertFalse(self.problems())

    def test_one_of_two_cancelled_on_the_channel_leaves_the_other(self):
        for gone, stays in ((self.first, self.second), (self.second, self.first)):
            with self.subTest(gone=gone.oms_external_id), self.env.cr.savepoint() as point:
                self.put(self.data("100-1"), self.data("100-2", first=1, second=0))
                self.merge()
                data = self.data("100-1") if gone == self.first else self.data("100-2", first=1, second=0)
                late = data.updated_at.replace(hour=23)
                self.import_orders(msgspec.structs.replace(data, status="cancelled", updated_at=late))
                self.assertEqual((gone.state, stays.state), ("cancel", "sale"))
                self.assertEqual(set(stays.picking_ids.mapped("state")), {"assigned"})
                self.assertFalse(stays._merge_group())
                self.ship(stays.picking_ids)
                self.assertEqual(len(self.told(stays)), 1)
                self.assertFalse(self.told(gone))
                self.assertFalse(self.told(gone, "cancellation"))
                point.rollback()
                self.env.invalidate_all()

    def test_cancelled_here_its_channel_is_told_and_the_other_goes(self):
        self.merge()
        self.second.with_user(self.clerk).oms_cancel("Buyer phoned")
        self.assertEqual((self.second.state, self.first.state), ("cancel", "sale"))
        self.assertEqual(list(self.told(self.second, "cancellation")), [("100-2", None)])
        self.assertEqual(self.first.picking_ids.move_ids.mapped("state"), ["assigned", "assigned"])

    def test_a_change_of_either_finds_its_lines(self):
        self.merge()
        more = self.data("100-2", first=4, second=0)
        self.import_orders(msgspec.structs.replace(more, updated_at=more.updated_at.replace(hour=23)))
        self.assertEqual((self.quantities(self.second), self.quantities(self.first)), ({"1": 4}, {"1": 3, "2": 2}))
        picking = (
            (self.first | self.second).order_line.move_ids.filtered(lambda move: move.state != "cancel").picking_id
        )
        self.assertEqual(len(picking), 1)
        self.assertEqual(sum(picking.move_ids.mapped("product_uom_qty")), 9)
        self.ship(picking)
        self.assertEqual(self.told(self.second), {("100-2", "TRACK-1"): {"1": 4}})

    def test_an_edit_after_picking_asks_for_the_order_it_is_about(self):
        self.merge()
        self.first.picking_ids.move_ids.picked = True
        less = self.data("100-1", first=1)
        self.import_orders(msgspec.structs.replace(less, updated_at=less.updated_at.replace(hour=23)))
        self.assertEqual(self.problems(reason="changed_after_import").order_id, self.first)
        with self.assertRaisesRegex(UserError, f"{self.first.name} may not leave"), self.env.cr.savepoint():
            self.first.picking_ids.button_validate()

    def test_a_hold_of_either_stops_the_parcel(self):
        self.merge()
        self.second._put_on_hold("address", "No house number")
        self.assertEqual(self.first.picking_ids.oms_hold, "ship")
        self.assertIn("No house number", self.first.picking_ids.with_user(self.picker).oms_hold_text)
        with self.assertRaisesRegex(UserError, f"{self.second.name} may not leave"), self.env.cr.savepoint():
            self.ship(self.first.picking_ids)
        self.second._release_holds()
        self.ship(self.first.picking_ids)

    def test_another_address_takes_it_out(self):
        self.merge()
        there = dto.Address(
            name="Ann Buyer", street="9 Other Road", city="Seattle", state="WA", postal_code="98101", country="US"
        )
        data = self.data("100-2", first=1, second=0, ship_to=there)
        self.import_orders(msgspec.structs.replace(data, updated_at=data.updated_at.replace(hour=23)))
        self.assertFalse(self.second._merge_group())
        self.assertEqual(self.second.picking_ids.partner_id.street, "9 Other Road")
        self.assertEqual(self.first.picking_ids.partner_id.street, "1 Main Street")
        self.assertEqual(len(self.second.picking_ids.move_ids), 1)

    def test_they_go_apart_until_picking_begins(self):
        self.merge()
        self.second.with_user(self.clerk).oms_unmerge()
        self.assertEqual((len(self.first.picking_ids), len(self.second.picking_ids)), (1, 1))
        self.assertEqual((self.first.picking_ids.state, self.second.picking_ids.state), ("assigned", "assigned"))
        self.assertEqual(len(self.events(self.first, "unmerged")), 1)
        with self.assertRaisesRegex(UserError, "no other one"):
            self.second.with_user(self.clerk).oms_unmerge()
        self.merge()
        self.first.picking_ids.move_ids[0].picked = True
        with self.assertRaisesRegex(UserError, "has begun"):
            self.second.with_user(self.clerk).oms_unmerge()

    def test_three_go_together_and_the_first_may_leave(self):
        third = self.import_orders(self.data("100-4", first=2, second=0))
        self.merge(self.first, self.second, third)
        self.assertEqual(len((self.first | self.second | third).order_line.move_ids.picking_id), 1)
        self.first.with_user(self.clerk).oms_unmerge()
        self.assertEqual((self.second.oms_merged_ids, self.first._merge_group()), (third, self.env["sale.order"]))
        self.assertEqual(len((self.second | third).order_line.move_ids.picking_id), 1)
        self.assertNotEqual(self.first.picking_ids, self.second.picking_ids)

    def test_who_comes_second_is_told_so(self):
        self.merge()
        for head, other in ((self.first, self.second), (self.second, self.first)):
            with self.subTest(head=head.name), self.assertRaisesRegex(UserError, "together already"):
                head.with_user(self.clerk).oms_merge([other.id])

    def test_nobody_takes_an_order_away_from_those_it_goes_with(self):
        third = self.import_orders(self.data("100-4", first=2, second=0))
        self.merge()
        with self.assertRaisesRegex(UserError, "goes with another order"):
            self.merge(third, self.second)
        self.merge(third, self.first)
        self.assertEqual((self.first | self.second).oms_merged_into_id, third)
        self.assertEqual(len((self.first | self.second | third).order_line.move_ids.picking_id), 1)

    def test_what_does_not_fit_is_refused_with_the_reason(self):
        with self.assertRaises(UserError):
            self.merge(self.first, self.first)
        with self.assertRaises(UserError):
            self.first.with_user(self.clerk).oms_merge([self.second.id, 99999999])
        with self.assertRaises(AccessError):
            self.first.with_user(self.picker).oms_merge([self.second.id])
        with self.env.cr.savepoint() as point:
            self.second._put_on_hold("buyer", "Waits")
            with self.assertRaisesRegex(UserError, "on hold"):
                self.merge()
            point.rollback()
        self.env.invalidate_all()
        self.second.picking_ids.move_ids.picked = True
        with self.assertRaisesRegex(UserError, "has begun"):
            self.merge()
        self.assertFalse(self.first._merge_group())
        self.assertEqual(len(self.second.picking_ids), 1)

    def test_picked_in_steps_they_stay_together(self):
        self.warehouse.delivery_steps = "pick_ship"
        one, two = self.import_orders(self.data("100-5"), self.data("100-6", first=1, second=0))
        self.merge(one, two)
        pick = (one | two).order_line.move_ids.picking_id
        self.assertEqual(len(pick), 1)
        pick.move_ids.picked = True
        pick.button_validate()
        out = (one | two).order_line.move_ids.picking_id - pick
        self.assertEqual(len(out), 1)
        self.ship(out)
        self.assertEqual(self.told(two), {("100-6", "TRACK-1"): {"1": 1}})

    def test_the_window_puts_together(self):
        window = self.env["oms.merge"].with_user(self.clerk).with_context(default_order_id=self.first.id).create({})
        self.assertEqual(window.line_ids.order_id, self.second)
        window.action_merge()
        self.assertEqual(self.second.oms_merged_into_id, self.first)
