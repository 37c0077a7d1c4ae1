"""Changes of an order after the purchase, by the buyer or by eBay: quantities, lines, combined payment."""

import copy
from decimal import Decimal

from ..catalogue import PRODUCTS
from .money import COLLECTED, Unit, add_up, scaled
from .seeds import listing_id
from .store import stamp


def change_quantity(seller, wish):
    """Change the quantity of a line: {"orderId", "lineItemId", "quantity"}; return the order's new total."""
    record = seller.records[wish["orderId"]]
    line = next(line for line in record.order["lineItems"] if line["lineItemId"] == wish["lineItemId"])
    quantity = int(wish["quantity"])
    if quantity < 1:
        raise ValueError("quantity is 1 or more")
    share = Decimal(quantity) / line["quantity"]
    seller.give_back(record)
    line["quantity"] = quantity
    line["lineItemCost"] = scaled(line["lineItemCost"], share)
    for promotion in line["appliedPromotions"]:
        promotion["discountAmount"] = scaled(promotion["discountAmount"], share)
    for tax in line.get(COLLECTED, []):
        tax["amount"] = scaled(tax["amount"], share)
    return _finish(seller, record)


def add_line(seller, wish):
    """Add a line to an order: {"orderId", "sku", "quantity"}; return the new line's id."""
    record = seller.records[wish["orderId"]]
    product = next(product for product in PRODUCTS if product.sku == wish["sku"])
    quantity = int(wish.get("quantity", 1))
    first = record.order["lineItems"][0]
    currency = first["lineItemCost"]["currency"]
    unit = Unit(currency)
    line = copy.deepcopy(first)
    for name in ("legacyVariationId", "variationAspects", COLLECTED):
        line.pop(name, None)
    line |= {
        "lineItemId": f"{1000000000000 + seller.next_number()}",
        "legacyItemId": listing_id(product),
        "sku": product.sku,
        "title": product.name,
        "quantity": quantity,
        "lineItemFulfillmentStatus": "NOT_STARTED",
        "lineItemCost": unit.amount(product.price(currency) * quantity),
        "deliveryCost": {"shippingCost": unit.amount(Decimal(0))},
        "appliedPromotions": [],
        "taxes": [],
        "refunds": [],
    }
    seller.give_back(record)
    record.order["lineItems"].append(line)
    _finish(seller, record)
    return line["lineItemId"]


def combine_orders(ebay, seller, order_ids):
    """Replace unpaid orders of one buyer by one with all of their lines, as combined payment does; return its id."""
    records = [seller.records[order_id] for order_id in order_ids]
    if len(set(order_ids)) < 2 or any(record.order["orderPaymentStatus"] != "PENDING" for record in records):
        raise ValueError("give at least two orders that are not paid yet")
    if len({record.order["pricingSummary"]["total"]["currency"] for record in records}) > 1:
        raise ValueError("the orders must be in one currency")
    number = seller.next_number()
    combined = copy.deepcopy(records[0].order)
    combined["orderId"] = f"28-{number // 10**5:05d}-{number % 10**5:05d}"
    combined["creationDate"] = combined["lastModifiedDate"] = stamp(ebay.world.clock.now())
    combined["lineItems"] = [copy.deepcopy(line) for record in records for line in record.order["lineItems"]]
    for record in records:
        seller.give_back(record)
        seller.remove_order(record.order["orderId"])
    add_up(combined)
    seller.sell(seller.put_order(combined))
    body = {"orderId": combined["orderId"], "replaced": list(order_ids)}
    ebay.world.ledger.append("orders_combined", combined["orderId"], body)
    return combined["orderId"]


def _finish(seller, record):
    add_up(record.order)
    seller.sell(record)
    seller.touch(record)
    return record.order["pricingSummary"]["total"]["value"]
