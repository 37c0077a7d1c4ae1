"""Amazon's own words and numbers, as data. Every table names its source; all were seen on 2026-11-23.

[M] marks what no public page states and is common knowledge of the trade.
"""

from typing import NamedTuple

# === Hosts ==================================================================================================
# developer-docs.amazon.com/sp-api/docs/sp-api-endpoints; the token host from
# …/docs/connecting-to-the-selling-partner-api.

TOKEN_HOST = "https://api.amazon.com"  # noqa: S105 (an address, not a password)
REGION_HOSTS = {
    "na": "https://sellingpartnerapi-na.amazon.com",
    "eu": "https://sellingpartnerapi-eu.amazon.com",
    "fe": "https://sellingpartnerapi-fe.amazon.com",
}
AUTH, ORDERS, LISTINGS, SELLERS, FEEDS, REPORTS, INVENTORY, NOTIFICATIONS, FINANCES = FAMILIES = (
    "auth", "orders", "listings", "sellers", "feeds", "reports", "inventory", "notifications", "finances",
)  # fmt: skip
QUEUE = "queue"  # only of accounts that have one
SECRETS = CLIENT_SECRET, REFRESH_TOKEN = ("amazon_client_secret", "amazon_refresh_token")
QUEUE_SECRETS = QUEUE_KEY_ID, QUEUE_KEY = ("amazon_aws_key_id", "amazon_aws_secret_key")

# Where the presigned addresses of feed and report documents lead: Amazon's own buckets, one for each region. The name
# of a bucket is unique in all of S3, so no one else can have one of these names in another region. Seen as
# tortuga-prod-na.s3-external-1, tortuga-prod-na.s3, tortuga-prod-eu.s3-eu-west-1 and tortuga-prod-fe.s3-us-west-2 (all
# .amazonaws.com) in github.com/amzn/selling-partner-api-docs issue 949 and in answers that others published; the newer
# form s3.<region> is AWS's own (docs.aws.amazon.com/AmazonS3/latest/userguide/VirtualHosting.html). Seen 2026-11-26.
FILE_HOSTS = (r"tortuga-prod-(na|eu|fe)\.s3([.-](external-1|[a-z]{2}-[a-z]+-[0-9]))?\.amazonaws\.com",)

# === Stores =================================================================================================
# Ids and countries: developer-docs.amazon.com/sp-api/docs/marketplace-ids (the page writes UK; ISO 3166-1 says GB).
# Currencies: `defaultCurrencyCode` of the Sellers API. Tax in the price: consumer prices are shown with VAT, GST or
# consumption tax everywhere but in the United States and Canada [M]; it only decides where the amounts themselves do
# not.


class Marketplace(NamedTuple):
    """One Amazon store. ``is_tax_in_price``: what its prices are when an order's amounts do not say."""

    id: str
    country: str
    currency: str
    region: str
    name: str
    is_tax_in_price: bool = True


MARKETPLACES = (
    Marketplace("A2EUQ1WTGCTBG2", "CA", "CAD", "na", "Amazon.ca", False),
    Marketplace("ATVPDKIKX0DER", "US", "USD", "na", "Amazon.com", False),
    Marketplace("A1AM78C64UM0Y8", "MX", "MXN", "na", "Amazon.com.mx"),
    Marketplace("A2Q3Y263D00KWC", "BR", "BRL", "na", "Amazon.com.br"),
    Marketplace("A28R8C7NBKEWEA", "IE", "EUR", "eu", "Amazon.ie"),
    Marketplace("A1RKKUPIHCS9HS", "ES", "EUR", "eu", "Amazon.es"),
    Marketplace("A1F83G8C2ARO7P", "GB", "GBP", "eu", "Amazon.co.uk"),
    Marketplace("A13V1IB3VIYZZH", "FR", "EUR", "eu", "Amazon.fr"),
    Marketplace("AMEN7PMS3EDWL", "BE", "EUR", "eu", "Amazon.com.be"),
    Marketplace("A1805IZSGTT6HS", "NL", "EUR", "eu", "Amazon.nl"),
    Marketplace("A1PA6795UKMFR9", "DE", "EUR", "eu", "Amazon.de"),
    Marketplace("APJ6JRA9NG5V4", "IT", "EUR", "eu", "Amazon.it"),
    Marketplace("A2NODRKZP88ZB9", "SE", "SEK", "eu", "Amazon.se"),
    Marketplace("AE08WJ6YKNBMC", "ZA", "ZAR", "eu", "Amazon.co.za"),
    Marketplace("A1C3SOZRARQ6R3", "PL", "PLN", "eu", "Amazon.pl"),
    Marketplace("ARBP9OOSHTCHU", "EG", "EGP", "eu", "Amazon.eg"),
    Marketplace("A33AVAJ2PDY3EV", "TR", "TRY", "eu", "Amazon.com.tr"),
    Marketplace("A17E79C6D8DWNP", "SA", "SAR", "eu", "Amazon.sa"),
    Marketplace("A2VIGQ35RCS4UG", "AE", "AED", "eu", "Amazon.ae"),
    Marketplace("A21TJRUUN4KGV", "IN", "INR", "eu", "Amazon.in"),
    Marketplace("A19VAU5U5O7RUS", "SG", "SGD", "fe", "Amazon.sg"),
    Marketplace("A39IBJ37TRP1C6", "AU", "AUD", "fe", "Amazon.com.au"),
    Marketplace("A1VC38T7YXB528", "JP", "JPY", "fe", "Amazon.co.jp"),
)
MARKETPLACE_BY_ID = {marketplace.id: marketplace for marketplace in MARKETPLACES}

# === Calls ==================================================================================================
# Rate (requests per second) and burst: the "Usage Plan" tables of orders_2026-01-01, ordersV0,
# listingsItems_2021-08-01, sellers, feeds_2021-06-30, reports_2021-06-30, fbaInventory and notifications in
# github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3.
# Keys are the models' operationIds. Login with Amazon states no rate.

RATES = {
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "confirmShipment": (2.0, 10),
    "getListingsItem": (5.0, 10),
    "searchListingsItems": (5.0, 5),
    "patchListingsItem": (5.0, 5),
    "getMarketplaceParticipations": (0.016, 15),
    "createFeedDocument": (0.5, 15),
    "createFeed": (0.0083, 15),
    "getFeed": (2.0, 15),
    "getFeeds": (0.0222, 10),
    "getFeedDocument": (0.0222, 10),
    "createReport": (0.0167, 15),
    "getReport": (2.0, 15),
    "getReportDocument": (0.0167, 15),
    "getInventorySummaries": (2.0, 2),
    "listTransactions": (0.5, 10),
    "getDestinations": (1.0, 5),
    "createDestination": (1.0, 5),
    "getSubscription": (1.0, 5),
    "createSubscription": (1.0, 5),
    "deleteSubscriptionById": (1.0, 5),
}
TOKEN_OPERATION = "lwaToken"  # noqa: S105 (a name, not a password)
ORDERS_PER_PAGE = 100  # searchOrders maxResultsPerPage, orders_2026-01-01
LISTINGS_PER_PAGE = 20  # searchListingsItems pageSize, listingsItems_2021-08-01
# "The maximum number of items (SKUs) that can be returned and paged through is 1000",
# ItemSearchResults.numberOfResults.
LISTINGS_PER_SEARCH = 1000
# "at least two minutes before the time of the request", searchOrders lastUpdatedBefore.
SEARCH_DELAY_SECONDS = 120
# searchOrders includedData without FULFILLMENT_ORDERS, which only Easy Ship orders have.
ORDER_DATA = (
    "BUYER", "RECIPIENT", "PROCEEDS", "EXPENSE", "PROMOTION",
    "CANCELLATION", "FULFILLMENT", "PACKAGES", "TAX", "PAYMENT",
)  # fmt: skip
LISTING_DATA = ("summaries", "attributes", "offers", "fulfillmentAvailability")
# `type` of externally_assigned_product_identifier; Amazon's own numbers are among the others
# (github.com/amzn/selling-partner-api-docs issues 2065 and 3537).
BARCODE_TYPES = ("ean", "gtin", "upc")
ISSUE_LOCALE = "en_US"
# Of the right form and nobody's, to find out whether a call is allowed.
NO_ORDER, NO_SKU = "000-0000000-0000000", "no-such-sku"
RATE_HEADER = "x-amzn-RateLimit-Limit"
REQUEST_ID_HEADER = "x-amzn-RequestId"
USER_AGENT = "OdooOMS/19.0 (Language=Python)"

# === Orders =================================================================================================
# FulfillmentStatus, orders_2026-01-01.

STATUSES = {
    "PENDING_AVAILABILITY": "awaiting_payment",
    "PENDING": "awaiting_payment",
    "UNSHIPPED": "to_ship",
    "PARTIALLY_SHIPPED": "partly_shipped",
    "SHIPPED": "shipped",
    "CANCELLED": "cancelled",
    "UNFULFILLABLE": "unfulfillable",
}
FULFILLERS = {"MERCHANT": "seller", "AMAZON": "channel"}

# ItemProceedsBreakdown.type and OrderProceedsBreakdown.type. ITEM and TAX are no charges; what is not listed here
# becomes an "other" charge that carries Amazon's word, so that no money is dropped.
CHARGE_KINDS = {
    "SHIPPING": "shipping",
    "GIFT_WRAP": "gift_wrap",
    "COD_FEE": "cod",
    "DISCOUNT": "discount",
    "OTHER": "other",
}
# ItemTaxCollection.model: Amazon withholds the tax and pays it itself.
FACILITATOR = "MARKETPLACE_FACILITATOR"
# ItemTaxCalculationBreakdown.reportingScheme: Amazon is the deemed seller towards the buyer.
DEEMED_SELLER_SCHEMES = {"IOSS": "ioss", "UOSS": "uoss"}

# Order.programs, OrderItem.programs and AssociatedOrder.associationType in our words; others in lower case as they are.
LABELS = {
    "AMAZON_BAZAAR": "bazaar",
    "AMAZON_BUSINESS": "business",
    "AMAZON_EASY_SHIP": "easy_ship",
    "AMAZON_HAUL": "haul",
    "FBM_SHIP_PLUS": "ship_plus",
    "IN_STORE_PICK_UP": "store_pickup",
    "SUBSCRIBE_AND_SAVE": "subscription",
    "REPLACEMENT_ORIGINAL_ID": "replacement",
    "EXCHANGE_ORIGINAL_ID": "exchange",
}

# === Parcels ================================================================================================
# Codes must match Amazon's list letter by letter (github.com/amzn/selling-partner-api-docs issues 413, 772 and 2530).
# Amazon publishes no list by API; these are values of its CarrierCode schema quoted in issue 712 there, plus "Evri",
# the present name of Hermes UK, "PostNL", "Correos" and "Australia Post" from the drop-down list of Seller Central [M].
# Pairs of (how people write it, lower case; Amazon's code).

OTHER_CARRIER = "Other"
CARRIERS = (
    ("ups mail innovations", "UPS Mail Innovations"),
    ("ups", "UPS"),
    ("usps", "USPS"),
    ("united states postal service", "USPS"),
    ("fedex smartpost", "FedEx SmartPost"),
    ("fedex", "FedEx"),
    ("dhl global mail", "DHL Global Mail"),
    ("dhl", "DHL"),
    ("dpd", "DPD"),
    ("gls", "GLS"),
    ("royal mail", "Royal Mail"),
    ("parcelforce", "Parcelforce"),
    ("evri", "Evri"),
    ("hermes", "Hermes Logistik Gruppe"),
    ("tnt", "TNT"),
    ("deutsche post", "Deutsche Post"),
    ("la poste", "La Poste"),
    ("chronopost", "Chronopost"),
    ("postnl", "PostNL"),
    ("correos", "Correos"),
    ("canada post", "Canada Post"),
    ("australia post", "Australia Post"),
    ("ontrac", "OnTrac"),
    ("yamato", "YamatoTransport"),
    ("sagawa", "SagawaExpress"),
    ("nippon express", "NipponExpress"),
)

# === Stock ==================================================================================================
# `fulfillment_channel_code` of offers the seller sends himself; AMAZON_NA, AMAZON_EU … are stock in Amazon's hands.
SELLER_STOCK = "DEFAULT"
STOCK_PATH = "/attributes/fulfillment_availability"
PRICE_PATH = "/attributes/purchasable_offer"
EVERYONE = "ALL"  # the audience of a consumer price; B2B is another
# "PRODUCT" stands for any product type where the patch does not depend on it
# (github.com/amzn/selling-partner-api-models #4554).
ANY_PRODUCT_TYPE = "PRODUCT"
