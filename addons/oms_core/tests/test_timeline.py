import csv
import io
from datetime import datetime, timezone
from decimal import Decimal

from odoo import SUPERUSER_ID
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from ..lib import dto
from .common import OmsCase
from .screen_users import add_desk_users


@tagged("post_install", "-at_install")
class TestTimeline(OmsCase):
    """The timeline tells everything, and nobody changes it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_desk_users(cls)
        cls.carrier = cls.env.ref("delivery.free_delivery_carrier")

    def setUp(self):
        super().setUp()
        lines = [self.order_line("1", "SKU-A", 3, "30.00"), self.order_line("2", "SKU-B", 1, "5.00")]
        self.order = self.import_orders(self.order_data(total="35.00", lines=lines))

    def events(self, kind, order=None):
        return (order or self.order).oms_event_ids.filtered(lambda event: event.kind == kind)

    def told(self, kind, order=None):
        return self.events(kind, order).mapped("summary")

    # === APPEND ONLY ===

    def test_nobody_of_any_group_changes_it(self):
        """Each group of the database by itself, the administrator, and the system as the ORM knows it."""
        event = self.order.oms_event_ids[0]
        kept = event.read()
        user = new_test_user(self.env, "any_group")
        for group in self.env["res.groups"].search([]):
            kind = self.env.ref("base.group_user")
            others = self.env.ref("base.group_portal") | self.env.ref("base.group_public")
            user.group_ids = group if group in others or kind in group.all_implied_ids else group | kind
            self.refuse_all(event.with_user(user), group.full_name)
        for login in (self.env.ref("base.user_admin").id, SUPERUSER_ID):
            self.refuse_all(event.with_user(login), login)
        self.refuse_all(event.sudo(), "sudo")
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(event.read(), kept)

    def refuse_all(self, event, who):
        vals = {"order_id": self.order.id, "kind": "confirmed", "source": "person"}
        ways = {
            "write": lambda: event.write({"kind": "confirmed"}),
            "assign": lambda: event._fields["kind"].__set__(event, "cancelled"),
            "unlink": event.unlink,
            "create": lambda: event.create(vals),
            "copy": event.copy,
            "web_save": lambda: event.web_save({"kind": "confirmed"}, {"kind": {}}),
        }
        for name, way in ways.items():
            with self.subTest(who=who, way=name), self.assertRaises(AccessError), self.env.cr.savepoint():
                way()
                self.env.flush_all()
        found = event.load(["order_id/.id", "kind"], [[str(self.order.id), "Confirmed"]]) if who == "sudo" else None
        self.assertFalse(found and found["ids"])

    def test_an_order_with_a_history_is_kept(self):
        order = self.env["sale.order"].create({"partner_id": self.order.partner_id.id})
        order.copy().unlink()
        order.with_user(self.clerk).oms_add_note("x")
        with self.assertRaisesRegex(UserError, "history"):
            order.unlink()

    # === WHAT PEOPLE CHANGE ===

    def test_what_people_change_is_told_with_before_and_after(self):
        order = self.order.with_user(self.clerk)
        line = order.order_line[0]
        order.write({"client_order_ref": "PO-7", "carrier_id": self.carrier.id})
        line.write({"price_unit": 12.5, "product_uom_qty": 4})
        told = self.told("edited")
        self.assertIn("Customer Reference: 100-1 → PO-7", told)
        self.assertIn(f"Delivery Method: – → {self.carrier.name}", told)
        self.assertIn("Unit Price of SKU-A: 10 → 12.5", told)
        self.assertIn("Quantity of SKU-A: 3 → 4", told)
        self.assertEqual(set(self.events("edited").mapped("actor")), {self.clerk.name})
        self.assertEqual(set(self.events("edited").mapped("source")), {"person"})

    def test_what_stays_the_same_is_not_told(self):
        before = len(self.order.oms_event_ids)
        self.order.with_user(self.clerk).write({"client_order_ref": self.order.client_order_ref})
        self.assertEqual(len(self.order.oms_event_ids), before)

    def test_an_address_is_told_of_and_not_repeated(self):
        self.order.partner_id.with_user(self.manager).write({"street": "2 Secret Street", "phone": "1"})
        other = self.env["res.partner"].create({"name": "Somebody Else"})
        self.order.with_user(self.clerk).partner_invoice_id = other
        events = self.events("address_edited")
        self.assertIn("Street, Phone changed", events.mapped("summary"))
        self.assertIn("Invoice Address changed", events.mapped("summary"))
        self.assertNotRegex(str(events.mapped("params")), "Secret|Somebody")

    def test_lines_added_and_taken_off(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.products[0].id, "product_uom_qty": 1})],
            }
        )
        self.assertFalse(order.oms_event_ids, "an order is composed before it has a history")
        order.with_user(self.manager).action_confirm()
        line = order.with_user(self.manager).order_line.create(
            {"order_id": order.id, "product_id": self.products[1].id, "product_uom_qty": 2, "price_unit": 3}
        )
        self.assertIn("2 × SKU-B", self.told("line_added", order)[0])
        line.write({"product_uom_qty": 5})
        self.assertIn("Quantity of SKU-B: 2 → 5", self.told("edited", order))

    def test_the_channel_and_the_system_are_not_people(self):
        self.order.order_line[0].sudo().price_unit = 11
        self.order.with_user(self.clerk).sudo().client_order_ref = "x"
        self.assertFalse(self.events("edited"))

    # === THE WAREHOUSE ===

    def test_who_picked_what_from_where(self):
        transfer = self.order.picking_ids.with_user(self.picker)
        transfer.move_ids.filtered(lambda move: move.product_id == self.products[0]).quantity = 2
        transfer.move_ids.picked = True
        transfer.carrier_tracking_ref = "T-1"
        transfer.with_context(skip_backorder=True).button_validate()
        place = self.warehouse.lot_stock_id.complete_name
        self.assertEqual(self.told("pick_short"), [f"2 of 3 × SKU-A from {place}"])
        self.assertEqual(self.told("pick_line"), [f"1 × SKU-B from {place}"])
        self.assertEqual(self.events("pick_line").actor, self.picker.name)
        self.assertIn("3 units, 1 parcels", self.told("packed")[0])
        self.assertEqual(self.told("tracking_set"), [f"{transfer.name}: – → T-1"])
        rest = self.order.picking_ids - transfer
        rest.with_user(self.picker).do_unreserve()
        self.assertEqual(len(self.events("unreserved")), 1)

    def test_three_steps_are_told_once_each(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        order = self.import_orders(self.order_data("100-2"))
        for _step in range(3):
            transfer = order.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
            transfer.with_user(self.picker).button_validate()
        kinds = order.oms_event_ids.mapped("kind")
        self.assertEqual([kinds.count(kind) for kind in ("pick_line", "packed", "shipped")], [1, 1, 1])

    def test_an_order_without_a_channel_has_a_history_too(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.products[0].id, "product_uom_qty": 1})],
            }
        )
        order.with_user(self.manager).action_confirm()
        order.picking_ids.with_user(self.picker).button_validate()
        kinds = set(order.oms_event_ids.mapped("kind"))
        self.assertLessEqual({"confirmed", "reserved", "pick_line", "packed", "shipped"}, kinds)

    # === MONEY AND MESSAGES ===

    def test_invoices_and_credit_notes(self):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.order.partner_id.id,
                "order_line": [(0, 0, {"product_id": self.products[0].id, "product_uom_qty": 1, "price_unit": 10})],
            }
        )
        order.action_confirm()
        order.order_line.qty_delivered = 1
        invoice = order._create_invoices()
        invoice.action_post()
        self.assertIn(invoice.name, self.told("invoice_posted", order)[0])
        reversal = self.env["account.move.reversal"].create(
            {"move_ids": invoice.ids, "journal_id": invoice.journal_id.id}
        )
        note = self.env["account.move"].browse(reversal.reverse_moves()["res_id"])
        note.action_post()
        self.assertIn(note.name, self.told("credit_note_posted", order)[0])

    def test_messages_are_referred_to(self):
        order = self.order.with_user(self.clerk)
        order.message_post(body="Your parcel is late", message_type="comment", subtype_xmlid="mail.mt_comment")
        order.message_post(body="Among ourselves", message_type="comment", subtype_xmlid="mail.mt_note")
        self.order.message_post(body="Where is it?", message_type="email", author_id=self.order.partner_id.id)
        self.assertEqual((len(self.events("message_out")), len(self.events("message_in"))), (1, 1))
        self.assertEqual(self.events("message_out").actor, self.clerk.name)
        self.assertNotRegex(str(self.order.oms_event_ids.mapped("params")), "late|Where")

    # === READING ===

    def test_filters_count_and_show_the_same(self):
        order = self.order.with_user(self.clerk)
        order.client_order_ref = "PO-8"
        order.oms_add_note("x")
        counts = order.count_oms_timeline()
        self.assertEqual(counts["all"], len(order.oms_event_ids))
        self.assertGreaterEqual(counts["people"], 2)
        for group in ("people", "money", "stock", "channel", "rules"):
            self.assertEqual(len(order.get_oms_timeline(limit=500, group=group)), counts[group], group)
        with self.assertRaisesRegex(UserError, "people"):
            order.get_oms_timeline(group="nonsense")

    def test_a_note_is_told_with_its_words_as_they_are_now(self):
        ids = self.order.with_user(self.clerk).oms_add_note("Two boxes", "packer")
        newest = self.order.with_user(self.clerk).get_oms_timeline(limit=1)[0]
        self.assertEqual((newest["kind"], newest["summary"]), ("note", "For Packer: Two boxes"))
        self.env["oms.order.note"].browse(ids).sudo().text = "Removed"
        self.assertEqual(
            self.order.with_user(self.clerk).get_oms_timeline(limit=1)[0]["summary"], "For Packer: Removed"
        )

    def test_the_timeline_as_a_file(self):
        order = self.order.with_user(self.clerk)
        order.client_order_ref = '=HYPERLINK("x")'
        order.oms_add_note("=1+1")
        rows = list(csv.reader(io.StringIO(order.export_oms_timeline())))
        self.assertEqual(rows[0], ["When (UTC)", "What happened", "In words", "From", "Who"])
        self.assertEqual(len(rows) - 1, len(order.oms_event_ids))
        self.assertEqual(rows[1][1], "Imported")
        self.assertEqual(rows[-1][4], self.clerk.name)
        self.assertFalse([cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))])
        for method in ("export_oms_timeline", "count_oms_timeline", "get_oms_timeline"):
            with self.assertRaises(AccessError):
                getattr(self.order.with_user(self.picker), method)()

    def test_written_in_one_statement(self):
        orders = self.import_orders(*(self.order_data(f"200-{number}") for number in range(5)))
        entries = [(order, "note", {"audience": "x"}) for order in orders]
        with self.assertQueryCount(1):
            self.env["oms.order.event"]._log(entries)

    # === SCENARIO 10 ===

    def test_scenario_10_the_timeline_of_a_shipped_order(self):
        """Mission 5b A, scenario 10: imported, paid (when, amount, gateway), tags, where it ships from, each pick
        (who, when, bin), packed, label and tracking number, told to the channel; and "people only".

        The wave (``oms_warehouse``), the carrier's tracking events and the label's cost from a carrier's account
        (``oms_carrier``) and runs of rules are told by their addons once they are there; the cost is tested with a
        carrier that answers at once.
        """
        paid = dto.Payment(
            amount=dto.Money(amount=Decimal("10.00"), currency="USD"),
            method="Card",
            external_id="ch_7Q21",
            paid_at=datetime(2026, 11, 23, 11, 0, tzinfo=timezone.utc),
        )
        self.channel.is_shipment_pushed = True
        order = self.import_orders(self.order_data("100-10", payments=(paid,)))
        gift = self.env["oms.tag"].create({"name": "Gift"})
        order.with_user(self.clerk).oms_change_tags(add=gift.ids)
        transfer = order.picking_ids.with_user(self.picker)
        transfer.carrier_id = self.carrier
        label = {"exact_price": 4.9, "tracking_number": "T-10"}
        self.patch(self.env.registry["delivery.carrier"], "send_shipping", lambda *_args: [label])
        transfer.send_to_shipper()
        transfer.button_validate()
        kinds = [event["kind"] for event in reversed(order.with_user(self.clerk).get_oms_timeline(limit=500))]
        wanted = ["imported", "payment_captured", "confirmed", "reserved", "tagged", "label_bought", "pick_line"]
        wanted += ["packed", "shipped"]
        self.assertEqual([kind for kind in kinds if kind in wanted], wanted)
        [payment] = self.told("payment_captured", order)
        for word in ("10.00", "Card", "ch_7Q21"):
            self.assertIn(word, payment)
        self.assertEqual(self.events("payment_captured", order).params["at"], "2026-11-23 11:00:00")
        self.assertIn("T-10 for $ 4.90", self.told("label_bought", order)[0].replace("\xa0", " "))
        self.assertNotIn("4.90", "".join(transfer.message_ids.mapped("body")), "the warehouse reads these")
        self.assertEqual(order.oms_outbox_ids.mapped("kind"), ["shipment"], "told to the channel once it is sent")
        pick = self.events("pick_line", order)
        self.assertEqual((pick.actor, bool(pick.at)), (self.picker.name, True))
        self.assertIn(self.warehouse.lot_stock_id.complete_name, pick.summary)
        people = order.with_user(self.clerk).get_oms_timeline(limit=500, group="people")
        self.assertEqual({row["actor"] for row in people}, {self.clerk.name, self.picker.name})
        self.assertNotIn("imported", {row["kind"] for row in people})
