"""The Amazon stand-in as a whole: finds the operation, checks the caller, and answers."""

import uuid

from ..wire import Answer, json_answer
from .auth import DEFAULT_ACCOUNT, Login
from .commands import Commands
from .errors import ApiError, failure, forbidden
from .generator import Wish
from .listing_patches import patch_listing
from .listings import get_listing, search_listings
from .operations import TOKEN, find_operation
from .orders import get_order, search_orders
from .rates import RateLimits, limits_of
from .seeds import build_listings, load_examples
from .sellers import get_participations
from .shipments import confirm_shipment
from .store import Seller

SETTINGS = {
    # Searches see nothing younger than this; the documented figure is two minutes.
    "search_delay_seconds": 120,
    # "keyset" continues after the last order seen; "offset" loses orders that move between pages.
    "paging": "keyset",
    # False: buyer and recipient are absent, as for an application without those roles.
    "pii": True,
    # What PATCH says to a SKU that is not listed: not_found (404), invalid (400), accept (200).
    "unknown_sku": "not_found",
    # The marketplace does not document the sign of DISCOUNT; generated orders can have either.
    "discount_sign": "negative",
}


class Amazon:
    """Everything below /amazon: accounts, sellers with their orders and listings, rates."""

    def __init__(self, world, *, seed=1, seed_times="recent"):
        self.world = world
        world.declare_settings(SETTINGS)
        self.seed = seed
        self._seed_times = seed_times
        self.login = Login(world)
        self.rates = RateLimits()
        self.sellers = {}
        self.generated = {}

    def restore(self, kept):
        """Take over what an earlier run kept, or begin with the seeds."""
        if "amazon_account" not in kept:
            self.reset(with_orders=True)
            return
        self.login.restore(kept)
        for account in self.login.accounts.values():
            self.seller(account["seller_id"])
        for key, listing in kept.get("amazon_listing", {}).items():
            self.sellers[key.partition(" ")[0]].listings[listing["sku"]] = listing
        for record in kept.get("amazon_order", {}).values():
            self.sellers[record["seller"]].restore_order(record)
        self.generated = dict(kept.get("amazon_generated", {}))

    def reset(self, with_orders):
        """Forget everything and begin with the default account, the listings and maybe the examples."""
        self.login = Login(self.world)
        self.rates.clear()
        self.sellers = {}
        self.generated = {}
        self.open_seller(DEFAULT_ACCOUNT, with_orders)

    def open_seller(self, account, with_orders=False):
        """Let a seller log in, with listings of the whole catalogue; return its id."""
        seller = self.seller(self.login.add_account(account))
        now = self.world.clock.now()
        examples = load_examples(now, self._seed_times)
        for listing in build_listings(now, examples):
            seller.put_listing(listing)
        if with_orders:
            for order in examples:
                seller.put_order(order)
        return seller.seller_id

    def seller(self, seller_id=None):
        """Return a seller, the default one without an id; a new id gets an empty seller."""
        seller_id = seller_id or DEFAULT_ACCOUNT["seller_id"]
        if seller_id not in self.sellers:
            self.sellers[seller_id] = Seller(seller_id, self.world)
        return self.sellers[seller_id]

    def facts_of(self, call):
        """Return what faults can be matched with: operation, method, path and seller."""
        operation = find_operation(call.method, call.segments[1:])
        return {
            "operation": operation.name if operation else None,
            "method": call.method,
            "path": call.path,
            "seller": self.login.known_seller_of(call),
        }

    def forget_token_of(self, call):
        """Let the access token of a request end now."""
        self.login.expire(call.header("x-amz-access-token"))

    def failure(self, status, retry_after=None):
        """Return a planned refusal with an HTTP status, in the API's shape."""
        headers = {"x-amzn-RequestId": str(uuid.uuid4())}
        if retry_after is not None:
            headers["Retry-After"] = str(retry_after)
        return failure(status).answer(headers)

    def answer(self, call):
        """Answer one request."""
        request_id = {"x-amzn-RequestId": str(uuid.uuid4())}
        operation = find_operation(call.method, call.segments[1:])
        if operation is TOKEN:
            answer = self.login.answer(call)
        elif operation is None:
            answer = forbidden("").answer()
        else:
            answer = self._answer_operation(operation, call)
        answer.headers.update(request_id)
        return answer

    def _answer_operation(self, operation, call):
        overrides = self.world.settings["rates"]
        try:
            seller = self.sellers[self.login.seller_of(call)]
            throttled = self.world.settings["throttle"]
            if throttled and not self.rates.allow(operation, seller.seller_id, overrides):
                raise failure(429)
            answer = self._perform(operation, seller, call)
        except ApiError as refusal:
            answer = refusal.answer()
        if answer.status not in operation.statuses_without_limit:
            rate, _burst = limits_of(operation, overrides)
            answer.headers["x-amzn-RateLimit-Limit"] = str(rate)
        return answer

    def _perform(self, operation, seller, call):
        path = operation.parameters_in(call.segments[1:])
        if operation.name == "confirmShipment":
            confirm_shipment(self.world, seller, call, path[0])
            return Answer(204)
        if operation.name == "searchOrders":
            data = search_orders(self.world, seller, call)
        elif operation.name == "getOrder":
            data = get_order(self.world, seller, call, path[0])
        elif operation.name == "getListingsItem":
            data = get_listing(seller, call, path)
        elif operation.name == "searchListingsItems":
            data = search_listings(seller, call, path)
        elif operation.name == "patchListingsItem":
            data = patch_listing(self.world, seller, call, path)
        else:
            data = get_participations(call)
        return json_answer(200, data)

    def commands(self, seller_id):
        """Return {name: function of one JSON value} for the control endpoint."""
        return Commands(self, seller_id).by_name()

    def sell_one(self):
        """Let one more buyer order what is in stock, as the seed says; unpaid orders get paid."""
        commands = Commands(self)
        commands.pay_old_orders()
        return commands.sell_listed(self.seed, Wish(discount_sign=self.world.settings["discount_sign"]))

    def fill_backlog(self, count):
        """Begin with `count` generated orders of the last hour."""
        Commands(self).generate({"count": count, "seed": self.seed, "age_seconds": 900})

    def state(self, seller_id):
        """Return orders and listed quantities as JSON values."""
        seller = self.seller(seller_id)
        return {
            "seller": seller.seller_id,
            "orders": {key: record.order for key, record in seller.records.items()},
            "listings": {
                sku: listing["attributes"].get("fulfillment_availability", [])
                for sku, listing in seller.listings.items()
            },
        }
