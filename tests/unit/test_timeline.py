"""What a timeline's filters show, and a timeline as a file."""

import csv
import io

from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.timeline import FILTERS, HEADINGS, build_csv, count_filters, filters_of


def test_an_event_is_shown_by_who_did_it_and_by_what_it_is_about():
    assert filters_of("pick_line", "person") == {"people", "stock"}
    assert filters_of("payment_captured", "channel") == {"channel", "money"}
    assert filters_of("confirmed", "system") == set()


def test_counts_add_up():
    counts = count_filters({("pick_line", "person"): 3, ("payment_captured", "channel"): 1, ("confirmed", "system"): 2})
    assert counts == {"all": 6, "people": 3, "money": 1, "stock": 3, "channel": 1, "rules": 0}
    assert count_filters({}) == dict.fromkeys(("all", *FILTERS), 0)


@given(
    st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"])), st.sampled_from(["", "=", "+", "-", "@", "\t"])
)
def test_a_cell_is_what_was_said_and_no_formula(text, start):
    said = start + text
    row = {"at": "2026-11-23 12:00:00", "title": "Note", "summary": said, "source": "person", "actor": None}
    heading, [at, title, summary, source, actor] = csv.reader(io.StringIO(build_csv([row]), newline=""))
    assert tuple(heading) == HEADINGS
    assert (at, title, source, actor) == ("2026-11-23 12:00:00", "Note", "person", "")
    assert summary.removeprefix("'") == said.removeprefix("'")
    assert not summary.startswith(("=", "+", "-", "@", "\t"))
