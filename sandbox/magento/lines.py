"""The lines of an order, and what they mean for stock: which pieces leave the shelf when a line is shipped."""

from .money import exact

COMPOSITES = ("configurable", "bundle")


def lines_of(order):
    """Return the lines of an order that are objects; a test may have misshapen it."""
    items = order.get("items")
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def top_lines(order):
    """Return the lines that stand for what was bought: not the parts of configurables and bundles."""
    return [item for item in lines_of(order) if not item.get("parent_item_id")]


def parts_of(order, item):
    """Return the lines below a line."""
    return [part for part in lines_of(order) if part.get("parent_item_id") == item.get("item_id")]


def is_dynamic(order, item):
    """Say whether a line is a bundle whose parts carry the prices."""
    return item.get("product_type") == "bundle" and any(part.get("price") for part in parts_of(order, item))


def units_of(order, item, quantity):
    """Return [(SKU, units)] that `quantity` of a top line takes from stock."""
    if item.get("product_type") != "bundle":
        return [(str(item.get("sku")), quantity)]
    ordered = exact(item.get("qty_ordered")) or 1
    return [(str(part["sku"]), exact(part["qty_ordered"]) * quantity / ordered) for part in parts_of(order, item)]


def open_to_ship(item):
    """Return how much of a line can still be shipped."""
    if item.get("is_virtual"):
        return exact(0)
    gone = max(exact(item.get("qty_shipped")), exact(item.get("qty_refunded")))
    return max(exact(0), exact(item.get("qty_ordered")) - gone - exact(item.get("qty_canceled")))


def open_to_invoice(item):
    """Return how much of a line can still be invoiced."""
    return exact(item.get("qty_ordered")) - exact(item.get("qty_invoiced")) - exact(item.get("qty_canceled"))


def open_to_refund(item):
    """Return how much of a line can still be refunded."""
    return exact(item.get("qty_invoiced")) - exact(item.get("qty_refunded"))


def open_units(order):
    """Return {SKU: units} that an order still holds for its buyer."""
    units = {}
    for item in top_lines(order):
        left = open_to_invoice(item) if item.get("is_virtual") else open_to_ship(item)
        for sku, quantity in units_of(order, item, left):
            if quantity:
                units[sku] = units.get(sku, exact(0)) + quantity
    return units
