"""What becomes of an order the channel shows us again."""

import pytest
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.updating import Known, content_digest, plan_update
from orders import line, money, order

# stage here, told, status there, changed there -> step
TABLE = [
    ("draft", False, "awaiting_payment", False, "rewrite"),
    ("draft", False, "to_ship", True, "rewrite"),
    ("draft", False, "cancelled", False, "cancel"),
    ("confirmed", False, "to_ship", False, "none"),
    ("confirmed", False, "to_ship", True, "changed"),
    ("confirmed", False, "cancelled", False, "cancel"),
    ("confirmed", False, "shipped", False, "shipped_elsewhere"),
    ("picking", False, "cancelled", False, "ask_cancel"),
    ("picking", True, "partly_shipped", False, "none"),
    ("picking", False, "partly_shipped", False, "shipped_elsewhere"),
    ("shipped", True, "shipped", False, "none"),
    ("shipped", True, "shipped", True, "changed"),
    ("shipped", True, "cancelled", False, "ask_cancel"),
    ("cancelled", False, "cancelled", False, "none"),
    ("cancelled", False, "to_ship", False, "reopened"),
    ("cancelled", False, "shipped", False, "none"),
]


@pytest.mark.parametrize(("stage", "is_told", "status", "is_changed", "step"), TABLE)
def test_one_step_per_update(stage, is_told, status, is_changed, step):
    data = order(status=status)
    digest = content_digest(data)
    known = Known(stage=stage, status="to_ship", is_told=is_told, digest="other" if is_changed else digest)
    assert plan_update(known, data, digest) == step


def test_orders_the_channel_sends_are_never_shipped_elsewhere():
    data = order(status="shipped", fulfilled_by="channel")
    known = Known(stage="confirmed", status="to_ship", is_told=False, digest=content_digest(data))
    assert plan_update(known, data, content_digest(data)) == "none"


@pytest.mark.parametrize(
    "values",
    [
        {"lines": (line(quantity="2"),)},
        {"total": money("11.00")},
        {"ship_to": dto.Address(name="Bob", street="1 Road", city="Bonn", country="DE")},
    ],
)
def test_lines_amounts_and_address_are_content(values):
    assert content_digest(order(**values)) != content_digest(order())


@pytest.mark.parametrize(
    "values", [{"status": "shipped"}, {"lines": (line(quantity="1.0"),)}, {"total": money("10.0")}]
)
def test_state_and_spelling_of_numbers_are_not(values):
    assert content_digest(order(**values)) == content_digest(order())


@pytest.mark.parametrize(("status", "step"), [("to_ship", "changed"), ("cancelled", "none")])
def test_an_order_cancelled_here_is_not_reopened_while_what_was_added_to_it_goes_on(status, step):
    known = Known(stage="cancelled", status="to_ship", is_told=False, digest="other", has_added=True)
    assert plan_update(known, order(status=status), "digest") == step
