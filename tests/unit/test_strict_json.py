"""JSON from outside is read without losing a cent, or refused with the place of the flaw and a reason."""

import json
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import MAX_DEPTH, MAX_ENTRIES, MAX_TEXT, read, shown

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
CODES = {"not_json", "bad_text", "bad_number", "duplicate_key", "too_large", "too_deep"}


def test_amounts_stay_exact():
    assert read(b'{"a": 19.90, "b": 1e2, "c": 7, "d": "x"}') == {"a": Decimal("19.90"), "b": 100, "c": 7, "d": "x"}
    assert str(read(b"0.10")) == "0.10"
    assert read(b"12345678901234567.89") == Decimal("12345678901234567.89")


def test_a_number_without_a_point_is_a_whole_number():
    assert [type(number) for number in read(b"[1, -1, 1.0, 1e2]")] == [int, int, Decimal, Decimal]
    assert read(b"[-9223372036854775808, 18446744073709551615]") == [-(2**63), 2**64 - 1]


def test_a_byte_order_mark_is_no_flaw():
    assert read(b'\xef\xbb\xbf{"a": "\xc3\xa4"}') == {"a": "ä"}


def test_a_control_character_that_was_not_escaped_is_no_flaw():
    assert read(b'{"note": "one\ntwo\t"}') == {"note": "one\ntwo\t"}


@pytest.mark.parametrize(
    "body, code, path",
    [
        (b"", "not_json", "$"),
        (b'{"a": 1', "not_json", "$"),
        (b"{'a': 1}", "not_json", "$"),
        (b"<html></html>", "not_json", "$"),
        (b"[1,]", "not_json", "$"),
        (b"01", "not_json", "$"),
        (b'{"a": 1} {"b": 2}', "not_json", "$"),
        (b"\xff\xfe{\x00", "not_json", "$"),
        (b'"\xe4"', "bad_text", "$"),
        (b'{"a": ["b", "\xe4"]}', "bad_text", "$.a[1]"),
        (b'{"a": {"\xe4": 1}}', "bad_text", "$.a"),
        (rb'{"a": "\ud83d"}', "bad_text", "$.a"),
        (rb'{"a": "\u0000"}', "bad_text", "$.a"),
        (b'{"a": "x\x00"}', "bad_text", "$.a"),
        (b"NaN", "bad_number", "$"),
        (b'{"total": Infinity}', "bad_number", "$.total"),
        (b"[0, -Infinity]", "bad_number", "$[1]"),
        (b"1e400", "bad_number", "$"),
        (b"-1e-400", "bad_number", "$"),
        (b"9e308", "bad_number", "$"),
        (b"1e99999999999999999999", "bad_number", "$"),
        (b"0e99999999", "bad_number", "$"),
        (b"1" * 5000, "bad_number", "$"),
        (b'{"a b": -1%s}' % (b"0" * 19), "bad_number", "$.'a b'"),
        (b"18446744073709551616", "bad_number", "$"),
        (b"0." + b"1" * 5000, "bad_number", "$"),
        (b'{"a": 1, "b": 2, "a": 3}', "duplicate_key", "$"),
        (b'[{"x": {"a": 1, "\\u0061": 3}}]', "duplicate_key", "$[0].x"),
        (b'{"a": "%s"}' % (b"x" * (MAX_TEXT + 1)), "too_large", "$.a"),
        (b'{"a": [0%s]}' % (b",0" * MAX_ENTRIES), "too_large", "$.a"),
        (b"[" * 100_000, "too_deep", "$"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too_deep", "$" + "[0]" * MAX_DEPTH),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "too_deep", "$" + ".a" * MAX_DEPTH),
    ],
    ids=lambda value: ascii(value[:20]),
)
def test_refused_with_place_and_reason(body, code, path):
    with pytest.raises(Malformed) as caught:
        read(body)
    assert (caught.value.code, caught.value.path) == (code, path)
    assert 5 < len(caught.value.params["reason"]) < 200
    assert caught.value.params["reason"].isprintable()


def test_up_to_the_limits_all_is_read():
    assert read(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert read(b"[" * (MAX_DEPTH - 1) + b"[],[],{}" + b"]" * (MAX_DEPTH - 1))
    assert len(read(b'"%s"' % (b"x" * MAX_TEXT))) == MAX_TEXT
    assert len(read(b"[0%s]" % (b",0" * (MAX_ENTRIES - 1)))) == MAX_ENTRIES
    assert read(b"[1, 2]", max_bytes=6) == [1, 2]


def test_a_document_longer_than_allowed_is_not_looked_at():
    with pytest.raises(Malformed) as caught:
        read(b"[1, 2]", max_bytes=5)
    assert (caught.value.code, caught.value.path) == ("too_large", "$")


def test_many_keys_take_no_quadratic_time():
    names = b",".join(b'"k%d": 1' % number for number in range(200_000))
    started = time.monotonic()
    with pytest.raises(Malformed) as caught:
        read(b"{" + names + b', "k199999": 2}')
    assert caught.value.code == "duplicate_key"
    assert time.monotonic() - started < 5


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    try:
        read(body)
    except Malformed as error:
        assert error.code in CODES
        assert error.params["reason"].isprintable()


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | TEXTS,
        lambda inner: st.lists(inner) | st.dictionaries(TEXTS, inner),
        max_leaves=20,
    )
)
def test_what_was_written_is_read(value):
    assert read(json.dumps(value).encode()) == read(json.dumps(value, ensure_ascii=False).encode()) == value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**20), max_value=10**20, places=2))
def test_an_amount_is_read_to_the_cent(amount):
    assert str(read(f'{{"amount": {amount:f}}}'.encode())["amount"]) == f"{amount:f}"


@given(st.text() | st.integers() | st.binary(), st.integers(1, 80))
def test_what_is_shown_is_short_and_printable(value, limit):
    text = shown(value, limit)
    assert text.isprintable()
    assert len(text) <= (limit + 3) * 10
