"""Signatures of OAuth 1.0a: RFC 5849 §3.4 with HMAC-SHA256, the only method Magento takes since 2.4.4."""

import base64
import hashlib
import hmac
from urllib.parse import quote, unquote

METHOD = "HMAC-SHA256"


def read_authorization(header):
    """Return {name: value} of an `Authorization: OAuth …` header, or None for any other."""
    scheme, _space, rest = (header or "").partition(" ")
    if scheme.lower() != "oauth":
        return None
    values = {}
    for part in rest.split(","):
        name, equals, value = part.strip().partition("=")
        if equals and len(value) >= 2 and value[0] == value[-1] == '"':
            values[unquote(name)] = unquote(value[1:-1])
    return values


def sign(method, url, parameters, secrets):
    """Return the signature of a request.

    :param url: scheme, host and path, without the query
    :param parameters: (name, value) pairs, decoded: those of the query and the oauth ones without the signature
    :param secrets: consumer secret and token secret
    """
    key = "&".join(_escaped(secret) for secret in secrets)
    base = base_string(method, url, parameters)
    return base64.b64encode(hmac.new(key.encode(), base.encode(), hashlib.sha256).digest()).decode()


def base_string(method, url, parameters):
    """Return what is signed: method, address and parameters, each escaped. JSON bodies are no part of it."""
    pairs = sorted((_escaped(name), _escaped(value)) for name, value in parameters)
    joined = "&".join(f"{name}={value}" for name, value in pairs)
    return "&".join((method.upper(), _escaped(url), _escaped(joined)))


def write_authorization(values):
    """Return the header that carries oauth parameters."""
    return "OAuth " + ", ".join(f'{_escaped(name)}="{_escaped(value)}"' for name, value in values.items())


def _escaped(text):
    return quote(text, safe="-._~")
