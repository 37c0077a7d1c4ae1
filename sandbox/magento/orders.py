"""Orders as they are read, and what may be done to a whole order: comment, hold, release, cancel."""

from datetime import timedelta

from .bodies import COMMENT, read_body
from .criteria import search
from .errors import invalid, not_found
from .lines import lines_of, open_to_invoice, top_lines
from .money import add_to, exact, number
from .placing import reserve
from .states import add_history

# Columns of sales_order that orders need not have a value in, beside those that they have.
_COLUMN_NAMES = (
    "applied_rule_ids base_total_paid base_total_refunded coupon_code customer_dob customer_firstname customer_gender "
    "customer_id customer_lastname customer_middlename customer_note customer_prefix customer_suffix customer_taxvat "
    "discount_description edit_increment ext_customer_id ext_order_id hold_before_state hold_before_status "
    "original_increment_id relation_child_id relation_child_real_id relation_parent_id relation_parent_real_id "
    "shipping_description total_canceled total_invoiced total_offline_refunded total_online_refunded total_paid "
    "total_refunded x_forwarded_for entity_id increment_id state status store_id store_name created_at updated_at "
    "customer_email customer_group_id customer_is_guest grand_total base_grand_total subtotal tax_amount "
    "discount_amount shipping_amount total_due total_qty_ordered total_item_count order_currency_code "
    "base_currency_code is_virtual quote_id weight"
)
_COLUMNS = frozenset(_COLUMN_NAMES.split())
_BUYER = ("customer_firstname", "customer_lastname", "customer_taxvat", "billing_address", "remote_ip")


def search_orders(shop, criteria):
    """Answer GET /V1/orders with a page as JSON values."""
    delay = shop.world.settings["magento_search_delay_seconds"]
    latest = (shop.world.clock.now() - timedelta(seconds=delay)).strftime("%Y-%m-%d %H:%M:%S")
    rows = [r["order"] for r in shop.orders.values() if not delay or str(r["order"].get("updated_at")) <= latest]
    page, count = search(rows, criteria, _COLUMNS)
    shop.note("orders_searched", shop.name, {"count": len(page), "ids": [row["entity_id"] for row in page]})
    return {
        "items": [render(row, shop.world.settings) for row in page],
        "search_criteria": criteria.echo(),
        "total_count": count,
    }


def search_items(shop, criteria):
    """Answer GET /V1/orders/items with a page as JSON values."""
    rows = [item for record in shop.orders.values() for item in _render_items(record["order"])]
    names = {name for row in rows for name, value in row.items() if not isinstance(value, (dict, list))}
    page, count = search(rows, criteria, names | {"item_id", "order_id", "sku", "parent_item_id", "updated_at"})
    return {"items": page, "search_criteria": criteria.echo(), "total_count": count}


def find_order(shop, text):
    """Return the record of an order; raise ApiError 404 for an unknown id."""
    record = shop.orders.get(int(text)) if text.isascii() and text.isdigit() and len(text) < 12 else None
    if record is None:
        raise not_found()
    return record


def render(order, settings):
    """Return an order as it is served: parts with their parents, the lines once more below the shipping."""
    shown = dict(order)
    if isinstance(order.get("items"), list):
        shown["items"] = _render_items(order)
    extension = order.get("extension_attributes")
    if isinstance(extension, dict) and isinstance(extension.get("shipping_assignments"), list):
        assignments = [_with_lines(a, shown.get("items")) for a in extension["shipping_assignments"]]
        shown["extension_attributes"] = {**extension, "shipping_assignments": assignments}
    if not settings["pii"]:
        shown = {name: value for name, value in shown.items() if name not in _BUYER}
        shown["extension_attributes"] = {
            name: value for name, value in (extension or {}).items() if name != "shipping_assignments"
        }
    return shown


def _render_items(order):
    by_id = {item["item_id"]: item for item in lines_of(order) if item.get("item_id")}
    return [
        {**item, "parent_item": by_id[item["parent_item_id"]]}
        if isinstance(item, dict) and item.get("parent_item_id") in by_id
        else item
        for item in order["items"]
    ]


def _with_lines(assignment, items):
    if not isinstance(assignment, dict) or "items" in assignment:
        return assignment
    return {**assignment, "items": items}


def add_comment(shop, record, data):
    """Add a comment, and with it another status of the same state; return True."""
    values = read_body(data, COMMENT)["status_history"]
    order = record["order"]
    status = values.get("status") or order["status"]
    if values.get("status") and status not in shop.status_of_state(order["state"]):
        raise invalid(
            'Unable to add comment: The status "%1" is not part of the order status history.', [values["status"]]
        )
    order["status"] = status
    kept = {name: values[name] for name in ("comment", "is_customer_notified", "is_visible_on_front") if name in values}
    add_history(shop, order, kept)
    shop.touch(record)
    shop.note("comment_added", order["entity_id"], {**kept, "status": status})
    return True


def list_comments(record):
    """Answer GET /V1/orders/{id}/comments with JSON values."""
    histories = record["order"].get("status_histories") or []
    return {"items": histories, "search_criteria": {"filter_groups": []}, "total_count": len(histories)}


def hold(shop, record):
    """Put an order on hold; return True. Raises ApiError 400 where there is nothing to hold."""
    order = record["order"]
    if order["state"] in ("holded", "canceled", "payment_review", "complete", "closed"):
        raise invalid("A hold action is not available.")
    order |= {"hold_before_state": order["state"], "hold_before_status": order["status"]}
    order["state"] = order["status"] = "holded"
    shop.touch(record)
    shop.note("order_held", order["entity_id"], {})
    return True


def unhold(shop, record):
    """Release an order; return True. Raises ApiError 400 when it is not on hold."""
    order = record["order"]
    if order["state"] != "holded":
        raise invalid("You cannot remove the hold.")
    order["state"], order["status"] = order.pop("hold_before_state"), order.pop("hold_before_status")
    shop.touch(record)
    shop.note("order_released", order["entity_id"], {})
    return True


def can_cancel(order):
    """Say whether an order can be cancelled: nothing shipped, nothing invoiced, not held, not over."""
    if order["state"] in ("holded", "payment_review", "canceled", "complete", "closed"):
        return False
    lines = top_lines(order)
    is_touched = any(exact(line.get("qty_shipped")) or exact(line.get("qty_invoiced")) for line in lines)
    return not is_touched and any(open_to_invoice(line) > 0 for line in lines)


def cancel(shop, record):
    """Cancel an order; return whether it could be, as Magento does: false is no error."""
    if not can_cancel(record["order"]):
        return False
    cancel_for_good(shop, record)
    shop.note("order_cancelled", record["order"]["entity_id"], {"increment_id": record["order"].get("increment_id")})
    return True


def cancel_for_good(shop, record):
    """Cancel whatever is left of an order, and let go of what it had reserved."""
    order = record["order"]
    for line in lines_of(order):
        left = open_to_invoice(line)
        line["qty_canceled"] = number(exact(line.get("qty_canceled")) + max(left, exact(0)))
    for prefix in ("", "base_"):
        for name in ("subtotal", "tax", "shipping", "discount"):
            amount = f"{prefix}{name}" if name == "subtotal" else f"{prefix}{name}_amount"
            add_to(order, f"{prefix}{name}_canceled", exact(order.get(amount)))
        add_to(order, f"{prefix}total_canceled", exact(order.get(f"{prefix}grand_total")))
    order["state"] = order["status"] = "canceled"
    reserve(record)
    add_history(shop, order, {"status": "canceled"})
    shop.touch(record)
