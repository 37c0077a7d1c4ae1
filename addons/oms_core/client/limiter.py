"""Who counts the calls: the protocol, and the counter of a single process."""

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Protocol

from ..lib import rates

# What we propose to wait when nobody says how long. How it grows with the attempts is the job's affair.
BASE_DELAY = timedelta(seconds=30)


class RateLimiter(Protocol):
    """Counts calls against the documented rates of one account."""

    def take(self, operation: str, rate: rates.Rate) -> float:
        """Take one call.

        :return: seconds to wait; 0.0 when the call may go, and then it is already counted
        """

    def drain(self, operation: str, rate: rates.Rate, seconds: float) -> None:
        """The channel itself said "too many": let nobody call for ``seconds``."""

    def set_rate(self, operation: str, per_second: float) -> None:
        """The channel named the rate it grants now; it counts in place of the documented one."""


class MemoryLimiter:
    """A limiter for one process, for tools and tests. Odoo's is in the database, see ``oms.rate.bucket``."""

    def __init__(self, clock: Callable[[], float] = time.monotonic):
        self._clock = clock
        self._lock = threading.Lock()
        self._buckets: dict[str, rates.Bucket] = {}
        self._granted: dict[str, float] = {}

    def take(self, operation: str, rate: rates.Rate) -> float:
        with self._lock:
            bucket = self._buckets.get(operation)
            self._buckets[operation], wait = rates.take(bucket, self._rate(operation, rate), self._clock())
            return wait

    def drain(self, operation: str, rate: rates.Rate, seconds: float) -> None:
        with self._lock:
            self._buckets[operation] = rates.drained(self._clock(), seconds, self._rate(operation, rate))

    def set_rate(self, operation: str, per_second: float) -> None:
        with self._lock:
            self._granted[operation] = per_second

    def _rate(self, operation: str, rate: rates.Rate) -> rates.Rate:
        return rates.Rate(self._granted.get(operation, rate.per_second), rate.burst)
