"""Money and quantities as the shop's database writes them: texts with four decimals."""

from decimal import ROUND_HALF_UP, Decimal, InvalidOperation

ZERO = Decimal(0)
CENT = Decimal("0.01")
# Every amount is there twice: in the order's currency, and with this prefix in the shop's.
PREFIXES = ("", "base_")


def to_text(number):
    """Return a number as `63.4800`."""
    return f"{Decimal(number):.4f}"


def number_in(record, name):
    """Return the number that a record has under a name; 0 when it is missing or cannot be read."""
    try:
        number = Decimal(str(record.get(name) or 0))
    except InvalidOperation:
        return ZERO
    return number if number.is_finite() else ZERO


def add(record, name, number):
    """Raise an amount of a record, for both currencies' names one by one."""
    record[name] = to_text(number_in(record, name) + number)


def rounded(number):
    """Return an amount in cents; Magento rounds every currency to two decimals."""
    return Decimal(number).quantize(CENT, ROUND_HALF_UP)
