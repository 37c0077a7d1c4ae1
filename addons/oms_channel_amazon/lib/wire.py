"""The documents as Amazon sends them: what we read of them, strictly typed. The order itself is in ``wire_order``.

Field names, types and required fields: orders_2026-01-01.json, listingsItems_2021-08-01.json, sellers.json and
ordersV0.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, seen 2026-11-23. Fields we do not
read are not listed, and fields unknown to us are let through: Amazon adds some every few months.
"""

import re
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

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
    """``amount`` is a decimal number as text."""

    amount: str
    currency_code: str


class Pagination(Wire):
    """``next_token`` is absent on the last page."""

    next_token: str | None = None


# === Listings Items 2021-08-01 ================================================================================


class Summary(Wire):
    """A listing in one store."""

    marketplace_id: str
    product_type: str | None = None
    asin: str | None = None
    item_name: str | None = None
    status: list[str] | None = None
    created_date: Instant | None = None


class Offer(Wire):
    """A price in one store."""

    marketplace_id: str
    offer_type: str | None = None
    price: Money | None = None


class Availability(Wire):
    """How many units one fulfilment network offers."""

    fulfillment_channel_code: str
    quantity: int | None = None


class Identifier(msgspec.Struct, frozen=True, kw_only=True):
    """A number others gave the product. Attributes are snake_case on the wire."""

    value: str | None = None
    type: Any = None  # a word, and a number where the listing came by feed


class Attributes(msgspec.Struct, frozen=True, kw_only=True):
    """The few attributes we read of the hundreds there are."""

    externally_assigned_product_identifier: list[Identifier] | None = None


class Item(Wire):
    """One listing."""

    sku: str
    attributes: Attributes | None = None
    summaries: list[Summary] | None = None
    offers: list[Offer] | None = None
    fulfillment_availability: list[Availability] | None = None


class SearchListingsEnvelope(Wire):
    """What a page of listings says beside them."""

    number_of_results: int
    pagination: Pagination | None = None


class Issue(Wire):
    """What Amazon finds wrong with a listing."""

    code: str
    message: str
    severity: str


class Submission(Wire):
    """The answer to a patch: ``INVALID`` comes with HTTP 200, too."""

    sku: str
    status: Literal["ACCEPTED", "INVALID", "VALID"]
    submission_id: str
    issues: list[Issue] | None = None


# === Sellers, errors, tokens =====================================================================================


class Marketplace(Wire):
    """A store."""

    id: str
    name: str | None = None


class Participation(Wire):
    """Whether the seller takes part in it."""

    is_participating: bool
    has_suspended_listings: bool


class MarketplaceParticipation(Wire):
    """One store of the account."""

    marketplace: Marketplace
    participation: Participation
    store_name: str | None = None


class Participations(Wire):
    """The stores of the account."""

    payload: list[MarketplaceParticipation]


class Error(Wire):
    """Why Amazon refused."""

    code: str
    message: str | None = None
    details: str | None = None


class Errors(Wire):
    """ErrorList. ConfirmShipmentErrorResponse has the same shape."""

    errors: list[Error]


class Token(msgspec.Struct, frozen=True, kw_only=True):
    """Login with Amazon's answer; snake_case on the wire (RFC 6749 §5.1)."""

    access_token: str
    expires_in: int


class TokenError(msgspec.Struct, frozen=True, kw_only=True):
    """Login with Amazon's refusal (RFC 6749 §5.2)."""

    error: str
    error_description: str | None = None
