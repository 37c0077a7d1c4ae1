from odoo.tests import HttpCase, tagged

from .screen_users import add_desk_users
from .test_split_merge import TogetherCase


@tagged("post_install", "-at_install")
class TestTogetherScreens(TogetherCase, HttpCase):
    """A clerk splits an order, sends two together, and sends goods again, in a browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_desk_users(cls)

    def open_order(self, order, tour):
        self.start_tour(f"/odoo/oms-orders/{order.id}", tour, login="full_clerk")

    def test_an_order_is_split(self):
        order = self.import_orders(self.data())
        self.open_order(order, "oms_split")
        self.assertEqual(self.quantities(order.oms_split_ids), {"1": 1})
        self.assertEqual(self.quantities(order), {"1": 2, "2": 2})

    def test_two_orders_go_together_and_apart(self):
        order, other = self.import_orders(self.data("100-1"), self.data("100-2", first=1, second=0))
        self.open_order(order, "oms_merge")
        self.assertFalse(order._merge_group())
        self.assertEqual(len(self.events(other, "merged_into")), 1)
        self.assertEqual(len(self.events(other, "unmerged")), 1)

    def test_goods_are_sent_again(self):
        order = self.import_orders(self.data())
        self.ship(order.picking_ids)
        self.open_order(order, "oms_resend")
        self.assertEqual((order.oms_resend_ids.state, order.oms_resend_ids.amount_total), ("sale", 0.0))
