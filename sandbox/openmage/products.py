"""catalogProductList, catalogProductInfo and catalogInventoryStockItemList, …Update, …MultiUpdate."""

import re
from decimal import Decimal, InvalidOperation

from .errors import SoapFault
from .filters import choose, parse_filters
from .store import set_quantity
from .stores import find_store
from .times import now_text

_RENAMED = {"product_id": "entity_id", "set": "attribute_set_id", "type": "type_id"}
_COLUMNS = {
    *("entity_id", "attribute_set_id", "type_id", "sku", "name", "created_at", "updated_at", "status", "price"),
    *("visibility", "weight"),
}
_NUMBER = re.compile(r"[+-]?[1-9]\d*|0")
_MOST = 10**8  # decimal(12,4)
# What every answer of catalogProductInfo has, whatever attributes are asked for.
_ALWAYS = ("product_id", "sku", "set", "type", "categories", "websites")


def _ensure_store(wanted):
    if wanted and find_store(wanted) is None:
        raise SoapFault(100, "Requested store view not found.")


def list_products(context):
    """Answer catalogProductList: all sorts of products, without pages."""
    values = context.values
    _ensure_store(values.get("storeView") or values.get("store"))
    rows = [
        {**product, "entity_id": product["product_id"], "type_id": product["type"], "attribute_set_id": product["set"]}
        for product in context.shop.products.values()
    ]
    found = choose(rows, parse_filters(values.get("filters"), _RENAMED), _COLUMNS)
    return [row | {"category_ids": row["categories"], "website_ids": row["websites"]} for row in found]


def show_product(context):
    """Answer catalogProductInfo; a SKU that looks like a number is taken for an id, unless identifierType is sku."""
    values = context.values
    _ensure_store(values.get("storeView") or values.get("store"))
    wanted = values.get("productId") or ""
    is_sku = values.get("identifierType") == "sku" or not _NUMBER.fullmatch(wanted)
    product = context.shop.find_product(wanted, by_sku_only=True) if is_sku else None
    if not is_sku:
        product = next((row for row in context.shop.products.values() if row["product_id"] == wanted), None)
    if product is None:
        raise SoapFault(101, "Product not exists.")
    shown = {name: value for name, value in product.items() if name not in ("qty", "is_in_stock", "ean")}
    shown |= {"type_id": product["type"], "category_ids": product["categories"], "website_ids": product["websites"]}
    asked = values.get("attributes")
    if asked:
        wanted_names = {*_ALWAYS, *(asked.get("attributes") or ())}
        shown = {name: value for name, value in shown.items() if name in wanted_names}
        further = [name for name in asked.get("additional_attributes") or () if product.get(name) is not None]
        shown["additional_attributes"] = [{"key": name, "value": str(product[name])} for name in further]
    return shown


def list_stock(context):
    """Answer catalogInventoryStockItemList; ids and SKUs nobody knows are left out without a word."""
    wanted = context.values.get("products") or context.values.get("productIds") or []
    found = {}
    for name in wanted:
        product = context.shop.find_product(name or "")
        if product is not None:
            found[product["product_id"]] = {
                "product_id": product["product_id"],
                "sku": product["sku"],
                "qty": product["qty"],
                "is_in_stock": product["is_in_stock"],
            }
    return sorted(found.values(), key=lambda row: int(row["product_id"]))


def update_stock(context):
    """Answer catalogInventoryStockItemUpdate."""
    values = context.values
    _update(context, values.get("product") or values.get("productId") or "", values.get("data") or {})
    return 1


def update_many(context):
    """Answer catalogInventoryStockItemMultiUpdate: one after the other, and those before a refusal stay done."""
    names, rows = context.values.get("productIds") or [], context.values.get("productData") or []
    if len(names) != len(rows):
        message = "Quantity of product IDs and product data should match. Inventory was not updated."
        raise SoapFault(103, message)
    for name, row in zip(names, rows, strict=True):
        _update(context, name or "", row or {})
    return True


def _update(context, name, data):
    product = context.shop.find_product(name)
    if product is None:
        raise SoapFault(101, "Product not exists.")
    quantity = None
    if data.get("qty") is not None:
        quantity = _read_quantity(data["qty"])
    if data.get("is_in_stock") is not None:
        product["is_in_stock"] = "1" if data["is_in_stock"] else "0"
    others = {key: str(value) for key, value in data.items() if key not in ("qty", "is_in_stock") and value is not None}
    product |= others
    # A product with nothing left goes out of stock by itself; it comes back only when it is told to.
    set_quantity(product, Decimal(product["qty"]) if quantity is None else quantity)
    product["updated_at"] = now_text(context.world.clock)
    context.shop.put("product", product)
    body = {"qty": product["qty"], "is_in_stock": product["is_in_stock"], **others}
    context.world.ledger.append("stock_updated", product["sku"], body)


def _read_quantity(text):
    try:
        quantity = Decimal(str(text).strip() or "0")
    except InvalidOperation:
        quantity = Decimal("NaN")
    if not quantity.is_finite() or not -_MOST < quantity < _MOST:
        # The database would store 0 and say nothing; here a wrong number is seen.
        raise SoapFault(102, "Product inventory not updated. Details in error message.")
    return quantity
