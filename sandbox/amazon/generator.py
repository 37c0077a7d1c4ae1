"""Realistic orders from a seed: the same seed always gives the same orders, apart from their times."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from ..catalogue import FIRST_MARKETPLACE_FULFILLED, PRODUCTS
from ..clock import to_text
from . import people
from .marketplaces import BY_ID, DE, ES, FR, IT, JP, UK, US
from .pricing import ItemMoney, item_proceeds, money, order_proceeds

MARKETPLACES = (US, UK, DE, JP)
EU = (DE, FR, IT, ES)
# Where the catalogue is offered, and the stores of kinds that do not take any.
OFFERED_IN = (US, UK, DE, JP, FR, IT, ES)
_STORES = {"jpy": (JP,), "eu": EU, "facilitator": (US,)}
# What a mixed lot is made of; the figures are shares.
KINDS = {
    "standard": 58, "gift": 8, "discount": 13, "business": 8, "pending": 4, "fba": 5, "no_pii": 3,
    "cancelled": 1,
    # Only on demand; a share of nothing leaves the mixed lots of a seed as they are.
    "jpy": 0, "eu": 0, "facilitator": 0, "gift_wrap": 0,
}  # fmt: skip
_OWN_PRODUCTS = PRODUCTS[: FIRST_MARKETPLACE_FULFILLED - 1]
_MARKETPLACE_PRODUCTS = PRODUCTS[FIRST_MARKETPLACE_FULFILLED - 1 :]
_STATUSES = {"pending": "PENDING", "fba": "SHIPPED", "cancelled": "CANCELLED"}
_SHIPPING_PRICES = {"USD": "5.99", "GBP": "3.99", "EUR": "4.90", "JPY": "550"}
_WRAP_PRICES = {"USD": "3.99", "GBP": "2.50", "EUR": "2.95", "JPY": "330"}


@dataclass(frozen=True)
class Wish:
    """What kind of orders are wanted; `lines` is the span of their number."""

    kind: str = "mixed"
    lines: tuple = (1, 5)
    marketplace_id: str | None = None
    discount_sign: str = "negative"


def generate_order(seed, index, at, wish=Wish()):
    """Return order number `index` of a seed, last updated at the instant `at`."""
    rng = Random(f"{seed}:{index}")  # noqa: S311 - repeatable on purpose, nothing secret
    kind = wish.kind
    if kind == "mixed":
        kind = rng.choices(list(KINDS), weights=list(KINDS.values()))[0]
    marketplace = BY_ID[wish.marketplace_id] if wish.marketplace_id else rng.choice(_STORES.get(kind, MARKETPLACES))
    if marketplace not in _STORES.get(kind, OFFERED_IN):
        raise ValueError(f"no orders of the kind {kind} in the marketplace {marketplace.id}")
    places = people.PLACES[marketplace.country]
    if kind == "facilitator":
        places = [place for place in places if Decimal(people.US_SALES_TAX[place[2]])]
    place = rng.choice(places)
    items = _build_items(rng, kind, marketplace, (place, wish))
    status = _STATUSES.get(kind, "UNSHIPPED")
    order = {
        "orderId": _order_id(rng, marketplace),
        "createdTime": to_text(at - timedelta(minutes=rng.randint(0, 9))),
        "lastUpdatedTime": to_text(at),
        "programs": _programs(rng, kind),
        "salesChannel": {
            "channelName": "AMAZON",
            "marketplaceId": marketplace.id,
            "marketplaceName": marketplace.name,
        },
        **_build_people(rng, kind, marketplace, place),
        "proceeds": order_proceeds([item_money for _item, item_money in items], rng.random() < 0.5, wish.discount_sign),
        "fulfillment": _build_fulfillment(rng, status, kind, at),
        "orderItems": [item for item, _money in items],
    }
    order["payment"] = {
        "paymentExecutions": [{"paymentMethod": "CreditCard", "paymentAmount": order["proceeds"]["grandTotal"]}]
    }
    return order


def _order_id(rng, marketplace):
    start = rng.choice(people.ORDER_ID_STARTS[marketplace.country])
    return f"{start}-{rng.randrange(10**7):07d}-{rng.randrange(10**7):07d}"


def _programs(rng, kind):
    if kind == "business":
        return ["AMAZON_BUSINESS"]
    return ["PRIME"] if rng.random() < 0.3 else []


def _build_items(rng, kind, marketplace, context):
    place, wish = context
    products = _MARKETPLACE_PRODUCTS if kind == "fba" else _OWN_PRODUCTS
    low, high = wish.lines
    count = min(rng.randint(low, high), len(products))
    free_shipping = rng.random() < 0.5
    built = []
    for place_in_order, product in enumerate(rng.sample(products, count)):
        quantity = rng.choices((1, 2, 3, 6), weights=(70, 18, 8, 4))[0]
        item_money = _price_item(kind, (product, quantity, marketplace.currency))
        if free_shipping:
            item_money.shipping = Decimal(0)
        if marketplace is US:
            item_money.tax_rate = Decimal(people.US_SALES_TAX[place[2]])
        if kind == "discount" and place_in_order == 0:
            _discount(rng, item_money)
        item = _build_item(rng, kind, (product, quantity, marketplace), item_money)
        item["proceeds"] = item_proceeds(item_money, wish.discount_sign)
        built.append((item, item_money))
    return built


def _price_item(kind, sold):
    product, quantity, currency = sold
    unit = product.price(currency)
    item_money = ItemMoney(currency, goods=unit * quantity)
    item_money.shipping = Decimal(_SHIPPING_PRICES[currency])
    if kind in ("gift", "gift_wrap"):
        item_money.gift_wrap = Decimal(_WRAP_PRICES[currency])
    return item_money


def _discount(rng, item_money):
    percent = Decimal(rng.choice((5, 10, 15, 25))) / 100
    item_money.discounts = {"ITEM": item_money.rounded(item_money.goods * percent)}
    if item_money.shipping and rng.random() < 0.5:
        item_money.discounts["SHIPPING"] = item_money.shipping


def _build_item(rng, kind, sold, item_money):
    product, quantity, marketplace = sold
    price = {"unitPrice": money(product.price(marketplace.currency), marketplace.currency)}
    if kind == "business":
        price["priceDesignation"] = "BUSINESS_PRICE"
    is_shipped, is_cancelled = kind == "fba", kind == "cancelled"
    fulfillment = {
        "quantityFulfilled": quantity if is_shipped else 0,
        "quantityUnfulfilled": 0 if is_shipped or is_cancelled else quantity,
    }
    if kind == "gift":
        message = people.GIFT_MESSAGES[marketplace.country]
        gift = {"giftMessage": message, "giftWrapLevel": "Classic"}
        fulfillment["packing"] = {"giftOption": gift}
    elif kind == "gift_wrap":
        # Wrapped and paid for, but without words.
        fulfillment["packing"] = {"giftOption": {"giftWrapLevel": "Premium"}}
    item = {
        "orderItemId": f"{rng.randrange(10**13, 10**14)}",
        "quantityOrdered": quantity,
        "product": {
            "asin": product.asin,
            "title": product.name,
            "sellerSku": product.sku,
            "condition": {"conditionType": "NEW", "conditionSubtype": "NEW"},
            "price": price,
        },
        "fulfillment": fulfillment,
    }
    if item_money.discounts:
        item["promotion"] = {"breakdowns": [{"promotionId": f"PCT-{rng.randrange(10**6):06d}"}]}
    if item_money.taxes():
        collection = {"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}
        item["tax"] = {"taxCollections": [collection]}
    if marketplace is JP:
        points = int(item_money.goods // 100)
        granted = {"pointsNumber": points, "pointsMonetaryValue": money(Decimal(points), "JPY")}
        item["expense"] = {"pointsCost": {"pointsGranted": granted}}
    if is_cancelled:
        item["cancellation"] = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "Ordered by mistake"}}
    return item


def _build_people(rng, kind, marketplace, place):
    """Return buyer and recipient, or what is left of them for the kind."""
    country = marketplace.country
    first, last = rng.choice(people.FIRST_NAMES[country]), rng.choice(people.LAST_NAMES[country])
    name = f"{last} {first}" if marketplace is JP else f"{first} {last}"
    street, city, region, postal_code = place
    address = {
        "name": name,
        "addressLine1": street,
        "city": city,
        "stateOrRegion": region,
        "postalCode": postal_code,
        "countryCode": country,
        "phone": people.PHONES[country].format(rng.randrange(10**4), rng.randrange(10**5)),
        "addressType": "RESIDENTIAL",
    }
    email = f"{rng.randrange(36**8):08x}@{people.EMAIL_DOMAINS[country]}"
    buyer = {"buyerName": name, "buyerEmail": email}
    if kind == "business":
        company = rng.choice(people.COMPANIES[country])
        buyer |= {"buyerCompanyName": company, "buyerPurchaseOrderNumber": f"PO-{rng.randrange(10**5)}"}
        address |= {"companyName": company, "addressType": "COMMERCIAL"}
    if kind == "fba":
        # The marketplace ships these itself and tells the seller no address and no e-mail.
        return {"buyer": {"buyerName": first}}
    if kind == "no_pii":
        kept = ("city", "stateOrRegion", "postalCode", "countryCode")
        address = {part: address[part] for part in kept}
        buyer = {}
    address = {part: value for part, value in address.items() if value is not None}
    people_of_order = {"recipient": {"deliveryAddress": address}}
    return {"buyer": buyer, **people_of_order} if buyer else people_of_order


def _build_fulfillment(rng, status, kind, at):
    return {
        "fulfillmentStatus": status,
        "fulfilledBy": "AMAZON" if kind == "fba" else "MERCHANT",
        "fulfillmentServiceLevel": rng.choice(("STANDARD", "STANDARD", "EXPEDITED", "PRIORITY")),
        "shipByWindow": _days(at, 0, 2),
        "deliverByWindow": _days(at, 3, 6),
    }


def _days(at, first, last):
    start = at.replace(hour=0, minute=0, second=0, microsecond=0)
    return {
        "earliestDateTime": to_text(start + timedelta(days=first)),
        "latestDateTime": to_text(start + timedelta(days=last + 1, seconds=-1)),
    }
