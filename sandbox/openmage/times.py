"""Times as the shop's database writes them: UTC, without a zone."""

from datetime import datetime, timezone

_PATTERN = "%Y-%m-%d %H:%M:%S"


def write_time(moment):
    """Return an aware datetime as `2026-11-26 05:00:00`."""
    return moment.astimezone(timezone.utc).strftime(_PATTERN)


def read_time(text):
    """Return the aware datetime a text stands for, or None when it is none."""
    try:
        return datetime.strptime(text, _PATTERN).replace(tzinfo=timezone.utc)
    except (TypeError, ValueError):
        return None


def now_text(clock):
    """Return the current moment of the sandbox's clock as the shop writes it."""
    return write_time(clock.now())
