"""The fault plan: which of the next requests go wrong, and how."""

import threading
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase

FAULTS = {
    "latency": "wait `seconds`, then answer as usual",
    "drop_before": "close the connection with nothing done",
    "drop_after": "do it, then close the connection without an answer",
    "status": "answer `status` (with `retry_after`); nothing done, unless `when` is 'after'",
    "truncate": "send half of the body; `clean` also shortens Content-Length, so only the JSON is broken",
    "garbage": "answer `status` (200) with `body` as `content_type` (an HTML page); nothing done",
    "duplicate_items": "repeat the first entry of the page at its end",
    "reorder_page": "turn the entries of the page round",
    "expire_token": "forget the access token of this request before looking at it",
    "redirect": "answer 302 to `location`; nothing done",
    "slow_body": "send the body in small pieces over `seconds`",
    "crash_before": "end the sandbox process with nothing done",
    "crash_after": "do it, keep it if there is a state file, then end the sandbox process",
}
MATCH_KEYS = ("channel", "operation", "method", "path", "seller")
OPTIONS = ("status", "retry_after", "seconds", "when", "clean", "body", "content_type", "location")


class BadFault(ValueError):
    """The description of a fault cannot be understood; the message says why."""


@dataclass
class Fault:
    """One planned fault: skips the first `skip` matching requests, then hits `times` (None: always)."""

    fault: str
    match: dict = field(default_factory=dict)
    times: int | None = 1
    skip: int = 0
    options: dict = field(default_factory=dict)
    hits: int = 0

    def is_for(self, facts):
        """Say whether a request with these facts (see `MATCH_KEYS`) is meant."""
        return all(
            pattern == "*" or (facts.get(key) is not None and fnmatchcase(facts[key], pattern))
            for key, pattern in self.match.items()
        )


def read_fault(data):
    """Turn the JSON of one fault into a `Fault`; raise BadFault for anything unknown."""
    if not isinstance(data, dict):
        raise BadFault("a fault is an object")
    data = dict(data)
    name = data.pop("fault", None)
    if name not in FAULTS:
        raise BadFault(f"unknown fault {name!r}; known: {', '.join(FAULTS)}")
    match = data.pop("match", {})
    if not isinstance(match, dict) or set(match) - set(MATCH_KEYS):
        raise BadFault(f"match knows only {', '.join(MATCH_KEYS)}")
    times, skip = data.pop("times", 1), data.pop("skip", 0)
    unknown = set(data) - set(OPTIONS)
    if unknown:
        raise BadFault(f"unknown option {', '.join(sorted(unknown))}; known: {', '.join(OPTIONS)}")
    if name == "redirect" and "location" not in data:
        raise BadFault("redirect needs a location")
    return Fault(fault=name, match=match, times=times, skip=skip, options=data)


class FaultPlan:
    """The faults still to come; asked once per request."""

    def __init__(self):
        self._lock = threading.Lock()
        self._faults = []

    def add(self, faults):
        """Plan further faults, each a `Fault`."""
        with self._lock:
            self._faults.extend(faults)

    def take(self, facts):
        """Return the faults that hit this request and use them up; latency comes first."""
        taken = []
        with self._lock:
            for fault in self._faults:
                if not fault.is_for(facts):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                elif fault.times is None or fault.hits < fault.times:
                    fault.hits += 1
                    taken.append(fault)
            self._faults = [f for f in self._faults if f.times is None or f.hits < f.times]
        return sorted(taken, key=lambda fault: fault.fault != "latency")

    def listed(self):
        """Return what is still planned, as JSON values."""
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def clear(self):
        """Heal: nothing is planned any more."""
        with self._lock:
            self._faults = []
