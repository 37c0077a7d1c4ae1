"""What we tell a channel, and its answers."""

from datetime import datetime
from typing import Literal

from .dto_base import Money, Value
from .dto_order import LineUnits, RefundLine

CancelReason = Literal["out_of_stock", "buyer_asked", "wrong_address", "wrong_price", "suspected_fraud", "other"]
RefundReason = Literal["returned", "cancelled", "damaged", "not_received", "wrong_price", "goodwill", "other"]


class PlaceLevel(Value):
    """Units at one of the channel's own names for a place of stock."""

    place: str
    quantity: int


class StockLevel(Value):
    """The absolute quantity a listing shall show. ``ref`` finds the answer again in a ``BatchResult``.

    :param price: what it shall cost, where the account keeps prices true and the channel takes both in one call
    :param offer_id: as the channel named it in ``ListingData``
    :param places: how ``quantity`` lies over the channel's places, where it keeps stock by place
    """

    ref: str
    sku: str
    quantity: int
    places: tuple[PlaceLevel, ...] = ()
    product_type: str | None = None
    marketplace: str | None = None
    external_product_id: str | None = None
    offer_id: str | None = None
    price: Money | None = None


ShipmentLine = LineUnits


class ShipmentNotice(Value):
    """One parcel that left us. ``reference`` is ours, positive, stable for ever, and the same for every retry.

    :param ship_from: the channel's name for the place it left from, where it wants to know that
    """

    order_external_id: str
    reference: str
    carrier_code: str
    tracking: str
    shipped_at: datetime
    lines: tuple[ShipmentLine, ...]
    carrier_name: str | None = None
    service: str | None = None
    marketplace: str | None = None
    ship_from: str | None = None


class InvoiceNotice(Value):
    """These units are to be invoiced on the channel. ``reference`` is ours, the same for every retry.

    :param is_captured: take the money that is only authorised so far
    """

    order_external_id: str
    reference: str
    lines: tuple[LineUnits, ...]
    is_captured: bool = False


class CancelNotice(Value):
    """We cannot or will not send these lines. No lines means the order as a whole.

    :param reference: ours; the same notice twice has the effect of once
    :param request_id: the buyer's request this answers, as ``CancelRequest.external_id``
    :param is_refused: the answer to the request is no: the goods are on their way
    """

    order_external_id: str
    reference: str
    reason: CancelReason = "other"
    lines: tuple[LineUnits, ...] = ()
    marketplace: str | None = None
    request_id: str | None = None
    is_refused: bool = False


class RefundNotice(Value):
    """Money to give back. ``reference`` names the effect, not the attempt.

    :param amount: all that the buyer gets back: the lines, their shipping, ``shipping`` and ``adjustment``
    :param return_id: the channel's return this closes, where it asks for one
    """

    order_external_id: str
    reference: str
    amount: Money
    reason: RefundReason = "other"
    lines: tuple[RefundLine, ...] = ()
    shipping: Money | None = None
    adjustment: Money | None = None
    note: str | None = None
    marketplace: str | None = None
    return_id: str | None = None


class Receipt(Value):
    """The channel took our word. ``is_final=False``: it has not decided yet, ask again with ``poll``.

    :param external_id: the channel's own id of what we sent: a parcel, a refund, a feed
    :param ticket: what ``poll`` needs besides, in the words of the channel's own adapter
    """

    reference: str
    external_id: str | None = None
    is_final: bool = True
    detail: str | None = None
    ticket: str | None = None


class RowResult(Value):
    """The answer to one row of a batch. ``error`` is the channel's text, ``None`` when it accepted."""

    ref: str
    error: str | None = None
    code: str | None = None
    is_retryable: bool = False


class BatchResult(Value):
    """Partial failure is a result, not an exception: one row per ``ref`` that was sent."""

    rows: tuple[RowResult, ...] = ()
