"""What the tests of the Magento channel share: a shop that is live and documents as Magento writes them."""

import json

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.fields import Command
from odoo.tests import TransactionCase

from ..lib.pages import look_at, raw_order

SKUS = ("LAMP", "DESK")
STORES = {"1": "default", "2": "de"}


def item(sku="LAMP", net=20.0, quantity=1, item_id=None, **more):
    """Return one item of an order."""
    return {
        "item_id": item_id or 10 + SKUS.index(sku) if sku in SKUS else 19,
        "product_type": "simple",
        "sku": sku,
        "name": f"Title of {sku}",
        "qty_ordered": quantity,
        "price": net / quantity,
        "row_total": net,
        "row_total_incl_tax": net,
        "tax_amount": 0,
        **more,
    }


def document(number, items=None, *, total=20.0, currency="USD", state="processing", method="checkmo", **more):
    """Return an order as Magento writes it."""
    address = {
        "firstname": "Ann",
        "lastname": "Buyer",
        "street": ["1 Main Street"],
        "city": "Seattle",
        "region_code": "WA",
        "postcode": "98101",
        "country_id": "US",
    }
    return {
        "entity_id": number,
        "increment_id": f"{number:09d}",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": "2026-11-01 11:00:00",
        "state": state,
        "status": state,
        "store_id": 1,
        "order_currency_code": currency,
        "base_currency_code": currency,
        "grand_total": total,
        "items": items or [item()],
        "billing_address": address,
        "payment": {"method": method},
        "extension_attributes": {"shipping_assignments": [{"shipping": {"address": address, "method": "flatrate"}}]},
        **more,
    }


class MagentoCase(TransactionCase):
    """A live shop, two products in stock and a way to let documents come in without a network."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        currencies = cls.env["res.currency"].with_context(active_test=False)
        currencies.search([("name", "in", ("USD", "EUR"))]).active = True
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.products = cls.env["product.product"].create(
            [{"name": sku, "default_code": sku, "is_storable": True, "list_price": 999} for sku in SKUS]
        )
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 100)
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "Magento test",
                "channel_type": "magento",
                "magento_base_url": "https://shop.example.com/rest/",
                "magento_consumer_key": "the consumer key",
                "magento_consumer_secret": "the consumer secret",
                "magento_access_token": "the access token",
                "magento_access_token_secret": "the token secret",
                "warehouse_ids": [Command.set(cls.warehouse.ids)],
                "magento_source_ids": [
                    Command.create({"warehouse_id": cls.warehouse.id, "source_code": "main_wh"}),
                ],
            }
        )
        cls.channel.state = "live"

    def receive(self, *documents):
        """Let documents come in and be imported; return the inbox rows."""
        raws = [raw_order(look_at(json.dumps(body).encode()), STORES) for body in documents]
        rows = self.env["oms.inbox"]._store_orders(self.channel, raws)
        with trap_jobs() as jobs:
            rows._job_import()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        return rows

    def import_order(self, *args, **more):
        """Let one order come in and return ours."""
        return self.receive(document(*args, **more)).order_id
