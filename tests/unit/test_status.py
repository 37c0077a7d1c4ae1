"""Five axes, and the one table that tells an order's status."""

import itertools
from decimal import Decimal
from typing import get_args

import pytest
from odoo.addons.oms_core.lib import status
from odoo.addons.oms_core.lib.status import Goods, Money, order_status

BEFORE = {
    "state": "sale",
    "fulfilment": "own",
    "hold": "none",
    "payment": "paid",
    "stock": "reserved",
    "pick": "none",
    "ship": "none",
}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"state": "draft"}, "quotation"),
        ({"state": "draft", "payment": "unpaid"}, "unpaid"),
        ({"state": "draft", "payment": "unpaid", "hold": "confirm"}, "held"),
        ({"hold": "ship"}, "held"),
        ({"hold": "ship", "ship": "shipped", "pick": "packed"}, "shipped"),
        ({"stock": "unrouted"}, "to_route"),
        ({"stock": "none"}, "no_goods"),
        ({"stock": "short"}, "waiting_stock"),
        ({"stock": "partial"}, "waiting_stock"),
        ({"stock": "partial", "pick": "picking"}, "to_pick"),
        ({"stock": "soft"}, "to_pick"),
        ({}, "to_pick"),
        ({"pick": "picking"}, "to_pick"),
        ({"pick": "picked"}, "to_pack"),
        ({"pick": "packed", "ship": "labelled"}, "to_ship"),
        ({"pick": "picking", "ship": "part_shipped"}, "part_shipped"),
        ({"stock": "partial", "pick": "picking", "ship": "part_shipped"}, "part_shipped"),
        ({"ship": "shipped"}, "shipped"),
        ({"ship": "delivered"}, "delivered"),
        ({"fulfilment": "channel", "stock": "none"}, "elsewhere"),
        ({"fulfilment": "channel", "state": "cancel"}, "cancelled"),
        ({"state": "cancel", "ship": "shipped"}, "cancelled"),
    ],
)
def test_status(facts, expected):
    assert order_status(**(BEFORE | facts)) == expected


def test_every_combination_has_a_status_and_every_status_is_reached():
    values = {
        "state": ("draft", "sent", "sale", "cancel"),
        "fulfilment": ("own", "channel", "elsewhere"),
        "hold": ("none", "confirm", "ship"),
        "payment": get_args(status.PaymentState),
        "stock": get_args(status.StockState),
        "pick": get_args(status.PickState),
        "ship": get_args(status.ShipState),
    }
    found = {
        order_status(**dict(zip(values, combination, strict=True)))
        for combination in itertools.product(*values.values())
    }
    assert found == {row[0] for row in status.TABLE}
    assert set(status.OPEN) < found


def money(**values):
    return Money(**({"total": Decimal(100)} | {name: _decimal(value) for name, value in values.items()}))


def _decimal(value):
    return value if isinstance(value, bool) else Decimal(value)


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({}, "unpaid"),
        ({"is_draft": True}, "none"),
        ({"total": 0}, "none"),
        ({"is_awaited": True}, "unpaid"),
        ({"is_awaited": True, "authorised": 100}, "unpaid"),
        ({"authorised": 100}, "authorised"),
        ({"authorised": 100, "captured": 40}, "part_paid"),
        ({"captured": 100}, "paid"),
        ({"captured": 120}, "paid"),
        ({"is_settled": True}, "paid"),
        ({"is_settled": True, "is_on_terms": True}, "terms"),
        ({"is_on_terms": True}, "terms"),
        ({"captured": 100, "refunded": 30}, "part_refunded"),
        ({"captured": 100, "refunded": 100}, "refunded"),
        ({"captured": 120, "refunded": 100}, "part_refunded"),
        ({"is_settled": True, "refunded": 100}, "refunded"),
        ({"is_cancelled": True}, "cancelled"),
        ({"is_cancelled": True, "captured": 100}, "paid"),
        ({"is_cancelled": True, "captured": 100, "refunded": 100}, "refunded"),
    ],
)
def test_payment(known, expected):
    assert status.payment_state(money(**known)) == expected


@pytest.mark.parametrize(
    ("goods", "confirmed", "unpaid", "expected"),
    [
        (Goods(wanted=1), False, False, "none"),
        (Goods(), True, False, "none"),
        (Goods(wanted=2), True, False, "unrouted"),
        (Goods(wanted=1, asked=3, lines=1), True, False, "short"),
        (Goods(wanted=1, asked=3, reserved=2, lines=1), True, False, "partial"),
        (Goods(wanted=1, asked=3, reserved=3, lines=1), True, False, "reserved"),
        (Goods(wanted=1, asked=3, reserved=3, lines=1), True, True, "soft"),
        (Goods(wanted=1, asked=0.3, reserved=0.1 + 0.2, lines=1), True, False, "reserved"),
    ],
)
def test_stock(goods, confirmed, unpaid, expected):
    assert status.stock_state(goods, is_confirmed=confirmed, is_unpaid=unpaid) == expected


@pytest.mark.parametrize(
    ("goods", "pick", "ship"),
    [
        (Goods(), "none", "none"),
        (Goods(asked=3, lines=2), "none", "none"),
        (Goods(asked=3, lines=2, is_labelled=True), "none", "labelled"),
        (Goods(asked=3, lines=2, lines_picked=1), "picking", "none"),
        (Goods(asked=3, lines=2, lines_picked=2), "picked", "none"),
        (Goods(asked=3, lines=2, lines_picked=2, packed=3), "packed", "none"),
        (Goods(asked=3, lines=2, lines_picked=1, packed=1, left=1), "picking", "part_shipped"),
        (Goods(asked=3, lines=2, lines_picked=2, packed=3, left=3), "packed", "shipped"),
    ],
)
def test_picking_and_shipping(goods, pick, ship):
    assert status.pick_state(goods) == pick
    assert status.ship_state(goods, fulfilment="own", channel_status="shipped") == ship


def test_what_others_send_is_as_far_as_the_channel_says():
    said = [status.ship_state(Goods(), fulfilment="channel", channel_status=value) for value in ("shipped", "to_ship")]
    assert said == ["shipped", "none"]
    assert status.ship_state(Goods(), fulfilment="elsewhere", channel_status=None) == "none"


@pytest.mark.parametrize(
    ("on_channel", "waiting", "refused", "expected"),
    [(False, 1, 1, "none"), (True, 0, 0, "in_sync"), (True, 2, 0, "sending"), (True, 2, 1, "not_sent")],
)
def test_sync(on_channel, waiting, refused, expected):
    assert status.sync_state(is_on_channel=on_channel, waiting=waiting, refused=refused) == expected
