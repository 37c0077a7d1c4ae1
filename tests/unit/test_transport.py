"""The HTTP door against real sockets: what each fault of a peer comes out as, and what never leaves us."""

import datetime as dt
import gzip
import logging
import socket
import threading
import time
import traceback

import pytest
from local_server import answer, serving
from odoo.addons.oms_core.client.hosts import HostPolicy
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Request, Transport
from odoo.addons.oms_core.lib.channel import Limits
from odoo.addons.oms_core.lib.errors import Malformed, Rejected, RetryLater
from odoo.addons.oms_core.lib.rates import Rate

LOCAL = HostPolicy(frozenset({"127.0.0.1", "localhost", "shop.example"}), allow_loopback=True)
NOW = dt.datetime(2026, 11, 23, 12, 0, tzinfo=dt.timezone.utc)
QUICK = Limits(connect_seconds=2.0, read_seconds=0.4, total_seconds=1.0)
CANARY = "Kanarie7SECRETvalueXYZ42"


def transport(limits=QUICK, policy=LOCAL, limiter=None, **options):
    return Transport(policy, limits, limiter or MemoryLimiter(), clock=lambda: NOW, **options)


def get(url, **options):
    return Request("GET", url, "getOrder", is_repeatable=True, **options)


def failure(kind, send, request):
    with pytest.raises(kind) as caught:
        send(request)
    return caught.value


# --- answers -------------------------------------------------------------------------------------------------------


def test_an_answer_comes_back_with_status_headers_and_json():
    with serving(answer("200 OK", b'{"total": 19.90}', "X-Amzn-RateLimit-Limit: 0.5")) as server:
        response = transport().send(
            get(f"{server.url}/orders", params=(("q", "a b&c"), ("q", "ü")), headers={"X-A": "1"})
        )
    assert response.status == 200
    assert response.headers["x-amzn-ratelimit-limit"] == "0.5"
    assert str(response.json()["total"]) == "19.90"
    head = server.requests[0].decode()
    assert head.startswith("GET /orders?q=a%20b%26c&q=%C3%BC HTTP/1.1\r\n")
    assert f"\r\nHost: 127.0.0.1:{server.port}\r\n" in head
    assert "\r\nX-A: 1\r\n" in head


def test_a_body_is_sent_as_it_is():
    with serving(answer("204 No Content")) as server:
        body = '{"a":"ä"}'.encode()
        response = transport().send(
            Request("POST", f"{server.url}/x", "push", headers={"Content-Type": "text/x"}, body=body)
        )
    assert response.status == 204 and response.body == b""
    assert server.requests[0].endswith(b"\r\n\r\n" + body)


def test_a_head_has_no_body_whatever_length_it_names():
    def head(connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n")

    with serving(head) as server:
        assert transport().send(Request("HEAD", server.url, "getOrder")).body == b""


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422])
def test_refusals_are_answers(status):
    with serving(answer(f"{status} No", b"{}")) as server:
        assert transport().send(get(server.url)).status == status


def test_one_call_is_one_connection_and_keeps_no_cookies():
    with serving(answer("200 OK", b"{}", f"Set-Cookie: session={CANARY}; Path=/")) as server:
        door = transport()
        door.send(get(server.url))
        door.send(get(server.url))
    assert len(server.requests) == 2
    assert all(b"Cookie" not in request for request in server.requests)


def test_proxies_and_netrc_of_the_environment_are_not_used(monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login me password {CANARY}\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("NO_PROXY", "")
    with serving(answer("200 OK", b"{}")) as server:
        transport().send(get(server.url))
    assert b"Authorization" not in server.requests[0]


# --- lost answers --------------------------------------------------------------------------------------------------


def hang(connection, request):
    connection.recv(1)


def hang_up(connection, request):
    connection.shutdown(socket.SHUT_RDWR)


def truncated(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n" + b'{"orders": [')


def truncated_chunks(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n40\r\n" + b'{"orders": [')


def garbage(connection, request):
    connection.sendall(b"\x00\x01 nonsense\r\n\r\n")


def drip_headers(connection, request):
    for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 200:
        connection.sendall(bytes([byte]))
        time.sleep(0.1)


def drip_body(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 200\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"a")
        time.sleep(0.1)


def drip_body_without_length(connection, request):
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    for _ in range(200):
        connection.sendall(b"1")
        time.sleep(0.1)


@pytest.mark.parametrize(
    "behaviour",
    [hang, hang_up, truncated, truncated_chunks, garbage, drip_headers, drip_body, drip_body_without_length],
)
def test_a_lost_answer_is_uncertain_and_ends_in_time(behaviour):
    started = time.monotonic()
    with serving(behaviour) as server:
        error = failure(RetryLater, transport().send, Request("POST", f"{server.url}/ship", "ship", body=b"{}"))
    assert (error.code, error.is_uncertain) == ("answer_lost", True)
    assert time.monotonic() - started < 2.0
    assert len(server.requests) == 1  # never sent twice


def test_a_slow_but_steady_answer_within_the_total_time_is_fine():
    def steady(connection, request):
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n")
        for byte in b"[1,2]":
            time.sleep(0.1)
            connection.sendall(bytes([byte]))

    with serving(steady) as server:
        assert transport().send(get(server.url)).json() == [1, 2]


def test_no_thread_and_no_descriptor_stays_behind():
    with serving(hang) as server, pytest.raises(RetryLater):
        transport().send(get(server.url))
    deadline = time.monotonic() + 5
    while any(isinstance(thread, threading.Timer) for thread in threading.enumerate()):
        assert time.monotonic() < deadline
        time.sleep(0.02)


# --- never reached -------------------------------------------------------------------------------------------------


def test_a_refused_connection_had_no_effect():
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    error = failure(RetryLater, transport().send, Request("POST", f"http://127.0.0.1:{port}/", "ship"))
    assert (error.code, error.is_uncertain) == ("unreachable", False)


def test_an_unknown_host_had_no_effect():
    def lookup(*_args, **_options):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    door = transport(lookup=lookup)
    error = failure(RetryLater, door.send, Request("POST", "https://shop.example/", "ship"))
    assert (error.code, error.is_uncertain) == ("unreachable", False)


def test_a_connection_nobody_accepts_had_no_effect():
    listener = socket.create_server(("127.0.0.1", 0), backlog=0)
    port = listener.getsockname()[1]
    waiting = [socket.socket() for _ in range(4)]  # fill the queue, so that the next SYN is not answered
    for sock in waiting:
        sock.setblocking(False)
        sock.connect_ex(("127.0.0.1", port))
    started = time.monotonic()
    limits = Limits(connect_seconds=0.3, read_seconds=5, total_seconds=10)
    try:
        error = failure(RetryLater, transport(limits).send, Request("POST", f"http://127.0.0.1:{port}/", "ship"))
    finally:
        for sock in [*waiting, listener]:
            sock.close()
    assert (error.code, error.is_uncertain) == ("unreachable", False)
    assert time.monotonic() - started < 2


def test_the_next_address_is_tried_when_the_first_does_not_answer():
    with serving(answer("200 OK", b"{}")) as server:
        answers = [(socket.AF_INET, 1, 6, "", (host, server.port)) for host in ("127.0.0.2", "127.0.0.1")]
        door = transport(lookup=lambda *_args, **_options: answers)
        assert door.send(get(f"http://shop.example:{server.port}/")).status == 200


def test_the_name_is_looked_up_once_and_the_checked_address_is_the_one_called():
    lookups = []

    def lookup(host, port, **_options):
        lookups.append(host)
        return [(socket.AF_INET, 1, 6, "", ("127.0.0.1", port))]

    with serving(answer("200 OK", b"{}")) as server:
        transport(lookup=lookup).send(get(f"http://shop.example:{server.port}/"))
    assert lookups == ["shop.example"]
    assert f"Host: shop.example:{server.port}".encode() in server.requests[0]


# --- redirects -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_told_and_never_followed(status):
    with serving(answer("200 OK", b"{}")) as other:
        location = f"Location: http://localhost:{other.port}/steal"
        with serving(answer(f"{status} Moved", b"", location)) as server:
            error = failure(Rejected, transport().send, get(server.url, headers={"x-access-token": CANARY}))
    assert (error.code, error.params["host"]) == ("redirected", "localhost")
    assert other.requests == []


def test_the_body_of_a_redirect_is_bounded_too():
    def endless(connection, request):
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
        while True:
            connection.sendall(b"a" * 65536)

    with serving(endless) as server:
        error = failure(Malformed, transport(max_body=1_000_000).send, get(server.url))
    assert error.code == "too_large"


# --- large bodies --------------------------------------------------------------------------------------------------


def test_a_body_over_the_limit_is_not_read_to_its_end():
    with serving(answer("200 OK", b"a" * 300_000)) as server:
        error = failure(Malformed, transport(max_body=100_000).send, get(server.url))
    assert (error.code, error.params["limit"]) == ("too_large", 100_000)


def test_gzip_is_undone():
    with serving(answer("200 OK", gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip")) as server:
        assert transport().send(get(server.url)).json() == {"a": 1}
    assert b"Accept-Encoding: gzip\r\n" in server.requests[0]


def test_a_gzip_bomb_is_bounded():
    bomb = gzip.compress(b"\0" * 200_000_000)
    with serving(answer("200 OK", bomb, "Content-Encoding: gzip")) as server:
        limits = Limits(read_seconds=10, total_seconds=20)
        error = failure(Malformed, transport(limits, max_body=1_000_000).send, get(server.url))
    assert error.code == "too_large"


@pytest.mark.parametrize(
    "body, encoding, code",
    [
        (gzip.compress(b"[1]")[:-4], "gzip", "bad_gzip"),
        (gzip.compress(b"[1]") * 2, "gzip", "bad_gzip"),
        (b"[1]", "gzip", "bad_gzip"),
        (b"[1]", "br", "unknown_encoding"),
        (b"[1]", "gzip, gzip", "unknown_encoding"),
    ],
)
def test_encodings_we_cannot_read_are_told(body, encoding, code):
    with serving(answer("200 OK", body, f"Content-Encoding: {encoding}")) as server:
        assert failure(Malformed, transport().send, get(server.url)).code == code


# --- the peer says "later" -----------------------------------------------------------------------------------------


def throttled(*headers, rates=None, limiter=None):
    with serving(answer("429 Too Many Requests", b"{}", *headers)) as server:
        door = transport(Limits(rates=rates or {}), limiter=limiter)
        return failure(RetryLater, door.send, get(server.url))


@pytest.mark.parametrize(
    "headers, seconds",
    [
        (["Retry-After: 7"], 7),
        (["Retry-After: 2.5"], 2.5),
        (["Retry-After: Mon, 23 Nov 2026 12:00:40 GMT"], 40),
        # the date is on the server's clock, which is an hour behind ours
        (["Retry-After: Mon, 23 Nov 2026 11:00:40 GMT", "Date: Mon, 23 Nov 2026 11:00:00 GMT"], 40),
        (["Retry-After: Mon, 23 Nov 2020 12:00:40 GMT"], 1),
        (["Retry-After: -5"], 1),
        (["Retry-After: 99999999999"], 86400),
        (["Retry-After: soon"], 200),
        (["Retry-After: nan"], 200),
        ([], 200),
    ],
)
def test_a_429_says_how_long_to_wait(headers, seconds):
    error = throttled(*headers, rates={"getOrder": Rate(0.005, 20)})
    assert (error.code, error.after.total_seconds(), error.is_uncertain) == ("throttled", seconds, False)


def test_a_429_without_any_rate_waits_the_base_delay():
    assert throttled().after.total_seconds() == 30


def test_after_a_429_nobody_calls_until_the_time_is_over():
    clock = [1000.0]
    limiter = MemoryLimiter(lambda: clock[0])
    rates = {"getOrder": Rate(1.0, 20)}
    throttled("Retry-After: 60", rates=rates, limiter=limiter)
    with serving(answer("200 OK", b"{}")) as server:
        door = transport(Limits(rates=rates), limiter=limiter)
        error = failure(RetryLater, door.send, get(server.url))
        assert (error.code, round(error.after.total_seconds())) == ("throttled", 60)
        assert server.requests == []
        clock[0] += 60
        assert door.send(get(server.url)).status == 200


def test_the_bucket_stops_calls_before_they_are_made():
    limiter = MemoryLimiter(lambda: 0.0)
    with serving(answer("200 OK", b"{}")) as server:
        door = transport(Limits(rates={"getOrder": Rate(0.5, 2)}), limiter=limiter)
        door.send(get(server.url))
        door.send(get(server.url))
        error = failure(RetryLater, door.send, get(server.url))
    assert (error.code, error.after.total_seconds(), error.is_uncertain) == ("throttled", 2.0, False)
    assert len(server.requests) == 2


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_after_a_server_error_the_effect_may_have_happened(status):
    with serving(answer(f"{status} Oops", b"<html>", "Retry-After: 90")) as server:
        write = failure(RetryLater, transport().send, Request("POST", server.url, "ship", body=b"{}"))
        read = failure(RetryLater, transport().send, get(server.url))
    assert (write.code, write.is_uncertain, write.params["status"]) == ("server_error", True, status)
    assert (read.code, read.is_uncertain) == ("server_error", False)
    assert write.after.total_seconds() == 90


def test_a_protocol_that_refuses_with_500_gets_that_answer():
    with serving(answer("500 Internal Service Error", b"<Fault/>")) as server:
        response = transport().send(Request("POST", server.url, "ship", body=b"<x/>", is_500_an_answer=True))
    assert (response.status, response.body) == (500, b"<Fault/>")


@pytest.mark.parametrize("status", [501, 502, 503, 504])
def test_no_other_failure_is_an_answer(status):
    with serving(answer(f"{status} Oops", b"<html>")) as server:
        error = failure(
            RetryLater, transport().send, Request("POST", server.url, "ship", body=b"<x/>", is_500_an_answer=True)
        )
    assert (error.code, error.is_uncertain, error.params["status"]) == ("server_error", True, status)


@pytest.mark.parametrize("is_repeatable", [True, False])
def test_an_answer_with_500_that_says_nothing_becomes_the_failure_it_is(is_repeatable):
    door = transport()
    with serving(answer("500 Oops", b"<html>", "Retry-After: 90")) as server:
        request = Request("POST", server.url, "ship", body=b"<x/>", is_500_an_answer=True, is_repeatable=is_repeatable)
        error = door.broke_down(request, door.send(request))
    assert (error.code, error.is_uncertain, error.params["status"]) == ("server_error", not is_repeatable, 500)
    assert error.after.total_seconds() == 90


# --- hosts and requests --------------------------------------------------------------------------------------------


def test_a_host_outside_the_account_is_not_called():
    with serving(answer("200 OK", b"{}")) as server:
        policy = HostPolicy(frozenset({"shop.example"}), allow_loopback=True)
        error = failure(Rejected, transport(policy=policy).send, get(server.url, headers={"x-access-token": CANARY}))
    assert (error.code, error.params["reason"]) == ("host_refused", "not_allowed")
    assert server.requests == []


def test_loopback_is_not_called_without_the_switch():
    with serving(answer("200 OK", b"{}")) as server:
        door = transport(policy=HostPolicy(frozenset({"127.0.0.1"})))
        assert failure(Rejected, door.send, get(server.url)).code == "host_refused"
        assert failure(Rejected, door.send, get(f"https://127.0.0.1:{server.port}")).code == "host_refused"
    assert server.requests == []


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"x-key": f"{CANARY}\r\nX-Evil: 1"}},
        {"headers": {"x-key": f"••••{CANARY}"}},
        {"headers": {"x-key\n": CANARY}},
        {"headers": {"Host": "internal.example"}},
        {"method": "CONNECT"},
        {"method": "get"},
    ],
)
def test_a_request_that_cannot_be_sent_as_it_stands_is_refused_without_its_secret(changes):
    with serving(answer("200 OK", b"{}")) as server:
        values = {"method": "GET", "url": server.url, "operation": "getOrder", **changes}
        error = failure(Rejected, transport().send, Request(**values))
    assert error.code == "bad_request"
    assert CANARY not in "".join(traceback.format_exception(error))
    assert server.requests == []


# --- what is written down ------------------------------------------------------------------------------------------


def test_a_call_is_one_line_that_says_what_and_how_long(caplog):
    caplog.set_level(logging.INFO)
    with serving(answer("200 OK", b"{}")) as server:
        transport().send(get(f"{server.url}/orders/902-3159896-1390916", params=(("expand", "buyer"),)))
    lines = [record.getMessage() for record in caplog.records if "transport" in record.name]
    assert len(lines) == 1
    assert f"getOrder: GET {server.url}/orders/902-3159896-1390916?expand=*** -> 200 in " in lines[0]
    assert lines[0].endswith(" ms, 2 bytes")


@pytest.mark.parametrize(
    "behaviour",
    [
        answer("200 OK", CANARY.encode()),
        answer("302 Found", b"", f"Location: https://{CANARY}:secret@shop.example/{CANARY}"),
        answer("500 No", CANARY.encode()),
        hang_up,
        garbage,
        hang,
        truncated,
    ],
)
def test_secrets_reach_neither_log_nor_traceback(behaviour, caplog):
    caplog.set_level(logging.DEBUG)
    with serving(behaviour) as server:
        request = Request(
            "POST",
            f"{server.url}/token?old={CANARY}",
            "getToken",
            params=(("access_token", CANARY), ("email", f"{CANARY}@example.com")),
            headers={"Authorization": f"Bearer {CANARY}", "x-access-token": CANARY},
            body=f"client_secret={CANARY}".encode(),
        )
        told = [repr(request)]
        try:
            told.append(repr(transport().send(request)))
        except Exception as error:
            assert error.__context__ is None and error.__cause__ is None
            told += traceback.format_exception(error)
    assert CANARY.encode() in server.requests[0]
    told += [record.getMessage() for record in caplog.records]
    assert any("urllib3" in record.name for record in caplog.records)  # its DEBUG lines are part of what is checked
    assert CANARY not in "\n".join(told)


@pytest.mark.parametrize(
    "changes",
    [
        {"headers": {"Authorization": f"Bearer {CANARY}"}},
        {"headers": {"x-amz-access-token": CANARY}},
        {"headers": {"Cookie": CANARY}},
        {"method": "POST"},
        {"method": "DELETE"},
    ],
)
def test_no_credential_and_no_command_goes_to_a_file_host(changes):
    policy = HostPolicy(frozenset(), file_hosts=(r"files\.example",))
    wish = {"method": "PUT", "url": "https://files.example/x?sig=1", "operation": "put", "body": b"x", **changes}
    door = transport(policy=policy, lookup=lambda *_args, **_options: pytest.fail("looked up"))
    assert failure(Rejected, door.send, Request(**wish)).code == "bad_request"


def test_a_file_goes_to_a_file_host():
    policy = HostPolicy(frozenset(), file_hosts=(r"files\.example",))
    headers = {"Content-Type": "text/xml", "User-Agent": "oms", "Accept": "*/*"}
    request = Request("PUT", "https://files.example/x?sig=1", "put", headers=headers, body=b"x")
    assert (
        failure(RetryLater, transport(policy=policy, lookup=lambda *_a, **_o: []).send, request).code == "unreachable"
    )
