"""Shipping an order: what may leave, from which source, and what that does to stock and state.

Magento_Sales\\Model\\ShipOrder with the validators of Magento_Sales and the source deduction of InventoryShipping.
"""

from .bodies import SHIP, TRACK, read_body
from .errors import document_error, invalid, not_found
from .lines import open_to_ship, read_quantities, top_lines, units_of
from .money import add_to, exact, number
from .placing import reserve
from .shop import SOURCES
from .states import add_history, settle
from .stores import store_of

_NO_PRODUCTS = "You can't create a shipment without products."
_WORDS = (
    "The shipment contains product item that is not part of the original order.",
    'The quantity to ship must not be greater than the unshipped quantity for product SKU "{sku}".',
)


def ship_order(shop, record, data):
    """Ship lines of an order; return the id of the shipment. Raises ApiError 400 when the shop refuses."""
    body = read_body(data, SHIP)
    arguments = body.get("arguments", {}).get("extension_attributes", {})
    wanted = _check(record["order"], body)
    shipment = create_shipment(shop, record, wanted, (arguments.get("source_code") or "default", body))
    shop.note(
        "shipment_created",
        record["order"]["entity_id"],
        {
            "shipment_id": shipment["entity_id"],
            "increment_id": record["order"].get("increment_id"),
            "items": {str(item_id): number(quantity) for item_id, quantity in wanted.items()},
            "tracks": [track["track_number"] for track in shipment["tracks"]],
            "carriers": [track["carrier_code"] for track in shipment["tracks"]],
            "source_code": shipment["extension_attributes"]["source_code"],
            "notify": body.get("notify", False),
        },
    )
    return shipment["entity_id"]


def _check(order, body):
    """Return {item id: quantity} of what is to be shipped; raise ApiError 400 with every reason against it."""
    problems = []
    is_ready = order["state"] not in ("payment_review", "holded", "canceled") and not order.get("is_virtual")
    if not is_ready:
        problems.append(f"A shipment cannot be created when an order has a status of {order['status']}")
    elif not any(open_to_ship(line) > 0 for line in top_lines(order)):
        problems.append("The order does not allow a shipment to be created.")
    wanted, wrong = read_quantities(order, body.get("items", ()), open_to_ship, _WORDS)
    problems += wrong
    if not wanted:
        problems.append(_NO_PRODUCTS)
    for track in body.get("tracks", ()):
        if not track["track_number"]:
            problems.append("Please enter a tracking number.")
    if problems:
        raise document_error("Shipment", problems)
    return wanted


def create_shipment(shop, record, wanted, how):
    """Store a shipment of {item id: quantity} and move stock, lines and state; return it.

    :param how: (source code, {"tracks", "comment"})
    """
    source_code, extras = how
    order = record["order"]
    lines = {line["item_id"]: line for line in top_lines(order)}
    units = [pair for item_id, quantity in wanted.items() for pair in units_of(order, lines[item_id], quantity)]
    _deduct(shop, source_code, units)
    shipment_id, now = shop.next_id("shipment"), shop.now()
    shipment = {
        "entity_id": shipment_id,
        "increment_id": shop.next_increment("shipment", store_of(order)),
        "order_id": order["entity_id"],
        "store_id": order.get("store_id"),
        "billing_address_id": order.get("billing_address_id"),
        "created_at": now,
        "updated_at": now,
        "email_sent": 1 if extras.get("notify") else 0,
        "packages": [],
        "total_qty": number(sum(wanted.values())),
        "items": [_shipment_item(shop, lines[i], quantity, shipment_id) for i, quantity in wanted.items()],
        "tracks": [_track(shop, track, (shipment_id, order)) for track in extras.get("tracks", ())],
        "comments": [],
        "extension_attributes": {"source_code": source_code},
    }
    if order.get("customer_id"):
        shipment["customer_id"] = order["customer_id"]
    comment = extras.get("comment")
    if comment:
        shipment["comments"] = [document_comment(shop, comment, shipment_id, extras.get("notify", False))]
    for item_id, quantity in wanted.items():
        add_to(lines[item_id], "qty_shipped", quantity)
    settle(shop, record)
    reserve(record)
    add_history(shop, order, {"entity_name": "shipment", "is_customer_notified": int(extras.get("notify", False))})
    shop.put("shipments", shipment_id, shipment)
    shop.touch(record)
    return shipment


def _deduct(shop, source_code, units):
    """Take units out of a source, all or nothing; raise ApiError 400 when the source has not got them."""
    if not shop.world.settings["manage_stock"]:
        return
    needed = {}
    for sku, quantity in units:
        needed[sku] = needed.get(sku, exact(0)) + quantity
    rows = []
    for sku, quantity in needed.items():
        row = shop.source_item(sku, source_code)
        if source_code not in SOURCES or row is None:
            raise invalid("Source item not found by source code: %1 and sku: %2.", [source_code, sku])
        left = exact(row["quantity"]) - quantity
        if left < 0:
            raise invalid("Not all of your products are available in the requested quantity.")
        rows.append((sku, left, row["status"]))
    for sku, left, status in rows:
        shop.save_source_item(sku, source_code, left, status)


def _shipment_item(shop, line, quantity, shipment_id):
    item = {name: line[name] for name in ("name", "price", "product_id", "sku", "weight") if name in line}
    return item | {
        "entity_id": shop.next_id("shipment_item"),
        "parent_id": shipment_id,
        "order_item_id": line["item_id"],
        "qty": number(quantity),
    }


def _track(shop, given, owner):
    shipment_id, order = owner
    now = shop.now()
    return {
        "order_id": order["entity_id"],
        "created_at": now,
        "entity_id": shop.next_id("track"),
        "parent_id": shipment_id,
        "updated_at": now,
        "weight": given.get("weight"),
        "qty": given.get("qty"),
        "description": given.get("description"),
        "track_number": given["track_number"],
        "title": given["title"],
        "carrier_code": given["carrier_code"],
    }


def document_comment(shop, comment, parent_id, is_notified):
    """Return a comment of a shipment, an invoice or a credit memo."""
    return {
        "is_customer_notified": int(is_notified),
        "parent_id": parent_id,
        "comment": comment["comment"],
        "is_visible_on_front": comment["is_visible_on_front"],
        "created_at": shop.now(),
        "entity_id": shop.next_id("comment"),
    }


def add_track(shop, data):
    """Add a parcel's number to a shipment; return the track."""
    entity = read_body(data, TRACK)["entity"]
    shipment = shop.shipments.get(entity["parent_id"])
    if shipment is None:
        raise not_found()
    if shipment["order_id"] != entity["order_id"] or not entity["track_number"]:
        raise invalid("Could not save the shipment tracking.")
    record = shop.orders[shipment["order_id"]]
    track = _track(shop, entity, (shipment["entity_id"], record["order"]))
    shipment["tracks"].append(track)
    shipment["updated_at"] = shop.now()
    shop.put("shipments", shipment["entity_id"], shipment)
    shop.touch(record)
    body = {name: track[name] for name in ("track_number", "carrier_code", "title", "entity_id")}
    shop.note("track_added", record["order"]["entity_id"], {"shipment_id": shipment["entity_id"], **body})
    return track
