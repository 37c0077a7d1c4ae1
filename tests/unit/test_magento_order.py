"""Orders of Magento 2 become ours: states, people, payments, parts."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from magento_documents import address, body, item, order, priced
from odoo.addons.oms_channel_magento.lib import carriers, states, times
from odoo.addons.oms_channel_magento.lib.amounts import plain, read_amount, share, smallest_step
from odoo.addons.oms_channel_magento.lib.mapper import Reading, parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed


def read(tree, *rules):
    return parse_order(body(tree), Reading(rules=rules))


# === states =========================================================================================================


@pytest.mark.parametrize(
    ("state", "more", "status", "holds"),
    [
        ("new", {}, "awaiting_payment", ()),
        ("pending_payment", {}, "awaiting_payment", ()),
        ("payment_review", {}, "awaiting_payment", ("payment_review",)),
        ("payment_review", {"status": "fraud"}, "awaiting_payment", ("payment_review", "fraud")),
        ("processing", {}, "to_ship", ()),
        ("processing", {"status": "fraud"}, "to_ship", ("fraud",)),
        ("holded", {"hold_before_state": "processing"}, "to_ship", ("holded",)),
        ("holded", {"hold_before_state": "new"}, "awaiting_payment", ("holded",)),
        ("holded", {}, "to_ship", ("holded",)),
        ("complete", {}, "shipped", ()),
        ("canceled", {}, "cancelled", ()),
        ("closed", {}, "cancelled", ()),
        ("new", {"payment": {"method": "cashondelivery"}}, "to_ship", ()),
    ],
)
def test_the_state_decides(state, more, status, holds):
    data = read(order(state=state, **more))
    assert (data.status, data.holds) == (status, holds)


@pytest.mark.parametrize(
    ("shipped", "refunded", "cancelled", "status", "dropped"),
    [
        (0, 0, 0, "to_ship", 0),
        (1, 0, 0, "partly_shipped", 0),
        (3, 0, 0, "shipped", 0),
        (0, 1, 0, "to_ship", 1),
        (2, 2, 0, "partly_shipped", 0),
        (2, 3, 0, "shipped", 1),
        (2, 0, 1, "shipped", 1),
    ],
)
def test_parcels_decide_how_far_it_is(shipped, refunded, cancelled, status, dropped):
    row = priced(11, qty=3, net="20", qty_shipped=shipped, qty_refunded=refunded, qty_canceled=cancelled)
    data = read(order([row | {"qty_shipped": shipped, "qty_refunded": refunded, "qty_canceled": cancelled}]))
    assert data.status == status
    assert data.lines[0].quantity_shipped == shipped
    units = [line.quantity for request in data.cancel_requests for line in request.lines]
    assert units == ([dropped] if dropped else [])


def test_a_closed_order_that_left_is_shipped():
    row = priced(11, qty=1, net="20")
    data = read(order([row | {"qty_shipped": 1, "qty_refunded": 1}], state="closed"))
    assert (data.status, data.labels) == ("shipped", ("closed",))


def test_rules_come_before_the_state():
    rules = (
        states.StatusRule("packing", meaning="to_ship"),
        states.StatusRule("packing", "banktransfer", "awaiting_payment"),
        states.StatusRule("checking", is_hold=True),
    )
    assert read(order(state="new", status="packing"), *rules).status == "to_ship"
    paid = {"payment": {"method": "banktransfer"}}
    assert read(order(state="new", status="packing", **paid), *rules).status == "awaiting_payment"
    data = read(order(state="processing", status="checking"), *rules)
    assert (data.status, data.holds) == ("to_ship", ("checking",))
    assert read(order(state="new", status="other"), *rules).status == "awaiting_payment"


@pytest.mark.parametrize("state", [None, "", "sleeping"])
def test_a_state_nobody_knows_is_named(state):
    with pytest.raises(Malformed) as caught:
        read(order(state=state))
    assert caught.value.path == "$.state"


# === what else an order says =========================================================================================


def test_people_and_places():
    tree = order(
        customer_id=12,
        customer_taxvat="DE123456789",
        customer_note="Ring twice",
        billing_address=address(company="Firm", firstname="Bill"),
        payment={"method": "purchaseorder", "po_number": "PO 9"},
        extension={
            "gift_message": {"sender": "Ann", "recipient": "Bob", "message": "Cheers"},
            "shipping_assignments": [
                {"shipping": {"address": address(street=["1", "2", "3", "4"], postcode=12345), "method": "ups_GND"}}
            ],
        },
    )
    data = read(tree)
    assert data.buyer == dto.Buyer(
        external_id="12",
        name="Ann Buyer",
        email="ann@example.com",
        company="Firm",
        tax_number="DE123456789",
        purchase_order="PO 9",
    )
    where = data.ship_to
    assert (where.street, where.street2, where.street3, where.postal_code) == ("1", "2", "3, 4", "12345")
    assert (where.name, where.state, where.country) == ("Ann Buyer", "IL", "US")
    assert (data.bill_to.name, data.service_level) == ("Bill Buyer", "ups_GND")
    assert (data.buyer_note, data.gift_note, data.note) == ("Ring twice", "Ann → Bob: Cheers", None)
    assert data.labels == ("gift",)
    assert (data.placed_at, data.updated_at) == (
        datetime(2026, 11, 1, 10, tzinfo=timezone.utc),
        datetime(2026, 11, 2, 11, 30, tzinfo=timezone.utc),
    )


def test_a_guest_has_no_number():
    assert read(order(customer_id=None)).buyer.external_id is None


@pytest.mark.parametrize(
    ("payment", "expected"),
    [
        ({"amount_authorized": 20, "amount_paid": None}, [("20", False)]),
        ({"amount_authorized": 20, "amount_paid": "12.5000"}, [("12.5", True), ("7.5", False)]),
        ({"amount_paid": 20}, [("20", True)]),
        ({}, []),
    ],
)
def test_payments(payment, expected):
    data = read(order(payment={"method": "braintree", "last_trans_id": "t1", **payment}))
    assert [(paid.amount.amount, paid.is_captured) for paid in data.payments] == [
        (Decimal(amount), is_captured) for amount, is_captured in expected
    ]
    assert {(paid.method, paid.external_id) for paid in data.payments} <= {("braintree", "t1")}


def test_an_edited_order_replaces_the_one_before():
    data = read(order(relation_parent_id="6", relation_parent_real_id="000000006"))
    assert (data.replaces, data.labels) == (("6",), ("edited",))


def test_virtual_lines_are_told_apart():
    virtual = priced(12, "BOOK", net="10", product_type="downloadable", is_virtual=1)
    mixed = read(order([priced(11, net="10"), virtual]))
    assert (mixed.fulfilled_by, mixed.labels) == ("seller", ("virtual",))
    alone = read(order([virtual], "10", is_virtual=1, extension={"shipping_assignments": []}))
    assert (alone.fulfilled_by, alone.ship_to) == ("channel", None)
    sent = priced(11, net="10") | {"qty_shipped": 1}
    assert read(order([sent, virtual])).status == "shipped"


def test_extensions_with_nothing_in_them_are_lists():
    data = read(order() | {"extension_attributes": [], "payment": {"method": "checkmo", "extension_attributes": []}})
    assert data.ship_to is None


def test_a_bundle_counts_on_its_parent():
    rows = [
        item(11, "SET", 2, product_type="bundle", row_total=20),
        item(12, "A", 2, parent_item_id=11),
        item(13, "B", 4, parent_item_id=11),
    ]
    rows[0]["qty_shipped"] = 1
    data = read(order(rows))
    assert [(line.quantity, line.quantity_shipped) for line in data.lines] == [(2, 1), (4, 2)]
    assert data.status == "partly_shipped"


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"items": []}, "$.items"),
        ({"items": [item(None)]}, "$.items[0].item_id"),
        ({"items": [item(11), item(11)]}, "$.items"),
        ({"items": [item(11, qty=0)]}, "$.items[0].qty_ordered"),
        ({"items": [item(11, qty=-1)]}, "$.items[0].qty_ordered"),
        ({"items": [item(11) | {"qty_shipped": -1}]}, "$.items[0]"),
        ({"entity_id": "x"}, "$.entity_id"),
        ({"created_at": "yesterday"}, "$.created_at"),
        ({"created_at": None, "updated_at": None}, "$.created_at"),
        ({"items": "none"}, "$.items"),
    ],
)
def test_what_cannot_be_right_is_named(change, path):
    with pytest.raises(Malformed) as caught:
        read(order() | change)
    assert caught.value.path == path
    assert caught.value.params["reason"]


# === what all Magento channels share =================================================================================


def test_amounts():
    assert read_amount("63.4800", "$") == Decimal("63.48")
    assert read_amount(None, "$") is None
    assert plain(Decimal("53.199999999999996")) == Decimal("53.2")
    assert (smallest_step("JPY"), smallest_step("KWD"), smallest_step("EUR")) == (1, Decimal("0.001"), Decimal("0.01"))


@pytest.mark.parametrize(
    ("amount", "weights", "parts"),
    [
        ("10", (1, 1, 1), ("3.34", "3.33", "3.33")),
        ("-10", (1, 1, 1), ("-3.34", "-3.33", "-3.33")),
        ("0.01", (1, 2), ("0", "0.01")),
        ("5", (0, 0), ("2.50", "2.50")),
        ("10.0001", (1, 1), ("5.0001", "5")),
        ("0", (3, 4), ("0", "0")),
    ],
)
def test_shares_add_up(amount, weights, parts):
    found = share(Decimal(amount), [Decimal(weight) for weight in weights], Decimal("0.01"))
    assert found == [Decimal(part) for part in parts]
    assert sum(found) == Decimal(amount)


def test_times_are_utc():
    moment = times.parse_time("2026-11-01 10:00:00", "$")
    assert moment == datetime(2026, 11, 1, 10, tzinfo=timezone.utc)
    assert times.format_time(moment) == "2026-11-01 10:00:00"
    assert times.parse_time("0000-00-00 00:00:00", "$") is None
    with pytest.raises(ValueError, match="zone"):
        times.format_time(datetime(2026, 11, 1))  # noqa: DTZ001


def test_carriers():
    assert carriers.guess("DHL Paket") == ("dhl", "DHL Paket")
    assert carriers.guess("Upside Couriers") == ("custom", "Upside Couriers")


def test_what_a_payment_extension_writes_does_not_spoil_an_order():
    tree = order(payment={"method": "klarna", "amount_paid": 20, "additional_information": ["x" * 50_000, None]})
    tree["status_histories"] = [{"comment": "y" * 50_000}]
    tree["extension_attributes"]["payment_additional_info"] = [{"key": "raw", "value": "z" * 50_000}]
    tree["items"][0] |= {"additional_data": "w" * 50_000, "product_option": {"custom_options": ["v" * 50_000]}}
    data = read(tree)
    assert (data.payments[0].method, data.payments[0].amount.amount) == ("klarna", 20)
    assert data.lines[0].amount.amount == 20
