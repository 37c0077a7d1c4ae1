"""What every stand-in shares: clock, ledger, faults, settings, recent requests and the lock."""

import threading
from collections import deque
from contextlib import contextmanager

from .clock import Clock
from .disk import Disk
from .faults import FaultPlan
from .ledger import Ledger

REQUESTS_KEPT = 5000

COMMON_SETTINGS = {
    # Answer 429 by the documented rates; off by default so that tests are not slowed down.
    "throttle": False,
    # {operation: [requests per second, burst]}, over the documented table.
    "rates": {},
}


class World:
    """The state around the stand-ins; `lock` is held while an operation has its effect."""

    def __init__(self, clock=None, disk=None):
        self.defaults = dict(COMMON_SETTINGS)
        self.clock = clock or Clock()
        self.disk = disk or Disk()
        self.ledger = Ledger(self.clock, self.disk)
        self.faults = FaultPlan()
        self.requests = deque(maxlen=REQUESTS_KEPT)
        self.settings = dict(self.defaults)
        self.lock = threading.RLock()

    @contextmanager
    def unlocked(self):
        """Let others work while this thread, which holds the lock once, waits for somebody outside."""
        self.lock.release()
        try:
            yield
        finally:
            self.lock.acquire()

    def declare_settings(self, defaults):
        """Let a stand-in add settings of its own, with what each is at the start."""
        self.defaults.update(defaults)
        self.settings.update(defaults)

    def restore(self, kept):
        """Take over ledger and settings of an earlier run."""
        self.ledger.restore(kept.get("ledger", {}))
        self.settings.update(kept.get("setting", {}))
        self.clock.offset = kept.get("clock", {}).get("offset", 0.0)

    def change_setting(self, name, value):
        """Set one of the known settings and keep it."""
        self.settings[name] = value
        self.disk.put("setting", name, value)

    def move_clock(self, seconds):
        """Set the offset of the sandbox clock from the real one."""
        self.clock.offset = float(seconds)
        self.disk.put("clock", "offset", self.clock.offset)

    def clear(self):
        """Forget ledger, faults, requests, settings and what is on disk."""
        self.disk.clear()
        self.ledger.clear()
        self.faults.clear()
        self.requests.clear()
        self.settings = dict(self.defaults)
        self.clock.offset = 0.0
