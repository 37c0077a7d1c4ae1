"""The marketplaces that orders come from, and where a call for a refund must carry a digital signature."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Marketplace:
    """One site: identifier, country, currency of its listings."""

    id: str
    country: str
    currency: str


US = Marketplace("EBAY_US", "US", "USD")
GB = Marketplace("EBAY_GB", "GB", "GBP")
DE = Marketplace("EBAY_DE", "DE", "EUR")
JP = Marketplace("EBAY_JP", "JP", "JPY")
BY_ID = {marketplace.id: marketplace for marketplace in (US, GB, DE, JP)}

# Sites of the European Union and the United Kingdom ("Digital Signatures for APIs", developer.ebay.com).
SIGNED = frozenset(
    f"EBAY_{country}" for country in ("AT", "BE", "DE", "ES", "FR", "GB", "IE", "IT", "NL", "PL")
)  # fmt: skip
