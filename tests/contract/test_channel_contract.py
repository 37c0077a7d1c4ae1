"""What every channel promises (``oms_core/lib/channel.py``), over the real transport against a running stand-in."""

import logging
import time
from datetime import timedelta

import pytest
from channels import LONG_AGO, short_limits, utc_now
from odoo.addons.oms_core.lib import cursor, dto
from odoo.addons.oms_core.lib.errors import AuthFailed, ChannelError, Malformed, NotFound, Rejected, RetryLater

WINDOW = dto.Window(since=LONG_AGO)
LOG_IN = pytest.param("log_in", marks=pytest.mark.needs("log_in"))


class Reader:
    """Polls the way the core does: pages, then the next window with its overlap."""

    def __init__(self, adapter):
        self.adapter = adapter
        self.progress = cursor.Progress(complete_until=LONG_AGO)
        self.seen = []

    def read_page(self):
        """Read one page; return whether the window goes on."""
        window, place = cursor.plan_window(self.progress, self.adapter.limits.overlap, LONG_AGO)
        page = self.adapter.fetch_orders(window, place)
        assert len(page.items) <= self.adapter.limits.page
        self.seen += page.items
        self.progress = cursor.advance(self.progress, window, page)
        return page.next_cursor is not None

    def read_window(self):
        """Read until the window ends; return the ids so far, each once."""
        while self.read_page():
            pass
        return self.ids()

    def ids(self):
        """Return the ids read so far, each once, in order."""
        return list(dict.fromkeys(raw.external_id for raw in self.seen))


# === reading orders ==========================================================================================


def test_the_connection_test_names_the_account(channel):
    info = channel.adapter().check()
    assert info.name
    assert info.marketplaces
    assert {permission.is_granted for permission in info.permissions} <= {True, False, None}


def test_every_order_comes_once_and_can_be_read(channel):
    sold = channel.sell(230, kind="mixed")
    adapter = channel.adapter()
    reader = Reader(adapter)
    reader.read_window()
    assert [raw.external_id for raw in reader.seen] == sold
    assert [raw.updated_at for raw in reader.seen] == sorted(raw.updated_at for raw in reader.seen)
    for raw in reader.seen:
        order = adapter.parse_order(raw.body)
        assert (order.external_id, order.updated_at) == (raw.external_id, raw.updated_at)
        assert order.placed_at.utcoffset() == order.updated_at.utcoffset() == timedelta(0)
        assert order == adapter.parse_order(raw.body)


def test_generated_orders_add_up(channel):
    channel.sell(100, kind="mixed")
    adapter = channel.adapter()
    for raw in adapter.fetch_orders(WINDOW).items:
        order = adapter.parse_order(raw.body)
        if order.total is None:
            assert order.status in ("awaiting_payment", "cancelled")
            continue
        charges = [*order.charges, *(charge for line in order.lines for charge in line.charges)]
        taxes = [tax for part in (*charges, *order.lines) for tax in part.taxes]
        parts = [line.amount.amount for line in order.lines] + [charge.amount.amount for charge in charges]
        parts += [] if order.is_tax_included else [tax.amount.amount for tax in taxes]
        assert sum(parts) == order.total.amount, order.external_id


@pytest.mark.needs("network")
def test_the_mark_is_the_channels_own_time(channel):
    channel.sandbox.control(clock_offset=-7200)
    channel.sell(3)
    page = channel.adapter().fetch_orders(WINDOW)
    assert page.covered_until.utcoffset() == timedelta(0)
    assert abs(page.covered_until - (utc_now() - timedelta(seconds=7200))) < timedelta(minutes=5)


def test_an_empty_account_is_one_empty_page(channel):
    page = channel.adapter().fetch_orders(WINDOW)
    assert (page.items, page.next_cursor) == ((), None)
    assert page.covered_until is not None


def test_reading_a_window_again_yields_it_again(channel):
    channel.sell(120)
    adapter = channel.adapter()
    assert Reader(adapter).read_window() == Reader(adapter).read_window()


def test_a_window_begins_where_it_says(channel):
    sold = channel.sell(10)
    adapter = channel.adapter()
    middle = adapter.fetch_orders(WINDOW).items[5].updated_at
    found = [raw.external_id for raw in adapter.fetch_orders(dto.Window(since=middle)).items]
    assert found == sold[5:]
    until = adapter.fetch_orders(dto.Window(since=LONG_AGO, until=middle))
    assert [raw.external_id for raw in until.items] == sold[:6]


@pytest.mark.parametrize("paging", ["keyset", "offset"])
def test_an_order_that_changes_between_two_pages_is_not_lost(channel, paging):
    channel.sandbox.control(paging=paging)
    reader = Reader(channel.adapter())
    sold = channel.sell(reader.adapter.limits.page + 50, age_seconds=400)
    assert reader.read_page()
    # Those of the first page move to the end, so a channel that counts rows skips as many of the second page.
    for order_id in sold[:40]:
        channel.change(order_id)
    reader.read_window()
    reader.read_window()
    assert set(reader.ids()) == set(sold)
    newest = {raw.external_id: raw for raw in reader.seen}
    for order_id in sold[:40]:
        assert newest[order_id].body == channel.adapter().fetch_order(order_id).body


@pytest.mark.needs("network")
@pytest.mark.parametrize("fault", ["duplicate_items", "reorder_page"])
def test_a_page_that_repeats_or_turns_round_loses_nothing(channel, fault):
    sold = channel.sell(8)
    channel.fault(fault, "search")
    assert set(Reader(channel.adapter()).read_window()) == set(sold)


def test_one_order_is_the_same_as_on_its_page(channel):
    [order_id] = channel.sell(1, kind="discount")
    adapter = channel.adapter()
    [raw] = adapter.fetch_orders(WINDOW).items
    single = adapter.fetch_order(order_id)
    assert (single.external_id, single.updated_at) == (raw.external_id, raw.updated_at)
    assert adapter.parse_order(single.body) == adapter.parse_order(raw.body)


def test_an_order_nobody_knows(channel):
    with pytest.raises(NotFound):
        channel.adapter().fetch_order(channel.unknown_order)


@pytest.mark.parametrize("flaw", ["NUL", "half a character", "a megabyte", "NaN", "no price"])
def test_an_order_that_cannot_be_read_leaves_the_others(channel, flaw):
    sold = channel.sell(5)
    place = channel.spoil(sold[2], flaw)
    adapter = channel.adapter()
    raws = adapter.fetch_orders(WINDOW).items
    assert sorted(raw.external_id for raw in raws) == sorted(sold)
    for raw in raws:
        if raw.external_id == sold[2]:
            with pytest.raises(Malformed) as caught:
                adapter.parse_order(raw.body)
            assert caught.value.path.startswith(place)
            assert caught.value.params["reason"]
        else:
            assert adapter.parse_order(raw.body).external_id == raw.external_id


def test_a_place_that_is_no_longer_kept_is_named(channel):
    adapter = channel.adapter()
    channel.sell(adapter.limits.page + 50)
    place = adapter.fetch_orders(WINDOW).next_cursor
    with pytest.raises(Rejected) as caught:
        adapter.fetch_orders(WINDOW, place[:-4] + "0000")
    assert caught.value.code == "cursor_expired"
    if not channel.can("end_places"):
        return  # its places are ours and stay good
    channel.sandbox.control(clock_offset=25 * 3600)
    with pytest.raises(Rejected) as caught:
        adapter.fetch_orders(WINDOW, place)
    assert caught.value.code == "cursor_expired"


# === waiting =================================================================================================


@pytest.mark.needs("network")
@pytest.mark.parametrize("seconds", [7, None])
def test_the_channel_asks_to_wait(channel, seconds):
    options = {} if seconds is None else {"retry_after": seconds}
    channel.fault("status", "search", status=429, **options)
    adapter = channel.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.fetch_orders(WINDOW)
    assert caught.value.code == "throttled"
    assert not caught.value.is_uncertain
    assert caught.value.after == timedelta(seconds=seconds) if seconds else caught.value.after > timedelta(seconds=1)


@pytest.mark.needs("network", "count_calls")
def test_after_being_asked_to_wait_nothing_is_sent_in_vain(channel):
    channel.throttle("search", 0.01, 2)
    adapter = channel.adapter()
    adapter.fetch_orders(WINDOW)
    adapter.fetch_orders(WINDOW)
    for _attempt in range(3):
        with pytest.raises(RetryLater):
            adapter.fetch_orders(WINDOW)
    assert channel.asked("search") == 3


@pytest.mark.needs("network")
@pytest.mark.parametrize("status", [500, 503])
def test_a_failure_of_the_channel_is_tried_again(channel, status):
    [order_id] = channel.sell(1)
    channel.fault("status", "search", status=status)
    adapter = channel.adapter()
    with pytest.raises(RetryLater) as caught:
        adapter.fetch_orders(WINDOW)
    assert caught.value.after > timedelta(0)
    assert Reader(adapter).read_window() == [order_id]


@pytest.mark.needs("network")
def test_a_channel_that_never_ends_its_answer_is_left(channel):
    channel.sell(3)
    channel.fault("slow_body", "search", seconds=30)
    adapter = channel.adapter(limits=short_limits(type(channel.adapter()), 1.0))
    started = time.monotonic()
    with pytest.raises(RetryLater):
        adapter.fetch_orders(WINDOW)
    assert time.monotonic() - started < 5


# === signing in ==============================================================================================


@pytest.mark.needs("log_in")
def test_one_login_serves_many_calls(channel):
    adapter = channel.adapter()
    adapter.fetch_orders(WINDOW)
    adapter.fetch_orders(WINDOW)
    channel.adapter().fetch_orders(WINDOW)
    assert channel.asked("log_in") == 1


@pytest.mark.needs("log_in")
def test_a_token_that_ended_is_renewed_unseen(channel):
    [order_id] = channel.sell(1)
    adapter = channel.adapter()
    adapter.fetch_orders(WINDOW)
    channel.end_tokens()
    assert Reader(adapter).read_window() == [order_id]
    notice = channel.notice(order_id)
    channel.end_tokens()
    adapter.push_shipment(notice)
    assert len(channel.parcels(order_id)) == 1
    assert channel.asked("log_in") == 3


@pytest.mark.needs("log_in")
def test_a_token_that_ends_at_once_stops_the_account_and_not_the_machine(channel):
    channel.fault("expire_token", "search", times=None)
    with pytest.raises(AuthFailed):
        channel.adapter().fetch_orders(WINDOW)
    assert channel.asked("search") <= 2


@pytest.mark.needs("secrets")
def test_a_withdrawn_authorisation_stops_the_account(channel):
    adapter = channel.adapter()
    adapter.fetch_orders(WINDOW)
    channel.revoke()
    with pytest.raises(AuthFailed):
        adapter.fetch_orders(WINDOW)


@pytest.mark.needs("secrets")
def test_wrong_secrets_stop_the_account(channel):
    for secrets in channel.wrong_secrets().values():
        with pytest.raises(AuthFailed):
            channel.adapter(**secrets).check()


@pytest.mark.needs("secrets")
def test_a_missing_secret_is_seen_before_anything_is_sent(channel):
    with pytest.raises(AuthFailed):
        channel.adapter(**channel.missing_secret()).check()
    assert channel.sandbox.requests() == []


@pytest.mark.needs("secrets")
def test_secrets_are_in_no_log_and_no_text(channel, caplog):
    caplog.set_level(logging.DEBUG)
    adapter = channel.adapter()
    adapter.fetch_orders(WINDOW)
    channel.revoke()
    with pytest.raises(AuthFailed) as caught:
        adapter.fetch_orders(WINDOW)
    texts = [caplog.text, repr(adapter.account), repr(caught.value), str(caught.value), str(caught.value.params)]
    assert caplog.text
    for secret in channel.secrets:
        assert not [text for text in texts if secret in text]


# === answers that are none ===================================================================================


@pytest.mark.needs("network")
@pytest.mark.parametrize("is_clean", [True, False])
def test_a_truncated_page_is_no_page(channel, is_clean):
    sold = channel.sell(6)
    channel.fault("truncate", "search", clean=is_clean)
    adapter = channel.adapter()
    reader = Reader(adapter)
    with pytest.raises((RetryLater, Malformed)):
        reader.read_page()
    assert reader.progress == cursor.Progress(complete_until=LONG_AGO)
    assert reader.read_window() == sold


@pytest.mark.needs("network")
@pytest.mark.parametrize("call", ["search", "read", "listings", "check", LOG_IN])
@pytest.mark.parametrize("body", ["<html>busy</html>", "", "[]", '{"a": NaN}', "null"])
def test_a_page_of_something_else_is_named(channel, call, body):
    [order_id] = channel.sell(1)
    adapter = channel.adapter()
    channel.fault("garbage", call, body=body, times=None)
    calls = {
        "search": lambda: adapter.fetch_orders(WINDOW),
        "read": lambda: adapter.fetch_order(order_id),
        "listings": adapter.fetch_listings,
        "check": adapter.check,
        "log_in": adapter.check,
    }
    with pytest.raises(ChannelError) as caught:
        calls[call]()
    assert isinstance(caught.value, (Malformed, RetryLater, Rejected, AuthFailed))


@pytest.mark.needs("network")
def test_an_answer_to_a_parcel_that_says_something_else_is_no_failure_of_ours(channel):
    [order_id] = channel.sell(1)
    notice = channel.notice(order_id)
    channel.fault("garbage", "ship", status=400)
    with pytest.raises(Rejected):
        channel.adapter().push_shipment(notice)
    assert channel.parcels(order_id) == []


@pytest.mark.needs("network")
@pytest.mark.parametrize("call", ["search", "ship", LOG_IN])
def test_being_sent_elsewhere_is_refused(channel, call):
    [order_id] = channel.sell(1)
    notice = channel.notice(order_id)
    channel.tokens.kept.clear()
    before = len(channel.sandbox.requests())
    channel.fault("redirect", call, location=f"{channel.sandbox.url}/{channel.name}/elsewhere")
    adapter = channel.adapter()
    with pytest.raises(Rejected) as caught:
        adapter.push_shipment(notice) if call == "ship" else adapter.fetch_orders(WINDOW)
    assert caught.value.code == "redirected"
    assert not [entry for entry in channel.sandbox.requests()[before:] if "elsewhere" in entry["path"]]
