"""Who may call the Amazon stand-in, and how often."""

import pytest

from sandbox.amazon.operations import OPERATIONS, find_operation
from sandbox.amazon.rates import RateLimits
from sandbox.caller import Caller
from tests.sandbox_calls import LONG_AGO, MOMENT, ORDERS


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def test_token_has_the_documented_fields(caller):
    response = caller.log_in()
    assert response.status_code == 200
    assert response.json["token_type"] == "bearer"
    assert response.json["expires_in"] == 3600
    assert set(response.json) == {"access_token", "refresh_token", "token_type", "expires_in"}
    assert [entry["key"] for entry in caller.ledger("token_issued")] == ["A1OMSSANDBOX"]


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "wrong"}, 401, "invalid_client"),
        ({"refresh_token": "wrong"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"refresh_token": ""}, 400, "invalid_request"),
    ],
)
def test_token_refusals_have_the_shape_of_oauth(caller, changes, status, error):
    response = caller.log_in(**changes)
    assert response.status_code == status
    assert response.json["error"] == error
    assert response.json["error_description"]
    assert caller.ledger("token_issued") == []


def test_token_request_as_json_is_refused(caller):
    response = caller.send("POST", "/amazon/auth/o2/token", body={"grant_type": "refresh_token"})
    assert (response.status_code, response.json["error"]) == (400, "invalid_request")


@pytest.mark.parametrize("headers", [{}, {"x-amz-access-token": "Atza|made-up"}])
def test_without_a_live_token_everything_is_forbidden(caller, headers):
    response = caller.send("GET", "/amazon" + ORDERS, LONG_AGO, headers=headers)
    assert response.status_code == 403
    assert response.json["errors"][0]["code"] == "Unauthorized"
    assert response.json["errors"][0]["details"]


def test_token_expires_after_an_hour_of_the_sandbox_clock(caller):
    caller.log_in()
    caller.control(clock_offset=3599)
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 200
    caller.control(clock_offset=3600)
    response = caller.call("GET", ORDERS, LONG_AGO)
    assert response.status_code == 403
    assert "expired" in response.json["errors"][0]["details"]


def test_expire_access_tokens_leaves_the_refresh_token_good(caller):
    caller.log_in()
    assert caller.control(expire_access_tokens=True)["expire_access_tokens"] == 1
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 403
    assert caller.log_in().status_code == 200
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 200


def test_revoked_refresh_token_ends_the_access_tokens_too(caller):
    caller.log_in()
    caller.control(revoke_refresh_token="Atzr|sandbox")
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 403
    assert caller.log_in().json["error"] == "invalid_grant"
    caller.control(allow_refresh_token="Atzr|sandbox")
    assert caller.log_in().status_code == 200


def test_two_sellers_do_not_see_each_other(caller):
    account = {"client_id": "other", "client_secret": "s", "refresh_token": "Atzr|other", "seller_id": "A2OTHER"}
    caller.control(add_account=account)
    other = Caller(caller.sandbox, account=account)
    assert other.call("GET", ORDERS, LONG_AGO).json["orders"] == []
    assert len(caller.call("GET", ORDERS, LONG_AGO).json["orders"]) == 8
    path = "/listings/2021-08-01/items/A1OMSSANDBOX/OMS-0001"
    assert other.call("GET", path, {"marketplaceIds": "ATVPDKIKX0DER"}).status_code == 403


def test_unknown_paths_are_forbidden_as_at_the_gateway(caller):
    assert caller.call("GET", "/orders/v0/orders").status_code == 403
    assert caller.call("POST", ORDERS).status_code == 403


def test_each_answer_carries_request_id_limit_and_the_sandbox_date(caller):
    caller.control(clock_offset=-86400)
    response = caller.call("GET", ORDERS, LONG_AGO)
    assert response.headers["x-amzn-RequestId"]
    assert response.headers["x-amzn-RateLimit-Limit"] == "0.0056"
    assert response.headers["Date"] == "Sun, 22 Nov 2026 05:00:00 GMT"


def test_throttling_follows_the_burst_of_the_operation(caller):
    caller.control(throttle=True)
    answers = [caller.call("GET", ORDERS, LONG_AGO) for _turn in range(21)]
    assert [answer.status_code for answer in answers] == [200] * 20 + [429]
    assert answers[-1].json["errors"][0]["code"] == "QuotaExceeded"
    # Another operation has its own bucket.
    assert caller.call("GET", f"{ORDERS}/114-9876543-1234567").status_code == 200


def test_throttling_is_off_unless_asked_for(caller):
    assert {caller.call("GET", ORDERS, LONG_AGO).status_code for _turn in range(25)} == {200}


def test_rates_can_be_set_per_operation(caller):
    caller.control(throttle=True, rates={"searchOrders": [1, 2]})
    assert [caller.call("GET", ORDERS, LONG_AGO).status_code for _turn in range(3)] == [200, 200, 429]


def test_bucket_fills_again_with_time():
    now = [0.0]
    limits = RateLimits(lambda: now[0])
    search = find_operation("GET", ("orders", "2026-01-01", "orders"))
    assert [limits.allow(search, "A", {}) for _turn in range(21)] == [True] * 20 + [False]
    assert limits.allow(search, "B", {})
    now[0] = 178.0
    assert not limits.allow(search, "A", {})
    now[0] = 180.0
    assert limits.allow(search, "A", {})


def test_token_requests_are_never_throttled():
    token = next(operation for operation in OPERATIONS if operation.name == "token")
    limits = RateLimits(lambda: 0.0)
    assert all(limits.allow(token, "A", {}) for _turn in range(100))


def test_client_secret_ends_after_180_days_or_when_told(caller):
    caller.log_in()
    caller.control(end_client_secret=caller.account["client_id"])
    refused = caller.call("GET", ORDERS, LONG_AGO)
    assert (refused.status_code, "secret" in refused.json["errors"][0]["details"]) == (403, True)
    answer = caller.log_in()
    assert (answer.status_code, answer.json["error"]) == (401, "invalid_client")
    caller.control(reset=True, clock_offset=180 * 86400 - 1)
    assert caller.log_in().status_code == 200
    caller.control(clock_offset=180 * 86400)
    assert caller.log_in().status_code == 401


def test_rotated_client_secret_takes_over_and_the_old_one_has_seven_days(caller):
    secret = caller.control(rotate_client_secret={})["rotate_client_secret"]
    caller.control(clock_offset=7 * 86400 - 1)
    assert caller.log_in().status_code == 200
    caller.control(clock_offset=7 * 86400)
    assert caller.log_in().status_code == 401
    assert caller.log_in(client_secret=secret).status_code == 200
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 200


def test_rotating_helps_after_the_end_and_can_name_the_secret(caller):
    client_id = caller.account["client_id"]
    caller.control(end_client_secret={"client_id": client_id, "at": "2026-11-23T04:00:00Z"})
    caller.control(rotate_client_secret={"client_id": client_id, "secret": "new"})
    assert caller.log_in().status_code == 401
    assert caller.log_in(client_secret="new").status_code == 200
    with pytest.raises(ValueError, match="no application"):
        caller.control(end_client_secret="unknown")
