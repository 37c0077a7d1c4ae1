"""An eBay stand-in: OAuth, Fulfillment, Inventory, Post-Order, Notification, Key Management, Analytics, Identity.

Built from eBay's OpenAPI 3 documents (sell_fulfillment v1.20.7, sell_inventory 1.18.0, commerce_notification v1.2.0,
developer_key_management_v1, developer_analytics_v1_beta, commerce_identity_v1; seen 2026-11-26), from the Post-Order
reference 2.8.0 on developer.ebay.com and from eBay's guide to digital signatures, both seen 2026-11-26.
"""

from .channel import Ebay

__all__ = ["Ebay"]
