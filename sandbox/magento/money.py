"""Amounts: exact while they are reckoned with, JSON numbers once they are written."""

from decimal import ROUND_HALF_UP, Decimal

from .stores import DECIMALS

ZERO = Decimal(0)
# Magento keeps amounts with four decimals, whatever the currency shows.
_KEPT = Decimal("0.0001")


def rounded(amount, currency):
    """Return an amount in the currency's decimals."""
    return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)), ROUND_HALF_UP)


def exact(value):
    """Return a JSON number as a Decimal; None is nothing."""
    return Decimal(str(value)) if value is not None else ZERO


def number(amount):
    """Return an amount as a JSON number: whole ones without a point, as PHP writes them."""
    kept = amount.quantize(_KEPT, ROUND_HALF_UP)
    return int(kept) if kept == kept.to_integral_value() else float(kept)


def add_to(values, name, amount):
    """Add a Decimal to a JSON number in a dictionary."""
    values[name] = number(exact(values.get(name)) + amount)
