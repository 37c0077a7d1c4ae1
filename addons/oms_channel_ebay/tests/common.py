"""What the tests of the eBay channel share: an account that is live and documents as eBay writes them."""

import json

from odoo.addons.queue_job.tests.common import trap_jobs
from odoo.fields import Command
from odoo.tests import TransactionCase

from ..lib.answers import raw_order

US, DE, JP = "EBAY_US", "EBAY_DE", "EBAY_JP"
SKUS = ("LAMP", "DESK")
ANN = {
    "fullName": "Ann Buyer",
    "contactAddress": {
        "addressLine1": "1 Main Street",
        "city": "Seattle",
        "stateOrProvince": "WA",
        "postalCode": "98101",
        "countryCode": "US",
    },
}


def money(value, currency="USD"):
    """Return an amount as eBay writes it."""
    return {"value": value, "currency": currency}


def line(sku="LAMP", cost="20.00", total=None, quantity=1, currency="USD", **more):
    """Return one line of an order."""
    number = SKUS.index(sku) if sku in SKUS else 9
    return {
        "lineItemId": f"1{number}",
        "legacyItemId": f"11000000000{number}",
        "sku": sku,
        "title": f"Title of {sku}",
        "quantity": quantity,
        "lineItemCost": money(cost, currency),
        "total": money(total or cost, currency),
        "purchaseMarketplaceId": US,
        **more,
    }


def document(number, lines=None, *, total=None, status="NOT_STARTED", paid="PAID", ship_to=ANN, **more):
    """Return an order as eBay writes it."""
    lines = lines or [line()]
    found = {
        "orderId": number,
        "creationDate": "2026-11-01T10:00:00.000Z",
        "lastModifiedDate": "2026-11-01T11:00:00.000Z",
        "orderFulfillmentStatus": status,
        "orderPaymentStatus": paid,
        "buyer": {"username": "ann_buys"},
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "fulfillmentStartInstructions": [
            {"fulfillmentInstructionsType": "SHIP_TO", "shippingStep": {"shipTo": ship_to}}
        ],
        "paymentSummary": {"payments": [], "refunds": []},
        "lineItems": lines,
    }
    if total is not None:
        found["pricingSummary"] = {"total": money(total, lines[0]["lineItemCost"]["currency"])}
    return {**found, **more}


class EbayCase(TransactionCase):
    """A live eBay account, two products in stock and a way to let documents come in without a network."""

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
        sites = cls.env["oms.ebay.marketplace"].search([("code", "in", (US, DE))])
        cls.channel = cls.env["oms.channel"].create(
            {
                "name": "eBay test",
                "channel_type": "ebay",
                "ebay_client_id": "Shop-App-PRD",
                "ebay_ru_name": "Shop-RuName",
                "ebay_client_secret": "the cert id",
                "ebay_refresh_token": "v^1.1#the refresh token",
                "ebay_marketplace_ids": [Command.set(sites.ids)],
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
        return self.receive(document(*args, **more)).order_id
