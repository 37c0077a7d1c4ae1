"""Access tokens end, refresh tokens are revoked: the first nobody notices, the second is said once and mended once."""

from tests.invariants import assert_invariants
from tests.stand_ins.amazon import CANARIES

COUNT_ORDERS = "SELECT count(*) FROM sale_order WHERE oms_channel_id = %s"
PROGRESS = "SELECT complete_until, page FROM oms_channel_state WHERE channel_id = %s AND entity = 'orders'"
TOKEN = CANARIES["refresh_token"]


def test_access_token_that_ends_between_two_pages(shop):
    ids = shop.amazon.generate(130)
    shop.amazon.fail("expire_token", "searchOrders", skip=1)
    shop.sync()
    statuses = [request["status"] for request in shop.amazon.requests("searchOrders")]
    assert statuses == [200, 403, 200], "the fault did not hit the second page, or it was asked more than once again"
    assert len(shop.amazon.ledger("token_issued")) == 2
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(len(ids),)]
    assert shop.channel_card()["health"] == "ok"
    assert_invariants(shop)


def test_access_token_that_ends_before_a_parcel_is_confirmed(shop):
    (number,) = shop.amazon.generate(1, kind="standard")
    shop.sync()
    shop.amazon.control(expire_access_tokens=True)
    shop.ship(number)
    shop.settle()
    assert [request["status"] for request in shop.amazon.requests("confirmShipment")] == [403, 204]
    assert len(shop.amazon.ledger("shipment_confirmed", number)) == 1
    assert_invariants(shop)


def test_revoked_sign_in_keeps_the_queue_and_catches_up(shop):
    (sold,) = shop.amazon.generate(1, kind="standard")
    shop.sync()
    import_from = shop.call("oms.channel", "read", [shop.channel], ["import_from"])[0]["import_from"]
    progress = shop.sql(PROGRESS, shop.channel)
    shop.amazon.control(revoke_refresh_token=TOKEN)

    shop.ship(sold)
    shop.settle()
    card = shop.channel_card()
    assert (card["state"], card["health"]) == ("signed_out", "failing")
    assert "sign-in" in card["health_text"]
    problems = shop.sql("SELECT reason FROM oms_exception WHERE channel_id = %s AND state = 'open'", shop.channel)
    assert problems == [("signed_out",)]
    assert shop.sql("SELECT state FROM oms_outbox WHERE channel_id = %s", shop.channel) == [("retry",)]

    missed = shop.amazon.generate(20)
    asked = len(shop.amazon.requests())
    shop.skip_waits()
    shop.tick()
    shop.settle()
    assert len(shop.amazon.requests()) == asked, "a signed out account is not to be asked anything"
    assert shop.sql(PROGRESS, shop.channel) == progress

    shop.amazon.control(allow_refresh_token=TOKEN)
    shop.call("oms.channel", "action_check", [shop.channel])
    shop.settle()
    shop.tick()
    shop.settle()
    card = shop.channel_card()
    assert (card["state"], card["health"]) == ("live", "ok")
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(1 + len(missed),)]
    assert len(shop.amazon.ledger("shipment_confirmed", sold)) == 1
    assert not shop.sql(
        "SELECT 1 FROM oms_exception WHERE channel_id = %s AND reason = 'signed_out' AND state = 'open'", shop.channel
    )
    assert shop.call("oms.channel", "read", [shop.channel], ["import_from"])[0]["import_from"] == import_from
    assert_invariants(shop)


def test_wrong_secret_is_said_in_words(shop):
    shop.call("oms.channel", "write", [shop.channel], {"amazon_client_secret": "not-the-one"})
    shop.amazon.generate(5)
    shop.sync()
    assert shop.channel_card()["state"] == "signed_out"
    shop.call("oms.channel", "write", [shop.channel], {"amazon_client_secret": CANARIES["client_secret"]})
    shop.call("oms.channel", "action_check", [shop.channel])
    shop.settle()
    assert shop.sql(COUNT_ORDERS, shop.channel) == [(5,)]
    assert_invariants(shop)
