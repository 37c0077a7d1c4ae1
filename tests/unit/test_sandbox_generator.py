"""Generated orders: repeatable, and their amounts add up."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest

from sandbox.amazon.generator import KINDS, Wish, generate_order
from sandbox.amazon.marketplaces import DE, ES, FR, IT, JP, UK, US
from sandbox.amazon.pricing import ItemMoney
from sandbox.amazon.seeds import load_examples
from sandbox.catalogue import PRODUCTS
from sandbox.clock import from_text

NOW = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)
SEEDS = range(500)


def orders(**wish):
    return [generate_order(seed, 0, NOW, Wish(**wish)) for seed in SEEDS]


def amount(money):
    return Decimal(money["amount"])


def parts(item):
    return {part["type"]: part for part in item["proceeds"]["breakdowns"]}


def test_same_seed_gives_the_same_order_and_another_index_another():
    assert generate_order(7, 3, NOW) == generate_order(7, 3, NOW)
    assert generate_order(7, 3, NOW) != generate_order(7, 4, NOW)
    assert len({generate_order(7, index, NOW)["orderId"] for index in range(2000)}) == 2000


@pytest.mark.parametrize("sign", ["negative", "positive"])
def test_parts_add_up_to_items_and_items_to_the_order(sign):
    for order in orders(discount_sign=sign):
        total = Decimal(0)
        for item in order["orderItems"]:
            part = parts(item)
            discount = abs(amount(part["DISCOUNT"]["subtotal"])) if "DISCOUNT" in part else 0
            rest = sum(amount(p["subtotal"]) for kind, p in part.items() if kind != "DISCOUNT")
            assert amount(item["proceeds"]["proceedsTotal"]) == rest - discount
            price = amount(item["product"]["price"]["unitPrice"])
            assert amount(part["ITEM"]["subtotal"]) == price * item["quantityOrdered"]
            for entry in part.values():
                if "detailedBreakdowns" in entry:
                    finer = sum(amount(detail["value"]) for detail in entry["detailedBreakdowns"])
                    assert finer == amount(entry["subtotal"])
            total += amount(item["proceeds"]["proceedsTotal"])
        assert amount(order["proceeds"]["grandTotal"]) == total
        if sign == "negative" and "breakdowns" in order["proceeds"]:
            assert sum(amount(p["subtotal"]) for p in order["proceeds"]["breakdowns"]) == total


@pytest.mark.parametrize(("sign", "factor"), [("negative", -1), ("positive", 1)])
def test_sign_of_discounts_can_be_chosen(sign, factor):
    for order in orders(kind="discount", discount_sign=sign):
        discount = parts(order["orderItems"][0])["DISCOUNT"]
        assert amount(discount["subtotal"]) * factor > 0
        assert all(amount(detail["value"]) * factor > 0 for detail in discount["detailedBreakdowns"])
        assert order["orderItems"][0]["promotion"]["breakdowns"]


def test_tax_is_taken_after_the_discount():
    item = ItemMoney("USD", Decimal("100.00"), shipping=Decimal("10.00"), gift_wrap=Decimal("4.00"))
    item.discounts = {"ITEM": Decimal("25.00"), "SHIPPING": Decimal("10.00")}
    item.tax_rate = Decimal("0.10")
    assert item.taxes() == {"ITEM": Decimal("7.50"), "GIFT_WRAP": Decimal("0.40")}
    assert item.total() == Decimal("86.90")


def test_tax_is_on_top_in_the_us_and_inside_elsewhere():
    taxed = 0
    for order in orders():
        is_us = order["salesChannel"]["marketplaceId"] == US.id
        for item in order["orderItems"]:
            if "TAX" in parts(item):
                taxed += 1
                assert is_us
                assert item["tax"]["taxCollections"][0]["model"] == "MARKETPLACE_FACILITATOR"
    assert taxed > 100


def test_yen_have_no_decimals_and_other_currencies_two():
    for order in orders():
        money = order["proceeds"]["grandTotal"]
        assert ("." in money["amount"]) == (money["currencyCode"] != "JPY")
        if "." in money["amount"]:
            assert len(money["amount"].rpartition(".")[2]) == 2


def test_mix_holds_every_kind_and_marketplace():
    made = orders()
    assert {order["salesChannel"]["marketplaceId"] for order in made} == {US.id, UK.id, DE.id, JP.id}
    statuses = {order["fulfillment"]["fulfillmentStatus"] for order in made}
    assert statuses == {"UNSHIPPED", "PENDING", "SHIPPED", "CANCELLED"}
    assert {len(order["orderItems"]) for order in made} == {1, 2, 3, 4, 5}
    assert any("AMAZON_BUSINESS" in order["programs"] for order in made)
    assert any("buyer" not in order for order in made)


def is_gift(order):
    wrapped = [item["fulfillment"].get("packing", {}).get("giftOption") for item in order["orderItems"]]
    return all(wrapped) and all("GIFT_WRAP" in parts(item) for item in order["orderItems"])


def has_no_people(order):
    return "buyer" not in order and "name" not in order["recipient"]["deliveryAddress"]


def is_fba(order):
    return order["fulfillment"]["fulfilledBy"] == "AMAZON" and "recipient" not in order


def has_status(status):
    return lambda order: order["fulfillment"]["fulfillmentStatus"] == status


def is_sold_in(*marketplaces):
    return lambda order: order["salesChannel"]["marketplaceId"] in {marketplace.id for marketplace in marketplaces}


def is_taxed_by_the_marketplace(order):
    return is_sold_in(US)(order) and all("TAX" in parts(item) and "tax" in item for item in order["orderItems"])


def is_wrapped_without_words(order):
    gifts = [item["fulfillment"]["packing"]["giftOption"] for item in order["orderItems"]]
    return is_gift(order) and not any("giftMessage" in gift for gift in gifts)


TRAITS = {
    "standard": has_status("UNSHIPPED"),
    "gift": is_gift,
    "discount": lambda order: "DISCOUNT" in parts(order["orderItems"][0]),
    "business": lambda order: "buyerCompanyName" in order["buyer"],
    "pending": has_status("PENDING"),
    "fba": is_fba,
    "no_pii": has_no_people,
    "cancelled": has_status("CANCELLED"),
    "jpy": is_sold_in(JP),
    "eu": lambda order: is_sold_in(DE, FR, IT, ES)(order) and not any("TAX" in parts(i) for i in order["orderItems"]),
    "facilitator": is_taxed_by_the_marketplace,
    "gift_wrap": is_wrapped_without_words,
}


@pytest.mark.parametrize("kind", KINDS)
def test_kind_is_what_it_says(kind):
    assert all(TRAITS[kind](order) for order in orders(kind=kind)[:50])


def test_european_orders_are_of_several_stores():
    made = orders(kind="eu")
    assert {order["salesChannel"]["marketplaceId"] for order in made} == {DE.id, FR.id, IT.id, ES.id}
    assert {order["proceeds"]["grandTotal"]["currencyCode"] for order in made} == {"EUR"}


def test_kinds_of_one_store_are_not_made_for_another():
    with pytest.raises(ValueError, match="no orders of the kind jpy"):
        generate_order(1, 0, NOW, Wish(kind="jpy", marketplace_id=US.id))


def test_lines_and_marketplace_can_be_chosen():
    for order in orders(lines=(2, 2), marketplace_id=DE.id)[:50]:
        assert len(order["orderItems"]) == 2
        assert order["proceeds"]["grandTotal"]["currencyCode"] == "EUR"


def test_skus_are_those_of_the_catalogue_and_none_twice():
    known = {product.sku for product in PRODUCTS}
    for order in orders():
        skus = [item["product"]["sellerSku"] for item in order["orderItems"]]
        assert set(skus) <= known
        assert len(skus) == len(set(skus))


def test_catalogue_is_fixed():
    first, last = PRODUCTS[0], PRODUCTS[-1]
    assert (first.sku, first.name, str(first.price())) == ("OMS-0001", "Cotton T-shirt, black", "41.99")
    assert (last.sku, last.name, last.price("JPY")) == ("OMS-0200", "Picture frame, 20 x 30 cm, burgundy", 13480)
    assert len({product.name for product in PRODUCTS}) == len({p.barcode for p in PRODUCTS}) == 200
    for product in PRODUCTS:
        digits = [int(digit) for digit in product.barcode]
        assert len(digits) == 13
        assert sum(d * (3 if place % 2 else 1) for place, d in enumerate(digits)) % 10 == 0


def test_examples_can_be_moved_to_now_and_keep_their_spans():
    old = {order["orderId"]: order for order in load_examples(NOW, "original")}
    new = {order["orderId"]: order for order in load_examples(NOW, "recent")}
    assert old.keys() == new.keys()
    for order_id, order in new.items():
        age = NOW - from_text(order["lastUpdatedTime"])
        assert 300 <= age.total_seconds() <= 3600
        before = from_text(old[order_id]["lastUpdatedTime"]) - from_text(old[order_id]["createdTime"])
        assert from_text(order["lastUpdatedTime"]) - from_text(order["createdTime"]) == before
        assert order["orderItems"] and len(order["orderItems"]) == len(old[order_id]["orderItems"])
