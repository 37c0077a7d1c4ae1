"""Websites, store groups and store views of the played shop."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Store:
    """One store view: where it sells, in which words and which money."""

    id: int
    code: str
    name: str
    website_id: int
    group_id: int
    locale: str
    country: str
    base_currency: str
    currency: str
    rate: str
    are_prices_gross: bool
    prefix: str

    @property
    def label(self):
        """Return what orders carry as `store_name`: website, group and view."""
        group = next(group for group in GROUPS if group["id"] == self.group_id)
        website = next(site for site in WEBSITES if site["id"] == self.website_id)
        return "\n".join((website["name"], group["name"], self.name))


WEBSITES = (
    {"id": 0, "code": "admin", "name": "Admin", "default_group_id": 0},
    {"id": 1, "code": "base", "name": "Main Website", "default_group_id": 1},
    {"id": 2, "code": "europe", "name": "Europe", "default_group_id": 2},
)
GROUPS = (
    {"id": 0, "website_id": 0, "root_category_id": 0, "default_store_id": 0, "name": "Default", "code": "default"},
    {
        "id": 1, "website_id": 1, "root_category_id": 2, "default_store_id": 1, "name": "Main Website Store",
        "code": "main_website_store",
    },
    {"id": 2, "website_id": 2, "root_category_id": 2, "default_store_id": 2, "name": "Europe Store", "code": "europe"},
)  # fmt: skip
# Order numbers begin with the id of the store view, except those of the first.
STORES = (
    Store(1, "default", "Default Store View", 1, 1, "en_US", "US", "USD", "USD", "1", False, ""),
    Store(2, "de", "Deutsch", 2, 2, "de_DE", "DE", "EUR", "EUR", "1", True, "2"),
    Store(3, "fr", "Français", 2, 2, "fr_FR", "FR", "EUR", "EUR", "1", True, "3"),
    Store(4, "gb", "United Kingdom", 2, 2, "en_GB", "GB", "EUR", "GBP", "0.8500", True, "4"),
    Store(5, "jp", "日本語", 1, 1, "ja_JP", "JP", "USD", "JPY", "150.0000", True, "5"),
    Store(6, "kw", "Kuwait", 1, 1, "ar_KW", "KW", "USD", "KWD", "0.3070", False, "6"),
)
BY_CODE = {store.code: store for store in STORES}
BY_ID = {store.id: store for store in STORES}
# What may stand in the path: `all` is the admin scope, in which catalogue writes count for every store.
CODES = ("all", *BY_CODE)
DECIMALS = {"JPY": 0, "KWD": 3}


def store_of(document):
    """Return the store view of an order or another document; broken ones count as the first's."""
    return BY_ID.get(document.get("store_id"), STORES[0])


def list_stores():
    """Return the store views as GET /V1/store/storeViews has them, the admin's first."""
    admin = {"id": 0, "code": "admin", "name": "Admin", "website_id": 0, "store_group_id": 0, "is_active": 1}
    return [admin] + [
        {
            "id": store.id,
            "code": store.code,
            "name": store.name,
            "website_id": store.website_id,
            "store_group_id": store.group_id,
            "is_active": 1,
        }
        for store in STORES
    ]


def list_configs(origin, codes):
    """Return the configurations of store views, of all without codes; `origin` is scheme and host."""
    shown = [store for store in STORES if not codes or store.code in codes]
    base = f"{origin}/"
    return [
        {
            "id": store.id,
            "code": store.code,
            "website_id": store.website_id,
            "locale": store.locale,
            "base_currency_code": store.base_currency,
            "default_display_currency_code": store.currency,
            "timezone": "Europe/Berlin" if store.website_id == 2 else "America/Chicago",
            "weight_unit": "kgs",
            **{
                f"{secure}{name}": f"{base}{folder}"
                for secure in ("", "secure_")
                for name, folder in (
                    ("base_url", ""),
                    ("base_link_url", ""),
                    ("base_static_url", "static/version1/"),
                    ("base_media_url", "media/"),
                )
            },
        }
        for store in shown
    ]


MODULES = (
    "Magento_Store", "Magento_Backend", "Magento_Catalog", "Magento_Sales", "Magento_Integration", "Magento_Webapi",
    "Magento_Inventory", "Magento_InventoryApi", "Magento_InventoryCatalog", "Magento_InventorySales",
    "Magento_InventoryShipping", "Magento_AsynchronousOperations", "Magento_WebapiAsync",
)  # fmt: skip
