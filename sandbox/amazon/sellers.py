"""getMarketplaceParticipations of the Sellers API v1: cheap, so it serves as a connection test."""

from .marketplaces import SOLD_IN
from .parameters import read_query

STORE_NAME = "OMS Sandbox Store"


def get_participations(call):
    """Answer getMarketplaceParticipations with JSON values; raise ApiError 400."""
    read_query(call.query, {})
    return {
        "payload": [
            {
                "marketplace": {
                    "id": marketplace.id,
                    "name": marketplace.name,
                    "countryCode": marketplace.country,
                    "defaultCurrencyCode": marketplace.currency,
                    "defaultLanguageCode": marketplace.language,
                    "domainName": marketplace.domain,
                },
                "storeName": STORE_NAME,
                "participation": {"isParticipating": True, "hasSuspendedListings": False},
            }
            for marketplace in SOLD_IN
        ]
    }
