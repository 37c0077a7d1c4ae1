"""Notes: whom they are for, at which step they are read, and what a channel's order brings."""

from datetime import datetime, timezone

import pytest
from odoo.addons.oms_core.lib.dto import OrderData
from odoo.addons.oms_core.lib.notes import AT_STEP, AUDIENCES, FLOOR, plan_notes, read_audience

AT = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)


def order(**values):
    return OrderData(
        external_id="1",
        external_number="1",
        status="to_ship",
        placed_at=AT,
        updated_at=AT,
        currency="EUR",
        total=None,
        lines=(),
        **values,
    )


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("packer", ("packer",)),
        (["label", "Picker"], ("picker", "label")),
        ((" OFFICE ", "office"), ("office",)),
        (AUDIENCES, AUDIENCES),
    ],
)
def test_an_audience_is_read(given, meant):
    assert read_audience(given) == meant


@pytest.mark.parametrize("given", ["", [], None, "boss", ["packer", "boss"], [7], [None]])
def test_nobody_else_is_an_audience(given):
    with pytest.raises(ValueError):
        read_audience(given)


def test_every_audience_of_the_warehouse_reads_at_some_step_and_all_at_the_only_one():
    assert frozenset().union(AT_STEP["pick"], AT_STEP["pack"], AT_STEP["out"]) == FLOOR == AT_STEP["all"]
    assert not any("office" in who for who in AT_STEP.values())


def test_what_a_buyer_wrote_goes_where_it_is_needed():
    plans = plan_notes(order(buyer_note=" Ring twice ", gift_note="Cheers", delivery_note="Reception", note="IOSS 1"))
    assert {plan.kind: (plan.text, sorted(plan.audience), plan.source) for plan in plans} == {
        "message": ("Ring twice", ["label", "office", "packer"], "buyer"),
        "gift": ("Cheers", ["packer"], "buyer"),
        "delivery": ("Reception", ["label", "packer"], "buyer"),
        "note": ("IOSS 1", ["label", "packer"], "channel"),
    }


def test_nothing_said_is_no_note():
    assert plan_notes(order(buyer_note="  ", gift_note=None)) == ()


def test_a_note_has_an_end():
    assert len(plan_notes(order(note="x" * 99999))[0].text) == 4000
