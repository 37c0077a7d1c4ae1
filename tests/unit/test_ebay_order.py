"""What an eBay order becomes: state, people, places, wishes to cancel, refunds."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from ebay_documents import contact, line, money, order, parse
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

HUB = {
    "fullName": "Global Shipping Center",
    "contactAddress": {
        "addressLine1": "1850 Airport Road",
        "city": "Erlanger",
        "postalCode": "41025",
        "countryCode": "US",
    },
}


def instruction(**more):
    """Return how an order is fulfilled."""
    return [{"fulfillmentInstructionsType": "SHIP_TO", "shippingStep": {"shipTo": contact()}, **more}]


@pytest.mark.parametrize(
    ("paid", "status", "cancel", "expected"),
    [
        ("PENDING", "NOT_STARTED", "NONE_REQUESTED", "awaiting_payment"),
        ("FAILED", "NOT_STARTED", "NONE_REQUESTED", "awaiting_payment"),
        ("PAID", "NOT_STARTED", "NONE_REQUESTED", "to_ship"),
        ("PAID", "IN_PROGRESS", "NONE_REQUESTED", "partly_shipped"),
        ("PAID", "FULFILLED", "NONE_REQUESTED", "shipped"),
        ("PARTIALLY_REFUNDED", "NOT_STARTED", "NONE_REQUESTED", "to_ship"),
        ("FULLY_REFUNDED", "FULFILLED", "NONE_REQUESTED", "shipped"),
        ("PAID", "NOT_STARTED", "IN_PROGRESS", "to_ship"),
        ("FULLY_REFUNDED", "NOT_STARTED", "CANCELED", "cancelled"),
    ],
)
def test_the_state(paid, status, cancel, expected):
    found = parse(order(paid=paid, status=status, cancelStatus={"cancelState": cancel, "cancelRequests": []}))
    assert found.status == expected


def test_who_got_the_money_back_does_not_get_the_goods():
    assert parse(order(paid="FULLY_REFUNDED")).holds == ("FULLY_REFUNDED",)
    assert parse(order(paid="PARTIALLY_REFUNDED")).holds == ()
    assert parse(order(paid="FULLY_REFUNDED", status="FULFILLED")).holds == ()


@pytest.mark.parametrize("name", ["orderPaymentStatus", "orderFulfillmentStatus"])
def test_a_state_nobody_knows_is_not_guessed(name):
    with pytest.raises(Malformed) as caught:
        parse(order(**{name: "NEW_WORD"}))
    assert caught.value.path == f"$.{name}"


def test_times_are_instants():
    found = parse(order(creationDate="2026-11-01T12:00:00.123+02:00"))
    assert found.placed_at == datetime(2026, 11, 1, 10, 0, 0, 123000, timezone.utc)
    assert found.placed_at.utcoffset() == found.updated_at.utcoffset()
    with pytest.raises(Malformed):
        parse(order(creationDate="2026-11-01T12:00:00.123"))


def test_the_earliest_day_to_ship_counts():
    dates = ("2026-11-05T00:00:00.000Z", "2026-11-03T00:00:00.000Z")
    lines = [line(number, lineItemFulfillmentInstructions={"shipByDate": date}) for number, date in enumerate(dates, 1)]
    found = parse(order(*lines))
    assert found.ship_by_at == datetime(2026, 11, 3, tzinfo=timezone.utc)
    assert found.deliver_by_at == datetime(2026, 11, 9, 8, tzinfo=timezone.utc)


# --- lines ----------------------------------------------------------------------------------------------------------


def test_a_listing_without_an_sku_is_called_by_its_number():
    bare = line(sku=None)
    assert parse(order(bare)).lines[0].sku == "220000000001"
    bare["legacyVariationId"] = "77"
    assert parse(order(bare)).lines[0].sku == "220000000001-77"
    del bare["sku"]
    assert parse(order(bare)).lines[0].sku == "220000000001-77"


@pytest.mark.parametrize("quantity", [0, -1, 1_000_001])
def test_a_quantity_nobody_can_pick(quantity):
    with pytest.raises(Malformed) as caught:
        parse(order(line(quantity=quantity)))
    assert caught.value.path == "$.lineItems[0].quantity"


def test_lines_there_must_be_each_once():
    with pytest.raises(Malformed):
        parse(order(lineItems=[]))
    with pytest.raises(Malformed):
        parse(order(line(), line()))


def test_lines_of_a_combined_order_stand_for_the_orders_they_were():
    assert parse(order(line())).replaces == ()
    assert parse(order(line(), line(2))).replaces == (
        "220000000001!10000000000001",
        "220000000002!10000000000002",
    )


# --- people and places ----------------------------------------------------------------------------------------------


def test_the_buyer_and_the_address():
    registered = contact(fullName="Ann Registered")
    tax = {"taxpayerId": "RSSMRA80A01H501U", "taxIdentifierType": "CODICE_FISCALE"}
    found = parse(order(buyer={"username": "ann_buys", "buyerRegistrationAddress": registered, "taxIdentifier": tax}))
    assert found.buyer == dto.Buyer(
        external_id="ann_buys", name="Ann Registered", email="ann@example.com", tax_number="RSSMRA80A01H501U"
    )
    assert found.ship_to == dto.Address(
        name="Ann Buyer",
        street="1 Main Street",
        city="Seattle",
        state="WA",
        postal_code="98101",
        country="US",
        phone="555 0100",
    )
    assert found.bill_to.name == "Ann Registered"


def test_what_ebay_hides_after_some_days_is_unknown_and_not_empty():
    hidden = {"contactAddress": {"city": "Seattle", "countryCode": "US", "addressLine1": ""}}
    found = parse(order(fulfillmentStartInstructions=[{"shippingStep": {"shipTo": hidden}}], buyer={}))
    assert found.buyer == dto.Buyer()
    assert found.ship_to == dto.Address(city="Seattle", country="US")
    assert parse(order(fulfillmentStartInstructions=[{"shippingStep": {"shipTo": {"fullName": " "}}}])).ship_to is None


def test_a_parcel_to_a_hub_carries_its_reference():
    step = {"shipTo": HUB, "shipToReferenceId": "26000000001"}
    final = {"countryCode": "AU", "city": "Perth"}
    found = parse(
        order(
            fulfillmentStartInstructions=instruction(
                ebaySupportedFulfillment=True, shippingStep=step, finalDestinationAddress=final
            )
        )
    )
    assert (found.ship_to.name, found.ship_to.street2) == ("Global Shipping Center", "26000000001")
    assert found.note.splitlines() == ["Reference 26000000001", "Final destination AU"]
    assert found.buyer.name is None
    assert "international_shipping" in found.labels


def test_goods_for_an_authenticator_are_no_shipment_abroad():
    found = parse(
        order(
            fulfillmentStartInstructions=instruction(ebaySupportedFulfillment=True),
            program={"authenticityVerification": {"status": "PENDING"}},
        )
    )
    assert found.labels == ("authenticity_guarantee",)


def test_an_order_fetched_in_the_shop():
    found = parse(
        order(
            fulfillmentStartInstructions=[
                {"fulfillmentInstructionsType": "PREPARE_FOR_PICKUP", "pickupStep": {"merchantLocationKey": "STORE-7"}}
            ]
        )
    )
    assert (found.ship_to, found.labels) == (None, ("store_pickup",))
    assert (found.service_level, found.note) == ("PREPARE_FOR_PICKUP", "Pickup at STORE-7")


def test_what_ebay_sends_itself_is_not_ours_to_send():
    assert parse(order()).fulfilled_by == "seller"
    by_ebay = [{"fulfillmentInstructionsType": "FULFILLED_BY_EBAY"}]
    assert parse(order(fulfillmentStartInstructions=by_ebay)).fulfilled_by == "channel"
    assert parse(order(program={"fulfillmentProgram": {"fulfilledBy": "EBAY"}})).fulfilled_by == "channel"


def test_the_buyers_words_are_a_note():
    found = parse(order(buyerCheckoutNotes="Ring twice "))
    assert (found.buyer_note, found.note) == ("Ring twice", None)


# --- wishes to cancel -----------------------------------------------------------------------------------------------


def test_wishes_to_cancel_have_their_ids():
    request = {
        "cancelRequestId": "5000000001",
        "cancelInitiator": "Buyer",
        "cancelReason": "ORDER_MISTAKE",
        "cancelRequestedDate": "2026-11-01T12:00:00.000Z",
        "cancelRequestState": "REQUESTED",
    }
    found = parse(order(cancelStatus={"cancelState": "IN_PROGRESS", "cancelRequests": [request]}))
    assert found.cancel_requests == (
        dto.CancelRequest(
            state="asked",
            by="buyer",
            external_id="5000000001",
            reason="ORDER_MISTAKE",
            asked_at=datetime(2026, 11, 1, 12, tzinfo=timezone.utc),
        ),
    )


def test_a_wish_of_which_only_the_state_is_told_is_still_one():
    found = parse(order(cancelStatus={"cancelState": "IN_PROGRESS", "cancelRequests": []}))
    assert [request.state for request in found.cancel_requests] == ["asked"]
    assert parse(order()).cancel_requests == ()


# --- refunds and payments -------------------------------------------------------------------------------------------


def refund(amount="5.00", **more):
    """Return a refund as an order shows it."""
    return {"amount": money(amount), "refundStatus": "REFUNDED", "refundDate": "2026-11-02T00:00:00.000Z", **more}


def test_a_refund_of_the_order():
    summary = {"refunds": [refund(refundId="R1", refundReferenceId="X1")]}
    [found] = parse(order(paid="PARTIALLY_REFUNDED", paymentSummary=summary)).refunds
    assert (found.external_id, found.status, found.amount.amount) == ("R1", "done", Decimal("5.00"))
    assert found.refunded_at == datetime(2026, 11, 2, tzinfo=timezone.utc)
    assert found.lines == ()


def test_a_refund_of_lines_is_told_once():
    share = {"amount": money("5.00"), "refundId": "R1", "refundDate": "2026-11-02T00:00:00.000Z"}
    document = order(line(refunds=[share]), paymentSummary={"refunds": [refund(refundReferenceId="X1")]})
    [found] = parse(document).refunds
    assert found.external_id == "R1"
    assert [(part.external_line_id, part.amount.amount) for part in found.lines] == [
        ("10000000000001", Decimal("5.00"))
    ]


def test_a_refund_over_two_lines():
    shares = [{"amount": money(amount), "refundId": "R1"} for amount in ("5.00", "7.00")]
    [found] = parse(order(line(refunds=shares[:1]), line(2, refunds=shares[1:]))).refunds
    assert (found.amount.amount, len(found.lines), found.status) == (Decimal("12.00"), 2, "pending")


def test_equal_refunds_without_a_name_stay_two():
    summary = {"refunds": [refund(refundReferenceId="X1"), refund(refundReferenceId="X2"), refund(), refund()]}
    found = parse(order(paymentSummary=summary)).refunds
    assert len({entry.external_id for entry in found}) == 4


def test_states_of_refunds():
    words = {"FAILED": "failed", "PENDING": "pending", "REFUNDED": "done"}
    for word, expected in words.items():
        summary = {"refunds": [refund(refundId="R1", refundStatus=word)]}
        assert parse(order(paymentSummary=summary)).refunds[0].status == expected


def test_payments():
    paid = {
        "amount": money("25.00"),
        "paymentMethod": "EBAY",
        "paymentStatus": "PAID",
        "paymentDate": "2026-11-01T10:05:00.000Z",
    }
    payments = [paid, {**paid, "paymentStatus": "PENDING"}, {**paid, "paymentStatus": "FAILED"}]
    found = parse(order(paymentSummary={"payments": payments})).payments
    assert [payment.is_captured for payment in found] == [True, False]
    assert found[0].method == "EBAY"


def test_parcels_are_known_by_the_end_of_their_address():
    href = "https://api.ebay.com/sell/fulfillment/v1/order/12-34567-89012/shipping_fulfillment/9405509699937003457459"
    assert [package.reference for package in parse(order(fulfillmentHrefs=[href])).packages] == [
        "9405509699937003457459"
    ]
