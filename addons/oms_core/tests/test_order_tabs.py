from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OmsCase


@tagged("post_install", "-at_install")
class TestOrderTabs(OmsCase):
    """Every tab counts exactly the list it opens, as its reader may see it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clerk_groups = "oms_core.group_oms_clerk,stock.group_stock_user"
        cls.clerk = new_test_user(cls.env, "tabs-clerk", groups=clerk_groups)
        cls.other = new_test_user(cls.env, "tabs-other", groups=clerk_groups)
        cls.manager = new_test_user(cls.env, "tabs-manager", groups="oms_core.group_oms_manager")

    def setUp(self):
        super().setUp()
        self.plain, self.unlinked, self.differs = self.import_orders(
            self.order_data("100-1"),
            self.order_data("100-2", lines=[self.order_line(sku="NEW")]),
            self.order_data("100-3", total="55.00"),
        )
        self.desk = self.env["sale.order"].with_user(self.clerk)

    def counts(self, user=None):
        tabs = self.desk.with_user(user or self.clerk).get_tab_counts()
        return {tab["key"]: tab["count"] for tab in tabs}

    def changes(self, before):
        return {key: count - before.get(key, 0) for key, count in self.counts().items() if count != before.get(key, 0)}

    def test_every_count_is_the_length_of_its_list(self):
        tabs = self.desk.get_tab_counts()
        self.assertEqual(
            [tab["key"] for tab in tabs if not tab["filter_id"]],
            [
                "all_open",
                "attention",
                "to_route",
                "to_pick",
                "to_pack",
                "waiting_stock",
                "held",
                "late",
                "unmapped",
                "shipped_today",
            ],
        )
        for tab in tabs:
            with self.subTest(tab=tab["name"]):
                self.assertEqual(self.desk.search_count(tab["domain"]), tab["count"])
        self.assertEqual([tab["key"] for tab in tabs if tab["is_red"]], ["attention", "late"])

    def test_orders_are_counted_where_they_stand(self):
        before = self.counts()
        more = self.import_orders(
            self.order_data("100-4"), self.order_data("100-5", lines=[self.order_line(sku="NEW")])
        )
        self.assertEqual(self.changes(before), {"all_open": 2, "to_pick": 1, "held": 1, "attention": 1, "unmapped": 1})
        before = self.counts()
        more[0].oms_ship_by_at = fields.Datetime.now() - timedelta(minutes=1)
        self.assertEqual(self.changes(before), {"late": 1})
        before = self.counts()
        picking = more[0].picking_ids
        picking.move_ids.picked = True
        picking.carrier_tracking_ref = "T-1"
        picking.button_validate()
        self.assertEqual(self.changes(before), {"late": -1, "all_open": -1, "to_pick": -1, "shipped_today": 1})

    def test_an_orders_problem_counts_once(self):
        before = self.counts()["attention"]
        self.env["oms.exception"]._open_problems(
            [{"reason": "stock_short", "order_id": self.differs.id, "cause": "x", "params": {"qty": "1", "asked": "2"}}]
        )
        self.assertEqual(self.counts()["attention"], before)

    def test_another_company_counts_nothing(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "tabs-company",
            groups="oms_core.group_oms_manager",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        self.assertFalse(any(self.counts(user).values()))

    def test_all_counts_are_one_statement(self):
        self.counts()
        self.env.flush_all()
        desk = self.desk
        desk.get_tabs()
        with self.assertQueryCount(1):
            desk._count_tabs()

    def test_who_may_not_see_orders_sees_no_tabs(self):
        user = new_test_user(self.env, "tabs-employee", groups="base.group_user")
        for method in ("get_tabs", "get_tab_counts"):
            with self.assertRaises(AccessError):
                getattr(self.desk.with_user(user), method)()
        with self.assertRaises(AccessError):
            self.desk.with_user(user).save_tab("Mine", [])

    # === SAVED ===

    def test_a_kept_search_is_a_tab_with_its_count(self):
        tab = self.desk.save_tab("  From\n100-2 ", [["oms_external_number", "=", "100-2"]])
        self.assertEqual((tab["name"], tab["is_shared"], tab["can_remove"]), ("From 100-2", False, True))
        self.assertEqual(self.counts()[tab["key"]], 1)
        self.assertNotIn(tab["key"], self.counts(self.other))
        self.assertTrue(self.desk.remove_tab(tab["filter_id"]))
        self.assertNotIn(tab["key"], self.counts())

    def test_a_shared_tab_is_removed_by_its_maker_or_a_manager(self):
        for remover in (self.clerk, self.manager):
            tab = self.desk.save_tab("Ours", "[('date_order', '>=', context_today() - relativedelta(days=400))]", True)
            seen = next(row for row in self.desk.with_user(self.other).get_tab_counts() if row["key"] == tab["key"])
            self.assertGreaterEqual(seen["count"], 1)
            self.assertFalse(seen["can_remove"])
            with self.assertRaises(AccessError):
                self.desk.with_user(self.other).remove_tab(tab["filter_id"])
            self.desk.with_user(remover).remove_tab(tab["filter_id"])

    def test_somebody_elses_own_tab_cannot_be_removed(self):
        tab = self.desk.save_tab("Mine", [])
        with self.assertRaisesRegex(UserError, "no such tab"):
            self.desk.with_user(self.other).remove_tab(tab["filter_id"])

    def test_what_is_no_search_or_has_no_name_is_refused(self):
        for name in ("", "  ", None, 5, "x" * 41):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, "name"):
                self.desk.save_tab(name, [])
        for domain in ([["nothing", "=", 1]], "[(", "__import__('os')", [["name"]], "5", None):
            with self.subTest(domain=domain), self.assertRaisesRegex(UserError, "cannot be kept"):
                self.desk.save_tab("Mine", domain)
        self.desk.save_tab("Mine", [])
        with self.assertRaisesRegex(UserError, "already"):
            self.desk.save_tab("mine", [])
        for number in range(11):
            self.desk.save_tab(f"Tab {number}", [])
        with self.assertRaisesRegex(UserError, "Remove one"):
            self.desk.save_tab("One more", [])

    def test_a_tab_whose_search_broke_says_so_and_the_others_count(self):
        tab = self.desk.save_tab("Mine", [])
        self.env["ir.filters"].browse(tab["filter_id"]).domain = "[('gone_field', '=', 1)]"
        counts = self.counts()
        self.assertEqual(counts[tab["key"]], -1)
        self.assertGreaterEqual(counts["all_open"], 1)
