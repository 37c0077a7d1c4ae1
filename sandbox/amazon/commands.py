"""What a test may do to the Amazon stand-in from the side: orders, listings, tokens, accounts."""

import copy
from datetime import timedelta
from decimal import Decimal

from ..clock import from_text, to_text
from .auth import DEFAULT_ACCOUNT
from .cancellations import cancel_items, takes_stock
from .generator import KINDS, Wish, generate_order
from .pricing import money
from .refunds import paid, record_refund
from .returns import open_return
from .store import UNPAID, item_of, part_of, status_of

# Younger than the overlap of a careful importer, older than what searches hide.
DEFAULT_AGE_SECONDS = 150
_GENERATE = ("count", "seed", "lines", "same_update_time", "kind", "age_seconds", "marketplace_id")
_ATTEMPTS_TO_SELL = 20
_PAID_AFTER = timedelta(minutes=3)


class Commands:
    """The commands for one seller; each takes one JSON value and returns one."""

    def __init__(self, amazon, seller_id=None):
        self._amazon = amazon
        self._world = amazon.world
        self._seller_id = seller_id

    @property
    def _seller(self):
        # Asked for anew each time: a reset in the same request replaces all sellers.
        return self._amazon.seller(self._seller_id)

    def by_name(self):
        """Return all commands by the name they have at the control endpoint."""
        return {
            "add_orders": self.add_orders,
            "update_order": self.update_order,
            "cancel_order": self.cancel_order,
            "pay_order": self.pay_order,
            "generate": self.generate,
            "set_quantity": self.set_quantity,
            "remove_listing": self.remove_listing,
            "open_return": lambda wish: open_return(self._world, self._seller, wish),
            "refund_elsewhere": self.refund_elsewhere,
            "set_fba_quantity": self.set_fba_quantity,
            "notify": self.notify,
            "end_client_secret": lambda wish: self._amazon.login.end_client_secret(**_application(wish)),
            "rotate_client_secret": lambda wish: self._amazon.login.rotate_client_secret(**_application(wish)),
            "add_account": self._amazon.open_seller,
            "revoke_refresh_token": lambda token: self._amazon.login.revoke(token),
            "allow_refresh_token": lambda token: self._amazon.login.allow(token),
            "expire_access_tokens": lambda _value: self._amazon.login.expire_all(),
        }

    def add_orders(self, orders):
        """Store full orders as they are, whatever they contain; times that are missing become recent."""
        recent = self._world.clock.now() - timedelta(seconds=DEFAULT_AGE_SECONDS)
        for order in orders:
            order.setdefault("createdTime", to_text(recent))
            order.setdefault("lastUpdatedTime", to_text(recent))
        return [self._take(order) for order in orders]

    def update_order(self, change):
        """Merge `set` into an order (null removes); it counts as updated now, or when `set` says."""
        record = self._seller.records[change["orderId"]]
        order = _merged(record.order, change["set"])
        updated = change["set"].get("lastUpdatedTime")
        if updated is None:
            order["lastUpdatedTime"] = self._world.clock.now_text()
        self._seller.put_order(order, from_text(order["lastUpdatedTime"]))
        return order["lastUpdatedTime"]

    def cancel_order(self, wish):
        """Cancel an order: {"orderId", "by": BUYER|MERCHANT|AMAZON, "reason", "request_only"}."""
        record = self._seller.records[wish["orderId"]]
        by, reason = wish.get("by", "BUYER"), wish.get("reason", "Ordered by mistake")
        items = record.order["orderItems"]
        if not wish.get("request_only", False):
            cancel_items(self._seller, record, {item["orderItemId"]: reason for item in items}, by)
            return status_of(record.order)
        for item in items:
            request = {"requester": "BUYER", "cancelReason": reason}
            item.setdefault("cancellation", {})["cancellationRequest"] = request
        self._seller.touch(record)
        return status_of(record.order)

    def pay_order(self, order_id):
        """Let the payment of a PENDING order be authorised: it becomes UNSHIPPED."""
        record = self._seller.records[order_id]
        record.order["fulfillment"]["fulfillmentStatus"] = "UNSHIPPED"
        self._seller.touch(record)
        return "UNSHIPPED"

    def pay_old_orders(self):
        """Authorise the payment of orders that have been PENDING for some minutes."""
        limit = self._world.clock.now() - _PAID_AFTER
        for order_id, record in list(self._seller.records.items()):
            if status_of(record.order) in UNPAID and record.updated_at <= limit:
                self.pay_order(order_id)

    def generate(self, wish):
        """Make `count` orders: see the README for the other keys. Returns their ids."""
        unknown = set(wish) - set(_GENERATE)
        if unknown or wish.get("kind", "mixed") not in ("mixed", *KINDS):
            raise ValueError(f"generate knows {', '.join(_GENERATE)}; kinds mixed, {', '.join(KINDS)}")
        order_wish = Wish(
            kind=wish.get("kind", "mixed"),
            lines=tuple(wish.get("lines", (1, 5))),
            marketplace_id=wish.get("marketplace_id"),
            discount_sign=self._world.settings["discount_sign"],
        )
        age = wish.get("age_seconds", DEFAULT_AGE_SECONDS)
        spread = not wish.get("same_update_time", False)
        seed = wish.get("seed", self._amazon.seed)
        return self.sell(wish["count"], seed, order_wish, age=age, spread=spread)

    def sell(self, count, seed, wish, *, age=0, spread=False):
        """Store `count` further orders of a seed, `age` seconds old, one second apart if `spread`."""
        at = self._world.clock.now() - timedelta(seconds=age)
        ids = []
        for place in range(count):
            moment = at - timedelta(seconds=count - 1 - place) if spread else at
            ids.append(self._take(self._next_order(seed, moment, wish)))
        return ids

    def sell_listed(self, seed, wish):
        """Let one buyer order what is in stock, as a shop does; return the order's id, or None if nothing is."""
        for _attempt in range(_ATTEMPTS_TO_SELL):
            order = self._next_order(seed, self._world.clock.now(), wish)
            if not takes_stock(order) or self._seller.has_in_stock(order):
                return self._take(order)
        return None

    def _next_order(self, seed, at, wish):
        index = self._amazon.generated.get(str(seed), 0)
        self._amazon.generated[str(seed)] = index + 1
        self._world.disk.put("amazon_generated", str(seed), index + 1)
        return generate_order(seed, index, at, wish)

    def _take(self, order):
        self._seller.put_order(order)
        if takes_stock(order):
            self._seller.sell(order)
        elif part_of(order, "fulfillment").get("fulfilledBy") == "AMAZON":
            self._seller.sell_from_marketplace(order)
        return order["orderId"]

    def set_quantity(self, wish):
        """Set what is for sale from the seller's own stock: {"sku", "quantity"}."""
        listing = self._seller.listings[wish["sku"]]
        for entry in listing["attributes"]["fulfillment_availability"]:
            if entry["fulfillment_channel_code"] == "DEFAULT":
                entry["quantity"] = int(wish["quantity"])
        self._seller.put_listing(listing)
        return wish["quantity"]

    def remove_listing(self, sku):
        """Take a listing away, as if it had been deleted in Seller Central."""
        self._seller.remove_listing(sku)
        return sku

    def set_fba_quantity(self, wish):
        """Set what the marketplace stores: {"sku", "quantity"}."""
        self._seller.set_marketplace_quantity(wish["sku"], int(wish["quantity"]))
        return wish["quantity"]

    def refund_elsewhere(self, wish):
        """Refund as in Seller Central: {"orderId", "orderItemId", "amount"}; by default all that was paid for all."""
        order = self._seller.records[wish["orderId"]].order
        wanted = wish.get("orderItemId")
        items = order["orderItems"] if wanted is None else [item_of(order, wanted)]
        if None in items:
            raise ValueError(f"the order has no item {wanted}")
        batch = len(self._seller.refunds.get(wish["orderId"], ()))
        given = Decimal(0)
        for item in items:
            value, currency = paid(item)
            amount = Decimal(str(wish.get("amount", value)))
            given += amount
            refund = {
                "orderItemId": item["orderItemId"],
                "reason": wish.get("reason", "CustomerReturn"),
                "by": "SELLER_CENTRAL",
                "batch": batch,
                "components": {},
                "amount": money(amount, currency),
                "counted": str(amount),
                "quantityCancelled": None,
            }
            record_refund(self._world, self._seller, wish["orderId"], refund)
        return money(given, currency)

    def notify(self, wish):
        """Put a message into queues: {"orderId", "changeType"} as it is, or {"queue", "body"}, whatever the text is."""
        if "queue" in wish:
            self._amazon.queues.send(str(wish["queue"]), str(wish["body"]))
            return 1
        order = self._seller.records[wish["orderId"]].order
        change_type = wish.get("changeType", "OrderStatusChange")
        return self._amazon.notifications.send_order(self._seller, order, change_type)


def _application(wish):
    """Return the arguments for a command about client secrets; it may also be the client id alone."""
    wish = {"client_id": wish} if isinstance(wish, str) else dict(wish)
    return {"client_id": wish.pop("client_id", DEFAULT_ACCOUNT["client_id"]), **wish}


def _merged(target, patch):
    """Return `target` with a JSON merge patch (RFC 7386) applied."""
    if not isinstance(patch, dict):
        return patch
    merged = copy.deepcopy(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
