"""Magento's own words and numbers, as data. Every table names its source; all were seen on 2026-11-26."""

USER_AGENT = "OMS/1.0 (Language=Python)"
(REST,) = FAMILIES = ("rest",)
SECRETS = CONSUMER_SECRET, ACCESS_TOKEN, ACCESS_TOKEN_SECRET = (
    "magento_consumer_secret",
    "magento_access_token",
    "magento_access_token_secret",
)
# Not a header of Magento's own: what stands before a shop (Fastly, nginx) sets it.
REQUEST_ID_HEADER = "x-request-id"

# === Sizes ==========================================================================================================
# developer.adobe.com/commerce/webapi/get-started/api-security: where input is limited, 20 entities for each call, 5,000
# for each asynchronous one, and pages of 300.
ORDERS_PER_PAGE = 100
LISTINGS_PER_PAGE = 100
ROWS_PER_CALL = 50  # their SKUs go into one address, which web servers end at 8 kB
ROWS_WHERE_LIMITED = 20
ROWS_PER_BULK = 1000
# Magento sorts "filters[10]" after "filters[9]" where OAuth sorts bytes, and finds the signature wrong
# (github.com/magento/zf1 pull request 34), so no list of a query gets that long.
FILTERS_PER_GROUP = 10
MOST_DOCUMENTS_OF_ORDER = 200

# === Words ==========================================================================================================

DEFAULT_SOURCE = "default"  # the source every shop has (InventoryCatalogApi, DefaultSourceProviderInterface)
ALL_STORES = "all"
# Product types nothing is stored of: a configurable is sold as its variants, a grouped product as its members.
NEVER_SENT = frozenset({"configurable", "grouped"})
# Product types without a quantity of their own.
NO_STOCK = frozenset({*NEVER_SENT, "bundle"})
# asynchronous-operations-data-operation-interface, `status`: 1 complete, 2 failed and may be tried again, 3 failed,
# 4 open, 5 rejected.
BULK_DONE, BULK_RETRIABLE, BULK_OPEN = (1, "1"), (2, "2"), (4, "4")
# Payment methods of which the shop never holds money it could send back (module-offline-payments).
OFFLINE_METHODS = frozenset({"checkmo", "banktransfer", "cashondelivery", "purchaseorder", "free"})
# sales-data-invoice-interface and sales-data-creditmemo-interface, `state` (Magento\Sales\Model\Order\Invoice and
# Creditmemo): 1 open, 2 paid or refunded, 3 cancelled.
PAID = 2
REFUND_STATES = {1: "pending", 2: "done", 3: "failed"}
# A refusal for lack of a permission is HTTP 401, too; these words tell it from a refused sign-in
# (Magento\Framework\Webapi\ErrorProcessor and Magento\Webapi\Controller\Rest\RequestValidator).
NO_PERMISSION = "isn't authorized to access"
