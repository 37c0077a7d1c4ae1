"""An Amazon stand-in: Login with Amazon, Orders, shipment confirmation, Listings Items, Sellers, Feeds, Reports, FBA
inventory, Notifications with a small SQS.

Built from the published models of selling-partner-api-models (github.com/amzn, commit 34dc93fe45f3, seen 2026-11-23 and
2026-11-26): orders_2026-01-01, ordersV0, listingsItems_2021-08-01, sellers, feeds_2021-06-30, reports_2021-06-30,
fbaInventory, notifications, and the JSON schemas of listings feeds and notifications.
"""

from .channel import Amazon

__all__ = ["Amazon"]
