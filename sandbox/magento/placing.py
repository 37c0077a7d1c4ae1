"""Orders come into the shop: they get their ids and reserve what was bought."""

import copy

from . import stores
from .lines import lines_of, open_units
from .money import ZERO, exact, number, rounded
from .shop import stock_of_store

# States in which nothing is held for the buyer any more.
_ENDED = ("canceled", "closed")
_BY_PIECE = (
    "row_total", "row_total_incl_tax", "tax_amount", "discount_amount", "discount_tax_compensation_amount",
)  # fmt: skip


def place_order(shop, order):
    """Give a generated order its ids and store it; return its record."""
    order = copy.deepcopy(order)
    store = stores.BY_ID[order["store_id"]]
    order["entity_id"] = shop.next_id("order")
    order.setdefault("increment_id", shop.next_increment("order", store))
    order["quote_id"] = order["entity_id"]
    ids = {item["item_id"]: shop.next_id("item") for item in order["items"]}
    for item in order["items"]:
        item |= {"item_id": ids[item["item_id"]], "order_id": order["entity_id"], "quote_item_id": 1}
        item["quote_item_id"] = item["item_id"]
        if "parent_item_id" in item:
            item["parent_item_id"] = ids[item["parent_item_id"]]
    addresses = [order["billing_address"]]
    for assignment in order["extension_attributes"].get("shipping_assignments", ()):
        addresses.insert(0, assignment["shipping"]["address"])
    for address in addresses:
        address |= {"entity_id": shop.next_id("address"), "parent_id": order["entity_id"]}
    order["billing_address_id"] = order["billing_address"]["entity_id"]
    order["payment"] |= {"entity_id": order["entity_id"], "parent_id": order["entity_id"]}
    return store_order(shop, order)


def store_order(shop, order):
    """Store a whole order as it is, also a broken one; return its record."""
    record = {"order": order, "stock_id": stock_of_store(order.get("store_id")), "reserved": {}}
    reserve(record)
    shop.keep(record)
    return record


def reserve(record):
    """Let an order hold what is still to be shipped of it, and nothing when it has ended."""
    order = record["order"]
    if order.get("state") in _ENDED:
        record["reserved"] = {}
        return
    try:
        units = open_units(order, record.get("let_go"))
    except (ArithmeticError, KeyError, TypeError):
        units = {}  # a test has misshapen the lines
    record["reserved"] = {sku: number(quantity) for sku, quantity in units.items()}


def is_in_stock(shop, order):
    """Say whether everything an order takes can be sold now."""
    stock_id = stock_of_store(order["store_id"])
    return all(shop.salable(sku, stock_id) >= units for sku, units in open_units(order).items())


def edit_order(shop, record, changes):
    """Replace an order as an administrator does who edits it; return the record of the new one.

    :param changes: {item id: quantity} of the lines whose quantity changes; 0 takes a line out
    """
    old = record["order"]
    new = copy.deepcopy(old)
    count = int(old.get("edit_increment") or 0) + 1
    original = old.get("original_increment_id") or old["increment_id"]
    new["increment_id"] = f"{original}-{count}"
    new |= {
        "original_increment_id": original,
        "edit_increment": count,
        "relation_parent_id": str(old["entity_id"]),
        "relation_parent_real_id": old["increment_id"],
        "created_at": shop.now(),
        "updated_at": shop.now(),
        "status_histories": [],
    }
    new["items"] = [item for item in lines_of(new) if changes.get(str(item["item_id"]), 1)]
    _reprice(new, changes)
    return place_order(shop, new)


def _reprice(order, changes):
    """Let lines have another quantity, and the totals follow; amounts go by the piece."""
    for item in order["items"]:
        if item.get("parent_item_id"):
            raise ValueError("edit_order changes simple lines only")
        quantity = changes.get(str(item["item_id"]))
        if quantity is None:
            continue
        share = exact(quantity) / exact(item["qty_ordered"])
        for name in _BY_PIECE:
            item[name] = number(rounded(exact(item[name]) * share, order["order_currency_code"]))
            base = f"base_{name}"
            item[base] = number(rounded(exact(item[base]) * share, order["base_currency_code"]))
        item["qty_ordered"] = quantity
    for prefix in ("", "base_"):
        summed = {name: sum((exact(item[f"{prefix}{name}"]) for item in order["items"]), ZERO) for name in _BY_PIECE}
        compensation = summed["discount_tax_compensation_amount"]
        tax = summed["tax_amount"] + exact(order[f"{prefix}shipping_tax_amount"])
        discount = summed["discount_amount"] + exact(order[f"{prefix}shipping_discount_amount"])
        total = summed["row_total"] + tax + compensation - discount + exact(order[f"{prefix}shipping_amount"])
        order |= {
            f"{prefix}subtotal": number(summed["row_total"]),
            f"{prefix}subtotal_incl_tax": number(summed["row_total_incl_tax"]),
            f"{prefix}tax_amount": number(tax),
            f"{prefix}discount_amount": number(-discount),
            f"{prefix}discount_tax_compensation_amount": number(compensation),
            f"{prefix}grand_total": number(total),
            f"{prefix}total_due": number(total),
        }
    order["total_qty_ordered"] = sum(item["qty_ordered"] for item in order["items"])
