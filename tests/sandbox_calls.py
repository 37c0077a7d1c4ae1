"""What tests say to the Amazon stand-in: the paths, the stores, the moment its clock stands at, a parcel."""

MOMENT = 1795410000.0  # 2026-11-23 05:00 UTC
US = "ATVPDKIKX0DER"
ORDERS = "/orders/2026-01-01/orders"
LONG_AGO = {"lastUpdatedAfter": "2020-01-01T00:00:00Z"}
# One of Amazon's own example orders, which the stand-in is seeded with, and its only item.
EXAMPLE_ID = "114-9876543-1234567"
EXAMPLE_ITEM = "11498765431234"


def shipment_path(order_id=EXAMPLE_ID):
    """Return where parcels of an order are confirmed."""
    return f"/orders/v0/orders/{order_id}/shipmentConfirmation"


def make_notice(items=((EXAMPLE_ITEM, 1),), **detail):
    """Return the body of confirmShipment: a parcel with ``items``, pairs of id and quantity, and more ``detail``."""
    return {
        "marketplaceId": US,
        "packageDetail": {
            "packageReferenceId": "1",
            "carrierCode": "UPS",
            "trackingNumber": "1Z999",
            "shipDate": "2026-11-23T05:00:00Z",
            "orderItems": [{"orderItemId": item, "quantity": quantity} for item, quantity in items],
            **detail,
        },
    }
