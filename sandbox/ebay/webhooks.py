"""Requests that eBay makes to the application: the challenge of a destination, and signed messages.

Challenge: developer.ebay.com/marketplace-account-deletion. Header and signature: validator of
eBay/event-notification-nodejs-sdk, and the AsyncAPI documents of the topics; all seen 2026-11-26. Only this machine is
ever called, whatever address is registered.
"""

import base64
import hashlib
import http.client
import json
import secrets
from urllib.parse import quote, urlsplit

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from .store import stamp

TIMEOUT_SECONDS = 20
# eBay itself signs with SHA-1 (getPublicKey: "digest": "SHA1").
_DIGESTS = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}  # noqa: S303
FORGERIES = ("wrong_key", "unknown_key", "no_signature", "changed_body", "garbage_signature")


class UnreachableError(Exception):
    """The application's address is not on this machine, or nobody answers there."""


def challenge(world, endpoint, token):
    """Say whether an endpoint answers a challenge as it must; the world's lock is let go meanwhile."""
    code = secrets.token_hex(16)
    target = f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}challenge_code={quote(code)}"
    try:
        status, body = _send(world, "GET", target, b"", {})
        answer = json.loads(body)
    except (UnreachableError, ValueError):
        return False
    expected = hashlib.sha256(f"{code}{token}{endpoint}".encode()).hexdigest()
    return status == 200 and isinstance(answer, dict) and answer.get("challengeResponse") == expected


class Notary:
    """Signs messages with a key that getPublicKey gives out."""

    def __init__(self, world):
        self._world = world
        self._key = None
        self.key_id = None
        self._last = None

    def restore(self, kept):
        """Take over the key of an earlier run."""
        saved = kept.get("ebay_notice_key", {}).get("key")
        if saved:
            self._key = serialization.load_pem_private_key(saved["pem"].encode(), None)
            self.key_id = saved["key_id"]

    def ready(self):
        """Make a key where there is none yet; return self."""
        if self._key is None:
            self._key = ec.generate_private_key(ec.SECP256R1())
            self.key_id = secrets.token_hex(16)
            pem = self._key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            self._world.disk.put("ebay_notice_key", "key", {"key_id": self.key_id, "pem": pem.decode()})
        return self

    def public_key(self):
        """Return the answer of getPublicKey as JSON values; eBay writes the key on one line."""
        pem = (
            self.ready()
            ._key.public_key()
            .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        )
        return {"algorithm": "ECDSA", "digest": "SHA1", "key": pem.decode().replace("\n", "")}

    def deliver(self, url, message, options):
        """Send a message (None: the last one again, byte for byte) to a URL; return the status it got.

        :raises UnreachableError: when the URL is not on this machine or nobody answers
        """
        if message is None:
            if self._last is None:
                raise ValueError("there is no message to repeat")
            body, headers = self._last
        else:
            body, headers = self._sign(message, options)
            self._last = (body, headers)
        status, _body = _send(self._world, "POST", url, body, headers)
        return status

    def _sign(self, message, options):
        """Return the body and the headers of a message, forged as ``options`` says."""
        forge, digest = options.get("forge"), options.get("digest", "SHA1")
        key = self.ready()._key
        body = json.dumps(message, separators=(",", ":"), ensure_ascii=False).encode()
        if forge in ("wrong_key", "unknown_key"):
            key = ec.generate_private_key(ec.SECP256R1())
        signature = key.sign(body, ec.ECDSA(_DIGESTS[digest]()))
        claim = {
            "alg": "ecdsa",
            "kid": secrets.token_hex(16) if forge == "unknown_key" else self.key_id,
            "signature": base64.b64encode(signature).decode(),
            "digest": digest,
        }
        header = base64.b64encode(json.dumps(claim, separators=(",", ":")).encode()).decode()
        headers = {"Content-Type": "application/json", "X-EBAY-SIGNATURE": header}
        if forge == "no_signature":
            del headers["X-EBAY-SIGNATURE"]
        elif forge == "garbage_signature":
            headers["X-EBAY-SIGNATURE"] = "bm90IGEgc2lnbmF0dXJl"
        elif forge == "changed_body":
            body = body.replace(b'"notificationId":"', b'"notificationId":"x', 1)
        return body, headers


def build_message(topic, data, dates):
    """Return a message; ``dates`` are the instants of the event and of its publication, and the notification's id."""
    happened_at, published_at, notification_id = dates
    return {
        "metadata": {"topic": topic, "schemaVersion": "1.0", "deprecated": False},
        "notification": {
            "notificationId": notification_id,
            "eventDate": stamp(happened_at),
            "publishDate": stamp(published_at),
            "publishAttemptCount": 1,
            "data": data,
        },
    }


def _send(world, method, url, body, headers):
    parts = urlsplit(url)
    try:
        if parts.scheme != "http" or parts.hostname != "127.0.0.1" or not parts.port:
            raise UnreachableError("only http://127.0.0.1 with a port is called")
    except ValueError:
        raise UnreachableError("the port is not a number") from None
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # Whoever is called may call back, for the public key: the lock must be free.
    with world.unlocked():
        connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request(method, target, body=body or None, headers=headers)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as problem:
            raise UnreachableError(f"nobody answered at {parts.netloc}: {type(problem).__name__}") from problem
        finally:
            connection.close()
