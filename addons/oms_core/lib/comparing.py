"""Whether a channel and we agree about an order or a quantity: pure decisions of the nightly comparison."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

from . import dto
from .updating import Stage

DifferenceKind = Literal["missing_here", "missing_there", "state_differs", "total_differs", "stock_drift"]
Remedy = Literal["import", "list"]

LEFT = ("shipped", "partly_shipped")
# Problems that say already that the two sides differ, and wait for a person.
SAYS_STATE = frozenset(
    {
        "cancelled_after_pick",
        "cancelled_after_ship",
        "shipped_elsewhere",
        "reopened",
        "cancel_untold",
        "cancellation_refused",
    }
    | {"cancellation_unknown", "shipment_refused", "shipment_unknown", "tracking_missing", "carrier_unmapped"}
)
SAYS_TOTAL = frozenset({"total_differs", "changed_after_import"})


class Here(dto.Value):
    """An order as we hold it.

    :param status: the channel's state as we saw it last; ``changed_at``: when it changed there, as we know
    :param told_at: when the channel took our last parcel notice; ``is_telling``: something is on its way to it
    :param channel_total: what the channel said it is worth; ``total``: what it is worth here
    :param problems: reasons of its open problems
    :param is_state_accepted: a person decided that the states may differ
    :param is_total_accepted: a person decided to live with another total
    """

    external_id: str
    stage: Stage
    status: str
    changed_at: datetime | None
    told_at: datetime | None = None
    is_telling: bool = False
    fulfilment: str = "own"
    channel_total: Decimal | None = None
    total: Decimal = Decimal(0)
    problems: frozenset[str] = frozenset()
    is_state_accepted: bool = False
    is_total_accepted: bool = False
    is_replaced: bool = False


class Difference(dto.Value):
    """One thing in which the two sides differ, and what comes of it.

    :param remedy: "import" takes the channel's document once more; "list" is for a person
    """

    kind: DifferenceKind
    ours: str | None = None
    theirs: str | None = None
    remedy: Remedy = "list"


def compare_order(order: dto.OrderData, here: Here | None, settled_at: datetime) -> Difference | None:
    """Compare one order of the channel's with ours; ``None``: they agree, or the difference is known and waits.

    :param settled_at: what we told the channel after this moment, it may not show yet
    """
    if here is None:
        return Difference(kind="missing_here", theirs=order.status, remedy="import")
    if here.is_replaced:
        return None
    if not (here.problems & SAYS_STATE or here.is_telling or here.is_state_accepted):
        found = _compare_state(order, here, settled_at)
        if found is not None:
            return found
    return _compare_total(order, here)


def _compare_state(order, here, settled_at):
    words = {"kind": "state_differs", "ours": here.stage, "theirs": order.status}
    is_newer = here.changed_at is None or order.updated_at > here.changed_at
    if order.status != here.status:
        return Difference(**words, remedy="import" if is_newer or order.status == "cancelled" else "list")
    if order.status == "cancelled":
        return Difference(**words, remedy="import") if here.stage not in ("cancelled", "shipped") else None
    if here.fulfilment != "own":
        return None
    if here.stage == "cancelled":
        return None if order.status in LEFT else Difference(**words)
    if order.status == "to_ship" and here.told_at is not None and here.told_at < settled_at:
        return Difference(**words)
    if order.status == "shipped" and here.told_at is None and here.stage in ("draft", "confirmed", "picking"):
        return Difference(**words, remedy="import")
    return None


def _compare_total(order, here):
    """Compare what the order is worth. A cancelled order has whatever total its channel likes."""
    if order.total is None or here.stage == "cancelled" or here.problems & SAYS_TOTAL:
        return None
    theirs = order.total.amount
    if theirs == here.channel_total and (theirs == here.total or here.is_total_accepted):
        return None
    if theirs != here.channel_total and here.is_total_accepted and here.stage == "shipped":
        return None
    words = {"ours": f"{here.total} {order.total.currency}", "theirs": f"{theirs} {order.total.currency}"}
    is_unseen = theirs != here.channel_total
    return Difference(kind="total_differs", remedy="import" if is_unseen else "list", **words)


def compare_quantity(read: int | None, shown: int, *, is_waiting: bool, is_settled: bool) -> bool:
    """Whether a channel shows another quantity than the one it took from us.

    :param read: what it shows; ``None``: it does not say
    :param shown: what it took last
    :param is_waiting: another quantity is on its way, so nobody knows
    :param is_settled: what it took has had time to appear
    """
    return read is not None and read != shown and is_settled and not is_waiting
