"""Shipments, invoices and credit memos: what is in them, and what they change in their order.

From Mage_Sales_Model_Service_Order, …_Order_Invoice and …_Order_Creditmemo of OpenMage 20, seen 2026-11-26. Quantities
are {item id: Decimal}; none at all means everything that is left.
"""

from .amounts import PREFIXES, ZERO, add, number_in, rounded, to_text
from .errors import INTERNAL, SoapFault
from .life import children_of, is_dummy, parent_of, settle_state, simple_to_ship, to_invoice, to_refund, to_ship

PAID, OPEN, REFUNDED = "2", "1", "2"
# What a part of an item is worth: its amounts, and where the order's item keeps how much of each has been taken.
_INVOICED = {"row_total": "row_invoiced", "tax_amount": "tax_invoiced", "discount_amount": "discount_invoiced",
             "hidden_tax_amount": "hidden_tax_invoiced"}  # fmt: skip
_REFUNDED = {"row_total": "amount_refunded", "tax_amount": "tax_refunded", "discount_amount": "discount_refunded",
             "hidden_tax_amount": "hidden_tax_refunded"}  # fmt: skip
_CURRENCIES = ("global_currency_code", "base_currency_code", "store_currency_code", "order_currency_code",
               "store_to_base_rate", "store_to_order_rate", "base_to_global_rate", "base_to_order_rate")  # fmt: skip


def make_shipment(order, quantities):
    """Return a shipment and count it in the order; SoapFault 102 when nothing is in it.

    More than is left is cut down to what is left, without a word.
    """
    lines = []
    for item in order["items"]:
        quantity = ZERO
        parent = parent_of(order, item)
        if item.get("is_virtual") == "1":
            continue
        if not is_dummy(order, item, for_shipping=True):
            left = to_ship(order, item)
            quantity = min(quantities.get(item["item_id"], ZERO), left) if quantities else left
        elif parent is not None and parent.get("product_type") == "bundle":
            asked = quantities.get(parent["item_id"], ZERO) if quantities else number_in(parent, "qty_ordered")
            share = number_in(item, "qty_ordered") / number_in(parent, "qty_ordered")
            quantity = min(asked * share, simple_to_ship(item))
        if quantity > 0:
            lines.append((item, quantity))
    if not lines:
        raise SoapFault(102, "Cannot create an empty shipment.")
    for item, quantity in lines:
        add(item, "qty_shipped", quantity)
    total = sum(quantity for item, quantity in lines if not is_dummy(order, item, for_shipping=True))
    settle_state(order)
    return {
        **_of_order(order),
        "shipping_address_id": order.get("shipping_address_id"),
        "shipping_firstname": order.get("shipping_firstname"),
        "shipping_lastname": order.get("shipping_lastname"),
        "total_qty": to_text(total),
        "items": [
            {**_of_item(item, quantity), "weight": item.get("weight"), "price": item.get("price")}
            for item, quantity in lines
        ],
        "tracks": [],
        "comments": [],
    }


def make_invoice(order, quantities, is_paid):
    """Return an invoice and count it in the order; SoapFault 1 when more is asked for than is left.

    The first invoice takes the shipping, the last one whatever the rounding has left over.
    """
    lines = []
    for item in order["items"]:
        left = to_invoice(order, item)
        if is_dummy(order, item):
            continue
        quantity = quantities.get(item["item_id"], ZERO) if quantities else left
        if quantity > left:
            raise SoapFault(INTERNAL, f'Invalid qty to invoice item "{item["name"]}"')
        if left > 0:
            lines.append((item, quantity))
    parts = [(item, quantity, _take_part(item, quantity, _INVOICED, "qty_invoiced")) for item, quantity in lines]
    for item in order["items"]:
        if is_dummy(order, item):
            item["qty_invoiced"] = item["qty_ordered"]
    is_last = not any(to_invoice(order, item) > 0 for item in order["items"])
    invoice = {**_of_order(order), **{name: order.get(name) for name in _CURRENCIES}}
    for prefix in PREFIXES:
        _total_invoice(order, invoice, (prefix, [part for _item, _quantity, part in parts]), is_last)
    invoice |= {
        "billing_address_id": order.get("billing_address_id"),
        "billing_firstname": order.get("billing_firstname"),
        "billing_lastname": order.get("billing_lastname"),
        "state": OPEN,
        "items": [{**_of_item(item, quantity), **_prices(item), **part} for item, quantity, part in parts],
        "comments": [],
    }
    if is_paid:
        pay_invoice(order, invoice)
    settle_state(order)
    return invoice


def pay_invoice(order, invoice):
    """Note that the money of an open invoice has come in."""
    invoice["state"] = PAID
    for prefix in PREFIXES:
        add(order, f"{prefix}total_paid", number_in(invoice, f"{prefix}grand_total"))
        _set_due(order, prefix)


def make_creditmemo(order, quantities, wish):
    """Return a credit memo and count it in the order; SoapFault 1 when more is asked for than was paid.

    :param wish: {"shipping_amount", "adjustment_positive", "adjustment_negative"} as Decimals in the shop's currency;
        each may be missing, and without the first all shipping that is left goes back
    """
    lines = []
    for item in order["items"]:
        left = to_refund(order, item)
        if is_dummy(order, item):
            continue
        quantity = quantities.get(item["item_id"], ZERO) if quantities else left
        if quantity > left:
            raise SoapFault(INTERNAL, f'Invalid qty to refund item "{item["name"]}"')
        if quantity > 0:
            lines.append((item, quantity))
    _ensure_shipping(order, wish)
    # The part is taken from a copy first, so that a refusal leaves the order as it was.
    taken = [(dict(item), quantity) for item, quantity in lines]
    parts = [_take_part(item, quantity, _REFUNDED, "qty_refunded") for item, quantity in taken]
    refunded = {item["item_id"]: number_in(item, "qty_refunded") for item, _quantity in taken}
    is_last = _refunds_all(order, refunded)
    memo = {**_of_order(order), **{name: order.get(name) for name in _CURRENCIES}}
    for prefix in PREFIXES:
        _total_memo(order, memo, (prefix, parts), (wish, is_last))
    most = number_in(order, "base_total_paid") - number_in(order, "base_total_refunded")
    if number_in(memo, "base_grand_total") > most:
        raise SoapFault(INTERNAL, f"Maximum amount available to refund is {to_text(most)}")
    for (item, _quantity), (copied, _same) in zip(lines, taken, strict=True):
        item.update(copied)
        _note_dummies(order, item)
    memo |= {
        "billing_address_id": order.get("billing_address_id"),
        "shipping_address_id": order.get("shipping_address_id"),
        "state": REFUNDED,
        "items": [
            {**_of_item(item, quantity), **_prices(item), **part}
            for (item, quantity), part in zip(lines, parts, strict=True)
        ],
        "comments": [],
    }
    _count_memo(order, memo)
    settle_state(order)
    return memo


def _of_order(order):
    return {
        "store_id": order.get("store_id"),
        "order_id": order["order_id"],
        "order_increment_id": order["increment_id"],
        "order_created_at": order.get("created_at"),
    }


def _of_item(item, quantity):
    names = ("sku", "name", "product_id")
    return {
        **{name: item.get(name) for name in names},
        "order_item_id": item["item_id"],
        "qty": to_text(quantity),
    }


def _prices(item):
    names = ("price", "price_incl_tax")
    return {f"{prefix}{name}": item.get(f"{prefix}{name}") for prefix in PREFIXES for name in names}


def _take_part(item, quantity, amounts, counter):
    """Return what `quantity` of an item is worth and count it; the last piece takes what is left of each amount."""
    ordered = number_in(item, "qty_ordered")
    is_last = number_in(item, counter) + quantity + number_in(item, "qty_canceled") >= ordered
    part = {}
    for prefix in PREFIXES:
        for name, taken_name in amounts.items():
            total = number_in(item, prefix + name)
            worth = rounded(total * quantity / ordered) if ordered else ZERO
            if is_last and not number_in(item, "qty_canceled"):
                worth = total - number_in(item, prefix + taken_name)
            part[prefix + name] = to_text(worth)
            add(item, prefix + taken_name, worth)
    add(item, counter, quantity)
    return part


def _total_invoice(order, invoice, lines, is_last):
    prefix, parts = lines
    sums = _sums(prefix, parts)
    shipping = {
        name: number_in(order, f"{prefix}{name}") if not number_in(order, f"{prefix}total_invoiced") else ZERO
        for name in ("shipping_amount", "shipping_tax_amount", "shipping_hidden_tax_amount")
    }
    tax = sums["tax_amount"] + shipping["shipping_tax_amount"]
    is_cut = any(number_in(item, "qty_canceled") for item in order["items"])
    if is_last and not is_cut:
        tax = number_in(order, f"{prefix}tax_amount") - number_in(order, f"{prefix}tax_invoiced")
    hidden = sums["hidden_tax_amount"] + shipping["shipping_hidden_tax_amount"]
    grand = sums["row_total"] + tax + hidden - sums["discount_amount"] + shipping["shipping_amount"]
    totals = {"subtotal": sums["row_total"], "tax_amount": tax, "discount_amount": -sums["discount_amount"],
              "shipping_amount": shipping["shipping_amount"], "hidden_tax_amount": hidden,
              "grand_total": grand}  # fmt: skip
    invoice.update({f"{prefix}{name}": to_text(amount) for name, amount in totals.items()})
    counted = {"subtotal_invoiced": sums["row_total"], "tax_invoiced": tax, "total_invoiced": grand,
               "discount_invoiced": -sums["discount_amount"], "hidden_tax_invoiced": hidden,
               "shipping_invoiced": shipping["shipping_amount"]}  # fmt: skip
    for name, amount in counted.items():
        add(order, f"{prefix}{name}", amount)


def _sums(prefix, parts):
    return {name: sum((number_in(part, prefix + name) for part in parts), ZERO) for name in _REFUNDED}


def _rate(order, prefix):
    return number_in(order, "base_to_order_rate") or 1 if not prefix else 1


def _shipping_left(order, prefix):
    return number_in(order, f"{prefix}shipping_amount") - number_in(order, f"{prefix}shipping_refunded")


def _ensure_shipping(order, wish):
    most = _shipping_left(order, "base_")
    if wish.get("shipping_amount") is not None and wish["shipping_amount"] > most:
        raise SoapFault(INTERNAL, f"Maximum shipping amount allowed to refund is: {to_text(most)}")


def _refunds_all(order, refunded):
    return all(
        refunded.get(item["item_id"], number_in(item, "qty_refunded")) >= number_in(item, "qty_ordered")
        for item in order["items"]
        if not is_dummy(order, item)
    )


def _total_memo(order, memo, lines, terms):
    prefix, parts = lines
    wish, is_last = terms
    rate = _rate(order, prefix)
    sums = _sums(prefix, parts)
    left = _shipping_left(order, prefix)
    asked = wish.get("shipping_amount")
    shipping = left if asked is None else min(rounded(asked * rate), left)
    whole = number_in(order, f"{prefix}shipping_amount")
    shipping_tax = rounded(number_in(order, f"{prefix}shipping_tax_amount") * shipping / whole) if whole else ZERO
    tax = sums["tax_amount"] + shipping_tax
    if is_last and shipping == left:
        tax = number_in(order, f"{prefix}tax_amount") - number_in(order, f"{prefix}tax_refunded")
    plus, minus = (rounded((wish.get(f"adjustment_{sign}") or ZERO) * rate) for sign in ("positive", "negative"))
    hidden = sums["hidden_tax_amount"]
    grand = sums["row_total"] + tax + hidden - sums["discount_amount"] + shipping + plus - minus
    totals = {"subtotal": sums["row_total"], "tax_amount": tax, "discount_amount": -sums["discount_amount"],
              "shipping_amount": shipping, "shipping_tax_amount": shipping_tax, "hidden_tax_amount": hidden,
              "adjustment_positive": plus, "adjustment_negative": minus, "adjustment": plus - minus,
              "subtotal_incl_tax": sums["row_total"] + tax - shipping_tax, "shipping_incl_tax": shipping + shipping_tax,
              "grand_total": grand}  # fmt: skip
    memo.update({f"{prefix}{name}": to_text(amount) for name, amount in totals.items()})


def _count_memo(order, memo):
    counted = {"subtotal_refunded": "subtotal", "tax_refunded": "tax_amount", "shipping_refunded": "shipping_amount",
               "discount_refunded": "discount_amount", "hidden_tax_refunded": "hidden_tax_amount",
               "shipping_tax_refunded": "shipping_tax_amount", "total_refunded": "grand_total",
               "total_offline_refunded": "grand_total", "adjustment_positive": "adjustment_positive",
               "adjustment_negative": "adjustment_negative"}  # fmt: skip
    for prefix in PREFIXES:
        for name, source in counted.items():
            add(order, f"{prefix}{name}", number_in(memo, f"{prefix}{source}"))


def _note_dummies(order, item):
    """A variant comes back with its parent; a bundle is back when all its parts are."""
    for child in children_of(order, item):
        share = number_in(item, "qty_refunded") / number_in(item, "qty_ordered")
        child["qty_refunded"] = to_text(number_in(child, "qty_ordered") * share)
    parent = parent_of(order, item)
    if parent is not None and is_dummy(order, parent):
        shares = [number_in(c, "qty_refunded") / number_in(c, "qty_ordered") for c in children_of(order, parent)]
        parent["qty_refunded"] = to_text(int(min(shares) * number_in(parent, "qty_ordered")))


def _set_due(order, prefix):
    due = number_in(order, f"{prefix}grand_total") - number_in(order, f"{prefix}total_paid")
    order[f"{prefix}total_due"] = to_text(due)
