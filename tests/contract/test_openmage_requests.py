"""Every request our SOAP client sends, held against the official WSDLs by a check that knows nothing of zeep."""

import contextlib
from datetime import datetime, timezone
from decimal import Decimal

import msgspec
import pytest
from lxml import etree
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected
from openmage_exchange import make_shop
from specs import specs_root

LONG_AGO = datetime(2026, 11, 1, tzinfo=timezone.utc)
NS = {"w": "http://schemas.xmlsoap.org/wsdl/", "x": "http://www.w3.org/2001/XMLSchema"}
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ARRAY_TYPE = f"{{{NS['w']}}}arrayType"
# All calls the adapter knows.
CALLS = {
    "login",
    "magentoInfo",
    "storeList",
    "salesOrderList",
    "salesOrderInfo",
    "salesOrderCancel",
    "salesOrderShipmentList",
    "salesOrderShipmentInfo",
    "salesOrderShipmentCreate",
    "salesOrderShipmentAddTrack",
    "salesOrderShipmentRemoveTrack",
    "salesOrderShipmentGetCarriers",
    "salesOrderInvoiceList",
    "salesOrderInvoiceInfo",
    "salesOrderInvoiceCreate",
    "salesOrderInvoiceCapture",
    "salesOrderCreditmemoList",
    "salesOrderCreditmemoInfo",
    "salesOrderCreditmemoCreate",
    "catalogProductList",
    "catalogInventoryStockItemList",
    "catalogInventoryStockItemUpdate",
    "catalogInventoryStockItemMultiUpdate",
}


def official(flavour):
    path = specs_root() / "magento" / f"openmage-v2_soap-{flavour}.wsdl"
    if not path.exists():
        pytest.skip(f"needs the official specs: no file {path}")
    return path.read_bytes().lstrip()


class RpcChecker:
    """Holds an RPC/encoded request against a WSDL: its parts in their order, their fields, arrays entry by entry."""

    def __init__(self, wsdl):
        root = etree.fromstring(wsdl)
        self.namespace = root.get("targetNamespace")
        self.types = {node.get("name"): node for node in root.iterfind(".//x:complexType", NS)}
        messages = {
            node.get("name"): [(part.get("name"), part.get("type")) for part in node.iterfind("w:part", NS)]
            for node in root.iterfind("w:message", NS)
        }
        self.parts = {
            node.get("name"): messages[node.find("w:input", NS).get("message").partition(":")[2]]
            for node in root.iterfind("w:portType/w:operation", NS)
        }

    def faults(self, operation, body):
        """Yield what is wrong with a request."""
        call = body[0]
        if call.tag != f"{{{self.namespace}}}{operation}":
            yield f"{call.tag} and not {operation}"
        wanted = self.parts[operation]
        if [child.tag for child in call] != [name for name, _type in wanted]:
            yield f"{operation}: parts {[child.tag for child in call]}, not {wanted}"
        for child, (name, type_) in zip(call, wanted, strict=False):
            yield from self._value_faults(child, type_, f"{operation}.{name}")

    def _value_faults(self, element, type_, path):
        prefix, _colon, name = type_.partition(":")
        if prefix != "typens":
            yield from _scalar_faults(element, name, path)
            return
        node = self.types[name]
        array = next((part.get(ARRAY_TYPE) for part in node.iter() if part.get(ARRAY_TYPE)), None)
        if array:
            for place, child in enumerate(element):
                if child.tag != "item":
                    yield f"{path}[{place}] is <{child.tag}>"
                yield from self._value_faults(child, array.removesuffix("[]"), f"{path}[{place}]")
            return
        fields = {field.get("name"): field for field in node.iterfind(".//x:element", NS)}
        given = [child.tag for child in element]
        if len(set(given)) != len(given):
            yield f"{path}: {given} names a field twice"
        yield from (f"{path} has no {name}" for name in given if name not in fields)
        for name, field in fields.items():
            if field.get("minOccurs") != "0" and name not in given:
                yield f"{path} lacks {name}"
        for child in element:
            if child.tag in fields:
                yield from self._value_faults(child, fields[child.tag].get("type"), f"{path}.{child.tag}")


def _scalar_faults(element, name, path):
    if len(element):
        yield f"{path} holds elements"
        return
    try:
        {"string": str, "int": int, "double": float}[name](element.text or "")
    except ValueError:
        yield f"{path}: {element.text!r} is no {name}"


class WsiChecker:
    """Holds a document/literal request against the schema inside a WSDL."""

    def __init__(self, wsdl):
        schema = etree.fromstring(wsdl).find(".//x:schema", NS)
        self.namespace = schema.get("targetNamespace")
        # One type, of shopping carts, names a field twice, which lxml takes for an ambiguity.
        for sequence in schema.iterfind(".//x:sequence", NS):
            seen = set()
            for field in list(sequence):
                if field.get("name") in seen:
                    sequence.remove(field)
                seen.add(field.get("name"))
        self.schema = etree.XMLSchema(etree.fromstring(etree.tostring(schema)))

    def faults(self, operation, body):
        """Yield what is wrong with a request."""
        names = {f"{{{self.namespace}}}{operation}{end}" for end in ("RequestParam", "Param")}
        if body[0].tag not in names:
            yield f"{body[0].tag} and not {operation}"
        call = etree.fromstring(etree.tostring(body[0]))
        if not self.schema.validate(call):
            yield from (str(error) for error in self.schema.error_log)


@pytest.fixture(scope="module", params=["rpc", "wsi"])
def flavour(request):
    return request.param


@pytest.fixture(scope="module")
def checker(flavour):
    return {"rpc": RpcChecker, "wsi": WsiChecker}[flavour](official(flavour))


@pytest.fixture(scope="module")
def sent(flavour):
    """Return ``(operation, body)`` of every request of an adapter that does all it can."""
    caller, transport, adapter = make_shop(official(flavour), is_wsi=flavour == "wsi")
    order_ids = caller.control(channel="openmage", generate={"count": 3, "kind": "standard", "age_seconds": 600})
    shipped, refunded, cancelled = order_ids["generate"]
    owed = caller.control(channel="openmage", generate={"count": 1, "kind": "unpaid", "age_seconds": 600})["generate"][
        0
    ]
    window = dto.Window(since=LONG_AGO)
    adapter.check()
    adapter.fetch_orders(window)
    adapter.fetch_listings()
    levels = [dto.StockLevel(ref=sku, sku=sku, quantity=quantity) for sku, quantity in (("OMS-0001", 5), ("NO", 6))]
    adapter.push_stock(levels[:1] + [msgspec.structs.replace(levels[0], ref="2", sku="OMS-0002")])
    adapter.push_stock(levels)
    invoice = dto.InvoiceNotice(
        order_external_id=owed, reference="I1", lines=notice_for(adapter, owed).lines, is_captured=True
    )
    adapter.push_invoice(invoice)
    adapter.push_invoice(invoice)
    made = adapter.find_invoice(msgspec.structs.replace(invoice, is_captured=False)).external_id
    with contextlib.suppress(Rejected):  # a payment without a gateway leaves nothing to take
        adapter._client.capture_invoice(made)
    notice = notice_for(adapter, shipped)
    adapter.push_shipment(notice)
    adapter.push_shipment(msgspec.structs.replace(notice, tracking="2"))
    order = adapter.parse_order(adapter.fetch_order(refunded).body)
    adapter.push_refund(
        dto.RefundNotice(
            order_external_id=refunded,
            reference="R1",
            amount=order.lines[0].amount,
            lines=(
                dto.RefundLine(
                    external_line_id=order.lines[0].external_id, amount=order.lines[0].amount, quantity=Decimal(1)
                ),
            ),
        )
    )
    adapter.fetch_refunds(window)
    with pytest.raises(Rejected):  # it is invoiced
        adapter.push_cancellation(dto.CancelNotice(order_external_id=cancelled, reference="C1"))
    return transport.sent


def notice_for(adapter, order_id):
    """Return a notice for all of an order, with a carrier no shop has."""
    order = adapter.parse_order(adapter.fetch_order(order_id).body)
    lines = tuple(dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines)
    return dto.ShipmentNotice(
        order_external_id=order_id,
        reference="P1",
        carrier_code="nightbike",
        carrier_name="Night <bike> & sons",
        tracking="1",
        shipped_at=LONG_AGO,
        lines=lines,
    )


def body_of(request):
    envelope = etree.fromstring(request)
    assert envelope.tag == f"{{{ENVELOPE}}}Envelope"
    return envelope.find(f"{{{ENVELOPE}}}Body")


def test_all_calls_were_made(sent):
    assert {operation for operation, _body in sent} == CALLS


def test_every_request_is_as_the_wsdl_says(sent, checker):
    for operation, request in sent:
        assert list(checker.faults(operation, body_of(request))) == [], request.decode()


def test_the_check_sees_what_is_wrong(sent, checker):
    bodies = dict(sent)
    for operation in ("salesOrderShipmentCreate", "catalogInventoryStockItemMultiUpdate", "salesOrderList"):
        body = body_of(bodies[operation])
        body[0][0].tag = "sessionID"
        assert list(checker.faults(operation, body))
    for change in (
        lambda quantity: setattr(quantity, "text", "two"),
        lambda quantity: etree.SubElement(quantity.getparent(), "extra"),
        lambda quantity: quantity.getparent().remove(quantity),
    ):
        body = body_of(bodies["salesOrderShipmentCreate"])
        change(body.find(".//qty"))
        assert list(checker.faults("salesOrderShipmentCreate", body))
