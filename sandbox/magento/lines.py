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


def open_units(order, let_go=None):
    """Return {SKU: units} that an order still holds for its buyer.

    :param let_go: {item id as text: pieces that were refunded and will not be shipped}
    """
    units = {}
    for item in top_lines(order):
        gone = exact((let_go or {}).get(str(item.get("item_id"))))
        done = item.get("qty_invoiced") if item.get("is_virtual") else item.get("qty_shipped")
        left = exact(item.get("qty_ordered")) - exact(done) - exact(item.get("qty_canceled")) - gone
        for sku, quantity in units_of(order, item, left):
            if quantity > 0:
                units[sku] = units.get(sku, exact(0)) + quantity
    return units


def read_quantities(order, asked, still_open, words):
    """Return ({item id: quantity} of the top lines that are asked for, what is wrong with them).

    :param asked: rows with ``order_item_id`` and ``qty``; without any, all that is still open is meant
    :param still_open: how much of a line is still open
    :param words: what to say about a line of another order, and about too much of the line with ``{sku}``
    """
    foreign, too_much = words
    problems = []
    wanted = {} if asked else {line["item_id"]: still_open(line) for line in top_lines(order)}
    for row in asked:
        line = next((item for item in lines_of(order) if item.get("item_id") == row["order_item_id"]), None)
        if line is None:
            problems.append(foreign)
        elif not line.get("parent_item_id"):  # parts of configurables and bundles go with their parents
            wanted[line["item_id"]] = wanted.get(line["item_id"], exact(0)) + exact(row["qty"])
    for line in top_lines(order):
        if wanted.get(line.get("item_id"), 0) > still_open(line):
            problems.append(too_much.replace("{sku}", str(line["sku"])))
    return {item_id: quantity for item_id, quantity in wanted.items() if quantity > 0}, problems
