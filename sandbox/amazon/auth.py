"""Login with Amazon: refresh tokens in, access tokens out.

Fields and errors: developer-docs.amazon.com/sp-api, "Connect to the SP-API", "Grantless operations", and RFC 6749
§5.2, seen 2026-11-23. That a client secret ends after 180 days and the one before a rotation after 7 more: "Rotate
your app's LWA credentials"; what calls get then: issue 4489 of amzn/selling-partner-api-models; both seen 2026-11-26.
"""

import secrets
from datetime import timedelta
from urllib.parse import parse_qsl

from ..clock import from_text, to_text
from ..wire import json_answer
from .errors import forbidden

LIFETIME_SECONDS = 3600
DEFAULT_ACCOUNT = {
    "client_id": "amzn1.application-oa2-client.sandbox",
    "client_secret": "amzn1.oa2-cs.v1.sandbox",
    "refresh_token": "Atzr|sandbox",
    "seller_id": "A1OMSSANDBOX",
}
_FIELDS = ("grant_type", "client_id", "client_secret")
SECRET_DAYS = 180
OLD_SECRET_DAYS = 7
NOTIFICATIONS = "sellingpartnerapi::notifications"
_SCOPES = (NOTIFICATIONS, "sellingpartnerapi::migration", "sellingpartnerapi::client_credential:rotation")


class LoginError(Exception):
    """The token request is refused; carries status, error and error_description."""

    def __init__(self, status, error, description):
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


class Login:
    """The accounts that may log in, and the access tokens that are out."""

    def __init__(self, world):
        self._world = world
        self.accounts = {}
        self._revoked = set()
        self._tokens = {}

    def add_account(self, account):
        """Let one application log in for one seller."""
        account = {name: str(account[name]) for name in DEFAULT_ACCOUNT}
        ends = self._world.clock.now() + timedelta(days=SECRET_DAYS)
        self._keep_account({**account, "secret_expires_at": to_text(ends), "old_secrets": {}})
        return account["seller_id"]

    def _keep_account(self, account):
        self.accounts[account["refresh_token"]] = account
        self._world.disk.put("amazon_account", account["refresh_token"], account)

    def restore(self, kept):
        """Take over accounts and tokens of an earlier run."""
        for account in kept.get("amazon_account", {}).values():
            # A memory from before secrets ended has no end.
            account.setdefault("secret_expires_at", "9999-12-31T00:00:00Z")
            account.setdefault("old_secrets", {})
            self.accounts[account["refresh_token"]] = account
        self._revoked = set(kept.get("amazon_revoked", {}))
        self._tokens = dict(kept.get("amazon_token", {}))

    def answer(self, call):
        """Answer a token request: 200 with an access token, or 400 or 401 in OAuth's shape."""
        try:
            account = self._account_of(call)
        except LoginError as refusal:
            error = {"error": refusal.error, "error_description": refusal.description}
            return json_answer(refusal.status, error)
        return json_answer(200, self._issue(account), {"Cache-Control": "no-store"})

    def _account_of(self, call):
        """Return the account of a token request, or for a grantless one its application and scope."""
        if call.content_type() != "application/x-www-form-urlencoded":
            raise LoginError(400, "invalid_request", "The content type is not supported")
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        for name in _FIELDS:
            if not form.get(name):
                raise LoginError(400, "invalid_request", f"Missing required parameter: {name}")
        needed = {"refresh_token": "refresh_token", "client_credentials": "scope"}.get(form["grant_type"])
        if needed is None:
            raise LoginError(400, "unsupported_grant_type", "The grant type is not supported")
        if not form.get(needed):
            raise LoginError(400, "invalid_request", f"Missing required parameter: {needed}")
        if not any(self._is_secret_of(account, form) for account in self.accounts.values()):
            raise LoginError(401, "invalid_client", "Client authentication failed")
        if needed == "scope":
            if form["scope"] not in _SCOPES:
                raise LoginError(400, "invalid_scope", "The requested scope is invalid or unknown")
            return {"client_id": form["client_id"], "seller_id": None, "scope": form["scope"]}
        account = self.accounts.get(form["refresh_token"])
        if account is None or account["client_id"] != form["client_id"] or form["refresh_token"] in self._revoked:
            raise LoginError(400, "invalid_grant", "The refresh token is invalid or was revoked")
        return account

    def _is_secret_of(self, account, form):
        secret = form["client_secret"]
        ends = account["secret_expires_at"]
        if secret != account["client_secret"]:
            ends = account["old_secrets"].get(secret)
        return account["client_id"] == form["client_id"] and ends is not None and not self._is_past(ends)

    def _is_past(self, text):
        return from_text(text) <= self._world.clock.now()

    def _issue(self, account):
        token = ("Atza|" if account["seller_id"] else "Atc|") + secrets.token_urlsafe(32)
        expires = self._world.clock.now() + timedelta(seconds=LIFETIME_SECONDS)
        entry = {"seller_id": account["seller_id"], "client_id": account["client_id"], "expires_at": to_text(expires)}
        if "scope" in account:
            entry["scope"] = account["scope"]
        self._tokens[token] = entry
        self._world.disk.put("amazon_token", token, entry)
        self._world.ledger.append("token_issued", account["seller_id"] or account["client_id"], dict(entry))
        answer = {"access_token": token, "token_type": "bearer", "expires_in": LIFETIME_SECONDS}
        return {**answer, "refresh_token": account["refresh_token"]} if account["seller_id"] else answer

    def seller_of(self, call):
        """Return the seller id of the request's access token; raise ApiError 403 without a live one."""
        entry = self._live_token(call)
        if entry["seller_id"] is None:
            raise forbidden("The access token is for grantless operations.")
        return entry["seller_id"]

    def application_of(self, call, scope=None):
        """Return the client id of the request's access token; raise ApiError 403 if it is none or lacks the scope."""
        entry = self._live_token(call)
        if scope is not None and entry.get("scope") != scope:
            raise forbidden("The operation is grantless and needs an access token with its scope.")
        return entry.get("client_id")

    def _live_token(self, call):
        token = call.header("x-amz-access-token")
        if not token:
            raise forbidden("Access token is missing in the request header.")
        entry = self._tokens.get(token)
        if entry is None:
            raise forbidden("The access token you provided is revoked, malformed or invalid.")
        if self._is_past(entry["expires_at"]):
            raise forbidden("The access token you provided has expired.")
        own = [account for account in self.accounts.values() if account["client_id"] == entry.get("client_id")]
        if own and all(self._is_past(account["secret_expires_at"]) for account in own):
            raise forbidden("The LWA secret token you provided has expired.")
        return entry

    def end_client_secret(self, client_id, at=None):
        """Let the client secrets of an application end, now or at an instant; return the instant."""
        at = at or self._world.clock.now_text()
        if from_text(at) is None:
            raise ValueError(f"{at} is not an instant")
        for account in self._accounts_of(client_id):
            self._keep_account({**account, "secret_expires_at": at, "old_secrets": {}})
        return at

    def rotate_client_secret(self, client_id, secret=None):
        """Give an application a new client secret and return it; the one before works for seven more days."""
        secret = secret or "amzn1.oa2-cs.v1." + secrets.token_hex(16)
        now = self._world.clock.now()
        old_ends, ends = to_text(now + timedelta(days=OLD_SECRET_DAYS)), to_text(now + timedelta(days=SECRET_DAYS))
        for account in self._accounts_of(client_id):
            # One that has ended stays so.
            last = min(account["secret_expires_at"], old_ends, key=from_text)
            changes = {
                "client_secret": secret,
                "secret_expires_at": ends,
                "old_secrets": {account["client_secret"]: last},
            }
            self._keep_account({**account, **changes})
        return secret

    def _accounts_of(self, client_id):
        found = [account for account in self.accounts.values() if account["client_id"] == client_id]
        if not found:
            raise ValueError(f"no application {client_id}")
        return found

    def known_seller_of(self, call):
        """Return the seller id of the request's token, expired or not, or None."""
        return self._tokens.get(call.header("x-amz-access-token") or "", {}).get("seller_id")

    def expire(self, token):
        """Let one access token end now."""
        if token in self._tokens:
            ended = self._world.clock.now() - timedelta(seconds=1)
            self._tokens[token]["expires_at"] = to_text(ended)
            self._world.disk.put("amazon_token", token, self._tokens[token])

    def expire_all(self, seller_id=None):
        """Let the access tokens of one seller, or of all, end now; return how many there were."""
        ending = [token for token, entry in self._tokens.items() if seller_id in (None, entry["seller_id"])]
        for token in ending:
            self.expire(token)
        return len(ending)

    def revoke(self, refresh_token):
        """Refuse a refresh token from now on, and let its seller's access tokens end."""
        self._revoked.add(refresh_token)
        self._world.disk.put("amazon_revoked", refresh_token, True)
        return self.expire_all(self.accounts[refresh_token]["seller_id"])

    def allow(self, refresh_token):
        """Accept a revoked refresh token again."""
        self._revoked.discard(refresh_token)
        self._world.disk.put("amazon_revoked", refresh_token, None)
        return refresh_token
