"""The queue of hints: AWS's signature on AWS's own test vectors, what a message says, and what a refusal means."""

import json
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_channel_amazon.client.queue import EventQueue, region_of
from odoo.addons.oms_channel_amazon.lib import const, sigv4
from odoo.addons.oms_channel_amazon.lib.notifications import Message, parse_message, parse_messages
from odoo.addons.oms_channel_amazon.lib.subscriptions import queue_arn
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

# The suite aws-sig-v4-test-suite of AWS, and the example of its guide to signing requests, as published in 2015.
AT = datetime(2015, 8, 30, 12, 36, tzinfo=timezone.utc)
SUITE = sigv4.Credentials("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", "us-east-1", "service")
HOST = "https://example.amazonaws.com"
FORM = "application/x-www-form-urlencoded"
VECTORS = {
    "get-vanilla": ("GET", f"{HOST}/", {}, b"", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"),
    "post-vanilla": ("POST", f"{HOST}/", {}, b"", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b"),
    "get-vanilla-query-order-key": (
        "GET",
        f"{HOST}/?Param2=value2&Param1=value1",
        {},
        b"",
        "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500",
    ),
    "post-x-www-form-urlencoded": (
        "POST",
        f"{HOST}/",
        {"Content-Type": FORM},
        b"Param1=value1",
        "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
    ),
    "post-header-key-sort": (
        "POST",
        f"{HOST}/",
        {"My-Header1": "value1"},
        b"",
        "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c",
    ),
}


@pytest.mark.parametrize("name", VECTORS)
def test_the_signature_is_that_of_the_test_suite(name):
    method, url, headers, body, expected = VECTORS[name]
    signed = sigv4.sign(method, url, headers, body, credentials=SUITE, at=AT)
    assert signed["X-Amz-Date"] == "20150830T123600Z"
    assert signed["Authorization"].endswith(f"Signature={expected}")
    assert signed["Authorization"].startswith(
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders="
    )


def test_the_signature_is_that_of_the_guide():
    signed = sigv4.sign(
        "GET",
        "https://iam.amazonaws.com/?Action=ListUsers&Version=2010-05-08",
        {"Content-Type": f"{FORM}; charset=utf-8"},
        b"",
        credentials=SUITE._replace(service="iam"),
        at=AT,
    )
    assert signed["Authorization"] == (
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7"
    )


def test_credentials_do_not_show_themselves():
    assert "wJalr" not in repr(SUITE) and "AKID" not in repr(SUITE)


# === messages ================================================================================================


def message(body, **more):
    text = body if isinstance(body, str) else json.dumps(body)
    return Message(message_id="m-1", receipt_handle="r-1", body=text, **more)


def order_change(**more):
    return {
        "NotificationType": "ORDER_CHANGE",
        "EventTime": "2026-11-26T10:00:00.5Z",
        "Payload": {"OrderChangeNotification": {"AmazonOrderId": "111-0000001-0000001", "SellerId": "A1"}},
        "NotificationMetadata": {"NotificationId": "n-1", "PublishTime": "2026-11-26T10:00:01Z"},
        **more,
    }


def test_an_order_that_changed():
    event = parse_message(message(order_change()))
    assert (event.event_id, event.kind, event.external_id, event.receipt) == (
        "n-1",
        "order",
        "111-0000001-0000001",
        "r-1",
    )
    assert event.occurred_at == datetime(2026, 11, 26, 10, 0, 0, 500_000, tzinfo=timezone.utc)


def test_a_message_that_another_service_wrapped():
    event = parse_message(message({"version": "0", "detail-type": "ORDER_CHANGE", "detail": order_change()}))
    assert (event.kind, event.external_id) == ("order", "111-0000001-0000001")


def test_names_are_read_in_both_ways_amazon_writes_them():
    camel = {
        "notificationType": "LISTINGS_ITEM_STATUS_CHANGE",
        "eventTime": "2026-11-26T10:00:00Z",
        "payload": {"sellerId": "A1", "sku": "LAMP"},
        "notificationMetadata": {"notificationId": "n-2"},
    }
    event = parse_message(message(camel))
    assert (event.event_id, event.kind, event.external_id) == ("n-2", "listing", "LAMP")


@pytest.mark.parametrize(
    ("body", "event_id", "external_id"),
    [
        ("", "m-1", None),
        ("{", "m-1", None),
        ("[1]", "m-1", None),
        ("\ud800", "m-1", None),
        ({}, "m-1", None),
        (order_change(Payload=None), "n-1", None),
        (order_change(Payload={"OrderChangeNotification": {"AmazonOrderId": "x" * 65}}), "n-1", None),
        (order_change(NotificationType="FEED_PROCESSING_FINISHED"), "n-1", "111-0000001-0000001"),
        (order_change(NotificationType=["ORDER_CHANGE"]), "n-1", "111-0000001-0000001"),
        (order_change(NotificationMetadata="?", EventTime="then"), "m-1", "111-0000001-0000001"),
    ],
)
def test_what_cannot_be_read_or_is_about_something_else_is_kept_as_other(body, event_id, external_id):
    event = parse_message(message(body))
    kind = "order" if event_id == "m-1" and external_id else "other"
    assert (event.event_id, event.kind, event.external_id, event.receipt) == (event_id, kind, external_id, "r-1")


NAMES = st.sampled_from(["Payload", "payload", "detail", "NotificationType", "EventTime", "sku"])
SCRAPS = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(SCRAPS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner))


@given(TREES)
def test_no_message_stops_the_others(body):
    event = parse_message(message(body))
    assert event.receipt == "r-1" and event.event_id


def test_an_answer_without_messages_is_empty_and_one_that_is_none_is_named():
    assert parse_messages(b"{}") == ()
    with pytest.raises(Malformed):
        parse_messages(b"<html>")
    with pytest.raises(Malformed):
        parse_messages(b'{"Messages": [{"Body": "no id"}]}')


# === calls ===================================================================================================


class Script:
    """A transport that answers from a list and writes down what it was asked."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def send(self, request):
        self.requests.append(request)
        status, body = self.answers.pop(0)
        return Response(status, {}, body)


def queue(*answers, **changes):
    settings = {"queue_url": "https://sqs.eu-central-1.amazonaws.com/123456789012/orders", "aws_region": None}
    secrets = {const.QUEUE_KEY_ID: "AKIA1", const.QUEUE_KEY: "hush"}
    account = Account(
        id=1,
        channel_type="amazon",
        endpoints={const.QUEUE: "https://sqs.eu-central-1.amazonaws.com"},
        settings=settings | changes.get("settings", {}),
        secrets=secrets | changes.get("secrets", {}),
    )
    script = Script(*answers)
    return EventQueue(account, script, lambda: AT), script


def test_a_call_to_the_queue():
    hints, script = queue((200, b"{}"), (200, b""), (200, b""))
    assert hints.is_set
    hints.receive()
    hints.delete(["r-1", "r-2"])
    asked, *deleted = script.requests
    assert (asked.method, asked.url) == ("POST", "https://sqs.eu-central-1.amazonaws.com/")
    assert asked.headers["X-Amz-Target"] == "AmazonSQS.ReceiveMessage"
    assert json.loads(asked.body)["MaxNumberOfMessages"] == 10
    assert "/eu-central-1/sqs/aws4_request" in asked.headers["Authorization"]
    assert [json.loads(request.body)["ReceiptHandle"] for request in deleted] == ["r-1", "r-2"]


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": {"queue_url": None}},
        {"secrets": {const.QUEUE_KEY: None}},
        {"secrets": {const.QUEUE_KEY_ID: ""}},
    ],
)
def test_an_account_without_a_queue_has_none(changes):
    hints, _script = queue(**changes)
    assert not hints.is_set


@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (400, b'{"__type": "com.amazonaws.sqs#QueueDoesNotExist", "message": "no such queue"}', "queue_unknown"),
        (403, b'{"__type": "com.amazon.coral.service#InvalidSignatureException", "message": "no"}', "queue_denied"),
        (400, b'{"__type": "com.amazon.coral.service#IncompleteSignature"}', "queue_denied"),
        (403, b"<html>", "queue_denied"),
        (400, b'{"__type": "com.amazonaws.sqs#OverLimit", "message": "too many"}', "OverLimit"),
        (404, b"[]", "unknown"),
    ],
)
def test_a_refusal_of_the_queue_is_about_the_queue_and_stops_no_account(status, body, code):
    hints, _script = queue((status, body))
    with pytest.raises(Rejected) as caught:
        hints.receive()
    assert caught.value.code == code and caught.value.message
    assert "hush" not in str(caught.value)


def test_the_region_of_an_address():
    assert region_of("https://sqs.eu-central-1.amazonaws.com/1/q") == "eu-central-1"
    assert region_of("https://queue.example.com/1/q") == region_of("http://127.0.0.1/q") == ""


@pytest.mark.parametrize(
    ("url", "region", "arn"),
    [
        (
            "https://sqs.eu-central-1.amazonaws.com/123456789012/orders",
            "eu-central-1",
            "arn:aws:sqs:eu-central-1:123456789012:orders",
        ),
        ("https://sqs.eu-central-1.amazonaws.com/123456789012/orders", "", None),
        ("https://sqs.eu-central-1.amazonaws.com/12345/orders", "eu-central-1", None),
        ("https://sqs.eu-central-1.amazonaws.com/123456789012/a/b", "eu-central-1", None),
        ("https://sqs.eu-central-1.amazonaws.com/123456789012/a:b", "eu-central-1", None),
        ("", "eu-central-1", None),
    ],
)
def test_the_name_of_a_queue(url, region, arn):
    assert queue_arn(url, region) == arn
