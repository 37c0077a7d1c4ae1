"""Small Amazon documents to change and read in tests."""

import copy
import json

from odoo.addons.oms_channel_amazon.lib.mapper import parse_order

US, DE, JP = "ATVPDKIKX0DER", "A1PA6795UKMFR9", "A1VC38T7YXB528"


def money(amount, currency="USD"):
    """Return an amount as the API writes it."""
    return {"amount": amount, "currencyCode": currency}


def part(kind, amount, details=(), currency="USD"):
    """Return one breakdown of an item; ``details`` are (subtype, amount)."""
    found = {"type": kind, "subtotal": money(amount, currency)}
    if details:
        found["detailedBreakdowns"] = [{"subtype": name, "value": money(value, currency)} for name, value in details]
    return found


def item(number=1, *, parts=(), total=None, unit="20.00", quantity=1, currency="USD", **more):
    """Return one order item."""
    found = {
        "orderItemId": f"1000000000000{number}",
        "quantityOrdered": quantity,
        "product": {"asin": "B000000001", "title": "A lamp", "sellerSku": f"LAMP-{number}"},
        "proceeds": {"breakdowns": list(parts)},
    }
    if unit is not None:
        found["product"]["price"] = {"unitPrice": money(unit, currency)}
    if total is not None:
        found["proceeds"]["proceedsTotal"] = money(total, currency)
    return {**found, **more}


def order(*items, status="UNSHIPPED", store=US, by="MERCHANT", total=None, currency="USD", **more):
    """Return an order document."""
    found = {
        "orderId": "111-0000001-0000001",
        "createdTime": "2026-11-01T10:00:00Z",
        "lastUpdatedTime": "2026-11-01T11:00:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": store},
        "fulfillment": {"fulfillmentStatus": status, "fulfilledBy": by},
        "orderItems": list(items) or [item(parts=[part("ITEM", "20.00")], total="20.00")],
    }
    if total is not None:
        found["proceeds"] = {"grandTotal": money(total, currency)}
    return {**found, **more}


def parse(document):
    """Read a document the way the import does."""
    return parse_order(json.dumps(document).encode())


def changed(document, path, value):
    """Return a copy of a document with one place changed; ``path`` is a list of keys and positions."""
    found = copy.deepcopy(document)
    place = found
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return found
