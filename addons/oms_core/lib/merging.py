"""Which orders may go to their buyer in one parcel, and which may be taken apart."""

import re
import unicodedata
from collections.abc import Iterable

from . import dto


class Parcel(dto.Value):
    """What decides whether an order may go together with another one.

    :param account: the channel, or the customer of orders without one
    :param ship_to: lines of the address, the name first
    :param hold: why it is stopped, empty where nothing does
    :param is_open: confirmed, of goods of ours, and not gone
    :param is_started: somebody has begun to pick it, or printed its transfer
    :param head: the order it goes with already, else ``None``
    """

    key: int
    company: int
    account: tuple[str, int]
    ship_to: tuple[str, ...]
    currency: str
    kind: int
    warehouse: int
    carrier: int
    hold: str = ""
    is_open: bool = True
    is_started: bool = False
    head: int | None = None


def address_key(ship_to: Iterable[str]) -> tuple[str, ...]:
    """Return an address without what only looks different: case, accents, points, blanks."""
    return tuple(re.sub(r"[\W_]+", "", _plain(line)) for line in ship_to)


def why_not_alone(one: Parcel) -> str | None:
    """Return why an order goes together with none, as a code, or ``None``."""
    if not one.is_open:
        return "not_open"
    if one.is_started:
        return "started"
    return None


def why_not_together(one: Parcel, other: Parcel) -> str | None:
    """Return why two orders do not go in one parcel, as a code: what is worst first. ``None``: they may."""
    alone = why_not_alone(one) or why_not_alone(other)
    if alone:
        return alone
    if one.head is not None and one.head == (other.head or other.key):
        return "together"
    if other.head is not None and other.head == one.key:
        return "together"
    if one.head is not None or other.head is not None:
        return "elsewhere"
    if any(address_key(parcel.ship_to)[1:] == ("",) * (len(parcel.ship_to) - 1) for parcel in (one, other)):
        return "address"
    for name in ("company", "account", "currency", "kind", "warehouse", "carrier", "hold"):
        if getattr(one, name) != getattr(other, name):
            return name
    return None if address_key(one.ship_to) == address_key(other.ship_to) else "address"


def plan_groups(parcels: Iterable[Parcel]) -> list[tuple[int, ...]]:
    """Return the groups of orders that may go together, each from its oldest order on, the oldest group first."""
    groups: list[list[Parcel]] = []
    by_place: dict[tuple, list[list[Parcel]]] = {}
    for parcel in sorted(parcels, key=lambda row: row.key):
        if parcel.head is not None or why_not_alone(parcel):
            continue
        known = by_place.setdefault((parcel.company, parcel.account, address_key(parcel.ship_to)), [])
        group = next((group for group in known if why_not_together(group[0], parcel) is None), None)
        if group is None:
            group = []
            known.append(group)
            groups.append(group)
        group.append(parcel)
    return [tuple(parcel.key for parcel in group) for group in groups if len(group) > 1]


def _plain(text: str) -> str:
    # ß and its like have no accent to take off; casefold writes them out.
    decomposed = unicodedata.normalize("NFKD", (text or "").casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))
