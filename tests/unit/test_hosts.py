"""Which URLs and addresses an account may call, against the ways a server is made to fetch what it must not."""

import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.client.hosts import HostPolicy, Target, is_loopback, is_public
from odoo.addons.oms_core.lib.errors import Rejected, RetryLater

SHOP = HostPolicy(frozenset({"shop.example"}))


def answers(*addresses):
    return lambda host, port, **_options: [
        (socket.AF_INET6 if ":" in address else socket.AF_INET, 1, 6, "", (address, port)) for address in addresses
    ]


def reason(call, *args):
    with pytest.raises(Rejected) as caught:
        call(*args)
    assert caught.value.code == "host_refused"
    return caught.value.params["reason"]


def test_an_allowed_host_is_read():
    assert SHOP.target("https://shop.example/a?b=c") == Target("https", "shop.example", 443)
    assert SHOP.target("https://SHOP.example:8443") == Target("https", "shop.example", 8443)


@pytest.mark.parametrize(
    "url, why",
    [
        ("http://shop.example/", "not_https"),
        ("ftp://shop.example/", "not_https"),
        ("file:///etc/passwd", "not_https"),
        ("gopher://shop.example/", "not_https"),
        ("//shop.example/", "not_https"),
        ("shop.example/", "not_https"),
        ("", "bad_url"),
        ("https://", "bad_url"),
        ("https:///x", "bad_url"),
        ("https://other.example/", "not_allowed"),
        ("https://shop.example.other.example/", "not_allowed"),
        ("https://notshop.example/", "not_allowed"),
        ("https://shop.example./", "bad_url"),
        ("https://shop.example@other.example/", "holds_credentials"),
        ("https://user:secret@shop.example/", "holds_credentials"),
        ("https://other.example\\@shop.example/", "bad_url"),
        ("https://shop.example\\.other.example/", "bad_url"),
        ("https://shop.example#@other.example/", "bad_url"),
        ("https://shop.example/#x", "bad_url"),
        ("https://shop.example:99999/", "bad_url"),
        ("https://shop.example:0/", "bad_url"),
        ("https://shop.example:abc/", "bad_url"),
        ("https://shop.example/a b", "bad_url"),
        ("https://shop.example/\r\nHost: x", "bad_url"),
        ("https://shop.example/\x00", "bad_url"),
        ("https://shop\t.example/", "bad_url"),
        ("https://shop.exämple/", "bad_url"),
        ("https://shop。example/", "bad_url"),
        ("https://[::1/", "bad_url"),
        ("https://[fe80::1%25eth0]/", "bad_url"),
    ],
)
def test_urls_that_go_elsewhere_are_refused(url, why):
    assert reason(SHOP.target, url) == why


# The list of addresses that must never be reached from a base URL, as a name's answer or written into the URL.
PRIVATE = [
    "127.0.0.1",
    "127.8.8.8",
    "0.0.0.0",
    "10.1.2.3",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "192.0.2.1",
    "198.18.0.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "::ffff:169.254.169.254",
    "::127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "2002:7f00:1::",
    "2001:0:7f00:1::",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "2001:db8::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_refused(address):
    assert not is_public(address)
    target = SHOP.target("https://shop.example/")
    assert reason(SHOP.addresses, target, answers(address)) == "address_not_public"
    # One good address beside it does not help, in either order: whoever answers so waits for us to take the other.
    assert reason(SHOP.addresses, target, answers("93.184.216.34", address)) == "address_not_public"
    assert reason(SHOP.addresses, target, answers(address, "93.184.216.34")) == "address_not_public"


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_a_public_address_is_called(address):
    assert SHOP.addresses(SHOP.target("https://shop.example/"), answers(address)) == (address,)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.1", "2130706433", "0x7f.1", "017700000001", "localhost", "[::1]"])
def test_no_way_to_write_this_machine_gets_through(host):
    """With the resolver of the system, which understands all these forms."""
    policy = HostPolicy.for_endpoints([f"https://{host}/"])
    assert reason(policy.addresses, policy.target(f"https://{host}/")) == "address_not_public"


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_the_switch_opens_loopback(address):
    policy = HostPolicy(frozenset({"shop.example"}), allow_loopback=True)
    for url in ("http://shop.example/", "https://shop.example/"):
        assert policy.addresses(policy.target(url), answers(address)) == (address,)


@pytest.mark.parametrize("address", [address for address in PRIVATE if not is_loopback(address)])
def test_the_switch_opens_nothing_but_loopback(address):
    policy = HostPolicy(frozenset({"shop.example"}), allow_loopback=True)
    target = policy.target("https://shop.example/")
    assert reason(policy.addresses, target, answers(address)) == "address_not_public"
    assert reason(policy.addresses, target, answers("127.0.0.1", address)) == "address_not_public"


def test_plain_http_stays_on_this_machine():
    policy = HostPolicy(frozenset({"shop.example"}), allow_loopback=True)
    target = policy.target("http://shop.example/")
    assert reason(policy.addresses, target, answers("93.184.216.34")) == "not_https"


@pytest.mark.parametrize("error", [socket.gaierror(-2, "no"), UnicodeError("label too long"), TimeoutError()])
def test_a_name_without_address_may_have_one_later(error):
    def lookup(*_args, **_options):
        raise error

    with pytest.raises(RetryLater) as caught:
        SHOP.addresses(SHOP.target("https://shop.example/"), lookup)
    assert (caught.value.code, caught.value.is_uncertain) == ("unreachable", False)


def test_endpoints_make_the_allow_list():
    policy = HostPolicy.for_endpoints(["https://api.shop.example/v1", "https://LOGIN.shop.example:8443/"])
    assert policy.allowed_hosts == {"api.shop.example", "login.shop.example"}
    with pytest.raises(Rejected):
        HostPolicy.for_endpoints(["https://me:secret@shop.example/"])


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text):
    for url in (text, f"https://{text}", f"https://shop.example{text}", f"https://{text}@shop.example"):
        try:
            assert SHOP.target(url).host == "shop.example"
        except Rejected as error:
            assert error.code == "host_refused"


@given(st.ip_addresses(v=4, network="10.0.0.0/8") | st.ip_addresses(v=4, network="127.0.0.0/8"))
def test_no_wrapping_makes_a_private_address_public(ip):
    number = int(ip)
    wrapped = [f"::ffff:{ip}", f"::{ip}", f"64:ff9b::{ip}", f"2002:{number >> 16:x}:{number & 0xFFFF:x}::1"]
    assert not any(is_public(address) for address in [str(ip), *wrapped])


# --- files the channel's answers send us for -------------------------------------------------------------------------

FILES = HostPolicy(frozenset({"shop.example"}), file_hosts=(r"bucket-(eu|na)\.s3\.example",))


def test_a_file_host_is_named_as_one():
    assert FILES.target("https://bucket-eu.s3.example/x?sig=1") == Target("https", "bucket-eu.s3.example", 443, True)
    assert FILES.target("https://shop.example/") == Target("https", "shop.example", 443, False)


@pytest.mark.parametrize(
    "url, why",
    [
        ("https://bucket-fe.s3.example/", "not_allowed"),
        ("https://evil-bucket-eu.s3.example/", "not_allowed"),
        ("https://bucket-eu.s3.example.evil.example/", "not_allowed"),
        ("https://evil.example/bucket-eu.s3.example", "not_allowed"),
        ("https://bucket-eu.s3xexample/", "not_allowed"),
        ("http://bucket-eu.s3.example/", "not_https"),
        ("https://bucket-eu.s3.example:8443/", "not_https"),
        ("https://user@bucket-eu.s3.example/", "holds_credentials"),
    ],
)
def test_nothing_beside_a_file_host_is_one(url, why):
    assert reason(FILES.target, url) == why


@pytest.mark.parametrize("address", PRIVATE)
def test_a_file_host_is_public_also_where_loopback_is_open(address):
    policy = HostPolicy(frozenset(), allow_loopback=True, file_hosts=FILES.file_hosts)
    target = policy.target("https://bucket-eu.s3.example/")
    assert reason(policy.addresses, target, answers(address)) == "address_not_public"
    assert reason(policy.target, "http://bucket-eu.s3.example/") == "not_https"
