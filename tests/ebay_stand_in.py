"""The side door of the eBay stand-in, for tests."""

from tests.stand_in import StandIn


class EbayStandIn(StandIn):
    """The side door of the stand-in for eBay."""

    def control(self, **wishes):
        """Change something about eBay in the sandbox and return what it says."""
        return super().control(**{"channel": "ebay", **wishes})

    def state(self):
        """Return what the stand-in holds."""
        return self._ask("GET", "/__state")["ebay"]

    def orders(self):
        """Return ``{order id: order}`` as the seller's orders are now."""
        return self.state()["orders"]

    def listings(self):
        """Return ``{sku: units for sale}``."""
        return self.state()["listings"]
