"""A caller of the eBay stand-in inside the same process, for tests and for looking around."""

import base64
from urllib.parse import urlencode

from ..caller import Caller
from .auth import DEFAULT_ACCOUNT

_FORM = {"Content-Type": "application/x-www-form-urlencoded"}


class EbayCaller(Caller):
    """Sends requests as one account of eBay; commands are about this stand-in unless they name another."""

    def __init__(self, sandbox=None, *, moment=None, account=DEFAULT_ACCOUNT):
        super().__init__(sandbox, moment=moment, account=account)

    def ask_for_token(self, form, **changes):
        """Send a token request as the account's application; ``changes`` go over id and secret. Return the response."""
        client = {**self.account, **changes}
        pair = f"{client['client_id']}:{client['client_secret']}"
        headers = {**_FORM, "Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}
        return self.send("POST", "/ebay/identity/v1/oauth2/token", body=urlencode(form).encode(), headers=headers)

    def log_in(self, **changes):
        """Ask for an access token by the refresh token and keep it; ``changes`` go over account and form."""
        client = {name: changes.pop(name) for name in ("client_id", "client_secret") if name in changes}
        form = {"grant_type": "refresh_token", "refresh_token": self.account["refresh_token"], **changes}
        response = self.ask_for_token(form, **client)
        if response.status_code == 200:
            self.token = response.json["access_token"]
        return response

    def call(self, method, path, query=None, body=None, headers=None):
        """Send one request to an operation below /ebay with the access token; log in when there is none."""
        if self.token is None:
            self.log_in()
        word = "TOKEN" if path.startswith("/post-order/") else "Bearer"
        headers = {"Authorization": f"{word} {self.token}", **(headers or {})}
        return self.send(method, "/ebay" + path, query, body, headers)

    def control(self, **wishes):
        """Change something from the side; return the decoded answer, raise ValueError when it is refused."""
        return super().control(**{"channel": "ebay", **wishes})

    def state(self):
        """Return what the stand-in holds, as JSON values."""
        return self.send("GET", "/__state").json["ebay"]
