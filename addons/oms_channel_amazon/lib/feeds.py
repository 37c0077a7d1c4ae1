"""Feeds and reports: their words, their sizes, and what both have in common. Pure.

Source: feeds_2021-06-30.json and reports_2021-06-30.json of github.com/amzn/selling-partner-api-models, commit
34dc93fe45f3; sizes from developer-docs.amazon.com/sp-api/docs/feeds-api-best-practices. Seen 2026-11-26.
"""

import zlib
from typing import Literal

from odoo.addons.oms_core.lib.errors import Malformed

from .wire import Instant, Wire

LISTINGS_FEED = "JSON_LISTINGS_FEED"
CANCEL_FEED = "POST_ORDER_ACKNOWLEDGEMENT_DATA"
REFUND_FEED = "POST_PAYMENT_ADJUSTMENT_DATA"
JSON_TYPE = "application/json; charset=UTF-8"
XML_TYPE = "text/xml; charset=UTF-8"

# A feed may hold 25,000 messages; with fewer, one that fails takes fewer with it, and it stays under 10 MiB.
FEED_MESSAGES = 10_000
FEED_BYTES = 10 * 1024 * 1024
FEED_STORES = 25
# What we unpack at most: a few KiB of gzip can hold gigabytes.
DOCUMENT_BYTES = 32 * 1024 * 1024

Processing = Literal["CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"]
WAITING = ("IN_PROGRESS", "IN_QUEUE")


class FeedDocument(Wire):
    """A place to put a feed, or to get its result from. ``url`` is presigned and good for five minutes."""

    feed_document_id: str
    url: str
    compression_algorithm: Literal["GZIP"] | None = None


class CreatedFeed(Wire):
    """The answer to createFeed."""

    feed_id: str


class Feed(Wire):
    """A feed and how far Amazon is with it."""

    feed_id: str
    feed_type: str
    created_time: Instant
    processing_status: Processing
    result_feed_document_id: str | None = None


class FeedList(Wire):
    """The answer to getFeeds."""

    feeds: list[Feed]
    next_token: str | None = None


class CreatedReport(Wire):
    """The answer to createReport."""

    report_id: str


class Report(Wire):
    """A report and how far Amazon is with it. Without data it is ``CANCELLED``, not empty."""

    report_id: str
    report_type: str
    created_time: Instant
    processing_status: Processing
    report_document_id: str | None = None


class ReportDocument(Wire):
    """Where to get a report. ``url`` is presigned and good for five minutes."""

    report_document_id: str
    url: str
    compression_algorithm: Literal["GZIP"] | None = None


def unpack(body: bytes, algorithm: str | None, limit: int = DOCUMENT_BYTES) -> bytes:
    """Return a document as it was before Amazon compressed it.

    :raise Malformed: it is no gzip, breaks off, or is too large
    """
    if algorithm is None:
        return body
    stream = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        plain = stream.decompress(body, limit + 1)
    except zlib.error:
        raise Malformed("bad_gzip", reason="the document is not compressed as announced") from None
    if len(plain) > limit:
        raise Malformed("too_large", reason=f"the document has more than {limit:,} bytes")
    if not stream.eof:
        raise Malformed("truncated", reason="the document ends too early")
    return plain
