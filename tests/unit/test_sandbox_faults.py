"""Planned faults, over a real socket where the connection itself is at fault."""

import http.client
import json
import threading
import time

import pytest

from sandbox.caller import Caller
from sandbox.faults import BadFault, FaultPlan, read_fault
from sandbox.server import make_http_server
from tests.sandbox_calls import EXAMPLE_ID, LONG_AGO, ORDERS, make_notice, shipment_path

ORDER = f"{ORDERS}/{EXAMPLE_ID}"
SHIP = shipment_path()
NOTICE = make_notice()


@pytest.fixture
def caller():
    caller = Caller()
    caller.log_in()
    return caller


@pytest.fixture
def port(caller):
    server = make_http_server(caller.sandbox)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server.server_port
    server.shutdown()
    server.server_close()
    thread.join()


def request(port, caller, method="GET", path=ORDER, body=None):
    """Send one request over a socket; return the status and the body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        headers = {"x-amz-access-token": caller.token, "Content-Type": "application/json"}
        connection.request(method, "/amazon" + path, body=body and json.dumps(body), headers=headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def plan(caller, fault, **options):
    return caller.control(faults=[{"fault": fault, **options}])


def test_drop_before_has_no_effect(caller, port):
    plan(caller, "drop_before", match={"operation": "confirmShipment"})
    with pytest.raises(http.client.RemoteDisconnected):
        request(port, caller, "POST", SHIP, NOTICE)
    assert caller.ledger("shipment_confirmed") == []
    assert request(port, caller, "POST", SHIP, NOTICE) == (204, b"")


def test_drop_after_has_the_effect_and_no_answer(caller, port):
    plan(caller, "drop_after", match={"operation": "confirmShipment"})
    with pytest.raises(http.client.RemoteDisconnected):
        request(port, caller, "POST", SHIP, NOTICE)
    assert len(caller.ledger("shipment_confirmed")) == 1
    assert request(port, caller, "POST", SHIP, NOTICE) == (204, b"")
    assert [e["kind"] for e in caller.ledger()][-2:] == ["shipment_confirmed", "shipment_unchanged"]


def test_truncated_body_ends_before_its_length(caller, port):
    plan(caller, "truncate")
    with pytest.raises(http.client.IncompleteRead) as caught:
        request(port, caller)
    assert len(caught.value.partial) > 100


def test_cleanly_truncated_body_is_only_broken_json(caller, port):
    plan(caller, "truncate", clean=True)
    status, body = request(port, caller)
    assert status == 200
    with pytest.raises(ValueError):
        json.loads(body)


def test_slow_body_takes_its_time_and_is_complete(caller, port):
    plan(caller, "slow_body", seconds=0.5)
    started = time.monotonic()
    status, body = request(port, caller)
    assert time.monotonic() - started >= 0.45
    assert (status, json.loads(body)["order"]["orderId"]) == (200, "114-9876543-1234567")


def test_latency_waits_and_does_not_hold_up_others(caller, port):
    plan(caller, "latency", seconds=1.5, match={"operation": "getOrder"})
    slow = threading.Thread(target=request, args=(port, caller))
    started = time.monotonic()
    slow.start()
    time.sleep(0.2)
    assert request(port, caller, path="/sellers/v1/marketplaceParticipations")[0] == 200
    assert time.monotonic() - started < 1.4
    slow.join()
    assert time.monotonic() - started >= 1.5


def test_status_refuses_without_the_effect(caller):
    plan(caller, "status", status=429, retry_after=7, match={"operation": "confirmShipment"}, times=2)
    for _turn in range(2):
        response = caller.call("POST", SHIP, body=NOTICE)
        assert response.status_code == 429
        assert response.headers["Retry-After"] == "7"
        assert response.json["errors"][0]["code"] == "QuotaExceeded"
    assert caller.ledger("shipment_confirmed") == []
    assert caller.call("POST", SHIP, body=NOTICE).status_code == 204


def test_status_after_has_the_effect(caller):
    plan(caller, "status", status=500, when="after")
    response = caller.call("POST", SHIP, body=NOTICE)
    assert (response.status_code, response.json["errors"][0]["code"]) == (500, "InternalFailure")
    assert len(caller.ledger("shipment_confirmed")) == 1


def test_garbage_is_a_page_with_status_200(caller):
    plan(caller, "garbage")
    response = caller.call("GET", ORDER)
    assert response.status_code == 200
    assert response.content_type.startswith("text/html")
    plan(caller, "garbage", body='{"orders": [NaN]}', content_type="application/json", status=200)
    assert caller.call("GET", ORDER).data == b'{"orders": [NaN]}'


def test_redirect_points_where_it_was_told(caller):
    plan(caller, "redirect", location="http://169.254.169.254/latest")
    response = caller.call("GET", ORDER)
    assert (response.status_code, response.headers["Location"]) == (302, "http://169.254.169.254/latest")


def test_expire_token_ends_the_token_in_use(caller):
    plan(caller, "expire_token", match={"operation": "searchOrders"})
    response = caller.call("GET", ORDERS, LONG_AGO)
    assert response.status_code == 403
    assert "expired" in response.json["errors"][0]["details"]
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 403
    caller.log_in()
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 200


def order_ids(response):
    return [order["orderId"] for order in response.json["orders"]]


def test_page_with_a_duplicate_and_page_turned_round(caller):
    plain = order_ids(caller.call("GET", ORDERS, LONG_AGO))
    plan(caller, "duplicate_items")
    assert order_ids(caller.call("GET", ORDERS, LONG_AGO)) == [*plain, plain[0]]
    plan(caller, "reorder_page")
    assert order_ids(caller.call("GET", ORDERS, LONG_AGO)) == plain[::-1]
    assert order_ids(caller.call("GET", ORDERS, LONG_AGO)) == plain


def test_skip_lets_the_first_requests_pass(caller):
    plan(caller, "status", status=503, skip=2, times=1)
    assert [caller.call("GET", ORDER).status_code for _turn in range(4)] == [200, 200, 503, 200]


def test_fault_without_an_end_lasts_until_healed(caller):
    plan(caller, "status", status=503, times=None)
    assert [caller.call("GET", ORDER).status_code for _turn in range(3)] == [503] * 3
    assert caller.send("DELETE", "/__faults").status_code == 200
    assert caller.call("GET", ORDER).status_code == 200


@pytest.mark.parametrize(
    ("match", "hit"),
    [
        ({}, True),
        ({"operation": "*"}, True),
        ({"operation": "get*"}, True),
        ({"operation": "token"}, False),
        ({"method": "GET", "path": "*/114-*"}, True),
        ({"path": "*/171-*"}, False),
        ({"seller": "A1OMSSANDBOX"}, True),
        ({"seller": "A2*"}, False),
    ],
)
def test_match_narrows_down(caller, match, hit):
    plan(caller, "status", status=503, match=match)
    assert caller.call("GET", ORDER).status_code == (503 if hit else 200)


def test_two_faults_can_hit_one_request():
    plan_of_two = FaultPlan()
    plan_of_two.add([read_fault({"fault": "status"}), read_fault({"fault": "latency"})])
    assert [fault.fault for fault in plan_of_two.take({"operation": "getOrder"})] == ["latency", "status"]
    assert plan_of_two.listed() == []


@pytest.mark.parametrize(
    "data",
    [
        {"fault": "explode"},
        {},
        "drop_after",
        {"fault": "latency", "match": {"operaton": "token"}},
        {"fault": "latency", "secs": 3},
        {"fault": "redirect"},
    ],
)
def test_misspelt_fault_is_refused(data):
    with pytest.raises(BadFault):
        read_fault(data)


def test_requests_show_the_fault_that_hit(caller):
    plan(caller, "status", status=503)
    caller.call("GET", ORDER)
    last = caller.send("GET", "/__requests", {"operation": "getOrder"}).json["requests"][-1]
    assert (last["faults"], last["status"]) == (["status"], 503)
