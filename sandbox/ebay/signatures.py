"""Key Management and the digital signatures that calls for EU and UK sellers must carry.

Headers and signature base: eBay's guide "Digital Signatures for APIs" (README of
eBay/digital-signature-verification-ebay-api), RFC 9421 §2.5 and RFC 9530; seen 2026-11-26. Error ids 215001 and 215120
are those that sellers report there (issues 21 and 73 of ebay_rest).
"""

import base64
import hashlib
import re
import secrets
from datetime import timedelta

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from .errors import ApiError
from .reading import Field, Refusal, read_body, read_query

_LIFETIME = timedelta(days=3 * 365)
_REFUSAL = Refusal(210006, "API_KEYS", "You must request for new signing key with valid request payload")
_COVERED = ("x-ebay-signature-key", "@method", "@path", "@authority")
_INPUT = re.compile(r'sig1=(\(("[^"]+"(?: "[^"]+")*)\);created=(\d{1,12})((?:;[a-z]+=[^;,]+)*))\Z')
_SIGNATURE = re.compile(r"sig1=:([A-Za-z0-9+/]+=*):\Z")
_DIGEST = re.compile(r"sha-256=:([A-Za-z0-9+/]+=*):\Z")


class SigningKeys:
    """The keypairs given out to applications; the private halves are not kept."""

    def __init__(self, world):
        self._world = world
        self._keys = {}

    def restore(self, kept):
        """Take over the keys of an earlier run."""
        self._keys = dict(kept.get("ebay_signing_key", {}))

    def create(self, call, client_id):
        """Answer createSigningKey with JSON values; raise ApiError 400."""
        read_query(call.query, (), _REFUSAL)
        body = read_body(call, {"signingKeyCipher": Field("text")}, _REFUSAL, is_optional=True)
        cipher = body.get("signingKeyCipher", "ED25519")
        if cipher not in ("ED25519", "RSA"):
            raise ApiError(
                400,
                210001,
                "You must supply a valid signing key cipher. Allowed values are ED25519 and RSA.",
                domain="API_KEYS",
            )
        if cipher == "ED25519":
            private = Ed25519PrivateKey.generate()
        else:
            private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        now = self._world.clock.now()
        key = {
            "creationTime": int(now.timestamp()),
            "expirationTime": int((now + _LIFETIME).timestamp()),
            # Opaque to callers, as the real one is: five parts, and nothing in them that they could read.
            "jwe": ".".join(["eyJ" + secrets.token_urlsafe(24), *(secrets.token_urlsafe(24) for _part in range(4))]),
            "publicKey": _base64(
                private.public_key().public_bytes(
                    serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
                )
            ),
            "signingKeyCipher": cipher,
            "signingKeyId": secrets.token_hex(16),
        }
        self._keys[key["signingKeyId"]] = {"client_id": client_id, "key": key}
        self._world.disk.put("ebay_signing_key", key["signingKeyId"], self._keys[key["signingKeyId"]])
        self._world.ledger.append(
            "signing_key_created", key["signingKeyId"], {"client_id": client_id, "cipher": cipher}
        )
        packed = private.private_bytes(
            serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        return {**key, "privateKey": _base64(packed)}

    def all_of(self, call, client_id):
        """Answer getSigningKeys with JSON values."""
        read_query(call.query, (), _REFUSAL)
        return {"signingKeys": [kept["key"] for kept in self._keys.values() if kept["client_id"] == client_id]}

    def one(self, call, client_id, key_id):
        """Answer getSigningKey with JSON values; raise ApiError 404."""
        read_query(call.query, (), _REFUSAL)
        kept = self._keys.get(key_id)
        if kept is None or kept["client_id"] != client_id:
            raise ApiError(404, 210002, f"The signing key with id {key_id} was not found.", domain="API_KEYS")
        return kept["key"]

    def verify(self, client_id, call):
        """Check the signature of a request that must have one; raise ApiError 400 if it is missing or wrong."""
        jwe = call.header("x-ebay-signature-key")
        if not jwe:
            raise ApiError(400, 215001, "Missing x-ebay-signature-key header", domain="ACCESS")
        key = next(
            (k["key"] for k in self._keys.values() if k["key"]["jwe"] == jwe and k["client_id"] == client_id), None
        )
        if key is None or key["expirationTime"] <= self._world.clock.now().timestamp():
            raise _invalid("the signature key is unknown or has expired")
        found = _INPUT.match(call.header("signature-input") or "")
        given = _SIGNATURE.match(call.header("signature") or "")
        if not found or not given:
            raise _invalid("Signature-Input or Signature is missing or misshapen")
        covered = tuple(part.strip('"') for part in found.group(2).split(" "))
        needed = (("content-digest",) if call.body else ()) + _COVERED
        if set(needed) - set(covered) or len(set(covered)) != len(covered):
            raise _invalid("the signature must cover " + ", ".join(needed))
        if call.body:
            _ensure_digest(call)
        base = _signature_base(call, covered, found.group(1))
        try:
            _verify(key, base64.b64decode(given.group(1)), base)
        except (InvalidSignature, ValueError):
            raise _invalid("the signature does not fit the request") from None


def _ensure_digest(call):
    given = _DIGEST.match(call.header("content-digest") or "")
    if not given or given.group(1) != _base64(hashlib.sha256(call.body).digest()):
        raise _invalid("Content-Digest does not fit the body")


def _signature_base(call, covered, parameters):
    """Return what was signed (RFC 9421 §2.5): a line for each component, then the parameters."""
    derived = {"@method": call.method, "@path": call.path, "@authority": (call.header("host") or "").lower()}
    lines = []
    for name in covered:
        value = derived.get(name, call.header(name))
        if value is None:
            raise _invalid(f"the signature covers {name}, which the request does not have")
        lines.append(f'"{name}": {value.strip()}')
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode()


def _verify(key, signature, base):
    packed = base64.b64decode(key["publicKey"])
    public = serialization.load_der_public_key(packed)
    if isinstance(public, Ed25519PublicKey):
        public.verify(signature, base)
    else:
        public.verify(signature, base, padding.PKCS1v15(), hashes.SHA256())


def _invalid(reason):
    return ApiError(400, 215120, "Signature validation failed", domain="ACCESS", parameters={"reason": reason})


def _base64(data):
    return base64.b64encode(data).decode()
