"""Reading orders: a closed span of eBay's own time, row by row counted, so that nothing falls between two pages.

getOrders counts rows and has no tokens. An order that changes while the span is read leaves it, and the rows behind it
move up. How many did is told by ``total``, so that many rows are read again. What is asked for ends two minutes ago by
eBay's clock, as eBay advises; so nothing enters the span meanwhile.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone

from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed, NotFound, Rejected, RetryLater

from ..lib import answers, const
from .client import EbayClient
from .clock import ask_until
from .refusals import ensure_taken

_LONG_AGO = datetime.min.replace(tzinfo=timezone.utc)


class Place(dto.Value):
    """Where the reading of a span is.

    :param until: the end of the span, fixed by its first page
    :param total: how many orders it held when this place was left
    """

    until: datetime
    offset: int
    total: int


class OrderReader:
    """Reads pages of orders and completes those of which getOrders tells too little."""

    def __init__(self, client: EbayClient, now: Callable[[], datetime]):
        self._client = client
        self._now = now

    def read_page(self, window: dto.Window, cursor: str | None) -> dto.Page[dto.RawOrder]:
        """Return one page.

        :raise Rejected: ``cursor_expired`` when the cursor is none of ours
        :raise Malformed: the page cannot be read as a whole
        """
        place = _read_place(cursor) if cursor else None
        if place is None:
            response, until = ask_until(self._now(), window.until, lambda end: self._ask(window, end, 0))
        else:
            until = place.until
            response = self._ask(window, until, place.offset)
        ensure_taken(response)
        page = answers.parse_orders_page(response.body)
        place = place or Place(until=until, offset=0, total=page.total)
        items = tuple(self._complete(page.pieces))
        following = _next_place(place, page, len(items))
        return dto.Page(
            items=tuple(sorted((raw for raw in items if window.since <= until or _is_within(raw, window)), key=_age)),
            next_cursor=write_place(following),
            covered_until=until,
        )

    # --- the span -----------------------------------------------------------------------------------------------------

    def _ask(self, window: dto.Window, until: datetime, offset: int) -> Response:
        # The span must not be empty nor reach back further than eBay keeps orders; both are errors there.
        since = max(min(window.since, until - timedelta(seconds=1)), until - const.ORDER_HISTORY)
        return self._client.get_orders(since, until, offset)

    # --- details ------------------------------------------------------------------------------------------------------

    def _complete(self, pieces: tuple[bytes, ...]) -> Iterator[dto.RawOrder]:
        """Yield orders in full, up to as many as this page may cost calls. What is left comes with the next page."""
        calls = 0
        for piece in pieces:
            raw = answers.raw_order(piece)
            if raw.external_id is None or not answers.lacks_detail(piece):
                yield raw
                continue
            if calls == const.DETAILS_PER_PAGE:
                return
            try:
                found = self._detail(raw)
            except RetryLater:
                if calls == 0 and piece is pieces[0]:
                    raise  # nothing of this page could be read in full
                return
            calls += 1
            yield found

    def _detail(self, raw: dto.RawOrder) -> dto.RawOrder:
        try:
            response = self._client.get_order(raw.external_id)
            ensure_taken(response)
            return answers.parse_order_answer(response.body)
        except AuthFailed:
            raise
        except (NotFound, Rejected, Malformed):
            return raw  # what the page said is better than nothing


def _read_place(cursor: str) -> Place:
    place = read_place(cursor, Place)
    if place.offset < 0 or place.until.tzinfo is None:
        raise Rejected("cursor_expired", message="the place in the list of orders is none of ours")
    return place


def _next_place(place: Place, page: answers.OrdersPage, taken: int) -> Place | None:
    """Return where to go on, ``None`` at the end: past what was taken, back by as many rows as left the span."""
    gone = max(0, place.total - page.total)
    reached = place.offset + taken
    is_done = taken == len(page.pieces) and (not page.pieces or reached >= page.total)
    if is_done and not gone:
        return None
    return Place(until=place.until, offset=max(0, reached - gone), total=page.total)


def _is_within(raw: dto.RawOrder, window: dto.Window) -> bool:
    return raw.updated_at is None or raw.updated_at >= window.since


def _age(raw: dto.RawOrder) -> datetime:
    return raw.updated_at or _LONG_AGO
