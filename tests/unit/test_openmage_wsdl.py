"""A shop's WSDL: everything is taken from it, nothing is fetched because of it."""

import pytest
from lxml import etree
from odoo.addons.oms_channel_magento.client.soap_transport import NoTransport, SoapTransport
from odoo.addons.oms_channel_magento.client.soap_wsdl import address_of, read_wsdl
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib.errors import ChannelError, Malformed, NotSupported, Rejected
from openmage_wsdl import make_wsdl

FILTERS = {"complex_filter": [{"key": "updated_at", "value": {"key": "from", "value": "2026-11-01 00:00:00"}}]}


def call_of(body):
    """Return the element inside the envelope."""
    return etree.fromstring(body)[0][0]


@pytest.mark.parametrize("namespace", ["urn:OpenMage", "urn:Magento"])
@pytest.mark.parametrize("is_wsi", [False, True])
def test_namespace_and_style_come_from_the_wsdl(is_wsi, namespace):
    interface = read_wsdl(make_wsdl(is_wsi=is_wsi, namespace=namespace))
    call = call_of(interface.build("salesOrderList", ("session", FILTERS)))
    assert call.tag == f"{{{namespace}}}salesOrderList{'Param' if is_wsi else ''}"
    entry = "complexObjectArray" if is_wsi else "item"
    assert [child.tag for child in call] == ["sessionId", "filters"]
    assert call.find(f"filters/complex_filter/{entry}/value/value").text == "2026-11-01 00:00:00"


@pytest.mark.parametrize("is_wsi", [False, True])
def test_nothing_to_filter_by_is_an_empty_filter(is_wsi):
    call = call_of(read_wsdl(make_wsdl(is_wsi=is_wsi)).build("salesOrderList", ("session", {})))
    assert len(call.find("filters")) == 0


@pytest.mark.parametrize("is_wsi", [False, True])
def test_texts_are_escaped_and_fields_that_are_not_given_stay_away(is_wsi):
    body = read_wsdl(make_wsdl(is_wsi=is_wsi)).build("catalogInventoryStockItemUpdate", ("s", "A<&>B", {"qty": "3"}))
    call = call_of(body)
    assert (call[1].text, [child.tag for child in call[2]]) == ("A<&>B", ["qty"])


def test_a_call_the_shop_does_not_have():
    with pytest.raises(NotSupported):
        read_wsdl(make_wsdl()).build("salesOrderHold", ("session", "1"))


def test_a_wsdl_is_read_once():
    assert read_wsdl(make_wsdl()) is read_wsdl(make_wsdl())
    assert read_wsdl(make_wsdl()) is not read_wsdl(make_wsdl(namespace="urn:Magento"))


@pytest.mark.parametrize(
    "more",
    [
        '<x:import namespace="urn:other" schemaLocation="http://169.254.169.254/latest/meta-data"/>',
        '<x:import namespace="urn:other" schemaLocation="https://other.example/x.xsd"/>',
        '<x:include schemaLocation="file:///etc/passwd"/>',
        '<x:include schemaLocation="/etc/passwd"/>',
        '<x:import namespace="urn:other" schemaLocation="x.xsd"/>',
    ],
)
def test_a_wsdl_that_points_elsewhere_is_not_followed(more):
    with pytest.raises(ChannelError) as caught:
        read_wsdl(make_wsdl(more=more))
    assert isinstance(caught.value, (Malformed, Rejected))
    assert "passwd" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>busy</body></html>",
        b"<definitions/>",
        b'<!DOCTYPE d [<!ENTITY e "x">]>' + make_wsdl().partition(b"?>")[2],
        make_wsdl()[:-30],
        make_wsdl().replace(b"<service", b"<!--").replace(b"</service>", b"-->"),
        make_wsdl().replace(b't:complexFilterArray"', b't:nothing"'),
        b'<definitions xmlns="http://schemas.xmlsoap.org/wsdl/"/>',
    ],
)
def test_what_is_no_wsdl_is_named(body):
    with pytest.raises(Malformed) as caught:
        read_wsdl(body).build("salesOrderList", ("session", FILTERS))
    assert caught.value.params["reason"]


@pytest.mark.parametrize(
    ("named", "own", "expected"),
    [
        (
            "https://shop.example/a/index/",
            "https://shop.example/index.php/api/v2_soap",
            "https://shop.example/a/index/",
        ),
        ("http://shop.example/a/?SID=1", "https://shop.example/b", "https://shop.example/a/?SID=1"),
        ("http://shop.example:8080/a/", "https://shop.example/b", "https://shop.example/a/"),
        ("http://internal/a/", "https://shop.example/b", "https://shop.example/b"),
        ("", "https://shop.example/b", "https://shop.example/b"),
        ("http://evil.example/?x=shop.example", "https://shop.example/b", "https://shop.example/b"),
    ],
)
def test_calls_go_to_the_accounts_own_host(named, own, expected):
    assert address_of(named, own) == expected


def test_what_zeep_sends_goes_through_our_door():
    sent = []

    def send(request):
        sent.append(request)
        return Response(200, {}, b"<a/>")

    transport = SoapTransport(send, "salesOrderInfo", is_repeatable=True)
    interface = read_wsdl(make_wsdl())
    assert interface.call(transport, "https://shop.example/x", "salesOrderInfo", ("s", "1")).body == b"<a/>"
    [request] = sent
    assert (request.method, request.url, request.operation) == ("POST", "https://shop.example/x", "salesOrderInfo")
    assert request.is_repeatable and request.is_500_an_answer
    assert request.headers["Content-Type"].startswith("text/xml")
    assert transport.request is request


def test_no_other_way_leads_out():
    for transport in (SoapTransport(print, "x", is_repeatable=True), NoTransport(b"<schema/>")):
        with pytest.raises(Rejected):
            transport.load("http://shop.example/x.xsd")
        with pytest.raises(Rejected):
            transport.get("http://shop.example/", None, None)
    with pytest.raises(Rejected):
        NoTransport(b"").post("http://shop.example/", b"", {})
