"""What we tell Amazon of an order by feed: that we cancel it, that money goes back; and what Amazon answers. Pure.

There is no other call for either. Source of elements, their order and their values: OrderAcknowledgement.xsd,
OrderAdjustment.xsd and ProcessingReport.xsd, images-na.ssl-images-amazon.com/images/G/01/rainier/help/xsd/release_1_9
(4_1 for the adjustment), named by developer-docs.amazon.com/sp-api/docs/order-feed-type-values and Seller Central's
help pages 200387140 and G200387280; seen 2026-11-26.
"""

from collections.abc import Sequence
from decimal import Decimal

from lxml import etree
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from odoo.addons.oms_core.lib.strict_json import shown

from . import const
from .xml_document import add, build_envelope, read_xml, text_of

# CancelReason of OrderAcknowledgement.xsd.
CANCEL_REASONS: dict[dto.CancelReason, str] = {
    "out_of_stock": "NoInventory",
    "buyer_asked": "BuyerCanceled",
    "wrong_address": "ShippingAddressUndeliverable",
    "wrong_price": "GeneralAdjustment",
    "suspected_fraud": "RiskAssessmentInformationNotValid",
    "other": "GeneralAdjustment",
}
# AdjustmentReason of OrderAdjustment.xsd.
REFUND_REASONS: dict[dto.RefundReason, str] = {
    "returned": "CustomerReturn",
    "cancelled": "CustomerCancel",
    "damaged": "GeneralAdjustment",
    "not_received": "GeneralAdjustment",
    "wrong_price": "PriceError",
    "goodwill": "GeneralAdjustment",
    "other": "Other",
}
_NIL, _CENT = Decimal(0), Decimal("0.01")


class Finding(dto.Value):
    """One problem of a processing report."""

    code: str
    message: str
    order_id: str | None = None


class OrderFeedReport(dto.Value):
    """What a processing report of an XML feed says."""

    successful: int
    errors: tuple[Finding, ...] = ()


# === cancelling ==============================================================================================


def build_cancellation(notice: dto.CancelNotice, seller: str, line_ids: Sequence[str]) -> bytes:
    """Return the feed that cancels lines of an order, each as a whole.

    :param line_ids: the order's items that are not sent
    """
    reason = "buyer_asked" if notice.request_id else notice.reason
    order = etree.Element("OrderAcknowledgement")
    add(order, "AmazonOrderID", notice.order_external_id)
    add(order, "StatusCode", "Failure")
    for line_id in line_ids:
        item = etree.SubElement(order, "Item")
        add(item, "AmazonOrderItemCode", line_id)
        add(item, "CancelReason", CANCEL_REASONS[reason])
    return build_envelope(seller, "OrderAcknowledgement", [order])


def plan_cancellation(notice: dto.CancelNotice, order: dto.OrderData, cancelled: frozenset[str]) -> tuple[str, ...]:
    """Return the ids of the lines that are still to be cancelled; none when all are.

    :param cancelled: lines Amazon shows as cancelled
    :raise Rejected: the order has no such line, or only some units of one are meant
    """
    known = {line.external_id: line.quantity for line in order.lines}
    wanted = {line.external_line_id: line.quantity for line in notice.lines} or known
    left = []
    for line_id, quantity in wanted.items():
        if line_id not in known:
            raise Rejected("line_unknown", message=f"the order has no item {shown(line_id)}")
        if line_id in cancelled or order.status == "cancelled":
            continue
        if quantity != known[line_id]:
            raise Rejected(
                "partial_quantity",
                message=f"Amazon cancels an item as a whole: all {known[line_id]} units or none, not {quantity}. "
                "Send what there is and refund the rest",
            )
        left.append(line_id)
    return tuple(left)


# === giving money back =======================================================================================


def build_refund(notice: dto.RefundNotice, seller: str, store: str) -> bytes:
    """Return the feed that gives money back for lines of an order.

    :param store: where the order was placed: it decides whether tax is a part of its own
    :raise Rejected: the parts do not add up, or Amazon has no way to say this
    """
    _ensure_refund(notice)
    order = etree.Element("OrderAdjustment")
    add(order, "AmazonOrderID", notice.order_external_id)
    for place, line in enumerate(notice.lines):
        item = etree.SubElement(order, "AdjustedItem")
        add(item, "AmazonOrderItemCode", line.external_line_id)
        add(item, "MerchantAdjustmentItemID", f"{notice.reference}-{place + 1}")
        add(item, "AdjustmentReason", REFUND_REASONS[notice.reason])
        parts = etree.SubElement(item, "ItemPriceAdjustments")
        for kind, amount in _refund_parts(notice, place, store):
            component = etree.SubElement(parts, "Component")
            add(component, "Type", kind)
            add(component, "Amount", _amount_text(amount), currency=notice.amount.currency)
    return build_envelope(seller, "OrderAdjustment", [order])


def _refund_parts(notice: dto.RefundNotice, place: int, store: str) -> list[tuple[str, Decimal]]:
    """Return ``(component type, amount)`` of one line; what belongs to no line goes with the first.

    Where a store's prices contain the tax, Amazon knows no tax part that could be given back [M].
    """
    line = notice.lines[place]
    known = const.MARKETPLACE_BY_ID.get(store)
    is_tax_apart = line.tax is not None and known is not None and not known.is_tax_in_price
    tax = line.tax.amount if is_tax_apart else _NIL
    shipping = _amount(line.shipping) + (_amount(notice.shipping) if place == 0 else _NIL)
    beside = _amount(notice.adjustment) if place == 0 else _NIL
    parts = [
        ("Principal", line.amount.amount - tax),
        ("Tax", tax),
        ("Shipping", shipping),
        ("Goodwill" if beside > 0 else "RestockingFee", beside),
    ]
    return [(kind, amount) for kind, amount in parts if amount]


def _ensure_refund(notice: dto.RefundNotice) -> None:
    if not notice.lines:
        raise Rejected("no_lines", message="Amazon gives money back for items only: name at least one")
    monies = [money for line in notice.lines for money in (line.amount, line.tax, line.shipping)]
    monies += [notice.shipping, notice.adjustment]
    if any(money is not None and money.currency != notice.amount.currency for money in monies):
        raise Rejected("mixed_currency", message="the parts of the refund are in several currencies")
    if any(line.amount.amount < 0 or not 0 <= _amount(line.tax) <= line.amount.amount for line in notice.lines):
        raise Rejected("bad_amount", message="a part of the refund is below zero")
    if any(not (line.amount.amount or _amount(line.shipping)) for line in notice.lines[1:]):
        raise Rejected("bad_amount", message="an item is named for which no money goes back")
    total = sum((line.amount.amount + _amount(line.shipping) for line in notice.lines), _NIL)
    total += _amount(notice.shipping) + _amount(notice.adjustment)
    if total != notice.amount.amount or total <= 0:
        raise Rejected("bad_amount", message=f"the parts of the refund make {total}, not {notice.amount.amount}")


def _amount_text(amount: Decimal) -> str:
    """Return an amount as BaseCurrencyAmount of amzn-base.xsd wants it: at most two decimals, no exponent.

    :raise Rejected: it has more
    """
    rounded = amount.quantize(_CENT)
    if rounded != amount:
        raise Rejected("bad_amount", message=f"Amazon takes amounts with two decimals, not {amount}")
    return format(rounded if amount.as_tuple().exponent < -2 else amount, "f")


def _amount(money: dto.Money | None) -> Decimal:
    return money.amount if money else _NIL


# === what became of it =======================================================================================


def parse_order_report(body: bytes) -> OrderFeedReport:
    """Read the processing report of an XML feed.

    :raise Malformed: it cannot be read, or says of nothing whether it worked
    """
    root = read_xml(body)
    report = root if root.tag == "ProcessingReport" else root.find(".//ProcessingReport")
    if report is None:
        raise Malformed("wrong_shape", reason="the document is no processing report")
    errors = tuple(
        Finding(
            code=shown(text_of(result, "ResultMessageCode") or "unknown"),
            message=shown(text_of(result, "ResultDescription") or "Amazon gave no reason", 500),
            order_id=text_of(result, "AdditionalInfo/AmazonOrderID"),
        )
        for result in report.iterfind("Result")
        if text_of(result, "ResultCode") == "Error"
    )
    successful = text_of(report, "ProcessingSummary/MessagesSuccessful") or ""
    if not successful.isdecimal() or len(successful) > 9:
        raise Malformed("wrong_shape", reason="the report does not say how many messages worked")
    return OrderFeedReport(successful=int(successful), errors=errors)
