"""SOAP 1.1 on the wire: requests read into values, values written as PHP's SOAP server writes them.

A text is a str, a list a list, a structure a dict, a nil or empty number None. What the WSDL does not name is refused,
which the real server would not do: it drops unknown parts without a word.
"""

import re
from decimal import Decimal, InvalidOperation

from lxml import etree

from ..wire import Answer
from .errors import SoapFault, bad_request, not_present
from .operations import OPERATIONS
from .wire_types import SCALARS, fields_of, item_type_of
from .wsdl import ENCODING, XSD, type_reference

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
CONTENT_TYPE = "text/xml; charset=utf-8"
_ENCODING_VIOLATION = "SOAP-ERROR: Encoding: Violation of encoding rules"
# What the real server says to a list that is no SOAP array (OpenMage 20.0.20, tried 2026-11-23); the number is ours.
_NO_LIST = SoapFault(102, "Product's data is not valid.")
# Control characters, which XML cannot carry. PHP writes them as references all the same, so that nobody can read the
# answer; they travel through the serializer in a private part of Unicode.
_CONTROLS = {code: 0xF700 + code for code in range(1, 32) if chr(code) not in "\t\n\r"}
_MOST = 10**12  # what a column of the database holds, and more
_STAND_INS = re.compile("[\uf701-\uf71f]")


def read_body(body):
    """Return the first element inside the SOAP body, or None when the body is empty; raise SoapFault otherwise."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise bad_request() from None
    if root.getroottree().docinfo.internalDTD is not None or root.getroottree().docinfo.doctype:
        raise bad_request("DTD are not supported by SOAP")
    soap_body = root.find(f"{{{ENVELOPE}}}Body")
    if root.tag != f"{{{ENVELOPE}}}Envelope" or soap_body is None:
        raise bad_request()
    return next(iter(soap_body), None)


def find_operation(element, is_wsi):
    """Return the operation an element of the SOAP body calls; raise SoapFault when there is none.

    Its namespace is the WSDL's or none at all; the real server does not look at it.
    """
    if element is None:
        if is_wsi:
            return OPERATIONS["startSession"]  # In WS-I it is the operation without a message.
        raise bad_request()
    name = etree.QName(element).localname
    for operation in OPERATIONS.values():
        if name == (operation.wsi_element(is_answer=False) if is_wsi else operation.name):
            return operation
    raise not_present(name)


def operation_name(body):
    """Return the name of the operation a request calls in either flavour, or None when it cannot be read."""
    try:
        element = read_body(body)
        for is_wsi in (False, True):
            try:
                return find_operation(element, is_wsi).name
            except SoapFault:
                continue
    except SoapFault:
        pass
    return None


def session_id_of(body):
    """Return the session id a request carries, or None."""
    try:
        element = read_body(body)
    except SoapFault:
        return None
    return None if element is None else element.findtext("{*}sessionId")


def read_request(body, namespace, is_wsi):
    """Return the operation and the values of its parts by name; raise SoapFault."""
    element = read_body(body)
    operation = find_operation(element, is_wsi)
    if element is None:
        return operation, {}
    if etree.QName(element).namespace not in (namespace, None):
        raise not_present(etree.QName(element).localname)
    values = _read_fields(element, operation.parts(is_wsi), is_wsi)
    missing = [field.name for field in operation.parts(is_wsi) if field.is_required and field.name not in values]
    if missing and is_wsi:
        raise SoapFault(6)
    return operation, values


def _read_fields(element, fields, is_wsi):
    known = {field.name: field for field in fields}
    values = {}
    for child in element:
        name = etree.QName(child).localname
        if name not in known:
            raise bad_request(f"{etree.QName(element).localname} has no element {name}")
        if name in values:
            raise _NO_LIST if item_type_of(known[name].type) else bad_request(f"{name} is there twice")
        values[name] = _read_value(child, known[name].type, is_wsi)
    return values


def _read_value(element, kind, is_wsi):
    if element.get(f"{{{XSI}}}nil") in ("1", "true"):
        return None
    if kind in SCALARS:
        return _read_scalar(element, kind)
    item = item_type_of(kind)
    if item is None:
        if (element.text or "").strip():
            raise bad_request(_ENCODING_VIOLATION)
        return _read_fields(element, fields_of(kind), is_wsi)
    if is_wsi:
        entries = [_read_value(child, item, is_wsi) for child in element if _is_wsi_item(child)]
        if len(entries) != len(element):
            raise bad_request(_ENCODING_VIOLATION)
        return entries
    _ensure_array(element, item)
    return [_read_value(child, item, is_wsi) for child in element]


def _is_wsi_item(element):
    return etree.QName(element).localname == "complexObjectArray"


def _ensure_array(element, item):
    """Raise SoapFault unless an element has the shape of a SOAP array: nothing but one element for each entry."""
    is_scalar = item in SCALARS
    if (element.text or "").strip():
        raise _NO_LIST
    fields = {} if is_scalar else {field.name: field for field in fields_of(item)}
    for child in element:
        name = etree.QName(child).localname
        has_parts = len(child) > 0
        if is_scalar == has_parts or (name in fields and fields[name].type in SCALARS and not has_parts):
            raise _NO_LIST


def _read_scalar(element, kind):
    if len(element):
        raise bad_request(_ENCODING_VIOLATION)
    text = element.text or ""
    if kind == "string":
        return text
    text = text.strip()
    if not text:
        return None
    try:
        if kind == "int":
            return int(text)
        if kind == "double":
            number = Decimal(text)
            if number.is_finite() and -_MOST < number < _MOST:
                return number
    except (ValueError, InvalidOperation):
        pass
    if kind == "boolean" and text in ("0", "1", "false", "true"):
        return text in ("1", "true")
    raise bad_request(_ENCODING_VIOLATION)


class Writer:
    """Writes answers in one flavour and namespace."""

    def __init__(self, namespace, is_wsi):
        self._namespace = namespace
        self._is_wsi = is_wsi

    def answer(self, operation, value):
        """Return the answer of an operation: `value` is what its one part holds."""
        envelope, body = self._envelope()
        name = operation.wsi_element(is_answer=True) if self._is_wsi else f"{operation.name}Response"
        element = etree.SubElement(body, f"{{{self._namespace}}}{name}")
        part = operation.answer_part(self._is_wsi)
        self._write(element, part.name, part.type, value)
        return Answer(200, _serialize(envelope), {"Content-Type": CONTENT_TYPE})

    def fault(self, fault, status=500):
        """Return a fault as an answer; SOAP 1.1 wants status 500 for it."""
        envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"SOAP-ENV": ENVELOPE})
        body = etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")
        element = etree.SubElement(body, f"{{{ENVELOPE}}}Fault")
        etree.SubElement(element, "faultcode").text = fault.code
        etree.SubElement(element, "faultstring").text = _writable(fault.message)
        return Answer(status, _serialize(envelope), {"Content-Type": CONTENT_TYPE})

    def _envelope(self):
        prefixes = {"SOAP-ENV": ENVELOPE, "ns1": self._namespace}
        if not self._is_wsi:
            prefixes |= {"xsd": XSD, "xsi": XSI, "SOAP-ENC": ENCODING}
        envelope = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=prefixes)
        if not self._is_wsi:
            envelope.set(f"{{{ENVELOPE}}}encodingStyle", ENCODING)
        return envelope, etree.SubElement(envelope, f"{{{ENVELOPE}}}Body")

    def _write(self, parent, name, kind, value):
        element = etree.SubElement(parent, name)
        if value is None:
            if not self._is_wsi:
                element.set(f"{{{XSI}}}nil", "true")
            return
        item = item_type_of(kind)
        if kind in SCALARS or not isinstance(value, dict if item is None else list):
            # Where a test has put something else in the place of a structure, that is what is written.
            element.text = _writable(_scalar_text(value))
        elif item is not None:
            self._write_list(element, item, value)
        else:
            for field in fields_of(kind):
                if field.name in value:
                    self._write(element, field.name, field.type, value[field.name])
        if not self._is_wsi:
            element.set(f"{{{XSI}}}type", self._reference(kind))

    def _write_list(self, element, item, values):
        for value in values:
            self._write(element, "complexObjectArray" if self._is_wsi else "item", item, value)
        if not self._is_wsi:
            element.set(f"{{{ENCODING}}}arrayType", f"{self._reference(item)}[{len(values)}]")

    @staticmethod
    def _reference(kind):
        return type_reference(kind).replace("typens:", "ns1:")


def change_entries(answer, change):
    """Return an answer whose list, if it is one, went through `change`: a function of the list of its elements."""
    try:
        response = read_body(answer.body)
    except SoapFault:
        return answer
    if response is None or len(response) != 1 or not len(response[0]):
        return answer
    entries = list(response[0])
    array_type = response[0].get(f"{{{ENCODING}}}arrayType")
    if array_type is None and any(etree.QName(entry).localname != "complexObjectArray" for entry in entries):
        return answer
    changed = change(entries)
    for entry in entries:
        response[0].remove(entry)
    for entry in changed:
        response[0].append(etree.fromstring(etree.tostring(entry)))
    if array_type is not None:
        response[0].set(f"{{{ENCODING}}}arrayType", re.sub(r"\[\d+\]", f"[{len(changed)}]", array_type))
    return Answer(answer.status, _serialize(response.getroottree()), answer.headers)


def _scalar_text(value):
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _writable(text):
    """Return a text as it goes into the tree; raise SoapFault for half a character. It ends where a NUL is, as in C."""
    text = text.partition("\0")[0].replace("\ufffe", "").replace("\uffff", "")
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        begin = text[: problem.start]
        raise SoapFault(
            "SOAP-ENV:Server", f"SOAP-ERROR: Encoding: string '{begin}...' is not a valid utf-8 string"
        ) from None
    return text.translate(_CONTROLS)


def _serialize(tree):
    text = etree.tostring(tree, encoding="unicode")
    text = _STAND_INS.sub(lambda found: f"&#x{ord(found.group()) - 0xF700:X};", text)
    return b'<?xml version="1.0" encoding="UTF-8"?>\n' + text.encode()
