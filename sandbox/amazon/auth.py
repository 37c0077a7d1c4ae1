"""Login with Amazon: refresh tokens in, access tokens out.

Fields and errors: developer-docs.amazon.com/sp-api, "Connect to the SP-API", and RFC 6749 §5.2, seen 2026-11-23.
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
_FIELDS = ("grant_type", "client_id", "client_secret", "refresh_token")


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
        self.accounts[account["refresh_token"]] = account
        self._world.disk.put("amazon_account", account["refresh_token"], account)
        return account["seller_id"]

    def restore(self, kept):
        """Take over accounts and tokens of an earlier run."""
        self.accounts = dict(kept.get("amazon_account", {}))
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
        if call.content_type() != "application/x-www-form-urlencoded":
            raise LoginError(400, "invalid_request", "The content type is not supported")
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        for name in _FIELDS:
            if not form.get(name):
                raise LoginError(400, "invalid_request", f"Missing required parameter: {name}")
        if form["grant_type"] != "refresh_token":
            raise LoginError(400, "unsupported_grant_type", "The grant type is not supported")
        applications = {(a["client_id"], a["client_secret"]) for a in self.accounts.values()}
        if (form["client_id"], form["client_secret"]) not in applications:
            raise LoginError(401, "invalid_client", "Client authentication failed")
        account = self.accounts.get(form["refresh_token"])
        if account is None or account["client_id"] != form["client_id"] or form["refresh_token"] in self._revoked:
            raise LoginError(400, "invalid_grant", "The refresh token is invalid or was revoked")
        return account

    def _issue(self, account):
        token = "Atza|" + secrets.token_urlsafe(32)
        expires = self._world.clock.now() + timedelta(seconds=LIFETIME_SECONDS)
        entry = {"seller_id": account["seller_id"], "expires_at": to_text(expires)}
        self._tokens[token] = entry
        self._world.disk.put("amazon_token", token, entry)
        self._world.ledger.append("token_issued", account["seller_id"], dict(entry))
        return {
            "access_token": token,
            "refresh_token": account["refresh_token"],
            "token_type": "bearer",
            "expires_in": LIFETIME_SECONDS,
        }

    def seller_of(self, call):
        """Return the seller id of the request's access token; raise ApiError 403 without a live one."""
        token = call.header("x-amz-access-token")
        if not token:
            raise forbidden("Access token is missing in the request header.")
        entry = self._tokens.get(token)
        if entry is None:
            raise forbidden("The access token you provided is revoked, malformed or invalid.")
        if from_text(entry["expires_at"]) <= self._world.clock.now():
            raise forbidden("The access token you provided has expired.")
        return entry["seller_id"]

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
