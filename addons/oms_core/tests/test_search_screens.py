from odoo.tests import HttpCase, tagged

from .test_search import SearchCase


@tagged("post_install", "-at_install")
class TestSearchScreens(HttpCase, SearchCase):
    """The search box and the tabs in a real browser."""

    def test_the_box_goes_to_an_order_and_filters_everywhere(self):
        self.order.partner_id.name = "Ann Buyer"
        self.order.name = "S04871"
        self.import_orders(self.order_data("302-4871190-66"))
        self.start_tour("/odoo/oms-orders", "oms_search_go_to", login=self.clerk.login)

    def test_a_scan_opens_the_order(self):
        self.order.name = "S04871"
        self.order.picking_ids.carrier_tracking_ref = "0034 0434 1122"
        self.import_orders(self.order_data("100-9"))
        self.start_tour("/odoo/oms-orders", "oms_search_scan", login=self.clerk.login)

    def test_tabs_and_a_kept_one(self):
        self.order.action_cancel()  # which its channel is still to be told: a problem, and no open order
        self.import_orders(
            self.order_data("100-1"),
            self.order_data("100-2", lines=[self.order_line(sku="NEW")]),
            self.order_data("100-3"),
        )
        self.start_tour("/odoo/oms-orders", "oms_order_tabs", login=self.clerk.login)
        self.assertFalse(self.env["ir.filters"].search([("oms_is_tab", "=", True), ("name", "=", "The first")]))
