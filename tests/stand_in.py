"""The side door of the sandbox, for tests: faults and orders in, ledger and requests out (see `sandbox/`).

`StandIn` is what all channels share; each channel has a class of its own, with the same verbs: `tests.stand_ins`.
"""

import json
import urllib.error
import urllib.request
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import urlencode


@dataclass(frozen=True)
class Seen:
    """An order as its channel has it, in words that all channels share.

    ``lines`` is ``{line id: (sku, quantity, amount of the goods or None)}``, or None where a line here is not simply a
    line there; ``total`` is ``(amount, currency)``, or None where there is none yet.
    """

    changed_at: datetime
    lines: dict | None
    total: tuple | None
    is_unpaid: bool = False
    is_cancelled: bool = False
    is_sent_by_channel: bool = False
    emails: frozenset = frozenset()


@dataclass(frozen=True)
class Parcel:
    """A parcel as its channel was told of it; ``name`` is how the channel tells it from others."""

    name: str
    tracking: str
    lines: dict


class StandIn:
    """Talks to a running sandbox about one channel, always about one seller.

    A channel's own class says how it is called (``name``), what the calls are called that tests speak of (``calls``),
    which secrets nothing may show (``secrets``), whether a parcel is known by our reference or by its tracking number
    (``parcel_name``), and what the channel has nothing for (``cannot``).

    :param sandbox: what knows its ``url``, such as `tools.sandbox.Sandbox`
    """

    name = None
    seller = None
    calls = {}
    secrets = ()
    parcel_name = "reference"
    cannot = frozenset()
    # Kinds of generated orders, and those of one store that are paid, plain, and can be sent.
    kinds = ()
    plain = {}

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.seed = 1

    def can(self, what):
        """Return whether the channel has what a test is about."""
        return what not in self.cannot

    @property
    def url(self):
        """The sandbox's address; channels have theirs below it, such as ``/amazon``."""
        return self.sandbox.url

    # === CHANGING ===

    def control(self, **wishes):
        """Change something in the sandbox and return what it says.

        :raise AssertionError: it did not understand
        """
        if self.seller and set(wishes) - {"channel", "reset", "faults", "add_account"}:
            wishes["seller"] = self.seller
        return self._ask("POST", "/__control", {"channel": self.name, **wishes})

    def fail(self, fault, operation, *, times=1, skip=0, **options):
        """Plan a fault: it hits ``times`` requests of ``operation`` (None: all) after the first ``skip``."""
        match = {"channel": self.name, "operation": operation}
        self.control(faults=[{"fault": fault, "match": match, "times": times, "skip": skip, **options}])

    def heal(self):
        """Forget all planned faults."""
        self._ask("DELETE", "/__faults")

    def generate(self, count, **wish):
        """Let buyers order ``count`` times and return the order ids; see the sandbox's README for ``wish``."""
        made = self.control(generate={"count": count, "seed": self.seed, **wish})["generate"]
        return [str(number) for number in made]

    def sell(self, count=1, **wish):
        """Let buyers place plain orders that are paid and can be sent; return their ids."""
        return self.generate(count, **{**self.plain, **wish})

    def sell_cancellable(self):
        """Let a buyer place an order that can still be cancelled; return its id."""
        return self.sell()[0]

    def let_pass(self, seconds):
        """Let time go by there."""
        self.control(clock_offset=seconds)

    def seconds_ago(self, seconds):
        """Return the moment ``seconds`` ago by the sandbox's clock, written as orders write theirs."""
        return (self.now() - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    # === LOOKING ===

    def now(self):
        """Return the sandbox's moment."""
        return read_time(self._ask("GET", "/__control")["now"])

    def ledger(self, kind=None, key=None):
        """Return the effects that really happened, oldest first."""
        query = urlencode({name: value for name, value in (("kind", kind), ("key", key)) if value})
        return self._ask("GET", f"/__ledger?{query}")["entries"]

    def state(self):
        """Return all that the seller has there as it is now: orders, listings and more."""
        return self._ask("GET", f"/__state?{urlencode({'seller': self.seller} if self.seller else {})}")[self.name]

    def orders(self):
        """Return ``{order id: order}`` as the seller's orders are now."""
        return self.state()["orders"]

    def listings(self):
        """Return ``{sku: what is offered}`` as the seller's listings are now."""
        return self.state()["listings"]

    def requests(self, operation=None):
        """Return the requests received, oldest first: ``operation``, ``at``, ``status``, ``faults`` and more."""
        query = urlencode({"operation": operation} if operation else {})
        return self._ask("GET", f"/__requests?{query}")["requests"]

    def asked(self, call):
        """Return the requests of one of the ``calls``."""
        return self.requests(self.calls[call])

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the sandbox refused {path}: {error.read().decode()}") from None


def read_time(text):
    """Return the instant a channel writes, with or without a zone; without one it is UTC."""
    moment = datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)


def where_readable(read):
    """Return what ``read()`` returns, or None of an order that a test has spoilt."""
    try:
        return read()
    except (ArithmeticError, AttributeError, KeyError, TypeError, ValueError):
        return None


def cents(number):
    """Return an amount with two decimals."""
    return round(Decimal(str(number)), 2)
