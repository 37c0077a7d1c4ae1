"""salesOrderShipmentList, …Info, …Create, …AddTrack, …GetCarriers."""

from . import life
from .amounts import to_text
from .documents import make_shipment
from .errors import SoapFault
from .filters import choose, parse_filters
from .orders import find_order
from .quantities import read_quantities
from .times import now_text

# What a new shop offers that has tracking (Mage_Shipping and Mage_Usa, etc/config.xml), and what is always there.
CARRIERS = {
    "custom": "Custom Value",
    "dhl": "DHL (Deprecated)",
    "fedex": "Federal Express",
    "ups": "United Parcel Service",
    "usps": "United States Postal Service",
    "dhlint": "DHL",
}
_RENAMED = {"shipment_id": "entity_id"}
_COLUMNS = {
    *("entity_id", "increment_id", "created_at", "updated_at", "total_qty", "order_id", "store_id"),
    *("order_increment_id", "order_created_at", "shipping_firstname", "shipping_lastname", "shipping_address_id"),
}
_LISTED = ("increment_id", "created_at", "total_qty", "shipment_id", "order_id", "shipping_firstname",
           "shipping_lastname", "order_increment_id", "order_created_at")  # fmt: skip


def find_shipment(shop, increment_id):
    """Return the shipment with an increment id; raise SoapFault 100 when there is none."""
    shipment = shop.records["shipment"].get(increment_id)
    if shipment is None:
        raise SoapFault(100, "Requested shipment not exists.")
    return shipment


def list_shipments(context):
    """Answer salesOrderShipmentList."""
    filters = parse_filters(context.values.get("filters"), _RENAMED)
    records = context.shop.records["shipment"].values()
    rows = [{**shipment, "entity_id": shipment["shipment_id"]} for shipment in records]
    return [{name: row.get(name) for name in _LISTED} for row in choose(rows, filters, _COLUMNS)]


def show_shipment(context):
    """Answer salesOrderShipmentInfo."""
    return find_shipment(context.shop, context.values.get("shipmentIncrementId"))


def create_shipment(context):
    """Answer salesOrderShipmentCreate with the number of the shipment."""
    shop, values = context.shop, context.values
    order = find_order(shop, values.get("orderIncrementId"), 103)
    if not life.can_ship(order):
        raise SoapFault(102, "Cannot do shipment for order.")
    quantities = read_quantities(values.get("itemsQty"))
    order = shop.draft(order)
    shipment = make_shipment(order, quantities)
    add_comment(context.world, shipment, values.get("comment"), values.get("email") and values.get("includeComment"))
    shop.add_document("shipment", order, shipment)
    body = {
        "shipment": shipment["increment_id"],
        "items": {item["order_item_id"]: item["qty"] for item in shipment["items"]},
        "comment": values.get("comment"),
        "is_mailed": bool(values.get("email")),
    }
    context.world.ledger.append("shipment_created", order["increment_id"], body)
    return shipment["increment_id"]


def add_comment(world, document, comment, is_notified):
    """Add the comment a document was made with, if it has one."""
    if comment:
        entry = {"comment": comment, "is_customer_notified": "1" if is_notified else "0"}
        document["comments"].append({**entry, "created_at": now_text(world.clock)})


def add_track(context):
    """Answer salesOrderShipmentAddTrack with the id of the track; the same number again is one more track."""
    values = context.values
    shipment = find_shipment(context.shop, values.get("shipmentIncrementId"))
    if values.get("carrier") not in CARRIERS:
        raise SoapFault(102, "Invalid carrier specified.")
    track = put_track(context.shop, shipment, values, now_text(context.world.clock))
    if values.get("weight"):
        track["weight"] = to_text(values["weight"])
    body = {
        "shipment": shipment["increment_id"],
        "carrier": track["carrier_code"],
        "title": track["title"],
        "number": track["number"],
    }
    context.world.ledger.append("track_added", shipment["order_increment_id"], body)
    return int(track["track_id"])


def put_track(shop, shipment, values, now):
    """Give a shipment one more track and store it; return the track."""
    track = {
        "track_id": str(shop.next_number("track")),
        "parent_id": shipment["shipment_id"],
        "order_id": shipment["order_id"],
        "carrier_code": values["carrier"],
        "title": values.get("title"),
        "number": values.get("trackNumber"),
        "created_at": now,
        "updated_at": now,
    }
    shipment["tracks"].append(track)
    shipment["updated_at"] = now
    shop.put("shipment", shipment)
    return track


def remove_track(context):
    """Answer salesOrderShipmentRemoveTrack."""
    shipment = find_shipment(context.shop, context.values.get("shipmentIncrementId"))
    track_id = context.values.get("trackId")
    left = [track for track in shipment["tracks"] if track["track_id"] != track_id]
    if len(left) == len(shipment["tracks"]):
        raise SoapFault(104, "Requested tracking not exists.")
    shipment["tracks"] = left
    context.shop.put("shipment", shipment)
    context.world.ledger.append("track_removed", shipment["increment_id"], {"track_id": track_id})
    return True


def list_carriers(context):
    """Answer salesOrderShipmentGetCarriers."""
    find_order(context.shop, context.values.get("orderIncrementId"), 103)
    return [{"key": code, "value": title} for code, title in CARRIERS.items()]
