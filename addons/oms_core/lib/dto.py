"""The values that cross the channel contract.

Every value is frozen. Money is a Decimal with its currency, instants are aware UTC, external ids are
``str`` and what a channel does not say is ``None``: never an empty text and never 0.
"""

from decimal import Decimal

from .dto_base import Money, Page, Unreadable, Value, Window
from .dto_order import (
    Address,
    Asker,
    Buyer,
    CancelRequest,
    Charge,
    ChargeKind,
    LineUnits,
    OrderData,
    OrderLine,
    OrderStatus,
    Package,
    Party,
    Payment,
    RawOrder,
    RefundData,
    RefundLine,
    TaxAmount,
)
from .dto_push import (
    BatchResult,
    CancelNotice,
    CancelReason,
    InvoiceNotice,
    PlaceLevel,
    Receipt,
    RefundNotice,
    RefundReason,
    RowResult,
    ShipmentLine,
    ShipmentNotice,
    StockLevel,
)
from .dto_read import (
    AccountInfo,
    CancellationData,
    ChannelEvent,
    Consent,
    HeldStock,
    ListingData,
    Permission,
    ReturnData,
    ReturnLine,
    ReturnStatus,
    WebhookCall,
)

__all__ = [
    "AccountInfo",
    "Address",
    "Asker",
    "BatchResult",
    "Buyer",
    "CancelNotice",
    "CancelReason",
    "CancelRequest",
    "CancellationData",
    "ChannelEvent",
    "Charge",
    "ChargeKind",
    "Consent",
    "HeldStock",
    "InvoiceNotice",
    "LineUnits",
    "ListingData",
    "Money",
    "OrderData",
    "OrderLine",
    "OrderStatus",
    "Package",
    "Page",
    "Party",
    "Payment",
    "Permission",
    "PlaceLevel",
    "RawOrder",
    "Receipt",
    "RefundData",
    "RefundLine",
    "RefundNotice",
    "RefundReason",
    "ReturnData",
    "ReturnLine",
    "ReturnStatus",
    "RowResult",
    "ShipmentLine",
    "ShipmentNotice",
    "StockLevel",
    "TaxAmount",
    "Unreadable",
    "Value",
    "WebhookCall",
    "Window",
    "to_decimal",
]


def to_decimal(value: float) -> Decimal:
    """Return a stored quantity as a Decimal without the noise of its binary form: ``3.0`` becomes ``Decimal("3")``."""
    return Decimal(f"{value:.6f}").normalize() + 0
