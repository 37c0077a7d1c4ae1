"""The channel contract: what every sales channel offers to the OMS, and what it promises.

A plugin subclasses :class:`ChannelAdapter`. Four methods are mandatory; the rest are claimed by capability.
Only the frozen values of :mod:`.dto` cross it. An adapter is made of an account, a transport and a clock:
no globals, no environment, no sleeping. When a limit says "wait" it raises ``RetryLater`` and the job runner waits.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, ClassVar, Protocol

from . import dto
from .errors import NotSupported
from .rates import Rate


class Capability(Enum):
    """Parts of the contract a channel may or may not offer."""

    ORDERS = "orders"
    STOCK = "stock"  # push_stock
    PRICE = "price"  # push_stock and push_bulk take prices, too
    BULK = "bulk"  # push_bulk and poll_bulk
    CANCEL = "cancel"  # push_cancellation
    REFUND = "refund"  # push_refund
    INVOICE = "invoice"  # push_invoice
    ASYNC = "async"  # push_cancellation or push_refund may give a receipt that is not final: poll
    LISTINGS = "listings"
    CANCELLATIONS = "cancellations"  # fetch_cancellations
    REFUNDS = "refunds"  # fetch_refunds
    RETURNS = "returns"  # fetch_returns
    HELD = "held"  # fetch_held_stock
    EVENTS = "events"  # fetch_events
    WEBHOOK = "webhook"  # parse_webhook
    CONSENT = "consent"  # build_consent_url and redeem_consent


class Limits(dto.Value):
    """What the channel allows, as data.

    :param page: most documents a page may hold; ``batch``: most rows a push may hold
    :param bulk: most rows ``push_bulk`` takes; ``bulk_from``: from how many waiting rows on it is worth it
    :param overlap: how far each poll reads back over the last one
    :param history: how far back the channel lists orders at all
    :param revisions_per_day: how often one listing may be changed per calendar day
    :param recheck_shipments: how long after a parcel was accepted we look whether it was kept; ``None``: no need to
    :param counts_own_orders: the channel takes its own orders off the quantity until they are shipped, so what it is
        told includes the units they wait for
    :param rates: operation name to its documented rate
    """

    page: int = 100
    batch: int = 1
    bulk: int = 0
    bulk_from: int = 0
    history: timedelta = timedelta(days=730)
    revisions_per_day: int | None = None
    counts_own_orders: bool = False
    recheck_shipments: timedelta | None = None
    overlap: timedelta = timedelta(minutes=10)
    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 60.0
    rates: Mapping[str, Rate] = {}


class TokenStore(Protocol):
    """Keeps short-lived access tokens between calls and processes."""

    def get(self, name: str, now: datetime) -> str | None:
        """Return the token stored under ``name`` if it is still good at ``now``."""

    def put(self, name: str, token: str, expires_at: datetime) -> None:
        """Remember ``token`` until ``expires_at``."""

    def drop(self, name: str) -> None:
        """Forget the token stored under ``name``: the channel refused it."""

    def refresh_lock(self, name: str) -> AbstractContextManager[None]:
        """Let one worker at a time fetch a new token.

        Inside, ``get`` again: when it gives another token than the one refused, another worker was faster.

        :raise RetryLater: another worker has been at it for too long
        """


class Account(dto.Value):
    """What an adapter may know of the account it works for. Made by the ORM glue, never stored.

    :param endpoints: API family to base URL, e.g. ``{"orders": "https://…"}``
    :param settings: the plugin's own plain settings (seller id, marketplaces)
    :param secrets: the plugin's secrets in clear; the repr hides them
    """

    id: int
    channel_type: str
    endpoints: Mapping[str, str]
    settings: Mapping[str, Any]
    secrets: Mapping[str, str]
    tokens: Any = None  # a TokenStore

    def __repr__(self) -> str:
        return f"Account(id={self.id}, channel_type={self.channel_type!r}, secrets=…)"

    def __rich_repr__(self):
        yield "id", self.id


class ChannelAdapter(ABC):
    """One sales channel account, seen through its API.

    :param account: credentials, endpoints and settings
    :param transport: the one HTTP door (``oms_core/client/transport.py``)
    :param now: returns the current aware UTC time

    ``file_hosts`` are regular expressions for whole host names: where the channel's answers may send us to put or get a
    file, beside the hosts of the account's addresses. See ``oms_core/client/hosts.py`` for what may be sent there.
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.ORDERS})
    limits: ClassVar[Limits] = Limits()
    file_hosts: ClassVar[tuple[str, ...]] = ()

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self.account = account
        self.transport = transport
        self.now = now

    # --- always ---------------------------------------------------------------------------------------------

    @abstractmethod
    def check(self) -> dto.AccountInfo:
        """Test the connection with one cheap call and say what each permission allows.

        :raise AuthFailed: the credentials are refused
        """

    @abstractmethod
    def fetch_orders(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RawOrder]:
        """Return one page of orders updated within ``window``, oldest update first, as they came.

        Reading a window again is normal and yields every order that is in it now.
        """

    @abstractmethod
    def fetch_order(self, external_id: str) -> dto.RawOrder:
        """Return one order as it is now. Webhooks and "fetch this order" come through here only.

        :raise NotFound: the channel does not know it
        """

    @abstractmethod
    def push_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt:
        """Tell the channel a parcel left. The same notice twice has the effect of once.

        :raise RetryLater: try again; ``is_uncertain`` says whether it may have arrived
        :raise Rejected: the channel refused it for good
        """

    @classmethod
    @abstractmethod
    def parse_order(cls, body: bytes) -> dto.OrderData:
        """Read an order document that was stored earlier. Pure: the same bytes give the same value.

        :raise Malformed: with the JSON path of the first thing wrong
        """

    def find_shipment(self, notice: dto.ShipmentNotice) -> dto.Receipt | None:
        """Look up whether a notice whose answer was lost has arrived. ``None``: it has not.

        :raise NotSupported: the channel cannot say; the caller then relies on ``push_shipment`` being repeatable
        """
        raise NotSupported("find_shipment")

    def fetch_order_by_number(self, number: str) -> dto.RawOrder:
        """Return one order by the number people see, where that is not its id.

        :raise NotFound: the channel does not know it
        """
        return self.fetch_order(number)

    # --- by capability --------------------------------------------------------------------------------------

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """STOCK: set absolute quantities, at most ``limits.batch`` of them."""
        raise NotSupported("push_stock")

    def push_bulk(self, levels: Sequence[dto.StockLevel]) -> dto.Receipt:
        """BULK: hand over up to ``limits.bulk`` quantities at once; the answer comes later, see :meth:`poll_bulk`."""
        raise NotSupported("push_bulk")

    def poll_bulk(self, receipt: dto.Receipt, levels: Sequence[dto.StockLevel]) -> dto.BatchResult | None:
        """BULK: return the answer to every row of an earlier :meth:`push_bulk`, ``None`` while there is none yet.

        :raise Rejected: it was refused as a whole
        """
        raise NotSupported("poll_bulk")

    def push_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt:
        """CANCEL: tell the channel we will not send these lines. The same notice twice has the effect of once.

        :raise Rejected: the channel refused it: it is too late there, or it has no way to say this
        """
        raise NotSupported("push_cancellation")

    def find_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt | None:
        """CANCEL: look up whether a notice whose answer was lost has arrived, as :meth:`find_shipment`."""
        raise NotSupported("find_cancellation")

    def push_refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """REFUND: ask the channel to give money back. Never sent again before :meth:`find_refund` has said no.

        :raise Rejected: the channel refused it
        """
        raise NotSupported("push_refund")

    def find_refund(self, notice: dto.RefundNotice) -> dto.Receipt | None:
        """REFUND: look up whether a refund whose answer was lost has happened. ``None``: it has not.

        :raise NotSupported: the channel cannot say; a person then decides
        """
        raise NotSupported("find_refund")

    def push_invoice(self, notice: dto.InvoiceNotice) -> dto.Receipt:
        """INVOICE: have the channel invoice these units. The same notice twice has the effect of once.

        What the channel has invoiced by itself already is a receipt, too.

        :raise Rejected: the channel refused it
        """
        raise NotSupported("push_invoice")

    def find_invoice(self, notice: dto.InvoiceNotice) -> dto.Receipt | None:
        """INVOICE: look up whether a notice whose answer was lost has arrived, as :meth:`find_shipment`."""
        raise NotSupported("find_invoice")

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """LISTINGS: return one page of what the account offers."""
        raise NotSupported("fetch_listings")

    def fetch_cancellations(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.CancellationData]:
        """CANCELLATIONS: return one page of cancellations updated within ``window``, with the rules of orders."""
        raise NotSupported("fetch_cancellations")

    def fetch_refunds(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RefundData]:
        """REFUNDS: return one page of refunds updated within ``window``, with the rules of orders.

        A channel that shows refunds inside orders only puts them into ``OrderData.refunds`` instead.
        """
        raise NotSupported("fetch_refunds")

    def fetch_returns(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.ReturnData]:
        """RETURNS: return one page of returns updated within ``window``, with the rules of orders."""
        raise NotSupported("fetch_returns")

    def fetch_held_stock(self, cursor: str | None = None) -> dto.Page[dto.HeldStock]:
        """HELD: return one page of what lies in the channel's own warehouses; SKUs not named lie there with 0 units.

        Stores that count the same units may each name a SKU; then the most counts.
        """
        raise NotSupported("fetch_held_stock")

    def poll(self, receipt: dto.Receipt) -> dto.Receipt:
        """ASYNC: ask what became of an earlier push. Still not final: ask again later.

        :raise Rejected: the channel refused it after all
        """
        raise NotSupported("poll")

    # --- hints ----------------------------------------------------------------------------------------------

    def fetch_events(self) -> tuple[dto.ChannelEvent, ...]:
        """EVENTS: return what waits in the account's queue of hints, a few at a time; empty when nothing does."""
        raise NotSupported("fetch_events")

    def drop_events(self, receipts: Sequence[str]) -> None:
        """EVENTS: take hints off the queue, once they are stored."""
        raise NotSupported("drop_events")

    @classmethod
    def parse_webhook(cls, call: dto.WebhookCall, secrets: Mapping[str, str]) -> tuple[dto.ChannelEvent, ...]:
        """WEBHOOK: verify a request that came to us and return what it says. Pure.

        :param secrets: what the channel's ``_webhook_secrets`` gives; without the one needed nothing is believed
        :raise AuthFailed: not the channel's: unsigned, forged, changed, too old or from the future.
            ``webhook_key_unknown`` with ``key_id`` when the key it names is not here yet
        :raise Malformed: it is the channel's, and cannot be read
        """
        raise NotSupported("parse_webhook")

    @classmethod
    def answer_challenge(cls, call: dto.WebhookCall, secrets: Mapping[str, str]) -> bytes | None:
        """WEBHOOK: return the JSON body with which the channel wants its test of our address answered.

        ``None`` when the request is no such test. Pure.

        :raise AuthFailed: the secret for it is missing
        """
        return None

    # --- consent --------------------------------------------------------------------------------------------

    @classmethod
    def build_consent_url(cls, account: Account, state: str) -> str:
        """CONSENT: return the address of the channel's own page on which a person lets us in. Pure.

        :param state: comes back unchanged, so that we know whose consent it is
        """
        raise NotSupported("build_consent_url")

    def redeem_consent(self, code: str) -> dto.Consent:
        """CONSENT: turn the code that came back into secrets.

        :raise Rejected: the code is used, too old or not ours
        """
        raise NotSupported("redeem_consent")
