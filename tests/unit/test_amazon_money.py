"""The money of Amazon orders adds up, whichever way Amazon lists it."""

from decimal import Decimal

import pytest
from amazon_documents import DE, JP, US, item, money, order, parse, part
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

FACILITATED = {"taxCollections": [{"model": "MARKETPLACE_FACILITATOR", "responsibleParty": "Amazon Services, Inc."}]}


def charges_of(line):
    return [(charge.kind, charge.amount.amount, charge.label) for charge in line.charges]


def sum_of(data):
    """Return what the core will add up: goods, charges, and taxes where they are on top."""
    charges = [*data.charges, *(charge for line in data.lines for charge in line.charges)]
    taxes = [tax for charge in charges for tax in charge.taxes] + [tax for line in data.lines for tax in line.taxes]
    total = sum(line.amount.amount for line in data.lines) + sum(charge.amount.amount for charge in charges)
    return total if data.is_tax_included else total + sum(tax.amount.amount for tax in taxes)


def test_tax_on_top_of_an_american_price():
    document = order(item(parts=[part("ITEM", "39.99"), part("TAX", "10.00")], total="49.99"), total="49.99")
    data = parse(document)
    assert not data.is_tax_included
    assert data.lines[0].amount == dto.Money(amount=Decimal("39.99"), currency="USD")
    assert [(tax.amount.amount, tax.collected_by) for tax in data.lines[0].taxes] == [(Decimal("10.00"), "seller")]
    assert data.total.amount == sum_of(data) == Decimal("49.99")


def test_tax_inside_a_german_price():
    parts = [part("ITEM", "119.00", currency="EUR"), part("TAX", "19.00", currency="EUR")]
    data = parse(order(item(parts=parts, total="119.00", unit="119.00", currency="EUR"), store=DE))
    assert data.is_tax_included
    assert data.total.amount == sum_of(data) == Decimal("119.00")


def test_amounts_beat_the_habit_of_the_store():
    inside = order(item(parts=[part("ITEM", "21.00"), part("TAX", "1.00")], total="21.00"), store=US)
    on_top = order(item(parts=[part("ITEM", "20.00"), part("TAX", "1.00")], total="21.00"), store=DE)
    assert parse(inside).is_tax_included
    assert not parse(on_top).is_tax_included


@pytest.mark.parametrize(("store", "is_included"), [(US, False), (DE, True), (JP, True), ("A0UNKNOWN", True)])
def test_the_habit_of_the_store_decides_where_no_tax_is_listed(store, is_included):
    assert parse(order(store=store)).is_tax_included is is_included


def test_tax_amazon_withheld_is_neither_in_the_price_nor_on_top():
    parts = [part("ITEM", "40.00"), part("TAX", "3.20")]
    data = parse(order(item(parts=parts, total="40.00", tax=FACILITATED), total="40.00"))
    assert not data.is_tax_included
    assert data.lines[0].taxes == ()
    assert data.total.amount == sum_of(data) == Decimal("40.00")
    assert "tax_by_channel" in data.labels


def test_tax_amazon_collected_within_the_total_is_amazons():
    parts = [part("ITEM", "40.00"), part("TAX", "3.20")]
    data = parse(order(item(parts=parts, total="43.20", tax=FACILITATED), total="43.20"))
    assert [tax.collected_by for tax in data.lines[0].taxes] == ["channel"]
    assert data.total.amount == sum_of(data) == Decimal("43.20")


def test_one_stop_shop_makes_the_tax_amazons():
    tax = {"taxCalculationBreakdowns": [{"reportingScheme": "IOSS"}]}
    data = parse(order(item(parts=[part("ITEM", "40.00"), part("TAX", "3.20")], total="43.20", tax=tax)))
    assert [(t.collected_by, t.label) for t in data.lines[0].taxes] == [("channel", "ioss")]
    assert {"ioss", "tax_by_channel"} <= set(data.labels)


@pytest.mark.parametrize("sign", ["-", ""])
def test_discount_lowers_the_price_whichever_sign_it_has(sign):
    parts = [part("ITEM", "20.00"), part("SHIPPING", "4.00"), part("DISCOUNT", f"{sign}5.00")]
    data = parse(order(item(parts=parts, total="19.00"), total="19.00"))
    assert charges_of(data.lines[0]) == [("shipping", Decimal("4.00"), None), ("discount", Decimal("-5.00"), None)]
    assert sum_of(data) == data.total.amount


@pytest.mark.parametrize("sign", ["-", ""])
def test_discount_is_split_where_amazon_splits_it(sign):
    details = [("ITEM", f"{sign}3.00"), ("SHIPPING", f"{sign}2.00")]
    data = parse(order(item(parts=[part("ITEM", "20.00"), part("DISCOUNT", f"{sign}5.00", details)], total="15.00")))
    assert charges_of(data.lines[0]) == [
        ("discount", Decimal("-3.00"), None),
        ("discount", Decimal("-2.00"), "SHIPPING"),
    ]


def test_details_that_do_not_add_up_are_not_used():
    parts = [part("ITEM", "20.00"), part("DISCOUNT", "5.00", [("ITEM", "3.00")])]
    data = parse(order(item(parts=parts, total="15.00")))
    assert charges_of(data.lines[0]) == [("discount", Decimal("-5.00"), None)]


def test_every_kind_of_charge_keeps_its_money():
    kinds = ["SHIPPING", "GIFT_WRAP", "COD_FEE", "OTHER", "BOTTLE_DEPOSIT"]
    parts = [part("ITEM", "20.00"), *(part(kind, "1.00") for kind in kinds)]
    data = parse(order(item(parts=parts, total="25.00")))
    assert charges_of(data.lines[0]) == [
        ("shipping", Decimal("1.00"), None),
        ("gift_wrap", Decimal("1.00"), None),
        ("cod", Decimal("1.00"), None),
        ("other", Decimal("1.00"), None),
        ("other", Decimal("1.00"), "BOTTLE_DEPOSIT"),
    ]
    assert sum_of(data) == data.total.amount


def test_a_charge_below_zero_is_a_discount():
    data = parse(order(item(parts=[part("ITEM", "20.00"), part("OTHER", "-1.00")], total="19.00")))
    assert charges_of(data.lines[0]) == [("discount", Decimal("-1.00"), "OTHER")]


def test_tax_goes_to_what_it_is_on():
    details = [("ITEM", "1.60"), ("SHIPPING", "0.40"), ("DISCOUNT", "0.10")]
    parts = [
        part("ITEM", "20.00"),
        part("SHIPPING", "5.00"),
        part("DISCOUNT", "1.25"),
        part("TAX", "1.90", details),
    ]
    data = parse(order(item(parts=parts, total="25.65")))
    line = data.lines[0]
    assert [tax.amount.amount for tax in line.taxes] == [Decimal("1.60")]
    by_kind = {charge.kind: [tax.amount.amount for tax in charge.taxes] for charge in line.charges}
    assert by_kind == {"shipping": [Decimal("0.40")], "discount": [Decimal("-0.10")]}
    assert sum_of(data) == data.total.amount


def test_tax_on_something_not_charged_stays_with_the_goods():
    parts = [part("ITEM", "20.00"), part("TAX", "2.00", [("ITEM", "1.60"), ("SHIPPING", "0.40")])]
    data = parse(order(item(parts=parts, total="22.00")))
    assert [tax.amount.amount for tax in data.lines[0].taxes] == [Decimal("2.00")]
    assert sum_of(data) == data.total.amount


def test_without_breakdowns_units_times_price():
    data = parse(order(item(quantity=3, unit="6.50", total="19.50"), total="19.50"))
    assert data.lines[0].amount.amount == Decimal("19.50")
    assert data.lines[0].unit_price.amount == Decimal("6.50")


def test_without_breakdowns_and_price_amazons_sum():
    data = parse(order(item(quantity=3, unit=None, total="19.50"), total="19.50"))
    assert data.lines[0].amount.amount == Decimal("19.50")
    assert data.lines[0].unit_price is None


def test_a_replacement_costs_nothing():
    data = parse(order(item(unit="20.00", total="0.00"), total="0.00"))
    assert data.lines[0].amount.amount == data.total.amount == 0


def test_unpaid_order_has_no_amounts():
    document = order(item(unit=None), status="PENDING")
    del document["orderItems"][0]["proceeds"]
    data = parse(document)
    assert (data.status, data.currency, data.total) == ("awaiting_payment", None, None)
    assert (data.lines[0].amount, data.lines[0].unit_price) == (None, None)


def test_yen_have_no_decimals():
    parts = [part("ITEM", "13960", currency="JPY")]
    data = parse(order(item(parts=parts, total="13960", unit="6980", quantity=2, currency="JPY"), store=JP))
    assert (data.total, data.lines[0].amount.amount) == (
        dto.Money(amount=Decimal(13960), currency="JPY"),
        Decimal(13960),
    )


def test_total_without_a_grand_total_is_the_sum_of_the_items():
    items = [item(n, parts=[part("ITEM", "20.00")], total="20.00") for n in (1, 2)]
    assert parse(order(*items)).total.amount == Decimal("40.00")


def test_total_is_unknown_when_an_item_has_none():
    items = [item(1, parts=[part("ITEM", "20.00")], total="20.00"), item(2, parts=[part("ITEM", "20.00")])]
    assert parse(order(*items)).total is None


def test_a_total_that_does_not_add_up_is_passed_on():
    data = parse(order(item(parts=[part("ITEM", "20.00"), part("TAX", "2.00")], total="25.00"), total="25.00"))
    assert data.total.amount == Decimal("25.00")
    assert sum_of(data) == Decimal("22.00")


def test_amounts_of_the_order_are_not_counted_twice():
    document = order(item(parts=[part("ITEM", "20.00"), part("SHIPPING", "4.00")], total="24.00"), total="24.00")
    document["proceeds"]["breakdowns"] = [part("ITEM", "20.00"), part("SHIPPING", "4.00")]
    data = parse(document)
    assert data.charges == ()
    assert sum_of(data) == data.total.amount


@pytest.mark.parametrize(("grand", "tips"), [("23.00", [Decimal("3.00")]), ("20.00", [])])
def test_a_tip_counts_where_it_is_in_the_total(grand, tips):
    document = order(item(parts=[part("ITEM", "20.00")], total="20.00"), total=grand)
    document["proceeds"]["breakdowns"] = [{**part("DELIVERY_TIP", "3.00"), "status": "FINALIZED"}]
    data = parse(document)
    assert [charge.amount.amount for charge in data.charges] == tips
    assert sum_of(data) == data.total.amount


def test_charges_of_the_order_count_where_items_list_none():
    document = order(item(unit="20.00", total=None), total="24.00")
    document["proceeds"]["breakdowns"] = [part("ITEM", "20.00"), part("SHIPPING", "4.00")]
    data = parse(document)
    assert [(charge.kind, charge.amount.amount) for charge in data.charges] == [("shipping", Decimal("4.00"))]


@pytest.mark.parametrize(
    "amount",
    ["NaN", "Infinity", "-Infinity", "1e400", "1e99", "", " ", "12,50", "0x10", "1_000", "٣", "--1", "1.", ".5"]
    + ["9" * 40, "1000000000000", "0.00000001", "1e-30", "\u00a05"],
)
def test_what_is_no_amount_is_refused(amount):
    with pytest.raises(Malformed) as caught:
        parse(order(item(parts=[part("ITEM", amount)])))
    assert caught.value.path == "$.orderItems[0].proceeds.breakdowns[0].subtotal.amount"
    assert "not an amount" in caught.value.params["reason"]


@pytest.mark.parametrize(("amount", "plain"), [("1e2", "100"), ("1.5E1", "15"), ("-0", "0"), ("0.10", "0.10")])
def test_an_amount_is_read_in_every_way_json_allows(amount, plain):
    data = parse(order(item(parts=[part("ITEM", amount)], total=amount)))
    assert str(data.lines[0].amount.amount) == plain


@pytest.mark.parametrize("currency", ["usd", "US", "USDX", "", "U$D", "\u0130SD"])
def test_what_is_no_currency_is_refused(currency):
    with pytest.raises(Malformed) as caught:
        parse(order(item(parts=[part("ITEM", "1.00", currency=currency)])))
    assert caught.value.path.endswith(".currencyCode")


def test_an_amount_that_is_no_text_is_refused():
    with pytest.raises(Malformed) as caught:
        parse(order(item(parts=[{"type": "ITEM", "subtotal": {"amount": 1.5, "currencyCode": "USD"}}])))
    assert caught.value.path == "$.orderItems[0].proceeds.breakdowns[0].subtotal.amount"


def test_two_currencies_in_one_order_are_refused():
    document = order(item(parts=[part("ITEM", "20.00")], total="20.00"))
    document["proceeds"] = {"grandTotal": money("20.00", "EUR")}
    with pytest.raises(Malformed) as caught:
        parse(document)
    assert "EUR and USD" in caught.value.params["reason"]


def test_a_price_below_zero_is_refused():
    with pytest.raises(Malformed):
        parse(order(item(parts=[part("ITEM", "-20.00")])))
