"""eBay's OAuth: consent, codes, refresh tokens in, access tokens out.

Requests, answers and lifetimes: developer.ebay.com, "OAuth access tokens: the authorization code grant flow" and
"Using a refresh token", and RFC 6749 §5.2; seen 2026-11-26. The words IAF and TOKEN before a token of the Post-Order
API: its reference 2.8.0 and issue 20 of eBay/digital-signature-verification-ebay-api.
"""

import base64
import binascii
import secrets
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

from ..clock import from_text, to_text
from ..wire import Answer, json_answer
from .errors import forbidden, unauthorized
from .operations import ALL_SCOPES, POST_ORDER, scope

ACCESS_SECONDS = 7200
CODE_SECONDS = 299
REFRESH_SECONDS = 47304000  # 18 months, as eBay's own examples have it
DEFAULT_ACCOUNT = {
    "client_id": "OmsSandbox-app",
    "client_secret": "SBX-oms-cert",
    "refresh_token": "v^1.1#sandbox-refresh",
    "ru_name": "Oms-Sandbox-RuName",
    "seller_id": "oms-seller",
}


class LoginError(Exception):
    """The token request is refused; carries status, error and error_description."""

    def __init__(self, status, error, description):
        super().__init__(description)
        self.status = status
        self.error = error
        self.description = description


class Login:
    """The accounts that may consent, their refresh tokens, and the access tokens and codes that are out."""

    def __init__(self, world):
        self._world = world
        self.accounts = {}
        self._grants = {}
        self._codes = {}
        self._tokens = {}

    def add_account(self, wish):
        """Let one application act for one seller, with a refresh token that is good for 18 months."""
        account = {name: str(wish[name]) for name in DEFAULT_ACCOUNT if name != "refresh_token"}
        account["scopes"] = [_full(name) for name in wish.get("scopes", ALL_SCOPES)]
        account["accept_url"] = wish.get("accept_url")
        account["marketplace_id"] = wish.get("marketplace_id", "EBAY_US")
        self._keep_account(account)
        self._grant(account, str(wish["refresh_token"]), account["scopes"])
        return account["seller_id"]

    def restore(self, kept):
        """Take over accounts, grants, codes and tokens of an earlier run."""
        self.accounts = dict(kept.get("ebay_account", {}))
        self._grants = dict(kept.get("ebay_grant", {}))
        self._codes = dict(kept.get("ebay_code", {}))
        self._tokens = dict(kept.get("ebay_token", {}))

    def answer(self, call):
        """Answer a token request: 200 with an access token, or 400 or 401 in OAuth's shape."""
        try:
            data = self._issue(call)
        except LoginError as refusal:
            error = {"error": refusal.error, "error_description": refusal.description}
            return json_answer(refusal.status, error)
        return json_answer(200, data, {"Cache-Control": "no-store"})

    def _issue(self, call):
        client_id = self._client_of(call)
        form = dict(parse_qsl(call.body.decode("utf-8", "replace"), keep_blank_values=True))
        grant_type = form.get("grant_type")
        if grant_type == "refresh_token":
            return self._issue_by_refresh(client_id, form)
        if grant_type == "authorization_code":
            return self._issue_by_code(client_id, form)
        if grant_type == "client_credentials":
            wanted = form.get("scope", "").split() or [scope()]
            if wanted != [scope()]:
                raise LoginError(400, "invalid_scope", "The requested scope is invalid, unknown or malformed")
            return self._token(None, client_id, wanted, "Application Access Token")
        raise LoginError(400, "unsupported_grant_type", "grant type in request is not supported by the server")

    def _client_of(self, call):
        if call.content_type() != "application/x-www-form-urlencoded":
            raise LoginError(400, "invalid_request", "The content type is not supported")
        word, _space, packed = (call.header("authorization") or "").partition(" ")
        try:
            client_id, _colon, client_secret = base64.b64decode(packed, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            client_id, client_secret = "", ""
        known = {(account["client_id"], account["client_secret"]) for account in self.accounts.values()}
        if word != "Basic" or (client_id, client_secret) not in known:
            raise LoginError(401, "invalid_client", "client authentication failed")
        return client_id

    def _issue_by_refresh(self, client_id, form):
        grant = self._grants.get(form.get("refresh_token", ""))
        if (
            grant is None
            or grant["is_revoked"]
            or grant["client_id"] != client_id
            or from_text(grant["expires_at"]) <= self._world.clock.now()
        ):
            raise LoginError(
                400,
                "invalid_grant",
                "the provided authorization refresh token is invalid or was issued to another client",
            )
        wanted = form.get("scope", "").split() or grant["scopes"]
        if set(wanted) - set(grant["scopes"]):
            raise LoginError(
                400, "invalid_scope", "The requested scope is invalid, unknown, malformed, or exceeds the scope granted"
            )
        return self._token(grant["seller_id"], client_id, wanted, "User Access Token")

    def _issue_by_code(self, client_id, form):
        code = self._codes.pop(form.get("code", ""), None)
        self._world.disk.put("ebay_code", form.get("code", ""), None)
        if (
            code is None
            or code["client_id"] != client_id
            or code["ru_name"] != form.get("redirect_uri")
            or from_text(code["expires_at"]) <= self._world.clock.now()
        ):
            raise LoginError(
                400, "invalid_grant", "the provided authorization grant code is invalid or was issued to another client"
            )
        refresh_token = "v^1.1#i^1#r^1#" + secrets.token_urlsafe(32)
        self._grant(self.accounts[code["seller_id"]], refresh_token, code["scopes"])
        data = self._token(code["seller_id"], client_id, code["scopes"], "User Access Token")
        return {**data, "refresh_token": refresh_token, "refresh_token_expires_in": REFRESH_SECONDS}

    def _token(self, seller_id, client_id, scopes, kind):
        token = "v^1.1#i^1#" + secrets.token_urlsafe(32)
        entry = {
            "seller_id": seller_id,
            "client_id": client_id,
            "scopes": list(scopes),
            "expires_at": self._after(ACCESS_SECONDS),
        }
        self._tokens[token] = entry
        self._world.disk.put("ebay_token", token, entry)
        self._world.ledger.append("token_issued", seller_id or client_id, dict(entry))
        return {"access_token": token, "expires_in": ACCESS_SECONDS, "token_type": kind}

    def _grant(self, account, refresh_token, scopes):
        grant = {
            "seller_id": account["seller_id"],
            "client_id": account["client_id"],
            "scopes": list(scopes),
            "expires_at": self._after(REFRESH_SECONDS),
            "is_revoked": False,
        }
        self._grants[refresh_token] = grant
        self._world.disk.put("ebay_grant", refresh_token, grant)

    def consent(self, call):
        """Play the seller who agrees: 302 to the accept URL with a code, or the code as JSON where there is none."""
        query = dict(call.query)
        account = next((a for a in self.accounts.values() if _is_asked(a, query)), None)
        if account is None:
            return json_answer(
                400, {"error": "unauthorized_client", "error_description": "unknown client_id or RuName"}
            )
        if query.get("response_type") != "code":
            error = {"error": "unsupported_response_type", "error_description": "response_type must be code"}
            return json_answer(400, error)
        wanted = query.get("scope", "").split()
        if not wanted or set(wanted) - set(account["scopes"]):
            return json_answer(400, {"error": "invalid_scope", "error_description": "scope is missing or not allowed"})
        code = "v^1.1#i^1#c^" + secrets.token_urlsafe(24)
        entry = {
            "seller_id": account["seller_id"],
            "client_id": account["client_id"],
            "ru_name": account["ru_name"],
            "scopes": wanted,
            "expires_at": self._after(CODE_SECONDS),
        }
        self._codes[code] = entry
        self._world.disk.put("ebay_code", code, entry)
        self._world.ledger.append("consent_given", account["seller_id"], {"scopes": wanted})
        given = {"code": code, "expires_in": str(CODE_SECONDS)}
        if "state" in query:
            given["state"] = query["state"]
        if not account["accept_url"]:
            return json_answer(200, given)
        joint = "&" if urlsplit(account["accept_url"]).query else "?"
        return Answer(302, b"", {"Location": account["accept_url"] + joint + urlencode(given)})

    def entry_of(self, call, operation):
        """Return the entry of the request's live access token; raise ApiError 401 or 403 without one that may do it."""
        token = self._token_in(call, operation.api is POST_ORDER)
        if token is None:
            raise unauthorized("Missing access token. Check the value of the Authorization HTTP request header.", 1002)
        entry = self._tokens.get(token)
        if entry is None or from_text(entry["expires_at"]) <= self._world.clock.now():
            raise unauthorized("Invalid access token. Check the value of the Authorization HTTP request header.")
        allowed = set(entry["scopes"])
        if entry["seller_id"] is not None:
            allowed &= set(self.accounts[entry["seller_id"]]["scopes"])
        if not allowed & set(operation.scopes):
            raise forbidden()
        return entry

    @staticmethod
    def _token_in(call, is_post_order):
        word, _space, token = (call.header("authorization") or "").partition(" ")
        words = ("IAF", "TOKEN") if is_post_order else ("Bearer",)
        return token if word in words and token else None

    def known_seller_of(self, call):
        """Return the seller id of the request's token, expired or not, or None."""
        token = (call.header("authorization") or "").partition(" ")[2]
        return self._tokens.get(token, {}).get("seller_id")

    def expire_token_of(self, call):
        """Let the access token of a request end now."""
        self._expire((call.header("authorization") or "").partition(" ")[2])

    def expire_all(self, seller_id=None):
        """Let the access tokens of one seller, or of all, end now; return how many there were."""
        ending = [token for token, entry in self._tokens.items() if seller_id in (None, entry["seller_id"])]
        for token in ending:
            self._expire(token)
        return len(ending)

    def _expire(self, token):
        if token in self._tokens:
            self._tokens[token]["expires_at"] = self._after(-1)
            self._world.disk.put("ebay_token", token, self._tokens[token])

    def revoke(self, refresh_token):
        """Refuse a refresh token from now on, and let its seller's access tokens end; return how many ended."""
        self._mark(refresh_token, is_revoked=True)
        return self.expire_all(self._grants[refresh_token]["seller_id"])

    def allow(self, refresh_token):
        """Accept a revoked refresh token again."""
        self._mark(refresh_token, is_revoked=False)
        return refresh_token

    def _mark(self, refresh_token, *, is_revoked):
        self._grants[refresh_token]["is_revoked"] = is_revoked
        self._world.disk.put("ebay_grant", refresh_token, self._grants[refresh_token])

    def drop_scope(self, seller_id, name):
        """Take a scope from a seller's account, and so from all of its tokens; return what is left."""
        account = self.accounts[seller_id]
        if _full(name) not in account["scopes"]:
            raise ValueError(f"the account does not have the scope {name}")
        account["scopes"] = [kept for kept in account["scopes"] if kept != _full(name)]
        self._keep_account(account)
        return account["scopes"]

    def set_accept_url(self, seller_id, url):
        """Register where the consent page sends the seller's browser; null for nowhere."""
        self.accounts[seller_id]["accept_url"] = url
        self._keep_account(self.accounts[seller_id])
        return url

    def _keep_account(self, account):
        self.accounts[account["seller_id"]] = account
        self._world.disk.put("ebay_account", account["seller_id"], account)

    def _after(self, seconds):
        return to_text(self._world.clock.now() + timedelta(seconds=seconds))


def _is_asked(account, query):
    return (
        account["client_id"] == query.get("client_id")
        and account["ru_name"] == query.get("redirect_uri")
        and query.get("login_hint", account["seller_id"]) == account["seller_id"]
    )


def _full(name):
    return name if name.startswith("https://") else scope(name)
