from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import Form, TransactionCase, new_test_user, tagged
from odoo.tools import file_open

from ..client.soap_adapter import OpenMageAdapter
from ..lib import soap_const
from ..lib.soap_documents import raw_order, raw_unreadable
from ..lib.states import StatusRule

SKUS = ("LAMP", "DESK")


def item(sku="LAMP", row_total="20.0000", quantity="1.0000", **more):
    """Return one line as OpenMage writes it."""
    return {
        "item_id": f"1{SKUS.index(sku) if sku in SKUS else 9}",
        "product_type": "simple",
        "sku": sku,
        "name": f"Title of {sku}",
        "qty_ordered": quantity,
        "price": row_total,
        "row_total": row_total,
        **more,
    }


def document(number, items=None, **more):
    """Return an order as salesOrderInfo answers."""
    address = {
        "firstname": "Ann",
        "lastname": "Buyer",
        "street": "1 Main Street",
        "city": "Seattle",
        "region": "Washington",
        "postcode": "98101",
        "country_id": "US",
    }
    return {
        "increment_id": number,
        "order_id": "7",
        "state": "processing",
        "status": "processing",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": "2026-11-01 11:00:00",
        "order_currency_code": "USD",
        "grand_total": "20.0000",
        "shipping_address": address,
        "billing_address": address,
        "payment": {"method": "checkmo"},
        "items": items or [item()],
        **more,
    }


@tagged("post_install", "-at_install")
class TestOpenMage(TransactionCase):
    """An OpenMage shop: how it is set up, and what becomes of its orders."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.env["res.currency"].with_context(active_test=False).search([("name", "=", "USD")]).active = True
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.products = cls.env["product.product"].create(
            [{"name": sku, "default_code": sku, "is_storable": True, "list_price": 999} for sku in SKUS]
        )
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 100)
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "OpenMage test",
                "channel_type": "openmage",
                "magento_base_url": "https://shop.example.com/store/",
                "openmage_username": "oms",
                "openmage_api_key": "the api key",
                "warehouse_ids": [Command.set(cls.warehouse.ids)],
            }
        )
        cls.channel.state = "live"

    def receive(self, *raws):
        """Let documents come in and be imported; return the inbox rows."""
        rows = self.env["oms.inbox"]._store_orders(self.channel, raws)
        with trap_jobs() as jobs:
            rows._job_import()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        return rows

    def import_order(self, number, items=None, row=None, **more):
        """Let one order come in and return ours."""
        return self.receive(raw_order(document(number, items, **more), row or {}, number)).order_id

    # === THE ACCOUNT ===

    def test_the_adapter_gets_what_a_person_entered(self):
        account = self.channel._account()
        self.assertEqual(account.endpoints, {"soap": "https://shop.example.com/store/index.php/api/v2_soap/index"})
        self.assertEqual(account.settings, {"username": "oms", "is_buyer_told": True})
        self.assertEqual(account.secrets, {soap_const.API_KEY: "the api key"})
        self.assertNotIn("the api key", repr(account))
        self.assertIsInstance(self.channel._adapter(), OpenMageAdapter)

    def test_another_address_moves_the_calls(self):
        self.channel.magento_base_url = "https://new.example.com/index.php"
        self.assertEqual(self.channel.endpoint_ids.url, "https://new.example.com/index.php/api/v2_soap/index")

    def test_each_shop_is_read_its_own_way(self):
        self.channel.magento_prices_include_tax = "included"
        self.channel.magento_status_ids = [Command.create({"status_code": "packing", "is_hold": True})]
        adapter_class = self.channel._adapter_class()
        self.assertTrue(issubclass(adapter_class, OpenMageAdapter))
        self.assertEqual(adapter_class.reading.tax_mode, "included")
        self.assertEqual(adapter_class.reading.rules, (StatusRule("packing", None, "state", True),))

    def test_credentials_are_for_managers_and_the_key_for_nobody(self):
        clerk = new_test_user(self.env, "openmage_clerk", groups="oms_core.group_oms_clerk")
        for name in ("openmage_username", "openmage_api_key"):
            with self.assertRaises(AccessError):
                self.channel.with_user(clerk).read([name])
        self.env.invalidate_all()
        self.assertNotIn("the api key", str(self.channel.read(["openmage_api_key"])))
        self.assertEqual(self.channel.with_user(clerk)._adapter_settings()["username"], "oms")

    def test_the_form_asks_for_what_is_needed(self):
        manager = new_test_user(self.env, "openmage_manager", groups="oms_core.group_oms_manager")
        channels = self.env["oms.channel"].with_user(manager)
        channel = channels.create({"name": "Second shop", "channel_type": "openmage"})
        channel.action_setup_next()
        with Form(channel) as form:
            form.magento_base_url = "https://second.example.com"
            form.openmage_username = "oms"
            form.openmage_api_key = "hush"
        self.assertEqual(form.record._secret("openmage_api_key"), "hush")
        self.assertEqual(form.record.endpoint_ids.url, "https://second.example.com/index.php/api/v2_soap/index")

    def test_the_synchronisation_knows_what_the_shop_offers(self):
        entities = set(self.channel.state_ids.mapped("entity"))
        self.assertLessEqual({"orders", "shipments", "stock", "listings", "refunds"}, entities)

    def test_a_copied_database_points_nowhere(self):
        self.env.flush_all()
        with file_open("oms_channel_magento/data/neutralize.sql") as script:
            self.env.cr.execute(script.read())
        self.env.invalidate_all()
        self.assertEqual(set(self.channel.endpoint_ids.mapped("url")), {"https://sandbox.invalid"})

    def test_carriers_are_named_as_in_magento_2(self):
        carrier = self.env["delivery.carrier"].create(
            {"name": "DHL Paket", "product_id": self.env.ref("oms_core.product_shipping").id, "delivery_type": "fixed"}
        )
        picking = self.env["stock.picking"].new({"carrier_id": carrier.id})
        self.assertEqual(self.channel._shipment_carrier(picking), ("dhl", "DHL Paket"))
        self.env["oms.magento.carrier"].create({"carrier_id": carrier.id, "carrier_code": "matrixrate"})
        self.assertEqual(self.channel._shipment_carrier(picking), ("matrixrate", "DHL Paket"))
        with self.assertRaises(Unmapped):
            self.channel._shipment_carrier(self.env["stock.picking"].new({"name": "WH/OUT/7"}))

    # === ORDERS ===

    def test_an_order_is_confirmed_and_reserved_with_the_shops_amounts(self):
        lines = [item(), item("DESK", "30.0000", "3.0000", price="10.0000")]
        row = {"shipping_tax_amount": "0.0000", "customer_note": "Ring twice"}
        order = self.import_order(
            "100000001", lines, row, grand_total="55.0000", subtotal="50.0000", shipping_amount="5.0000"
        )
        self.assertEqual((order.state, order.amount_total, order.oms_total_check), ("sale", 55.0, "equal"))
        amounts = {line.oms_kind: line.price_subtotal for line in order.order_line if line.oms_kind != "goods"}
        self.assertEqual(amounts, {"shipping": 5.0})
        self.assertEqual(order.picking_ids.state, "assigned")

    def test_an_order_on_hold_waits(self):
        order = self.import_order(
            "100000002", None, {"hold_before_state": "processing"}, state="holded", status="holded"
        )
        self.assertTrue(order.oms_hold)
        self.assertFalse(order.picking_ids)

    def test_an_unpaid_order_reserves_nothing(self):
        order = self.import_order("100000003", state="new", status="pending")
        self.assertEqual(order.state, "draft")
        self.assertFalse(order.picking_ids)

    def test_an_answer_that_is_no_order_waits_with_its_reason(self):
        broken = raw_unreadable(b"<a>&#0;</a>", {"updated_at": "2026-11-01 11:00:00"}, "100000004")
        rows = self.receive(broken, raw_order(document("100000005"), {}, "100000005"))
        self.assertEqual(rows.mapped("state"), ["quarantined", "done"])
        self.assertIn("not XML", rows[0].reason)
