"""Signed calls: the digest, what is signed, and that the signature is the key's."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from odoo.addons.oms_channel_ebay.lib import signing
from odoo.addons.oms_core.lib.errors import Rejected

URL = "https://api.ebay.com/sell/fulfillment/v1/order/12-34567-89012/issue_refund"
PAIR = Ed25519PrivateKey.generate()


def pem(private):
    """Return a private key as eBay gives it out: one line, without its frame."""
    text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    return "".join(text.splitlines()[1:-1])


KEY = signing.SigningKey(jwe="eyJ.a.b", private_key=pem(PAIR))


def signature(headers):
    """Return the bytes of the signature in the headers."""
    return base64.b64decode(headers["Signature"].removeprefix("sig1=:").removesuffix(":"))


def test_the_digest_of_a_body():
    # The example of eBay's guide, which is that of RFC 9530.
    assert signing.build_digest(b'{"hello": "world"}') == "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:"


def test_what_is_signed_is_what_the_guide_says():
    headers = signing.sign("post", URL, b"{}", KEY, 1659651955)
    signed = (
        f'"content-digest": {signing.build_digest(b"{}")}\n'
        '"x-ebay-signature-key": eyJ.a.b\n'
        '"@method": POST\n'
        '"@path": /sell/fulfillment/v1/order/12-34567-89012/issue_refund\n'
        '"@authority": api.ebay.com\n'
        '"@signature-params": ("content-digest" "x-ebay-signature-key" "@method" "@path" "@authority")'
        ";created=1659651955"
    )
    PAIR.public_key().verify(signature(headers), signed.encode())
    assert headers["Signature-Input"] == f"sig1={signed.rpartition(': ')[2]}"
    assert headers["x-ebay-signature-key"] == "eyJ.a.b"
    assert headers["Content-Digest"] == signing.build_digest(b"{}")


def test_a_call_without_a_body_has_no_digest():
    headers = signing.sign("GET", "https://apiz.ebay.com/sell/finances/v1/payout", None, KEY, 7)
    assert "Content-Digest" not in headers
    assert headers["Signature-Input"] == 'sig1=("x-ebay-signature-key" "@method" "@path" "@authority");created=7'


@pytest.mark.parametrize(
    ("url", "authority"),
    [
        ("https://API.ebay.com/x", "api.ebay.com"),
        ("https://api.ebay.com:443/x", "api.ebay.com"),
        ("http://127.0.0.1:8080/x", "127.0.0.1:8080"),
    ],
)
def test_the_port_is_named_where_it_is_not_the_usual_one(url, authority):
    signed = signing.build_base(
        {"x-ebay-signature-key": "eyJ.a.b", "@method": "GET", "@path": "/x", "@authority": authority}, 7
    )
    PAIR.public_key().verify(signature(signing.sign("GET", url, None, KEY, 7)), signed.encode())


def test_another_body_has_another_signature():
    headers = signing.sign("POST", URL, b"{}", KEY, 7)
    other = signing.sign("POST", URL, b'{"a": 1}', KEY, 7)
    with pytest.raises(InvalidSignature):
        base = signing.build_base({"content-digest": other["Content-Digest"]}, 7)
        PAIR.public_key().verify(signature(headers), base.encode())
    assert signature(headers) != signature(other)


def test_a_key_is_kept_and_read_again():
    assert signing.read_key(signing.keep_key(KEY)) == KEY
    framed = signing.SigningKey(
        jwe="eyJ.a.b", private_key=f"-----BEGIN PRIVATE KEY-----\n{KEY.private_key}\n-----END PRIVATE KEY-----"
    )
    assert signature(signing.sign("GET", URL, None, framed, 7)) == signature(signing.sign("GET", URL, None, KEY, 7))
    assert KEY.private_key not in repr(KEY)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no JSON",
        "{}",
        '{"jwe": "x"}',
        '{"jwe": "x", "privateKey": "AAAA"}',
        '{"jwe": "x\\ny", "privateKey": "AAAA"}',
        signing.keep_key(signing.SigningKey(jwe="x", private_key=pem(ec.generate_private_key(ec.SECP256R1())))),
    ],
)
def test_what_is_no_key_is_named(text):
    with pytest.raises(Rejected) as caught:
        signing.read_key(text)
    assert caught.value.code == "signing_key_bad"
