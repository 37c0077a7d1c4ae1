"""Credit memos: what is written there for a refund of ours, and what one of theirs says. Pure.

A shop computes a memo from the units it names. What the buyer gets besides is the memo's adjustment, in the currency of
the shop's books (Mage/Sales/Model/Service/Order.php, ``prepareCreditmemo``, and Order/Creditmemo.php, seen 2026-11-26).
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

from . import soap_wire
from .soap_lines import Goods, read_goods
from .soap_money import LineMoney, OrderMoney, read_money
from .soap_wire import number, plain, rows
from .times import parse_time

# Mage_Sales_Model_Order_Creditmemo: STATE_OPEN, STATE_REFUNDED, STATE_CANCELED.
STATES = {"1": "pending", "2": "done", "3": "failed"}
_ZERO = Decimal(0)
_CENT = Decimal("0.01")


def plan_memo(document: soap_wire.OrderDocument, notice: dto.RefundNotice) -> Mapping[str, Any]:
    """Return ``{"qtys": {item id: units}, "shipping_amount", "adjustment_positive", "adjustment_negative"}``.

    Every line is named, those not refunded with 0 units: a memo that names none gives everything back.

    :raise Rejected: a line the order does not have, or a currency it is not in
    """
    goods = read_goods(rows(document.order.items, "$.order.items"))
    money = read_money(document, goods)
    if notice.amount.currency != money.currency:
        words = f"the order is in {money.currency}, the refund in {notice.amount.currency}"
        raise Rejected("wrong_currency", message=words)
    known = {line.item.item_id: (line, part) for line, part in zip(goods, money.lines, strict=True)}
    units = dict.fromkeys(_refundable_items(document), _ZERO)
    expected = _ZERO
    for wanted in notice.lines:
        if wanted.external_line_id not in known:
            raise Rejected("line_unknown", message=f"the order has no line {wanted.external_line_id}")
        line, part = known[wanted.external_line_id]
        units[wanted.external_line_id] = units.get(wanted.external_line_id, _ZERO) + wanted.quantity
        expected += _share(part, wanted.quantity, line.quantity)
    shipping = _shipping_net(notice, money)
    expected += shipping + _shipping_tax(shipping, money)
    rate = number(document.order.base_to_order_rate, "$.order.base_to_order_rate") or Decimal(1)
    difference = (notice.amount.amount - expected) / rate
    return {
        "qtys": units,
        "shipping_amount": (shipping / rate).quantize(Decimal("0.0001")),
        "adjustment_positive": max(difference, _ZERO).quantize(Decimal("0.0001")),
        "adjustment_negative": max(-difference, _ZERO).quantize(Decimal("0.0001")),
    }


def is_exact(value: Any, notice: dto.RefundNotice) -> bool:
    """Return whether a memo gives back what was asked for."""
    memo = soap_wire.convert(value, soap_wire.Memo)
    return number(memo.grand_total, "$.grand_total") == notice.amount.amount


def read_refund(value: Any, order_external_id: str) -> dto.RefundData:
    """Return what a credit memo says.

    :param value: the answer of salesOrderCreditmemoInfo
    :raise Malformed: it cannot be read
    """
    memo = soap_wire.convert(value, soap_wire.Memo)
    currency = plain(memo.order_currency_code) or ""

    def money(amount: Decimal) -> dto.Money:
        return dto.Money(amount=amount, currency=currency)

    shipping = number(memo.shipping_amount, "$.shipping_amount") + number(memo.shipping_tax_amount, "$.shipping_tax")
    adjustment = number(memo.adjustment_positive, "$.adjustment_positive")
    adjustment -= number(memo.adjustment_negative, "$.adjustment_negative")
    return dto.RefundData(
        external_id=memo.increment_id,
        order_external_id=order_external_id,
        amount=money(number(memo.grand_total, "$.grand_total")),
        status=STATES.get(memo.state or "", "done"),
        refunded_at=parse_time(memo.created_at, "$.created_at"),
        updated_at=parse_time(memo.updated_at, "$.updated_at"),
        lines=tuple(
            dto.RefundLine(
                external_line_id=item.order_item_id,
                amount=money(_item_amount(item, path)),
                quantity=number(item.qty, f"{path}.qty"),
                tax=money(number(item.tax_amount, f"{path}.tax_amount")),
            )
            for place, item in enumerate(rows(memo.items, "$.items"))
            if _is_told(item, path := f"$.items[{place}]")
        ),
        shipping=money(shipping) if shipping else None,
        adjustment=money(adjustment) if adjustment else None,
    )


def _is_told(item: soap_wire.MemoItem, path: str) -> bool:
    """Variants and parts of bundles come with 0 units or no money; they are no lines of ours."""
    return bool(number(item.qty, f"{path}.qty")) and bool(_item_amount(item, path))


def _item_amount(item: soap_wire.MemoItem, path: str) -> Decimal:
    added = (item.row_total, item.tax_amount, item.hidden_tax_amount)
    amount = sum((number(text, path) for text in added), _ZERO)
    return amount - abs(number(item.discount_amount, f"{path}.discount_amount"))


def _refundable_items(document: soap_wire.OrderDocument) -> Sequence[str]:
    return [item.item_id for item in rows(document.order.items, "$.order.items")]


def _share(part: LineMoney, units: Decimal, bought: Decimal) -> Decimal:
    """Return what the shop gives back for some units of a line, rounded as it rounds: goods, tax and discount each."""
    share = units / bought
    return sum(
        ((amount * share).quantize(_CENT) for amount in (part.net, part.tax, -part.discount, part.product_tax)), _ZERO
    )


def _shipping_net(notice: dto.RefundNotice, money: OrderMoney) -> Decimal:
    """Return the part of the refunded shipping that is not its tax. More than was paid is an adjustment."""
    wanted = notice.shipping.amount if notice.shipping else _ZERO
    wanted += sum((line.shipping.amount for line in notice.lines if line.shipping), _ZERO)
    paid = money.shipping + money.shipping_tax
    if wanted <= 0 or paid <= 0:
        return _ZERO
    return (money.shipping * min(wanted, paid) / paid).quantize(_CENT)


def _shipping_tax(shipping: Decimal, money: OrderMoney) -> Decimal:
    if not money.shipping:
        return _ZERO
    return (money.shipping_tax * shipping / money.shipping).quantize(_CENT)


def goods_of(document: soap_wire.OrderDocument) -> list[Goods]:
    """Return the lines of goods of a stored order."""
    return read_goods(rows(document.order.items, "$.order.items"))
