"""getUser of the Identity API and getUserRateLimits of the Analytics API; how many calls a day has left."""

from datetime import timedelta

from .errors import failure
from .operations import COUNTED_APIS, DAY_SECONDS
from .reading import Refusal, read_query
from .store import stamp

_IDENTITY = Refusal(140001, "API_IDENTITY", "Invalid request")
_ANALYTICS = Refusal(620001, "API_ANALYTICS", "Invalid request")


def get_user(ebay, seller, call):
    """Answer getUser with JSON values; raise ApiError 400. Cheap, so it serves as a connection test."""
    read_query(call.query, (), _IDENTITY)
    return {
        "userId": f"u-{seller.seller_id}",
        "username": seller.seller_id,
        "accountType": "BUSINESS",
        "registrationMarketplaceId": ebay.login.accounts[seller.seller_id]["marketplace_id"],
        "status": "CONFIRMED",
        "businessAccount": {"name": "OMS Sandbox Store", "doingBusinessAs": "OMS Sandbox Store"},
    }


class DailyCalls:
    """Counts the calls of each API by application and day; kept in memory only."""

    def __init__(self, clock):
        self._clock = clock
        self._counts = {}

    def _key(self, client_id, api):
        return client_id, api.name, self._clock.now().date()

    def count(self, client_id, api):
        """Count one call."""
        key = self._key(client_id, api)
        self._counts[key] = self._counts.get(key, 0) + 1

    def left(self, client_id, api, limits):
        """Return how many calls are left today; ``limits`` go over the documented figures."""
        return max(0, limits.get(api.name, api.per_day) - self._counts.get(self._key(client_id, api), 0))

    def clear(self):
        """Begin the day anew."""
        self._counts.clear()

    def ensure_left(self, client_id, api, limits):
        """Raise ApiError 429 when the calls of today are used up."""
        if not self.left(client_id, api, limits):
            raise failure(429)

    def answer(self, client_id, call, limits):
        """Answer getUserRateLimits with JSON values; raise ApiError 400."""
        values = read_query(call.query, ("api_context", "api_name"), _ANALYTICS)
        midnight = self._clock.now().replace(hour=0, minute=0, second=0, microsecond=0)
        shown = []
        for api in COUNTED_APIS:
            if values.get("api_context", api.context) != api.context:
                continue
            if values.get("api_name", api.name).lower() != api.name.lower():
                continue
            rate = {
                "limit": limits.get(api.name, api.per_day),
                "remaining": self.left(client_id, api, limits),
                "reset": stamp(midnight + timedelta(days=1)),
                "timeWindow": DAY_SECONDS,
            }
            resource = {"name": f"{api.context}.{api.name.lower()}", "rates": [rate]}
            shown.append(
                {"apiContext": api.context, "apiName": api.name, "apiVersion": api.version, "resources": [resource]}
            )
        return {"rateLimits": shown}
