"""Realistic orders from a seed: the same seed always gives the same orders, apart from their ids and times."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from ..catalogue import PRODUCTS
from . import people, stores
from .generator_lines import Buying, build_lines
from .money import ZERO, number, rounded
from .pricing import ShippingMoney, Terms, total_values
from .shop import FIRST_VIRTUAL

# What a mixed lot is made of; the figures are shares.
KINDS = {
    "standard": 30, "discount": 10, "tax_included": 8, "tax_excluded": 6, "configurable": 9, "bundle_fixed": 4,
    "bundle_dynamic": 4, "guest": 8, "multi_currency": 3, "shipping_tax": 4, "coupon_on_gross": 4, "gift_card": 2,
    "rounding": 2, "virtual": 1, "cod": 3, "authorized": 1, "kwd": 0, "jpy": 0, "unpaid": 1, "holded": 0, "fraud": 0,
    "cancelled": 0,
}  # fmt: skip
ONLINE_METHODS = ("braintree", "paypal_express")
_STATES = {
    "unpaid": ("pending_payment", "pending_payment"),
    "fraud": ("payment_review", "fraud"),
    "cod": ("new", "pending"),
    "cancelled": ("new", "pending"),
    "authorized": ("processing", "processing"),
}
_METHODS = {"cod": "cashondelivery", "cancelled": "checkmo", "unpaid": "paypal_express", "fraud": "paypal_express"}
_SHIPPING = {"USD": Decimal("5.99"), "EUR": Decimal("4.90")}
_STORE_OF_KIND = {"kwd": "kw", "jpy": "jp", "multi_currency": "gb", "coupon_on_gross": "de", "rounding": "default"}
_ATTEMPTS = 200


@dataclass(frozen=True)
class Wish:
    """What kind of orders are wanted; `lines` is the span of their number."""

    kind: str = "mixed"
    lines: tuple = (1, 4)
    store_code: str | None = None


def generate_order(seed, index, at, wish=Wish()):
    """Return (order, is it paid) number `index` of a seed, placed before the instant `at`; its ids are still to come.

    Lines are numbered from 1, and parts point to their parents by that number.
    """
    rng = Random(f"magento:{seed}:{index}")  # noqa: S311 - repeatable on purpose, nothing secret
    kind = wish.kind
    if kind == "mixed":
        kind = rng.choices(list(KINDS), weights=list(KINDS.values()))[0]
    store = _choose_store(rng, kind, wish)
    terms = _choose_terms(rng, kind, store)
    for _attempt in range(_ATTEMPTS):
        priced = _price(rng, kind, store, (terms, wish))
        if kind != "rounding" or _is_rounded_apart(priced):
            break
    state, status = _STATES.get(kind, ("processing", "processing"))
    placed = at - timedelta(minutes=rng.randint(1, 9))
    order = {
        "state": state,
        "status": status,
        "created_at": _text(placed),
        "updated_at": _text(at),
        **_store_values(store),
        **priced["totals"],
        **_buyer_values(rng, kind, store),
        "items": priced["items"],
        "status_histories": [],
    }
    _complete(order, kind, store)
    _pay(order, kind, rng)
    _address(order, kind, store, rng)
    return order, kind not in _STATES


def _choose_store(rng, kind, wish):
    code = wish.store_code or _STORE_OF_KIND.get(kind) or rng.choice(("default", "de", "fr"))
    return stores.BY_CODE[code]


def _choose_terms(rng, kind, store):
    is_gross = {"tax_included": True, "coupon_on_gross": True, "tax_excluded": False, "rounding": False}.get(
        kind, store.are_prices_gross
    )
    percent = rng.choice((5, 10, 15, 25)) if kind in ("discount", "coupon_on_gross") else 0
    return Terms(Decimal(people.TAX_RATES[store.country]), is_gross, Decimal(percent))


def _price(rng, kind, store, context):
    """Return items and totals, in the order's currency and in the base one."""
    terms, wish = context
    low, high = wish.lines
    pool = PRODUCTS[FIRST_VIRTUAL - 1 :] if kind == "virtual" else PRODUCTS[: FIRST_VIRTUAL - 1]
    count = rng.randint(max(3, low), max(3, high)) if kind == "rounding" else rng.randint(low, high)
    buying = Buying(kind, store, terms, [])
    for product in rng.sample(pool, min(count, len(pool))):
        build_lines(rng, buying, product, pool)
    base = [pair[1] for pair in buying.money]
    own = [pair[0] for pair in buying.money]
    totals = {}
    net = ZERO if kind == "virtual" or rng.random() < 0.3 else _SHIPPING[store.base_currency]
    rate = Decimal(store.rate)
    for lines, currency, prefix in ((own, store.currency, ""), (base, store.base_currency, "base_")):
        amount = net if prefix else rounded(net * rate, currency)
        tax = rounded(amount * terms.tax_percent / 100, currency) if kind in ("shipping_tax", "kwd") else ZERO
        cut = amount if kind == "discount" and terms.discount_percent == 25 else ZERO
        extras = {}
        if kind == "rounding":
            extras["tax"] = rounded(sum((line.exact_tax for line in lines), ZERO), currency)
        if kind == "gift_card":
            extras["gift_cards"] = rounded(Decimal(5) * (1 if prefix else rate), currency)
        totals |= total_values(lines, ShippingMoney(amount, tax, cut), extras, prefix)
    return {"items": buying.items, "totals": {name: number(amount) for name, amount in totals.items()}, "money": own}


def _is_rounded_apart(priced):
    lines = sum((line.tax for line in priced["money"]), ZERO)
    return number(lines) != priced["totals"]["tax_amount"]


def _store_values(store):
    rate = float(Decimal(store.rate))
    return {
        "store_id": store.id,
        "store_name": store.label,
        "base_currency_code": store.base_currency,
        "global_currency_code": "USD",
        "order_currency_code": store.currency,
        "store_currency_code": store.base_currency,
        "base_to_global_rate": 1,
        "base_to_order_rate": rate,
        "store_to_base_rate": 0,
        "store_to_order_rate": 0,
    }


def _buyer_values(rng, kind, store):
    first, last = rng.choice(people.FIRST_NAMES[store.country]), rng.choice(people.LAST_NAMES[store.country])
    values = {
        "customer_email": f"buyer{rng.randrange(36**6):06d}@example.com",
        "customer_group_id": 0 if kind == "guest" else 1,
        "customer_is_guest": 1 if kind == "guest" else 0,
        "customer_note_notify": 1,
    }
    if kind != "guest":
        values |= {"customer_id": rng.randint(1, 5000), "customer_firstname": first, "customer_lastname": last}
    return values | {"_name": (first, last)}


def _complete(order, kind, store):
    """Fill in what follows from the lines and the kind."""
    items = order["items"]
    top = [item for item in items if not item.get("parent_item_id")]
    is_virtual = all(item["is_virtual"] for item in items)
    order |= {
        "is_virtual": int(is_virtual),
        "email_sent": 1,
        "total_item_count": len(top),
        "total_qty_ordered": sum(item["qty_ordered"] for item in top),
        "weight": number(sum((Decimal(str(item.get("row_weight", 0))) for item in items), ZERO)),
        "base_total_due": order["base_grand_total"],
        "quote_id": 1,
        "remote_ip": "203.0.113.7",
        "protect_code": "5f0c8a1b2d3e4f60718293a4b5c6d7e8",
        "extension_attributes": {},
    }
    if not is_virtual:
        order["shipping_description"] = "Flat Rate - Fixed"
    if kind in ("discount", "coupon_on_gross"):
        percent = max(item.get("discount_percent", 0) for item in items)
        order |= {"coupon_code": f"SAVE{percent}", "discount_description": f"SAVE{percent}", "applied_rule_ids": "1"}
    if kind == "gift_card":
        base, own = 5, number(rounded(5 * Decimal(store.rate), store.currency))
        order["extension_attributes"] |= {
            "gift_cards": [{"id": 1, "code": "01ABCDEFGHIJ", "amount": own, "base_amount": base}],
            "gift_cards_amount": own,
            "base_gift_cards_amount": base,
        }
    for item in items:
        item |= {"created_at": order["created_at"], "updated_at": order["updated_at"], "store_id": store.id}


def _pay(order, kind, rng):
    method = _METHODS.get(kind) or rng.choices(("braintree", "banktransfer"), weights=(80, 20))[0]
    if kind == "authorized":
        method = "braintree"
    payment = {
        "account_status": None,
        "additional_information": [method.replace("_", " ").title()],
        "cc_last4": None,
        "method": method,
    }
    for prefix in ("", "base_"):
        payment[f"{prefix}amount_ordered"] = order[f"{prefix}grand_total"]
        payment[f"{prefix}shipping_amount"] = order[f"{prefix}shipping_amount"]
        if kind == "authorized":
            payment[f"{prefix}amount_authorized"] = order[f"{prefix}grand_total"]
    order["payment"] = payment


def _address(order, kind, store, rng):
    """Add where the bill goes and, unless nothing is shipped, where the goods go."""
    first, last = order.pop("_name")
    street, city, region, postcode, telephone = rng.choice(people.PLACES[store.country])
    address = {
        "address_type": "billing",
        "city": city,
        "country_id": store.country,
        "email": order["customer_email"],
        "firstname": first,
        "lastname": last,
        "postcode": postcode,
        "street": list(street),
        "telephone": telephone,
    }
    if region:
        address |= {"region": region[0], "region_code": region[1], "region_id": region[2]}
    if store.country in people.COMPANIES and rng.random() < 0.2:
        address["company"] = people.COMPANIES[store.country]
        address["vat_id"] = f"{store.country}123456789"
    order["billing_address"] = address
    if order["is_virtual"]:
        return
    order["extension_attributes"]["shipping_assignments"] = [
        {
            "shipping": {
                "address": {**address, "address_type": "shipping"},
                "method": "flatrate_flatrate",
                "total": {
                    name: amount
                    for name, amount in order.items()
                    if name.startswith(("shipping_", "base_shipping_")) and not isinstance(amount, str)
                },
            }
        }
    ]


def _text(moment):
    return moment.strftime("%Y-%m-%d %H:%M:%S")
