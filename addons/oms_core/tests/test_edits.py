from odoo.exceptions import UserError
from odoo.tests import new_test_user

from .common import OmsCase


class TestEdits(OmsCase):
    """An order that a person edits after its picking began: right, or refused with the reason."""

    def setUp(self):
        super().setUp()
        line = self.order_line(quantity=3, amount="30.00")
        self.order = self.import_orders(self.order_data(lines=(line,), total="30.00"))
        clerk = new_test_user(self.env, "edits_clerk", groups="oms_core.group_oms_clerk")
        self.line = self.order.order_line.with_user(clerk)
        self.move = self.order.picking_ids.move_ids

    def pick(self, units):
        """Take units off the shelf."""
        self.move.write({"quantity": units, "picked": True})

    def test_fewer_before_picking(self):
        self.line.product_uom_qty = 2
        self.assertEqual((self.move.product_uom_qty, self.order.oms_units_asked), (2, 2))
        self.assertEqual(self.order.oms_stock_state, "reserved")

    def test_fewer_than_are_in_hand(self):
        self.pick(3)
        with self.assertRaisesRegex(UserError, "3 of .*SKU-A.* are picked already. Have them put back first"):
            self.line.product_uom_qty = 2
        self.assertEqual(self.move.product_uom_qty, 3)
        self.move.picked = False
        self.line.product_uom_qty = 2
        self.assertEqual(self.order.order_line.product_uom_qty, 2)

    def test_fewer_but_not_below_what_is_in_hand(self):
        self.pick(1)
        self.line.product_uom_qty = 2
        self.assertEqual(sum(self.order.picking_ids.move_ids.mapped("product_uom_qty")), 2)

    def test_more_while_it_is_picked_is_picked_too(self):
        self.pick(3)
        self.assertEqual(self.order.oms_status, "to_pack")
        self.line.product_uom_qty = 5
        self.assertEqual(self.order.oms_units_asked, 5)
        self.assertNotEqual(self.order.oms_status, "shipped")
        picking = self.order.picking_ids
        picking.carrier_tracking_ref = "T"
        picking.with_context(skip_backorder=True).button_validate()
        self.assertEqual(self.order.oms_status, "part_shipped")

    def test_fewer_than_have_left(self):
        self.pick(3)
        self.order.picking_ids.carrier_tracking_ref = "T"
        self.order.picking_ids.button_validate()
        with self.assertRaises(UserError):
            self.line.product_uom_qty = 2
        self.assertEqual(self.order.oms_status, "shipped")
