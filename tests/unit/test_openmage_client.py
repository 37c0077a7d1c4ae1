"""The SOAP client against a transport that answers from a list: sessions, and what each fault comes out as."""

from datetime import datetime, timedelta, timezone

import pytest
from odoo.addons.oms_channel_magento.client.soap_adapter import OpenMageAdapter
from odoo.addons.oms_channel_magento.client.soap_client import OpenMageClient, between
from odoo.addons.oms_channel_magento.lib import soap_const
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.client.transport import Response, Transport
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed, NotFound, NotSupported, Rejected, RetryLater
from openmage_documents import envelope, fault
from openmage_wsdl import make_wsdl

from tests.tokens import Tokens

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
DATE = {"Date": "Thu, 26 Nov 2026 11:00:00 GMT"}
SESSION = envelope("<n:r><loginReturn>session-1</loginReturn></n:r>")
NEXT_SESSION = envelope("<n:r><loginReturn>session-2</loginReturn></n:r>")
ENDED = (500, fault("5", "Session expired. Try to relogin."))


class Listed(Transport):
    """Answers POSTs from a list, judged as the real transport judges them, and GETs with a WSDL."""

    def __init__(self, *answers, wsdl=None):
        super().__init__(None, OpenMageAdapter.limits, MemoryLimiter())
        self.answers = list(answers)
        self.wsdl = make_wsdl() if wsdl is None else wsdl
        self.sent = []

    def send(self, request):
        self.sent.append(request)
        if request.method == "GET":
            return Response(200, DATE, self.wsdl)
        answer = self.answers.pop(0)
        status, body = answer if isinstance(answer, tuple) else (200, answer)
        return self._judge(request, Response(status, DATE, body))

    def bodies(self):
        return [request.body.decode() for request in self.sent if request.body]


def account(tokens=None, **more):
    values = {
        "id": 1,
        "channel_type": "openmage",
        "endpoints": {soap_const.SOAP: "https://shop.example/index.php/api/v2_soap/index"},
        "settings": {"username": "oms"},
        "secrets": {soap_const.API_KEY: "the key"},
        "tokens": tokens,
    }
    return Account(**{**values, **more})


def client(*answers, tokens=None, wsdl=None, **more):
    transport = Listed(*answers, wsdl=wsdl)
    return OpenMageClient(account(tokens, **more), transport, lambda: NOW), transport


# === sessions ================================================================================================


def test_a_session_is_kept_with_a_margin():
    tokens = Tokens()
    ours, transport = client(SESSION, envelope("<n:r><result>1</result></n:r>"), tokens=tokens)
    answer = ours.read_order("7")
    assert (answer.value, answer.at) == ("1", datetime(2026, 11, 26, 11, tzinfo=timezone.utc))
    assert tokens.kept == {"openmage_session": ("session-1", NOW + timedelta(seconds=3300))}
    login, call = transport.bodies()
    assert "<apiKey>the key</apiKey>" in login
    assert "<sessionId>session-1</sessionId>" in call and "the key" not in call


def test_without_a_store_the_session_lasts_as_long_as_the_client():
    found = envelope("<n:r><result>1</result></n:r>")
    ours, transport = client(SESSION, found, found)
    ours.read_order("7")
    ours.read_order("8")
    assert [request.operation for request in transport.sent] == ["wsdl", "login", "salesOrderInfo", "salesOrderInfo"]


def test_a_session_that_ended_is_renewed_once():
    tokens = Tokens(openmage_session=("old", NOW + timedelta(hours=1)))
    ours, transport = client(ENDED, NEXT_SESSION, envelope("<n:r><result>1</result></n:r>"), tokens=tokens)
    assert ours.read_order("7").value == "1"
    assert ["old" in body for body in transport.bodies()] == [True, False, False]
    assert tokens.kept["openmage_session"][0] == "session-2"


def test_sessions_that_end_at_once_stop_the_account():
    tokens = Tokens()
    ours, transport = client(SESSION, ENDED, NEXT_SESSION, ENDED, tokens=tokens)
    with pytest.raises(AuthFailed) as caught:
        ours.read_order("7")
    assert (caught.value.code, transport.answers, tokens.kept) == ("session_refused", [], {})


@pytest.mark.parametrize("more", [{"settings": {}}, {"secrets": {}}, {"secrets": {soap_const.API_KEY: None}}])
def test_without_user_or_key_nothing_is_asked(more):
    ours, transport = client(**more)
    with pytest.raises(AuthFailed) as caught:
        ours.read_order("7")
    assert (caught.value.code, transport.sent) == ("credentials_missing", [])


def test_a_refused_key_stops_the_account_without_telling_it():
    ours, _transport = client((500, fault("2", "Access denied.")))
    with pytest.raises(AuthFailed) as caught:
        ours.read_order("7")
    assert caught.value.code == "login_refused"
    assert "the key" not in repr(caught.value)


@pytest.mark.parametrize("session", ["", "x" * 300, "a\nb"])
def test_a_session_nobody_can_send(session):
    ours, _transport = client(envelope(f"<n:r><loginReturn>{session}</loginReturn></n:r>"))
    with pytest.raises(Malformed):
        ours.read_order("7")


# === faults ==================================================================================================


@pytest.mark.parametrize(
    ("operation", "code", "words", "kind", "named"),
    [
        ("read_order", "100", "Requested order not exists.", NotFound, "not_found"),
        ("read_order", "2", "Access denied.", Rejected, "access_denied"),
        ("read_order", "3", "Invalid api path.", NotSupported, "salesOrderInfo"),
        ("read_order", "102", "Odd.", Rejected, "fault_102"),
        ("read_order", "0", "Unknown Error", RetryLater, "server_error"),
        ("read_order", "1", "Internal Error. Please see log for details.", RetryLater, "server_error"),
        ("read_order", "1", "SQLSTATE[40001]: Serialization failure: Deadlock found", RetryLater, "server_error"),
        ("read_order", "1", "Invalid qty to ship for item", Rejected, "fault_1"),
        ("read_order", "SOAP-ENV:Server", "Allowed memory size exhausted", RetryLater, "server_error"),
        ("read_order", "SOAP-ENV:Client", "Bad Request", Rejected, "fault_Client"),
        ("list_orders", "101", "Invalid filters given.", Rejected, "filters_invalid"),
        ("update_stock", "101", "Product not exists.", NotFound, "not_found"),
        ("update_stock", "102", "Not updated.", Rejected, "not_updated"),
    ],
)
def test_faults_are_named_by_what_happens_next(operation, code, words, kind, named):
    ours, _transport = client(SESSION, (500, fault(code, words)))
    arguments = {"read_order": ("7",), "list_orders": ({},), "update_stock": ("A", {"qty": "1"})}[operation]
    with pytest.raises(kind) as caught:
        getattr(ours, operation)(*arguments)
    assert caught.value.code == named
    if kind is Rejected:
        assert caught.value.message == words
    if kind is RetryLater:
        assert not caught.value.is_uncertain


def test_a_fault_may_come_with_status_200():
    ours, _transport = client(SESSION, fault("100", "Requested order not exists."))
    with pytest.raises(NotFound):
        ours.read_order("7")


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [
        (200, Malformed, "wrong_shape"),
        (400, Rejected, "refused"),
        (401, AuthFailed, "shop_closed"),
        (403, Rejected, "refused"),
        (404, Rejected, "refused"),
        (429, RetryLater, "throttled"),
        (500, RetryLater, "server_error"),
        (503, RetryLater, "server_error"),
    ],
)
def test_answers_that_are_no_soap(status, kind, code):
    ours, _transport = client(SESSION, (status, b"<html>busy</html>"))
    with pytest.raises(kind) as caught:
        ours.read_order("7")
    assert caught.value.code == code


def test_a_broken_order_is_kept_where_it_is_one_of_many():
    broken = envelope("<n:r><result><sku>a&#0;</sku></result></n:r>")
    unwritten = (500, fault("SOAP-ENV:Server", "SOAP-ERROR: Encoding: string 'B\\xfc' is not a valid utf-8 string"))
    for answer in (broken, unwritten, (500, fault("1", "Undefined offset"))):
        ours, _transport = client(SESSION, answer, answer)
        kept = ours.read_order("7", keeps_unreadable=True)
        assert kept.value is None
        assert kept.body == (answer if isinstance(answer, bytes) else answer[1])
        with pytest.raises((Malformed, Rejected, RetryLater)):
            ours.read_order("7")


def test_a_page_of_somebody_else_is_no_order_that_is_broken():
    ours, _transport = client(SESSION, b"<html>busy</html>")
    with pytest.raises(Malformed):
        ours.read_order("7", keeps_unreadable=True)


def test_an_address_without_a_wsdl():
    ours, transport = client(wsdl=b"<html>shop</html>")
    with pytest.raises(Malformed):
        ours.read_order("7")
    assert [request.operation for request in transport.sent] == ["wsdl"]


# === pages ===================================================================================================


def row(name, at="2026-11-26 10:30:00"):
    return f"<item><increment_id>{name}</increment_id><updated_at>{at}</updated_at></item>"


def rows(*items):
    return envelope(f'<n:r><result c:arrayType="n:x[]">{"".join(items)}</result></n:r>')


def order(name, at="2026-11-26 10:30:00"):
    return envelope(f"<n:r><result><increment_id>{name}</increment_id><updated_at>{at}</updated_at></result></n:r>")


def adapter(*answers):
    transport = Listed(SESSION, *answers)
    return OpenMageAdapter(account(), transport, lambda: NOW), transport


WINDOW = dto.Window(since=NOW - timedelta(hours=2))


def test_an_order_that_breaks_its_answer_does_not_stop_the_page():
    broken = envelope("<n:r><result><sku>a&#0;</sku></result></n:r>")
    ours, _transport = adapter(rows(row("1"), row("2"), row("3")), order("1"), broken, order("3"))
    page = ours.fetch_orders(WINDOW)
    assert [raw.external_id for raw in page.items] == ["1", "2", "3"]
    assert page.items[1].body == broken
    assert page.items[1].updated_at == datetime(2026, 11, 26, 10, 30, tzinfo=timezone.utc)
    with pytest.raises(Malformed):
        ours.parse_order(page.items[1].body)


def test_an_order_the_shop_falls_over_waits_with_the_reason():
    fall = (500, b"<html>Fatal error</html>")
    ours, _transport = adapter(rows(row("1"), row("2")), fall, order("2"), fall)
    broken, sound = ours.fetch_orders(WINDOW).items
    assert (broken.external_id, sound.external_id) == ("1", "2")
    with pytest.raises(Malformed) as caught:
        ours.parse_order(broken.body)
    assert "failed twice" in caught.value.params["reason"]


def test_an_order_deleted_meanwhile_is_passed_over():
    ours, _transport = adapter(rows(row("1"), row("2")), (500, fault("100", "not exists")), order("2"))
    assert [raw.external_id for raw in ours.fetch_orders(WINDOW).items] == ["2"]


def test_the_list_asks_for_a_closed_span():
    ours, transport = adapter(rows())
    page = ours.fetch_orders(dto.Window(since=NOW - timedelta(minutes=70)))
    assert (page.items, page.next_cursor) == ((), None)
    body = transport.bodies()[-1]
    assert "<key>from</key><value>2026-11-26 10:50:00</value>" in body
    assert "<key>to</key><value>2026-11-26 11:50:00</value>" in body


def test_both_ends_are_one_filter_each_on_the_same_field():
    assert [part["key"] for part in between("updated_at", "a", "b")["complex_filter"]] == ["updated_at"] * 2
