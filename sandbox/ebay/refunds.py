"""issueRefund, and what becomes of refunds with time: PENDING first, REFUNDED or FAILED after a while."""

from decimal import Decimal, InvalidOperation

from ..clock import from_text
from .errors import ApiError
from .marketplaces import SIGNED
from .money import ZERO, add_up, negative, seller_part, text_of, total_of, value_of
from .orders import ORDER_ID, marketplace_of
from .reading import Field, Refusal, read_body, read_query
from .store import later, stamp

_EMPTY = Refusal(34902, "API_FULFILLMENT", "Request can't be empty or is not valid")
_AMOUNT = {"value": Field("text"), "currency": Field("text")}
_REFERENCE = {"legacyItemId": Field("text"), "legacyTransactionId": Field("text")}
_ITEM = {
    "lineItemId": Field("text"),
    "legacyReference": Field("object", inner=_REFERENCE),
    "refundAmount": Field("object", inner=_AMOUNT),
}
_BODY = {
    "reasonForRefund": Field("text"),
    "comment": Field("text"),
    "refundItems": Field("list", inner=Field("object", inner=_ITEM)),
    "orderLevelRefundAmount": Field("object", inner=_AMOUNT),
}
# ReasonForRefundEnum, developer.ebay.com, seen 2026-11-26.
REASONS = (
    "BUYER_CANCEL", "SELLER_CANCEL", "ITEM_NOT_RECEIVED", "BUYER_RETURN", "ITEM_NOT_AS_DESCRIBED",
    "OTHER_ADJUSTMENT", "SHIPPING_DISCOUNT",
)  # fmt: skip
# The field says 100, the error that goes with it 1000; the field's own figure is played.
_LONGEST_COMMENT = 100


def needs_signature(ebay, seller, order):
    """Say whether a refund for this order must be signed: its marketplace or its seller is in the EU or the UK."""
    wish = ebay.settings["signatures"]
    home = ebay.login.accounts[seller.seller_id]["marketplace_id"]
    return wish == "always" or (wish == "documented" and bool({marketplace_of(order), home} & SIGNED))


def issue_refund(ebay, seller, call, order_id):
    """Answer issueRefund with JSON values; raise ApiError 400, 404, 409 or 415 when it is refused."""
    read_query(call.query, (), _EMPTY)
    if not ORDER_ID.match(order_id) or order_id not in seller.records:
        raise ApiError(404, 34913, "Can not find the order.", parameters={"orderId": order_id})
    record = seller.records[order_id]
    if needs_signature(ebay, seller, record.order):
        ebay.keys.verify(ebay.login.accounts[seller.seller_id]["client_id"], call)
    body = read_body(call, _BODY, _EMPTY)
    parts = _read_parts(record.order, body)
    _ensure_refundable(seller, record, parts)
    refund_id = f"{7000000000 + seller.next_number()}"
    begin_refund(ebay, seller, record, {"refundId": refund_id, "parts": parts, "reason": body["reasonForRefund"]})
    return {"refundId": refund_id, "refundStatus": "PENDING"}


def begin_refund(ebay, seller, record, refund):
    """Note a refund that the seller or eBay has begun; ``parts`` are pairs of line id (None: whole order) and value."""
    currency = record.order["pricingSummary"]["total"]["currency"]
    now = ebay.world.clock.now()
    amount = {"value": text_of(sum((Decimal(value) for _line, value in refund["parts"]), ZERO)), "currency": currency}
    shown = {"amount": amount, "refundStatus": "PENDING"}
    is_by_line = refund["parts"][0][0] is not None
    if is_by_line:
        # The ids of refunds of lines are shown at the lines, not at the order.
        for line_id, value in refund["parts"]:
            line = next(line for line in record.order["lineItems"] if line["lineItemId"] == line_id)
            part = {"value": text_of(Decimal(value)), "currency": currency}
            line["refunds"].append({"amount": part, "refundId": refund["refundId"]})
    else:
        shown["refundId"] = refund["refundId"]
    record.order["paymentSummary"]["refunds"].append(shown)
    due = {
        "refundId": refund["refundId"],
        "place": len(record.order["paymentSummary"]["refunds"]) - 1,
        "due_at": later(now, refund.get("delay_seconds", ebay.settings["refund_delay_seconds"])),
        "cancelId": refund.get("cancelId"),
        "returnId": refund.get("returnId"),
    }
    record.pending.append(due)
    seller.touch(record)
    body = {"orderId": record.order["orderId"], "seller": seller.seller_id, "amount": amount, **refund}
    ebay.world.ledger.append("refund_begun", record.order["orderId"], body)


def settle_refunds(ebay, seller):
    """Let the refunds that are due come to their end; return the pairs of record and refund that did."""
    now = ebay.world.clock.now()
    settled = []
    for record in seller.records.values():
        for due in [d for d in record.pending if from_text(d["due_at"]) <= now]:
            record.pending.remove(due)
            _settle(ebay, record, due)
            seller.touch(record, from_text(due["due_at"]))
            settled.append((record, due))
    return settled


def _settle(ebay, record, due):
    order = record.order
    shown = order["paymentSummary"]["refunds"][due["place"]]
    shown["refundStatus"] = ebay.settings["refund_outcome"]
    if shown["refundStatus"] == "REFUNDED":
        date = stamp(from_text(due["due_at"]))
        shown |= {"refundDate": date, "refundReferenceId": f"RF{due['refundId']}"}
        for line in order["lineItems"]:
            for part in line["refunds"]:
                if part.get("refundId") == due["refundId"]:
                    part["refundDate"] = date
        paid_back = refunded(order)
        is_all = paid_back >= seller_part(order)
        order["orderPaymentStatus"] = "FULLY_REFUNDED" if is_all else "PARTIALLY_REFUNDED"
        returned = [
            negative(r["amount"]) for r in order["paymentSummary"]["refunds"] if r["refundStatus"] == "REFUNDED"
        ]
        total = order["pricingSummary"]["total"]
        order["paymentSummary"]["totalDueSeller"] = total_of([total, *returned], total)
    body = {"orderId": order["orderId"], "refundId": due["refundId"], "amount": shown["amount"]}
    ebay.world.ledger.append(f"refund_{shown['refundStatus'].lower()}", order["orderId"], body)


def refunded(order, *, with_pending=False):
    """Return what has been paid back for an order, as a Decimal; with what is under way if asked for."""
    counted = ("REFUNDED", "PENDING") if with_pending else ("REFUNDED",)
    refunds = order["paymentSummary"]["refunds"]
    return sum((value_of(r["amount"]) for r in refunds if r["refundStatus"] in counted), ZERO)


def refund_elsewhere(ebay, seller, wish):
    """Refund an order from eBay's own pages: at once, and with no id that issueRefund would have given."""
    record = seller.records[wish["orderId"]]
    total = record.order["pricingSummary"]["total"]
    amount = {"value": text_of(Decimal(str(wish["amount"]))), "currency": total["currency"]}
    now = ebay.world.clock.now()
    reference = f"RF{7000000000 + seller.next_number()}"
    record.order["paymentSummary"]["refunds"].append(
        {"amount": amount, "refundStatus": "REFUNDED", "refundDate": stamp(now), "refundReferenceId": reference}
    )
    is_all = refunded(record.order) >= seller_part(record.order)
    add_up(record.order)
    record.order["orderPaymentStatus"] = "FULLY_REFUNDED" if is_all else "PARTIALLY_REFUNDED"
    seller.touch(record)
    return record.order["orderPaymentStatus"]


def _read_parts(order, body):
    """Return pairs of line id (None for the whole order) and value as text; raise ApiError 400."""
    if not body:
        raise ApiError(400, 34902, "Request can't be empty.")
    reason = body.get("reasonForRefund")
    if reason not in REASONS:
        raise ApiError(400, 34903, "The refund reason must be specified.", parameters={"reasonForRefund": reason})
    if len(body.get("comment", "")) > _LONGEST_COMMENT:
        raise ApiError(400, 34921, f"The comment exceeds the length limit of {_LONGEST_COMMENT} characters.")
    if bool(body.get("refundItems")) == ("orderLevelRefundAmount" in body):
        raise ApiError(400, 34905, "Either orderLevelRefundAmount or refundItems must be specified.")
    currency = order["pricingSummary"]["total"]["currency"]
    if "orderLevelRefundAmount" in body:
        return [(None, _read_value(body["orderLevelRefundAmount"], currency))]
    parts = []
    for item in body["refundItems"]:
        value = _read_value(item.get("refundAmount", {}), currency)
        parts.append((_find_line(order, item)["lineItemId"], value))
    return parts


def _read_value(amount, currency):
    text = amount.get("value")
    if not text:
        raise ApiError(400, 34906, "The amount value must be specified.")
    try:
        value = Decimal(text)
        is_fine = value.is_finite() and value > 0 and value == round(value, 2)
    except InvalidOperation:
        is_fine = False
    if not is_fine:
        raise ApiError(400, 34907, "The amount value must be positive and within two decimals.")
    if not amount.get("currency"):
        raise ApiError(400, 34908, "The amount currency must be specified.")
    if amount["currency"] != currency:
        raise ApiError(400, 34909, "The amount currency isn't correct.", parameters={"currency": amount["currency"]})
    return str(value)


def _find_line(order, item):
    reference = item.get("legacyReference")
    if "lineItemId" not in item and reference is None:
        raise ApiError(400, 34910, "Either legacyReference or lineItemId must be specified for item level refund.")
    if "lineItemId" not in item:
        for name, error_id in (("legacyItemId", 34911), ("legacyTransactionId", 34912)):
            if not reference.get(name):
                raise ApiError(400, error_id, f"{name} must be specified for item level refund with legacyReference.")
    for line in order["lineItems"]:
        is_by_reference = reference is not None and reference.get("legacyItemId") == line["legacyItemId"]
        if item.get("lineItemId") == line["lineItemId"] or ("lineItemId" not in item and is_by_reference):
            return line
    raise ApiError(400, 34914, "Can't find the item in the order.", parameters=dict(item.get("legacyReference") or {}))


def _ensure_refundable(seller, record, parts):
    order = record.order
    if order["orderPaymentStatus"] in ("PENDING", "FAILED"):
        raise ApiError(409, 34929, "You cannot refund this order yet since the buyer payment has not been processed.")
    if order["orderPaymentStatus"] == "FULLY_REFUNDED":
        raise ApiError(400, 34917, "This order was already refunded.", category="BUSINESS")
    if record.pending:
        raise ApiError(400, 34922, "Refund can't be issued while previous refund is processing.")
    if any(e["orderId"] == order["orderId"] and e["state"] != "CLOSED" for e in seller.returns.values()):
        message = "A post-transaction case exists on this order, seller refund can't be triggered."
        raise ApiError(400, 34916, message, category="BUSINESS")
    asked = sum((Decimal(value) for _line, value in parts), ZERO)
    if asked > seller_part(order) - refunded(order):
        raise ApiError(400, 34915, "The refund amount exceeds order amount.")
    for line in order["lineItems"]:
        wanted = sum((Decimal(value) for line_id, value in parts if line_id == line["lineItemId"]), ZERO)
        had = sum((value_of(refund["amount"]) for refund in line["refunds"]), ZERO)
        taxes = sum((value_of(tax["amount"]) for tax in line.get("ebayCollectAndRemitTaxes", [])), ZERO)
        if wanted > value_of(line["total"]) - taxes - had:
            raise ApiError(409, 34924, "The item refund amount exceeds the item remaining amount.", category="BUSINESS")
