"""What a test may do to the eBay stand-in from the side: orders, offers, tokens, accounts, messages."""

import copy
from datetime import timedelta

from ..clock import from_text
from .cancellations import cancel_now, open_cancellation
from .edits import add_line, change_quantity, combine_orders
from .generator import KINDS, Wish, generate_order
from .notifications import TOPICS, build_message, read_moment
from .refunds import refund_elsewhere
from .returns import open_return, ship_return
from .shipments import add_parcel, open_lines
from .store import lines_of, part_of, stamp
from .webhooks import FORGERIES

DEFAULT_AGE_SECONDS = 150
_GENERATE = ("count", "seed", "lines", "same_update_time", "kind", "age_seconds", "marketplace_id")
_NOTIFY = (
    "topic", "url", "data", "orderId", "username", "userId", "forge", "digest", "event_date", "publish_date",
    "notification_id", "again",
)  # fmt: skip
_ATTEMPTS_TO_SELL = 20
_PAID_AFTER = timedelta(minutes=3)


class Commands:
    """The commands for one seller; each takes one JSON value and returns one."""

    def __init__(self, ebay, seller_id=None):
        self._ebay = ebay
        self._world = ebay.world
        self._seller_id = seller_id

    @property
    def _seller(self):
        # Asked for anew each time: a reset in the same request replaces all sellers.
        return self._ebay.seller(self._seller_id)

    def by_name(self):
        """Return all commands by the name they have at the control endpoint."""
        login, own_id = self._ebay.login, self._seller.seller_id
        return {
            "generate": self.generate,
            "add_orders": self.add_orders,
            "update_order": self.update_order,
            "cancel_order": self.cancel_order,
            "pay_order": self.pay_order,
            "ship_elsewhere": self.ship_elsewhere,
            "refund_elsewhere": lambda wish: refund_elsewhere(self._ebay, self._seller, wish),
            "open_return": lambda wish: open_return(self._ebay, self._seller, wish),
            "ship_return": lambda return_id: ship_return(self._ebay, self._seller, return_id),
            "change_quantity": lambda wish: change_quantity(self._seller, wish),
            "add_line": lambda wish: add_line(self._seller, wish),
            "combine_orders": lambda wish: combine_orders(self._ebay, self._seller, wish),
            "set_quantity": self.set_quantity,
            "remove_listing": self.remove_listing,
            "add_account": self._ebay.open_seller,
            "revoke_refresh_token": login.revoke,
            "allow_refresh_token": login.allow,
            "expire_access_tokens": lambda _value: login.expire_all(),
            "drop_scope": lambda name: login.drop_scope(own_id, name),
            "set_accept_url": lambda url: login.set_accept_url(own_id, url),
            "notify": self.notify,
        }

    def add_orders(self, orders):
        """Store full orders as they are, whatever they contain; times that are missing become recent."""
        recent = stamp(self._world.clock.now() - timedelta(seconds=DEFAULT_AGE_SECONDS))
        for order in orders:
            order.setdefault("creationDate", recent)
            order.setdefault("lastModifiedDate", recent)
        return [self._take(order) for order in orders]

    def update_order(self, change):
        """Merge ``set`` into an order (null removes); it counts as modified now, or when ``set`` says."""
        record = self._seller.records[change["orderId"]]
        order = _merged(record.order, change["set"])
        if change["set"].get("lastModifiedDate") is None:
            order["lastModifiedDate"] = stamp(self._world.clock.now())
        self._seller.put_order(order, from_text(order["lastModifiedDate"]))
        return order["lastModifiedDate"]

    def cancel_order(self, wish):
        """Cancel an order, or let its buyer ask for it: {"orderId", "by", "reason", "request_only"}; return the id."""
        record = self._seller.records[wish["orderId"]]
        by = wish.get("by", "BUYER")
        if by not in ("BUYER", "SELLER", "SYSTEM"):
            raise ValueError("by is BUYER, SELLER or SYSTEM")
        asked = (by, wish.get("reason", "ORDER_MISTAKE" if by == "BUYER" else "OUT_OF_STOCK_OR_CANNOT_FULFILL"))
        if wish.get("request_only", False):
            return open_cancellation(self._ebay, self._seller, record, asked)["cancelId"]
        return cancel_now(self._ebay, self._seller, record, asked)["cancelId"]

    def pay_order(self, order_id):
        """Let the payment of an order come in: PENDING becomes PAID."""
        record = self._seller.records[order_id]
        record.order["orderPaymentStatus"] = "PAID"
        paid = {"paymentStatus": "PAID", "paymentDate": stamp(self._world.clock.now())}
        for payment in part_of(record.order, "paymentSummary").get("payments", []):
            payment.update(paid)
        self._seller.touch(record)
        return "PAID"

    def pay_old_orders(self):
        """Let the payment of orders come in that have been PENDING for some minutes."""
        limit = self._world.clock.now() - _PAID_AFTER
        for order_id, record in list(self._seller.records.items()):
            if record.order.get("orderPaymentStatus") == "PENDING" and record.updated_at <= limit:
                self.pay_order(order_id)

    def ship_elsewhere(self, wish):
        """Ship from eBay's own pages: {"orderId", "lineItems", "carrier", "tracking"}; what is left by default."""
        record = self._seller.records[wish["orderId"]]
        lines = wish.get("lineItems") or open_lines(record)
        tracking = wish.get("tracking", f"EL{self._seller.next_number():010d}")
        parcel = {
            "fulfillmentId": tracking,
            "lineItems": lines,
            "shippedDate": stamp(self._world.clock.now()),
            "shippingCarrierCode": wish.get("carrier", "UPS"),
            "shipmentTrackingNumber": tracking,
        }
        address = f"https://api.ebay.com/sell/fulfillment/v1/order/{wish['orderId']}/shipping_fulfillment"
        add_parcel(self._seller, record, parcel, address)
        return record.order["orderFulfillmentStatus"]

    def generate(self, wish):
        """Make ``count`` orders: see the README for the other keys. Returns their ids."""
        kind = wish.get("kind", "mixed")
        if set(wish) - set(_GENERATE) or kind not in ("mixed", *KINDS):
            raise ValueError(f"generate knows {', '.join(_GENERATE)}; kinds mixed, {', '.join(KINDS)}")
        order_wish = Wish(
            kind=kind,
            lines=tuple(wish.get("lines", (1, 4))),
            marketplace_id=wish.get("marketplace_id"),
            seller_id=self._seller.seller_id,
        )
        age, seed = wish.get("age_seconds", DEFAULT_AGE_SECONDS), wish.get("seed", self._ebay.seed)
        at = self._world.clock.now() - timedelta(seconds=age)
        ids = []
        for place in range(wish["count"]):
            seconds = 0 if wish.get("same_update_time", False) else wish["count"] - 1 - place
            ids.append(self._take(*self._next_order(seed, at - timedelta(seconds=seconds), order_wish)))
        return ids

    def sell_listed(self, seed, wish):
        """Let one buyer order what is in stock, as a shop does; return the order's id, or None if nothing is."""
        for _attempt in range(_ATTEMPTS_TO_SELL):
            order, kind = self._next_order(seed, self._world.clock.now(), wish)
            if self._seller.has_in_stock(order):
                return self._take(order, kind)
        return None

    def _next_order(self, seed, at, wish):
        key = f"{self._seller.seller_id} {seed}"
        index = self._ebay.generated.get(key, 0)
        self._ebay.generated[key] = index + 1
        self._world.disk.put("ebay_generated", key, index + 1)
        return generate_order(seed, index, at, wish)

    def _take(self, order, kind=None):
        record = self._seller.put_order(order)
        if order.get("orderFulfillmentStatus") != "FULFILLED":
            self._seller.sell(record)
        if kind == "cancelled":
            updated_at = record.updated_at
            cancel_now(self._ebay, self._seller, record, ("BUYER", "ORDER_MISTAKE"))
            self._seller.touch(record, updated_at)
        return order["orderId"]

    def set_quantity(self, wish):
        """Set what is for sale: {"sku", "quantity"}."""
        offer = self._seller.offers[wish["sku"]]
        offer["quantity"], offer["availableQuantity"] = int(wish["quantity"]), None
        self._seller.put_offer(offer)
        return wish["quantity"]

    def remove_listing(self, sku):
        """Take an offer and its item away, as if they had been deleted at eBay."""
        self._seller.remove_offer(sku)
        return sku

    def notify(self, wish):
        """Post a signed message to a URL on this machine; return the status it got. Keys: see the README."""
        if set(wish) - set(_NOTIFY) or wish.get("forge") not in (None, *FORGERIES):
            raise ValueError(f"notify knows {', '.join(_NOTIFY)}; forge is one of {', '.join(FORGERIES)}")
        if wish.get("again", False):
            return self._ebay.deliver(wish["url"], None, {})
        if wish["topic"] not in TOPICS:
            raise ValueError(f"topic is one of {', '.join(TOPICS)}")
        now = self._world.clock.now()
        dates = (
            read_moment(wish.get("event_date"), now),
            read_moment(wish.get("publish_date"), now),
            wish.get("notification_id", f"n-{self._ebay.next_number():08d}"),
        )
        message = build_message(wish["topic"], wish.get("data") or self._data(wish), dates)
        return self._ebay.deliver(wish["url"], message, wish)

    def _data(self, wish):
        if wish["topic"] == "MARKETPLACE_ACCOUNT_DELETION":
            username = wish.get("username", "buyer_000000")
            return {"username": username, "userId": wish.get("userId", f"u-{username}"), "eiasToken": "nY+sHZ2PrBm"}
        order = self._seller.records[wish["orderId"]].order
        line = lines_of(order)[0]
        return {
            "orderId": order["orderId"],
            "orderLineItemId": line["lineItemId"],
            "listingId": line["legacyItemId"],
            "quantity": line["quantity"],
            "sellerUserName": order["sellerId"],
            "buyerUserName": order["buyer"]["username"],
        }


def _merged(target, patch):
    """Return ``target`` with a JSON merge patch (RFC 7386) applied."""
    if not isinstance(patch, dict):
        return patch
    merged = copy.deepcopy(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            merged.pop(name, None)
        else:
            merged[name] = _merged(merged.get(name), value)
    return merged
