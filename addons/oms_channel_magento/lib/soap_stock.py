"""Products and quantities: what a shop offers, and what it is told. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.lib import cursor as cursors
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

from . import soap_wire
from .amounts import read_amount
from .soap_wire import rows
from .wire import text

MAX_QUANTITY = 99_999_999  # cataloginventory_stock_item.qty is decimal(12,4)


class ProductsPlace(dto.Value):
    """Where a walk over all products is.

    :param since: product ids from here on are next
    """

    since: int = 0


def read_place(cursor: str | None) -> ProductsPlace:
    """Return the place a text of ours stands for.

    :raise Rejected: ``cursor_expired``
    """
    return cursors.read_place(cursor, ProductsPlace) if cursor else ProductsPlace()


def write_place(since: int) -> str:
    """Return the text for a place."""
    return cursors.write_place(ProductsPlace(since=since))


def read_products(value: Any) -> list[soap_wire.Product]:
    """Return the products of catalogProductList, by id.

    :raise Malformed: the answer cannot be read
    """
    products = soap_wire.convert(list(rows(value, "$")), list[soap_wire.Product])
    return sorted((product for product in products if product.product_id.isdigit()), key=product_number)


def product_number(product: soap_wire.Product) -> int:
    """Return a product's id as a number."""
    return int(product.product_id)


def read_stock(value: Any) -> dict[str, soap_wire.StockItem]:
    """Return the stock of catalogInventoryStockItemList by product id.

    :raise Malformed: the answer cannot be read
    """
    items = soap_wire.convert(list(rows(value, "$")), list[soap_wire.StockItem])
    return {item.product_id: item for item in items if item.product_id}


def build_listings(
    products: Iterable[soap_wire.Product], stock: Mapping[str, soap_wire.StockItem]
) -> tuple[dto.ListingData, ...]:
    """Return the listings of some products. One without a SKU cannot be sold and is left out.

    The list has no prices and no barcodes, and asking for each product would take a call for each.
    """
    return tuple(
        dto.ListingData(
            sku=product.sku.strip(),
            external_product_id=product.product_id,
            title=text(product.name),
            product_type=text(product.type),
            quantity=_quantity(stock.get(product.product_id)),
        )
        for product in products
        if product.sku and product.sku.strip()
    )


def _quantity(item: soap_wire.StockItem | None) -> int | None:
    if item is None or text(item.qty) is None:
        return None
    try:
        return int(read_amount(item.qty, "$.qty") or 0)
    except Malformed:
        return None  # a listing is worth having without its quantity


def build_quantity(level: dto.StockLevel) -> Mapping[str, Any]:
    """Return what a stock item is set to.

    A product that ran out stays "out of stock" when its quantity rises (Mage/CatalogInventory/Model/Stock/Item.php,
    ``_beforeSave``), so it is said. That it is out of stock at 0 is left to the shop: it may take backorders.

    :raise ValueError: a quantity no shop can show
    """
    if not 0 <= level.quantity <= MAX_QUANTITY:
        raise ValueError(f"{level.quantity} is not a quantity a shop can show")
    data: dict[str, Any] = {"qty": str(Decimal(level.quantity))}
    return {**data, "is_in_stock": 1} if level.quantity else data


def may_be_an_id(sku: str) -> bool:
    """Return whether the shop would take an unknown SKU for the id of another product (Stock/Item/Api/V2.php)."""
    return sku.isdigit()


def waiting_rows(levels: Sequence[dto.StockLevel], code: str) -> list[dto.RowResult]:
    """Return rows for quantities that were not sent."""
    return [dto.RowResult(ref=level.ref, error="not sent yet", code=code, is_retryable=True) for level in levels]


LISTING_UNKNOWN = "listing_unknown"
UNKNOWN_WORDS = "no product has this SKU"
