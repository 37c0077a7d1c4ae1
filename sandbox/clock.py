"""The sandbox's own time: aware UTC, with an offset that a test may set."""

import re
import time
from datetime import datetime, timedelta, timezone
from functools import lru_cache

# RFC 3339 date-time, as Swagger 2.0 means by format "date-time": the zone is not optional.
_DATE_TIME = re.compile(r"(\d{4}-\d{2}-\d{2})[Tt](\d{2}:\d{2}:\d{2})(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})\Z")


class Clock:
    """Gives the current moment, shifted by `offset` seconds."""

    def __init__(self, source=time.time):
        self._source = source
        self.offset = 0.0

    def now(self):
        """Return the current moment as an aware UTC datetime in whole seconds."""
        moment = datetime.fromtimestamp(self._source() + self.offset, tz=timezone.utc)
        return moment.replace(microsecond=0)

    def now_text(self):
        """Return the current moment as text, as it goes into ledgers and orders."""
        return to_text(self.now())


def to_text(moment):
    """Write an aware datetime as `2026-11-23T05:00:00Z`, with milliseconds only if it has any."""
    moment = moment.astimezone(timezone.utc)
    text = moment.strftime("%Y-%m-%dT%H:%M:%S")
    if moment.microsecond:
        text += f".{moment.microsecond // 1000:03d}"
    return text + "Z"


@lru_cache(maxsize=65536)
def from_text(text):
    """Read an RFC 3339 date-time; return an aware UTC datetime, or None if it is not one."""
    match = _DATE_TIME.match(text)
    if not match:
        return None
    day, clock_time, fraction, zone = match.groups()
    zone = "+00:00" if zone in "Zz" else zone
    fraction = f".{(fraction or '.0')[1:7].ljust(6, '0')}"
    try:
        return datetime.fromisoformat(f"{day}T{clock_time}{fraction}{zone}").astimezone(timezone.utc)
    except (ValueError, OverflowError):
        return None


def shift_texts(value, delta: timedelta):
    """Return a copy of decoded JSON in which every date-time text is moved by `delta`."""
    if isinstance(value, dict):
        return {key: shift_texts(item, delta) for key, item in value.items()}
    if isinstance(value, list):
        return [shift_texts(item, delta) for item in value]
    if isinstance(value, str) and (moment := from_text(value)):
        return to_text(moment + delta)
    return value
