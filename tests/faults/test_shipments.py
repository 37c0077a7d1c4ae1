"""Parcels are confirmed to the channel exactly once, whatever happens to the question or to the answer."""

import pytest

from tests.faults.jobs import twins
from tests.invariants import assert_invariants

OUTBOX = "SELECT state FROM oms_outbox WHERE channel_id = %s"
US = "ATVPDKIKX0DER"


@pytest.fixture
def order(shop):
    """An order that is reserved and ready to be sent, by its number on the channel."""
    number = shop.amazon.generate(1, kind="standard", marketplace_id=US)[0]
    shop.sync()
    return number


def confirmations(shop):
    """Return how often the channel was asked to take a parcel."""
    return len(shop.amazon.requests("confirmShipment"))


def assert_told_once(shop, number):
    shop.settle()
    assert shop.sql(OUTBOX, shop.channel) == [("done",)]
    assert len(shop.amazon.ledger("shipment_confirmed", number)) == 1
    assert not shop.amazon.ledger("shipment_edited", number)
    assert_invariants(shop)


@pytest.mark.parametrize(
    "fault",
    [
        {"fault": "drop_after"},
        {"fault": "status", "status": 500, "when": "after"},
        {"fault": "status", "status": 503, "when": "after"},
    ],
    ids=["no-answer", "500", "503"],
)
def test_effect_whose_answer_is_lost_is_looked_up(shop, order, fault):
    shop.amazon.fail(operation="confirmShipment", **fault)
    shop.ship(order)
    shop.settle()
    assert shop.sql(OUTBOX + " AND is_uncertain", shop.channel) == [("retry",)]
    looked = len(shop.amazon.requests("getOrder"))
    shop.recover()
    assert len(shop.amazon.requests("getOrder")) > looked, "it was not looked up"
    assert confirmations(shop) == 1, "it was sent again without need"
    assert_told_once(shop, order)


def test_doubt_outlives_a_look_that_fails(shop, order):
    """The answer is lost, and then so is the answer to "do you have it?": still nothing is sent blindly."""
    shop.amazon.fail("drop_after", "confirmShipment")
    shop.ship(order)
    shop.settle()
    for fault in ({"fault": "status", "status": 503}, {"fault": "status", "status": 429, "retry_after": 1}):
        shop.amazon.fail(operation="getOrder", **fault)
        shop.skip_waits()  # and no clock: its job beside the waiting one would look twice
        shop.settle()
    assert len([each for each in shop.amazon.requests("getOrder") if each["faults"]]) == 2
    shop.recover()
    assert confirmations(shop) == 1, "it was sent again without a look"
    assert_told_once(shop, order)


def test_many_parcels_at_once_go_at_the_channels_pace(shop):
    """Amazon takes ten and then two a second. Waiting for that is no trouble, and nobody falls behind for long."""
    numbers = shop.amazon.generate(30, kind="standard", lines=[1, 1])
    shop.sync()
    for place, number in enumerate(numbers):
        shop.ship(number, tracking=f"MANY-{place}")
    shop.wait_until(
        lambda: shop.sql(OUTBOX + " AND state <> 'done'", shop.channel) == [], "all parcels to be told", patience=60
    )
    shop.settle()
    assert confirmations(shop) == len(numbers)
    assert shop.channel_card()["health"] == "ok"
    assert_invariants(shop)


@pytest.mark.parametrize(
    "fault",
    [{"fault": "drop_before"}, {"fault": "status", "status": 502}, {"fault": "status", "status": 429}],
    ids=["no-answer", "502", "429"],
)
def test_question_that_is_lost_is_asked_again(shop, order, fault):
    shop.amazon.fail(operation="confirmShipment", **fault)
    shop.ship(order)
    shop.wait_until(lambda: confirmations(shop) == 1, "the first try")
    assert not shop.amazon.ledger("shipment_confirmed")
    shop.settle()
    shop.recover()
    shop.wait_until(lambda: confirmations(shop) == 2, "the second try")
    assert_told_once(shop, order)


def test_channel_out_of_reach_for_a_while(shop, order):
    shop.sandbox.kill()
    shop.ship(order)
    shop.settle()
    shop.sync()
    assert shop.sql(OUTBOX, shop.channel) == [("retry",)]
    assert shop.channel_card()["health"] == "slow"
    shop.sandbox.start()
    shop.recover()
    assert_told_once(shop, order)
    assert shop.channel_card()["health"] == "ok"


def test_channel_dies_with_the_effect_done(shop, order):
    """Both sides may crash: the channel keeps the parcel, we never hear of it."""
    shop.amazon.fail("crash_after", "confirmShipment")
    shop.ship(order)
    shop.wait_until(lambda: not shop.sandbox.is_running(), "the sandbox to die")
    shop.sandbox.start()
    shop.recover()
    assert_told_once(shop, order)


def test_two_senders_of_one_message(shop, order):
    shop.amazon.fail("latency", "confirmShipment", seconds=1)
    with twins(shop, "_job_send"):
        shop.ship(order)
        shop.settle()
    assert confirmations(shop) == 1
    assert_told_once(shop, order)


def test_transfer_validated_twice_is_one_parcel(shop, order):
    (picking,) = shop.ship(order)
    shop.settle()
    shop.call("stock.picking", "write", [picking], {"carrier_tracking_ref": "TRACK-1"})
    shop.settle()
    assert_told_once(shop, order)


def test_tracking_corrected_afterwards_is_a_correction(shop, order):
    """The parcel stays one; the channel gets the right number."""
    (picking,) = shop.ship(order, tracking="WRONG-1")
    shop.settle()
    shop.call("stock.picking", "write", [picking], {"carrier_tracking_ref": "RIGHT-1"})
    shop.settle()
    assert len(shop.amazon.ledger("shipment_confirmed", order)) == 1
    (edited,) = shop.amazon.ledger("shipment_edited", order)
    assert edited["body"]["trackingNumber"] == "RIGHT-1"
    assert_invariants(shop)
