"""The money of an eBay order: from what eBay lists to amounts that add up.

eBay names every part and says of few whether a total holds them: ``total`` has the tax eBay collects only when asked
with TAX_BREAKDOWN, handling and import charges may stand beside the cost of delivery or inside it, and European prices
hold VAT without saying how much (sell_fulfillment v1.20.7, seen 2026-11-26; github.com/hendt/ebay-api and others tell
of the surprise). So each line is computed from its parts and held against its own ``total``, and the order against
``pricingSummary.total``. What does not add up is passed on as it is: the core sees the difference and holds the order.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import combinations
from typing import Literal, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import wire, wire_order
from .const import MARKETPLACE_BY_ID

TaxMode = Literal["on_top", "included"]

_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,12})?", re.ASCII)
_LARGEST = Decimal(10) ** 12
_FINEST = -6
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_NIL = Decimal(0)


class LineMoney(dto.Value):
    """What one line costs.

    :param total: eBay's own sum of the line
    :param computed: ours, of the parts below
    :param tax_mode: what the amounts prove; ``None`` when they prove nothing
    """

    amount: dto.Money
    computed: Decimal
    unit_price: dto.Money | None = None
    total: dto.Money | None = None
    charges: tuple[dto.Charge, ...] = ()
    taxes: tuple[dto.TaxAmount, ...] = ()
    tax_mode: TaxMode | None = None


class OrderMoney(dto.Value):
    """What the order costs beside its lines."""

    currency: str | None
    total: dto.Money | None
    shop_total: dto.Money | None
    is_tax_included: bool
    charges: tuple[dto.Charge, ...] = ()


class _Part(NamedTuple):
    """Money beside the goods. ``is_open``: nobody says whether totals hold it."""

    kind: dto.ChargeKind
    amount: Decimal
    label: str | None = None
    is_open: bool = False


def parse_money(money: wire.Money, path: str) -> dto.Money:
    """Return a wire amount as money: what the buyer saw, in the currency of the marketplace of the purchase.

    :raise Malformed: no plain decimal number, or no currency code
    """
    return _parse_pair(money.value, money.currency, path)


def parse_converted(money: wire.Money, path: str) -> dto.Money | None:
    """Return what an amount was before eBay converted it, ``None`` where it did not.

    :raise Malformed: no plain decimal number, or no currency code
    """
    if money.converted_from_value is None or money.converted_from_currency is None:
        return None
    return _parse_pair(money.converted_from_value, money.converted_from_currency, path)


def _parse_pair(value: str, currency: str, path: str) -> dto.Money:
    if not _CURRENCY.fullmatch(currency):
        raise Malformed("bad_money", path=f"{path}.currency", reason=f"“{shown(currency)}” is not a currency code")
    number = Decimal(value) if _NUMBER.fullmatch(value) else None
    if number is None or abs(number) >= _LARGEST or number.as_tuple().exponent < _FINEST:
        raise Malformed("bad_money", path=f"{path}.value", reason=f"“{shown(value)}” is not an amount of money")
    return dto.Money(amount=number if number else _NIL, currency=currency)


# === a line =====================================================================================================


def parse_line_money(line: wire_order.LineItem, path: str) -> LineMoney:
    """Return the money of one line.

    :raise Malformed: an amount that is none, a negative price, or two currencies
    """
    amounts = _Amounts(path)
    goods = amounts.number(line.line_item_cost, "lineItemCost")
    total = amounts.number(line.total, "total") if line.total else None
    parts = _line_parts(line, goods, amounts)
    taxes, fees = _line_taxes(line, amounts)
    parts += fees
    if goods < 0:
        raise Malformed("bad_money", path=f"{path}.lineItemCost", reason="the price is negative")
    tax = sum((taxed.amount.amount for taxed in taxes), _NIL)
    chosen, mode = _explain(goods, parts, tax, total)
    charges = tuple(dto.Charge(kind=part.kind, amount=amounts.money(part.amount), label=part.label) for part in chosen)
    computed = goods + sum((part.amount for part in chosen), _NIL) + (_NIL if mode == "included" else tax)
    return LineMoney(
        amount=amounts.money(goods),
        computed=computed,
        unit_price=_unit_price(goods, line.quantity, amounts),
        total=None if total is None else amounts.money(total),
        charges=charges,
        taxes=taxes,
        tax_mode=mode,
    )


class _Amounts:
    """Reads amounts that must all have the same currency."""

    def __init__(self, path: str):
        self.path = path
        self.currency: str | None = None

    def number(self, money: wire.Money | None, name: str) -> Decimal:
        """Return the number of an amount, 0 where there is none."""
        if money is None:
            return _NIL
        found = parse_money(money, f"{self.path}.{name}")
        if self.currency not in (None, found.currency):
            reason = f"amounts in {self.currency} and {found.currency} in one order"
            raise Malformed("mixed_currency", path=f"{self.path}.{name}.currency", reason=reason)
        self.currency = found.currency
        return found.amount

    def money(self, amount: Decimal) -> dto.Money:
        """Return a number as money."""
        return dto.Money(amount=amount, currency=self.currency or "")


def _line_parts(line: wire_order.LineItem, goods: Decimal, amounts: _Amounts) -> list[_Part]:
    """Return what stands beside the goods: discounts below zero, costs of sending above."""
    delivery = line.delivery_cost or wire_order.DeliveryCost()
    discounted = amounts.number(line.discounted_line_item_cost, "discountedLineItemCost")
    off = goods - discounted if line.discounted_line_item_cost else _NIL
    place = "deliveryCost"
    handling = amounts.number(delivery.handling_cost, f"{place}.handlingCost")
    duty = amounts.number(delivery.import_charges, f"{place}.importCharges")
    fee = amounts.number(delivery.shipping_intermediation_fee, f"{place}.shippingIntermediationFee")
    cut = abs(amounts.number(delivery.discount_amount, f"{place}.discountAmount"))
    parts = [
        _signed("discount", -off),
        _signed("shipping", amounts.number(delivery.shipping_cost, f"{place}.shippingCost")),
        _Part("discount", -cut, "shipping", is_open=True),
        _signed("shipping", handling, "handling", is_open=True),
        _signed("other", duty, "import charges", is_open=True),
        _signed("other", fee, "shipping intermediation", is_open=True),
    ]
    return [part for part in parts if part.amount]


def _signed(kind: dto.ChargeKind, amount: Decimal, label: str | None = None, *, is_open: bool = False) -> _Part:
    """Return a part of the kind its sign allows: below zero it is a discount, whatever eBay calls it."""
    if amount < 0:
        return _Part("discount", amount, label, is_open)
    return _Part("other" if kind == "discount" else kind, amount, label, is_open)


def _line_taxes(line: wire_order.LineItem, amounts: _Amounts) -> tuple[tuple[dto.TaxAmount, ...], list[_Part]]:
    """Return ``(taxes, fees)``.

    eBay lists the tax it collects a second time among ``taxes``; fees such as recycling stand there, too.
    """
    taxes, seen = [], []
    for number, tax in enumerate(line.ebay_collect_and_remit_taxes or ()):
        amount = amounts.number(tax.amount, f"ebayCollectAndRemitTaxes[{number}].amount")
        seen.append((tax.tax_type, amount))
        if amount:
            label = (tax.ebay_reference and tax.ebay_reference.name) or tax.tax_type
            taxes.append(_tax(amounts.money(amount), "channel", label))
    fees = []
    for number, tax in enumerate(line.taxes or ()):
        amount = amounts.number(tax.amount, f"taxes[{number}].amount")
        if (tax.tax_type, amount) in seen:
            seen.remove((tax.tax_type, amount))
        elif (tax.tax_type or "").endswith("FEE"):
            fees.append(_signed("other", amount, shown(tax.tax_type or "", 40)))
        elif amount:
            taxes.append(_tax(amounts.money(amount), "seller", tax.tax_type))
    return tuple(taxes), [fee for fee in fees if fee.amount]


def _tax(amount: dto.Money, party: dto.Party, label: str | None) -> dto.TaxAmount:
    return dto.TaxAmount(amount=amount, collected_by=party, label=shown(label, 40) if label else None)


def _explain(
    goods: Decimal, parts: Sequence[_Part], tax: Decimal, total: Decimal | None
) -> tuple[list[_Part], TaxMode | None]:
    """Say which parts and which place of the tax make the line's total; all parts, and no mode, if none does."""
    sure = [part for part in parts if not part.is_open]
    unsure = [part for part in parts if part.is_open]
    base = goods + sum((part.amount for part in sure), _NIL)
    for size in range(len(unsure), -1, -1) if total is not None else ():
        for some in combinations(unsure, size):
            before_tax = base + sum((part.amount for part in some), _NIL)
            if before_tax + tax == total:
                return [part for part in parts if part in sure or part in some], "on_top" if tax else None
            if before_tax == total:
                return [part for part in parts if part in sure or part in some], "included"
    return list(parts), None


def _unit_price(goods: Decimal, quantity: int, amounts: _Amounts) -> dto.Money | None:
    """Return the price of one unit where the line divides; eBay states the line only."""
    if quantity < 1:
        return None
    each = (goods / quantity).quantize(Decimal(1).scaleb(min(goods.as_tuple().exponent, 0)))
    return amounts.money(each) if each * quantity == goods else None


# === the order ==================================================================================================


def parse_order_money(order: wire_order.Order, lines: Sequence[LineMoney]) -> OrderMoney:
    """Return the order's own money, given that of its lines.

    :raise Malformed: an amount that is none, or two currencies
    """
    summary = order.pricing_summary or wire_order.PricingSummary()
    amounts = _Amounts("$.pricingSummary")
    amounts.currency = _one_currency(lines)
    said = amounts.number(summary.total, "total") if summary.total else None
    parts = [
        _signed("other", amounts.number(summary.adjustment, "adjustment"), "adjustment"),
        _signed("other", amounts.number(summary.fee, "fee"), "fee"),
        _Part("discount", -abs(amounts.number(summary.price_discount, "priceDiscount"))),
        _Part("discount", -abs(amounts.number(summary.delivery_discount, "deliveryDiscount")), "shipping"),
    ]
    computed = sum((line.computed for line in lines), _NIL)
    total, charges = _order_charges(said, computed, _collected(lines), [part for part in parts if part.amount])
    modes = {line.tax_mode for line in lines} - {None}
    is_tax_included = modes == {"included"} if len(modes) == 1 else not modes and _is_tax_in_price(order)
    return OrderMoney(
        currency=amounts.currency,
        total=None if total is None else amounts.money(total),
        shop_total=parse_converted(summary.total, "$.pricingSummary.total") if summary.total else None,
        is_tax_included=is_tax_included,
        charges=tuple(
            dto.Charge(kind=part.kind, amount=amounts.money(part.amount), label=part.label) for part in charges
        ),
    )


def _order_charges(
    said: Decimal | None, computed: Decimal, collected: Decimal, parts: Sequence[_Part]
) -> tuple[Decimal | None, tuple[_Part, ...]]:
    """Return ``(total, what the order charges beside its lines)``.

    Amounts of the order mostly repeat those of its lines. They count only where they explain its total, so that nothing
    is charged twice. A total without the tax eBay collects is one that was asked for without the breakdown.
    """
    if said is None:
        return computed, ()
    for total in dict.fromkeys((said, said + collected)):
        for size in range(len(parts) + 1):
            for some in combinations(parts, size):
                if computed + sum((part.amount for part in some), _NIL) == total:
                    return total, some
    return said, ()


def _collected(lines: Iterable[LineMoney]) -> Decimal:
    taxes = (tax for line in lines for tax in line.taxes if line.tax_mode != "included")
    return sum((tax.amount.amount for tax in taxes if tax.collected_by == "channel"), _NIL)


def _one_currency(lines: Iterable[LineMoney]) -> str | None:
    found = sorted({line.amount.currency for line in lines})
    if len(found) > 1:
        raise Malformed("mixed_currency", path="$.lineItems", reason=f"amounts in {' and '.join(found)} in one order")
    return found[0] if found else None


def _is_tax_in_price(order: wire_order.Order) -> bool:
    named = order.line_items[0].purchase_marketplace_id if order.line_items else None
    marketplace = MARKETPLACE_BY_ID.get(named or "")
    return marketplace.is_tax_in_price if marketplace else True
