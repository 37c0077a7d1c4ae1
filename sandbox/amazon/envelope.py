"""The XML of order feeds: the envelope with its messages, and the processing report that answers it.

Formats: amzn-envelope.xsd, AmznBase.xsd, OrderAcknowledgement.xsd, OrderAdjustment.xsd and ProcessingReport.xsd of
release 4.1, named by Amazon's page "Order feed type values". Their elements and values were read from classes that were
generated from them (github.com/hsudas/flexi, Libraries/Flexi.Model/Poco/AmazonMWS/Feeds), the shape of a whole report
from reports in the test data of connectors. Seen 2026-11-26. The codes of results are ours, except 5000 for XML that
cannot be read and 18021 for a quantity that is too large.
"""

import re
from dataclasses import dataclass

from lxml import etree

UNREADABLE_CODE = "5000"
_AMOUNT = re.compile(r"-?\d{1,9}(\.\d{1,2})?\Z")
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


class BadEnvelope(Exception):
    """The document as a whole is not an envelope of the expected kind; the message says why."""


class BadMessage(Exception):
    """One message is refused; carries the code and text of its result and the order item it is about, if any."""

    def __init__(self, code, text, item_id=None):
        super().__init__(text)
        self.code = code
        self.text = text
        self.item_id = item_id


@dataclass
class Result:
    """What has come of one message that was refused."""

    message_id: str
    code: str
    text: str
    order_id: str | None = None
    item_id: str | None = None


def read_messages(body, kind, seller_id):
    """Return (message id, element of the kind) of an envelope; raise BadEnvelope when it is none.

    Entities, document types and the network stay off.
    """
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise BadEnvelope(f"XML Parsing Error: {problem}") from None
    if root.getroottree().docinfo.doctype:
        raise BadEnvelope("XML Parsing Error: a document type is not allowed.")
    if root.tag != "AmazonEnvelope":
        raise BadEnvelope("The document is not an AmazonEnvelope.")
    if text_at(root, "Header/MerchantIdentifier") != seller_id:
        raise BadEnvelope("MerchantIdentifier is not the seller of this feed.")
    if text_at(root, "Header/DocumentVersion") is None:
        raise BadEnvelope("DocumentVersion is missing.")
    if text_at(root, "MessageType") != kind:
        raise BadEnvelope(f"MessageType must be {kind}.")
    messages = root.findall("Message")
    if not messages:
        raise BadEnvelope("The envelope has no messages.")
    return [_read_message(message, kind) for message in messages]


def _read_message(message, kind):
    number, content = text_at(message, "MessageID"), message.find(kind)
    if number is None or not (number.isascii() and number.isdigit() and 0 < len(number) < 20):
        raise BadEnvelope("A message has no MessageID.")
    if content is None:
        raise BadEnvelope(f"Message {number} has no {kind}.")
    return number, content


def text_at(element, path):
    """Return the text of the first element at a path without the space around it, or None if there is none."""
    text = element.findtext(path)
    return text.strip() or None if text is not None else None


def ensure_known(element, names):
    """Raise BadMessage if an element has children that the schema does not name."""
    for child in element:
        if isinstance(child.tag, str) and child.tag not in names:
            raise BadMessage("5001", f"{element.tag} does not know the element {child.tag}.")


def count_at(element, path):
    """Return a whole number above zero, or None if the element is not there; raise BadMessage for anything else."""
    text = text_at(element, path)
    if text is None:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise BadMessage("5001", f"{path} must be a whole number above zero.")
    return int(text)


def amount_text(element):
    """Return the text of an amount with at most two decimals; raise BadMessage for anything else."""
    text = (element.text or "").strip()
    if not _AMOUNT.match(text):
        raise BadMessage("5001", f"{text or 'nothing'} is not an amount with at most two decimals.")
    return text


def build_report(feed, processed, refused):
    """Return a processing report as bytes: how many messages there were, and a Result for each that was refused."""
    root = etree.Element("AmazonEnvelope", nsmap={"xsi": _XSI})
    root.set(f"{{{_XSI}}}noNamespaceSchemaLocation", "amzn-envelope.xsd")
    _fill(root, "Header", {"DocumentVersion": "1.02", "MerchantIdentifier": feed["seller"]})
    etree.SubElement(root, "MessageType").text = "ProcessingReport"
    message = _fill(root, "Message", {"MessageID": "1"})
    report = _fill(message, "ProcessingReport", {"DocumentTransactionID": feed["id"], "StatusCode": "Complete"})
    with_error = len({result.message_id for result in refused})
    counts = {"Processed": processed, "Successful": processed - with_error, "WithError": with_error, "WithWarning": 0}
    _fill(report, "ProcessingSummary", {f"Messages{name}": str(count) for name, count in counts.items()})
    for result in refused:
        shown = {"MessageID": result.message_id, "ResultCode": "Error", "ResultMessageCode": result.code}
        element = _fill(report, "Result", {**shown, "ResultDescription": result.text})
        if result.order_id:
            about = {"AmazonOrderID": result.order_id, "AmazonOrderItemCode": result.item_id}
            _fill(element, "AdditionalInfo", {name: text for name, text in about.items() if text})
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def unreadable_report(feed, problem):
    """Return the report for a document that is no envelope."""
    return build_report(feed, 0, [Result("0", UNREADABLE_CODE, str(problem))])


def _fill(parent, tag, texts):
    element = etree.SubElement(parent, tag)
    for name, text in texts.items():
        etree.SubElement(element, name).text = text
    return element


def work_through(feed, body, kind, apply):
    """Give each message of a document to `apply(element)`; return final status and processing report.

    `apply` raises BadMessage for one it refuses. A document that is no envelope ends FATAL.
    """
    try:
        messages = read_messages(body, kind, feed["seller"])
    except BadEnvelope as problem:
        return "FATAL", unreadable_report(feed, problem)
    refused = []
    for number, element in messages:
        try:
            apply(number, element)
        except BadMessage as problem:
            order_id = text_at(element, "AmazonOrderID")
            refused.append(Result(number, problem.code, problem.text, order_id, problem.item_id))
    return "DONE", build_report(feed, len(messages), refused)
