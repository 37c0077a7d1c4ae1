"""The WSDL of the OpenMage stand-in against the official ones, in both flavours; and its answers against the types.

The official WSDLs were put together from the templates of OpenMage 20 (commit e18d6107b21b); `specs.py` says where they
are looked for.
"""

import pytest
from lxml import etree
from specs import specs_root
from zeep import Client

from sandbox.caller import Caller
from sandbox.openmage.channel import PERFORMERS
from sandbox.openmage.operations import OPERATIONS
from sandbox.openmage.wire_types import TYPES
from tests.sandbox_calls import MOMENT
from tests.soap_client import InProcess, Shop

NS = {"w": "http://schemas.xmlsoap.org/wsdl/", "x": "http://www.w3.org/2001/XMLSchema",
      "s": "http://schemas.xmlsoap.org/wsdl/soap/"}  # fmt: skip
ARRAY_TYPE = f"{{{NS['w']}}}arrayType"
FLAVOURS = {"rpc": False, "wsi": True}


@pytest.fixture(scope="module", params=FLAVOURS)
def flavour(request):
    return request.param


@pytest.fixture(scope="module")
def caller(flavour):
    caller = Caller(moment=MOMENT)
    caller.control(channel="openmage", wsi=FLAVOURS[flavour])
    return caller


def official_path(flavour):
    return specs_root() / "magento" / f"openmage-v2_soap-{flavour}.wsdl"


@pytest.fixture(scope="module")
def official(flavour):
    path = official_path(flavour)
    if not path.exists():
        pytest.skip(f"needs the official specs: no file {path}")
    # The file begins with empty lines, which a parser does not forgive before an XML declaration.
    return etree.fromstring(path.read_bytes().lstrip())


@pytest.fixture(scope="module")
def ours(caller):
    return etree.fromstring(caller.send("GET", "/openmage/index.php/api/v2_soap/index/", "wsdl=1").data)


def fields(node):
    """Return name, type and how often, for each element directly inside a type."""
    return [
        (e.get("name"), e.get("type"), e.get("minOccurs", "1"), e.get("maxOccurs", "1"))
        for e in node.findall("*/x:element", NS)
    ]


def types_of(wsdl):
    """Return {name: group and fields, or what a list is made of} of all complex types with a name."""
    found = {}
    for kind in wsdl.iterfind(".//x:schema/x:complexType", NS):
        attribute = kind.find(".//x:attribute", NS)
        if attribute is not None:
            restriction = kind.find(".//x:restriction", NS)
            found[kind.get("name")] = (restriction.get("base"), attribute.get("ref"), attribute.get(ARRAY_TYPE))
        else:
            found[kind.get("name")] = (etree.QName(kind[0]).localname, fields(kind))
    return found


def messages_of(wsdl):
    """Return {operation: names and parts of its request and answer, in WS-I with the fields of the element}."""
    elements = {e.get("name"): e for e in wsdl.iterfind(".//x:schema/x:element", NS)}
    messages = {m.get("name"): m for m in wsdl.iterfind("w:message", NS)}
    found = {}
    for operation in wsdl.iterfind("w:portType/w:operation", NS):
        for direction in ("input", "output"):
            name = operation.find(f"w:{direction}", NS).get("message").partition(":")[2]
            parts = []
            for part in messages[name].iterfind("w:part", NS):
                element = part.get("element")
                inside = element and fields(elements[element.partition(":")[2]].find("x:complexType", NS))
                parts.append((part.get("name"), part.get("type"), element, inside))
            found[operation.get("name"), direction] = (name, parts)
    return found


def bindings_of(wsdl):
    """Return style and transport of the binding, and {operation: action and bodies}."""
    binding = wsdl.find("w:binding", NS)
    actions = {}
    for operation in binding.iterfind("w:operation", NS):
        bodies = [dict(body.attrib) for body in operation.iterfind("*/s:body", NS)]
        actions[operation.get("name")] = (operation.find("s:operation", NS).get("soapAction"), bodies)
    return dict(binding.find("s:binding", NS).attrib), actions


def test_operations_are_official_ones_and_all_are_played(ours, official):
    names = {name for name, _direction in messages_of(ours)}
    assert names == set(OPERATIONS)
    assert names <= {name for name, _direction in messages_of(official)}
    assert set(PERFORMERS) == names - {"login", "startSession", "endSession"}


@pytest.mark.parametrize("name", OPERATIONS)
def test_messages_are_the_official_ones(ours, official, name):
    for direction in ("input", "output"):
        assert messages_of(ours)[name, direction] == messages_of(official)[name, direction]


@pytest.mark.parametrize("name", TYPES)
def test_types_are_the_official_ones(ours, official, name):
    assert types_of(ours)[name] == types_of(official)[name]


def test_lists_are_the_official_ones_and_nothing_is_missing(ours, official):
    own, real = types_of(ours), types_of(official)
    lists = set(own) - set(TYPES)
    assert len(lists) > 20
    assert {name: own[name] for name in lists} == {name: real[name] for name in lists}
    elements = [
        *ours.iterfind(".//x:element", NS),
        *ours.iterfind(".//w:part", NS),
        *ours.iterfind(".//x:attribute", NS),
    ]
    named = {(e.get("type") or e.get(ARRAY_TYPE) or "").removesuffix("[]") for e in elements}
    assert {name for name in named if name.startswith("typens:")} == {f"typens:{name}" for name in own}


def test_binding_and_service_are_the_official_ones(ours, official):
    own_binding, own_actions = bindings_of(ours)
    real_binding, real_actions = bindings_of(official)
    assert own_binding == real_binding
    assert own_actions == {name: real_actions[name] for name in own_actions}
    for path in ("w:portType", "w:binding", "w:service", "w:service/w:port"):
        assert dict(ours.find(path, NS).attrib) == dict(official.find(path, NS).attrib)
    assert ours.get("targetNamespace") == official.get("targetNamespace") == "urn:OpenMage"
    assert ours.get("name") == official.get("name")


def test_encoding_schema_is_imported_where_the_official_one_does(ours, official, flavour):
    # The official one is put together from a file for each module, most of which import it once more.
    found = [
        {(e.get("namespace"), e.get("schemaLocation")) for e in wsdl.iterfind(".//x:schema/x:import", NS)}
        for wsdl in (ours, official)
    ]
    assert found[0] == found[1]
    assert len(found[0]) == (1 if flavour == "rpc" else 0)


def test_client_made_from_the_official_wsdl_understands_the_answers(caller, flavour, official, tmp_path):
    number = caller.control(channel="openmage", generate={"count": 3, "seed": 5, "kind": "bundle"})["generate"][0]
    path = tmp_path / "official.wsdl"
    path.write_bytes(etree.tostring(official))
    shop = Shop(caller, is_wsi=FLAVOURS[flavour])
    session, own_order = shop.session, shop.order(number)
    foreign = Client(str(path), transport=InProcess(caller))
    service = foreign.create_service(
        f"{{{official.get('targetNamespace')}}}ActionBinding", "http://localhost/openmage/index.php/api/v2_soap/index/"
    )
    order = service.salesOrderInfo(sessionId=session, orderIncrementId=number)
    assert order.grand_total == own_order.grand_total
    assert len(Shop.rows(order["items"])) == len(Shop.rows(own_order["items"])) > 3
    assert service.storeInfo(sessionId=session, storeId="1").code == "default"
    with pytest.raises(Exception, match="Requested order not exists"):
        service.salesOrderInfo(sessionId=session, orderIncrementId="1")
