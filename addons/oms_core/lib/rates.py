"""Token buckets as plain arithmetic: the caller holds the state and the clock."""

import msgspec


class Rate(msgspec.Struct, frozen=True):
    """A documented rate limit: ``per_second`` calls refill a bucket of ``burst`` calls."""

    per_second: float
    burst: int


class Bucket(msgspec.Struct, frozen=True):
    """State of a bucket: ``level`` calls were left at ``at`` (seconds of any steady clock)."""

    level: float
    at: float


def take(bucket: Bucket | None, rate: Rate, now: float) -> tuple[Bucket, float]:
    """Take one call.

    :return: the new state and the seconds to wait: 0.0 when the call may go, and then it is already counted
    """
    if bucket is None:
        bucket = Bucket(float(rate.burst), now)
    elapsed = max(0.0, now - bucket.at)
    level = min(float(rate.burst), bucket.level + elapsed * rate.per_second)
    if level >= 1.0:
        return Bucket(level - 1.0, now), 0.0
    return Bucket(level, now), (1.0 - level) / rate.per_second


def drained(now: float, seconds: float, rate: Rate) -> Bucket:
    """Return the bucket after the channel itself said "too many": the next call is free in ``seconds``."""
    return Bucket(1.0 - seconds * rate.per_second, now)
