"""Notifications of the Amazon stand-in, and the queue they lie in."""

import hashlib
import json
import threading
import time

import pytest

from sandbox.amazon.queues import sign
from sandbox.caller import Caller
from sandbox.clock import Clock
from sandbox.disk import Disk
from sandbox.server import Sandbox
from sandbox.wire import Call
from sandbox.world import World
from tests.sandbox_calls import EXAMPLE_ID, MOMENT, US, make_notice, shipment_path
from tests.sandbox_feeds import make_listings_feed, submit_feed
from tests.sandbox_queue import ARN, NOTIFICATIONS, act, data_of, receive, subscribe

DESTINATIONS = f"{NOTIFICATIONS}/destinations"
WISH = {"name": "orders", "resourceSpecification": {"sqs": {"arn": ARN}}}


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def changes(caller):
    """Return (order id, kind of change, status) of the messages in the queue, which then are hidden."""
    notes = [json.loads(m["Body"])["Payload"]["OrderChangeNotification"] for m in receive(caller)]
    return [(note["AmazonOrderId"], note["OrderChangeType"], note["Summary"]["OrderStatus"]) for note in notes]


def test_grantless_token_is_for_destinations_only(caller):
    assert caller.call("GET", DESTINATIONS).status_code == 403
    assert caller.call_grantless("GET", DESTINATIONS).json == {"payload": []}
    assert caller.call_grantless("GET", "/sellers/v1/marketplaceParticipations").status_code == 403
    assert caller.call_grantless("POST", f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE", body={}).status_code == 403


def test_grantless_token_needs_a_known_scope(caller):
    form = {"grant_type": "client_credentials", "refresh_token": ""}
    assert caller.log_in(**form).json["error"] == "invalid_request"
    assert caller.log_in(**form, scope="everything").json["error"] == "invalid_scope"
    assert caller.log_in(**form, scope="sellingpartnerapi::notifications", client_secret="x").status_code == 401
    answer = caller.log_in(**form, scope="sellingpartnerapi::notifications")
    assert set(answer.json) == {"access_token", "token_type", "expires_in"}


def test_destination_is_made_once_shown_and_deleted(caller):
    made = caller.call_grantless("POST", DESTINATIONS, body=WISH).json["payload"]
    assert made == {"destinationId": made["destinationId"], "name": "orders", "resource": {"sqs": {"arn": ARN}}}
    assert caller.call_grantless("POST", DESTINATIONS, body=WISH).status_code == 409
    path = f"{DESTINATIONS}/{made['destinationId']}"
    assert caller.call_grantless("GET", path).json["payload"] == made
    assert caller.call_grantless("DELETE", path).status_code == 200
    assert caller.call_grantless("GET", path).status_code == 404


@pytest.mark.parametrize(
    "resource",
    [{}, {"sqs": {"arn": "orders"}}, {"sqs": {"arn": "arn:aws:sns:us-east-2:444455556666:orders"}}, {"sqs": {}}],
)
def test_destination_needs_the_arn_of_a_queue(caller, resource):
    body = {"name": "orders", "resourceSpecification": resource}
    assert caller.call_grantless("POST", DESTINATIONS, body=body).status_code == 400


def test_there_is_one_subscription_of_a_kind_until_it_is_deleted(caller):
    made = subscribe(caller)
    path = f"{NOTIFICATIONS}/subscriptions/ORDER_CHANGE"
    assert caller.call("GET", path).json["payload"] == made
    again = {"payloadVersion": "1.0", "destinationId": made["destinationId"]}
    assert caller.call("POST", path, body=again).status_code == 409
    for wrong in ({**again, "payloadVersion": "2.0"}, {**again, "destinationId": "x"}):
        assert caller.call("POST", path, body=wrong).status_code == 400
    assert caller.call("POST", path.replace("ORDER_CHANGE", "ANY_OFFER_CHANGED"), body=again).status_code == 400
    own = f"{path}/{made['subscriptionId']}"
    assert caller.call("DELETE", own).status_code == 403
    assert caller.call_grantless("DELETE", f"{DESTINATIONS}/{made['destinationId']}").status_code == 400
    assert caller.call_grantless("DELETE", own).status_code == 200
    assert caller.call("GET", path).status_code == 404
    caller.control(generate={"count": 1})
    assert receive(caller) == []


def test_messages_follow_the_life_of_an_order(caller):
    subscribe(caller)
    [order_id] = caller.control(generate={"count": 1, "kind": "pending", "marketplace_id": US})["generate"]
    caller.control(pay_order=order_id)
    caller.control(cancel_order={"orderId": order_id, "request_only": True})
    caller.control(cancel_order={"orderId": order_id})
    assert caller.call("POST", shipment_path(), body=make_notice()).status_code == 204
    # The same parcel again changes nothing, so nothing is said.
    assert caller.call("POST", shipment_path(), body=make_notice()).status_code == 204
    assert changes(caller) == [
        (order_id, "OrderStatusChange", "Pending"),
        (order_id, "OrderStatusChange", "Unshipped"),
        (order_id, "BuyerRequestedChange", "Unshipped"),
        (order_id, "OrderStatusChange", "Canceled"),
        (EXAMPLE_ID, "OrderStatusChange", "Shipped"),
    ]


def test_nothing_is_sent_without_a_subscription_or_outside_its_filter(caller):
    caller.control(generate={"count": 1})
    wish = {"eventFilterType": "ORDER_CHANGE", "marketplaceIds": [US], "orderChangeTypes": ["BuyerRequestedChange"]}
    subscribe(caller, processingDirective={"eventFilter": wish})
    caller.control(generate={"count": 3, "marketplace_id": "A1PA6795UKMFR9"})
    caller.control(cancel_order={"orderId": EXAMPLE_ID, "request_only": True})
    assert changes(caller) == [(EXAMPLE_ID, "BuyerRequestedChange", "Unshipped")]


def test_end_of_a_feed_is_told(caller):
    subscribe(caller, "FEED_PROCESSING_FINISHED", "2020-09-04")
    feed = submit_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed([]))
    [message] = receive(caller)
    told = json.loads(message["Body"])["payload"]["feedProcessingFinishedNotification"]
    assert told["feedId"] == feed["feedId"]
    assert told["resultFeedDocumentId"] == feed["resultFeedDocumentId"]
    assert (told["processingStatus"], told["sellerId"]) == ("FATAL", "A1OMSSANDBOX")


def test_message_is_hidden_while_it_is_read_and_gone_once_deleted(caller):
    caller.control(notify={"queue": "orders", "body": "one"})
    [message] = receive(caller, AttributeNames=["All"])
    assert message["Body"] == "one"
    assert message["MD5OfBody"] == hashlib.md5(b"one").hexdigest()
    assert message["Attributes"]["ApproximateReceiveCount"] == "1"
    assert receive(caller) == []
    caller.control(clock_offset=30)
    [again] = receive(caller, VisibilityTimeout=5)
    assert (again["MessageId"], again["ReceiptHandle"] != message["ReceiptHandle"]) == (message["MessageId"], True)
    caller.control(clock_offset=35)
    # The first handle is too old to delete what was handed out again.
    assert act(caller, "DeleteMessage", ReceiptHandle=message["ReceiptHandle"]).status_code == 200
    [third] = receive(caller)
    answer = act(caller, "DeleteMessage", ReceiptHandle=third["ReceiptHandle"])
    assert (answer.status_code, answer.data) == (200, b"")
    caller.control(clock_offset=3600)
    assert receive(caller) == []
    assert len(caller.ledger("message_deleted")) == 1


def test_messages_may_come_twice_and_turned_round(caller):
    caller.control(notify_twice=True, notify_reordered=True)
    for body in ("one", "two"):
        caller.control(notify={"queue": "orders", "body": body})
    assert [message["Body"] for message in receive(caller)] == ["two", "two", "one", "one"]


def test_message_about_an_order_can_be_sent_by_hand(caller):
    subscribe(caller)
    assert caller.control(notify={"orderId": EXAMPLE_ID, "changeType": "BuyerRequestedChange"})["notify"] == 1
    assert changes(caller) == [(EXAMPLE_ID, "BuyerRequestedChange", "Unshipped")]


def test_broken_orders_are_passed_over(caller):
    subscribe(caller)
    caller.control(
        add_orders=[{"orderId": "1"}, {"orderId": "2", "fulfillment": {"fulfillmentStatus": "NEW"}, "orderItems": 7}]
    )
    assert receive(caller) == []


@pytest.mark.parametrize(
    ("changes_to_headers", "status", "kind"),
    [
        ({"authorization": ""}, 403, "MissingAuthenticationToken"),
        ({"authorization": "Bearer x"}, 400, "IncompleteSignature"),
        ({"x-amz-date": "20261123T050001Z"}, 403, "SignatureDoesNotMatch"),
        ({"x-amz-target": "AmazonSQS.SendMessage"}, 403, "SignatureDoesNotMatch"),
    ],
)
def test_unsigned_actions_are_refused(caller, changes_to_headers, status, kind):
    caller.control(notify={"queue": "orders", "body": "one"})
    answer = act(caller, "ReceiveMessage", headers=changes_to_headers)
    assert (answer.status_code, data_of(answer)["__type"]) == (status, f"com.amazonaws.sqs#{kind}")
    assert answer.headers["x-amzn-query-error"].endswith(";Sender")


@pytest.mark.parametrize(
    ("action", "wish", "kind"),
    [
        ("ReceiveMessage", {"QueueUrl": "http://localhost/amazon/sqs/other"}, "QueueDoesNotExist"),
        ("ReceiveMessage", {"QueueUrl": ""}, "MissingParameter"),
        ("ReceiveMessage", {"MaxNumberOfMessages": 11}, "InvalidParameterValue"),
        ("ReceiveMessage", {"WaitTimeSeconds": 21}, "InvalidParameterValue"),
        ("ReceiveMessage", {"VisibilityTimeout": "30"}, "InvalidParameterValue"),
        ("ReceiveMessage", {"AttributeNames": "All"}, "InvalidParameterValue"),
        ("ReceiveMessage", {"Colour": "red"}, "SerializationException"),
        ("DeleteMessage", {}, "MissingParameter"),
        ("DeleteMessage", {"ReceiptHandle": "made-up"}, "ReceiptHandleIsInvalid"),
        ("PurgeQueue", {}, "UnsupportedOperation"),
    ],
)
def test_wrong_actions_are_refused(caller, action, wish, kind):
    caller.control(notify={"queue": "orders", "body": "one"})
    answer = act(caller, action, **wish)
    assert (answer.status_code, data_of(answer)["__type"].partition("#")[2]) == (400, kind)


def test_signature_is_that_of_the_published_test_suite():
    # "get-vanilla" of the Signature Version 4 test suite of AWS.
    headers = {"host": "example.amazonaws.com", "x-amz-date": "20150830T123600Z"}
    call = Call("GET", "/", ("",), (), headers, b"")
    secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
    signature = sign(call, secret, "20150830/us-east-1/service/aws4_request", "host;x-amz-date")
    assert signature == "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31"


def test_long_poll_ends_when_a_message_arrives_and_after_a_second_at_most(caller):
    caller.control(notify={"queue": "orders", "body": "one"})
    receive(caller)
    started = time.monotonic()
    assert receive(caller, WaitTimeSeconds=20) == []
    assert 0.9 < time.monotonic() - started < 5
    sender = Caller(caller.sandbox)
    thread = threading.Timer(0.2, lambda: sender.control(notify={"queue": "orders", "body": "two"}))
    started = time.monotonic()
    thread.start()
    found = receive(caller, WaitTimeSeconds=20)
    thread.join()
    assert [message["Body"] for message in found] == ["two"]
    assert time.monotonic() - started < 0.9


def test_queue_can_be_named_by_its_address_alone(caller):
    caller.control(notify={"queue": "orders", "body": "one"})
    assert len(data_of(act(caller, "ReceiveMessage", path="/amazon/sqs"))["Messages"]) == 1


def test_faults_can_hit_the_queue(caller):
    caller.control(notify={"queue": "orders", "body": "one"})
    caller.control(faults=[{"fault": "status", "status": 503, "match": {"operation": "sqs"}}])
    assert [act(caller, "ReceiveMessage").status_code for _turn in "ab"] == [503, 200]


def test_subscriptions_and_messages_survive_a_restart(tmp_path):
    path = tmp_path / "memory.jsonl"

    def start():
        return Caller(Sandbox(World(clock=Clock(lambda: MOMENT), disk=Disk(path))))

    first = start()
    subscribe(first)
    [order_id] = first.control(generate={"count": 1, "kind": "standard"})["generate"]
    [message] = receive(first)
    second = start()
    assert receive(second) == []
    assert act(second, "DeleteMessage", ReceiptHandle=message["ReceiptHandle"]).status_code == 200
    second.control(cancel_order={"orderId": order_id})
    assert changes(start()) == [(order_id, "OrderStatusChange", "Canceled")]
