"""Signatures on calls that move money of sellers in the EU and the UK.

Source: eBay's guide (developer.ebay.com/develop/guides/digital-signatures-for-apis, and the README with test keys of
github.com/eBay/digital-signature-verification-ebay-api), RFC 9421 §2.5 and RFC 9530 §2, seen 2026-11-26.
"""

import base64
import hashlib
from urllib.parse import urlsplit

import msgspec
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

_PORTS = {"https": 443, "http": 80}
_BEGIN, _END = "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----"


class SigningKey(dto.Value):
    """A key pair of eBay's Key Management.

    :param jwe: the public half, sealed by eBay: goes into every signed call
    :param private_key: PKCS 8, with or without the lines around it
    """

    jwe: str
    private_key: str

    def __repr__(self) -> str:
        return "SigningKey(…)"


def read_key(text: str) -> SigningKey:
    """Return the key kept as the text of :func:`keep_key`, or pasted as eBay's answer.

    :raise Rejected: ``signing_key_bad``, the text is no such key
    """
    try:
        fields = msgspec.json.decode(text, type=dict[str, object])
        key = SigningKey(jwe=str(fields["jwe"]), private_key=str(fields.get("privateKey") or fields["private_key"]))
    except (msgspec.DecodeError, KeyError):
        raise _bad_key() from None
    if not key.jwe.isascii() or not key.jwe.isprintable():
        raise _bad_key()
    _load(key)
    return key


def keep_key(key: SigningKey) -> str:
    """Return a key as a text to be kept encrypted."""
    return msgspec.json.encode({"jwe": key.jwe, "privateKey": key.private_key}).decode()


def build_digest(body: bytes) -> str:
    """Return the value of Content-Digest."""
    return f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"


def build_base(components: dict[str, str], created: int) -> str:
    """Return the text that is signed: one line for each component in their order, and their list with the time."""
    lines = [f'"{name}": {value}' for name, value in components.items()]
    return "\n".join([*lines, f'"@signature-params": {_params(components, created)}'])


def sign(method: str, url: str, body: bytes | None, key: SigningKey, created: int) -> dict[str, str]:
    """Return the headers that sign one call.

    :param created: seconds since 1970, by our clock
    :raise Rejected: ``signing_key_bad``
    """
    target = urlsplit(url)
    digest = {} if body is None else {"content-digest": build_digest(body)}
    components = {
        **digest,
        "x-ebay-signature-key": key.jwe,
        "@method": method.upper(),
        "@path": target.path or "/",
        "@authority": _authority(target),
    }
    signature = _load(key).sign(build_base(components, created).encode("ascii"))
    return {
        **({"Content-Digest": digest["content-digest"]} if digest else {}),
        "x-ebay-enforce-signature": "true",
        "x-ebay-signature-key": key.jwe,
        "Signature-Input": f"sig1={_params(components, created)}",
        "Signature": f"sig1=:{base64.b64encode(signature).decode()}:",
    }


def _params(components: dict[str, str], created: int) -> str:
    names = " ".join(f'"{name}"' for name in components)
    return f"({names});created={created}"


def _authority(target) -> str:
    """Return the host as it goes over the wire: lower case, the port only where it is not the scheme's own."""
    host = target.hostname or ""
    return host if target.port in (None, _PORTS.get(target.scheme)) else f"{host}:{target.port}"


def _bad_key() -> Rejected:
    words = "the signing key entered here is none of eBay's; paste eBay's answer again, or leave it empty for a new one"
    return Rejected("signing_key_bad", message=words)


def _load(key: SigningKey) -> Ed25519PrivateKey:
    bare = "".join(key.private_key.replace(_BEGIN, "").replace(_END, "").split())
    lines = "\n".join(bare[place : place + 64] for place in range(0, len(bare), 64))
    try:
        loaded = load_pem_private_key(f"{_BEGIN}\n{lines}\n{_END}\n".encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise _bad_key() from None
    if not isinstance(loaded, Ed25519PrivateKey):
        raise _bad_key()
    return loaded
