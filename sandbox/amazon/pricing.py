"""The money of a generated order: parts that add up to the item's total, and totals to the order's."""

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal

DECIMALS = {"JPY": 0}
ZERO = Decimal(0)


@dataclass
class ItemMoney:
    """What one item brings: parts by type, and the finer parts of TAX and DISCOUNT.

    `discounts` are positive figures by subtype; `tax_rate` above zero means that tax comes on top.
    """

    currency: str
    goods: Decimal
    shipping: Decimal = ZERO
    gift_wrap: Decimal = ZERO
    discounts: dict = field(default_factory=dict)
    tax_rate: Decimal = ZERO

    def taxes(self):
        """Return the tax on top by subtype, without those that are zero."""
        bases = {"ITEM": self.goods, "SHIPPING": self.shipping, "GIFT_WRAP": self.gift_wrap}
        taxes = {
            name: self.rounded((base - self.discounts.get(name, ZERO)) * self.tax_rate) for name, base in bases.items()
        }
        return {name: tax for name, tax in taxes.items() if tax}

    def parts(self):
        """Return (type, amount, finer parts) for each part that is not zero; discounts are negative."""
        taxes = self.taxes()
        discounts = {name: -amount for name, amount in self.discounts.items() if amount}
        parts = [
            ("ITEM", self.goods, {}),
            ("SHIPPING", self.shipping, {}),
            ("GIFT_WRAP", self.gift_wrap, {}),
            ("DISCOUNT", sum(discounts.values(), ZERO), discounts),
            ("TAX", sum(taxes.values(), ZERO), taxes),
        ]
        return [part for part in parts if part[0] == "ITEM" or part[1]]

    def total(self):
        """Return the sum of all parts."""
        return sum((amount for _type, amount, _finer in self.parts()), ZERO)

    def rounded(self, amount):
        """Return an amount in the currency's decimals."""
        return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(self.currency, 2)), ROUND_HALF_UP)


def money(amount, currency):
    """Return an amount as the API writes it."""
    return {"amount": f"{amount:.{DECIMALS.get(currency, 2)}f}", "currencyCode": currency}


def item_proceeds(item, discount_sign):
    """Return the `proceeds` of an order item; `discount_sign` is negative or positive."""
    breakdowns = []
    for kind, amount, finer in item.parts():
        turn = -1 if kind == "DISCOUNT" and discount_sign == "positive" else 1
        breakdown = {"type": kind, "subtotal": money(turn * amount, item.currency)}
        if finer:
            breakdown["detailedBreakdowns"] = [
                {"subtype": name, "value": money(turn * part, item.currency)} for name, part in finer.items()
            ]
        breakdowns.append(breakdown)
    return {"proceedsTotal": money(item.total(), item.currency), "breakdowns": breakdowns}


def order_proceeds(items, with_breakdowns, discount_sign):
    """Return the `proceeds` of an order over its items' money."""
    currency = items[0].currency
    proceeds = {"grandTotal": money(sum((i.total() for i in items), ZERO), currency)}
    if with_breakdowns:
        sums = defaultdict(lambda: ZERO)
        for item in items:
            for kind, amount, _finer in item.parts():
                turn = -1 if kind == "DISCOUNT" and discount_sign == "positive" else 1
                sums[kind] += turn * amount
        proceeds["breakdowns"] = [{"type": kind, "subtotal": money(amount, currency)} for kind, amount in sums.items()]
    return proceeds
