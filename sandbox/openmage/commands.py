"""What a test may do to the OpenMage stand-in from the side: orders, stock, sessions, rights, the shop's own staff."""

import copy
from datetime import timedelta
from decimal import Decimal, InvalidOperation

from . import life
from .documents import make_creditmemo, make_invoice, make_shipment
from .errors import SoapFault
from .generator import KINDS, Wish, generate_order
from .orders import note_history
from .shipments import put_track
from .store import pieces_of, set_quantity
from .stores import find_store
from .times import now_text, read_time, write_time

# Younger than the overlap of a careful importer.
DEFAULT_AGE_SECONDS = 150
_GENERATE = ("count", "seed", "lines", "same_update_time", "kind", "age_seconds", "store")
_ATTEMPTS_TO_SELL = 20
_PAID_AFTER = timedelta(minutes=3)


class Commands:
    """The commands for one shop; each takes one JSON value and returns one, and none writes into the ledger."""

    def __init__(self, openmage, seller_id=None):
        self._openmage = openmage
        self._world = openmage.world
        self._seller_id = seller_id

    @property
    def _shop(self):
        # Asked for anew each time: a reset in the same request replaces all shops.
        return self._openmage.shop(self._seller_id)

    def by_name(self):
        """Return all commands by the name they have at the control endpoint."""
        accounts = self._openmage.accounts
        return {
            "generate": self.generate,
            "add_orders": self.add_orders,
            "update_order": self.update_order,
            "cancel_order": _plainly(self.cancel_order),
            "pay_order": _plainly(self.pay_order),
            "ship_elsewhere": _plainly(self.ship_elsewhere),
            "refund_elsewhere": _plainly(self.refund_elsewhere),
            "hold_order": _plainly(self.hold_order),
            "set_quantity": self.set_quantity,
            "remove_product": self._remove_product,
            "add_account": self._openmage.open_shop,
            "revoke": lambda username: accounts.revoke(username),
            "allow": lambda username: accounts.allow(username),
            "expire_access_tokens": lambda _value: accounts.expire_all(self._seller_id),
            "drop_resource": lambda right: accounts.drop_right(self._shop.name, right),
        }

    def generate(self, wish):
        """Make `count` orders: see the README for the other keys. Returns their increment ids."""
        unknown = set(wish) - set(_GENERATE)
        if unknown or wish.get("kind", "mixed") not in ("mixed", *KINDS):
            raise ValueError(f"generate knows {', '.join(_GENERATE)}; kinds mixed, {', '.join(KINDS)}")
        if wish.get("store") is not None and find_store(wish["store"]) is None:
            raise ValueError(f"no store {wish['store']!r}")
        order_wish = Wish(wish.get("kind", "mixed"), tuple(wish.get("lines", (1, 5))), wish.get("store"))
        age = wish.get("age_seconds", DEFAULT_AGE_SECONDS)
        is_spread = not wish.get("same_update_time", False)
        at = self._world.clock.now() - timedelta(seconds=age)
        count = wish["count"]
        ids = []
        for place in range(count):
            moment = at - timedelta(seconds=count - 1 - place) if is_spread else at
            order, kind = self._next_order(wish.get("seed", self._openmage.seed), moment, order_wish)
            ids.append(self._take(order, kind))
        return ids

    def _next_order(self, seed, at, wish):
        index = self._openmage.generated.get(str(seed), 0)
        self._openmage.generated[str(seed)] = index + 1
        self._world.disk.put("openmage_generated", str(seed), index + 1)
        return generate_order(self._shop, seed, index, at, wish)

    def _take(self, order, kind):
        """Store a new order, take its pieces from the stock, and let happen what makes it one of its kind."""
        shop = self._shop
        shop.move_stock(pieces_of(order), -1)
        changed_at = order["updated_at"]
        shop.put("order", order)
        if kind == "cancelled":
            shop.move_stock(life.cancel(order), +1)
        elif kind not in ("cod", "unpaid"):
            shop.add_document("invoice", order, make_invoice(order, {}, is_paid=True))
            if kind == "holded":
                life.hold(order)
        order["updated_at"] = changed_at
        shop.put("order", order)
        return order["increment_id"]

    def sell_listed(self, seed, wish):
        """Let one buyer order what is in stock, as a shop does; return the number, or None if nothing is."""
        for _attempt in range(_ATTEMPTS_TO_SELL):
            order, kind = self._next_order(seed, self._world.clock.now(), wish)
            if self._shop.has_in_stock(order):
                return self._take(order, kind)
        return None

    def add_orders(self, orders):
        """Store full orders as they are, whatever they contain; times that are missing become recent."""
        self._shop.has_odd_orders = True
        recent = write_time(self._world.clock.now() - timedelta(seconds=DEFAULT_AGE_SECONDS))
        for order in orders:
            order.setdefault("created_at", recent)
            order.setdefault("updated_at", recent)
            for name, value in (("state", "new"), ("status", "pending"), ("items", []), ("store_id", "1")):
                order.setdefault(name, value)
            order.setdefault("order_id", str(self._shop.next_number("order id")))
            self._shop.put("order", order)
            self._shop.move_stock(pieces_of(order) if order["state"] not in life.DONE else {}, -1)
        return [order["increment_id"] for order in orders]

    def update_order(self, change):
        """Merge `set` into an order (null becomes nil); it counts as updated now, or when `set` says."""
        self._shop.has_odd_orders = True
        order = self._order(change)
        for name, value in change["set"].items():
            if isinstance(value, dict) and isinstance(order.get(name), dict):
                order[name] = {**order[name], **value}
            else:
                order[name] = copy.deepcopy(value)
        if "updated_at" not in change["set"]:
            order["updated_at"] = now_text(self._world.clock)
        self._shop.put("order", order)
        return order["updated_at"]

    def cancel_order(self, wish):
        """Cancel an order in the shop: its number, or {"increment_id"}. An invoiced one cannot be, as in Magento."""
        order = self._order(wish)
        if not life.can_cancel(order):
            raise ValueError(f"{order['increment_id']} cannot be cancelled: {order['state']}, or all invoiced")
        self._shop.move_stock(life.cancel(order), +1)
        return self._changed(order)

    def pay_order(self, wish):
        """Let the money of an order come in: an invoice is made and paid, and the order goes on."""
        order = self._order(wish)
        if order["state"] == "pending_payment":
            life.set_state(order, "processing")
        if not life.can_invoice(order):
            raise ValueError(f"{order['increment_id']} has nothing to pay: {order['state']}, or all invoiced")
        self._shop.add_document("invoice", order, make_invoice(order, {}, is_paid=True))
        return self._changed(order)

    def pay_old_orders(self):
        """Let the money of orders come in that have been waiting for it for some minutes."""
        limit = self._world.clock.now() - _PAID_AFTER
        for number, order in list(self._shop.orders.items()):
            updated_at = read_time(order.get("updated_at"))
            if order.get("state") == "pending_payment" and updated_at and updated_at <= limit:
                self.pay_order(number)

    def ship_elsewhere(self, wish):
        """Let the shop's own staff ship: {"increment_id", "items": {id: quantity}, "carrier", "title", "number"}."""
        order = self._order(wish)
        if not life.can_ship(order):
            raise ValueError(f"{order['increment_id']} cannot be shipped: {order['state']}, or all shipped")
        order = self._shop.draft(order)
        shipment = make_shipment(order, _quantities(wish))
        self._shop.add_document("shipment", order, shipment)
        if isinstance(wish, dict) and wish.get("number"):
            track = {
                "carrier": wish.get("carrier", "custom"),
                "title": wish.get("title"),
                "trackNumber": wish["number"],
            }
            put_track(self._shop, shipment, track, now_text(self._world.clock))
        return shipment["increment_id"]

    def refund_elsewhere(self, wish):
        """Let the shop's own staff refund: {"increment_id", "items", "shipping_amount", "adjustment_…"}."""
        order = self._order(wish)
        if not life.can_refund(order):
            raise ValueError(f"{order['increment_id']} has nothing to refund: {order['state']}, or not paid")
        names = ("shipping_amount", "adjustment_positive", "adjustment_negative")
        amounts = {name: _decimal(wish[name]) for name in names if isinstance(wish, dict) and name in wish}
        order = self._shop.draft(order)
        memo = make_creditmemo(order, _quantities(wish), amounts)
        return self._shop.add_document("creditmemo", order, memo)["increment_id"]

    def hold_order(self, wish):
        """Put an order on hold: its number, or {"increment_id", "release": true} to take it off again."""
        order = self._order(wish)
        if isinstance(wish, dict) and wish.get("release"):
            if order["state"] != "holded":
                raise ValueError(f"{order['increment_id']} is not on hold")
            life.release(order)
        elif life.can_hold(order):
            life.hold(order)
        else:
            raise ValueError(f"{order['increment_id']} cannot be put on hold: {order['state']}")
        return self._changed(order)

    def set_quantity(self, wish):
        """Set the stock of a product: {"sku", "quantity"}; more than nothing puts it back on sale."""
        product = self._shop.products[wish["sku"]]
        product["is_in_stock"] = "1"
        set_quantity(product, _decimal(wish["quantity"]))
        self._shop.put("product", product)
        return wish["quantity"]

    def _remove_product(self, sku):
        self._shop.remove_product(sku)
        return sku

    def _order(self, wish):
        return self._shop.orders[wish["increment_id"] if isinstance(wish, dict) else wish]

    def _changed(self, order):
        note_history(self._world, order, None)
        self._shop.touch(order)
        return order["state"]


def _quantities(wish):
    items = wish.get("items") or {} if isinstance(wish, dict) else {}
    return {str(item_id): _decimal(quantity) for item_id, quantity in items.items()}


def _decimal(value):
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise ValueError(f"no number: {value!r}") from None


def _plainly(command):
    """Return a command whose refusals by the shop's own rules come out as ValueError."""

    def run(wish):
        try:
            return command(wish)
        except SoapFault as refusal:
            raise ValueError(refusal.message) from refusal

    return run
