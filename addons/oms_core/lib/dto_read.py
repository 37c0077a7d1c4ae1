"""What else a channel tells: listings, stock in its own warehouses, returns, the account, hints."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from .dto_base import Money, Value

ReturnStatus = Literal[
    "requested",  # the buyer asks, nobody has said yes
    "approved",  # it may come; the parcel is not on its way, as far as the channel knows
    "in_transit",
    "received",
    "refunded",
    "refused",
    "closed",  # over without a refund that the channel knows of
]


class HeldStock(Value):
    """Units of one SKU that lie in the channel's own warehouses.

    :param quantity: fit to be sold now; ``quantity_coming``: on the way to the channel; ``quantity_unfit``: damaged
    """

    sku: str
    quantity: int
    quantity_coming: int = 0
    quantity_unfit: int = 0
    marketplace: str | None = None


class CancellationData(Value):
    """That an order's cancellation changed there; the order itself is fetched again for what it means."""

    external_id: str
    order_external_id: str
    updated_at: datetime
    state: Literal["asked", "done", "refused"]
    reason: str | None = None


class ReturnLine(Value):
    """Units of one order line the buyer wants to send back. One of line id and SKU is known."""

    quantity: Decimal
    external_line_id: str | None = None
    sku: str | None = None
    reason: str | None = None
    comment: str | None = None


class ReturnData(Value):
    """A return the channel knows of.

    :param channel_status: the channel's own word for ``status``
    :param is_disputed: a claim or case against us is open for it
    """

    external_id: str
    order_external_id: str
    updated_at: datetime
    status: ReturnStatus
    lines: tuple[ReturnLine, ...] = ()
    number: str | None = None
    requested_at: datetime | None = None
    channel_status: str | None = None
    carrier: str | None = None
    tracking: str | None = None
    refund: Money | None = None
    is_disputed: bool = False


class ListingData(Value):
    """What the channel offers under one SKU. ``marketplace`` is the store through which its quantity is set.

    :param offer_id: what the channel wants to be named besides the SKU when quantity or price change
    """

    sku: str
    marketplace: str | None = None
    external_product_id: str | None = None
    offer_id: str | None = None
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


class WebhookCall(Value):
    """A request that came to our webhook address, as it came. ``headers`` have lower-case names."""

    method: str
    url: str
    headers: dict[str, str]
    query: tuple[tuple[str, str], ...]
    body: bytes
    received_at: datetime


class ChannelEvent(Value):
    """A hint: something happened to ``external_id``; fetch the document before believing it.

    :param event_id: the channel's own, the same when it tells us again
    :param external_id: of the order; for "buyer_deleted" the buyer
    :param receipt: with which a queue is told that we have it, see ``ChannelAdapter.drop_events``
    :param names: for "buyer_deleted": every name and id the buyer had there
    """

    event_id: str
    kind: Literal["order", "cancellation", "refund", "return", "listing", "buyer_deleted", "other"]
    external_id: str | None = None
    occurred_at: datetime | None = None
    receipt: str | None = None
    names: tuple[str, ...] = ()


class Consent(Value):
    """What a person's consent on the channel's own page gave us.

    :param secrets: names of ``secret_field`` to their values, in clear: never log or store them as they are
    :param ends_at: when they stop working
    """

    secrets: dict[str, str]
    ends_at: datetime | None = None

    def __repr__(self) -> str:
        return f"Consent(ends_at={self.ends_at!r}, secrets=…)"
