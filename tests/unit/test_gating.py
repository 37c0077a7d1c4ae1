"""What must be settled before goods leave."""

from decimal import Decimal

import pytest
from odoo.addons.oms_core.lib.gating import Credit, is_payment_enough, plan_credit


@pytest.mark.parametrize(
    ("gate", "payment", "has_terms", "is_enough"),
    [
        ("none", "unpaid", False, True),
        ("paid", "paid", False, True),
        ("paid", "none", False, True),
        ("paid", "authorised", False, False),
        ("paid", "part_paid", True, False),
        ("paid", "terms", True, False),
        ("authorised", "authorised", False, True),
        ("authorised", "paid", False, True),
        ("authorised", "unpaid", True, False),
        ("terms", "unpaid", True, True),
        ("terms", "terms", True, True),
        ("terms", "unpaid", False, False),
        ("terms", "authorised", False, False),
        ("terms", "paid", False, True),
        ("paid", "part_refunded", False, True),
    ],
)
def test_what_each_gate_asks_for(gate, payment, has_terms, is_enough):
    assert is_payment_enough(gate, payment, has_terms=has_terms) is is_enough


@pytest.mark.parametrize(
    ("limit", "owed", "amount", "step", "over"),
    [
        ("100", "0", "100", "hold", "0"),
        ("100", "0.01", "100", "hold", "0.01"),
        ("100", "60", "40", "hold", "0"),
        ("0", "900", "100", "hold", "0"),
        ("100", "900", "0", "hold", "800"),
        ("100", "-50", "120", "hold", "0"),
    ],
)
def test_over_the_limit(limit, owed, amount, step, over):
    credit = Credit(limit=Decimal(limit), owed=Decimal(owed), amount=Decimal(amount))
    assert credit.over == Decimal(over)
    expected = step if credit.over > 0 and credit.amount > 0 else "ok"
    assert plan_credit(credit, "hold") == expected


def test_the_type_says_whether_it_warns_or_holds():
    credit = Credit(limit=Decimal(100), owed=Decimal(50), amount=Decimal(51))
    assert (plan_credit(credit, "warn"), plan_credit(credit, "hold")) == ("warn", "hold")
    assert plan_credit(Credit(limit=Decimal(100), owed=Decimal(500), amount=Decimal(0)), "hold") == "ok"
