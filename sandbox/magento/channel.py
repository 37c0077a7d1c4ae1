"""The Magento stand-in as a whole: finds the operation, checks who asks, and answers."""

from ..amazon.rates import RateLimits
from ..wire import json_answer
from . import bulk, inventory, invoicing, orders, products, refunds, selection, shipping, stores
from .bodies import read_json
from .commands import Commands
from .criteria import read_criteria
from .errors import ApiError, failure, invalid, not_found
from .generator import Wish
from .inventory import list_found
from .oauth import DEFAULT_ACCOUNT, Integrations, base_url
from .routes import BY_NAME, find_operation
from .shop import TABLES, Shop

SETTINGS = {
    # Searches for orders see nothing younger than this; Magento shows everything at once.
    "magento_search_delay_seconds": 0,
    # True: the access token alone lets in, as with oauth/consumer/enable_integration_as_bearer.
    "bearer": False,
    # False: nobody runs the consumer of asynchronous requests, so they stay open for ever.
    "bulk_consumer": True,
    "bulk_delay_seconds": 0,
    # True or {"page_size", "default_page_size", "entities", "async_entities"}: the shop limits input.
    "input_limits": False,
    # False: products are not counted, so every shipment can be served, as with "Manage Stock: No".
    "manage_stock": True,
    # False: buyer and addresses are absent.
    "pii": True,
}
LIMITS = {"page_size": 300, "default_page_size": 20, "entities": 20, "async_entities": 5000}
FIRST_ORDERS = 8
_DOCUMENT_FIELDS = {
    "entity_id", "increment_id", "order_id", "store_id", "created_at", "updated_at", "state", "grand_total",
    "base_grand_total", "total_qty", "invoice_id", "transaction_id", "customer_id", "order_currency_code",
}  # fmt: skip


class Magento:
    """Everything below /magento: integrations, and shops with their orders and products."""

    def __init__(self, world, *, seed=1, seed_times="recent"):
        self.world = world
        world.declare_settings(SETTINGS)
        self.seed = seed
        self._seed_times = seed_times
        self.integrations = Integrations(world)
        self.rates = RateLimits()
        self.shops = {}
        self.generated = {}

    def restore(self, kept):
        """Take over what an earlier run kept, or begin with the seeds."""
        if "magento_account" not in kept:
            self.reset(with_orders=True)
            return
        self.integrations.restore(kept)
        for account in self.integrations.accounts.values():
            self._open(account["shop"])
        for table in TABLES:
            for key, value in kept.get(f"magento_{table}", {}).items():
                name, _space, rest = key.partition(" ")
                self._open(name).restore(table, rest, value)
        self.generated = dict(kept.get("magento_generated", {}))

    def reset(self, with_orders):
        """Forget everything and begin with the default integration and the catalogue, with or without orders."""
        self.integrations = Integrations(self.world)
        self.rates.clear()
        self.shops = {}
        self.generated = {}
        self.open_shop(DEFAULT_ACCOUNT)
        if with_orders:
            Commands(self).generate({"count": FIRST_ORDERS, "seed": self.seed, "age_seconds": 900})

    def open_shop(self, account):
        """Let an integration in, with a stocked shop; return the shop's name."""
        name = self.integrations.add_account(account)
        if name not in self.shops:
            self._open(name).stock_up()
        return name

    def _open(self, name):
        if name not in self.shops:
            self.shops[name] = Shop(name, self.world)
        return self.shops[name]

    def shop(self, name=None):
        """Return a shop, the default one without a name; KeyError for one that was never opened."""
        return self.shops[name or DEFAULT_ACCOUNT["shop"]]

    def facts_of(self, call):
        """Return what faults can be matched with: operation, method, path and seller (the shop)."""
        operation, _own = self._find(call)
        return {
            "operation": operation.name if operation else None,
            "method": call.method,
            "path": call.path,
            "seller": self.integrations.known_shop_of(call),
        }

    def forget_token_of(self, call):
        """Do nothing: the tokens of an integration do not end by themselves; `revoke` takes them away."""

    def failure(self, status, retry_after=None):
        """Return a planned refusal with an HTTP status, in the API's shape."""
        return failure(status).answer({} if retry_after is None else {"Retry-After": str(retry_after)})

    def answer(self, call):
        """Answer one request."""
        self.carry_out_bulks()
        operation, own = self._find(call)
        try:
            if operation is None:
                raise not_found("Request does not match any route.")
            account = self.integrations.account_of(call)
            self.integrations.check_resource(account, operation.resource)
            shop = self.shops[account["shop"]]
            if self.world.settings["throttle"] and not self.rates.allow(
                operation, shop.name, self.world.settings["rates"]
            ):
                raise failure(429)
            return self._answer_operation(operation, own, (shop, call))
        except ApiError as refusal:
            return refusal.answer()

    def carry_out_bulks(self):
        """Let the consumers of all shops do what is due."""
        for shop in self.shops.values():
            bulk.carry_out(
                shop, lambda name, path, body, shop=shop: self._perform(BY_NAME[name], path, (shop, None, body))
            )

    @staticmethod
    def _find(call):
        segments = call.segments[1:]
        if len(segments) < 3 or segments[0] != "rest":
            return None, ()
        # The store code may be missing, and a code that no store has is no code but part of the route.
        rest = segments[2:] if segments[1] in stores.CODES else segments[1:]
        return find_operation(call.method, rest)

    def _answer_operation(self, operation, own, context):
        shop, call = context
        path = operation.parameters_in(own)
        body = read_json(call) if call.method != "GET" else None
        if operation.mode != "sync":
            bodies = body if operation.mode == "bulk" else [body]
            self._check_async_size(bodies)
            return json_answer(202, bulk.accept(shop, operation, path, bodies))
        data = self._perform(operation, path, (shop, call, body))
        return json_answer(200, selection.select(data, dict(call.query).get("fields")))

    def _limits(self):
        wanted = self.world.settings["input_limits"]
        return {**LIMITS, **(wanted if isinstance(wanted, dict) else {})} if wanted else None

    def _check_async_size(self, bodies):
        limits = self._limits()
        if limits and isinstance(bodies, list) and len(bodies) > limits["async_entities"]:
            raise invalid('Maximum items of type "%type" is %max', {"type": "array", "max": limits["async_entities"]})

    def _perform(self, operation, path, context):
        """Have the effect of an operation and return its JSON values; raise ApiError."""
        shop, call, body = context
        if operation.method == "GET":
            return self._read(operation.name, path, (shop, call))
        limits = self._limits()
        entities = limits["entities" if call else "async_entities"] if limits else None
        name = operation.name
        if name in _ORDER_ACTIONS:
            return _ORDER_ACTIONS[name](shop, orders.find_order(shop, path[0]), body)
        if name == "PostV1InvoiceInvoiceIdRefund":
            return refunds.refund_invoice(shop, _document(shop.invoices, path[0]), body)
        if name in ("PostV1InventorySourceitems", "PostV1ProductsBaseprices"):
            return _LIMITED[name](shop, body, entities)
        return _WRITES[name](shop, body)

    def _read(self, name, path, context):
        shop, call = context
        if name in _SEARCHES:
            return _SEARCHES[name](shop, read_criteria(call.query, self._limits()))
        if name in ("GetV1OrdersId", "GetV1OrdersIdStatuses", "GetV1OrdersIdComments"):
            return self._read_order(name, orders.find_order(shop, path[0]), shop)
        if name == "GetV1StoreStoreConfigs":
            codes = [value for key, value in call.query if key.startswith("storeCodes")]
            return stores.list_configs(base_url(call).partition("/magento/")[0] + "/magento", codes)
        return _READS[name](shop, *path)

    def _read_order(self, name, record, shop):
        if name == "GetV1OrdersIdStatuses":
            return record["order"].get("status")
        if name == "GetV1OrdersIdComments":
            return orders.list_comments(record)
        shop.note("order_read", record["order"]["entity_id"], {})
        return orders.render(record["order"], self.world.settings)

    def commands(self, seller_id):
        """Return {name: function of one JSON value} for the control endpoint."""
        return Commands(self, seller_id).by_name()

    def sell_one(self):
        """Let one more buyer order what is in stock, as the seed says; unpaid orders get paid."""
        commands = Commands(self)
        commands.pay_old_orders()
        return commands.sell_in_stock(self.seed, Wish())

    def fill_backlog(self, count):
        """Begin with `count` generated orders of the last quarter of an hour."""
        Commands(self).generate({"count": count, "seed": self.seed, "age_seconds": 900})

    def state(self, seller_id):
        """Return orders, documents and quantities as JSON values."""
        self.carry_out_bulks()
        name = seller_id or DEFAULT_ACCOUNT["shop"]
        # The one who asks may have a seller of another stand-in in mind: that shop is empty.
        shop = self.shops.get(name) or Shop(name, self.world)
        quantities = {}
        for row in shop.source_items.values():
            quantities.setdefault(row["sku"], {})[row["source_code"]] = row["quantity"]
        return {
            "seller": shop.name,
            "orders": {str(key): record["order"] for key, record in shop.orders.items()},
            "reserved": {str(key): record["reserved"] for key, record in shop.orders.items() if record["reserved"]},
            "quantities": quantities,
            **{
                table: {str(key): row for key, row in shop.tables[table].items()}
                for table in ("shipments", "invoices", "creditmemos", "bulks")
            },
        }


def _document(table, text):
    found = table.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else None
    if found is None:
        raise not_found()
    return found


def _list_documents(table):
    return lambda shop, criteria: list_found(list(shop.tables[table].values()), criteria, _DOCUMENT_FIELDS)


_ORDER_ACTIONS = {
    "PostV1OrdersIdComments": orders.add_comment,
    "PostV1OrdersIdCancel": lambda shop, record, _body: orders.cancel(shop, record),
    "PostV1OrdersIdHold": lambda shop, record, _body: orders.hold(shop, record),
    "PostV1OrdersIdUnhold": lambda shop, record, _body: orders.unhold(shop, record),
    "PostV1OrderOrderIdShip": shipping.ship_order,
    "PostV1OrderOrderIdInvoice": invoicing.invoice_order,
    "PostV1OrderOrderIdRefund": refunds.refund_order,
}
_LIMITED = {
    "PostV1InventorySourceitems": inventory.save_source_items,
    "PostV1ProductsBaseprices": products.save_base_prices,
}
_WRITES = {
    "PostV1ShipmentTrack": shipping.add_track,
    "PostV1ProductsBasepricesinformation": products.list_base_prices,
    "PostV1InventoryStocksourcelinks": inventory.save_links,
    "PostV1InventorySourceitemsdelete": inventory.delete_source_items,
}
_SEARCHES = {
    "GetV1Orders": orders.search_orders,
    "GetV1OrdersItems": orders.search_items,
    "GetV1Shipments": _list_documents("shipments"),
    "GetV1Invoices": _list_documents("invoices"),
    "GetV1Creditmemos": _list_documents("creditmemos"),
    "GetV1Products": products.search_products,
    "GetV1InventorySources": lambda _shop, criteria: inventory.search_sources(criteria),
    "GetV1InventoryStocks": lambda _shop, criteria: inventory.search_stocks(criteria),
    "GetV1InventoryStocksourcelinks": inventory.search_links,
    "GetV1InventorySourceitems": inventory.search_source_items,
    "GetV1Bulk": bulk.search_operations,
}
_READS = {
    "GetV1ShipmentId": lambda shop, key: _document(shop.shipments, key),
    "GetV1InvoicesId": lambda shop, key: _document(shop.invoices, key),
    "GetV1CreditmemoId": lambda shop, key: _document(shop.creditmemos, key),
    "GetV1ProductsSku": products.get_product,
    "GetV1InventorySourcesSourceCode": lambda _shop, code: inventory.get_source(code),
    "GetV1InventoryStocksStockId": lambda _shop, key: inventory.get_stock(key),
    "GetV1InventoryStockresolverTypeCode": lambda _shop, kind, code: inventory.resolve_stock(kind, code),
    "GetV1InventoryGetproductsalablequantitySkuStockId": inventory.get_salable_quantity,
    "GetV1InventoryIsproductsalableSkuStockId": inventory.is_salable,
    "GetV1StoreStoreViews": lambda _shop: stores.list_stores(),
    "GetV1StoreStoreGroups": lambda _shop: list(stores.GROUPS),
    "GetV1StoreWebsites": lambda _shop: list(stores.WEBSITES),
    "GetV1Modules": lambda _shop: list(stores.MODULES),
    "GetV1BulkBulkUuidStatus": lambda shop, key: bulk.show_status(bulk.find_bulk(shop, key), False),
    "GetV1BulkBulkUuidDetailedstatus": lambda shop, key: bulk.show_status(bulk.find_bulk(shop, key), True),
    "GetV1BulkBulkUuidOperationstatusStatus": lambda shop, key, status: bulk.count_status(
        bulk.find_bulk(shop, key), status
    ),
}
