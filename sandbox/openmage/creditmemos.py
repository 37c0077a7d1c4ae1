"""salesOrderCreditmemoList, …Info, …Create, …Cancel."""

from . import life
from .documents import OPEN, make_creditmemo
from .errors import SoapFault
from .filters import choose, parse_filters
from .orders import find_order
from .quantities import read_quantities
from .shipments import add_comment
from .wire_types import fields_of

_RENAMED = {"creditmemo_id": "entity_id"}
_COLUMNS = {field.name for field in fields_of("salesOrderCreditmemoEntity") if field.type == "string"} | {"entity_id"}
_LISTS = ("items", "comments")


def find_creditmemo(shop, increment_id):
    """Return the credit memo with an increment id; raise SoapFault 100 when there is none."""
    memo = shop.records["creditmemo"].get(increment_id)
    if memo is None:
        raise SoapFault(100, "Requested credit memo does not exist")
    return memo


def list_creditmemos(context):
    """Answer salesOrderCreditmemoList."""
    filters = parse_filters(context.values.get("filters"), _RENAMED)
    rows = [{**memo, "entity_id": memo["creditmemo_id"]} for memo in context.shop.records["creditmemo"].values()]
    found = choose(rows, filters, _COLUMNS)
    return [{name: value for name, value in row.items() if name not in _LISTS} for row in found]


def show_creditmemo(context):
    """Answer salesOrderCreditmemoInfo."""
    return find_creditmemo(context.shop, context.values.get("creditmemoIncrementId"))


def create_creditmemo(context):
    """Answer salesOrderCreditmemoCreate with the number of the credit memo; it is always an offline refund."""
    shop, values = context.shop, context.values
    order = find_order(shop, values.get("orderIncrementId"), 103, "Requested order does not exist")
    if not life.can_refund(order):
        raise SoapFault(106, "Credit memo for requested order can not be created.")
    data = values.get("creditmemoData") or {}
    if values.get("refundToStoreCreditAmount") not in (None, "", "0") and order.get("customer_is_guest") == "1":
        message = "Money can not be refunded to the store credit account as order was created by guest"
        raise SoapFault(105, message)
    order = shop.draft(order)
    memo = make_creditmemo(order, read_quantities(data.get("qtys")), data)
    add_comment(context.world, memo, values.get("comment"), values.get("notifyCustomer"))
    shop.add_document("creditmemo", order, memo)
    body = {
        "creditmemo": memo["increment_id"],
        "items": {item["order_item_id"]: item["qty"] for item in memo["items"]},
        "grand_total": memo["grand_total"],
        "shipping_amount": memo["shipping_amount"],
        "adjustment": memo["adjustment"],
    }
    context.world.ledger.append("creditmemo_created", order["increment_id"], body)
    return memo["increment_id"]


def cancel_creditmemo(context):
    """Answer salesOrderCreditmemoCancel; one made by the API is refunded at once, so it is always refused."""
    memo = find_creditmemo(context.shop, context.values.get("creditmemoIncrementId"))
    if memo["state"] != OPEN:
        raise SoapFault(104, "Credit memo cannot be canceled.")
    memo["state"] = "3"
    context.shop.put("creditmemo", memo)
    context.world.ledger.append(
        "creditmemo_cancelled", memo["order_increment_id"], {"creditmemo": memo["increment_id"]}
    )
    return context.yes
