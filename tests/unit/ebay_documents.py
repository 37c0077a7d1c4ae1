"""Small eBay documents to change and read in tests."""

import json

from odoo.addons.oms_channel_ebay.lib.mapper import parse_order


def money(value, currency="USD", **converted):
    """Return an amount as the API writes it."""
    return {"value": value, "currency": currency, **converted}


def contact(**more):
    """Return somebody with an address."""
    return {
        "fullName": "Ann Buyer",
        "primaryPhone": {"phoneNumber": "555 0100"},
        "email": "ann@example.com",
        "contactAddress": {
            "addressLine1": "1 Main Street",
            "city": "Seattle",
            "stateOrProvince": "WA",
            "postalCode": "98101",
            "countryCode": "US",
        },
        **more,
    }


def collected(amount, kind="STATE_SALES_TAX", currency="USD", **reference):
    """Return tax eBay collects; ``reference`` is the name and the value of its number."""
    found = {"amount": money(amount, currency), "taxType": kind, "collectionMethod": "NET"}
    return {**found, "ebayReference": reference} if reference else found


def line(number=1, *, cost="20.00", total=None, shipping="0.00", currency="USD", **more):
    """Return one line of an order."""
    found = {
        "lineItemId": f"1000000000000{number}",
        "legacyItemId": f"22000000000{number}",
        "sku": f"LAMP-{number}",
        "title": "A lamp",
        "quantity": 1,
        "lineItemCost": money(cost, currency),
        "deliveryCost": {"shippingCost": money(shipping, currency)},
        "appliedPromotions": [],
        "taxes": [],
        "refunds": [],
        "purchaseMarketplaceId": "EBAY_US",
        "listingMarketplaceId": "EBAY_US",
        "lineItemFulfillmentStatus": "NOT_STARTED",
    }
    if total is not None:
        found["total"] = money(total, currency)
    return {**found, **more}


def order(*lines, total=None, currency="USD", paid="PAID", status="NOT_STARTED", **more):
    """Return an order document."""
    found = {
        "orderId": "12-34567-89012",
        "creationDate": "2026-11-01T10:00:00.123Z",
        "lastModifiedDate": "2026-11-01T11:00:00.456Z",
        "orderFulfillmentStatus": status,
        "orderPaymentStatus": paid,
        "sellerId": "the-shop",
        "buyer": {"username": "ann_buys"},
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "fulfillmentHrefs": [],
        "fulfillmentStartInstructions": [
            {
                "fulfillmentInstructionsType": "SHIP_TO",
                "maxEstimatedDeliveryDate": "2026-11-09T08:00:00.000Z",
                "shippingStep": {"shipTo": contact(), "shippingServiceCode": "USPSPriority"},
            }
        ],
        "paymentSummary": {"payments": [], "refunds": []},
        "pricingSummary": {},
        "lineItems": list(lines) or [line()],
    }
    if total is not None:
        found["pricingSummary"] = {"total": money(total, currency)}
    return {**found, **more}


def parse(document):
    """Read a document the way the import does."""
    return parse_order(json.dumps(document).encode())


def sums(order):
    """Return what the lines and charges of an order add up to, tax on top included."""
    charges = [*order.charges, *(charge for line in order.lines for charge in line.charges)]
    taxes = [] if order.is_tax_included else [tax for line in order.lines for tax in line.taxes]
    return sum(part.amount.amount for part in (*order.lines, *charges, *taxes))
