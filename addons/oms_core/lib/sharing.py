"""How the units of one line of the channel's lie over the orders that have some of it. Pure decisions."""

from collections.abc import Sequence
from decimal import Decimal

from .changing import HeldLine


def share_out(wanted: Decimal, parts: Sequence[HeldLine]) -> tuple[Decimal, ...]:
    """Return how many units of a line each order that has some of it keeps or gets.

    More goes to the first. Fewer are taken from what was added last, and from the shelf before anybody's hands; what
    left stays counted.

    :param parts: what each order has of the line, the oldest first
    """
    shares = [part.quantity for part in parts]
    shares[0] += max(wanted - sum(shares), Decimal(0))
    for is_in_hand in (False, True):
        for place, part in reversed(list(enumerate(parts))):
            kept = part.shipped + (0 if is_in_hand else part.picked)
            shares[place] -= min(max(sum(shares) - wanted, Decimal(0)), max(shares[place] - kept, Decimal(0)))
    return tuple(shares)
