"""Invoicing an order: Magento_Sales\\Model\\InvoiceOrder with its validators."""

from .bodies import INVOICE, read_body
from .errors import document_error
from .generator import ONLINE_METHODS
from .lines import is_dynamic, open_to_invoice, parts_of, read_quantities, top_lines, units_of
from .money import ZERO, add_to, exact, number
from .placing import reserve
from .shares import INVOICED, document_head, document_totals, take_gift_cards, take_lines
from .shipping import document_comment
from .states import add_history, settle
from .stores import store_of

PAID = 2
_WORDS = (
    "The invoice contains one or more items that are not part of the original order.",
    'The quantity to invoice must not be greater than the uninvoiced quantity for product SKU "{sku}".',
)


def invoice_order(shop, record, data):
    """Invoice lines of an order; return the id of the invoice. Raises ApiError 400 when the shop refuses."""
    body = read_body(data, INVOICE)
    wanted = _check(record["order"], body)
    invoice = create_invoice(shop, record, wanted, body)
    shop.note(
        "invoice_created",
        record["order"]["entity_id"],
        {
            "invoice_id": invoice["entity_id"],
            "grand_total": invoice["grand_total"],
            "captured": "transaction_id" in invoice,
            "items": {str(item_id): number(quantity) for item_id, quantity in wanted.items()},
        },
    )
    return invoice["entity_id"]


def _check(order, body):
    problems = []
    if order["state"] in ("payment_review", "holded", "canceled", "complete", "closed"):
        problems.append(f"An invoice cannot be created when an order has a status of {order['status']}")
    elif not any(open_to_invoice(line) > 0 for line in top_lines(order)):
        problems.append("The order does not allow an invoice to be created.")
    asked = body.get("items", ())
    wanted, wrong = read_quantities(order, [*asked, *_bundles_of(order, asked)], open_to_invoice, _WORDS)
    problems += wrong
    if not wanted:
        problems.append("The invoice can't be created without products. Add products and try again.")
    if problems:
        raise document_error("Invoice", problems)
    return wanted


def _bundles_of(order, asked):
    """Return a row for each dynamic bundle of which all parts are asked for and it is not.

    Magento invoices such parts by themselves: InvoiceQuantityValidator looks at every item of the order, and parts with
    prices are no dummies (Magento_Sales, 2.4, seen 2026-11-26). Here the bundle goes with them.
    """
    quantities = {row["order_item_id"]: exact(row["qty"]) for row in asked}
    for bundle in top_lines(order):
        if bundle["item_id"] in quantities or not is_dynamic(order, bundle):
            continue
        parts = parts_of(order, bundle)
        share = min(quantities.get(part["item_id"], ZERO) / exact(part["qty_ordered"]) for part in parts)
        if share:
            yield {"order_item_id": bundle["item_id"], "qty": share * exact(bundle["qty_ordered"])}


def create_invoice(shop, record, wanted, body):
    """Store a paid invoice of {item id: quantity} and move money, lines and state; return it."""
    order = record["order"]
    is_first = not order.get("total_invoiced")
    rows, sums = take_lines(order, wanted, INVOICED)
    shipping = {p: exact(order.get(f"{p}shipping_amount")) if is_first else ZERO for p in ("", "base_")}
    totals = document_totals(order, sums, shipping, INVOICED)
    invoice_id = shop.next_id("invoice")
    extension = take_gift_cards(order, totals, INVOICED)
    for prefix in ("", "base_"):
        _receive(order, prefix, totals[f"{prefix}grand_total"])
    invoice = {
        **document_head(order, shop.now()),
        **{name: number(amount) for name, amount in totals.items()},
        "entity_id": invoice_id,
        "increment_id": shop.next_increment("invoice", store_of(order)),
        "state": PAID,
        "can_void_flag": 0,
        "total_qty": number(sum(wanted.values())),
        "items": [{**row, "entity_id": shop.next_id("invoice_item"), "parent_id": invoice_id} for row in rows],
        "comments": [],
        "extension_attributes": extension,
    }
    if body.get("capture") and order["payment"]["method"] in ONLINE_METHODS:
        invoice["transaction_id"] = f"txn{order['entity_id']}-{invoice_id}"
        order["payment"]["last_trans_id"] = invoice["transaction_id"]
    if body.get("comment"):
        invoice["comments"] = [document_comment(shop, body["comment"], invoice_id, body.get("notify", False))]
    _deduct_virtual(shop, order, wanted)
    settle(shop, record)
    reserve(record)
    add_history(shop, order, {"entity_name": "invoice", "is_customer_notified": int(body.get("notify", False))})
    shop.put("invoices", invoice_id, invoice)
    shop.touch(record)
    return invoice


def _receive(order, prefix, amount):
    add_to(order, f"{prefix}total_invoiced", amount)
    add_to(order, f"{prefix}total_paid", amount)
    add_to(order, f"{prefix}total_due", -amount)
    add_to(order["payment"], f"{prefix}amount_paid", amount)


def _deduct_virtual(shop, order, wanted):
    """Take what is never shipped out of the default source once it is invoiced, as InventorySales does."""
    for line in top_lines(order):
        if line.get("is_virtual") and line["item_id"] in wanted:
            for sku, quantity in units_of(order, line, wanted[line["item_id"]]):
                row = shop.source_item(sku, "default")
                if row is not None:
                    shop.save_source_item(sku, "default", exact(row["quantity"]) - quantity, row["status"])
