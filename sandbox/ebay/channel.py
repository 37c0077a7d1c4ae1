"""The eBay stand-in as a whole: finds the operation, checks the caller, and answers."""

import uuid

from ..amazon.rates import RateLimits
from ..wire import Answer, json_answer
from .accounts import DailyCalls
from .auth import DEFAULT_ACCOUNT, Login
from .cancellations import finish_cancellations
from .commands import Commands
from .errors import ApiError, failure
from .generator import Wish
from .notifications import Notifications
from .operations import ANALYTICS, AUTHORIZE, OAUTH, POST_ORDER, TOKEN, find_operation
from .performing import SELLER_OPERATIONS, perform_for_application, perform_for_seller
from .refunds import settle_refunds
from .seeds import build_offers
from .signatures import SigningKeys
from .store import Seller, for_sale
from .webhooks import UnreachableError

# Those that other stand-ins have, too, mean the same; each stand-in keeps its own.
SETTINGS = {
    # Searches see nothing younger than this. eBay documents no delay, but advises to leave out two minutes.
    "search_delay_seconds": 0,
    # "offset" loses orders that move between pages, as eBay does; "keyset" keeps the list of the first page.
    "paging": "offset",
    # False: names, streets, telephones and e-mail addresses are absent.
    "pii": True,
    # What a row of bulkUpdatePriceQuantity says to a SKU that is not there: invalid (error 25702), accept.
    "unknown_sku": "invalid",
    # How long a refund stays PENDING, and what becomes of it: REFUNDED or FAILED.
    "refund_delay_seconds": 30,
    "refund_outcome": "REFUNDED",
    # Whether refunds must be signed: documented (EU and UK only), always, never.
    "signatures": "documented",
    "revisions_per_day": 250,
    # The document says both: up to 25 SKUs in a call, and one only.
    "one_sku_per_call": False,
    # {API name: calls a day}, over the documented figures; they count with `throttle`.
    "calls_per_day": {},
}


class Ebay:
    """Everything below /ebay: accounts, sellers with their orders and offers, signing keys, notifications."""

    def __init__(self, world, *, seed=1, seed_times="recent"):
        self.world = world
        self.seed = seed
        self.rates = RateLimits()
        self.calls = DailyCalls(world.clock)
        self._begin()

    def _begin(self):
        self.settings = dict(SETTINGS)
        self.login = Login(self.world)
        self.keys = SigningKeys(self.world)
        self.notifications = Notifications(self)
        self.sellers = {}
        self.generated = {}
        self.frozen = {}

    def restore(self, kept):
        """Take over what an earlier run kept, or begin with the seeds."""
        if "ebay_account" not in kept:
            self.reset(with_orders=True)
            return
        self.settings.update(kept.get("ebay_setting", {}))
        self.login.restore(kept)
        self.keys.restore(kept)
        self.notifications.restore(kept)
        for seller_id in self.login.accounts:
            self.seller(seller_id).numbers = kept.get("ebay_number", {}).get(seller_id, 0)
        for kind, take in (("offer", "offers"), ("cancellation", "cancellations"), ("return", "returns")):
            for key, value in kept.get(f"ebay_{kind}", {}).items():
                seller_id, _space, name = key.partition(" ")
                getattr(self.sellers[seller_id], take)[name] = value
        for record in kept.get("ebay_order", {}).values():
            self.sellers[record["seller"]].restore_order(record)
        self.generated = dict(kept.get("ebay_generated", {}))

    def reset(self, with_orders):
        """Forget everything and begin with the default account and its offers; there are no first orders."""
        self.rates.clear()
        self.calls.clear()
        self._begin()
        self.open_seller(DEFAULT_ACCOUNT)

    def open_seller(self, account):
        """Let a seller log in, with offers of the whole catalogue; return its id."""
        seller = self.seller(self.login.add_account(account))
        for offer in build_offers():
            seller.put_offer(offer)
        return seller.seller_id

    def seller(self, seller_id=None):
        """Return a seller, the default one without an id; a new id gets an empty seller."""
        seller_id = seller_id or DEFAULT_ACCOUNT["seller_id"]
        if seller_id not in self.sellers:
            self.sellers[seller_id] = Seller(seller_id, self.world)
        return self.sellers[seller_id]

    def next_number(self):
        """Return a number that nothing here has had, for things that belong to no seller."""
        return self.seller().next_number()

    def change_setting(self, name, value):
        """Set one of this stand-in's own settings and keep it."""
        self.settings[name] = value
        self.world.disk.put("ebay_setting", name, value)
        return value

    def settle(self):
        """Let what is due happen: refunds come to their end, and cancellations with them."""
        for seller in self.sellers.values():
            finish_cancellations(self, seller, settle_refunds(self, seller))

    def deliver(self, url, message, facts):
        """Send a signed message to an application on this machine; return the status, or None where nobody answers."""
        try:
            status = self.notifications.notary.deliver(url, message, facts)
        except UnreachableError:
            status = None
        body = {"url": url, "status": status, "forge": facts.get("forge")}
        self.world.ledger.append("notification_sent", facts.get("topic", "again"), body)
        return status

    def facts_of(self, call):
        """Return what faults can be matched with: operation, method, path and seller."""
        operation, _path = find_operation(call.method, call.segments[1:])
        return {
            "operation": operation.name if operation else None,
            "method": call.method,
            "path": call.path,
            "seller": self.login.known_seller_of(call),
        }

    def forget_token_of(self, call):
        """Let the access token of a request end now."""
        self.login.expire_token_of(call)

    def failure(self, status, retry_after=None):
        """Return a planned refusal with an HTTP status, in the shape of the REST APIs."""
        headers = {"X-EBAY-C-REQUEST-ID": str(uuid.uuid4())}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return failure(status).answer(headers)

    def answer(self, call):
        """Answer one request."""
        self.settle()
        operation, path = find_operation(call.method, call.segments[1:])
        if operation is TOKEN:
            answer = self.login.answer(call)
        elif operation is AUTHORIZE:
            answer = self.login.consent(call)
        elif operation is None:
            answer = failure(404).answer()
        else:
            answer = self._answer_operation(operation, path, call)
        answer.headers["X-EBAY-C-REQUEST-ID"] = str(uuid.uuid4())
        return answer

    def _answer_operation(self, operation, path, call):
        try:
            entry = self.login.entry_of(call, operation)
            self._count(operation, entry)
            if operation.name in SELLER_OPERATIONS and operation.api is not OAUTH:
                if entry["seller_id"] is None:
                    raise failure(403)
                status, data = perform_for_seller(self, self.seller(entry["seller_id"]), call, (operation, path))
            else:
                status, data = perform_for_application(self, entry, call, (operation, path))
        except ApiError as refusal:
            return refusal.answer(is_post_order=operation.api is POST_ORDER)
        if status == 204:
            return Answer(204)
        if status == 201:
            return json_answer(201, {}, {"Location": data})
        return json_answer(status, data)

    def _count(self, operation, entry):
        """Count a call; raise ApiError 429 when the day's calls or the planned rate are used up."""
        limits = self.settings["calls_per_day"]
        if self.world.settings["throttle"]:
            overrides = self.world.settings["rates"]
            if not self.rates.allow(operation, entry["seller_id"] or entry["client_id"], overrides):
                raise failure(429)
            if operation.api is not ANALYTICS:
                self.calls.ensure_left(entry["client_id"], operation.api, limits)
        self.calls.count(entry["client_id"], operation.api)

    def commands(self, seller_id):
        """Return {name: function of one JSON value} for the control endpoint; this stand-in's settings among them."""
        settings = {name: lambda value, name=name: self.change_setting(name, value) for name in SETTINGS}
        return {**settings, **Commands(self, seller_id).by_name()}

    def sell_one(self):
        """Let one more buyer order what is in stock, as the seed says; unpaid orders get paid."""
        commands = Commands(self)
        commands.pay_old_orders()
        return commands.sell_listed(self.seed, Wish())

    def fill_backlog(self, count):
        """Begin with ``count`` generated orders of the last quarter of an hour."""
        Commands(self).generate({"count": count, "seed": self.seed, "age_seconds": 900})

    def state(self, seller_id):
        """Return orders with their parcels, quantities for sale, cancellations and returns as JSON values."""
        self.settle()
        seller = self.seller(seller_id)
        return {
            "seller": seller.seller_id,
            "settings": self.settings,
            "orders": {key: record.order for key, record in seller.records.items()},
            "parcels": {key: record.parcels for key, record in seller.records.items() if record.parcels},
            "listings": {sku: for_sale(offer) for sku, offer in seller.offers.items()},
            "prices": {sku: offer["price"] for sku, offer in seller.offers.items()},
            "cancellations": seller.cancellations,
            "returns": seller.returns,
        }
