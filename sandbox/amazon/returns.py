"""Returns of orders that the seller shipped, and the two reports that show them.

Columns of the flat file: a report of July 2025 shown by a seller (GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE), and
elements of the XML: a report of November 2020 in a connector's test data; both found in public repositories, seen
2026-11-26. They agree with Amazon's page "Returns reports attributes".
"""

from decimal import Decimal

from lxml import etree

from ..clock import from_text
from .envelope import BadMessage
from .pricing import money
from .refunds import ensure_refundable, paid, refunded
from .store import item_of, part_of

COLUMNS = (
    "Order ID", "Order date", "Return request date", "Return request status", "Amazon RMA ID", "Merchant RMA ID",
    "Label type", "Label cost", "Currency code", "Return carrier", "Tracking ID", "Label to be paid by",
    "A-to-Z Claim", "Is prime", "ASIN", "Merchant SKU", "Item Name", "Return quantity", "Return Reason",
    "In policy", "Return type", "Resolution", "Invoice number", "Return delivery date", "Order Amount",
    "Order quantity", "SafeT Action reason", "SafeT claim id", "SafeT claim state", "SafeT claim creation time",
    "SafeT claim reimbursement amount", "Refunded Amount",
)  # fmt: skip
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_DEFAULTS = {
    "reason": "CR-UNWANTED_ITEM", "status": "Approved", "resolution": "StandardRefund", "carrier": "", "tracking": "",
    "merchantRma": "", "delivered": None,
}  # fmt: skip


def open_return(world, seller, wish):
    """Let a buyer send back units of a shipped item; return the Amazon RMA ID.

    `wish` is {"orderId", "orderItemId", "quantity", "reason", …}; with the "rma" of an earlier one that return changes.
    Raises ValueError for what cannot be returned.
    """
    unknown = set(wish) - {"orderId", "orderItemId", "quantity", "rma", "requested", *_DEFAULTS}
    if unknown:
        raise ValueError(f"a return does not know {', '.join(sorted(unknown))}")
    order = seller.records[wish["orderId"]].order
    item = item_of(order, wish["orderItemId"])
    if item is None:
        raise ValueError(f"the order has no item {wish['orderItemId']}")
    try:
        ensure_refundable(order)
    except BadMessage as problem:
        raise ValueError(str(problem)) from None
    rma = wish.get("rma") or f"D{len(seller.returns) + 1:08d}RRMA"
    earlier = seller.returns.get(rma, {"requested": world.clock.now_text(), "quantity": 1, **_DEFAULTS})
    entry = {**earlier, **wish, "rma": rma}
    _ensure_possible(seller, item, entry)
    seller.put_return(entry)
    world.ledger.append("return_opened", wish["orderId"], {"seller": seller.seller_id, **entry})
    return rma


def _ensure_possible(seller, item, entry):
    others = [other for other in seller.returns.values() if other["rma"] != entry["rma"]]
    back = sum(other["quantity"] for other in others if other["orderItemId"] == entry["orderItemId"])
    if not 1 <= entry["quantity"] <= item["quantityOrdered"] - back:
        raise ValueError(f"{entry['quantity']} of {item['quantityOrdered']} cannot be returned")
    for name in ("requested", "delivered"):
        if entry[name] is not None and from_text(entry[name]) is None:
            raise ValueError(f"{name} is not an instant: {entry[name]}")


def find_returns(seller, report):
    """Return the returns that a report is about: requested in its span, in one of its marketplaces."""
    start, end = from_text(report["dataStartTime"]), from_text(report["dataEndTime"])
    found = [
        entry
        for entry in seller.returns.values()
        if start <= from_text(entry["requested"]) <= end
        and part_of(seller.records[entry["orderId"]].order, "salesChannel").get("marketplaceId")
        in report["marketplaceIds"]
    ]
    return sorted(found, key=lambda entry: (entry["requested"], entry["rma"]))


def write_flat_file(seller, entries, encoding):
    """Return the report with tabs between its columns, as bytes; what the encoding lacks becomes a question mark."""
    rows = [COLUMNS, *(_row(seller, entry) for entry in entries)]
    text = "".join("\t".join(" ".join(str(cell).split()) for cell in row) + "\r\n" for row in rows)
    return text.encode(encoding, "replace")


def _row(seller, entry):
    order, item, values = _values(seller, entry)
    shown = {
        "Order ID": order["orderId"],
        "Order date": _short(order["createdTime"]),
        "Return request date": _short(entry["requested"]),
        "Return request status": entry["status"],
        "Amazon RMA ID": entry["rma"],
        "Merchant RMA ID": entry["merchantRma"],
        "Label type": "AmazonUnPaidLabel",
        "Label cost": values["label_cost"],
        "Currency code": values["currency"],
        "Return carrier": entry["carrier"],
        "Tracking ID": entry["tracking"],
        "Label to be paid by": "Customer",
        "A-to-Z Claim": "N",
        "Is prime": values["is_prime"],
        "ASIN": item["product"]["asin"],
        "Merchant SKU": item["product"]["sellerSku"],
        "Item Name": item["product"]["title"],
        "Return quantity": entry["quantity"],
        "Return Reason": entry["reason"],
        "In policy": "Y",
        "Return type": "C-Returns",
        "Resolution": entry["resolution"],
        "Return delivery date": _short(entry["delivered"]) if entry["delivered"] else "",
        "Order Amount": values["order_amount"],
        "Order quantity": item["quantityOrdered"],
        "Refunded Amount": values["refunded"],
    }
    return [shown.get(column, "") for column in COLUMNS]


def write_xml(seller, entries, encoding):
    """Return the report as XML in UTF-8; `encoding` is of no matter here."""
    del encoding
    root = etree.Element("AmazonEnvelope", nsmap={"xsi": _XSI})
    root.set(f"{{{_XSI}}}noNamespaceSchemaLocation", "amzn-envelope.xsd")
    _add(_add(root, "Header"), "DocumentVersion", "1.00")
    _add(root, "MessageType", "Returns-Report")
    message = _add(root, "Message")
    for entry in entries:
        _add_return(_add(message, "return_details"), seller, entry)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def _add_return(details, seller, entry):
    order, item, values = _values(seller, entry)
    product = item["product"]
    of_item = {
        "item_name": product["title"],
        "asin": product["asin"],
        "return_reason_code": entry["reason"],
        "merchant_sku": product["sellerSku"],
        "in_policy": "Y",
        "return_quantity": entry["quantity"],
        "resolution": entry["resolution"],
        "refund_amount": values["refunded"],
    }
    of_return = {
        "order_id": order["orderId"],
        "order_date": order["createdTime"],
        "amazon_rma_id": entry["rma"],
        "merchant_rma_id": entry["merchantRma"],
        "return_request_date": entry["requested"],
        "return_request_status": entry["status"],
        "a_to_z_claim": "false",
        "is_prime": values["is_prime"],
        "return_carrier": entry["carrier"],
        "tracking_id": entry["tracking"],
        "label_to_be_paid_by": "Customer",
        "return_type": "C-Returns",
        "order_amount": values["order_amount"],
        "order_quantity": item["quantityOrdered"],
        "return_delivery_date": entry["delivered"],
    }
    of_label = {
        "currency_code": values["currency"],
        "label_cost": values["label_cost"],
        "label_type": "AmazonUnPaidLabel",
    }
    _add_all(_add(details, "item_details"), of_item)
    _add_all(details, of_return)
    _add_all(_add(details, "label_details"), of_label)


def _values(seller, entry):
    order = seller.records[entry["orderId"]].order
    item = item_of(order, entry["orderItemId"])
    value, currency = paid(item)
    back = refunded(seller, entry["orderId"], entry["orderItemId"])
    return (
        order,
        item,
        {
            "currency": currency or "",
            "order_amount": money(value, currency)["amount"],
            "refunded": money(back, currency)["amount"] if back else "",
            "label_cost": money(Decimal(0), currency)["amount"],
            "is_prime": "Y" if "PRIME" in (order.get("programs") or ()) else "N",
        },
    )


def _add(parent, name, text=None):
    element = etree.SubElement(parent, name)
    if text is not None:
        element.text = str(text)
    return element


def _add_all(parent, texts):
    """Add an element for each text; what is empty is left out, as in the marketplace's own reports."""
    for name, text in texts.items():
        if text not in (None, ""):
            _add(parent, name, text)


def _short(text):
    """Write an instant as the flat file does, such as 14-Jul-2025; months are English wherever this runs."""
    moment = from_text(text)
    return f"{moment.day:02d}-{_MONTHS[moment.month - 1]}-{moment.year}"
