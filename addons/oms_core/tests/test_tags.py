from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .common import OmsCase


@tagged("post_install", "-at_install")
class TestTags(OmsCase):
    """Tags mark orders for everyone: one of a group, for as long as they say, and each change is on record."""

    def setUp(self):
        super().setUp()
        tags = self.env["oms.tag"]
        self.speed = self.env["oms.tag.group"].create({"name": "Speed"})
        self.rush, self.slow = tags.create([{"name": name, "group_id": self.speed.id} for name in ("Rush", "Can wait")])
        self.gift, self.fair = tags.create([{"name": "Gift"}, {"name": "Fair", "days": 3, "code": "fair-2026"}])
        self.clerk = new_test_user(self.env, "tag-clerk", groups="oms_core.group_oms_clerk")
        self.picker = new_test_user(self.env, "tag-picker", groups="stock.group_stock_user")
        self.order = self.import_orders(self.order_data())

    def told(self, order=None):
        events = (order or self.order).oms_event_ids.filtered(lambda event: event.kind in ("tagged", "untagged"))
        return [event.summary for event in events.sorted("id")]

    def test_a_new_tag_of_a_group_takes_the_place_of_the_other(self):
        self.order.oms_tag_ids = self.rush | self.gift
        self.order.with_user(self.clerk).oms_tag_ids = [Command.link(self.slow.id)]
        self.assertEqual(self.order.oms_tag_ids, self.slow | self.gift)
        self.assertEqual(self.told()[-2:], ["Tagged Can wait", "Tag Rush removed"])

    def test_two_new_tags_of_a_group_are_refused_with_the_reason(self):
        with self.assertRaisesRegex(UserError, "Speed"):
            self.order.oms_tag_ids = self.rush | self.slow
        with self.assertRaisesRegex(UserError, "Speed"):
            self.order.copy({"oms_tag_ids": [Command.set((self.rush | self.slow).ids)]})

    def test_a_tag_ends_when_it_says(self):
        self.order.oms_tag_ids = self.fair | self.gift
        end = self.order.oms_tag_end_ids
        self.assertAlmostEqual(end.ends_at, fields.Datetime.now() + timedelta(days=3), delta=timedelta(minutes=1))
        self.assertIn("Fair until", self.order.oms_tag_ends)
        self.env["oms.tag.end"]._cron_end()
        self.assertIn(self.fair, self.order.oms_tag_ids)
        end.ends_at = fields.Datetime.now() - timedelta(minutes=1)
        self.env["oms.tag.end"]._cron_end()
        self.assertEqual(self.order.oms_tag_ids, self.gift)
        self.assertFalse(self.order.oms_tag_end_ids)
        self.assertEqual(self.told()[-1], "Tag Fair removed")
        self.assertEqual(self.order.oms_event_ids.sorted("id")[-1].source, "system")

    def test_taken_off_by_hand_it_does_not_end_again_and_set_again_it_begins_anew(self):
        self.order.oms_tag_ids = self.fair
        self.order.oms_tag_ids = [Command.unlink(self.fair.id)]
        self.assertFalse(self.order.oms_tag_end_ids)
        self.order.oms_tag_ids = self.fair
        self.assertEqual(len(self.order.oms_tag_end_ids), 1)

    def test_many_at_once_say_what_was_done(self):
        second = self.import_orders(self.order_data("100-2"))
        second.oms_tag_ids = self.gift
        orders = (self.order | second).with_user(self.clerk)
        answer = orders.oms_change_tags(add=["gift"])
        self.assertEqual([(row["id"], row["is_done"]) for row in answer], [(self.order.id, True), (second.id, False)])
        self.assertTrue(answer[1]["why"])
        answer = orders.oms_change_tags(add=["FAIR-2026", self.rush.id], remove=["Gift"])
        self.assertTrue(all(row["is_done"] for row in answer))
        self.assertEqual(second.oms_tag_ids, self.fair | self.rush)
        for nobodys in (["Nobody's"], [None], [True], [{}], [""], [99999999], "Nobody's"):
            with self.subTest(name=nobodys), self.assertRaisesRegex(UserError, "There is no tag"):
                orders.oms_change_tags(add=nobodys)
        self.assertEqual(len(orders.oms_change_tags(remove="rush")), 2)
        self.assertEqual(second.oms_tag_ids, self.fair)

    def test_the_window_for_many_shows_what_was_left(self):
        second = self.import_orders(self.order_data("100-2"))
        second.oms_tag_ids = self.gift
        orders = self.order | second
        window = self.env["oms.order.action"].with_user(self.clerk)
        window = window.with_context(active_model="sale.order", active_ids=orders.ids).create({})
        with self.assertRaises(UserError):
            window.action_apply()
        window.add_ids = self.gift
        window.action_apply()
        self.assertEqual((window.done_count, window.left_row_ids.order_id), (1, second))

    def test_warehouse_staff_read_tags_and_set_none(self):
        self.order.oms_tag_ids = self.gift
        self.assertEqual(self.gift.with_user(self.picker).name, "Gift")
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).oms_change_tags(add=["Rush"])
        with self.assertRaises(AccessError):
            self.order.with_user(self.picker).write({"oms_tag_ids": [Command.clear()]})
        with self.assertRaises(AccessError):
            self.gift.with_user(self.picker).name = "Other"
