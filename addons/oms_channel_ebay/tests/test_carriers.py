from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..lib.bodies import build_shipment
from ..lib.carriers import guess
from .common import US, EbayCase


@tagged("post_install", "-at_install")
class TestCarriers(EbayCase):
    """What eBay is told of the carrier of a parcel."""

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
            "dhl express worldwide": ("DHLEXPRESS", None),
            "UPS": ("UPS", None),
            "USPS Priority": ("USPS", None),
            "Royal Mail Tracked 24": ("RoyalMail", None),
            "Upside Couriers": ("Other", "Upside Couriers"),
        }
        self.assertEqual({name: guess(name) for name in expected}, expected)

    def test_what_a_person_set_comes_first(self):
        carrier = self.carrier("DHL Freight")
        self.assertEqual(self.told(carrier), ("DHL", None))
        self.env["oms.ebay.carrier"].create({"carrier_id": carrier.id, "carrier_code": "DHLFreight"})
        self.assertEqual(self.told(carrier), ("DHLFreight", None))

    def test_a_parcel_without_a_carrier_is_listed(self):
        picking = self.env["stock.picking"].new({"name": "WH/OUT/7"})
        with self.assertRaises(Unmapped) as caught:
            self.channel._shipment_carrier(picking)
        self.assertEqual(caught.exception.kind, "carrier")

    def test_clerks_name_carriers_of_their_own_companies(self):
        other = self.env["res.company"].create({"name": "Other"})
        carrier = self.carrier("Night bike")
        carrier.company_id = other
        row = self.env["oms.ebay.carrier"].create({"carrier_id": carrier.id, "carrier_code": "Other"})
        clerk = new_test_user(self.env, "ebay_clerk", groups="oms_core.group_oms_clerk")
        with self.assertRaises(AccessError):
            row.with_user(clerk).write({"carrier_code": "UPS"})

    def test_the_parcel_of_a_real_transfer_by_someone_who_only_packs(self):
        order = self.import_order("12-00001-00001")
        picker = new_test_user(self.env, "ebay_picker", groups="stock.group_stock_user")
        carrier = self.carrier("Night bike")
        self.env["oms.ebay.carrier"].create({"carrier_id": carrier.id, "carrier_code": "UPS"})
        picking = order.picking_ids.with_user(picker)
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": "1Z 999-AA"})
        picking.button_validate()
        notice = order.oms_outbox_ids.payload
        self.assertEqual(notice["marketplace"], US)
        body = build_shipment(order.picking_ids._prepare_shipment_notice(self.channel))
        self.assertEqual((body["shippingCarrierCode"], body["trackingNumber"]), ("UPS", "1Z999AA"))
        self.assertEqual(body["lineItems"], [{"lineItemId": "10", "quantity": 1}])
