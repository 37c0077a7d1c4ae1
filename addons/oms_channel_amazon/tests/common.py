"""What the tests of the Amazon channel share: an account that is live and documents as Amazon writes them."""

import json

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.fields import Command
from odoo.tests import TransactionCase

from ..lib.answers import raw_order

US, DE, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528"
SKUS = ("LAMP", "DESK")


def money(amount, currency="USD"):
    """Return an amount as Amazon writes it."""
    return {"amount": amount, "currencyCode": currency}


def part(kind, amount, currency="USD"):
    """Return one kind of money of an item."""
    return {"type": kind, "subtotal": money(amount, currency)}


def item(sku="LAMP", parts=(("ITEM", "20.00"),), total="20.00", quantity=1, currency="USD", **more):
    """Return one item of an order."""
    return {
        "orderItemId": f"1{SKUS.index(sku) if sku in SKUS else 9}",
        "quantityOrdered": quantity,
        "product": {"asin": "B000000001", "title": f"Title of {sku}", "sellerSku": sku},
        "proceeds": {
            "proceedsTotal": money(total, currency),
            "breakdowns": [part(kind, amount, currency) for kind, amount in parts],
        },
        **more,
    }


def document(number, items=None, *, total=None, store=US, status="UNSHIPPED", by="MERCHANT", **more):
    """Return an order as Amazon writes it."""
    items = items or [item()]
    currency = items[0]["proceeds"]["proceedsTotal"]["currencyCode"] if "proceeds" in items[0] else "USD"
    found = {
        "orderId": number,
        "createdTime": "2026-11-01T10:00:00Z",
        "lastUpdatedTime": "2026-11-01T11:00:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": store},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": by},
        "orderItems": items,
        "buyer": {"buyerName": "Ann Buyer"},
        "recipient": {
            "deliveryAddress": {
                "name": "Ann Buyer",
                "addressLine1": "1 Main Street",
                "city": "Seattle",
                "stateOrRegion": "WA",
                "postalCode": "98101",
                "countryCode": "US",
            }
        },
    }
    if total is not None:
        found["proceeds"] = {"grandTotal": money(total, currency)}
    return {**found, **more}


class AmazonCase(TransactionCase):
    """A live Amazon account, two products in stock and a way to let documents come in without a network."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env = cls.env(context=dict(cls.env.context, tracking_disable=True))
        cls.env["res.currency"].with_context(active_test=False).search(
            [("name", "in", ("USD", "EUR", "JPY"))]
        ).active = True
        cls.warehouse = cls.env["stock.warehouse"].search([("company_id", "=", cls.env.company.id)], limit=1)
        cls.products = cls.env["product.product"].create(
            [{"name": sku, "default_code": sku, "is_storable": True, "list_price": 999} for sku in SKUS]
        )
        for product in cls.products:
            cls.env["stock.quant"]._update_available_quantity(product, cls.warehouse.lot_stock_id, 100)
        stores = cls.env["oms.amazon.marketplace"].search([("code", "in", (US, DE, JP))])
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "Amazon test",
                "channel_type": "amazon",
                "amazon_region": "na",
                "amazon_seller_id": "A1SELLER",
                "amazon_client_id": "amzn1.application-oa2-client.test",
                "amazon_client_secret": "the client secret",
                "amazon_refresh_token": "Atzr|the refresh token",
                "amazon_marketplace_ids": [Command.set(stores.ids)],
                "warehouse_ids": [Command.set(cls.warehouse.ids)],
            }
        )
        cls.channel.state = "live"

    def receive(self, *documents):
        """Let documents come in and be imported; return the inbox rows."""
        bodies = [body if isinstance(body, bytes) else json.dumps(body).encode() for body in documents]
        rows = self.env["oms.inbox"]._store_orders(self.channel, [raw_order(body) for body in bodies])
        with trap_jobs() as jobs:
            rows._job_import()
            while jobs.enqueued_jobs:
                jobs.perform_enqueued_jobs()
        return rows

    def import_order(self, *args, **more):
        """Let one order come in and return ours."""
        rows = self.receive(document(*args, **more))
        return rows.order_id
