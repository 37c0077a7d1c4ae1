"""An Amazon stand-in: Login with Amazon, Orders, shipment confirmation, Listings Items, Sellers.

Built from the published models of selling-partner-api-models (github.com/amzn, commit
34dc93fe45f3, seen 2026-11-23): orders_2026-01-01, ordersV0, listingsItems_2021-08-01, sellers.
"""

from .channel import Amazon

__all__ = ["Amazon"]
