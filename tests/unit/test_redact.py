"""What is written to logs and shown to people holds no secret and no contact data, and still tells what happened."""

import logging
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from odoo.addons.oms_core.lib.redact import (
    MASK,
    is_card_number,
    mask_urls,
    redact_headers,
    redact_text,
    redact_url,
)

CANARY = "Kanarie7SECRETvalueXYZ42"


def test_only_harmless_headers_are_shown():
    shown = redact_headers(
        {
            "Content-Type": "application/json",
            "Retry-After": "5",
            "Authorization": f"Bearer {CANARY}",
            "x-vendor-access-token": CANARY,
            "X-Api-Key": CANARY,
            "Cookie": CANARY,
            "X-Never-Heard-Of": CANARY,
        }
    )
    assert shown["Content-Type"] == "application/json" and shown["Retry-After"] == "5"
    assert CANARY not in str(shown)
    assert set(shown.values()) == {"application/json", "5", MASK}


@pytest.mark.parametrize(
    "url, shown",
    [
        ("https://api.example/orders/902-3159896-1390916", "https://api.example/orders/902-3159896-1390916"),
        ("https://api.example/a?token=abc&page=2&empty=", "https://api.example/a?token=***&page=***&empty=***"),
        ("https://me:pw@api.example:8443/a#frag", "https://***@api.example:8443/a#***"),
        (f"https://api.example/hook/{CANARY}/x", "https://api.example/hook/***/x"),
        ("https://api.example/customers/jo@example.com", "https://api.example/customers/***"),
        ("/orders?access_token=abc", "/orders?access_token=***"),
        ("https://[::1", MASK),
    ],
)
def test_urls_keep_their_path_and_lose_their_values(url, shown):
    assert redact_url(url) == shown


SECRETS = [
    f"Authorization: Bearer {CANARY}",
    "authorization: Basic dXNlcjpwYXNzd29yZA==",
    "sent Basic dXNlcjpwYXNzd29yZA== as header",
    f"HTTPSConnectionPool(host='x'): Max retries exceeded with url: /a?api_key={CANARY} (Caused by …)",
    f'{{"access_token": "{CANARY}", "expires_in": 3600}}',
    f"refresh_token={CANARY}&grant_type=refresh_token",
    "password: hunter2",
    "client_secret='s3cr et with space'",
    "Atza|IwEBIJedGXjDqsU1vVaRVUQ0EXAMPLEtokenTOKEN123 was refused",
    "eyJhbGciOiJIUzI1NiJ9eyJzdWIiOiIxMjM0NTY3ODkwIn0 is not valid",
    "key 0123456789abcdef0123456789abcdef is unknown",
    "https://user:pw12345@example.com/x?sig=abcdef",
]
HIDDEN = [
    CANARY,
    "dXNlcjpwYXNzd29yZA",
    "hunter2",
    "s3cr et",
    "IwEBIJedGXjDqsU1vVaRVUQ0EXAMPLE",
    "eyJhbGci",
    "0123456789abcdef",
    "pw12345",
    "abcdef",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_are_masked(text):
    shown = redact_text(text)
    assert MASK in shown
    assert not any(part in shown for part in HIDDEN), shown


@pytest.mark.parametrize(
    "text, hidden",
    [
        ("mail to jo.doe+shop@mail.example.com please", "jo.doe"),
        ("call +49 170 1234567 now", "1234567"),
        ("call +1 (555) 010-9999 now", "010-9999"),
        ("call 0049 30 123456 now", "123456"),
        ("call (555) 555-0123 now", "555-0123"),
        ("call 555-555-0123 now", "555-0123"),
        ("call 030/1234567 now", "1234567"),
        ("call 0170 1234567 now", "1234567"),
        ("card 4111 1111 1111 1111 exp", "1111"),
        ("card 4111111111111111 exp", "1111"),
        ("card 3782-822463-10005 exp", "822463"),
        ("card 5500-0000-0000-0004.", "0000"),
    ],
)
def test_contact_and_card_data_is_masked(text, hidden):
    shown = redact_text(text)
    assert MASK in shown and hidden not in shown


@pytest.mark.parametrize(
    "text",
    [
        "order 902-3159896-1390916 at 2026-11-23T10:15:00Z was refused",
        "order 113-1234567-1234567: total 1,234.56 EUR differs from 1,234.50 EUR",
        "request 7f1c2e4a-1b2c-4d3e-8f90-a1b2c3d4e5f6 failed with status 503",
        "SKU ABC-123-XL-BLUE, 12 pieces, ship by 2026-12-01",
        "The token has expired. Sign in again.",
        "$.orders[3].proceeds.total.amount: expected a number",
        "tracking 1Z999AA10123456784 is not known",
        "Basic authentication is off for this shop",
    ],
)
def test_what_people_need_stays(text):
    assert redact_text(text) == text


def test_a_number_that_fails_the_sum_is_no_card():
    assert is_card_number("4111111111111111") and not is_card_number("4111111111111112")
    assert not is_card_number("9111111111111111")
    assert redact_text("article 4111111111111112") == "article 4111111111111112"


def test_long_texts_are_cut_after_masking():
    shown = redact_text("x " * 20 + CANARY * 200, limit=50)
    assert len(shown) <= 50 and "Kanarie" not in shown
    assert redact_text("ab " * 100, limit=30) == "ab " * 9 + "ab…"


@pytest.mark.parametrize(
    "piece", ["a", "0", "token", "token=", "a@", "+1 ", "aA1", " ", "http://", "0 1", "a.", "Bearer "]
)
def test_no_text_takes_long(piece):
    started = time.monotonic()
    redact_text(piece * 200_000)
    assert time.monotonic() - started < 1


def test_debug_lines_of_the_http_library_lose_their_query():
    record = logging.LogRecord("urllib3", logging.DEBUG, "", 1, '"%s %s" %s', ("GET", f"/a?t={CANARY}", 200), None)
    assert mask_urls(record)
    assert record.getMessage() == '"GET /a?t=***" 200'


words = st.text("abcdefghij ÄÖ,.;:(){}[]\n", max_size=40)


@given(words, words, st.sampled_from(["access_token=", '"api_key": "', "password: ", "Bearer ", "client_secret='"]))
def test_a_secret_is_masked_wherever_it_stands(before, after, name):
    assume(not before or not before[-1].isalnum())
    closing = name[-1] if name[-1] in "\"'" else " "
    assert CANARY not in redact_text(f"{before}{name}{CANARY}{closing}{after}")


@given(words, words)
def test_an_email_is_masked_wherever_it_stands(before, after):
    assert "someone77" not in redact_text(f"{before} someone77@mail.example {after}")


@given(st.integers(10**14, 10**15 - 1).map(lambda number: f"4{number}"))
def test_every_card_number_is_masked(digits):
    number = next(digits + check for check in "0123456789" if is_card_number(digits + check))
    assert number not in redact_text(f"paid with {number}, thanks")
