"""The money of an order's lines, as Magento's tax calculation by row finds it, with discounts before tax."""

from dataclasses import dataclass
from decimal import Decimal

from .money import ZERO, rounded


@dataclass(frozen=True)
class Terms:
    """How lines are priced: tax rate, whether prices contain it, and the discount; rates are per cent."""

    tax_percent: Decimal = ZERO
    is_gross: bool = False
    discount_percent: Decimal = ZERO


@dataclass(frozen=True)
class LineMoney:
    """The amounts of one line in one currency.

    `compensation` is the tax that the discount has saved inside a price that contains tax:
    what is to be paid is ``row + tax + compensation - discount``.
    """

    price: Decimal = ZERO
    price_incl_tax: Decimal = ZERO
    row: Decimal = ZERO
    row_incl_tax: Decimal = ZERO
    tax: Decimal = ZERO
    discount: Decimal = ZERO
    compensation: Decimal = ZERO
    exact_tax: Decimal = ZERO

    def __add__(self, other):
        """Return the line that two lines are together; prices add up, too."""
        return LineMoney(*(getattr(self, name) + getattr(other, name) for name in self.__dataclass_fields__))


def price_line(unit, quantity, terms, currency):
    """Return the money of `quantity` pieces at `unit`, a price that contains the tax if the terms say so."""
    rate = terms.tax_percent / 100
    share = terms.discount_percent / 100
    row_asked = unit * quantity
    discount = rounded(row_asked * share, currency)
    if terms.is_gross:
        part = rate / (1 + rate)
        tax_before = rounded(row_asked * part, currency)
        tax = rounded((row_asked - discount) * part, currency)
        return LineMoney(
            price=unit - rounded(unit * part, currency),
            price_incl_tax=unit,
            row=row_asked - tax_before,
            row_incl_tax=row_asked,
            tax=tax,
            discount=discount,
            compensation=tax_before - tax,
            exact_tax=(row_asked - discount) * part,
        )
    exact_tax = (row_asked - discount) * rate
    return LineMoney(
        price=unit,
        price_incl_tax=unit + rounded(unit * rate, currency),
        row=row_asked,
        row_incl_tax=row_asked + rounded(row_asked * rate, currency),
        tax=rounded(exact_tax, currency),
        discount=discount,
        exact_tax=exact_tax,
    )


@dataclass(frozen=True)
class ShippingMoney:
    """What shipping costs in one currency: net, its tax, and a discount on the net."""

    net: Decimal = ZERO
    tax: Decimal = ZERO
    discount: Decimal = ZERO


def line_values(money, base, terms):
    """Return the amounts of an order line as the API writes them; both are `LineMoney`."""
    from_money = {
        "price": "price",
        "price_incl_tax": "price_incl_tax",
        "row_total": "row",
        "row_total_incl_tax": "row_incl_tax",
        "tax_amount": "tax",
        "discount_amount": "discount",
        "discount_tax_compensation_amount": "compensation",
        "original_price": "price_incl_tax" if terms.is_gross else "price",
    }
    values = {}
    for name, own in from_money.items():
        values[name] = getattr(money, own)
        values[f"base_{name}"] = getattr(base, own)
    return values


def total_values(lines, shipping, extras, prefix=""):
    """Return the totals of an order in one currency as Decimals.

    :param lines: the `LineMoney` of the lines that count, without bundles whose parts count
    :param shipping: its `ShippingMoney`
    :param extras: {"gift_cards": amount paid with gift cards, "tax": what replaces the sum of the lines' taxes}
    """
    total = sum(lines, LineMoney())
    tax = extras.get("tax", total.tax) + shipping.tax
    discount = total.discount + shipping.discount
    gift_cards = extras.get("gift_cards", ZERO)
    grand = total.row + tax + total.compensation - discount + shipping.net - gift_cards
    values = {
        "subtotal": total.row,
        "subtotal_incl_tax": total.row_incl_tax,
        "tax_amount": tax,
        "discount_amount": -discount,
        "discount_tax_compensation_amount": total.compensation,
        "shipping_amount": shipping.net,
        "shipping_tax_amount": shipping.tax,
        "shipping_incl_tax": shipping.net + shipping.tax,
        "shipping_discount_amount": shipping.discount,
        "shipping_discount_tax_compensation_amount": ZERO,
        "grand_total": grand,
        "total_due": grand,
    }
    if prefix:
        # The database column, and so the field, was named too long for MySQL.
        amount = values.pop("shipping_discount_tax_compensation_amount")
        values["shipping_discount_tax_compensation_amnt"] = amount
    return {f"{prefix}{name}": amount for name, amount in values.items()}
