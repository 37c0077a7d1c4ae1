"""One call to eBay: a token in the header, a signature where one is asked for, refusals named."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec
from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, Rejected

from ..lib import const, signing, wire
from ..lib.answers import parse_refusal
from .auth import APP_TOKEN, USER_TOKEN, Login

SIGNING_KEY_NAME = "ebay_signing_key"
# eBay's keys live three years, SigningKey.expirationTime; without a word of it we ask for a new one sooner.
_KEY_LIFE = timedelta(days=365)


class Caller:
    """Sends requests for one account.

    ``send`` returns an answer with a status below 500 as it came, except 401 and 403. It raises ``RetryLater`` as the
    transport does, ``AuthFailed`` when eBay refuses the account, and ``Rejected("access_denied")`` when only the one
    call is refused.
    """

    def __init__(self, account: Account, transport: Any, now: Callable[[], datetime]):
        self.account = account
        self.login = Login(account, transport, now)
        self._transport = transport
        self._now = now

    def get(self, operation: str, family: str, path: str, params: Mapping[str, str | None] | None = None) -> Response:
        """Ask for something."""
        return self.send(self.request("GET", operation, family, path, params=params))

    def request(
        self,
        method: str,
        operation: str,
        family: str,
        path: str,
        *,
        params: Mapping[str, str | None] | None = None,
        body: Mapping[str, Any] | None = None,
        marketplace: str | None = None,
    ) -> Request:
        """Return a request without its token.

        :param marketplace: the site of the sale, which Post-Order asks for; the account's main one where not known
        """
        headers = {"Accept": "application/json", "User-Agent": const.USER_AGENT}
        if body is not None:
            headers["Content-Type"] = "application/json"
        marketplaces = [marketplace] if marketplace else self.account.settings.get("marketplaces")
        if path.startswith("/post-order/") and marketplaces:
            headers[const.MARKETPLACE_HEADER] = marketplaces[0]
        return Request(
            method=method,
            url=self.account.endpoints[family].rstrip("/") + path,
            operation=operation,
            params=tuple((name, value) for name, value in (params or {}).items() if value is not None),
            headers=headers,
            body=None if body is None else msgspec.json.encode(body),
            is_repeatable=method == "GET",
        )

    def send(self, request: Request, *, is_app: bool = False) -> Response:
        """Send with a token; log in once more when eBay refuses one we kept.

        :param is_app: with the application's own token, which is for data that belong to no seller
        """
        name = APP_TOKEN if is_app else USER_TOKEN
        kept = self.login.kept_token(name)
        response = self._exchange(request, kept or self.login.new_token(name=name))
        if kept and response.status == 401:
            response = self._exchange(request, self.login.new_token(refused=kept, name=name))
        if response.status in (401, 403):
            raise self._denied(request, response, name)
        return response

    def send_signed(self, request: Request) -> Response:
        """Send a call that moves money: signed where the account's marketplaces ask for it."""
        if not self.account.settings.get("is_signed"):
            return self.send(request)
        created = int(self._now().timestamp())
        headers = signing.sign(request.method, request.url, request.body, self._signing_key(), created)
        return self.send(replace(request, headers={**request.headers, **headers}))

    # --- the token ----------------------------------------------------------------------------------------------------

    def _exchange(self, request: Request, token: str) -> Response:
        # Post-Order takes the same tokens under another word (github.com/hendt/ebay-api, `useIaf`).
        word = "IAF" if "/post-order/" in request.url else "Bearer"
        headers = {**request.headers, "Authorization": f"{word} {token}"}
        return self._transport.send(replace(request, headers=headers))

    def _denied(self, request: Request, response: Response, name: str) -> AuthFailed | Rejected:
        """Name a refusal of a token that is hours old at most.

        Without the permission for orders the account cannot do anything; without another one only that call.
        """
        code, words = parse_refusal(response.body)
        reference = response.headers.get(const.REQUEST_ID_HEADER)
        if response.status == 401:
            self.login.forget_token(name)
            return AuthFailed("token_refused", reference=reference, operation=request.operation)
        if request.operation == "getOrders":
            return AuthFailed("access_denied", reference=reference, operation=request.operation)
        missing = "the seller's consent does not cover this; ask for it again" if code == const.SCOPE_MISSING else words
        return Rejected("access_denied", message=missing, reference=reference, operation=request.operation)

    # --- the signing key ----------------------------------------------------------------------------------------------

    def _signing_key(self) -> signing.SigningKey:
        """Return the key a person entered, else the one we keep, else a new one of eBay's.

        :raise Rejected: what was entered is no key
        """
        entered = self.account.secrets.get(const.SIGNING_KEY)
        if entered:
            return signing.read_key(entered)
        tokens = self.account.tokens
        if tokens is None:
            return self._create_key()[0]
        with tokens.refresh_lock(SIGNING_KEY_NAME):
            kept = tokens.get(SIGNING_KEY_NAME, self._now())
            if kept:
                return signing.read_key(kept)
            key, ends_at = self._create_key()
            tokens.put(SIGNING_KEY_NAME, signing.keep_key(key), ends_at)
            return key

    def _create_key(self) -> tuple[signing.SigningKey, datetime]:
        path = "/developer/key_management/v1/signing_key"
        body = {"signingKeyCipher": "ED25519"}
        response = self.send(self.request("POST", "createSigningKey", const.APIZ, path, body=body), is_app=True)
        if response.status >= 300:
            code, words = parse_refusal(response.body)
            raise Rejected(code, message=words, status=response.status)
        found = wire.decode(response.body, wire.SigningKey)
        key = signing.read_key(signing.keep_key(signing.SigningKey(jwe=found.jwe, private_key=found.private_key)))
        return key, self._now() + self._key_life(found.expiration_time)

    def _key_life(self, ends: int | None) -> timedelta:
        if ends is None:
            return _KEY_LIFE
        left = ends - self._now().timestamp()
        return timedelta(seconds=min(max(left, 0), 3 * _KEY_LIFE.total_seconds()))


def segment(text: str) -> str:
    """Return ``text`` as one segment of a path.

    :raise NotFound: dots alone, which are steps in a path however they are written (RFC 3986 §5.2.4)
    """
    if text in ("", ".", ".."):
        raise NotFound("not_found")
    return quote(text, safe="")
