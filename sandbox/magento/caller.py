"""A caller of the Magento stand-in inside the same process, which signs what it sends."""

import itertools

from ..caller import Caller
from .oauth import DEFAULT_ACCOUNT
from .signature import METHOD, sign, write_authorization

HOST = "http://localhost"


class MagentoCaller(Caller):
    """Sends requests to a sandbox as one integration; `moment` (seconds since 1970) stops the clock there."""

    def __init__(self, sandbox=None, *, moment=None, account=DEFAULT_ACCOUNT):
        super().__init__(sandbox, moment=moment, account=account)
        self._nonces = itertools.count(1)

    def call(self, method, path, query=None, body=None, *, store="default", **oauth):
        """Send one signed request to an operation below /rest/<store>; `oauth` goes over the signed parameters."""
        pairs = list((query or {}).items()) if hasattr(query or {}, "items") else list(query)
        target = f"/magento/rest/{store}{path}"
        values = self.parameters(**oauth)
        secrets = (self.account["consumer_secret"], self.account["access_token_secret"])
        values["oauth_signature"] = sign(method, HOST + target, [*pairs, *values.items()], secrets)
        return self.send(method, target, pairs, body, {"Authorization": write_authorization(values)})

    def parameters(self, **changes):
        """Return the oauth parameters of a new request, without the signature."""
        now = self.sandbox.world.clock.now().timestamp() - self.sandbox.world.clock.offset
        values = {
            "oauth_consumer_key": self.account["consumer_key"],
            "oauth_token": self.account["access_token"],
            "oauth_signature_method": METHOD,
            "oauth_timestamp": str(int(now)),
            "oauth_nonce": f"nonce{next(self._nonces)}",
            "oauth_version": "1.0",
        }
        return {**values, **changes}

    def control(self, **wishes):
        """Change something from the side of this stand-in; see `Caller.control`."""
        return super().control(channel="magento", **wishes)

    def state(self):
        """Return the orders, documents and quantities of the default shop."""
        return self.send("GET", "/__state").json["magento"]
