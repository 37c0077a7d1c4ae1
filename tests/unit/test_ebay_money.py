"""What an eBay order costs: every amount in its place, and a total that adds up or is passed on as it is."""

from decimal import Decimal

import pytest
from ebay_documents import collected, line, money, order, parse, sums
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

DE = {"purchaseMarketplaceId": "EBAY_DE"}


def charges(found):
    """Return the charges of all lines and of the order, as ``(kind, amount, label)``."""
    every = [*(charge for part in found.lines for charge in part.charges), *found.charges]
    return [(charge.kind, str(charge.amount.amount), charge.label) for charge in every]


def test_tax_ebay_collects_in_the_united_states_is_on_top_and_not_ours():
    tax = {
        "ebayCollectAndRemitTaxes": [collected("2.05")],
        "taxes": [{"amount": money("2.05"), "taxType": "STATE_SALES_TAX"}],
    }
    found = parse(order(line(shipping="5.00", total="27.05", **tax), total="27.05"))
    assert found.total == dto.Money(amount=Decimal("27.05"), currency="USD")
    assert not found.is_tax_included
    [stated] = found.lines[0].taxes  # listed twice, told once
    assert (stated.collected_by, stated.amount.amount, stated.label) == ("channel", Decimal("2.05"), "STATE_SALES_TAX")
    assert sums(found) == found.total.amount
    assert "tax_by_channel" in found.labels


def test_a_total_without_the_collected_tax_gets_it():
    # As it is when somebody asked without TAX_BREAKDOWN.
    tax = {"ebayCollectAndRemitTaxes": [collected("2.05")]}
    found = parse(order(line(shipping="5.00", total="27.05", **tax), total="25.00"))
    assert found.total.amount == Decimal("27.05") == sums(found)


def test_tax_of_a_sellers_own_table_is_ours():
    taxed = line(total="21.60", taxes=[{"amount": money("1.60"), "taxType": "STATE_SALES_TAX"}])
    found = parse(order(taxed, total="21.60"))
    assert [tax.collected_by for tax in found.lines[0].taxes] == ["seller"]
    assert (found.is_tax_included, sums(found)) == (False, Decimal("21.60"))


def test_german_prices_hold_a_tax_nobody_names():
    found = parse(
        order(
            line(cost="119.00", shipping="4.90", total="123.90", currency="EUR", **DE), total="123.90", currency="EUR"
        )
    )
    assert (found.is_tax_included, found.lines[0].taxes) == (True, ())
    assert (found.currency, sums(found)) == ("EUR", Decimal("123.90"))


def test_tax_inside_the_price_is_seen_from_the_total():
    tax = {"ebayCollectAndRemitTaxes": [collected("19.00", "VAT", "EUR")]}
    found = parse(
        order(line(cost="119.00", total="119.00", currency="EUR", **DE, **tax), total="119.00", currency="EUR")
    )
    assert found.is_tax_included
    assert found.total.amount == sums(found) == Decimal("119.00")


def test_european_tax_ebay_collects_on_top_of_the_price():
    tax = {"ebayCollectAndRemitTaxes": [collected("19.00", "VAT", "EUR", name="IOSS", value="IM2760000742")]}
    found = parse(
        order(line(cost="100.00", total="119.00", currency="EUR", **DE, **tax), total="119.00", currency="EUR")
    )
    assert not found.is_tax_included
    assert [(tax.label, tax.collected_by) for tax in found.lines[0].taxes] == [("IOSS", "channel")]
    assert "ioss" in found.labels
    assert "IOSS IM2760000742" in found.note


def test_discounts_are_below_zero_whatever_their_sign_there():
    for sign in ("", "-"):
        delivery = {"shippingCost": money("5.00"), "discountAmount": money(f"{sign}2.00")}
        discounted = line(cost="40.00", total="33.00", discountedLineItemCost=money("30.00"), deliveryCost=delivery)
        found = parse(order(discounted, total="33.00"))
        assert charges(found) == [
            ("discount", "-10.00", None),
            ("shipping", "5.00", None),
            ("discount", "-2.00", "shipping"),
        ]
        assert sums(found) == Decimal("33.00")


def test_a_delivery_cost_that_is_already_cut_is_not_cut_again():
    delivery = {"shippingCost": money("3.00"), "discountAmount": money("2.00")}
    found = parse(order(line(total="23.00", deliveryCost=delivery), total="23.00"))
    assert charges(found) == [("shipping", "3.00", None)]


def test_amounts_of_the_order_that_repeat_those_of_the_lines_count_once():
    summary = {"total": money("35.00"), "priceDiscount": money("-10.00"), "deliveryCost": money("5.00")}
    discounted = line(cost="40.00", total="35.00", shipping="5.00", discountedLineItemCost=money("30.00"))
    found = parse(order(discounted, pricingSummary=summary))
    assert found.charges == ()
    assert sums(found) == found.total.amount == Decimal("35.00")


def test_a_discount_of_the_order_alone_is_a_charge():
    summary = {"total": money("17.00"), "priceDiscount": money("-3.00")}
    found = parse(order(line(total="20.00"), pricingSummary=summary))
    assert charges(found) == [("discount", "-3.00", None)]
    assert sums(found) == Decimal("17.00")


@pytest.mark.parametrize(("adjustment", "kind"), [("1.50", "other"), ("-1.50", "discount")])
def test_an_adjustment_after_the_sale(adjustment, kind):
    total = str(Decimal("20.00") + Decimal(adjustment))
    found = parse(order(line(total="20.00"), pricingSummary={"total": money(total), "adjustment": money(adjustment)}))
    assert charges(found) == [(kind, adjustment, "adjustment")]
    assert sums(found) == found.total.amount


def test_handling_and_import_charges_count_where_the_total_holds_them():
    delivery = {
        "shippingCost": money("5.00"),
        "handlingCost": money("1.00"),
        "importCharges": money("7.00"),
        "shippingIntermediationFee": money("2.00"),
    }
    without = parse(order(line(total="26.00", deliveryCost=delivery), total="26.00"))
    assert charges(without) == [("shipping", "5.00", None), ("shipping", "1.00", "handling")]
    whole = parse(order(line(total="35.00", deliveryCost=delivery), total="35.00"))
    assert sums(whole) == Decimal("35.00")
    assert ("other", "7.00", "import charges") in charges(whole)


def test_a_fee_among_the_taxes_is_no_tax():
    fee = [{"amount": money("1.25"), "taxType": "TIRE_RECYCLING_FEE"}]
    found = parse(order(line(total="21.25", taxes=fee), total="21.25"))
    assert charges(found) == [("other", "1.25", "TIRE_RECYCLING_FEE")]
    assert found.lines[0].taxes == ()


def test_yen_have_no_decimals():
    yen = line(cost="13960", shipping="700", total="14660", currency="JPY", quantity=2)
    found = parse(order(yen, total="14660", currency="JPY"))
    assert (found.currency, sums(found)) == ("JPY", Decimal(14660))
    assert found.lines[0].unit_price.amount == Decimal(6980)


def test_dinars_have_three():
    found = parse(order(line(cost="1.999", total="1.999", currency="KWD", quantity=1), total="1.999", currency="KWD"))
    assert (found.total.amount, sums(found)) == (Decimal("1.999"), Decimal("1.999"))


def test_a_price_that_does_not_divide_has_no_unit_price():
    found = parse(order(line(cost="10.00", quantity=3, total="10.00"), total="10.00"))
    assert found.lines[0].unit_price is None
    assert found.lines[0].amount.amount == Decimal("10.00")


def test_a_converted_amount_is_what_the_buyer_paid_and_what_the_books_say():
    total = money("27.00", "EUR", convertedFromValue="30.00", convertedFromCurrency="USD")
    cost = money("27.00", "EUR", convertedFromValue="30.00", convertedFromCurrency="USD")
    found = parse(order(line(lineItemCost=cost, total="27.00", currency="EUR", **DE), pricingSummary={"total": total}))
    assert found.total == dto.Money(amount=Decimal("27.00"), currency="EUR")
    assert found.shop_total == dto.Money(amount=Decimal("30.00"), currency="USD")


def test_a_total_that_does_not_add_up_is_passed_on():
    found = parse(order(line(total="20.00"), total="99.00"))
    assert found.total.amount == Decimal("99.00")
    assert sums(found) == Decimal("20.00")


def test_an_order_without_a_total_is_worth_its_parts():
    assert parse(order(line(shipping="5.00"))).total.amount == Decimal("25.00")


@pytest.mark.parametrize("value", ["NaN", "1e3", "", "12,50", "1" * 20, "0.0000001", "--1", "٣"])
def test_what_is_no_amount_is_named(value):
    with pytest.raises(Malformed) as caught:
        parse(order(line(cost=value)))
    assert caught.value.path == "$.lineItems[0].lineItemCost.value"


def test_two_currencies_in_one_order():
    with pytest.raises(Malformed) as caught:
        parse(order(line(), line(2, currency="EUR")))
    assert caught.value.code == "mixed_currency"


def test_a_price_below_zero_is_refused():
    with pytest.raises(Malformed):
        parse(order(line(cost="-1.00")))
