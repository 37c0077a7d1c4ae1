"""The money of an Amazon order: from what Amazon lists to amounts that add up.

Amazon publishes the kinds of proceeds but not how they add up, and the sign of DISCOUNT is shown in no example (model
orders_2026-01-01 and its sandbox examples; github.com/amzn/selling-partner-api-models issue 5297; seen 2026-11-23).
So every item is reconciled against its own ``proceedsTotal``, which decides whether tax is in the prices or on top of
them. What does not reconcile is passed on as it is: the core then sees that the total differs, and holds the order.
"""

import re
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Literal, NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from . import wire, wire_order
from .const import CHARGE_KINDS, DEEMED_SELLER_SCHEMES, FACILITATOR

TaxMode = Literal["on_top", "included", "withheld"]

# RFC 7159 §6, the grammar the model names for its Decimal; no amount of goods needs a million million.
_NUMBER = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{1,12})?([eE][+-]?\d{1,2})?", re.ASCII)
_LARGEST = Decimal(10) ** 12
_FINEST = -6
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_NIL = Decimal(0)


class ItemMoney(dto.Value):
    """What one item costs.

    :param amount: the goods, all units; ``None`` while Amazon gives no price
    :param total: Amazon's own sum of the item
    :param tax_mode: what the amounts prove; ``None`` when they prove nothing
    :param is_broken_down: whether Amazon lists the kinds of money of the item
    """

    amount: dto.Money | None = None
    unit_price: dto.Money | None = None
    total: dto.Money | None = None
    charges: tuple[dto.Charge, ...] = ()
    taxes: tuple[dto.TaxAmount, ...] = ()
    tax_mode: TaxMode | None = None
    is_broken_down: bool = False


class OrderMoney(dto.Value):
    """What the order costs beside its items."""

    currency: str | None
    total: dto.Money | None
    is_tax_included: bool
    charges: tuple[dto.Charge, ...] = ()


class _Part(NamedTuple):
    """One breakdown. ``details`` are ``(subtype, amount)``, only where they add up to ``amount``."""

    kind: str
    amount: Decimal
    details: tuple[tuple[str, Decimal], ...] = ()


def parse_money(money: wire.Money, path: str) -> dto.Money:
    """Return a wire amount as money.

    :raise Malformed: no plain decimal number, or no currency code
    """
    if not _CURRENCY.fullmatch(money.currency_code):
        reason = f"“{shown(money.currency_code)}” is not a currency code"
        raise Malformed("bad_money", path=f"{path}.currencyCode", reason=reason)
    number = Decimal(money.amount) if _NUMBER.fullmatch(money.amount) else None
    if number is None or abs(number) >= _LARGEST or number.as_tuple().exponent < _FINEST:
        raise Malformed("bad_money", path=f"{path}.amount", reason=f"“{shown(money.amount)}” is not an amount of money")
    plain = Decimal(format(number, "f"))  # without exponent: 1E+2 is 100
    return dto.Money(amount=plain if plain else _NIL, currency=money.currency_code)


def parse_item_money(item: wire_order.OrderItem, path: str, *, is_tax_in_price: bool) -> ItemMoney:
    """Return the money of one item.

    :param is_tax_in_price: the habit of the store; it decides only what the amounts leave open
    :raise Malformed: an amount that is none, a negative price, or two currencies
    """
    unit = item.product.price.unit_price if item.product.price else None
    unit_price = parse_money(unit, f"{path}.product.price.unitPrice") if unit else None
    proceeds = item.proceeds or wire_order.ItemProceeds()
    total = parse_money(proceeds.proceeds_total, f"{path}.proceeds.proceedsTotal") if proceeds.proceeds_total else None
    parts, currency = _parse_parts(proceeds.breakdowns or (), f"{path}.proceeds.breakdowns")
    currency = _one_currency((unit_price and unit_price.currency, total and total.currency, currency), path)
    if currency is None:
        return ItemMoney()
    goods = _goods_amount(item, parts, unit_price, total)
    if (goods is not None and goods < 0) or (unit_price and unit_price.amount < 0):
        raise Malformed("bad_money", path=path, reason="the price is negative")
    charges = _plan_charges(parts)
    tax = sum((part.amount for part in parts if part.kind == "TAX"), _NIL)
    before_tax = (goods or _NIL) + sum((amount for _kind, _label, amount in charges), _NIL)
    is_by_channel = is_tax_by_channel(item)
    mode = _tax_mode(before_tax, tax, total, is_withheld=is_by_channel and not is_tax_in_price)
    shares = {} if mode == "withheld" else _share_taxes(parts, charges)
    seal = _Seal(currency, "channel" if is_by_channel else "seller", tax_scheme(item))
    return ItemMoney(
        amount=None if goods is None else dto.Money(amount=goods, currency=currency),
        unit_price=unit_price,
        total=total,
        charges=tuple(
            dto.Charge(kind=kind, label=label, amount=seal.money(amount), taxes=seal.taxes(shares.get(place)))
            for place, (kind, label, amount) in enumerate(charges)
        ),
        taxes=seal.taxes(shares.get(None)),
        tax_mode=mode,
        is_broken_down=bool(parts),
    )


def parse_order_money(order: wire_order.Order, items: Sequence[ItemMoney], *, is_tax_in_price: bool) -> OrderMoney:
    """Return the order's own money, given that of its items.

    :raise Malformed: an amount that is none, or two currencies
    """
    proceeds = order.proceeds or wire_order.OrderProceeds()
    path = "$.proceeds"
    grand = parse_money(proceeds.grand_total, f"{path}.grandTotal") if proceeds.grand_total else None
    parts, own_currency = _parse_parts(proceeds.breakdowns or (), f"{path}.breakdowns")
    currencies = [money.currency for item in items for money in (item.amount, item.unit_price, item.total) if money]
    currency = _one_currency((grand and grand.currency, own_currency, *currencies), "$")
    total = grand
    if total is None and currency is not None and items and all(item.total for item in items):
        total = dto.Money(amount=sum((item.total.amount for item in items), _NIL), currency=currency)
    charges = _order_charges(parts, items, grand)
    modes = {item.tax_mode for item in items} - {None}
    is_tax_included = modes == {"included"} if len(modes) == 1 else is_tax_in_price
    return OrderMoney(
        currency=currency,
        total=total,
        is_tax_included=is_tax_included,
        charges=tuple(
            dto.Charge(kind=kind, label=label, amount=dto.Money(amount=amount, currency=currency))
            for kind, label, amount in charges
        ),
    )


def is_tax_by_channel(item: wire_order.OrderItem) -> bool:
    """Whether Amazon, not the seller, pays the tax of the item to the state."""
    collections = (item.tax and item.tax.tax_collections) or ()
    return tax_scheme(item) is not None or any(collection.model == FACILITATOR for collection in collections)


def tax_scheme(item: wire_order.OrderItem) -> str | None:
    """Return the European one-stop-shop scheme under which Amazon is the seller towards the buyer, if any."""
    breakdowns = (item.tax and item.tax.tax_calculation_breakdowns) or ()
    named = (breakdown.reporting_scheme for breakdown in breakdowns)
    return next((DEEMED_SELLER_SCHEMES[scheme] for scheme in named if scheme in DEEMED_SELLER_SCHEMES), None)


class _Seal(NamedTuple):
    """What all amounts of an item have in common."""

    currency: str
    party: dto.Party
    label: str | None

    def money(self, amount: Decimal) -> dto.Money:
        return dto.Money(amount=amount, currency=self.currency)

    def taxes(self, amount: Decimal | None) -> tuple[dto.TaxAmount, ...]:
        if not amount:
            return ()
        return (dto.TaxAmount(amount=self.money(amount), collected_by=self.party, label=self.label),)


def _one_currency(named: Iterable[str | None], path: str) -> str | None:
    found = sorted({currency for currency in named if currency})
    if len(found) > 1:
        raise Malformed("mixed_currency", path=path, reason=f"amounts in {' and '.join(found)} in one order")
    return found[0] if found else None


def _parse_parts(breakdowns: Iterable, path: str) -> tuple[list[_Part], str | None]:
    parts: list[_Part] = []
    currencies: list[str] = []
    for place, breakdown in enumerate(breakdowns):
        subtotal = parse_money(breakdown.subtotal, f"{path}[{place}].subtotal")
        currencies.append(subtotal.currency)
        details: list[tuple[str, Decimal]] = []
        for number, detail in enumerate(getattr(breakdown, "detailed_breakdowns", None) or ()):
            if detail.value is not None:
                value = parse_money(detail.value, f"{path}[{place}].detailedBreakdowns[{number}].value")
                currencies.append(value.currency)
                details.append((detail.subtype or "ITEM", value.amount))
        parts.append(_Part(breakdown.type, subtotal.amount, _sound_details(breakdown.type, subtotal.amount, details)))
    return parts, _one_currency(currencies, path)


def _sound_details(kind: str, amount: Decimal, details: list[tuple[str, Decimal]]) -> tuple[tuple[str, Decimal], ...]:
    """Return the details if they add up. Within TAX the tax of a discount may be written with either sign."""
    if kind == "DISCOUNT":
        sizes = tuple((subtype, abs(value)) for subtype, value in details)
        return sizes if sum((size for _subtype, size in sizes), _NIL) == abs(amount) else ()
    lowered = tuple((subtype, -abs(value) if subtype == "DISCOUNT" else value) for subtype, value in details)
    for signed in (tuple(details), lowered):
        if sum((value for _subtype, value in signed), _NIL) == amount:
            return signed
    return ()


def _goods_amount(
    item: wire_order.OrderItem, parts: list[_Part], unit_price: dto.Money | None, total: dto.Money | None
) -> Decimal | None:
    """Return the price of the goods: as listed, else units times price, else Amazon's sum.

    A sum of nothing without a listed price is an item given for free, such as a replacement.
    """
    listed = [part.amount for part in parts if part.kind == "ITEM"]
    if listed:
        return sum(listed, _NIL)
    if total is not None and (unit_price is None or not total.amount):
        return total.amount
    return None if unit_price is None else unit_price.amount * item.quantity_ordered


def _plan_charges(parts: Iterable[_Part]) -> list[tuple[dto.ChargeKind, str | None, Decimal]]:
    """Return ``(kind, label, amount)`` of all that is neither goods nor tax. What lowers the price is a discount."""
    charges: list[tuple[dto.ChargeKind, str | None, Decimal]] = []
    for part in parts:
        if part.kind in ("ITEM", "TAX"):
            continue
        if part.kind == "DISCOUNT":
            for subtype, size in part.details or (("ITEM", abs(part.amount)),):
                charges.append(("discount", None if subtype == "ITEM" else shown(subtype, 40), -size))
        elif part.amount < 0:
            charges.append(("discount", shown(part.kind, 40), part.amount))
        else:
            label = None if part.kind in CHARGE_KINDS else shown(part.kind, 40)
            charges.append((CHARGE_KINDS.get(part.kind, "other"), label, part.amount))
    return [charge for charge in charges if charge[2]]


def _share_taxes(parts: Iterable[_Part], charges: Sequence[tuple]) -> dict[int | None, Decimal]:
    """Return the tax of each charge by its place, and of the goods (and all that fits nowhere else) under ``None``."""
    places: dict[str, int] = {}
    for place, (kind, _label, _amount) in enumerate(charges):
        places.setdefault(kind, place)
    shares: dict[int | None, Decimal] = {}
    for part in parts:
        if part.kind == "TAX":
            for subtype, amount in part.details or (("ITEM", part.amount),):
                place = places.get(CHARGE_KINDS.get(subtype, ""))
                shares[place] = shares.get(place, _NIL) + amount
    return shares


def _tax_mode(before_tax: Decimal, tax: Decimal, total: dto.Money | None, *, is_withheld: bool) -> TaxMode | None:
    """Say how tax and total go together, if they do. Tax Amazon keeps for itself never reaches the seller's total."""
    if total is None or not tax:
        return None
    if before_tax + tax == total.amount:
        return "on_top"
    if before_tax == total.amount:
        return "withheld" if is_withheld else "included"
    return None


def _order_charges(parts: list[_Part], items: Sequence[ItemMoney], grand: dto.Money | None) -> list[tuple]:
    """Return what the order charges beside its items.

    Amounts of the order repeat those of its items, all but DELIVERY_TIP (OrderProceedsBreakdown.type). They count
    only where they explain the grand total, so that nothing is charged twice.
    """
    is_repeated = any(item.is_broken_down for item in items)
    own = _plan_charges(part for part in parts if part.kind == "DELIVERY_TIP" or not is_repeated)
    sums = [(item.total or item.amount) for item in items]
    if not own or grand is None or not all(sums):
        return []
    beside = grand.amount - sum((money.amount for money in sums), _NIL)
    return own if beside == sum((amount for _kind, _label, amount in own), _NIL) else []
