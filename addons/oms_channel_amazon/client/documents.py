"""The feeds and reports of one account: documents up, documents down, and how far Amazon is with them.

Paths: feeds_2021-06-30.json and reports_2021-06-30.json of github.com/amzn/selling-partner-api-models, commit
34dc93fe45f3; the steps: developer-docs.amazon.com/sp-api/docs/feeds-api-v2021-06-30-use-case-guide. Seen 2026-11-26.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from odoo.addons.oms_core.client.transport import Request, Response
from odoo.addons.oms_core.lib.errors import Rejected, RetryLater

from ..lib import const, feeds, wire
from ..lib.bodies import format_time
from .client import AmazonClient, ensure_taken, path_segment

_FEEDS = "/feeds/2021-06-30"
_REPORTS = "/reports/2021-06-30"
# Presigned addresses end after five minutes; the whole way is walked again then.
_ANEW = timedelta(minutes=1)


class Documents:
    """Feeds and reports over the client, and the files they are made of over the bare transport."""

    def __init__(self, client: AmazonClient, transport: Any):
        self._client = client
        self._transport = transport

    # --- feeds --------------------------------------------------------------------------------------------------------

    def submit_feed(self, kind: str, content_type: str, body: bytes, stores: Sequence[str]) -> str:
        """Hand a feed over; return its id. Until createFeed is sent nothing has had any effect.

        :raise RetryLater: ``is_uncertain`` when the feed may have been taken
        :raise Rejected: Amazon takes no such feed
        """
        if len(body) > feeds.FEED_BYTES:
            raise Rejected("feed_too_large", message=f"the feed has {len(body):,} bytes, more than Amazon takes")
        answer = self._client.post(
            "createFeedDocument", const.FEEDS, f"{_FEEDS}/documents", {"contentType": content_type}
        )
        document = wire.decode(ensure_taken(answer).body, feeds.FeedDocument)
        self._upload(document.url, content_type, body)
        wish = {"feedType": kind, "marketplaceIds": list(stores), "inputFeedDocumentId": document.feed_document_id}
        answer = self._client.post("createFeed", const.FEEDS, f"{_FEEDS}/feeds", wish, is_repeatable=False)
        return wire.decode(ensure_taken(answer).body, feeds.CreatedFeed).feed_id

    def fetch_feed(self, feed_id: str) -> feeds.Feed:
        """Return how far Amazon is with a feed.

        :raise NotFound: Amazon does not know it
        """
        answer = self._client.get("getFeed", const.FEEDS, f"{_FEEDS}/feeds/{path_segment(feed_id)}", {})
        return wire.decode(ensure_taken(answer).body, feeds.Feed)

    def fetch_feeds(self, kind: str, since: datetime) -> feeds.FeedList:
        """Return the newest feeds of one type since a moment."""
        params = {"feedTypes": kind, "pageSize": "100", "createdSince": format_time(since)}
        answer = self._client.get("getFeeds", const.FEEDS, f"{_FEEDS}/feeds", params)
        return wire.decode(ensure_taken(answer).body, feeds.FeedList)

    def fetch_feed_result(self, feed: feeds.Feed) -> bytes | None:
        """Return the processing report of a feed, ``None`` when there is none."""
        if not feed.result_feed_document_id:
            return None
        path = f"{_FEEDS}/documents/{path_segment(feed.result_feed_document_id)}"
        answer = self._client.get("getFeedDocument", const.FEEDS, path, {})
        document = wire.decode(ensure_taken(answer).body, feeds.FeedDocument)
        return feeds.unpack(self._download(document.url), document.compression_algorithm)

    # --- reports ------------------------------------------------------------------------------------------------------

    def ask_report(self, kind: str, stores: Sequence[str], since: datetime, until: datetime | None) -> str:
        """Order a report; return its id. Ordered twice there are two, which harms nobody.

        :param until: ``None``: up to now, by Amazon's clock; an end in the future is refused
        """
        wish = {
            "reportType": kind,
            "marketplaceIds": list(stores),
            "dataStartTime": format_time(since),
        }
        if until is not None:
            wish["dataEndTime"] = format_time(until)
        answer = self._client.post("createReport", const.REPORTS, f"{_REPORTS}/reports", wish)
        return wire.decode(ensure_taken(answer).body, feeds.CreatedReport).report_id

    def fetch_report(self, report_id: str) -> feeds.Report:
        """Return how far Amazon is with a report.

        :raise NotFound: Amazon does not know it any more
        """
        answer = self._client.get("getReport", const.REPORTS, f"{_REPORTS}/reports/{path_segment(report_id)}", {})
        return wire.decode(ensure_taken(answer).body, feeds.Report)

    def fetch_report_content(self, document_id: str) -> bytes:
        """Return the content of a finished report."""
        path = f"{_REPORTS}/documents/{path_segment(document_id)}"
        answer = self._client.get("getReportDocument", const.REPORTS, path, {})
        document = wire.decode(ensure_taken(answer).body, feeds.ReportDocument)
        return feeds.unpack(self._download(document.url), document.compression_algorithm)

    # --- files --------------------------------------------------------------------------------------------------------

    def _upload(self, url: str, content_type: str, body: bytes) -> None:
        # The address is signed together with the content type, so both must be what the document was made with.
        headers = {"Content-Type": content_type, "User-Agent": const.USER_AGENT}
        self._send_file(Request("PUT", url, "uploadDocument", headers=headers, body=body, is_repeatable=True))

    def _download(self, url: str) -> bytes:
        headers = {"User-Agent": const.USER_AGENT}
        return self._send_file(Request("GET", url, "downloadDocument", headers=headers, is_repeatable=True)).body

    def _send_file(self, request: Request) -> Response:
        """Send without any token of the account: the address itself is the permission.

        :raise RetryLater: the store of files refuses, most often because the address has ended meanwhile
        """
        response = self._transport.send(request)
        if response.status >= 300:
            raise RetryLater("file_refused", after=_ANEW, operation=request.operation, status=response.status)
        return response
