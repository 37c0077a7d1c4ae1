"""JSON from outside is read without losing a cent, or refused with a reason."""

import contextlib
import time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import MAX_DEPTH, decode


def test_amounts_stay_exact():
    assert decode(b'{"a": 19.90, "b": 1e2, "c": 7, "d": "x"}') == {"a": Decimal("19.90"), "b": 100, "c": 7, "d": "x"}
    assert str(decode(b"0.10")) == "0.10"
    assert decode(b"12345678901234567.89") == Decimal("12345678901234567.89")


def test_a_byte_order_mark_is_no_flaw():
    assert decode(b'\xef\xbb\xbf{"a": "\xc3\xa4"}') == {"a": "ä"}


@pytest.mark.parametrize(
    "body, code",
    [
        (b"", "not_json"),
        (b'{"a": 1', "not_json"),
        (b"{'a': 1}", "not_json"),
        (b"<html></html>", "not_json"),
        (b"[1,]", "not_json"),
        (b"01", "not_json"),
        (b'"a\nb"', "not_json"),
        (b'{"a": 1} {"b": 2}', "not_json"),
        (b"\xff\xfe{\x00", "not_utf8"),
        (b'"\xe4"', "not_utf8"),
        (b"NaN", "not_finite"),
        (b'{"total": Infinity}', "not_finite"),
        (b"[-Infinity]", "not_finite"),
        (b'{"a": 1, "b": 2, "a": 3}', "duplicate_key"),
        (b'[{"x": {"a": 1, "\\u0061": 3}}]', "duplicate_key"),
        (b"1e400", "number_too_large"),
        (b"-1e-400", "number_too_large"),
        (b"1e99999999999999999999", "number_too_large"),
        (b"0e99999999", "number_too_large"),
        (b"1" * 5000, "number_too_large"),
        (b"0." + b"1" * 5000, "number_too_large"),
        (b"[" * 100_000, "too_deep"),
        (b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1), "too_deep"),
        (b'{"a":' * (MAX_DEPTH + 1) + b"1" + b"}" * (MAX_DEPTH + 1), "too_deep"),
    ],
)
def test_what_is_not_strict_is_refused(body, code):
    with pytest.raises(Malformed) as caught:
        decode(body)
    assert caught.value.code == code


def test_depth_up_to_the_limit_is_read():
    assert decode(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH)
    assert decode(b"[" * (MAX_DEPTH - 1) + b"[],[],{}" + b"]" * (MAX_DEPTH - 1))


def test_many_keys_take_no_quadratic_time():
    names = b",".join(b'"k%d": 1' % number for number in range(200_000))
    started = time.monotonic()
    with pytest.raises(Malformed):
        decode(b"{" + names + b', "k199999": 2}')
    assert time.monotonic() - started < 5


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(body):
    with contextlib.suppress(Malformed):
        decode(body)
