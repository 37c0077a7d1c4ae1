"""Listings in, quantities and prices out."""

from collections.abc import Iterator, Sequence

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import write_place
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, RetryLater

from ..lib import answers, bodies, const
from .client import EbayClient
from .refusals import ensure_taken


class Shelf:
    """The listings of one account: those of eBay's Inventory model."""

    def __init__(self, client: EbayClient, location_key: str | None = None):
        self._client = client
        self._location_key = location_key

    # --- reading ------------------------------------------------------------------------------------------------------

    def read_page(self, cursor: str | None) -> dto.Page[dto.ListingData]:
        """Return one page of listings. Each takes a call for its offers, so eBay may ask to wait in the middle.

        :raise RetryLater: nothing could be read
        """
        place = answers.read_listings_place(cursor)
        response = self._client.get_inventory_items(place.offset)
        ensure_taken(response)
        page = answers.parse_listings_page(response.body, place.offset)
        found: list[dto.ListingData] = []
        read = place.skip
        for item in page.items[place.skip :]:
            try:
                found += answers.build_listings(item, self._offers(item.sku))
            except RetryLater:
                if read == place.skip:
                    raise
                break
            read += 1
        following = None
        if read < len(page.items):
            following = answers.ListingsPlace(offset=place.offset, skip=read)
        elif page.next_offset is not None:
            following = answers.ListingsPlace(offset=page.next_offset)
        return dto.Page(items=tuple(found), next_cursor=write_place(following))

    def _offers(self, sku: str):
        try:
            response = self._client.get_offers(sku)
            ensure_taken(response)
            return answers.parse_offers(response.body)
        except (NotFound, Malformed):
            return ()  # a SKU that is offered nowhere; its quantity can still be set

    # --- pushing ------------------------------------------------------------------------------------------------------

    def push(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """Set quantities and prices. When eBay asks to wait half-way, the rest comes back as retryable rows.

        :raise RetryLater: nothing was sent
        """
        rows: dict[str, dto.RowResult] = {}
        for level in levels:
            flaw = bodies.find_flaw(level)
            if flaw:
                rows[level.ref] = dto.RowResult(ref=level.ref, code=flaw[0], error=flaw[1])
        waiting = [level for level in levels if level.ref not in rows]
        try:
            for batch in _batches([self._with_offer(level) for level in waiting]):
                rows.update(_priced(batch, self._push_batch(batch)))
        except RetryLater as error:
            if not rows:
                raise
            rows.update((row.ref, row) for row in _unsent(waiting, rows, error))
        return dto.BatchResult(rows=tuple(rows[level.ref] for level in levels))

    def _push_batch(self, levels: Sequence[dto.StockLevel]) -> tuple[dto.RowResult, ...]:
        """Send some rows; one by one where eBay refuses them together, so that one bad row spoils no other."""
        response = self._client.bulk_update_price_quantity(bodies.build_push(levels, self._location_key))
        if response.status < 300:
            try:
                return answers.parse_push(response.body, levels)
            except Malformed as error:
                # A quantity may be sent again without harm; one odd answer must not stop the others for ever.
                words = "the answer could not be read"
                return tuple(dto.RowResult(ref=level.ref, error=words, code=error.code) for level in levels)
        if len(levels) > 1:
            return self._push_each(levels)
        code, words = answers.parse_refusal(response.body)
        is_unknown = response.status == 404 or code in const.SKU_UNKNOWN
        code = "listing_unknown" if is_unknown else code
        return (dto.RowResult(ref=levels[0].ref, error=words or code, code=code),)

    def _push_each(self, levels: Sequence[dto.StockLevel]) -> tuple[dto.RowResult, ...]:
        rows: dict[str, dto.RowResult] = {}
        for level in levels:
            try:
                rows.update((row.ref, row) for row in self._push_batch([level]))
            except RetryLater as error:
                rows.update((row.ref, row) for row in _unsent(levels, rows, error))
                break
        return tuple(rows.values())

    def _with_offer(self, level: dto.StockLevel) -> dto.StockLevel:
        """Return the row with the offer its price belongs to: eBay keeps prices per offer."""
        if level.price is None or level.offer_id:
            return level
        offers = [offer for offer in self._offers(level.sku) if level.marketplace in (None, offer.marketplace_id)]
        return msgspec.structs.replace(level, offer_id=offers[0].offer_id) if offers else level


def _priced(levels: Sequence[dto.StockLevel], rows: Sequence[dto.RowResult]) -> Iterator[tuple[str, dto.RowResult]]:
    """Yield the answers by row; a price that had no offer to go to is said, for eBay takes the quantity without it."""
    homeless = {level.ref: level for level in levels if level.price is not None and not level.offer_id}
    for row in rows:
        level = homeless.get(row.ref)
        if level is not None and row.error is None:
            words = f"the quantity is set, the price is not: eBay has no offer for {level.sku}"
            words += f" on {level.marketplace}" if level.marketplace else ""
            row = dto.RowResult(ref=row.ref, error=words, code="offer_missing")
        yield row.ref, row


def _batches(levels: Sequence[dto.StockLevel]) -> Iterator[list[dto.StockLevel]]:
    """Yield rows in the numbers eBay takes, no SKU twice in one of them."""
    waiting = list(levels)
    while waiting:
        batch: dict[str, dto.StockLevel] = {}
        left = []
        for level in waiting:
            if level.sku in batch or len(batch) == const.ROWS_PER_PUSH:
                left.append(level)
            else:
                batch[level.sku] = level
        yield list(batch.values())
        waiting = left


def _unsent(levels: Sequence[dto.StockLevel], rows, error: RetryLater) -> list[dto.RowResult]:
    return [
        dto.RowResult(ref=level.ref, error="not sent yet", code=error.code, is_retryable=True)
        for level in levels
        if level.ref not in rows
    ]
