"""Which products will run out soon, from what is free and what was sold. An honest look ahead, no forecast."""

from collections.abc import Mapping
from datetime import date, timedelta

from . import dto

LOOK_BACK_DAYS, LOOK_AHEAD_DAYS = 28, 14
# Fewer days with stock than this say too little about how fast it sells.
LEAST_DAYS = 3


class Supply(dto.Value):
    """What is known of one product.

    :param free: units that nobody has ordered yet
    :param on_hand: units that lie in our warehouses now
    :param sold: units sold over the days looked back, today left out
    :param nets: ``{day: units that came less units that left}``
    """

    product_id: int
    free: float
    on_hand: float
    sold: float
    nets: Mapping[date, float]


class RunOut(dto.Value):
    """A product that will run out if nothing comes."""

    product_id: int
    free: float
    per_day: float
    days: int
    on: date


def days_with_stock(on_hand: float, nets: Mapping[date, float], today: date) -> int:
    """Return on how many of the days looked back there was stock, told backwards from what lies there now.

    A day counts when there was some in the morning or in the evening: a product that sold out at noon sold that day.
    """
    level = on_hand - nets.get(today, 0.0)  # this morning
    days = 0
    for back in range(1, LOOK_BACK_DAYS + 1):
        evening, level = level, level - nets.get(today - timedelta(days=back), 0.0)
        days += evening > 1e-6 or level > 1e-6
    return days


def plan_run_out(supply: Supply, today: date) -> RunOut | None:
    """Tell when a product runs out at the pace it sold while it was there; None: not within the days looked ahead.

    Days without stock are left out: nothing can be sold on them, and they would make a product look slow.
    """
    days = days_with_stock(supply.on_hand, supply.nets, today)
    if supply.sold <= 0 or days < LEAST_DAYS:
        return None
    per_day = supply.sold / days
    left = max(supply.free, 0.0) / per_day
    if left > LOOK_AHEAD_DAYS:
        return None
    return RunOut(
        product_id=supply.product_id,
        free=supply.free,
        per_day=per_day,
        days=int(left),
        on=today + timedelta(days=int(left)),
    )
