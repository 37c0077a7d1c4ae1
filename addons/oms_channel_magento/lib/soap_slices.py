"""How a list without paging is read: slices of time, one after the other, each only as long as what is in it. Pure.

A shop answers a list with all that fits its filter. So the walk asks for a slice, takes what it can read at once and
goes on where that ended; the slice grows while little comes and shrinks when much does. The window's end is fixed when
the walk begins, so that what changes meanwhile is left to the next window instead of being met for ever.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec.structs import replace
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import ChannelError, RetryLater

from . import soap_const
from .soap_documents import row_id, row_time


class Place(dto.Value):
    """How far a walk has come.

    :param since: the next slice begins here
    :param until: the walk ends here; ``None`` before the shop answered for the first time
    :param span: seconds the next slice is long
    :param after: id of the last document that was read of the second ``since``; those up to it are done
    """

    since: datetime
    until: datetime | None
    span: float
    after: str | None = None


class Slice(dto.Value):
    """What to ask for: a closed span of update times."""

    since: datetime
    until: datetime


def begin(since: datetime) -> Place:
    """Return where a walk begins."""
    return Place(since=since, until=None, span=soap_const.FIRST_SLICE.total_seconds())


def shorter(place: Place, error: ChannelError) -> Place | None:
    """Return the place with the shorter slice to ask for after a failure, ``None`` where length is not the reason."""
    first, shortest = soap_const.FIRST_SLICE.total_seconds(), soap_const.SHORTEST_SLICE.total_seconds()
    if error.code == "too_large" and place.span > shortest:
        return replace(place, span=max(place.span / 8, shortest))
    # A shop that fell over a long slice would do so for ever; a short one shows whether it is that.
    if isinstance(error, RetryLater) and error.code != "throttled" and place.span > first:
        return replace(place, span=first)
    return None


def plan_slice(since: datetime, until: datetime | None, span: float) -> Slice:
    """Return the slice that begins at ``since``; it does not go beyond ``until``."""
    end = since + timedelta(seconds=span)
    return Slice(since=since, until=min(end, until) if until else end)


def next_span(span: float, found: int) -> float:
    """Return the length of the next slice: long where little happened, short where much did."""
    if found > soap_const.ROWS_PER_SLICE:
        span *= soap_const.ROWS_PER_SLICE / found
    elif found < soap_const.ROWS_PER_SLICE // 4:
        span *= 2
    shortest, longest = soap_const.SHORTEST_SLICE.total_seconds(), soap_const.LONGEST_SLICE.total_seconds()
    return min(max(span, shortest), longest)


def order_rows(rows: Iterable[Mapping[str, Any]], asked: Slice, after: str | None) -> list[Mapping[str, Any]]:
    """Return the rows still to be read, oldest update first, each document once.

    A row without a readable time counts as one of the slice's start: it is read at once, and once.
    """
    found: dict[str, tuple[tuple[datetime, int, str], Mapping[str, Any]]] = {}
    for row in rows:
        name = row_id(row)
        if name is not None:
            found[name] = (sort_key(row, asked.since), row)
    keyed = sorted(found.values(), key=lambda pair: pair[0])
    done = (asked.since, *_id_key(after)) if after is not None else None
    # Rows outside the slice come from a server that does not know our filter; reading them would never end.
    return [row for key, row in keyed if (done is None or key > done) and asked.since <= key[0] <= asked.until]


def sort_key(row: Mapping[str, Any], otherwise: datetime) -> tuple[datetime, int, str]:
    """Return where a row stands: by update time, then by number."""
    return (row_time(row) or otherwise, *_id_key(row_id(row) or ""))


def _id_key(name: str) -> tuple[int, str]:
    # Increment ids grow; one that is longer is younger. Only the same order for every page matters.
    return len(name), name
