"""What every channel promises of what it decides later, and of what it tells by itself.

Bulk quantities, cancellations, returns, stock in its own warehouses, hints. Each test says what it needs, and is left
out for a channel that does not offer it. Invoices are in ``test_channel_invoices``, refunds in
``test_channel_refunds``.
"""

from datetime import timedelta

import pytest
from channels import LONG_AGO, unlimited
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability
from odoo.addons.oms_core.lib.errors import NotFound, NotSupported, Rejected, RetryLater

WINDOW = dto.Window(since=LONG_AGO)
LOST = [
    ("drop_after", {}, True),
    ("status", {"status": 500, "when": "after"}, True),
    ("drop_before", {}, False),
    ("status", {"status": 503}, False),
]
WAYS = ["single", pytest.param("bulk", marks=pytest.mark.needs(Capability.BULK))]


def adapter_with(channel, *capabilities):
    """Return an adapter that need not wait for rates; skip the test if the channel lacks a capability."""
    adapter = channel.adapter(limits=unlimited(type(channel.adapter())))
    for capability in capabilities:
        if capability not in adapter.capabilities:
            pytest.skip(f"the channel does not offer {capability.value}")
    return adapter


def level(channel, ref, quantity, sku=None, **more):
    return dto.StockLevel(ref=ref, sku=sku or channel.known_sku, quantity=quantity, **more)


def settle(adapter, receipt):
    """Ask until the channel has decided; return the final receipt."""
    for _turn in range(5):
        if receipt.is_final:
            return receipt
        receipt = adapter.poll(receipt)
    pytest.fail("the channel does not decide")


def read_all(fetch, window=WINDOW):
    """Read all pages of what ``fetch`` gives; return it by id."""
    found, place = {}, None
    for _page in range(200):
        page = fetch(window, place)
        found |= {item.external_id: item for item in page.items}
        place = page.next_cursor
        if place is None:
            assert page.covered_until is not None
            return found
    pytest.fail("the window never ends")


# === many quantities at once =================================================================================


@pytest.mark.needs(Capability.BULK)
def test_bulk_quantities_are_set_row_by_row(channel):
    adapter = adapter_with(channel, Capability.BULK)
    rows = [
        level(channel, "a", 4),
        level(channel, "b", 5, channel.unknown_sku),
        level(channel, "c", -1),
        level(channel, "d", 6, sorted(channel.offered() - {channel.known_sku})[0]),
    ]
    receipt = adapter.push_bulk(rows)
    assert not receipt.is_final
    answers = {row.ref: row for row in adapter.poll_bulk(receipt, rows).rows}
    assert list(answers) == ["a", "b", "c", "d"]
    assert answers["a"].error is None and answers["d"].error is None
    assert answers["b"].code == "listing_unknown" and answers["b"].error and not answers["b"].is_retryable
    assert answers["c"].error and not answers["c"].is_retryable
    assert channel.quantity(channel.known_sku) == 4
    assert channel.quantity(rows[3].sku) == 6


@pytest.mark.needs(Capability.BULK)
def test_rows_of_which_none_can_be_sent_are_answered_all_the_same(channel):
    adapter = adapter_with(channel, Capability.BULK)
    rows = [level(channel, "a", -1)]
    [answer] = adapter.poll_bulk(adapter.push_bulk(rows), rows).rows
    assert answer.ref == "a" and answer.error


@pytest.mark.needs(Capability.BULK)
def test_bulk_quantities_sent_again_are_the_same(channel):
    adapter = adapter_with(channel, Capability.BULK)
    rows = [level(channel, "a", 7)]
    for _turn in range(2):
        assert adapter.poll_bulk(adapter.push_bulk(rows), rows).rows[0].error is None
        assert channel.quantity(channel.known_sku) == 7


@pytest.mark.needs(Capability.BULK)
def test_the_answer_to_bulk_quantities_comes_later(channel):
    adapter = adapter_with(channel, Capability.BULK)
    channel.take_long(600)
    rows = [level(channel, "a", 8)]
    receipt = adapter.push_bulk(rows)
    assert adapter.poll_bulk(receipt, rows) is None
    channel.let_pass(700)
    assert adapter.poll_bulk(receipt, rows).rows[0].error is None
    assert adapter.poll_bulk(receipt, rows).rows[0].error is None


@pytest.mark.needs(Capability.BULK, "stop_bulks")
def test_a_bulk_push_that_stops_half_way_is_sent_again(channel):
    adapter = adapter_with(channel, Capability.BULK)
    others = sorted(channel.offered() - {channel.known_sku})[:2]
    rows = [level(channel, "a", 3), *(level(channel, sku, 3, sku) for sku in others)]
    channel.stop_after(1)
    answers = adapter.poll_bulk(adapter.push_bulk(rows), rows).rows
    assert [row.ref for row in answers] == [row.ref for row in rows]
    assert all(row.is_retryable for row in answers if row.error)
    channel.stop_after(None)
    assert not [row for row in adapter.poll_bulk(adapter.push_bulk(rows), rows).rows if row.error]
    assert {channel.quantity(row.sku) for row in rows} == {3}


@pytest.mark.needs(Capability.BULK)
def test_a_lost_answer_to_a_bulk_push_is_uncertain(channel):
    adapter = adapter_with(channel, Capability.BULK)
    channel.fault("drop_after", "bulk")
    rows = [level(channel, "a", 9)]
    with pytest.raises(RetryLater):
        adapter.push_bulk(rows)
    assert adapter.poll_bulk(adapter.push_bulk(rows), rows).rows[0].error is None
    assert channel.quantity(channel.known_sku) == 9


@pytest.mark.needs(Capability.BULK)
def test_a_wait_half_way_through_a_bulk_push_is_no_loss(channel):
    adapter = adapter_with(channel, Capability.BULK)
    rows = [level(channel, "a", 2)]
    channel.fault("status", "bulk", status=429, retry_after=30)
    with pytest.raises(RetryLater) as caught:
        adapter.push_bulk(rows)
    assert not caught.value.is_uncertain
    receipt = adapter.push_bulk(rows)
    channel.fault("status", "result", status=429, retry_after=30)
    with pytest.raises(RetryLater):
        adapter.poll_bulk(receipt, rows)
    assert adapter.poll_bulk(receipt, rows).rows[0].error is None


@pytest.mark.needs(Capability.PRICE)
@pytest.mark.parametrize("way", WAYS)
def test_a_price_goes_along_with_the_quantity(channel, way):
    adapter = adapter_with(channel, Capability.PRICE)
    rows = [level(channel, "a", 5, marketplace=channel.store, price=channel.price)]
    answers = adapter.push_stock(rows) if way == "single" else adapter.poll_bulk(adapter.push_bulk(rows), rows)
    assert answers.rows == (dto.RowResult(ref="a"),)
    assert channel.shown_price(channel.known_sku) == channel.price.amount
    assert channel.quantity(channel.known_sku) == 5


@pytest.mark.needs(Capability.PRICE)
@pytest.mark.parametrize("way", WAYS)
def test_a_price_in_another_currency_than_the_stores_is_not_sent(channel, way):
    adapter = adapter_with(channel, Capability.PRICE)
    before = channel.shown_price(channel.known_sku)
    rows = [level(channel, "a", 5, marketplace=channel.store, price=channel.wrong_price)]
    answers = adapter.push_stock(rows) if way == "single" else adapter.poll_bulk(adapter.push_bulk(rows), rows)
    assert answers.rows[0].error and not answers.rows[0].is_retryable
    assert channel.shown_price(channel.known_sku) == before


# === cancelling ==============================================================================================


@pytest.mark.needs(Capability.CANCEL)
def test_an_order_is_cancelled_once(channel):
    adapter = adapter_with(channel, Capability.CANCEL)
    [order_id] = channel.sell(1, lines=[2, 2])
    notice = channel.cancel_notice(order_id)
    assert adapter.find_cancellation(notice) is None
    assert settle(adapter, adapter.push_cancellation(notice)).reference == notice.reference
    assert adapter.find_cancellation(notice) is not None
    assert settle(adapter, adapter.push_cancellation(notice)).is_final
    assert len(channel.cancelled(order_id)) == 1
    if channel.can("show_state"):
        assert adapter.parse_order(adapter.fetch_order(order_id).body).status == "cancelled"


@pytest.mark.needs(Capability.CANCEL, "cancel_lines")
def test_one_line_is_cancelled_and_the_other_is_not(channel):
    adapter = adapter_with(channel, Capability.CANCEL)
    [order_id] = channel.sell(1, lines=[2, 2])
    first, second = channel.notice(order_id).lines
    notice = channel.cancel_notice(order_id, lines=(first,))
    settle(adapter, adapter.push_cancellation(notice))
    assert [set(items) for items in channel.cancelled(order_id)] == [{first.external_line_id}]
    assert adapter.find_cancellation(notice) is not None
    assert adapter.find_cancellation(channel.cancel_notice(order_id, lines=(second,))) is None
    if not channel.can("show_state"):
        return
    order = adapter.parse_order(adapter.fetch_order(order_id).body)
    left = {line.external_id: line.quantity for line in order.lines if line.quantity}
    assert left == {second.external_line_id: second.quantity}
    assert not any(line.is_cancel_requested for line in order.lines)


@pytest.mark.needs(Capability.CANCEL, Capability.ASYNC)
def test_a_cancellation_is_decided_later(channel):
    adapter = adapter_with(channel, Capability.CANCEL, Capability.ASYNC)
    [order_id] = channel.sell(1)
    notice = channel.cancel_notice(order_id)
    channel.take_long(600)
    receipt = adapter.push_cancellation(notice)
    assert not receipt.is_final
    assert not adapter.poll(receipt).is_final
    # Sent again meanwhile, as after a crash: the second finds nothing left to do and says so.
    again = adapter.push_cancellation(notice)
    channel.let_pass(700)
    assert settle(adapter, receipt).is_final
    assert settle(adapter, again).is_final
    assert len(channel.cancelled(order_id)) == 1


@pytest.mark.needs(Capability.CANCEL, "network")
@pytest.mark.parametrize(("fault", "options", "has_arrived"), LOST)
def test_a_lost_answer_to_a_cancellation_is_looked_up(channel, fault, options, has_arrived):
    adapter = adapter_with(channel, Capability.CANCEL)
    [order_id] = channel.sell(1)
    notice = channel.cancel_notice(order_id)
    channel.fault(fault, "cancel", **options)
    with pytest.raises(RetryLater) as caught:
        adapter.push_cancellation(notice)
    assert caught.value.is_uncertain
    channel.let_pass(60)
    assert (adapter.find_cancellation(notice) is not None) is has_arrived
    settle(adapter, adapter.push_cancellation(notice))
    assert len(channel.cancelled(order_id)) == 1


@pytest.mark.needs(Capability.CANCEL, "refuse")
def test_what_is_on_its_way_cannot_be_cancelled(channel):
    adapter = adapter_with(channel, Capability.CANCEL)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    with pytest.raises(Rejected) as caught:
        settle(adapter, adapter.push_cancellation(channel.cancel_notice(order_id)))
    assert caught.value.message
    assert channel.cancelled(order_id) == []


@pytest.mark.needs(Capability.CANCEL, "ask_to_cancel")
def test_a_buyer_who_asks_gets_a_yes(channel):
    adapter = adapter_with(channel, Capability.CANCEL)
    [order_id] = channel.sell(1)
    channel.ask_to_cancel(order_id)
    settle(adapter, adapter.push_cancellation(channel.cancel_notice(order_id, reason="buyer_asked")))
    [reasons] = channel.cancelled(order_id)
    assert set(reasons.values()) == {channel.buyer_reason}


@pytest.mark.needs(Capability.CANCEL)
def test_a_no_to_a_buyer_is_said_or_named_as_impossible(channel):
    adapter = adapter_with(channel, Capability.CANCEL)
    [order_id] = channel.sell(1)
    if channel.can("ask_to_cancel"):
        channel.ask_to_cancel(order_id)
    notice = channel.cancel_notice(order_id, is_refused=True)
    try:
        for _turn in range(2):
            settle(adapter, adapter.push_cancellation(notice))
    except NotSupported as error:
        assert error.params["message"]
    else:
        assert adapter.find_cancellation(notice) is not None
    assert channel.cancelled(order_id) == []


@pytest.mark.needs(Capability.CANCEL, "refuse")
def test_a_cancellation_of_an_order_nobody_knows(channel):
    adapter = adapter_with(channel, Capability.CANCEL)
    with pytest.raises(NotFound):
        adapter.push_cancellation(channel.cancel_notice(channel.unknown_order))


# === goods sent back =========================================================================================


def read_returns(adapter, window=WINDOW):
    """Read all pages of returns; return them by id."""
    return read_all(adapter.fetch_returns, window)


@pytest.mark.needs(Capability.RETURNS)
def test_a_return_comes_with_its_order_and_its_units(channel):
    adapter = adapter_with(channel, Capability.RETURNS)
    [order_id] = channel.sell(1, lines=[2, 2])
    channel.ship(order_id)
    return_id = channel.send_back(order_id)
    item = read_returns(adapter)[return_id]
    order = adapter.parse_order(adapter.fetch_order(order_id).body)
    assert item.order_external_id == order_id
    assert item.status in ("requested", "approved")
    assert item.channel_status
    [line] = item.lines
    assert line.quantity == 1
    assert line.sku == order.lines[0].sku or line.external_line_id == order.lines[0].external_id
    assert item.updated_at.utcoffset() == item.requested_at.utcoffset() == timedelta(0)


@pytest.mark.needs(Capability.RETURNS)
def test_no_returns_are_an_empty_window(channel):
    assert read_returns(adapter_with(channel, Capability.RETURNS)) == {}


@pytest.mark.needs(Capability.RETURNS)
def test_a_return_that_changed_is_seen_again(channel):
    adapter = adapter_with(channel, Capability.RETURNS)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    return_id = channel.send_back(order_id)
    before = read_returns(adapter)[return_id]
    channel.let_pass(3 * 24 * 3600)
    channel.end_tokens()
    channel.close_return(order_id, return_id)
    moment = before.requested_at + timedelta(days=3)
    adapter.now = lambda: moment
    after = read_returns(adapter, dto.Window(since=moment - timedelta(minutes=10)))[return_id]
    assert after.status in ("closed", "refunded")
    # What was opened before is not passed over, even where the channel does not tell when it changed.
    assert after.updated_at > before.updated_at or not channel.can("date_returns")


@pytest.mark.needs(Capability.RETURNS)
def test_a_report_that_is_not_ready_is_waited_for(channel):
    adapter = adapter_with(channel, Capability.RETURNS)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    return_id = channel.send_back(order_id)
    channel.take_long(120)
    recent = dto.Window(since=channel.adapter().now() - timedelta(days=1))
    page = adapter.fetch_returns(recent)
    if page.next_cursor is not None:
        with pytest.raises(RetryLater) as caught:
            adapter.fetch_returns(recent, page.next_cursor)
        assert caught.value.after > timedelta(0) and not caught.value.is_uncertain
        channel.let_pass(130)
        page = adapter.fetch_returns(recent, page.next_cursor)
    assert [item.external_id for item in page.items] == [return_id]


# === stock in the channel's own warehouses ===================================================================


@pytest.mark.needs(Capability.HELD)
def test_stock_in_the_channels_warehouses_comes(channel):
    adapter = adapter_with(channel, Capability.HELD)
    channel.hold(channel.held_sku, 37)
    found, place = [], None
    while True:
        page = adapter.fetch_held_stock(place)
        found += page.items
        place = page.next_cursor
        if place is None:
            break
    assert {item.quantity for item in found if item.sku == channel.held_sku} == {37}
    assert channel.known_sku not in {item.sku for item in found}


# === hints ===================================================================================================


@pytest.mark.needs(Capability.EVENTS)
def test_hints_come_until_they_are_dropped(channel):
    adapter = adapter_with(channel, Capability.EVENTS)
    [order_id] = channel.sell(1)
    channel.hint(order_id)
    [event] = adapter.fetch_events()
    assert (event.kind, event.external_id) == ("order", order_id)
    assert event.event_id and event.receipt
    # What was not dropped is seen again some minutes later, and is the same hint.
    channel.let_pass(600)
    [again] = adapter.fetch_events()
    assert again.event_id == event.event_id
    adapter.drop_events([again.receipt])
    assert channel.waiting_hints() == 0
    channel.let_pass(1200)
    assert adapter.fetch_events() == ()


@pytest.mark.needs(Capability.EVENTS)
@pytest.mark.parametrize("text", ["", "no json", "[]", '{"NotificationType": 5}', "{}", '{"a": NaN}'])
def test_a_hint_that_cannot_be_read_is_no_less_a_hint(channel, text):
    adapter = adapter_with(channel, Capability.EVENTS)
    channel.hint_text(text)
    [order_id] = channel.sell(1)
    channel.hint(order_id)
    events = adapter.fetch_events()
    assert sorted(event.kind for event in events) == ["order", "other"]
    adapter.drop_events([event.receipt for event in events])
    assert channel.waiting_hints() == 0
