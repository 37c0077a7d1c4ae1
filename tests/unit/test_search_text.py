"""What is typed finds what is written, however either of them is spelt, and nothing else."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.search_text import (
    KINDS,
    best_match,
    fold,
    number_patterns,
    parse_term,
    part_patterns,
    texts_of,
)

VALUES = [
    ("name", "S04871"),
    ("channel_number", "302-5520981-17"),
    ("reference", "PO_77%20"),
    ("tracking", "0034 0434 1122 2207"),
    ("invoice", "INV/2026/00012"),
    ("email", "Ann.Buyer@Example.com"),
    ("buyer", "Zoë Müller-Straße"),
    ("phone", "+49 (30) 555-01 23"),
    ("postcode", "10435"),
    ("city", "Łódź"),
    ("sku", "FW-MER-M"),
    ("barcode", "4006381333931"),
]


def like(pattern, text):
    """What PostgreSQL's LIKE says."""
    parts = re.findall(r"\\(.)|(%)|(_)|(.)", pattern, re.DOTALL)
    regex = "".join(".*" if many else "." if one else re.escape(quoted or plain) for quoted, many, one, plain in parts)
    return re.fullmatch(regex, text, re.DOTALL) is not None


def finds(typed, values=VALUES):
    """Whether a box with these letters finds an order, by SQL's rules."""
    term, (words, numbers) = parse_term(typed), texts_of(values)
    parts = any(all(like(row, words) or like(row, numbers) for row in rows) for rows in part_patterns(term))
    return parts or any(like(row, numbers) for row in number_patterns(term, is_beside_parts=True))


@pytest.mark.parametrize(
    ("typed", "kind", "part", "is_exact"),
    [
        ("S04871", "name", "S04871", True),
        ("s04871", "name", "S04871", True),
        ("4871", "name", "4871", True),
        ("004871", "name", "S04871", True),
        ("s4871", "name", "S04871", True),
        ("#4871", "name", "4871", True),
        ("302-5520981-17", "channel_number", "302-5520981-17", True),
        ("302552098117", "channel_number", "302-5520981-17", True),
        ("5520981", "channel_number", "5520981", False),
        ("0034043411222207", "tracking", "0034 0434 1122 2207", True),
        ("1122 2207", "tracking", "1122", False),
        ("11222207", "tracking", "1122 2207", False),
        ("inv/2026/00012", "invoice", "INV/2026/00012", True),
        ("ann.buyer@example", "email", "Ann.Buyer@Example", False),
        ("zoe", "buyer", "Zoë", False),
        ("MULLER-STRASSE", "buyer", "Müller-Straße", False),
        ("müller 10435", "buyer", "Müller", False),
        ("+4930555", "phone", "49 (30) 555", False),
        ("030 5550123", "phone", "30) 555-01 23", False),
        ("lodz", "city", "Łódź", False),
        ("mer-m", "sku", "MER-M", False),
        ("63813", "barcode", "63813", False),
    ],
)
def test_each_value_is_found_and_named(typed, kind, part, is_exact):
    assert finds(typed)
    match = best_match(parse_term(typed), VALUES)
    assert (match.kind, match.part, match.is_exact) == (kind, part, is_exact)


@pytest.mark.parametrize(
    "typed", ["a4871", "4872", "zoe mueller", "ann smith", "48", "ab", "%%%", "___", "po\\77", "z%m"]
)
def test_what_is_not_written_there_is_not_found(typed):
    assert not finds(typed)


@pytest.mark.parametrize("typed", ["po_77%20", "77%20", "_77"])
def test_wildcards_mean_themselves(typed):
    assert finds(typed)


def test_two_short_words_are_looked_for_as_one():
    values = [("name", "S1"), ("buyer", "Li Wu")]
    assert finds("li wu", values)
    assert not finds("wu li", values)
    assert finds("1", values)
    assert not finds("li", values)


def test_a_number_as_it_was_typed_comes_before_one_without_its_prefix():
    values = [("name", "S04871"), ("channel_number", "4871")]
    assert best_match(parse_term("4871"), values).kind == "channel_number"
    assert best_match(parse_term("04871"), values).kind == "name"


def test_the_numbers_of_transfers_and_invoices_are_no_orders_numbers():
    values = [("transfer", "WH/OUT/04871"), ("invoice", "R4871")]
    assert not any(match and match.is_exact for match in [best_match(parse_term("4871"), values)])
    assert best_match(parse_term("whout04871"), values).is_exact


def test_a_value_cannot_pretend_to_be_another_line():
    values = [("buyer", "x\n#s00002\n"), ("postcode", "\n#s00002\n")]
    assert texts_of(values) == ("\nx #s00002\n", "\ns00002\n")
    assert not best_match(parse_term("s00002"), values).is_exact


@pytest.mark.parametrize("typed", ["", "   ", "\n\t", "\x00", "#"])
def test_nothing_finds_nothing(typed):
    assert not finds(typed)
    assert parse_term(typed).lines == ()


@given(st.text(max_size=300))
def test_whatever_is_typed_is_a_term(typed):
    term = parse_term(typed)
    assert "\x00" not in "".join(term.lines)
    "".join([*term.lines, *(piece for pieces in term.alternatives for piece in pieces)]).encode()


@given(st.text(alphabet=st.characters(max_codepoint=127)))
def test_the_short_way_for_plain_letters_gives_the_same(text):
    assert fold(text) == fold(f"{text}\u0301")


@given(st.sampled_from(KINDS), st.text(min_size=3, max_size=100))
def test_a_value_is_found_by_itself(kind, value):
    folded = fold(value)
    if len(folded) >= 3 and not folded.startswith("#") and len(folded.split()) <= 8 and fold(folded) == folded:
        assert finds(value, [(kind, value)])
        match = best_match(parse_term(value), [(kind, value)])
        assert match and value[match.start : match.end] == match.part


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.text(max_size=40))))
def test_the_order_of_values_does_not_matter(values):
    assert texts_of(values) == texts_of(reversed(values))
