"""The integrations of the shop, and whether a request comes from one of them.

Rules and words: Magento_Integration and Framework/Oauth of Magento 2.4, and developer.adobe.com/commerce/webapi,
"OAuth-based authentication", seen 2026-11-26.
"""

import hmac
from datetime import timedelta

from .errors import ApiError, missing, not_authorized
from .signature import METHOD, read_authorization, sign

TIME_DEVIATION = 600
DEFAULT_ACCOUNT = {
    "consumer_key": "omsconsumerkey0000000000000000000",
    "consumer_secret": "omsconsumersecret00000000000000",
    "access_token": "omsaccesstoken00000000000000000",
    "access_token_secret": "omsaccesstokensecret0000000000",
    "shop": "main",
}
_FIELDS = (
    "oauth_consumer_key", "oauth_token", "oauth_signature_method", "oauth_signature", "oauth_timestamp", "oauth_nonce",
)  # fmt: skip


def refused(message):
    """Return the error for a request whose signature, key or token does not hold."""
    return ApiError(401, message)


class Integrations:
    """Consumers with their tokens, what each may no longer do, and the nonces seen."""

    def __init__(self, world):
        self._world = world
        self.accounts = {}
        self._revoked = set()
        self._dropped = {}
        self._nonces = {}

    def add_account(self, account):
        """Let one integration in; without `shop` it gets a shop of its own. Return the shop's name."""
        account = {"shop": account["consumer_key"], **account}
        account = {name: str(account[name]) for name in DEFAULT_ACCOUNT}
        if " " in account["shop"]:
            raise ValueError("the name of a shop has no spaces")
        self.accounts[account["access_token"]] = account
        self._world.disk.put("magento_account", account["access_token"], account)
        return account["shop"]

    def restore(self, kept):
        """Take over integrations, refusals and nonces of an earlier run."""
        self.accounts = dict(kept.get("magento_account", {}))
        self._revoked = set(kept.get("magento_revoked", {}))
        self._dropped = {token: set(names) for token, names in kept.get("magento_dropped", {}).items()}
        self._nonces = dict(kept.get("magento_nonce", {}))

    def account_of(self, call):
        """Return the account a request comes from, None for a guest; raise ApiError 400 or 401."""
        header = call.header("authorization") or ""
        if header.lower().startswith("bearer "):
            return self._bearer(header[7:].strip())
        given = read_authorization(header)
        if given is None:
            return None
        for name in _FIELDS:
            if not given.get(name):
                raise missing(name)
        account = self._signer(given)
        self._check_signature(call, given, account)
        self._use_nonce(account, given)
        return account

    def known_shop_of(self, call):
        """Return the shop that a request names by its token, signed or not, or None."""
        header = call.header("authorization") or ""
        token = header[7:].strip() if header.lower().startswith("bearer ") else None
        token = token or (read_authorization(header) or {}).get("oauth_token")
        return self.accounts.get(token, {}).get("shop")

    def check_resource(self, account, resource):
        """Raise ApiError 401 when an account may not use a resource; guests may use "anonymous" alone."""
        if resource == "anonymous":
            return
        if account is None or resource in self._dropped.get(account["access_token"], ()):
            raise not_authorized(resource)

    def _bearer(self, token):
        # `oauth/consumer/enable_integration_as_bearer` is off in new shops since 2.4.4; the token then counts nothing.
        if not self._world.settings["bearer"] or token in self._revoked:
            return None
        return self.accounts.get(token)

    def _signer(self, given):
        if given.get("oauth_version", "1.0") != "1.0":
            raise refused("The oauth_version parameter has to be 1.0.")
        if given["oauth_signature_method"] != METHOD:
            raise refused(f"Signature method {given['oauth_signature_method']} is not supported")
        keys = {account["consumer_key"] for account in self.accounts.values()}
        if given["oauth_consumer_key"] not in keys:
            raise refused("A consumer having the specified key does not exist")
        account = self.accounts.get(given["oauth_token"])
        if account is None:
            raise refused("Specified token does not exist")
        if account["consumer_key"] != given["oauth_consumer_key"]:
            raise refused("Token is not associated with the specified consumer")
        if account["access_token"] in self._revoked:
            raise refused("Access token has been revoked")
        return account

    def _check_signature(self, call, given, account):
        parameters = [(n, v) for n, v in given.items() if n not in ("realm", "oauth_signature")]
        secrets = (account["consumer_secret"], account["access_token_secret"])
        expected = sign(call.method, base_url(call), [*call.query, *parameters], secrets)
        if not hmac.compare_digest(expected.encode(), given["oauth_signature"].encode()):
            raise refused("The signature is invalid. Verify and try again.")

    def _use_nonce(self, account, given):
        text = given["oauth_timestamp"]
        stamp = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
        now = self._real_now()
        if abs(stamp - now) > TIME_DEVIATION:
            # Magento refuses what lies ahead; what lies behind is refused here too, so that a wrong clock shows.
            raise refused("The timestamp value in the oauth_timestamp parameter is invalid.")
        key = f"{account['consumer_key']} {given['oauth_nonce']}"
        if key in self._nonces:
            raise refused("The nonce is already being used by the consumer with ID %1.")
        self._forget_nonces(now - 2 * TIME_DEVIATION)
        self._nonces[key] = stamp
        self._world.disk.put("magento_nonce", key, stamp)

    def _forget_nonces(self, limit):
        """Forget what no timestamp lets in any more; the oldest come first, or nearly so."""
        while self._nonces:
            oldest = next(iter(self._nonces))
            if self._nonces[oldest] >= limit:
                return
            del self._nonces[oldest]
            self._world.disk.put("magento_nonce", oldest, None)

    def _real_now(self):
        # A test that moves the sandbox clock moves shop and documents, not the clock of the one that signs.
        clock = self._world.clock
        return (clock.now() - timedelta(seconds=clock.offset)).timestamp()

    def revoke(self, token=None):
        """Refuse an access token from now on, the default one without; return it."""
        token = token if isinstance(token, str) else DEFAULT_ACCOUNT["access_token"]
        self.accounts[token]  # an unknown token is a mistake in the command
        self._revoked.add(token)
        self._world.disk.put("magento_revoked", token, True)
        return token

    def allow(self, token=None):
        """Accept an access token again, with every resource; return it."""
        token = token if isinstance(token, str) else DEFAULT_ACCOUNT["access_token"]
        self._revoked.discard(token)
        self._dropped.pop(token, None)
        self._world.disk.put("magento_revoked", token, None)
        self._world.disk.put("magento_dropped", token, None)
        return token

    def drop_resources(self, names, token=None):
        """Take resources of the ACL away from an access token; return what it lacks now."""
        token = token or DEFAULT_ACCOUNT["access_token"]
        lacking = self._dropped.setdefault(token, set())
        lacking.update([names] if isinstance(names, str) else names)
        self._world.disk.put("magento_dropped", token, sorted(lacking))
        return sorted(lacking)


def base_url(call):
    """Return scheme, host and path as a signature names them: RFC 5849 §3.4.1.2."""
    host = (call.header("host") or "127.0.0.1").lower()
    return f"http://{host.removesuffix(':80')}{call.path}"
