"""Reading lists of the shop page by page: what to ask, where the reading stands, and cutting a page into its documents.

A place in a list is the update time and id of the last document read, never the number of a page: an order that changes
meanwhile moves to the end and is read there, and the others close up behind it without one being skipped. Asked for a
page beyond the last, Magento gives the last again, so the end is known by ``total_count``
(developer.adobe.com/commerce/webapi/rest/use-rest/performing-searches, seen 2026-11-26).
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple, TypeVar

import msgspec
from odoo.addons.oms_core.lib import cursor as cursors
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import read

from . import const, wire_order
from .times import format_time, parse_time
from .wire import decode

T = TypeVar("T")
# Parts of an order that nobody here reads and in which extensions keep texts of any length.
_UNREAD = frozenset({b"status_histories"})
_UNREAD_BELOW = {
    b"payment": frozenset({b"additional_information", b"additional_data", b"extension_attributes"}),
    b"extension_attributes": frozenset({b"payment_additional_info"}),
}
_ITEM_FIELDS = frozenset(name.encode() for name in wire_order.Item.__struct_fields__)
_NUMBER = re.compile(rb'"?(\d{1,18})"?')
Params = list[tuple[str, str]]


class Filter(NamedTuple):
    """One condition. Conditions of one group are alternatives; groups must all hold."""

    field: str
    condition: str
    value: str


class Place(dto.Value):
    """Where the reading of a list stands: all before this document, and it, are read."""

    updated_at: str
    entity_id: int


class Piece(NamedTuple):
    """One document of a page, uncut by any decoder, with what can be read of its outside."""

    body: bytes
    id: int | None
    updated_text: str | None
    store_id: str | None

    @property
    def updated_at(self) -> datetime | None:
        """When it changed last, ``None`` when that cannot be read."""
        try:
            return parse_time(self.updated_text, "$.updated_at")
        except Malformed:
            return None


class Cut(NamedTuple):
    """A page, cut."""

    pieces: tuple[Piece, ...]
    total: int


# === asking ========================================================================================================


def build_search(groups: Sequence[Sequence[Filter]], sort: Sequence[str], size: int) -> Params:
    """Return the query of a list: all of the groups, any filter of each, sorted upwards."""
    params = []
    for number, group in enumerate(groups):
        for place, one in enumerate(group):
            name = f"searchCriteria[filterGroups][{number}][filters][{place}]"
            params += [(f"{name}[field]", one.field), (f"{name}[value]", one.value)]
            params += [(f"{name}[conditionType]", one.condition)]
    for number, field in enumerate(sort):
        name = f"searchCriteria[sortOrders][{number}]"
        params += [(f"{name}[field]", field), (f"{name}[direction]", "ASC")]
    return [*params, ("searchCriteria[pageSize]", str(size)), ("searchCriteria[currentPage]", "1")]


def lots(values: Iterable[str]) -> Iterator[list[str]]:
    """Yield values in lots that :func:`any_of` can ask for at once: each once, and few of those with a comma."""
    values = list(dict.fromkeys(values))
    for chosen, size in (
        ([value for value in values if "," not in value], const.ROWS_PER_CALL),
        ([value for value in values if "," in value], const.FILTERS_PER_GROUP),
    ):
        for start in range(0, len(chosen), size):
            yield chosen[start : start + size]


def any_of(field: str, values: Iterable[str]) -> list[Filter]:
    """Return the group for one of several values. One with a comma has a filter of its own: "in" is cut at commas."""
    values = list(values)
    plain = [value for value in values if "," not in value]
    group = [Filter(field, "eq", value) for value in values if "," in value]
    return [*group, Filter(field, "in", ",".join(plain))] if plain else group


def build_window_search(window: dto.Window, place: Place | None, size: int, stores: Sequence[str] = ()) -> Params:
    """Return the query for what changed within a window, after ``place``.

    "Later, or at the same time with a higher id" is written as two groups, as groups are alternatives inside only.
    """
    groups = [[Filter("updated_at", "gteq", place.updated_at if place else format_time(window.since))]]
    if place is not None:
        groups.append([Filter("updated_at", "gt", place.updated_at), Filter("entity_id", "gt", str(place.entity_id))])
    if window.until is not None:
        groups.append([Filter("updated_at", "lteq", format_time(window.until))])
    if stores:
        groups.append(any_of("store_id", stores))
    return build_search(groups, ("updated_at", "entity_id"), size)


def read_place(cursor: str | None) -> Place | None:
    """Return the place a cursor of ours stands for.

    :raise Rejected: ``cursor_expired`` for a text that is none
    """
    if cursor is None:
        return None
    place = cursors.read_place(cursor, Place)
    try:
        parse_time(place.updated_at, "$")
    except Malformed:
        raise Rejected("cursor_expired", message="the mark in the list cannot be read") from None
    return place


def next_cursor(cut: Cut, place: Place | None) -> str | None:
    """Return where the reading goes on, ``None`` at the end.

    :raise Malformed: the shop gives the same page for ever
    """
    if cut.total <= len({piece.body for piece in cut.pieces}):
        return None
    keys = [(piece.updated_text, piece.id) for piece in cut.pieces if piece.updated_at and piece.id is not None]
    last = max(keys, default=None)
    if last is None or (place is not None and last <= (place.updated_at, place.entity_id)):
        raise Malformed("page_repeats", reason="the shop gives the same page again and again")
    return cursors.write_place(Place(updated_at=last[0], entity_id=last[1]))


# === cutting =======================================================================================================


def cut_page(body: bytes) -> Cut:
    """Cut a page into its documents, unread.

    :raise Malformed: the page as a whole cannot be read; nothing of it may be counted as seen
    """
    fields = dict(members(body))
    if b"items" not in fields or b"total_count" not in fields:
        raise Malformed("wrong_shape", reason="the answer is no list")
    total = read(fields[b"total_count"])
    if isinstance(total, bool) or not isinstance(total, int) or total < 0:
        raise Malformed("wrong_shape", path="$.total_count", reason="the number of documents is no number")
    # With nothing found some versions write null in place of a list.
    pieces = () if fields[b"items"] == b"null" else entries(fields[b"items"])
    return Cut(tuple(look_at(piece) for piece in pieces), total)


def look_at(piece: bytes) -> Piece:
    """Return a document with its id, time and store, as far as they can be read without decoding it."""
    try:
        fields = dict(members(piece))
    except Malformed:
        fields = {}
    id_ = _NUMBER.fullmatch(fields.get(b"entity_id", b""))
    store = _NUMBER.fullmatch(fields.get(b"store_id", b""))
    try:
        updated = msgspec.json.decode(fields.get(b"updated_at", b"null"), type=str | None)
    except (msgspec.DecodeError, UnicodeError):
        updated = None
    return Piece(piece, int(id_[1]) if id_ else None, updated, str(int(store[1])) if store else None)


# === orders as they are stored ======================================================================================


def raw_order(piece: Piece, stores: Mapping[str, str]) -> dto.RawOrder:
    """Return an order as it is stored: beside the code of its store, which the order itself does not name.

    :param stores: store id to code
    """
    body = piece.body
    code = stores.get(piece.store_id or "")
    if code is not None:
        body = b'{"store":' + msgspec.json.encode(code) + b',"order":' + piece.body + b"}"
    id_ = str(piece.id) if piece.id else None
    return dto.RawOrder(external_id=id_, updated_at=piece.updated_at, body=body)


def without_unread(piece: bytes) -> bytes:
    """Return an order without the parts nobody reads: what a payment extension writes there must not spoil the order.

    :raise Malformed: it is no object
    """
    kept = []
    for name, value in members(piece):
        if name in _UNREAD:
            continue
        drop = _UNREAD_BELOW.get(name)
        if name == b"items" and value[:1] == b"[":
            value = b"[" + b",".join(_known_of(item) for item in entries(value)) + b"]"
        elif drop and value[:1] == b"{":
            value = joined((inner, rest) for inner, rest in members(value) if inner not in drop)
        kept.append((name, value))
    return joined(kept)


def _known_of(item: bytes) -> bytes:
    """Return an item without what we do not read: options a buyer wrote, and its parent once more."""
    if item[:1] != b"{":
        return item
    return joined((name, value) for name, value in members(item) if name in _ITEM_FIELDS)


def decode_known(piece: bytes, shape: type[T]) -> T:
    """Return a document as a value of ``shape``, decoding nothing but what that has.

    A parcel, for one, may hold the picture of its label, which is longer than any text we take.

    :raise Malformed: with the JSON path of the first thing wrong
    """
    names = {name.encode() for name in shape.__struct_fields__}
    return decode(joined((name, value) for name, value in members(piece) if name in names), shape)


def joined(fields: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return an object made of members as :func:`~odoo.addons.oms_core.lib.split.members` gives them."""
    return b"{" + b",".join(b'"' + name + b'":' + value for name, value in fields) + b"}"


def open_envelope(body: bytes) -> tuple[str | None, bytes]:
    """Return ``(store code or None, the order as it came)`` of a stored document.

    :raise Malformed: it is no object
    """
    fields: dict[bytes, Any] = dict(members(body))
    if b"order" not in fields or b"entity_id" in fields:
        return None, body
    code = read(fields.get(b"store", b"null"))
    return (code if isinstance(code, str) else None), fields[b"order"]
