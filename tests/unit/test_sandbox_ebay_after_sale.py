"""Cancellations and returns of the eBay stand-in (Post-Order API v2), and changes of orders after the purchase."""

from decimal import Decimal

import pytest

from sandbox.ebay.caller import EbayCaller
from tests.ebay_calls import CANCELLATIONS, LONG_AGO, MOMENT, ORDERS, RETURNS, make_order, read_order, ship


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def error_of(response):
    [error] = response.json["error"]
    assert error["httpStatusCode"] == response.status_code
    return response.status_code


def later(caller, seconds):
    caller.control(clock_offset=seconds)
    caller.log_in()


def ask(caller, order, **more):
    return caller.control(cancel_order={"orderId": order["orderId"], "request_only": True, **more})["cancel_order"]


def detail(caller, cancel_id):
    return caller.call("GET", f"{CANCELLATIONS}/{cancel_id}").json["cancelDetail"]


def test_request_waits_for_the_seller_and_is_approved(caller):
    before = caller.state()["listings"]
    order = make_order(caller)
    cancel_id = ask(caller, order)
    waiting = detail(caller, cancel_id)
    assert (waiting["cancelState"], waiting["cancelStatus"]) == ("APPROVAL_PENDING", "CANCEL_REQUESTED")
    assert read_order(caller, order["orderId"])["cancelStatus"]["cancelState"] == "IN_PROGRESS"
    assert caller.call("POST", f"{CANCELLATIONS}/{cancel_id}/approve").status_code == 200
    assert detail(caller, cancel_id)["cancelStatus"] == "CANCEL_PENDING"
    later(caller, 30)
    closed = detail(caller, cancel_id)
    assert (closed["cancelState"], closed["cancelStatus"]) == ("CLOSED", "CANCEL_CLOSED_WITH_REFUND")
    done = read_order(caller, order["orderId"])
    assert (done["cancelStatus"]["cancelState"], done["orderPaymentStatus"]) == ("CANCELED", "FULLY_REFUNDED")
    assert done["cancelStatus"]["cancelRequests"][0]["cancelRequestState"] == "COMPLETED"
    assert caller.state()["listings"] == before
    assert error_of(caller.call("POST", f"{CANCELLATIONS}/{cancel_id}/approve")) == 409


def test_request_is_rejected_and_the_order_goes_on(caller):
    order = make_order(caller)
    cancel_id = ask(caller, order)
    body = {"shipmentDate": {"value": "2026-11-23T04:00:00.000Z"}, "trackingNumber": "1Z1"}
    assert caller.call("POST", f"{CANCELLATIONS}/{cancel_id}/reject", body=body).status_code == 200
    rejected = detail(caller, cancel_id)
    assert (rejected["cancelState"], rejected["cancelStatus"]) == ("CLOSED", "CANCEL_REJECTED")
    shown = read_order(caller, order["orderId"])
    assert shown["cancelStatus"]["cancelState"] == "NONE_REQUESTED"
    assert shown["cancelStatus"]["cancelRequests"][0]["cancelRequestState"] == "REJECTED"
    assert ship(caller, order).status_code == 201


def test_seller_cancels(caller):
    order = make_order(caller)
    wish = {"legacyOrderId": order["orderId"]}
    result = caller.call("POST", f"{CANCELLATIONS}/check_eligibility", body=wish).json
    assert result["eligible"] and "OUT_OF_STOCK_OR_CANNOT_FULFILL" in result["eligibleCancelReason"]
    wish["cancelReason"] = "OUT_OF_STOCK_OR_CANNOT_FULFILL"
    cancel_id = caller.call("POST", CANCELLATIONS, body=wish).json["cancelId"]
    assert detail(caller, cancel_id)["cancelState"] == "REFUND_INITIATED"
    assert error_of(caller.call("POST", CANCELLATIONS, body=wish)) == 409
    later(caller, 30)
    assert detail(caller, cancel_id)["cancelStatus"] == "CANCEL_CLOSED_WITH_REFUND"
    result = caller.call("POST", f"{CANCELLATIONS}/check_eligibility", body={"legacyOrderId": order["orderId"]}).json
    assert (result["eligible"], result["failureReason"]) == (False, ["CANCELLATION_EXIST"])


def test_unpaid_order_is_cancelled_at_once_without_a_refund(caller):
    order = make_order(caller, "unpaid")
    cancel_id = caller.call("POST", CANCELLATIONS, body={"legacyOrderId": order["orderId"]}).json["cancelId"]
    assert detail(caller, cancel_id)["cancelStatus"] == "CANCEL_CLOSED_NO_REFUND"
    shown = read_order(caller, order["orderId"])
    assert (shown["cancelStatus"]["cancelState"], shown["paymentSummary"]["refunds"]) == ("CANCELED", [])


def test_failed_refund_leaves_the_cancellation_open(caller):
    caller.control(refund_outcome="FAILED")
    order = make_order(caller)
    cancel_id = ask(caller, order)
    caller.call("POST", f"{CANCELLATIONS}/{cancel_id}/approve")
    later(caller, 30)
    assert detail(caller, cancel_id)["cancelState"] == "REFUND_FAILED_RETRY"
    assert read_order(caller, order["orderId"])["cancelStatus"]["cancelState"] == "IN_PROGRESS"


def test_shipped_order_is_not_eligible(caller):
    order = make_order(caller)
    ship(caller, order)
    result = caller.call("POST", f"{CANCELLATIONS}/check_eligibility", body={"legacyOrderId": order["orderId"]}).json
    assert (result["eligible"], result["failureReason"]) == (False, ["ALREADY_SHIPPED"])
    assert error_of(caller.call("POST", CANCELLATIONS, body={"legacyOrderId": order["orderId"]})) == 409


def test_european_cancellation_must_be_signed(caller):
    order = make_order(caller, marketplace_id="EBAY_DE")
    response = caller.call("POST", CANCELLATIONS, body={"legacyOrderId": order["orderId"]})
    assert (error_of(response), response.json["error"][0]["errorId"]) == (400, 215001)


def test_searches_go_by_order_item_and_creation(caller):
    first, second = make_order(caller), make_order(caller)
    one = ask(caller, first)
    later(caller, 100)
    two = ask(caller, second)

    def found(**query):
        answer = caller.call("GET", f"{CANCELLATIONS}/search", query).json
        assert answer["total"] == answer["paginationOutput"]["totalEntries"]
        return [entry["cancelId"] for entry in answer["cancellations"]]

    assert found() == [two, one]
    assert found(legacy_order_id=first["orderId"]) == [one]
    assert found(item_id=second["lineItems"][0]["legacyItemId"]) == [two]
    assert found(cancel_id=one) == [one]
    assert found(creation_date_range_from="2026-11-23T05:00:50.000Z") == [two]
    assert found(creation_date_range_to="2026-11-23T05:00:50.000Z") == [one]
    assert found(limit="1", offset="1") == [one]
    assert found(role="BUYER") == []


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"state": "OPEN"}, {"creation_date_range_from": "x"}, {"role": "ALL"}]
)
def test_bad_searches_are_refused(caller, query):
    assert error_of(caller.call("GET", f"{CANCELLATIONS}/search", query)) == 400
    assert error_of(caller.call("GET", f"{RETURNS}/search", query)) == 400


def test_unknown_ids_and_fields_are_refused(caller):
    assert error_of(caller.call("GET", f"{CANCELLATIONS}/1")) == 404
    assert error_of(caller.call("GET", f"{RETURNS}/1")) == 404
    assert error_of(caller.call("POST", CANCELLATIONS, body={"legacyOrderId": "01-00000-00001"})) == 404
    order = make_order(caller)
    assert error_of(caller.call("POST", CANCELLATIONS, body={"legacyOrderId": order["orderId"], "reason": "x"})) == 400
    wrong = {"legacyOrderId": order["orderId"], "cancelReason": "ORDER_MISTAKE"}
    assert error_of(caller.call("POST", CANCELLATIONS, body=wrong)) == 400


def start_return(caller, order, **more):
    line = order["lineItems"][0]
    wish = {"orderId": order["orderId"], "lineItemId": line["lineItemId"], **more}
    return caller.control(open_return=wish)["open_return"]


def summary(caller, return_id):
    return caller.call("GET", f"{RETURNS}/{return_id}").json["summary"]


def refund_body(entry, share=1):
    amount = entry["sellerTotalRefund"]["estimatedRefundAmount"]
    amount = {**amount, "value": round(amount["value"] * share, 2)}
    parts = [{"refundFeeType": "PURCHASE_PRICE", "refundAmount": amount}]
    return {"refundDetail": {"itemizedRefundDetail": parts, "totalAmount": amount}}


def test_return_goes_its_way_to_a_full_refund(caller):
    order = make_order(caller)
    ship(caller, order)
    return_id = start_return(caller, order, reason="DEFECTIVE_ITEM")
    opened = summary(caller, return_id)
    assert (opened["state"], opened["status"]) == ("RETURN_REQUESTED", "RETURN_REQUESTED")
    assert opened["creationInfo"]["reasonType"] == "SNAD"
    assert caller.call("POST", f"{RETURNS}/{return_id}/decide", body={"decision": "APPROVE"}).status_code == 200
    assert summary(caller, return_id)["status"] == "READY_FOR_SHIPPING"
    caller.control(ship_return=return_id)
    assert caller.call("POST", f"{RETURNS}/{return_id}/mark_as_received").status_code == 200
    assert summary(caller, return_id)["state"] == "ITEM_DELIVERED"
    answer = caller.call("POST", f"{RETURNS}/{return_id}/issue_refund", body=refund_body(opened))
    assert (answer.status_code, answer.json["refundStatus"]) == (200, "PENDING")
    assert summary(caller, return_id)["state"] == "CLOSED"
    later(caller, 30)
    done = read_order(caller, order["orderId"])
    assert done["orderPaymentStatus"] == "FULLY_REFUNDED"
    assert len(done["lineItems"][0]["refunds"]) == 1
    kinds = [e["kind"] for e in caller.ledger() if e["kind"].startswith("return")]
    assert kinds == ["return_decided", "return_received", "return_refunded"]


def test_part_of_a_line_is_returned_and_less_refunded(caller):
    order = make_order(caller, "multi_qty")
    return_id = start_return(caller, order, quantity=1)
    opened = summary(caller, return_id)
    line = order["lineItems"][0]
    share = Decimal(str(opened["sellerTotalRefund"]["estimatedRefundAmount"]["value"]))
    assert abs(share * line["quantity"] - Decimal(line["total"]["value"])) < Decimal("0.05")
    caller.call("POST", f"{RETURNS}/{return_id}/issue_refund", body=refund_body(opened, 0.5))
    assert summary(caller, return_id)["state"] == "LESS_THAN_A_FULL_REFUND_ISSUED"
    later(caller, 30)
    assert read_order(caller, order["orderId"])["orderPaymentStatus"] == "PARTIALLY_REFUNDED"


@pytest.mark.parametrize(
    ("body", "state"),
    [
        ({"decision": "DECLINE"}, "CLOSED"),
        (
            {"decision": "OFFER_PARTIAL_REFUND", "partialRefundAmount": {"value": 1.0, "currency": "USD"}},
            "PARTIAL_REFUND_REQUESTED",
        ),
    ],
)
def test_other_decisions(caller, body, state):
    return_id = start_return(caller, make_order(caller))
    assert caller.call("POST", f"{RETURNS}/{return_id}/decide", body=body).status_code == 200
    assert summary(caller, return_id)["state"] == state
    assert error_of(caller.call("POST", f"{RETURNS}/{return_id}/decide", body=body)) == 409


def test_what_does_not_fit_a_return_is_refused(caller):
    return_id = start_return(caller, make_order(caller))
    opened = summary(caller, return_id)
    path = f"{RETURNS}/{return_id}"
    assert error_of(caller.call("POST", f"{path}/decide", body={"decision": "MAYBE"})) == 400
    assert error_of(caller.call("POST", f"{path}/decide", body={"decision": "OFFER_PARTIAL_REFUND"})) == 400
    assert error_of(caller.call("POST", f"{path}/mark_as_received")) == 409
    assert error_of(caller.call("POST", f"{path}/issue_refund", body=refund_body(opened, 3))) == 400
    wrong = refund_body(opened)
    wrong["refundDetail"]["totalAmount"] = {"value": 0.01, "currency": "USD"}
    assert error_of(caller.call("POST", f"{path}/issue_refund", body=wrong)) == 400
    assert caller.ledger("refund_begun") == []


def test_searches_of_returns(caller):
    first, second = make_order(caller), make_order(caller)
    one, two = start_return(caller, first), start_return(caller, second)
    caller.call("POST", f"{RETURNS}/{two}/decide", body={"decision": "DECLINE"})

    def found(**query):
        return {entry["returnId"] for entry in caller.call("GET", f"{RETURNS}/search", query).json["members"]}

    assert found() == {one, two}
    assert found(order_id=first["orderId"]) == {one}
    assert found(return_state="ALL_OPEN") == {one}
    assert found(return_state="CLOSED") == {two}
    assert found(states="RETURN_REQUESTED,ITEM_SHIPPED") == {one}
    assert found(transaction_id=second["lineItems"][0]["lineItemId"]) == {two}
    assert found(creation_date_range_from="2026-11-23T05:00:01.000Z") == set()


def test_message_to_the_buyer_is_noted_without_its_words(caller):
    return_id = start_return(caller, make_order(caller))
    body = {"message": {"content": "Please send a photo."}}
    assert caller.call("POST", f"{RETURNS}/{return_id}/send_message", body=body).status_code == 200
    assert [entry["body"] for entry in caller.ledger("return_message")] == [{"length": 20}]


def test_changed_quantity_changes_totals_and_stock(caller):
    order = make_order(caller, "us_tax")
    line = order["lineItems"][0]
    stock = caller.state()["listings"][line["sku"]]
    wish = {"orderId": order["orderId"], "lineItemId": line["lineItemId"], "quantity": line["quantity"] + 2}
    total = caller.control(change_quantity=wish)["change_quantity"]
    changed = read_order(caller, order["orderId"])
    assert changed["lineItems"][0]["quantity"] == line["quantity"] + 2
    unit = Decimal(line["lineItemCost"]["value"]) / line["quantity"]
    assert Decimal(changed["lineItems"][0]["lineItemCost"]["value"]) == unit * (line["quantity"] + 2)
    assert changed["pricingSummary"]["total"]["value"] == total
    assert caller.state()["listings"][line["sku"]] == stock - 2
    assert changed["lastModifiedDate"] == "2026-11-23T05:00:00.000Z"


def test_added_line(caller):
    order = make_order(caller)
    line_id = caller.control(add_line={"orderId": order["orderId"], "sku": "OMS-0009", "quantity": 2})["add_line"]
    changed = read_order(caller, order["orderId"])
    assert [line["lineItemId"] for line in changed["lineItems"]][1:] == [line_id]
    gained = Decimal(changed["pricingSummary"]["total"]["value"]) - Decimal(order["pricingSummary"]["total"]["value"])
    assert gained == Decimal(changed["lineItems"][1]["lineItemCost"]["value"]) > 0


def test_combined_payment_replaces_the_orders_by_one(caller):
    before = caller.state()["listings"]
    first, second = make_order(caller, "unpaid"), make_order(caller, "unpaid")
    held = caller.state()["listings"]
    new_id = caller.control(combine_orders=[first["orderId"], second["orderId"]])["combine_orders"]
    combined = read_order(caller, new_id)
    lines = [line["lineItemId"] for order in (first, second) for line in order["lineItems"]]
    assert [line["lineItemId"] for line in combined["lineItems"]] == lines
    totals = [Decimal(order["pricingSummary"]["total"]["value"]) for order in (first, second)]
    assert Decimal(combined["pricingSummary"]["total"]["value"]) == sum(totals)
    assert caller.call("GET", f"{ORDERS}/{first['orderId']}").status_code == 404
    assert caller.call("GET", ORDERS, LONG_AGO).json["total"] == 1
    assert caller.state()["listings"] == held != before
    caller.control(pay_order=new_id)
    assert read_order(caller, new_id)["orderPaymentStatus"] == "PAID"
    with pytest.raises(ValueError, match="not paid yet"):
        caller.control(combine_orders=[new_id, new_id])
