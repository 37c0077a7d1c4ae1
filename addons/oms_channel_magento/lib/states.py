"""What the states of a Magento order mean. The same in Magento 1, Magento 2 and OpenMage.

A shop's statuses are free text, its states are a closed list (Magento\\Sales\\Model\\Order of module-sales;
app/code/core/Mage/Sales/etc/config.xml of OpenMage; seen 2026-11-26). So the state decides, and rules a person made for
a status come before it.
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
CLOSED = "closed"
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


class OrderFacts(NamedTuple):
    """What is looked at. ``state_before``: of an order on hold, the state it had before that."""

    state: str
    status: str = ""
    payment_method: str | None = None
    state_before: str | None = None


class Standing(NamedTuple):
    """Where an order stands, before its parcels are looked at, and why the shop does not want it sent."""

    status: dto.OrderStatus
    holds: tuple[str, ...] = ()


class LineProgress(NamedTuple):
    """Units of a line that goes into a parcel: ordered, sent, and taken back or cancelled."""

    ordered: Decimal
    shipped: Decimal = Decimal(0)
    refunded: Decimal = Decimal(0)
    cancelled: Decimal = Decimal(0)

    @property
    def waiting(self) -> Decimal:
        """Units still to be sent, as Magento counts: what is refunded before it left is not sent any more."""
        return max(self.ordered - max(self.shipped, self.refunded) - self.cancelled, Decimal(0))

    @property
    def dropped(self) -> Decimal:
        """Units that will never be sent: cancelled, or refunded before they left."""
        return self.cancelled + max(self.refunded - self.shipped, Decimal(0))


def read_standing(order: OrderFacts, rules: Iterable[StatusRule] = (), path: str = "$.state") -> Standing:
    """Return where an order stands by its state, its status and the rules of the account.

    :raise Malformed: a state nobody knows
    """
    rule = _fitting_rule(order, rules)
    holds = [order.state] if order.state in HOLD_STATES else []
    if order.status in HOLD_STATUSES or (rule and rule.is_hold):
        holds.append(order.status)
    held = tuple(dict.fromkeys(holds))
    if rule and rule.meaning != "state":
        return Standing(rule.meaning, held)
    state = (order.state_before or "processing") if order.state == HOLDED else order.state
    if state == "new" and order.payment_method in PAID_AT_THE_DOOR:
        state = "processing"
    if state not in STATES:
        raise Malformed("bad_state", path=path, reason=f"“{shown(state)}” is not a state of an order")
    return Standing(STATES[state], held)


def follow_parcels(
    status: dto.OrderStatus, lines: Iterable[LineProgress], *, is_closed: bool = False
) -> dto.OrderStatus:
    """Return the status with the parcels in mind.

    :param lines: those that go into a parcel
    :param is_closed: all money was given back; where nothing was sent, nothing will be
    """
    lines = tuple(lines)
    is_begun = any(line.shipped > 0 for line in lines)
    if is_closed and lines and not is_begun:
        return "cancelled"
    if status != "to_ship" or not lines:
        return status
    if any(line.waiting > 0 for line in lines):
        return "partly_shipped" if is_begun else "to_ship"
    return "shipped" if is_begun else "cancelled"


def _fitting_rule(order: OrderFacts, rules: Iterable[StatusRule]) -> StatusRule | None:
    """Return the rule for the status; one for its payment method comes before one for any."""
    fitting = [rule for rule in rules if rule.status == order.status]
    fitting = [rule for rule in fitting if not rule.payment_method or rule.payment_method == order.payment_method]
    return max(fitting, key=lambda rule: bool(rule.payment_method), default=None)
