from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.tests import new_test_user, tagged

from ..lib.bodies import build_shipment
from ..lib.carriers import guess
from .common import US, AmazonCase


@tagged("post_install", "-at_install")
class TestCarriers(AmazonCase):
    """What Amazon is told of the carrier of a parcel."""

    def carrier(self, name):
        return self.env["delivery.carrier"].create(
            {"name": name, "product_id": self.env.ref("oms_core.product_shipping").id, "delivery_type": "fixed"}
        )

    def told(self, carrier):
        picking = self.env["stock.picking"].new({"carrier_id": carrier.id})
        return self.channel._shipment_carrier(picking)

    def test_well_known_names_need_no_setting(self):
        expected = {
            "DHL Paket": ("DHL", None),
            "UPS": ("UPS", None),
            "ups mail innovations": ("UPS Mail Innovations", None),
            "USPS Priority": ("USPS", None),
            "Royal Mail Tracked 24": ("Royal Mail", None),
            "Upside Couriers": ("Other", "Upside Couriers"),
            "Bike messenger": ("Other", "Bike messenger"),
        }
        self.assertEqual({name: guess(name) for name in expected}, expected)

    def test_what_a_person_set_comes_first(self):
        carrier = self.carrier("DHL Freight")
        self.assertEqual(self.told(carrier), ("DHL", None))
        self.env["oms.amazon.carrier"].create(
            {"carrier_id": carrier.id, "carrier_code": "Other", "carrier_name": "DHL Freight AB"}
        )
        self.assertEqual(self.told(carrier), ("Other", "DHL Freight AB"))

    def test_other_without_a_name_sends_our_own(self):
        carrier = self.carrier("Night bike")
        self.env["oms.amazon.carrier"].create({"carrier_id": carrier.id, "carrier_code": "Other"})
        self.assertEqual(self.told(carrier), ("Other", "Night bike"))

    def test_a_parcel_without_a_carrier_is_listed(self):
        picking = self.env["stock.picking"].new({"name": "WH/OUT/7"})
        with self.assertRaises(Unmapped) as caught:
            self.channel._shipment_carrier(picking)
        self.assertEqual(caught.exception.kind, "carrier")

    def test_the_parcel_of_a_real_transfer_by_someone_who_only_packs(self):
        order = self.import_order("111-0000001-0000001")
        picker = new_test_user(self.env, "amazon_picker", groups="stock.group_stock_user")
        carrier = self.carrier("Night bike")
        self.env["oms.amazon.carrier"].create({"carrier_id": carrier.id, "carrier_code": "UPS"})
        picking = order.picking_ids.with_user(picker)
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": "1Z999"})
        picking.button_validate()
        notice = order.oms_outbox_ids.payload
        self.assertEqual(notice["marketplace"], US)
        sent = order.picking_ids._prepare_shipment_notice(self.channel)
        body = build_shipment(sent, US)["packageDetail"]
        self.assertEqual((body["carrierCode"], body["trackingNumber"]), ("UPS", "1Z999"))
        self.assertEqual(body["packageReferenceId"], str(picking.id))
        self.assertEqual(body["orderItems"], [{"orderItemId": "10", "quantity": 1}])
