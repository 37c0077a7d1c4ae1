"""Orders as Magento 2 writes them, for the tests of their reading. Names of fields: its Swagger document."""

import json


def item(item_id=11, sku="LAMP", qty=1, **more):
    """Return one item; amounts come as keyword arguments."""
    return {
        "item_id": item_id,
        "order_id": 7,
        "product_id": 100 + (item_id or 0),
        "product_type": "simple",
        "sku": sku,
        "name": f"Title of {sku}",
        "is_virtual": 0,
        "qty_ordered": qty,
        "qty_shipped": 0,
        "qty_refunded": 0,
        "qty_canceled": 0,
        **more,
    }


def priced(item_id=11, sku="LAMP", qty=1, *, net="20.00", gross=None, tax="0", off="0", compensation="0", **more):
    """Return one item with its row amounts, as numbers on the wire."""
    gross = gross if gross is not None else float(net) + float(tax) + float(compensation)
    return item(
        item_id,
        sku,
        qty,
        row_total=float(net),
        row_total_incl_tax=float(gross),
        price=round(float(net) / qty, 4),
        price_incl_tax=round(float(gross) / qty, 4),
        tax_amount=float(tax),
        discount_amount=float(off),
        discount_tax_compensation_amount=float(compensation),
        **more,
    )


def address(**more):
    """Return a postal address."""
    return {
        "address_type": "shipping",
        "firstname": "Ann",
        "lastname": "Buyer",
        "street": ["1 Main Street", "Flat 2"],
        "city": "Springfield",
        "postcode": "12345",
        "region": "Illinois",
        "region_code": "IL",
        "country_id": "US",
        "telephone": "555 0100",
        **more,
    }


def order(items=None, total="20.00", currency="EUR", *, state="processing", extension=None, **more):
    """Return one order as its tree."""
    assignment = {"shipping": {"address": address(), "method": "flatrate_flatrate", "total": {}}, "items": []}
    return {
        "entity_id": 7,
        "increment_id": "000000007",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": "2026-11-02 11:30:00",
        "state": state,
        "status": state,
        "store_id": 1,
        "order_currency_code": currency,
        "base_currency_code": currency,
        "grand_total": float(total),
        "base_grand_total": float(total),
        "customer_email": "ann@example.com",
        "customer_firstname": "Ann",
        "customer_lastname": "Buyer",
        "customer_is_guest": 1,
        "shipping_amount": 0,
        "items": [priced()] if items is None else items,
        "billing_address": address(address_type="billing"),
        "payment": {"method": "checkmo", "additional_information": ["Check"], "account_status": None, "cc_last4": None},
        "extension_attributes": {"shipping_assignments": [assignment], **(extension or {})},
        **more,
    }


def body(tree):
    """Return a tree as bytes."""
    return json.dumps(tree).encode()
