"""How an order moves on when something has been shipped, invoiced or refunded: Magento_Sales, Handler\\State."""

from .lines import open_to_invoice, open_to_refund, open_to_ship, top_lines
from .money import exact

FIXED = ("canceled", "holded", "payment_review", "closed")


def settle(shop, record):
    """Let state and status follow the lines of an order."""
    order = record["order"]
    if order["state"] in FIXED:
        return
    lines = top_lines(order)
    if order["state"] in ("new", "pending_payment"):
        _move(shop, order, "processing")
    if any(open_to_invoice(line) > 0 for line in lines):
        return
    can_ship = any(open_to_ship(line) > 0 for line in lines)
    is_refunded = not any(open_to_refund(line) > 0 for line in lines)
    if is_refunded and not can_ship:
        _move(shop, order, "closed")
    elif order["state"] == "processing" and (not can_ship or _is_rest_shipped(lines)):
        _move(shop, order, "complete")


def _is_rest_shipped(lines):
    """Say whether all that has not been refunded is shipped, as far as Magento counts that."""
    shipped, refunded, ordered = (
        sum(exact(line.get(name)) for line in lines) for name in ("qty_shipped", "qty_refunded", "qty_ordered")
    )
    return shipped > 0 and ordered <= shipped + refunded


def _move(shop, order, state):
    if order["state"] != state:
        order["state"], order["status"] = state, shop.status_of_state(state)[0]


def add_history(shop, order, values):
    """Add a line to the history of an order; return it. `values` are its comment and flags."""
    entry = {
        "comment": None,
        "created_at": shop.now(),
        "entity_id": shop.next_id("history"),
        "entity_name": "order",
        "is_customer_notified": None,
        "is_visible_on_front": 0,
        "parent_id": order["entity_id"],
        "status": order["status"],
        **values,
    }
    histories = order.get("status_histories")
    # The newest comes first, as in the shop's own list.
    order["status_histories"] = [entry, *(histories if isinstance(histories, list) else [])]
    return entry
