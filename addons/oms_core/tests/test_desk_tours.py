from odoo.tests import HttpCase, tagged

from .common import OmsCase
from .screen_users import add_desk_users


@tagged("post_install", "-at_install")
class TestDeskTours(HttpCase, OmsCase):
    """Holding, writing a note, sending from elsewhere: in a real browser, as a clerk."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        add_desk_users(cls)

    def test_hold_an_order_and_release_it(self):
        order = self.import_orders(self.order_data())
        self.start_tour("/odoo/oms-orders", "oms_hold_and_release", login=self.clerk.login)
        hold = order.oms_hold_ids
        self.assertEqual((hold.state, hold.note, hold.released_by_id), ("released", "calls back on Monday", self.clerk))

    def test_hold_many_orders_and_take_it_back(self):
        first, second = self.import_orders(self.order_data(), self.order_data("100-2"))
        second._put_on_hold("other")
        self.start_tour("/odoo/oms-orders", "oms_hold_many", login=self.clerk.login)
        self.assertEqual((first.oms_hold, first.oms_hold_ids.state), (False, "released"))
        self.assertEqual(second.oms_hold, "ship")

    def test_write_a_note_that_must_be_confirmed(self):
        order = self.import_orders(self.order_data())
        self.start_tour("/odoo/oms-orders", "oms_write_note", login=self.clerk.login)
        note = self.env["oms.order.note"].search([("order_id", "=", order.id)])
        self.assertEqual((note.text, note.must_confirm), ("Put the label on two sides", True))
        self.assertTrue(note.for_packer)

    def test_a_short_order_is_sent_from_elsewhere(self):
        other = self.env["stock.warehouse"].create({"name": "Lyon", "code": "LY"})
        self.env["stock.quant"]._update_available_quantity(self.products[0], other.lot_stock_id, 200)
        order = self.import_orders(self.order_data(lines=(self.order_line(quantity=120, amount="10.00"),)))
        self.start_tour("/odoo/oms-exceptions", "oms_send_from_elsewhere", login=self.clerk.login)
        self.assertEqual((order.warehouse_id, order.oms_stock_state), (other, "reserved"))
