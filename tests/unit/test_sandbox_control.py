"""The control endpoint, the ledger, the record of requests, and the memory over a restart."""

import json
from datetime import datetime, timedelta, timezone

import pytest

from sandbox.caller import Caller
from sandbox.clock import Clock, from_text, shift_texts, to_text
from sandbox.disk import Disk
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox_calls import LONG_AGO, MOMENT, ORDERS


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


@pytest.mark.parametrize(
    "wishes",
    [
        {"fautls": []},
        {"faults": [{"fault": "explode"}]},
        {"generate": {"cuont": 1}},
        {"generate": {"count": 1, "kind": "odd"}},
        {"cancel_order": {"orderId": "114-0000000-0000001"}},
        {"remove_listing": "NO-SUCH"},
        {"clock_offset": "soon"},
        {"reset": "all"},
        {"add_account": {"seller_id": "A2"}},
        {"revoke_refresh_token": "nobody's"},
    ],
)
def test_misspelt_wish_is_refused_with_the_reason(caller, wishes):
    response = caller.send("POST", "/__control", body=wishes)
    assert response.status_code == 400
    assert response.json["error"]


def test_body_that_is_not_an_object_is_refused(caller):
    assert caller.send("POST", "/__control", body=b"{").status_code == 400
    assert caller.send("POST", "/__control", body=[]).status_code == 400
    assert caller.send("POST", "/__contrl", body={}).status_code == 404
    assert caller.send("GET", "/__ledger", {"after": "x"}).status_code == 400


def test_state_of_the_sandbox_can_be_seen(caller):
    caller.control(throttle=True, clock_offset=-60, faults=[{"fault": "latency", "seconds": 1}])
    shown = caller.send("GET", "/__control").json
    assert shown["settings"]["throttle"] is True
    assert (shown["clock_offset"], shown["now"]) == (-60, "2026-11-23T04:59:00Z")
    assert shown["faults"][0]["fault"] == "latency"


def test_state_shows_orders_and_quantities(caller):
    state = caller.send("GET", "/__state").json["amazon"]
    assert len(state["orders"]) == 8
    assert state["listings"]["OMS-0001"][0]["quantity"] == 33


def test_unknown_stand_in_is_not_found(caller):
    assert caller.send("GET", "/ebay/sell").status_code == 404
    assert caller.send("GET", "/").status_code == 404


def test_ledger_can_be_read_from_a_place_on(caller):
    caller.call("GET", ORDERS, LONG_AGO)
    first = caller.ledger()
    assert [entry["id"] for entry in first] == [1, 2]
    assert {"id", "at", "kind", "key", "body"} == set(first[0])
    assert caller.send("GET", "/__ledger", {"after": "1"}).json["count"] == 1
    assert caller.send("GET", "/__ledger", {"key": "A1OMSSANDBOX"}).json["count"] == 2
    assert caller.send("GET", "/__ledger", {"kind": "refund"}).json["entries"] == []


def test_requests_are_kept_without_secrets(caller):
    caller.call("GET", ORDERS, LONG_AGO)
    text = caller.send("GET", "/__requests").text
    for secret in (caller.token, caller.account["client_secret"], caller.account["refresh_token"]):
        assert secret not in text
    token, search = json.loads(text)["requests"]
    assert token["operation"] == "token"
    assert "grant_type=refresh_token" in token["body"]
    assert "Atzr" not in token["body"]
    assert (search["operation"], search["status"]) == ("searchOrders", 200)
    assert search["query"] == [["lastUpdatedAfter", "2020-01-01T00:00:00Z"]]


def test_reset_brings_the_beginning_back(caller):
    caller.control(generate={"count": 3, "seed": 4}, throttle=True, faults=[{"fault": "latency"}])
    caller.log_in()
    caller.control(reset=True)
    shown = caller.send("GET", "/__control").json
    assert (shown["settings"]["throttle"], shown["faults"]) == (False, [])
    assert caller.ledger() == []
    assert len(caller.send("GET", "/__state").json["amazon"]["orders"]) == 8
    assert caller.call("GET", ORDERS, LONG_AGO).status_code == 403
    caller.control(reset="empty")
    state = caller.send("GET", "/__state").json["amazon"]
    assert state["orders"] == {} and len(state["listings"]) > 200


def test_generated_orders_repeat_after_a_reset_and_go_on_without(caller):
    first = caller.control(generate={"count": 3, "seed": 4})["generate"]
    assert not set(first) & set(caller.control(generate={"count": 3, "seed": 4})["generate"])
    caller.control(reset="empty")
    assert caller.control(generate={"count": 3, "seed": 4})["generate"] == first


def test_generated_orders_are_seen_by_the_next_search(caller):
    caller.control(reset="empty")
    ids = caller.control(generate={"count": 5, "seed": 1})["generate"]
    orders = caller.call("GET", ORDERS, LONG_AGO).json["orders"]
    assert [order["orderId"] for order in orders] == ids
    assert len({order["lastUpdatedTime"] for order in orders}) == 5


def test_generated_orders_can_share_one_second(caller):
    caller.control(reset="empty", generate={"count": 5, "same_update_time": True, "age_seconds": 600})
    orders = caller.call("GET", ORDERS, LONG_AGO).json["orders"]
    assert {order["lastUpdatedTime"] for order in orders} == {"2026-11-23T04:50:00Z"}


def test_update_merges_and_moves_the_update_time(caller):
    order_id = "114-9876543-1234567"
    query = {"includedData": "RECIPIENT,FULFILLMENT"}
    before = caller.call("GET", f"{ORDERS}/{order_id}", query).json["order"]
    change = {"recipient": {"deliveryAddress": {"city": "Tacoma", "phone": None}}}
    caller.control(update_order={"orderId": order_id, "set": change})
    after = caller.call("GET", f"{ORDERS}/{order_id}", query).json["order"]
    address = after["recipient"]["deliveryAddress"]
    assert address["city"] == "Tacoma" and "phone" not in address
    assert address["addressLine1"] == before["recipient"]["deliveryAddress"]["addressLine1"]
    assert after["lastUpdatedTime"] == "2026-11-23T05:00:00Z"
    earlier = {"lastUpdatedTime": "2026-11-23T04:00:00Z"}
    assert (
        caller.control(update_order={"orderId": order_id, "set": earlier})["update_order"] == earlier["lastUpdatedTime"]
    )


def test_live_selling_pays_old_pending_orders(caller):
    amazon = caller.sandbox.channels["amazon"]
    [pending] = caller.control(generate={"count": 1, "kind": "pending", "age_seconds": 179})["generate"]
    seen = []
    for offset in (0, 1):
        caller.control(clock_offset=offset)
        amazon.sell_one()
        order = caller.call("GET", f"{ORDERS}/{pending}", {"includedData": "FULFILLMENT"}).json["order"]
        seen.append(order["fulfillment"]["fulfillmentStatus"])
    assert seen == ["PENDING", "UNSHIPPED"]
    assert len(caller.send("GET", "/__state").json["amazon"]["orders"]) == 8 + 1 + 2


def test_live_selling_stops_when_nothing_is_in_stock(caller):
    amazon = caller.sandbox.channels["amazon"]
    caller.control(reset="empty")
    for listing in list(amazon.seller().listings.values()):
        if listing["sku"] != "OMS-0001":
            amazon.seller().remove_listing(listing["sku"])
    caller.control(set_quantity={"sku": "OMS-0001", "quantity": 0})
    sold = [amazon.sell_one() for _turn in range(30)]
    state = caller.send("GET", "/__state").json["amazon"]
    # What the marketplace keeps itself goes on selling, and so do orders that were cancelled at once.
    for order_id in filter(None, sold):
        fulfillment = state["orders"][order_id]["fulfillment"]
        assert fulfillment["fulfilledBy"] == "AMAZON" or fulfillment["fulfillmentStatus"] == "CANCELLED"
    assert None in sold


def restart(path):
    return Caller(Sandbox(World(clock=Clock(lambda: MOMENT), disk=Disk(str(path)))))


def test_everything_is_there_after_a_restart(tmp_path):
    path = tmp_path / "state.jsonl"
    first = restart(path)
    first.call("GET", ORDERS, LONG_AGO)
    first.control(generate={"count": 4, "seed": 9}, remove_listing="OMS-0002", clock_offset=-5)
    first.control(unknown_sku="accept", cancel_order={"orderId": "114-9876543-1234567"})
    first.control(add_account={"client_id": "c", "client_secret": "s", "refresh_token": "r", "seller_id": "A2"})
    second = restart(path)
    second.token = first.token
    assert second.sandbox.is_restored
    for view in ("/__state", "/__ledger", "/__state?seller=A2"):
        assert second.send("GET", view).json == first.send("GET", view).json
    assert second.send("GET", "/__control").json == first.send("GET", "/__control").json
    everything = {**LONG_AGO, "includedData": "BUYER,FULFILLMENT,PROCEEDS"}
    assert second.call("GET", ORDERS, everything).json == first.call("GET", ORDERS, everything).json
    more = {"count": 2, "seed": 9}
    assert second.control(generate=more)["generate"] == first.control(generate=more)["generate"]


def test_half_a_last_line_is_a_change_that_never_happened(tmp_path):
    path = tmp_path / "state.jsonl"
    disk = Disk(str(path))
    disk.load()
    disk.put("a", "1", {"x": 1})
    disk.put("a", "2", {"x": 2})
    disk.put("a", "1", None)
    disk.close()
    path.write_bytes(path.read_bytes() + b'["a", "3", {"x"')
    assert Disk(str(path)).load() == {"a": {"2": {"x": 2}}}
    assert Disk(str(path)).load() == {"a": {"2": {"x": 2}}}


def test_reset_clears_the_disk_too(tmp_path):
    path = tmp_path / "state.jsonl"
    first = restart(path)
    first.control(generate={"count": 4})
    first.control(reset="empty")
    assert restart(path).send("GET", "/__state").json["amazon"]["orders"] == {}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T05:00:00Z", "2026-11-23T05:00:00Z"),
        ("2026-11-23t14:00:00.25+09:00", "2026-11-23T05:00:00.250Z"),
        ("2022-02-11T01:00:00.000Z", "2022-02-11T01:00:00Z"),
    ],
)
def test_times_are_read_with_their_zone(text, expected):
    assert to_text(from_text(text)) == expected


@pytest.mark.parametrize(
    "text", ["2026-11-23", "2026-11-23T05:00:00", "2026-02-30T05:00:00Z", "0001-01-01T00:00:00+14:00", "", "Z\n"]
)
def test_what_is_no_time_is_none(text):
    assert from_text(text) is None


def test_shift_moves_times_and_nothing_else():
    value = {"a": ["2026-11-23T05:00:00Z", "2024-12-31", 7, None], "b": {"c": "Hello 2026-11-23T05:00:00Z"}}
    assert shift_texts(value, timedelta(hours=1)) == {
        "a": ["2026-11-23T06:00:00Z", "2024-12-31", 7, None],
        "b": {"c": "Hello 2026-11-23T05:00:00Z"},
    }


def test_clock_follows_its_offset():
    clock = Clock(lambda: MOMENT + 0.9)
    assert clock.now() == datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)
    clock.offset = 3600
    assert clock.now_text() == "2026-11-23T06:00:00Z"
