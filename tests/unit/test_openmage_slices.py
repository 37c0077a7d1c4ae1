"""Walking through a list without pages: nothing is lost, nothing is read for ever."""

from datetime import datetime, timedelta, timezone

import pytest
from odoo.addons.oms_channel_magento.client.soap_client import Answer
from odoo.addons.oms_channel_magento.client.soap_walk import Walk
from odoo.addons.oms_channel_magento.lib import soap_const
from odoo.addons.oms_channel_magento.lib.soap_slices import Place, next_span
from odoo.addons.oms_channel_magento.lib.times import FORMAT, format_time
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place
from odoo.addons.oms_core.lib.errors import Malformed, Rejected, RetryLater

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
WAIT = timedelta(seconds=30)


class Shop:
    """A shop's list: rows by number, filtered as the shop does, and on demand too much for it."""

    def __init__(self, times, *, most=None, at=NOW):
        self.times = dict(times)
        self.most = most
        self.at = at
        self.asked = []
        self.busy = set()
        self.status = 503

    def list_rows(self, filters):
        since, until = (
            datetime.strptime(condition["value"]["value"], FORMAT).replace(tzinfo=timezone.utc)
            for condition in filters["complex_filter"]
        )
        self.asked.append((since, until))
        found = [
            {"increment_id": name, "updated_at": format_time(time)}
            for name, time in self.times.items()
            if since <= time <= until
        ]
        if self.most is not None and len(found) > self.most:
            raise self.failure
        return Answer(value=found, body=b"", at=self.at)

    failure = Malformed("too_large", limit=1)

    def read(self, row):
        if row["increment_id"] in self.busy:
            raise RetryLater("server_error", after=WAIT, status=self.status)
        return None if row["increment_id"] == "gone" else row["increment_id"]

    def walk(self, since, until=None, page=20):
        """Read a whole window; return ``(ids, pages)``."""
        pages, cursor = [], None
        while True:
            found = Walk(self.list_rows, self.read, page).read_page(dto.Window(since=since, until=until), cursor)
            pages.append(found)
            cursor = found.next_cursor
            assert len(found.items) <= page
            if cursor is None:
                return [name for one in pages for name in one.items], pages


def ago(**span):
    return NOW - timedelta(**span)


def test_years_of_nothing_and_then_a_few():
    shop = Shop({"1": ago(days=3), "2": ago(days=2), "3": ago(minutes=5)})
    names, pages = shop.walk(ago(days=2000))
    assert names == ["1", "2", "3"]
    assert len(pages) <= 4
    assert len(shop.asked) < 100
    assert pages[0].covered_until == NOW - soap_const.SETTLING
    assert [page.covered_until for page in pages[1:]] == [None] * (len(pages) - 1)


def test_an_empty_shop_is_one_empty_page():
    names, [page] = Shop({}).walk(ago(days=2500))
    assert (names, page.next_cursor, page.covered_until) == ([], None, NOW - soap_const.SETTLING)


def test_many_at_the_same_second():
    times = {str(number): ago(hours=1) for number in range(100, 195)}
    names, _pages = Shop(times).walk(ago(hours=3))
    assert names == list(times)


def test_every_row_comes_once_in_order_of_time():
    times = {str(1000 + number): ago(seconds=7 * (700 - number)) for number in range(690)}
    names, pages = Shop(times).walk(ago(days=1))
    assert names == list(times)
    assert len(pages) >= 35


def test_both_ends_of_a_slice_belong_to_it_once():
    start = ago(hours=9)
    times = {str(hour): start + timedelta(hours=hour) for hour in range(9)}
    assert Shop(times).walk(start)[0] == list(times)


def test_what_changes_during_the_walk_is_left_to_the_next_window():
    shop = Shop({str(number): ago(minutes=100 - number) for number in range(50)})
    window = dto.Window(since=ago(hours=5))
    first = Walk(shop.list_rows, shop.read, 20).read_page(window, None)
    assert len(first.items) == 20
    shop.times |= {"0": NOW, "30": NOW + timedelta(minutes=1)}
    shop.at = NOW + timedelta(minutes=2)
    rest, cursor = [], first.next_cursor
    while cursor:
        page = Walk(shop.list_rows, shop.read, 20).read_page(window, cursor)
        rest += page.items
        cursor = page.next_cursor
    assert set(first.items) | set(rest) == {str(number) for number in range(50)} - {"30"}
    again = shop.walk(first.covered_until - timedelta(minutes=10))[0]
    assert {"0", "30"} <= set(again)


def test_what_is_too_young_waits():
    shop = Shop({"1": ago(seconds=10), "2": ago(seconds=100)})
    assert shop.walk(ago(hours=1))[0] == ["2"]


def test_a_window_with_an_end():
    shop = Shop({str(number): ago(hours=number) for number in range(1, 9)})
    names, pages = shop.walk(ago(hours=6), ago(hours=3))
    assert (names, pages[0].covered_until) == (["6", "5", "4", "3"], ago(hours=3))


def test_a_clock_that_was_set_back_is_told():
    shop = Shop({"1": ago(hours=1)}, at=ago(days=2))
    names, [page] = shop.walk(ago(days=1))
    assert (names, page.covered_until) == ([], ago(days=2) - soap_const.SETTLING)


@pytest.mark.parametrize("failure", [Malformed("too_large", limit=1), RetryLater("answer_lost", after=WAIT)])
def test_a_slice_that_is_too_much_is_asked_for_shorter(failure):
    # Nothing for long, so that slices grew to a month, and then more in a day than the shop can give at once.
    times = {str(1000 + number): ago(days=40) + timedelta(minutes=number) for number in range(600)}
    shop = Shop(times, most=150)
    shop.failure = failure
    assert shop.walk(ago(days=700))[0] == list(times)


@pytest.mark.parametrize("most", [None, 150])
def test_a_shop_with_few_calls_is_read_in_the_end(most):
    times = {str(1000 + number): ago(days=40) + timedelta(minutes=number) for number in range(600)}
    shop = Shop(times, most=most)
    calls = iter(range(10_000))

    def list_rows(filters):
        if next(calls) % 2:
            raise RetryLater("throttled", after=WAIT, by="us")
        return shop.list_rows(filters)

    names, cursor, covered = [], None, []
    walk = Walk(list_rows, shop.read, 20)
    for _look in range(1000):
        try:
            page = walk.read_page(dto.Window(since=ago(days=700)), cursor)
        except RetryLater:
            continue
        names += page.items
        covered += [page.covered_until] if page.covered_until else []
        cursor = page.next_cursor
        if cursor is None:
            break
    assert names == list(times)
    assert covered == [NOW - soap_const.SETTLING]


def test_a_shop_that_fails_over_the_shortest_slice_is_left_for_later():
    shop = Shop({str(number): ago(hours=2) for number in range(5)}, most=1)
    shop.failure = RetryLater("server_error", after=WAIT)
    with pytest.raises(RetryLater):
        shop.walk(ago(hours=2))


def test_what_was_read_before_the_shop_failed_is_kept():
    shop = Shop({str(number): ago(minutes=50 - number) for number in range(10, 20)})
    shop.busy = {"15"}
    walk = Walk(shop.list_rows, shop.read, 20)
    page = walk.read_page(dto.Window(since=ago(hours=1)), None)
    assert page.items == ("10", "11", "12", "13", "14")
    with pytest.raises(RetryLater):
        walk.read_page(dto.Window(since=ago(hours=1)), page.next_cursor)
    shop.busy = set()
    assert walk.read_page(dto.Window(since=ago(hours=1)), page.next_cursor).items == ("15", "16", "17", "18", "19")


def test_an_order_the_shop_always_fails_over_stops_no_other():
    shop = Shop({str(number): ago(minutes=50 - number) for number in range(10, 16)})
    shop.busy, shop.status = {"10", "13"}, 500
    walk = Walk(shop.list_rows, shop.read, 20, lambda row: f"set aside: {row['increment_id']}")
    page = walk.read_page(dto.Window(since=ago(hours=1)), None)
    assert page.items == ("set aside: 10", "11", "12", "set aside: 13", "14", "15")
    assert page.next_cursor is None


def test_an_order_the_shop_failed_over_once_is_read():
    shop = Shop({str(number): ago(minutes=50 - number) for number in range(10, 13)})
    shop.busy, shop.status = {"10"}, 500

    def read(row):
        try:
            return shop.read(row)
        finally:
            shop.busy = set()

    walk = Walk(shop.list_rows, read, 20, lambda row: "set aside")
    assert walk.read_page(dto.Window(since=ago(hours=1)), None).items == ("10", "11", "12")


def test_a_shop_that_fails_over_all_orders_is_left_for_later():
    shop = Shop({str(number): ago(minutes=50 - number) for number in range(10, 13)})
    shop.busy, shop.status = set(shop.times), 500
    walk = Walk(shop.list_rows, shop.read, 20, lambda row: "set aside")
    with pytest.raises(RetryLater):
        walk.read_page(dto.Window(since=ago(hours=1)), None)


def test_what_was_deleted_meanwhile_is_passed_over():
    shop = Shop({"1": ago(minutes=30), "gone": ago(minutes=20), "3": ago(minutes=10)})
    assert shop.walk(ago(hours=1))[0] == ["1", "3"]


def test_a_shop_that_does_not_say_the_time():
    with pytest.raises(Malformed):
        Shop({"1": ago(minutes=30)}, at=None).walk(ago(hours=1))


@pytest.mark.parametrize("value", ["text", {"a": "b"}, ["text"], [[]]])
def test_a_list_that_is_none(value):
    def list_rows(filters):
        return Answer(value=value, body=b"", at=NOW)

    with pytest.raises(Malformed):
        Walk(list_rows, str, 20).read_page(dto.Window(since=ago(hours=1)), None)


def test_rows_outside_the_filter_and_without_a_number_are_not_read_for_ever():
    rows = [{"increment_id": "1", "updated_at": "2020-01-01 00:00:00"}, {"updated_at": "x"}, {"increment_id": "2"}]
    read = []

    def list_rows(filters):
        return Answer(value=rows, body=b"", at=NOW)

    def read_row(row):
        read.append(row["increment_id"])
        return row["increment_id"]

    walk, cursor = Walk(list_rows, read_row, 20), None
    for _page in range(20):
        cursor = walk.read_page(dto.Window(since=ago(hours=1)), cursor).next_cursor
        if cursor is None:
            break
    assert cursor is None
    assert set(read) == {"2"}


@pytest.mark.parametrize("cursor", ["", "x", "{}", '{"since": 1}', "null", '{"since": "2026-11-01T00:00:00Z"'])
def test_a_mark_of_somebody_else(cursor):
    with pytest.raises(Rejected) as caught:
        read_place(cursor, Place)
    assert caught.value.code == "cursor_expired"


def test_slices_have_bounds():
    hour = soap_const.FIRST_SLICE.total_seconds()
    assert next_span(hour, 0) == 2 * hour
    assert next_span(hour, 100) == hour
    assert next_span(hour, 400) == hour / 2
    assert next_span(hour, 10**9) == soap_const.SHORTEST_SLICE.total_seconds()
    assert next_span(10**9, 0) == soap_const.LONGEST_SLICE.total_seconds()
