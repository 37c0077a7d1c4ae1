"""Cancellations of the Post-Order API v2: search, get, eligibility, create, approve, reject.

States and statuses: CancelStateEnum and CancelStatusEnum of the reference 2.8.0; which state goes with which status in
between is our reading, no document shows it.
"""

from .errors import ApiError
from .money import seller_part, text_of
from .orders import marketplace_of
from .post_order import INVALID, amount_of, date_of, instant_of, is_in_span, page_of, read_search
from .reading import Field, read_body, read_query
from .refunds import begin_refund, needs_signature, refunded
from .store import lines_of, stamp

SELLER_REASONS = ("OUT_OF_STOCK_OR_CANNOT_FULFILL", "BUYER_ASKED_CANCEL", "ADDRESS_ISSUES", "ORDER_UNPAID")
_DAYS_TO_ANSWER = 3
_DATE = Field("object", inner={"value": Field("text", required=True), "formattedValue": Field("text")})
_ELIGIBILITY = {"legacyOrderId": Field("text", required=True)}
_CREATE = {
    "legacyOrderId": Field("text", required=True),
    "cancelReason": Field("text"),
    "buyerPaid": Field("truth"),
    "buyerPaidDate": _DATE,
}
_REJECT = {"shipmentDate": _DATE, "trackingNumber": Field("text")}


def search_cancellations(seller, call):
    """Answer a search for cancellations with a page as JSON values; raise ApiError 400."""
    values, place, span = read_search(call, ("cancel_id", "legacy_order_id", "item_id", "transaction_id"))
    found = [c for c in seller.cancellations.values() if _is_wanted(seller, c, values, span)]
    found.sort(key=lambda c: (c["cancelRequestDate"]["value"], c["cancelId"]), reverse=True)
    page, output = page_of(found, place)
    return {"cancellations": [_summary(c) for c in page], "paginationOutput": output, "total": len(found)}


def get_cancellation(seller, call, cancel_id):
    """Answer getCancellation with JSON values; raise ApiError 400 or 404."""
    values = read_query(call.query, ("fieldgroups",), INVALID)
    if values.get("fieldgroups", "FULL") not in ("FULL", "SUMMARY"):
        raise INVALID.error("fieldgroups")
    cancellation = _find(seller, cancel_id)
    is_full = values.get("fieldgroups", "FULL") == "FULL"
    return {"cancelDetail": cancellation if is_full else _summary(cancellation)}


def check_eligibility(seller, call):
    """Answer checkCancellationEligibility with JSON values; raise ApiError 400 or 404."""
    read_query(call.query, (), INVALID)
    record = _record_of(seller, read_body(call, _ELIGIBILITY, INVALID)["legacyOrderId"])
    return eligibility_of(seller, record)


def eligibility_of(seller, record):
    """Return the type OrderEligibilityResult for an order."""
    reasons = _reasons_against(seller, record)
    items = [
        {"eligible": not reasons, "itemId": line["legacyItemId"], "transactionId": line["lineItemId"]}
        for line in lines_of(record.order)
    ]
    result = {
        "legacyOrderId": record.order["orderId"],
        "eligible": not reasons,
        "itemEligibilityResult": items,
    }
    return result | ({"failureReason": reasons} if reasons else {"eligibleCancelReason": list(SELLER_REASONS)})


def create_cancellation(ebay, seller, call):
    """Answer createCancellation by a seller with JSON values; raise ApiError 400, 404 or 409."""
    read_query(call.query, (), INVALID)
    body = read_body(call, _CREATE, INVALID)
    record = _record_of(seller, body["legacyOrderId"])
    if needs_signature(ebay, seller, record.order):
        ebay.keys.verify(ebay.login.accounts[seller.seller_id]["client_id"], call)
    reason = body.get("cancelReason", SELLER_REASONS[0])
    if reason not in SELLER_REASONS:
        raise INVALID.error("cancelReason", cancelReason=reason)
    result = eligibility_of(seller, record)
    if not result["eligible"]:
        raise ApiError(
            409, 1633, "The order cannot be cancelled: " + ", ".join(result["failureReason"]), domain="PostOrder"
        )
    cancellation = open_cancellation(ebay, seller, record, ("SELLER", reason))
    ebay.world.ledger.append(
        "cancellation_created", cancellation["cancelId"], {"orderId": body["legacyOrderId"], **body}
    )
    _carry_out(ebay, seller, record, cancellation)
    return {"cancelId": cancellation["cancelId"], "orderEligibilityResult": result}


def approve_cancellation(ebay, seller, call, cancel_id):
    """Carry out what a buyer asked for; raise ApiError 400, 404 or 409."""
    read_query(call.query, (), INVALID)
    read_body(call, {}, INVALID, is_optional=True)
    cancellation = _find(seller, cancel_id)
    record = _record_of(seller, cancellation["legacyOrderId"])
    if needs_signature(ebay, seller, record.order):
        ebay.keys.verify(ebay.login.accounts[seller.seller_id]["client_id"], call)
    _ensure_waiting(cancellation)
    _note(ebay, cancellation, "SELLER_APPROVE")
    order_id = record.order["orderId"]
    ebay.world.ledger.append("cancellation_approved", cancel_id, {"orderId": order_id, "seller": seller.seller_id})
    _carry_out(ebay, seller, record, cancellation)


def reject_cancellation(ebay, seller, call, cancel_id):
    """Refuse what a buyer asked for; raise ApiError 400, 404 or 409."""
    read_query(call.query, (), INVALID)
    body = read_body(call, _REJECT, INVALID, is_optional=True)
    cancellation = _find(seller, cancel_id)
    _ensure_waiting(cancellation)
    record = _record_of(seller, cancellation["legacyOrderId"])
    _note(ebay, cancellation, "SELLER_REJECT")
    _close(ebay, cancellation, "CANCEL_REJECTED", None)
    seller.put_cancellation(cancellation)
    _show(record, cancellation, "NONE_REQUESTED", "REJECTED")
    seller.touch(record)
    entry = {"orderId": record.order["orderId"], "seller": seller.seller_id, **body}
    ebay.world.ledger.append("cancellation_rejected", cancel_id, entry)


def open_cancellation(ebay, seller, record, asked):
    """Open a request by ``asked`` = (BUYER, SELLER or SYSTEM, reason) and show it at the order; return it."""
    requestor, reason = asked
    now = ebay.world.clock.now()
    order = record.order
    total = {**order["pricingSummary"]["total"], "value": text_of(seller_part(order) - refunded(order))}
    cancellation = {
        "cancelId": f"{5000000000 + seller.next_number()}",
        "marketplaceId": marketplace_of(order),
        "legacyOrderId": order["orderId"],
        "buyerLoginName": order["buyer"]["username"],
        "requestorType": requestor,
        "cancelReason": reason,
        "cancelState": "APPROVAL_PENDING" if requestor == "BUYER" else "INITIAL",
        "cancelStatus": "CANCEL_REQUESTED",
        "paymentStatus": "UNPAID" if _is_unpaid(order) else "PAID",
        "requestRefundAmount": amount_of(total),
        "cancelRequestDate": date_of(now),
        "lineItems": [
            {"itemId": line["legacyItemId"], "transactionId": line["lineItemId"]} for line in lines_of(order)
        ],
        "activityHistories": [],
    }
    _note(ebay, cancellation, f"{requestor}_CREATE_CANCEL")
    seller.put_cancellation(cancellation)
    request = {
        "cancelRequestId": cancellation["cancelId"],
        "cancelInitiator": requestor.capitalize(),
        "cancelReason": reason,
        "cancelRequestedDate": stamp(now),
        "cancelRequestState": "REQUESTED",
    }
    order["cancelStatus"]["cancelRequests"].append(request)
    order["cancelStatus"]["cancelState"] = "IN_PROGRESS"
    seller.touch(record)
    return cancellation


def cancel_now(ebay, seller, record, asked):
    """Cancel an order from eBay's side in one step, with the refund done; return the cancellation."""
    cancellation = open_cancellation(ebay, seller, record, asked)
    _carry_out(ebay, seller, record, cancellation, delay_seconds=0)
    return cancellation


def finish_cancellations(ebay, seller, settled):
    """Close the cancellations whose refunds have come to their end; ``settled`` are pairs of record and refund."""
    for record, due in settled:
        cancellation = seller.cancellations.get(due["cancelId"])
        if cancellation is None:
            continue
        if ebay.settings["refund_outcome"] == "REFUNDED":
            _complete(ebay, seller, record, (cancellation, "CANCEL_CLOSED_WITH_REFUND", "FULL_REFUNDED"))
        else:
            cancellation["cancelState"] = "REFUND_FAILED_RETRY"
            seller.put_cancellation(cancellation)


def _carry_out(ebay, seller, record, cancellation, *, delay_seconds=None):
    left = seller_part(record.order) - refunded(record.order, with_pending=True)
    if _is_unpaid(record.order) or left <= 0:
        _complete(ebay, seller, record, (cancellation, "CANCEL_CLOSED_NO_REFUND", None))
        return
    cancellation["cancelState"] = "REFUND_INITIATED"
    cancellation["cancelStatus"] = "CANCEL_PENDING"
    seller.put_cancellation(cancellation)
    refund = {
        "refundId": f"{7000000000 + seller.next_number()}",
        "parts": [(None, str(left))],
        "reason": cancellation["cancelReason"],
        "cancelId": cancellation["cancelId"],
    }
    if delay_seconds is not None:
        refund["delay_seconds"] = delay_seconds
    begin_refund(ebay, seller, record, refund)
    ebay.settle()


def _complete(ebay, seller, record, outcome):
    cancellation, status, close_reason = outcome
    _close(ebay, cancellation, status, close_reason)
    seller.put_cancellation(cancellation)
    _show(record, cancellation, "CANCELED", "COMPLETED")
    now = stamp(ebay.world.clock.now())
    record.order["cancelStatus"]["cancelledDate"] = now
    record.order["cancelStatus"]["cancelRequests"][-1]["cancelCompletedDate"] = now
    seller.give_back(record)
    seller.touch(record)
    ebay.world.ledger.append("order_cancelled", record.order["orderId"], {"cancelId": cancellation["cancelId"]})


def _close(ebay, cancellation, status, close_reason):
    cancellation["cancelState"] = "CLOSED"
    cancellation["cancelStatus"] = status
    cancellation["cancelCloseDate"] = date_of(ebay.world.clock.now())
    if close_reason:
        cancellation["cancelCloseReason"] = close_reason


def _show(record, cancellation, order_state, request_state):
    status = record.order["cancelStatus"]
    status["cancelState"] = order_state
    for request in status["cancelRequests"]:
        if request["cancelRequestId"] == cancellation["cancelId"]:
            request["cancelRequestState"] = request_state


def _note(ebay, cancellation, activity):
    entry = {"activityType": activity, "activityParty": activity.partition("_")[0]}
    cancellation["activityHistories"].append({**entry, "actionDate": date_of(ebay.world.clock.now())})


def _summary(cancellation):
    return {name: part for name, part in cancellation.items() if name not in ("activityHistories", "lineItems")}


def _is_wanted(seller, cancellation, values, span):
    if "cancel_id" in values:
        return cancellation["cancelId"] == values["cancel_id"]
    if values.get("role") == "BUYER" or not is_in_span(instant_of(cancellation["cancelRequestDate"]), span):
        return False
    order_id = cancellation["legacyOrderId"]
    if values.get("legacy_order_id", order_id) != order_id:
        return False
    lines = cancellation["lineItems"]
    if "item_id" in values and all(line["itemId"] != values["item_id"] for line in lines):
        return False
    return "transaction_id" not in values or any(line["transactionId"] == values["transaction_id"] for line in lines)


def _reasons_against(seller, record):
    order = record.order
    if order["cancelStatus"]["cancelState"] != "NONE_REQUESTED":
        return ["CANCELLATION_EXIST"]
    if any(e["orderId"] == order["orderId"] and e["state"] != "CLOSED" for e in seller.returns.values()):
        return ["RETURN_EXIST"]
    return ["ALREADY_SHIPPED"] if order["orderFulfillmentStatus"] != "NOT_STARTED" else []


def _is_unpaid(order):
    return order["orderPaymentStatus"] in ("PENDING", "FAILED")


def _ensure_waiting(cancellation):
    if cancellation["cancelState"] != "APPROVAL_PENDING":
        message = f"The cancellation request is {cancellation['cancelState']} and waits for no answer."
        raise ApiError(409, 1635, message, domain="PostOrder")


def _find(seller, cancel_id):
    if cancel_id not in seller.cancellations:
        raise ApiError(404, 1617, "Cancellation not found.", domain="PostOrder", parameters={"cancelId": cancel_id})
    return seller.cancellations[cancel_id]


def _record_of(seller, order_id):
    if order_id not in seller.records:
        raise ApiError(404, 1618, "Order not found.", domain="PostOrder", parameters={"legacyOrderId": order_id})
    return seller.records[order_id]
