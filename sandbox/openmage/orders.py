"""salesOrderList, salesOrderInfo, salesOrderAddComment, salesOrderHold, salesOrderUnhold, salesOrderCancel."""

from . import life
from .errors import SoapFault
from .filters import choose, parse_filters
from .times import now_text
from .wire_types import fields_of

NO_ORDER = "Requested order not exists."
_NOT_CHANGED = "Order status not changed. Details in error message."
_COLUMNS = {field.name for field in fields_of("salesOrderListEntity")} - {"order_id"} | {"entity_id", "order_id"}
_RENAMED = {"order_id": "entity_id"}
# What is left of an order when the setting `pii` is false.
_PERSONAL = {
    *("customer_email", "customer_firstname", "customer_lastname", "customer_middlename", "remote_ip", "telephone"),
    *("firstname", "lastname", "postcode", "street", "company", "fax", "vat_id"),
    *(f"{kind}_{part}" for kind in ("billing", "shipping") for part in ("firstname", "lastname", "name")),
}


def find_order(shop, increment_id, code=100, message=NO_ORDER):
    """Return the order with an increment id; raise SoapFault when there is none."""
    order = shop.orders.get(increment_id)
    if order is None:
        raise SoapFault(code, message)
    return order


def list_orders(context):
    """Answer salesOrderList: everything that matches, in the order of its making, without pages."""
    filters = parse_filters(context.values.get("filters"), _RENAMED)
    rows = [{**order, "entity_id": order.get("order_id")} for order in context.shop.orders.values()]
    found = choose(rows, filters, _COLUMNS)
    context.world.ledger.append("orders_listed", context.shop.name, {"filters": filters, "count": len(found)})
    return [_shown(order, context.world) for order in found]


def show_order(context):
    """Answer salesOrderInfo."""
    order = find_order(context.shop, context.values.get("orderIncrementId"))
    context.world.ledger.append("order_read", order["increment_id"], {})
    return _shown(order, context.world)


def _shown(order, world):
    if world.settings["pii"]:
        return order
    hidden = _hide(order)
    for name in ("billing_address", "shipping_address"):
        if isinstance(hidden.get(name), dict):
            hidden[name] = _hide(hidden[name])
    return hidden


def _hide(record):
    return {name: None if name in _PERSONAL else value for name, value in record.items()}


def add_comment(context):
    """Answer salesOrderAddComment. The status that is given becomes the order's, an empty one, too."""
    values = context.values
    order = find_order(context.shop, values.get("orderIncrementId"))
    status, comment = values.get("status") or "", values.get("comment") or ""
    is_notified = str(values.get("notify") or "0").lower() not in ("0", "", "false")
    order["status"] = status
    note_history(context.world, order, comment, is_notified)
    context.shop.touch(order)
    body = {"status": status, "comment": comment, "is_notified": is_notified}
    context.world.ledger.append("comment_added", order["increment_id"], body)
    return context.yes


def note_history(world, order, comment, is_notified=False):
    """Add an entry to the history of an order, newest last."""
    order.setdefault("status_history", []).append(
        {
            "parent_id": order.get("order_id"),
            "is_customer_notified": "1" if is_notified else "0",
            "status": order["status"],
            "comment": comment,
            "created_at": now_text(world.clock),
        }
    )


def hold_order(context):
    """Answer salesOrderHold."""
    order = find_order(context.shop, context.values.get("orderIncrementId"))
    if not life.can_hold(order):
        raise SoapFault(103, "Hold action is not available.")
    life.hold(order)
    return _note_change(context, order, "order_held")


def release_order(context):
    """Answer salesOrderUnhold."""
    order = find_order(context.shop, context.values.get("orderIncrementId"))
    if order["state"] != "holded":
        raise SoapFault(103, "Unhold action is not available.")
    life.release(order)
    return _note_change(context, order, "order_released")


def cancel_order(context):
    """Answer salesOrderCancel; an order of which a part is invoiced loses the rest, and is refused all the same."""
    order = find_order(context.shop, context.values.get("orderIncrementId"))
    if not life.can_cancel(order):
        raise SoapFault(103, _NOT_CHANGED)
    context.shop.move_stock(life.cancel(order), +1)
    _note_change(context, order, "order_cancelled")
    if order["state"] != "canceled":
        raise SoapFault(103, _NOT_CHANGED)
    return context.yes


def _note_change(context, order, kind):
    context.shop.touch(order)
    context.world.ledger.append(kind, order["increment_id"], {"state": order["state"], "status": order["status"]})
    return context.yes
