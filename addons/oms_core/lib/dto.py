"""The values that cross the channel contract.

Every value is frozen. Money is a Decimal with its currency, instants are aware UTC, external ids are
``str`` and what a channel does not say is ``None``: never an empty text and never 0.
"""

from datetime import datetime
from decimal import Decimal
from typing import Generic, Literal, TypeVar

import msgspec

T = TypeVar("T")

OrderStatus = Literal[
    "awaiting_payment",  # placed, not yet paid: prices and address may be missing
    "to_ship",
    "partly_shipped",
    "shipped",
    "cancelled",
    "unfulfillable",
]
ChargeKind = Literal["shipping", "gift_wrap", "cod", "discount", "other"]
Party = Literal["seller", "channel"]


class Value(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Base of all wire-neutral values. What is not known is left out when a value is written down."""


class Money(Value):
    """An amount in the units of its currency, as the channel wrote it: ``Decimal("19.90")``, ``"EUR"``."""

    amount: Decimal
    currency: str


class TaxAmount(Value):
    """A tax the channel states. ``collected_by="channel"`` is never our tax to pay."""

    amount: Money
    collected_by: Party = "seller"
    label: str | None = None


class Charge(Value):
    """Money beside the goods. A discount is a negative amount; all others are positive."""

    kind: ChargeKind
    amount: Money
    label: str | None = None
    taxes: tuple[TaxAmount, ...] = ()


class Address(Value):
    """A postal address, untouched. ``country`` is ISO 3166-1 alpha-2, ``state`` whatever the channel wrote."""

    name: str | None = None
    company: str | None = None
    street: str | None = None
    street2: str | None = None
    street3: str | None = None
    city: str | None = None
    state: str | None = None
    postal_code: str | None = None
    country: str | None = None
    phone: str | None = None
    is_residential: bool | None = None


class Buyer(Value):
    """Who bought. Everything may be missing: channels hide buyer data by role, by time and by program."""

    external_id: str | None = None
    name: str | None = None
    email: str | None = None
    company: str | None = None
    tax_number: str | None = None
    purchase_order: str | None = None


class Payment(Value):
    """One payment the channel reports."""

    amount: Money
    method: str | None = None
    external_id: str | None = None
    paid_at: datetime | None = None


class OrderLine(Value):
    """One line of goods.

    ``amount`` is the line's price for all units before charges, in the order's tax mode (see
    ``OrderData.is_tax_included``). It is the truth; ``unit_price`` is what the channel shows.
    """

    external_id: str
    quantity: Decimal
    sku: str | None = None
    external_product_id: str | None = None
    title: str | None = None
    unit_price: Money | None = None
    amount: Money | None = None
    charges: tuple[Charge, ...] = ()
    taxes: tuple[TaxAmount, ...] = ()
    promotions: tuple[str, ...] = ()
    gift_message: str | None = None
    gift_wrap: str | None = None
    quantity_shipped: Decimal = Decimal(0)
    is_cancel_requested: bool = False
    cancel_reason: str | None = None


class Package(Value):
    """A parcel the channel already knows of."""

    reference: str
    carrier: str | None = None
    tracking: str | None = None
    shipped_at: datetime | None = None
    items: tuple[tuple[str, Decimal], ...] = ()


class OrderData(Value):
    """An order as the channel has it now. ``total`` is what it says the order is worth, ``None`` while unknown."""

    external_id: str
    external_number: str
    status: OrderStatus
    placed_at: datetime
    updated_at: datetime
    currency: str | None
    total: Money | None
    lines: tuple[OrderLine, ...]
    is_tax_included: bool = False
    charges: tuple[Charge, ...] = ()
    buyer: Buyer = Buyer()
    ship_to: Address | None = None
    bill_to: Address | None = None
    payments: tuple[Payment, ...] = ()
    packages: tuple[Package, ...] = ()
    fulfilled_by: Party = "seller"
    marketplace: str | None = None
    service_level: str | None = None
    ship_by_at: datetime | None = None
    deliver_by_at: datetime | None = None
    labels: tuple[str, ...] = ()  # the channel's own flags in our words: "prime", "business", "gift"
    note: str | None = None


class Unreadable(Value):
    """A document that could not be read. ``path`` is the JSON path of the first thing wrong, ``reason`` plain words."""

    reason: str
    path: str = "$"
    external_id: str | None = None


class RawOrder(Value):
    """An order document as it came, before anybody interprets it. ``body`` is UTF-8 JSON or XML."""

    external_id: str | None
    updated_at: datetime | None
    body: bytes


class Window(Value):
    """A span of the channel's own update time. ``until=None`` means "up to what the channel offers now"."""

    since: datetime
    until: datetime | None = None


class Page(Value, Generic[T]):
    """One page of a listing.

    ``next_cursor`` is ``None`` on the last page. ``covered_until`` is the channel's own time up to which this
    window is complete once its last page is stored; it never comes from our clock.
    """

    items: tuple[T, ...]
    next_cursor: str | None = None
    covered_until: datetime | None = None


class StockLevel(Value):
    """The absolute quantity a listing shall show. ``ref`` finds the answer again in a ``BatchResult``."""

    ref: str
    sku: str
    quantity: int
    product_type: str | None = None
    marketplace: str | None = None


class ShipmentLine(Value):
    """Units of one order line in one parcel."""

    external_line_id: str
    quantity: Decimal


class ShipmentNotice(Value):
    """One parcel that left us. ``reference`` is ours, positive, stable for ever, and the same for every retry."""

    order_external_id: str
    reference: str
    carrier_code: str
    tracking: str
    shipped_at: datetime
    lines: tuple[ShipmentLine, ...]
    carrier_name: str | None = None
    service: str | None = None
    marketplace: str | None = None


class CancelNotice(Value):
    """We cannot or will not send these lines. No lines means the order as a whole."""

    order_external_id: str
    reference: str
    reason: str
    lines: tuple[ShipmentLine, ...] = ()
    marketplace: str | None = None


class RefundNotice(Value):
    """Money to give back. ``reference`` names the effect, not the attempt."""

    order_external_id: str
    reference: str
    amount: Money
    reason: str
    lines: tuple[tuple[str, Money], ...] = ()


class ReturnLine(Value):
    """Units of one order line the buyer wants to send back."""

    external_line_id: str
    quantity: Decimal
    reason: str | None = None


class ReturnData(Value):
    """A return the channel knows of."""

    external_id: str
    order_external_id: str
    updated_at: datetime
    status: str
    lines: tuple[ReturnLine, ...] = ()


class ListingData(Value):
    """What the channel offers under one SKU. ``marketplace`` is the store through which its quantity is set."""

    sku: str
    marketplace: str | None = None
    external_product_id: str | None = None
    title: str | None = None
    product_type: str | None = None
    quantity: int | None = None
    price: Money | None = None
    barcode: str | None = None
    is_fulfilled_by_channel: bool = False
    is_buyable: bool | None = None


class Permission(Value):
    """One line of a connection test: what we may do and what it allows."""

    name: str
    is_granted: bool | None  # None: the channel does not say
    detail: str | None = None


class AccountInfo(Value):
    """What a channel says of the account behind the credentials."""

    name: str
    marketplaces: tuple[tuple[str, str], ...] = ()  # (id, name)
    permissions: tuple[Permission, ...] = ()


class Receipt(Value):
    """The channel took our word. ``is_final=False``: ask again with ``poll``."""

    reference: str
    external_id: str | None = None
    is_final: bool = True
    detail: str | None = None


class RowResult(Value):
    """The answer to one row of a batch. ``error`` is the channel's text, ``None`` when it accepted."""

    ref: str
    error: str | None = None
    code: str | None = None
    is_retryable: bool = False


class BatchResult(Value):
    """Partial failure is a result, not an exception: one row per ``ref`` that was sent."""

    rows: tuple[RowResult, ...] = ()


class ChannelEvent(Value):
    """A hint from a webhook: something happened to ``external_id``; fetch the document before believing it."""

    event_id: str
    kind: str
    external_id: str | None = None
    occurred_at: datetime | None = None


def to_decimal(value: float) -> Decimal:
    """Return a stored quantity as a Decimal without the noise of its binary form: ``3.0`` becomes ``Decimal("3")``."""
    return Decimal(f"{value:.6f}").normalize() + 0
