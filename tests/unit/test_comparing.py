"""Whether a channel and we agree."""

from datetime import timedelta
from decimal import Decimal

import pytest
from odoo.addons.oms_core.lib.comparing import Here, compare_order, compare_quantity
from orders import NOW, order

EARLIER, LATER = NOW - timedelta(hours=1), NOW + timedelta(hours=1)


def here(**values):
    defaults = {"external_id": "1", "stage": "confirmed", "status": "to_ship", "changed_at": NOW}
    return Here(**{**defaults, "channel_total": Decimal("10.00"), "total": Decimal("10.00"), **values})


def test_equal_sides_agree():
    assert compare_order(order(), here(), NOW) is None


def test_what_is_only_there_is_brought_here():
    found = compare_order(order(), None, NOW)
    assert (found.kind, found.remedy) == ("missing_here", "import")


# status there, what is so here -> remedy
STATES = [
    ("cancelled", {}, "import"),
    ("cancelled", {"status": "cancelled"}, "import"),
    ("cancelled", {"status": "cancelled", "stage": "cancelled"}, None),
    ("cancelled", {"stage": "picking", "problems": frozenset({"cancelled_after_pick"})}, None),
    ("to_ship", {"status": "awaiting_payment", "changed_at": EARLIER}, "import"),
    ("to_ship", {"status": "shipped", "changed_at": LATER}, "list"),
    ("shipped", {"status": "shipped"}, "import"),
    ("shipped", {"status": "shipped", "problems": frozenset({"shipped_elsewhere"})}, None),
    ("shipped", {"status": "shipped", "fulfilment": "elsewhere"}, None),
    ("shipped", {"status": "shipped", "stage": "shipped", "told_at": EARLIER}, None),
    ("to_ship", {"stage": "shipped", "told_at": EARLIER}, "list"),
    ("to_ship", {"stage": "shipped", "told_at": LATER}, None),
    ("to_ship", {"stage": "shipped", "is_telling": True, "told_at": EARLIER}, None),
    ("to_ship", {"stage": "cancelled"}, "list"),
    ("to_ship", {"stage": "cancelled", "problems": frozenset({"cancel_untold"})}, None),
    ("to_ship", {"stage": "cancelled", "is_replaced": True}, None),
]


@pytest.mark.parametrize(("status", "values", "remedy"), STATES)
def test_states(status, values, remedy):
    found = compare_order(order(status=status), here(**values), NOW)
    assert (found and found.remedy) == remedy
    assert found is None or found.kind == "state_differs"


TOTALS = [
    ({"total": Decimal("9.00")}, "list"),
    ({"total": Decimal("9.00"), "is_total_accepted": True}, None),
    ({"total": Decimal("9.00"), "problems": frozenset({"total_differs"})}, None),
    ({"channel_total": Decimal("9.00"), "total": Decimal("9.00")}, "import"),
    ({"channel_total": None}, "import"),
    ({"status": "cancelled", "stage": "cancelled", "total": Decimal("9.00")}, None),
]


@pytest.mark.parametrize(("values", "remedy"), TOTALS)
def test_totals(values, remedy):
    found = compare_order(order(status=values.get("status", "to_ship")), here(**values), NOW)
    assert (found and (found.kind, found.remedy)) == (remedy and ("total_differs", remedy))


@pytest.mark.parametrize(
    ("read", "is_waiting", "is_settled", "expected"),
    [(5, False, True, False), (4, False, True, True), (4, True, True, False), (4, False, False, False)]
    + [(None, False, True, False)],
)
def test_quantities(read, is_waiting, is_settled, expected):
    assert compare_quantity(read, 5, is_waiting=is_waiting, is_settled=is_settled) is expected
