"""What one shop has: orders, their documents, products with their stock, and the numbers it has given out."""

import copy

from .amounts import ZERO, number_in, to_text
from .stores import find_store
from .times import now_text

DOCUMENTS = ("order", "shipment", "invoice", "creditmemo")


class Shop:
    """The records of a shop: documents by their increment id, products by their SKU; every change is kept at once."""

    def __init__(self, name, world):
        self.name = name
        self._world = world
        self.records = {kind: {} for kind in (*DOCUMENTS, "product")}
        self._numbers = {}
        # Whether a test has stored orders that nobody has looked at.
        self.has_odd_orders = False

    @property
    def orders(self):
        """Return the orders by their increment id."""
        return self.records["order"]

    @property
    def products(self):
        """Return the products by their SKU."""
        return self.records["product"]

    def put(self, kind, record):
        """Store a new or changed record."""
        key = record["sku"] if kind == "product" else record["increment_id"]
        self.records[kind][key] = record
        self._world.disk.put(f"openmage_{kind}", f"{self.name} {key}", {"shop": self.name, "record": record})

    def remove_product(self, sku):
        """Forget a product; KeyError if there is none."""
        del self.products[sku]
        self._world.disk.put("openmage_product", f"{self.name} {sku}", None)

    def touch(self, order):
        """Store an order that has changed just now."""
        order["updated_at"] = now_text(self._world.clock)
        self.put("order", order)

    def draft(self, order):
        """Return a copy of an order, to be changed and stored only when all has gone well."""
        return copy.deepcopy(order)

    def next_number(self, name):
        """Return the next of the numbers with a name, from 1."""
        number = self._numbers.get(name, 0) + 1
        self._numbers[name] = number
        self._world.disk.put(
            "openmage_number", f"{self.name} {name}", {"shop": self.name, "name": name, "last": number}
        )
        return number

    def new_increment_id(self, kind, store_id):
        """Return the next increment id of a kind of document in a store view, such as 100000001."""
        store = find_store(store_id)
        prefix = store.id if store else 1
        return f"{prefix}{self.next_number(f'{kind} {prefix}'):08d}"

    def add_document(self, kind, order, document):
        """Give a new document its numbers and its times, store it with its order, and return it."""
        now = now_text(self._world.clock)
        document |= {
            "increment_id": self.new_increment_id(kind, order.get("store_id")),
            f"{kind}_id": str(self.next_number(f"{kind} id")),
            "created_at": now,
            "updated_at": now,
        }
        for item in document["items"]:
            item |= {"item_id": str(self.next_number(f"{kind} item")), "parent_id": document[f"{kind}_id"]}
        self.put(kind, document)
        self.touch(order)
        return document

    def find_product(self, wanted, by_sku_only=False):
        """Return the product with a SKU or an id, or None."""
        if wanted in self.products:
            return self.products[wanted]
        if by_sku_only:
            return None
        return next((product for product in self.products.values() if product["product_id"] == wanted), None)

    def documents_of(self, kind, order):
        """Return the documents of an order, oldest first."""
        return [record for record in self.records[kind].values() if record.get("order_id") == order.get("order_id")]

    def move_stock(self, pieces, direction):
        """Add pieces, {SKU: Decimal}, to the stock or, with -1, take them from it; sold out is out of stock."""
        for sku, count in pieces.items():
            product = self.products.get(sku)
            if product is not None:
                quantity = max(ZERO, number_in(product, "qty") + direction * count)
                set_quantity(product, quantity)
                if direction > 0 and quantity > 0:
                    product["is_in_stock"] = "1"  # Magento also puts a cancelled piece back on sale.
                self.put("product", product)

    def has_in_stock(self, order):
        """Say whether everything an order takes is there."""
        return all(
            sku in self.products and number_in(self.products[sku], "qty") >= count
            for sku, count in pieces_of(order).items()
        )

    def restore(self, kind, record):
        """Take over a record of an earlier run."""
        self.records[kind][record["sku" if kind == "product" else "increment_id"]] = record

    def restore_number(self, kept):
        """Take over a counter of an earlier run."""
        self._numbers[kept["name"]] = kept["last"]


def set_quantity(product, quantity):
    """Set the stock of a product; with nothing left it is out of stock, while more does not put it back on sale."""
    product["qty"] = to_text(quantity)
    if quantity <= 0:
        product["is_in_stock"] = "0"


def pieces_of(order):
    """Return what an order takes from the stock, {SKU: Decimal}; bundles and configurables have none of their own."""
    pieces = {}
    items = order.get("items")
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and item.get("product_type") == "simple" and item.get("sku"):
            pieces[item["sku"]] = pieces.get(item["sku"], ZERO) + number_in(item, "qty_ordered")
    return pieces
