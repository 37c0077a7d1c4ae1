"""Telling a shop quantities, and reading what it offers."""

from collections.abc import Sequence

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, Rejected, RetryLater

from ..lib import soap_const, soap_stock
from .soap_client import OpenMageClient, at_least


def push_levels(client: OpenMageClient, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
    """Set quantities; return a row for each.

    :raise RetryLater: nothing was sent
    """
    rows: dict[str, dto.RowResult] = {}
    sendable: list[dto.StockLevel] = []
    for level in levels:
        row = _refused_by_us(client, level)
        if row is None:
            sendable.append(level)
        else:
            rows[level.ref] = row
    if len(sendable) > 1 and _push_together(client, sendable):
        rows |= {level.ref: dto.RowResult(ref=level.ref) for level in sendable}
    else:
        rows |= _push_singly(client, sendable)
    return dto.BatchResult(rows=tuple(rows[level.ref] for level in levels))


def _refused_by_us(client: OpenMageClient, level: dto.StockLevel) -> dto.RowResult | None:
    try:
        soap_stock.build_quantity(level)
    except ValueError as error:
        return dto.RowResult(ref=level.ref, error=str(error), code="bad_quantity")
    if not soap_stock.may_be_an_id(level.sku):
        return None
    stock = soap_stock.read_stock(client.list_stock((level.sku,)))
    is_meant = any(item.sku == level.sku for item in stock.values())
    return None if is_meant else _unknown(level)


def _push_together(client: OpenMageClient, levels: Sequence[dto.StockLevel]) -> bool:
    """Set all in one call; ``False`` when one of them was refused, and the call does not say which."""
    try:
        client.update_stocks([level.sku for level in levels], [soap_stock.build_quantity(level) for level in levels])
    except (NotFound, Rejected):
        return False
    return True


def _push_singly(client: OpenMageClient, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult]:
    rows: dict[str, dto.RowResult] = {}
    for place, level in enumerate(levels):
        try:
            rows[level.ref] = _push_level(client, level)
        except RetryLater as error:
            if not rows:
                raise
            return rows | {row.ref: row for row in soap_stock.waiting_rows(levels[place:], error.code)}
    return rows


def _push_level(client: OpenMageClient, level: dto.StockLevel) -> dto.RowResult:
    try:
        client.update_stock(level.sku, soap_stock.build_quantity(level))
    except NotFound:
        return _unknown(level)
    except Rejected as error:
        return dto.RowResult(ref=level.ref, error=error.message or error.code, code=error.code)
    except Malformed as error:
        # A quantity may be sent again without harm; one odd answer must not stop the others for ever.
        return dto.RowResult(ref=level.ref, error="the answer could not be read", code=error.code)
    return dto.RowResult(ref=level.ref)


def _unknown(level: dto.StockLevel) -> dto.RowResult:
    return dto.RowResult(ref=level.ref, error=soap_stock.UNKNOWN_WORDS, code=soap_stock.LISTING_UNKNOWN)


def read_listings(client: OpenMageClient, cursor: str | None) -> dto.Page[dto.ListingData]:
    """Return the products of the next span of ids that holds any, with their quantities."""
    since = soap_stock.read_place(cursor).since
    until = since + soap_const.PRODUCTS_PER_PAGE - 1
    span = {
        "complex_filter": [
            {"key": "product_id", "value": {"key": "from", "value": str(since)}},
            {"key": "product_id", "value": {"key": "to", "value": str(until)}},
        ]
    }
    products = soap_stock.read_products(client.list_products(span))
    following: int | None = until + 1
    if not products:
        # Nothing here: ids may have a gap, or the catalogue ends. All that is behind is asked for once.
        behind = soap_stock.read_products(client.list_products(at_least("product_id", str(until + 1))))
        products = behind[: soap_const.PRODUCTS_PER_PAGE]
        is_more = len(behind) > len(products)
        following = soap_stock.product_number(products[-1]) + 1 if is_more else None
    stock = {}
    if products:
        try:
            stock = soap_stock.read_stock(client.list_stock([product.product_id for product in products]))
        except Rejected as error:
            if error.code != "access_denied":
                raise
    place = soap_stock.write_place(following) if following is not None else None
    return dto.Page(items=soap_stock.build_listings(products, stock), next_cursor=place)
