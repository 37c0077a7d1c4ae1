"""The documents as eBay sends them, beside orders and cases: what we read of them, strictly typed.

Field names and types: sell_inventory 1.18.0, commerce_identity_v1, commerce_notification v1.2.0 and
developer_key_management_v1 of eBay's OpenAPI 3 documents, seen 2026-11-26. They name no required field, so what we
cannot do without is required here. Fields we do not read are not listed, unknown ones are let through.
"""

import re
from datetime import datetime
from typing import Annotated, Any, TypeVar

import msgspec
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import read, shown

T = TypeVar("T")
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
_PLACE = re.compile(r"^(?P<reason>.*?)(?: - at `(?P<path>[^`]*)`)?$", re.DOTALL)


class Wire(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """Base of all documents: snake_case here, camelCase on the wire."""


def decode(body: bytes, shape: type[T]) -> T:
    """Return ``body`` as a value of ``shape``.

    :raise Malformed: with the JSON path of the first thing wrong
    """
    return convert(read(body), shape)


def convert(tree: Any, shape: type[T]) -> T:
    """Return an already decoded document as a value of ``shape``.

    :raise Malformed: with the JSON path of the first thing wrong
    """
    try:
        return msgspec.convert(tree, shape)
    except msgspec.ValidationError as error:
        found = _PLACE.match(str(error))
        reason = shown(found["reason"].replace("`", "“", 1).replace("`", "”", 1), 160)
        raise Malformed("wrong_shape", path=found["path"] or "$", reason=reason) from None


class Money(Wire):
    """Amount. ``value`` is a decimal number as text; the ``converted_from`` pair is the same in another currency."""

    value: str
    currency: str
    converted_from_value: str | None = None
    converted_from_currency: str | None = None


# === Sell Inventory ===========================================================================================


class ShipToLocation(Wire):
    """Units offered for sending."""

    quantity: int | None = None


class Availability(Wire):
    """Where units are offered."""

    ship_to_location_availability: ShipToLocation | None = None


class Product(Wire):
    """What is sold."""

    title: str | None = None
    ean: list[str] | None = None
    upc: list[str] | None = None
    isbn: list[str] | None = None


class InventoryItem(Wire):
    """One SKU."""

    sku: str
    product: Product | None = None
    availability: Availability | None = None


class InventoryEnvelope(Wire):
    """What a page of SKUs says beside them."""

    next: str | None = None
    total: int | None = None


class OfferPricing(Wire):
    """What an offer costs."""

    price: Money | None = None


class OfferListing(Wire):
    """The listing an offer became."""

    listing_id: str | None = None
    listing_status: str | None = None


class Offer(Wire):
    """A SKU in one marketplace."""

    offer_id: str
    marketplace_id: str | None = None
    format: str | None = None
    status: str | None = None
    available_quantity: int | None = None
    pricing_summary: OfferPricing | None = None
    listing: OfferListing | None = None


class Offers(Wire):
    """The offers of a SKU."""

    offers: list[Offer] | None = None


class Error(Wire):
    """Why eBay refused. ``parameters`` name the value it did not like."""

    error_id: int | str | None = None
    message: str | None = None
    long_message: str | None = None


class PriceQuantityRow(Wire):
    """The answer to one SKU or one offer of a bulk push."""

    status_code: int
    sku: str | None = None
    offer_id: str | None = None
    errors: list[Error] | None = None


class PriceQuantityAnswer(Wire):
    """The answer to a bulk push."""

    responses: list[PriceQuantityRow]


class Errors(Wire):
    """An answer that is a refusal. Post-Order writes ``error`` where the others write ``errors``."""

    errors: list[Error] | None = None
    error: list[Error] | None = None


# === Identity, keys, tokens =====================================================================================


class User(Wire):
    """The account behind a token."""

    user_id: str | None = None
    username: str | None = None
    registration_marketplace_id: str | None = None


class PublicKey(Wire):
    """The key with which eBay signs what it tells us."""

    key: str
    algorithm: str | None = None
    digest: str | None = None


class Destination(Wire):
    """An address of ours that eBay knows."""

    destination_id: str
    delivery_config: dict[str, Any] | str | None = None


class Destinations(Wire):
    """All of them."""

    destinations: list[Destination] | None = None


class Subscription(Wire):
    """A topic we are told of."""

    subscription_id: str
    topic_id: str | None = None
    status: str | None = None
    destination_id: str | None = None


class Subscriptions(Wire):
    """All of them."""

    subscriptions: list[Subscription] | None = None


class SigningKey(Wire):
    """The key with which we sign. The private half is shown once, when it is made."""

    private_key: str
    jwe: str
    signing_key_id: str | None = None
    expiration_time: int | None = None


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """An answer of the token endpoint; snake_case on the wire (RFC 6749 §5.1)."""

    access_token: str
    expires_in: int
    refresh_token: str | None = None
    refresh_token_expires_in: int | None = None


class TokenError(msgspec.Struct, frozen=True, kw_only=True):
    """A refusal of the token endpoint (RFC 6749 §5.2)."""

    error: str
    error_description: str | None = None
