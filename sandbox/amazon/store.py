"""What one seller has at the marketplace: orders and listings."""

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
    """Orders by id and listings by SKU; every change goes to the disk at once."""

    def __init__(self, seller_id, world):
        self.seller_id = seller_id
        self._world = world
        self.records = {}
        self.listings = {}

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
        for item in order.get("orderItems") or []:
            sku = (item.get("product") or {}).get("sellerSku")
            entry = own_stock(self.listings.get(sku))
            if entry is not None and isinstance(item.get("quantityOrdered"), int):
                entry["quantity"] = max(0, entry["quantity"] + direction * item["quantityOrdered"])
                self.put_listing(self.listings[sku])

    def _keep(self, record):
        order_id = record.order["orderId"]
        kept = {
            "seller": self.seller_id,
            "order": record.order,
            "created_at": to_text(record.created_at),
            "updated_at": to_text(record.updated_at),
        }
        self._world.disk.put("amazon_order", f"{self.seller_id} {order_id}", kept)

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


def status_of(order):
    """Return an order's fulfilment status, or None when a test has made an order without."""
    fulfillment = order.get("fulfillment")
    return fulfillment.get("fulfillmentStatus") if isinstance(fulfillment, dict) else None


def _moment(text):
    return from_text(text) if isinstance(text, str) else None
