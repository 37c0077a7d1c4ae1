"""Totals of Magento orders are equal to the cent in every setting of a shop."""

import itertools
from decimal import Decimal

import pytest
from magento_documents import body, item, order, priced
from odoo.addons.oms_channel_magento.lib.mapper import Reading, parse_order
from odoo.addons.oms_core.lib.errors import Malformed

MODES = ("included", "excluded", "auto")


def read(tree, mode="auto"):
    return parse_order(body(tree), Reading(tax_mode=mode))


def worth(data):
    """Return what lines, charges and, where prices are without them, taxes add up to."""
    charges = [*data.charges, *(charge for line in data.lines for charge in line.charges)]
    total = sum((line.amount.amount for line in data.lines), Decimal(0))
    total += sum((charge.amount.amount for charge in charges), Decimal(0))
    if not data.is_tax_included:
        taxes = [tax for part in (*data.lines, *charges) for tax in part.taxes]
        total += sum((tax.amount.amount for tax in taxes), Decimal(0))
    return total


def kinds(data):
    charges = [*data.charges, *(charge for line in data.lines for charge in line.charges)]
    return {(charge.kind, charge.label): charge.amount.amount for charge in charges}


CASES = {
    "tax on top": order([priced(net="20.00", tax="4.00")], "24.00", tax_amount=4.0),
    "tax in the price": order(
        [priced(net="16.81", tax="3.19", gross="20.00", original_price=20.0)], "20.00", tax_amount=3.19
    ),
    "discount on the net, tax after it": order(
        [priced(net="100.00", tax="18.00", gross="120.00", off="10.00")],
        "108.00",
        tax_amount=18.0,
        discount_amount=-10.0,
    ),
    "discount on the net, tax before it": order(
        [priced(net="100.00", tax="20.00", gross="120.00", off="10.00")],
        "110.00",
        tax_amount=20.0,
        discount_amount=-10.0,
    ),
    # 120 with 20 % in it, 12 off the gross: 108 is left, 18 of it tax; 2 of tax went with the discount
    "discount on the gross": order(
        [priced(net="100.00", tax="18.00", gross="120.00", off="12.00", compensation="2.00")],
        "108.00",
        tax_amount=18.0,
        discount_amount=-12.0,
        discount_tax_compensation_amount=2.0,
    ),
    "shipping with tax": order(
        [priced(net="20.00", tax="4.00")],
        "30.00",
        shipping_amount=5.0,
        shipping_incl_tax=6.0,
        shipping_tax_amount=1.0,
        shipping_description="Flat Rate - Fixed",
        tax_amount=5.0,
    ),
    "discount on shipping with tax in it": order(
        [priced(net="20.00", tax="4.00")],
        "26.40",
        shipping_amount=5.0,
        shipping_incl_tax=6.0,
        shipping_tax_amount=0.4,
        shipping_discount_amount=3.6,
        shipping_discount_tax_compensation_amount=0.6,
        discount_amount=-3.6,
        tax_amount=4.4,
    ),
    "gift card, store credit and points": order(
        [priced(net="50.00", tax="10.00")],
        "35.00",
        extension={"gift_cards_amount": 15, "customer_balance_amount": 7.5, "reward_currency_amount": 2.5},
        tax_amount=10.0,
    ),
    "all paid by gift card": order([priced(net="50.00")], "0", extension={"gift_cards_amount": 50}),
    "gift wrap with tax": order(
        [priced(net="20.00", tax="4.00")],
        "30.60",
        extension={
            "gw_price": "3.0000",
            "gw_tax_amount": "0.6000",
            "gw_items_price": "2.0000",
            "gw_card_price": "1.0000",
        },
        tax_amount=4.6,
    ),
    "fixed product tax": order(
        [
            priced(
                net="20.00",
                tax="4.00",
                weee_tax_applied_row_amount=2.5,
                weee_tax_applied='[{"title":"Eco fee","row_amount":2.5,"row_amount_incl_tax":3.0}]',
            )
        ],
        "27.00",
        tax_amount=4.5,
    ),
    "custom fees of Adobe Commerce": order(
        [priced(net="20.00")],
        "23.45",
        extension={
            "custom_fees": [{"custom_fee_code": "packing", "custom_fee_label": "Packing", "custom_fee_amount": 3.45}]
        },
    ),
    "a fee an extension added": order([priced(net="20.00")], "22.00", extension={"cod_fee": 2.0, "base_cod_fee": 2.2}),
    "a fee in a group of totals": order(
        [priced(net="20.00")],
        "23.50",
        extension={"extra_totals": {"items": [{"label": "Island surcharge", "amount": "3.50", "base_amount": "3.50"}]}},
    ),
    "a discount only the order knows": order([priced(net="20.00")], "17.00", discount_amount=-3.0),
    "tax rounded on the total": order(
        [priced(11, net="9.99", tax="2.00"), priced(12, net="9.99", tax="2.00")], "23.97", tax_amount=3.99
    ),
    "three decimals": order([priced(net="1.250", tax="0.063", gross="1.313")], "1.313", "KWD", tax_amount=0.063),
    "no decimals": order([priced(net="1000", tax="100", gross="1100", qty=3)], "1100", "JPY", tax_amount=100.0),
    "noise of binary fractions": order([priced(net="53.199999999999996")], "53.2"),
    "amounts as text": order([item(row_total="20.0000", row_total_incl_tax="24.0000", tax_amount="4.0000")], "24"),
    "free": order([priced(net="0")], "0"),
}


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", CASES)
def test_the_parts_are_the_total(name, mode):
    data = read(CASES[name], mode)
    assert worth(data) == data.total.amount
    assert data.total.currency == CASES[name]["order_currency_code"]


@pytest.mark.parametrize("mode", MODES[:2])
def test_taxes_are_what_the_shop_states(mode):
    for name, tree in CASES.items():
        if "tax_amount" in tree:
            data = read(tree, mode)
            charges = [*data.charges, *(charge for line in data.lines for charge in line.charges)]
            taxes = sum(tax.amount.amount for part in (*data.lines, *charges) for tax in part.taxes)
            assert taxes == Decimal(str(tree["tax_amount"])), name


def test_line_and_discount_in_both_modes():
    tree = CASES["discount on the gross"]
    included, excluded = read(tree, "included"), read(tree, "excluded")
    assert (included.lines[0].amount.amount, kinds(included)) == (120, {("discount", None): -12})
    assert (excluded.lines[0].amount.amount, kinds(excluded)) == (100, {("discount", None): -10})


def test_the_mode_shows_in_the_amounts():
    assert read(CASES["discount on the gross"]).is_tax_included
    assert read(CASES["tax in the price"]).is_tax_included
    assert not read(CASES["tax on top"]).is_tax_included


def test_what_is_paid_with_is_a_negative_charge():
    found = kinds(read(CASES["gift card, store credit and points"]))
    assert found == {
        ("gift_card", "gift card"): -15,
        ("gift_card", "store credit"): Decimal("-7.5"),
        ("gift_card", "reward points"): Decimal("-2.5"),
    }


def test_charges_have_kind_and_label():
    assert kinds(read(CASES["a fee an extension added"])) == {("cod", "cod fee"): 2}
    assert kinds(read(CASES["a fee in a group of totals"])) == {("other", "Island surcharge"): Decimal("3.5")}
    assert kinds(read(CASES["custom fees of Adobe Commerce"])) == {("other", "Packing"): Decimal("3.45")}
    assert kinds(read(CASES["fixed product tax"], "included")) == {("other", "Eco fee"): 3}
    assert ("shipping", "Flat Rate - Fixed") in kinds(read(CASES["shipping with tax"]))


def test_what_nothing_explains_is_not_invented():
    data = read(order([priced(net="20.00")], "31.07"))
    assert data.total.amount == Decimal("31.07")
    assert worth(data) == 20


def test_a_discount_the_order_states_smaller_than_its_lines_is_no_discount():
    data = read(order([priced(net="20.00", off="5.00")], "17.00", discount_amount=-3.0), "excluded")
    assert worth(data) == 17
    assert kinds(data) == {("discount", None): -5, ("other", "discount on the order"): 2}


def test_the_order_currency_is_the_truth():
    tree = order([priced(net="20.00")], "20.00", "USD", base_currency_code="EUR", base_grand_total=18.4)
    data = read(tree)
    assert (data.currency, data.total.amount) == ("USD", 20)
    assert (data.shop_total.currency, data.shop_total.amount) == ("EUR", Decimal("18.4"))
    assert read(order()).shop_total is None


# --- configurables and bundles --------------------------------------------------------------------------------------


def configurable(**variant):
    parent = priced(11, "SHIRT-RED", 2, net="40.00", tax="8.00", product_type="configurable")
    return [parent, item(12, "SHIRT-RED", 2, parent_item_id=11, **variant)]


@pytest.mark.parametrize(
    "variant", [{}, {"row_total": 0, "price": 0}, {"row_total": 40.0, "price": 20.0, "tax_amount": 8.0}]
)
def test_a_configurable_is_one_line_with_the_variant_and_the_parents_money(variant):
    data = read(order(configurable(**variant), "48.00", tax_amount=8.0))
    [line] = data.lines
    assert (line.external_id, line.sku, line.quantity, line.external_product_id) == ("11", "SHIRT-RED", 2, "112")
    assert line.amount.amount == 40
    assert worth(data) == 48


def bundle(whole, *parts, qty=2):
    rows = [priced(11, "SET-A-B", qty, product_type="bundle", **whole)]
    for number, (sku, units, money) in enumerate(parts, 12):
        made = priced(number, sku, units, **money) if money else item(number, sku, units, row_total=0)
        rows.append(made | {"parent_item_id": 11})
    return rows


@pytest.mark.parametrize("mode", MODES)
def test_a_bundle_with_a_price_of_its_own_is_cut_among_its_parts(mode):
    rows = bundle({"net": "100.00", "tax": "20.00", "off": "10.00"}, ("A", 2, None), ("B", 4, None), ("C", 2, None))
    data = read(order(rows, "110.00", tax_amount=20.0, discount_amount=-10.0), mode)
    assert [(line.external_id, line.sku, line.quantity) for line in data.lines] == [
        ("12", "A", 2),
        ("13", "B", 4),
        ("14", "C", 2),
    ]
    assert worth(data) == 110
    assert all(line.amount.amount > 0 for line in data.lines)


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("stated", [{"net": "100.00", "tax": "20.00"}, {"net": "0"}])
def test_a_bundle_priced_by_parts_is_not_counted_twice(mode, stated):
    rows = bundle(stated, ("A", 2, {"net": "30.00", "tax": "6.00"}), ("B", 4, {"net": "70.00", "tax": "14.00"}))
    data = read(order(rows, "120.00", tax_amount=20.0), mode)
    assert worth(data) == 120
    expected = [36, 84] if mode == "included" else [30, 70]
    assert [line.amount.amount for line in data.lines] == expected


def test_a_discount_on_the_bundle_alone_is_shared_by_price():
    rows = bundle({"net": "100.00", "off": "10.00"}, ("A", 2, {"net": "30.00"}), ("B", 4, {"net": "70.00"}))
    data = read(order(rows, "90.00", discount_amount=-10.0), "excluded")
    assert [line.charges[0].amount.amount for line in data.lines] == [-3, -7]
    assert worth(data) == 90


# --- anything a shop may add up ---------------------------------------------------------------------------------------


def test_every_mix_of_settings_adds_up():
    rates, nets, offs = (Decimal("0.19"), Decimal("0.055")), ("9.99", "33.33"), ("0", "3.33")
    for rate, net, off, is_on_gross, qty in itertools.product(rates, nets, offs, (True, False), (1, 3)):
        row, discount = Decimal(net) * qty, Decimal(off)
        gross = (row * (1 + rate)).quantize(Decimal("0.01"))
        lost = (discount - discount / (1 + rate)).quantize(Decimal("0.01")) if is_on_gross else Decimal(0)
        tax = ((row - discount + lost) * rate).quantize(Decimal("0.01"))
        total = row - discount + lost + tax
        made = priced(11, "LAMP", qty, net=row, tax=tax, gross=gross, off=discount, compensation=lost)
        for mode in MODES:
            data = read(order([made], total, tax_amount=float(tax), discount_amount=-float(discount)), mode)
            assert worth(data) == total, (rate, net, off, is_on_gross, qty, mode)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"grand_total": None}, "$.grand_total"),
        ({"grand_total": "twelve"}, "$.grand_total"),
        ({"order_currency_code": None}, "$.order_currency_code"),
        ({"order_currency_code": "Euro"}, "$.order_currency_code"),
        ({"shipping_amount": []}, "$.shipping_amount"),
        ({"items": [priced(net="-5")]}, "$.items[0].row_total"),
        ({"items": [item(row_total=True)]}, "$.items[0].row_total"),
        ({"grand_total": 10**13}, "$.grand_total"),
    ],
)
def test_money_that_is_none_is_named(change, path):
    with pytest.raises(Malformed) as caught:
        read(order() | change)
    assert caught.value.path == path
    assert caught.value.params["reason"]
