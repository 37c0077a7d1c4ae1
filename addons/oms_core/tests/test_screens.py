from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import OmsCase


class ScreenCase(OmsCase):
    """Users as the shop has them, and the words of the shop in their products."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk_groups = "base.group_user,oms_core.group_oms_clerk,stock.group_stock_user"
        cls.clerk = new_test_user(cls.env, "desk_clerk", groups=clerk_groups)
        cls.manager = new_test_user(cls.env, "desk_manager", groups="base.group_user,oms_core.group_oms_manager")
        cls.sock, cls.stove = cls.env["product.product"].create(
            [
                {"name": "Merino socks M, grey", "default_code": "SK-MER-M-GRY", "is_storable": True},
                {"name": "Gas stove compact", "default_code": "ST-GAS-C", "is_storable": True},
            ]
        )
        cls.env["stock.quant"]._update_available_quantity(cls.sock, cls.warehouse.lot_stock_id, 100)

    def unlinked_order(self, number="100-1"):
        line = self.order_line(sku="FW-MER-M-GR")
        return self.import_orders(self.order_data(number, lines=[line]))


@tagged("post_install", "-at_install")
class TestScreenFacts(ScreenCase):
    """What the screens show is what the lists behind it hold."""

    def test_every_number_of_a_card_counts_the_list_it_opens(self):
        self.import_orders(
            self.order_data("100-1", lines=[self.order_line(sku="NEW")]),
            self.order_data("100-2"),
        )
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 5)
        self.channel._refresh_targets(self.channel.listing_ids.filtered("product_id"))
        waiting = {state.entity: state.waiting_count for state in self.channel.state_ids}
        self.assertEqual((waiting["stock"], self.channel.unmapped_count, self.channel.exception_count), (1, 1, 1))
        for count, action in (
            (self.channel.order_count, self.channel.action_view_orders()),
            (self.channel.order_today_count, self.channel.action_view_orders_today()),
            (self.channel.unmapped_count, self.channel.action_view_unlinked()),
            (self.channel.outbox_count, self.channel.action_view_unsent()),
            (self.channel.quarantine_count, self.channel.action_view_unreadable()),
            (waiting["stock"], self.channel.action_view_stale()),
            (waiting["orders"], self.channel.action_view_unread()),
        ):
            with self.subTest(action=action["name"], domain=action["domain"]):
                self.assertEqual(self.env[action["res_model"]].search_count(action["domain"]), count)

    def test_an_empty_list_says_what_the_reader_can_do(self):
        channels = self.env["oms.channel"]
        self.assertIn("manager", channels.with_user(self.clerk).get_empty_list_help("<p>Connect</p>"))
        self.assertNotIn("Apps", channels.with_user(self.manager).get_empty_list_help("<p>Connect</p>"))
        self.assertIn("Apps", channels.with_user(self.env.ref("base.user_admin")).get_empty_list_help("<p>Connect</p>"))
        self.problems(order_id=self.unlinked_order().id).link_sku(self.sock.id)
        words = self.env["oms.exception"].with_user(self.clerk).get_empty_list_help("<p>Nothing</p>")
        self.assertIn("Solved today: 1. The newest order came in at", words)

    def test_kinds_of_problems_come_worst_first(self):
        found = self.env["oms.exception"]._expand_reasons({"stock_short", "unmapped_sku", "signed_out"}, [])
        self.assertEqual(found, ["signed_out", "unmapped_sku", "stock_short"])

    def test_the_fix_proposes_what_looks_alike(self):
        problem = self.problems(order_id=self.unlinked_order().id)
        facts = problem.with_user(self.clerk).get_fix_facts()
        self.assertEqual(facts["title"], "Title FW-MER-M-GR")
        self.assertEqual([candidate["id"] for candidate in facts["candidates"]], self.sock.ids)
        self.assertEqual((facts["candidates"][0]["free"], facts["candidates"][0]["is_sure"]), ("100", False))

    def test_only_an_equal_reference_or_barcode_is_sure(self):
        problem = self.problems(order_id=self.unlinked_order().id)
        self.stove.barcode = "FW-MER-M-GR"
        facts = problem.get_fix_facts()
        self.assertEqual(
            [(candidate["id"], candidate["is_sure"]) for candidate in facts["candidates"]],
            [(self.stove.id, True), (self.sock.id, False)],
        )

    def test_a_product_that_is_not_sold_is_never_proposed(self):
        self.sock.sale_ok = False
        self.assertFalse(self.env["product.product"]._oms_candidates("SK-MER-M-GRY", "Merino socks M, grey"))
        self.assertFalse(self.env["product.product"]._oms_candidates(False, False))

    def test_ignoring_needs_a_reason_that_stays_on_the_timeline(self):
        order = self.import_orders(self.order_data(total="55.00"))
        problem = self.problems(order_id=order.id, reason="total_differs").with_user(self.clerk)
        with self.assertRaises(UserError):
            problem.ignore("  ")
        action = problem.action_ask_ignore()
        wizard = Form(self.env[action["res_model"]].with_user(self.clerk).with_context(**action["context"]))
        wizard.reason = "The buyer was told on the phone"
        wizard.save().action_ignore()
        self.assertEqual((problem.state, order.oms_hold), ("ignored", False))
        event = order.oms_event_ids.filtered(lambda event: event.kind == "exception_ignored")
        self.assertIn("The buyer was told on the phone", event.summary)
        self.assertEqual(event.actor, self.clerk.name)

    def test_the_timeline_can_be_read_by_source_and_page(self):
        order = self.import_orders(self.order_data(total="55.00"))
        newest, *older = order.get_oms_timeline()
        self.assertEqual(order.get_oms_timeline(before_id=newest["id"]), older)
        self.assertEqual({event["source"] for event in order.get_oms_timeline(source="channel")}, {"channel"})
        self.assertEqual(older[-1]["title"], "Imported")

    def test_gift_words_of_all_lines_are_one_note(self):
        lines = [
            self.order_line("1", amount="5.00", gift_message="Happy birthday"),
            self.order_line("2", sku="SKU-B", amount="5.00", gift_wrap="Blue paper"),
        ]
        order = self.import_orders(self.order_data(lines=lines))
        self.assertEqual(order.oms_gift_note, "Title SKU-A: “Happy birthday”\nTitle SKU-B: gift wrap: Blue paper")

    def test_a_problem_opens_where_it_is_mended(self):
        order = self.import_orders(self.order_data(ship_to=None))
        problem = self.problems(order_id=order.id, reason="address_incomplete")
        action = problem.action_open_place()
        self.assertEqual((action["res_model"], action["res_id"]), ("res.partner", order.partner_shipping_id.id))
        problem = self.env["oms.exception"]._open_problems(
            [{"reason": "unmapped_tax", "order_id": order.id, "cause": "US", "params": {"country": "US"}}]
        )
        action = problem.action_open_place()
        self.assertEqual((action["res_model"], action["res_id"]), ("oms.channel", self.channel.id))

    def test_a_single_problem_opens_with_its_fix(self):
        order = self.unlinked_order()
        action = order.action_view_oms_problems()
        self.assertEqual((action["res_id"], action["view_mode"]), (self.problems(order_id=order.id).id, "form"))

    def test_those_who_may_not_see_problems_can_still_open_order_and_transfer(self):
        order = self.import_orders(self.order_data(total="55.00"))
        accountant = new_test_user(self.env, "books", groups="base.group_user,account.group_account_readonly")
        picker = new_test_user(self.env, "picker", groups="base.group_user,stock.group_stock_user")
        self.assertEqual(Form(order.with_user(accountant)).name, order.name)
        transfer = Form(order.picking_ids.with_user(picker))
        self.assertEqual(transfer.oms_hold, "ship")
        self.assertEqual(transfer.oms_hold_text, "The totals of Memory and here differ.")  # without the amounts
        self.assertIn("55.00", order.oms_hold_text)


@tagged("post_install", "-at_install")
class TestScreenTours(HttpCase, ScreenCase):
    """The desk in a real browser."""

    def test_channel_cards(self):
        signed_out = self.channel.copy({"name": "Second memory"})
        signed_out.state = "live"
        signed_out._sign_out("The channel signed us out.")
        self.start_tour("/odoo/oms-channels", "oms_channel_cards", login=self.manager.login)
        jobs = self.env["queue.job"].search(
            [("model_name", "=", "oms.channel"), ("method_name", "=", "_job_fetch_orders")]
        )
        self.assertIn(self.channel, [job.records for job in jobs])

    def test_link_an_sku_in_place(self):
        first, second = self.unlinked_order("100-1"), self.unlinked_order("100-2")
        self.assertEqual(set((first | second).mapped("oms_hold")), {"confirm"})
        self.start_tour("/odoo/oms-exceptions", "oms_link_sku", login=self.clerk.login)
        self.assertEqual(set((first | second).mapped("state")), {"sale"})
        self.assertEqual((first | second).order_line.product_id, self.sock)

    def test_order_timeline(self):
        order = self.import_orders(self.order_data(total="55.00"))
        order.with_user(self.clerk).oms_tag_ids = [Command.create({"name": "Repeat"})]
        self.start_tour("/odoo/oms-orders", "oms_order_timeline", login=self.clerk.login)
        self.assertEqual(self.problems(order_id=order.id).ids, [])

    def test_tag_many_orders_at_once(self):
        first, second = self.import_orders(self.order_data()), self.import_orders(self.order_data("100-2"))
        second.oms_tag_ids = rush = self.env["oms.tag"].create({"name": "Rush"})
        self.start_tour("/odoo/oms-orders", "oms_tag_many", login=self.clerk.login)
        self.assertEqual(first.oms_tag_ids, rush)

    def test_link_a_listing_in_the_list(self):
        order = self.unlinked_order()
        self.start_tour("/odoo/oms-listings", "oms_link_listing", login=self.clerk.login)
        self.assertEqual(order.state, "sale")
