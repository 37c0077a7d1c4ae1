"""Realistic eBay orders from a seed: the same seed always gives the same orders, apart from their times."""

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from random import Random

from ..amazon import people
from ..catalogue import FIRST_MARKETPLACE_FULFILLED, PRODUCTS
from .marketplaces import BY_ID, DE, GB, JP, US
from .money import COLLECTED, Unit, add_up
from .seeds import listing_id
from .store import stamp

MARKETPLACES = (US, GB, DE)
# What a mixed lot is made of; the figures are shares. The other kinds come only when they are asked for.
KINDS = {
    "standard": 50, "discount": 12, "multi_qty": 10, "us_tax": 8, "eu_vat": 5, "no_sku": 5, "unpaid": 4, "gsp": 3,
    "converted": 2, "cancelled": 1, "jpy": 0,
}  # fmt: skip
_HOMES = {"us_tax": US, "eu_vat": DE, "gsp": GB, "converted": GB, "jpy": JP}
_OWN_PRODUCTS = PRODUCTS[: FIRST_MARKETPLACE_FULFILLED - 1]
_SHIPPING = {"USD": "5.99", "GBP": "3.99", "EUR": "4.9", "JPY": "550"}
_CARRIERS = {
    "US": ("USPS", "USPSPriority"), "GB": ("RoyalMail", "UK_RoyalMailTracked48"), "DE": ("DHL", "DE_DHLPaket"),
    "JP": ("Other", "JP_StandardShipping"),
}  # fmt: skip
_VAT = {"EUR": Decimal("0.19"), "GBP": Decimal("0.20")}
_POUNDS_PER_DOLLAR = Decimal("0.7925")
_HUB = {
    "fullName": "International Shipping Hub",
    "contactAddress": {
        "addressLine1": "1850 Airport Exchange Blvd #200", "city": "Erlanger", "stateOrProvince": "KY",
        "postalCode": "41025", "countryCode": "US",
    },
}  # fmt: skip
_NOTES = ("Please leave it with the neighbour.", "Bitte nicht knicken!", "Gift — no invoice inside, please.")


@dataclass(frozen=True)
class Wish:
    """What kind of orders are wanted; ``lines`` is the span of their number."""

    kind: str = "mixed"
    lines: tuple = (1, 4)
    marketplace_id: str | None = None
    seller_id: str = "oms-seller"


def generate_order(seed, index, at, wish=Wish()):
    """Return order number ``index`` of a seed, last modified at the instant ``at``, and its kind.

    One of the kind "cancelled" is still open: the seller's other records must learn of the cancellation, too.
    """
    rng = Random(f"ebay:{seed}:{index}")  # noqa: S311 - repeatable on purpose, nothing secret
    kind = wish.kind
    if kind == "mixed":
        kind = rng.choices(list(KINDS), weights=list(KINDS.values()))[0]
    marketplace = _HOMES.get(kind) or (BY_ID[wish.marketplace_id] if wish.marketplace_id else rng.choice(MARKETPLACES))
    place = rng.choice(people.PLACES[marketplace.country])
    created = at - timedelta(minutes=rng.randint(0, 9))
    lines = _build_lines(rng, kind, (marketplace, place, wish), created)
    order = {
        "orderId": f"{rng.randrange(10, 28)}-{rng.randrange(10**5):05d}-{rng.randrange(10**5):05d}",
        "creationDate": stamp(created),
        "lastModifiedDate": stamp(at),
        "orderFulfillmentStatus": "NOT_STARTED",
        "orderPaymentStatus": "PENDING" if kind == "unpaid" else "PAID",
        "sellerId": wish.seller_id,
        "buyer": {},
        "cancelStatus": {"cancelState": "NONE_REQUESTED", "cancelRequests": []},
        "paymentSummary": {"payments": [_build_payment(kind, created)], "refunds": []},
        "fulfillmentStartInstructions": [],
        "fulfillmentHrefs": [],
        "lineItems": lines,
        "salesRecordReference": str(rng.randrange(100, 99999)),
    }
    _add_people(rng, kind, order, (marketplace, place))
    add_up(order)
    return order, kind


def _build_payment(kind, created):
    if kind == "unpaid":
        return {"paymentMethod": "EBAY", "paymentStatus": "PENDING"}
    return {"paymentMethod": "EBAY", "paymentStatus": "PAID", "paymentDate": stamp(created + timedelta(seconds=30))}


def _build_lines(rng, kind, context, created):
    marketplace, place, wish = context
    low, high = wish.lines
    count = min(rng.randint(low, high), len(_OWN_PRODUCTS))
    is_free = rng.random() < 0.4 and kind not in ("gsp", "converted")
    built = []
    for position, product in enumerate(rng.sample(_OWN_PRODUCTS, count)):
        quantity = rng.randint(2, 6) if kind == "multi_qty" else rng.choices((1, 2, 3), weights=(75, 18, 7))[0]
        line = _build_line(rng, kind, (product, quantity, marketplace), created)
        unit = _unit_of(kind, marketplace)
        listed = "USD" if kind == "converted" else marketplace.currency
        goods = product.price(listed) * quantity
        shipping = Decimal(0) if is_free else Decimal(_SHIPPING[listed])
        line["lineItemCost"] = unit.amount(goods)
        line["deliveryCost"] = {"shippingCost": unit.amount(shipping)}
        if kind == "discount":
            goods -= _discount(rng, line, unit, (goods, shipping, position))
        if kind == "gsp":
            line["deliveryCost"]["importCharges"] = unit.amount(goods * Decimal("0.2"))
            line["deliveryCost"]["shippingIntermediationFee"] = unit.amount(Decimal(0))
        _tax(kind, line, unit, (goods + shipping, marketplace, place))
        built.append(line)
    return built


def _unit_of(kind, marketplace):
    if kind == "converted":
        return Unit(marketplace.currency, "USD", _POUNDS_PER_DOLLAR)
    return Unit(marketplace.currency)


def _build_line(rng, kind, sold, created):
    product, quantity, marketplace = sold
    listed_on = US if kind in ("converted", "gsp") else marketplace
    line = {
        "lineItemId": f"{rng.randrange(10**12, 10**13)}",
        "legacyItemId": listing_id(product),
        "sku": product.sku,
        "title": product.name,
        "quantity": quantity,
        "soldFormat": "FIXED_PRICE",
        "listingMarketplaceId": listed_on.id,
        "purchaseMarketplaceId": marketplace.id,
        "lineItemFulfillmentStatus": "NOT_STARTED",
        "appliedPromotions": [],
        "taxes": [],
        "refunds": [],
        "properties": {"buyerProtection": True},
        "itemLocation": {"location": "Spokane, Washington", "countryCode": "US", "postalCode": "99201"},
        "lineItemFulfillmentInstructions": {
            "minEstimatedDeliveryDate": stamp(created + timedelta(days=3)),
            "maxEstimatedDeliveryDate": stamp(created + timedelta(days=6)),
            "shipByDate": stamp(created + timedelta(days=2)),
            "guaranteedDelivery": False,
        },
    }
    if kind == "no_sku":
        del line["sku"]
        if rng.random() < 0.3:
            line["legacyVariationId"] = f"{rng.randrange(10**11, 10**12)}"
            line["variationAspects"] = [{"name": "Colour", "value": product.name.rpartition(", ")[2]}]
    return line


def _discount(rng, line, unit, context):
    """Take a promotion off the goods of a line, off the shipping of the first too; return the goods' part."""
    goods, shipping, position = context
    off = (goods * Decimal(rng.choice((5, 10, 15, 25))) / 100).quantize(Decimal("0.01"))
    promotion = {"promotionId": str(rng.randrange(10**9, 10**10)), "description": "Order discount"}
    line["appliedPromotions"] = [{"discountAmount": unit.amount(off), **promotion}]
    if position == 0 and shipping:
        line["deliveryCost"]["discountAmount"] = unit.amount(shipping)
    return off


def _tax(kind, line, unit, context):
    base, marketplace, place = context
    if kind == "us_tax":
        # A place without a sales tax would make no order of this kind.
        rate = Decimal(people.US_SALES_TAX[place[2]]) or Decimal("0.0600")
        tax = {"taxType": "STATE_SALES_TAX", "amount": unit.amount(base * rate), "collectionMethod": "NET"}
        line[COLLECTED] = [tax]
    elif kind == "eu_vat":
        reference = {"name": "IOSS", "value": "IM2760000000"}
        tax = {"taxType": "VAT", "amount": unit.amount(base * _VAT[marketplace.currency]), "collectionMethod": "NET"}
        line[COLLECTED] = [{**tax, "ebayReference": reference}]


def _add_people(rng, kind, order, where):
    marketplace, place = where
    country = marketplace.country
    first, last = rng.choice(people.FIRST_NAMES[country]), rng.choice(people.LAST_NAMES[country])
    name = f"{last} {first}" if marketplace is JP else f"{first} {last}"
    street, city, region, postal_code = place
    address = {
        "addressLine1": street,
        "city": city,
        "stateOrProvince": region,
        "postalCode": postal_code,
        "countryCode": country,
    }
    address = {part: value for part, value in address.items() if value is not None}
    contact = {
        "fullName": name,
        "contactAddress": address,
        "primaryPhone": {"phoneNumber": people.PHONES[country].format(rng.randrange(10**4), rng.randrange(10**5))},
        "email": f"{rng.randrange(36**10):010x}@members.ebay.com",
    }
    tax_address = {
        part: address[part] for part in ("city", "stateOrProvince", "postalCode", "countryCode") if part in address
    }
    order["buyer"] = {
        "username": f"buyer_{rng.randrange(36**6):06x}",
        "taxAddress": tax_address,
        "buyerRegistrationAddress": contact,
    }
    if kind == "eu_vat":
        number = {"taxpayerId": f"IT{rng.randrange(10**10, 10**11)}", "taxIdentifierType": "CODICE_FISCALE"}
        order["buyer"]["taxIdentifier"] = {**number, "issuingCountry": "IT"}
    if rng.random() < 0.15:
        order["buyerCheckoutNotes"] = rng.choice(_NOTES)
    order["fulfillmentStartInstructions"] = [_instruction(rng, kind, contact, marketplace)]


def _instruction(rng, kind, contact, marketplace):
    carrier, service = _CARRIERS[marketplace.country]
    step = {"shippingCarrierCode": carrier, "shippingServiceCode": service, "shipTo": contact}
    instruction = {"fulfillmentInstructionsType": "SHIP_TO", "shippingStep": step}
    if kind == "gsp":
        reference = str(rng.randrange(10**11, 10**12))
        step |= {"shipTo": _HUB, "shipToReferenceId": f"Reference #{reference}"}
        instruction["ebaySupportedFulfillment"] = True
        instruction["finalDestinationAddress"] = contact["contactAddress"]
    return instruction
