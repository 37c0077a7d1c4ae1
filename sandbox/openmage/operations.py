"""The operations that are played: what goes in and out in both flavours, and the right that each one needs.

Names and types from the WSDLs, rights from the `etc/api.xml` of Mage_Core, Mage_Catalog, Mage_CatalogInventory and
Mage_Sales (sources as in `wire_types.py`).
"""

from dataclasses import dataclass

from .wire_types import Field, read_fields

SESSION = Field("sessionId", "string", True)


@dataclass(frozen=True)
class Operation:
    """One operation; `request` and `response` are lines as in `wire_types.TYPES`, `wsi_…` says where WS-I differs."""

    name: str
    text: str
    right: str | None
    request: str
    response: str
    wsi_request: str | None = None
    wsi_type: str | None = None
    # Magento limits nothing by itself; a shop's own web server may, which the setting `rates` plays.
    rate: float | None = None
    burst: int | None = None

    @property
    def needs_session(self):
        """Say whether it is refused without a live session."""
        return self.right is not None

    def message(self, is_answer):
        """Return the name of its message."""
        if is_answer:
            return f"{self.name}Response"
        return f"{self.name}Request" if self.needs_session else self.name

    def wsi_element(self, is_answer):
        """Return the name of the element that is the message in WS-I."""
        return f"{self.message(is_answer)}Param"

    def parts(self, is_wsi):
        """Return the fields of its request."""
        own = read_fields(self.wsi_request if is_wsi and self.wsi_request is not None else self.request)
        return (SESSION, *own) if self.needs_session else own

    def answer_part(self, is_wsi):
        """Return the one field of its answer."""
        (field,) = read_fields(self.response)
        if is_wsi:
            return Field("result", self.wsi_type or field.type, True)
        return field


_ORDER = "orderIncrementId!"
_SHIPMENT = "shipmentIncrementId!"
_INVOICE = "invoiceIncrementId!"
_MEMO = "creditmemoIncrementId!"
_QTYS = "itemsQty:orderItemIdQtyArray!"

OPERATIONS = {
    operation.name: operation
    for operation in (
        Operation("login", "Login user and retrieve session id", None, "username! apiKey!", "loginReturn"),
        # endSession needs no live session: it also "ends" one that has ended.
        Operation("endSession", "End web service session", None, "sessionId!", "endSessionReturn:boolean"),
        Operation("startSession", "Start web service session", None, "", "startSessionReturn"),
        Operation("storeList", "List of stores", "core/store/list", "", "stores:storeEntityArray"),
        Operation("storeInfo", "Store view info", "core/store/info", "storeId!", "info:storeEntity"),
        Operation("magentoInfo", "Info about current Magento installation", "core/magento/info", "",
                  "info:magentoInfoEntity"),
        Operation("salesOrderList", "Retrieve list of orders by filters", "sales/order/info", "filters:filters!",
                  "result:salesOrderListEntityArray"),
        Operation("salesOrderInfo", "Retrieve order information", "sales/order/info", _ORDER,
                  "result:salesOrderEntity"),
        Operation("salesOrderAddComment", "Add comment to order", "sales/order/change",
                  f"{_ORDER} status! comment notify", "result:boolean",
                  f"{_ORDER} status! comment notify:int", "int"),
        Operation("salesOrderHold", "Hold order", "sales/order/change", _ORDER, "result:boolean", wsi_type="int"),
        Operation("salesOrderUnhold", "Unhold order", "sales/order/change", _ORDER, "result:boolean", wsi_type="int"),
        Operation("salesOrderCancel", "Cancel order", "sales/order/change", _ORDER, "result:boolean", wsi_type="int"),
        Operation("salesOrderShipmentList", "Retrieve list of shipments by filters", "sales/order/shipment/info",
                  "filters:filters", "result:salesOrderShipmentEntityArray"),
        Operation("salesOrderShipmentInfo", "Retrieve shipment information", "sales/order/shipment/info", _SHIPMENT,
                  "result:salesOrderShipmentEntity"),
        Operation("salesOrderShipmentCreate", "Create new shipment for order", "sales/order/shipment/create",
                  f"{_ORDER} {_QTYS} comment email:int! includeComment:int!", "shipmentIncrementId"),
        Operation("salesOrderShipmentAddTrack", "Add new tracking number", "sales/order/shipment/track",
                  f"{_SHIPMENT} carrier! title! trackNumber! weight:double", "result:int"),
        Operation("salesOrderShipmentRemoveTrack", "Remove tracking number", "sales/order/shipment/track",
                  f"{_SHIPMENT} trackId!", "result:boolean", wsi_type="int"),
        Operation("salesOrderShipmentGetCarriers", "Retrieve list of allowed carriers for order",
                  "sales/order/shipment", _ORDER, "result:associativeArray"),
        Operation("salesOrderInvoiceList", "Retrieve list of invoices by filters", "sales/order/invoice/info",
                  "filters:filters", "result:salesOrderInvoiceEntityArray"),
        Operation("salesOrderInvoiceInfo", "Retrieve invoice information", "sales/order/invoice/info", _INVOICE,
                  "result:salesOrderInvoiceEntity"),
        # Its first part is the number of the order, whatever it is called.
        Operation("salesOrderInvoiceCreate", "Create new invoice for order", "sales/order/invoice/create",
                  f"{_INVOICE} {_QTYS} comment email includeComment", "result"),
        Operation("salesOrderInvoiceCapture", "Capture invoice", "sales/order/invoice/capture", _INVOICE,
                  "result:boolean", wsi_type="string"),
        Operation("salesOrderCreditmemoList", "Retrieve list of creditmemos by filters", "sales/order/creditmemo/list",
                  "filters:filters", "result:salesOrderCreditmemoEntityArray"),
        Operation("salesOrderCreditmemoInfo", "Retrieve creditmemo information", "sales/order/creditmemo/info", _MEMO,
                  "result:salesOrderCreditmemoEntity"),
        Operation("salesOrderCreditmemoCreate", "Create new creditmemo for order", "sales/order/creditmemo/create",
                  f"{_ORDER} creditmemoData:salesOrderCreditmemoData comment notifyCustomer:int includeComment:int"
                  " refundToStoreCreditAmount", "result"),
        Operation("salesOrderCreditmemoCancel", "Cancel creditmemo", "sales/order/creditmemo/cancel", _MEMO,
                  "result:boolean", wsi_type="string"),
        Operation("catalogProductList", "Retrieve products list by filters", "catalog/product/info",
                  "filters:filters! storeView", "storeView:catalogProductEntityArray", "filters:filters! store"),
        Operation("catalogProductInfo", "Retrieve product", "catalog/product/info",
                  "productId! storeView attributes:catalogProductRequestAttributes identifierType",
                  "info:catalogProductReturnEntity",
                  "productId! store attributes:catalogProductRequestAttributes identifierType"),
        Operation("catalogInventoryStockItemList", "Retrieve stock data by product ids", "cataloginventory/info",
                  "products:ArrayOfString!", "result:catalogInventoryStockItemEntityArray",
                  "productIds:ArrayOfString!"),
        Operation("catalogInventoryStockItemUpdate", "Update product stock data", "cataloginventory/update",
                  "product! data:catalogInventoryStockItemUpdateEntity!", "result:int",
                  "productId! data:catalogInventoryStockItemUpdateEntity!"),
        Operation("catalogInventoryStockItemMultiUpdate", "Multi stock item update", "cataloginventory/update",
                  "productIds:ArrayOfString! productData:catalogInventoryStockItemUpdateEntityArray!",
                  "result:boolean"),
    )
}  # fmt: skip
