"""Cancellations, refunds and returns, call by call, where the stand-in would not go."""

import json
from decimal import Decimal

import pytest
from ebay_documents import collected, line, order
from ebay_exchange import NOW, adapter, answer, refused
from odoo.addons.oms_channel_ebay.lib import bodies, cases
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, NotSupported, Rejected, RetryLater

ORDER = "12-34567-89012"
WINDOW = dto.Window(since=NOW)


def cancellation(state="CLOSED", status="CANCEL_CLOSED_WITH_REFUND", by="SELLER", **more):
    """Return a cancellation as a search shows it."""
    return {
        "cancelId": "5000000001",
        "legacyOrderId": ORDER,
        "cancelState": state,
        "cancelStatus": status,
        "requestorType": by,
        "cancelRequestDate": {"value": "2026-11-26T11:00:00.000Z"},
        **more,
    }


def searched(*found):
    """Return the answer to a search for cancellations."""
    return answer(body={"cancellations": list(found), "total": len(found)})


def money(amount, currency="USD"):
    """Return an amount of the contract."""
    return dto.Money(amount=Decimal(amount), currency=currency)


def refund(**more):
    """Return a notice that gives ten dollars of an order back."""
    return dto.RefundNotice(**{"order_external_id": ORDER, "reference": "7", "amount": money("10.00"), **more})


@pytest.mark.parametrize(
    ("state", "status", "expected"),
    [
        ("INITIAL", "CANCEL_REQUESTED", "asked"),
        ("APPROVAL_PENDING", "CANCEL_REQUESTED", "asked"),
        ("REFUND_PENDING", "CANCEL_PENDING", "done"),
        ("REFUND_FAILED_RETRY", "CANCEL_PENDING", "done"),
        ("CLOSED", "CANCEL_REJECTED", "refused"),
        ("CLOSED", "CANCEL_CLOSED_NO_REFUND", "done"),
        ("CLOSED", "CANCEL_CLOSED_FOR_COMMITMENT", "done"),
    ],
)
def test_what_became_of_a_cancellation(state, status, expected):
    [found] = cases.parse_cancellations(
        json.dumps({"cancellations": [cancellation(state, status)], "total": 1}).encode(), 0, 100
    ).items
    assert cases.as_cancellation(found).state == expected
    assert cases.is_cancel_final(found) is (state == "CLOSED")


def test_a_buyers_wish_for_all_is_no_yes_to_a_part():
    wish = cancellation("APPROVAL_PENDING", "CANCEL_REQUESTED", by="BUYER")
    document = order(line(), line(2))
    channel, script = adapter(searched(wish), answer(body=document))
    part = (dto.LineUnits(external_line_id="10000000000001", quantity=Decimal(1)),)
    with pytest.raises(Rejected):
        channel.push_cancellation(dto.CancelNotice(order_external_id=ORDER, reference="1", lines=part))
    assert script.asked() == ["searchCancellations", "getOrder"]


def test_a_cancellation_names_the_site_of_the_sale():
    made = answer(body={"cancelId": "5000000009"})
    channel, script = adapter(searched(), searched(), answer(body={"eligible": True}), made)
    notice = dto.CancelNotice(order_external_id=ORDER, reference="1", reason="wrong_address", marketplace="EBAY_DE")
    receipt = channel.push_cancellation(notice)
    assert (receipt.external_id, receipt.is_final) == ("5000000009", False)
    assert script.requests[-1].headers["X-EBAY-C-MARKETPLACE-ID"] == "EBAY_DE"
    assert script.requests[-1].headers["Authorization"] == "IAF v^1.1#t"
    assert script.body() == {"legacyOrderId": ORDER, "cancelReason": "ADDRESS_ISSUES"}


def test_no_where_nobody_asked():
    channel, _script = adapter(searched(), searched())
    with pytest.raises(Rejected):
        channel.push_cancellation(dto.CancelNotice(order_external_id=ORDER, reference="1", is_refused=True))


def test_a_no_said_before_is_found_unless_the_buyer_asked_again():
    notice = dto.CancelNotice(order_external_id=ORDER, reference="1", is_refused=True)
    refused_before = cancellation(status="CANCEL_REJECTED", by="BUYER")
    channel, script = adapter(searched(refused_before))
    assert channel.push_cancellation(notice).is_final
    assert script.asked() == ["searchCancellations"]
    asked_again = cancellation("APPROVAL_PENDING", "CANCEL_REQUESTED", by="BUYER", cancelId="6")
    channel, _script = adapter(searched(refused_before, asked_again))
    assert channel.find_cancellation(notice) is None


def test_cancellations_that_changed_before_the_window_are_left_out():
    old = cancellation(lastModifiedDate={"value": "2026-11-20T10:00:00.000Z"}, cancelRequestDate=None)
    channel, script = adapter(searched(old, cancellation(cancelCloseDate={"value": "2026-11-26T12:00:00.000Z"})))
    found = channel.fetch_cancellations(WINDOW)
    assert [entry.updated_at for entry in found.items] == [NOW]
    params = dict(script.requests[0].params)
    assert params["creation_date_range_from"] == "2026-09-27T11:57:59.000Z"
    assert params["creation_date_range_to"] == "2026-11-26T11:58:00.000Z"


def test_cases_come_page_by_page():
    many = [cancellation(cancelId=str(number)) for number in range(100)]
    first = answer(body={"cancellations": many, "total": 130})
    last = answer(body={"cancellations": many[:30], "total": 130})
    channel, script = adapter(first, last)
    window = dto.Window(since=NOW.replace(hour=1))
    one = channel.fetch_cancellations(window)
    two = channel.fetch_cancellations(window, one.next_cursor)
    assert (len(one.items), len(two.items), two.next_cursor) == (100, 30, None)
    assert dict(script.requests[1].params)["offset"] == "100"
    with pytest.raises(Rejected):
        channel.fetch_cancellations(window, "x")


# --- refunds --------------------------------------------------------------------------------------------------------


def test_lines_that_make_up_the_amount_are_refunded_as_lines():
    lines = (
        dto.RefundLine(external_line_id="1", amount=money("7.00"), shipping=money("1.00")),
        dto.RefundLine(external_line_id="2", amount=money("2.00")),
    )
    body = bodies.build_refund(refund(lines=lines, reason="damaged"))
    assert [item["refundAmount"]["value"] for item in body["refundItems"]] == ["8.00", "2.00"]
    assert body["reasonForRefund"] == "ITEM_NOT_AS_DESCRIBED"
    other = bodies.build_refund(refund(lines=lines[:1], adjustment=money("2.00")))
    assert other["orderLevelRefundAmount"] == {"value": "10.00", "currency": "USD"}
    assert "refundItems" not in other


def test_our_reference_stays_in_a_long_comment():
    comment = bodies.build_refund(refund(note="x" * 300))["comment"]
    assert len(comment) == 100
    assert comment.endswith(" [7]")


@pytest.mark.parametrize("amount", ["0.00", "-1.00"])
def test_nothing_is_no_refund(amount):
    channel, script = adapter(answer(body=order()))
    with pytest.raises(Rejected):
        channel.push_refund(refund(amount=money(amount)))
    assert "issueRefund" not in script.asked()


@pytest.mark.parametrize("more", [{}, {"return_id": "5"}])
@pytest.mark.parametrize("beside", [{}, {"shipping": money("2.00")}, {"adjustment": money("-2.00")}])
def test_a_refund_whose_parts_do_not_add_up_is_not_sent(more, beside):
    lines = (dto.RefundLine(external_line_id="1", amount=money("7.00")),)
    channel, script = adapter(answer(body=order()))
    with pytest.raises(Rejected) as caught:
        channel.push_refund(refund(lines=lines, **beside, **more))
    assert caught.value.code == "bad_amount"
    assert script.asked() == []


def test_a_refund_of_a_return_splits_off_the_delivery():
    body = bodies.build_return_refund(refund(return_id="5", shipping=money("3.00")))
    parts = {
        part["refundFeeType"]: part["refundAmount"]["value"] for part in body["refundDetail"]["itemizedRefundDetail"]
    }
    assert parts == {"PURCHASE_PRICE": 7.0, "ORIGINAL_SHIPPING": 3.0}
    assert body["refundDetail"]["totalAmount"] == {"value": 10.0, "currency": "USD"}


@pytest.mark.parametrize(
    ("code", "error"), [(34922, RetryLater), (34916, Rejected), (34915, Rejected), (34929, Rejected)]
)
def test_refused_refunds(code, error):
    channel, _script = adapter(answer(body=order()), refused(400, code, "no"))
    with pytest.raises(error):
        channel.push_refund(refund())


def test_a_refund_that_failed_at_once():
    channel, _script = adapter(answer(body=order()), answer(body={"refundStatus": "FAILED"}))
    with pytest.raises(Rejected):
        channel.push_refund(refund())


def test_whether_a_refund_happened_cannot_be_told_where_tax_hides_it():
    shown = {"refunds": [{"amount": {"value": "9.00", "currency": "USD"}, "refundId": "R", "refundStatus": "PENDING"}]}
    plain, taxed = line(), line(ebayCollectAndRemitTaxes=[collected("2.00")])
    channel, _script = adapter(answer(body=order(plain, paymentSummary=shown)))
    assert channel.find_refund(refund()) is None
    channel, _script = adapter(answer(body=order(taxed, paymentSummary=shown)))
    with pytest.raises(NotSupported) as caught:
        channel.find_refund(refund())
    assert "Seller Hub" in caught.value.params["message"]


def test_a_receipt_of_somebody_else():
    channel, _script = adapter()
    with pytest.raises(NotSupported):
        channel.poll(dto.Receipt(reference="7", external_id="R"))


# --- returns --------------------------------------------------------------------------------------------------------


def returned(**more):
    """Return a return as a search shows it."""
    found = {
        "returnId": "5100000001",
        "orderId": ORDER,
        "state": "ITEM_SHIPPED",
        "status": "ITEM_SHIPPED",
        "creationInfo": {
            "item": {"itemId": "110", "transactionId": "100", "returnQuantity": 2},
            "reason": "WRONG_SIZE",
            "creationDate": {"value": "2026-11-20T10:00:00.000Z"},
        },
    }
    return json.dumps({"members": [{**found, **more}], "total": 1}).encode()


@pytest.mark.parametrize(
    ("words", "status", "is_disputed"),
    [
        (("RETURN_REQUESTED", "RETURN_REQUESTED"), "requested", False),
        (("READY_FOR_SHIPPING", "ITEM_READY_TO_SHIP"), "approved", False),
        (("ITEM_SHIPPED", "ITEM_SHIPPED"), "in_transit", False),
        (("ITEM_DELIVERED", "ITEM_DELIVERED"), "received", False),
        (("CLOSED", "REFUND_INITIATED"), "closed", False),
        (("ESCALATED", "ITEM_DELIVERED"), "received", True),
        (("SOMETHING_NEW", "SOMETHING_ELSE"), "requested", False),
    ],
)
def test_states_of_returns(words, status, is_disputed):
    [found] = cases.parse_returns(returned(status=words[0], state=words[1]), 0, 100).items
    assert (found.status, found.is_disputed, found.channel_status) == (status, is_disputed, words[0])
    assert (found.lines[0].external_line_id, found.lines[0].quantity) == ("100", Decimal(2))


def test_a_return_must_name_its_order_and_its_time():
    for spoilt in ({"orderId": None}, {"creationInfo": None}):
        with pytest.raises(Malformed) as caught:
            cases.parse_returns(returned(**spoilt), 0, 100)
        assert caught.value.path.startswith("$.")


def test_a_return_that_cannot_be_read_keeps_no_other_back():
    good = json.loads(returned())["members"][0]
    page = {"members": [{**good, "orderId": None}, good, {**good, "returnId": 7}], "total": 3}
    found = cases.parse_returns(json.dumps(page).encode(), 0, 100)
    assert ([entry.external_id for entry in found.items], found.is_last) == (["5100000001"], True)


@pytest.mark.parametrize("value", ["NaN", "1E+999999", "-0.0000000001"])
def test_an_amount_that_is_none(value):
    money_of = {"value": value, "currency": "USD"}
    with pytest.raises(Malformed):
        cases.parse_returns(returned(buyerTotalRefund={"estimatedRefundAmount": money_of}), 0, 100)
