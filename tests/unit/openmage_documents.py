"""OpenMage documents as literals for unit tests: an order, its lines, and envelopes of both flavours."""

import json

SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
DROP = object()


def item(item_id="11", sku="LAMP", quantity="2.0000", row_total="40.0000", **more):
    """Return one line as an order lists it; ``DROP`` leaves a field out."""
    found = {
        "item_id": item_id,
        "product_id": f"9{item_id}",
        "product_type": "simple",
        "is_virtual": "0",
        "sku": sku,
        "name": f"Title of {sku}",
        "qty_ordered": quantity,
        "qty_shipped": "0.0000",
        "qty_refunded": "0.0000",
        "qty_canceled": "0.0000",
        "price": "20.0000",
        "original_price": "20.0000",
        "row_total": row_total,
        "tax_percent": "0.0000",
        "tax_amount": "0.0000",
        "discount_amount": "0.0000",
        **more,
    }
    return {name: value for name, value in found.items() if value is not DROP}


def order(items=None, row=None, **more):
    """Return a stored order: what salesOrderInfo said, and the row of salesOrderList."""
    found = {
        "increment_id": "100000007",
        "order_id": "7",
        "store_id": "1",
        "state": "processing",
        "status": "processing",
        "created_at": "2026-11-01 10:00:00",
        "updated_at": "2026-11-01 11:00:00",
        "order_currency_code": "EUR",
        "base_currency_code": "EUR",
        "base_to_order_rate": "1.0000",
        "subtotal": "40.0000",
        "shipping_amount": "0.0000",
        "tax_amount": "0.0000",
        "discount_amount": "0.0000",
        "grand_total": "40.0000",
        "base_grand_total": "40.0000",
        "total_paid": "40.0000",
        "customer_id": "5",
        "customer_is_guest": "0",
        "customer_email": "ann@buyer.example",
        "customer_firstname": "Ann",
        "customer_lastname": "Buyer",
        "shipping_description": "Flat Rate - Fixed",
        "shipping_address": address(),
        "billing_address": address(company="Buyer AB", vat_id="SE556"),
        "payment": {"payment_id": "3", "method": "checkmo"},
        "items": [item()] if items is None else items,
        "list_row": {"increment_id": "100000007", "order_id": "7", **(row or {})},
        **more,
    }
    return {name: value for name, value in found.items() if value is not DROP}


def address(**more):
    """Return an address."""
    return {
        "firstname": "Ann",
        "lastname": "Buyer",
        "street": "1 Main Street\nBack door",
        "city": "Lund",
        "region": "Skåne",
        "postcode": "22100",
        "country_id": "SE",
        "telephone": "0700",
        **more,
    }


def body(document):
    """Return a document as it is stored."""
    return json.dumps(document).encode()


def envelope(inside):
    """Return a SOAP envelope around some XML."""
    names = f'xmlns:e="{SOAP}" xmlns:c="{ENCODING}" xmlns:i="{XSI}" xmlns:n="urn:OpenMage"'
    return f'<?xml version="1.0"?><e:Envelope {names}><e:Body>{inside}</e:Body></e:Envelope>'.encode()


def fault(code, text):
    """Return a SOAP fault."""
    return envelope(f"<e:Fault><faultcode>{code}</faultcode><faultstring>{text}</faultstring></e:Fault>")


def worth(data):
    """Return what lines, charges and taxes of an order add up to."""
    charges = [*data.charges, *(charge for line in data.lines for charge in line.charges)]
    parts = [line.amount.amount for line in data.lines] + [charge.amount.amount for charge in charges]
    if not data.is_tax_included:
        parts += [tax.amount.amount for part in (*data.lines, *charges) for tax in part.taxes]
    return sum(parts)
