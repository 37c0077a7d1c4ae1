"""Cut-offs of a day: when the carrier comes, and whether what is left will be ready by then."""

import math
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from . import dto


class Cutoff(dto.Value):
    """One cut-off that is still to come or just over.

    :param minutes_left: until the carrier comes; negative when it has been
    :param waiting: parcels for this carrier that are not ready yet
    """

    key: int
    minutes_left: float
    waiting: int


def cutoff_at(day: date, hours: float, zone: str) -> datetime:
    """Return the instant of a clock time in a time zone, aware.

    :param hours: 16.5 is half past four in the afternoon
    """
    minutes = round(hours * 60)
    moment = time(min(minutes // 60, 23), minutes % 60) if minutes < 24 * 60 else time(23, 59)
    return datetime.combine(day, moment, tzinfo=ZoneInfo(zone))


def plan_cutoffs(cutoffs: list[Cutoff], packed_last_hour: int) -> dict[int, int | None]:
    """Return how many parcels will miss each cut-off at the pace of the last hour.

    One team packs for all carriers, the earliest cut-off first: what it packs for one it does not pack for the next.

    :return: ``{key: parcels}``; None where nothing was packed in the last hour, so that nobody can tell
    """
    missed, packed = {}, 0
    for cutoff in sorted(cutoffs, key=lambda row: (row.minutes_left, row.key)):
        if cutoff.minutes_left <= 0:
            missed[cutoff.key] = cutoff.waiting
        elif not cutoff.waiting:
            missed[cutoff.key] = 0
        elif not packed_last_hour:
            missed[cutoff.key] = None
        else:
            can = math.floor(packed_last_hour * cutoff.minutes_left / 60 + 1e-9) - packed
            ready = max(0, min(cutoff.waiting, can))
            packed += ready
            missed[cutoff.key] = cutoff.waiting - ready
    return missed


def next_day(day: date, weekdays: frozenset[int]) -> date | None:
    """Return the first of the next seven days on one of these weekdays (0 is Monday), the day itself left out."""
    days = (day + timedelta(days=ahead) for ahead in range(1, 8))
    return next((found for found in days if found.weekday() in weekdays), None)
