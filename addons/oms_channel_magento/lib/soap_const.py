"""OpenMage's own words and numbers for SOAP v2, as data. Every table names its source; all were seen on 2026-11-26.

The merged WSDLs are those of github.com/OpenMage/magento-lts, commit e18d6107b21b: ``wsdl.xml`` (RPC/encoded) and
``wsi.xml`` (WS-I document/literal) in ``app/code/core/Mage/*/etc``.
"""

from datetime import timedelta

(SOAP,) = FAMILIES = ("soap",)
SECRETS = (API_KEY,) = ("openmage_api_key",)
# Mage/Api/controllers/IndexController.php and V2/SoapController.php: where the interface answers below the shop.
SOAP_PATH = "/index.php/api/v2_soap/index"

# Settings of the shop, "Magento Core API, Client Session Timeout": 3600 seconds unless changed. One that ends earlier
# is noticed by fault 5.
SESSION = timedelta(seconds=3600)
SESSION_MARGIN = timedelta(seconds=300)

# Faults every call may get (Mage/Api/etc/api.xml).
UNKNOWN_ERROR, INTERNAL_ERROR, ACCESS_DENIED, SESSION_EXPIRED = "0", "1", "2", "5"
# The call is not in this shop's interface, or its module is off: path invalid, not callable.
NO_SUCH_CALL = frozenset({"3", "4"})
# The code for "there is no such thing" is another one in each part (Mage/Sales/etc/api.xml, Mage/Catalog/etc/api.xml,
# Mage/CatalogInventory/etc/api.xml).
NOT_EXISTS = {
    "salesOrderInfo": frozenset({"100"}),
    "salesOrderCancel": frozenset({"100"}),
    "salesOrderShipmentInfo": frozenset({"100"}),
    "salesOrderShipmentCreate": frozenset({"103"}),
    "salesOrderShipmentAddTrack": frozenset({"100"}),
    "salesOrderShipmentRemoveTrack": frozenset({"100", "104"}),
    "salesOrderShipmentGetCarriers": frozenset({"103"}),
    "salesOrderCreditmemoInfo": frozenset({"100"}),
    "salesOrderCreditmemoCreate": frozenset({"103"}),
    "catalogInventoryStockItemUpdate": frozenset({"101"}),
    "catalogInventoryStockItemMultiUpdate": frozenset({"101"}),
}
# What else the parts refuse with, in our words.
FAULT_NAMES = {
    "salesOrderList": {"101": "filters_invalid"},
    "salesOrderCancel": {"103": "status_not_changed"},
    "salesOrderShipmentCreate": {"102": "data_invalid"},
    "salesOrderShipmentAddTrack": {"102": "data_invalid"},
    "salesOrderShipmentRemoveTrack": {"105": "track_not_deleted"},
    "salesOrderCreditmemoList": {"101": "filters_invalid"},
    "salesOrderCreditmemoCreate": {
        "102": "data_invalid",
        "105": "cannot_refund_to_storecredit",
        "106": "cannot_create_creditmemo",
    },
    "catalogInventoryStockItemUpdate": {"102": "not_updated"},
    "catalogInventoryStockItemMultiUpdate": {"102": "not_updated", "103": "multi_update_not_match"},
}
# Mage/Api/Model/Server/Handler/Abstract.php passes the text of any exception on under code 1: a refusal in plain words,
# or a breakdown. These are breakdowns.
BREAKDOWN_WORDS = ("see log", "sqlstate", "deadlock", "lock wait", "memory", "maximum execution", "gone away")
# Mage/Sales/Model/Order/Shipment/Api.php: its only refusal of a carrier; answered with 102 as others are.
INVALID_CARRIER = "invalid carrier"

# PHP's own SOAP server (ext/soap, php_encoding.c) about a text that is no UTF-8: the whole answer becomes this fault.
CANNOT_WRITE = "SOAP-ERROR: Encoding"

# A shop documents no rates. Its own server does all the work, so a long catching up is gentle; and a rate is what
# remembers that the shop's web server asked us to wait, whoever asks next.
CALLS_PER_SECOND, CALLS_AT_ONCE = 0.9, 2000
CALLS = (
    *("login", "magentoInfo", "storeList", "salesOrderList", "salesOrderInfo", "salesOrderCancel"),
    *("salesOrderShipmentList", "salesOrderShipmentInfo", "salesOrderShipmentCreate", "salesOrderShipmentAddTrack"),
    *("salesOrderShipmentRemoveTrack", "salesOrderShipmentGetCarriers", "salesOrderCreditmemoList"),
    *("salesOrderCreditmemoInfo", "salesOrderCreditmemoCreate", "catalogProductList", "catalogInventoryStockItemList"),
    *("catalogInventoryStockItemUpdate", "catalogInventoryStockItemMultiUpdate"),
    *("salesOrderInvoiceList", "salesOrderInvoiceInfo", "salesOrderInvoiceCreate", "salesOrderInvoiceCapture"),
)

# Orders of one page: each is a call of its own.
ORDERS_PER_PAGE = 20
REFUNDS_PER_PAGE = 20
PRODUCTS_PER_PAGE = 200
STOCK_BATCH = 50
# A list has no paging, so it is asked for in slices of time that grow while little comes and shrink when much does.
FIRST_SLICE = timedelta(hours=1)
LONGEST_SLICE = timedelta(days=31)
SHORTEST_SLICE = timedelta(minutes=1)
ROWS_PER_SLICE = 200
SLICES_PER_PAGE = 100
# Magento writes updated_at before it commits, so what is younger may still appear with an earlier time.
SETTLING = timedelta(seconds=60)
