"""What to make of an order that the channel shows us again: pure decisions."""

import hashlib
from typing import Literal

import msgspec

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
    :param has_added: something that was added to it later is still under way, whatever became of the order itself
    """

    stage: Stage
    status: str
    is_told: bool
    digest: str
    has_added: bool = False


def plan_update(known: Known, order: dto.OrderData, digest: str) -> Step:
    """Decide the one step an update asks for. A remote status may advance an order here, never undo work silently."""
    if order.status == "cancelled":
        return {"cancelled": "none", "draft": "cancel", "confirmed": "cancel"}.get(known.stage, "ask_cancel")
    if known.stage == "cancelled" and not known.has_added:
        return "none" if order.status in _SHIPPED else "reopened"
    if known.stage == "draft":
        return "rewrite"
    if order.fulfilled_by == "seller" and order.status in _SHIPPED and not known.is_told:
        return "shipped_elsewhere"
    if digest != known.digest:
        return "changed"
    return "none"


def content_digest(order: dto.OrderData) -> str:
    """Return a digest of what a person would call the order: lines, amounts, address, how and by when it is sent.

    The channel's own state and the times of its changes do not count.
    """
    content = [_line_content(order), _money(order.total), order.currency]
    content.append(sorted([charge.kind, _money(charge.amount), _taxes(charge.taxes)] for charge in order.charges))
    content.append(msgspec.to_builtins(order.ship_to) if order.ship_to else {})
    content += [order.service_level, order.ship_by_at, order.deliver_by_at]
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).hexdigest()


def _line_content(order):
    return sorted(
        [
            line.external_id,
            _number(line.quantity),
            line.sku or "",
            _money(line.amount),
            sorted([charge.kind, _money(charge.amount), _taxes(charge.taxes)] for charge in line.charges),
            _taxes(line.taxes),
            [line.gift_message or "", line.gift_wrap or ""],
        ]
        for line in order.lines
    )


def _taxes(taxes):
    return sorted([tax.collected_by, _money(tax.amount)] for tax in taxes)


def _money(money):
    return [_number(money.amount), money.currency] if money else []


def _number(value):
    return f"{value.normalize():f}"
