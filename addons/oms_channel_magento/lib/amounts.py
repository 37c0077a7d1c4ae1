"""Amounts and quantities as Magento writes them, and cutting one amount into parts that add up.

Magento keeps four decimals and writes numbers, its older sister writes texts; PHP's arithmetic leaves a trace of binary
fractions in some (53.199999999999996). Four decimals hold every currency there is.
"""

import re
from collections.abc import Sequence
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Any

from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

NIL = Decimal(0)
FINEST = Decimal("0.0001")
_LARGEST = Decimal(10) ** 12
_NUMBER = re.compile(r"-?\d{1,18}(\.\d{1,20})?([eE][+-]?\d{1,2})?", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
# ISO 4217 (2024-06-25): currencies whose smallest unit is not a hundredth.
_WHOLE = re.compile("BIF|CLP|DJF|GNF|ISK|JPY|KMF|KRW|PYG|RWF|UGX|UYI|VND|VUV|XAF|XOF|XPF")
_THOUSANDTHS = re.compile("BHD|IQD|JOD|KWD|LYD|OMR|TND")
_CENT = Decimal("0.01")


def read_amount(value: Any, path: str) -> Decimal | None:
    """Return a number or its text as a Decimal with at most four decimals; ``None`` for nothing.

    :raise Malformed: it is no plain number, or no amount of goods
    """
    if value is None or value == "":
        return None
    text = value.strip() if isinstance(value, str) else value
    if isinstance(text, bool) or not isinstance(text, (int, Decimal, str)):
        raise Malformed("bad_number", path=path, reason=f"“{shown(value)}” is not a number")
    if isinstance(text, str) and not _NUMBER.fullmatch(text):
        raise Malformed("bad_number", path=path, reason=f"“{shown(value)}” is not a number")
    number = Decimal(text)
    if abs(number) >= _LARGEST:
        raise Malformed("bad_number", path=path, reason=f"“{shown(value)}” is too large")
    return plain(number)


def plain(number: Decimal) -> Decimal:
    """Return a number without noise: four decimals at most, at least two of those it needs, no exponent."""
    short = number.quantize(FINEST, ROUND_HALF_UP).normalize() + 0
    return short.quantize(_CENT) if short.as_tuple().exponent > -2 else short


def read_currency(value: Any, path: str) -> str | None:
    """Return a currency code; ``None`` for nothing.

    :raise Malformed: it is none
    """
    if not value:
        return None
    if not isinstance(value, str) or not _CURRENCY.fullmatch(value):
        raise Malformed("bad_money", path=path, reason=f"“{shown(value)}” is not a currency code")
    return value


def smallest_step(currency: str) -> Decimal:
    """Return the smallest unit of a currency."""
    if _WHOLE.fullmatch(currency):
        return Decimal(1)
    return Decimal("0.001") if _THOUSANDTHS.fullmatch(currency) else _CENT


def share(amount: Decimal, weights: Sequence[Decimal], step: Decimal) -> list[Decimal]:
    """Cut ``amount`` into parts by weight that add up to it exactly; what is left over goes to the largest rests.

    :param step: parts are multiples of it; what is finer goes to the first part. Weights of nothing count alike
    """
    if not weights:
        return []
    shares = list(weights) if sum(weights) > 0 and min(weights) >= 0 else [Decimal(1)] * len(weights)
    whole = sum(shares)
    units = (abs(amount) / step).to_integral_value(ROUND_FLOOR)
    rest = abs(amount) - units * step
    exact = [units * weight / whole for weight in shares]
    counts = [part.to_integral_value(ROUND_FLOOR) for part in exact]
    order = sorted(range(len(shares)), key=lambda place: (counts[place] - exact[place], place))
    for place in order[: int(units - sum(counts))]:
        counts[place] += 1
    parts = [count * step for count in counts]
    parts[0] += rest
    sign = -1 if amount < 0 else 1
    return [plain(sign * part) for part in parts]
