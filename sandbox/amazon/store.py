"""What one seller has at the marketplace: orders, listings, returns and refunds."""

from dataclasses import dataclass

from ..clock import from_text, to_text

UNPAID = ("PENDING", "PENDING_AVAILABILITY")


@dataclass
class OrderRecord:
    """An order as it is served, and the two instants searches go by."""

    order: dict
    created_at: object
    updated_at: object


class Seller:
    """Orders by id and listings by SKU; every change goes to the disk at once.

    `watch(seller, order)` is told of every order that is new or has changed.
    """

    def __init__(self, seller_id, world, watch=None):
        self.seller_id = seller_id
        self._world = world
        self._watch = watch
        self.records = {}
        self.listings = {}
        self.refunds = {}
        self.returns = {}

    def put_order(self, order, updated_at=None):
        """Store a new or changed order; its own lastUpdatedTime counts unless another is given."""
        now = self._world.clock.now()
        created = _moment(order.get("createdTime")) or now
        updated = updated_at or _moment(order.get("lastUpdatedTime")) or now
        record = OrderRecord(order, created, updated)
        self.records[order["orderId"]] = record
        self._keep(record)
        return record

    def touch(self, record):
        """Note that an order has changed just now."""
        record.updated_at = self._world.clock.now()
        record.order["lastUpdatedTime"] = to_text(record.updated_at)
        self._keep(record)

    def put_listing(self, listing):
        """Store a new or changed listing."""
        self.listings[listing["sku"]] = listing
        self._world.disk.put("amazon_listing", f"{self.seller_id} {listing['sku']}", listing)

    def remove_listing(self, sku):
        """Forget a listing; KeyError if there is none."""
        del self.listings[sku]
        self._world.disk.put("amazon_listing", f"{self.seller_id} {sku}", None)

    def sell(self, order, direction=-1):
        """Lower the listed quantities by what an order takes, never below zero; +1 gives them back."""
        for sku, units in _units_of(order):
            entry = own_stock(self.listings.get(sku))
            if entry is not None:
                entry["quantity"] = max(0, entry["quantity"] + direction * units)
                self.put_listing(self.listings[sku])

    def sell_from_marketplace(self, order):
        """Lower what the marketplace stores of the seller's goods by what an order takes, never below zero."""
        for sku, units in _units_of(order):
            listing = self.listings.get(sku) or {}
            if "fba" in listing:
                left = max(0, listing["fba"]["quantity"] - units)
                self.set_marketplace_quantity(sku, left)

    def set_marketplace_quantity(self, sku, quantity):
        """Set what the marketplace stores of a SKU; KeyError if it is not listed."""
        listing = self.listings[sku]
        listing["fba"] = {"quantity": quantity, "updated": self._world.clock.now_text()}
        self.put_listing(listing)

    def has_in_stock(self, order):
        """Say whether everything an order takes is listed in the quantity it takes."""
        return all(
            (own_stock(self.listings.get(sku)) or {}).get("quantity", 0) >= units for sku, units in _units_of(order)
        )

    def _keep(self, record):
        order_id = record.order["orderId"]
        kept = {
            "seller": self.seller_id,
            "order": record.order,
            "created_at": to_text(record.created_at),
            "updated_at": to_text(record.updated_at),
        }
        self._world.disk.put("amazon_order", f"{self.seller_id} {order_id}", kept)
        if self._watch:
            self._watch(self, record.order)

    def put_refund(self, order_id, refund):
        """Keep one more refund of an order."""
        self.refunds[order_id] = [*self.refunds.get(order_id, []), refund]
        self._world.disk.put("amazon_refund", f"{self.seller_id} {order_id}", self.refunds[order_id])

    def put_return(self, entry):
        """Store a new or changed return."""
        self.returns[entry["rma"]] = entry
        self._world.disk.put("amazon_return", f"{self.seller_id} {entry['rma']}", entry)

    def restore_order(self, kept):
        """Take over an order of an earlier run."""
        record = OrderRecord(kept["order"], from_text(kept["created_at"]), from_text(kept["updated_at"]))
        self.records[record.order["orderId"]] = record


def own_stock(listing):
    """Return the availability entry that the seller ships from, or None."""
    if listing is None:
        return None
    for entry in listing["attributes"].get("fulfillment_availability", []):
        if entry["fulfillment_channel_code"] == "DEFAULT" and "quantity" in entry:
            return entry
    return None


def item_of(order, item_id):
    """Return the item of an order with an id, or None."""
    return next((item for item in order["orderItems"] if item["orderItemId"] == item_id), None)


def is_cancelled(item):
    """Say whether an item of an order was cancelled, not only asked to be."""
    return bool(part_of(part_of(item, "cancellation"), "cancellationExecution"))


def status_of(order):
    """Return an order's fulfilment status, or None when a test has made an order without."""
    return part_of(order, "fulfillment").get("fulfillmentStatus")


def part_of(order, name):
    """Return an object inside an order; an empty one when a test has made an order without, or misshapen it."""
    part = order.get(name)
    return part if isinstance(part, dict) else {}


def _units_of(order):
    """Yield (SKU, units) of each item; items that a test has misshapen are passed over."""
    items = order.get("orderItems")
    for item in items if isinstance(items, list) else ():
        product = item.get("product") if isinstance(item, dict) else None
        if isinstance(product, dict) and isinstance(item.get("quantityOrdered"), int):
            yield str(product.get("sellerSku")), item["quantityOrdered"]


def _moment(text):
    return from_text(text) if isinstance(text, str) else None
