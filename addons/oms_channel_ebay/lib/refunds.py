"""What eBay shows of money given back, inside the order. The amounts leave out the tax eBay collected itself.

A refund of lines stands at the lines under its ``refundId``; at the order the same money may be shown again, then with
another number or none (sell_fulfillment v1.20.7, OrderRefund.refundId, seen 2026-11-26).
"""

from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal

from odoo.addons.oms_core.lib import dto

from . import const, wire_order
from .money import parse_money


class _Share(dto.Value):
    """One line's part of a refund."""

    line_id: str
    amount: dto.Money
    refunded_at: datetime | None


def parse_refunds(order: wire_order.Order) -> tuple[dto.RefundData, ...]:
    """Return the refunds of an order, each once.

    :raise Malformed: an amount that is none
    """
    shares = _line_shares(order)
    found = []
    listed = (order.payment_summary and order.payment_summary.refunds) or ()
    # Those that name themselves first, so that one without a name takes what is left.
    for number, refund in sorted(enumerate(listed), key=lambda entry: entry[1].refund_id is None):
        if refund.amount is None:
            continue
        amount = parse_money(refund.amount, f"$.paymentSummary.refunds[{number}].amount")
        key = refund.refund_id if refund.refund_id in shares else _fitting(shares, amount, refund)
        lines = shares.pop(key, ()) if key else ()
        found.append(
            dto.RefundData(
                external_id=refund.refund_id or key or refund.refund_reference_id or f"{order.order_id}/{number + 1}",
                order_external_id=order.order_id,
                amount=amount,
                status=_status(refund),
                refunded_at=_utc(refund.refund_date),
                lines=_lines(lines),
            )
        )
    found += [_of_lines(order.order_id, key, lines) for key, lines in shares.items()]
    return tuple(found)


def _line_shares(order: wire_order.Order) -> dict[str, list[_Share]]:
    """Return the parts of each refund by its id; a part without one is a refund of its own."""
    shares: dict[str, list[_Share]] = {}
    for place, line in enumerate(order.line_items):
        for number, refund in enumerate(line.refunds or ()):
            if refund.amount is None:
                continue
            amount = parse_money(refund.amount, f"$.lineItems[{place}].refunds[{number}].amount")
            key = refund.refund_id or refund.refund_reference_id or f"{line.line_item_id}/{number + 1}"
            share = _Share(line_id=line.line_item_id, amount=amount, refunded_at=_utc(refund.refund_date))
            shares.setdefault(key, []).append(share)
    return shares


def _fitting(shares: dict[str, list[_Share]], amount: dto.Money, refund: wire_order.Refund) -> str | None:
    """Return the refund of lines that an unnamed one of the order repeats: the same money."""
    if refund.refund_id is not None:
        return None
    return next((key for key, lines in shares.items() if _sum(lines) == amount), None)


def _sum(shares: Sequence[_Share]) -> dto.Money:
    total = sum((share.amount.amount for share in shares), Decimal(0))
    return dto.Money(amount=total, currency=shares[0].amount.currency)


def _lines(shares: Sequence[_Share]) -> tuple[dto.RefundLine, ...]:
    return tuple(dto.RefundLine(external_line_id=share.line_id, amount=share.amount) for share in shares)


def _of_lines(order_id: str, key: str, shares: Sequence[_Share]) -> dto.RefundData:
    moments = [share.refunded_at for share in shares if share.refunded_at]
    return dto.RefundData(
        external_id=key,
        order_external_id=order_id,
        amount=_sum(shares),
        status="done" if moments else "pending",  # "not returned until the refund has been issued", refundDate
        refunded_at=max(moments, default=None),
        lines=_lines(shares),
    )


def _status(refund: wire_order.Refund) -> str:
    known = const.REFUND_STATES.get(refund.refund_status or "")
    return known or ("done" if refund.refund_date else "pending")


def _utc(moment: datetime | None) -> datetime | None:
    try:
        return moment.astimezone(timezone.utc) if moment else None
    except OverflowError:
        return None
