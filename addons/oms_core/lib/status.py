"""How far an order is: five axes, each told from what was counted, and one status told from the axes by one table."""

from decimal import Decimal
from typing import Literal

from . import dto

PaymentState = Literal[
    "none", "unpaid", "terms", "authorised", "part_paid", "paid", "part_refunded", "refunded", "cancelled"
]
StockState = Literal["none", "unrouted", "short", "partial", "soft", "reserved"]
PickState = Literal["none", "picking", "picked", "packed"]
ShipState = Literal["none", "labelled", "part_shipped", "shipped", "delivered"]
SyncState = Literal["none", "in_sync", "sending", "not_sent"]

DRAFT = frozenset({"draft", "sent"})
# What is not over yet: somebody or something still has to act.
OPEN = (
    "quotation",
    "unpaid",
    "held",
    "to_route",
    "waiting_stock",
    "to_pick",
    "to_pack",
    "to_ship",
    "part_shipped",
)

# From the top: the first row of which every fact holds names the status. A fact that a row does not name may be any.
TABLE: tuple[tuple[str, dict[str, frozenset[str]]], ...] = (
    ("cancelled", {"state": frozenset({"cancel"})}),
    ("delivered", {"ship": frozenset({"delivered"})}),
    ("elsewhere", {"fulfilment": frozenset({"channel", "elsewhere"})}),
    ("shipped", {"ship": frozenset({"shipped"})}),
    ("held", {"hold": frozenset({"confirm", "ship"})}),
    ("unpaid", {"state": DRAFT, "payment": frozenset({"unpaid"})}),
    ("quotation", {"state": DRAFT}),
    ("to_route", {"stock": frozenset({"unrouted"})}),
    ("no_goods", {"stock": frozenset({"none"})}),
    ("to_ship", {"pick": frozenset({"packed"})}),
    ("to_pack", {"pick": frozenset({"picked"})}),
    ("part_shipped", {"ship": frozenset({"part_shipped"})}),
    ("waiting_stock", {"stock": frozenset({"short", "partial"}), "pick": frozenset({"none"})}),
    ("to_pick", {}),
)


class Money(dto.Value):
    """What is known of an order's money.

    :param total: what the buyer owes
    :param is_settled: the channel says it may be sent, and names no payments of its own
    :param is_on_terms: the buyer pays after the invoice
    """

    total: Decimal
    authorised: Decimal = Decimal(0)
    captured: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    is_cancelled: bool = False
    is_draft: bool = False
    is_awaited: bool = False
    is_settled: bool = False
    is_on_terms: bool = False


class Goods(dto.Value):
    """What was counted of an order's goods that leave our warehouses, in units and in lines.

    :param wanted: lines of goods that have to leave, whether or not there is a transfer yet
    :param asked: units asked for by the first transfers; ``reserved`` of them are kept or gone
    :param packed: units that went through packing or left; ``left`` are gone
    :param lines: moves of the first transfers; ``lines_picked`` of them are picked
    """

    wanted: int = 0
    asked: float = 0.0
    reserved: float = 0.0
    packed: float = 0.0
    left: float = 0.0
    lines: int = 0
    lines_picked: int = 0
    is_labelled: bool = False


def payment_state(money: Money) -> PaymentState:
    """Tell what became of the money. Money given back counts before everything else."""
    if money.refunded > 0:
        return "refunded" if money.refunded >= max(money.total, money.captured) else "part_refunded"
    if money.captured > 0:
        return "paid" if money.captured >= money.total else "part_paid"
    if money.is_cancelled:
        return "cancelled"
    if money.total <= 0:
        return "none"
    if money.is_awaited:
        return "unpaid"
    if money.authorised > 0:
        return "authorised"
    if money.is_on_terms:
        return "terms"
    if money.is_settled:
        return "paid"
    return "none" if money.is_draft else "unpaid"


def stock_state(goods: Goods, *, is_confirmed: bool, is_unpaid: bool) -> StockState:
    """Tell how much of the goods is kept for the order. ``soft``: kept for a while, although nobody paid yet."""
    if not is_confirmed or not goods.wanted:
        return "none"
    if not goods.lines:
        return "unrouted"
    if goods.reserved <= 0:
        return "short"
    if goods.reserved < goods.asked - 1e-6:
        return "partial"
    return "soft" if is_unpaid else "reserved"


def pick_state(goods: Goods) -> PickState:
    """Tell how far picking and packing are; what left was packed."""
    if goods.asked > 0 and goods.packed >= goods.asked - 1e-6:
        return "packed"
    if goods.lines and goods.lines_picked == goods.lines:
        return "picked"
    return "picking" if goods.lines_picked else "none"


def ship_state(goods: Goods, *, fulfilment: str, channel_status: str | None) -> ShipState:
    """Tell how much is on its way. What others send is as far as the channel says."""
    if fulfilment != "own":
        return {"shipped": "shipped", "partly_shipped": "part_shipped"}.get(channel_status or "", "none")
    if goods.asked > 0 and goods.left >= goods.asked - 1e-6:
        return "shipped"
    if goods.left > 0:
        return "part_shipped"
    return "labelled" if goods.is_labelled else "none"


def sync_state(*, is_on_channel: bool, waiting: int, refused: int) -> SyncState:
    """Tell whether the channel knows what it has to know.

    :param waiting: messages on their way
    :param refused: messages refused, or of which nobody knows whether they arrived
    """
    if not is_on_channel:
        return "none"
    if refused:
        return "not_sent"
    return "sending" if waiting else "in_sync"


def order_status(**facts: str) -> str:
    """Return the status of an order.

    :param facts: ``state`` (Odoo's), ``fulfilment``, ``hold`` and the axes ``payment``, ``stock``, ``pick``, ``ship``
    """
    for status, row in TABLE:
        if all(facts[name] in values for name, values in row.items()):
            return status
    raise LookupError("no row of the table holds")
