"""Amazon's answers beside the order itself: pages, listings, submissions, stores, refusals."""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, timezone

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import read, shown

from . import const, wire, wire_order
from .mapper import parse_packages, text, utc
from .proceeds import parse_money

# An order id has the form 3-7-7 digits (model ordersV0, orderId, seen 2026-11-23); other stores of a seller may use
# letters, so we only keep out what no key should hold.
_ORDER_ID = re.compile(rb'"([A-Za-z0-9-]{1,50})"')


# === orders ==================================================================================================


def parse_orders_page(body: bytes) -> dto.Page[dto.RawOrder]:
    """Cut a searchOrders answer into its orders, unread, each with the bytes Amazon sent.

    :raise Malformed: the page as a whole cannot be read; nothing of it may be counted as seen
    """
    fields = dict(members(body))
    if b"orders" not in fields:
        raise Malformed("wrong_shape", reason="the answer holds no orders")
    rest = {
        name: read(fields[name.encode()]) for name in ("pagination", "lastUpdatedBefore") if name.encode() in fields
    }
    envelope = wire.convert(rest, wire_order.SearchOrdersEnvelope)
    return dto.Page(
        items=tuple(raw_order(piece) for piece in entries(fields[b"orders"])),
        next_cursor=text(envelope.pagination.next_token) if envelope.pagination else None,
        covered_until=utc(envelope.last_updated_before, "$.lastUpdatedBefore"),
    )


def parse_order_answer(body: bytes) -> dto.RawOrder:
    """Take the order out of a getOrder answer, unread.

    :raise Malformed: the answer holds no order
    """
    fields = dict(members(body))
    if b"order" not in fields:
        raise Malformed("wrong_shape", reason="the answer holds no order")
    return raw_order(fields[b"order"])


def raw_order(piece: bytes) -> dto.RawOrder:
    """Return a document with what its envelope says of it; an id or a time that cannot be read is ``None``."""
    try:
        fields = dict(members(piece))
    except Malformed:
        fields = {}
    found = _ORDER_ID.fullmatch(fields.get(b"orderId", b""))
    return dto.RawOrder(
        external_id=found[1].decode("ascii") if found else None,
        updated_at=_read_time(fields.get(b"lastUpdatedTime", b"")),
        body=piece,
    )


def _read_time(value: bytes) -> datetime | None:
    try:
        return msgspec.json.decode(value, type=wire.Instant).astimezone(timezone.utc)
    except (msgspec.DecodeError, UnicodeDecodeError, OverflowError):
        return None


def parse_known_packages(body: bytes) -> tuple[dto.Package, ...]:
    """Return the parcels a getOrder answer lists.

    :raise Malformed: the answer cannot be read
    """
    return tuple(parse_packages(wire.decode(parse_order_answer(body).body, wire_order.PackagesOnly).packages))


# === listings ================================================================================================


class ListingsPlace(dto.Value):
    """Where a walk over all listings is: store after store, and in each by creation date.

    Amazon pages through the first 1,000 listings of a search only, so a new search starts where the last one ended; and
    asked for several stores it answers for the first alone (github.com/amzn/selling-partner-api-docs issue 2362).

    :param store: how many stores were read
    :param since: listings created from here on are being read; ``None``: from the first
    :param seen: how many of this search were read
    :param token: Amazon's token of the next page
    """

    store: int = 0
    since: datetime | None = None
    seen: int = 0
    token: str | None = None


def read_listings_place(cursor: str | None) -> ListingsPlace:
    """Return the place a cursor of ours stands for.

    :raise Rejected: ``cursor_expired`` when it is none
    """
    return read_place(cursor, ListingsPlace) if cursor else ListingsPlace()


def parse_listings_page(body: bytes, stores: Sequence[str], place: ListingsPlace) -> dto.Page[dto.ListingData]:
    """Return one page of listings. One that cannot be read is kept with its SKU alone, or left out without one.

    :param stores: ids of the stores that are walked through
    :param place: where the walk was when this page was asked for
    :raise Malformed: the page as a whole cannot be read
    """
    fields = dict(members(body))
    if b"items" not in fields:
        raise Malformed("wrong_shape", reason="the answer holds no listings")
    rest = {name: read(fields[name.encode()]) for name in ("numberOfResults", "pagination") if name.encode() in fields}
    envelope = wire.convert(rest, wire.SearchListingsEnvelope)
    marketplace = stores[place.store]
    items = [item for piece in entries(fields[b"items"]) if (item := _read_item(piece)) is not None]
    following = _next_place(envelope, place, [_summary(item, marketplace).created_date for item in items])
    if following is None and place.store + 1 < len(stores):
        following = ListingsPlace(store=place.store + 1)
    return dto.Page(
        items=tuple(_listing(item, marketplace) for item in items),
        next_cursor=write_place(following),
    )


def parse_listing(body: bytes, marketplace: str) -> dto.ListingData:
    """Return the listing of a getListingsItem answer.

    :raise Malformed: the answer cannot be read
    """
    return _listing(wire.decode(body, wire.Item), marketplace)


def _read_item(piece: bytes) -> wire.Item | None:
    try:
        return wire.decode(piece, wire.Item)
    except Malformed:
        pass
    try:
        sku = read(dict(members(piece)).get(b"sku", b"null"))
    except Malformed:
        return None
    return wire.Item(sku=sku) if isinstance(sku, str) and sku and sku.isprintable() else None


def _next_place(
    envelope: wire.SearchListingsEnvelope, place: ListingsPlace, created: Sequence[datetime | None]
) -> ListingsPlace | None:
    """Return where the walk through one store goes on, ``None`` at its end."""
    token = text(envelope.pagination.next_token) if envelope.pagination else None
    seen = place.seen + len(created)
    if token is not None and seen < const.LISTINGS_PER_SEARCH:
        return msgspec.structs.replace(place, seen=seen, token=token)
    if envelope.number_of_results <= seen:
        return None
    last = max(filter(None, created), default=None)
    # Without a later date the walk would read the same thousand for ever.
    is_later = last is not None and (place.since is None or last > place.since)
    return ListingsPlace(store=place.store, since=last) if is_later else None


def _summary(item: wire.Item, marketplace: str) -> wire.Summary:
    summaries = item.summaries or ()
    fallback = summaries[0] if summaries else wire.Summary(marketplace_id=marketplace)
    return next((summary for summary in summaries if summary.marketplace_id == marketplace), fallback)


def _listing(item: wire.Item, marketplace: str) -> dto.ListingData:
    summary = _summary(item, marketplace)
    stock = {entry.fulfillment_channel_code: entry.quantity for entry in item.fulfillment_availability or ()}
    offers = [
        offer
        for offer in item.offers or ()
        if offer.marketplace_id == summary.marketplace_id and offer.offer_type in (None, "B2C") and offer.price
    ]
    return dto.ListingData(
        sku=item.sku,
        marketplace=marketplace,
        external_product_id=text(summary.asin),
        title=text(summary.item_name),
        product_type=text(summary.product_type),
        quantity=stock.get(const.SELLER_STOCK),
        price=parse_money(offers[0].price, "$.offers[0].price") if offers else None,
        is_fulfilled_by_channel=any(code != const.SELLER_STOCK for code in stock),
        barcode=_barcode(item.attributes),
        is_buyable=None if summary.status is None else "BUYABLE" in summary.status,
    )


def _barcode(attributes: wire.Attributes | None) -> str | None:
    named = (attributes and attributes.externally_assigned_product_identifier) or ()
    return next((text(entry.value) for entry in named if entry.type in const.BARCODE_TYPES), None)


# === what became of a push ====================================================================================


def parse_submission(body: bytes, ref: str) -> dto.RowResult:
    """Return what Amazon made of a listing patch. ``INVALID`` comes with HTTP 200, too.

    :raise Malformed: the answer cannot be read
    """
    submission = wire.decode(body, wire.Submission)
    if submission.status != "INVALID":
        return dto.RowResult(ref=ref)
    faults = [issue for issue in submission.issues or () if issue.severity == "ERROR"]
    reasons = "; ".join(issue.message for issue in faults) or "Amazon gave no reason"
    return dto.RowResult(ref=ref, error=shown(reasons, 500), code=shown(faults[0].code) if faults else "INVALID")


def parse_refusal(body: bytes) -> tuple[str, str]:
    """Return ``(Amazon's code, its words)`` of an error answer; both say so when the answer is no such document."""
    try:
        errors = wire.decode(body, wire.Errors).errors
    except Malformed:
        errors = []
    if not errors:
        return "unknown", shown(body.decode("utf-8", "replace"), 200)
    first = errors[0]
    words = [text(first.message), text(first.details)]
    return shown(first.code), shown(": ".join(dict.fromkeys(word for word in words if word)), 500)


# === the account ==============================================================================================


def parse_account(body: bytes, wanted: Iterable[str]) -> dto.AccountInfo:
    """Return the stores of the account and whether those we are set up for are among them.

    :param wanted: ids of the stores the channel is set up for
    :raise Malformed: the answer cannot be read
    """
    stores = wire.decode(body, wire.Participations).payload
    known = {store.marketplace.id: store for store in stores}
    permissions = tuple(
        dto.Permission(
            name=_store_name(id_, known), is_granted=_is_open(known.get(id_)), detail=_store_detail(known.get(id_))
        )
        for id_ in wanted
    )
    names = [text(store.store_name) for store in stores if text(store.store_name)]
    return dto.AccountInfo(
        name=names[0] if names else "Amazon",
        marketplaces=tuple((id_, _store_name(id_, known)) for id_, store in known.items() if _is_open(store)),
        permissions=permissions,
    )


def _store_name(id_: str, known: dict[str, wire.MarketplaceParticipation]) -> str:
    ours = const.MARKETPLACE_BY_ID.get(id_)
    theirs = known[id_].marketplace.name if id_ in known else None
    return ours.name if ours else theirs or id_


def _is_open(store: wire.MarketplaceParticipation | None) -> bool:
    return bool(store and store.participation.is_participating)


def _store_detail(store: wire.MarketplaceParticipation | None) -> str | None:
    if store is None:
        return "this seller account does not belong to the store"
    if not store.participation.is_participating:
        return "this seller account does not sell there"
    return "Amazon has suspended listings there" if store.participation.has_suspended_listings else None
