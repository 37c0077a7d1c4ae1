"""Products and their base prices: Magento_Catalog."""

from . import stores
from .bodies import PRICES, SKUS, read_body
from .criteria import search
from .errors import invalid, not_found
from .inventory import check_size
from .money import exact, number

_FIELDS = {
    "entity_id", "id", "sku", "name", "attribute_set_id", "price", "status", "visibility", "type_id", "created_at",
    "updated_at", "weight", "url_key", "tax_class_id", "ean",
}  # fmt: skip
_PRICE_CLASS = "Magento\\Catalog\\Api\\Data\\BasePriceInterface"


def search_products(shop, criteria):
    """Answer GET /V1/products with a page as JSON values; raise ApiError 400 for an attribute that is none."""
    for name in [f for group in criteria.groups for f, _v, _c in group] + [f for f, _way in criteria.orders]:
        if name not in _FIELDS:
            raise invalid("Invalid attribute name: %1", [name])
    rows = [_row(product) for product in shop.products.values()]
    page, count = search(rows, criteria, _FIELDS)
    return {
        "items": [_shown(shop.products[row["sku"]]) for row in page],
        "search_criteria": criteria.echo(),
        "total_count": count,
    }


def _row(product):
    custom = {a["attribute_code"]: a["value"] for a in product["custom_attributes"]}
    return {**custom, **product, "entity_id": product["id"]}


def _shown(product):
    return {name: value for name, value in product.items() if not name.startswith("_")}


def get_product(shop, sku):
    """Answer GET /V1/products/{sku}; raise ApiError 404."""
    # MySQL compares SKUs without regard to case.
    found = shop.products.get(sku) or next((p for s, p in shop.products.items() if s.lower() == sku.lower()), None)
    if found is None:
        raise not_found("The product that was requested doesn't exist. Verify the product and try again.")
    row = shop.source_item(found["sku"], "default") or {"quantity": 0, "status": 0}
    return {
        **_shown(found),
        "extension_attributes": {**found["extension_attributes"], "stock_item": _stock_item(found, row)},
    }


def _stock_item(product, row):
    """Return the stock item of the time before sources, which follows the default source."""
    flags = (
        "use_config_min_qty", "use_config_max_sale_qty", "use_config_backorders", "use_config_notify_stock_qty",
        "use_config_qty_increments", "use_config_enable_qty_inc", "use_config_manage_stock", "manage_stock",
    )  # fmt: skip
    zeros = ("min_qty", "backorders", "qty_increments", "stock_status_changed_auto")
    return {
        "item_id": product["id"],
        "product_id": product["id"],
        "stock_id": 1,
        "qty": row["quantity"],
        "is_in_stock": row["status"] == 1,
        "is_qty_decimal": False,
        "show_default_notification_message": False,
        "use_config_min_sale_qty": 1,
        "min_sale_qty": 1,
        "max_sale_qty": 10000,
        "notify_stock_qty": 1,
        "enable_qty_increments": False,
        "low_stock_date": None,
        "is_decimal_divided": False,
        **dict.fromkeys(flags, True),
        **dict.fromkeys(zeros, 0),
    }


def save_base_prices(shop, data, limit=None):
    """Set prices row by row; return what is wrong with the others, as Magento's price storage does."""
    rows = read_body(data, PRICES)["prices"]
    check_size(rows, _PRICE_CLASS, limit)
    results = []
    for row in rows:
        problem = _price_problem(shop, row)
        if problem:
            results.append(problem)
            continue
        product = shop.products[row["sku"]]
        if row["store_id"] == 0:
            product["price"] = number(exact(row["price"]))
        else:
            product.setdefault("_prices", {})[str(row["store_id"])] = number(exact(row["price"]))
        product["updated_at"] = shop.now()
        shop.put("products", row["sku"], product)
        shop.note("price_saved", row["sku"], {"price": number(exact(row["price"])), "store_id": row["store_id"]})
    return results


def _price_problem(shop, row):
    if row["sku"] not in shop.products:
        message = (
            "The product that was requested doesn't exist. Verify the product and try again. "
            "Row ID: SKU = %SKU, Store ID: %storeId."
        )
    elif row["store_id"] != 0 and row["store_id"] not in stores.BY_ID:
        message = "Requested store is not found. Row ID: SKU = %SKU, Store ID: %storeId."
    elif row["price"] < 0:
        message = "Invalid attribute Price = %price. Row ID: SKU = %SKU, Store ID: %storeId."
    else:
        return None
    return {"message": message, "parameters": [str(row["price"]), row["sku"], str(row["store_id"])]}


def list_base_prices(shop, data):
    """Return the base prices of SKUs, one row for each store they differ in."""
    skus = read_body(data, SKUS)["skus"]
    unknown = [sku for sku in skus if sku not in shop.products]
    if unknown:
        raise invalid("Requested products don't exist: %sku", {"sku": ", ".join(unknown)})
    rows = []
    for sku in skus:
        product = shop.products[sku]
        rows.append({"price": product["price"], "store_id": 0, "sku": sku})
        for store_id, price in product.get("_prices", {}).items():
            rows.append({"price": price, "store_id": int(store_id), "sku": sku})
    return rows
