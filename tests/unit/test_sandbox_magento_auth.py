"""Who may ask the Magento stand-in: signatures, nonces, timestamps, resources, bearer tokens."""

import base64
import hashlib
import hmac
from urllib.parse import quote

import pytest

from sandbox.clock import Clock
from sandbox.magento.caller import MagentoCaller
from sandbox.magento.oauth import DEFAULT_ACCOUNT
from sandbox.magento.signature import base_string, read_authorization, sign, write_authorization
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox_calls import MOMENT

ORDERS = "/V1/orders"
ALL = {"searchCriteria": ""}


@pytest.fixture
def caller():
    caller = MagentoCaller(moment=MOMENT)
    caller.control(reset="empty")
    return caller


def test_base_string_is_that_of_the_rfc():
    # RFC 5849 §3.4.1.1, with the parameters of §3.4.1.3.
    parameters = [
        ("b5", "=%3D"), ("a3", "a"), ("c@", ""), ("a2", "r b"), ("c2", ""), ("a3", "2 q"),
        ("oauth_consumer_key", "9djdj82h48djs9d2"), ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"), ("oauth_timestamp", "137131201"), ("oauth_nonce", "7d8f3e4a"),
    ]  # fmt: skip
    assert base_string("post", "http://example.com/request", parameters) == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D"
        "%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1"
        "%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


def test_signature_is_hmac_sha256_over_both_secrets():
    base = base_string("GET", "http://h/p", [("a", "b")])
    expected = base64.b64encode(hmac.new(b"c%26s&t%20s", base.encode(), hashlib.sha256).digest()).decode()
    assert sign("GET", "http://h/p", [("a", "b")], ("c&s", "t s")) == expected


def test_header_is_read_as_it_is_written():
    values = {"oauth_token": "a b", "oauth_signature": "x+/=", "oauth_nonce": "1"}
    assert read_authorization(write_authorization(values)) == values
    assert read_authorization("Bearer abc") is None


@pytest.mark.parametrize("store", ["default", "all", "de", "fr"])
def test_signed_request_is_let_in_for_every_store_code(caller, store):
    assert caller.call("GET", ORDERS, ALL, store=store).status_code == 200


def test_odd_parameters_are_signed_as_they_are_meant(caller):
    query = {"searchCriteria[filter_groups][0][filters][0][field]": "customer_email",
             "searchCriteria[filter_groups][0][filters][0][value]": "ü+&%20=~*'@example.com"}  # fmt: skip
    assert caller.call("GET", ORDERS, query).status_code == 200
    assert caller.call("GET", "/V1/products/OMS%2F0001").status_code == 404


def test_body_is_no_part_of_the_signature_but_the_method_is(caller):
    values = caller.parameters()
    secrets = (DEFAULT_ACCOUNT["consumer_secret"], DEFAULT_ACCOUNT["access_token_secret"])
    url = "/magento/rest/default/V1/orders/1/hold"
    values["oauth_signature"] = sign("GET", f"http://localhost{url}", list(values.items()), secrets)
    response = caller.send("POST", url, body={}, headers={"Authorization": write_authorization(values)})
    assert response.status_code == 401
    assert response.json == {"message": "The signature is invalid. Verify and try again."}


@pytest.mark.parametrize(
    ("name", "secret"), [("consumer_secret", "wrong"), ("access_token_secret", "wrong"), ("consumer_secret", "")]
)
def test_wrong_secrets_are_refused(caller, name, secret):
    caller.account = {**DEFAULT_ACCOUNT, name: secret}
    response = caller.call("GET", ORDERS, ALL)
    assert (response.status_code, "signature" in response.json["message"]) == (401, True)


def test_changed_query_breaks_the_signature(caller):
    values = caller.parameters()
    secrets = (DEFAULT_ACCOUNT["consumer_secret"], DEFAULT_ACCOUNT["access_token_secret"])
    url = "/magento/rest/default/V1/orders"
    values["oauth_signature"] = sign("GET", f"http://localhost{url}", [("a", "1"), *values.items()], secrets)
    header = {"Authorization": write_authorization(values)}
    assert caller.send("GET", url, {"a": "2"}, headers=header).status_code == 401


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"oauth_consumer_key": "other"}, "consumer"),
        ({"oauth_token": "other"}, "token"),
        ({"oauth_signature_method": "HMAC-SHA1"}, "HMAC-SHA1 is not supported"),
        ({"oauth_version": "2.0"}, "version"),
        ({"oauth_timestamp": str(int(MOMENT) - 601)}, "timestamp"),
        ({"oauth_timestamp": str(int(MOMENT) + 601)}, "timestamp"),
        ({"oauth_timestamp": "yesterday"}, "timestamp"),
    ],
)
def test_wrong_parameters_are_refused(caller, changes, words):
    response = caller.call("GET", ORDERS, ALL, **changes)
    assert response.status_code == 401
    assert words in response.json["message"]


@pytest.mark.parametrize("seconds", [-599, 599])
def test_clocks_may_differ_by_ten_minutes(caller, seconds):
    assert caller.call("GET", ORDERS, ALL, oauth_timestamp=str(int(MOMENT) + seconds)).status_code == 200


def test_missing_parameter_is_named(caller):
    response = caller.call("GET", ORDERS, ALL, oauth_nonce="")
    assert response.status_code == 400
    assert response.json["parameters"] == {"fieldName": "oauth_nonce"}


def test_nonce_counts_once(caller):
    assert caller.call("GET", ORDERS, ALL, oauth_nonce="same").status_code == 200
    response = caller.call("GET", ORDERS, ALL, oauth_nonce="same")
    assert response.status_code == 401
    assert "nonce" in response.json["message"]


def test_old_nonces_are_forgotten():
    now = [MOMENT]
    caller = MagentoCaller(Sandbox(World(clock=Clock(lambda: now[0]))))
    assert caller.call("GET", ORDERS, ALL, oauth_nonce="same").status_code == 200
    now[0] += 1201
    assert caller.call("GET", ORDERS, ALL).status_code == 200
    assert caller.call("GET", ORDERS, ALL, oauth_nonce="same").status_code == 200


def test_guest_is_told_which_resource_is_missing(caller):
    response = caller.send("GET", "/magento/rest/default/V1/orders", ALL)
    assert response.status_code == 401
    assert response.json == {
        "message": "The consumer isn't authorized to access %resources.",
        "parameters": {"resources": "Magento_Sales::actions_view"},
    }


def test_dropped_resource_is_refused_and_allowed_again(caller):
    [order_id] = caller.control(generate={"count": 1, "kind": "standard"})["generate"]
    caller.control(drop_resource="Magento_Sales::ship")
    response = caller.call("POST", f"/V1/order/{order_id}/ship", body={})
    assert response.status_code == 401
    assert response.json["parameters"] == {"resources": "Magento_Sales::ship"}
    assert caller.call("GET", ORDERS, ALL).status_code == 200
    caller.control(allow=True)
    assert caller.call("POST", f"/V1/order/{order_id}/ship", body={}).status_code == 200


def test_revoked_integration_is_refused(caller):
    caller.control(revoke=DEFAULT_ACCOUNT["access_token"])
    response = caller.call("GET", ORDERS, ALL)
    assert (response.status_code, response.json["message"]) == (401, "Access token has been revoked")
    caller.control(allow=DEFAULT_ACCOUNT["access_token"])
    assert caller.call("GET", ORDERS, ALL).status_code == 200


def test_bearer_counts_only_when_the_shop_says_so(caller):
    header = {"Authorization": f"Bearer {DEFAULT_ACCOUNT['access_token']}"}
    path = "/magento/rest/default/V1/orders"
    assert caller.send("GET", path, ALL, headers=header).status_code == 401
    caller.control(bearer=True)
    assert caller.send("GET", path, ALL, headers=header).status_code == 200
    assert caller.send("GET", path, ALL, headers={"Authorization": "Bearer other"}).status_code == 401


def test_another_integration_sees_its_own_shop(caller):
    account = {"consumer_key": "k2", "consumer_secret": "s2", "access_token": "t2", "access_token_secret": "ts2"}
    assert caller.control(add_account=account)["add_account"] == "k2"
    caller.control(generate={"count": 2})
    other = MagentoCaller(caller.sandbox, account=account)
    assert other.call("GET", ORDERS, ALL).json["total_count"] == 0
    other.control(seller="k2", generate={"count": 1})
    assert other.call("GET", ORDERS, ALL).json["total_count"] == 1
    assert caller.call("GET", ORDERS, ALL).json["total_count"] == 2
    with pytest.raises(ValueError, match="no spaces"):
        caller.control(add_account={**account, "shop": "my shop"})


def test_requests_are_remembered_without_secrets(caller):
    caller.call("GET", ORDERS, ALL)
    caller.send("GET", "/magento/rest/default/V1/orders", {"oauth_token": DEFAULT_ACCOUNT["access_token"]})
    remembered = str(caller.send("GET", "/__requests", {"channel": "magento"}).json)
    assert "GetV1Orders" in remembered
    assert "(hidden)" in remembered
    for secret in (DEFAULT_ACCOUNT["access_token"], quote("HMAC-SHA256")):
        assert secret not in remembered


def test_moving_the_shop_clock_does_not_spoil_signatures(caller):
    caller.control(clock_offset=86400)
    assert caller.call("GET", ORDERS, ALL).status_code == 200
