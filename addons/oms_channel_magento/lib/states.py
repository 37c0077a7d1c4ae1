"""What the states of a Magento order mean. The same in Magento 1, Magento 2 and OpenMage.

A shop's statuses are free text, its states are a closed list (module-sales, ``Magento\\Sales\\Model\\Order``; app/code/core/
Mage/Sales/etc/config.xml of OpenMage; seen 2026-11-26). So the state decides, and rules a person made for a status come
before it.
"""

from collections.abc import Iterable
from decimal import Decimal
from typing import NamedTuple

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

# "holded" is not here: below it lies the state the order had before.
STATES: dict[str, dto.OrderStatus] = {
    "new": "awaiting_payment",
    "pending_payment": "awaiting_payment",
    "payment_review": "awaiting_payment",
    "processing": "to_ship",
    "complete": "shipped",
    "closed": "shipped",
    "canceled": "cancelled",
}
HOLDED = "holded"
# States and statuses under which the shop itself does not want the goods sent.
HOLD_STATES = frozenset({HOLDED, "payment_review"})
HOLD_STATUSES = frozenset({"fraud"})
# Paid when the parcel is handed over, so such an order is sent although it is "new" and unpaid.
PAID_AT_THE_DOOR = frozenset({"cashondelivery", "phoenix_cashondelivery"})


class StatusRule(NamedTuple):
    """What a person says a status means. ``meaning`` is an ``OrderStatus``, or "state": the state decides."""

    status: str
    payment_method: str | None = None
    meaning: str = "state"
    is_hold: bool = False


class Standing(NamedTuple):
    """Where an order stands, before its parcels are looked at."""

    status: dto.OrderStatus
    holds: tuple[str, ...] = ()


def read_standing(
    order: "Facts", rules: Iterable[StatusRule] = (), *, path: str = "$.state"
) -> Standing:
    """Return where an order stands by its state, its status and the rules of the account.

    :raise Malformed: a state nobody knows
    """
    rule = _fitting_rule(order, rules)
    holds = [word for word in (order.state,) if word in HOLD_STATES]
    if order.status in HOLD_STATUSES or (rule and rule.is_hold):
        holds.append(order.status)
    if rule and rule.meaning != "state":
        return Standing(rule.meaning, tuple(dict.fromkeys(holds)))
    state = order.state if order.state != HOLDED else order.state_before or "processing"
    if state == "new" and order.payment_method in PAID_AT_THE_DOOR:
        state = "processing"
    if state not in STATES:
        raise Malformed("bad_state", path=path, reason=f"“{shown(state)}” is not a state of an order")
    return Standing(STATES[state], tuple(dict.fromkeys(holds)))


class Facts(NamedTuple):
    """What is looked at. ``state_before``: of an order on hold, the state it had before that."""

    state: str
    status: str = ""
    payment_method: str | None = None
    state_before: str | None = None


def follow_parcels(standing: Standing, sendable: Iterable[tuple[Decimal, Decimal]]) -> dto.OrderStatus:
    """Return the status with what was sent in mind.

    :param sendable: ``(units to send at all, units sent)`` of each line that goes into a parcel
    """
    units = [(wanted, sent) for wanted, sent in sendable if wanted > 0]
    sent_any = any(sent > 0 for _wanted, sent in units)
    if standing.status == "shipped" and not sent_any and not any(True for _ in units):
        return standing.status
    if standing.status not in ("to_ship", "awaiting_payment") or not sent_any:
        return standing.status
    return "shipped" if all(sent >= wanted for wanted, sent in units) else "partly_shipped"


def _fitting_rule(order: "Facts", rules: Iterable[StatusRule]) -> StatusRule | None:
    """Return the rule for the status; one for the payment method comes before one for any."""
    fitting = [
        rule
        for rule in rules
        if rule.status == order.status and rule.payment_method in (None, "", order.payment_method)
    ]
    return max(fitting, key=lambda rule: bool(rule.payment_method), default=None)
