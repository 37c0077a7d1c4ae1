"""Magento's answers beside orders: stores, products, quantities, bulk results, refusals."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import read, shown

from . import const, wire
from .amounts import read_amount, read_currency
from .pages import joined
from .wire import text, text_id

_PRODUCT_FIELDS = (b"sku", b"id", b"name", b"price", b"status", b"type_id", b"custom_attributes")
_LONGEST_ATTRIBUTE = 1000
_PLACEHOLDER = re.compile(r"%(\w+)")


# === refusals ======================================================================================================


def parse_refusal(body: bytes) -> tuple[str, str]:
    """Return ``(the message as it is written in Magento, its words)`` of an error answer."""
    try:
        refusal = wire.decode(body, wire.Refusal)
    except Malformed:
        return "", shown(body.decode("utf-8", "replace"), 200)
    words = [_filled(refusal.message, refusal.parameters)]
    for inner in refusal.errors if isinstance(refusal.errors, list) else ():
        if isinstance(inner, dict) and isinstance(inner.get("message"), str):
            words.append(_filled(inner["message"], inner.get("parameters")))
    return refusal.message, shown(" ".join(dict.fromkeys(words)), 500)


def _filled(message: str, parameters: Any) -> str:
    """Return a message with its ``%1`` or ``%name`` filled in."""
    if isinstance(parameters, list):
        parameters = {str(place): value for place, value in enumerate(parameters, 1)}
    if not isinstance(parameters, dict):
        return message
    return _PLACEHOLDER.sub(lambda found: str(parameters.get(found[1], found[0])), message)


# === stores ========================================================================================================


def parse_stores(body: bytes) -> tuple[wire.Store, ...]:
    """Return the store views, all but the admin's own.

    :raise Malformed: the answer cannot be read
    """
    stores = tuple(store for store in wire.decode(body, list[wire.Store]) if text_id(store.id) is not None)
    if not stores:
        raise Malformed("wrong_shape", reason="the shop names no store view")
    return stores


def parse_store_configs(body: bytes) -> tuple[wire.StoreConfig, ...]:
    """Return what the store views are set up with.

    :raise Malformed: the answer cannot be read
    """
    return tuple(wire.decode(body, list[wire.StoreConfig]))


def shop_name(configs: Sequence[wire.StoreConfig], fallback: str) -> str:
    """Return the host by which people know the shop."""
    for config in configs:
        host = urlsplit(text(config.secure_base_url) or text(config.base_url) or "").hostname
        if host:
            return host
    return fallback


def base_currency(configs: Sequence[wire.StoreConfig], store_code: str) -> str | None:
    """Return the currency in which the catalogue's prices are; ``None`` where the stores have several."""
    own = {config.base_currency_code for config in configs if config.code == store_code}
    found = own or {config.base_currency_code for config in configs if config.code != "admin"}
    if len(found) != 1:
        return None
    try:
        return read_currency(found.pop(), "$.base_currency_code")
    except Malformed:
        return None


# === catalogue =======================================================================================================


class ProductPage(dto.Value):
    """A page of the catalogue. ``next_cursor`` is the id of its last product."""

    products: tuple[wire.Product, ...]
    next_cursor: str | None = None


def parse_products(body: bytes) -> ProductPage:
    """Return a page of products; one that cannot be read is kept with its SKU alone, or left out without one.

    :raise Malformed: the page as a whole cannot be read
    """
    fields = dict(members(body))
    if b"items" not in fields or b"total_count" not in fields:
        raise Malformed("wrong_shape", reason="the answer is no list")
    total = read(fields[b"total_count"])
    pieces = () if fields[b"items"] == b"null" else tuple(entries(fields[b"items"]))
    products = [product for piece in pieces if (product := _read_product(piece)) is not None]
    ids = [int(id_) for product in products if (id_ := text_id(product.id))]
    is_more = isinstance(total, int) and total > len(pieces) and ids
    return ProductPage(products=tuple(products), next_cursor=str(max(ids)) if is_more else None)


def _read_product(piece: bytes) -> wire.Product | None:
    try:
        fields = dict(members(piece))
        kept = {name: fields[name] for name in _PRODUCT_FIELDS if name in fields}
        if kept.get(b"custom_attributes", b"")[:1] == b"[":
            # A description may be longer than any text we take, and nobody here reads it.
            short = [part for part in entries(kept[b"custom_attributes"]) if len(part) < _LONGEST_ATTRIBUTE]
            kept[b"custom_attributes"] = b"[" + b",".join(short) + b"]"
        product = wire.decode(joined(kept.items()), wire.Product)
    except Malformed:
        product = _bare_product(piece)
    return product if product and isinstance(product.sku, str) and product.sku and product.sku.isprintable() else None


def _bare_product(piece: bytes) -> wire.Product | None:
    """Return a product that cannot be read as its SKU alone, ``None`` where not even that can be read."""
    try:
        fields = dict(members(piece))
        return wire.Product(sku=read(fields.get(b"sku", b"null")), id=read(fields.get(b"id", b"null")))
    except Malformed:
        return None


def build_listings(
    products: Iterable[wire.Product], quantities: Mapping[str, int], currency: str | None, barcode: str | None
) -> tuple[dto.ListingData, ...]:
    """Return what the shop offers. Configurables are left out: it is their variants that are sold and sent.

    :param quantities: SKU to units at our source
    :param barcode: code of the attribute that holds the barcode
    """
    return tuple(
        dto.ListingData(
            sku=product.sku,
            external_product_id=text_id(product.id),
            title=text(product.name),
            product_type=text(product.type_id),
            quantity=quantities.get(product.sku),
            price=_price(product, currency),
            barcode=_attribute(product, barcode),
            is_buyable=None if product.status is None else product.status in (1, "1"),
        )
        for product in products
        if product.type_id not in const.NEVER_SENT
    )


def _price(product: wire.Product, currency: str | None) -> dto.Money | None:
    try:
        amount = read_amount(product.price, "$.price")
    except Malformed:
        return None
    return dto.Money(amount=amount, currency=currency) if amount is not None and currency else None


def _attribute(product: wire.Product, code: str | None) -> str | None:
    found = (entry.value for entry in product.custom_attributes or () if code and entry.attribute_code == code)
    value = next(found, None)
    return text(str(value)) if isinstance(value, (str, int)) and not isinstance(value, bool) else None


def is_sent_in_parts(product: wire.Product) -> bool:
    """Whether the parts of a bundle are sent one by one."""
    return _attribute(product, "shipment_type") == "1"


def parse_quantities(body: bytes) -> dict[str, int]:
    """Return ``{SKU: whole units}`` of a page of source items, summed over the sources on it.

    :raise Malformed: the answer cannot be read
    """
    found: dict[str, int] = {}
    for place, item in enumerate(wire.decode(body, wire.SourceItems).items or ()):
        units = int(read_amount(item.quantity, f"$.items[{place}].quantity") or Decimal(0))
        found[item.sku] = found.get(item.sku, 0) + units
    return found


# === what became of a push ==========================================================================================


def parse_created_id(body: bytes) -> str | None:
    """Return the id of what was made, ``None`` where the answer does not say it."""
    try:
        return text_id(read(body))
    except Malformed:
        return None


def parse_price_problems(body: bytes) -> dict[str, str]:
    """Return ``{SKU: why its price was not taken}``.

    :raise Malformed: the answer cannot be read
    """
    problems = {}
    for problem in wire.decode(body, list[wire.PriceProblem]):
        parameters = problem.parameters if isinstance(problem.parameters, list) else []
        words = shown(_filled(problem.message, parameters or problem.parameters), 300)
        named = parameters if parameters else (problem.parameters or {}).values()
        problems.update({str(value): words for value in named})
    return problems


def parse_bulk_receipt(body: bytes) -> str:
    """Return the id of a bulk.

    :raise Malformed: the answer cannot be read
    """
    return wire.decode(body, wire.BulkReceipt).bulk_uuid


def parse_bulk_status(body: bytes, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult] | None:
    """Return ``{ref: answer}`` for the rows a bulk holds, ``None`` while some wait.

    An operation shows the request it stands for, so rows are found by their SKU.

    :raise Malformed: the answer cannot be read
    """
    operations = wire.decode(body, wire.BulkStatus).operations_list
    if any(operation.status in (None, *const.BULK_OPEN) for operation in operations):
        return None
    by_sku = {sku: operation for operation in operations if (sku := _operation_sku(operation)) is not None}
    if len(by_sku) < len(operations) == len(levels):  # a shop that hides requests; the order is that of the rows
        ordered = sorted(operations, key=lambda operation: int(text_id(operation.id) or 0))
        by_sku = {level.sku: operation for level, operation in zip(levels, ordered, strict=True)}
    elif len(by_sku) < len(operations):
        raise Malformed("wrong_shape", path="$.operations_list", reason="the shop does not say what its answers are to")
    return {level.ref: _bulk_row(by_sku[level.sku], level.ref) for level in levels if level.sku in by_sku}


def _bulk_row(operation: wire.BulkOperation, ref: str) -> dto.RowResult:
    if operation.status in const.BULK_DONE:
        return dto.RowResult(ref=ref)
    words = shown(text(operation.result_message) or "the shop gives no reason", 300)
    return dto.RowResult(ref=ref, error=words, code="refused", is_retryable=operation.status in const.BULK_RETRIABLE)


def _operation_sku(operation: wire.BulkOperation) -> str | None:
    """Return the SKU a row was about: the request stands in the operation as JSON in JSON."""
    try:
        inner = read((operation.serialized_data or "").encode())
        request = read(inner["meta_information"].encode())
        [row] = request.get("sourceItems") or request.get("source_items") or request["prices"]
        return row["sku"]
    except (Malformed, KeyError, TypeError, ValueError, AttributeError):
        return None
