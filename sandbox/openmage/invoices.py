"""salesOrderInvoiceList, …Info, …Create, …Capture."""

from . import life
from .documents import OPEN, make_invoice, pay_invoice
from .errors import SoapFault
from .filters import choose, parse_filters
from .orders import find_order
from .quantities import read_quantities
from .shipments import add_comment

# Methods whose money an invoice does not bring by itself: it has to be captured (isGateway in their models).
GATEWAYS = ("paypal_express", "paypal_standard", "authorizenet")
_RENAMED = {"invoice_id": "entity_id"}
_COLUMNS = {
    *("entity_id", "increment_id", "created_at", "updated_at", "order_id", "store_id", "state", "grand_total"),
    *("base_grand_total", "order_currency_code"),
}
_LISTED = ("invoice_id", "order_id", "increment_id", "created_at", "state", "grand_total", "order_currency_code")


def find_invoice(shop, increment_id):
    """Return the invoice with an increment id; raise SoapFault 100 when there is none."""
    invoice = shop.records["invoice"].get(increment_id)
    if invoice is None:
        raise SoapFault(100, "Requested invoice does not exist.")
    return invoice


def list_invoices(context):
    """Answer salesOrderInvoiceList."""
    filters = parse_filters(context.values.get("filters"), _RENAMED)
    rows = [{**invoice, "entity_id": invoice["invoice_id"]} for invoice in context.shop.records["invoice"].values()]
    return [{name: row.get(name) for name in _LISTED} for row in choose(rows, filters, _COLUMNS)]


def show_invoice(context):
    """Answer salesOrderInvoiceInfo."""
    return find_invoice(context.shop, context.values.get("invoiceIncrementId"))


def create_invoice(context):
    """Answer salesOrderInvoiceCreate with the number of the invoice; its first part is the number of the order."""
    shop, values = context.shop, context.values
    order = find_order(shop, values.get("invoiceIncrementId"), 103)
    if not life.can_invoice(order):
        raise SoapFault(102, "Cannot do invoice for order.")
    order = shop.draft(order)
    is_paid = (order.get("payment") or {}).get("method") not in GATEWAYS
    invoice = make_invoice(order, read_quantities(values.get("itemsQty")), is_paid)
    add_comment(context.world, invoice, values.get("comment"), values.get("email") not in (None, "", "0"))
    shop.add_document("invoice", order, invoice)
    _note(context, "invoice_created", invoice)
    return invoice["increment_id"]


def capture_invoice(context):
    """Answer salesOrderInvoiceCapture."""
    invoice = find_invoice(context.shop, context.values.get("invoiceIncrementId"))
    order = context.shop.orders[invoice["order_increment_id"]]
    if invoice["state"] != OPEN:
        raise SoapFault(104, "Invoice cannot be captured.")
    pay_invoice(order, invoice)
    life.settle_state(order)
    context.shop.put("invoice", invoice)
    context.shop.touch(order)
    _note(context, "invoice_captured", invoice)
    return context.yes


def _note(context, kind, invoice):
    body = {"invoice": invoice["increment_id"], "grand_total": invoice["grand_total"], "state": invoice["state"]}
    context.world.ledger.append(kind, invoice["order_increment_id"], body)
