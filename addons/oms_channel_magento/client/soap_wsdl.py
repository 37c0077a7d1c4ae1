"""A shop's WSDL, read once: which calls there are, and how their arguments are written.

The namespace differs between shops (urn:Magento before OpenMage 19.4.17 and 20.0.15, urn:OpenMage since), the style is
RPC/encoded or WS-I document/literal, and extensions add calls and fields; so everything is taken from the WSDL.
"""

import functools
import io
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import zeep.exceptions
from lxml import etree
from odoo.addons.oms_core.lib.errors import Malformed, NotSupported
from zeep import Client, Settings, xsd
from zeep.wsdl import Document

from ..lib.soap_answer import parse_xml
from .soap_transport import ENCODING_NAME, NoTransport, SoapTransport

_ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
_SCHEMA = "http://www.w3.org/2001/XMLSchema"
_WSDL = "http://schemas.xmlsoap.org/wsdl/"
# Shops of one worker are few; a WSDL is some megabytes once it is read.
KEPT_WSDLS = 8


class Interface:
    """The calls of one WSDL. Holds no account and no connection, so that all workers of a process may share it."""

    def __init__(self, document: Document, settings: Settings):
        self._document = document
        self._settings = settings
        self.port = _port(document)
        self.address = self.port.binding_options.get("address", "")

    def has(self, operation: str) -> bool:
        """Return whether the shop offers a call."""
        return operation in self.port.binding._operations

    def call(self, transport: SoapTransport, address: str, operation: str, arguments: Sequence[Any]) -> Any:
        """Send a call and return the response as ``transport`` gives it.

        :param arguments: plain values in the order of the WSDL, which is the same in both styles; dicts for types,
            lists for arrays; optional ones at the end may be left out
        :raise NotSupported: the shop has no such call
        """
        if not self.has(operation):
            raise NotSupported(operation)
        wanted = self.port.binding.get(operation).input.body.type.elements
        values = [_typed(element.type, value) for (_name, element), value in zip(wanted, arguments, strict=False)]
        client = Client(self._document, transport=transport, settings=self._settings)
        service = client.create_service(self.port.binding.name, address)
        return service[operation](*values)

    def build(self, operation: str, arguments: Sequence[Any]) -> bytes:
        """Return the envelope of a call without sending it."""
        kept: list[bytes] = []

        class Paper(NoTransport):
            def post_xml(self, address, envelope, headers):
                kept.append(etree.tostring(envelope))

        self.call(Paper(b""), "https://shop.invalid/", operation, arguments)
        return kept[0]


@functools.lru_cache(maxsize=KEPT_WSDLS)
def read_wsdl(body: bytes) -> Interface:
    """Return the interface a WSDL describes; one that was read before is not read again.

    :raise Malformed: it is no WSDL we can use
    """
    root = parse_xml(body)
    if root.tag != f"{{{_WSDL}}}definitions":
        raise Malformed("wrong_shape", reason="the address gives no WSDL")
    for imported in root.iter(f"{{{_SCHEMA}}}import"):
        if imported.get("namespace") == _ENCODING:
            imported.set("schemaLocation", ENCODING_NAME)
    settings = Settings(
        strict=True,
        raw_response=True,  # ``soap_answer`` reads it
        xml_huge_tree=False,
        forbid_dtd=True,
        forbid_entities=True,
        forbid_external=True,
        force_https=False,  # the address is not taken from the WSDL, see ``address_of``
    )
    schema = (files(__package__) / "soap_encoding.xsd").read_bytes()
    try:
        document = Document(io.BytesIO(etree.tostring(root)), NoTransport(schema), settings=settings)
        return Interface(document, settings)
    except (zeep.exceptions.Error, LookupError, TypeError, ValueError, AttributeError) as error:
        # What else zeep raises on a broken WSDL; its text holds names of the WSDL only.
        raise Malformed("wrong_shape", reason=f"the WSDL cannot be used: {type(error).__name__}") from None


def address_of(wsdl_address: str, own: str) -> str:
    """Return where calls are sent: the path the WSDL names, on the host and with the scheme of the account's address.

    Behind a proxy a shop names a host or a scheme only it can reach.
    """
    mine, named = urlsplit(own), urlsplit(wsdl_address)
    if named.hostname == mine.hostname and named.path:
        return urlunsplit((mine.scheme, mine.netloc, named.path, named.query, ""))
    return urlunsplit((mine.scheme, mine.netloc, mine.path, "", ""))


def _port(document: Document):
    for service in document.services.values():
        for port in service.ports.values():
            return port
    raise Malformed("wrong_shape", reason="the WSDL names no service")


def _typed(type_: Any, value: Any) -> Any:
    """Return a plain value as zeep wants it for a type of the WSDL.

    A list becomes an array entry by entry: zeep sends a plain list in a shape the server does not take for an array
    (tried on OpenMage 20.0.20 with zeep 4.3).
    """
    if isinstance(value, Mapping):
        types = dict(type_.elements)
        return type_(**{name: _typed(types[name].type, inner) for name, inner in value.items()})
    if not isinstance(value, (list, tuple)):
        return value
    entries = dict(type_.elements)
    if "complexObjectArray" in entries:  # WS-I
        entry = entries["complexObjectArray"].type
        return type_(complexObjectArray=[_typed(entry, inner) for inner in value])
    entry = next(attribute.array_type for _name, attribute in type_.attributes if attribute.array_type)
    return type_([xsd.AnyObject(xsd.Element("item", entry), _typed(entry, inner)) for inner in value])
