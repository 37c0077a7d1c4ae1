"""Amazon as a sales channel: the contract of ``oms_core``, kept with the client and the pure code."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any, ClassVar

from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability, ChannelAdapter, Limits
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, Rejected, RetryLater
from odoo.addons.oms_core.lib.rates import Rate

from ..lib import answers, bodies, const, mapper
from .client import AmazonClient

# One job sends so many quantities; the rate of patchListingsItem lets them through in a few seconds.
STOCK_BATCH = 20


class AmazonAdapter(ChannelAdapter):
    """One Amazon seller account in one region.

    ``account.settings`` needs ``client_id``, ``seller_id`` and ``marketplaces`` (ids, the first is the main store);
    ``account.secrets`` the names of ``const.SECRETS``; ``account.endpoints`` the families of ``const.FAMILIES``.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {Capability.ORDERS, Capability.STOCK, Capability.LISTINGS}
    )
    limits: ClassVar[Limits] = Limits(
        page=const.ORDERS_PER_PAGE,
        batch=STOCK_BATCH,
        overlap=timedelta(minutes=10),
        rates={name: Rate(per_second, burst) for name, (per_second, burst) in const.RATES.items()},
    )

    def __init__(self, account, transport, now):
        super().__init__(account, transport, now)
        self._client = AmazonClient(account, transport, now)

    # --- always -------------------------------------------------------------------------------------------------------

    def check(self) -> dto.AccountInfo:
        """Log in and ask for the stores of the account: the cheapest call there is.

        :raise AuthFailed: the credentials are refused
        """
        try:
            response = self._client.get_marketplace_participations()
        except Rejected as error:
            if error.code != "access_denied":
                raise
            # Logging in worked; only the role "Selling Partner Insights" is missing, which nothing else needs.
            insight = dto.Permission(name="account", is_granted=False, detail=error.message or None)
            return dto.AccountInfo(name=self._seller, permissions=(insight,))
        self._ensure_taken(response)
        return answers.parse_account(response.body, self._marketplaces)

    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders changed within ``window``, each with the bytes Amazon sent.

        :raise Rejected: ``cursor_expired`` when the page token no longer works; read the window again from its start
        :raise Malformed: the page cannot be read as a whole
        """
        until = window.until
        if until is not None and until > self.now() - timedelta(seconds=const.SEARCH_DELAY_SECONDS):
            until = None  # Amazon refuses an end this close and ends there by itself
        response = self._client.search_orders(self._marketplaces, window.since, until, cursor)
        if cursor is not None and 400 <= response.status < 500:
            # The same question was answered for the first page, so what is refused now is the token.
            raise self._refusal(response, code="cursor_expired")
        self._ensure_taken(response)
        return answers.parse_orders_page(response.body)

    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order as it is now.

        :raise NotFound: Amazon does not know it
        """
        response = self._client.get_order(external_id)
        self._ensure_taken(response)
        return answers.parse_order_answer(response.body)

    @classmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order stored earlier, see :func:`..lib.mapper.parse_order`."""
        return mapper.parse_order(body)

    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Confirm a parcel. The same notice again finds it there and changes nothing.

        :raise Rejected: Amazon refuses it, and does not have it yet
        :raise NotFound: Amazon does not know the order
        """
        body = bodies.build_shipment(notice, self._marketplace_of(notice))
        response = self._client.confirm_shipment(notice.order_external_id, body)
        if response.status < 300:
            return dto.Receipt(reference=notice.reference, external_id=notice.reference)
        if response.status == 404:
            raise self._refusal(response)
        # "PackageToUpdateNotFound … order already fulfilled" is also what a repeated notice gets, so look before
        # failing (github.com/amzn/selling-partner-api-models issue 5037).
        known = self.find_shipment(notice)
        if known is None:
            raise self._refusal(response)
        return known

    def find_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt | None:
        """Return a receipt if Amazon has this very parcel; ``None`` if it has not, or an earlier state of it."""
        response = self._client.get_order(notice.order_external_id, ("PACKAGES",))
        self._ensure_taken(response)
        for package in answers.parse_known_packages(response.body):
            if bodies.is_same_parcel(package, notice):
                return dto.Receipt(
                    reference=notice.reference, external_id=package.reference, detail="already confirmed"
                )
        return None

    # --- stock and listings -------------------------------------------------------------------------------------------

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """Set quantities, one call each. When Amazon asks to wait half-way, the rest comes back as retryable rows.

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
            body = bodies.build_stock(level)
        except ValueError as error:
            return dto.RowResult(ref=level.ref, error=str(error), code="bad_quantity")
        try:
            response = self._patch_where_listed(level, body)
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

    def _patch_where_listed(self, level: dto.StockLevel, body: Mapping[str, Any]) -> Response:
        """Send a quantity through the first store that lists the SKU.

        A call takes one store, and the quantity of a SKU is the same in all of them
        (github.com/amzn/selling-partner-api-models issue 4356, selling-partner-api-docs issue 3167).
        """
        for marketplace in (level.marketplace,) if level.marketplace else self._marketplaces:
            response = self._client.patch_listings_item(self._seller, level.sku, marketplace, body)
            if not _is_unknown(response):
                break
        return response

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """Return one page of what the account offers, store after store; a SKU of several stores comes once for each.

        The main store comes last, so that its title is the one that stays.

        :raise Rejected: ``cursor_expired`` when the page token no longer works
        """
        place = answers.read_place(cursor)
        stores = self._marketplaces[::-1]
        if place.store >= len(stores):  # there are fewer of them since
            place = answers.ListingsPlace()
        response = self._client.search_listings_items(self._seller, stores[place.store], place.since, place.token)
        if place.token is not None and 400 <= response.status < 500:
            raise self._refusal(response, code="cursor_expired")
        self._ensure_taken(response)
        return answers.parse_listings_page(response.body, stores, place)

    def fetch_listing(self, sku: str) -> dto.ListingData:
        """Return one listing, of the first store that has it.

        :raise NotFound: there is none with this SKU
        """
        for marketplace in self._marketplaces:
            response = self._client.get_listings_item(self._seller, sku, marketplace)
            if response.status != 404:
                break
        self._ensure_taken(response)
        return answers.parse_listing(response.body, marketplace)

    # --- what went wrong ----------------------------------------------------------------------------------------------

    def _ensure_taken(self, response: Response) -> None:
        if response.status >= 300:
            raise self._refusal(response)

    def _refusal(self, response: Response, code: str | None = None) -> NotFound | Rejected:
        reference = response.headers.get(const.REQUEST_ID_HEADER)
        amazon_code, words = answers.parse_refusal(response.body)
        if response.status == 404 and code is None:
            return NotFound("not_found", reference=reference)
        return Rejected(code or amazon_code, message=words or amazon_code, reference=reference, status=response.status)

    # --- the account --------------------------------------------------------------------------------------------------

    @property
    def _settings(self) -> Mapping[str, Any]:
        return self.account.settings

    @property
    def _seller(self) -> str:
        seller = self._settings.get("seller_id")
        if not seller:
            raise Rejected("seller_missing", message="the seller id is missing")
        return seller

    @property
    def _marketplaces(self) -> Sequence[str]:
        marketplaces = tuple(self._settings.get("marketplaces") or ())
        if not marketplaces:
            raise Rejected("marketplace_missing", message="no Amazon store is chosen for this channel")
        return marketplaces

    def _marketplace_of(self, notice: dto.ShipmentNotice) -> str:
        return notice.marketplace or self._marketplaces[0]


def _is_unknown(response: Response) -> bool:
    return response.status == 404 or (response.status == 400 and answers.parse_refusal(response.body)[0] == "NOT_FOUND")
