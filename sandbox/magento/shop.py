"""What one shop holds: orders and their documents, products, sources and what lies in them."""

from ..catalogue import PRODUCTS
from . import stores
from .money import ZERO, exact, number

TABLES = (
    "orders", "invoices", "shipments", "creditmemos", "products", "source_items", "links", "bulks", "statuses",
    "counters",
)  # fmt: skip
BY_NUMBER = ("orders", "invoices", "shipments", "creditmemos")
SOURCES = {
    code: {
        "source_code": code,
        "name": name,
        "enabled": True,
        "description": name,
        "latitude": 0,
        "longitude": 0,
        "country_id": country,
        "postcode": postcode,
        "use_default_carrier_config": True,
        "carrier_links": [],
    }
    for code, name, country, postcode in (
        ("default", "Default Source", "US", "00000"),
        ("berlin", "Lager Berlin", "DE", "10115"),
        ("lyon", "Dépôt Lyon", "FR", "69001"),
    )
}
STOCKS = {
    stock_id: {
        "stock_id": stock_id,
        "name": name,
        "extension_attributes": {"sales_channels": [{"type": "website", "code": website}]},
    }
    for stock_id, name, website in ((1, "Default Stock", "base"), (2, "Europe Stock", "europe"))
}
_LINKS = ((1, "default"), (2, "berlin"), (2, "lyon"), (2, "default"))
# How much of the catalogue's first quantity lies where.
_SHARES = {"default": 1, "berlin": 2, "lyon": 4}
FIRST_VIRTUAL = 191


class Shop:
    """The tables of one shop; every change goes to the disk at once."""

    def __init__(self, name, world):
        self.name = name
        self.world = world
        self.orders = {}
        self.invoices = {}
        self.shipments = {}
        self.creditmemos = {}
        self.products = {}
        self.source_items = {}
        self.links = {}
        self.bulks = {}
        self.statuses = {}
        self.counters = {}
        self.tables = {table: getattr(self, table) for table in TABLES}

    def stock_up(self):
        """Begin with the catalogue: products, and what lies in each source."""
        now = self.now()
        for product in PRODUCTS:
            self.put("products", product.sku, build_product(product, now))
            for code, share in _SHARES.items():
                self.save_source_item(product.sku, code, product.first_quantity // share)
        for place, (stock_id, code) in enumerate(_LINKS):
            link = {"stock_id": stock_id, "source_code": code, "priority": place + 1}
            self.put("links", f"{stock_id} {code}", link)

    def put(self, table, key, value):
        """Store a new or changed row."""
        self.tables[table][key] = value
        self.world.disk.put(f"magento_{table}", f"{self.name} {key}", value)

    def remove(self, table, key):
        """Forget a row; KeyError if there is none."""
        del self.tables[table][key]
        self.world.disk.put(f"magento_{table}", f"{self.name} {key}", None)

    def restore(self, table, key, value):
        """Take over a row of an earlier run; ids are whole numbers again."""
        self.tables[table][int(key) if table in BY_NUMBER else key] = value

    def next_id(self, counter):
        """Return the next number of a counter, from 1."""
        value = self.counters.get(counter, 0) + 1
        self.put("counters", counter, value)
        return value

    def next_increment(self, document, store):
        """Return the next number of a kind of document in a store view, as people read it."""
        place = self.next_id(f"{document} of {store.id}")
        return f"{store.prefix}{place:09d}"

    def now(self):
        """Return the moment as Magento writes it: UTC without a zone."""
        return self.world.clock.now().strftime("%Y-%m-%d %H:%M:%S")

    def note(self, kind, key, body):
        """Write one effect into the ledger."""
        self.world.ledger.append(kind, str(key), {"shop": self.name, **body})

    def touch(self, record):
        """Note that an order has changed just now."""
        record["order"]["updated_at"] = self.now()
        self.keep(record)

    def keep(self, record):
        """Store a changed order without moving its time."""
        self.put("orders", record["order"]["entity_id"], record)

    def save_source_item(self, sku, code, quantity, status=None):
        """Set what lies in a source; without a status, something is in stock when there is some."""
        status = (1 if quantity > 0 else 0) if status is None else status
        row = {"sku": sku, "source_code": code, "quantity": number(exact(quantity)), "status": status}
        self.put("source_items", f"{code} {sku}", row)

    def source_item(self, sku, code):
        """Return what lies of a SKU in a source, or None."""
        return self.source_items.get(f"{code} {sku}")

    def salable(self, sku, stock_id):
        """Return what may be sold of a SKU: what lies in the sources of a stock, less what open orders reserve."""
        codes = [link["source_code"] for link in self.links.values() if link["stock_id"] == stock_id]
        rows = [self.source_item(sku, code) for code in codes]
        there = sum((exact(row["quantity"]) for row in rows if row and row["status"] == 1), ZERO)
        return there - self.reserved(sku, stock_id)

    def reserved(self, sku, stock_id):
        """Return what open orders have reserved of a SKU in a stock."""
        held = (exact(r["reserved"].get(sku)) for r in self.orders.values() if r["stock_id"] == stock_id)
        return sum(held, ZERO)

    def status_of_state(self, state):
        """Return the statuses that orders of a state may have, the default one first."""
        custom = [code for code, of_state in self.statuses.items() if of_state == state]
        return [*STATUSES.get(state, ()), *custom]


# Default statuses by state, the state's own first: Magento_Sales/etc and the installed status table.
STATUSES = {
    "new": ("pending",),
    "pending_payment": ("pending_payment",),
    "payment_review": ("payment_review", "fraud"),
    "processing": ("processing", "fraud"),
    "holded": ("holded",),
    "complete": ("complete",),
    "closed": ("closed",),
    "canceled": ("canceled",),
}


def stock_of_store(store_id):
    """Return the id of the stock that a store view sells from."""
    store = stores.BY_ID.get(store_id)
    return 2 if store and store.website_id == 2 else 1


def build_product(product, now):
    """Return a product of the catalogue as the API shows it."""
    is_virtual = product.number >= FIRST_VIRTUAL
    return {
        "id": product.number,
        "sku": product.sku,
        "name": product.name,
        "attribute_set_id": 4,
        "price": number(product.price()),
        "status": 1,
        "visibility": 4,
        "type_id": "virtual" if is_virtual else "simple",
        "created_at": "2026-01-01 08:00:00",
        "updated_at": now,
        "weight": number(exact(product.weight_grams) / 1000),
        "extension_attributes": {"website_ids": [1, 2]},
        "product_links": [],
        "options": [],
        "media_gallery_entries": [],
        "tier_prices": [],
        "custom_attributes": [
            {"attribute_code": "url_key", "value": product.sku.lower()},
            {"attribute_code": "tax_class_id", "value": "2"},
            {"attribute_code": "ean", "value": product.barcode},
        ],
    }
