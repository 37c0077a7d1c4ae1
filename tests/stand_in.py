"""The side door of the sandbox, for tests: faults and orders in, ledger and requests out (see `sandbox/`)."""

import json
import urllib.error
import urllib.request
from datetime import datetime, timedelta
from urllib.parse import urlencode


class StandIn:
    """Talks to a running sandbox, always about one seller.

    :param sandbox: what knows its ``url``, such as `tools.sandbox.Sandbox`
    """

    def __init__(self, sandbox):
        self.sandbox = sandbox
        self.seller = None
        self.seed = 1

    @property
    def url(self):
        """The sandbox's address; channels have theirs below it, such as ``/amazon``."""
        return self.sandbox.url

    def control(self, **wishes):
        """Change something in the sandbox and return what it says.

        :raise AssertionError: it did not understand
        """
        if self.seller and set(wishes) - {"reset", "faults", "add_account"}:
            wishes["seller"] = self.seller
        return self._ask("POST", "/__control", wishes)

    def fail(self, fault, operation, *, times=1, skip=0, **options):
        """Plan a fault: it hits ``times`` requests of ``operation`` (None: all) after the first ``skip``."""
        plan = {"fault": fault, "match": {"operation": operation}, "times": times, "skip": skip, **options}
        self.control(faults=[plan])

    def heal(self):
        """Forget all planned faults."""
        self._ask("DELETE", "/__faults")

    def generate(self, count, **wish):
        """Let buyers order ``count`` times and return the order ids; see the sandbox's README for ``wish``."""
        return self.control(generate={"count": count, "seed": self.seed, **wish})["generate"]

    def seconds_ago(self, seconds):
        """Return the moment ``seconds`` ago by the sandbox's clock, written as orders write theirs."""
        now = datetime.fromisoformat(self._ask("GET", "/__control")["now"].replace("Z", "+00:00"))
        return (now - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")

    def ledger(self, kind=None, key=None):
        """Return the effects that really happened, oldest first."""
        query = urlencode({name: value for name, value in (("kind", kind), ("key", key)) if value})
        return self._ask("GET", f"/__ledger?{query}")["entries"]

    def orders(self):
        """Return ``{order id: order}`` as the seller's orders are now."""
        return self.state()["orders"]

    def listings(self):
        """Return ``{sku: what each fulfilment network offers}`` as the seller's listings are now."""
        return self.state()["listings"]

    def quantity(self, sku):
        """Return how many units the seller offers of a listing."""
        offers = self.listings()[sku]
        return next(offer["quantity"] for offer in offers if offer["fulfillment_channel_code"] == "DEFAULT")

    def state(self):
        """Return all that the seller has there as it is now: orders, listings, refunds, queues and more."""
        return self._ask("GET", f"/__state?{urlencode({'seller': self.seller} if self.seller else {})}")["amazon"]

    def requests(self, operation=None):
        """Return the requests received, oldest first: ``operation``, ``at``, ``status``, ``faults`` and more."""
        query = urlencode({"operation": operation} if operation else {})
        return self._ask("GET", f"/__requests?{query}")["requests"]

    def _ask(self, method, path, body=None):
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.url + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.loads(answer.read())
        except urllib.error.HTTPError as error:
            raise AssertionError(f"the sandbox refused {path}: {error.read().decode()}") from None
