"""The money of a generated order, added up the way Magento does it."""

from dataclasses import dataclass
from decimal import Decimal

from .amounts import ZERO, rounded


@dataclass(frozen=True)
class Terms:
    """How prices are meant: the tax in percent, whether it is inside them, and the discount in percent."""

    tax_percent: Decimal
    is_tax_included: bool
    discount_percent: Decimal = ZERO


def tax_of(amount, terms):
    """Return the tax on an amount that is with or without it, as the terms say."""
    rate = terms.tax_percent / 100
    return rounded(amount * rate / (1 + rate)) if terms.is_tax_included else rounded(amount * rate)


def price_line(unit, quantity, terms):
    """Return the amounts of an order line by their names in Magento; `unit` is the catalogue price.

    `row_total` is without tax and before the discount. Where prices include the tax, so does the discount: what it
    takes off the tax is `hidden_tax_amount`, and row total + tax + hidden tax - discount is what the buyer pays.
    """
    row = unit * quantity
    discount = rounded(row * terms.discount_percent / 100)
    tax_before = tax_of(row, terms)
    tax = tax_of(row - discount, terms)
    included = tax_before if terms.is_tax_included else ZERO
    row_total = row - included
    unit_tax = tax_of(unit, terms)
    return {
        "price": unit - unit_tax if terms.is_tax_included else unit,
        "price_incl_tax": unit if terms.is_tax_included else unit + unit_tax,
        "original_price": unit,
        "row_total": row_total,
        "row_total_incl_tax": row_total + tax_before,
        "tax_amount": tax,
        "discount_amount": discount,
        "hidden_tax_amount": tax_before - tax if terms.is_tax_included else ZERO,
    }


def price_shipping(amount, terms):
    """Return the amounts of the shipping by their names in an order."""
    tax = tax_of(amount, terms)
    net = amount - tax if terms.is_tax_included else amount
    return {"shipping_amount": net, "shipping_tax_amount": tax, "shipping_incl_tax": net + tax}


def total_order(lines, shipping, tax_difference=ZERO):
    """Return the totals of an order; the discount is negative here, and positive in the lines.

    :param tax_difference: what the tax of the whole is more than the taxes of the lines, by rounding
    """
    sums = {name: sum((line[name] for line in lines), ZERO) for name in price_line(ZERO, 1, Terms(ZERO, False))}
    tax = sums["tax_amount"] + shipping["shipping_tax_amount"] + tax_difference
    discount = -sums["discount_amount"]
    return {
        **shipping,
        "subtotal": sums["row_total"],
        "subtotal_incl_tax": sums["row_total_incl_tax"],
        "tax_amount": tax,
        "discount_amount": discount,
        "hidden_tax_amount": sums["hidden_tax_amount"],
        "shipping_hidden_tax_amount": ZERO,
        "grand_total": sums["row_total"] + shipping["shipping_amount"] + tax + discount + sums["hidden_tax_amount"],
    }
