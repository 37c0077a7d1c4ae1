"""Giving money back in Magento: what to ask for so that the buyer gets the amount of the notice, and what was given.

Magento works out the amount of units itself; what a notice wants beyond or below that is an adjustment. Goods are never
returned to the shop's stock by it: our own count is what the shop is told
(github.com/idhlagency issue 90 tells of stock counted twice; seen 2026-11-26).
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

from . import bodies, const, wire_order
from .amounts import NIL, plain, read_amount, read_currency, smallest_step
from .bundles import Line, plan_units
from .pages import decode_known
from .times import parse_time
from .wire import read_id, text, text_id


class ShippingPaid(NamedTuple):
    """What sending cost, without and with tax, and what of the former was given back already.

    :param rate: from the currency of the shop's books, in which refunds are asked for, to the order's; ``step``: the
        smallest unit of the former
    """

    net: Decimal
    gross: Decimal
    refunded: Decimal = NIL
    rate: Decimal = Decimal(1)
    step: Decimal = Decimal("0.01")

    def in_books(self, amount: Decimal) -> Decimal:
        """Return an amount of the order in the currency of the shop's books."""
        return (amount / self.rate).quantize(self.step, ROUND_HALF_UP)


class Need(NamedTuple):
    """How much is to be given back, and the rate from the currency of the shop's books to the order's."""

    amount: Decimal
    rate: Decimal = Decimal(1)


class RefundPlan(NamedTuple):
    """What to send. ``invoice_id``: the invoice whose payment goes back; ``None``: only recorded in the shop."""

    body: dict[str, Any]
    invoice_id: str | None = None


def plan_body(
    notice: dto.RefundNotice,
    lines: Sequence[Line],
    shipping: ShippingPaid,
    *,
    is_tax_included: bool,
    is_buyer_told: bool,
) -> dict[str, Any]:
    """Return the body of ``POST /V1/order/{id}/refund``.

    :raise Rejected: nothing to give back, parts that are not the whole, or a line the order has not
    """
    _ensure_sum(notice)
    units = _units(notice, lines)
    step = smallest_step(notice.amount.currency)
    goods = sum((_worth(id_, qty, lines, step) for id_, qty in units.items()), NIL)
    back = _shipping_back(notice)
    adjustment = plain(notice.amount.amount - goods - back)
    asked = {
        "shipping_amount": _shipping_argument(back, shipping, is_tax_included=is_tax_included),
        "adjustment_positive": max(adjustment, NIL),
        "adjustment_negative": max(-adjustment, NIL),
    }
    arguments = {name: shipping.in_books(value) for name, value in asked.items() if value is not None}
    # Without any item Magento gives back all of them.
    rows = {**_whole_parents(units, lines), **units} or {_item_of(lines[0]): NIL}
    return {
        "items": [{"order_item_id": int(id_), "qty": bodies.number(qty)} for id_, qty in rows.items()],
        "notify": is_buyer_told,
        "appendComment": False,
        "comment": {"comment": _remark(notice), "is_visible_on_front": 0},
        "arguments": arguments,
    }


def _ensure_sum(notice: dto.RefundNotice) -> None:
    if notice.amount.amount <= 0:
        raise Rejected("bad_amount", message="there is nothing to give back")
    parts = sum((line.amount.amount for line in notice.lines), NIL) + _shipping_back(notice)
    parts += notice.adjustment.amount if notice.adjustment else NIL
    if plain(parts) != plain(notice.amount.amount):
        message = f"the parts of the refund are {parts} and not {notice.amount.amount} {notice.amount.currency}"
        raise Rejected("bad_amount", message=message)


def choose_invoice(
    invoices: Iterable[wire_order.Invoice],
    method: str | None,
    online: Sequence[str],
    body: Mapping[str, Any],
    need: Need,
) -> str | None:
    """Return the invoice whose payment the shop can send back, ``None`` where it only records refunds.

    :param online: payment methods a person named; none: an invoice with a transaction decides
    :param body: what will be asked for, see :func:`plan_body`
    :raise Rejected: the money came online, and no single invoice holds what is to be given back
    """
    if method in const.OFFLINE_METHODS or (online and method not in online):
        return None
    paid = [invoice for invoice in invoices if read_amount(invoice.state, "$.state") == const.PAID]
    able = [invoice for invoice in paid if text(str(invoice.transaction_id or ""))]
    if not able:
        if online:
            raise Rejected("not_captured", message="the shop has no payment of this order that it could send back")
        return None
    units = {str(row["order_item_id"]): Decimal(row["qty"]) for row in body["items"]}
    held = {_invoice_id(invoice): _invoiced(invoice) for invoice in able}
    known = {item for items in held.values() for item in items}
    for invoice in able:
        there = held[_invoice_id(invoice)]
        has_units = all(there.get(item, NIL) >= qty for item, qty in units.items() if item in known)
        if has_units and _left_of(invoice, need.rate) >= need.amount:
            return _invoice_id(invoice)
    raise Rejected(
        "invoice_too_small",
        message="no single invoice of this order holds all that is to be given back; refund it in the shop, in parts",
    )


def _invoice_id(invoice: wire_order.Invoice) -> str:
    """Return the id of an invoice."""
    return read_id(invoice.entity_id, "$.entity_id")


def _invoiced(invoice: wire_order.Invoice) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for place, row in enumerate(invoice.items or ()):
        item = text_id(row.order_item_id)
        if item:
            found[item] = found.get(item, NIL) + (read_amount(row.qty, f"$.items[{place}].qty") or NIL)
    return found


def _left_of(invoice: wire_order.Invoice, rate: Decimal) -> Decimal:
    """Return what of an invoice was not given back yet; the shop keeps that in the currency of its books only."""
    refunded = read_amount(invoice.base_total_refunded, "$.base_total_refunded") or NIL
    return (read_amount(invoice.grand_total, "$.grand_total") or NIL) - refunded * rate


def _units(notice: dto.RefundNotice, lines: Sequence[Line]) -> dict[str, Decimal]:
    """Return the units that come back by item, as the shop counts them. Part of a bundle is money only."""
    wanted: dict[str, Decimal] = {}
    for line in notice.lines:
        if line.quantity > 0:
            wanted[line.external_line_id] = wanted.get(line.external_line_id, NIL) + line.quantity
    unknown = sorted(set(wanted) - {line.id for line in lines})
    if unknown:
        raise Rejected("bad_line", message=f"the order has no item {unknown[0]}")
    separate = frozenset(line.parent_id for line in lines if line.parent_id and line.has_own_price)
    try:
        return plan_units(wanted, lines, separate)
    except Rejected:
        alone = {line.id for line in lines if line.parent_id is None or line.parent_id in separate}
        return {id_: units for id_, units in wanted.items() if id_ in alone}


def _whole_parents(units: Mapping[str, Decimal], lines: Sequence[Line]) -> dict[str, Decimal]:
    """Return the bundles that come back whole although their parts are paid each: they are counted beside the parts."""
    found: dict[str, Decimal] = {}
    for parent in dict.fromkeys(line.parent_id for line in lines if line.parent_id and line.has_own_price):
        parts = [line for line in lines if line.parent_id == parent]
        whole = min(units.get(line.id, NIL) // line.per_parent for line in parts)
        if whole > 0:
            found[parent] = whole
    return found


def _item_of(line: Line) -> str:
    """Return the item under which a line is paid and refunded."""
    return line.id if line.parent_id is None or line.has_own_price else line.parent_id


def _worth(item_id: str, units: Decimal, lines: Sequence[Line], step: Decimal) -> Decimal:
    """Return what Magento will give back for units of an item, to the smallest step of the currency."""
    own = [line for line in lines if line.id == item_id]
    if own:
        paid, ordered = _paid(own[0]), own[0].progress.ordered
    else:
        parts = [line for line in lines if line.parent_id == item_id]
        paid, ordered = sum(map(_paid, parts), NIL), parts[0].progress.ordered / parts[0].per_parent
    return (paid * units / ordered).quantize(step, ROUND_HALF_UP)


def _paid(line: Line) -> Decimal:
    return line.money.paid + sum((gross for _label, _net, gross in line.money.fixed), NIL)


def _shipping_back(notice: dto.RefundNotice) -> Decimal:
    own = notice.shipping.amount if notice.shipping else NIL
    return own + sum((line.shipping.amount for line in notice.lines if line.shipping), NIL)


def _shipping_argument(back: Decimal, shipping: ShippingPaid, *, is_tax_included: bool) -> Decimal | None:
    """Return ``shipping_amount``: 0 for none, as nothing at all stands for everything that is left of it.

    Whether Magento reads a part of a taxed price with or without its tax depends on how the shop shows prices
    (Magento\\Sales\\Model\\Order\\Creditmemo\\Total\\Shipping of 2.4), so all of it is asked for by saying nothing.
    """
    if back and back == shipping.gross and not shipping.refunded:
        return None
    if not back or is_tax_included or not shipping.gross:
        return back
    return back * shipping.net / shipping.gross


def _remark(notice: dto.RefundNotice) -> str:
    note = text(notice.note)
    return f"{bodies.refund_mark(notice)}\n{note}" if note else bodies.refund_mark(notice)


def read_shipping(tree: Mapping[str, Any]) -> ShippingPaid:
    """Return what sending cost.

    :raise Malformed: an amount that is none
    """
    net, gross, tax, refunded, off = (
        read_amount(tree.get(name), f"$.{name}")
        for name in (
            "shipping_amount",
            "shipping_incl_tax",
            "shipping_tax_amount",
            "shipping_refunded",
            "shipping_discount_amount",
        )
    )
    net = net or NIL
    gross = net + (tax or NIL) if gross is None else gross
    rate = read_amount(tree.get("base_to_order_rate"), "$.base_to_order_rate") or Decimal(1)
    own = read_currency(tree.get("base_currency_code"), "$.base_currency_code")
    step = smallest_step(own or "")
    return ShippingPaid(net, gross, (refunded or NIL) + abs(off or NIL), rate if rate > 0 else Decimal(1), step)


# === what was given back ===========================================================================================


def parse_refund(memo: wire_order.Creditmemo, path: str = "$") -> dto.RefundData:
    """Return a credit memo as a refund.

    :raise Malformed: it cannot be read
    """
    currency = read_currency(memo.order_currency_code, f"{path}.order_currency_code")
    total = read_amount(memo.grand_total, f"{path}.grand_total")
    if currency is None or total is None:
        raise Malformed("bad_money", path=f"{path}.grand_total", reason="the credit memo names no amount")
    created = parse_time(memo.created_at, f"{path}.created_at")
    state = read_amount(memo.state, f"{path}.state")
    shipping = _shipping_given(memo, path)
    positive, negative = (
        read_amount(getattr(memo, name), f"{path}.{name}") or NIL
        for name in ("adjustment_positive", "adjustment_negative")
    )
    adjustment = positive - abs(negative)
    remarks = [words for comment in memo.comments or () if (words := text(comment.comment))]
    return dto.RefundData(
        external_id=read_id(memo.entity_id, f"{path}.entity_id"),
        order_external_id=read_id(memo.order_id, f"{path}.order_id"),
        amount=dto.Money(amount=total, currency=currency),
        status=const.REFUND_STATES.get(int(state) if state is not None else 0, "done"),
        refunded_at=created,
        updated_at=parse_time(memo.updated_at, f"{path}.updated_at") or created,
        lines=tuple(_refund_lines(memo, currency, path)),
        shipping=dto.Money(amount=shipping, currency=currency) if shipping else None,
        adjustment=dto.Money(amount=adjustment, currency=currency) if adjustment else None,
        reason=remarks[0] if remarks else None,
    )


def _refund_lines(memo: wire_order.Creditmemo, currency: str, path: str) -> Iterable[dto.RefundLine]:
    """Yield the lines that money was given back for; parts that only stand beside their parent cost nothing."""
    for place, item in enumerate(memo.items or ()):
        where = f"{path}.items[{place}]"
        net, off, compensation, tax, units = (
            read_amount(getattr(item, name), f"{where}.{name}") or NIL
            for name in ("row_total", "discount_amount", "discount_tax_compensation_amount", "tax_amount", "qty")
        )
        amount = plain(net - abs(off) + compensation + tax)
        id_ = text_id(item.order_item_id)
        if amount and id_:
            yield dto.RefundLine(
                external_line_id=id_,
                amount=dto.Money(amount=amount, currency=currency),
                quantity=units.normalize() + 0,
                tax=dto.Money(amount=tax, currency=currency) if tax else None,
            )


def _shipping_given(memo: wire_order.Creditmemo, path: str) -> Decimal:
    gross = read_amount(memo.shipping_incl_tax, f"{path}.shipping_incl_tax")
    if gross is not None:
        return gross
    net, tax = (
        read_amount(getattr(memo, name), f"{path}.{name}") or NIL for name in ("shipping_amount", "shipping_tax_amount")
    )
    return net + tax


def parse_creditmemo(body: bytes, path: str = "$") -> dto.RefundData:
    """Return one credit memo as a refund.

    :raise Malformed: it cannot be read
    """
    return parse_refund(decode_known(body, wire_order.Creditmemo), path)
