"""What to make of an order that the channel shows us again: pure decisions."""

from typing import Literal

from . import dto

Stage = Literal["draft", "confirmed", "picking", "shipped", "cancelled"]
Step = Literal["none", "rewrite", "cancel", "ask_cancel", "shipped_elsewhere", "reopened", "changed"]

_SHIPPED = ("shipped", "partly_shipped")


class Known(dto.Value):
    """What we hold of the order.

    :param stage: how far the order is here; "picking" means at least one unit was picked
    :param status: the channel's status we saw last
    :param is_told: every parcel that left here was told to the channel, so "shipped" there is our own echo
    :param digest: content digest of what was imported, see :func:`content_digest`
    """

    stage: Stage
    status: str
    is_told: bool
    digest: str


def plan_update(known: Known, order: dto.OrderData, digest: str) -> Step:
    """Decide the one step an update asks for. A remote status may advance an order here, never undo work silently."""
    if order.status == "cancelled":
        return {"cancelled": "none", "draft": "cancel", "confirmed": "cancel"}.get(known.stage, "ask_cancel")
    if known.stage == "cancelled":
        return "none" if order.status in _SHIPPED else "reopened"
    if known.stage == "draft":
        return "rewrite"
    if order.fulfilled_by == "seller" and order.status in _SHIPPED and not known.is_told:
        return "shipped_elsewhere"
    if digest != known.digest and known.stage != "shipped":
        return "changed"
    return "none"


def content_digest(order: dto.OrderData) -> str:
    """Return a digest of what a person would call the order: lines, amounts, address. Times and status do not count."""
    import hashlib

    import msgspec

    lines = sorted((line.external_id, str(line.quantity.normalize()), line.sku or "") for line in order.lines)
    total = str(order.total.amount.normalize()) if order.total else ""
    address = msgspec.to_builtins(order.ship_to) if order.ship_to else {}
    content = msgspec.json.encode([lines, total, order.currency, sorted(address.items(), key=lambda pair: pair[0])])
    return hashlib.sha256(content).hexdigest()


def describe_change(before: list, order: dto.OrderData) -> list[str]:
    """Name what differs between the lines we hold and the channel's, as short facts.

    :param before: ``(external line id, quantity)`` of our goods lines
    """
    ours = dict(before)
    theirs = {line.external_id: line.quantity for line in order.lines}
    facts = [
        f"{line.sku}: {ours[line.external_id]} → {line.quantity}"
        for line in order.lines
        if line.external_id in ours and ours[line.external_id] != line.quantity
    ]
    facts += [f"+ {line.sku} × {line.quantity}" for line in order.lines if line.external_id not in ours]
    facts += [f"− {external_id}" for external_id in ours if external_id not in theirs]
    return facts
