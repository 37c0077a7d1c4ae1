"""What the stand-in begins with: one offer with a listing for each product of the catalogue."""

from ..catalogue import PRODUCTS
from .marketplaces import US
from .money import text_of


def listing_id(product):
    """Return the listing's id, which orders call ``legacyItemId``."""
    return f"11055{product.number:07d}"


def build_offers():
    """Return the offers, each with its inventory item; what another marketplace keeps and ships has no quantity."""
    return [
        {
            "sku": product.sku,
            "offerId": f"9{product.number:09d}010",
            "listingId": listing_id(product),
            "marketplaceId": US.id,
            "title": product.name,
            "ean": product.barcode,
            "price": {"value": text_of(product.price(US.currency)), "currency": US.currency},
            # Of the inventory item; the offer may have a smaller one of its own.
            "quantity": 0 if product.is_marketplace_fulfilled else product.first_quantity,
            "availableQuantity": None,
            "revisions": {"day": "", "count": 0},
        }
        for product in PRODUCTS
    ]
