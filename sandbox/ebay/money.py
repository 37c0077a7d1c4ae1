"""eBay's amounts, and how the parts of an order add up to its totals.

Sums follow the descriptions of LineItem, PricingSummary and PaymentSummary in sell_fulfillment v1.20.7: discounts of
the pricing summary are negative; tax that eBay collects and remits is in a line's and the order's total only with
TAX_BREAKDOWN, and in the payment and in ``totalDueSeller`` always.
"""

from decimal import ROUND_HALF_UP, Decimal

ZERO = Decimal(0)
DECIMALS = {"JPY": 0}
# Of the right size for most categories; eBay pays out without it, and shows it beside the totals only.
FEE_SHARE = Decimal("0.1325")
COLLECTED = "ebayCollectAndRemitTaxes"


def rounded(amount, currency):
    """Return a Decimal in the currency's decimals."""
    return amount.quantize(Decimal(1).scaleb(-DECIMALS.get(currency, 2)), ROUND_HALF_UP)


def text_of(amount):
    """Write an amount as eBay does, like a Java double: 5.99, 10.0, 0.0."""
    text = f"{amount:.2f}"
    return text[:-1] if text.endswith("0") else text


class Unit:
    """The currency an order is in; for a converted order also the one of the listing and the rate between them."""

    def __init__(self, currency, listed=None, rate=None):
        self.currency = currency
        self.listed = listed
        self.rate = rate

    def amount(self, value):
        """Return an Amount for a value in the currency of the listing."""
        if self.listed is None:
            return {"value": text_of(rounded(value, self.currency)), "currency": self.currency}
        return {
            "value": text_of(rounded(value * self.rate, self.currency)),
            "currency": self.currency,
            "convertedFromValue": text_of(rounded(value, self.listed)),
            "convertedFromCurrency": self.listed,
        }


def total_of(amounts, like):
    """Return the sum of some Amounts as an Amount in the currency (or currencies) of ``like``."""
    amounts = [amount for amount in amounts if amount is not None]
    summed = {"value": text_of(sum((Decimal(a["value"]) for a in amounts), ZERO)), "currency": like["currency"]}
    if "convertedFromCurrency" in like:
        original = sum((Decimal(a.get("convertedFromValue", "0")) for a in amounts), ZERO)
        summed["convertedFromValue"] = text_of(original)
        summed["convertedFromCurrency"] = like["convertedFromCurrency"]
    return summed


def negative(amount):
    """Return an Amount with its sign turned round."""
    names = ("value", "convertedFromValue")
    return {**amount, **{name: text_of(-Decimal(amount[name])) for name in names if name in amount}}


def scaled(amount, share):
    """Return an Amount times a share, such as 2/3, rounded in its own currency."""
    changed = {**amount, "value": text_of(rounded(Decimal(amount["value"]) * share, amount["currency"]))}
    if "convertedFromValue" in amount:
        original = rounded(Decimal(amount["convertedFromValue"]) * share, amount["convertedFromCurrency"])
        changed["convertedFromValue"] = text_of(original)
    return changed


def value_of(amount):
    """Return the value of an Amount as a Decimal."""
    return Decimal(amount["value"])


def add_up(order):
    """Fill in every total of an order from the parts of its lines, as shown with TAX_BREAKDOWN."""
    for line in order["lineItems"]:
        _add_up_line(line)
    lines = order["lineItems"]
    like = lines[0]["lineItemCost"]
    delivery = [amount for line in lines for amount in _delivery_costs(line)]
    price_discount = total_of((_discount_of(line) for line in lines), like)
    delivery_discount = total_of((line["deliveryCost"].get("discountAmount") for line in lines), like)
    tax = total_of((tax["amount"] for line in lines for tax in line["taxes"]), like)
    summary = {
        "priceSubtotal": total_of((line["lineItemCost"] for line in lines), like),
        "deliveryCost": total_of(delivery, like),
        "total": total_of((line["total"] for line in lines), like),
    }
    if value_of(price_discount):
        summary["priceDiscount"] = negative(price_discount)
    if value_of(delivery_discount):
        summary["deliveryDiscount"] = negative(delivery_discount)
    if value_of(tax):
        summary["tax"] = tax
    order["pricingSummary"] = summary
    order.pop("ebayCollectAndRemitTax", None)
    if any(line.get(COLLECTED) for line in lines):
        order["ebayCollectAndRemitTax"] = True
    _add_up_payment(order, summary["total"])
    for name in ("totalFeeBasisAmount", "totalMarketplaceFee"):
        order.pop(name, None)
    if order.get("orderPaymentStatus") != "PENDING":
        order["totalFeeBasisAmount"] = dict(summary["total"])
        order["totalMarketplaceFee"] = scaled(summary["total"], FEE_SHARE)


def _add_up_line(line):
    discount = _discount_of(line)
    line.pop("discountedLineItemCost", None)
    cost = line["lineItemCost"]
    if discount is not None:
        cost = total_of([cost, negative(discount)], cost)
        line["discountedLineItemCost"] = cost
    collected = line.get(COLLECTED, [])
    own = [tax for tax in line["taxes"] if not tax.get("taxType") or tax["taxType"] == "SALES_TAX"]
    # eBay shows what it collects a second time among the taxes; there it counts once.
    line["taxes"] = own + [{"amount": tax["amount"], "taxType": tax["taxType"]} for tax in collected]
    parts = [cost, *_delivery_costs(line), *(tax["amount"] for tax in line["taxes"])]
    reduction = line["deliveryCost"].get("discountAmount")
    if reduction is not None:
        parts.append(negative(reduction))
    line["total"] = total_of(parts, line["lineItemCost"])


def _add_up_payment(order, total):
    payment = order["paymentSummary"]
    for entry in payment["payments"]:
        entry["amount"] = dict(total)
    returned = [negative(r["amount"]) for r in payment["refunds"] if r["refundStatus"] == "REFUNDED"]
    payment["totalDueSeller"] = total_of([total, *returned], total)


def _delivery_costs(line):
    names = ("shippingCost", "handlingCost", "importCharges", "shippingIntermediationFee")
    return [line["deliveryCost"][name] for name in names if name in line["deliveryCost"]]


def _discount_of(line):
    promotions = line.get("appliedPromotions") or []
    return total_of((p["discountAmount"] for p in promotions), line["lineItemCost"]) if promotions else None


def collected_from(lines):
    """Return the sum of what eBay collects and remits for some lines, as a Decimal."""
    return sum((value_of(tax["amount"]) for line in lines for tax in line.get(COLLECTED, [])), ZERO)


def seller_part(order):
    """Return what the seller can refund at most: the order's total without the tax that eBay collects."""
    return value_of(order["pricingSummary"]["total"]) - collected_from(order["lineItems"])


def without_breakdown(order):
    """Return an order as it is shown without TAX_BREAKDOWN: no tax that eBay collects in its totals."""
    lines = [_line_without_breakdown(line) for line in order["lineItems"]]
    summary = {name: amount for name, amount in order["pricingSummary"].items() if name not in ("fee", "tax")}
    like = summary["total"]
    own = total_of((tax["amount"] for line in lines for tax in line["taxes"]), like)
    if value_of(own):
        summary["tax"] = own
    summary["total"] = total_of((line["total"] for line in lines), like)
    return {**order, "lineItems": lines, "pricingSummary": summary}


def _line_without_breakdown(line):
    collected = line.get(COLLECTED, [])
    kinds = {tax["taxType"] for tax in collected}
    own = [{"amount": tax["amount"]} for tax in line["taxes"] if tax.get("taxType") not in kinds]
    taken = [negative(tax["amount"]) for tax in collected]
    return {**line, "taxes": own, "total": total_of([line["total"], *taken], line["total"])}
