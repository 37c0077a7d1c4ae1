"""Login with Amazon: a refresh token in, an access token out.

Source: developer-docs.amazon.com/sp-api/docs/connecting-to-the-selling-partner-api and RFC 6749 §5-6, seen 2026-11-23.
"""

from collections.abc import Callable, Mapping
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from odoo.addons.oms_core.client.transport import Request
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from ..lib import const, wire

TOKEN_NAME = "lwa_access"  # noqa: S105 (the name it is kept under)
# A token is not used in its last minute, so that none runs out on the way.
EARLY = timedelta(seconds=60)


class Login:
    """Gets access tokens and keeps them in the account's token store, or for its own lifetime without one."""

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self._account = account
        self._transport = transport
        self._now = now
        self._own: tuple[str, datetime] | None = None

    def kept_token(self) -> str | None:
        """Return the access token of an earlier login, if it is still good."""
        now = self._now()
        if self._account.tokens is not None:
            return self._account.tokens.get(TOKEN_NAME, now)
        return self._own[0] if self._own and self._own[1] > now else None

    def new_token(self, refused: str | None = None) -> str:
        """Return an access token other than ``refused``: of another worker that was faster, else by logging in.

        :raise AuthFailed: Amazon refuses the credentials, or one of them is missing
        :raise RetryLater: no answer
        """
        lock = nullcontext() if self._account.tokens is None else self._account.tokens.refresh_lock(TOKEN_NAME)
        with lock:
            kept = self.kept_token()
            return kept if kept and kept != refused else self._log_in()

    def grantless_token(self, scope: str) -> str:
        """Return an access token of the application itself. It is asked for rarely, so it is not kept.

        :raise AuthFailed: Amazon refuses the credentials, or one of them is missing
        """
        return self._ask({"grant_type": "client_credentials", "scope": scope}).access_token

    def _log_in(self) -> str:
        # What is kept counts from before the question, so that it never outlives the token.
        asked_at = self._now()
        grant = {"grant_type": "refresh_token", "refresh_token": self._account.secrets.get(const.REFRESH_TOKEN)}
        token = self._ask(grant)
        expires_at = asked_at + timedelta(seconds=max(0, min(token.expires_in, 86_400))) - EARLY
        if self._account.tokens is not None:
            self._account.tokens.put(TOKEN_NAME, token.access_token, expires_at)
        else:
            self._own = (token.access_token, expires_at)
        return token.access_token

    def _ask(self, grant: Mapping[str, str | None]) -> wire.Token:
        response = self._transport.send(self._token_request(grant))
        if response.status != 200:
            raise AuthFailed(_refusal_code(response.body), status=response.status)
        token = wire.decode(response.body, wire.Token)
        if not token.access_token.isascii() or not token.access_token.isprintable() or not token.access_token:
            raise Malformed("bad_text", path="$.access_token", reason="the token cannot be sent in a header")
        return token

    def forget_token(self) -> None:
        """Drop the kept token: Amazon no longer takes it."""
        self._own = None
        if self._account.tokens is not None:
            self._account.tokens.drop(TOKEN_NAME)

    def _token_request(self, grant: Mapping[str, str | None]) -> Request:
        form = {
            **grant,
            "client_id": self._account.settings.get("client_id"),
            "client_secret": self._account.secrets.get(const.CLIENT_SECRET),
        }
        missing = sorted(name for name, value in form.items() if not value)
        if missing:
            raise AuthFailed("credentials_missing", missing=", ".join(missing))
        return Request(
            method="POST",
            url=f"{self._account.endpoints[const.AUTH].rstrip('/')}/auth/o2/token",
            operation=const.TOKEN_OPERATION,
            headers={
                "Content-Type": "application/x-www-form-urlencoded;charset=UTF-8",
                "Accept": "application/json",
                "User-Agent": const.USER_AGENT,
            },
            body=urlencode(form).encode("ascii"),
            is_repeatable=True,
        )


def _refusal_code(body: bytes) -> str:
    try:
        return shown(wire.decode(body, wire.TokenError).error, 60)
    except Malformed:
        return "login_refused"
