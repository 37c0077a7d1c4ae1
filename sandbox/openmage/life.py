"""What may happen to an order, and the state that follows: Mage_Sales_Model_Order and Mage_Sales_Model_Order_Item.

An order and its items are dicts as they are stored. Beside the fields that answers have, an item knows
`parent_item_id`, `is_priced_by_children` and `is_shipped_apart`. From OpenMage 20, seen 2026-11-26.
"""

from .amounts import ZERO, number_in, to_text

DONE = ("canceled", "complete", "closed")
DEFAULT_STATUSES = {"new": "pending"}


def parent_of(order, item):
    """Return the item that another belongs to, or None."""
    parent_id = item.get("parent_item_id")
    return next((other for other in order["items"] if parent_id and other["item_id"] == parent_id), None)


def children_of(order, item):
    """Return the items that belong to another: the chosen variant, the parts of a bundle."""
    return [other for other in order["items"] if other.get("parent_item_id") == item["item_id"]]


def is_dummy(order, item, for_shipping=False):
    """Say whether an item is only there for its parent's or its children's sake."""
    flag = "is_shipped_apart" if for_shipping else "is_priced_by_children"
    parent = parent_of(order, item)
    if parent is not None:
        return not parent.get(flag)
    return bool(children_of(order, item)) and bool(item.get(flag))


def _left(item, *names):
    return max(number_in(item, "qty_ordered") - sum(number_in(item, name) for name in names), ZERO)


def simple_to_ship(item):
    """Return what of an item has not left, whether it is shipped by itself or with its parent."""
    return _left(item, "qty_shipped", "qty_refunded", "qty_canceled")


def to_ship(order, item):
    """Return how many of an item may be shipped."""
    return ZERO if is_dummy(order, item, for_shipping=True) else simple_to_ship(item)


def to_invoice(order, item):
    """Return how many of an item may be invoiced."""
    return ZERO if is_dummy(order, item) else _left(item, "qty_invoiced", "qty_canceled")


def to_refund(order, item):
    """Return how many of an item may be refunded."""
    if is_dummy(order, item):
        return ZERO
    return max(number_in(item, "qty_invoiced") - number_in(item, "qty_refunded"), ZERO)


def to_cancel(order, item):
    """Return how many of an item are neither shipped nor invoiced."""
    parent = parent_of(order, item)
    if item.get("product_type") == "bundle":
        return min(_left(item, "qty_invoiced", "qty_canceled"), to_ship(order, item))
    if parent is not None and parent.get("product_type") == "bundle":
        return min(to_invoice(order, item), simple_to_ship(item))
    return min(to_invoice(order, item), to_ship(order, item))


def _is_stopped(order):
    return order["state"] in ("holded", "payment_review")


def can_ship(order):
    """Say whether anything may be shipped now; an unpaid order may."""
    if _is_stopped(order) or order["state"] == "canceled":
        return False
    return any(to_ship(order, item) > 0 for item in order["items"] if item.get("is_virtual") != "1")


def can_invoice(order):
    """Say whether anything may be invoiced now."""
    if _is_stopped(order) or order["state"] in DONE:
        return False
    return any(to_invoice(order, item) > 0 for item in order["items"])


def can_refund(order):
    """Say whether money may go back: some has come in that is not refunded."""
    if _is_stopped(order) or order["state"] in ("canceled", "closed"):
        return False
    return number_in(order, "base_total_paid") - number_in(order, "base_total_refunded") > 0


def can_hold(order):
    """Say whether the order may be put on hold."""
    return order["state"] not in (*DONE, "payment_review", "holded")


def can_cancel(order):
    """Say whether the order may be cancelled: something is not invoiced yet."""
    if _is_stopped(order) or order["state"] in DONE:
        return False
    return any(to_invoice(order, item) > 0 for item in order["items"])


def set_state(order, state, status=None):
    """Put an order into a state, with the status that belongs to it unless another is given."""
    order["state"] = state
    order["status"] = status or DEFAULT_STATUSES.get(state, state)


def settle_state(order):
    """Let the state follow what has been shipped, invoiced and refunded."""
    if order["state"] == "new":
        set_state(order, "processing")
    if order["state"] == "canceled" or _is_stopped(order) or can_invoice(order) or can_ship(order):
        return
    if can_refund(order) or not number_in(order, "base_grand_total"):
        if order["state"] != "complete":
            set_state(order, "complete")
    elif number_in(order, "total_refunded"):
        set_state(order, "closed")


def hold(order):
    """Put an order on hold and remember where it was."""
    order["hold_before_state"], order["hold_before_status"] = order["state"], order["status"]
    set_state(order, "holded")


def release(order):
    """Take an order off hold."""
    set_state(order, order.get("hold_before_state") or "processing", order.get("hold_before_status"))
    order["hold_before_state"] = order["hold_before_status"] = None


def cancel(order):
    """Cancel what is neither shipped nor invoiced; return {SKU: pieces that are free again}.

    An order of which part is invoiced ends as complete or processing instead of canceled.
    """
    counts = {item["item_id"]: to_cancel(order, item) for item in order["items"]}
    state = "canceled"
    for item in order["items"]:
        if state != "processing" and to_refund(order, item) > 0:
            state = "processing" if to_ship(order, item) > counts[item["item_id"]] else "complete"
    freed = {}
    for item in order["items"]:
        count = counts[item["item_id"]]
        owner = parent_of(order, item)
        if item.get("product_type") == "simple":
            pieces = count
            if owner is not None and is_dummy(order, item):
                pieces = counts[owner["item_id"]] * number_in(item, "qty_ordered") / number_in(owner, "qty_ordered")
            if pieces:
                freed[item["sku"]] = freed.get(item["sku"], ZERO) + pieces
    for item in order["items"]:
        item["qty_canceled"] = to_text(number_in(item, "qty_canceled") + counts[item["item_id"]])
    for prefix in ("", "base_"):
        for part in ("subtotal", "tax", "shipping", "discount"):
            total = number_in(order, f"{prefix}{part}" if part == "subtotal" else f"{prefix}{part}_amount")
            order[f"{prefix}{part}_canceled"] = to_text(abs(total) - abs(number_in(order, f"{prefix}{part}_invoiced")))
        paid = number_in(order, f"{prefix}total_paid")
        order[f"{prefix}total_canceled"] = to_text(number_in(order, f"{prefix}grand_total") - paid)
    set_state(order, state)
    return freed
