"""eBay's own words and numbers, as data. Every table names its source; all were seen on 2026-11-26.

[M] marks what no public page states and is common knowledge of the trade.
"""

from datetime import timedelta
from typing import NamedTuple

# === Hosts ==================================================================================================
# developer.ebay.com/api-docs/static/oauth-consent-request.html and oauth-auth-code-grant-request.html; the second API
# host from `servers` of commerce_identity_v1 and developer_key_management_v1.

AUTH, API, APIZ, CONSENT = FAMILIES = ("auth", "api", "apiz", "consent")
HOSTS = {
    "production": {
        AUTH: "https://api.ebay.com",
        API: "https://api.ebay.com",
        APIZ: "https://apiz.ebay.com",
        CONSENT: "https://auth.ebay.com",
    },
    "sandbox": {
        AUTH: "https://api.sandbox.ebay.com",
        API: "https://api.sandbox.ebay.com",
        APIZ: "https://apiz.sandbox.ebay.com",
        CONSENT: "https://auth.sandbox.ebay.com",
    },
}
CLIENT_SECRET, REFRESH_TOKEN, SIGNING_KEY = SECRETS = (
    "ebay_client_secret",
    "ebay_refresh_token",
    "ebay_signing_key",
)
VERIFICATION_TOKEN = "ebay_verification_token"  # noqa: S105 (the name it is kept under)
PUBLIC_KEY_PREFIX = "public_key:"

# === Scopes =================================================================================================
# `security` of the operations in eBay's OpenAPI documents (sell_fulfillment v1.20.7, sell_inventory 1.18.0,
# commerce_identity_v1, commerce_notification v1.2.0).


class Scope(NamedTuple):
    """One permission: its address, our name for it, and what it is for."""

    url: str
    name: str
    purpose: str


_SCOPE = "https://api.ebay.com/oauth/api_scope"
APP_SCOPE = _SCOPE
SCOPES = (
    Scope(f"{_SCOPE}/sell.fulfillment", "orders", "orders and parcels"),
    Scope(f"{_SCOPE}/sell.inventory", "listings", "listings, quantities and prices"),
    Scope(f"{_SCOPE}/sell.finances", "refunds", "giving money back"),
    Scope(f"{_SCOPE}/commerce.identity.readonly", "account", "the name of the account"),
    Scope(f"{_SCOPE}/commerce.notification.subscription", "notifications", "eBay telling us at once"),
)
CONSENT_SCOPES = (_SCOPE, *(scope.url for scope in SCOPES))

# === Marketplaces ===========================================================================================
# Ids: MarketplaceIdEnum of sell_fulfillment. Tax in the price: consumer prices are shown with VAT or GST everywhere but
# in the United States and Canada [M]; it only decides where the amounts themselves do not. Signature: sellers domiciled
# in the EU or the UK, developer.ebay.com/develop/guides/digital-signatures-for-apis.


class Marketplace(NamedTuple):
    """One eBay site. ``is_signed``: money may be given back there by signed calls only."""

    id: str
    country: str
    name: str
    is_tax_in_price: bool = True
    is_signed: bool = False


MARKETPLACES = (
    Marketplace("EBAY_US", "US", "eBay.com", is_tax_in_price=False),
    Marketplace("EBAY_MOTORS_US", "US", "eBay Motors", is_tax_in_price=False),
    Marketplace("EBAY_CA", "CA", "eBay.ca", is_tax_in_price=False),
    Marketplace("EBAY_GB", "GB", "eBay.co.uk", is_signed=True),
    Marketplace("EBAY_DE", "DE", "eBay.de", is_signed=True),
    Marketplace("EBAY_FR", "FR", "eBay.fr", is_signed=True),
    Marketplace("EBAY_IT", "IT", "eBay.it", is_signed=True),
    Marketplace("EBAY_ES", "ES", "eBay.es", is_signed=True),
    Marketplace("EBAY_AT", "AT", "eBay.at", is_signed=True),
    Marketplace("EBAY_BE", "BE", "eBay.be", is_signed=True),
    Marketplace("EBAY_IE", "IE", "eBay.ie", is_signed=True),
    Marketplace("EBAY_NL", "NL", "eBay.nl", is_signed=True),
    Marketplace("EBAY_PL", "PL", "eBay.pl", is_signed=True),
    Marketplace("EBAY_CH", "CH", "eBay.ch"),
    Marketplace("EBAY_AU", "AU", "eBay.com.au"),
    Marketplace("EBAY_HK", "HK", "eBay.com.hk"),
    Marketplace("EBAY_MY", "MY", "eBay.com.my"),
    Marketplace("EBAY_PH", "PH", "eBay.ph"),
    Marketplace("EBAY_SG", "SG", "eBay.com.sg"),
)
MARKETPLACE_BY_ID = {marketplace.id: marketplace for marketplace in MARKETPLACES}
# getOrders leaves out the buyer's tax number, which these two ask for: Buyer.taxIdentifier, sell_fulfillment.
TAX_NUMBER_MARKETPLACES = frozenset({"EBAY_IT", "EBAY_ES"})

# === Calls ==================================================================================================
# eBay counts calls of an application per day and API. The figures of Fulfillment, Inventory and Post-Order stand in no
# page we could read; 5,000 a day is what the trade takes for the default [M]. The token grant allows 50,000 refreshes
# a day (developer.ebay.com, OAuth rate limits). Keys are the operationIds of the documents.

CALLS_PER_DAY = 5000
_DAY = 24 * 3600
OPERATIONS = (
    "getOrders",
    "getOrder",
    "issueRefund",
    "getShippingFulfillments",
    "createShippingFulfillment",
    "bulkUpdatePriceQuantity",
    "getInventoryItems",
    "getOffers",
    "searchCancellations",
    "getCancellation",
    "checkCancellationEligibility",
    "createCancellation",
    "approveCancellationRequest",
    "rejectCancellationRequest",
    "searchReturns",
    "getReturn",
    "issueReturnRefund",
    "getUser",
    "getPublicKey",
    "getConfig",
    "updateConfig",
    "getDestinations",
    "createDestination",
    "getSubscriptions",
    "createSubscription",
    "updateSubscription",
    "createSigningKey",
)
RATES = dict.fromkeys(OPERATIONS, (CALLS_PER_DAY / _DAY, CALLS_PER_DAY))
TOKEN_OPERATION = "ebayToken"  # noqa: S105 (a name, not a password)
RATES[TOKEN_OPERATION] = (50_000 / _DAY, 1000)

ORDERS_PER_PAGE = 200  # getOrders limit: more is an error
DETAILS_PER_PAGE = 25  # ours: a page is cut before it needs more calls than this
LISTINGS_PER_PAGE = 25  # ours: each listing takes one more call for its offers; getInventoryItems allows 200
CASES_PER_PAGE = 100  # ours: searches of Post-Order
ROWS_PER_PUSH = 25  # bulkUpdatePriceQuantity, BulkPriceQuantity.requests
REVISIONS_PER_DAY = 250  # "Each listing can be revised up to 250 times in one calendar day", bulkUpdatePriceQuantity
SKU_LENGTH = 50  # InventoryItem.sku
# getOrders: "orders up to two years old"; a day less, so that no clock makes it too old.
ORDER_HISTORY = timedelta(days=729)
# "from = last run - 2 min, to = now - 2 min", developer.ebay.com/support/knowledge-base/1788.
SEARCH_DELAY = timedelta(minutes=2)
# Our clock and eBay's may differ by this much before a page is asked for again by eBay's.
CLOCK_TOLERANCE = timedelta(minutes=1)
# Post-Order searches by the day a case was opened and shows changes of all of them; cases live a few weeks [M].
CASE_LIFE = timedelta(days=60)
# What Post-Order lets us look back on at all: "cannot be set to more than 18 months in the past", Search Returns.
CASE_HISTORY = timedelta(days=540)

TAX_BREAKDOWN = "TAX_BREAKDOWN"
MARKETPLACE_HEADER = "X-EBAY-C-MARKETPLACE-ID"
REQUEST_ID_HEADER = "X-EBAY-C-REQUEST-ID"
USER_AGENT = "OdooOMS/19.0"
# "Access denied. Insufficient permissions", errorId 1100 (github.com/hendt/ebay-api issues 58 and 79).
SCOPE_MISSING = "1100"
# errorIds of sell_fulfillment and sell_inventory that mean there is no such thing.
ORDER_UNKNOWN = frozenset({"32100", "34913"})
SKU_UNKNOWN = frozenset({"25702", "25710"})
REFUND_BLOCKED = "34916"  # a case or a return is open: it must be refunded there
REFUND_RUNNING = "34922"

# === Orders =================================================================================================
# OrderFulfillmentStatus, sell_fulfillment.

STATUSES = {"NOT_STARTED": "to_ship", "IN_PROGRESS": "partly_shipped", "FULFILLED": "shipped"}
UNPAID = frozenset({"PENDING", "FAILED"})  # OrderPaymentStatusEnum
# CancelRequestStateEnum and RefundStatusEnum.
CANCEL_STATES = {"REQUESTED": "asked", "COMPLETED": "done", "REJECTED": "refused"}
REFUND_STATES = {"FAILED": "failed", "PENDING": "pending", "REFUNDED": "done"}
# FulfillmentInstructionsType: how the goods reach the buyer where it is not by a parcel of ours.
PICKUP, DIGITAL, BY_EBAY = "PREPARE_FOR_PICKUP", "DIGITAL", "FULFILLED_BY_EBAY"
INSTRUCTION_LABELS = {PICKUP: "store_pickup", DIGITAL: "digital"}

# === Parcels ================================================================================================
# eBay's list is an answer of the Trading API (GeteBayDetails, ShippingCarrierDetails). These codes are well-known ones
# of it [M]; whatever is not among them may be written by hand. Pairs of (how people write it, lower case; the code).

OTHER_CARRIER = "Other"
CARRIERS = (
    ("ups mail innovations", "UPSMailInnovations"),
    ("ups", "UPS"),
    ("usps", "USPS"),
    ("united states postal service", "USPS"),
    ("fedex smartpost", "FedExSmartPost"),
    ("fedex", "FedEx"),
    ("dhl express", "DHLEXPRESS"),
    ("dhl global mail", "DHLGlobalMail"),
    ("dhl", "DHL"),
    ("dpd", "DPD"),
    ("gls", "GLS"),
    ("royal mail", "RoyalMail"),
    ("parcelforce", "Parcelforce"),
    ("evri", "Evri"),
    ("hermes", "Hermes"),
    ("yodel", "Yodel"),
    ("tnt", "TNT"),
    ("deutsche post", "DeutschePost"),
    ("la poste", "LaPoste"),
    ("colissimo", "Colissimo"),
    ("chronopost", "Chronopost"),
    ("mondial relay", "MondialRelay"),
    ("poste italiane", "PosteItaliane"),
    ("correos", "Correos"),
    ("postnl", "PostNL"),
    ("canada post", "CanadaPost"),
    ("australia post", "AustraliaPost"),
)

# === Cancellations, refunds and returns =====================================================================
# CancelReasonEnum of Post-Order: what a seller may say. The last one stands for any reason we cannot send for.
CANCEL_REASONS = {
    "buyer_asked": "BUYER_ASKED_CANCEL",
    "wrong_address": "ADDRESS_ISSUES",
    "out_of_stock": "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    "wrong_price": "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    "suspected_fraud": "OUT_OF_STOCK_OR_CANNOT_FULFILL",
    "other": "OUT_OF_STOCK_OR_CANNOT_FULFILL",
}
# CancelStatusEnum and CancelStateEnum of Post-Order.
CANCEL_REFUSED = "CANCEL_REJECTED"
CANCEL_CLOSED_PREFIX = "CANCEL_CLOSED"
CANCEL_ASKED = frozenset({"CANCEL_REQUESTED"})
# ReasonForRefundEnum, sell_fulfillment.
REFUND_REASONS = {
    "returned": "BUYER_RETURN",
    "cancelled": "SELLER_CANCEL",
    "damaged": "ITEM_NOT_AS_DESCRIBED",
    "not_received": "ITEM_NOT_RECEIVED",
    "wrong_price": "OTHER_ADJUSTMENT",
    "goodwill": "OTHER_ADJUSTMENT",
    "other": "OTHER_ADJUSTMENT",
}
COMMENT_LENGTH = 100  # IssueRefundRequest.comment
# ReturnStateEnum and the status list of ReturnSummaryType, Post-Order 2.8.0; what is not listed counts as requested.
RETURN_STATES = {
    "INITIAL": "requested",
    "RETURN_REQUESTED": "requested",
    "RETURN_REQUEST_PENDING": "requested",
    "RETURN_REQUESTED_TIMEOUT": "requested",
    "REPLACEMENT_REQUESTED": "requested",
    "PARTIAL_REFUND_REQUESTED": "requested",
    "PENDING_TIMEOUT": "requested",
    "RETURN_LABEL_PENDING": "approved",
    "RETURN_LABEL_PENDING_TIMEOUT": "approved",
    "ITEM_READY_TO_SHIP": "approved",
    "READY_FOR_SHIPPING": "approved",
    "WAITING_FOR_RETURN_LABEL": "approved",
    "WAITING_FOR_RMA": "approved",
    "WAITING_FOR_SELLER_INFO": "approved",
    "RMA_PENDING": "approved",
    "ITEM_SHIPPED": "in_transit",
    "ITEM_DELIVERED": "received",
    "REFUND_INITIATED": "refunded",
    "AUTO_REFUND_INITIATED": "refunded",
    "PARTIAL_REFUND_INITIATED": "refunded",
    "PARTIAL_REFUND_AS_PAYOUT_INITIATED": "refunded",
    "PARTIAL_REFUND_NON_PAYPAL_INITIATED": "refunded",
    "REFUND_SENT_PENDING_CONFIRMATION": "refunded",
    "LESS_THAN_A_FULL_REFUND_ISSUED": "refunded",
    "RETURN_REJECTED": "refused",
    "CLOSED": "closed",
    "ITEM_KEPT": "closed",
    "REPLACEMENT_CLOSED": "closed",
}
RETURN_DISPUTED = frozenset({"ESCALATED"})

# === Notifications ==========================================================================================
# Topics: developer.ebay.com/api-docs/master/commerce/notification/asyncapi.
BUYER_DELETED = "MARKETPLACE_ACCOUNT_DELETION"
ORDER_TOPIC = "ORDER_CONFIRMATION"
ORDER_TOPICS = frozenset({ORDER_TOPIC, "ITEM_MARKED_SHIPPED"})
DESTINATION_NAME = "Order desk"
SIGNATURE_HEADER = "x-ebay-signature"
# Ours: eBay repeats what was not taken for a day or so [M]; what is older is somebody else's copy.
MESSAGE_LIFE = timedelta(hours=24)
MESSAGE_AHEAD = timedelta(minutes=5)
