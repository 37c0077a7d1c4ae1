"""The side door of the sandbox's OpenMage shop, for tests."""

from datetime import datetime, timezone
from decimal import Decimal
from types import SimpleNamespace

from tests.stand_in import StandIn


def utc_now():
    """Return the current aware UTC time."""
    return datetime.now(timezone.utc)


class OpenMageStandIn(StandIn):
    """Talks to a running sandbox about its OpenMage shop.

    :param sandbox: what knows its ``url``
    """

    def __init__(self, sandbox):
        super().__init__(SimpleNamespace(url=sandbox.url))

    def control(self, **wishes):
        """Change something in the shop; see `sandbox/openmage/README.md`."""
        return super().control(channel="openmage", **wishes)

    def shipments(self, order_id):
        """Return the parcels of an order as the shop has them."""
        inner_id = self.orders()[order_id]["order_id"]
        return [entry for entry in self._all("shipments") if entry["order_id"] == inner_id]

    def memos(self, order_id):
        """Return the credit memos of an order as the shop has them."""
        inner_id = self.orders()[order_id]["order_id"]
        return [entry for entry in self._all("creditmemos") if entry["order_id"] == inner_id]

    def quantity(self, sku):
        """Return how many units of a product the shop shows."""
        return int(Decimal(self.listings()[sku]["qty"]))

    def state(self):
        """Return all that the shop has there as it is now."""
        return self._ask("GET", "/__state")["openmage"]

    def _all(self, kind):
        found = self.state()[kind]
        return list(found.values()) if isinstance(found, dict) else found
