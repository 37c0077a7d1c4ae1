"""What one seller has at eBay: orders with their parcels, cancellations, returns and refunds, and the offers."""

from dataclasses import dataclass, field
from datetime import timedelta

from ..clock import from_text, to_text


def stamp(moment):
    """Write an instant as eBay does, always with milliseconds."""
    return to_text(moment.replace(microsecond=0))[:-1] + ".000Z"


@dataclass
class OrderRecord:
    """An order as getOrder shows it with TAX_BREAKDOWN, the instants searches go by, and what surrounds it."""

    order: dict
    created_at: object
    updated_at: object
    parcels: list = field(default_factory=list)
    # Refunds under way: {"refundId", "amount", "lineItemIds", "due_at", …}.
    pending: list = field(default_factory=list)
    is_stock_taken: bool = False


class Seller:
    """Orders by id, offers by SKU, cancellations and returns by id; every change goes to the disk at once."""

    def __init__(self, seller_id, world):
        self.seller_id = seller_id
        self._world = world
        self.records = {}
        self.offers = {}
        self.cancellations = {}
        self.returns = {}
        self.numbers = 0

    def next_number(self):
        """Return a number that this seller has not had."""
        self.numbers += 1
        self._world.disk.put("ebay_number", self.seller_id, self.numbers)
        return self.numbers

    def put_order(self, order, updated_at=None):
        """Store a new or changed order; its own lastModifiedDate counts unless another instant is given."""
        now = self._world.clock.now()
        known = self.records.get(order["orderId"])
        created = _moment(order.get("creationDate")) or now
        updated = updated_at or _moment(order.get("lastModifiedDate")) or now
        record = OrderRecord(order, created, updated)
        if known is not None:
            record.parcels, record.pending, record.is_stock_taken = known.parcels, known.pending, known.is_stock_taken
        self.records[order["orderId"]] = record
        self.keep(record)
        return record

    def remove_order(self, order_id):
        """Forget an order, as when eBay replaces it by another."""
        del self.records[order_id]
        self._world.disk.put("ebay_order", f"{self.seller_id} {order_id}", None)

    def touch(self, record, at=None):
        """Note that an order has changed, just now unless told otherwise."""
        record.updated_at = at or self._world.clock.now()
        record.order["lastModifiedDate"] = stamp(record.updated_at)
        self.keep(record)

    def keep(self, record):
        """Write an order to the disk as it is."""
        kept = {
            "seller": self.seller_id,
            "order": record.order,
            "created_at": to_text(record.created_at),
            "updated_at": to_text(record.updated_at),
            "parcels": record.parcels,
            "pending": record.pending,
            "is_stock_taken": record.is_stock_taken,
        }
        self._world.disk.put("ebay_order", f"{self.seller_id} {record.order['orderId']}", kept)

    def restore_order(self, kept):
        """Take over an order of an earlier run."""
        record = OrderRecord(kept["order"], from_text(kept["created_at"]), from_text(kept["updated_at"]))
        record.parcels, record.pending = kept["parcels"], kept["pending"]
        record.is_stock_taken = kept["is_stock_taken"]
        self.records[record.order["orderId"]] = record

    def put_offer(self, offer):
        """Store a new or changed offer with its inventory item."""
        self.offers[offer["sku"]] = offer
        self._world.disk.put("ebay_offer", f"{self.seller_id} {offer['sku']}", offer)

    def remove_offer(self, sku):
        """Forget an offer and its item; KeyError if there is none."""
        del self.offers[sku]
        self._world.disk.put("ebay_offer", f"{self.seller_id} {sku}", None)

    def put_cancellation(self, cancellation):
        """Store a new or changed cancellation request."""
        self.cancellations[cancellation["cancelId"]] = cancellation
        self._world.disk.put("ebay_cancellation", f"{self.seller_id} {cancellation['cancelId']}", cancellation)

    def put_return(self, entry):
        """Store a new or changed return request."""
        self.returns[entry["returnId"]] = entry
        self._world.disk.put("ebay_return", f"{self.seller_id} {entry['returnId']}", entry)

    def sell(self, record):
        """Lower what is for sale by what an order takes, never below zero."""
        record.is_stock_taken = True
        self._move_stock(record.order, -1)
        self.keep(record)

    def give_back(self, record):
        """Give back what an order has taken, once."""
        if record.is_stock_taken:
            record.is_stock_taken = False
            self._move_stock(record.order, +1)
            self.keep(record)

    def _move_stock(self, order, direction):
        for key, units in units_of(order):
            offer = self.offer_of(key)
            if offer is not None:
                offer["quantity"] = max(0, offer["quantity"] + direction * units)
                if offer["availableQuantity"] is not None:
                    offer["availableQuantity"] = max(0, offer["availableQuantity"] + direction * units)
                self.put_offer(offer)

    def offer_of(self, key):
        """Return the offer with a SKU or a listing id, or None."""
        if key in self.offers:
            return self.offers[key]
        return next((offer for offer in self.offers.values() if offer["listingId"] == key), None)

    def has_in_stock(self, order):
        """Say whether everything an order takes is for sale in the quantity it takes."""
        found = [(self.offer_of(key), units) for key, units in units_of(order)]
        return all(offer is not None and for_sale(offer) >= units for offer, units in found)


def for_sale(offer):
    """Return how many pieces a buyer can order: the item's quantity, or less when the offer has a smaller one."""
    own = offer["availableQuantity"]
    return offer["quantity"] if own is None else min(own, offer["quantity"])


def part_of(order, name):
    """Return an object inside an order; an empty one when a test has made an order without, or misshapen it."""
    part = order.get(name)
    return part if isinstance(part, dict) else {}


def lines_of(order):
    """Return the lines of an order that are objects; a test may have misshapen it."""
    lines = order.get("lineItems")
    return [line for line in lines if isinstance(line, dict)] if isinstance(lines, list) else []


def units_of(order):
    """Yield (SKU, or listing id where there is no SKU; units) of each line."""
    for line in lines_of(order):
        if isinstance(line.get("quantity"), int):
            yield str(line.get("sku") or line.get("legacyItemId")), line["quantity"]


def later(moment, seconds):
    """Return an instant some seconds later, as text."""
    return to_text(moment + timedelta(seconds=seconds))


def _moment(text):
    return from_text(text) if isinstance(text, str) else None
