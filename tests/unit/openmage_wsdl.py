"""A WSDL of our own with a few calls, in both flavours: what unit tests need of the official one's manner."""

_CALLS = {
    "login": ("username string", "apiKey string"),
    "salesOrderList": ("sessionId string", "filters filters"),
    "salesOrderInfo": ("sessionId string", "orderIncrementId string"),
    "catalogInventoryStockItemUpdate": ("sessionId string", "product string", "data stockItem"),
}
_TYPES = {
    "stockItem": ("qty string", "is_in_stock int"),
    "associativeEntity": ("key string", "value string"),
    "complexFilter": ("key string", "value associativeEntity"),
    "filters": ("filter associativeArray", "complex_filter complexFilterArray"),
}
_ARRAYS = {"associativeArray": "associativeEntity", "complexFilterArray": "complexFilter"}
_NAMES = (
    'xmlns="http://schemas.xmlsoap.org/wsdl/" xmlns:x="http://www.w3.org/2001/XMLSchema"'
    ' xmlns:s="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:c="http://schemas.xmlsoap.org/soap/encoding/"'
    ' xmlns:w="http://schemas.xmlsoap.org/wsdl/"'
)
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"


def make_wsdl(*, is_wsi=False, namespace="urn:OpenMage", address="https://shop.example/api/v2_soap/index/", more=""):
    """Return a WSDL as text; ``more`` goes into its schema."""
    style, use = ("document", 'use="literal"') if is_wsi else ("rpc", f'use="encoded" encodingStyle="{ENCODING}"')
    types = "".join(_type(name, fields, "sequence" if is_wsi else "all") for name, fields in _TYPES.items())
    types += "".join(_array(name, entry, is_wsi=is_wsi) for name, entry in _ARRAYS.items())
    elements = "".join(_element(call, fields) for call, fields in _CALLS.items()) if is_wsi else ""
    messages = "".join(_message(call, fields, is_wsi=is_wsi) for call, fields in _CALLS.items())
    ports = "".join(
        f'<operation name="{call}"><input message="t:{call}"/><output message="t:{call}Response"/></operation>'
        for call in _CALLS
    )
    body = f'<s:body namespace="{namespace}" {use}/>' if not is_wsi else f"<s:body {use}/>"
    bound = "".join(
        f'<operation name="{call}"><s:operation soapAction="urn:Action"/><input>{body}</input><output>{body}</output>'
        "</operation>"
        for call in _CALLS
    )
    imported = "" if is_wsi else f'<x:import namespace="{ENCODING}" schemaLocation="{ENCODING}"/>'
    return (
        f'<?xml version="1.0"?><definitions {_NAMES} xmlns:t="{namespace}" targetNamespace="{namespace}" name="Shop">'
        f'<types><x:schema targetNamespace="{namespace}">{imported}{more}{types}{elements}</x:schema></types>'
        f'{messages}<portType name="Port">{ports}</portType><binding name="Binding" type="t:Port">'
        f'<s:binding style="{style}" transport="http://schemas.xmlsoap.org/soap/http"/>{bound}</binding>'
        f'<service name="Shop"><port name="Port" binding="t:Binding"><s:address location="{address}"/></port></service>'
        "</definitions>"
    ).encode()


def _kind(kind):
    return f"x:{kind}" if kind in ("string", "int") else f"t:{kind}"


def _fields(fields, extra=' minOccurs="0"'):
    pairs = (field.split() for field in fields)
    return "".join(f'<x:element name="{name}" type="{_kind(kind)}"{extra}/>' for name, kind in pairs)


def _type(name, fields, group):
    return f'<x:complexType name="{name}"><x:{group}>{_fields(fields)}</x:{group}></x:complexType>'


def _array(name, entry, *, is_wsi):
    if is_wsi:
        field = f'<x:element minOccurs="0" maxOccurs="unbounded" name="complexObjectArray" type="t:{entry}"/>'
        return f'<x:complexType name="{name}"><x:sequence>{field}</x:sequence></x:complexType>'
    of = f'<x:attribute ref="c:arrayType" w:arrayType="t:{entry}[]"/>'
    inside = f'<x:complexContent><x:restriction base="c:Array">{of}</x:restriction></x:complexContent>'
    return f'<x:complexType name="{name}">{inside}</x:complexType>'


def _element(call, fields):
    ask = f'<x:element name="{call}Param"><x:complexType><x:sequence>{_fields(fields, "")}</x:sequence>'
    answer = f'<x:element name="{call}ResponseParam"><x:complexType><x:sequence>{_fields(("result string",))}'
    return f"{ask}</x:complexType></x:element>{answer}</x:sequence></x:complexType></x:element>"


def _message(call, fields, *, is_wsi):
    if is_wsi:
        parts, result = f'<part name="parameters" element="t:{call}Param"/>', f'element="t:{call}ResponseParam"'
    else:
        pairs = (field.split() for field in fields)
        parts = "".join(f'<part name="{name}" type="{_kind(kind)}"/>' for name, kind in pairs)
        result = 'type="x:string"'
    answer = f'<message name="{call}Response"><part name="result" {result}/></message>'
    return f'<message name="{call}">{parts}</message>{answer}'
