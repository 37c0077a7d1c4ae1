"""The WSDL of the played operations, made from the two tables, in the flavour and with the namespace asked for."""

from lxml import etree

from .operations import OPERATIONS
from .wire_types import SCALARS, TYPES, fields_of, item_type_of

WSDL = "http://schemas.xmlsoap.org/wsdl/"
SOAP = "http://schemas.xmlsoap.org/wsdl/soap/"
XSD = "http://www.w3.org/2001/XMLSchema"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
HTTP_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"


def build_wsdl(namespace, address, is_wsi):
    """Return the WSDL as bytes: `address` is where requests go, `is_wsi` chooses WS-I instead of RPC/encoded."""
    prefixes = {"typens": namespace, "xsd": XSD, "soap": SOAP, "soapenc": ENCODING, "wsdl": WSDL}
    name = namespace.removeprefix("urn:")
    root = etree.Element(_wsdl("definitions"), {"name": name, "targetNamespace": namespace}, nsmap=prefixes)
    schema = _add(_add(root, _wsdl("types")), _xsd("schema"), targetNamespace=namespace)
    if not is_wsi:
        _add(schema, _xsd("import"), namespace=ENCODING, schemaLocation=ENCODING)
    _add_types(schema, is_wsi)
    for operation in OPERATIONS.values():
        _add_messages(root, schema, operation, is_wsi)
    _add_port_type(root)
    _add_binding(root, namespace, is_wsi)
    service = _add(root, _wsdl("service"), name=f"{name}Service")
    port = _add(service, _wsdl("port"), name="ActionPort", binding="typens:ActionBinding")
    _add(port, _soap("address"), location=address)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def type_reference(type_name):
    """Return a type as the WSDL refers to it."""
    return f"xsd:{type_name}" if type_name in SCALARS else f"typens:{type_name}"


def _wsdl(name):
    return f"{{{WSDL}}}{name}"


def _xsd(name):
    return f"{{{XSD}}}{name}"


def _soap(name):
    return f"{{{SOAP}}}{name}"


def _add(parent, tag, **attributes):
    return etree.SubElement(parent, tag, attributes)


def _lists():
    """Return the names of all lists that the types and the operations refer to."""
    used = {field.type for name in TYPES for field in fields_of(name)}
    for operation in OPERATIONS.values():
        for is_wsi in (False, True):
            used |= {field.type for field in (*operation.parts(is_wsi), operation.answer_part(is_wsi))}
    return sorted(name for name in used if item_type_of(name))


def _add_types(schema, is_wsi):
    for name in TYPES:
        kind = _add(schema, _xsd("complexType"), name=name)
        body = _add(kind, _xsd("sequence" if is_wsi else "all"))
        for field in fields_of(name):
            _add_field(body, field)
    for name in _lists():
        kind = _add(schema, _xsd("complexType"), name=name)
        item = type_reference(item_type_of(name))
        if is_wsi:
            body = _add(kind, _xsd("sequence"))
            _add(body, _xsd("element"), name="complexObjectArray", type=item, minOccurs="0", maxOccurs="unbounded")
        else:
            content = _add(kind, _xsd("complexContent"))
            restriction = _add(content, _xsd("restriction"), base="soapenc:Array")
            attribute = _add(restriction, _xsd("attribute"), ref="soapenc:arrayType")
            attribute.set(_wsdl("arrayType"), f"{item}[]")


def _add_field(body, field):
    element = _add(body, _xsd("element"), name=field.name, type=type_reference(field.type))
    if not field.is_required:
        element.set("minOccurs", "0")


def _add_messages(root, schema, operation, is_wsi):
    # Messages come before the port type and after the types, each next to the last one.
    for is_answer in (False, True):
        fields = (operation.answer_part(is_wsi),) if is_answer else operation.parts(is_wsi)
        message = _add(root, _wsdl("message"), name=operation.message(is_answer))
        if not is_wsi:
            for field in fields:
                _add(message, _wsdl("part"), name=field.name, type=type_reference(field.type))
        elif fields:
            name = operation.wsi_element(is_answer)
            _add(message, _wsdl("part"), name="parameters", element=f"typens:{name}")
            element = _add(schema, _xsd("element"), name=name)
            body = _add(_add(element, _xsd("complexType")), _xsd("sequence"))
            for field in fields:
                _add_field(body, field)


def _add_port_type(root):
    port_type = _add(root, _wsdl("portType"), name="ActionPortType")
    for operation in OPERATIONS.values():
        entry = _add(port_type, _wsdl("operation"), name=operation.name)
        _add(entry, _wsdl("documentation")).text = operation.text
        _add(entry, _wsdl("input"), message=f"typens:{operation.message(is_answer=False)}")
        _add(entry, _wsdl("output"), message=f"typens:{operation.message(is_answer=True)}")


def _add_binding(root, namespace, is_wsi):
    binding = _add(root, _wsdl("binding"), name="ActionBinding", type="typens:ActionPortType")
    _add(binding, _soap("binding"), style="document" if is_wsi else "rpc", transport=HTTP_TRANSPORT)
    if is_wsi:
        body = {"use": "literal"}
    else:
        body = {"namespace": namespace, "use": "encoded", "encodingStyle": ENCODING}
    for operation in OPERATIONS.values():
        entry = _add(binding, _wsdl("operation"), name=operation.name)
        _add(entry, _soap("operation"), soapAction="" if is_wsi else "urn:ActionAction")
        for direction in ("input", "output"):
            _add(_add(entry, _wsdl(direction)), _soap("body"), **body)
