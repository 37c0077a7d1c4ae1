"""The OpenMage stand-in as a whole: hands out the WSDL, finds the operation, checks the caller, and answers."""

from dataclasses import dataclass

from ..amazon.rates import RateLimits
from ..wire import Answer
from . import creditmemos, invoices, orders, products, shipments
from .accounts import DEFAULT_ACCOUNT, Accounts
from .commands import Commands
from .errors import INTERNAL, SoapFault, bad_request
from .generator import Wish
from .seeds import build_products
from .soap import CONTENT_TYPE, Writer, change_entries, operation_name, read_request, session_id_of
from .store import DOCUMENTS, Shop
from .stores import STORES, find_store, render_store
from .wsdl import build_wsdl

SETTINGS = {
    # The target namespace; urn:Magento before OpenMage 19.4.17 and 20.0.15.
    "namespace": "urn:OpenMage",
    # What api/config/compliance_wsi chooses: the WS-I flavour (document/literal) instead of RPC/encoded.
    "wsi": False,
    # False: names, addresses and mail addresses are nil.
    "pii": True,
}
VERSION = {"magento_version": "1.9.4.5", "magento_edition": "Community"}
_HTML = "<html><head><title>{0}</title></head><body><h1>{0}</h1></body></html>"


@dataclass
class Context:
    """What an operation works with: the shop of the caller, the values of its parts, and how yes is said."""

    world: object
    shop: Shop
    values: dict
    yes: object


PERFORMERS = {
    "storeList": lambda _context: [render_store(store) for store in STORES],
    "storeInfo": lambda context: _show_store(context.values.get("storeId")),
    "magentoInfo": lambda _context: VERSION,
    "salesOrderList": orders.list_orders,
    "salesOrderInfo": orders.show_order,
    "salesOrderAddComment": orders.add_comment,
    "salesOrderHold": orders.hold_order,
    "salesOrderUnhold": orders.release_order,
    "salesOrderCancel": orders.cancel_order,
    "salesOrderShipmentList": shipments.list_shipments,
    "salesOrderShipmentInfo": shipments.show_shipment,
    "salesOrderShipmentCreate": shipments.create_shipment,
    "salesOrderShipmentAddTrack": shipments.add_track,
    "salesOrderShipmentRemoveTrack": shipments.remove_track,
    "salesOrderShipmentGetCarriers": shipments.list_carriers,
    "salesOrderInvoiceList": invoices.list_invoices,
    "salesOrderInvoiceInfo": invoices.show_invoice,
    "salesOrderInvoiceCreate": invoices.create_invoice,
    "salesOrderInvoiceCapture": invoices.capture_invoice,
    "salesOrderCreditmemoList": creditmemos.list_creditmemos,
    "salesOrderCreditmemoInfo": creditmemos.show_creditmemo,
    "salesOrderCreditmemoCreate": creditmemos.create_creditmemo,
    "salesOrderCreditmemoCancel": creditmemos.cancel_creditmemo,
    "catalogProductList": products.list_products,
    "catalogProductInfo": products.show_product,
    "catalogInventoryStockItemList": products.list_stock,
    "catalogInventoryStockItemUpdate": products.update_stock,
    "catalogInventoryStockItemMultiUpdate": products.update_many,
}


def _show_store(wanted):
    store = find_store(wanted)
    if store is None:
        raise SoapFault(100, "Requested store view not found.")
    return render_store(store)


class OpenMage:
    """Everything below /openmage: API users, each with a shop of its own."""

    def __init__(self, world, *, seed=1, seed_times="recent"):
        # There are no example orders whose times could be kept.
        self.world = world
        world.declare_settings(SETTINGS)
        self.seed = seed
        self.accounts = Accounts(world)
        self.rates = RateLimits()
        self.shops = {}
        self.generated = {}

    def restore(self, kept):
        """Take over what an earlier run kept, or begin with an empty shop."""
        if "openmage_user" not in kept:
            self.reset(with_orders=True)
            return
        self.accounts.restore(kept)
        for kind in (*DOCUMENTS, "product"):
            for entry in kept.get(f"openmage_{kind}", {}).values():
                self.shop(entry["shop"]).restore(kind, entry["record"])
        for entry in kept.get("openmage_number", {}).values():
            self.shop(entry["shop"]).restore_number(entry)
        self.generated = dict(kept.get("openmage_generated", {}))

    def reset(self, with_orders):
        """Forget everything and begin with the default user and the catalogue; there are no first orders."""
        self.accounts.clear()
        self.rates.clear()
        self.shops = {}
        self.generated = {}
        self.open_shop(DEFAULT_ACCOUNT)

    def open_shop(self, account):
        """Let an API user log in, with a shop that sells the whole catalogue; return the user's name."""
        shop = self.shop(self.accounts.add(account))
        for product in build_products(self.world.clock.now()):
            shop.put("product", product)
        return shop.name

    def shop(self, name=None):
        """Return the shop of a user, the default one without a name; a new name gets an empty shop."""
        name = name or DEFAULT_ACCOUNT["username"]
        if name not in self.shops:
            self.shops[name] = Shop(name, self.world)
        return self.shops[name]

    def facts_of(self, call):
        """Return what faults can be matched with: operation, method, path and seller (the API user)."""
        is_wsdl = _asks_for_wsdl(call)
        return {
            "operation": ("wsdl" if is_wsdl else operation_name(call.body)) if _is_endpoint(call) else None,
            "method": call.method,
            "path": call.path,
            "seller": None if is_wsdl else self.accounts.known_user_of(session_id_of(call.body)),
        }

    def forget_token_of(self, call):
        """Let the session of a request end now."""
        self.accounts.expire(session_id_of(call.body))

    def failure(self, status, retry_after=None):
        """Return a planned refusal: a fault for status 500, else the page of the web server in front of the shop."""
        if status == 500:
            answer = self._writer().fault(SoapFault(INTERNAL))
        else:
            page = _HTML.format(f"Error {status}").encode()
            answer = Answer(status, page, {"Content-Type": "text/html; charset=utf-8"})
        if retry_after is not None:
            answer.headers["Retry-After"] = str(retry_after)
        return answer

    def change_entries(self, answer, change):
        """Return an answer whose list of entries, if it is one, went through `change`."""
        return change_entries(answer, change)

    def answer(self, call):
        """Answer one request."""
        if not _is_endpoint(call):
            return self.failure(404)
        if _asks_for_wsdl(call):
            address = f"http://{call.header('host') or 'localhost'}{call.path}"
            body = build_wsdl(self.world.settings["namespace"], address, self.world.settings["wsi"])
            return Answer(200, body, {"Content-Type": CONTENT_TYPE})
        try:
            return self._answer_call(call)
        except SoapFault as fault:
            return self._writer().fault(fault)

    def _answer_call(self, call):
        if call.method != "POST":
            raise bad_request()
        settings = self.world.settings
        operation, values = read_request(call.body, settings["namespace"], settings["wsi"])
        throttled = settings["throttle"] and not self.rates.allow(
            operation, self.accounts.known_user_of(values.get("sessionId")), settings["rates"]
        )
        if throttled:
            return self.failure(429, 1)
        return self._writer().answer(operation, self._perform(operation, values))

    def _perform(self, operation, values):
        if operation.name == "login":
            return self.accounts.log_in(values.get("username"), values.get("apiKey"))
        if operation.name == "startSession":
            return self.accounts.new_session_id()  # Nobody has logged in with it, so it opens nothing.
        session_id = values.pop("sessionId", None)
        if operation.name == "endSession":
            self.accounts.end(session_id)
            return True
        user = self.accounts.user_of(session_id)
        self.accounts.ensure_right(user, operation.right)
        is_number = self.world.settings["wsi"] and operation.wsi_type
        shop = self.shop(user["username"])
        context = Context(self.world, shop, values, 1 if is_number else True)
        try:
            return PERFORMERS[operation.name](context)
        except (AttributeError, KeyError, TypeError) as problem:
            if shop.has_odd_orders:
                raise SoapFault(INTERNAL) from problem  # What a test put in is not what the shop's rules can work with.
            raise

    def _writer(self):
        return Writer(self.world.settings["namespace"], self.world.settings["wsi"])

    def commands(self, seller_id):
        """Return {name: function of one JSON value} for the control endpoint."""
        return Commands(self, seller_id).by_name()

    def sell_one(self):
        """Let one more buyer order what is in stock, as the seed says; unpaid orders get paid."""
        commands = Commands(self)
        commands.pay_old_orders()
        return commands.sell_listed(self.seed, Wish())

    def fill_backlog(self, count):
        """Begin with `count` generated orders of the last quarter of an hour."""
        Commands(self).generate({"count": count, "seed": self.seed, "age_seconds": 900})

    def state(self, seller_id):
        """Return orders, documents and stock as JSON values."""
        shop = self.shop(seller_id)
        return {
            "seller": shop.name,
            **{f"{kind}s": dict(shop.records[kind]) for kind in DOCUMENTS},
            "listings": {
                sku: {"qty": product["qty"], "is_in_stock": product["is_in_stock"]}
                for sku, product in shop.products.items()
            },
        }


def _is_endpoint(call):
    """Say whether a request goes to SOAP v2, with or without index.php and the name of the action."""
    segments = [part for part in call.segments[1:] if part]
    if segments[:1] == ["index.php"]:
        segments = segments[1:]
    return segments in (["api", "v2_soap"], ["api", "v2_soap", "index"])


def _asks_for_wsdl(call):
    return any(name.lower() == "wsdl" for name, _value in call.query)
