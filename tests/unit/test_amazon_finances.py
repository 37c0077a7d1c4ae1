"""Refunds out of Amazon's Finances: what the buyer got, line by line, and nothing twice."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_channel_amazon.lib.finances import LAG, SPAN, parse_refunds_page, plan_place
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
PLACE = plan_place(dto.Window(since=NOW - timedelta(days=3)), None, NOW)
GERMANY, UNITED_STATES = "A1PA6795UKMFR9", "ATVPDKIKX0DER"


def row(name, amount, *parts):
    return {
        "breakdownType": name,
        "breakdownAmount": {"currencyAmount": amount, "currencyCode": "EUR"},
        "breakdowns": list(parts),
    }


# The shape of a real answer, a sale turned round: groups with parts, fees with a base and a tax of their own.
ITEM = [
    row("Tax", -7.98, row("OurPriceTax", -7.03), row("ShippingTax", -0.95)),
    row("ProductCharges", -37.0, row("OurPricePrincipal", -37.0)),
    row("Shipping", -5.0, row("ShippingPrincipal", -5.0)),
    row("PromoRebates", 2.0, row("OurPriceDiscount", 2.0)),
    row("AmazonFees", 5.1, row("Commission", 6.6, row("Base", 5.5), row("Tax", 1.1)), row("RefundCommission", -1.5)),
]


def item(breakdowns=ITEM, sku="SKU-A"):
    context = {
        "contextType": "ProductContext",
        "sku": sku,
        "quantityShipped": 2,
        "asin": "B0",
        "fulfillmentNetwork": None,
    }
    return {"description": "Tea", "breakdowns": breakdowns, "contexts": [context], "relatedIdentifiers": None}


def transaction(*items, id_="T1", kind="Refund", store=GERMANY, related=(), **more):
    named = [("ORDER_ID", "028-1"), ("FINANCIAL_EVENT_GROUP_ID", "G"), *related]
    return {
        "transactionType": kind,
        "transactionId": id_,
        "transactionStatus": "RELEASED",
        "postedDate": "2026-11-25T10:00:00Z",
        "relatedIdentifiers": [
            {"relatedIdentifierName": name, "relatedIdentifierValue": value} for name, value in named
        ],
        "marketplaceDetails": {"marketplaceId": store, "marketplaceName": "Amazon"},
        "items": list(items),
        "contexts": None,
        **more,
    }


def page(*transactions, token=None, place=PLACE):
    payload = {"transactions": list(transactions), "nextToken": token}
    return parse_refunds_page(json.dumps({"payload": payload}).encode(), place, NOW)


def test_a_refund_is_what_the_buyer_got_and_fees_are_none_of_it():
    [refund] = page(transaction(item())).items
    assert (refund.external_id, refund.order_external_id, refund.status) == ("T1", "028-1", "done")
    assert refund.amount == dto.Money(amount=Decimal("47.98"), currency="EUR")
    [line] = refund.lines
    assert (line.sku, line.amount.amount, line.tax.amount) == ("SKU-A", Decimal("42.03"), Decimal("7.03"))
    assert (line.shipping.amount, refund.channel_tax) == (Decimal("5.95"), None)


def test_goodwill_and_what_was_kept_are_beside_the_lines():
    parts = [
        row("OurPricePrincipal", -10.0),
        row("GoodwillPrincipal", -3.17),
        row("RestockingDeductionPrincipal", 4.59),
    ]
    [refund] = page(transaction(item(parts))).items
    assert refund.amount.amount == Decimal("8.58")
    assert refund.lines[0].amount.amount == 10


def test_a_part_nobody_knows_is_said_and_not_guessed():
    parts = [row("OurPricePrincipal", -10.0), row("Surprise", -2.5, row("SurpriseItem", -2.5)), row("PaymentFee", 1.0)]
    [refund] = page(transaction(item(parts))).items
    assert (refund.amount.amount, refund.reason) == (10, "Not counted: SurpriseItem 2.5")
    assert page(transaction(item())).items[0].reason is None
    [alone] = page(transaction(item([row("SurpriseItem", -2.5)]))).items
    assert (alone.amount.amount, alone.reason) == (0, "Not counted: SurpriseItem 2.5")


@pytest.mark.parametrize(("store", "kept"), [(UNITED_STATES, Decimal("1.2")), (GERMANY, None)])
def test_tax_that_amazon_kept_is_named_where_prices_are_without_it(store, kept):
    goods = [row("OurPricePrincipal", -10.0), row("OurPriceTax", -0.8), row("MarketplaceFacilitatorTax-Principal", 0.8)]
    sent = [row("ShippingPrincipal", -5.0), row("ShippingTax", -0.4), row("MarketplaceFacilitatorTax-Shipping", 0.4)]
    [refund] = page(transaction(item([*goods, *sent]), store=store)).items
    assert refund.amount.amount == Decimal("16.2")
    assert (refund.channel_tax and refund.channel_tax.amount) == kept
    [line] = refund.lines
    beside = kept or Decimal(0)
    assert line.amount.amount + line.shipping.amount + beside == refund.amount.amount
    assert line.amount.amount == (10 if kept else Decimal("10.8"))
    assert (line.tax is None) is bool(kept)


def test_a_deferred_refund_counts_once():
    deferred = transaction(item(), id_="D", related=[("RELEASE_TRANSACTION_ID", "R")])
    released = transaction(item(), id_="R", related=[("DEFERRED_TRANSACTION_ID", "D")])
    assert [refund.external_id for refund in page(deferred, released).items] == ["D"]


def test_groups_without_parts_and_transactions_without_items():
    groups = [row("ProductCharges", -10.0), row("Tax", -1.9), row("AmazonFees", 1.5)]
    whole = [row("Sales", 1.5, row("AmazonFees", 1.5)), row("Expenses", -11.9, *groups[:2])]
    first = page(transaction(item(groups))).items[0]
    second = page(transaction({**item(None)}, breakdowns=whole)).items[0]
    third = page(transaction(breakdowns=whole)).items[0]
    assert first.amount == second.amount == third.amount == dto.Money(amount=Decimal("11.9"), currency="EUR")
    assert first.lines == second.lines and third.lines == ()


@pytest.mark.parametrize(
    "other",
    [
        transaction(item(), kind="Shipment"),
        transaction(item([row("AmazonFees", 3.0, row("Commission", 3.0))])),
        transaction(item(), id_=None),
        {**transaction(item()), "relatedIdentifiers": None},
        {"transactionType": None},
        {"transactionType": "ServiceFee", "items": "of another shape"},
    ],
)
def test_what_is_no_refund_of_an_order_is_passed_over(other):
    assert page(other).items == ()


def priced(name, amount, currency):
    return {**row(name, amount), "breakdownAmount": {"currencyAmount": amount, "currencyCode": currency}}


@pytest.mark.parametrize(
    "broken",
    [
        transaction(item([row("OurPricePrincipal", -1.0), priced("OurPriceTax", -1.0, "USD")])),
        transaction(item([priced("OurPricePrincipal", 1e300, "EUR")])),
        transaction(item("no list")),
    ],
)
def test_a_refund_that_cannot_be_read_is_not_lost_in_silence(broken):
    with pytest.raises(Malformed):
        page(broken)


def test_windows_longer_than_amazon_answers_are_read_in_spans():
    place = plan_place(dto.Window(since=NOW - 2 * SPAN), None, NOW)
    spans, cursor = [], None
    while True:
        spans.append((place.since, place.until))
        found = page(place=place)
        if found.next_cursor is None:
            break
        assert found.covered_until is None
        cursor = found.next_cursor
        place = plan_place(dto.Window(since=NOW - 2 * SPAN), cursor, NOW)
    assert spans[-1][1] is None and found.covered_until == NOW - LAG
    assert [since for since, _until in spans[1:]] == [until for _since, until in spans[:-1]]
    assert all(until - since <= SPAN for since, until in spans[:-1]) and NOW - spans[-1][0] <= SPAN + LAG


def test_pages_keep_the_span():
    following = plan_place(dto.Window(since=NOW), page(token="more").next_cursor, NOW)
    assert (following.token, following.since) == ("more", PLACE.since)
    with pytest.raises(Rejected, match="cursor_expired"):
        plan_place(dto.Window(since=NOW), "none of ours", NOW)


FIELDS = (
    "payload", "transactions", "transactionType", "items", "breakdowns", "breakdownType", "breakdownAmount",
    "currencyAmount", "currencyCode", "contexts", "sku",
)  # fmt: skip
PLAIN = st.none() | st.booleans() | st.integers() | st.text(max_size=5)
TREES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=4),
    max_leaves=12,
)


@given(TREES)
def test_any_document_is_read_or_named(tree):
    refund = {"payload": {"transactions": [{"transactionType": "Refund", "items": tree}]}}
    for body in (tree, {"payload": tree}, {"payload": {"transactions": [tree]}}, refund):
        try:
            parse_refunds_page(json.dumps(body).encode(), PLACE, NOW)
        except Malformed as error:
            assert error.code
