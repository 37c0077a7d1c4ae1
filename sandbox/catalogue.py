"""The 200 products that the stand-ins sell; demo data may import them, so both sides agree.

Everything follows from the number of the product, so nothing here ever differs between two runs.
"""

from dataclasses import dataclass
from decimal import Decimal

PRODUCT_COUNT = 200
# The last ten are stored and shipped by the marketplace.
FIRST_MARKETPLACE_FULFILLED = 191

_FAMILIES = (
    ("Cotton T-shirt", 120), ("Linen shirt", 210), ("Wool scarf", 90), ("Canvas tote bag", 180),
    ("Leather belt", 240), ("Running socks, 3 pairs", 110), ("Stainless water bottle", 340),
    ("Enamel mug", 310), ("Cast iron pan", 1900), ("Chef's knife", 260), ("Bamboo cutting board", 950),
    ("Glass storage jar", 520), ("Desk lamp", 1400), ("Notebook, dotted A5", 280), ("Fountain pen", 60),
    ("USB-C charger", 130), ("Wireless mouse", 115), ("Yoga mat", 1250), ("Hand cream, 75 ml", 95),
    ("Picture frame, 20 x 30 cm", 640),
)  # fmt: skip
_VARIANTS = (
    "black", "white", "navy", "olive", "grey", "red", "sand", "teal", "yellow", "burgundy",
)  # fmt: skip
# Price in other currencies as a share of the US price, close to what sellers really do.
_PRICE_SHARES = {"USD": Decimal("1"), "GBP": Decimal("0.85"), "EUR": Decimal("0.95")}
_YEN_PER_DOLLAR = 150


@dataclass(frozen=True)
class Product:
    """One product: its number from 1, and everything that follows from it."""

    number: int

    @property
    def sku(self):
        """Return the seller's SKU, such as OMS-0001."""
        return f"OMS-{self.number:04d}"

    @property
    def name(self):
        """Return a name that no other product has."""
        family = _FAMILIES[(self.number - 1) % len(_FAMILIES)][0]
        return f"{family}, {_VARIANTS[(self.number - 1) // len(_FAMILIES)]}"

    @property
    def weight_grams(self):
        """Return the weight of one piece."""
        return _FAMILIES[(self.number - 1) % len(_FAMILIES)][1]

    @property
    def asin(self):
        """Return an identifier in the marketplace's form."""
        return f"B0OMS{self.number:05d}"

    @property
    def barcode(self):
        """Return an EAN-13 in the range 20-29 that GS1 leaves to companies for their own use."""
        digits = f"2900000{self.number:05d}"
        weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
        return digits + str(-weighted % 10)

    @property
    def is_marketplace_fulfilled(self):
        """Say whether the marketplace keeps and ships it."""
        return self.number >= FIRST_MARKETPLACE_FULFILLED

    def price(self, currency="USD"):
        """Return the price in USD, GBP, EUR or JPY as a Decimal with the currency's decimals."""
        dollars = 5 + self.number * 37 % 95
        if currency == "JPY":
            return Decimal(dollars * _YEN_PER_DOLLAR - 20)
        whole = (dollars * _PRICE_SHARES[currency]).quantize(Decimal(1))
        return whole - Decimal("0.01")

    @property
    def first_quantity(self):
        """Return how many are for sale when the sandbox starts."""
        return 20 + self.number * 13 % 180


PRODUCTS = tuple(Product(number) for number in range(1, PRODUCT_COUNT + 1))
