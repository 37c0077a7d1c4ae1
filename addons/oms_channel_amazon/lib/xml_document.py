"""XML that Amazon takes and gives: envelopes built and read without ever believing the document about itself. Pure."""

from collections.abc import Iterable

from lxml import etree
from odoo.addons.oms_core.lib.errors import Malformed

_INSTANCE = "http://www.w3.org/2001/XMLSchema-instance"


def build_envelope(seller: str, kind: str, messages: Iterable[etree._Element]) -> bytes:
    """Return an AmazonEnvelope with messages numbered from 1.

    Source: amzn-envelope.xsd and amzn-header.xsd, images-na.ssl-images-amazon.com/images/G/01/rainier/help/xsd/
    release_1_9, named by developer-docs.amazon.com/sp-api/docs/order-feed-type-values, seen 2026-11-26.

    :param kind: the MessageType, which is also the name of each message's element
    """
    root = etree.Element("AmazonEnvelope", nsmap={"xsi": _INSTANCE})
    root.set(f"{{{_INSTANCE}}}noNamespaceSchemaLocation", "amzn-envelope.xsd")
    header = etree.SubElement(root, "Header")
    add(header, "DocumentVersion", "1.01")
    add(header, "MerchantIdentifier", seller)
    add(root, "MessageType", kind)
    for number, message in enumerate(messages, 1):
        holder = etree.SubElement(root, "Message")
        add(holder, "MessageID", str(number))
        holder.append(message)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def add(parent: etree._Element, name: str, text: str, **attributes: str) -> etree._Element:
    """Append an element with a text; the library escapes what must be.

    :raise ValueError: the text holds characters XML cannot hold
    """
    element = etree.SubElement(parent, name, **attributes)
    element.text = text
    return element


def read_xml(body: bytes) -> etree._Element:
    """Return the root of a foreign document. No DTD, no entity, no other file and no network is ever looked at.

    :raise Malformed: it is no XML, or brings a DTD
    """
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        raise Malformed("not_xml", reason="the document is not XML") from None
    if root.getroottree().docinfo.doctype:
        raise Malformed("not_xml", reason="the document brings a DTD, which no document of Amazon's does")
    return root


def text_of(element: etree._Element, path: str) -> str | None:
    """Return the text at ``path`` below an element; what is absent or empty is ``None``."""
    return (element.findtext(path) or "").strip() or None
