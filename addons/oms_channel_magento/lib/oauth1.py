"""Signing requests by OAuth 1.0 (RFC 5849). Pure: nonce and time come from whoever sends.

Magento takes HMAC-SHA256 where the RFC names HMAC-SHA1 (developer.adobe.com/commerce/webapi/get-started/authentication/
gs-authentication-oauth, seen 2026-11-26); everything else is as the RFC says. A body of JSON is not signed.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from typing import NamedTuple
from urllib.parse import parse_qsl, quote, urlsplit

SIGNATURE_METHOD = "HMAC-SHA256"
_DEFAULT_PORTS = {"http": 80, "https": 443}

Pairs = Sequence[tuple[str, str]]


class Credentials(NamedTuple):
    """The four values of an integration."""

    consumer_key: str
    consumer_secret: str
    token: str
    token_secret: str

    def __repr__(self) -> str:
        return "Credentials(…)"


class Moment(NamedTuple):
    """What makes a request one of a kind: a random text and seconds since 1970."""

    nonce: str
    timestamp: int


def build_header(credentials: Credentials, moment: Moment, method: str, url: str, params: Pairs = ()) -> str:
    """Return the ``Authorization`` header of a request.

    :param url: with or without a query; ``params``: what is added to its query
    """
    protocol = [
        ("oauth_consumer_key", credentials.consumer_key),
        ("oauth_nonce", moment.nonce),
        ("oauth_signature_method", SIGNATURE_METHOD),
        ("oauth_timestamp", str(moment.timestamp)),
        ("oauth_token", credentials.token),
        ("oauth_version", "1.0"),
    ]
    text = build_base_string(method, url, [*params, *protocol])
    signature = sign(text, credentials.consumer_secret, credentials.token_secret)
    fields = [*protocol, ("oauth_signature", signature)]
    return "OAuth " + ", ".join(f'{name}="{escape(value)}"' for name, value in fields)


def sign(base_string: str, consumer_secret: str, token_secret: str) -> str:
    """Return the signature of a base string (§3.4.2, with SHA-256)."""
    key = f"{escape(consumer_secret)}&{escape(token_secret)}"
    digest = hmac.new(key.encode("ascii"), base_string.encode("ascii"), hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")


def build_base_string(method: str, url: str, params: Iterable[tuple[str, str]]) -> str:
    """Return what is signed (§3.4.1): the method, the address without its query, and all parameters in order."""
    parts = urlsplit(url)
    pairs = [*_query_pairs(parts.query), *params]
    encoded = sorted((escape(name), escape(value)) for name, value in pairs)
    normalized = "&".join(f"{name}={value}" for name, value in encoded)
    return "&".join((method.upper(), escape(_base_address(url)), escape(normalized)))


def escape(text: str) -> str:
    """Return ``text`` percent-encoded by RFC 3986, all but the unreserved characters (§3.6)."""
    return quote(text, safe="-._~")


def _base_address(url: str) -> str:
    """Return scheme, host and path; the port only where it is not the scheme's own (§3.4.1.2)."""
    parts = urlsplit(url)
    scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
    if ":" in host:
        host = f"[{host}]"
    port = "" if parts.port in (None, _DEFAULT_PORTS.get(scheme)) else f":{parts.port}"
    return f"{scheme}://{host}{port}{parts.path or '/'}"


def _query_pairs(query: str) -> list[tuple[str, str]]:
    """Return the parameters of a query (§3.4.1.3.1); a name without a value counts with an empty one."""
    return parse_qsl(query, keep_blank_values=True)
