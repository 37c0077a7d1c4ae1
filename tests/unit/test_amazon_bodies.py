"""What we send to Amazon has the documented form, and what Amazon is known to refuse is not sent."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from odoo.addons.oms_channel_amazon.lib import bodies, const
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

NOTICE = dto.ShipmentNotice(
    order_external_id="111-0000001-0000001",
    reference="42",
    carrier_code="UPS",
    tracking=" 1Z 999 ",
    shipped_at=datetime(2026, 11, 2, 9, 30, 15, 999, tzinfo=timezone(timedelta(hours=9))),
    lines=(dto.ShipmentLine(external_line_id="1", quantity=Decimal("2.0")),),
)


def test_a_parcel():
    assert bodies.build_shipment(NOTICE, "ATVPDKIKX0DER") == {
        "marketplaceId": "ATVPDKIKX0DER",
        "packageDetail": {
            "packageReferenceId": "42",
            "carrierCode": "UPS",
            "trackingNumber": "1Z 999",
            "shipDate": "2026-11-02T00:30:15Z",
            "orderItems": [{"orderItemId": "1", "quantity": 2}],
        },
    }


def test_a_parcel_of_a_carrier_amazon_does_not_list():
    notice = msgspec.structs.replace(
        NOTICE, carrier_code="Other", carrier_name="Bike Couriers", service="Same day", marketplace="A1PA6795UKMFR9"
    )
    body = bodies.build_shipment(notice, "ATVPDKIKX0DER")
    assert body["marketplaceId"] == "A1PA6795UKMFR9"
    assert body["packageDetail"]["carrierName"] == "Bike Couriers"
    assert body["packageDetail"]["shippingMethod"] == "Same day"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"reference": "0"}, "bad_reference"),
        ({"reference": "WH/OUT/1"}, "bad_reference"),
        ({"reference": "٤٢"}, "bad_reference"),
        ({"tracking": "  "}, "tracking_missing"),
        ({"carrier_code": "Other"}, "carrier_name_missing"),
        ({"lines": ()}, "no_lines"),
        ({"lines": (dto.ShipmentLine(external_line_id="1", quantity=Decimal("0.5")),)}, "bad_quantity"),
        ({"lines": (dto.ShipmentLine(external_line_id="1", quantity=Decimal(0)),)}, "bad_quantity"),
    ],
)
def test_what_amazon_would_refuse_is_not_sent(change, code):
    with pytest.raises(Rejected) as caught:
        bodies.build_shipment(msgspec.structs.replace(NOTICE, **change), "ATVPDKIKX0DER")
    assert caught.value.code == code
    assert caught.value.message


@pytest.mark.parametrize(
    ("tracking", "items", "is_same"),
    [
        ("1z999", (("1", Decimal(2)),), True),
        ("1Z999", (), True),
        ("1Z998", (("1", Decimal(2)),), False),
        ("1Z999", (("1", Decimal(1)),), False),
        ("1Z999", (("1", Decimal(2)), ("2", Decimal(1))), False),
        (None, (), False),
    ],
)
def test_a_parcel_is_known_by_tracking_and_contents(tracking, items, is_same):
    package = dto.Package(reference="OTHER-REF", tracking=tracking, items=items)
    assert bodies.is_same_parcel(package, NOTICE) is is_same


def test_stock_is_merged_into_our_own_channel():
    level = dto.StockLevel(ref="1", sku="A", quantity=7)
    assert bodies.build_stock(level) == {
        "productType": "PRODUCT",
        "patches": [
            {
                "op": "merge",
                "path": "/attributes/fulfillment_availability",
                "value": [{"fulfillment_channel_code": "DEFAULT", "quantity": 7}],
            }
        ],
    }
    lamp = dto.StockLevel(ref="1", sku="A", quantity=0, product_type="LAMP")
    assert bodies.build_stock(lamp)["productType"] == "LAMP"


def test_stock_below_zero_is_not_sent():
    with pytest.raises(ValueError, match="below zero"):
        bodies.build_stock(dto.StockLevel(ref="1", sku="A", quantity=-1))


def test_a_time_without_a_zone_is_not_sent():
    with pytest.raises(ValueError, match="zone"):
        bodies.format_time(datetime(2026, 1, 1))  # noqa: DTZ001


def test_the_tables_are_whole():
    assert len(const.MARKETPLACE_BY_ID) == len(const.MARKETPLACES) == 23
    assert {marketplace.region for marketplace in const.MARKETPLACES} == set(const.REGION_HOSTS)
    assert len({name for name, _code in const.CARRIERS}) == len(const.CARRIERS)
    for marketplace in const.MARKETPLACES:
        assert len(marketplace.country) == 2
        assert len(marketplace.currency) == 3
