"""Quantities, prices and listings of a Magento 2 shop.

The shop takes what its own orders wait for off the quantity itself (reservations), so it is told what lies on the shelf
with those units in it: ``Limits.counts_own_orders``.
"""

from collections.abc import Mapping, Sequence

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import NotFound, Rejected, RetryLater

from ..lib import answers, bodies, const, pages

_NOTHING = "-"


class Stocking:
    """The part of the adapter that is about stock, prices and listings."""

    # --- a few at once ------------------------------------------------------------------------------------------------

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """Set quantities, and prices where levels hold them, in one call each.

        :raise RetryLater: nothing was sent
        """
        rows = self._unsendable(levels)
        sendable = [level for level in levels if level.ref not in rows]
        rows |= self._set_quantities(sendable)
        rows |= self._set_prices([level for level in sendable if level.price and rows[level.ref].error is None])
        return dto.BatchResult(rows=tuple(rows[level.ref] for level in levels))

    def _unsendable(self, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult]:
        """Return the answers to rows that are not sent at all.

        Magento takes quantities of SKUs it does not have without a word, so those are looked for first.
        """
        currency = self._currency() if any(level.price for level in levels) else None
        rows = {}
        for level in levels:
            words = bodies.unsendable(level, currency)
            if words:
                rows[level.ref] = dto.RowResult(ref=level.ref, error=words[1], code=words[0])
        sound = [level for level in levels if level.ref not in rows]
        known = self._known_skus([level.sku for level in sound]) if sound else frozenset()
        return rows | {level.ref: _unknown(level) for level in sound if level.sku not in known}

    def _known_skus(self, skus: Sequence[str]) -> frozenset[str]:
        """Return those of the SKUs the shop has: at our source already, or in its catalogue."""
        at_source = self._quantities(skus)
        found = set(at_source)
        for missing in pages.lots(sku for sku in skus if sku not in at_source):
            params = pages.build_search([pages.any_of("sku", missing)], ("entity_id",), const.LISTINGS_PER_PAGE)
            try:
                page = answers.parse_products(self._taken(self._client.search_products(params)).body)
            except Rejected as error:
                if error.code != "access_denied":
                    raise
                return frozenset(skus)  # who may not look cannot know better
            found |= {product.sku for product in page.products if product.type_id not in const.NO_STOCK}
        return frozenset(found)

    def _quantities(self, skus: Sequence[str]) -> Mapping[str, int]:
        """Return ``{SKU: units}`` at our sources."""
        found: dict[str, int] = {}
        for lot in pages.lots(skus):
            groups = [pages.any_of("sku", lot), pages.any_of("source_code", self._sources)]
            params = pages.build_search(groups, (), len(lot) * len(self._sources))
            found |= answers.parse_quantities(self._taken(self._client.search_source_items(params)).body)
        return found

    def _set_quantities(self, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult]:
        """Send quantities; where the shop refuses them as a whole, in halves until the bad one is alone."""
        if not levels:
            return {}
        try:
            self._taken(self._client.set_source_items(bodies.build_source_items(levels, self._source)))
        except (Rejected, NotFound) as error:
            if error.code in ("access_denied", "redirected", "host_refused", "bad_request"):
                raise
            if len(levels) == 1:
                words = getattr(error, "message", "") or "the shop keeps no stock by source"
                return {levels[0].ref: dto.RowResult(ref=levels[0].ref, error=words, code=error.code)}
            half = len(levels) // 2
            rows = self._set_quantities(levels[:half])
            return rows | self._or_later(self._set_quantities, levels[half:])
        return {level.ref: dto.RowResult(ref=level.ref) for level in levels}

    def _set_prices(self, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult]:
        """Send prices of rows whose quantity is there; when asked to wait, those rows come again as a whole."""
        return self._or_later(self._send_prices, levels) if levels else {}

    def _send_prices(self, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult]:
        try:
            response = self._taken(self._client.set_base_prices(bodies.build_base_prices(levels)))
        except Rejected as error:
            return {
                level.ref: dto.RowResult(ref=level.ref, error=error.message or error.code, code=error.code)
                for level in levels
            }
        problems = answers.parse_price_problems(response.body)
        return {
            level.ref: dto.RowResult(ref=level.ref, error=problems[level.sku], code="price_refused")
            for level in levels
            if level.sku in problems
        }

    def _or_later(self, send, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult]:
        """Send the rest of a batch of which something has its effect already; what must wait says so row by row."""
        try:
            return send(levels)
        except RetryLater as error:
            words = "not sent yet"
            return {
                level.ref: dto.RowResult(ref=level.ref, error=words, code=error.code, is_retryable=True)
                for level in levels
            }

    # --- many at once -------------------------------------------------------------------------------------------------

    def push_bulk(self, levels: Sequence[dto.StockLevel]) -> dto.Receipt:
        """Hand over many quantities, each as a row of its own so that each is answered.

        Prices are a bulk of their own; the receipt names both. All is absolute: after a lost answer it is sent again.
        """
        refused = self._unsendable(levels)
        sendable = [level for level in levels if level.ref not in refused]
        stock = prices = _NOTHING
        if sendable:
            rows = [bodies.build_source_items([level], self._source) for level in sendable]
            stock = answers.parse_bulk_receipt(self._taken(self._client.queue_source_items(rows)).body)
        priced = [bodies.build_base_prices([level]) for level in sendable if level.price is not None]
        if priced:
            prices = answers.parse_bulk_receipt(self._taken(self._client.queue_base_prices(priced)).body)
        return dto.Receipt(reference=stock, external_id=f"{stock} {prices}", is_final=False)

    def poll_bulk(self, receipt: dto.Receipt, levels: Sequence[dto.StockLevel]) -> dto.BatchResult | None:
        """Return the answer to every row, ``None`` while the shop's queue still works on some.

        What the bulk does not hold was not sent, for the reason it had.

        :raise Rejected: the shop no longer knows the bulk
        """
        stock, _space, prices = (receipt.external_id or "").partition(" ")
        rows = self._bulk_rows(stock, levels)
        priced = self._bulk_rows(prices, [level for level in levels if level.price is not None])
        if rows is None or priced is None:
            return None
        for ref, row in priced.items():
            if row.error and rows.get(ref, row).error is None:
                rows[ref] = row
        currency = self._currency() if any(level.price for level in levels if level.ref not in rows) else None
        found = []
        for level in levels:
            words = bodies.unsendable(level, currency)
            refused = dto.RowResult(ref=level.ref, error=words[1], code=words[0]) if words else None
            found.append(refused or rows.get(level.ref) or _unknown(level))
        return dto.BatchResult(rows=tuple(found))

    def _bulk_rows(self, bulk_id: str, levels: Sequence[dto.StockLevel]) -> dict[str, dto.RowResult] | None:
        """Return the answers a bulk gives to rows it holds, ``None`` while some wait."""
        if bulk_id in ("", _NOTHING):
            return {}
        try:
            response = self._taken(self._client.get_bulk(bulk_id))
        except NotFound:
            raise Rejected("bulk_unknown", message="the shop no longer knows these changes") from None
        return answers.parse_bulk_status(response.body, levels)

    # --- listings -----------------------------------------------------------------------------------------------------

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """Return one page of the catalogue, with the quantities at our source.

        :raise Rejected: ``cursor_expired`` for a place that is none of ours
        """
        if cursor is not None and not (cursor.isascii() and cursor.isdigit()):
            raise Rejected("cursor_expired", message="the place in the list cannot be read")
        groups = [[pages.Filter("entity_id", "gt", cursor)]] if cursor else []
        params = pages.build_search(groups, ("entity_id",), const.LISTINGS_PER_PAGE)
        page = answers.parse_products(self._taken(self._client.search_products(params)).body)
        if page.next_cursor is not None and int(page.next_cursor) <= int(cursor or 0):
            page = answers.ProductPage(products=page.products)
        stocked = [product.sku for product in page.products if product.type_id not in const.NO_STOCK]
        quantities, barcode = self._quantities(stocked), self._settings.get("barcode")
        items = answers.build_listings(page.products, quantities, self._currency(), barcode)
        return dto.Page(items=items, next_cursor=page.next_cursor)

    def _currency(self) -> str | None:
        """Return the currency of the catalogue's prices, ``None`` where it cannot be known."""
        try:
            configs = answers.parse_store_configs(self._taken(self._client.get_store_configs()).body)
        except Rejected as error:
            if error.code != "access_denied":
                raise
            return None
        return answers.base_currency(configs, self._settings.get("store_code") or const.ALL_STORES)

    @property
    def _source(self) -> str:
        return self._settings.get("source") or const.DEFAULT_SOURCE

    @property
    def _sources(self) -> list[str]:
        return list(self._settings.get("sources") or [self._source])


def _unknown(level: dto.StockLevel) -> dto.RowResult:
    return dto.RowResult(ref=level.ref, error="the shop has no product with this SKU", code="listing_unknown")
