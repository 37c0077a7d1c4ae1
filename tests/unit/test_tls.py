"""TLS is verified against the name, whatever address the connection went to."""

import datetime as dt
import socket
import ssl
import time

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from local_server import answer, serving
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Request, Transport
from odoo.addons.oms_core.lib.channel import Limits
from odoo.addons.oms_core.lib.errors import RetryLater

QUICK = Limits(connect_seconds=2.0, read_seconds=2.0, total_seconds=1.0)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A self-signed certificate for shop.example: (server context, path to trust it by)."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "shop.example")])
    today = dt.datetime.now(dt.timezone.utc)
    cert = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - dt.timedelta(days=1))
        .not_valid_after(today + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("shop.example")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("tls")
    pem, ca = folder / "server.pem", folder / "ca.pem"
    ca.write_bytes(cert.public_bytes(serialization.Encoding.PEM))
    private = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(key.private_bytes(*private) + ca.read_bytes())
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context, str(ca)


def to_loopback(host, port, **_options):
    return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]


def door(**options):
    policy = HostPolicy(frozenset({"shop.example", "localhost"}), allow_loopback=True)
    return Transport(policy, QUICK, MemoryLimiter(), lookup=to_loopback, **options)


def get(url):
    return Request("GET", url, "getOrder", is_repeatable=True)


def failure(send, request):
    with pytest.raises(RetryLater) as caught:
        send(request)
    return caught.value


def test_tls_is_verified_against_the_name_and_not_the_address(certificate):
    context, ca = certificate
    asked = []
    context.sni_callback = lambda _socket, name, _context: asked.append(name)
    with serving(answer("200 OK", b"{}"), context) as server:
        send = door(ca_bundle=ca).send
        assert send(get(f"https://shop.example:{server.port}/")).status == 200
        error = failure(send, get(f"https://localhost:{server.port}/"))
    assert asked == ["shop.example", "localhost"]
    assert (error.code, error.is_uncertain) == ("tls_untrusted", False)
    assert len(server.requests) == 1


def test_a_self_signed_certificate_is_refused(certificate):
    with serving(answer("200 OK", b"{}"), certificate[0]) as server:
        error = failure(door().send, get(f"https://shop.example:{server.port}/"))
    assert (error.code, error.is_uncertain) == ("tls_untrusted", False)
    assert server.requests == []


def test_a_handshake_that_never_ends_had_no_effect():
    def listen_only(connection, request):
        time.sleep(3)

    with serving(listen_only) as server:  # speaks no TLS: the client's hello is never answered
        error = failure(door().send, get(f"https://shop.example:{server.port}/"))
    assert (error.code, error.is_uncertain) == ("unreachable", False)
