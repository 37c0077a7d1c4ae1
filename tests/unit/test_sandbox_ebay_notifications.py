"""The Notification API of the eBay stand-in, and the signed messages that it really posts."""

import json

import pytest

from sandbox.ebay.caller import EbayCaller
from tests.ebay_application import PAYLOAD, TOKEN, application, destination
from tests.ebay_calls import MOMENT, NOTIFICATION, make_order


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def error_of(response):
    return response.status_code, response.json["errors"][0]["errorId"]


def create(caller, kind, body):
    response = caller.call("POST", f"{NOTIFICATION}/{kind}", body=body)
    assert response.status_code == 201, response.json
    return response.headers["Location"].rpartition("/")[2]


def deletion(app, **more):
    return {"topic": "MARKETPLACE_ACCOUNT_DELETION", "url": app.url, "username": "buyer_1", **more}


def test_destination_is_challenged(caller):
    with application(caller) as app:
        key = create(caller, "destination", destination(app))
        shown = caller.call("GET", f"{NOTIFICATION}/destination/{key}").json
        assert shown == {"destinationId": key, "name": "shop", "status": "ENABLED", "deliveryConfig": app.url}
        again = caller.call("POST", f"{NOTIFICATION}/destination", body=destination(app))
        assert error_of(again) == (409, 195021)
        assert TOKEN not in json.dumps([caller.state(), caller.ledger()])


def test_wrong_challenge_response_is_refused(caller):
    with application(caller, token="another") as app:
        response = caller.call("POST", f"{NOTIFICATION}/destination", body=destination(app))
        assert error_of(response) == (409, 195020)
    for endpoint in ("https://shop.example/hook", "http://10.0.0.1:80/hook", "http://127.0.0.1:1/hook", app.url):
        delivery = {"endpoint": endpoint, "verificationToken": TOKEN}
        response = caller.call("POST", f"{NOTIFICATION}/destination", body=destination(app, deliveryConfig=delivery))
        assert error_of(response) == (409, 195020)
    assert caller.call("GET", f"{NOTIFICATION}/destination").json["total"] == 0


@pytest.mark.parametrize(
    ("change", "error_id"),
    [
        ({"name": ""}, 195016),
        ({"name": "x" * 65}, 195016),
        ({"status": "MARKED_DOWN"}, 195018),
        ({"deliveryConfig": {"endpoint": "ftp://x", "verificationToken": TOKEN}}, 195017),
        ({"deliveryConfig": {"endpoint": "https://x", "verificationToken": "short"}}, 195019),
        ({"token": TOKEN}, 195016),
    ],
)
def test_bad_destinations(caller, change, error_id):
    with application(caller) as app:
        response = caller.call("POST", f"{NOTIFICATION}/destination", body=destination(app, **change))
    assert error_of(response) == (400, error_id)


def test_subscription_and_its_test_message(caller):
    with application(caller) as app:
        target = create(caller, "destination", destination(app))
        wish = {"topicId": "ORDER_CONFIRMATION", "status": "ENABLED", "payload": PAYLOAD, "destinationId": target}
        assert error_of(caller.call("POST", f"{NOTIFICATION}/subscription", body=wish)) == (409, 195003)
        config = {"alertEmail": "alerts@shop.example"}
        assert caller.call("PUT", f"{NOTIFICATION}/config", body=config).status_code == 204
        assert caller.call("GET", f"{NOTIFICATION}/config").json == config
        key = create(caller, "subscription", wish)
        path = f"{NOTIFICATION}/subscription/{key}"
        assert error_of(caller.call("POST", f"{NOTIFICATION}/subscription", body=wish)) == (409, 195012)
        assert caller.call("POST", f"{path}/test").status_code == 202
        assert len(app.received) == 1
        assert caller.call("POST", f"{path}/disable").status_code == 204
        assert caller.call("GET", path).json["status"] == "DISABLED"
        assert error_of(caller.call("DELETE", f"{NOTIFICATION}/destination/{target}")) == (409, 195024)
        assert caller.call("DELETE", path).status_code == 204
        assert caller.call("DELETE", f"{NOTIFICATION}/destination/{target}").status_code == 204
        assert error_of(caller.call("GET", path)) == (404, 195013)


@pytest.mark.parametrize(
    ("change", "error_id"),
    [
        ({"topicId": "NONE"}, 195027),
        ({"status": "ON"}, 195006),
        ({"payload": {"format": "JSON", "schemaVersion": "9", "deliveryProtocol": "HTTPS"}}, 195008),
        ({"payload": {"format": "XML", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}}, 195009),
        ({"payload": {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "FTP"}}, 195010),
        ({"destinationId": "none"}, 195007),
        ({"filter": "x"}, 195006),
    ],
)
def test_bad_subscriptions(caller, change, error_id):
    wish = {"topicId": "ORDER_CONFIRMATION", "status": "ENABLED", "payload": PAYLOAD, "destinationId": "x", **change}
    assert error_of(caller.call("POST", f"{NOTIFICATION}/subscription", body=wish)) == (400, error_id)


def test_topics_and_unknown_keys(caller):
    topics = caller.call("GET", f"{NOTIFICATION}/topic").json["topics"]
    names = ["MARKETPLACE_ACCOUNT_DELETION", "ORDER_CONFIRMATION", "ITEM_MARKED_SHIPPED"]
    assert [topic["topicId"] for topic in topics] == names
    assert caller.call("GET", f"{NOTIFICATION}/topic/ORDER_CONFIRMATION").json == topics[1]
    assert error_of(caller.call("GET", f"{NOTIFICATION}/topic/NONE")) == (404, 195002)
    assert error_of(caller.call("GET", f"{NOTIFICATION}/public_key/none")) == (404, 195001)
    assert error_of(caller.call("GET", f"{NOTIFICATION}/topic", {"limit": "9"})) == (400, 195004)


@pytest.mark.parametrize("digest", ["SHA1", "SHA256"])
def test_signed_message_is_genuine(caller, digest):
    with application(caller) as app:
        assert caller.control(notify=deletion(app, userId="u-1", digest=digest))["notify"] == 204
    message = json.loads(app.received[0][1])
    assert message["metadata"] == {"topic": "MARKETPLACE_ACCOUNT_DELETION", "schemaVersion": "1.0", "deprecated": False}
    assert message["notification"]["publishDate"] == "2026-11-23T05:00:00.000Z"
    assert message["notification"]["data"]["username"] == "buyer_1"
    assert message["notification"]["data"]["userId"] == "u-1"


@pytest.mark.parametrize("forge", ["wrong_key", "unknown_key", "no_signature", "changed_body", "garbage_signature"])
def test_forged_messages_are_not_genuine(caller, forge):
    with application(caller) as app:
        assert caller.control(notify=deletion(app, forge=forge))["notify"] == 412
    assert len(app.received) == 1
    assert json.loads(app.received[0][1])["metadata"]["topic"] == "MARKETPLACE_ACCOUNT_DELETION"
    assert caller.ledger("notification_sent")[0]["body"]["forge"] == forge


def test_same_message_again_and_old_dates(caller):
    dates = {"event_date": "2025-01-01T00:00:00Z", "publish_date": "2030-01-01T00:00:00Z", "notification_id": "n-1"}
    with application(caller) as app:
        caller.control(notify=deletion(app, **dates))
        assert caller.control(notify={"url": app.url, "again": True})["notify"] == 204
    assert app.received[0] == app.received[1]
    notification = json.loads(app.received[0][1])["notification"]
    assert (notification["notificationId"], notification["eventDate"]) == ("n-1", "2025-01-01T00:00:00.000Z")
    assert notification["publishDate"] == "2030-01-01T00:00:00.000Z"


@pytest.mark.parametrize("topic", ["ORDER_CONFIRMATION", "ITEM_MARKED_SHIPPED"])
def test_messages_about_orders_name_order_and_line(caller, topic):
    order = make_order(caller)
    with application(caller) as app:
        assert caller.control(notify={"topic": topic, "url": app.url, "orderId": order["orderId"]})["notify"] == 204
    data = json.loads(app.received[0][1])["notification"]["data"]
    assert (data["orderId"], data["orderLineItemId"]) == (order["orderId"], order["lineItems"][0]["lineItemId"])


def test_only_this_machine_is_called(caller):
    for url in ("http://10.0.0.1:80/x", "http://localhost:80/x", "https://127.0.0.1:443/x", "http://127.0.0.1/x"):
        assert caller.control(notify={"topic": "MARKETPLACE_ACCOUNT_DELETION", "url": url})["notify"] is None
    assert [entry["body"]["status"] for entry in caller.ledger("notification_sent")] == [None] * 4


@pytest.mark.parametrize(
    "wish", [{"topic": "NONE", "url": "x"}, {"topic": "ORDER_CONFIRMATION", "forge": "x"}, {"to": "x"}]
)
def test_bad_wishes_are_refused(caller, wish):
    with pytest.raises(ValueError, match="notify"):
        caller.control(notify=wish)
