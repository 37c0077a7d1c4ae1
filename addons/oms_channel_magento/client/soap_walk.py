"""Walking through a list that has no pages: orders, credit memos."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from odoo.addons.oms_core.lib import dto
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
        """
        place = soap_slices.read_place(cursor) if cursor else None
        since = place.since if place else window.since.replace(microsecond=0)
        until, after = (place.until, place.after) if place else (None, None)
        span = place.span if place else soap_slices.first_span()
        covered_until = None
        for _attempt in range(soap_const.SLICES_PER_PAGE):
            asked, rows, at = self._ask(since, until or window.until, span)
            if until is None:
                until = covered_until = _end(window, at)
            asked = Slice(since=since, until=min(asked.until, until))
            waiting = soap_slices.order_rows(rows, asked, after)
            span = soap_slices.next_span(span, len(rows))
            if waiting:
                items, place = self._read_rows(waiting, Place(since=since, until=until, span=span, after=after))
                place = place or _following(asked, until, span)
                return dto.Page(items=items, next_cursor=soap_slices.write_place(place), covered_until=covered_until)
            place, since, after = _following(asked, until, span), asked.until + _SECOND, None
            if place is None:
                break
        return dto.Page(items=(), next_cursor=soap_slices.write_place(place), covered_until=covered_until)

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

    def _ask(
        self, since: datetime, limit: datetime | None, span: float
    ) -> tuple[Slice, Sequence[Row], datetime | None]:
        """Ask for a slice. One that is too much for the shop or for us is asked for again, shorter."""
        shortest = soap_const.SHORTEST_SLICE.total_seconds()
        while True:
            asked = soap_slices.plan_slice(since, limit, span)
            try:
                answer = self._list_rows(between("updated_at", format_time(since), format_time(asked.until)))
                return asked, _rows(answer), answer.at
            except Malformed as error:
                if error.code != "too_large" or span <= shortest:
                    raise
                span = max(span / 8, shortest)
            except RetryLater as error:
                # A shop that fell over a long slice would do so for ever; a short one shows whether it is that.
                if error.code == "throttled" or span <= soap_slices.first_span():
                    raise
                span = soap_slices.first_span()


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


def _following(asked: Slice, until: datetime, span: float) -> Place | None:
    """Return the place behind a slice that is done."""
    since = asked.until + _SECOND
    return Place(since=since, until=until, span=span) if since <= until else None


def _behind(row: Row, start: Place) -> Place:
    """Return the place behind a row."""
    since, _length, _name = soap_slices.sort_key(row, start.since)
    return Place(since=since, until=start.until, span=start.span, after=row_id(row))
