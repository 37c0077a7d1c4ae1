"""Returns of the Post-Order API v2: search, get, decide, mark as received, refund, message.

States and statuses: ReturnStateEnum and ReturnStatusEnum of the reference 2.8.0, decisions DecisionEnum.
"""

from decimal import Decimal

from .errors import ApiError
from .money import COLLECTED, ZERO, scaled, seller_part, text_of, value_of
from .post_order import INVALID, amount_of, date_of, instant_of, is_in_span, page_of, read_search
from .reading import Field, read_body, read_query
from .refunds import begin_refund, needs_signature, refunded

_AMOUNT = {"value": Field("number", required=True), "currency": Field("text", required=True)}
_COMMENTS = Field(
    "object", inner={"content": Field("text"), "originalLanguage": Field("text"), "translatedContent": Field("text")}
)
_DECIDE = {
    "decision": Field("text", required=True),
    "comments": _COMMENTS,
    "partialRefundAmount": Field("object", inner=_AMOUNT),
    "RMANumber": Field("text"),
    "RMAProvided": Field("truth"),
    "returnAddress": Field("object"),
    "keepOriginalItem": Field("truth"),
}
_ITEMIZED = {
    "refundFeeType": Field("text", required=True),
    "refundAmount": Field("object", required=True, inner=_AMOUNT),
    "restockingFeePercentage": Field("text"),
}
_DETAIL = {
    "itemizedRefundDetail": Field("list", required=True, inner=Field("object", inner=_ITEMIZED)),
    "totalAmount": Field("object", required=True, inner=_AMOUNT),
}
_REFUND = {
    "comments": _COMMENTS,
    "refundDetail": Field("object", required=True, inner=_DETAIL),
    "restockItem": Field("truth"),
}
_RECEIVED = {"comments": _COMMENTS}
_MESSAGE = {"message": Field("object", required=True, inner=_COMMENTS.inner)}
# Decision of the seller: the state and the status that it leads to.
_DECISIONS = {
    "APPROVE": ("ITEM_READY_TO_SHIP", "READY_FOR_SHIPPING"),
    "DECLINE": ("CLOSED", "CLOSED"),
    "OFFER_PARTIAL_REFUND": ("PARTIAL_REFUND_REQUESTED", "PARTIAL_REFUND_REQUESTED"),
    "PROVIDE_RMA": ("ITEM_READY_TO_SHIP", "READY_FOR_SHIPPING"),
}
REASONS = (
    "ARRIVED_DAMAGED", "ARRIVED_LATE", "DEFECTIVE_ITEM", "NO_LONGER_NEED_ITEM", "NOT_AS_DESCRIBED",
    "ORDERED_WRONG_ITEM", "WRONG_SIZE", "OTHER",
)  # fmt: skip
_OPEN_FILTERS = ("ALL_OPEN", "ALL_OPEN_RETURN", "RETURN_STARTED")


def search_returns(seller, call):
    """Answer a search for returns with a page as JSON values; raise ApiError 400."""
    names = ("return_id", "order_id", "item_id", "transaction_id", "return_state", "states")
    values, place, span = read_search(call, names)
    found = [entry for entry in seller.returns.values() if _is_wanted(entry, values, span)]
    found.sort(key=lambda entry: (entry["creationInfo"]["creationDate"]["value"], entry["returnId"]), reverse=True)
    page, output = page_of(found, place)
    return {"members": [_summary(entry) for entry in page], "paginationOutput": output, "total": len(found)}


def get_return(seller, call, return_id):
    """Answer getReturn with JSON values; raise ApiError 400 or 404."""
    values = read_query(call.query, ("fieldgroups",), INVALID)
    if values.get("fieldgroups", "FULL") not in ("FULL", "SUMMARY"):
        raise INVALID.error("fieldgroups")
    entry = _find(seller, return_id)
    answer = {"summary": _summary(entry)}
    if values.get("fieldgroups", "FULL") == "FULL":
        answer["detail"] = {"responseHistory": entry["responseHistory"], "refundInfo": entry["refundInfo"]}
    return answer


def decide_return(ebay, seller, call, return_id):
    """Answer processReturnRequest with JSON values; raise ApiError 400, 404 or 409."""
    read_query(call.query, (), INVALID)
    entry = _find(seller, return_id)
    _ensure_signed(ebay, seller, call, entry)
    body = read_body(call, _DECIDE, INVALID)
    if body["decision"] not in _DECISIONS:
        raise INVALID.error("decision", decision=body["decision"])
    if (body["decision"] == "OFFER_PARTIAL_REFUND") != ("partialRefundAmount" in body):
        raise INVALID.error("partialRefundAmount goes with OFFER_PARTIAL_REFUND", decision=body["decision"])
    waiting = ("ITEM_READY_TO_SHIP",) if body["decision"] == "PROVIDE_RMA" else ("RETURN_REQUESTED",)
    _ensure_in(entry, waiting)
    move(ebay, seller, entry, _DECISIONS[body["decision"]])
    ebay.world.ledger.append("return_decided", return_id, {"orderId": entry["orderId"], **body})
    return {}


def receive_return(ebay, seller, call, return_id):
    """Note that the seller has the goods back; raise ApiError 400, 404 or 409."""
    read_query(call.query, (), INVALID)
    entry = _find(seller, return_id)
    read_body(call, _RECEIVED, INVALID, is_optional=True)
    _ensure_in(entry, ("ITEM_READY_TO_SHIP", "ITEM_SHIPPED"))
    move(ebay, seller, entry, ("ITEM_DELIVERED", "ITEM_DELIVERED"))
    ebay.world.ledger.append("return_received", return_id, {"orderId": entry["orderId"], "seller": seller.seller_id})


def refund_return(ebay, seller, call, return_id):
    """Answer issueReturnRefund with JSON values; raise ApiError 400, 404 or 409."""
    read_query(call.query, (), INVALID)
    entry = _find(seller, return_id)
    _ensure_signed(ebay, seller, call, entry)
    detail = read_body(call, _REFUND, INVALID)["refundDetail"]
    _ensure_in(entry, ("RETURN_REQUESTED", "ITEM_READY_TO_SHIP", "ITEM_SHIPPED", "ITEM_DELIVERED"))
    record = seller.records[entry["orderId"]]
    total = Decimal(str(detail["totalAmount"]["value"]))
    parts = sum((Decimal(str(part["refundAmount"]["value"])) for part in detail["itemizedRefundDetail"]), ZERO)
    currency = record.order["pricingSummary"]["total"]["currency"]
    currencies = {detail["totalAmount"]["currency"]}
    currencies |= {part["refundAmount"]["currency"] for part in detail["itemizedRefundDetail"]}
    if parts != total or total <= 0 or currencies != {currency}:
        raise INVALID.error("the parts of the refund must add up to totalAmount, in the currency of the order")
    if total > seller_part(record.order) - refunded(record.order, with_pending=True):
        raise INVALID.error("the refund is more than what is left of the order")
    refund = {
        "refundId": f"{7000000000 + seller.next_number()}",
        "parts": [(entry["lineItemId"], str(total))],
        "reason": "BUYER_RETURN",
        "returnId": return_id,
    }
    begin_refund(ebay, seller, record, refund)
    estimated = Decimal(str(entry["sellerTotalRefund"]["estimatedRefundAmount"]["value"]))
    state = "CLOSED" if total >= estimated else "LESS_THAN_A_FULL_REFUND_ISSUED"
    entry["sellerTotalRefund"]["actualRefundAmount"] = {"value": float(total), "currency": currency}
    entry["refundInfo"] = {"actualRefundDetail": {"actualRefund": detail}}
    move(ebay, seller, entry, (state, state))
    body = {"orderId": entry["orderId"], "amount": str(total), "seller": seller.seller_id}
    ebay.world.ledger.append("return_refunded", return_id, body)
    ebay.settle()
    return {"refundStatus": "PENDING" if record.pending else "SUCCESS"}


def message_return(ebay, seller, call, return_id):
    """Take a message to the buyer; raise ApiError 400 or 404."""
    read_query(call.query, (), INVALID)
    _find(seller, return_id)
    body = read_body(call, _MESSAGE, INVALID)
    ebay.world.ledger.append("return_message", return_id, {"length": len(body["message"].get("content", ""))})


def open_return(ebay, seller, wish):
    """Let a buyer ask for a return: {"orderId", "lineItemId", "quantity", "reason"}; return its id."""
    record = seller.records[wish["orderId"]]
    line = next(line for line in record.order["lineItems"] if line["lineItemId"] == wish["lineItemId"])
    quantity = int(wish.get("quantity", line["quantity"]))
    if not 1 <= quantity <= line["quantity"]:
        raise ValueError(f"quantity is 1 to {line['quantity']}")
    reason = wish.get("reason", "NO_LONGER_NEED_ITEM")
    if reason not in REASONS:
        raise ValueError(f"reason is one of {', '.join(REASONS)}")
    taxes = sum((value_of(tax["amount"]) for tax in line.get(COLLECTED, [])), ZERO)
    whole = {**line["total"], "value": text_of(value_of(line["total"]) - taxes)}
    estimated = amount_of(scaled(whole, Decimal(quantity) / line["quantity"]))
    entry = {
        "returnId": f"{5100000000 + seller.next_number()}",
        "orderId": wish["orderId"],
        "lineItemId": line["lineItemId"],
        "buyerLoginName": record.order["buyer"]["username"],
        "sellerLoginName": seller.seller_id,
        "currentType": "MONEY_BACK",
        "state": "RETURN_REQUESTED",
        "status": "RETURN_REQUESTED",
        "creationInfo": {
            "item": {
                "itemId": line["legacyItemId"],
                "transactionId": line["lineItemId"],
                "returnQuantity": quantity,
            },
            "type": "MONEY_BACK",
            "reason": reason,
            "reasonType": "SNAD" if reason in ("ARRIVED_DAMAGED", "DEFECTIVE_ITEM", "NOT_AS_DESCRIBED") else "REMORSE",
            "comments": {"content": wish.get("comment", "")},
            "creationDate": date_of(ebay.world.clock.now()),
        },
        "sellerTotalRefund": {"estimatedRefundAmount": estimated},
        "buyerTotalRefund": {"estimatedRefundAmount": estimated},
        "refundInfo": {
            "estimatedRefundDetail": {
                "itemizedRefundDetail": [{"refundFeeType": "PURCHASE_PRICE", "estimatedAmount": estimated}]
            }
        },
        "responseHistory": [],
    }
    seller.put_return(entry)
    seller.touch(record)
    return entry["returnId"]


def ship_return(ebay, seller, return_id):
    """Let the buyer send the goods of an approved return."""
    entry = seller.returns[return_id]
    if entry["state"] != "ITEM_READY_TO_SHIP":
        raise ValueError(f"the return is {entry['state']}")
    move(ebay, seller, entry, ("ITEM_SHIPPED", "ITEM_SHIPPED"))
    return entry["state"]


def move(ebay, seller, entry, to):
    """Bring a return to another state and status."""
    state, status = to
    history = {"fromState": entry["state"], "toState": state, "creationDate": date_of(ebay.world.clock.now())}
    entry["responseHistory"].append(history)
    entry["state"], entry["status"] = state, status
    seller.put_return(entry)


def _summary(entry):
    return {name: part for name, part in entry.items() if name not in ("responseHistory", "refundInfo", "lineItemId")}


def _is_wanted(entry, values, span):
    item = entry["creationInfo"]["item"]
    own = {
        "return_id": entry["returnId"],
        "order_id": entry["orderId"],
        "item_id": item["itemId"],
        "transaction_id": item["transactionId"],
    }
    if any(values.get(name, value) != value for name, value in own.items()):
        return False
    if "states" in values and entry["state"] not in values["states"].split(","):
        return False
    wanted = values.get("return_state")
    if wanted in _OPEN_FILTERS and entry["state"] == "CLOSED":
        return False
    if wanted not in (None, *_OPEN_FILTERS) and entry["status"] != wanted:
        return False
    return values.get("role") != "BUYER" and is_in_span(instant_of(entry["creationInfo"]["creationDate"]), span)


def _ensure_in(entry, states):
    if entry["state"] not in states:
        message = f"The return is {entry['state']}; this goes only with {', '.join(states)}."
        raise ApiError(409, 1764, message, domain="returnErrorDomain", parameters={"returnId": entry["returnId"]})


def _ensure_signed(ebay, seller, call, entry):
    if needs_signature(ebay, seller, seller.records[entry["orderId"]].order):
        ebay.keys.verify(ebay.login.accounts[seller.seller_id]["client_id"], call)


def _find(seller, return_id):
    if return_id not in seller.returns:
        raise ApiError(404, 1617, "Return not found.", domain="returnErrorDomain", parameters={"returnId": return_id})
    return seller.returns[return_id]
