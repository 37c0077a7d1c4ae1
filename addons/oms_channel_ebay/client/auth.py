"""Tokens of eBay: a refresh token, a code or the application alone in, an access token out.

Source: developer.ebay.com/api-docs/static/oauth-tokens.html and RFC 6749 §4.4-6, seen 2026-11-26.
"""

import base64
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode

from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed, Rejected
from odoo.addons.oms_core.lib.strict_json import shown

from ..lib import const, wire

USER_TOKEN, APP_TOKEN = "ebay_user", "ebay_app"
# A token is not used in its last minute, so that none runs out on the way.
EARLY = timedelta(seconds=60)
_LONGEST = 86_400
_OTHERS_CODE = frozenset({"invalid_grant"})


class Login:
    """Gets access tokens and keeps them in the account's token store, or for its own lifetime without one."""

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self._account = account
        self._transport = transport
        self._now = now
        self._own: dict[str, tuple[str, datetime]] = {}

    def kept_token(self, name: str = USER_TOKEN) -> str | None:
        """Return the access token of an earlier login, if it is still good."""
        now = self._now()
        if self._account.tokens is not None:
            return self._account.tokens.get(name, now)
        token, expires_at = self._own.get(name, (None, now))
        return token if expires_at > now else None

    def new_token(self, refused: str | None = None, name: str = USER_TOKEN) -> str:
        """Return an access token other than ``refused``: of another worker that was faster, else by logging in.

        :raise AuthFailed: eBay refuses the credentials, or one of them is missing
        :raise RetryLater: no answer
        """
        lock = nullcontext() if self._account.tokens is None else self._account.tokens.refresh_lock(name)
        with lock:
            kept = self.kept_token(name)
            return kept if kept and kept != refused else self._log_in(name)

    def forget_token(self, name: str = USER_TOKEN) -> None:
        """Drop the kept token: eBay no longer takes it."""
        self._own.pop(name, None)
        if self._account.tokens is not None:
            self._account.tokens.drop(name)

    def has_scope(self, scope: str) -> bool | None:
        """Whether the seller lets us do what ``scope`` names: eBay says so only by giving a token for it, or none.

        :raise RetryLater: no answer
        """
        response = self._send({**self._refresh_form(), "scope": scope})
        if response.status == 200:
            return True
        return False if _refusal_code(response.body) == "invalid_scope" else None

    def redeem(self, code: str) -> dto.Consent:
        """Turn the code of a seller's consent into a refresh token.

        :raise Rejected: the code is used, too old or not ours
        :raise AuthFailed: eBay does not know the application
        """
        asked_at = self._now()
        ru_name = self._account.settings.get("ru_name")
        response = self._send({"grant_type": "authorization_code", "code": code, "redirect_uri": ru_name})
        if response.status != 200:
            refusal = _refusal_code(response.body)
            if refusal in _OTHERS_CODE:
                raise Rejected("code_refused", message="the code is used, too old or not ours; ask for consent again")
            raise AuthFailed(refusal, status=response.status)
        token = wire.decode(response.body, wire.Token)
        if not token.refresh_token:
            raise Malformed("wrong_shape", path="$.refresh_token", reason="the answer holds no refresh token")
        self._keep(USER_TOKEN, token, asked_at)
        seconds = token.refresh_token_expires_in
        ends_at = asked_at + timedelta(seconds=min(seconds, 10 * 365 * _LONGEST)) if seconds and seconds > 0 else None
        return dto.Consent(secrets={const.REFRESH_TOKEN: token.refresh_token}, ends_at=ends_at)

    def _log_in(self, name: str) -> str:
        # What is kept counts from before the question, so that it never outlives the token.
        asked_at = self._now()
        form = self._refresh_form() if name == USER_TOKEN else self._app_form()
        response = self._send(form)
        if response.status != 200:
            raise AuthFailed(_refusal_code(response.body), status=response.status)
        return self._keep(name, wire.decode(response.body, wire.Token), asked_at)

    def _keep(self, name: str, token: wire.Token, asked_at: datetime) -> str:
        if not token.access_token.isascii() or not token.access_token.isprintable() or not token.access_token:
            raise Malformed("bad_text", path="$.access_token", reason="the token cannot be sent in a header")
        expires_at = asked_at + timedelta(seconds=max(0, min(token.expires_in, _LONGEST))) - EARLY
        if self._account.tokens is not None:
            self._account.tokens.put(name, token.access_token, expires_at)
        else:
            self._own[name] = (token.access_token, expires_at)
        return token.access_token

    def _refresh_form(self) -> dict[str, Any]:
        # Without a scope the token may do all that the seller agreed to.
        return {"grant_type": "refresh_token", "refresh_token": self._account.secrets.get(const.REFRESH_TOKEN)}

    def _app_form(self) -> dict[str, Any]:
        return {"grant_type": "client_credentials", "scope": const.APP_SCOPE}

    def _send(self, form: Mapping[str, Any]) -> Response:
        client = self._account.settings.get("client_id")
        secret = self._account.secrets.get(const.CLIENT_SECRET)
        needed = {"client_id": client, const.CLIENT_SECRET: secret, **form}
        missing = sorted(name for name, value in needed.items() if not value)
        if missing:
            raise AuthFailed("credentials_missing", missing=", ".join(missing))
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        request = Request(
            method="POST",
            url=f"{self._account.endpoints[const.AUTH].rstrip('/')}/identity/v1/oauth2/token",
            operation=const.TOKEN_OPERATION,
            headers={
                "Authorization": f"Basic {basic}",
                "Content-Type": "application/x-www-form-urlencoded",
                "Accept": "application/json",
                "User-Agent": const.USER_AGENT,
            },
            body=urlencode(form).encode("ascii"),
            # A code works once; a refresh token is as good as before.
            is_repeatable=form["grant_type"] != "authorization_code",
        )
        return self._transport.send(request)


def build_consent_url(account: Account, state: str) -> str:
    """Return the page on which a seller lets us in.

    :raise AuthFailed: client id or RuName is missing
    """
    client, redirect = account.settings.get("client_id"), account.settings.get("ru_name")
    missing = [name for name, value in (("client_id", client), ("ru_name", redirect)) if not value]
    if missing:
        raise AuthFailed("credentials_missing", missing=", ".join(missing))
    params = {
        "client_id": client,
        "response_type": "code",
        "redirect_uri": redirect,
        "scope": " ".join(const.CONSENT_SCOPES),
        "state": state,
    }
    base = account.endpoints[const.CONSENT].rstrip("/")
    return f"{base}/oauth2/authorize?{urlencode(params, quote_via=quote)}"


def _refusal_code(body: bytes) -> str:
    try:
        return shown(wire.decode(body, wire.TokenError).error, 60)
    except Malformed:
        return "login_refused"
