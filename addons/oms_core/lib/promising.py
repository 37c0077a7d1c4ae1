"""When goods that are not in stock will be there: what comes in, given to who waits, first come, first served."""

from collections.abc import Iterable
from datetime import datetime

import msgspec

# Quantities are sums of decimals kept as floats; less than this is nothing.
CRUMB = 1e-6


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """Units an order waits for. ``pegs`` are the arrivals that come for nobody else."""

    key: int
    product_id: int
    place: int
    quantity: float
    pegs: frozenset[int] = frozenset()


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """Units on their way to a place.

    :param at: when they are expected; unknown is ``None`` and comes last
    :param is_pegged: they come for one order, which names them; nobody else gets any
    """

    key: int
    product_id: int
    place: int
    quantity: float
    at: datetime | None
    is_pegged: bool = False


class Share(msgspec.Struct, frozen=True, kw_only=True):
    """So many units for one who waits, out of one arrival; ``arrival`` is ``None`` for what nobody has ordered yet."""

    waiting: int
    quantity: float
    arrival: int | None = None
    at: datetime | None = None


def plan_promises(waiting: Iterable[Waiting], arrivals: Iterable[Arrival]) -> list[Share]:
    """Give what comes in to those who wait.

    :param waiting: in the order in which they get goods
    :param arrivals: in any order
    :return: the shares, at most one for each pair and one for what is missing, in the order of ``waiting``
    """
    left: dict[int, float] = {}
    pegged: dict[int, Arrival] = {}
    open_to_all: dict[tuple[int, int], list[Arrival]] = {}
    for arrival in sorted(arrivals, key=_by_date):
        left[arrival.key] = arrival.quantity
        if arrival.is_pegged:
            pegged[arrival.key] = arrival
        else:
            open_to_all.setdefault((arrival.product_id, arrival.place), []).append(arrival)
    shares = []
    for need in waiting:
        missing = need.quantity
        own = sorted((pegged[key] for key in need.pegs if key in pegged), key=_by_date)
        for arrival in [*own, *open_to_all.get((need.product_id, need.place), ())]:
            units = min(missing, left[arrival.key])
            if units > CRUMB:
                left[arrival.key] -= units
                missing -= units
                shares.append(Share(waiting=need.key, quantity=units, arrival=arrival.key, at=arrival.at))
        if missing > CRUMB:
            shares.append(Share(waiting=need.key, quantity=missing))
    return shares


def promised_at(shares: Iterable[Share]) -> datetime | None:
    """Return when the last of these units is there, or ``None`` while a date is missing for one of them."""
    dates = [share.at for share in shares]
    return max(dates) if dates and all(dates) else None


def _by_date(arrival: Arrival) -> tuple[bool, datetime | int, int]:
    return (arrival.at is None, arrival.at or 0, arrival.key)
