"""Token buckets: one per operation and seller, as the usage plans say."""

import time


class RateLimits:
    """Counts requests; `monotonic` is given so that tests need not wait."""

    def __init__(self, monotonic=time.monotonic):
        self._monotonic = monotonic
        self._buckets = {}

    def allow(self, operation, seller, overrides):
        """Take one token; False when the bucket is empty. `overrides` is {name: [rate, burst]}."""
        rate, burst = limits_of(operation, overrides)
        if rate is None:
            return True
        now = self._monotonic()
        level, seen = self._buckets.get((operation.name, seller), (float(burst), now))
        level = min(float(burst), level + (now - seen) * rate)
        allowed = level >= 1.0
        self._buckets[operation.name, seller] = (level - 1.0 if allowed else level, now)
        return allowed

    def clear(self):
        """Fill all buckets."""
        self._buckets.clear()


def limits_of(operation, overrides):
    """Return requests per second and burst of an operation."""
    return overrides.get(operation.name, (operation.rate, operation.burst))
