"""Quantities and prices out, listings in, call by call."""

from decimal import Decimal

import pytest
from ebay_documents import money
from ebay_exchange import BUSY, adapter, answer, refused
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import RetryLater

# --- stock and listings ---------------------------------------------------------------------------------------------


def level(ref="1", sku="LAMP", quantity=5, **more):
    """Return a quantity to push."""
    return dto.StockLevel(ref=ref, sku=sku, quantity=quantity, **more)


def rows(*found):
    """Return an answer with several parts."""
    return answer(207, {"responses": list(found)})


def test_every_row_has_its_own_answer():
    bad = {"statusCode": 400, "sku": "B", "errors": [{"errorId": 25702, "message": "B could not be found"}]}
    later = {"statusCode": 500, "sku": "C", "errors": [{"errorId": 25001, "message": "A system error"}]}
    channel, script = adapter(rows({"statusCode": 200, "sku": "A"}, bad, later))
    found = channel.push_stock([level("1", "A"), level("2", "B"), level("3", "C"), level("4", "D")]).rows
    assert [(row.ref, row.code, row.is_retryable) for row in found] == [
        ("1", None, False),
        ("2", "listing_unknown", False),
        ("3", "25001", True),
        ("4", "no_answer", False),
    ]
    assert len(script.body()["requests"]) == 4
    assert script.requests[0].is_repeatable


def test_an_offer_takes_quantity_and_price():
    channel, script = adapter(
        rows({"statusCode": 200, "sku": "LAMP", "offerId": "O1"}, {"statusCode": 200, "sku": "LAMP"})
    )
    price = dto.Money(amount=Decimal("19.90"), currency="EUR")
    assert channel.push_stock([level(offer_id="O1", price=price)]).rows == (dto.RowResult(ref="1"),)
    assert script.body()["requests"] == [
        {
            "sku": "LAMP",
            "shipToLocationAvailability": {"quantity": 5},
            "offers": [{"offerId": "O1", "availableQuantity": 5, "price": {"value": "19.90", "currency": "EUR"}}],
        }
    ]


def test_a_price_finds_its_offer():
    offers = answer(
        body={"offers": [{"offerId": "O1", "marketplaceId": "EBAY_US"}, {"offerId": "O2", "marketplaceId": "EBAY_DE"}]}
    )
    channel, script = adapter(offers, rows({"statusCode": 200, "sku": "LAMP", "offerId": "O2"}))
    price = dto.Money(amount=Decimal("19.90"), currency="EUR")
    channel.push_stock([level(price=price, marketplace="EBAY_DE")])
    assert script.body()["requests"][0]["offers"][0]["offerId"] == "O2"


def test_a_failed_offer_fails_its_row():
    bad = {"statusCode": 400, "offerId": "O1", "errors": [{"errorId": 25713, "message": "This Offer is not available"}]}
    channel, _script = adapter(rows({"statusCode": 200, "sku": "LAMP"}, bad))
    [row] = channel.push_stock([level(offer_id="O1")]).rows
    assert (row.code, row.error) == ("25713", "This Offer is not available")


def test_rows_refused_together_are_sent_alone():
    fine = rows({"statusCode": 200, "sku": "A"})
    channel, script = adapter(refused(400, 25709), fine, refused(400, 25709, "Invalid value for sku"))
    found = channel.push_stock([level("1", "A"), level("2", "B")]).rows
    assert [(row.ref, row.error) for row in found] == [("1", None), ("2", "Invalid value for sku")]
    assert [len(script.body(place)["requests"]) for place in range(3)] == [2, 1, 1]


def test_being_asked_to_wait_half_way_keeps_the_rest():
    channel, _script = adapter(refused(400, 25709), rows({"statusCode": 200, "sku": "A"}), BUSY)
    found = channel.push_stock([level("1", "A"), level("2", "B")]).rows
    assert [(row.error is None, row.is_retryable) for row in found] == [(True, False), (False, True)]
    channel, _script = adapter(BUSY)
    with pytest.raises(RetryLater):
        channel.push_stock([level()])


def test_one_sku_is_in_one_call_once():
    fine = rows({"statusCode": 200, "sku": "LAMP"})
    channel, script = adapter(fine, fine)
    assert len(channel.push_stock([level("1"), level("2", quantity=6)]).rows) == 2
    assert [len(script.body(place)["requests"]) for place in range(2)] == [1, 1]


def test_a_row_ebay_would_refuse_is_not_sent():
    channel, script = adapter()
    found = channel.push_stock([level("1", quantity=-1), level("2", "x" * 51)]).rows
    assert [row.code for row in found] == ["bad_quantity", "listing_unknown"]
    assert script.requests == []


def test_stock_by_place():
    channel, script = adapter(rows({"statusCode": 200, "sku": "LAMP"}), location_key="BERLIN")
    channel.push_stock([level()])
    distributed = script.body()["requests"][0]["shipToLocationAvailability"]["availabilityDistributions"]
    assert distributed == [{"merchantLocationKey": "BERLIN", "quantity": 5}]


def item(sku):
    """Return a SKU as the inventory lists it."""
    return {
        "sku": sku,
        "product": {"title": f"A {sku}", "ean": ["4006381333931"]},
        "availability": {"shipToLocationAvailability": {"quantity": 7}},
    }


def offer(number, **more):
    """Return an offer of a SKU."""
    return {
        "offerId": f"O{number}",
        "marketplaceId": "EBAY_US",
        "format": "FIXED_PRICE",
        "status": "PUBLISHED",
        "availableQuantity": 3,
        "pricingSummary": {"price": money("19.90")},
        "listing": {"listingId": "110000000001", "listingStatus": "ACTIVE"},
        **more,
    }


def test_listings_and_their_offers():
    following = "https://api.ebay.com/sell/inventory/v1/inventory_item?limit=25&offset=1"
    first = answer(body={"inventoryItems": [item("A"), item("B")], "next": following, "total": 3})
    last = answer(body={"inventoryItems": [item("C")], "total": 3})
    unsold = answer(body={"offers": [offer(2, status="UNPUBLISHED", listing=None)]})
    channel, script = adapter(first, answer(body={"offers": [offer(1)]}), refused(404, 25713), last, unsold)
    one = channel.fetch_listings()
    two = channel.fetch_listings(one.next_cursor)
    a, b, c = (*one.items, *two.items)
    assert (a.sku, a.offer_id, a.quantity, a.price.amount, a.barcode) == (
        "A",
        "O1",
        3,
        Decimal("19.90"),
        "4006381333931",
    )
    assert (a.title, a.marketplace, a.external_product_id, a.is_buyable) == ("A A", "EBAY_US", "110000000001", True)
    assert (b.sku, b.offer_id, b.quantity, b.is_buyable) == ("B", None, 7, False)
    assert (c.is_buyable, two.next_cursor) == (False, None)
    assert dict(script.requests[3].params)["offset"] == "1"


def test_listings_go_on_where_ebay_asked_to_wait():
    listed = answer(body={"inventoryItems": [item("A"), item("B")], "total": 2})
    channel, script = adapter(listed, answer(body={"offers": []}), BUSY, listed, answer(body={"offers": []}))
    one = channel.fetch_listings()
    assert [found.sku for found in one.items] == ["A"]
    two = channel.fetch_listings(one.next_cursor)
    assert [found.sku for found in two.items] == ["B"]
    assert two.next_cursor is None
    assert script.asked().count("getOffers") == 3
