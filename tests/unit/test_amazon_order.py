"""An Amazon order becomes the contract's value, or is refused with the place and a plain reason."""

import json
from datetime import datetime, timezone
from decimal import Decimal

import pytest
from amazon_documents import changed, item, order, parse, part
from odoo.addons.oms_channel_amazon.lib import const
from odoo.addons.oms_channel_amazon.lib.mapper import parse_order
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed

ITEM = ["orderItems", 0]


@pytest.mark.parametrize(("theirs", "ours"), sorted(const.STATUSES.items()))
def test_every_status_has_a_meaning(theirs, ours):
    assert parse(order(status=theirs)).status == ours


@pytest.mark.parametrize(("by", "party"), [("MERCHANT", "seller"), ("AMAZON", "channel")])
def test_who_sends_it(by, party):
    assert parse(order(by=by)).fulfilled_by == party


def test_times_are_utc():
    document = order(lastUpdatedTime="2026-11-01T20:00:00.5+09:00")
    document["fulfillment"]["shipByWindow"] = {"latestDateTime": "2026-11-03T23:59:59Z"}
    data = parse(document)
    assert data.updated_at == datetime(2026, 11, 1, 11, 0, 0, 500000, tzinfo=timezone.utc)
    assert data.updated_at.utcoffset().total_seconds() == 0
    assert data.ship_by_at == datetime(2026, 11, 3, 23, 59, 59, tzinfo=timezone.utc)


def test_missing_people_are_unknown_not_empty():
    data = parse(order())
    assert data.buyer == dto.Buyer()
    assert data.ship_to is None
    assert parse(order(recipient={"deliveryAddress": {"name": "", "city": " "}})).ship_to is None


def test_address_field_by_field():
    address = {
        "name": "Ana Souza",
        "companyName": "Souza Ltda",
        "addressLine1": "Rua das Flores, 1",
        "addressLine2": "Apto 2",
        "city": "São Paulo",
        "stateOrRegion": "SP",
        "postalCode": "01310-100",
        "countryCode": "BR",
        "phone": "+55 11 0000-0000",
        "extendedFields": {"neighborhood": "Bela Vista"},
        "addressType": "COMMERCIAL",
    }
    found = parse(order(recipient={"deliveryAddress": address})).ship_to
    assert found == dto.Address(
        name="Ana Souza",
        company="Souza Ltda",
        street="Rua das Flores, 1",
        street2="Apto 2",
        street3="Bela Vista",
        city="São Paulo",
        state="SP",
        postal_code="01310-100",
        country="BR",
        phone="+55 11 0000-0000",
        is_residential=False,
    )


def test_buyer_and_tax_number_of_a_company():
    registrations = [
        {"entityType": "MARKETPLACE", "taxRegistrationNumber": "1"},
        {"entityType": "BUYER", "legalName": "Lamp Ltd", "taxRegistrationNumber": "GB2"},
    ]
    buyer = {"buyerName": "Ann", "buyerEmail": "x@marketplace.amazon.com", "buyerPurchaseOrderNumber": "PO-9"}
    data = parse(order(buyer=buyer, tax={"taxRegistrations": registrations}))
    assert data.buyer == dto.Buyer(
        name="Ann", email="x@marketplace.amazon.com", company="Lamp Ltd", tax_number="GB2", purchase_order="PO-9"
    )


def test_line_facts():
    fulfillment = {
        "quantityFulfilled": 1,
        "packing": {"giftOption": {"giftMessage": "Enjoy", "giftWrapLevel": "STANDARD"}},
        "shipping": {"internationalShipping": {"iossNumber": "IM1234567890"}},
    }
    data = parse(
        order(
            item(
                quantity=2,
                parts=[part("ITEM", "40.00")],
                fulfillment=fulfillment,
                promotion={"breakdowns": [{"promotionId": "SUMMER"}]},
                programs=["SUBSCRIBE_AND_SAVE"],
            ),
            programs=["PRIME", "AMAZON_BUSINESS", "SOMETHING_NEW"],
            associatedOrders=[{"orderId": "1", "associationType": "REPLACEMENT_ORIGINAL_ID"}],
        )
    )
    line = data.lines[0]
    assert (line.quantity, line.quantity_shipped) == (Decimal(2), Decimal(1))
    assert (line.gift_message, line.gift_wrap, line.promotions) == ("Enjoy", "STANDARD", ("SUMMER",))
    assert data.labels == ("business", "gift", "prime", "replacement", "something_new", "subscription")
    assert (data.note, data.delivery_note) == ("IOSS IM1234567890", None)


def test_where_to_leave_the_parcel():
    wish = {"addressInstruction": "Second yard", "dropOffLocation": "RECEPTION"}
    data = parse(order(recipient={"deliveryPreference": wish}))
    assert (data.delivery_note, data.note) == ("Second yard\nRECEPTION", None)


def test_the_buyer_asks_to_cancel():
    asked = {"cancellationRequest": {"requester": "BUYER", "cancelReason": "Ordered by mistake"}}
    line = parse(order(item(cancellation=asked))).lines[0]
    assert (line.is_cancel_requested, line.cancel_reason) == (True, "Ordered by mistake")


@pytest.mark.parametrize(
    ("fulfillment", "units"),
    [
        ({"quantityFulfilled": 0, "quantityUnfulfilled": 0}, 0),
        ({"quantityFulfilled": 1, "quantityUnfulfilled": 0}, 1),
        ({"quantityUnfulfilled": 2}, 2),
        ({"quantityFulfilled": 9, "quantityUnfulfilled": 0}, 3),
        ({"quantityFulfilled": 1}, 3),
        (None, 3),
    ],
)
def test_what_was_cancelled_is_no_wish_and_no_unit_to_send(fulfillment, units):
    done = {
        "cancellationRequest": {"requester": "BUYER", "cancelReason": "Ordered by mistake"},
        "cancellationExecution": {"cancelledBy": "MERCHANT", "cancelReason": "BuyerCanceled"},
    }
    line = parse(order(item(quantity=3, cancellation=done, fulfillment=fulfillment), item(2))).lines[0]
    assert (line.quantity, line.is_cancel_requested) == (units, False)


def test_known_parcels():
    package = {
        "packageReferenceId": "7",
        "carrier": "UPS",
        "trackingNumber": "1Z",
        "shipTime": "2026-11-02T08:00:00Z",
        "packageItems": [{"orderItemId": "10000000000001", "quantity": 1}],
    }
    assert parse(order(packages=[package])).packages == (
        dto.Package(
            reference="7",
            carrier="UPS",
            tracking="1Z",
            shipped_at=datetime(2026, 11, 2, 8, tzinfo=timezone.utc),
            items=(("10000000000001", Decimal(1)),),
        ),
    )


def test_fields_unknown_to_us_are_let_through():
    document = order(somethingNew={"deep": [1, 2.5, None, True]})
    document["orderItems"][0]["product"]["colour"] = "red"
    assert parse(document).external_id == document["orderId"]


def test_null_is_unknown():
    document = order(buyer=None, recipient=None, proceeds=None, packages=None, tax=None, payment=None, programs=None)
    document["orderItems"][0] |= {"cancellation": None, "promotion": None, "tax": None}
    assert parse(document).buyer == dto.Buyer()


REFUSED = {
    "no id": (["orderId"], None, "$.orderId"),
    "empty id": (["orderId"], "", "$.orderId"),
    "id with a line break": (["orderId"], "111\n222", "$.orderId"),
    "id longer than any": (["orderId"], "1" * 65, "$.orderId"),
    "number for a text": (["orderId"], 111, "$.orderId"),
    "time without a zone": (["lastUpdatedTime"], "2026-11-01T11:00:00", "$.lastUpdatedTime"),
    "no day of this world": (["createdTime"], "2026-02-30T11:00:00Z", "$.createdTime"),
    "before the first year": (["createdTime"], "0001-01-01T00:00:00+14:00", "$.createdTime"),
    "unknown status": (["fulfillment", "fulfillmentStatus"], "TELEPORTED", "$.fulfillment.fulfillmentStatus"),
    "unknown sender": (["fulfillment", "fulfilledBy"], "NOBODY", "$.fulfillment.fulfilledBy"),
    "nothing about sending": (["fulfillment"], {}, "$.fulfillment"),
    "no items": (["orderItems"], [], "$.orderItems"),
    "items that are no list": (["orderItems"], {}, "$.orderItems"),
    "nothing ordered": ([*ITEM, "quantityOrdered"], 0, "$.orderItems[0].quantityOrdered"),
    "less than nothing": ([*ITEM, "quantityOrdered"], -1, "$.orderItems[0].quantityOrdered"),
    "more than there is": ([*ITEM, "quantityOrdered"], 10**7, "$.orderItems[0].quantityOrdered"),
    "half a unit": ([*ITEM, "quantityOrdered"], 1.5, "$.orderItems[0].quantityOrdered"),
    "yes units": ([*ITEM, "quantityOrdered"], True, "$.orderItems[0].quantityOrdered"),
    "less than nothing sent": (
        [*ITEM, "fulfillment"], {"quantityFulfilled": -1}, "$.orderItems[0].fulfillment.quantityFulfilled",
    ),
    "NUL in a title": ([*ITEM, "product", "title"], "a\0b", "$.orderItems[0].product.title"),
    "half a character": ([*ITEM, "product", "title"], "\ud83d", "$.orderItems[0].product.title"),
    "a title of a megabyte": ([*ITEM, "product", "title"], "x" * 1_000_000, "$.orderItems[0].product.title"),
    "NaN": ([*ITEM, "measurement"], {"unit": "COUNT", "value": float("nan")}, "$.orderItems[0].measurement.value"),
    "infinity": ([*ITEM, "measurement"], {"value": float("inf")}, "$.orderItems[0].measurement.value"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_place_and_reason(name):
    path, value, where = REFUSED[name]
    with pytest.raises(Malformed) as caught:
        parse(changed(order(), path, value))
    assert caught.value.path == where
    assert 5 < len(caught.value.params["reason"]) < 200
    assert caught.value.params["reason"].isprintable()


@pytest.mark.parametrize("field", ["orderId", "createdTime", "lastUpdatedTime", "salesChannel", "orderItems"])
def test_required_fields_are_required(field):
    document = order()
    del document[field]
    with pytest.raises(Malformed, match=field):
        parse(document)


def test_two_items_of_one_id_are_refused():
    with pytest.raises(Malformed) as caught:
        parse(order(item(1), item(1)))
    assert caught.value.path == "$.orderItems[1]"


@pytest.mark.parametrize("status", ["CANCELLED", "UNSHIPPED"])
def test_nothing_is_left_of_what_was_cancelled(status):
    done = {"cancellationExecution": {"cancelledBy": "BUYER", "cancelReason": "No longer needed"}}
    document = order(item(1, quantity=0, cancellation=done), item(2), status=status)
    assert parse(document).lines[0].quantity == 0


def test_less_than_nothing_is_left_of_no_order():
    with pytest.raises(Malformed):
        parse(order(item(quantity=-1), status="CANCELLED"))


def test_a_field_given_twice_is_refused():
    body = json.dumps(order()).replace('"quantityOrdered": 1', '"quantityOrdered": 1, "quantityOrdered": 9')
    with pytest.raises(Malformed) as caught:
        parse_order(body.encode())
    assert (caught.value.code, caught.value.path) == ("duplicate_key", "$.orderItems[0]")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"x"', b"\xff\xfe", b"\xef\xbb\xbf{}", b"{}{}", b"{'a': 1}", b"<html></html>"]
    + [b"[" * 100_000, b'{"a":' * 50 + b"1" + b"}" * 50, b'{"a": 1e400}', b'{"a": -Infinity}']
    + [b'{"a": ' + b"9" * 5000 + b"}"],
    ids=lambda body: ascii(body[:20]),
)  # fmt: skip
def test_what_is_no_order_is_refused(body):
    with pytest.raises(Malformed) as caught:
        parse_order(body)
    assert caught.value.params["reason"].isprintable()


def test_a_number_too_large_has_a_place():
    body = json.dumps(changed(order(), [*ITEM, "measurement"], {"value": "@"})).replace('"@"', "1e400")
    with pytest.raises(Malformed) as caught:
        parse_order(body.encode())
    assert caught.value.path == "$.orderItems[0].measurement.value"


def test_an_overlong_document_is_refused():
    with pytest.raises(Malformed) as caught:
        parse_order(b'{"a": "' + b"x" * 5_000_000 + b'"}')
    assert caught.value.code == "too_large"
