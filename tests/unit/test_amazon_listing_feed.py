"""Quantities and prices in bodies and feeds, and what comes back for each row."""

import gzip
import json
from decimal import Decimal

import pytest
from amazon_documents import DE, JP, US
from odoo.addons.oms_channel_amazon.lib import bodies, feeds, listing_feed
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

STORES = (US, DE)


def level(ref, quantity=3, sku=None, **more):
    return dto.StockLevel(ref=ref, sku=sku or f"SKU-{ref}", quantity=quantity, **more)


def money(amount, currency="EUR"):
    return dto.Money(amount=Decimal(amount), currency=currency)


def issue(message_id=None, sku=None, *, severity="ERROR", code="90220", message="no good"):
    found = {"severity": severity, "code": code, "message": message}
    return {**found, **({"messageId": message_id} if message_id else {}), **({"sku": sku} if sku else {})}


def report(*issues, accepted=1, invalid=0):
    summary = {"errors": len(issues), "warnings": 0, "messagesProcessed": accepted + invalid}
    summary |= {"messagesAccepted": accepted, "messagesInvalid": invalid}
    document = {
        "header": {"sellerId": "A1", "version": "2.0", "feedId": "1"},
        "issues": list(issues),
        "summary": summary,
    }
    return listing_feed.parse_listing_report(json.dumps(document).encode())


def rows(levels, found, *, is_whole=True):
    answers = listing_feed.plan_rows(levels, STORES, found, is_whole=is_whole).rows
    assert [row.ref for row in answers] == [level.ref for level in levels]
    return [(row.code, row.is_retryable) for row in answers]


# === prices ==================================================================================================


def test_a_price_is_a_number_digit_by_digit():
    body = bodies.encode_json(bodies.build_stock(level("1", price=money("19.90")), DE))
    assert b'"value_with_tax":19.90' in body
    stock, price = json.loads(body)["patches"]
    assert (stock["op"], stock["path"]) == ("merge", "/attributes/fulfillment_availability")
    assert (price["op"], price["path"]) == ("replace", "/attributes/purchasable_offer")
    [offer] = price["value"]
    assert (offer["marketplace_id"], offer["currency"], offer["audience"]) == (DE, "EUR", "ALL")


def test_yen_have_no_decimals_to_lose():
    body = bodies.encode_json(bodies.build_stock(level("1", price=money("1500", "JPY")), JP))
    assert b'"value_with_tax":1500}' in body


@pytest.mark.parametrize(
    ("price", "store"),
    [
        (money("0"), DE),
        (money("-1"), DE),
        (money("5.001"), DE),
        (money("5", "USD"), DE),
        (money("5"), None),
    ],
)
def test_a_price_a_store_cannot_have_is_refused(price, store):
    with pytest.raises(ValueError):
        bodies.build_stock(level("1", price=price), store)


def test_a_price_finds_the_store_of_its_currency():
    assert bodies.plan_stores(level("1"), STORES) == STORES
    assert bodies.plan_stores(level("1", price=money("5")), STORES) == [DE]
    assert bodies.plan_stores(level("1", price=money("5"), marketplace=US), STORES) == (US,)
    with pytest.raises(ValueError):
        bodies.plan_stores(level("1", price=money("5", "JPY")), STORES)


# === feeds ===================================================================================================


def test_a_feed_names_each_row_by_its_place():
    levels = [
        level("a"),
        level("b", -1),
        level("c", price=money("5")),
        level("d", marketplace=US, product_type="LUGGAGE"),
    ]
    body, stores = listing_feed.build_listing_feed("A1", levels, STORES)
    document = json.loads(body)
    assert document["header"] == {"sellerId": "A1", "version": "2.0", "issueLocale": "en_US"}
    assert [(m["messageId"], m["sku"], m["productType"]) for m in document["messages"]] == [
        (1, "SKU-a", "PRODUCT"),
        (3, "SKU-c", "PRODUCT"),
        (4, "SKU-d", "LUGGAGE"),
    ]
    assert [len(message["patches"]) for message in document["messages"]] == [1, 2, 1]
    assert stores == [US, DE]


def test_a_feed_of_stores_that_are_known_is_for_these_alone():
    _body, stores = listing_feed.build_listing_feed("A1", [level("a", marketplace=DE)], STORES)
    assert stores == [DE]


def test_the_largest_feed_is_small_enough():
    levels = [
        level(str(number), sku=f"{number:040d}", price=money("123456.78"), marketplace=DE, product_type="X" * 60)
        for number in range(feeds.FEED_MESSAGES)
    ]
    body, _stores = listing_feed.build_listing_feed("A1SELLER", levels, STORES)
    assert len(body) < feeds.FEED_BYTES


def test_a_feed_that_is_too_large_is_not_built():
    levels = [level(str(number), sku="x" * 4000) for number in range(3000)]
    with pytest.raises(Rejected) as caught:
        listing_feed.build_listing_feed("A1", levels, STORES)
    assert caught.value.code == "feed_too_large"


def test_nothing_to_send_is_no_feed():
    assert listing_feed.build_listing_feed("A1", [level("a", -1)], STORES) == (b"", [])


# === answers =================================================================================================


def test_each_row_has_its_own_answer():
    levels = [level("a"), level("b"), level("c", -1), level("d", price=money("5", "JPY"))]
    found = report(issue(1, severity="WARNING"), issue(2, "SKU-b"), issue(2, "SKU-b", code="2nd"))
    assert rows(levels, found) == [(None, False), ("90220", False), ("bad_quantity", False), ("bad_price", False)]


def test_an_issue_is_found_by_its_sku_when_the_numbers_disagree():
    levels = [level("a"), level("b")]
    assert rows(levels, report(issue(1, "SKU-b"))) == [(None, False), ("90220", False)]
    assert rows(levels, report(issue(7, "SKU-b"))) == [(None, False), ("90220", False)]
    assert rows(levels, report(issue(7, "SKU-x"))) == [(None, False), (None, False)]


@pytest.mark.parametrize(
    "fault",
    [issue(1, code="13013"), issue(1, message="The SKU X does not exist in the catalog"), issue(1, code="NOT_FOUND")],
)
def test_an_unknown_sku_is_named(fault):
    assert rows([level("a")], report(fault)) == [("listing_unknown", False)]


def test_what_has_no_word_of_a_feed_that_died_is_sent_again():
    levels = [level("a"), level("b")]
    assert rows(levels, None, is_whole=False) == [("feed_stopped", True)] * 2
    assert rows(levels, report(issue(2)), is_whole=False) == [("feed_stopped", True), ("90220", False)]


def test_a_feed_that_was_refused_as_a_whole():
    with pytest.raises(Rejected) as caught:
        listing_feed.plan_rows([level("a")], STORES, report(issue(message="no header"), accepted=0), is_whole=False)
    assert (caught.value.code, caught.value.message) == ("90220", "no header")
    assert rows([level("a")], report(issue(message="one odd thing"))) == [(None, False)]


def test_more_issues_than_a_document_of_ours_may_have_entries():
    found = report(*(issue(1, "SKU-a") for _number in range(12_000)))
    assert len(found.issues) == 12_000
    assert rows([level("a")], found) == [("90220", False)]


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"issues": [], "summary": {}}', b'{"issues": 1, "summary": 1}'])
def test_what_is_no_report_is_named(body):
    with pytest.raises(Malformed):
        listing_feed.parse_listing_report(body)


def test_an_issue_that_cannot_be_read_leaves_the_others():
    body = json.dumps(
        {"issues": [5, issue(1)], "summary": {"messagesProcessed": 1, "messagesAccepted": 0, "messagesInvalid": 1}}
    )
    assert len(listing_feed.parse_listing_report(body.encode()).issues) == 1


# === compressed documents ====================================================================================


def test_documents_are_unpacked_within_bounds():
    packed = gzip.compress(b"x" * 1000)
    assert feeds.unpack(packed, "GZIP") == b"x" * 1000
    assert feeds.unpack(b"plain", None) == b"plain"
    for body, limit, code in ((packed, 999, "too_large"), (packed[:-9], 2000, "truncated"), (b"plain", 10, "bad_gzip")):
        with pytest.raises(Malformed) as caught:
            feeds.unpack(body, "GZIP", limit)
        assert caught.value.code == code


def test_a_gzip_bomb_stays_small():
    with pytest.raises(Malformed) as caught:
        feeds.unpack(gzip.compress(bytes(64 * 1024 * 1024)), "GZIP")
    assert caught.value.code == "too_large"
