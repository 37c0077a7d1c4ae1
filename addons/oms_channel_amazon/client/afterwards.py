"""What happens to an order besides its parcels: cancelled by us, money given back, goods sent back."""

from datetime import datetime, timedelta

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import write_place
from odoo.addons.oms_core.lib.errors import Malformed, NotFound, NotSupported, Rejected, RetryLater

from ..lib import answers, feeds, finances, mapper, order_feeds, returns
from .base import AmazonBase
from .client import ensure_taken, name_refusal

# A report is ready after some minutes; asked for more often it is not ready sooner.
_REPORT_WAIT = timedelta(minutes=1)
# getFeeds looks back 90 days at most (createdSince, feeds_2021-06-30.json, seen 2026-11-26).
_FEEDS_KEPT = timedelta(days=90)


class Afterwards(AmazonBase):
    """The parts CANCEL, REFUND, REFUNDS, ASYNC and RETURNS of the contract."""

    # --- cancelling ---------------------------------------------------------------------------------------------------

    def push_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt:
        """Cancel lines of an order by feed. What is cancelled already is not cancelled again.

        :raise NotSupported: the buyer's wish is to be refused, for which Amazon has no call
        :raise Rejected: only some units of an item are meant
        """
        if notice.is_refused:
            raise NotSupported(
                "push_cancellation",
                message="Amazon has no call that says no to a buyer. Send the parcel and confirm it; that says it",
            )
        lines = self._lines_to_cancel(notice)
        if not lines:
            return _cancelled(notice)
        body = order_feeds.build_cancellation(notice, self._seller, lines)
        return self._submit(notice.reference, feeds.CANCEL_FEED, body, notice.marketplace)

    def find_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt | None:
        """Return a receipt if all lines of the notice are cancelled at Amazon; ``None`` if not, or not yet.

        A feed that still waits there is not seen; the same again then changes nothing.
        """
        if notice.is_refused:
            raise NotSupported("find_cancellation")
        return None if self._lines_to_cancel(notice) else _cancelled(notice)

    def _lines_to_cancel(self, notice: dto.CancelNotice) -> tuple[str, ...]:
        response = self._client.get_order(notice.order_external_id)
        body = answers.parse_order_answer(ensure_taken(response).body).body
        return order_feeds.plan_cancellation(notice, mapper.parse_order(body), mapper.parse_cancelled(body))

    # --- money back ---------------------------------------------------------------------------------------------------

    def push_refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """Give money back by feed. Sent twice it is given twice: ask :meth:`find_refund` before.

        :raise RetryLater: ``is_uncertain`` when the feed may have been taken
        :raise Rejected: the parts do not add up, or Amazon takes no such feed
        """
        store = notice.marketplace or self._marketplaces[0]
        body = order_feeds.build_refund(notice, self._seller, store)
        return self._submit(notice.reference, feeds.REFUND_FEED, body, store)

    def find_refund(self, notice: dto.RefundNotice) -> dto.Receipt | None:
        """Return ``None`` when Amazon has got no refund feed at all, so that this one cannot have arrived.

        More cannot be known: Amazon lists feeds without what is in them, gives back no feed it got, and books money up
        to two days later. A booked refund of the same amount may be an earlier one; :meth:`fetch_refunds` tells of
        each, and the core, which counts them, recognises its own.

        :raise NotSupported: there is a refund feed that may be this one; a person looks at the order
        """
        found = self._documents.fetch_feeds(feeds.REFUND_FEED, self.now() - _FEEDS_KEPT + timedelta(hours=1))
        if not found.feeds and found.next_token is None:
            return None
        raise NotSupported(
            "find_refund",
            message="Amazon does not say which orders a refund feed was for. Once it books the money, within two days, "
            "this refund is recognised by itself. If you cannot wait, look at the order in Seller Central: if the "
            "money is not on its way back, send it again",
        )

    def fetch_refunds(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.RefundData]:
        """Return one page of refunds that were booked within ``window``, made here or in Seller Central.

        Amazon books some of them two days late, so ``covered_until`` is that much earlier.

        :raise Rejected: ``cursor_expired`` when the page token no longer works
        """
        place = finances.plan_place(window, cursor, self.now())
        response = self._client.list_transactions(place.since, place.until, place.token)
        if place.token is not None and 400 <= response.status < 500:
            raise name_refusal(response, code="cursor_expired")
        body = ensure_taken(response).body
        if response.answered_at is None:
            raise Malformed("wrong_shape", reason="the answer does not say when it was given")
        return finances.parse_refunds_page(body, place, response.answered_at)

    # --- what became of it --------------------------------------------------------------------------------------------

    def poll(self, receipt: dto.Receipt) -> dto.Receipt:
        """Return a final receipt once Amazon has worked through the feed, the same one before.

        :raise Rejected: Amazon refused it
        """
        if receipt.is_final or not receipt.external_id:
            return receipt
        feed = self._documents.fetch_feed(receipt.external_id)
        if feed.processing_status in feeds.WAITING:
            return receipt
        if feed.processing_status == "CANCELLED":
            raise Rejected(
                "feed_cancelled", message="the feed was cancelled before Amazon read it; nothing has changed"
            )
        body = self._documents.fetch_feed_result(feed)
        report = order_feeds.parse_order_report(body) if body is not None else None
        if report is not None and report.errors:
            return self._judge_errors(receipt, feed, report)
        if feed.processing_status == "FATAL" or report is None or not report.successful:
            raise Rejected(
                "feed_stopped",
                message="Amazon stopped before the end and does not say what it did. Look at the order in Seller "
                "Central before you do it again",
            )
        if feed.feed_type == feeds.REFUND_FEED:
            # The refund itself has another number, under which Amazon books it later.
            return dto.Receipt(reference=receipt.reference, detail=f"feed {receipt.external_id}")
        return dto.Receipt(reference=receipt.reference, external_id=receipt.external_id)

    def _judge_errors(self, receipt: dto.Receipt, feed: feeds.Feed, report: order_feeds.OrderFeedReport) -> dto.Receipt:
        """Return a receipt when a refused cancellation had happened before, by an earlier feed or by the buyer."""
        first = report.errors[0]
        if feed.feed_type == feeds.CANCEL_FEED and first.order_id:
            notice = dto.CancelNotice(order_external_id=first.order_id, reference=receipt.reference)
            if not self._lines_to_cancel(notice):
                return _cancelled(notice)
        words = "; ".join(dict.fromkeys(error.message for error in report.errors))
        raise Rejected(first.code, message=words[:500])

    def _submit(self, reference: str, kind: str, body: bytes, store: str | None) -> dto.Receipt:
        # Order feeds are about an order wherever it was placed; Amazon wants a store named all the same.
        feed_id = self._documents.submit_feed(kind, feeds.XML_TYPE, body, (store or self._marketplaces[0],))
        return dto.Receipt(reference=reference, external_id=feed_id, is_final=False)

    # --- goods sent back ----------------------------------------------------------------------------------------------

    def fetch_returns(self, window: dto.Window, cursor: str | None = None) -> dto.Page[dto.ReturnData]:
        """Return one page of returns; the first call orders the report and returns an empty page.

        Every look covers at least 60 days, because the report goes by the day a return was asked for.

        :raise RetryLater: ``report_pending``: call again with the same cursor
        :raise Rejected: ``cursor_expired`` when Amazon no longer has the report
        """
        place = returns.plan_place(window, cursor, self.now())
        if place.report is None:
            return self._order_report(place)
        report = self._fetch_report(place.report)
        if report.processing_status in feeds.WAITING:
            raise RetryLater("report_pending", after=_REPORT_WAIT)
        if report.processing_status == "FATAL":
            raise Rejected("cursor_expired", message="Amazon could not make the report of returns")
        found = self._read_returns(report, report.created_time)
        items = found[place.seen : place.seen + returns.PER_PAGE]
        following = returns.plan_next(place, len(found) - place.seen - len(items))
        return dto.Page(items=items, next_cursor=following, covered_until=report.created_time)

    def _order_report(self, place: returns.ReturnsPlace) -> dto.Page[dto.ReturnData]:
        report_id = self._documents.ask_report(
            returns.REPORT, self._marketplaces, place.since, place.until if place.until < place.end else None
        )
        return dto.Page(items=(), next_cursor=write_place(returns.with_report(place, report_id)))

    def _fetch_report(self, report_id: str) -> feeds.Report:
        try:
            return self._documents.fetch_report(report_id)
        except NotFound:
            raise Rejected("cursor_expired", message="Amazon no longer has the report of returns") from None
        except Rejected as error:
            if error.code == "access_denied":
                raise
            raise Rejected("cursor_expired", message=error.message) from error

    def _read_returns(self, report: feeds.Report, as_of: datetime) -> tuple[dto.ReturnData, ...]:
        if report.processing_status == "CANCELLED" or not report.report_document_id:
            return ()  # so Amazon says that there are none
        return returns.parse_returns(self._documents.fetch_report_content(report.report_document_id), as_of)


def _cancelled(notice: dto.CancelNotice) -> dto.Receipt:
    return dto.Receipt(reference=notice.reference, detail="already cancelled")
