"""Orders of OpenMage as values of the contract."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from odoo.addons.oms_channel_magento.lib.mapper import Reading
from odoo.addons.oms_channel_magento.lib.soap_documents import build_order, raw_order, read_order
from odoo.addons.oms_channel_magento.lib.soap_order import goods_of, parse_order
from odoo.addons.oms_channel_magento.lib.soap_parcels import plan_units
from odoo.addons.oms_channel_magento.lib.states import StatusRule
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from openmage_documents import DROP, body, fault, item, order, worth

AS_SHOWN = Reading()
PART = 'a:2:{s:15:"info_buyRequest";a:0:{}s:27:"bundle_selection_attributes";s:2:"x";}'
TOGETHER = 'a:1:{s:13:"shipment_type";s:1:"0";}'
SEPARATELY = 'a:1:{s:13:"shipment_type";s:1:"1";}'


def read(document, reading=AS_SHOWN):
    return parse_order(body(document), reading)


def bundle(options, *, is_dynamic=True):
    """Return a bundle of two chairs and one table, bought twice."""
    money = (
        [("4.0000", "40.0000"), ("2.0000", "60.0000")] if is_dynamic else [("4.0000", "0.0000"), ("2.0000", "0.0000")]
    )
    parts = [
        item(name, name, quantity, row, product_options=PART, price="0.0000" if not is_dynamic else "10.0000")
        for name, (quantity, row) in zip(("12", "13"), money, strict=True)
    ]
    parent = item("11", "SET", "2.0000", "100.0000", product_type="bundle", product_options=options, price="50.0000")
    return [parent, *parts]


def test_an_order_with_all_that_is_told():
    data = read(order(row={"customer_note": "Ring twice", "coupon_code": "TEN"}, gift_message="For you"))
    assert (data.external_id, data.external_number, data.status) == ("100000007", "100000007", "to_ship")
    assert data.placed_at == datetime(2026, 11, 1, 10, tzinfo=timezone.utc)
    assert data.updated_at == datetime(2026, 11, 1, 11, tzinfo=timezone.utc)
    assert (data.currency, data.total, data.is_tax_included) == (
        "EUR",
        dto.Money(amount=Decimal(40), currency="EUR"),
        False,
    )
    [line] = data.lines
    assert (line.external_id, line.sku, line.quantity, line.amount.amount) == ("11", "LAMP", 2, 40)
    assert (line.unit_price.amount, line.title, line.quantity_shipped) == (20, "Title of LAMP", 0)
    assert data.buyer == dto.Buyer(
        external_id="5", name="Ann Buyer", email="ann@buyer.example", company="Buyer AB", tax_number="SE556"
    )
    assert data.ship_to == dto.Address(
        name="Ann Buyer",
        street="1 Main Street",
        street2="Back door",
        city="Lund",
        state="Skåne",
        postal_code="22100",
        country="SE",
        phone="0700",
    )
    assert [(payment.method, payment.amount.amount) for payment in data.payments] == [("checkmo", 40)]
    assert (data.service_level, data.marketplace) == ("Flat Rate - Fixed", "1")
    assert (data.buyer_note, data.gift_note, data.note) == ("Ring twice", "For you", None)
    assert data.labels == ("gift",)


@pytest.mark.parametrize(
    ("state", "row", "status", "holds"),
    [
        ("new", {}, "awaiting_payment", ()),
        ("pending_payment", {}, "awaiting_payment", ()),
        ("payment_review", {}, "awaiting_payment", ("payment_review",)),
        ("processing", {}, "to_ship", ()),
        ("holded", {"hold_before_state": "processing"}, "to_ship", ("holded",)),
        ("holded", {"hold_before_state": "new"}, "awaiting_payment", ("holded",)),
        ("canceled", {}, "cancelled", ()),
    ],
)
def test_states(state, row, status, holds):
    data = read(order(row=row, state=state, status=state))
    assert (data.status, data.holds) == (status, holds)


def test_units_that_were_sent_decide():
    some = order([item("11", qty_shipped="1.0000"), item("12", "DESK")], grand_total="80.0000", subtotal="80.0000")
    assert read(some).status == "partly_shipped"
    assert read(order([item(qty_shipped="2.0000")])).status == "shipped"
    assert read(order([item(qty_shipped="2.0000")], state="complete")).status == "shipped"


def test_a_rule_for_a_status_comes_first():
    rules = (StatusRule("picked", None, "shipped"), StatusRule("odd", None, "state", True))
    assert read(order(status="picked"), Reading(rules=rules)).status == "shipped"
    assert read(order(status="odd"), Reading(rules=rules)).holds == ("odd",)


def test_units_cancelled_while_the_order_goes_on():
    data = read(order([item(qty_canceled="1.0000")]))
    [request] = data.cancel_requests
    assert (request.state, request.lines) == ("done", (dto.LineUnits(external_line_id="11", quantity=Decimal(1)),))


def test_tax_on_top_and_in_the_price_make_the_same_total():
    line = item(
        row_total="33.6100", price="16.8100", original_price="20.0000", tax_percent="19.0000", tax_amount="6.3900"
    )
    document = order(
        [line],
        {"shipping_tax_amount": "0.8000", "shipping_incl_tax": "5.0000"},
        subtotal="33.6100",
        shipping_amount="4.2000",
        tax_amount="7.1900",
        grand_total="45.0000",
    )
    for mode, is_included in (("excluded", False), ("included", True), ("auto", True)):
        data = read(document, Reading(tax_mode=mode))
        assert (worth(data), data.is_tax_included) == (Decimal("45.00"), is_included), mode
    assert data.lines[0].amount.amount == Decimal("40.00")
    assert data.lines[0].unit_price.amount == Decimal("20.00")
    assert data.lines[0].taxes[0].amount.amount == Decimal("6.39")
    [shipping] = data.charges
    assert (shipping.kind, shipping.amount.amount, shipping.taxes[0].amount.amount) == ("shipping", 5, Decimal("0.80"))


def test_prices_without_tax_are_seen():
    line = item(tax_percent="25.0000", tax_amount="10.0000")
    data = read(order([line], tax_amount="10.0000", grand_total="50.0000"))
    assert (data.is_tax_included, worth(data), data.lines[0].amount.amount) == (False, 50, 40)


def test_a_discount_on_prices_with_tax_leaves_hidden_tax():
    lines = [
        item("11", row_total="84.0300", price="84.0300", original_price="100.0000", tax_percent="19.0000",
             tax_amount="14.3700", discount_amount="10.0000", quantity="1.0000"),
        item("12", "DESK", row_total="42.0200", price="42.0200", original_price="50.0000", tax_percent="19.0000",
             tax_amount="7.1800", discount_amount="5.0000", quantity="1.0000"),
    ]  # fmt: skip
    document = order(
        lines,
        {"hidden_tax_amount": "2.4000", "coupon_code": "TEN"},
        subtotal="126.0500",
        tax_amount="21.5500",
        discount_amount="-15.0000",
        grand_total="135.0000",
    )
    for mode in ("auto", "included", "excluded"):
        data = read(document, Reading(tax_mode=mode))
        assert worth(data) == data.total.amount == 135, mode
    assert {charge.label for line in data.lines for charge in line.charges} == {"TEN"}
    assert all(charge.amount.amount < 0 for line in data.lines for charge in line.charges)


def test_a_tax_that_is_a_cent_off_its_lines_is_explained():
    line = item(tax_percent="19.0000", tax_amount="7.6000")
    data = read(order([line], tax_amount="7.6100", grand_total="47.6100"), Reading(tax_mode="excluded"))
    assert worth(data) == Decimal("47.61")


@pytest.mark.parametrize("name", ["gift_cards_amount", "reward_currency_amount", "customer_balance_amount"])
def test_what_was_paid_with_beside_money(name):
    data = read(order(row={name: "15.0000"}, grand_total="25.0000"))
    [charge] = data.charges
    assert (charge.kind, charge.amount.amount, worth(data)) == ("gift_card", -15, 25)


def test_a_total_nobody_explains_is_left_to_differ():
    data = read(order(grand_total="43.2100"))
    assert (data.total.amount, worth(data)) == (Decimal("43.21"), 40)


def test_another_currency_than_the_books():
    data = read(order(order_currency_code="SEK", base_grand_total="4.0000"))
    assert (data.total.currency, data.shop_total) == ("SEK", dto.Money(amount=Decimal(4), currency="EUR"))


def test_a_guest_has_a_name_and_no_id():
    data = read(order(customer_id=None, customer_is_guest="1", customer_firstname=None, customer_lastname=""))
    assert (data.buyer.external_id, data.buyer.name) == (None, "Ann Buyer")


def test_an_edited_order_says_what_it_replaces():
    data = read(order(row={"relation_parent_real_id": "100000006"}))
    assert (data.replaces, data.labels) == (("100000006",), ("edited",))


def test_a_configurable_is_one_line_with_the_variants_sku():
    rows = [
        item("11", "SHIRT-M", product_type="configurable"),
        item("12", "SHIRT-M", row_total="0.0000", price="0.0000"),
        item("13", "SHIRT-M", "1.0000", "20.0000"),
    ]
    document = order(rows, subtotal="60.0000", grand_total="60.0000")
    data = read(document)
    assert [(line.external_id, line.sku, line.amount.amount) for line in data.lines] == [
        ("11", "SHIRT-M", 40),
        ("13", "SHIRT-M", 20),
    ]
    assert worth(data) == 60


@pytest.mark.parametrize(("is_dynamic", "amounts"), [(True, [40, 60]), (False, [50, 50])])
def test_a_bundle_is_the_lines_of_its_parts(is_dynamic, amounts):
    data = read(order(bundle(TOGETHER, is_dynamic=is_dynamic), subtotal="100.0000", grand_total="100.0000"))
    assert [(line.external_id, line.quantity) for line in data.lines] == [("12", 4), ("13", 2)]
    assert worth(data) == 100
    if is_dynamic:
        assert [line.amount.amount for line in data.lines] == amounts


def test_what_follows_a_bundle_is_no_part_of_it():
    rows = [*bundle(TOGETHER), item("14", "DESK", "1.0000", "20.0000")]
    data = read(order(rows, subtotal="120.0000", grand_total="120.0000"))
    assert [line.external_id for line in data.lines] == ["12", "13", "14"]


def parcel(document, *lines):
    units = tuple(dto.LineUnits(external_line_id=id_, quantity=Decimal(count)) for id_, count in lines)
    notice = dto.ShipmentNotice(
        order_external_id="100000007",
        reference="P1",
        carrier_code="ups",
        tracking="1",
        shipped_at=datetime(2026, 11, 2, tzinfo=timezone.utc),
        lines=units,
    )
    stored, _tree = read_order(body(document))
    return plan_units(notice, goods_of(stored))


def test_a_parcel_names_the_bundle_or_its_parts_as_the_shop_sends_them():
    assert parcel(order(bundle(TOGETHER)), ("12", 2), ("13", 1)) == {"11": 1}
    assert parcel(order(bundle(SEPARATELY)), ("12", 2), ("13", 1)) == {"12": 2, "13": 1}
    with pytest.raises(Rejected) as caught:
        parcel(order(bundle(TOGETHER)), ("12", 1))
    assert caught.value.code == "bundle_incomplete"


def test_a_parcel_holds_only_what_the_order_has_and_what_has_a_body():
    document = order([item("11"), item("12", "CODE", product_type="virtual", is_virtual="1")])
    assert parcel(document, ("11", 2), ("12", 2)) == {"11": 2}
    for lines, code in (((("99", 1),), "line_unknown"), ((("12", 1),), "no_lines")):
        with pytest.raises(Rejected) as caught:
            parcel(document, *lines)
        assert (caught.value.code, bool(caught.value.reference)) == (code, True)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"items": [item(name="a\0b")]}, "$.items[0].name"),
        ({"items": [item(name="x" * 1_000_000)]}, "$.items[0].name"),
        ({"items": [item(row_total="NaN")]}, "$.items[0].row_total"),
        ({"items": [item(row_total="Infinity")]}, "$.items[0].row_total"),
        ({"items": [item(price="none")]}, "$.items[0].price"),
        ({"items": [item(quantity="0.0000")]}, "$.items[0].qty_ordered"),
        ({"items": [item(quantity="-1")]}, "$.items[0].qty_ordered"),
        ({"items": [item(item_id="eleven")]}, "$.items[0].item_id"),
        ({"items": [item(), item()]}, "$.items"),
        ({"items": [item(sku=["A"])]}, "$.items[0].sku"),
        ({"items": []}, "$.items"),
        ({"items": ""}, "$.items"),
        ({"items": "lamp"}, "$.items"),
        ({"grand_total": "much"}, "$.grand_total"),
        ({"grand_total": DROP}, "$.grand_total"),
        ({"order_currency_code": "euro"}, "$.order_currency_code"),
        ({"order_currency_code": None}, "$.order_currency_code"),
        ({"state": "asleep"}, "$.state"),
        ({"state": DROP}, "$"),
        ({"created_at": "yesterday"}, "$.created_at"),
        ({"updated_at": "0000-00-00 00:00:00"}, "$.updated_at"),
        ({"increment_id": ""}, "$.increment_id"),
        ({"increment_id": "7\n8"}, "$.increment_id"),
        ({"billing_address": "Lund"}, "$.billing_address"),
        ({"list_row": None}, "$.list_row"),
    ],
)
def test_what_cannot_be_read_says_where(change, path):
    with pytest.raises(Malformed) as caught:
        read(order(**change))
    assert caught.value.path == path
    assert caught.value.params["reason"]


@pytest.mark.parametrize(
    ("stored", "code", "words"),
    [
        (b"<a>&#0;</a>", "not_xml", "not XML at line 1"),
        (
            fault("1", "SOAP-ERROR: Encoding: string is not a valid utf-8 string"),
            "refused",
            "could not show this order",
        ),
        (b"<html/>", "wrong_shape", "not a SOAP envelope"),
        (b"", "not_json", "not JSON"),
    ],
)
def test_what_came_in_place_of_an_order_is_explained(stored, code, words):
    with pytest.raises(Malformed) as caught:
        parse_order(stored)
    assert caught.value.code == code
    assert words in caught.value.params["reason"]


def test_the_same_order_gives_the_same_bytes():
    answer = {"increment_id": "1", "updated_at": "2026-11-01 11:00:00", "items": []}
    turned = dict(reversed(answer.items()))
    assert build_order(answer, {"a": "1", "b": "2"}) == build_order(turned, {"b": "2", "a": "1"})
    assert raw_order(answer, {}, "1").updated_at == datetime(2026, 11, 1, 11, tzinfo=timezone.utc)


def test_long_options_keep_their_mark():
    long = 'a:1:{s:1:"x";s:20000:"' + "y" * 20_000 + '";' + PART
    rows = bundle(TOGETHER)
    rows[1]["product_options"] = long
    answer = order(rows, subtotal="100.0000", grand_total="100.0000")
    row = answer.pop("list_row")
    data = parse_order(build_order(answer, row))
    assert [line.external_id for line in data.lines] == ["12", "13"]
