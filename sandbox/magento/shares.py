"""What part of an order's money an invoice or a credit memo takes.

The last piece of a line takes what the earlier ones have left, so that documents always add up to the order.
"""

from dataclasses import dataclass

from .lines import is_dynamic, parts_of, top_lines
from .money import ZERO, add_to, exact, number, rounded

# Amount of a line, and where a line counts how much of it has been invoiced and refunded.
_AMOUNTS = {
    "row_total": ("row_invoiced", "amount_refunded"),
    "tax_amount": ("tax_invoiced", "tax_refunded"),
    "discount_amount": ("discount_invoiced", "discount_refunded"),
    "discount_tax_compensation_amount": (
        "discount_tax_compensation_invoiced", "discount_tax_compensation_refunded",
    ),
}  # fmt: skip
# The same for the totals of an order: amount in the document, counter in the order's names.
_TOTALS = {
    "subtotal": "subtotal",
    "tax_amount": "tax",
    "discount_amount": "discount",
    "discount_tax_compensation_amount": "discount_tax_compensation",
    "shipping_amount": "shipping",
}
_COPIED = ("base_currency_code", "global_currency_code", "order_currency_code", "store_currency_code",
           "base_to_global_rate", "base_to_order_rate", "store_to_base_rate", "store_to_order_rate", "store_id",
           "billing_address_id", "discount_description")  # fmt: skip


@dataclass(frozen=True)
class Phase:
    """Invoicing or refunding: which counters it moves."""

    name: str
    place: int

    @property
    def quantity(self):
        """Return the counter of pieces in a line."""
        return f"qty_{self.name}"


INVOICED = Phase("invoiced", 0)
REFUNDED = Phase("refunded", 1)


def take_lines(order, wanted, phase):
    """Take quantities of lines into a document and move their counters.

    :param wanted: {item id of a top line: quantity}
    :return: (lines of the document, {amount name: sum of the lines that count}), base amounts included
    """
    rows, sums = [], {}
    for item in top_lines(order):
        quantity = exact(wanted.get(item["item_id"]))
        if not quantity:
            continue
        parts = parts_of(order, item)
        does_count = not is_dynamic(order, item)
        rows.append(_take(order, item, quantity, (phase, sums if does_count else None)))
        share = quantity / exact(item["qty_ordered"])
        for part in parts:
            part_quantity = exact(part["qty_ordered"]) * share
            rows.append(_take(order, part, part_quantity, (phase, sums if part.get("price") else None)))
    return rows, sums


def _take(order, item, quantity, context):
    phase, sums = context
    row = {
        name: item[name]
        for name in ("sku", "name", "product_id", "price", "base_price", "price_incl_tax", "base_price_incl_tax")
        if name in item
    }
    row |= {"order_item_id": item["item_id"], "qty": number(quantity)}
    is_last = exact(item.get(phase.quantity)) + quantity >= exact(item["qty_ordered"])
    for name, counters in _AMOUNTS.items():
        for prefix, currency in _currencies(order):
            counter = f"{prefix}{counters[phase.place]}"
            amount = _share(item, (f"{prefix}{name}", counter), quantity, is_last)
            amount = rounded(amount, currency)
            add_to(item, counter, amount)
            if sums is not None:
                row[f"{prefix}{name}"] = number(amount)
                sums[f"{prefix}{name}"] = sums.get(f"{prefix}{name}", ZERO) + amount
    if sums is not None:
        for prefix, currency in _currencies(order):
            share = exact(item[f"{prefix}row_total_incl_tax"]) * quantity / exact(item["qty_ordered"])
            row[f"{prefix}row_total_incl_tax"] = number(rounded(share, currency))
            name = f"{prefix}row_total_incl_tax"
            sums[name] = sums.get(name, ZERO) + rounded(share, currency)
    add_to(item, phase.quantity, quantity)
    return row


def _share(item, names, quantity, is_last):
    name, counter = names
    whole = exact(item.get(name))
    return whole - exact(item.get(counter)) if is_last else whole * quantity / exact(item["qty_ordered"])


def _currencies(order):
    return (("", order["order_currency_code"]), ("base_", order["base_currency_code"]))


def document_totals(order, sums, shipping, phase):
    """Return the totals of a document and move those of the order.

    :param sums: what the lines come to, see `take_lines`
    :param shipping: {"": net shipping, "base_": the same in the base currency}
    """
    totals = {}
    is_last = all(exact(item.get(phase.quantity)) >= exact(item["qty_ordered"]) for item in top_lines(order))
    for prefix, currency in _currencies(order):
        net = shipping[prefix]
        whole = exact(order.get(f"{prefix}shipping_amount"))
        part = net / whole if whole else ZERO
        ship_tax = rounded(exact(order.get(f"{prefix}shipping_tax_amount")) * part, currency)
        cut = rounded(exact(order.get(f"{prefix}shipping_discount_amount")) * part, currency)
        tax = sums.get(f"{prefix}tax_amount", ZERO) + ship_tax
        if is_last and exact(order.get(f"{prefix}shipping_{phase.name}")) + net == whole:
            # The last document takes what rounding by line has left of the order's tax.
            tax = exact(order[f"{prefix}tax_amount"]) - exact(order.get(f"{prefix}tax_{phase.name}"))
        subtotal = sums.get(f"{prefix}row_total", ZERO)
        compensation = sums.get(f"{prefix}discount_tax_compensation_amount", ZERO)
        discount = sums.get(f"{prefix}discount_amount", ZERO) + cut
        values = {
            "subtotal": subtotal,
            "subtotal_incl_tax": sums.get(f"{prefix}row_total_incl_tax", ZERO),
            "tax_amount": tax,
            "discount_amount": -discount,
            "discount_tax_compensation_amount": compensation,
            "shipping_amount": net,
            "shipping_incl_tax": net + ship_tax,
            "shipping_tax_amount": ship_tax,
            "grand_total": subtotal + tax + compensation - discount + net,
        }
        totals |= {f"{prefix}{name}": amount for name, amount in values.items()}
        for name, counter in _TOTALS.items():
            add_to(order, f"{prefix}{counter}_{phase.name}", values[name])
    return totals


def document_head(order, now):
    """Return what every invoice and credit memo copies from its order."""
    head = {name: order[name] for name in _COPIED if order.get(name) is not None}
    head |= {"order_id": order["entity_id"], "created_at": now, "updated_at": now, "email_sent": 1}
    for assignment in (order.get("extension_attributes") or {}).get("shipping_assignments", ()):
        head["shipping_address_id"] = assignment["shipping"]["address"]["entity_id"]
    return head


def take_gift_cards(order, totals, phase):
    """Let gift cards pay what they can of an invoice or a credit memo; return its extension attributes.

    What is refunded goes back to the cards first, as in Magento_GiftCardAccount.
    """
    extension = order.get("extension_attributes") or {}
    taken = {}
    for prefix in ("", "base_"):
        whole = f"{prefix}gift_cards_{'invoiced' if phase is REFUNDED else 'amount'}"
        counter = f"{prefix}gift_cards_{phase.name}"
        left = exact(extension.get(whole)) - exact(extension.get(counter))
        amount = min(left, totals[f"{prefix}grand_total"])
        if amount > 0:
            taken[f"{prefix}gift_cards_amount"] = number(amount)
            totals[f"{prefix}grand_total"] -= amount
            add_to(extension, counter, amount)
    return taken
