"""Requests are signed as RFC 5849 says, with its own examples."""

import base64
import hashlib
import hmac
from urllib.parse import unquote

import pytest
from odoo.addons.oms_channel_magento.lib import oauth1

CREDENTIALS = oauth1.Credentials("9djdj82h48djs9d2", "j49sk3j29djd", "kkk9d7dh3k39sjv7", "dh893hdasih9")


def test_the_base_string_of_the_rfc():
    # §3.4.1.1 and §3.4.1.3.1: the query, the header and a form together
    protocol = [
        ("oauth_consumer_key", "9djdj82h48djs9d2"),
        ("oauth_token", "kkk9d7dh3k39sjv7"),
        ("oauth_signature_method", "HMAC-SHA1"),
        ("oauth_timestamp", "137131201"),
        ("oauth_nonce", "7d8f3e4a"),
    ]
    form = [("c2", ""), ("a3", "2 q")]
    text = oauth1.build_base_string(
        "post", "http://EXAMPLE.COM:80/request?b5=%3D%253D&a3=a&c%40=&a2=r%20b", [*protocol, *form]
    )
    assert text == (
        "POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2"
        "%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth"
        "_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7"
    )


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("http://EXAMPLE.COM:80/r%20v/X?id=123", "http://example.com/r%20v/X"),
        ("https://www.example.net:8080/?q=1", "https://www.example.net:8080/"),
        ("https://example.net:443", "https://example.net/"),
    ],
)
def test_addresses_are_written_as_the_rfc_does(url, address):
    assert oauth1.build_base_string("GET", url, ()).split("&")[1] == oauth1.escape(address)


def test_the_key_is_both_secrets_encoded():
    # §3.4.2 with SHA-256 in place of SHA-1
    digest = hmac.new(b"a%26b&c%3Dd", b"text", hashlib.sha256).digest()
    assert oauth1.sign("text", "a&b", "c=d") == base64.b64encode(digest).decode()


def test_the_header_holds_what_was_signed():
    params = (("searchCriteria[filterGroups][0][filters][0][value]", "2026-11-01 00:00:00"),)
    moment = oauth1.Moment("abc", 1795410000)
    header = oauth1.build_header(CREDENTIALS, moment, "GET", "https://shop.example/rest/all/V1/orders", params)
    assert header.startswith("OAuth ")
    fields = dict(part.split("=", 1) for part in header.removeprefix("OAuth ").split(", "))
    fields = {name: unquote(value.strip('"')) for name, value in fields.items()}
    signature = fields.pop("oauth_signature")
    assert fields == {
        "oauth_consumer_key": "9djdj82h48djs9d2",
        "oauth_nonce": "abc",
        "oauth_signature_method": "HMAC-SHA256",
        "oauth_timestamp": "1795410000",
        "oauth_token": "kkk9d7dh3k39sjv7",
        "oauth_version": "1.0",
    }
    text = oauth1.build_base_string("GET", "https://shop.example/rest/all/V1/orders", [*params, *fields.items()])
    assert signature == oauth1.sign(text, "j49sk3j29djd", "dh893hdasih9")
    assert "j49sk3j29djd" not in header
    assert "dh893hdasih9" not in header + repr(CREDENTIALS)


def test_a_change_of_anything_changes_the_signature():
    moment = oauth1.Moment("abc", 1)
    url = "https://shop.example/rest/all/V1/orders"
    headers = {
        oauth1.build_header(CREDENTIALS, moment, "GET", url, ()),
        oauth1.build_header(CREDENTIALS, moment, "POST", url, ()),
        oauth1.build_header(CREDENTIALS, moment, "GET", url + "/1", ()),
        oauth1.build_header(CREDENTIALS, moment, "GET", url, (("a", "b"),)),
        oauth1.build_header(CREDENTIALS, oauth1.Moment("abd", 1), "GET", url, ()),
        oauth1.build_header(CREDENTIALS._replace(token_secret="x"), moment, "GET", url, ()),
    }
    assert len({header.rsplit("oauth_signature=", 1)[1] for header in headers}) == 6
