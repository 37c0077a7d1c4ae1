"""Which orders go in one parcel."""

import msgspec
import pytest
from odoo.addons.oms_core.lib.merging import Parcel, address_key, plan_groups, why_not_together


def parcel(key, **values):
    given = {
        "company": 1,
        "account": ("channel", 1),
        "ship_to": ("Ann Buyer", "1 Main Street", "", "98101", "Seattle", "US"),
        "currency": "USD",
        "kind": 1,
        "warehouse": 1,
        "carrier": 1,
    }
    return Parcel(key=key, **given | values)


def test_the_same_address_may_be_written_in_other_ways():
    written = address_key(("ANN  Buyer", "1, Main-Street.", "", "98 101", "Seattle", "us"))
    assert written == address_key(parcel(1).ship_to)
    assert address_key(("Jürgen Groß",)) == address_key(("Jurgen GROSS",))
    assert address_key(("Анна",)) != address_key(("Олег",))
    assert address_key(("山田",)) != address_key(("鈴木",))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({}, None),
        ({"company": 2}, "company"),
        ({"account": ("channel", 2)}, "account"),
        ({"account": ("customer", 1)}, "account"),
        ({"currency": "EUR"}, "currency"),
        ({"kind": 2}, "kind"),
        ({"warehouse": 2}, "warehouse"),
        ({"carrier": 2}, "carrier"),
        ({"hold": "credit"}, "hold"),
        ({"is_open": False}, "not_open"),
        ({"is_started": True}, "started"),
        ({"head": 1}, "together"),
        ({"head": 3}, "elsewhere"),
        ({"ship_to": ("Bob Buyer", "1 Main Street", "", "98101", "Seattle", "US")}, "address"),
        ({"ship_to": ("Ann Buyer", "2 Main Street", "", "98101", "Seattle", "US")}, "address"),
    ],
)
def test_why_two_orders_do_not_go_together(values, why):
    assert why_not_together(parcel(1), parcel(2, **values)) == why
    assert why_not_together(parcel(2, **values), parcel(1)) == why


def test_orders_without_an_address_are_never_together():
    nowhere = parcel(1, ship_to=("Ann Buyer", "", "", "", "", ""))
    assert why_not_together(nowhere, msgspec.structs.replace(nowhere, key=2)) == "address"


def test_groups_begin_with_the_oldest_and_leave_out_what_fits_nobody():
    rows = [parcel(5), parcel(3), parcel(4, currency="EUR"), parcel(9, currency="EUR"), parcel(7, warehouse=2)]
    assert plan_groups(rows) == [(3, 5), (4, 9)]
    assert plan_groups([parcel(1), parcel(2, is_started=True), parcel(3, head=1)]) == []
