"""Which parcel of a shop is ours, and what it lacks. Pure.

A parcel takes two calls: it is made, then it gets its tracking number. Our reference stands in its comment from the
first call on, so after a crash between the two it is found again and completed.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

from . import carriers, soap_const, soap_wire
from .soap_wire import number, plain, rows


def comment_for(reference: str) -> str:
    """Return the comment by which a parcel or a credit memo is known to be ours."""
    return soap_const.REFERENCE.format(reference)


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
        name = plain(row.get("increment_id")) if isinstance(row, Mapping) else None
        if name is None:
            raise Malformed("wrong_shape", path=f"$[{place}]", reason="an entry without a number")
        found.append(name)
    return found


def is_marked(comments: Sequence[soap_wire.Comment] | str | None, reference: str) -> bool:
    """Return whether one of the comments names this reference of ours."""
    mark = re.compile(rf"(?<!\S){re.escape(comment_for(reference))}(?!\S)")
    return any(mark.search(entry.comment or "") for entry in rows(comments, "$.comments"))


def find_ours(shipments: Iterable[soap_wire.Shipment], reference: str) -> soap_wire.Shipment | None:
    """Return the parcel that carries our reference."""
    return next((shipment for shipment in shipments if is_marked(shipment.comments, reference)), None)


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
    return {item.order_item_id: number(item.qty, "$.items") for item in rows(shipment.items, "$.items")}


def has_track(shipment: soap_wire.Shipment, tracking: str) -> bool:
    """Return whether a parcel has this tracking number."""
    return any(plain(track.number) == tracking for track in rows(shipment.tracks, "$.tracks"))


def other_tracks(shipment: soap_wire.Shipment, tracking: str) -> list[str]:
    """Return the ids of the tracking numbers a parcel should no longer have."""
    tracks = rows(shipment.tracks, "$.tracks")
    return [track.track_id for track in tracks if track.track_id and plain(track.number) != tracking]


def choose_carrier(code: str, value: Any) -> str:
    """Return a carrier the shop takes: the one we meant if the shop knows it, else "custom".

    :param value: the answer of salesOrderShipmentGetCarriers, codes and titles
    """
    known = {entry.get("key") for entry in rows(value, "$") if isinstance(entry, Mapping)}
    return code if code in known else carriers.CUSTOM
