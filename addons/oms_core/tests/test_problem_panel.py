from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import HttpCase, new_test_user, tagged

from .test_screens import ScreenCase

BUYER = ("Ann Buyer", "Ann", "Buyer", "100-1@example.com", "206 555 0100", "1 Main Street", "98101", "Seattle")


@tagged("post_install", "-at_install")
class TestPanel(ScreenCase):
    """What the side panel shows, and what its buttons do."""

    def differing(self):
        order = self.import_orders(self.order_data(total="55.00"))
        return order, self.problems(order_id=order.id, reason="total_differs").with_user(self.clerk)

    def test_one_read_tells_what_is_so_and_what_can_be_done(self):
        order, problem = self.differing()
        panel = problem.get_panel()
        self.assertEqual((panel["order"]["name"], panel["channel"]["name"]), (order.name, "Memory"))
        self.assertEqual([button["method"] for button in panel["buttons"]], ["action_retry", "action_accept"])
        self.assertTrue(panel["can_work"] and panel["has_exchange"])
        [row] = panel["fix"]["rows"]
        self.assertEqual((row["theirs"], row["ours"], row["differs"]), ("$\xa010.00", "$\xa010.00", False))
        self.assertEqual((panel["fix"]["theirs"], panel["fix"]["difference"]), ("$\xa055.00", "$\xa045.00"))
        self.assertIn("Order 100-1 imported", panel["happened"][0]["text"])

    def test_those_who_only_read_get_no_buttons_and_no_facts(self):
        _order, problem = self.differing()
        picker = new_test_user(self.env, "panel_picker", groups="base.group_user,stock.group_stock_user")
        seller = new_test_user(
            self.env, "panel_seller", groups="base.group_user,sales_team.group_sale_salesman_all_leads"
        )
        for user in (picker, seller):
            panel = problem.with_user(user).get_panel()
            self.assertFalse(panel["fix"] or panel["can_work"] or panel["has_exchange"])
            self.assertFalse([row for row in panel["buttons"] if row["method"] != "action_open_order"])
            for method, arguments in (
                ("get_exchange", ()),
                ("assign", (user.id,)),
                ("action_accept_rounding", ()),
                ("get_assignees", ()),
            ):
                with self.assertRaises(UserError):
                    getattr(problem.with_user(user), method)(*arguments)
        visitor = new_test_user(self.env, "panel_visitor", groups="base.group_user")
        with self.assertRaises(AccessError):
            problem.with_user(visitor).get_panel()

    def test_request_and_answer_name_no_buyer_and_no_secret(self):
        order, problem = self.differing()
        came = problem.get_exchange()
        self.assertEqual(came["request"], "")
        self.assertIn('"external_number": "100-1"', came["answer"].replace("***", "100-1"))
        for word in BUYER:
            self.assertNotIn(word, came["answer"])
        row = self.env["oms.outbox"].create(
            {
                "channel_id": self.channel.id,
                "kind": "shipment",
                "key": "k",
                "order_id": order.id,
                "state": "dead",
                "payload": {"tracking": "JD014600", "carrier_name": "DHL", "note": "for Ann Buyer"},
                "answer": "Address of ANN BUYER, 1 Main Street refused, token=Kanarie7SECRETvalueXYZ42, 206 555 0100",
            }
        )
        row._conclude()
        refused = self.problems(outbox_id=row.id).with_user(self.clerk)
        came = refused.get_exchange()
        self.assertIn('"tracking": "JD014600"', came["request"])
        self.assertIn("refused", came["answer"])
        for word in (*BUYER, "ANN BUYER", "Kanarie7SECRETvalueXYZ42"):
            self.assertNotIn(word, came["request"] + came["answer"], word)
        happened = " ".join(line["text"] for line in refused.get_panel()["happened"] if "Last answer" in line["text"])
        self.assertNotIn("Buyer", happened)

    def test_a_problem_is_given_to_any_clerk_and_to_nobody_else(self):
        order, problem = self.differing()
        picker = new_test_user(self.env, "panel_picker2", groups="base.group_user,stock.group_stock_user")
        names = {row["id"] for row in problem.get_assignees()}
        self.assertLessEqual({self.clerk.id, self.manager.id}, names)
        self.assertNotIn(picker.id, names)
        problem.assign(self.manager.id)
        self.assertEqual(problem.user_id, self.manager)
        event = order.oms_event_ids.filtered(lambda row: row.kind == "exception_assigned")
        self.assertEqual((event.source, event.user_id), ("person", self.clerk))
        self.assertIn(self.manager.name, event.summary)
        with self.assertRaises(UserError):
            problem.assign(picker.id)
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "panel_stranger",
            groups="base.group_user,oms_core.group_oms_clerk",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        with self.assertRaises(UserError):
            problem.assign(stranger.id)
        problem.assign(False)
        self.assertFalse(problem.user_id)
        mine = self.env["oms.exception"].with_user(self.clerk)
        problem.action_assign_to_me()
        self.assertEqual(mine.search_count([("user_id", "=", self.clerk.id)]), 1)

    def test_a_rounding_line_makes_the_total_equal_and_lets_the_order_go(self):
        order, problem = self.differing()
        problem.action_accept_rounding()
        self.assertEqual((order.oms_total_check, order.oms_hold, problem.state), ("equal", False, "closed"))
        line = order.order_line.filtered(lambda row: row.oms_kind == "rounding")
        self.assertEqual((line.price_total, problem.closed_by_id), (45, self.clerk))
        self.assertIn("accepted", order.oms_event_ids.mapped("kind"))

    def test_an_address_is_completed_in_place(self):
        order = self.import_orders(self.order_data(ship_to=None))
        problem = self.problems(order_id=order.id, reason="address_incomplete").with_user(self.clerk)
        facts = problem.get_panel()["fix"]
        self.assertEqual(set(facts["missing"]), {"street", "country_id", "city"})
        with self.assertRaises(UserError):
            problem.complete_address({"credit_limit": 5})
        values = {"street": "1 Main Street", "city": "Seattle", "country_id": self.env.ref("base.us").id}
        problem.complete_address(values)
        self.assertEqual((problem.state, order.partner_shipping_id.city), ("closed", "Seattle"))

    def test_trying_again_stays_on_the_timeline(self):
        order, problem = self.differing()
        problem.action_retry()
        self.assertEqual(problem.state, "open")
        self.assertIn("exception_retried", order.oms_event_ids.mapped("kind"))
        self.assertIn("Tried again", " ".join(row["text"] for row in problem.get_panel()["happened"]))

    def test_a_kind_is_found_by_its_code(self):
        _order, problem = self.differing()
        self.assertEqual(problem.code, "TOTAL_DIFFERS")
        rows = self.env["oms.exception"].search([("code", "=", "TOTAL_DIFFERS")])
        self.assertIn(problem.id, rows.ids)
        self.assertEqual(rows, self.env["oms.exception"].search([("code", "ilike", "total_d")]))
        self.assertFalse(self.env["oms.exception"].search([("code", "in", ["NOBODY_KNOWS"])]))
        self.assertEqual(problem.sudo().export_data(["code"])["datas"], [["TOTAL_DIFFERS"]])

    def test_who_closed_how_many_today(self):
        _order, problem = self.differing()
        before = self.env["oms.exception"].with_user(self.clerk).get_closed_today()
        problem.action_accept()
        other = self.import_orders(self.order_data("100-2", total="60.00"))
        other.order_line.price_unit = 60
        other._settle_totals()
        self.problems(order_id=other.id).sudo()._close()
        figures = self.env["oms.exception"].with_user(self.clerk).get_closed_today()
        self.assertEqual(figures["by_person"], before["by_person"] + 1)
        for name in ("by_itself", "by_person"):
            self.assertEqual(self.env["oms.exception"].search_count(figures[f"domain_{name}"]), figures[name])


@tagged("post_install", "-at_install")
class TestOversold(ScreenCase):
    """An order for units we showed and no longer had is told from one for what nobody offered."""

    def bought(self, quantity, pushed=None):
        line = self.order_line(sku="SKU-A", quantity=quantity)
        if pushed is not None:
            listing = self.env["oms.listing"]._ensure(self.channel, ["SKU-A"])["SKU-A"]
            listing.product_id = self.products[0]
            self.env["oms.listing.push"]._note([(listing.id, pushed, 0, False, None, None, "stock", None)])
            pushes = self.env["oms.listing.push"].search([("listing_id", "=", listing.id)])
            pushes.at = fields.Datetime.now() - timedelta(days=300)
        return self.import_orders(self.order_data(lines=[line]))

    def test_the_chain_of_push_and_sale_is_told(self):
        order = self.bought(130, pushed=150)
        problem = self.problems(order_id=order.id)
        self.assertEqual(problem.reason, "oversold")
        self.assertIn("we showed 150 of “SKU-A” at", problem.summary)
        self.assertIn("130 ordered, 100 there", problem.summary)
        self.env["stock.quant"]._update_available_quantity(self.products[0], self.warehouse.lot_stock_id, 50)
        order.picking_ids.action_assign()
        self.assertEqual(problem.state, "closed")

    def test_what_lies_in_another_warehouse_is_not_oversold(self):
        far = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR"})
        self.env["stock.quant"]._update_available_quantity(self.products[0], far.lot_stock_id, 40)
        self.channel.warehouse_ids |= far
        self.assertEqual(self.problems(order_id=self.bought(130, pushed=140).id).reason, "stock_short")

    def test_what_was_not_offered_is_short_and_no_oversale(self):
        self.assertEqual(self.problems(order_id=self.bought(130).id).reason, "stock_short")
        self.env["oms.exception"].search([])._close()

    def test_fewer_shown_than_bought_is_the_channels_mistake(self):
        self.assertEqual(self.problems(order_id=self.bought(130, pushed=100).id).reason, "stock_short")

    def test_where_units_lie_and_when_more_come(self):
        problem = self.problems(order_id=self.bought(130).id)
        far = self.env["stock.warehouse"].create({"name": "Far", "code": "FAR"})
        self.env["stock.quant"]._update_available_quantity(self.products[0], far.lot_stock_id, 7)
        [row] = problem.with_user(self.clerk).get_panel()["fix"]["rows"]
        self.assertEqual((row["asked"], row["reserved"]), ("130", "100"))
        self.assertIn({"place": "Far", "units": "7"}, row["free"])


@tagged("post_install", "-at_install")
class TestPanelTour(HttpCase, ScreenCase):
    def test_the_panel_beside_queue_and_list(self):
        self.import_orders(self.order_data(total="55.00"), self.order_data("100-2", ship_to=None))
        self.start_tour("/odoo/oms-exceptions", "oms_problem_panel", login=self.clerk.login)
        self.assertFalse(self.problems())
