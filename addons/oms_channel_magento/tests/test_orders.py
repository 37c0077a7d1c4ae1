from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.fields import Command
from odoo.tests import tagged

from .common import MagentoCase, document, item


@tagged("post_install", "-at_install")
class TestOrders(MagentoCase):
    """Orders of a shop from document to parcel."""

    def test_an_order_comes_in_and_is_reserved(self):
        order = self.import_order(7, [item(), item("DESK", 80.0, 2)], total=100.0)
        self.assertEqual((order.oms_external_id, order.oms_external_number), ("7", "000000007"))
        self.assertEqual((order.amount_total, order.oms_marketplace), (100.0, "default"))
        self.assertEqual(order.state, "sale")
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_a_gift_card_is_off_the_total(self):
        extension = document(8)["extension_attributes"] | {"gift_cards_amount": 5}
        order = self.import_order(8, total=15.0, extension_attributes=extension)
        self.assertEqual(order.amount_total, 15.0)
        self.assertEqual(order.order_line.filtered(lambda line: line.oms_kind == "gift_card").price_unit, -5.0)

    def test_an_unpaid_order_waits_and_one_paid_at_the_door_does_not(self):
        self.assertEqual(self.import_order(9, state="pending_payment").state, "draft")
        self.assertEqual(self.import_order(10, state="new").state, "draft")
        self.assertEqual(self.import_order(11, state="new", method="cashondelivery").state, "sale")

    def test_a_rule_says_what_a_status_means(self):
        self.channel.magento_status_ids = [
            Command.create({"status_code": "bank_ok", "payment_method": "banktransfer", "meaning": "to_ship"})
        ]
        self.assertEqual(self.import_order(12, state="new", status="bank_ok").state, "draft")
        order = self.import_order(13, state="new", status="bank_ok", method="banktransfer")
        self.assertEqual(order.state, "sale")

    def test_the_parcel_names_carrier_and_source(self):
        order = self.import_order(14)
        carrier = self.env["delivery.carrier"].create(
            {"name": "Night bike", "product_id": self.env.ref("oms_core.product_shipping").id, "delivery_type": "fixed"}
        )
        picking = order.picking_ids
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": "N1"})
        picking.button_validate()
        notice = order.picking_ids._prepare_shipment_notice(self.channel)
        self.assertEqual((notice.carrier_code, notice.carrier_name), ("custom", "Night bike"))
        self.assertEqual(notice.ship_from, "main_wh")
        self.assertEqual([line.external_line_id for line in notice.lines], ["10"])
        self.env["oms.magento.carrier"].create({"carrier_id": carrier.id, "carrier_code": "bike"})
        self.assertEqual(self.channel._shipment_carrier(picking), ("bike", "Night bike"))

    def test_a_parcel_without_a_carrier_is_listed(self):
        with self.assertRaises(Unmapped):
            self.channel._shipment_carrier(self.env["stock.picking"].new({"name": "WH/OUT/7"}))

    def test_a_document_that_cannot_be_read_says_where(self):
        [row] = self.receive(document(15, [item(row_total="many")]))
        self.assertEqual(row.state, "quarantined")
        self.assertIn("row_total", row.error_path if "error_path" in row._fields else str(row.read()))
