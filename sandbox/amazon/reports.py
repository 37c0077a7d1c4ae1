"""The Reports API 2021-06-30: a report is asked for, waited for and downloaded.

Model: reports_2021-06-30.json, seen 2026-11-26. A report without data is cancelled by the marketplace; DONE_NO_DATA
is a word of an older version. That reports of returns span 60 days at most is from Amazon's page "Returns report type
values"; that a wider one is refused at once is ours.
"""

import re
from datetime import timedelta

from ..clock import from_text, to_text
from .bodies import Field, read_body
from .errors import invalid
from .feeds import ENCODING, ensure_marketplaces, ensure_options
from .jobs import Jobs, times_of
from .parameters import read_query
from .returns import find_returns, write_flat_file, write_xml

_BODY = {
    "reportType": Field("text", required=True),
    "marketplaceIds": Field("list", required=True, inner=Field("text")),
    "dataStartTime": Field("time"),
    "dataEndTime": Field("time"),
    "reportOptions": Field("object"),
}
# How each report is written and what its content type says; the encoding is a setting.
_WRITERS = {
    "GET_FLAT_FILE_RETURNS_DATA_BY_RETURN_DATE": (write_flat_file, "text/plain"),
    "GET_XML_RETURNS_DATA_BY_RETURN_DATE": (write_xml, "text/xml"),
}
_TYPE = re.compile(r"(GET_[A-Z0-9_]+|FEE_DISCOUNTS_REPORT)\Z")
_LONGEST = timedelta(days=60)


class Reports:
    """The five operations that are played; each takes the seller, the request and its path parameters."""

    def __init__(self, world, documents, sellers):
        """`sellers` finds a seller by id."""
        self._world = world
        self._documents = documents
        self._seller_of = sellers
        self.jobs = Jobs(world, "report", self._work)

    def create(self, seller, call, _path):
        """Answer createReport with JSON values; raise ApiError 400 or 415."""
        read_query(call.query, {})
        body = read_body(call, _BODY)
        if not _TYPE.match(body["reportType"]):
            raise invalid("Invalid Input", f"Unknown report type: {body['reportType']}")
        ensure_marketplaces(body["marketplaceIds"])
        ensure_options(body.get("reportOptions", {}))
        start, end = self._read_span(body)
        report = self.jobs.add(
            seller.seller_id,
            type=body["reportType"],
            marketplaceIds=body["marketplaceIds"],
            dataStartTime=to_text(start),
            dataEndTime=to_text(end),
        )
        return {"reportId": report["id"]}

    def _read_span(self, body):
        now = self._world.clock.now()
        start, end = (_instant(body, name, now) for name in ("dataStartTime", "dataEndTime"))
        if start > end or end > now:
            raise invalid("Invalid Input", "dataStartTime must not be after dataEndTime, and neither in the future.")
        if body["reportType"] in _WRITERS and end - start > _LONGEST:
            raise invalid("Invalid Input", "A report of returns spans 60 days at most.")
        return start, end

    def get(self, seller, call, path):
        """Answer getReport with JSON values; raise ApiError 400 or 404."""
        read_query(call.query, {})
        return _view(self.jobs.find(seller.seller_id, path[0]))

    def search(self, seller, call, _path):
        """Answer getReports with a page as JSON values; raise ApiError 400."""
        page, token = self.jobs.search(seller.seller_id, call, "reportTypes")
        answer = {"reports": [_view(report) for report in page]}
        return {**answer, "nextToken": token} if token else answer

    def cancel(self, seller, call, path):
        """Answer cancelReport, which has no body; raise ApiError 400 or 404."""
        read_query(call.query, {})
        self.jobs.cancel(seller.seller_id, path[0])

    def get_document(self, seller, call, path):
        """Answer getReportDocument with JSON values; raise ApiError 400 or 404."""
        is_unzipped = read_query(call.query, ENCODING).get("enableContentEncodingUrlHeader") == "true"
        described = self._documents.describe(call, seller.seller_id, path[0], is_unzipped)
        return {"reportDocumentId": path[0], **described}

    def _work(self, report):
        """Write a report; return its final status and the id of its document."""
        if report["type"] not in _WRITERS:
            return "FATAL", None
        settings = self._world.settings
        seller = self._seller_of(report["seller"])
        entries = find_returns(seller, report)
        if not entries and settings["empty_reports"] == "cancelled":
            return "CANCELLED", None
        write, content_type = _WRITERS[report["type"]]
        encoding = settings["report_encoding"] if content_type == "text/plain" else "UTF-8"
        body = write(seller, entries, encoding)
        is_zipped = bool(settings["gzip_results"])
        return "DONE", self._documents.add(seller.seller_id, f"{content_type};charset={encoding}", body, is_zipped)


def _instant(body, name, default):
    """Return an instant that a body gives, or the default."""
    return from_text(body[name]) if name in body else default


def _view(report):
    shown = {"reportId": report["id"], "reportType": report["type"], **times_of(report)}
    shown |= {name: report[name] for name in ("dataStartTime", "dataEndTime")}
    if report.get("documentId"):
        shown["reportDocumentId"] = report["documentId"]
    return shown
