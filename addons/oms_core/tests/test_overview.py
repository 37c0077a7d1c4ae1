from datetime import datetime, timedelta, timezone
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import HttpCase, new_test_user, tagged
from odoo.tools import mute_logger

from .test_screens import ScreenCase

BOXES = {"figures", "channels", "problems", "warehouses", "stockouts", "start"}
MODELS = {
    "oms_core.sale_order_action_oms": "sale.order",
    "oms_core.oms_exception_action": "oms.exception",
    "oms_core.oms_return_action": "oms.return",
    "oms_core.oms_listing_action": "oms.listing",
    "stock.action_picking_tree_all": "stock.picking",
    "stock.stock_product_normal_action": "product.product",
}


class OverviewCase(ScreenCase):
    """Reading the overview as a clerk."""

    def look(self, *boxes, user=None):
        self.env.flush_all()
        answer = self.env["oms.overview"].with_user(user or self.clerk).get_overview(list(boxes) or None)
        return answer["boxes"][boxes[0]] if len(boxes) == 1 else answer["boxes"]

    def figures(self, user=None):
        return {row["key"]: row for row in self.look("figures", user=user)["rows"]}

    def count(self, target):
        """Return how many rows the list has that a number opens."""
        return self.env[MODELS[target["action"]]].with_user(self.clerk).search_count(target["domain"])

    def carrier(self, name="DHL"):
        vals = {"name": name, "product_id": self.env.ref("oms_core.product_shipping").id, "delivery_type": "fixed"}
        return self.env["delivery.carrier"].create(vals)


@tagged("post_install", "-at_install")
class TestOverview(OverviewCase):
    def test_it_is_for_the_order_desk_only(self):
        for groups in (
            "stock.group_stock_user",
            "sales_team.group_sale_salesman_all_leads",
            "stock.group_stock_manager",
        ):
            user = new_test_user(self.env, f"overview_{groups}", groups=f"base.group_user,{groups}")
            with self.assertRaises(AccessError):
                self.env["oms.overview"].with_user(user).get_overview()
        self.assertEqual(set(self.look()), BOXES)
        self.assertEqual(set(self.look(user=self.manager)), BOXES)

    def test_every_number_counts_the_list_it_opens(self):
        orders = self.import_orders(
            self.order_data("100-1"),
            self.order_data("100-2", total="55.00"),
            self.order_data("100-3", lines=[self.order_line(sku="NEW")]),
            self.order_data("100-4", lines=[self.order_line(quantity=300)]),
        )
        orders[0].oms_ship_by_at = fields.Datetime.now() - timedelta(hours=1)
        orders[1].oms_ship_by_at = fields.Datetime.now() + timedelta(hours=1)
        orders[0].picking_ids.carrier_id = carrier = self.carrier()
        self.env["oms.cutoff"].create(
            {"warehouse_id": self.warehouse.id, "carrier_id": carrier.id, "saturday": True, "sunday": True, "tz": "UTC"}
        )
        boxes = self.look()
        figures = {row["key"]: row for row in boxes["figures"]["rows"]}
        self.assertEqual((figures["new"]["count"], figures["late"]["count"]), (self.count(figures["new"]), 2))
        self.assertEqual((figures["late"]["fact"], figures["late"]["tone"]), ("1 late, 1 at risk", "bad"))
        self.assertEqual(figures["to_pick"]["fact"]["kind"], "oldest")
        [channel] = [row for row in boxes["channels"]["rows"] if row["id"] == self.channel.id]
        [warehouse] = [row for row in boxes["warehouses"]["rows"] if row["id"] == self.warehouse.id]
        targets = [
            *figures.values(),
            *boxes["problems"]["rows"],
            boxes["problems"],
            *(channel[name] for name in ("orders", "stale", "unlinked")),
            *(warehouse[name] for name in ("left", "packed", "loose")),
            {"count": warehouse["cutoffs"][0]["waiting"], **warehouse["cutoffs"][0]},
        ]
        for target in targets:
            with self.subTest(domain=target["domain"]):
                self.assertEqual(self.count(target), target["count"])
        self.assertEqual(warehouse["cutoffs"][0]["waiting"], 1)
        self.assertEqual((channel["orders"]["count"], sum(channel["hours"]), len(channel["hours"])), (4, 4, 24))
        self.assertEqual(channel["unlinked"]["count"], 1)

    def test_a_box_that_fails_says_so_and_the_rest_stays(self):
        with (
            patch.object(self.registry["oms.overview"], "_stockouts", side_effect=ZeroDivisionError),
            patch.object(self.registry["oms.overview"], "_channels", side_effect=UserError("No channel may be read")),
            mute_logger("odoo.addons.oms_core.models.oms_overview"),
        ):
            boxes = self.look()
        self.assertIn("could not be worked out", boxes["stockouts"]["error"])
        self.assertEqual(boxes["channels"]["error"], "No channel may be read")
        self.assertFalse([name for name in ("figures", "problems", "warehouses", "start") if "error" in boxes[name]])

    def test_a_query_that_fails_spoils_no_other_box(self):
        def broken(overview):
            overview.env.cr.execute("SELECT 1/0")

        with (
            patch.object(self.registry["oms.overview"], "_figures", broken),
            mute_logger("odoo.addons.oms_core.models.oms_overview", "odoo.sql_db"),
        ):
            boxes = self.look()
        self.assertIn("error", boxes["figures"])
        self.assertNotIn("error", boxes["channels"])

    def test_another_company_is_not_counted(self):
        self.import_orders(self.order_data())
        other = self.env["res.company"].create({"name": "Other"})
        stranger = new_test_user(
            self.env,
            "overview_stranger",
            groups="base.group_user,oms_core.group_oms_clerk",
            company_id=other.id,
            company_ids=[(6, 0, other.ids)],
        )
        boxes = self.env["oms.overview"].with_user(stranger).get_overview()["boxes"]
        self.assertFalse([row["key"] for row in boxes["figures"]["rows"] if row["count"]])
        self.assertFalse(boxes["channels"]["rows"])
        self.assertEqual([row["left"]["count"] for row in boxes["warehouses"]["rows"]], [0])
        self.assertFalse(boxes["start"]["has_channel"])

    def test_a_problem_is_counted_by_kind_with_what_is_alike(self):
        for number in ("100-1", "100-2"):
            self.unlinked_order(number)
        rows = {row["reason"]: row for row in self.look("problems")["rows"]}
        self.assertEqual((rows["unmapped_sku"]["count"], rows["unmapped_sku"]["fact"]), (2, "2 have one cause"))
        self.assertEqual(self.figures()["problems"]["fact"], "2 orders stopped")

    def test_a_red_card_has_one_way_out(self):
        self.channel._sign_out("The channel signed us out.")
        [card] = [row for row in self.look("channels")["rows"] if row["id"] == self.channel.id]
        self.assertEqual((card["tone"], card["primary"], card["can_sync"]), ("bad", "problems", False))
        [card] = [row for row in self.look("channels", user=self.manager)["rows"] if row["id"] == self.channel.id]
        self.assertEqual((card["tone"], card["primary"]), ("bad", "sign_in"))
        self.assertTrue(card["since"])

    def test_first_steps_are_ticked_when_they_are_done(self):
        steps = {row["key"]: row["is_done"] for row in self.look("start")["rows"]}
        self.assertTrue(steps["channel"])
        self.assertFalse(steps["shipped"])
        order = self.import_orders(self.order_data())
        order.picking_ids.write({"carrier_tracking_ref": "T1"})
        order.picking_ids.button_validate()
        steps = {row["key"]: row["is_done"] for row in self.look("start")["rows"]}
        self.assertTrue(steps["shipped"])


@tagged("post_install", "-at_install")
class TestCutoffs(OverviewCase):
    """Cut-offs on the warehouse's clock, planned by the pace of the last hour."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.monday = fields.Datetime.to_datetime("2026-11-23 13:20:00")  # 14:20 in Berlin

    def cutoff(self, **values):
        defaults = {
            "warehouse_id": self.warehouse.id,
            "carrier_id": self.carrier().id,
            "time": 15,
            "tz": "Europe/Berlin",
        }
        return self.env["oms.cutoff"].create(defaults | values)

    def test_what_will_miss_at_the_pace_of_the_last_hour(self):
        cutoff = self.cutoff()
        waiting = {(self.warehouse.id, cutoff.carrier_id.id): 14}
        [row] = self.env["oms.overview"]._plan_day(cutoff, waiting, 15, self.monday)
        self.assertEqual(
            (row["clock"], row["at"], row["waiting"], row["missed"]), ("15:00", "2026-11-23 14:00:00", 14, 4)
        )
        [row] = self.env["oms.overview"]._plan_day(cutoff, waiting, 15, self.monday + timedelta(hours=1))
        self.assertEqual((row["is_over"], row["missed"]), (True, 14))

    def test_the_day_is_the_warehouses(self):
        far = self.cutoff(tz="Pacific/Auckland", monday=False, time=9)  # there it is Tuesday, 2:20
        at = far._today_at(self.monday.replace(tzinfo=timezone.utc))
        self.assertEqual(at, datetime(2026, 11, 23, 20, 0, tzinfo=timezone.utc))
        self.assertIsNone(self.cutoff(monday=False)._today_at(self.monday.replace(tzinfo=timezone.utc)))

    def test_held_orders_do_not_wait_for_the_carrier(self):
        order = self.import_orders(self.order_data(total="55.00"))
        cutoff = self.cutoff()
        order.picking_ids.carrier_id = cutoff.carrier_id
        self.assertFalse(self.env["oms.overview"]._count_waiting(cutoff))
        self.problems(order_id=order.id).action_accept()
        self.env.flush_all()
        key = (self.warehouse.id, cutoff.carrier_id.id)
        self.assertEqual(self.env["oms.overview"]._count_waiting(cutoff), {key: 1})

    def test_managers_set_them_and_they_make_sense(self):
        cutoff = self.cutoff()
        self.assertEqual(cutoff.with_user(self.clerk).display_name, f"{self.warehouse.name}, DHL 15:00")
        with self.assertRaises(AccessError):
            cutoff.with_user(self.clerk).time = 12
        cutoff.with_user(self.manager).time = 12
        with self.assertRaises(ValidationError):
            cutoff.write(dict.fromkeys(("monday", "tuesday", "wednesday", "thursday", "friday"), False))


@tagged("post_install", "-at_install")
class TestStockouts(OverviewCase):
    """What runs out, told from the database."""

    def sell(self, product, units, days_ago=10):
        order = self.env["sale.order"].create(
            {
                "partner_id": self.env["res.partner"].create({"name": "Buyer"}).id,
                "order_line": [(0, 0, {"product_id": product.id, "product_uom_qty": units})],
            }
        )
        order.action_confirm()
        order.date_order = fields.Datetime.now() - timedelta(days=days_ago)
        return order

    def age_stock(self, product, days=60):
        """Let what lies there have come so long ago."""
        moves = self.env["stock.move"].search([("product_id", "=", product.id), ("state", "=", "done")])
        moves.date = fields.Datetime.now() - timedelta(days=days)

    def row(self, product):
        self.env["oms.sales.day"]._job_add_up()
        rows = self.look("stockouts")["rows"]
        return next((row for row in rows if row["id"] == product.id), None)

    def test_free_units_over_what_sold_a_day(self):
        self.sell(self.sock, 56)  # of 100: 44 are free, 2 a day
        self.age_stock(self.sock)
        row = self.row(self.sock)
        self.assertIsNone(row)  # 22 days
        self.sell(self.sock, 28)  # 16 free, 3 a day
        row = self.row(self.sock)
        self.assertEqual((row["free"], row["per_day"], row["days"], row["due"]), ("16", "3.0", 5, False))
        box = self.look("stockouts")
        self.assertEqual(self.count(box), box["count"])

    def test_a_receipt_on_its_way_is_said(self):
        self.sell(self.sock, 84)
        self.age_stock(self.sock)
        due = fields.Datetime.now() + timedelta(days=2)
        move = self.env["stock.move"].create(
            {
                "product_id": self.sock.id,
                "product_uom_qty": 50,
                "location_id": self.env.ref("stock.stock_location_suppliers").id,
                "location_dest_id": self.warehouse.lot_stock_id.id,
                "picking_type_id": self.warehouse.in_type_id.id,
                "date": due,
            }
        )
        move._action_confirm()
        self.assertTrue(self.row(self.sock)["due"])

    def test_dozens_are_counted_in_units_and_old_sales_are_left_out(self):
        order = self.sell(self.sock, 7)
        order.order_line.product_uom_id = self.env.ref("uom.product_uom_dozen")
        self.sell(self.sock, 500, days_ago=40)
        self.env["oms.sales.day"]._job_add_up()
        since = fields.Date.today() - timedelta(days=28)
        self.assertEqual(self.env["oms.overview"].with_user(self.clerk)._sold(since)[self.sock.id], 84)

    def test_days_are_added_up_once_and_the_last_ones_again(self):
        order = self.sell(self.sock, 10, days_ago=2)
        days = self.env["oms.sales.day"]
        days._job_add_up()
        order.order_line.product_uom_qty = 12
        old = self.sell(self.sock, 5, days_ago=20)
        days._job_add_up()
        days._job_add_up()
        rows = days.search([("product_id", "=", self.sock.id), ("sold", ">", 0)])
        self.assertEqual([(row.day, row.sold) for row in rows], [(order.date_order.date(), 12)])
        rows.unlink()
        days.search([]).unlink()
        days._job_add_up()
        rows = days.search([("product_id", "=", self.sock.id), ("sold", ">", 0)], order="day")
        self.assertEqual(
            [(row.day, row.sold) for row in rows], [(old.date_order.date(), 5), (order.date_order.date(), 12)]
        )

    def test_what_is_missing_is_queued_by_the_first_look(self):
        self.env["oms.sales.day"].search([]).unlink()
        box = self.look("stockouts")
        self.assertFalse(box["is_added_up"] or box["rows"])
        jobs = self.env["queue.job"].search([("method_name", "=", "_job_add_up")])
        self.look("stockouts")
        self.assertEqual(self.env["queue.job"].search([("method_name", "=", "_job_add_up")]), jobs)
        self.assertEqual(len(jobs), 1)


@tagged("post_install", "-at_install")
class TestOverviewTour(HttpCase, OverviewCase):
    def test_a_figure_opens_the_list_it_counts_and_a_failed_box_stands_alone(self):
        self.import_orders(self.order_data("100-1"), self.order_data("100-2"), self.order_data("100-3", total="55.00"))
        make, calls = self.registry["oms.overview"]._stockouts, []

        def fail_once(overview):
            calls.append(1)
            if len(calls) == 1:
                raise UserError(overview.env._("No vendor, so no lead time."))
            return make(overview)

        self.patch(self.registry["oms.overview"], "_stockouts", fail_once)
        self.start_tour("/odoo/oms-overview", "oms_overview", login=self.clerk.login)

    def test_without_a_channel_the_first_steps_stand_there(self):
        self.channel.active = False
        self.env["oms.channel"].search([]).active = False
        self.start_tour("/odoo/oms-overview", "oms_overview_new", login=self.manager.login)
