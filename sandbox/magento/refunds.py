"""Credit memos: of an order (offline) and of an invoice (online), with what goes back on the shelf.

Magento_Sales\\Model\\RefundOrder and RefundInvoice with their validators.
"""

import copy

from .bodies import REFUND, read_body
from .errors import document_error
from .generator import ONLINE_METHODS
from .lines import open_to_refund, read_quantities, top_lines, units_of
from .money import ZERO, add_to, exact, number, rounded
from .placing import reserve
from .shares import REFUNDED, document_head, document_totals, take_gift_cards, take_lines
from .shipping import document_comment
from .states import add_history, settle
from .stores import store_of

REFUNDED_STATE = 2
_WORDS = (
    "The creditmemo contains product item that is not part of the original order.",
    'The quantity to creditmemo must not be greater than the unrefunded quantity for product SKU "{sku}".',
)


def refund_order(shop, record, data):
    """Refund an order that was paid outside the shop; return the id of the credit memo. Raises ApiError 400."""
    body = read_body(data, REFUND)
    order = record["order"]
    problems = []
    captured = [i for i in shop.invoices.values() if i["order_id"] == order["entity_id"] and "transaction_id" in i]
    if captured and order["payment"]["method"] in ONLINE_METHODS:
        problems.append("The credit memo of an online payment has to be made from its invoice.")
    return _refund(shop, record, (body, None, False), problems)


def refund_invoice(shop, invoice, data):
    """Refund an invoice; return the id of the credit memo. Raises ApiError 400."""
    body = read_body(data, REFUND)
    record = shop.orders[invoice["order_id"]]
    is_online = body.get("is_online", False)
    problems = []
    if is_online and ("transaction_id" not in invoice or record["order"]["payment"]["method"] not in ONLINE_METHODS):
        problems.append("We can't create creditmemo for the invoice.")
    return _refund(shop, record, (body, invoice, is_online), problems)


def _refund(shop, record, how, problems):
    body, invoice, is_online = how
    order = record["order"]
    if not exact(order.get("total_paid")) or order["state"] in ("payment_review", "holded", "canceled", "closed"):
        problems.append("We can't create creditmemo for the order.")
    wanted, wrong = read_quantities(order, body.get("items", ()), open_to_refund, _WORDS)
    problems += wrong
    shipping = _shipping(order, body, problems)
    arguments = body.get("arguments", {})
    positive, negative = (exact(arguments.get(f"adjustment_{name}")) for name in ("positive", "negative"))
    if min(positive, negative) < 0:
        problems.append("The adjustment must not be negative.")
    if not wanted and not shipping[""] and not positive:
        problems.append("The credit memo's total must be positive.")
    if problems:
        raise document_error("Creditmemo", problems)
    given = {"wanted": wanted, "shipping": shipping, "positive": positive, "negative": negative, "body": body}
    memo = create_creditmemo(shop, record, given, (invoice, is_online))
    shop.note(
        "creditmemo_created",
        order["entity_id"],
        {
            "creditmemo_id": memo["entity_id"],
            "invoice_id": memo.get("invoice_id"),
            "is_online": is_online,
            "grand_total": memo["grand_total"],
            "shipping_amount": memo["shipping_amount"],
            "adjustment_positive": memo["adjustment_positive"],
            "adjustment_negative": memo["adjustment_negative"],
            "items": {str(item_id): number(quantity) for item_id, quantity in wanted.items()},
            "returned_to_stock": body_return(body),
        },
    )
    return memo["entity_id"]


def body_return(body):
    """Return the item ids that a refund puts back on the shelf."""
    return body.get("arguments", {}).get("extension_attributes", {}).get("return_to_stock_items", [])


def _shipping(order, body, problems):
    """Return the net shipping to refund by prefix: what is asked for, or all that is left."""
    left = {
        p: exact(order.get(f"{p}shipping_invoiced")) - exact(order.get(f"{p}shipping_refunded")) for p in ("", "base_")
    }
    asked = body.get("arguments", {}).get("shipping_amount")
    if asked is None:
        return left
    # The figure is one of the base currency.
    base = exact(asked)
    if base > left["base_"] or base < 0:
        problems.append(f"Maximum shipping amount allowed to refund is: {number(left['base_'])}")
        return left
    if base == left["base_"]:
        return left
    rate = exact(order.get("base_to_order_rate") or 1)
    return {"": rounded(base * rate, order["order_currency_code"]), "base_": base}


def create_creditmemo(shop, record, given, source):
    """Store a credit memo and move money, lines, stock and state; return it.

    :param given: {"wanted": {item id: quantity}, "shipping", "positive", "negative" (base amounts), "body"}
    :param source: (invoice or None, whether the money goes back by the payment service)
    """
    invoice, is_online = source
    order, body = record["order"], given["body"]
    before = copy.deepcopy(order)
    rows, sums = take_lines(order, given["wanted"], REFUNDED)
    totals = document_totals(order, sums, given["shipping"], REFUNDED)
    _adjust(order, totals, given)
    extension = take_gift_cards(order, totals, REFUNDED)
    left = exact(order.get("base_total_paid")) - exact(order.get("base_total_refunded"))
    if totals["base_grand_total"] > left:
        order.clear()
        order.update(before)
        raise document_error("Creditmemo", [f"The most money available to refund is {number(left)}."])
    _pay_back(order, totals, is_online)
    memo_id = shop.next_id("creditmemo")
    memo = {
        **document_head(order, shop.now()),
        **{name: number(amount) for name, amount in totals.items()},
        "entity_id": memo_id,
        "increment_id": shop.next_increment("creditmemo", store_of(order)),
        "state": REFUNDED_STATE,
        "items": [
            {"base_cost": None, **row, "entity_id": shop.next_id("creditmemo_item"), "parent_id": memo_id}
            for row in rows
        ],
        "comments": [],
        "extension_attributes": extension,
    }
    if invoice is not None:
        memo["invoice_id"] = invoice["entity_id"]
    if is_online:
        memo["transaction_id"] = f"{invoice['transaction_id']}-refund{memo_id}"
    if body.get("comment"):
        memo["comments"] = [document_comment(shop, body["comment"], memo_id, body.get("notify", False))]
    _let_go(record, given["wanted"])
    _return_to_stock(shop, order, given)
    settle(shop, record)
    reserve(record)
    add_history(shop, order, {"entity_name": "creditmemo", "is_customer_notified": int(body.get("notify", False))})
    shop.put("creditmemos", memo_id, memo)
    shop.touch(record)
    return memo


def _pay_back(order, totals, is_online):
    for prefix in ("", "base_"):
        amount = totals[f"{prefix}grand_total"]
        add_to(order, f"{prefix}total_refunded", amount)
        add_to(order, f"{prefix}total_{'online' if is_online else 'offline'}_refunded", amount)
        add_to(order["payment"], f"{prefix}amount_refunded", amount)


def _adjust(order, totals, given):
    """Put the adjustments, which are in the base currency, into the totals."""
    rate = exact(order.get("base_to_order_rate") or 1)
    for prefix in ("", "base_"):
        factor = 1 if prefix else rate
        currency = order["base_currency_code" if prefix else "order_currency_code"]
        positive, negative = (rounded(given[name] * factor, currency) for name in ("positive", "negative"))
        totals[f"{prefix}adjustment_positive"] = positive
        totals[f"{prefix}adjustment_negative"] = negative
        totals[f"{prefix}adjustment"] = positive - negative
        totals[f"{prefix}grand_total"] += positive - negative
        add_to(order, f"{prefix}adjustment_positive", positive)
        add_to(order, f"{prefix}adjustment_negative", negative)


def _let_go(record, wanted):
    """Note which refunded pieces will never be shipped, so that they are no longer reserved."""
    gone = record.setdefault("let_go", {})
    for line in top_lines(record["order"]):
        before = exact(gone.get(str(line["item_id"])))
        unshipped = exact(line["qty_ordered"]) - exact(line.get("qty_shipped")) - exact(line.get("qty_canceled"))
        amount = min(wanted.get(line["item_id"], ZERO), unshipped - before)
        if amount > 0:
            gone[str(line["item_id"])] = number(before + amount)


def _return_to_stock(shop, order, given):
    """Put shipped pieces of the named lines back into the source they came from."""
    shipments = [s for s in shop.shipments.values() if s["order_id"] == order["entity_id"]]
    source = shipments[-1]["extension_attributes"]["source_code"] if shipments else "default"
    for line in top_lines(order):
        quantity = min(given["wanted"].get(line["item_id"], ZERO), exact(line.get("qty_shipped")))
        if line["item_id"] not in body_return(given["body"]) or not quantity:
            continue
        for sku, units in units_of(order, line, quantity):
            row = shop.source_item(sku, source)
            there = exact(row["quantity"]) if row else ZERO
            shop.save_source_item(sku, source, there + units)
