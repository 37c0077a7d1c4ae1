"""Read what a SOAP server answered: an envelope in, plain values out. Pure.

Answers are read by this small reader and not by the WSDL's types, which build the requests only: a list must survive
a field the WSDL does not name, RPC/encoded and document/literal give the same values, and texts stay texts, so that no
amount is lost. What a value means is said later by the types of ``soap_wire``.
"""

from typing import NamedTuple

from lxml import etree
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
# What an entry of an array is called: in RPC/encoded as PHP writes it, in the WS-I WSDL by name.
_ENTRY_NAMES = frozenset({"item", "complexObjectArray"})
MAX_DEPTH = 24

Value = str | list | dict | None


class Fault(NamedTuple):
    """The server said no. ``code`` is Magento's number, or a word of the SOAP server itself ("Server")."""

    code: str
    text: str


def parse_xml(body: bytes) -> etree._Element:
    """Return the root of an XML text that nobody may extend: no DTD, no entities, nothing loaded, no huge trees.

    :raise Malformed: ``not_xml`` or ``bad_xml``
    """
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body.removeprefix(b"\xef\xbb\xbf").lstrip(), parser)  # PHP files end in blank lines
    except etree.XMLSyntaxError as error:
        line, column = error.position
        raise Malformed("not_xml", reason=f"the text is not XML at line {line}, character {column}") from None
    except ValueError:
        raise Malformed("not_xml", reason="the text is not XML") from None
    if root.getroottree().docinfo.doctype:
        raise Malformed("bad_xml", reason="the text declares a document type, which an answer must not")
    return root


def read_answer(body: bytes) -> Value | Fault:
    """Return the result of a call, or the fault.

    :raise Malformed: the body is no SOAP 1.1 envelope, or holds nothing
    """
    root = parse_xml(body)
    if root.tag != f"{{{ENVELOPE}}}Envelope":
        raise Malformed("wrong_shape", reason="the answer is not a SOAP envelope")
    soap_body = root.find(f"{{{ENVELOPE}}}Body")
    parts = [] if soap_body is None else list(soap_body)
    if not parts:
        raise Malformed("wrong_shape", reason="the SOAP envelope is empty")
    if parts[0].tag == f"{{{ENVELOPE}}}Fault":
        return Fault(
            code=shown((parts[0].findtext("faultcode") or "").strip().rpartition(":")[2]),
            text=shown((parts[0].findtext("faultstring") or "").strip(), 500),
        )
    results = list(parts[0])
    return _Reader(soap_body).value_of(results[0], "$", 0) if results else None


class _Reader:
    """Turns elements into values; follows ``href`` to elements the RPC encoding names once and uses twice."""

    def __init__(self, soap_body: etree._Element):
        self._named = {element.get("id"): element for element in soap_body.iter("*") if element.get("id")}

    def value_of(self, element: etree._Element, path: str, depth: int) -> Value:
        if depth > MAX_DEPTH:
            raise Malformed("too_deep", path=path, reason="the answer is nested too deeply")
        href = element.get("href", "")
        if href.startswith("#") and href[1:] in self._named:
            return self.value_of(self._named[href[1:]], path, depth + 1)
        if element.get(f"{{{_XSI}}}nil") in ("true", "1"):
            return None
        children = list(element)
        if _is_array(element, children):
            return [self.value_of(child, f"{path}[{place}]", depth + 1) for place, child in enumerate(children)]
        if not children:
            return element.text or ""
        found: dict[str, Value] = {}
        for child in children:
            name = etree.QName(child).localname
            if name in found:
                raise Malformed("duplicate_key", path=path, reason=f"the field {shown(name)} is given twice")
            found[name] = self.value_of(child, f"{path}.{name}", depth + 1)
        return found


def _is_array(element: etree._Element, children: list[etree._Element]) -> bool:
    if element.get(f"{{{_ENCODING}}}arrayType") is not None:
        return True
    return bool(children) and all(etree.QName(child).localname in _ENTRY_NAMES for child in children)
