"""Amazon's pages are cut without losing a byte; one bad document never takes the others with it."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from amazon_documents import DE, US, order
from odoo.addons.oms_channel_amazon.lib import answers
from odoo.addons.oms_channel_amazon.lib.mapper import parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members

GOOD = json.dumps(order()).encode()
BAD = {
    "NaN": GOOD.replace(b'"quantityOrdered": 1', b'"quantityOrdered": NaN'),
    "half a character": GOOD.replace(b"A lamp", rb"\ud83d"),
    "raw NUL": GOOD.replace(b"A lamp", b"\x00"),
    "escaped NUL": GOOD.replace(b"A lamp", rb"\u0000"),
    "not UTF-8": GOOD.replace(b"A lamp", b"\xff"),
    "brackets in a text": GOOD.replace(b"A lamp", rb"]}\"],{[\\"),
    "too large a number": GOOD.replace(b'"quantityOrdered": 1', b'"quantityOrdered": 1e400'),
    "a bare word": GOOD.replace(b'"quantityOrdered": 1', b'"quantityOrdered": many'),
    "a megabyte": GOOD.replace(b"A lamp", b"x" * 1_000_000),
}


def page(*pieces, tail=b""):
    return b'{"orders": [' + b", ".join(pieces) + b"]" + tail + b"}"


@pytest.mark.parametrize("name", BAD)
def test_one_bad_order_leaves_the_others(name):
    found = answers.parse_orders_page(page(GOOD, BAD[name], GOOD))
    assert [raw.body for raw in found.items] == [GOOD, BAD[name], GOOD]
    assert [raw.external_id for raw in found.items] == ["111-0000001-0000001"] * 3
    assert found.items[0].updated_at == datetime(2026, 11, 1, 11, tzinfo=timezone.utc)


def test_an_order_nobody_can_name_is_kept():
    pieces = [b"17", b'"x"', b"null", b"{}", b'{"orderId": 5}', b'{"orderId": "a\\u0000b"}', b'{"orderId": ""}']
    found = answers.parse_orders_page(page(*pieces, GOOD))
    assert [raw.body for raw in found.items] == [*pieces, GOOD]
    assert [raw.external_id for raw in found.items[:-1]] == [None] * len(pieces)


def test_the_id_is_that_of_the_order_itself():
    piece = json.dumps({"associatedOrders": [{"orderId": "999-9999999-9999999"}], **order()}).encode()
    assert answers.raw_order(piece).external_id == "111-0000001-0000001"


def test_numbers_keep_their_text():
    piece = b'{"orderId": "1", "n": 1.10, "m": 1E+2, "k": 12345678901234567890.1}'
    assert answers.parse_orders_page(page(piece)).items[0].body == piece


def test_what_the_page_says_beside_its_orders():
    tail = b', "pagination": {"nextToken": "abc=="}, "lastUpdatedBefore": "2026-11-01T12:00:00+01:00"'
    found = answers.parse_orders_page(page(GOOD, tail=tail))
    assert found.next_cursor == "abc=="
    assert found.covered_until == datetime(2026, 11, 1, 11, tzinfo=timezone.utc)


@pytest.mark.parametrize("pagination", [None, b"{}", b"null", b'{"nextToken": ""}'])
def test_the_last_page(pagination):
    tail = b', "pagination": ' + pagination if pagination else b""
    assert answers.parse_orders_page(page(tail=tail)) == dto.Page(items=())


@pytest.mark.parametrize("length", [*range(1, len(GOOD), 97), len(GOOD) - 1])
def test_a_truncated_page_is_no_page(length):
    whole = page(GOOD, GOOD)
    with pytest.raises(Malformed):
        answers.parse_orders_page(whole[:length])


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"<html>", b"{}", b'{"orders": {}}', b'{"orders": []} x', b'{"orders" []}', b"{5: []}"]
    + [b'{"orders": [}', b'{"orders": []', b'{"orders": [], "pagination": 5}', b'{"orders": [], "pagination": {']
    + [b'{"orders": [], "lastUpdatedBefore": "9999-12-31T23:59:59-14:00"}'],
)
def test_what_is_no_page(body):
    with pytest.raises(Malformed):
        answers.parse_orders_page(body)


def test_cutting_takes_time_in_proportion():
    body = page(GOOD.replace(b"A lamp", b'\\"' * 200_000))
    assert len(answers.parse_orders_page(body).items) == 1
    with pytest.raises(Malformed):
        answers.parse_orders_page(b'{"orders": ["' + b'\\"' * 200_000)


def test_members_and_entries():
    assert list(members(b' { "a" : 1 , "b":[1,{"c":2}],"d":"x,}" } ')) == [
        (b"a", b"1"),
        (b"b", b'[1,{"c":2}]'),
        (b"d", b'"x,}"'),
    ]
    assert list(entries(b"[1, [2, 3], {}]")) == [b"1", b"[2, 3]", b"{}"]
    assert list(entries(b"[ ]")) == list(members(b"{ }")) == []


def test_one_order():
    raw = answers.parse_order_answer(b'{"order": ' + GOOD + b"}")
    assert (raw.external_id, parse_order(raw.body).external_number) == ("111-0000001-0000001",) * 2
    with pytest.raises(Malformed):
        answers.parse_order_answer(b'{"errors": []}')


# === listings ================================================================================================


def listing(sku="A", created="2026-01-01T00:00:00Z", code="DEFAULT"):
    return {
        "sku": sku,
        "summaries": [
            {"marketplaceId": DE, "itemName": "Lampe", "status": []},
            {
                "marketplaceId": US,
                "asin": "B1",
                "productType": "LAMP",
                "itemName": "Lamp",
                "status": ["BUYABLE"],
                "createdDate": created,
            },
        ],
        "offers": [
            {"marketplaceId": US, "offerType": "B2B", "price": {"amount": "1.00", "currencyCode": "USD"}},
            {"marketplaceId": US, "offerType": "B2C", "price": {"amount": "2.00", "currencyCode": "USD"}},
        ],
        "fulfillmentAvailability": [{"fulfillmentChannelCode": code, "quantity": 7}],
    }


def listings_page(items, count=None, token=None):
    body = {"numberOfResults": len(items) if count is None else count, "items": items}
    if token:
        body["pagination"] = {"nextToken": token}
    return json.dumps(body).encode()


def test_a_listing_of_the_store_asked_for():
    found = answers.parse_listings_page(listings_page([listing()]), [US], answers.ListingsPlace())
    assert found.next_cursor is None
    assert found.items == (
        dto.ListingData(
            sku="A",
            marketplace=US,
            external_product_id="B1",
            title="Lamp",
            product_type="LAMP",
            quantity=7,
            price=dto.Money(amount=Decimal("2.00"), currency="USD"),
            is_buyable=True,
        ),
    )


def test_stock_in_amazons_hands_is_not_ours():
    found = answers.parse_listing(json.dumps(listing(code="AMAZON_NA")).encode(), US)
    assert (found.quantity, found.is_fulfilled_by_channel) == (None, True)


def test_a_listing_that_cannot_be_read_does_not_stop_the_others():
    broken = {**listing("B"), "offers": 5}
    found = answers.parse_listings_page(
        listings_page([listing("A"), broken, {"sku": 5}]), [US], answers.ListingsPlace()
    )
    assert [item.sku for item in found.items] == ["A", "B"]
    assert found.items[1].title is None


@pytest.mark.parametrize("sku", [b"[" * 100_000 + b"]" * 100_000, rb'"a\u0000"', b'"\xff"', b"NaN"])
def test_a_listing_without_a_sku_we_can_hold_is_left_out(sku):
    body = listings_page([listing("A"), "@"]).replace(b'"@"', b'{"sku": ' + sku + b"}")
    assert [item.sku for item in answers.parse_listings_page(body, [US], answers.ListingsPlace()).items] == ["A"]


def test_the_walk_over_the_pages_of_a_search():
    first = answers.parse_listings_page(listings_page([listing()], 2, "t1"), [US], answers.read_listings_place(None))
    place = answers.read_listings_place(first.next_cursor)
    assert (place.token, place.seen, place.since) == ("t1", 1, None)
    assert answers.parse_listings_page(listings_page([listing("B")], 2), [US], place).next_cursor is None


def test_the_walk_goes_on_after_a_thousand_listings():
    last = "2026-03-01T00:00:00Z"
    place = answers.ListingsPlace(store=1, seen=999, token="t")
    found = answers.parse_listings_page(listings_page([listing(created=last)], 5000, "beyond"), [DE, US], place)
    following = answers.read_listings_place(found.next_cursor)
    assert following == answers.ListingsPlace(store=1, since=datetime(2026, 3, 1, tzinfo=timezone.utc))
    stuck = answers.ListingsPlace(store=1, since=following.since, seen=999, token="t")
    again = answers.parse_listings_page(listings_page([listing(created=last)], 5000), [DE, US], stuck)
    assert again.next_cursor is None


def test_the_walk_goes_from_store_to_store():
    first = answers.parse_listings_page(listings_page([listing()]), [DE, US], answers.ListingsPlace())
    assert first.items[0].title == "Lampe"
    place = answers.read_listings_place(first.next_cursor)
    assert place == answers.ListingsPlace(store=1)
    last = answers.parse_listings_page(listings_page([listing()]), [DE, US], place)
    assert (last.items[0].title, last.next_cursor) == ("Lamp", None)


def test_the_barcode_is_a_number_others_gave():
    known = [{"type": 2, "value": "1"}, {"type": "gcid", "value": "2"}, {"type": "ean", "value": "4006381333931"}]
    document = {**listing(), "attributes": {"externally_assigned_product_identifier": known, "brand": [{"value": "x"}]}}
    assert answers.parse_listing(json.dumps(document).encode(), US).barcode == "4006381333931"


# === submissions, refusals, the account =======================================================================


def test_a_patch_amazon_refuses_with_200():
    issues = [
        {"code": "1", "message": "Nice.", "severity": "INFO"},
        {"code": "90220", "message": "'size' is required.", "severity": "ERROR"},
    ]
    body = {"sku": "A", "status": "INVALID", "submissionId": "x", "issues": issues}
    assert answers.parse_submission(json.dumps(body).encode(), "r") == dto.RowResult(
        ref="r", error="'size' is required.", code="90220"
    )
    accepted = json.dumps({**body, "status": "ACCEPTED"}).encode()
    assert answers.parse_submission(accepted, "r") == dto.RowResult(ref="r")


def test_a_refusal_in_amazons_words():
    body = {"errors": [{"code": "InvalidInput", "message": "Invalid Input", "details": "orderId is wrong"}]}
    assert answers.parse_refusal(json.dumps(body).encode()) == ("InvalidInput", "Invalid Input: orderId is wrong")


@pytest.mark.parametrize("body", [b"", b"<p>\x00\xff</p>", b"{}", b'{"errors": []}', b'{"errors": [{"code": 5}]}'])
def test_a_refusal_that_says_nothing(body):
    code, words = answers.parse_refusal(body)
    assert code == "unknown"
    assert words.isprintable()


def test_the_account():
    def store(id_, is_open):
        return {
            "marketplace": {"id": id_, "name": "x"},
            "storeName": "Lamps",
            "participation": {"isParticipating": is_open, "hasSuspendedListings": False},
        }

    body = json.dumps({"payload": [store(US, True), store(DE, False)]}).encode()
    info = answers.parse_account(body, [US, DE, "A1F83G8C2ARO7P"])
    assert (info.name, info.marketplaces) == ("Lamps", ((US, "Amazon.com"),))
    granted = {permission.name: permission.is_granted for permission in info.permissions}
    assert granted == {
        "Amazon.com": True,
        "Amazon.de": False,
        "Amazon.co.uk": False,
    }
