"""What must be settled before goods leave: the payment a type asks for, and the credit a customer has."""

from decimal import Decimal
from typing import Literal

from . import dto

Gate = Literal["paid", "authorised", "terms", "none"]
Step = Literal["ok", "warn", "hold"]
# States of payment in which nothing more is to come from the buyer.
SETTLED = frozenset({"none", "paid", "part_refunded", "refunded"})


class Credit(dto.Value):
    """A customer's credit at one moment, in the company's currency.

    :param limit: up to which the customer may owe; 0 is no limit
    :param owed: what the customer owes for everything but this order
    :param amount: what this order adds
    """

    limit: Decimal
    owed: Decimal
    amount: Decimal

    @property
    def balance(self) -> Decimal:
        return self.owed + self.amount

    @property
    def over(self) -> Decimal:
        """How much the balance is over the limit."""
        return max(self.balance - self.limit, Decimal(0)) if self.limit > 0 else Decimal(0)


def is_payment_enough(gate: Gate, payment: str, *, has_terms: bool) -> bool:
    """Tell whether an order in this state of payment may leave.

    :param payment: as in :data:`~odoo.addons.oms_core.lib.status.PaymentState`
    :param has_terms: payment terms were agreed; nothing else counts as leave to pay later
    """
    if gate == "none" or payment in SETTLED:
        return True
    if gate == "authorised":
        return payment == "authorised"
    return gate == "terms" and has_terms


def plan_credit(credit: Credit, action: Literal["warn", "hold"]) -> Step:
    """Tell what becomes of an order: an order that adds nothing is stopped by nobody's debts."""
    if credit.amount <= 0 or credit.over <= 0:
        return "ok"
    return action
