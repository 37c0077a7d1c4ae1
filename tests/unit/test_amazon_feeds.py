"""Feeds and reports call by call: what goes where, what a state means, and what a lost answer means."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from amazon_documents import DE, US, item, order, part
from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
from odoo.addons.oms_channel_amazon.lib import returns
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import NotFound, NotSupported, Rejected, RetryLater
from test_amazon_adapter import NOW, WINDOW, adapter, answer, good_token, refused

FILE = "https://tortuga-prod-na.s3.amazonaws.com/doc?X-Amz-Signature=abc"
ORDER = "111-0000001-0000001"
LEVELS = [dto.StockLevel(ref="a", sku="LAMP", quantity=1), dto.StockLevel(ref="b", sku="DESK", quantity=2)]
CANCEL = dto.CancelNotice(order_external_id=ORDER, reference="9", reason="out_of_stock")
RECEIPT = dto.Receipt(reference="9", external_id="50", is_final=False)


def document(**more):
    return {"feedDocumentId": "d-1", "url": FILE, **more}


def feed(status="DONE", kind="JSON_LISTINGS_FEED", **more):
    found = {
        "feedId": "50",
        "feedType": kind,
        "createdTime": "2026-11-23T10:00:00Z",
        "processingStatus": status,
        **more,
    }
    return answer(200, found)


def report(status="DONE", document="r-1"):
    found = {"reportId": "70", "reportType": returns.REPORT, "createdTime": "2026-11-23T11:00:00Z"}
    return answer(200, {**found, "processingStatus": status, **({"reportDocumentId": document} if document else {})})


def taken():
    """The answers to a feed that is taken."""
    return [answer(201, document()), answer(200), answer(202, {"feedId": "50"})]


def processed(*errors, successful=1):
    results = "".join(
        f"<Result><ResultCode>Error</ResultCode><ResultMessageCode>1</ResultMessageCode>"
        f"<ResultDescription>{text}</ResultDescription><AdditionalInfo><AmazonOrderID>{ORDER}</AmazonOrderID>"
        f"</AdditionalInfo></Result>"
        for text in errors
    )
    summary = f"<ProcessingSummary><MessagesSuccessful>{successful}</MessagesSuccessful></ProcessingSummary>"
    return answer(200, f"<ProcessingReport>{summary}{results}</ProcessingReport>".encode())


def cancelled_order():
    done = {"cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "x"}}
    return order(item(parts=[part("ITEM", "20.00")], total="20.00", cancellation=done))


# === handing over ============================================================================================


def test_a_feed_goes_over_in_three_steps():
    amazon, script = adapter(*taken(), tokens=good_token())
    assert amazon.push_bulk(LEVELS) == dto.Receipt(reference="50", external_id="50", is_final=False)
    made, put, created = script.requests
    assert json.loads(made.body) == {"contentType": "application/json; charset=UTF-8"}
    assert (put.method, put.url) == ("PUT", FILE)
    assert dict(put.headers) == {
        "Content-Type": "application/json; charset=UTF-8",
        "User-Agent": put.headers["User-Agent"],
    }
    assert json.loads(put.body)["messages"][1]["sku"] == "DESK"
    wish = json.loads(created.body)
    assert (wish["feedType"], wish["inputFeedDocumentId"]) == ("JSON_LISTINGS_FEED", "d-1")
    assert made.is_repeatable and put.is_repeatable and not created.is_repeatable


def test_an_upload_that_is_refused_had_no_effect():
    amazon, script = adapter(answer(201, document()), answer(403, b"<Error/>"), tokens=good_token())
    with pytest.raises(RetryLater) as caught:
        amazon.push_bulk(LEVELS)
    assert (caught.value.code, caught.value.is_uncertain) == ("file_refused", False)
    assert len(script.requests) == 2


def test_a_feed_amazon_does_not_take():
    amazon, _script = adapter(answer(201, document()), answer(200), refused(400, "Invalid Input"), tokens=good_token())
    with pytest.raises(Rejected) as caught:
        amazon.push_bulk(LEVELS)
    assert caught.value.message == "Invalid Input"


# === bulk ====================================================================================================


@pytest.mark.parametrize("status", ["IN_QUEUE", "IN_PROGRESS"])
def test_a_feed_that_is_not_done_has_no_answer(status):
    amazon, _script = adapter(feed(status), tokens=good_token())
    assert amazon.poll_bulk(RECEIPT, LEVELS) is None


@pytest.mark.parametrize("status", ["FATAL", "CANCELLED", "DONE"])
def test_a_feed_that_ended_without_a_word_is_sent_again(status):
    amazon, _script = adapter(feed(status), tokens=good_token())
    assert [row.is_retryable for row in amazon.poll_bulk(RECEIPT, LEVELS).rows] == [True, True]


def test_a_feed_amazon_forgot():
    amazon, _script = adapter(refused(404), tokens=good_token())
    with pytest.raises(NotFound):
        amazon.poll_bulk(RECEIPT, LEVELS)


# === cancelling ==============================================================================================


def test_a_cancellation_reads_the_order_first():
    amazon, script = adapter(answer(200, {"order": order()}), *taken(), tokens=good_token())
    assert amazon.push_cancellation(CANCEL) == RECEIPT
    assert [request.operation for request in script.requests] == [
        "getOrder",
        "createFeedDocument",
        "uploadDocument",
        "createFeed",
    ]
    assert b"<CancelReason>NoInventory</CancelReason>" in script.requests[2].body
    assert json.loads(script.requests[3].body)["marketplaceIds"] == [US]


def test_what_is_cancelled_sends_nothing():
    amazon, script = adapter(answer(200, {"order": cancelled_order()}), tokens=good_token())
    assert amazon.push_cancellation(CANCEL).is_final
    assert len(script.requests) == 1


def test_a_refusal_of_what_is_cancelled_meanwhile_is_no_failure():
    kind = {"kind": "POST_ORDER_ACKNOWLEDGEMENT_DATA", "resultFeedDocumentId": "r"}
    answers = [feed(**kind), answer(200, document()), processed("cancelled already", successful=0)]
    amazon, _script = adapter(*answers, answer(200, {"order": cancelled_order()}), tokens=good_token())
    assert amazon.poll(RECEIPT) == dto.Receipt(reference="9", detail="already cancelled")
    amazon, _script = adapter(*answers, answer(200, {"order": order()}), tokens=good_token())
    with pytest.raises(Rejected) as caught:
        amazon.poll(RECEIPT)
    assert caught.value.message == "cancelled already"


# === money back ==============================================================================================


def refund():
    amount = dto.Money(amount=Decimal("5.00"), currency="EUR")
    lines = (dto.RefundLine(external_line_id="1", amount=amount),)
    return dto.RefundNotice(order_external_id=ORDER, reference="9", amount=amount, lines=lines, marketplace=DE)


def test_a_refund_names_its_store():
    amazon, script = adapter(*taken(), tokens=good_token())
    assert amazon.push_refund(refund()) == RECEIPT
    assert json.loads(script.requests[2].body)["marketplaceIds"] == [DE]
    assert b'<Amount currency="EUR">5.00</Amount>' in script.requests[1].body


def test_no_refund_feed_at_all_is_no_refund():
    amazon, script = adapter(answer(200, {"feeds": []}), tokens=good_token())
    assert amazon.find_refund(refund()) is None
    params = dict(script.requests[0].params)
    assert params["feedTypes"] == "POST_PAYMENT_ADJUSTMENT_DATA"
    assert params["createdSince"] == "2026-08-25T13:00:00Z"


@pytest.mark.parametrize("more", [{"nextToken": "t"}, {}])
def test_a_refund_feed_that_may_be_this_one_is_for_a_person(more):
    found = json.loads(feed(kind="POST_PAYMENT_ADJUSTMENT_DATA").body)
    amazon, _script = adapter(answer(200, {"feeds": [] if more else [found], **more}), tokens=good_token())
    with pytest.raises(NotSupported) as caught:
        amazon.find_refund(refund())
    assert "Seller Central" in caught.value.params["message"]


# === what became of it =======================================================================================


def test_a_receipt_that_is_final_is_not_asked_about():
    amazon, script = adapter(tokens=good_token())
    final = dto.Receipt(reference="9", external_id="50")
    assert amazon.poll(final) is final
    assert script.requests == []


def test_a_feed_that_worked_is_final():
    answers = [feed(resultFeedDocumentId="r"), answer(200, document()), processed()]
    amazon, script = adapter(*answers, tokens=good_token())
    assert amazon.poll(RECEIPT) == dto.Receipt(reference="9", external_id="50")
    assert "x-amz-access-token" not in script.requests[-1].headers


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ([feed("CANCELLED")], "feed_cancelled"),
        ([feed("FATAL")], "feed_stopped"),
        ([feed("DONE")], "feed_stopped"),
        ([feed("FATAL", resultFeedDocumentId="r"), answer(200, document()), processed()], "feed_stopped"),
        ([feed(resultFeedDocumentId="r"), answer(200, document()), processed(successful=0)], "feed_stopped"),
        ([feed(resultFeedDocumentId="r"), answer(200, document()), processed("too much", successful=0)], "1"),
    ],
)
def test_a_feed_that_did_not_work_says_why(answers, code):
    amazon, _script = adapter(*answers, tokens=good_token())
    with pytest.raises(Rejected) as caught:
        amazon.poll(RECEIPT)
    assert caught.value.code == code and caught.value.message


# === returns =================================================================================================


def test_returns_are_ordered_then_waited_for_then_read():
    content = (
        "<AmazonEnvelope><MessageType>Returns-Report</MessageType><Message><return_details><order_id>1</order_id>"
        "<amazon_rma_id>R1</amazon_rma_id></return_details></Message></AmazonEnvelope>"
    ).encode()
    address = answer(200, {"reportDocumentId": "r-1", "url": FILE})
    answers = [answer(202, {"reportId": "70"}), report("IN_QUEUE", None), report(), address, answer(200, content)]
    amazon, script = adapter(*answers, tokens=good_token())
    first = amazon.fetch_returns(WINDOW)
    assert (first.items, first.covered_until) == ((), None)
    wish = json.loads(script.requests[0].body)
    assert wish["reportType"] == "GET_XML_RETURNS_DATA_BY_RETURN_DATE"
    assert (wish["dataStartTime"], wish.get("dataEndTime")) == ("2026-09-24T13:00:00Z", None)
    with pytest.raises(RetryLater) as caught:
        amazon.fetch_returns(WINDOW, first.next_cursor)
    assert (caught.value.code, caught.value.is_uncertain) == ("report_pending", False)
    page = amazon.fetch_returns(WINDOW, first.next_cursor)
    assert [found.external_id for found in page.items] == ["R1"]
    assert page.next_cursor is None
    assert page.covered_until == page.items[0].updated_at == NOW - timedelta(hours=1)


@pytest.mark.parametrize("answers", [[report("CANCELLED", None)], [report("DONE", None)]])
def test_a_report_without_data_is_an_empty_page(answers):
    amazon, _script = adapter(answer(202, {"reportId": "70"}), *answers, tokens=good_token())
    page = amazon.fetch_returns(WINDOW, amazon.fetch_returns(WINDOW).next_cursor)
    assert (page.items, page.next_cursor) == ((), None)


@pytest.mark.parametrize("last", [report("FATAL", None), refused(400, "Invalid Input")])
def test_a_report_that_will_never_come_is_ordered_anew(last):
    amazon, _script = adapter(answer(202, {"reportId": "70"}), last, tokens=good_token())
    cursor = amazon.fetch_returns(WINDOW).next_cursor
    with pytest.raises(Rejected) as caught:
        amazon.fetch_returns(WINDOW, cursor)
    assert caught.value.code == "cursor_expired"


def test_a_report_amazon_forgot_is_ordered_anew():
    amazon, _script = adapter(answer(202, {"reportId": "70"}), refused(404), tokens=good_token())
    cursor = amazon.fetch_returns(WINDOW).next_cursor
    with pytest.raises(Rejected) as caught:
        amazon.fetch_returns(WINDOW, cursor)
    assert caught.value.code == "cursor_expired"


# === stock at Amazon, hints ==================================================================================


def test_an_account_without_a_queue_has_no_hints():
    amazon, script = adapter(tokens=good_token())
    assert amazon.fetch_events() == ()
    amazon.drop_events(["r"])
    assert script.requests == []


def test_a_page_of_the_warehouses_that_ended():
    page = {"payload": {"inventorySummaries": []}, "pagination": {"nextToken": "t"}}
    amazon, _script = adapter(answer(200, page), refused(400, "expired"), tokens=good_token())
    cursor = amazon.fetch_held_stock().next_cursor
    with pytest.raises(Rejected) as caught:
        amazon.fetch_held_stock(cursor)
    assert caught.value.code == "cursor_expired"


def test_a_walk_over_warehouses_of_stores_that_are_gone_begins_anew():
    page = {"payload": {"inventorySummaries": []}}
    amazon, script = adapter(answer(200, page), tokens=good_token(), marketplaces=[US])
    assert amazon.fetch_held_stock('{"store":3}').next_cursor is None
    assert dict(script.requests[0].params)["granularityId"] == US


@pytest.mark.parametrize(
    ("host", "is_allowed"),
    [
        ("tortuga-prod-na.s3.amazonaws.com", True),
        ("tortuga-prod-na.s3-external-1.amazonaws.com", True),
        ("tortuga-prod-eu.s3-eu-west-1.amazonaws.com", True),
        ("tortuga-prod-fe.s3-us-west-2.amazonaws.com", True),
        ("tortuga-prod-eu.s3.eu-west-1.amazonaws.com", True),
        ("tortuga-prod-xx.s3.amazonaws.com", False),
        ("other.s3.amazonaws.com", False),
        ("tortuga-prod-na.s3.amazonaws.com.evil.example", False),
        ("tortuga-prod-na.s3.evil.amazonaws.com", False),
        ("tortuga-prod-na.execute-api.eu-west-1.amazonaws.com", False),
        ("s3.amazonaws.com", False),
    ],
)
def test_files_are_in_amazons_own_buckets_alone(host, is_allowed):
    policy = HostPolicy(frozenset(), file_hosts=AmazonAdapter.file_hosts)
    try:
        assert policy.target(f"https://{host}/x").is_file_host is is_allowed is True
    except Rejected as error:
        assert not is_allowed and error.code == "host_refused"
