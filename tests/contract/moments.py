"""Moments the tests of channels speak of."""

from datetime import datetime, timezone

LONG_AGO = datetime(2020, 1, 1, tzinfo=timezone.utc)


def utc_now():
    """Return the current aware UTC time."""
    return datetime.now(timezone.utc)
