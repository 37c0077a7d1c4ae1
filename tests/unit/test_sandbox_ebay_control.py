"""The eBay stand-in from the side: restart, reset, faults, settings, and what is kept out of the journal."""

import json

import pytest

from sandbox.clock import Clock
from sandbox.disk import Disk
from sandbox.ebay.caller import EbayCaller
from sandbox.server import Sandbox
from sandbox.world import World
from tests.ebay_calls import BULK, KEYS, LONG_AGO, MOMENT, NOTIFICATION, ORDERS, RETURNS, WHOLE, make_order, ship


def restart(path):
    return EbayCaller(Sandbox(World(clock=Clock(lambda: MOMENT), disk=Disk(str(path)))))


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


def test_everything_is_there_after_a_restart(tmp_path):
    path = tmp_path / "state.jsonl"
    first = restart(path)
    order = make_order(first, lines=(2, 2))
    line = order["lineItems"][0]
    ship(first, order, [(line["lineItemId"], 1)])
    first.control(generate={"count": 4, "seed": 9}, remove_listing="OMS-0002", clock_offset=-5, paging="keyset")
    first.control(open_return={"orderId": order["orderId"], "lineItemId": line["lineItemId"]})
    other = make_order(first)
    first.control(cancel_order={"orderId": other["orderId"], "request_only": True}, drop_scope="sell.account")
    refund = {"value": "1.00", "currency": "USD"}
    third = make_order(first)
    body = {"reasonForRefund": "OTHER_ADJUSTMENT", "orderLevelRefundAmount": refund}
    assert first.call("POST", f"{ORDERS}/{third['orderId']}/issue_refund", body=body).status_code == 200
    stock = {"requests": [{"sku": "OMS-0001", "shipToLocationAvailability": {"quantity": 3}}]}
    first.call("POST", BULK, body=stock)
    key = first.call("POST", KEYS, body={"signingKeyCipher": "ED25519"}).json
    [shipped_id] = first.control(
        add_orders=[{**order, "orderId": "01-00000-00001", "orderFulfillmentStatus": "FULFILLED"}]
    )["add_orders"]
    first.control(update_order={"orderId": shipped_id, "set": {"buyerCheckoutNotes": "by the door"}})
    first.control(notify={"topic": "MARKETPLACE_ACCOUNT_DELETION", "url": "http://127.0.0.1:1/x"})
    first.call("PUT", f"{NOTIFICATION}/config", body={"alertEmail": "a@shop.example"})

    second = restart(path)
    second.token = first.token
    assert second.sandbox.is_restored
    for view in ("/__state", "/__ledger", "/__control"):
        assert second.send("GET", view).json == first.send("GET", view).json
    for path_below, query in (
        (ORDERS, {**LONG_AGO, **WHOLE}),
        (f"{ORDERS}/{order['orderId']}/shipping_fulfillment", {}),
        (f"{RETURNS}/search", {}),
        (f"{KEYS}/{key['signingKeyId']}", {}),
        (f"{NOTIFICATION}/config", {}),
    ):
        assert second.call("GET", path_below, query).json == first.call("GET", path_below, query).json
    kid = first.sandbox.channels["ebay"].notifications.notary.key_id
    public = f"{NOTIFICATION}/public_key/{kid}"
    assert second.call("GET", public).json == first.call("GET", public).json
    more = {"count": 2, "seed": 9}
    assert second.control(generate=more)["generate"] == first.control(generate=more)["generate"]
    second.control(clock_offset=60)
    second.log_in()
    assert second.state()["orders"][third["orderId"]]["orderPaymentStatus"] == "PARTIALLY_REFUNDED"


def test_reset_clears_everything_but_the_offers(caller):
    make_order(caller)
    caller.control(pii=False, drop_scope="sell.inventory")
    caller.log_in()
    assert caller.control(reset=True)["reset"] is True
    assert caller.call("GET", ORDERS).status_code == 401
    caller.log_in()
    assert caller.call("GET", ORDERS).json["total"] == 0
    assert caller.call("GET", "/sell/inventory/v1/offer").json["total"] == 200
    assert caller.state()["settings"]["pii"] is True


def test_ids_go_on_after_a_restart(tmp_path):
    path = tmp_path / "state.jsonl"
    first = restart(path)
    order = make_order(first)
    one = first.control(cancel_order={"orderId": order["orderId"], "request_only": True})["cancel_order"]
    second = restart(path)
    two = second.control(cancel_order={"orderId": make_order(second)["orderId"], "request_only": True})["cancel_order"]
    assert one != two


def test_faults_match_by_channel_and_operation(caller):
    order = make_order(caller)
    caller.control(faults=[{"fault": "status", "status": 503, "retry_after": 7, "match": {"operation": "getOrders"}}])
    assert caller.call("GET", f"{ORDERS}/{order['orderId']}").status_code == 200
    refused = caller.call("GET", ORDERS)
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "7")
    assert refused.json["errors"][0]["domain"] == "ACCESS"
    caller.control(faults=[{"fault": "expire_token", "match": {"channel": "ebay", "operation": "getOrders"}}])
    assert caller.call("GET", ORDERS).status_code == 401
    caller.log_in()
    caller.control(faults=[{"fault": "duplicate_items", "match": {"operation": "getOrders"}}])
    assert len(caller.call("GET", ORDERS, LONG_AGO).json["orders"]) == 2
    caller.control(faults=[{"fault": "status", "status": 500, "match": {"operation": "token"}}])
    assert caller.log_in().status_code == 500


def test_operations_are_named_as_in_the_documents(caller):
    order = make_order(caller)
    ship(caller, order)
    caller.call("GET", f"{RETURNS}/search")
    caller.call("GET", "/sell/fulfillment/v2/order")
    seen = [entry["operation"] for entry in caller.send("GET", "/__requests", {"channel": "ebay"}).json["requests"]]
    assert seen == ["token", "getOrder", "createShippingFulfillment", "search", None]


def test_secrets_are_not_in_the_journal(caller):
    caller.log_in()
    code = caller.send(
        "GET",
        "/ebay/oauth2/authorize",
        {
            "client_id": "OmsSandbox-app",
            "redirect_uri": "Oms-Sandbox-RuName",
            "response_type": "code",
            "scope": "https://api.ebay.com/oauth/api_scope",
        },
    ).json["code"]
    caller.ask_for_token({"grant_type": "authorization_code", "code": code, "redirect_uri": "Oms-Sandbox-RuName"})
    delivery = {"endpoint": "http://127.0.0.1:1/x", "verificationToken": 'secret"\\' + "0" * 32}
    body = {"name": "shop", "status": "ENABLED", "deliveryConfig": delivery}
    caller.call("POST", f"{NOTIFICATION}/destination", body=body)
    caller.call("GET", ORDERS, {"code": "in-the-query"})
    journal = json.dumps(caller.send("GET", "/__requests").json)
    for secret in (code, caller.token, "sandbox-refresh", "SBX-oms-cert", "0" * 32, "in-the-query"):
        assert secret not in journal
    assert "(hidden)" in journal and "127.0.0.1:1" in journal


def test_live_selling_pays_what_is_old(caller):
    ebay = caller.sandbox.channels["ebay"]
    [order_id] = caller.control(generate={"count": 1, "kind": "unpaid"})["generate"]
    caller.control(clock_offset=200)
    assert ebay.sell_one() is not None
    assert caller.state()["orders"][order_id]["orderPaymentStatus"] == "PAID"
    ebay.fill_backlog(5)
    assert len(caller.state()["orders"]) == 7


@pytest.mark.parametrize(
    "wish",
    [
        {"generate": {"count": 1, "kind": "nonsense"}},
        {"generate": {"number": 1}},
        {"cancel_order": {"orderId": "none"}},
        {"cancel_order": {"orderId": "none", "by": "ME"}},
        {"revoke_refresh_token": "none"},
        {"remove_listing": "none"},
        {"open_return": {"orderId": "none", "lineItemId": "1"}},
        {"nonsense": 1},
    ],
)
def test_bad_wishes_are_refused_with_a_reason(caller, wish):
    with pytest.raises(ValueError, match="."):
        caller.control(**wish)


def test_amazon_is_as_it_was_beside_it(caller):
    caller.control(pii=False, generate={"count": 2})
    control = caller.send("GET", "/__control").json
    assert control["settings"]["pii"] is True
    assert len(caller.send("GET", "/__state").json["amazon"]["orders"]) == 8
