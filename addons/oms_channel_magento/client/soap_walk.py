"""Walking through a list that has no pages: orders, credit memos."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from msgspec.structs import replace
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import Malformed, RetryLater

from ..lib import soap_const, soap_slices, soap_wire
from ..lib.soap_documents import row_id
from ..lib.soap_slices import Place, Slice
from ..lib.times import format_time
from .soap_client import Answer, Filters, between

T = TypeVar("T")
Row = Mapping[str, Any]
_SECOND = timedelta(seconds=1)
# The shop's own program ended; 502 to 504 say that the shop as a whole is not there.
FAILED = 500


class Walk(Generic[T]):
    """Reads a window page by page.

    :param list_rows: asks the shop for all that fits a filter
    :param read: reads the document of one row; ``None``: it is gone meanwhile
    :param page: most documents of a page, each of which takes a call
    :param set_aside: what to give in place of a document the shop always fails over
    """

    def __init__(
        self,
        list_rows: Callable[[Filters], Answer],
        read: Callable[[Row], T | None],
        page: int,
        set_aside: Callable[[Row], T] | None = None,
    ):
        self._list_rows = list_rows
        self._read = read
        self._page = page
        self._set_aside = set_aside

    def read_page(self, window: dto.Window, cursor: str | None) -> dto.Page[T]:
        """Return the next page of a window. Slices in which nothing happened are passed over.

        :raise Rejected: ``cursor_expired``
        :raise RetryLater: not one slice could be read
        """
        place = begin = read_place(cursor, Place) if cursor else soap_slices.begin(window.since.replace(microsecond=0))
        items, covered_until = (), None
        for _attempt in range(soap_const.SLICES_PER_PAGE):
            asked = soap_slices.plan_slice(place.since, place.until or window.until, place.span)
            try:
                rows, at = self._ask(asked)
            except (Malformed, RetryLater) as error:
                shorter = soap_slices.shorter(place, error)
                if shorter is None and place == begin:
                    raise
                if shorter is None:
                    break  # How far it came is kept: beginning anew each time, a shop with few calls never got through.
                place = shorter
                continue
            if place.until is None:
                covered_until = _end(window, at)
                place = replace(place, until=covered_until)
            asked = Slice(since=asked.since, until=min(asked.until, place.until))
            waiting = soap_slices.order_rows(rows, asked, place.after)
            place = replace(place, span=soap_slices.next_span(place.span, len(rows)))
            if waiting:
                items, rest = self._read_rows(waiting, place)
                place = rest or _following(asked, place)
                break
            place = _following(asked, place)
            if place is None:
                break
        return dto.Page(items=items, next_cursor=write_place(place), covered_until=covered_until)

    def _read_rows(self, waiting: Sequence[Row], start: Place) -> tuple[tuple[T, ...], Place | None]:
        """Read the documents of some rows; return them and where to go on, ``None`` after the last row."""
        rows = waiting[: self._page]
        items: list[T | None] = []
        failing: list[int] = []
        for place, row in enumerate(rows):
            try:
                items.append(self._read(row))
            except RetryLater as error:
                if self._set_aside is not None and error.params.get("status") == FAILED:
                    failing.append(place)
                    items.append(None)
                    continue
                if not place or failing:
                    raise
                # What was read is kept.
                return _those(items), _behind(rows[place - 1], start)
        for place in failing:
            items[place] = self._read_again(rows[place], is_alone=len(failing) == len(rows))
        return _those(items), _behind(rows[-1], start) if len(waiting) > len(rows) else None

    def _read_again(self, row: Row, *, is_alone: bool) -> T | None:
        """Read a document the shop failed over. One that it fails over each time, and over no other, is set aside.

        :raise RetryLater: all of them failed, so it is the shop
        """
        try:
            return self._read(row)
        except RetryLater as error:
            if is_alone or error.params.get("status") != FAILED:
                raise
            return self._set_aside(row)

    def _ask(self, asked: Slice) -> tuple[Sequence[Row], datetime | None]:
        answer = self._list_rows(between("updated_at", format_time(asked.since), format_time(asked.until)))
        return _rows(answer), answer.at


def _those(items: Sequence[T | None]) -> tuple[T, ...]:
    return tuple(item for item in items if item is not None)


def _rows(answer: Answer) -> list[Row]:
    if isinstance(answer.value, Mapping):
        raise Malformed("wrong_shape", reason="the answer is not a list")
    found = soap_wire.rows(answer.value, "$")
    for place, row in enumerate(found):
        if not isinstance(row, Mapping):
            raise Malformed("wrong_shape", path=f"$[{place}]", reason="an entry that holds nothing")
    return list(found)


def _end(window: dto.Window, at: datetime | None) -> datetime:
    """Return where the walk ends: at the shop's own time, less what may still be written with an earlier one."""
    if at is None:
        raise Malformed("wrong_shape", reason="the shop's answer does not say when it was given")
    settled = at - soap_const.SETTLING
    return min(settled, window.until) if window.until else settled


def _following(asked: Slice, place: Place) -> Place | None:
    """Return the place behind a slice that is done, ``None`` at the end."""
    since = asked.until + _SECOND
    return replace(place, since=since, after=None) if since <= place.until else None


def _behind(row: Row, start: Place) -> Place:
    """Return the place behind a row."""
    since, _length, _name = soap_slices.sort_key(row, start.since)
    return replace(start, since=since, after=row_id(row))
