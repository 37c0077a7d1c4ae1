"""The store views of the shop: their currency, their country, and whether their prices include the tax."""

from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True)
class Store:
    """One store view; `tax_percent` is what most goods are taxed with."""

    id: int
    code: str
    name: str
    group: str
    website_id: int
    currency: str
    country: str
    tax_percent: Decimal
    is_tax_included: bool

    @property
    def full_name(self):
        """Return the name as an order notes it: website, store, store view."""
        return f"{self.group}\n{self.group}\n{self.name}"


GERMAN = Store(1, "default", "Deutsch", "Laden Europa", 1, "EUR", "DE", Decimal(19), True)
BRITISH = Store(2, "uk", "English", "Shop Britain", 2, "GBP", "GB", Decimal(20), True)
AMERICAN = Store(3, "us", "English (US)", "Shop America", 3, "USD", "US", Decimal("8.25"), False)
STORES = (GERMAN, BRITISH, AMERICAN)
# What an order may be paid in beside the shop's own currency: units for one unit of the shop's.
FOREIGN_RATES = {
    "EUR": {"USD": Decimal("1.0870"), "CHF": Decimal("0.9534")},
    "GBP": {"EUR": Decimal("1.1496"), "USD": Decimal("1.2712")},
    "USD": {"EUR": Decimal("0.9200"), "GBP": Decimal("0.7867")},
}


def find_store(wanted):
    """Return the store view with an id or a code, or None."""
    return next((store for store in STORES if str(wanted) in (str(store.id), store.code)), None)


def render_store(store):
    """Return a store view as storeInfo shows it."""
    return {
        "store_id": store.id,
        "code": store.code,
        "website_id": store.website_id,
        "group_id": store.website_id,
        "name": store.name,
        "sort_order": 0,
        "is_active": 1,
    }
