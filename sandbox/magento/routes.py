"""The operations that are played: method, path, ACL resource, and the official name.

Names are the operationIds of the admin schema 2.4.9; resources are those of the webapi.xml files. The asynchronous
twins have no operationId: their names are those of the synchronous ones behind `Async` and `AsyncBulk`.
"""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Operation:
    """One documented operation; None in `segments` is a path parameter. There are no documented rates."""

    name: str
    method: str
    segments: tuple
    resource: str
    mode: str = "sync"
    rate: float | None = None
    burst: int | None = None

    def is_at(self, method, segments):
        """Say whether a request goes to this operation."""
        return (
            method == self.method
            and len(segments) == len(self.segments)
            and all(own in (None, given) for own, given in zip(self.segments, segments, strict=True))
            and "" not in segments
        )

    def parameters_in(self, segments):
        """Return the decoded path parameters in their order."""
        return [given for own, given in zip(self.segments, segments, strict=True) if own is None]


def _operation(name, method, path, resource):
    segments = tuple(None if part == "*" else part for part in path.split("/"))
    return Operation(name, method, segments, resource)


_TABLE = """
GetV1Orders                    GET  orders                              Magento_Sales::actions_view
GetV1OrdersItems               GET  orders/items                        Magento_Sales::actions_view
GetV1OrdersId                  GET  orders/*                            Magento_Sales::actions_view
GetV1OrdersIdStatuses          GET  orders/*/statuses                   Magento_Sales::actions_view
GetV1OrdersIdComments          GET  orders/*/comments                   Magento_Sales::actions_view
PostV1OrdersIdComments         POST orders/*/comments                   Magento_Sales::comment
PostV1OrdersIdCancel           POST orders/*/cancel                     Magento_Sales::cancel
PostV1OrdersIdHold             POST orders/*/hold                       Magento_Sales::hold
PostV1OrdersIdUnhold           POST orders/*/unhold                     Magento_Sales::unhold
PostV1OrderOrderIdShip         POST order/*/ship                        Magento_Sales::ship
PostV1OrderOrderIdInvoice      POST order/*/invoice                     Magento_Sales::invoice
PostV1OrderOrderIdRefund       POST order/*/refund                      Magento_Sales::creditmemo
PostV1InvoiceInvoiceIdRefund   POST invoice/*/refund                    Magento_Sales::sales_invoice
GetV1Shipments                 GET  shipments                           Magento_Sales::shipment
GetV1ShipmentId                GET  shipment/*                          Magento_Sales::shipment
PostV1ShipmentTrack            POST shipment/track                      Magento_Sales::shipment
GetV1Invoices                  GET  invoices                            Magento_Sales::sales_invoice
GetV1InvoicesId                GET  invoices/*                          Magento_Sales::sales_invoice
GetV1Creditmemos               GET  creditmemos                         Magento_Sales::sales_creditmemo
GetV1CreditmemoId              GET  creditmemo/*                        Magento_Sales::sales_creditmemo
GetV1Products                  GET  products                            Magento_Catalog::products
GetV1ProductsSku               GET  products/*                          Magento_Catalog::products
PostV1ProductsBaseprices       POST products/base-prices                Magento_Catalog::catalog
PostV1ProductsBasepricesinformation POST products/base-prices-information Magento_Catalog::catalog
GetV1InventorySources          GET  inventory/sources                   Magento_InventoryApi::source
GetV1InventorySourcesSourceCode GET inventory/sources/*                 Magento_InventoryApi::source
GetV1InventoryStocks           GET  inventory/stocks                    Magento_InventoryApi::stock
GetV1InventoryStocksStockId    GET  inventory/stocks/*                  Magento_InventoryApi::stock
GetV1InventoryStocksourcelinks GET  inventory/stock-source-links        Magento_InventoryApi::stock_source_link
PostV1InventoryStocksourcelinks POST inventory/stock-source-links       Magento_InventoryApi::stock_source_link
GetV1InventoryStockresolverTypeCode GET inventory/stock-resolver/*/*    Magento_InventorySalesApi::stock
GetV1InventorySourceitems      GET  inventory/source-items              Magento_InventoryApi::source
PostV1InventorySourceitems     POST inventory/source-items              Magento_InventoryApi::stock_source_item_assign
PostV1InventorySourceitemsdelete POST inventory/source-items-delete     Magento_InventoryApi::stock_source_item_assign
GetV1InventoryGetproductsalablequantitySkuStockId GET inventory/get-product-salable-quantity/*/* \
 Magento_InventorySalesApi::stock
GetV1InventoryIsproductsalableSkuStockId GET inventory/is-product-salable/*/* Magento_InventorySalesApi::stock
GetV1StoreStoreViews           GET  store/storeViews                    Magento_Backend::store
GetV1StoreStoreGroups          GET  store/storeGroups                   Magento_Backend::store
GetV1StoreWebsites             GET  store/websites                      Magento_Backend::store
GetV1StoreStoreConfigs         GET  store/storeConfigs                  Magento_Backend::store
GetV1Modules                   GET  modules                             Magento_Backend::admin
GetV1Bulk                      GET  bulk                        Magento_Logging::system_magento_logging_bulk_operations
GetV1BulkBulkUuidStatus        GET  bulk/*/status               Magento_Logging::system_magento_logging_bulk_operations
GetV1BulkBulkUuidDetailedstatus GET bulk/*/detailed-status      Magento_Logging::system_magento_logging_bulk_operations
GetV1BulkBulkUuidOperationstatusStatus GET bulk/*/operation-status/* \
 Magento_Logging::system_magento_logging_bulk_operations
"""
OPERATIONS = tuple(_operation(*line.split()) for line in _TABLE.strip().splitlines())
RESOURCES = tuple(sorted({operation.resource for operation in OPERATIONS}))
BY_NAME = {operation.name: operation for operation in OPERATIONS}


def find_operation(method, segments):
    """Return (operation, its own segments) at a path below /rest/<store code>, or (None, ()).

    Below /async and /async/bulk only what changes something is found; a bulk has no path parameters.
    """
    segments = tuple(segments)
    # A trailing slash is no other route for Magento.
    if segments and segments[-1] == "":
        segments = segments[:-1]
    mode = "sync"
    for prefix, name in ((("async", "bulk"), "bulk"), (("async",), "async")):
        if segments[: len(prefix)] == prefix:
            mode, segments = name, segments[len(prefix) :]
            break
    if not segments or segments[0] != "V1":
        return None, ()
    fitting = [op for op in OPERATIONS if op.is_at(method, segments[1:]) and _goes(op, mode)]
    if not fitting:
        return None, ()
    # A fixed part beats a parameter in the same place.
    found = min(fitting, key=lambda op: op.segments.count(None))
    if mode != "sync":
        found = replace(found, name=f"{'Async' if mode == 'async' else 'AsyncBulk'}{found.name}", mode=mode)
    return found, segments[1:]


def _goes(operation, mode):
    return mode == "sync" or (operation.method != "GET" and (mode == "async" or None not in operation.segments))
