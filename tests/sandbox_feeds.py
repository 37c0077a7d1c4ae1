"""Feeds to the Amazon stand-in as tests send them: documents up, results down."""

import gzip
import json

from lxml import etree

from tests.sandbox_calls import US

FEEDS = "/feeds/2021-06-30"
SELLER = "A1OMSSANDBOX"
JSON = "application/json; charset=UTF-8"
XML = "text/xml; charset=UTF-8"


def make_listings_feed(messages, **header):
    """Return the document of a listings feed as bytes."""
    header = {"sellerId": SELLER, "version": "2.0", "issueLocale": "en_US", **header}
    return json.dumps({"header": header, "messages": messages}).encode()


def stock_message(number, sku, quantity, op="merge"):
    """Return a message that sets a quantity."""
    value = [{"fulfillment_channel_code": "DEFAULT", "quantity": quantity}]
    patches = [{"op": op, "path": "/attributes/fulfillment_availability", "value": value}]
    return {"messageId": number, "sku": sku, "operationType": "PATCH", "productType": "PRODUCT", "patches": patches}


def make_envelope(kind, *contents, seller=SELLER):
    """Return an XML feed as bytes; each content becomes a message of its own."""
    messages = "".join(
        f"<Message><MessageID>{number}</MessageID><{kind}>{content}</{kind}></Message>"
        for number, content in enumerate(contents, 1)
    )
    header = f"<DocumentVersion>1.01</DocumentVersion><MerchantIdentifier>{seller}</MerchantIdentifier>"
    return (
        f"<?xml version='1.0' encoding='UTF-8'?><AmazonEnvelope><Header>{header}</Header>"
        f"<MessageType>{kind}</MessageType>{messages}</AmazonEnvelope>"
    ).encode()


def upload(caller, body, content_type=JSON):
    """Create a feed document and put its content; return its id."""
    made = caller.call("POST", f"{FEEDS}/documents", body={"contentType": content_type}).json
    assert caller.visit("PUT", made["url"], body, {"Content-Type": content_type}).status_code == 200
    return made["feedDocumentId"]


def create_feed(caller, feed_type, body, content_type=JSON):
    """Upload a document and make a feed of it; return the feed's id."""
    wish = {"feedType": feed_type, "marketplaceIds": [US], "inputFeedDocumentId": upload(caller, body, content_type)}
    answer = caller.call("POST", f"{FEEDS}/feeds", body=wish)
    assert answer.status_code == 202
    return answer.json["feedId"]


def submit_feed(caller, feed_type, body, content_type=JSON):
    """Send a feed and return what getFeed says about it at once."""
    return caller.call("GET", f"{FEEDS}/feeds/{create_feed(caller, feed_type, body, content_type)}").json


def download(caller, path):
    """Return the content of a document of feeds or reports, decompressed if it says so."""
    described = caller.call("GET", path).json
    answer = caller.visit("GET", described["url"])
    assert answer.status_code == 200
    return gzip.decompress(answer.data) if "compressionAlgorithm" in described else answer.data


def result_of(caller, feed):
    """Return the result document of a feed as bytes."""
    return download(caller, f"{FEEDS}/documents/{feed['resultFeedDocumentId']}")


def submit_listings(caller, messages, **header):
    """Send a listings feed; return its status and its report as JSON values, None without one."""
    feed = submit_feed(caller, "JSON_LISTINGS_FEED", make_listings_feed(messages, **header))
    return feed["processingStatus"], json.loads(result_of(caller, feed)) if "resultFeedDocumentId" in feed else None


def submit_xml(caller, feed_type, body):
    """Send an XML feed; return its status, the counts of the report, and (message id, text) of each refused message."""
    feed = submit_feed(caller, feed_type, body, XML)
    report = etree.fromstring(result_of(caller, feed)).find("Message/ProcessingReport")
    counts = {element.tag: int(element.text) for element in report.find("ProcessingSummary")}
    refused = [(r.findtext("MessageID"), r.findtext("ResultDescription")) for r in report.findall("Result")]
    return feed["processingStatus"], counts, refused
