"""What every channel promises of what it is told: parcels and quantities arrive once, or the error says what to do."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from channels import unlimited
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability
from odoo.addons.oms_core.lib.errors import NotFound, Rejected, RetryLater

# === parcels =================================================================================================


def test_a_parcel_told_twice_is_one_parcel(channel):
    [order_id] = channel.sell(1)
    notice = channel.notice(order_id)
    adapter = channel.adapter()
    assert adapter.find_shipment(notice) is None
    first = adapter.push_shipment(notice)
    second = adapter.push_shipment(notice)
    assert first.reference == second.reference == notice.reference
    lines = {line.external_line_id: line.quantity for line in notice.lines}
    assert channel.parcels(order_id) == [(notice.reference, notice.tracking, lines)]
    if channel.can("show_state"):
        assert adapter.parse_order(adapter.fetch_order(order_id).body).status == "shipped"


@pytest.mark.parametrize(
    ("fault", "options", "has_arrived"),
    [
        ("drop_after", {}, True),
        ("status", {"status": 500, "when": "after"}, True),
        ("status", {"status": 503, "when": "after"}, True),
        ("drop_before", {}, False),
        ("status", {"status": 500}, False),
    ],
)
@pytest.mark.needs("network")
def test_a_lost_answer_is_looked_up(channel, fault, options, has_arrived):
    [order_id] = channel.sell(1)
    notice = channel.notice(order_id)
    channel.fault(fault, "ship", **options)
    adapter = channel.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.push_shipment(notice)
    assert caught.value.is_uncertain
    assert caught.value.after > timedelta(0)
    found = adapter.find_shipment(notice)
    assert (found is not None) is has_arrived
    if found is None:
        adapter.push_shipment(notice)
    else:
        assert found.reference == notice.reference
    assert len(channel.parcels(order_id)) == 1


def test_an_order_in_two_parcels(channel):
    [order_id] = channel.sell(1, lines=[2, 2])
    whole = channel.notice(order_id)
    adapter = channel.adapter()
    parts = [
        channel.notice(order_id, reference=str(number), tracking=f"1Z{number}", lines=(line,))
        for number, line in enumerate(whole.lines, 1)
    ]
    adapter.push_shipment(parts[0])
    if channel.can("show_state"):
        assert adapter.parse_order(adapter.fetch_order(order_id).body).status == "partly_shipped"
    assert adapter.find_shipment(parts[1]) is None
    adapter.push_shipment(parts[1])
    assert [tracking for _reference, tracking, _lines in channel.parcels(order_id)] == ["1Z1", "1Z2"]
    assert adapter.find_shipment(parts[0]) and adapter.find_shipment(parts[1])


def test_a_parcel_is_corrected_under_the_same_reference(channel):
    [order_id] = channel.sell(1)
    notice = channel.notice(order_id)
    adapter = channel.adapter()
    adapter.push_shipment(notice)
    if not channel.can("correct_parcels"):
        return  # what is wrong there is set right by hand
    corrected = msgspec.structs.replace(notice, tracking="1ZCORRECTED")
    assert adapter.find_shipment(corrected) is None
    adapter.push_shipment(corrected)
    assert adapter.find_shipment(corrected) is not None
    if channel.can("show_parcels"):
        order = adapter.parse_order(adapter.fetch_order(order_id).body)
        assert [package.tracking for package in order.packages] == ["1ZCORRECTED"]


@pytest.mark.needs("refuse")
def test_a_parcel_that_cannot_be_is_refused_with_the_reason(channel):
    [order_id] = channel.sell(1)
    notice = channel.notice(order_id, lines=(dto.ShipmentLine(external_line_id="999", quantity=Decimal(1)),))
    with pytest.raises(Rejected) as caught:
        channel.adapter().push_shipment(notice)
    assert caught.value.message
    assert caught.value.reference or not channel.can("name_requests")
    assert channel.parcels(order_id) == []


@pytest.mark.needs("refuse")
def test_a_parcel_of_an_order_nobody_knows(channel):
    [order_id] = channel.sell(1)
    notice = msgspec.structs.replace(channel.notice(order_id), order_external_id=channel.unknown_order)
    with pytest.raises(NotFound):
        channel.adapter().push_shipment(notice)
    with pytest.raises(NotFound):
        channel.adapter().find_shipment(notice)


# === stock and listings ======================================================================================


def test_a_quantity_is_absolute(channel):
    adapter = channel.adapter()
    _ensure_offered(adapter, Capability.STOCK)
    for quantity in (5, 5, 0):
        level = dto.StockLevel(ref="1", sku=channel.known_sku, quantity=quantity)
        assert adapter.push_stock([level]).rows == (dto.RowResult(ref="1"),)
        assert channel.quantity(channel.known_sku) == quantity


@pytest.mark.needs("refuse")
def test_every_quantity_has_its_answer(channel):
    adapter = channel.adapter(limits=unlimited(type(channel.adapter())))
    _ensure_offered(adapter, Capability.STOCK)
    rows = adapter.push_stock(
        [
            dto.StockLevel(ref="a", sku=channel.unknown_sku, quantity=5),
            dto.StockLevel(ref="b", sku=channel.known_sku, quantity=6),
        ]
    ).rows
    assert [row.ref for row in rows] == ["a", "b"]
    assert (rows[0].code, rows[0].is_retryable) == ("listing_unknown", False)
    assert rows[0].error
    assert rows[1].error is None
    assert channel.quantity(channel.known_sku) == 6


@pytest.mark.needs("network")
def test_a_quantity_whose_answer_was_lost_may_be_sent_again(channel):
    adapter = channel.adapter()
    _ensure_offered(adapter, Capability.STOCK)
    channel.fault("drop_after", "stock")
    level = dto.StockLevel(ref="1", sku=channel.known_sku, quantity=9)
    with pytest.raises(RetryLater):
        adapter.push_stock([level])
    assert adapter.push_stock([level]).rows[0].error is None
    assert channel.quantity(channel.known_sku) == 9


@pytest.mark.needs("listings")
def test_every_listing_comes(channel):
    adapter = channel.adapter(limits=unlimited(type(channel.adapter())))
    _ensure_offered(adapter, Capability.LISTINGS)
    found, place = [], None
    while True:
        page = adapter.fetch_listings(place)
        found += page.items
        place = page.next_cursor
        if place is None:
            break
    by_sku = {listing.sku: listing for listing in found}
    assert channel.offered() == set(by_sku)
    listing = by_sku[channel.known_sku]
    assert listing.title
    assert listing.quantity is not None
    assert not channel.can("show_prices") or listing.price.amount > 0


# === helpers =================================================================================================


def _ensure_offered(adapter, capability):
    if capability not in adapter.capabilities:
        pytest.skip(f"the channel does not offer {capability.value}")
