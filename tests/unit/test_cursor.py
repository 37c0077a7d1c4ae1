"""The mark never passes what is stored, and only the channel's clock moves it."""

from datetime import datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import Progress, advance, plan_window, restart

T0 = datetime(2026, 11, 23, tzinfo=timezone.utc)
OVERLAP = timedelta(minutes=10)


def page(next_cursor=None, covered_until=T0 + timedelta(hours=1)):
    return dto.Page(items=(), next_cursor=next_cursor, covered_until=covered_until)


def test_a_new_window_reads_back_over_the_last_one():
    window, cursor = plan_window(Progress(complete_until=T0), OVERLAP, T0 - timedelta(days=9))
    assert (window.since, cursor) == (T0 - OVERLAP, None)


def test_nothing_before_the_start_of_import_is_asked_for():
    assert plan_window(Progress(complete_until=T0), OVERLAP, T0)[0].since == T0


def test_an_open_window_goes_on_with_its_next_page():
    progress = Progress(complete_until=T0, since=T0 - OVERLAP, until=T0, page="two")
    assert plan_window(progress, OVERLAP, T0) == (dto.Window(since=T0 - OVERLAP), "two")


def test_the_mark_stays_until_the_last_page():
    window, _cursor = plan_window(Progress(complete_until=T0), OVERLAP, T0)
    middle = advance(Progress(complete_until=T0), window, page("two"))
    assert middle.complete_until == T0
    last = advance(middle, window, page(covered_until=T0 + timedelta(hours=3)))
    assert last == Progress(complete_until=T0 + timedelta(hours=1)), "the first page of a window names its end"


def test_a_restarted_window_begins_where_it_began():
    progress = Progress(complete_until=T0, since=T0 - OVERLAP, until=T0, page="gone")
    assert plan_window(restart(progress), OVERLAP, T0 - OVERLAP) == (dto.Window(since=T0 - OVERLAP), None)


def test_a_mark_ahead_of_the_channels_clock_is_brought_back():
    window, _cursor = plan_window(Progress(complete_until=T0), OVERLAP, T0 - timedelta(days=9))
    day_before = T0 - timedelta(days=1)
    assert advance(Progress(complete_until=T0), window, page(covered_until=day_before)).complete_until == day_before


@given(st.lists(st.tuples(st.integers(-7200, 7200), st.booleans()), max_size=30))
def test_the_mark_moves_back_only_where_the_channel_has_not_been_yet(pages):
    progress = Progress(complete_until=T0)
    for seconds, is_last in pages:
        window, _cursor = plan_window(progress, OVERLAP, T0 - timedelta(days=1))
        after = advance(progress, window, page(None if is_last else "more", T0 + timedelta(seconds=seconds)))
        until = progress.until or T0 + timedelta(seconds=seconds)
        if is_last and until < window.since:
            assert after == Progress(complete_until=until)
        else:
            assert after.complete_until >= progress.complete_until
        assert is_last or after.complete_until == progress.complete_until
        progress = after
