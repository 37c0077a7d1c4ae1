"""What we send to Magento 2: values of the contract turned into request bodies. Pure."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

from . import const, wire_order
from .amounts import NIL, read_amount
from .wire import text, text_id


class Told(NamedTuple):
    """How a parcel is told: from which source, and whether the shop writes to the buyer."""

    source: str
    is_buyer_told: bool = True


def parcel_mark(notice: dto.ShipmentNotice) -> str:
    """Return the remark by which we know our parcel again in the shop."""
    return f"OMS parcel {notice.reference}"


def invoice_mark(notice: dto.InvoiceNotice) -> str:
    """Return the remark by which we know our invoice again in the shop."""
    return f"OMS invoice {notice.reference}"


def refund_mark(notice: dto.RefundNotice) -> str:
    """Return the remark by which we know our refund again in the shop."""
    return f"OMS refund {notice.reference}"


def has_mark(comments: Sequence[wire_order.Comment] | None, mark: str) -> bool:
    """Whether one of the remarks on a document is ours."""
    return any((text(comment.comment) or "").split("\n")[0] == mark for comment in comments or ())


# === parcels =======================================================================================================


def build_shipment(notice: dto.ShipmentNotice, units: Mapping[str, Decimal], told: Told) -> dict[str, Any]:
    """Return the body of ``POST /V1/order/{id}/ship``.

    :param units: item id to units, as the shop counts them
    :raise Rejected: the parcel is empty, or names something that is no item of a shop
    """
    if not units:
        raise Rejected("no_lines", message="the parcel holds nothing of the order")
    return {
        "items": [{"order_item_id": _item_id(id_), "qty": number(qty)} for id_, qty in units.items()],
        "notify": told.is_buyer_told,
        "appendComment": False,
        "comment": {"comment": parcel_mark(notice), "is_visible_on_front": 0},
        "tracks": [_track(notice)] if notice.tracking.strip() else [],
        "arguments": {"extension_attributes": {"source_code": told.source}},
    }


def build_invoice(notice: dto.InvoiceNotice, units: Mapping[str, Decimal], *, is_buyer_told: bool) -> dict[str, Any]:
    """Return the body of ``POST /V1/order/{id}/invoice``.

    :param units: item id to units that are not invoiced yet
    """
    return {
        "capture": notice.is_captured,
        "items": [{"order_item_id": _item_id(id_), "qty": number(qty)} for id_, qty in units.items()],
        "notify": is_buyer_told,
        "appendComment": False,
        "comment": {"comment": invoice_mark(notice), "is_visible_on_front": 0},
    }


def build_track(notice: dto.ShipmentNotice, shipment: wire_order.Shipment) -> dict[str, Any]:
    """Return the body of ``POST /V1/shipment/track``, which adds a tracking number to a parcel the shop knows."""
    units = sum((line.quantity for line in notice.lines), NIL)
    entity = {
        **_track(notice),
        "order_id": int(notice.order_external_id),
        "parent_id": int(text_id(shipment.entity_id)),
        "weight": 0,
        "qty": units,
        "description": parcel_mark(notice),
    }
    return {"entity": entity}


def _track(notice: dto.ShipmentNotice) -> dict[str, str]:
    return {
        "track_number": notice.tracking.strip(),
        "title": notice.carrier_name or notice.carrier_code,
        "carrier_code": notice.carrier_code,
    }


def is_same_parcel(shipment: wire_order.Shipment, notice: dto.ShipmentNotice, units: Mapping[str, Decimal]) -> bool:
    """Whether a parcel the shop knows is the one of the notice, with nothing left to correct.

    Its remark names it, else its contents; the tracking number must be there in either case.
    """
    numbers = {_bare(track.track_number) for track in shipment.tracks or ()}
    if notice.tracking.strip() and _bare(notice.tracking) not in numbers:
        return False
    if has_mark(shipment.comments, parcel_mark(notice)):
        return True
    return not _is_ours(shipment) and contents(shipment, units) == dict(units)


def contents(shipment: wire_order.Shipment, of: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """Return the units of a parcel by item.

    Where all items of ``of`` are in it, rows of others are left out: they stand for parts beside their bundle.
    """
    found: dict[str, Decimal] = {}
    for place, row in enumerate(shipment.items or ()):
        id_, units = text_id(row.order_item_id), read_amount(row.qty, f"$.items[{place}].qty") or NIL
        if id_ and units:
            found[id_] = found.get(id_, NIL) + units
    return {id_: found[id_] for id_ in of} if set(of) <= set(found) else found


def _is_ours(shipment: wire_order.Shipment) -> bool:
    """Whether the parcel is one we told, and so known by its remark."""
    return any((text(comment.comment) or "").startswith("OMS parcel ") for comment in shipment.comments or ())


def _bare(tracking: Any) -> str:
    return "".join(str(tracking or "").split()).upper()


def _item_id(id_: str) -> int:
    if text_id(id_) is None:
        raise Rejected("bad_line", message=f"“{id_}” is no item of the order")
    return int(id_)


def number(units: Decimal) -> Decimal | int:
    """Return units as the number that goes over the wire.

    :raise Rejected: below zero
    """
    if units < 0:
        raise Rejected("bad_quantity", message=f"{units} is not a quantity that can be sent")
    whole = units.to_integral_value()
    return int(whole) if whole == units else units


# === stock and prices ==============================================================================================


def build_source_items(levels: Sequence[dto.StockLevel], source: str) -> dict[str, Any]:
    """Return the body of ``POST /V1/inventory/source-items``: absolute quantities by source.

    :param source: where a level lies that names no places
    """
    return {
        "sourceItems": [
            {"sku": level.sku, "source_code": place, "quantity": quantity, "status": 1 if quantity else 0}
            for level in levels
            for place, quantity in _places(level, source)
        ]
    }


def _places(level: dto.StockLevel, source: str) -> list[tuple[str, int]]:
    return [(row.place, row.quantity) for row in level.places] or [(source, level.quantity)]


def build_base_prices(levels: Sequence[dto.StockLevel]) -> dict[str, Any]:
    """Return the body of ``POST /V1/products/base-prices``: the price in all stores that have none of their own."""
    return {
        "prices": [
            {"price": level.price.amount, "store_id": 0, "sku": level.sku}
            for level in levels
            if level.price is not None
        ]
    }


def unsendable(level: dto.StockLevel, currency: str | None) -> tuple[str, str] | None:
    """Return ``(code, why)`` of a row that cannot be sent.

    :param currency: in which the shop's prices are, ``None`` where that is not known
    """
    if level.quantity < 0:
        return "bad_quantity", f"quantity {level.quantity} of {level.sku} is below zero"
    if level.price is not None and currency is not None and level.price.currency != currency:
        return "wrong_currency", f"the shop's prices are in {currency}, not in {level.price.currency}"
    return None


# === cancelling ====================================================================================================


def is_whole_order(notice: dto.CancelNotice, waiting: Mapping[str, Decimal]) -> bool:
    """Whether a notice is about all that is still to be sent.

    :param waiting: line id to units that wait
    """
    if not notice.lines:
        return True
    wanted: dict[str, Decimal] = {}
    for line in notice.lines:
        wanted[line.external_line_id] = wanted.get(line.external_line_id, NIL) + line.quantity
    return all(wanted.get(id_, NIL) >= units for id_, units in waiting.items() if units)


def source_of(notice: dto.ShipmentNotice, settings: Mapping[str, Any]) -> str:
    """Return the source a parcel leaves from: what the notice says, else the shop's main one."""
    return notice.ship_from or settings.get("source") or const.DEFAULT_SOURCE
