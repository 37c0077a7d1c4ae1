"""Prices of listings: the attribute purchasable_offer, and the offer that follows it.

Its shape is from issue 2167 of amzn/selling-partner-api-docs, seen 2026-11-26:
[{"marketplace_id", "currency", "our_price": [{"schedule": [{"value_with_tax": 50}]}]}].
"""

from decimal import Decimal

from .marketplaces import BY_ID
from .pricing import DECIMALS, money

PRICE = "purchasable_offer"
_HIGHEST = 10**9


def price_attribute(offers):
    """Return the attribute that goes with {marketplace id: price as text}."""
    return [
        {
            "marketplace_id": marketplace_id,
            "currency": BY_ID[marketplace_id].currency,
            "our_price": [{"schedule": [{"value_with_tax": float(price)}]}],
        }
        for marketplace_id, price in offers.items()
    ]


def price_problems(entries, is_whole):
    """Yield what is wrong with the entries of a price patch; with `is_whole` an entry must say everything."""
    for entry in entries:
        marketplace = BY_ID.get(entry.get("marketplace_id"))
        if marketplace is None:
            yield "marketplace_id is missing or is not a marketplace of this seller."
        elif entry.get("currency", None if is_whole else marketplace.currency) != marketplace.currency:
            yield f"The currency of {marketplace.id} is {marketplace.currency}."
        elif "our_price" in entry or is_whole:
            yield from _amount_problems(entry, marketplace)


def _amount_problems(entry, marketplace):
    amount = price_in(entry)
    if amount is None:
        yield "our_price needs exactly one schedule with value_with_tax as a number."
    elif amount <= 0:
        yield "The price must be above zero."
    elif amount != round(amount, DECIMALS.get(marketplace.currency, 2)):
        yield f"The price has too many decimals for {marketplace.currency}."


def price_in(entry):
    """Return the price of an entry as a Decimal, or None if it has none that can be read."""
    try:
        [price] = entry["our_price"]
        [schedule] = price["schedule"]
        value = schedule["value_with_tax"]
    except (KeyError, TypeError, ValueError):
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not abs(value) < _HIGHEST:
        return None
    return Decimal(str(value))


def follow_prices(listing):
    """Let the offers of a listing be what its attribute says; a price taken away leaves a listing without offer."""
    stated = {entry.get("marketplace_id"): price_in(entry) for entry in listing["attributes"].get(PRICE, [])}
    for marketplace_id in {*listing["offers"], *stated}:
        amount = stated.get(marketplace_id)
        currency = BY_ID[marketplace_id].currency
        listing["offers"][marketplace_id] = None if amount is None else money(amount, currency)["amount"]
