"""Cancelling and refunding by feed at the Amazon stand-in."""

from decimal import Decimal

import pytest

from sandbox.caller import Caller
from tests.sandbox_calls import EXAMPLE_ID, EXAMPLE_ITEM, MOMENT, make_notice, shipment_path
from tests.sandbox_feeds import XML, make_envelope, submit_feed, submit_xml

CANCEL = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
REFUND = "POST_PAYMENT_ADJUSTMENT_DATA"


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def make_order(caller, seed=1, **wish):
    """Let a buyer order; return the order as it is."""
    wish = {"kind": "standard", "lines": [2, 2], "marketplace_id": "A1PA6795UKMFR9", **wish}
    [order_id] = caller.control(generate={"count": 1, "seed": seed, **wish})["generate"]
    return order_now(caller, order_id)


def order_now(caller, order_id):
    return state(caller)["orders"][order_id]


def state(caller):
    return caller.send("GET", "/__state").json["amazon"]


def ship(caller, order, items=None):
    """Confirm a parcel with some items of an order, all by default."""
    pairs = [(item["orderItemId"], item["quantityOrdered"]) for item in items or order["orderItems"]]
    notice = {**make_notice(pairs), "marketplaceId": order["salesChannel"]["marketplaceId"]}
    assert caller.call("POST", shipment_path(order["orderId"]), body=notice).status_code == 204
    return order_now(caller, order["orderId"])


def cancellation(order, *reasons, status="Failure"):
    """Return the content of a message that cancels the first items of an order, each for a reason."""
    items = "".join(
        f"<Item><AmazonOrderItemCode>{item['orderItemId']}</AmazonOrderItemCode><CancelReason>{reason}</CancelReason></Item>"
        for item, reason in zip(order["orderItems"], reasons, strict=False)
    )
    return f"<AmazonOrderID>{order['orderId']}</AmazonOrderID><StatusCode>{status}</StatusCode>{items}"


def refund(order, place=0, reason="CustomerReturn", more="", **components):
    """Return the content of a message that refunds one item of an order by components."""
    item = order["orderItems"][place]
    currency = item["proceeds"]["proceedsTotal"]["currencyCode"]
    parts = "".join(
        f'<Component><Type>{name}</Type><Amount currency="{currency}">{amount}</Amount></Component>'
        for name, amount in components.items()
    )
    return (
        f"<AmazonOrderID>{order['orderId']}</AmazonOrderID><AdjustedItem>"
        f"<AmazonOrderItemCode>{item['orderItemId']}</AmazonOrderItemCode>"
        f"<AdjustmentReason>{reason}</AdjustmentReason><ItemPriceAdjustments>{parts}</ItemPriceAdjustments>{more}</AdjustedItem>"
    )


def goods_of(item):
    [part] = [part for part in item["proceeds"]["breakdowns"] if part["type"] == "ITEM"]
    return Decimal(part["subtotal"]["amount"])


def test_whole_order_is_cancelled_and_its_stock_comes_back(caller):
    before = state(caller)["listings"]
    order = make_order(caller)
    assert state(caller)["listings"] != before
    answer = submit_xml(
        caller, CANCEL, make_envelope("OrderAcknowledgement", cancellation(order, "NoInventory", "PricingError"))
    )
    counts = {"MessagesProcessed": 1, "MessagesSuccessful": 1, "MessagesWithError": 0, "MessagesWithWarning": 0}
    assert answer == ("DONE", counts, [])
    now = order_now(caller, order["orderId"])
    assert now["fulfillment"]["fulfillmentStatus"] == "CANCELLED"
    executions = [item["cancellation"]["cancellationExecution"] for item in now["orderItems"]]
    assert [e["cancelReason"] for e in executions] == ["NoInventory", "PricingError"]
    assert {e["cancelledBy"] for e in executions} == {"MERCHANT"}
    assert state(caller)["listings"] == before
    [entry] = caller.ledger("order_cancelled")
    assert entry["key"] == order["orderId"]


def test_one_item_is_cancelled_and_the_other_can_still_be_shipped(caller):
    order = make_order(caller)
    submit_xml(caller, CANCEL, make_envelope("OrderAcknowledgement", cancellation(order, "NoInventory")))
    now = order_now(caller, order["orderId"])
    assert now["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"
    gone = [(now["orderItems"][0]["orderItemId"], 1)]
    notice = {**make_notice(gone), "marketplaceId": order["salesChannel"]["marketplaceId"]}
    assert caller.call("POST", shipment_path(order["orderId"]), body=notice).status_code == 400
    assert ship(caller, now, now["orderItems"][1:])["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_cancelling_what_is_left_of_a_shipped_order_ends_it(caller):
    order = make_order(caller)
    ship(caller, order, order["orderItems"][1:])
    submit_xml(caller, CANCEL, make_envelope("OrderAcknowledgement", cancellation(order, "NoInventory")))
    assert order_now(caller, order["orderId"])["fulfillment"]["fulfillmentStatus"] == "SHIPPED"


def test_each_message_that_cannot_cancel_says_why(caller):
    open_order, shipped, fba = make_order(caller), make_order(caller, seed=2), make_order(caller, seed=3, kind="fba")
    ship(caller, shipped)
    made_up = {"orderId": "302-0000000-0000000", "orderItems": open_order["orderItems"]}
    unknown_item = {**open_order, "orderItems": [{"orderItemId": "1"}]}
    contents = [
        cancellation(open_order, "NoInventory"),
        cancellation(shipped, "NoInventory"),
        cancellation(fba, "NoInventory"),
        cancellation(made_up, "NoInventory"),
        cancellation(unknown_item, "NoInventory"),
        cancellation(open_order, "Whim"),
        cancellation(open_order),
        cancellation(open_order, "NoInventory"),
        cancellation(open_order, "NoInventory", status="Maybe"),
        cancellation(open_order, "NoInventory") + "<CancelReason>NoInventory</CancelReason>",
    ]
    status, counts, refused = submit_xml(caller, CANCEL, make_envelope("OrderAcknowledgement", *contents))
    assert (status, counts["MessagesSuccessful"], counts["MessagesWithError"]) == ("DONE", 1, 9)
    assert [number for number, _text in refused] == [str(number) for number in range(2, 11)]
    words = ("SHIPPED", "Amazon", "exist", "no item", "CancelReason", "Item", "already", "StatusCode", "CancelReason")
    for (_number, text), word in zip(refused, words, strict=True):
        assert word in text
    assert len(caller.ledger("order_cancelled")) == 1


def test_success_acknowledges_and_changes_nothing(caller):
    order = make_order(caller)
    assert (
        submit_xml(caller, CANCEL, make_envelope("OrderAcknowledgement", cancellation(order, status="Success")))[2]
        == []
    )
    assert order_now(caller, order["orderId"]) == order
    assert [entry["key"] for entry in caller.ledger("order_acknowledged")] == [order["orderId"]]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<AmazonEnvelope>",
        b"{}",
        b"<Other/>",
        make_envelope("OrderAdjustment", "<AmazonOrderID>1</AmazonOrderID>"),
        make_envelope("OrderAcknowledgement", "", seller="A2"),
        make_envelope("OrderAcknowledgement"),
        b'<!DOCTYPE a [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + make_envelope("OrderAcknowledgement", "&e;")[38:],
        b'<!DOCTYPE a [<!ENTITY e "x">]><AmazonEnvelope><Header>&e;</Header></AmazonEnvelope>',
    ],
)
def test_document_that_is_no_envelope_is_fatal(caller, body):
    status, counts, refused = submit_xml(caller, CANCEL, body)
    assert (status, counts["MessagesProcessed"]) == ("FATAL", 0)
    assert [number for number, _text in refused] == ["0"]
    assert "root:" not in refused[0][1]


def test_refund_is_recorded_once_for_each_message(caller):
    order = ship(caller, make_order(caller))
    amount = goods_of(order["orderItems"][0])
    content = refund(order, Principal=amount, more="<QuantityCancelled>1</QuantityCancelled>")
    status, counts, refused = submit_xml(caller, REFUND, make_envelope("OrderAdjustment", content))
    assert (status, counts["MessagesSuccessful"], refused) == ("DONE", 1, [])
    [entry] = caller.ledger("refund_recorded")
    assert (entry["key"], entry["body"]["amount"]) == (order["orderId"], {"amount": str(amount), "currencyCode": "EUR"})
    assert entry["body"]["components"] == {"Principal": str(amount)}
    [kept] = state(caller)["refunds"][order["orderId"]]
    assert (kept["reason"], kept["quantityCancelled"], kept["by"]) == ("CustomerReturn", 1, "FEED")


def test_no_more_is_refunded_than_was_paid(caller):
    order = ship(caller, make_order(caller))
    amount = goods_of(order["orderItems"][0])
    twice = make_envelope("OrderAdjustment", *[refund(order, Principal=amount)] * 3)
    _status, counts, refused = submit_xml(caller, REFUND, twice)
    # Shipping was paid, too, but not as much as the goods.
    assert (counts["MessagesSuccessful"], counts["MessagesWithError"]) == (1, 2)
    assert all("left to refund" in text for _number, text in refused)
    above = make_envelope(
        "OrderAdjustment", refund(order, place=1, Principal=goods_of(order["orderItems"][1]) + Decimal("0.01"))
    )
    assert "above" in submit_xml(caller, REFUND, above)[2][0][1]
    assert len(caller.ledger("refund_recorded")) == 1


def test_goodwill_comes_on_top_and_a_fee_lowers_the_refund(caller):
    order = ship(caller, make_order(caller))
    amount = goods_of(order["orderItems"][0])
    body = make_envelope("OrderAdjustment", refund(order, Principal=amount, Goodwill="5.00", RestockingFee="-2.00"))
    assert submit_xml(caller, REFUND, body)[2] == []
    [entry] = caller.ledger("refund_recorded")
    assert Decimal(entry["body"]["amount"]["amount"]) == amount + 3


def test_each_message_that_cannot_refund_says_why(caller):
    shipped, open_order = ship(caller, make_order(caller)), make_order(caller, seed=2)
    fba = make_order(caller, seed=3, kind="fba")
    other_item = {**shipped, "orderItems": [{**shipped["orderItems"][0], "orderItemId": "1"}]}
    contents = [
        refund(open_order, Principal="1.00"),
        refund(fba, Principal="1.00"),
        refund(other_item, Principal="1.00"),
        refund({**shipped, "orderId": "302-0000000-0000000"}, Principal="1.00"),
        refund(shipped, Principal="-1.00"),
        refund(shipped, Principal="1.001"),
        refund(shipped, Principal="one"),
        refund(shipped, reason="Whim", Principal="1.00"),
        refund(shipped, Everything="1.00"),
        refund(shipped),
        refund(shipped, Principal="1.00").replace("EUR", "USD"),
        refund(shipped, Principal="1.00", more="<QuantityCancelled>99</QuantityCancelled>"),
        refund(shipped, Principal="1.00", more="<QuantityCancelled>0</QuantityCancelled>"),
        refund(shipped, GiftWrap="1.00"),
        refund(shipped, Principal="1.00") + "<ActionType>Cancel</ActionType>",
    ]
    _status, counts, refused = submit_xml(caller, REFUND, make_envelope("OrderAdjustment", *contents))
    assert counts["MessagesWithError"] == len(contents) == len(refused)
    words = (
        "UNSHIPPED", "Amazon", "no item", "exist", "credit", "decimals", "amount", "AdjustmentReason", "Type",
        "Component", "currency", "ordered", "above zero", "above", "ActionType",
    )  # fmt: skip
    for (_number, text), word in zip(refused, words, strict=True):
        assert word in text
    assert caller.ledger("refund_recorded") == []


def test_report_names_order_and_item_of_what_was_refused(caller):
    order = ship(caller, make_order(caller))
    feed = submit_feed(caller, REFUND, make_envelope("OrderAdjustment", refund(order, Principal="9999.00")), XML)
    described = caller.call("GET", f"/feeds/2021-06-30/documents/{feed['resultFeedDocumentId']}").json
    text = caller.visit("GET", described["url"]).text
    assert f"<AmazonOrderID>{order['orderId']}</AmazonOrderID>" in text
    assert f"<AmazonOrderItemCode>{order['orderItems'][0]['orderItemId']}</AmazonOrderItemCode>" in text


def test_taxes_on_top_are_components_of_their_own(caller):
    order = ship(caller, make_order(caller, kind="facilitator", marketplace_id="ATVPDKIKX0DER"))
    [tax] = [part for part in order["orderItems"][0]["proceeds"]["breakdowns"] if part["type"] == "TAX"]
    amount = next(entry["value"]["amount"] for entry in tax["detailedBreakdowns"] if entry["subtype"] == "ITEM")
    content = refund(order, Principal=goods_of(order["orderItems"][0]), Tax=amount)
    assert submit_xml(caller, REFUND, make_envelope("OrderAdjustment", content))[2] == []


def test_refund_elsewhere_counts_as_refunded(caller):
    order = ship(caller, make_order(caller))
    item = order["orderItems"][0]
    caller.control(refund_elsewhere={"orderId": order["orderId"], "orderItemId": item["orderItemId"]})
    [entry] = caller.ledger("refund_recorded")
    assert entry["body"]["amount"] == item["proceeds"]["proceedsTotal"]
    body = make_envelope("OrderAdjustment", refund(order, Principal="0.01"))
    assert "left to refund" in submit_xml(caller, REFUND, body)[2][0][1]
    with pytest.raises(ValueError, match="no item"):
        caller.control(refund_elsewhere={"orderId": order["orderId"], "orderItemId": "1"})


def test_misshapen_order_ends_the_feed_and_nothing_else(caller):
    caller.control(add_orders=[{"orderId": "1", "fulfillment": {"fulfillmentStatus": "UNSHIPPED"}}])
    broken = {"orderId": "1", "orderItems": [{"orderItemId": "1"}]}
    feed = submit_feed(caller, CANCEL, make_envelope("OrderAcknowledgement", cancellation(broken, "NoInventory")), XML)
    assert feed["processingStatus"] == "FATAL"
    [entry] = caller.ledger("feed_failed")
    assert "orderItems" in entry["body"]["problem"]
    assert make_order(caller)["orderId"]


def test_buyer_who_asks_for_a_cancellation_gets_it_by_feed(caller):
    caller.control(cancel_order={"orderId": EXAMPLE_ID, "request_only": True})
    order = order_now(caller, EXAMPLE_ID)
    submit_xml(caller, CANCEL, make_envelope("OrderAcknowledgement", cancellation(order, "BuyerCanceled")))
    [item] = order_now(caller, EXAMPLE_ID)["orderItems"]
    assert item["orderItemId"] == EXAMPLE_ITEM
    assert set(item["cancellation"]) == {"cancellationRequest", "cancellationExecution"}
