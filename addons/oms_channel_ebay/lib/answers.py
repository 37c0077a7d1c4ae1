"""eBay's answers beside the order itself: pages of orders, parcels, listings, rows of a push, refusals."""

import re
from collections.abc import Sequence
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlsplit

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import read, shown

from . import const, wire, wire_order
from .mapper import last_segment, text
from .money import parse_money

# 12-34567-89012, or item id!transaction id for old ones; we only keep out what no key should hold.
_ORDER_ID = re.compile(rb'"([A-Za-z0-9!-]{1,64})"')
_UNKNOWN = "unknown"


# === orders ==================================================================================================


class OrdersPage(dto.Value):
    """A page of orders, unread.

    :param pieces: the bytes eBay sent of each
    :param total: how many orders the whole window holds now
    """

    pieces: tuple[bytes, ...]
    total: int
    is_last: bool


def parse_orders_page(body: bytes) -> OrdersPage:
    """Cut a getOrders answer into its orders.

    :raise Malformed: the page as a whole cannot be read; nothing of it may be counted as seen
    """
    fields = dict(members(body))
    if b"orders" not in fields and b"total" not in fields:
        raise Malformed("wrong_shape", reason="the answer holds no orders")
    rest = {name: read(fields[name.encode()]) for name in ("total", "next") if name.encode() in fields}
    envelope = wire.convert(rest, wire_order.OrdersEnvelope)
    pieces = tuple(entries(fields[b"orders"])) if b"orders" in fields else ()
    return OrdersPage(pieces=pieces, total=envelope.total, is_last=text(envelope.next) is None)


def raw_order(piece: bytes) -> dto.RawOrder:
    """Return a document with what its envelope says of it; an id or a time that cannot be read is ``None``."""
    try:
        fields = dict(members(piece))
    except Malformed:
        fields = {}
    found = _ORDER_ID.fullmatch(fields.get(b"orderId", b""))
    return dto.RawOrder(
        external_id=found[1].decode("ascii") if found else None,
        updated_at=_read_time(fields.get(b"lastModifiedDate", b"")),
        body=piece,
    )


def parse_order_answer(body: bytes) -> dto.RawOrder:
    """Take the order out of a getOrder answer, unread.

    :raise Malformed: the answer holds no order
    """
    raw = raw_order(body)
    if raw.external_id is None:
        raise Malformed("wrong_shape", reason="the answer holds no order")
    return raw


def lacks_detail(piece: bytes) -> bool:
    """Whether getOrders leaves out something of this order that getOrder has: wishes to cancel, tax numbers."""
    try:
        fields = dict(members(piece))
        rest = {name: read(fields[name.encode()]) for name in ("cancelStatus", "lineItems") if name.encode() in fields}
        sketch = wire.convert(rest, wire_order.Sketch)
    except Malformed:
        return False  # it will be set aside with its reason when it is read
    state = sketch.cancel_status and sketch.cancel_status.cancel_state
    stores = {line.purchase_marketplace_id for line in sketch.line_items or ()}
    return state not in (None, "NONE_REQUESTED") or bool(stores & const.TAX_NUMBER_MARKETPLACES)


def _read_time(value: bytes) -> datetime | None:
    try:
        return msgspec.json.decode(value, type=wire.Instant).astimezone(timezone.utc)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError):
        return None


# === parcels =================================================================================================


def parse_parcels(body: bytes) -> tuple[wire_order.Fulfillment, ...]:
    """Return the parcels of a getShippingFulfillments answer.

    :raise Malformed: the answer cannot be read
    """
    return tuple(wire.decode(body, wire_order.Fulfillments).fulfillments or ())


def parse_location(address: str | None) -> str | None:
    """Return the id in the Location header of something that was just made; eBay says it nowhere else."""
    return last_segment(address or "")


# === listings ================================================================================================


class ListingsPlace(dto.Value):
    """Where a walk over all listings is: what to skip on eBay's side, and on that page."""

    offset: int = 0
    skip: int = 0


class ListingsPage(dto.Value):
    """A page of SKUs, before their offers are asked for."""

    items: tuple[wire.InventoryItem, ...]
    next_offset: int | None = None


def read_listings_place(cursor: str | None) -> ListingsPlace:
    """Return the place a cursor of ours stands for.

    :raise Rejected: ``cursor_expired`` when it is none
    """
    return read_place(cursor, ListingsPlace) if cursor else ListingsPlace()


def parse_listings_page(body: bytes, offset: int) -> ListingsPage:
    """Return one page of SKUs. One that cannot be read is left out: it has no name to be called by.

    eBay documents ``offset`` as the number of a page in one place and of a row in another, so its own link to the next
    page is followed, if it leads on.

    :raise Malformed: the page as a whole cannot be read
    """
    fields = dict(members(body))
    rest = {name: read(fields[name.encode()]) for name in ("next", "total") if name.encode() in fields}
    envelope = wire.convert(rest, wire.InventoryEnvelope)
    if b"inventoryItems" not in fields:
        if envelope.total == 0:
            return ListingsPage(items=())
        raise Malformed("wrong_shape", reason="the answer holds no listings")
    items = (_read_item(piece) for piece in entries(fields[b"inventoryItems"]))
    following = _offset_of(envelope.next)
    return ListingsPage(
        items=tuple(item for item in items if item is not None),
        next_offset=following if following is not None and following > offset else None,
    )


def _read_item(piece: bytes) -> wire.InventoryItem | None:
    try:
        return wire.decode(piece, wire.InventoryItem)
    except Malformed:
        pass
    try:
        sku = read(dict(members(piece)).get(b"sku", b"null"))
    except Malformed:
        return None
    return wire.InventoryItem(sku=sku) if isinstance(sku, str) and sku and sku.isprintable() else None


def _offset_of(link: str | None) -> int | None:
    try:
        named = parse_qs(urlsplit(link or "").query).get("offset", [""])[0]
    except ValueError:
        return None
    return int(named) if named.isascii() and named.isdigit() and len(named) < 12 else None


def parse_offers(body: bytes) -> tuple[wire.Offer, ...]:
    """Return the offers of a SKU, those with a fixed price first.

    :raise Malformed: the answer cannot be read
    """
    offers = wire.decode(body, wire.Offers).offers or ()
    return tuple(sorted(offers, key=lambda offer: offer.format not in (None, "FIXED_PRICE")))


def build_listings(item: wire.InventoryItem, offers: Sequence[wire.Offer]) -> tuple[dto.ListingData, ...]:
    """Return what the account offers under one SKU: a listing for each offer, one without offers otherwise."""
    product = item.product or wire.Product()
    place = item.availability and item.availability.ship_to_location_availability
    barcodes = [code for codes in (product.ean, product.upc, product.isbn) for code in codes or () if text(code)]
    common = {
        "sku": item.sku,
        "title": text(product.title),
        "barcode": text(barcodes[0]) if barcodes else None,
        "quantity": place.quantity if place else None,
    }
    if not offers:
        return (dto.ListingData(**common, is_buyable=False),)
    return tuple(_listing(offer, common) for offer in offers)


def _listing(offer: wire.Offer, common: dict) -> dto.ListingData:
    price = offer.pricing_summary.price if offer.pricing_summary else None
    listing = offer.listing or wire.OfferListing()
    quantity = common["quantity"] if offer.available_quantity is None else offer.available_quantity
    return dto.ListingData(
        **{**common, "quantity": quantity},
        marketplace=text(offer.marketplace_id),
        offer_id=offer.offer_id,
        external_product_id=text(listing.listing_id),
        price=parse_money(price, "$.pricingSummary.price") if price else None,
        is_buyable=offer.status == "PUBLISHED" and listing.listing_status in (None, "ACTIVE"),
    )


# === what became of a push ====================================================================================


def parse_push(body: bytes, levels: Sequence[dto.StockLevel]) -> tuple[dto.RowResult, ...]:
    """Return what eBay made of each row: it answers per SKU and per offer, with HTTP 200 or 207 whatever happened.

    :param levels: the rows that were sent, no SKU twice
    :raise Malformed: the answer cannot be read
    """
    responses = wire.decode(body, wire.PriceQuantityAnswer).responses
    return tuple(_row(level, [row for row in responses if _is_of(row, level)]) for level in levels)


def _is_of(row: wire.PriceQuantityRow, level: dto.StockLevel) -> bool:
    if row.sku is not None:
        return row.sku == level.sku
    return row.offer_id is not None and row.offer_id == level.offer_id


def _row(level: dto.StockLevel, answers: Sequence[wire.PriceQuantityRow]) -> dto.RowResult:
    if not answers:
        return dto.RowResult(ref=level.ref, error="eBay did not answer for this SKU", code="no_answer")
    bad = next((answer for answer in answers if not 200 <= answer.status_code < 300), None)
    if bad is None:
        return dto.RowResult(ref=level.ref)
    code, words = _first(bad.errors)
    return dto.RowResult(
        ref=level.ref,
        error=words or f"eBay answered {bad.status_code}",
        code="listing_unknown" if code in const.SKU_UNKNOWN or bad.status_code == 404 else code,
        is_retryable=bad.status_code >= 500 or bad.status_code == 429,
    )


def parse_refusal(body: bytes) -> tuple[str, str]:
    """Return ``(eBay's code, its words)`` of an error answer; both say so when the answer is no such document."""
    try:
        found = wire.decode(body, wire.Errors)
    except Malformed:
        found = wire.Errors()
    code, words = _first(found.errors or found.error)
    return (code, words) if words or code != _UNKNOWN else (code, shown(body.decode("utf-8", "replace"), 200))


def _first(errors: Sequence[wire.Error] | None) -> tuple[str, str]:
    if not errors:
        return _UNKNOWN, ""
    error = errors[0]
    words = [text(error.message), text(error.long_message)]
    code = _UNKNOWN if error.error_id is None else shown(str(error.error_id))
    return code, shown(": ".join(dict.fromkeys(word for word in words if word)), 500)


# === the account ==============================================================================================


def parse_account(
    body: bytes | None, wanted: Sequence[str], granted: Sequence[tuple[const.Scope, bool | None]]
) -> dto.AccountInfo:
    """Return who the account is and what each permission allows.

    :param body: a getUser answer, ``None`` where the permission for it is missing
    :param wanted: ids of the marketplaces the channel is set up for
    :param granted: each scope and whether eBay gives tokens for it
    :raise Malformed: the answer cannot be read
    """
    user = wire.decode(body, wire.User) if body is not None else wire.User()
    if body is not None and not (text(user.username) or text(user.user_id)):
        raise Malformed("wrong_shape", reason="the answer names no account")
    home = [user.registration_marketplace_id] if user.registration_marketplace_id else []
    names = dict.fromkeys([*wanted, *home])
    return dto.AccountInfo(
        name=text(user.username) or text(user.user_id) or "eBay",
        marketplaces=tuple((id_, _marketplace_name(id_)) for id_ in names),
        permissions=tuple(
            dto.Permission(
                name=scope.name,
                is_granted=is_granted,
                detail=None if is_granted else f"without it: no {scope.purpose}",
            )
            for scope, is_granted in granted
        ),
    )


def _marketplace_name(id_: str) -> str:
    known = const.MARKETPLACE_BY_ID.get(id_)
    return known.name if known else id_
