"""Who may call the eBay stand-in, with which scopes, and how often."""

from urllib.parse import parse_qsl, urlsplit

import pytest

from sandbox.ebay.caller import EbayCaller
from sandbox.ebay.operations import ALL_SCOPES, OPERATIONS, scope
from tests.ebay_calls import CANCELLATIONS, LONG_AGO, MOMENT, ORDERS

CONSENT = "/ebay/oauth2/authorize"
ASKED = {
    "client_id": "OmsSandbox-app",
    "redirect_uri": "Oms-Sandbox-RuName",
    "response_type": "code",
    "scope": scope("sell.fulfillment"),
    "state": "s-1",
}


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def exchange(caller, code, **changes):
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": "Oms-Sandbox-RuName", **changes}
    return caller.ask_for_token(form)


def test_token_has_the_documented_fields(caller):
    response = caller.log_in()
    assert response.status_code == 200
    assert set(response.json) == {"access_token", "expires_in", "token_type"}
    assert (response.json["expires_in"], response.json["token_type"]) == (7200, "User Access Token")
    assert [entry["key"] for entry in caller.ledger("token_issued")] == ["oms-seller"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"refresh_token": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"scope": scope("sell.made.up")}, 400, "invalid_scope"),
    ],
)
def test_token_refusals_have_the_shape_of_oauth(caller, changes, status, error):
    response = caller.log_in(**changes)
    assert (response.status_code, response.json["error"]) == (status, error)
    assert response.json["error_description"]
    assert caller.ledger("token_issued") == []


def test_client_must_come_in_the_header(caller):
    form = b"grant_type=refresh_token&refresh_token=v%5E1.1%23sandbox-refresh&client_id=OmsSandbox-app"
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    response = caller.send("POST", "/ebay/identity/v1/oauth2/token", body=form, headers=headers)
    assert (response.status_code, response.json["error"]) == (401, "invalid_client")


def test_consent_leads_to_the_accept_url_and_to_a_refresh_token(caller):
    caller.control(set_accept_url="http://127.0.0.1:9/oms/accept?db=shop")
    response = caller.send("GET", CONSENT, ASKED)
    assert response.status_code == 302
    target = urlsplit(response.headers["Location"])
    given = dict(parse_qsl(target.query))
    assert (target.netloc, target.path) == ("127.0.0.1:9", "/oms/accept")
    assert (given["db"], given["state"], given["expires_in"]) == ("shop", "s-1", "299")
    answer = exchange(caller, given["code"]).json
    assert answer["refresh_token_expires_in"] == 47304000
    fresh = EbayCaller(caller.sandbox, account={**caller.account, "refresh_token": answer["refresh_token"]})
    assert fresh.call("GET", ORDERS).status_code == 200
    # Only what was consented to.
    assert fresh.call("GET", "/sell/inventory/v1/offer").status_code == 403


def test_code_is_good_once_for_five_minutes_and_for_its_runame(caller):
    code = caller.send("GET", CONSENT, ASKED).json["code"]
    assert exchange(caller, code, redirect_uri="Another-RuName").json["error"] == "invalid_grant"
    assert exchange(caller, code).json["error"] == "invalid_grant"
    code = caller.send("GET", CONSENT, ASKED).json["code"]
    caller.control(clock_offset=299)
    assert exchange(caller, code).json["error"] == "invalid_grant"
    code = caller.send("GET", CONSENT, ASKED).json["code"]
    assert exchange(caller, code).status_code == 200
    assert exchange(caller, code).json["error"] == "invalid_grant"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "x"},
        {"redirect_uri": "https://shop.example"},
        {"response_type": "token"},
        {"scope": "all"},
        {"scope": ""},
    ],
)
def test_consent_refuses_what_is_not_registered(caller, changes):
    assert caller.send("GET", CONSENT, {**ASKED, **changes}).status_code == 400


@pytest.mark.parametrize("header", ["", "Bearer made-up", "Basic abc", "Bearer"])
def test_without_a_live_token_everything_is_unauthorized(caller, header):
    response = caller.send("GET", "/ebay" + ORDERS, headers={"Authorization": header} if header else {})
    assert response.status_code == 401
    assert response.json["errors"][0]["errorId"] in (1001, 1002)


def test_token_expires_after_two_hours_of_the_sandbox_clock(caller):
    caller.log_in()
    caller.control(clock_offset=7199)
    assert caller.call("GET", ORDERS).status_code == 200
    caller.control(clock_offset=7200)
    response = caller.call("GET", ORDERS)
    assert (response.status_code, response.json["errors"][0]["errorId"]) == (401, 1001)


def test_refresh_token_ends_after_eighteen_months(caller):
    caller.control(clock_offset=47304000 - 1)
    assert caller.log_in().status_code == 200
    caller.control(clock_offset=47304000)
    assert caller.log_in().json["error"] == "invalid_grant"


def test_missing_scope_is_forbidden_with_1100(caller):
    assert caller.call("GET", ORDERS).status_code == 200
    left = caller.control(drop_scope="sell.fulfillment")["drop_scope"]
    assert scope("sell.fulfillment") not in left and scope("sell.fulfillment.readonly") in left
    assert caller.call("GET", ORDERS).status_code == 200
    caller.control(drop_scope="sell.fulfillment.readonly")
    response = caller.call("GET", ORDERS)
    assert (response.status_code, response.json["errors"][0]["errorId"]) == (403, 1100)
    with pytest.raises(ValueError, match="does not have the scope"):
        caller.control(drop_scope="sell.fulfillment")


def test_token_of_few_scopes_opens_only_those(caller):
    caller.log_in(scope=scope("sell.inventory"))
    assert caller.call("GET", "/sell/inventory/v1/offer").status_code == 200
    assert caller.call("GET", ORDERS).status_code == 403


def test_post_order_wants_its_own_word_before_the_token(caller):
    caller.log_in()
    statuses = {
        word: caller.call(
            "GET", f"{CANCELLATIONS}/search", headers={"Authorization": f"{word} {caller.token}"}
        ).status_code
        for word in ("IAF", "TOKEN", "Bearer")
    }
    assert statuses == {"IAF": 200, "TOKEN": 200, "Bearer": 401}
    refused = caller.call("GET", ORDERS, headers={"Authorization": f"IAF {caller.token}"})
    assert refused.status_code == 401


def test_revoked_refresh_token_ends_the_access_tokens_too(caller):
    caller.log_in()
    caller.control(revoke_refresh_token="v^1.1#sandbox-refresh")
    assert caller.call("GET", ORDERS).status_code == 401
    assert caller.log_in().json["error"] == "invalid_grant"
    caller.control(allow_refresh_token="v^1.1#sandbox-refresh")
    assert caller.log_in().status_code == 200


def test_application_token_reads_keys_but_no_orders(caller):
    response = caller.ask_for_token({"grant_type": "client_credentials", "scope": scope()})
    assert response.json["token_type"] == "Application Access Token"
    caller.token = response.json["access_token"]
    assert caller.call("GET", "/commerce/notification/v1/topic").status_code == 200
    assert caller.call("GET", ORDERS).status_code == 403


def test_two_sellers_do_not_see_each_other(caller):
    account = {"client_id": "other", "client_secret": "s", "ru_name": "R", "seller_id": "other"}
    account["refresh_token"] = "v^1.1#other"
    caller.control(add_account=account)
    [order_id] = caller.control(generate={"count": 1})["generate"]
    other = EbayCaller(caller.sandbox, account=account)
    assert other.call("GET", ORDERS, LONG_AGO).json["total"] == 0
    assert other.call("GET", f"{ORDERS}/{order_id}").status_code == 404
    assert caller.call("GET", ORDERS, LONG_AGO).json["total"] == 1
    assert other.call("GET", "/commerce/identity/v1/user/").json["username"] == "other"


def test_calls_of_a_day_are_counted_and_end_with_429(caller):
    caller.control(throttle=True, calls_per_day={"Fulfillment": 3})
    assert [caller.call("GET", ORDERS).status_code for _turn in range(4)] == [200, 200, 200, 429]
    answer = caller.call("GET", "/developer/analytics/v1_beta/user_rate_limit/", {"api_name": "fulfillment"}).json
    [rate] = answer["rateLimits"][0]["resources"][0]["rates"]
    assert (rate["limit"], rate["remaining"], rate["timeWindow"]) == (3, 0, 86400)
    assert rate["reset"] == "2026-11-24T00:00:00.000Z"
    caller.control(clock_offset=86400)
    caller.log_in()
    assert caller.call("GET", ORDERS).status_code == 200


def test_rates_can_be_set_per_operation(caller):
    caller.control(throttle=True, rates={"getOrders": [0.001, 2]})
    answers = [caller.call("GET", ORDERS) for _turn in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[-1].json["errors"][0]["errorId"] == 2001


def test_default_account_may_do_everything_that_is_played():
    assert all(set(operation.scopes) & set(ALL_SCOPES) for operation in OPERATIONS if operation.scopes)
