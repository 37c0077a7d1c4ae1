"""What is offered: quantities and prices, one by one or by feed, listings, and what lies in Amazon's warehouses."""

from collections.abc import Sequence

from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, RetryLater

from ..lib import answers, bodies, feeds, held, listing_feed
from .base import AmazonBase
from .client import ensure_taken, name_refusal


class Offers(AmazonBase):
    """The parts STOCK, PRICE, BULK, LISTINGS and HELD of the contract."""

    # --- one by one ---------------------------------------------------------------------------------------------------

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """Set quantities, and prices where given, one call each.

        When Amazon asks to wait half-way, the rest comes back as retryable rows.

        :raise RetryLater: nothing was sent
        """
        rows: list[dto.RowResult] = []
        for place, level in enumerate(levels):
            try:
                rows.append(self._push_level(level))
            except RetryLater as error:
                if not rows:
                    raise
                rows += [
                    dto.RowResult(ref=waiting.ref, error="not sent yet", code=error.code, is_retryable=True)
                    for waiting in levels[place:]
                ]
                break
        return dto.BatchResult(rows=tuple(rows))

    def _push_level(self, level: dto.StockLevel) -> dto.RowResult:
        try:
            bodies.build_offer(level, self._marketplaces)
        except ValueError as error:
            return dto.RowResult(ref=level.ref, error=str(error), code=bodies.fault_code(level))
        try:
            response = self._patch_where_listed(level)
        except NotFound:
            return dto.RowResult(ref=level.ref, error="no listing can have this SKU", code="listing_unknown")
        if response.status == 200:
            try:
                return answers.parse_submission(response.body, level.ref)
            except Malformed as error:
                # A quantity may be sent again without harm; one odd answer must not stop the others for ever.
                return dto.RowResult(ref=level.ref, error="the answer could not be read", code=error.code)
        code, words = answers.parse_refusal(response.body)
        return dto.RowResult(
            ref=level.ref, error=words or code, code="listing_unknown" if _is_unknown(response) else code
        )

    def _patch_where_listed(self, level: dto.StockLevel) -> Response:
        """Send a quantity through the first store that lists the SKU.

        A call takes one store, and the quantity of a SKU is the same in all of them
        (github.com/amzn/selling-partner-api-models issue 4356, selling-partner-api-docs issue 3167). A price is the
        store's own, so it goes to its store, or to one of its currency.
        """
        for marketplace in bodies.plan_stores(level, self._marketplaces):
            body = bodies.build_stock(level, marketplace)
            response = self._client.patch_listings_item(self._seller, level.sku, marketplace, body)
            if not _is_unknown(response):
                break
        return response

    # --- by feed ------------------------------------------------------------------------------------------------------

    def push_bulk(self, levels: Sequence[dto.StockLevel]) -> dto.Receipt:
        """Hand quantities and prices over as one feed. Sent again it sets the same quantities again.

        :raise RetryLater: as :meth:`.documents.Documents.submit_feed`
        :raise Rejected: Amazon takes no such feed
        """
        body, stores = listing_feed.build_listing_feed(self._seller, levels, self._marketplaces)
        if not body:  # nothing of it can be sent; poll_bulk says why, row by row
            return dto.Receipt(reference="", is_final=False)
        feed_id = self._documents.submit_feed(feeds.LISTINGS_FEED, feeds.JSON_TYPE, body, stores)
        return dto.Receipt(reference=feed_id, external_id=feed_id, is_final=False)

    def poll_bulk(self, receipt: dto.Receipt, levels: Sequence[dto.StockLevel]) -> dto.BatchResult | None:
        """Return what became of a feed, row by row; ``None`` while Amazon is at it.

        :param levels: the rows of the feed in their order
        :raise Rejected: Amazon took nothing because of the feed itself
        """
        if not receipt.external_id:
            return listing_feed.plan_rows(levels, self._marketplaces, None, is_whole=False)
        feed = self._documents.fetch_feed(receipt.external_id)
        if feed.processing_status in feeds.WAITING:
            return None
        body = self._documents.fetch_feed_result(feed)
        report = listing_feed.parse_listing_report(body) if body is not None else None
        is_whole = feed.processing_status == "DONE" and report is not None
        return listing_feed.plan_rows(levels, self._marketplaces, report, is_whole=is_whole)

    # --- what there is ------------------------------------------------------------------------------------------------

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """Return one page of what the account offers, store after store; a SKU of several stores comes once for each.

        The main store comes last, so that its title is the one that stays.

        :raise Rejected: ``cursor_expired`` when the page token no longer works
        """
        place = answers.read_listings_place(cursor)
        stores = self._marketplaces[::-1]
        if place.store >= len(stores):  # there are fewer of them since
            place = answers.ListingsPlace()
        response = self._client.search_listings_items(self._seller, stores[place.store], place.since, place.token)
        if place.token is not None and 400 <= response.status < 500:
            raise name_refusal(response, code="cursor_expired")
        return answers.parse_listings_page(ensure_taken(response).body, stores, place)

    def fetch_listing(self, sku: str) -> dto.ListingData:
        """Return one listing, of the first store that has it.

        :raise NotFound: there is none with this SKU
        """
        for marketplace in self._marketplaces:
            response = self._client.get_listings_item(self._seller, sku, marketplace)
            if response.status != 404:
                break
        return answers.parse_listing(ensure_taken(response).body, marketplace)

    def fetch_held_stock(self, cursor: str | None = None) -> dto.Page[dto.HeldStock]:
        """Return one page of what lies in Amazon's warehouses, store after store, the main one first.

        A store counts what could be sent to its buyers, so stores of one region may count the same units: for a SKU of
        several stores take the largest quantity, not the sum.

        :raise Rejected: ``cursor_expired``: the page token lives 30 seconds
        """
        place = held.read_held_place(cursor)
        stores = self._marketplaces
        if place.store >= len(stores):
            place = held.HeldPlace()
        response = self._client.get_inventory_summaries(stores[place.store], place.token)
        if place.token is not None and 400 <= response.status < 500:
            raise name_refusal(response, code="cursor_expired")
        return held.parse_held_page(ensure_taken(response).body, stores, place)


def _is_unknown(response: Response) -> bool:
    return response.status == 404 or (response.status == 400 and answers.parse_refusal(response.body)[0] == "NOT_FOUND")
