"""What eBay tells us by itself: is it eBay, is it new, and what does it hint at.

A message carries X-EBAY-SIGNATURE: base64 of JSON with the id of a key and an ECDSA signature over the body as it came.
Sources: commerce_notification v1.2.0 (getPublicKey) and github.com/eBay/event-notification-nodejs-sdk; topics and
fields of messages: developer.ebay.com/api-docs/master/commerce/notification/asyncapi; all seen 2026-11-26.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed
from odoo.addons.oms_core.lib.strict_json import read

from . import const
from .mapper import MAX_ID, text
from .wire import Instant, Wire, convert

_KEY_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_DIGESTS = {
    "SHA1": hashes.SHA1,  # noqa: S303 (eBay's choice, PublicKey.digest; nobody can find a second text for a digest)
    "SHA256": hashes.SHA256,
    "SHA384": hashes.SHA384,
    "SHA512": hashes.SHA512,
}
_BEGIN, _END = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"


class Seal(Wire):
    """What X-EBAY-SIGNATURE holds."""

    kid: str
    signature: str
    alg: str | None = None
    digest: str | None = None


class Metadata(Wire):
    """What a message is about."""

    topic: str


class Notification(Wire):
    """The message. ``publish_date`` is that of this attempt to tell us."""

    notification_id: str
    event_date: Instant | None = None
    publish_date: Instant | None = None
    data: dict[str, Any] | None = None


class Message(Wire):
    """The whole body."""

    metadata: Metadata
    notification: Notification


def parse_webhook(call: dto.WebhookCall, secrets: Mapping[str, str]) -> tuple[dto.ChannelEvent, ...]:
    """Verify a message and return what it says.

    :param secrets: the keys we know, under ``public_key:<id>``
    :raise AuthFailed: ``webhook_unsigned``, ``webhook_forged``, ``webhook_too_old``, ``webhook_from_future``, or
        ``webhook_key_unknown`` with ``key_id``
    :raise Malformed: it is eBay's, and cannot be read
    """
    seal = _read_seal(call.headers.get(const.SIGNATURE_HEADER, ""))
    key = secrets.get(f"{const.PUBLIC_KEY_PREFIX}{seal.kid}")
    if not key:
        raise AuthFailed("webhook_key_unknown", key_id=seal.kid)
    _verify(call.body, seal, key)
    message = convert(read(call.body), Message)
    _ensure_recent(message.notification, call.received_at)
    return (_event(message),)


def answer_challenge(call: dto.WebhookCall, secrets: Mapping[str, str]) -> bytes | None:
    """Return the answer to eBay's test of our address, ``None`` where the request is no such test.

    :raise AuthFailed: the verification token is missing
    """
    code = dict(call.query).get("challenge_code")
    if call.method != "GET" or not code:
        return None
    token = secrets.get(const.VERIFICATION_TOKEN)
    if not token:
        raise AuthFailed("secret_missing", name=const.VERIFICATION_TOKEN)
    endpoint = call.url.partition("?")[0]
    mixed = hashlib.sha256(f"{code}{token}{endpoint}".encode()).hexdigest()
    return msgspec.json.encode({"challengeResponse": mixed})


def _read_seal(header: str) -> Seal:
    if not header:
        raise AuthFailed("webhook_unsigned")
    try:
        seal = convert(read(base64.b64decode(header, validate=True)), Seal)
    except (binascii.Error, ValueError, Malformed):
        raise AuthFailed("webhook_forged") from None
    if not _KEY_ID.fullmatch(seal.kid):
        raise AuthFailed("webhook_forged")
    return seal


def _verify(body: bytes, seal: Seal, key: str) -> None:
    digest = _DIGESTS.get((seal.digest or "SHA1").upper().replace("-", ""))
    if digest is None or (seal.alg or "ecdsa").lower() != "ecdsa":
        raise AuthFailed("webhook_forged")
    try:
        load_public_key(key).verify(base64.b64decode(seal.signature, validate=True), body, ec.ECDSA(digest()))
    except (InvalidSignature, binascii.Error, ValueError):
        raise AuthFailed("webhook_forged") from None


def load_public_key(key: str) -> ec.EllipticCurvePublicKey:
    """Return a key as eBay gives it: a PEM without its line breaks.

    :raise AuthFailed: ``webhook_key_bad``, what is kept is no such key
    """
    bare = "".join(key.replace(_BEGIN, "").replace(_END, "").split())
    lines = "\n".join(bare[place : place + 64] for place in range(0, len(bare), 64))
    try:
        loaded = load_pem_public_key(f"{_BEGIN}\n{lines}\n{_END}\n".encode())
    except (ValueError, UnsupportedAlgorithm):
        raise AuthFailed("webhook_key_bad") from None
    if not isinstance(loaded, ec.EllipticCurvePublicKey):
        raise AuthFailed("webhook_key_bad")
    return loaded


def _ensure_recent(notification: Notification, received_at: datetime) -> None:
    """Raise AuthFailed for a message that says itself it is not of now: somebody kept a copy and sends it again."""
    told_at = notification.publish_date or notification.event_date
    if told_at is None or received_at - told_at > const.MESSAGE_LIFE:
        raise AuthFailed("webhook_too_old")
    if told_at - received_at > const.MESSAGE_AHEAD:
        raise AuthFailed("webhook_from_future")


def _event(message: Message) -> dto.ChannelEvent:
    topic, notification = message.metadata.topic, message.notification
    data = notification.data or {}
    kind, external_id, names = "other", None, ()
    if topic == const.BUYER_DELETED:
        kind = "buyer_deleted"
        found = (_named(data, name) for name in ("username", "userId", "eiasToken"))
        names = tuple(dict.fromkeys(name for name in found if name))
        external_id = names[0] if names else None
    elif topic in const.ORDER_TOPICS:
        kind, external_id = "order", _order_id(data)
    return dto.ChannelEvent(
        event_id=notification.notification_id,
        kind=kind,
        external_id=external_id,
        occurred_at=notification.event_date or notification.publish_date,
        names=names,
    )


def _order_id(data: Mapping[str, Any]) -> str | None:
    """Return the order a message names, in itself or in its part for the order or the line."""
    places = [data, *(value for value in data.values() if isinstance(value, dict))]
    found = next((name for place in places if (name := _named(place, "orderId"))), None)
    return found if found and len(found) <= MAX_ID else None


def _named(data: Mapping[str, Any], name: str) -> str | None:
    value = data.get(name)
    return text(value) if isinstance(value, str) else None
