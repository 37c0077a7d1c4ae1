"""What an OpenMage shop is told, and how its parcels and credit memos are known again. Pure."""

from datetime import datetime, timezone
from decimal import Decimal

import pytest
from odoo.addons.oms_channel_magento.lib import soap_parcels, soap_refunds, soap_stock, soap_wire
from odoo.addons.oms_channel_magento.lib.soap_documents import read_order
from odoo.addons.oms_channel_magento.lib.soap_order import goods_of
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected
from openmage_documents import body, item, order


def notice(**more):
    values = {
        "order_external_id": "100000007",
        "reference": "17",
        "carrier_code": "ups",
        "tracking": "1Z9",
        "shipped_at": datetime(2026, 11, 2, tzinfo=timezone.utc),
        "lines": (dto.LineUnits(external_line_id="11", quantity=Decimal(2)),),
    }
    return dto.ShipmentNotice(**{**values, **more})


def shipment(number="200000001", *, comment=None, tracks=(), items=(("11", "2.0000"),)):
    return soap_parcels.read_shipment(
        {
            "increment_id": number,
            "items": [{"order_item_id": id_, "qty": units} for id_, units in items],
            "tracks": [{"track_id": str(place), "number": track} for place, track in enumerate(tracks)] or "",
            "comments": [{"comment": comment}] if comment else "",
        }
    )


# === parcels =================================================================================================


@pytest.mark.parametrize(
    ("comment", "is_ours"),
    [
        ("OMS parcel 17", True),
        ("OMS parcel 17\nLeave it at the door", True),
        ("OMS parcel 170", False),
        ("OMS parcel 1", False),
        ("OMS refund 17", False),
        ("Not OMS parcel 17", False),
        ("", False),
        (None, False),
    ],
)
def test_a_parcel_is_known_by_its_comment(comment, is_ours):
    found = soap_parcels.find_ours([shipment("1"), shipment("2", comment=comment)], notice())
    assert (found is not None) is is_ours


def test_a_parcel_told_by_hand_is_known_by_tracking_and_units():
    units = {"11": Decimal(2)}
    assert soap_parcels.find_same([shipment(tracks=["1Z9"])], notice(), units)
    assert not soap_parcels.find_same([shipment(tracks=["1Z8"])], notice(), units)
    assert not soap_parcels.find_same([shipment(tracks=["1Z9"])], notice(), {"11": Decimal(1)})
    assert not soap_parcels.find_same([shipment()], notice(tracking=""), units)


def test_variants_with_no_units_are_not_counted():
    found = shipment(items=(("11", "2.0000"), ("12", "0.0000")), tracks=["1Z9"])
    assert soap_parcels.find_same([found], notice(), {"11": Decimal(2)})


def test_other_tracking_numbers_are_named():
    found = shipment(tracks=["old", "1Z9"])
    assert soap_parcels.has_track(found, "1Z9")
    assert soap_parcels.other_tracks(found, "1Z9") == ["0"]


@pytest.mark.parametrize(
    ("refused", "known", "chosen"),
    [
        ("nightbike", ["custom", "ups"], "custom"),
        ("UPS", ["custom", "ups"], "ups"),
        ("ups", ["custom", "ups"], "custom"),
        ("ups", [], "custom"),
    ],
)
def test_another_carrier_than_the_refused_one(refused, known, chosen):
    assert soap_parcels.choose_carrier(refused, [{"key": code, "value": code} for code in known]) == chosen


@pytest.mark.parametrize("value", ["text", [{}], [{"increment_id": ""}], ["1"]])
def test_a_list_without_numbers(value):
    with pytest.raises(Malformed):
        soap_parcels.read_numbers(value)


# === refunds =================================================================================================


def refund(amount, *lines, shipping=None, currency="EUR"):
    def money(value):
        return dto.Money(amount=Decimal(value), currency=currency)

    parts = sum((Decimal(value) for _id, _units, value in lines), Decimal(shipping or 0))
    adjustment = Decimal(amount) - parts
    return dto.RefundNotice(
        order_external_id="100000007",
        reference="R1",
        amount=money(amount),
        adjustment=money(adjustment) if adjustment else None,
        lines=tuple(
            dto.RefundLine(external_line_id=id_, amount=money(value), quantity=Decimal(units))
            for id_, units, value in lines
        ),
        shipping=money(shipping) if shipping else None,
    )


def plan(wanted, document=None):
    stored, tree = read_order(body(document or order()))
    return soap_refunds.plan_memo(wanted, stored, tree, goods_of(stored), is_tax_included=False)


def test_a_memo_names_units_and_the_rest_as_adjustment():
    data = plan(refund("18.00", ("11", 1, "18.00")))
    assert data["qtys"] == [{"order_item_id": 11, "qty": 1.0}]
    assert (data["shipping_amount"], data["adjustment_positive"], data["adjustment_negative"]) == (0, 0, 2)


def test_a_memo_without_goods_names_one_with_no_units():
    data = plan(refund("3.00"))
    assert data["qtys"] == [{"order_item_id": 11, "qty": 0.0}]
    assert (data["shipping_amount"], data["adjustment_positive"]) == (0, 3)


def test_a_memo_is_in_the_currency_of_the_books():
    document = order(order_currency_code="SEK", base_to_order_rate="10.0000")
    assert plan(refund("30.00", currency="SEK"), document)["adjustment_positive"] == 3
    for wanted in (refund("3.00"), refund("0.00", currency="SEK")):
        with pytest.raises(Rejected):
            plan(wanted, document)


def test_a_memo_of_a_line_the_order_does_not_have():
    with pytest.raises(Rejected):
        plan(refund("3.00", ("99", 1, "3.00")))


def test_a_credit_memo_is_read():
    memo = soap_refunds.read_memo(
        {
            "increment_id": "100000003",
            "order_id": "7",
            "state": "2",
            "created_at": "2026-11-02 10:00:00",
            "updated_at": "2026-11-02 11:00:00",
            "order_currency_code": "EUR",
            "grand_total": "24.5000",
            "shipping_amount": "4.0000",
            "shipping_tax_amount": "1.0000",
            "adjustment_positive": "0.0000",
            "adjustment_negative": "1.5000",
            "items": [
                {
                    "order_item_id": "11",
                    "qty": "1.0000",
                    "row_total": "20.0000",
                    "tax_amount": "4.0000",
                    "discount_amount": "4.0000",
                    "hidden_tax_amount": "1.0000",
                },
                {"order_item_id": "12", "qty": "1.0000", "row_total": "0.0000"},
            ],
            "comments": [{"comment": "OMS refund R1\nCame back"}],
        }
    )
    data = soap_refunds.read_refund(memo, "100000007")
    assert (data.external_id, data.order_external_id, data.status) == ("100000003", "100000007", "done")
    assert (data.amount.amount, data.shipping.amount, data.adjustment.amount) == (Decimal("24.5"), 5, Decimal("-1.5"))
    [line] = data.lines
    assert (line.external_line_id, line.quantity, line.amount.amount, line.tax.amount) == ("11", 1, 21, 4)
    assert (data.reason, data.is_restocked) == ("OMS refund R1\nCame back", None)
    assert sum(part.amount for part in (line.amount, data.shipping, data.adjustment)) == data.amount.amount
    assert soap_parcels.is_marked(memo.comments, "OMS refund R1")


@pytest.mark.parametrize("change", [{"grand_total": "x"}, {"grand_total": None}, {"order_currency_code": "?"}])
def test_a_credit_memo_without_an_amount(change):
    value = {"increment_id": "1", "order_currency_code": "EUR", "grand_total": "1.0000", **change}
    with pytest.raises(Malformed):
        soap_refunds.read_refund(soap_refunds.read_memo(value), "7")


# === stock ===================================================================================================


def test_a_quantity_says_that_a_product_is_back():
    level = dto.StockLevel(ref="1", sku="A", quantity=5)
    assert soap_stock.build_quantity(level) == {"qty": "5", "is_in_stock": 1}
    assert soap_stock.build_quantity(dto.StockLevel(ref="1", sku="A", quantity=0)) == {"qty": "0"}


@pytest.mark.parametrize("quantity", [-1, 10**9])
def test_a_quantity_no_shop_can_show(quantity):
    with pytest.raises(ValueError, match="quantity"):
        soap_stock.build_quantity(dto.StockLevel(ref="1", sku="A", quantity=quantity))


def test_listings_have_what_the_list_tells():
    products = soap_stock.read_products(
        [
            {"product_id": "10", "sku": "B", "name": "Bed", "type": "simple"},
            {"product_id": "9", "sku": " A ", "name": None, "type": "configurable"},
            {"product_id": "11", "sku": ""},
            {"product_id": "x", "sku": "C"},
        ]
    )
    stock = {
        "9": soap_wire.StockItem(product_id="9", qty="3.5000"),
        "10": soap_wire.StockItem(product_id="10", qty="many"),
    }
    assert soap_stock.build_listings(products, stock) == (
        dto.ListingData(sku="A", external_product_id="9", product_type="configurable", quantity=3),
        dto.ListingData(sku="B", external_product_id="10", title="Bed", product_type="simple"),
    )


@pytest.mark.parametrize("cursor", ["x", "[]", '{"since": "a"}'])
def test_a_mark_in_the_products_that_is_none(cursor):
    with pytest.raises(Rejected) as caught:
        soap_stock.read_place(cursor)
    assert caught.value.code == "cursor_expired"


def test_an_order_of_one_item_is_still_a_list():
    assert len(goods_of(read_order(body(order([item()])))[0]).lines) == 1
