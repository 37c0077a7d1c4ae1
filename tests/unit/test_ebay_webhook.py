"""Messages that come to us: eBay's own are believed, everybody else's are not."""

import base64
import hashlib
import json
from datetime import datetime, timedelta, timezone

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from odoo.addons.oms_channel_ebay.lib import const, webhook
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
URL = "https://shop.example.com/oms/webhook/key"
PAIR, STRANGER = (ec.generate_private_key(ec.SECP256R1()) for _count in range(2))
KID = "9936261a-7d7b-4621-a0f1-96ccb428af49"


def public(private):
    """Return a public key as eBay gives it: a PEM without its line breaks."""
    return private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode().replace("\n", "")


SECRETS = {f"public_key:{KID}": public(PAIR), const.VERIFICATION_TOKEN: "t" * 40}


def message(topic="ORDER_CONFIRMATION", published=NOW, data=None, **more):
    """Return the body of a message."""
    told = {
        "notificationId": "N1",
        "eventDate": (published - timedelta(seconds=1)).isoformat(),
        "publishDate": published.isoformat(),
        "publishAttemptCount": 1,
        "data": {"orderId": "12-34567-89012"} if data is None else data,
        **more,
    }
    return json.dumps({"metadata": {"topic": topic, "schemaVersion": "1.0"}, "notification": told}).encode()


def seal(body, private=PAIR, kid=KID, digest="SHA1", **more):
    """Return the header that signs a body."""
    algorithm = {"SHA1": hashes.SHA1, "SHA256": hashes.SHA256}.get(digest, hashes.SHA1)()
    signed = private.sign(body, ec.ECDSA(algorithm))
    fields = {"alg": "ecdsa", "kid": kid, "signature": base64.b64encode(signed).decode(), "digest": digest, **more}
    return base64.b64encode(json.dumps(fields).encode()).decode()


def call(body, header=None, **more):
    """Return a request with a body, sealed by eBay unless told otherwise."""
    header = seal(body) if header is None else header
    headers = {"x-ebay-signature": header} if header else {}
    values = {"method": "POST", "url": URL, "headers": headers, "query": (), "body": body, "received_at": NOW, **more}
    return dto.WebhookCall(**values)


def refused(request, secrets=SECRETS):
    """Return the error a request is refused with."""
    with pytest.raises(AuthFailed) as caught:
        webhook.parse_webhook(request, secrets)
    return caught.value


def test_an_order_is_hinted_at():
    for data in ({"orderId": "12-1-1"}, {"order": {"orderId": "12-1-1"}}):
        [event] = webhook.parse_webhook(call(message(data=data)), SECRETS)
        assert (event.event_id, event.kind, event.external_id) == ("N1", "order", "12-1-1")
        assert event.occurred_at == NOW - timedelta(seconds=1)


def test_a_buyer_who_left_has_all_names():
    data = {"username": "ann_buys", "userId": "ma8vp1jySJC", "eiasToken": "nY+sHZ2Pr"}
    [event] = webhook.parse_webhook(call(message("MARKETPLACE_ACCOUNT_DELETION", data=data)), SECRETS)
    assert (event.kind, event.external_id) == ("buyer_deleted", "ann_buys")
    assert event.names == ("ann_buys", "ma8vp1jySJC", "nY+sHZ2Pr")


def test_a_topic_nobody_asked_for_is_taken():
    [event] = webhook.parse_webhook(call(message("SOMETHING_NEW", data={})), SECRETS)
    assert (event.kind, event.external_id) == ("other", None)


def test_a_longer_digest_is_fine():
    body = message()
    assert webhook.parse_webhook(call(body, seal(body, digest="SHA256")), SECRETS)


def test_nobody_signed():
    assert refused(call(message(), "")).code == "webhook_unsigned"


def test_somebody_else_signed():
    body = message()
    assert refused(call(body, seal(body, STRANGER))).code == "webhook_forged"


def test_the_body_was_changed():
    body = message()
    assert refused(call(body.replace(b"12-34567", b"99-99999"), seal(body))).code == "webhook_forged"
    # The bytes count, not what they mean.
    assert refused(call(body.replace(b": ", b":"), seal(body))).code == "webhook_forged"


@pytest.mark.parametrize(
    "header",
    [
        "not base64!",
        base64.b64encode(b"[]").decode(),
        base64.b64encode(b"{}").decode(),
        base64.b64encode(b'{"kid": "../../x", "signature": "AAAA"}').decode(),
        base64.b64encode(b'{"kid": 7, "signature": "AAAA"}').decode(),
        base64.b64encode(f'{{"kid": "{KID}", "signature": "???"}}'.encode()).decode(),
        base64.b64encode(f'{{"kid": "{KID}", "signature": ""}}'.encode()).decode(),
    ],
)
def test_a_header_that_is_none(header):
    assert refused(call(message(), header)).code == "webhook_forged"


@pytest.mark.parametrize("more", [{"alg": "none"}, {"digest": "MD5"}, {"alg": "HS256"}])
def test_a_header_cannot_choose_a_weaker_way(more):
    body = message()
    assert refused(call(body, seal(body, **more))).code == "webhook_forged"


def test_a_key_that_is_not_here_yet_is_named():
    body = message()
    error = refused(call(body, seal(body, kid="another-key")))
    assert (error.code, error.params["key_id"]) == ("webhook_key_unknown", "another-key")
    assert refused(call(body), {}).code == "webhook_key_unknown"


def test_a_copy_sent_again_is_too_old():
    old = message(published=NOW - const.MESSAGE_LIFE - timedelta(seconds=1))
    assert refused(call(old)).code == "webhook_too_old"
    assert webhook.parse_webhook(call(message(published=NOW - timedelta(hours=2))), SECRETS)


def test_a_message_from_the_future():
    assert refused(call(message(published=NOW + timedelta(hours=1)))).code == "webhook_from_future"
    assert webhook.parse_webhook(call(message(published=NOW + timedelta(minutes=1))), SECRETS)


def test_a_message_without_a_time_proves_nothing():
    assert refused(call(message(publishDate=None, eventDate=None))).code == "webhook_too_old"


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"metadata": {}}', message(eventDate="yesterday")])
def test_eBays_own_nonsense_is_named(body):
    with pytest.raises(Malformed):
        webhook.parse_webhook(call(body), SECRETS)


def test_a_kept_key_that_is_none():
    assert refused(call(message()), {f"public_key:{KID}": "AAAA"}).code == "webhook_key_bad"


# --- the test of our address ----------------------------------------------------------------------------------------


def test_the_test_of_our_address_is_answered():
    request = call(b"", "", method="GET", url=f"{URL}?challenge_code=c0de", query=(("challenge_code", "c0de"),))
    expected = hashlib.sha256(b"c0de" + b"t" * 40 + URL.encode()).hexdigest()
    assert json.loads(webhook.answer_challenge(request, SECRETS)) == {"challengeResponse": expected}


def test_without_a_token_no_test_can_be_answered():
    request = call(b"", "", method="GET", query=(("challenge_code", "c0de"),))
    with pytest.raises(AuthFailed):
        webhook.answer_challenge(request, {})


def test_other_requests_are_no_test():
    assert webhook.answer_challenge(call(b"", "", method="GET"), SECRETS) is None
    assert webhook.answer_challenge(call(message(), query=(("challenge_code", "c0de"),)), SECRETS) is None
