"""Realistic orders from a seed: the same seed always gives the same orders, apart from their times and numbers."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from ..amazon import people
from . import items as goods
from .amounts import CENT, PREFIXES, ZERO, number_in, rounded, to_text
from .pricing import Terms, price_shipping, total_order
from .stores import FOREIGN_RATES, STORES, find_store
from .times import write_time

# What a mixed lot is made of; the figures are shares.
KINDS = {
    "standard": 30, "discount": 10, "tax_included": 7, "tax_excluded": 7, "configurable": 13, "bundle": 6, "guest": 9,
    "multi_currency": 5, "unpaid": 4, "holded": 1, "cod": 4, "rounding": 3, "cancelled": 1,
}  # fmt: skip
_SHIPPING_PRICES = {"EUR": "4.90", "GBP": "3.99", "USD": "5.99"}
_METHODS = {"cod": "cashondelivery", "unpaid": "paypal_standard"}
_STATES = {"cod": ("new", "pending"), "unpaid": ("pending_payment", "pending_payment")}
_MAIL_DOMAINS = ("example.com", "example.net", "example.org")


@dataclass(frozen=True)
class Wish:
    """What kind of orders are wanted; `lines` is the span of their number, `store` an id or a code."""

    kind: str = "mixed"
    lines: tuple = (1, 5)
    store: str | None = None


def choose_kind(rng, wish):
    """Return the kind of one order."""
    if wish.kind != "mixed":
        return wish.kind
    return rng.choices(list(KINDS), weights=list(KINDS.values()))[0]


def generate_order(shop, seed, index, at, wish=Wish()):
    """Return order number `index` of a seed, last changed at the instant `at` and not stored yet, and its kind."""
    rng = Random(f"openmage:{seed}:{index}")  # noqa: S311 - repeatable on purpose, nothing secret
    kind = choose_kind(rng, wish)
    store = find_store(wish.store) if wish.store else rng.choice(STORES)
    terms, rate, currency = _terms(rng, kind, store)
    bought = goods.choose(rng, kind, wish.lines, store.currency)
    made_at = write_time(at - timedelta(minutes=rng.randint(0, 9)))
    order = {
        "increment_id": shop.new_increment_id("order", store.id),
        "order_id": str(shop.next_number("order id")),
        "store_id": str(store.id),
        "store_name": store.full_name,
        "created_at": made_at,
        "updated_at": write_time(at),
        "status": "processing",
        "state": "processing",
        "hold_before_state": None,
        "hold_before_status": None,
        **_currencies(store, currency, rate),
        **_people(rng, kind, store, shop),
        "quote_id": str(shop.next_number("quote")),
        "is_virtual": "0",
        "email_sent": "1",
        "shipping_method": "flatrate_flatrate",
        "shipping_description": "Flat Rate - Fixed",
        "gift_message_id": None,
        "remote_ip": f"203.0.113.{rng.randint(1, 254)}",
        "coupon_code": f"SAVE{terms.discount_percent:.0f}" if terms.discount_percent else None,
        "applied_rule_ids": "1" if terms.discount_percent else "",
    }
    for kind_of_address in ("billing_address", "shipping_address"):
        order[kind_of_address]["parent_id"] = order["order_id"]
    order["items"] = goods.build_items(shop, order, bought, (terms, rate))
    _price(rng, kind, order, (store, terms, rate))
    order["payment"] = _payment(kind, order, shop)
    order["status_history"] = [_history(order, "pending" if kind == "cod" else order["status"], made_at)]
    if kind in _STATES:
        order["state"], order["status"] = _STATES[kind]
    return order, kind


def _terms(rng, kind, store):
    is_included = {"tax_included": True, "tax_excluded": False}.get(kind, store.is_tax_included)
    percent = Decimal(rng.choice((5, 10, 15, 25))) if kind == "discount" else ZERO
    terms = Terms(store.tax_percent, is_included, percent)
    currency = rng.choice(sorted(FOREIGN_RATES[store.currency])) if kind == "multi_currency" else store.currency
    rate = FOREIGN_RATES[store.currency][currency] if currency != store.currency else Decimal(1)
    return terms, rate, currency


def _currencies(store, currency, rate):
    return {
        "global_currency_code": store.currency,
        "base_currency_code": store.currency,
        "store_currency_code": store.currency,
        "order_currency_code": currency,
        "store_to_base_rate": to_text(1),
        "store_to_order_rate": to_text(rate),
        "base_to_global_rate": to_text(1),
        "base_to_order_rate": to_text(rate),
    }


def _price(rng, kind, order, context):
    """Fill in the totals, in both currencies, from the lines that count."""
    store, terms, rate = context
    shipping = Decimal(_SHIPPING_PRICES[store.currency]) if rng.random() < 0.7 else ZERO
    counted = goods.counted_items(order)
    difference = rng.choice((CENT, -CENT)) if kind == "rounding" else ZERO
    for prefix in PREFIXES:
        lines = [{name: number_in(item, prefix + name) for name in goods.AMOUNTS} for item in counted]
        amount = shipping if prefix else rounded(shipping * rate)
        totals = total_order(lines, price_shipping(amount, terms), difference)
        order |= {prefix + name: to_text(value) for name, value in totals.items()}
        order[f"{prefix}total_due"] = order[f"{prefix}grand_total"]
        order |= {f"{prefix}{name}": None for name in ("total_paid", "total_refunded", "total_invoiced")}
        order |= {f"{prefix}{name}": None for name in ("total_canceled", "total_online_refunded")}
        order[f"{prefix}total_offline_refunded"] = None
        order[f"{prefix}total_qty_ordered"] = to_text(
            sum(number_in(item, "qty_ordered") for item in order["items"] if not item["parent_item_id"])
        )
    order["total_item_count"] = str(sum(not item["parent_item_id"] for item in order["items"]))
    order["weight"] = to_text(sum(number_in(item, "row_weight") for item in counted))
    order["discount_description"] = order["coupon_code"]


def _people(rng, kind, store, shop):
    """Return the buyer and both addresses."""
    country = store.country
    first, last = rng.choice(people.FIRST_NAMES[country]), rng.choice(people.LAST_NAMES[country])
    is_guest = kind == "guest"
    email = f"buyer{rng.randrange(36**6):06d}@{rng.choice(_MAIL_DOMAINS)}"
    billing = _address(rng, country, (first, last), shop) | {"address_type": "billing"}
    if rng.random() < 0.2:
        other = (rng.choice(people.FIRST_NAMES[country]), last)
        shipping = _address(rng, country, other, shop)
    else:
        shipping = {**billing, "address_id": str(shop.next_number("address"))}
    shipping["address_type"] = "shipping"
    return {
        "customer_id": None if is_guest else str(rng.randint(1, 5000)),
        "customer_is_guest": "1" if is_guest else "0",
        "customer_group_id": "0" if is_guest else "1",
        "customer_note_notify": "1",
        "customer_email": email,
        "customer_firstname": None if is_guest else first,
        "customer_lastname": None if is_guest else last,
        **_names("billing", billing),
        **_names("shipping", shipping),
        # The list joins the billing address under its own names.
        **{name: billing[name] for name in ("firstname", "lastname", "telephone", "postcode")},
        "billing_address": billing,
        "shipping_address": shipping,
    }


def _names(kind, address):
    return {
        f"{kind}_address_id": address["address_id"],
        f"{kind}_firstname": address["firstname"],
        f"{kind}_lastname": address["lastname"],
        f"{kind}_name": f"{address['firstname']} {address['lastname']}",
    }


def _address(rng, country, name, shop):
    street, city, region, postcode = rng.choice(people.PLACES[country])
    has_company = rng.random() < 0.15
    return {
        "address_id": str(shop.next_number("address")),
        "firstname": name[0],
        "lastname": name[1],
        "company": rng.choice(people.COMPANIES[country]) if has_company else None,
        # Lines of the street are one text with line feeds.
        "street": f"{street}\n{rng.choice(('2nd floor', 'c/o Smith', 'Hinterhaus'))}" if rng.random() < 0.2 else street,
        "city": city or region,
        "region": region,
        "region_id": None,
        "postcode": postcode,
        "country_id": country,
        "telephone": people.PHONES[country].format(rng.randrange(10**4), rng.randrange(10**5)),
        "fax": None,
        "vat_id": None,
    }


def _payment(kind, order, shop):
    return {
        "payment_id": str(shop.next_number("payment")),
        "parent_id": order["order_id"],
        "method": _METHODS.get(kind, "paypal_express"),
        **{f"{prefix}amount_ordered": order[f"{prefix}grand_total"] for prefix in PREFIXES},
        **{f"{prefix}shipping_amount": order[f"{prefix}shipping_amount"] for prefix in PREFIXES},
        "cc_type": None,
        "cc_last4": None,
        "po_number": None,
    }


def _history(order, status, made_at):
    return {
        "parent_id": order["order_id"],
        "is_customer_notified": "1",
        "status": status,
        "comment": None,
        "created_at": made_at,
    }
