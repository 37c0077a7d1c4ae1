"""An OpenMage shop and real processes: orders come in, and each of a parcel's two calls may be cut short."""

import pytest

OUTBOX = "SELECT state FROM oms_outbox WHERE channel_id = %s"


@pytest.fixture
def openmage(shop):
    """Open a live OpenMage channel on the sandbox, of which ``shop`` speaks from now on; give the shop's side door."""
    shop.connect("openmage")
    return shop.there


def orders(shop):
    return shop.sql(
        "SELECT oms_external_id, state, oms_total = amount_total FROM sale_order WHERE oms_channel_id = %s",
        shop.channel,
    )


@pytest.mark.parametrize("is_wsi", [False, True], ids=["rpc", "wsi"])
def test_orders_come_in_with_their_totals(shop, openmage, is_wsi):
    openmage.control(wsi=is_wsi)
    numbers = openmage.generate(25, kind="standard", age_seconds=600)
    shop.sync()
    assert {row[0] for row in orders(shop)} == set(numbers)
    assert {row[1:] for row in orders(shop)} == {("sale", True)}
    shop.sync()
    assert len(orders(shop)) == 25


@pytest.mark.parametrize("call", ["salesOrderShipmentCreate", "salesOrderShipmentAddTrack"])
def test_a_parcel_cut_short_is_told_once(shop, openmage, call):
    [number] = openmage.generate(1, kind="standard", age_seconds=600)
    shop.sync()
    openmage.control(faults=[{"fault": "drop_after", "match": {"operation": call}}])
    shop.ship(number)
    shop.settle()
    assert shop.sql(OUTBOX + " AND is_uncertain", shop.channel) == [("retry",)]
    shop.recover()
    shop.settle()
    assert shop.sql(OUTBOX, shop.channel) == [("done",)]
    [shipment] = openmage.shipments(number)
    assert [track["number"] for track in shipment["tracks"]] == ["TRACK-1"]


def test_a_shop_that_was_killed_tells_its_parcels_once(shop, openmage):
    numbers = openmage.generate(3, kind="standard", age_seconds=600)
    shop.sync()
    openmage.control(faults=[{"fault": "latency", "seconds": 1, "match": {"operation": "salesOrder*"}, "times": None}])
    for place, number in enumerate(numbers):
        shop.ship(number, tracking=f"KILLED-{place}")
    shop.wait_until(lambda: openmage.requests("salesOrderShipmentCreate"), "a parcel to be on its way")
    shop.kill()
    openmage.heal()
    shop.start_again()
    for _round in range(3):
        # The time in which the killed attempt might still have come back is over.
        shop.execute("UPDATE oms_outbox SET lease_until = now() AT TIME ZONE 'utc' - interval '1 second'")
        shop.recover()
    shop.wait_until(lambda: {row[0] for row in shop.sql(OUTBOX, shop.channel)} == {"done"}, "all to be told")
    for place, number in enumerate(numbers):
        [shipment] = openmage.shipments(number)
        assert [track["number"] for track in shipment["tracks"]] == [f"KILLED-{place}"]
