"""What a channel should show: one formula, used by the push, by the screen that explains it and by trying numbers."""

import math
from collections.abc import Sequence
from typing import Literal

from . import dto

Term = Literal["free", "units", "buffer", "percent", "whole", "end_when", "most"]


class StockRule(dto.Value):
    """How much of what is free an account or a listing shows.

    :param buffer: units held back first; ``percent``: of what is left; ``most``: never more than this, 0: no limit
    :param end_when: at this many or fewer left after the buffer, nothing is shown any more
    """

    buffer: int = 0
    percent: int = 100
    most: int = 0
    end_when: int = 0


class Step(dto.Value):
    """One step of the formula: what it took away or added, and what is left after it."""

    term: Term
    change: float
    left: float


def sets_of(free: Sequence[tuple[float, float]]) -> float:
    """Return how often a listing can be sold of what is free: the scarcest part decides.

    :param free: for each part of the listing, its free units and the units of it that one sale takes
    """
    return min((units / needed for units, needed in free if needed > 0), default=0.0)


def spread(total: int, sets: Sequence[tuple[str, float]]) -> dict[str, int]:
    """Return how ``total`` lies over places, the fullest first, none with more than it has.

    :param sets: place and how often the listing can be sold from there; a place may come more than once
    """
    there: dict[str, int] = {}
    for place, units in sets:
        there[place] = there.get(place, 0) + max(0, math.floor(units + 1e-6))
    shown = {}
    for place, units in sorted(there.items(), key=lambda pair: (-pair[1], pair[0])):
        shown[place] = min(units, total)
        total -= shown[place]
    return shown


def offered(free: float, rule: StockRule) -> int:
    """Return the quantity to show when ``free`` can be sold. Never below zero; a number that is none shows nothing."""
    return int(explain(free, rule)[-1].left)


def explain(free: float, rule: StockRule) -> tuple[Step, ...]:
    """Return the steps from what is free to what is shown; the last one's ``left`` is shown."""
    free = free if math.isfinite(free) else 0.0
    steps = [Step(term="free", change=free, left=free)]
    _add(steps, "buffer", free - rule.buffer)
    after_buffer = steps[-1].left
    _add(steps, "percent", after_buffer * rule.percent / 100)
    _add(steps, "end_when", 0.0 if after_buffer <= rule.end_when else steps[-1].left)
    _add(steps, "most", min(steps[-1].left, rule.most) if rule.most else steps[-1].left)
    # A hair's breadth below a whole number is that number: quantities are kept as binary fractions.
    _add(steps, "whole", float(max(0, math.floor(steps[-1].left + 1e-6))))
    return tuple(step for step in steps if step.change or step.term in ("free", "whole"))


def _add(steps: list[Step], term: Term, left: float) -> None:
    steps.append(Step(term=term, change=left - steps[-1].left, left=left))
