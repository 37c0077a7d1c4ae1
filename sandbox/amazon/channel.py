"""The Amazon stand-in as a whole: finds the operation, checks the caller, and answers."""

import uuid

from ..wire import Answer, json_answer
from .auth import DEFAULT_ACCOUNT, Login
from .commands import Commands
from .documents import Documents
from .errors import ApiError, failure, forbidden
from .fba import get_inventory_summaries
from .feeds import Feeds
from .finances import list_transactions
from .generator import Wish
from .listing_patches import patch_listing
from .listings import get_listing, search_listings
from .notifications import Notifications
from .operations import DOWNLOAD, SQS, SQS_ROOT, TOKEN, UPLOAD, find_operation
from .orders import get_order, search_orders
from .queues import Queues
from .rates import RateLimits, limits_of
from .reports import Reports
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
    # How long feeds and reports take; with 0 they are done at the next request.
    "feed_seconds": 0,
    "report_seconds": 0,
    # A listings feed dies after so many messages, which it has applied.
    "fatal_after": None,
    # Results of feeds and reports come compressed.
    "gzip_results": False,
    # The flat file of returns: UTF-8 or ISO-8859-1; one without rows is "cancelled" or has its "header" alone.
    "report_encoding": "UTF-8",
    "empty_reports": "cancelled",
    # Money is listed so long after it was posted, up to two days in the documentation; pages have 500 transactions.
    "finance_seconds": 0,
    "transactions_per_page": 500,
    # RELEASED; DEFERRED; or DEFERRED_RELEASED, which lists each refund once more, as released.
    "refund_status": "RELEASED",
    # Each item of a refund is a transaction of its own.
    "split_refunds": False,
    # Each notification lies in its queue twice; a queue gives the newest first.
    "notify_twice": False,
    "notify_reordered": False,
}


class Amazon:
    """Everything below /amazon: accounts, sellers with their orders and listings, rates."""

    def __init__(self, world, *, seed=1, seed_times="recent"):
        self.world = world
        world.declare_settings(SETTINGS)
        self.seed = seed
        self._seed_times = seed_times
        self.rates = RateLimits()
        self._begin()

    def _begin(self):
        self.rates.clear()
        self.sellers = {}
        self.generated = {}
        self.login = Login(self.world)
        self.documents = Documents(self.world)
        self.queues = Queues(self.world)
        self.notifications = Notifications(self.world, self.queues, self.login.application_of)
        self.feeds = Feeds(self.world, self.documents, self.seller, self.notifications.feed_ended)
        self.reports = Reports(self.world, self.documents, self.seller)
        self._operations = self._table()

    def restore(self, kept):
        """Take over what an earlier run kept, or begin with the seeds."""
        if "amazon_account" not in kept:
            self.reset(with_orders=True)
            return
        for part in (self.login, self.documents, self.queues, self.notifications, self.feeds.jobs, self.reports.jobs):
            part.restore(kept)
        for account in self.login.accounts.values():
            self.seller(account["seller_id"])
        for key, listing in kept.get("amazon_listing", {}).items():
            self.sellers[key.partition(" ")[0]].listings[listing["sku"]] = listing
        for record in kept.get("amazon_order", {}).values():
            seller = self.sellers[record["seller"]]
            seller.restore_order(record)
            self.notifications.order_known(seller, record["order"])
        for key, refunds in kept.get("amazon_refund", {}).items():
            seller_id, _space, order_id = key.partition(" ")
            self.sellers[seller_id].refunds[order_id] = refunds
        for key, entry in kept.get("amazon_return", {}).items():
            self.sellers[key.partition(" ")[0]].returns[entry["rma"]] = entry
        self.generated = dict(kept.get("amazon_generated", {}))

    def reset(self, with_orders):
        """Forget everything and begin with the default account, the listings and maybe the examples."""
        self._begin()
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
            self.sellers[seller_id] = Seller(seller_id, self.world, self.notifications.order_changed)
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
        self._advance()
        request_id = {"x-amzn-RequestId": str(uuid.uuid4())}
        operation = find_operation(call.method, call.segments[1:])
        if operation is TOKEN:
            answer = self.login.answer(call)
        elif operation in (UPLOAD, DOWNLOAD):
            return self.documents.answer(call, call.segments[-1])
        elif operation in (SQS, SQS_ROOT):
            return self.queues.answer(call)
        elif operation is None:
            answer = forbidden("").answer()
        else:
            answer = self._answer_operation(operation, call)
        answer.headers.update(request_id)
        return answer

    def _advance(self):
        self.feeds.jobs.advance()
        self.reports.jobs.advance()

    def _answer_operation(self, operation, call):
        overrides = self.world.settings["rates"]
        try:
            if operation.scope:
                caller = client = self.login.application_of(call, operation.scope)
            else:
                caller = self.sellers[self.login.seller_of(call)]
                client = caller.seller_id
            throttled = self.world.settings["throttle"]
            if throttled and not self.rates.allow(operation, client, overrides):
                raise failure(429)
            path = operation.parameters_in(call.segments[1:])
            data = self._operations[operation.name](caller, call, path)
            answer = Answer(operation.success) if data is None else json_answer(operation.success, data)
        except ApiError as refusal:
            answer = refusal.answer()
        if answer.status not in operation.statuses_without_limit:
            rate, _burst = limits_of(operation, overrides)
            answer.headers["x-amzn-RateLimit-Limit"] = str(rate)
        return answer

    def _table(self):
        """Return {operation: function of caller, request and path parameters}; one that returns None has no body."""
        world, feeds, reports, notifications = self.world, self.feeds, self.reports, self.notifications
        return {
            "confirmShipment": lambda seller, call, path: confirm_shipment(world, seller, call, path[0]),
            "searchOrders": lambda seller, call, _path: search_orders(world, seller, call),
            "getOrder": lambda seller, call, path: get_order(world, seller, call, path[0]),
            "getListingsItem": get_listing,
            "searchListingsItems": search_listings,
            "patchListingsItem": lambda seller, call, path: patch_listing(world, seller, call, path),
            "getMarketplaceParticipations": lambda _seller, call, _path: get_participations(call),
            "getInventorySummaries": lambda seller, call, _path: get_inventory_summaries(world, seller, call),
            "listTransactions": lambda seller, call, _path: list_transactions(world, seller, call),
            "createFeedDocument": feeds.create_document,
            "getFeedDocument": feeds.get_document,
            "createFeed": feeds.create,
            "getFeeds": feeds.search,
            "getFeed": feeds.get,
            "cancelFeed": feeds.cancel,
            "createReport": reports.create,
            "getReports": reports.search,
            "getReport": reports.get,
            "cancelReport": reports.cancel,
            "getReportDocument": reports.get_document,
            "createDestination": notifications.create_destination,
            "getDestinations": notifications.list_destinations,
            "getDestination": notifications.get_destination,
            "deleteDestination": notifications.delete_destination,
            "createSubscription": notifications.subscribe,
            "getSubscription": notifications.get_subscription,
            "getSubscriptionById": notifications.get_subscription_by_id,
            "deleteSubscriptionById": notifications.unsubscribe,
        }

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
        """Return orders, listings, refunds, returns, feeds, reports and what lies in queues as JSON values."""
        self._advance()
        seller = self.seller(seller_id)
        return {
            "seller": seller.seller_id,
            "orders": {key: record.order for key, record in seller.records.items()},
            "listings": {
                sku: listing["attributes"].get("fulfillment_availability", [])
                for sku, listing in seller.listings.items()
            },
            "offers": {sku: listing["offers"] for sku, listing in seller.listings.items()},
            "fba": {sku: listing["fba"]["quantity"] for sku, listing in seller.listings.items() if "fba" in listing},
            "refunds": seller.refunds,
            "returns": seller.returns,
            "feeds": self.feeds.jobs.listed(seller.seller_id),
            "reports": self.reports.jobs.listed(seller.seller_id),
            "queues": self.queues.state(),
        }
