"""The money of an OpenMage order: its own sums, taken apart into lines, charges and taxes. Pure.

``grand_total`` is subtotal + tax + shipping − discount + hidden tax, plus what extensions add (Mage/Sales/Model/Quote/
Address/Total and Mage/Tax/Model/Sales/Total/Quote, seen 2026-11-26). Amounts of items and of shipping are without tax.
"Hidden" is the tax inside a discount on prices with tax: the discount is stated with it, the tax after it.
"""

from collections.abc import Sequence
from decimal import Decimal

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import soap_const, soap_wire
from .soap_lines import Goods
from .soap_wire import number

_ZERO = Decimal(0)
_CENT = Decimal("0.01")


class LineMoney(msgspec.Struct, frozen=True, kw_only=True):
    """Money of one line: ``net`` before the discount, ``discount`` positive and without its tax."""

    net: Decimal
    tax: Decimal
    discount: Decimal
    hidden: Decimal
    product_tax: Decimal

    @property
    def paid(self) -> Decimal:
        """What the buyer pays for the line, its tax included."""
        return self.net + self.tax - self.discount + self.product_tax


class OrderMoney(msgspec.Struct, frozen=True, kw_only=True):
    """Money of an order. ``extra`` is what its own total holds beyond the sums it names."""

    currency: str
    total: Decimal
    lines: tuple[LineMoney, ...]
    shipping: Decimal
    shipping_tax: Decimal
    shipping_discount: Decimal
    gift_cards: Decimal
    extra: Decimal


def read_money(document: soap_wire.OrderDocument, goods: Sequence[Goods]) -> OrderMoney:
    """Return the money of an order, its sums agreeing with the order's own where the shop's rounding allows.

    :raise Malformed: an amount or the currency cannot be read
    """
    order, row = document.order, document.row
    total = _amount(order, "grand_total")
    shipping, shipping_tax = _amount(order, "shipping_amount"), _row_amount(row, "shipping_tax_amount")
    hidden, shipping_hidden = (
        _row_amount(row, "hidden_tax_amount"),
        _row_amount(row, "shipping_hidden_tax_amount"),
    )
    parts = _share_hidden([_read_line(line) for line in goods], hidden)
    product_tax = sum((part.product_tax for part in parts), _ZERO)
    named_tax = _amount(order, "tax_amount") - shipping_tax
    is_in_tax = bool(product_tax) and _is_near(named_tax - _tax(parts), product_tax, len(parts))
    is_in_subtotal = not is_in_tax and _amount(order, "subtotal") - _net(parts) >= product_tax
    parts = _settle_tax(parts, named_tax - (product_tax if is_in_tax else _ZERO))
    discounts = sum((part.discount + part.hidden for part in parts), _ZERO)
    shipping_discount = abs(_amount(order, "discount_amount")) - discounts - shipping_hidden
    cards = sum(
        (
            abs(_row_amount(row, name))
            for name in ("gift_cards_amount", "reward_currency_amount", "customer_balance_amount")
        ),
        _ZERO,
    )
    named = _amount(order, "subtotal") + _amount(order, "tax_amount") + shipping + hidden + shipping_hidden
    named += -abs(_amount(order, "discount_amount")) - cards
    return OrderMoney(
        currency=_currency(order),
        total=total,
        lines=tuple(parts),
        shipping=shipping,
        shipping_tax=shipping_tax,
        shipping_discount=max(shipping_discount, _ZERO),
        gift_cards=cards,
        extra=total - named - (_ZERO if is_in_tax or is_in_subtotal else product_tax),
    )


def _read_line(line: Goods) -> LineMoney:
    item, place = line.item, line.place
    return LineMoney(
        net=number(item.row_total, f"{place}.row_total"),
        tax=number(item.tax_amount, f"{place}.tax_amount"),
        discount=abs(number(item.discount_amount, f"{place}.discount_amount")),
        hidden=_hidden_guess(line),
        product_tax=number(item.weee_tax_applied_row_amount, f"{place}.weee_tax_applied_row_amount"),
    )


def _hidden_guess(line: Goods) -> Decimal:
    """Return the tax inside the line's discount, if its discount holds any."""
    rate = number(line.item.tax_percent, f"{line.place}.tax_percent")
    discount = abs(number(line.item.discount_amount, f"{line.place}.discount_amount"))
    return (discount * rate / (100 + rate)).quantize(_CENT) if rate > 0 else _ZERO


def _share_hidden(parts: list[LineMoney], hidden: Decimal) -> list[LineMoney]:
    """Take the hidden tax out of the discounts, so that it adds up to what the order says of it."""
    if not hidden:
        return [msgspec.structs.replace(part, hidden=_ZERO) for part in parts]
    places = [place for place, part in enumerate(parts) if part.discount]
    if not places:
        return parts
    left = hidden - sum((parts[place].hidden for place in places), _ZERO)
    largest = max(places, key=lambda place: parts[place].discount)
    shared = []
    for place, part in enumerate(parts):
        inside = part.hidden + (left if place == largest else _ZERO)
        shared.append(msgspec.structs.replace(part, discount=part.discount - inside, hidden=inside))
    return shared


def _settle_tax(parts: list[LineMoney], wanted: Decimal) -> list[LineMoney]:
    """Make the taxes of the lines add up to the order's where only the shop's rounding stands between them.

    A shop that rounds the tax of the whole order and not of each line states lines whose sum is a cent or two off.
    """
    difference = wanted - _tax(parts)
    if not parts or not difference or not _is_near(difference, _ZERO, len(parts)):
        return parts
    largest = max(range(len(parts)), key=lambda place: parts[place].tax)
    settled = msgspec.structs.replace(parts[largest], tax=parts[largest].tax + difference)
    return [*parts[:largest], settled, *parts[largest + 1 :]]


def _is_near(found: Decimal, wanted: Decimal, count: int) -> bool:
    return abs(found - wanted) <= Decimal(soap_const.TAX_ROUNDING) * count


def _tax(parts: Sequence[LineMoney]) -> Decimal:
    return sum((part.tax for part in parts), _ZERO)


def _net(parts: Sequence[LineMoney]) -> Decimal:
    return sum((part.net for part in parts), _ZERO)


def build_charges(money: OrderMoney, label: str | None, *, is_tax_included: bool) -> tuple[dto.Charge, ...]:
    """Return the charges of the order as a whole."""

    def charge(kind: dto.ChargeKind, amount: Decimal, text: str | None = None, tax: Decimal = _ZERO) -> dto.Charge:
        taxes = (dto.TaxAmount(amount=dto.Money(amount=tax, currency=money.currency)),) if tax else ()
        return dto.Charge(
            kind=kind, amount=dto.Money(amount=amount, currency=money.currency), label=text, taxes=taxes
        )

    charges = []
    if money.shipping or money.shipping_tax:
        told = money.shipping + (money.shipping_tax if is_tax_included else _ZERO)
        charges.append(charge("shipping", told, tax=money.shipping_tax))
    if money.shipping_discount:
        charges.append(charge("discount", -money.shipping_discount, label))
    if money.gift_cards:
        charges.append(charge("gift_card", -money.gift_cards))
    if money.extra > 0:
        charges.append(charge("other", money.extra, "a total the shop's interface does not name"))
    if money.extra < 0:
        charges.append(charge("discount", money.extra, "a total the shop's interface does not name"))
    return tuple(charges)


def _amount(order: soap_wire.Order, name: str) -> Decimal:
    return number(getattr(order, name), f"$.order.{name}")


def _row_amount(row: soap_wire.OrderRow, name: str) -> Decimal:
    return number(getattr(row, name), f"$.row.{name}")


def _currency(order: soap_wire.Order) -> str:
    code = (order.order_currency_code or "").strip()
    if len(code) != 3 or not code.isascii() or not code.isalpha() or not code.isupper():
        reason = f"“{shown(code)}” is not a currency"
        raise Malformed("bad_currency", path="$.order.order_currency_code", reason=reason)
    return code
