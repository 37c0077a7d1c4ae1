"""Products that look like what a channel calls them are proposed; others are not."""

from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.likeness import likeness, plain_words, stems


def test_accents_and_case_do_not_hide_a_word():
    assert plain_words("Chaussettes Mérinos M, gris") == ["chaussettes", "merinos", "m", "gris"]


def test_stems_are_the_beginnings_of_the_longest_words_each_once():
    assert stems("lot de 2 socks, merinos merinosocks") == ["meri", "sock", "lot"]


def test_the_same_thing_in_a_near_language_is_liker_than_another():
    title = "Chaussettes mérinos M gris, lot de 1"
    assert likeness(title, "Merino socks M, grey") > 0.3 > likeness(title, "Gas stove compact")


def test_a_reference_with_another_prefix_is_found():
    assert likeness("FW-MER-M-GR", "SK-MER-M-GRY") > 0.3 > likeness("FW-MER-M-GR", "BP-28-MOS")


@given(st.text(), st.text())
def test_likeness_is_a_share(wanted, offered):
    assert 0.0 <= likeness(wanted, offered) <= 1.0


@given(st.text())
def test_a_text_is_wholly_like_itself_or_has_no_words(text):
    assert likeness(text, text) == (1.0 if plain_words(text) else 0.0)
