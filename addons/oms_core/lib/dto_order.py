"""An order as a channel has it: lines, money, people, parcels, and what was cancelled or given back."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from .dto_base import Money, Value

OrderStatus = Literal[
    "awaiting_payment",  # placed, not yet paid: prices and address may be missing
    "to_ship",
    "partly_shipped",
    "shipped",
    "cancelled",
    "unfulfillable",
]
ChargeKind = Literal["shipping", "gift_wrap", "cod", "discount", "gift_card", "other"]
Party = Literal["seller", "channel"]
Asker = Literal["buyer", "seller", "channel"]


class TaxAmount(Value):
    """A tax the channel states. ``collected_by="channel"`` is never our tax to pay."""

    amount: Money
    collected_by: Party = "seller"
    label: str | None = None


class Charge(Value):
    """Money beside the goods. Discounts and gift cards (store credit, points too) are negative; all others positive."""

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
    """One payment the channel reports. ``is_captured=False``: authorised, the money is still the buyer's."""

    amount: Money
    is_captured: bool = True
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


class LineUnits(Value):
    """Units of one order line: in a parcel, in a cancellation."""

    external_line_id: str
    quantity: Decimal


class CancelRequest(Value):
    """A wish that an order, or some of its lines, is not sent any more, and what became of it.

    :param external_id: the channel's id of the case, with which it is answered; ``None`` where it has none
    :param lines: no lines means the order as a whole
    """

    state: Literal["asked", "done", "refused"]
    by: Asker | None = None
    external_id: str | None = None
    reason: str | None = None
    asked_at: datetime | None = None
    lines: tuple[LineUnits, ...] = ()


class RefundLine(Value):
    """Money given back for one order line. ``amount`` is what the buyer gets for it, its tax included.

    One of ``external_line_id`` and ``sku`` is known; a refund from here always names the line.

    :param quantity: units it is for, 0 when only money is given back or the channel does not say
    :param tax: the part of ``amount`` that is tax, ``None`` where the channel does not say
    :param shipping: delivery cost of this line given back beside ``amount``
    """

    amount: Money
    external_line_id: str | None = None
    sku: str | None = None
    quantity: Decimal = Decimal(0)
    tax: Money | None = None
    shipping: Money | None = None


class RefundData(Value):
    """Money given back, as the channel tells it.

    :param amount: all that the buyer gets back
    :param lines: the goods it is for; what ``lines``, ``shipping`` and ``adjustment`` leave over is not explained
    :param channel_tax: the part of ``amount``, beside the lines, that is tax the channel collected on top of the price
        and gives back itself; an order may never have shown it
    :param is_restocked: whether the channel counts the goods as its stock again; ``None``: it does not say
    """

    external_id: str
    order_external_id: str
    amount: Money
    status: Literal["pending", "done", "failed"] = "done"
    refunded_at: datetime | None = None
    updated_at: datetime | None = None
    lines: tuple[RefundLine, ...] = ()
    shipping: Money | None = None
    adjustment: Money | None = None
    channel_tax: Money | None = None
    reason: str | None = None
    is_restocked: bool | None = None


class OrderData(Value):
    """An order as the channel has it now. ``total`` is what it says the order is worth, ``None`` while unknown.

    :param is_tax_included: whether amounts of lines and charges contain the taxes stated beside them
    :param holds: why the channel itself does not want it sent yet, in its words: payment review, fraud check
    :param replaces: external ids of the channel's orders that this one stands for now (combined or edited there)
    :param cancel_requests: wishes to cancel that are told for the order and not only line by line
    :param note: what the channel itself says about sending it and no field holds
    :param buyer_note: what the buyer wrote to us; ``gift_note``: what goes into the parcel as a present;
        ``delivery_note``: how to find the door or where to leave the parcel
    :param shop_total: ``total`` in the currency of the shop's books, where that is another one
    """

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
    buyer_note: str | None = None
    gift_note: str | None = None
    delivery_note: str | None = None
    holds: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    cancel_requests: tuple[CancelRequest, ...] = ()
    refunds: tuple[RefundData, ...] = ()
    shop_total: Money | None = None


class RawOrder(Value):
    """An order document as it came, before anybody interprets it. ``body`` is UTF-8 JSON or XML."""

    external_id: str | None
    updated_at: datetime | None
    body: bytes
