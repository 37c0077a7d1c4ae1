"""What is asked of a Magento shop so that the buyer gets the amount of the notice, and through which payment."""

import json
from decimal import Decimal

import msgspec
import pytest
from magento_documents import item, priced
from odoo.addons.oms_channel_magento.lib import refunds, wire
from odoo.addons.oms_channel_magento.lib.bundles import read_lines
from odoo.addons.oms_channel_magento.lib.wire_order import Invoice, Item
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

SHIPPING = refunds.ShippingPaid(Decimal(5), Decimal(6))
NEED = refunds.Need(Decimal(10))


def money(amount, currency="EUR"):
    return dto.Money(amount=Decimal(amount), currency=currency)


def back(id_, amount, quantity=1, **more):
    return dto.RefundLine(external_line_id=id_, amount=money(amount), quantity=Decimal(quantity), **more)


def notice(amount, *lines, **more):
    return dto.RefundNotice(order_external_id="7", reference="5", amount=money(amount), lines=lines, **more)


def plan(wish, rows=None, shipping=SHIPPING, *, is_tax_included=False):
    rows = rows or [priced(11, qty=2, net="40.00", tax="8.00"), priced(12, "DESK", net="10.00", tax="2.00")]
    lines = read_lines([wire.decode(json.dumps(row).encode(), Item) for row in rows], "EUR")
    body = refunds.plan_body(wish, lines, shipping, is_tax_included=is_tax_included, is_buyer_told=True)
    items = {row["order_item_id"]: row["qty"] for row in body["items"]}
    return items, {name: Decimal(value) for name, value in body["arguments"].items()}


@pytest.mark.parametrize(
    ("wish", "items", "arguments"),
    [
        (notice("24", back("11", "24")), {11: 1}, (0, 0, 0)),
        (notice("20", back("11", "20")), {11: 1}, (0, 0, 4)),
        (notice("30", back("11", "30")), {11: 1}, (0, 6, 0)),
        (notice("3", back("11", "3", 0)), {11: 0}, (0, 3, 0)),
        (notice("2", adjustment=money("2")), {11: 0}, (0, 2, 0)),
        (notice("30", back("11", "24"), shipping=money("6")), {11: 1}, (None, 0, 0)),
        (notice("27", back("11", "24"), shipping=money("3")), {11: 1}, (Decimal("2.5"), 0, 0)),
        (notice("27", back("11", "24", shipping=money("3"))), {11: 1}, (Decimal("2.5"), 0, 0)),
        (notice("36", back("11", "24"), back("12", "12")), {11: 1, 12: 1}, (0, 0, 0)),
    ],
)
def test_the_amount_is_the_notices(wish, items, arguments):
    found, asked = plan(wish)
    assert found == items
    names = ("shipping_amount", "adjustment_positive", "adjustment_negative")
    assert tuple(asked.get(name) for name in names) == arguments


def test_shipping_that_was_given_back_before_is_not_all_of_it():
    _items, asked = plan(notice("6", shipping=money("6")), shipping=SHIPPING._replace(refunded=Decimal(1)))
    assert asked["shipping_amount"] == 5


def test_a_shop_with_taxes_in_its_prices_is_asked_with_them():
    _items, asked = plan(notice("3", shipping=money("3")), is_tax_included=True)
    assert asked["shipping_amount"] == 3


def test_adjustments_are_in_the_currency_of_the_books():
    shipping = SHIPPING._replace(rate=Decimal("0.85"))
    _items, asked = plan(notice("1.70", adjustment=money("1.70")), shipping=shipping)
    assert asked["adjustment_positive"] == 2


def bundle(*, own):
    rows = [priced(11, "SET", 2, net="20.00", product_type="bundle")]
    parts = [("A", 2, "12.00"), ("B", 4, "8.00")]
    return rows + [
        (priced(number, sku, qty, net=net) if own else item(number, sku, qty)) | {"parent_item_id": 11}
        for number, (sku, qty, net) in enumerate(parts, 12)
    ]


@pytest.mark.parametrize(
    ("own", "lines", "items"),
    [
        (False, (back("12", "5"), back("13", "5", 2)), {11: 1}),
        (True, (back("12", "6"), back("13", "4", 2)), {11: 1, 12: 1, 13: 2}),
        (True, (back("12", "6"),), {12: 1}),
        (False, (back("12", "5"),), {11: 0}),  # a part of a bundle with one price: money only
    ],
)
def test_bundles(own, lines, items):
    total = sum(line.amount.amount for line in lines)
    found, asked = plan(notice(total, *lines), bundle(own=own))
    assert found == items
    assert asked["adjustment_positive"] == (total if found == {11: 0} else 0)


@pytest.mark.parametrize(
    "wish",
    [notice("0"), notice("-1", adjustment=money("-1")), notice("5", back("11", "4")), notice("5", back("99", "5"))],
)
def test_what_makes_no_sense_is_not_sent(wish):
    with pytest.raises(Rejected) as caught:
        plan(wish)
    assert caught.value.message


# === which payment ===================================================================================================


def invoice(id_, total, *, transaction="t", items=((11, 1),), refunded=0, state=2):
    rows = [{"order_item_id": item_id, "qty": qty} for item_id, qty in items]
    tree = {"entity_id": id_, "state": state, "transaction_id": transaction, "grand_total": total, "items": rows}
    return wire.convert(tree | {"base_total_refunded": refunded}, Invoice)


def choose(*invoices, method="braintree", online=(), items=((11, 1),)):
    body = {"items": [{"order_item_id": item_id, "qty": qty} for item_id, qty in items]}
    return refunds.choose_invoice(invoices, method, online, body, NEED)


def test_the_payment_goes_back_where_the_shop_can():
    assert choose(invoice(3, 20)) == "3"
    assert choose(invoice(3, 20, transaction=None)) is None
    assert choose(invoice(3, 20, state=1)) is None
    assert choose(invoice(3, 20), method="checkmo") is None
    assert choose(invoice(3, 20), online=("adyen",)) is None
    assert choose(invoice(3, 20), online=("braintree",)) == "3"
    assert choose() is None


def test_the_invoice_holds_what_goes_back():
    small, spent = invoice(1, 5), invoice(2, 30, refunded=25)
    other, right = invoice(3, 30, items=((12, 1),)), invoice(4, 30)
    assert choose(small, spent, other, right) == "4"
    assert choose(other, right, items=((12, 1),)) == "3"
    for invoices in ((small,), (spent,), (other, invoice(5, 5))):
        with pytest.raises(Rejected):
            choose(*invoices)
    with pytest.raises(Rejected) as caught:
        choose(invoice(3, 20, transaction=None), online=("braintree",))
    assert caught.value.code == "not_captured"


# === what was given back ==============================================================================================


MEMO = {
    "entity_id": 2,
    "order_id": 7,
    "state": 2,
    "created_at": "2026-11-03 10:00:00",
    "updated_at": "2026-11-04 10:00:00",
    "order_currency_code": "EUR",
    "grand_total": "29.4000",
    "shipping_amount": 5,
    "shipping_incl_tax": 6,
    "adjustment_positive": 1,
    "adjustment_negative": "1.6",
    "items": [
        {"order_item_id": 11, "qty": 1, "row_total": 20, "tax_amount": 4, "discount_amount": 0},
        {"order_item_id": 12, "qty": 1, "row_total": 0},
    ],
    "comments": [{"comment": "broken"}],
}


def test_a_credit_memo_is_a_refund():
    found = refunds.parse_creditmemo(msgspec.json.encode(MEMO))
    assert (found.external_id, found.order_external_id, found.status, found.reason) == ("2", "7", "done", "broken")
    assert (found.amount, found.shipping, found.adjustment) == (money("29.4"), money("6"), money("-0.6"))
    assert found.lines == (back("11", "24", tax=money("4")),)
    assert found.is_restocked is None


@pytest.mark.parametrize(("state", "status"), [(1, "pending"), (3, "failed"), (None, "done")])
def test_the_state_of_a_credit_memo(state, status):
    assert refunds.parse_creditmemo(msgspec.json.encode(MEMO | {"state": state})).status == status


@pytest.mark.parametrize("flaw", [{"grand_total": None}, {"order_id": None}, {"created_at": "x"}, {"entity_id": -1}])
def test_a_credit_memo_that_cannot_be_read_is_named(flaw):
    with pytest.raises(Malformed) as caught:
        refunds.parse_creditmemo(msgspec.json.encode(MEMO | flaw), "$.items[3]")
    assert caught.value.path == f"$.items[3].{next(iter(flaw))}"
