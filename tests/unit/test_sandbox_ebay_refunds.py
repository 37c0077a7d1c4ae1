"""issueRefund of the eBay stand-in, and the signatures that calls for EU and UK sellers must carry."""

import json
from decimal import Decimal

import pytest

from sandbox.ebay.caller import EbayCaller
from tests.ebay_calls import KEYS, MOMENT, ORDERS, make_order, read_order, sign


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def refund(caller, order, *, headers=None, **body):
    path = f"{ORDERS}/{order['orderId']}/issue_refund"
    return caller.call("POST", path, body={"reasonForRefund": "OTHER_ADJUSTMENT", **body}, headers=headers)


def whole(order, value=None):
    total = order["pricingSummary"]["total"]
    return {"orderLevelRefundAmount": {"value": value or total["value"], "currency": total["currency"]}}


def error_of(response):
    return response.status_code, response.json["errors"][0]["errorId"]


def later(caller, seconds):
    caller.control(clock_offset=seconds)
    caller.log_in()


def test_full_refund_is_pending_first_and_done_later(caller):
    order = make_order(caller)
    answer = refund(caller, order, **whole(order))
    assert (answer.status_code, answer.json["refundStatus"]) == (200, "PENDING")
    pending = read_order(caller, order["orderId"])
    [shown] = pending["paymentSummary"]["refunds"]
    assert (shown["refundId"], shown["refundStatus"]) == (answer.json["refundId"], "PENDING")
    assert "refundDate" not in shown and pending["orderPaymentStatus"] == "PAID"
    later(caller, 30)
    done = read_order(caller, order["orderId"])
    [shown] = done["paymentSummary"]["refunds"]
    assert (shown["refundStatus"], shown["refundDate"]) == ("REFUNDED", "2026-11-23T05:00:30.000Z")
    assert done["orderPaymentStatus"] == "FULLY_REFUNDED"
    assert done["lastModifiedDate"] == "2026-11-23T05:00:30.000Z"
    assert Decimal(done["paymentSummary"]["totalDueSeller"]["value"]) == 0
    assert error_of(refund(caller, order, **whole(order))) == (400, 34917)
    assert [e["kind"] for e in caller.ledger() if e["kind"].startswith("refund")] == ["refund_begun", "refund_refunded"]


def test_refund_of_a_line_has_its_id_at_the_line(caller):
    order = make_order(caller, lines=(2, 2))
    line = order["lineItems"][1]
    amount = {"value": "1.25", "currency": "USD"}
    answer = refund(caller, order, refundItems=[{"lineItemId": line["lineItemId"], "refundAmount": amount}])
    later(caller, 31)
    done = read_order(caller, order["orderId"])
    assert [entry["refundId"] for entry in done["lineItems"][1]["refunds"]] == [answer.json["refundId"]]
    assert done["lineItems"][0]["refunds"] == []
    [shown] = done["paymentSummary"]["refunds"]
    assert shown["refundStatus"] == "REFUNDED" and "refundId" not in shown
    assert done["orderPaymentStatus"] == "PARTIALLY_REFUNDED"
    left = Decimal(order["pricingSummary"]["total"]["value"]) - Decimal("1.25")
    assert Decimal(done["paymentSummary"]["totalDueSeller"]["value"]) == left


def test_partial_refunds_add_up_to_a_full_one(caller):
    order = make_order(caller)
    refund(caller, order, **whole(order, "1.00"))
    assert error_of(refund(caller, order, **whole(order, "1.00"))) == (400, 34922)
    later(caller, 30)
    assert read_order(caller, order["orderId"])["orderPaymentStatus"] == "PARTIALLY_REFUNDED"
    assert error_of(refund(caller, order, **whole(order))) == (400, 34915)
    left = Decimal(order["pricingSummary"]["total"]["value"]) - 1
    refund(caller, order, **whole(order, str(left)))
    later(caller, 60)
    assert read_order(caller, order["orderId"])["orderPaymentStatus"] == "FULLY_REFUNDED"


def test_tax_that_ebay_collects_is_not_the_sellers_to_refund(caller):
    order = make_order(caller, "us_tax")
    assert error_of(refund(caller, order, **whole(order))) == (400, 34915)
    bare = read_order(caller, order["orderId"], {})
    assert refund(caller, bare, **whole(bare)).status_code == 200
    later(caller, 30)
    assert read_order(caller, order["orderId"])["orderPaymentStatus"] == "FULLY_REFUNDED"


def test_refund_can_fail(caller):
    order = make_order(caller)
    caller.control(refund_outcome="FAILED", refund_delay_seconds=5)
    refund(caller, order, **whole(order))
    later(caller, 5)
    failed = read_order(caller, order["orderId"])
    assert failed["paymentSummary"]["refunds"][0]["refundStatus"] == "FAILED"
    assert failed["orderPaymentStatus"] == "PAID"
    assert failed["paymentSummary"]["totalDueSeller"] == order["paymentSummary"]["totalDueSeller"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"reasonForRefund": "BECAUSE", "orderLevelRefundAmount": {"value": "1", "currency": "USD"}}, (400, 34903)),
        ({}, (400, 34905)),
        ({"refundItems": []}, (400, 34905)),
        ({"orderLevelRefundAmount": {"currency": "USD"}}, (400, 34906)),
        ({"orderLevelRefundAmount": {"value": "-1", "currency": "USD"}}, (400, 34907)),
        ({"orderLevelRefundAmount": {"value": "1.005", "currency": "USD"}}, (400, 34907)),
        ({"orderLevelRefundAmount": {"value": "NaN", "currency": "USD"}}, (400, 34907)),
        ({"orderLevelRefundAmount": {"value": "1"}}, (400, 34908)),
        ({"orderLevelRefundAmount": {"value": "1", "currency": "EUR"}}, (400, 34909)),
        ({"orderLevelRefundAmount": {"value": "99999", "currency": "USD"}}, (400, 34915)),
        ({"refundItems": [{"refundAmount": {"value": "1", "currency": "USD"}}]}, (400, 34910)),
        ({"refundItems": [{"lineItemId": "1", "refundAmount": {"value": "1", "currency": "USD"}}]}, (400, 34914)),
        ({"comment": "x" * 101, "orderLevelRefundAmount": {"value": "1", "currency": "USD"}}, (400, 34921)),
        ({"orderLevelRefundAmount": {"value": 1, "currency": "USD"}}, (400, 34902)),
        ({"amount": "1"}, (400, 34902)),
    ],
)
def test_refusals_have_the_documented_errors(caller, body, error):
    assert error_of(refund(caller, make_order(caller), **body)) == error
    assert caller.ledger("refund_begun") == []


def test_item_refund_beyond_its_line_is_a_conflict(caller):
    order = make_order(caller, lines=(2, 2))
    line = order["lineItems"][0]
    amount = {"value": str(Decimal(line["total"]["value"]) + 1), "currency": "USD"}
    wish = [{"lineItemId": line["lineItemId"], "refundAmount": amount}]
    assert error_of(refund(caller, order, refundItems=wish)) == (409, 34924)


def test_unpaid_order_and_open_return_refuse_a_refund(caller):
    unpaid = make_order(caller, "unpaid")
    assert error_of(refund(caller, unpaid, **whole(unpaid, "1.00"))) == (409, 34929)
    order = make_order(caller)
    caller.control(open_return={"orderId": order["orderId"], "lineItemId": order["lineItems"][0]["lineItemId"]})
    assert error_of(refund(caller, order, **whole(order, "1.00"))) == (400, 34916)
    assert error_of(refund(caller, {"orderId": "01-00000-00001"}, **whole(order, "1.00"))) == (404, 34913)


def test_refund_elsewhere_is_shown_without_an_id(caller):
    order = make_order(caller)
    assert caller.control(refund_elsewhere={"orderId": order["orderId"], "amount": "2.5"})["refund_elsewhere"]
    seen = read_order(caller, order["orderId"])
    [shown] = seen["paymentSummary"]["refunds"]
    assert (shown["amount"]["value"], shown["refundStatus"]) == ("2.5", "REFUNDED")
    assert "refundId" not in shown and shown["refundReferenceId"]
    assert seen["orderPaymentStatus"] == "PARTIALLY_REFUNDED"


def make_key(caller, cipher="ED25519"):
    response = caller.call("POST", KEYS, body={"signingKeyCipher": cipher})
    assert response.status_code == 200
    return response.json


def signed_refund(caller, order, key, *, changed=None, headers=None, **signed):
    body = json.dumps({"reasonForRefund": "BUYER_CANCEL", **whole(order, "1.00")}).encode()
    path = f"{ORDERS}/{order['orderId']}/issue_refund"
    given = {**sign(key, "POST", path, body, **signed), **(headers or {})}
    given = {name: value for name, value in given.items() if value is not None}
    return caller.call("POST", path, body=changed or body, headers=given)


@pytest.mark.parametrize("cipher", ["ED25519", "RSA"])
def test_signed_refund_on_a_european_marketplace(caller, cipher):
    order = make_order(caller, marketplace_id="EBAY_DE")
    key = make_key(caller, cipher)
    assert error_of(refund(caller, order, **whole(order, "1.00"))) == (400, 215001)
    assert signed_refund(caller, order, key).status_code == 200


@pytest.mark.parametrize(
    "wrong",
    [
        {"changed": b'{"reasonForRefund":"BUYER_CANCEL"}'},
        {"@method": "PUT"},
        {"@path": "/sell/fulfillment/v1/order"},
        {"@authority": "api.ebay.com"},
        {"headers": {"Signature": None}},
        {"headers": {"Signature-Input": None}},
        {"headers": {"Content-Digest": None}},
        {"headers": {"Content-Digest": "sha-256=:AAAA:"}},
        {"headers": {"Signature": "sig1=:AAAA:"}},
        {"headers": {"x-ebay-signature-key": "eyJ.a.b.c.d"}},
        {"headers": {"Signature-Input": 'sig1=("@method");created=1795410000'}},
    ],
)
def test_wrong_signatures_are_refused(caller, wrong):
    order = make_order(caller, marketplace_id="EBAY_GB")
    key = make_key(caller)
    wrong = dict(wrong)
    own = {name: wrong.pop(name) for name in ("changed", "headers") if name in wrong}
    assert error_of(signed_refund(caller, order, key, **own, **wrong)) == (400, 215120)
    assert caller.ledger("refund_begun") == []


def test_another_key_than_the_one_named_is_refused(caller):
    order = make_order(caller, marketplace_id="EBAY_DE")
    first, second = make_key(caller), make_key(caller)
    assert error_of(signed_refund(caller, order, {**first, "jwe": second["jwe"]})) == (400, 215120)


def test_signing_key_ends_after_three_years(caller):
    order = make_order(caller, marketplace_id="EBAY_DE")
    key = make_key(caller)
    later(caller, 3 * 365 * 86400)
    caller.control(revoke_refresh_token="v^1.1#sandbox-refresh")
    account = {**caller.account, "refresh_token": "v^1.1#later"}
    caller.control(add_account=account)
    fresh = EbayCaller(caller.sandbox, account=account)
    assert error_of(signed_refund(fresh, order, key)) == (400, 215120)


def test_where_signatures_are_needed_can_be_set(caller):
    order = make_order(caller, marketplace_id="EBAY_DE")
    caller.control(signatures="never")
    assert refund(caller, order, **whole(order, "1.00")).status_code == 200
    american = make_order(caller)
    caller.control(signatures="always")
    assert error_of(refund(caller, american, **whole(american, "1.00"))) == (400, 215001)


def test_private_key_is_shown_once(caller):
    key = make_key(caller)
    shown = caller.call("GET", f"{KEYS}/{key['signingKeyId']}").json
    assert "privateKey" not in shown and shown == {n: v for n, v in key.items() if n != "privateKey"}
    assert caller.call("GET", KEYS).json["signingKeys"] == [shown]
    assert error_of(caller.call("GET", f"{KEYS}/none")) == (404, 210002)
    assert error_of(caller.call("POST", KEYS, body={"signingKeyCipher": "DSA"})) == (400, 210001)
    assert key["privateKey"] not in json.dumps([caller.state(), caller.ledger()])
