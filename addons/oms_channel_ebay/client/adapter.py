"""eBay as a sales channel: the contract of ``oms_core``, kept with the clients and the pure code."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import ClassVar

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account, Capability, ChannelAdapter, Limits
from odoo.addons.oms_core.lib.errors import Rejected, RetryLater
from odoo.addons.oms_core.lib.rates import Rate

from ..lib import answers, bodies, const, mapper, webhook, wire
from . import auth
from .aftersales import Aftersales
from .client import EbayClient
from .http import Caller
from .messages import Messages
from .orders import OrderReader
from .refusals import ensure_taken, name_refusal
from .stock import Shelf

_CONFLICT_WAIT = timedelta(minutes=1)


class EbayAdapter(ChannelAdapter):
    """One eBay seller account.

    ``account.settings`` needs ``client_id``, ``ru_name``, ``marketplaces`` (ids, the first is the main one),
    ``is_signed`` and perhaps ``location_key``; ``account.secrets`` the names of ``const.SECRETS``;
    ``account.endpoints`` the families of ``const.FAMILIES``.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset(
        {
            Capability.ORDERS,
            Capability.STOCK,
            Capability.PRICE,
            Capability.LISTINGS,
            Capability.CANCEL,
            Capability.REFUND,
            Capability.ASYNC,
            Capability.CANCELLATIONS,
            Capability.RETURNS,
            Capability.WEBHOOK,
            Capability.CONSENT,
        }
    )
    limits: ClassVar[Limits] = Limits(
        page=const.ORDERS_PER_PAGE,
        batch=const.ROWS_PER_PUSH,
        history=const.ORDER_HISTORY,
        revisions_per_day=const.REVISIONS_PER_DAY,
        overlap=timedelta(minutes=10),
        rates={name: Rate(per_second, burst) for name, (per_second, burst) in const.RATES.items()},
    )

    def __init__(self, account, transport, now):
        super().__init__(account, transport, now)
        self._caller = Caller(account, transport, now)
        self._client = EbayClient(self._caller)
        self._orders = OrderReader(self._client, now)
        self._shelf = Shelf(self._client, account.settings.get("location_key"))
        self._aftersales = Aftersales(self._client, now)

    # --- always -------------------------------------------------------------------------------------------------------

    def check(self) -> dto.AccountInfo:
        """Log in, ask who we are, and ask for a token of each permission: there is no other way to learn of them.

        :raise AuthFailed: the credentials are refused
        """
        try:
            response = self._client.get_user()
            ensure_taken(response)
            body = response.body
        except Rejected as error:
            if error.code != "access_denied":
                raise
            body = None  # logging in worked; only the name of the account is not ours to know
        granted = [(scope, self._caller.login.has_scope(scope.url)) for scope in const.SCOPES]
        return answers.parse_account(body, self._marketplaces, granted)

    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders changed within ``window``, see :mod:`.orders`."""
        return self._orders.read_page(window, cursor)

    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order as it is now.

        :raise NotFound: eBay does not know it
        """
        response = self._client.get_order(external_id)
        ensure_taken(response)
        return answers.parse_order_answer(response.body)

    @classmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order stored earlier, see :func:`..lib.mapper.parse_order`."""
        return mapper.parse_order(body)

    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Tell eBay of a parcel. eBay would take the same one twice, so it is looked up first, each time.

        :raise Rejected: eBay refuses it
        :raise NotFound: eBay does not know the order
        """
        body = bodies.build_shipment(notice)
        known = self.find_shipment(notice)
        if known is not None:
            return known
        response = self._client.create_shipping_fulfillment(notice.order_external_id, body)
        if response.status == 409:
            # Somebody else changes the order at this moment: seen again, it tells whether this was us.
            raise RetryLater("conflict", after=_CONFLICT_WAIT, is_uncertain=True)
        if response.status >= 300:
            raise name_refusal(response)
        made = answers.parse_location(response.headers.get("Location"))
        return dto.Receipt(reference=notice.reference, external_id=made)

    def find_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt | None:
        """Return a receipt if eBay has this very parcel, ``None`` if not.

        :raise NotFound: eBay does not know the order
        """
        response = self._client.get_shipping_fulfillments(notice.order_external_id)
        ensure_taken(response)
        for parcel in answers.parse_parcels(response.body):
            if bodies.is_same_parcel(parcel, notice):
                return dto.Receipt(
                    reference=notice.reference, external_id=parcel.fulfillment_id, detail="already there"
                )
        return None

    # --- stock and listings -------------------------------------------------------------------------------------------

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """Set quantities, and prices where the rows have some. Every row has its own answer."""
        return self._shelf.push(levels)

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """Return one page of what the account offers in eBay's Inventory model."""
        return self._shelf.read_page(cursor)

    # --- after the sale -----------------------------------------------------------------------------------------------

    def push_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt:
        """Answer a buyer's wish to cancel, or cancel an order by ourselves."""
        return self._aftersales.cancel(notice)

    def find_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt | None:
        """Return a receipt if what the notice says has happened, ``None`` if not."""
        return self._aftersales.find_cancellation(notice)

    def push_refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """Ask eBay to give money back, for an order or for a return."""
        return self._aftersales.refund(notice)

    def find_refund(self, notice: dto.RefundNotice) -> dto.Receipt | None:
        """Return ``None`` if no refund can be the one of the notice.

        :raise NotSupported: one could be; eBay shows nothing by which to tell
        """
        return self._aftersales.find_refund(notice)

    def poll(self, receipt: dto.Receipt) -> dto.Receipt:
        """Ask what became of a cancellation or a refund."""
        return self._aftersales.poll(receipt)

    def fetch_cancellations(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.CancellationData]:
        """Return one page of cancellations that changed within ``window``."""
        return self._aftersales.read_cancellations(window, cursor)

    def fetch_returns(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.ReturnData]:
        """Return one page of returns: all that were opened lately, as eBay does not say which of them changed."""
        return self._aftersales.read_returns(window, cursor)

    # --- hints --------------------------------------------------------------------------------------------------------

    @classmethod
    def parse_webhook(cls, call: dto.WebhookCall, secrets: Mapping[str, str]) -> tuple[dto.ChannelEvent, ...]:
        """Verify a message of eBay's and return what it says, see :func:`..lib.webhook.parse_webhook`."""
        return webhook.parse_webhook(call, secrets)

    @classmethod
    def answer_challenge(cls, call: dto.WebhookCall, secrets: Mapping[str, str]) -> bytes | None:
        """Answer eBay's test of our address, see :func:`..lib.webhook.answer_challenge`."""
        return webhook.answer_challenge(call, secrets)

    def fetch_webhook_key(self, key_id: str) -> str:
        """Return the public key with which eBay signs messages, checked to be one.

        :raise NotFound: eBay has no such key
        :raise AuthFailed: ``webhook_key_bad``, the answer is no key
        """
        response = self._client.get_public_key(key_id)
        ensure_taken(response)
        key = wire.decode(response.body, wire.PublicKey).key
        webhook.load_public_key(key)
        return key

    def subscribe(self, endpoint: str, token: str, email: str) -> None:
        """Let eBay send messages of new orders to an address of ours, see :meth:`.messages.Messages.subscribe`."""
        Messages(self._client).subscribe(endpoint, token, email)

    # --- consent ------------------------------------------------------------------------------------------------------

    @classmethod
    def build_consent_url(cls, account: Account, state: str) -> str:
        """Return eBay's page on which the seller lets us in."""
        return auth.build_consent_url(account, state)

    def redeem_consent(self, code: str) -> dto.Consent:
        """Turn the code that came back into a refresh token.

        :raise Rejected: the code is used, too old or not ours
        """
        return self._caller.login.redeem(code)

    # --- the account --------------------------------------------------------------------------------------------------

    @property
    def _marketplaces(self) -> Sequence[str]:
        marketplaces = tuple(self.account.settings.get("marketplaces") or ())
        if not marketplaces:
            raise Rejected("marketplace_missing", message="no eBay site is chosen for this channel")
        return marketplaces
