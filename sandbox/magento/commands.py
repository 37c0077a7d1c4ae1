"""What a test may do to the Magento stand-in from the side, as buyers, administrators and other systems do it."""

import copy
from datetime import datetime, timedelta, timezone

from . import orders, stores
from .generator import KINDS, ONLINE_METHODS, Wish, generate_order
from .invoicing import create_invoice
from .lines import open_to_invoice, open_to_refund, open_to_ship, top_lines
from .money import ZERO, exact
from .placing import edit_order, is_in_stock, place_order, reserve, store_order
from .refunds import create_creditmemo
from .shipping import create_shipment

# Younger than the overlap of a careful importer.
DEFAULT_AGE_SECONDS = 150
_GENERATE = ("count", "seed", "lines", "same_update_time", "kind", "age_seconds", "store")
_ATTEMPTS_TO_SELL = 20
_PAID_AFTER = timedelta(minutes=3)


class Commands:
    """The commands for one shop; each takes one JSON value and returns one."""

    def __init__(self, magento, shop_name=None):
        self._magento = magento
        self._world = magento.world
        self._shop_name = shop_name

    @property
    def _shop(self):
        # Asked for anew each time: a reset in the same request replaces all shops.
        return self._magento.shop(self._shop_name)

    def by_name(self):
        """Return all commands by the name they have at the control endpoint."""
        integrations = self._magento.integrations
        return {
            "generate": self.generate,
            "add_orders": self.add_orders,
            "update_order": self.update_order,
            "cancel_order": self.cancel_order,
            "pay_order": self.pay_order,
            "invoice_elsewhere": self.invoice_elsewhere,
            "ship_elsewhere": self.ship_elsewhere,
            "refund_elsewhere": self.refund_elsewhere,
            "edit_order": self.edit_order,
            "hold_order": self.hold_order,
            "set_quantity": self.set_quantity,
            "remove_product": self.remove_product,
            "add_status": self.add_status,
            "add_account": self._magento.open_shop,
            "revoke": integrations.revoke,
            "allow": integrations.allow,
            "drop_resource": self.drop_resource,
        }

    def generate(self, wish):
        """Make `count` orders: see the README for the other keys. Returns their entity ids."""
        unknown = set(wish) - set(_GENERATE)
        if unknown or wish.get("kind", "mixed") not in ("mixed", *KINDS):
            raise ValueError(f"generate knows {', '.join(_GENERATE)}; kinds mixed, {', '.join(KINDS)}")
        if wish.get("store") not in (None, *stores.BY_CODE):
            raise ValueError(f"stores are {', '.join(stores.BY_CODE)}")
        order_wish = Wish(wish.get("kind", "mixed"), tuple(wish.get("lines", (1, 4))), wish.get("store"))
        at = self._world.clock.now() - timedelta(seconds=wish.get("age_seconds", DEFAULT_AGE_SECONDS))
        seed, count = wish.get("seed", self._magento.seed), wish["count"]
        ids = []
        for place in range(count):
            moment = at if wish.get("same_update_time") else at - timedelta(seconds=count - 1 - place)
            ids.append(self._place(*self._next_order(seed, moment, order_wish), order_wish))
        return ids

    def sell_in_stock(self, seed, wish):
        """Let one buyer order what is in stock; return the order's id, or None if nothing is."""
        for _attempt in range(_ATTEMPTS_TO_SELL):
            order, is_paid = self._next_order(seed, self._world.clock.now(), wish)
            if is_in_stock(self._shop, order):
                return self._place(order, is_paid, wish)
        return None

    def _next_order(self, seed, at, wish):
        index = self._magento.generated.get(str(seed), 0)
        self._magento.generated[str(seed)] = index + 1
        self._world.disk.put("magento_generated", str(seed), index + 1)
        return generate_order(seed, index, at, wish)

    def _place(self, order, is_paid, wish):
        """Store a generated order, with the invoice and the hold or cancellation that belong to its kind."""
        shop = self._shop
        updated = order["updated_at"]
        record = place_order(shop, order)
        order = record["order"]
        if is_paid:
            self._invoice(record)
        if wish.kind == "holded":
            orders.hold(shop, record)
        if wish.kind == "cancelled":
            orders.cancel_for_good(shop, record)
        order["updated_at"] = updated
        for entry in order["status_histories"]:
            entry["created_at"] = updated
        for invoice in [i for i in shop.invoices.values() if i["order_id"] == order["entity_id"]]:
            invoice |= {"created_at": updated, "updated_at": updated}
            shop.put("invoices", invoice["entity_id"], invoice)
        shop.keep(record)
        return order["entity_id"]

    def _invoice(self, record):
        wanted = _some(None, record, open_to_invoice)
        return create_invoice(self._shop, record, wanted, {"capture": True})

    def add_orders(self, added):
        """Store full orders as they are, whatever they contain; ids and times that are missing are made up."""
        recent = self._world.clock.now() - timedelta(seconds=DEFAULT_AGE_SECONDS)
        text = recent.strftime("%Y-%m-%d %H:%M:%S")
        ids = []
        for order in added:
            order.setdefault("entity_id", self._shop.next_id("order"))
            order.setdefault("created_at", text)
            order.setdefault("updated_at", text)
            store_order(self._shop, order)
            ids.append(order["entity_id"])
        return ids

    def update_order(self, change):
        """Merge `set` into an order (null removes); it counts as updated now, or when `set` says."""
        record = self._record(change)
        record["order"] = _merged(record["order"], change["set"])
        if "updated_at" not in change["set"]:
            record["order"]["updated_at"] = self._shop.now()
        reserve(record)
        self._shop.keep(record)
        return record["order"].get("updated_at")

    def cancel_order(self, wish):
        """Let an administrator cancel an order that is not shipped, invoiced or not; return its state."""
        record = self._record(wish)
        if any(exact(line.get("qty_shipped")) for line in top_lines(record["order"])):
            raise ValueError("the order has been shipped")
        orders.cancel_for_good(self._shop, record)
        return record["order"]["state"]

    def pay_order(self, wish):
        """Let the payment of an order come in: it is invoiced and processing; return its state."""
        record = self._record(wish)
        _some(None, record, open_to_invoice)
        record["order"] |= {"state": "processing", "status": "processing"}
        self._invoice(record)
        return record["order"]["state"]

    def pay_old_orders(self):
        """Let the payment come in of orders that have waited for it for some minutes."""
        limit = self._world.clock.now() - _PAID_AFTER
        for record in list(self._shop.orders.values()):
            order = record["order"]
            if order.get("state") == "pending_payment" and _moment(order["updated_at"]) <= limit:
                self.pay_order(order["entity_id"])

    def invoice_elsewhere(self, wish):
        """Let somebody else invoice an order, all of it or {"items": {item id: quantity}}; return the invoice's id."""
        record = self._record(wish)
        wanted = _some(wish, record, open_to_invoice)
        invoice = create_invoice(self._shop, record, wanted, {"capture": not _is_offline(record)})
        self._shop.note("invoice_created_elsewhere", record["order"]["entity_id"], {"invoice_id": invoice["entity_id"]})
        return invoice["entity_id"]

    def ship_elsewhere(self, wish):
        """Let somebody else ship an order: {"entity_id", "items", "source", "tracks"}; return the shipment's id."""
        record = self._record(wish)
        details = wish if isinstance(wish, dict) else {}
        wanted = _some(wish, record, open_to_ship)
        how = (details.get("source", "default"), {"tracks": details.get("tracks", [])})
        shipment = create_shipment(self._shop, record, wanted, how)
        body = {"shipment_id": shipment["entity_id"]}
        self._shop.note("shipment_created_elsewhere", record["order"]["entity_id"], body)
        return shipment["entity_id"]

    def refund_elsewhere(self, wish):
        """Let somebody make a credit memo in the admin; return its id.

        {"entity_id", "items": {item id: quantity}, "shipping_amount", "adjustment_positive", "adjustment_negative",
        "return_to_stock", "is_online"}; without `items` everything, with {} only the money.
        """
        record = self._record(wish)
        details = wish if isinstance(wish, dict) else {}
        order = record["order"]
        rate = exact(order.get("base_to_order_rate") or 1)
        base = exact(order.get("base_shipping_invoiced")) - exact(order.get("base_shipping_refunded"))
        own = exact(order.get("shipping_invoiced")) - exact(order.get("shipping_refunded"))
        if "shipping_amount" in details and exact(details["shipping_amount"]) != base:
            base = exact(details["shipping_amount"])
            own = base * rate
        wanted = _wanted(wish, record, open_to_refund)
        returned = list(wanted) if details.get("return_to_stock") else []
        given = {
            "wanted": wanted,
            "shipping": {"": own, "base_": base},
            "positive": exact(details.get("adjustment_positive")),
            "negative": exact(details.get("adjustment_negative")),
            "body": {"arguments": {"extension_attributes": {"return_to_stock_items": returned}}},
        }
        invoice = next(
            (i for i in self._shop.invoices.values() if i["order_id"] == order["entity_id"] and "transaction_id" in i),
            None,
        )
        is_online = bool(details.get("is_online")) and invoice is not None
        memo = create_creditmemo(self._shop, record, given, (invoice, is_online))
        body = {"creditmemo_id": memo["entity_id"], "grand_total": memo["grand_total"]}
        self._shop.note("creditmemo_created_elsewhere", order["entity_id"], body)
        return memo["entity_id"]

    def edit_order(self, wish):
        """Let an administrator edit an order: {"entity_id", "items": {item id: quantity}}; return the new one's id."""
        record = self._record(wish)
        new = edit_order(self._shop, record, wish.get("items", {}))["order"]
        orders.cancel_for_good(self._shop, record)
        record["order"] |= {
            "relation_child_id": str(new["entity_id"]),
            "relation_child_real_id": new["increment_id"],
        }
        self._shop.touch(record)
        return new["entity_id"]

    def hold_order(self, wish):
        """Let an administrator put an order on hold; return its state."""
        record = self._record(wish)
        orders.hold(self._shop, record)
        return record["order"]["state"]

    def set_quantity(self, wish):
        """Set what lies in a source: {"sku", "source" (default), "quantity"}."""
        self._shop.save_source_item(wish["sku"], wish.get("source", "default"), wish["quantity"])
        return wish["quantity"]

    def remove_product(self, sku):
        """Take a product away, and what lies of it in the sources."""
        self._shop.remove("products", sku)
        for key in [key for key, row in self._shop.source_items.items() if row["sku"] == sku]:
            self._shop.remove("source_items", key)
        return sku

    def add_status(self, wish):
        """Let orders of a state have a status of the shop's own: {"status", "state"}."""
        self._shop.put("statuses", wish["status"], wish["state"])
        return wish["status"]

    def drop_resource(self, wish):
        """Take ACL resources away: a name, a list, or {"resources", "access_token"}; return what is missing now."""
        integrations = self._magento.integrations
        if isinstance(wish, dict):
            return integrations.drop_resources(wish["resources"], wish.get("access_token"))
        return integrations.drop_resources(wish)

    def _record(self, wish):
        key = wish["entity_id"] if isinstance(wish, dict) else wish
        return self._shop.orders[int(key)]


def _is_offline(record):
    return record["order"]["payment"]["method"] not in ONLINE_METHODS


def _some(wish, record, still_open):
    """Return {item id: quantity} a command is about; raise ValueError when that is nothing."""
    wanted = _wanted(wish, record, still_open)
    if not wanted:
        raise ValueError("nothing is left to do that with")
    return wanted


def _wanted(wish, record, still_open):
    """Return {item id: quantity} a command is about; all that is open without `items`."""
    items = wish.get("items") if isinstance(wish, dict) else None
    if items is None:
        found = {line["item_id"]: still_open(line) for line in top_lines(record["order"])}
    else:
        found = {int(item_id): exact(quantity) for item_id, quantity in items.items()}
    return {item_id: quantity for item_id, quantity in found.items() if quantity > ZERO}


def _moment(text):
    return datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=timezone.utc)


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
