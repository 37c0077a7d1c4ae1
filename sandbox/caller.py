"""A caller inside the same process, for tests and for looking around: no port, no waiting."""

import json
from urllib.parse import urlencode, urlsplit

from werkzeug.test import Client

from .amazon.auth import DEFAULT_ACCOUNT, NOTIFICATIONS
from .clock import Clock
from .server import Sandbox
from .world import World


class Caller:
    """Sends requests to a sandbox as one account; `moment` (seconds since 1970) stops the clock there."""

    def __init__(self, sandbox=None, *, moment=None, account=DEFAULT_ACCOUNT):
        if sandbox is None:
            clock = Clock() if moment is None else Clock(lambda: moment)
            sandbox = Sandbox(World(clock=clock))
        self.sandbox = sandbox
        self.account = account
        self.token = None
        self._grantless_token = None
        self._client = Client(sandbox)

    def send(self, method, path, query=None, body=None, headers=None):
        """Send one request without logging in first; `body` is JSON values or bytes. Return the response."""
        headers = dict(headers or {})
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault("Content-Type", "application/json")
        text = query if isinstance(query, str) else urlencode(query or {})
        target = f"{path}?{text}" if text else path
        return self._client.open(target, method=method, data=body, headers=headers)

    def log_in(self, **changes):
        """Ask for an access token and keep it; `changes` go over the form's fields. Return the response."""
        form = {"grant_type": "refresh_token", **self.account, **changes}
        form.pop("seller_id", None)
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        response = self.send("POST", "/amazon/auth/o2/token", body=urlencode(form).encode(), headers=kind)
        if response.status_code == 200:
            self.token = response.json["access_token"]
        return response

    def call(self, method, path, query=None, body=None, headers=None):
        """Send one request to an operation below /amazon with the access token; log in when there is none."""
        if self.token is None:
            self.log_in()
        headers = {"x-amz-access-token": self.token, **(headers or {})}
        return self.send(method, "/amazon" + path, query, body, headers)

    def call_grantless(self, method, path, query=None, body=None, headers=None):
        """Send one request to a grantless operation, with a token of the application for notifications."""
        if self._grantless_token is None:
            form = {"grant_type": "client_credentials", "scope": NOTIFICATIONS}
            form |= {name: self.account[name] for name in ("client_id", "client_secret")}
            kind = {"Content-Type": "application/x-www-form-urlencoded"}
            answer = self.send("POST", "/amazon/auth/o2/token", body=urlencode(form).encode(), headers=kind)
            self._grantless_token = answer.json["access_token"]
        headers = {"x-amz-access-token": self._grantless_token, **(headers or {})}
        return self.send(method, "/amazon" + path, query, body, headers)

    def visit(self, method, address, body=None, headers=None):
        """Send one request to an address on this sandbox that an answer gave, without an access token."""
        parts = urlsplit(address)
        return self.send(method, parts.path, parts.query, body, headers)

    def control(self, **wishes):
        """Change something from the side; return the decoded answer, raise ValueError when it is refused."""
        response = self.send("POST", "/__control", body=wishes)
        if response.status_code != 200:
            raise ValueError(response.json["error"])
        return response.json

    def ledger(self, kind=None):
        """Return the ledger's entries, of one kind if given."""
        return self.send("GET", "/__ledger", {"kind": kind} if kind else {}).json["entries"]
