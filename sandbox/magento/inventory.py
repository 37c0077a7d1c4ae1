"""Sources, stocks and what lies where: Magento_InventoryApi and Magento_InventorySalesApi."""

from .bodies import LINKS, SOURCE_ITEMS, read_body
from .criteria import search
from .errors import invalid, not_found
from .money import number
from .shop import SOURCES, STOCKS

_SOURCE_FIELDS = {"source_code", "name", "enabled", "country_id", "postcode"}
_STOCK_FIELDS = {"stock_id", "name"}
_LINK_FIELDS = {"stock_id", "source_code", "priority"}
_ITEM_FIELDS = {"sku", "source_code", "quantity", "status"}
_ITEM_CLASS = "Magento\\InventoryApi\\Api\\Data\\SourceItemInterface"


def list_found(rows, criteria, fields):
    """Return a page of rows as every search result has it."""
    page, count = search(rows, criteria, fields)
    return {"items": page, "search_criteria": criteria.echo(), "total_count": count}


def search_sources(criteria):
    """Answer GET /V1/inventory/sources with JSON values."""
    return list_found(list(SOURCES.values()), criteria, _SOURCE_FIELDS)


def get_source(code):
    """Answer GET /V1/inventory/sources/{code}; raise ApiError 404."""
    if code not in SOURCES:
        raise not_found(f'Source with code "{code}" does not exist.')
    return SOURCES[code]


def search_stocks(criteria):
    """Answer GET /V1/inventory/stocks with JSON values."""
    return list_found(list(STOCKS.values()), criteria, _STOCK_FIELDS)


def get_stock(text):
    """Answer GET /V1/inventory/stocks/{id}; raise ApiError 404."""
    stock = STOCKS.get(int(text)) if text.isdigit() else None
    if stock is None:
        raise not_found(f'Stock with id "{text}" does not exist.')
    return stock


def resolve_stock(kind, code):
    """Answer GET /V1/inventory/stock-resolver/{type}/{code}: the stock that a website sells from."""
    for stock in STOCKS.values():
        if {"type": kind, "code": code} in stock["extension_attributes"]["sales_channels"]:
            return stock
    raise not_found("No linked stock found")


def search_links(shop, criteria):
    """Answer GET /V1/inventory/stock-source-links with JSON values."""
    return list_found(list(shop.links.values()), criteria, _LINK_FIELDS)


def save_links(shop, data):
    """Assign sources to stocks; return [] as Magento does."""
    for link in read_body(data, LINKS)["links"]:
        get_source(link["source_code"])
        get_stock(str(link["stock_id"]))
        key = f"{link['stock_id']} {link['source_code']}"
        kept = {name: link.get(name, 1) for name in ("stock_id", "source_code", "priority")}
        shop.put("links", key, kept)
        shop.note("stock_source_linked", key, kept)
    return []


def search_source_items(shop, criteria):
    """Answer GET /V1/inventory/source-items with JSON values."""
    return list_found(list(shop.source_items.values()), criteria, _ITEM_FIELDS)


def save_source_items(shop, data, limit=None):
    """Set what lies in sources, all or nothing; return [] as Magento does.

    A SKU that no product has is saved without a word: the table knows no products.
    """
    rows = read_body(data, SOURCE_ITEMS)["source_items"]
    check_size(rows, _ITEM_CLASS, limit)
    if not rows:
        raise invalid("Input data is empty")
    problems = []
    for row in rows:
        if not (row.get("sku") or "").strip():
            problems.append('"sku" can not be empty.')
        if not (row.get("source_code") or "").strip():
            problems.append('"source_code" can not be empty.')
        elif row["source_code"] not in SOURCES:
            problems.append(f'Source with code "{row["source_code"]}" does not exist.')
        if "quantity" not in row:
            problems.append('"quantity" should be numeric.')
        if row.get("status") not in (0, 1):
            problems.append('"status" should a known status.')
    if problems:
        raise invalid("Validation Failed", errors=list(dict.fromkeys(problems)))
    for row in rows:
        shop.save_source_item(row["sku"], row["source_code"], row["quantity"], row["status"])
        shop.note("source_items_saved", row["sku"], dict(shop.source_item(row["sku"], row["source_code"])))
    return []


def delete_source_items(shop, data):
    """Take SKUs out of sources; return [] as Magento does."""
    for row in read_body(data, SOURCE_ITEMS)["source_items"]:
        key = f"{row.get('source_code')} {row.get('sku')}"
        if key in shop.source_items:
            shop.remove("source_items", key)
            shop.note("source_items_deleted", row["sku"], {"source_code": row["source_code"]})
    return []


def check_size(rows, kind, limit):
    """Raise ApiError 400 when a request has more entities than the shop lets through."""
    if limit is not None and len(rows) > limit:
        raise invalid('Maximum items of type "%type" is %max', {"type": kind, "max": limit})


def get_salable_quantity(shop, sku, stock):
    """Answer get-product-salable-quantity: what lies in the stock's sources less what open orders reserve."""
    stock_id = get_stock(stock)["stock_id"]
    if not any(item["sku"] == sku for item in shop.source_items.values()):
        raise not_found("The product that was requested doesn't exist. Verify the product and try again.")
    return number(shop.salable(sku, stock_id))


def is_salable(shop, sku, stock):
    """Answer is-product-salable."""
    return shop.salable(sku, get_stock(stock)["stock_id"]) > 0
