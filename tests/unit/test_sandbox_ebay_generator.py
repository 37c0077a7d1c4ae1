"""Generated eBay orders: the same for the same seed, of the kind asked for, and with totals that add up."""

from decimal import Decimal

import pytest

from sandbox.catalogue import PRODUCTS
from sandbox.clock import from_text
from sandbox.ebay.caller import EbayCaller
from sandbox.ebay.generator import KINDS, Wish, generate_order
from tests.ebay_calls import MOMENT, make_order

NOW = from_text("2026-11-23T05:00:00Z")
DELIVERY = ("shippingCost", "handlingCost", "importCharges", "shippingIntermediationFee")


def orders_of(kind, count=60):
    return [generate_order(5, index, NOW, Wish(kind=kind))[0] for index in range(count)]


def number(amount, name="value"):
    return Decimal(amount[name]) if amount else Decimal(0)


def expected_line_total(line, name):
    cost = number(line["lineItemCost"], name)
    off = sum(number(p["discountAmount"], name) for p in line["appliedPromotions"])
    delivery = line["deliveryCost"]
    sent = sum(number(delivery.get(part), name) for part in DELIVERY) - number(delivery.get("discountAmount"), name)
    tax = sum(number(t["amount"], name) for t in line["taxes"])
    return cost, off, sent, tax


@pytest.mark.parametrize("kind", KINDS)
def test_totals_add_up_from_the_parts(kind):
    for order in orders_of(kind):
        names = ["value"] + (["convertedFromValue"] if kind == "converted" else [])
        for name in names:
            check_totals(order, name)


def check_totals(order, name):
    summary = order["pricingSummary"]
    parts = [expected_line_total(line, name) for line in order["lineItems"]]
    for line, (cost, off, sent, tax) in zip(order["lineItems"], parts, strict=True):
        assert number(line["total"], name) == cost - off + sent + tax
        assert ("discountedLineItemCost" in line) == bool(off)
        if off:
            assert number(line["discountedLineItemCost"], name) == cost - off
    assert number(summary["priceSubtotal"], name) == sum(cost for cost, *_rest in parts)
    assert number(summary.get("priceDiscount"), name) == -sum(off for _cost, off, *_rest in parts)
    assert number(summary.get("tax"), name) == sum(tax for *_rest, tax in parts)
    assert number(summary["total"], name) == sum(
        number(summary.get(part), name)
        for part in ("priceSubtotal", "priceDiscount", "deliveryCost", "deliveryDiscount", "tax")
    )
    assert number(order["paymentSummary"]["totalDueSeller"], name) == number(summary["total"], name)
    assert number(order["paymentSummary"]["payments"][0]["amount"], name) == number(summary["total"], name)


def test_same_seed_gives_the_same_orders():
    for index in range(50):
        assert generate_order(7, index, NOW) == generate_order(7, index, NOW)
    assert generate_order(7, 0, NOW) != generate_order(8, 0, NOW)


def test_ids_and_line_ids_do_not_repeat():
    orders = orders_of("mixed", 2000)
    assert len({order["orderId"] for order in orders}) > 1995
    lines = [line["lineItemId"] for order in orders for line in order["lineItems"]]
    assert len(set(lines)) == len(lines)


def test_mixed_lot_has_the_kinds_in_their_shares():
    kinds = [generate_order(5, index, NOW)[1] for index in range(1000)]
    assert {kind for kind, share in KINDS.items() if share} == set(kinds)
    assert 450 < kinds.count("standard") < 550


def test_discounts_are_positive_at_the_line_and_negative_in_the_summary():
    orders = orders_of("discount")
    assert all(number(order["pricingSummary"]["priceDiscount"]) < 0 for order in orders)
    with_delivery = [o for o in orders if "deliveryDiscount" in o["pricingSummary"]]
    assert with_delivery and all(number(o["pricingSummary"]["deliveryDiscount"]) < 0 for o in with_delivery)
    assert all(
        number(p["discountAmount"]) > 0 for o in orders for li in o["lineItems"] for p in li["appliedPromotions"]
    )


def test_kinds_have_what_makes_them_special():
    assert all(
        o["orderPaymentStatus"] == "PENDING" and "paymentDate" not in str(o["paymentSummary"])
        for o in orders_of("unpaid")
    )
    assert all(o["ebayCollectAndRemitTax"] is True for kind in ("us_tax", "eu_vat") for o in orders_of(kind))
    assert all("ebayCollectAndRemitTax" not in o for o in orders_of("standard"))
    assert all(line["quantity"] > 1 for o in orders_of("multi_qty") for line in o["lineItems"])
    lines = [line for o in orders_of("no_sku") for line in o["lineItems"]]
    assert all("sku" not in line for line in lines) and any("legacyVariationId" in line for line in lines)
    references = [
        t["ebayReference"]["name"]
        for o in orders_of("eu_vat")
        for li in o["lineItems"]
        for t in li["ebayCollectAndRemitTaxes"]
    ]
    assert set(references) == {"IOSS"}


def test_global_shipping_goes_to_the_hub_and_names_the_home():
    for order in orders_of("gsp"):
        [instruction] = order["fulfillmentStartInstructions"]
        assert instruction["ebaySupportedFulfillment"] is True
        assert instruction["shippingStep"]["shipToReferenceId"].startswith("Reference #")
        assert instruction["shippingStep"]["shipTo"]["contactAddress"]["city"] == "Erlanger"
        assert instruction["finalDestinationAddress"]["countryCode"] == "GB"
        assert number(order["lineItems"][0]["deliveryCost"]["importCharges"]) > 0


def test_converted_orders_carry_both_currencies():
    for order in orders_of("converted"):
        line = order["lineItems"][0]
        assert (line["listingMarketplaceId"], line["purchaseMarketplaceId"]) == ("EBAY_US", "EBAY_GB")
        assert (line["total"]["currency"], line["total"]["convertedFromCurrency"]) == ("GBP", "USD")


def test_yen_have_no_fraction():
    totals = [number(order["pricingSummary"]["total"]) for order in orders_of("jpy")]
    assert all(total == int(total) for total in totals)


def test_amounts_are_written_like_a_double():
    texts = [line["lineItemCost"]["value"] for o in orders_of("mixed", 300) for line in o["lineItems"]]
    texts += [line["deliveryCost"]["shippingCost"]["value"] for o in orders_of("mixed", 300) for line in o["lineItems"]]
    assert {"0.0", "4.9"} <= set(texts)
    assert not any(text.endswith("00") or "." not in text for text in texts)


def test_products_are_those_of_the_catalogue_and_sales_lower_the_stock():
    caller = EbayCaller(moment=MOMENT)
    before = caller.state()["listings"]
    assert before == {p.sku: 0 if p.is_marketplace_fulfilled else p.first_quantity for p in PRODUCTS}
    order = make_order(caller, "no_sku", lines=(2, 2))
    after = caller.state()["listings"]
    sold = {PRODUCTS[int(line["legacyItemId"][5:]) - 1].sku: line["quantity"] for line in order["lineItems"]}
    assert {sku: before[sku] - after[sku] for sku in before if before[sku] != after[sku]} == sold


def test_cancelled_orders_are_refunded_and_give_the_stock_back():
    caller = EbayCaller(moment=MOMENT)
    before = caller.state()["listings"]
    order = make_order(caller, "cancelled")
    assert (order["cancelStatus"]["cancelState"], order["orderPaymentStatus"]) == ("CANCELED", "FULLY_REFUNDED")
    assert order["cancelStatus"]["cancelRequests"][0]["cancelRequestState"] == "COMPLETED"
    assert order["lastModifiedDate"] == "2026-11-23T04:57:30.000Z"
    assert caller.state()["listings"] == before


def test_ages_are_as_asked_for():
    caller = EbayCaller(moment=MOMENT)
    ids = caller.control(generate={"count": 3, "age_seconds": 600})["generate"]
    orders = caller.state()["orders"]
    assert [orders[i]["lastModifiedDate"][14:19] for i in ids] == ["49:58", "49:59", "50:00"]
    ids = caller.control(
        generate={"count": 3, "same_update_time": True, "marketplace_id": "EBAY_DE", "kind": "standard"}
    )["generate"]
    orders = caller.state()["orders"]
    assert len({orders[i]["lastModifiedDate"] for i in ids}) == 1
    assert {orders[i]["lineItems"][0]["purchaseMarketplaceId"] for i in ids} == {"EBAY_DE"}
