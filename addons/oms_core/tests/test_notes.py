from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OmsCase
from .screen_users import add_desk_users


@tagged("post_install", "-at_install")
class TestNotes(OmsCase):
    """Notes reach whom they are for, are read where they must be, and are never lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_desk_users(cls)

    def setUp(self):
        super().setUp()
        self.order = self.import_orders(self.order_data())
        self.transfer = self.order.picking_ids

    def add(self, text="Two boxes", audience="packer", **options):
        ids = self.order.with_user(self.clerk).oms_add_note(text, audience, **options)
        return self.env["oms.order.note"].browse(ids)

    def kinds(self):
        return self.order.oms_event_ids.filtered(lambda event: event.kind.startswith("note")).mapped("kind")

    # === WRITING ===

    def test_a_note_is_added_and_told(self):
        note = self.add("  Two boxes ", ["Packer", "label"], must_confirm=True)
        self.assertEqual((note.text, note.audience, note.state), ("Two boxes", "Packer, Label", "open"))
        self.assertEqual((note.source, note.author), ("person", self.clerk.name))
        event = self.order.oms_event_ids[0]
        self.assertEqual((event.kind, event.source, event.actor), ("note", "person", self.clerk.name))
        self.assertNotIn("boxes", str(event.params), "a timeline cannot be shortened: no words in it")

    def test_what_is_no_note_is_refused_and_nothing_is_kept(self):
        for text, audience in (("", "office"), ("  ", "office"), ("x", "boss"), ("x", []), ("x", None), ("x", [""])):
            with self.subTest(text=text, audience=audience), self.assertRaises(UserError):
                self.add(text, audience)
        self.assertFalse(self.order.oms_note_ids)
        with self.assertRaises(UserError):
            self.env["oms.order.note"].with_user(self.clerk).create(
                {"order_id": self.order.id, "text": "x", "for_office": True, "author": "Somebody else"}
            )

    def test_one_that_was_read_stays_and_one_taken_back_is_withdrawn(self):
        note, other = self.add(must_confirm=True), self.add("Other", "office")
        other.with_user(self.clerk).write({"text": "Other words", "for_packer": True})
        self.assertEqual(other.text, "Other words")
        note.with_user(self.picker).confirm()
        self.assertEqual((note.state, note.confirmed_by_id), ("confirmed", self.picker))
        for vals in ({"text": "x"}, {"must_confirm": False}, {"confirmed_at": False}, {"for_office": True}):
            with self.assertRaises(UserError):
                note.with_user(self.clerk).write(vals)
        first = note.confirmed_at
        note.with_user(self.clerk).confirm()
        self.assertEqual((note.confirmed_at, note.confirmed_by_id), (first, self.picker))
        note.with_user(self.clerk).unlink()
        self.assertEqual((note.exists(), note.state), (note, "withdrawn"))
        with self.assertRaises(UserError):
            note.with_user(self.picker).confirm()
        self.assertEqual(self.kinds(), ["note_withdrawn", "note_confirmed", "note_changed", "note", "note"])

    def test_the_warehouse_reads_what_is_meant_for_it(self):
        office, packer = self.add("Ask for the tax number", "office"), self.add()
        notes = self.env["oms.order.note"].with_user(self.picker)
        self.assertEqual(notes.search([("order_id", "=", self.order.id)]), packer)
        with self.assertRaises(AccessError):
            office.with_user(self.picker).read(["text"])
        for act in (lambda: packer.with_user(self.picker).write({"text": "x"}), packer.with_user(self.picker).withdraw):
            with self.assertRaises(AccessError):
                act()
        mine = notes.browse(self.order.with_user(self.picker).oms_add_note("Shelf is empty", "office"))
        self.assertEqual(mine.author, self.picker.name)
        self.assertIn(mine, office.search([("order_id", "=", self.order.id)]))

    def test_nobody_else_and_no_other_company(self):
        note = self.add()
        employee = new_test_user(self.env, "note_employee", groups="base.group_user")
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "note_stranger",
            groups="oms_core.group_oms_manager",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        for user in (employee, stranger):
            with self.assertRaises(AccessError):
                note.with_user(user).read(["text"])
            with self.assertRaises(AccessError):
                note.with_user(user).confirm()
            with self.assertRaises(AccessError):
                self.order.with_user(user).oms_add_note("x")

    # === READ BEFORE IT GOES ON ===

    def test_a_transfer_waits_until_its_note_was_read(self):
        note = self.add("Gas label on two sides", must_confirm=True)
        self.add("Not to be confirmed", "packer")
        transfer = self.transfer.with_user(self.picker)
        self.assertEqual(transfer.oms_note_ids.mapped("text"), ["Gas label on two sides", "Not to be confirmed"])
        with self.assertRaisesRegex(UserError, "Gas label on two sides"):
            transfer.button_validate()
        with self.assertRaisesRegex(UserError, "Gas label"):
            transfer._action_done()
        self.assertEqual(transfer.state, "assigned")
        answer = transfer.with_context(oms_shows_notes=True).button_validate()
        window = self.env[answer["res_model"]].with_user(self.picker).browse(answer["res_id"])
        self.assertEqual(window.note_ids, note)
        self.assertIs(window.action_confirm(), True)
        self.assertEqual((transfer.state, note.state, note.confirmed_by_id), ("done", "confirmed", self.picker))
        self.assertIn("note_confirmed", self.kinds())

    def test_confirmed_over_the_api(self):
        note = self.add(must_confirm=True)
        self.assertIs(note.with_user(self.picker).confirm(), True)
        self.assertIs(self.transfer.with_user(self.picker).button_validate(), True)

    def test_a_note_for_the_office_or_a_withdrawn_one_stops_nothing(self):
        self.add("x", "office", must_confirm=True)
        self.add("y", "packer", must_confirm=True).with_user(self.clerk).withdraw()
        self.assertIs(self.transfer.with_user(self.picker).button_validate(), True)

    def test_each_step_reads_its_own(self):
        self.warehouse.delivery_steps = "pick_pack_ship"
        self.order = self.import_orders(self.order_data("100-2"))
        notes = {who: self.add(f"For {who}", who, must_confirm=True) for who in ("picker", "packer", "label")}
        for who in ("picker", "packer", "label"):
            transfer = self.order.picking_ids.filtered(lambda row: row.state not in ("done", "cancel"))
            transfer = transfer.with_user(self.picker)
            self.assertEqual(transfer._unread_notes(), notes[who], who)
            with self.assertRaisesRegex(UserError, f"For {who}"):
                transfer.button_validate()
            notes[who].with_user(self.picker).confirm()
            self.assertIs(transfer.button_validate(), True)

    # === WHAT BUYERS WRITE ===

    def test_a_buyers_words_are_kept_by_what_they_are(self):
        data = self.order_data(
            "100-3", buyer_note="Ring twice", gift_note="Cheers", delivery_note="Reception", note="IOSS 1"
        )
        order = self.import_orders(data)
        found = {note.kind: (note.text, note.audience, note.source) for note in order.oms_note_ids}
        self.assertEqual(
            found,
            {
                "message": ("Ring twice", "Office, Packer, Label", "buyer"),
                "gift": ("Cheers", "Packer", "buyer"),
                "delivery": ("Reception", "Packer, Label", "buyer"),
                "note": ("IOSS 1", "Packer, Label", "channel"),
            },
        )
        self.assertEqual(len(order.picking_ids.with_user(self.picker).oms_note_ids), 4)
        self.import_orders(data)
        self.assertEqual(len(order.oms_note_ids), 4, "the same again is nothing new")
        with self.assertRaises(UserError):
            order.oms_note_ids[0].with_user(self.clerk).write({"text": "x"})

    def test_a_buyer_who_writes_something_else_is_heard(self):
        values = {"buyer_note": "Ring twice", "updated_at": self.order_data().updated_at}
        order = self.import_orders(self.order_data("100-4", **values))
        later = self.order_data("100-4", buyer_note="Ring once").updated_at.replace(minute=59)
        self.import_orders(self.order_data("100-4", buyer_note="Ring once", updated_at=later))
        told = {note.text: note.state for note in order.oms_note_ids}
        self.assertEqual(told, {"Ring twice": "withdrawn", "Ring once": "plain"})

    def test_a_buyer_who_is_forgotten_is_not_quoted(self):
        order = self.import_orders(self.order_data("100-5", buyer_note="Ring twice at Ann's"))
        order._forget("the buyer asked for it")
        self.assertNotIn("Ann", "".join(order.oms_note_ids.mapped("text")))

    def test_gift_texts_of_lines_are_shown_where_the_parcel_is_packed(self):
        line = self.order_line(gift_message="For Bob", gift_wrap="Red paper")
        order = self.import_orders(self.order_data("100-6", lines=[line]))
        self.assertIn("For Bob", order.picking_ids.with_user(self.picker).oms_gift_note)
