"""Credit memos: what is written there for a refund of ours, and what one of theirs says. Pure.

What is asked for is the same as in Magento 2, see ``refunds``: units, which the shop prices itself, and adjustments, in
the currency of the shop's books (Mage/Sales/Model/Service/Order.php, ``prepareCreditmemo``, seen 2026-11-26).
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

from . import refunds, soap_wire
from .amounts import NIL, plain, read_amount, read_currency
from .soap_items import Goods, money_tree
from .soap_wire import OrderDocument, rows
from .times import parse_time
from .wire import text

# Mage_Sales_Model_Order_Creditmemo: STATE_OPEN, STATE_REFUNDED, STATE_CANCELED.
STATES: dict[str, str] = {"1": "pending", "2": "done", "3": "failed"}


def plan_memo(
    notice: dto.RefundNotice, document: OrderDocument, tree: dict[str, Any], goods: Goods, *, is_tax_included: bool
) -> Mapping[str, Any]:
    """Return the ``creditmemoData`` of salesOrderCreditmemoCreate.

    :raise Rejected: a line the order does not have, another currency than the order's, or nothing to give back
    """
    currency = read_currency(document.order_currency_code, "$.order_currency_code")
    if notice.amount.currency != currency:
        words = f"the order is in {currency}, the refund in {notice.amount.currency}"
        raise Rejected("wrong_currency", message=words)
    shipping = refunds.read_shipping(money_tree(document, tree))
    body = refunds.plan_body(notice, goods.lines, shipping, is_tax_included=is_tax_included, is_buyer_told=False)
    amounts = {name: float(value) for name, value in body["arguments"].items()}
    qtys = [{**row, "qty": float(row["qty"])} for row in body["items"]]
    return {"qtys": qtys, **amounts}


def read_memo(value: Any) -> soap_wire.Memo:
    """Return one credit memo of salesOrderCreditmemoInfo.

    :raise Malformed: the answer cannot be read
    """
    return soap_wire.convert(value, soap_wire.Memo)


def read_refund(memo: soap_wire.Memo, order_external_id: str) -> dto.RefundData:
    """Return what a credit memo says.

    :raise Malformed: it names no amount
    """
    currency = read_currency(memo.order_currency_code, "$.order_currency_code")
    total = read_amount(memo.grand_total, "$.grand_total")
    if currency is None or total is None:
        raise Malformed("bad_money", path="$.grand_total", reason="the credit memo names no amount")
    created = parse_time(memo.created_at, "$.created_at")
    shipping = _amount(memo, "shipping_amount") + _amount(memo, "shipping_tax_amount")
    adjustment = _amount(memo, "adjustment_positive") - abs(_amount(memo, "adjustment_negative"))
    remarks = [words for comment in rows(memo.comments, "$.comments") if (words := text(comment.comment))]
    return dto.RefundData(
        external_id=memo.increment_id,
        order_external_id=order_external_id,
        amount=dto.Money(amount=total, currency=currency),
        status=STATES.get(memo.state or "", "done"),
        refunded_at=created,
        updated_at=parse_time(memo.updated_at, "$.updated_at") or created,
        lines=tuple(_lines(memo, currency)),
        shipping=dto.Money(amount=plain(shipping), currency=currency) if shipping else None,
        adjustment=dto.Money(amount=plain(adjustment), currency=currency) if adjustment else None,
        reason=remarks[0] if remarks else None,
    )


def _lines(memo: soap_wire.Memo, currency: str) -> Iterator[dto.RefundLine]:
    """Yield the lines money was given back for; variants and parts that stand beside their parent cost nothing."""
    for place, item in enumerate(rows(memo.items, "$.items")):
        net, off, hidden, tax, units = (
            read_amount(getattr(item, name), f"$.items[{place}].{name}") or NIL
            for name in ("row_total", "discount_amount", "hidden_tax_amount", "tax_amount", "qty")
        )
        amount = plain(net - abs(off) + hidden + tax)
        if amount:
            yield dto.RefundLine(
                external_line_id=item.order_item_id,
                amount=dto.Money(amount=amount, currency=currency),
                quantity=units.normalize() + 0,
                tax=dto.Money(amount=tax, currency=currency) if tax else None,
            )


def _amount(memo: soap_wire.Memo, name: str) -> Decimal:
    return read_amount(getattr(memo, name), f"$.{name}") or NIL
