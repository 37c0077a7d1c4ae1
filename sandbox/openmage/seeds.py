"""The products of a shop: the common catalogue, and configurables and bundles made of it."""

from datetime import timedelta

from ..catalogue import PRODUCTS
from .amounts import to_text
from .times import write_time

FAMILIES = 20  # products in a row that differ by more than their colour, see the catalogue
CONFIGURABLES = tuple(range(1, FAMILIES + 1))
BUNDLES = tuple(range(1, 6))
FIRST_CONFIGURABLE_ID, FIRST_BUNDLE_ID = 1000, 2000


def configurable_sku(family):
    """Return the SKU of the configurable product of a family, from 1."""
    return f"OMS-CONF-{family:02d}"


def bundle_sku(number):
    """Return the SKU of a bundle, from 1."""
    return f"OMS-SET-{number:02d}"


def variants_of(family):
    """Return the products that are the variants of a configurable."""
    return [product for product in PRODUCTS if (product.number - 1) % FAMILIES == family - 1]


def parts_of(number):
    """Return the products that are in a bundle, each with how many of it."""
    first = (number - 1) * 3
    return [(PRODUCTS[first], 1), (PRODUCTS[first + 1], 1), (PRODUCTS[first + 2], 2)]


def bundle_name(number):
    """Return the name of a bundle."""
    return f"Gift set {number}"


def build_products(now):
    """Return all products of a new shop, as they were a day ago."""
    made, changed = write_time(now - timedelta(days=90)), write_time(now - timedelta(days=1))
    products = [
        _product(product.number, product.sku, product.name)
        | {
            "price": to_text(product.price("EUR")),
            "weight": to_text(product.weight_grams / 1000),
            "ean": product.barcode,
            "qty": to_text(product.first_quantity),
            "is_in_stock": "1",
        }
        for product in PRODUCTS
    ]
    for family in CONFIGURABLES:
        name = PRODUCTS[family - 1].name.rpartition(",")[0]
        products.append(_product(FIRST_CONFIGURABLE_ID + family, configurable_sku(family), name, "configurable"))
    for number in BUNDLES:
        products.append(_product(FIRST_BUNDLE_ID + number, bundle_sku(number), bundle_name(number), "bundle"))
    return [product | {"created_at": made, "updated_at": changed} for product in products]


def _product(number, sku, name, kind="simple"):
    return {
        "product_id": str(number),
        "sku": sku,
        "name": name,
        "set": "4",
        "type": kind,
        "categories": ["2"],
        "websites": ["1", "2", "3"],
        "status": "1",
        "visibility": "4",
        "tax_class_id": "2",
        "price": None,
        "weight": None,
        "qty": to_text(0),
        "is_in_stock": "1",
    }
