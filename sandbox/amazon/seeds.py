"""What the stand-in begins with: the listings of the catalogue and the official example orders."""

import json
from datetime import timedelta
from importlib.resources import files

from ..catalogue import PRODUCTS
from ..clock import from_text, shift_texts, to_text
from .generator import OFFERED_IN
from .listing_patches import STOCK
from .offers import PRICE, price_attribute
from .pricing import money

EXAMPLE_QUANTITY = 25
HANDLING_DAYS = 2
# One minute apart and old enough that the first search sees them all.
_YOUNGEST_EXAMPLE = timedelta(minutes=5)


def load_examples(now, times):
    """Return the official example orders; `times` "recent" moves each so that it was updated just now."""
    folder = files(__package__) / "seed"
    paths = sorted((p for p in folder.iterdir() if p.name.endswith(".json")), key=lambda p: p.name)
    orders = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    if times == "original":
        return orders
    moved = []
    for place, order in enumerate(orders):
        updated = now - _YOUNGEST_EXAMPLE - timedelta(minutes=place)
        moved.append(shift_texts(order, updated - from_text(order["lastUpdatedTime"])))
    return moved


def build_listings(now, examples):
    """Return a listing for each product of the catalogue and for each product of the examples."""
    listings = [_catalogue_listing(product, now) for product in PRODUCTS]
    by_sku = {}
    for order in examples:
        for item in order["orderItems"]:
            by_sku[item["product"]["sellerSku"]] = _example_listing(order, item, now)
    return listings + list(by_sku.values())


def _catalogue_listing(product, now):
    listing = _listing(product.sku, product.asin, product.name, now)
    listing["barcode"] = product.barcode
    listing["offers"] = {m.id: money(product.price(m.currency), m.currency)["amount"] for m in OFFERED_IN}
    listing["attributes"][PRICE] = price_attribute(listing["offers"])
    if product.is_marketplace_fulfilled:
        listing["fba"] = {"quantity": product.first_quantity, "updated": listing["lastUpdatedDate"]}
        listing["attributes"][STOCK] = [{"fulfillment_channel_code": "AMAZON_NA"}]
    else:
        listing["attributes"][STOCK] = [_own_stock(product.first_quantity)]
    return listing


def _example_listing(order, item, now):
    product = item["product"]
    listing = _listing(product["sellerSku"], product["asin"], product["title"], now)
    price = product["price"]["unitPrice"]["amount"]
    listing["offers"] = {order["salesChannel"]["marketplaceId"]: price}
    listing["attributes"][STOCK] = [_own_stock(EXAMPLE_QUANTITY)]
    listing["attributes"][PRICE] = price_attribute(listing["offers"])
    return listing


def _own_stock(quantity):
    return {
        "fulfillment_channel_code": "DEFAULT",
        "quantity": quantity,
        "lead_time_to_ship_max_days": HANDLING_DAYS,
    }


def _listing(sku, asin, title, now):
    return {
        "sku": sku,
        "asin": asin,
        "title": title,
        "productType": "PRODUCT",
        "createdDate": to_text(now - timedelta(days=90)),
        "lastUpdatedDate": to_text(now - timedelta(days=1)),
        "offers": {},
        "attributes": {"item_name": [{"value": title}]},
        "issues": [],
    }
