"""The OpenMage stand-in on the wire: raw XML in, raw XML out, in both flavours; and planned faults."""

import re

import pytest
from lxml import etree

from sandbox.caller import Caller
from sandbox.openmage.operations import OPERATIONS
from tests.sandbox_calls import MOMENT
from tests.soap_client import ENDPOINT, Shop

PREFIXES = {
    "SOAP-ENV": "http://schemas.xmlsoap.org/soap/envelope/",
    "SOAP-ENC": "http://schemas.xmlsoap.org/soap/encoding/",
    "xsi": "http://www.w3.org/2001/XMLSchema-instance",
}
XSI_TYPE = f"{{{PREFIXES['xsi']}}}type"
NIL = f"{{{PREFIXES['xsi']}}}nil"
ARRAY_TYPE = f"{{{PREFIXES['SOAP-ENC']}}}arrayType"


@pytest.fixture
def caller():
    return Caller(moment=MOMENT)


def control(caller, **wishes):
    return caller.control(channel="openmage", **wishes)


def envelope(inside, namespace="urn:OpenMage", before=""):
    return (
        f'<?xml version="1.0"?>{before}<e:Envelope xmlns:e="{PREFIXES["SOAP-ENV"]}" xmlns:t="{namespace}">'
        f"<e:Body>{inside}</e:Body></e:Envelope>"
    ).encode()


def post(caller, body, path=ENDPOINT):
    return caller.send("POST", path, body=body, headers={"Content-Type": "text/xml; charset=utf-8"})


def send(caller, inside, **options):
    return post(caller, envelope(inside, **options))


def log_in(caller):
    answer = send(caller, "<t:login><username>oms</username><apiKey>oms-sandbox-key</apiKey></t:login>")
    return etree.fromstring(answer.data).findtext(".//loginReturn")


def fault_of(answer):
    """Return code and text of a fault; such an answer always has status 500."""
    assert answer.status_code == 500
    assert answer.content_type == "text/xml; charset=utf-8"
    fault = etree.fromstring(answer.data).find("SOAP-ENV:Body/SOAP-ENV:Fault", PREFIXES)
    return fault.findtext("faultcode"), fault.findtext("faultstring")


def test_login_is_answered_as_the_real_server_does(caller):
    answer = send(caller, "<t:login><username>oms</username><apiKey>oms-sandbox-key</apiKey></t:login>")
    assert (answer.status_code, answer.content_type) == (200, "text/xml; charset=utf-8")
    root = etree.fromstring(answer.data)
    assert root.nsmap["ns1"] == "urn:OpenMage"
    assert root.get(f"{{{PREFIXES['SOAP-ENV']}}}encodingStyle") == PREFIXES["SOAP-ENC"]
    part = root.find("SOAP-ENV:Body/{urn:OpenMage}loginResponse/loginReturn", PREFIXES)
    assert part.get(XSI_TYPE) == "xsd:string"
    assert re.fullmatch("[0-9a-f]{32}", part.text)


def test_list_is_a_soap_array_with_money_as_text_and_times_without_zone(caller):
    control(caller, generate={"count": 2, "seed": 1, "kind": "guest", "store": "default"})
    session = log_in(caller)
    root = etree.fromstring(
        send(caller, f"<t:salesOrderList><sessionId>{session}</sessionId><filters/></t:salesOrderList>").data
    )
    result = root.find("SOAP-ENV:Body/{urn:OpenMage}salesOrderListResponse/result", PREFIXES)
    assert result.get(ARRAY_TYPE) == "ns1:salesOrderListEntity[2]"
    assert result.get(XSI_TYPE) == "ns1:salesOrderListEntityArray"
    assert [item.tag for item in result] == ["item", "item"]
    first = result[0]
    assert first.get(XSI_TYPE) == "ns1:salesOrderListEntity"
    assert re.fullmatch(r"\d+\.\d{4}", first.findtext("grand_total"))
    assert re.fullmatch(r"2026-11-2\d \d\d:\d\d:\d\d", first.findtext("updated_at"))
    assert first.find("customer_id").get(NIL) == "true"
    assert first.find("items") is None


def test_wsi_wraps_lists_and_has_no_types(caller):
    control(caller, wsi=True, generate={"count": 2, "seed": 1})
    key = "<username>oms</username><apiKey>oms-sandbox-key</apiKey>"
    root = etree.fromstring(send(caller, f"<t:loginParam>{key}</t:loginParam>").data)
    session = root.findtext("SOAP-ENV:Body/{urn:OpenMage}loginResponseParam/result", namespaces=PREFIXES)
    name = "salesOrderListRequestParam"
    answer = send(caller, f"<t:{name}><sessionId>{session}</sessionId><filters/></t:{name}>")
    result = etree.fromstring(answer.data).find(".//{urn:OpenMage}salesOrderListResponseParam/result", PREFIXES)
    assert [item.tag for item in result] == ["complexObjectArray"] * 2
    assert b"xsi:" not in answer.data
    lacking = send(caller, f"<t:{name}><sessionId>{session}</sessionId></t:{name}>")
    assert fault_of(lacking)[0] == "6"


@pytest.mark.parametrize("namespace", ["urn:OpenMage", "urn:Magento"])
def test_namespace_is_the_one_that_is_set(caller, namespace):
    control(caller, namespace=namespace)
    wsdl = etree.fromstring(caller.send("GET", ENDPOINT, "wsdl=1").data)
    assert wsdl.get("targetNamespace") == namespace
    other = {"urn:OpenMage": "urn:Magento", "urn:Magento": "urn:OpenMage"}[namespace]
    key = "<t:login><username>oms</username><apiKey>oms-sandbox-key</apiKey></t:login>"
    assert send(caller, key, namespace=namespace).status_code == 200
    assert fault_of(send(caller, key, namespace=other)) == ("SOAP-ENV:Server", "Procedure 'login' not present")
    bare = "<login><username>oms</username><apiKey>oms-sandbox-key</apiKey></login>"
    assert send(caller, bare).status_code == 200


@pytest.mark.parametrize("path", ["/openmage/index.php/api/v2_soap", "/openmage/api/v2_soap/index/", ENDPOINT])
def test_wsdl_names_the_address_it_was_asked_at(caller, path):
    answer = caller.send("GET", path, "wsdl=1", headers={"Host": "shop.test:8900"})
    assert answer.content_type == "text/xml; charset=utf-8"
    assert f'location="http://shop.test:8900{path}"'.encode() in answer.data
    assert caller.send("GET", "/__requests").json["requests"][-1]["operation"] == "wsdl"


BOMB = '<!DOCTYPE e [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE e [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.mark.parametrize("before", [BOMB, OUTSIDE, "<!DOCTYPE e>", '<!DOCTYPE e SYSTEM "http://127.0.0.1:1/x.dtd">'])
def test_document_types_and_entities_are_refused(caller, before):
    user = "&a;" if "ENTITY" in before else "oms"
    inside = f"<t:login><username>{user}</username><apiKey>x</apiKey></t:login>"
    assert fault_of(send(caller, inside, before=before)) == ("SOAP-ENV:Client", "DTD are not supported by SOAP")


@pytest.mark.parametrize("body", [b"", b"{}", b"<a>", b"<a/>", b"\xff\xfe", envelope(""), envelope("&nbsp;")])
def test_what_is_no_request_is_a_bad_request(caller, body):
    assert fault_of(post(caller, body)) == ("SOAP-ENV:Client", "Bad Request")


def test_get_without_wsdl_and_foreign_paths_are_refused(caller):
    assert fault_of(caller.send("GET", ENDPOINT)) == ("SOAP-ENV:Client", "Bad Request")
    assert post(caller, envelope(""), "/openmage/index.php/api/soap").status_code == 404


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<t:salesOrderDelete/>", "SOAP-ENV:Server"),
        ("<t:storeInfo><sessionId>{0}</sessionId><storeId>1</storeId><wrong/></t:storeInfo>", "SOAP-ENV:Client"),
        ("<t:storeInfo><sessionId>{0}</sessionId><storeId>1</storeId><storeId>2</storeId></t:storeInfo>",
         "SOAP-ENV:Client"),
        ("<t:storeInfo><sessionId>{0}</sessionId><storeId><b/></storeId></t:storeInfo>", "SOAP-ENV:Client"),
        ("<t:storeInfo><sessionId>{0}</sessionId><storeId>9</storeId></t:storeInfo>", "100"),
        ("<t:salesOrderInfo><sessionId>{0}</sessionId></t:salesOrderInfo>", "100"),
        ("<t:salesOrderInfo><orderIncrementId>1</orderIncrementId></t:salesOrderInfo>", "5"),
        ("<t:salesOrderShipmentCreate><sessionId>{0}</sessionId><email>yes</email></t:salesOrderShipmentCreate>",
         "SOAP-ENV:Client"),
    ],
)  # fmt: skip
def test_requests_that_do_not_fit_the_wsdl_are_faults(caller, inside, code):
    assert fault_of(send(caller, inside.format(log_in(caller))))[0] == code


LISTS = {
    "repeated": "<productIds>OMS-0001</productIds><productIds>OMS-0002</productIds>",
    "text": "<productIds>OMS-0001</productIds>",
    "struct": "<productIds><item>OMS-0001</item></productIds><productData><qty>5</qty></productData>",
    "repeated struct": "<productIds><item>OMS-0001</item></productIds>"
    "<productData><item><qty>5</qty></item></productData><productData><item><qty>6</qty></item></productData>",
    "structs for texts": "<productIds><item><sku>OMS-0001</sku></item></productIds>",
}


@pytest.mark.parametrize("lists", LISTS.values(), ids=LISTS)
def test_list_that_is_no_soap_array_is_refused_as_the_real_server_does(caller, lists):
    name = "t:catalogInventoryStockItemMultiUpdate"
    answer = send(caller, f"<{name}><sessionId>{log_in(caller)}</sessionId>{lists}</{name}>")
    assert fault_of(answer)[1] == "Product's data is not valid."
    assert caller.ledger("stock_updated") == []


def test_soap_array_with_types_and_without_is_taken(caller):
    name = "t:catalogInventoryStockItemMultiUpdate"
    typed = (
        '<productIds xmlns:c="http://schemas.xmlsoap.org/soap/encoding/" c:arrayType="xsd:string[1]">'
        "<item>OMS-0001</item></productIds><productData><item><qty>5</qty><is_in_stock>1</is_in_stock></item></productData>"
    )
    answer = send(caller, f"<{name}><sessionId>{log_in(caller)}</sessionId>{typed}</{name}>")
    assert etree.fromstring(answer.data).findtext(".//result") == "true"
    assert caller.ledger("stock_updated")[0]["body"] == {"qty": "5.0000", "is_in_stock": "1"}


SHAPES = {
    "nothing": "<{0}/>",
    "nil": '<{0} xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
    "text": "<{0}>-1</{0}>",
    "huge": "<{0}>1e999999999</{0}>",
    "list": "<{0}><item/></{0}>",
    "nested": "<{0}><item><item><key/></item></item></{0}>",
    "wsi list": "<{0}><complexObjectArray/><complexObjectArray><key/></complexObjectArray></{0}>",
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("is_wsi", [False, True], ids=["rpc", "wsi"])
def test_odd_parts_are_answered_with_an_envelope(caller, shape, is_wsi):
    session = log_in(caller)
    control(caller, wsi=is_wsi, generate={"count": 1, "seed": 1, "kind": "standard", "store": "default"})
    for operation in OPERATIONS.values():
        if operation.name == "endSession":
            continue
        parts = "".join(shape.format(field.name) for field in operation.parts(is_wsi) if field.name != "sessionId")
        parts = parts.replace(
            "<orderIncrementId>-1</orderIncrementId>", "<orderIncrementId>100000001</orderIncrementId>"
        )
        name = operation.wsi_element(is_answer=False) if is_wsi else operation.name
        own = f"<sessionId>{session}</sessionId>" if operation.needs_session else ""
        answer = send(caller, f"<t:{name}>{own}{parts}</t:{name}>")
        assert answer.status_code in (200, 500)
        (inside,) = etree.fromstring(answer.data).find("SOAP-ENV:Body", PREFIXES)
        assert (etree.QName(inside).localname == "Fault") == (answer.status_code == 500)
        if answer.status_code == 500:
            code = inside.findtext("faultcode")
            assert code.isdigit() or code.startswith("SOAP-ENV:")


def test_journal_hides_key_and_session(caller):
    session = log_in(caller)
    send(caller, f"<t:storeList><sessionId><![CDATA[{session}]]></sessionId></t:storeList>")
    requests = caller.send("GET", "/__requests", {"channel": "openmage"})
    assert [entry["operation"] for entry in requests.json["requests"]] == ["login", "storeList"]
    assert "oms-sandbox-key" not in requests.text
    assert session not in requests.text
    assert "<apiKey>(hidden)</apiKey>" in requests.json["requests"][0]["body"]
    assert session not in str(caller.ledger())


def plan(caller, fault, **options):
    return caller.control(faults=[{"fault": fault, **options}])


@pytest.mark.parametrize("is_wsi", [False, True], ids=["rpc", "wsi"])
def test_list_with_a_duplicate_and_list_turned_round(caller, is_wsi):
    control(caller, wsi=is_wsi, generate={"count": 3, "seed": 1})
    shop = Shop(caller, is_wsi=is_wsi)
    plain = [order.increment_id for order in shop.orders()]
    plan(caller, "duplicate_items", match={"channel": "openmage", "operation": "salesOrderList"})
    assert [order.increment_id for order in shop.orders()] == [*plain, plain[0]]
    plan(caller, "reorder_page", match={"operation": "salesOrderList"})
    assert [order.increment_id for order in shop.orders()] == plain[::-1]
    plan(caller, "duplicate_items", match={"operation": "storeInfo"})
    assert shop.ask("storeInfo", storeId="1").code == "default"


def test_planned_refusals_have_the_shape_of_a_shop(caller):
    session = log_in(caller)
    ask = f"<t:storeList><sessionId>{session}</sessionId></t:storeList>"
    plan(caller, "status", status=500)
    assert fault_of(send(caller, ask)) == ("1", "Internal Error. Please see log for details.")
    plan(caller, "status", status=503, retry_after=9)
    answer = send(caller, ask)
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "9")
    assert answer.content_type.startswith("text/html")
    plan(caller, "expire_token", match={"operation": "storeList", "seller": "oms"})
    assert fault_of(send(caller, ask))[0] == "5"


def test_throttle_refuses_what_the_rates_say(caller):
    session = log_in(caller)
    control(caller, throttle=True, rates={"storeList": [0.001, 2]})
    ask = f"<t:storeList><sessionId>{session}</sessionId></t:storeList>"
    assert [send(caller, ask).status_code for _turn in range(3)] == [200, 200, 429]


def info_of(caller, **fields):
    """Store one order with these fields and return the answer of salesOrderInfo."""
    control(caller, add_orders=[{"increment_id": "100000001", **fields}])
    session = log_in(caller)
    part = "<orderIncrementId>100000001</orderIncrementId>"
    return send(caller, f"<t:salesOrderInfo><sessionId>{session}</sessionId>{part}</t:salesOrderInfo>")


def test_text_comes_through_as_it_is(caller):
    answer = info_of(caller, store_name='<&> "Zoë" 佐藤 🧦\nx\x00cut off')
    assert etree.fromstring(answer.data).findtext(".//store_name") == '<&> "Zoë" 佐藤 🧦\nx'


def test_control_character_makes_an_answer_nobody_can_read(caller):
    answer = info_of(caller, store_name="a\x0bb")
    assert answer.status_code == 200
    assert b"a&#xB;b" in answer.data
    with pytest.raises(etree.XMLSyntaxError):
        etree.fromstring(answer.data)


def test_half_a_character_is_a_fault(caller):
    code, text = fault_of(info_of(caller, store_name="Sock \ud83d"))
    assert (code, text) == ("SOAP-ENV:Server", "SOAP-ERROR: Encoding: string 'Sock ...' is not a valid utf-8 string")


def test_odd_orders_are_written_as_they_are_and_break_nothing_else(caller):
    answer = info_of(caller, items="none", shipping_address=7, grand_total={"a": 1})
    root = etree.fromstring(answer.data)
    assert [root.findtext(f".//{name}") for name in ("items", "shipping_address")] == ["none", "7"]
    session = log_in(caller)
    parts = "<orderIncrementId>100000001</orderIncrementId><itemsQty/><email>0</email>"
    ship = f"<t:salesOrderShipmentCreate><sessionId>{session}</sessionId>{parts}</t:salesOrderShipmentCreate>"
    assert fault_of(send(caller, ship))[0] == "1"
