"""Which parcel of a shop is ours, and what it lacks. Pure.

A parcel takes two calls: it is made, then it gets its tracking number. Our reference stands in its comment from the
first call on, so after a crash between the two it is found again and completed.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

from . import bodies, bundles, carriers, soap_wire
from .amounts import NIL, read_amount
from .soap_items import Goods
from .soap_wire import rows
from .wire import text


def read_shipment(value: Any) -> soap_wire.Shipment:
    """Return one parcel of salesOrderShipmentInfo.

    :raise Malformed: the answer cannot be read
    """
    return soap_wire.convert(value, soap_wire.Shipment)


def read_numbers(value: Any) -> list[str]:
    """Return the numbers of the entries of a list.

    :raise Malformed: the answer is no list
    """
    found = []
    for place, row in enumerate(rows(value, "$")):
        name = text(row.get("increment_id")) if isinstance(row, Mapping) else None
        if name is None:
            raise Malformed("wrong_shape", path=f"$[{place}]", reason="an entry without a number")
        found.append(name)
    return found


def is_marked(comments: Sequence[soap_wire.Comment] | str | None, mark: str) -> bool:
    """Return whether one of the comments on a document is this mark of ours, see ``bodies``."""
    return bodies.has_mark(list(rows(comments, "$.comments")), mark)


def plan_units(notice: dto.ShipmentNotice, goods: Goods) -> dict[str, Decimal]:
    """Return ``{item id: units}`` a parcel must name for the lines of a notice, as the shop counts them.

    :raise Rejected: the order has no such line, or the parcel holds nothing of it that has a body
    """
    known = {line.id: line for line in goods.lines}
    wanted: dict[str, Decimal] = {}
    for line in notice.lines:
        id_ = line.external_line_id
        if id_ not in known:
            raise Rejected("line_unknown", message=f"the order has no line {id_}", reference=id_)
        if not known[id_].is_virtual:
            wanted[id_] = wanted.get(id_, NIL) + line.quantity
    if not wanted:
        raise Rejected(
            "no_lines", message="the parcel holds nothing of the order that is sent", reference=notice.reference
        )
    return bundles.plan_units(wanted, goods.lines, goods.separate)


def find_ours(shipments: Iterable[soap_wire.Shipment], notice: dto.ShipmentNotice) -> soap_wire.Shipment | None:
    """Return the parcel that carries our mark."""
    mark = bodies.parcel_mark(notice)
    return next((shipment for shipment in shipments if is_marked(shipment.comments, mark)), None)


def find_same(
    shipments: Iterable[soap_wire.Shipment], notice: dto.ShipmentNotice, units: Mapping[str, Decimal]
) -> soap_wire.Shipment | None:
    """Return a parcel without our mark that has this tracking number and these units: a person told the shop."""
    for shipment in shipments:
        if notice.tracking and has_track(shipment, notice.tracking) and shipped_units(shipment) == dict(units):
            return shipment
    return None


def shipped_units(shipment: soap_wire.Shipment) -> dict[str, Decimal]:
    """Return the units of each order item in a parcel."""
    items = rows(shipment.items, "$.items")
    return {item.order_item_id: units for item in items if (units := read_amount(item.qty, "$.items") or NIL)}


def has_track(shipment: soap_wire.Shipment, tracking: str) -> bool:
    """Return whether a parcel has this tracking number."""
    return any(text(track.number) == tracking for track in rows(shipment.tracks, "$.tracks"))


def other_tracks(shipment: soap_wire.Shipment, tracking: str) -> list[str]:
    """Return the ids of the tracking numbers a parcel should no longer have."""
    tracks = rows(shipment.tracks, "$.tracks")
    return [track.track_id for track in tracks if track.track_id and text(track.number) != tracking]


def choose_carrier(refused: str, value: Any) -> str:
    """Return the carrier to name in place of one the shop refused: one it knows by another spelling, else "custom".

    :param value: the answer of salesOrderShipmentGetCarriers, codes and titles
    """
    known = [entry.get("key") for entry in rows(value, "$") if isinstance(entry, Mapping)]
    spelled = (code for code in known if isinstance(code, str) and code.casefold() == refused.casefold())
    return next((code for code in spelled if code != refused), carriers.CUSTOM)
