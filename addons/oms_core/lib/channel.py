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
    ACK = "ack"
    STOCK = "stock"
    CANCEL = "cancel"
    REFUND = "refund"
    LISTINGS = "listings"
    RETURNS = "returns"
    ASYNC = "async"


class Limits(dto.Value):
    """What the channel allows, as data.

    :param page: most documents a page may hold; ``batch``: most rows a push may hold
    :param overlap: how far each poll reads back over the last one
    :param rates: operation name to its documented rate
    """

    page: int = 100
    batch: int = 1
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
    """

    capabilities: ClassVar[frozenset[Capability]] = frozenset({Capability.ORDERS})
    limits: ClassVar[Limits] = Limits()

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

    # --- by capability --------------------------------------------------------------------------------------

    def acknowledge(self, refs: Sequence[str]) -> dto.BatchResult:
        """ACK: say that we have these orders."""
        raise NotSupported("acknowledge")

    def push_stock(self, levels: Sequence[dto.StockLevel]) -> dto.BatchResult:
        """STOCK: set absolute quantities, at most ``limits.batch`` of them."""
        raise NotSupported("push_stock")

    def push_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt:
        """CANCEL: tell the channel we will not send these lines."""
        raise NotSupported("push_cancellation")

    def push_refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """REFUND: ask the channel to give money back."""
        raise NotSupported("push_refund")

    def fetch_listings(self, cursor: str | None = None) -> dto.Page[dto.ListingData]:
        """LISTINGS: return one page of what the account offers."""
        raise NotSupported("fetch_listings")

    def fetch_returns(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.ReturnData]:
        """RETURNS: return one page of returns updated within ``window``."""
        raise NotSupported("fetch_returns")

    def poll(self, receipt: dto.Receipt) -> dto.Receipt:
        """ASYNC: ask what became of an earlier push."""
        raise NotSupported("poll")
