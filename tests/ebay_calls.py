"""What tests say to the eBay stand-in: paths, the moment its clock stands at, signed requests, one fresh order."""

import base64
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

MOMENT = 1795410000.0  # 2026-11-23 05:00 UTC
ORDERS = "/sell/fulfillment/v1/order"
BULK = "/sell/inventory/v1/bulk_update_price_quantity"
CANCELLATIONS = "/post-order/v2/cancellation"
RETURNS = "/post-order/v2/return"
KEYS = "/developer/key_management/v1/signing_key"
NOTIFICATION = "/commerce/notification/v1"
LONG_AGO = {"filter": "lastmodifieddate:[2026-01-01T00:00:00.000Z..]"}
WHOLE = {"fieldGroups": "TAX_BREAKDOWN"}


def make_order(caller, kind="standard", marketplace_id="EBAY_US", lines=(1, 1), **more):
    """Let a buyer order; return the order as getOrder shows it with TAX_BREAKDOWN."""
    wish = {"count": 1, "kind": kind, "marketplace_id": marketplace_id, "lines": list(lines), **more}
    [order_id] = caller.control(generate=wish)["generate"]
    return read_order(caller, order_id)


def read_order(caller, order_id, query=WHOLE):
    """Return an order as getOrder shows it."""
    response = caller.call("GET", f"{ORDERS}/{order_id}", query)
    assert response.status_code == 200, response.json
    return response.json


def ship(caller, order, lines=None, **more):
    """Confirm a parcel with ``lines``, pairs of line id and quantity; all lines without them. Return the response."""
    pairs = lines or [(line["lineItemId"], line["quantity"]) for line in order["lineItems"]]
    body = {
        "lineItems": [{"lineItemId": line_id, "quantity": quantity} for line_id, quantity in pairs],
        "shippingCarrierCode": "UPS",
        "trackingNumber": "1Z999AA10123456784",
        **more,
    }
    body = {name: value for name, value in body.items() if value is not None}
    return caller.call("POST", f"{ORDERS}/{order['orderId']}/shipping_fulfillment", body=body)


def sign(key, method, path, body, **changes):
    """Return the headers of a signed request below /ebay; ``changes`` go over what is signed.

    Written from RFC 9421 and eBay's guide, apart from the stand-in's own code.
    """
    digest = "sha-256=:" + base64.b64encode(hashlib.sha256(body).digest()).decode() + ":"
    names = ("content-digest", "x-ebay-signature-key", "@method", "@path", "@authority")
    values = {
        "content-digest": digest,
        "x-ebay-signature-key": key["jwe"],
        "@method": method,
        "@path": "/ebay" + path,
        "@authority": "localhost",
        **changes,
    }
    parameters = "(" + " ".join(f'"{name}"' for name in names) + ");created=1795410000"
    base = "\n".join([*(f'"{name}": {values[name]}' for name in names), f'"@signature-params": {parameters}'])
    private = serialization.load_der_private_key(base64.b64decode(key["privateKey"]), None)
    if isinstance(private, rsa.RSAPrivateKey):
        signature = private.sign(base.encode(), padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = private.sign(base.encode())
    return {
        "Content-Type": "application/json",
        "Content-Digest": digest,
        "x-ebay-signature-key": key["jwe"],
        "Signature-Input": f"sig1={parameters}",
        "Signature": "sig1=:" + base64.b64encode(signature).decode() + ":",
    }
