"""Cancellations, refunds and returns."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

import msgspec
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import Malformed, NotSupported, Rejected, RetryLater

from ..lib import answers, bodies, cases, const, wire, wire_cases, wire_order
from ..lib.mapper import parse_order
from .client import EbayClient
from .clock import ask_until
from .refusals import ensure_taken

# The tickets of our receipts: what one is about, and for refunds where to look.
CANCELLATION, RETURN, ORDER = "cancellation", "return ", "order "
_BUSY = timedelta(minutes=5)


class CasePlace(dto.Value):
    """Where a walk over cases is."""

    until: datetime
    offset: int


class Aftersales:
    """What follows a sale, for one account."""

    def __init__(self, client: EbayClient, now: Callable[[], datetime]):
        self._client = client
        self._now = now

    # --- cancelling ---------------------------------------------------------------------------------------------------

    def cancel(self, notice: dto.CancelNotice) -> dto.Receipt:
        """Answer a buyer's wish, or cancel by ourselves. What has happened already is not done again.

        :raise Rejected: eBay refuses, or only a part of the order was meant
        """
        known = self.find_cancellation(notice)
        if known is not None:
            return known
        if not notice.is_refused:
            self._ensure_whole(notice)
        request_id = notice.request_id or self._find_request(notice)
        if request_id:
            answer = self._client.reject_cancellation if notice.is_refused else self._client.approve_cancellation
            ensure_taken(answer(request_id, notice.marketplace))
            return _cancel_receipt(notice.reference, request_id, is_final=True)
        if notice.is_refused:
            raise Rejected("request_missing", message="there is no wish to cancel that could be refused")
        self._ensure_eligible(notice)
        response = self._client.create_cancellation(bodies.build_cancellation(notice), notice.marketplace)
        ensure_taken(response)
        created = wire.decode(response.body, wire_cases.CreatedCancellation).cancel_id
        if not created:
            raise Rejected("not_eligible", message="eBay made no cancellation of it", status=response.status)
        return _cancel_receipt(notice.reference, created, is_final=False)

    def find_cancellation(self, notice: dto.CancelNotice) -> dto.Receipt | None:
        """Return a receipt if what the notice says has happened, ``None`` if not.

        :raise NotFound: eBay does not know the order
        """
        if notice.request_id:
            response = self._client.get_cancellation(notice.request_id)
            ensure_taken(response)
            found = cases.parse_cancellation(response.body)
            wanted = "refused" if notice.is_refused else "done"
            return _as_receipt(notice.reference, found) if cases.cancel_state(found) == wanted else None
        happened = _was_refused if notice.is_refused else _was_cancelled
        found = happened(self._cancellations_of(notice.order_external_id))
        return _as_receipt(notice.reference, found) if found else None

    def _find_request(self, notice: dto.CancelNotice) -> str | None:
        """Return the id of a buyer's open wish to cancel the order: eBay takes no second one beside it."""
        requests = (
            found for found in self._cancellations_of(notice.order_external_id) if _is_asked(found, by_buyer=True)
        )
        return next((found.cancel_id for found in requests), None)

    def _cancellations_of(self, order_id: str) -> list[wire_cases.Cancellation]:
        response = self._client.search_cancellations(order_id=order_id)
        ensure_taken(response)
        page = cases.parse_cancellations(response.body, 0, const.CASES_PER_PAGE)
        return [found for found in page.items if found.legacy_order_id == order_id]

    def _ensure_whole(self, notice: dto.CancelNotice) -> None:
        """Raise Rejected unless the notice is for all of the order: eBay cancels orders as a whole only."""
        if not notice.lines:
            return
        response = self._client.get_order(notice.order_external_id)
        ensure_taken(response)
        ordered = {line.external_id: line.quantity for line in parse_order(response.body).lines}
        if {line.external_line_id: line.quantity for line in notice.lines} != ordered:
            words = "eBay cancels whole orders only; send what there is and give the money for the rest back"
            raise Rejected("partial_cancellation", message=words)

    def _ensure_eligible(self, notice: dto.CancelNotice) -> None:
        response = self._client.check_cancellation_eligibility(notice.order_external_id)
        ensure_taken(response)
        is_eligible, reasons = cases.parse_eligibility(response.body)
        if not is_eligible:
            raise Rejected("not_eligible", message="; ".join(reasons) or "eBay gives no reason", status=response.status)

    # --- refunding ----------------------------------------------------------------------------------------------------

    def refund(self, notice: dto.RefundNotice) -> dto.Receipt:
        """Ask eBay to give money back. It does so some time later.

        :raise Rejected: eBay refuses, or the parts do not add up
        :raise RetryLater: an earlier refund of the order is not through yet
        """
        bodies.ensure_refund(notice)
        if notice.return_id:
            return self._refund_return(notice)
        body = bodies.build_refund(self._without_collected_tax(notice))
        response = self._client.issue_refund(notice.order_external_id, body)
        if response.status >= 300:
            self._ensure_idle(response)
            ensure_taken(response)
        answer = wire.decode(response.body, wire_order.RefundAnswer)
        if answer.refund_status == "FAILED":
            raise Rejected("refund_failed", message="eBay could not give the money back")
        return dto.Receipt(
            reference=notice.reference,
            external_id=answer.refund_id,
            # One without an id cannot be asked about.
            is_final=answer.refund_status == "REFUNDED" or not answer.refund_id,
            ticket=f"{ORDER}{notice.order_external_id}",
        )

    def _without_collected_tax(self, notice: dto.RefundNotice) -> dto.RefundNotice:
        """Return the notice with at most what the seller has of the order: eBay adds the tax it collected by itself."""
        response = self._client.get_order(notice.order_external_id)
        ensure_taken(response)
        try:
            left = _sellers_part(parse_order(response.body))
        except Malformed:
            left = None  # nothing was sent yet; eBay says itself when it is too much
        if left is None or not 0 < left < notice.amount.amount:
            return notice
        return msgspec.structs.replace(notice, amount=dto.Money(amount=left, currency=notice.amount.currency))

    def _refund_return(self, notice: dto.RefundNotice) -> dto.Receipt:
        body = bodies.build_return_refund(notice)
        response = self._client.issue_return_refund(notice.return_id, body, notice.marketplace)
        ensure_taken(response)
        status = wire.decode(response.body, wire_cases.ReturnRefundAnswer).refund_status
        if status == "FAILED":
            raise Rejected("refund_failed", message="eBay could not give the money back")
        # eBay gives the refund no id here; the order shows it under one of its own.
        ticket = f"{RETURN}{notice.return_id}"
        return dto.Receipt(reference=notice.reference, is_final=status == "SUCCESS", ticket=ticket)

    def _ensure_idle(self, response: Response) -> None:
        code, words = answers.parse_refusal(response.body)
        if code == const.REFUND_RUNNING:
            raise RetryLater("refund_running", after=_BUSY)
        if code == const.REFUND_BLOCKED:
            words = f"{words}. A return or a case is open for this order: give the money back there"
            raise Rejected("refund_blocked", message=words, status=response.status)

    def find_refund(self, notice: dto.RefundNotice) -> dto.Receipt | None:
        """Return ``None`` if no refund of the order can be the one of the notice.

        eBay shows no reference of ours with a refund, and amounts without the tax it collected. So where one could be
        ours, a person decides.

        :raise NotSupported: there is a refund that could be it
        """
        response = self._client.get_order(notice.order_external_id)
        ensure_taken(response)
        order = parse_order(response.body)
        has_hidden_tax = any(tax.collected_by == "channel" for line in order.lines for tax in line.taxes)
        for refund in order.refunds:
            could_be = refund.amount == notice.amount
            could_be |= has_hidden_tax and refund.amount.amount < notice.amount.amount
            if could_be and refund.status != "failed":
                shown = f"{refund.amount.amount} {refund.amount.currency}"
                words = (
                    f"eBay shows that {shown} were given back for the order, and not for what. Look at it in Seller "
                    "Hub: if that was something else, send this refund again"
                )
                raise NotSupported("find_refund", message=words)
        return None

    # --- later --------------------------------------------------------------------------------------------------------

    def poll(self, receipt: dto.Receipt) -> dto.Receipt:
        """Return the receipt as it stands now.

        :raise Rejected: it came to nothing
        """
        ticket = receipt.ticket or ""
        if ticket == CANCELLATION:
            return self._poll_cancellation(receipt)
        if ticket.startswith(RETURN):
            return self._poll_return(receipt, ticket.removeprefix(RETURN))
        if ticket.startswith(ORDER):
            return self._poll_refund(receipt, ticket.removeprefix(ORDER))
        raise NotSupported("poll")

    def _poll_cancellation(self, receipt: dto.Receipt) -> dto.Receipt:
        response = self._client.get_cancellation(receipt.external_id or "")
        ensure_taken(response)
        found = cases.parse_cancellation(response.body)
        if cases.cancel_state(found) == "refused":
            raise Rejected("cancellation_refused", message="the cancellation was refused")
        return msgspec.structs.replace(receipt, is_final=cases.is_cancel_final(found), detail=found.cancel_status)

    def _poll_return(self, receipt: dto.Receipt, return_id: str) -> dto.Receipt:
        response = self._client.get_return(return_id)
        ensure_taken(response)
        found = cases.parse_return(response.body)
        is_final = found.status in ("refunded", "closed")
        return msgspec.structs.replace(receipt, is_final=is_final, detail=found.channel_status)

    def _poll_refund(self, receipt: dto.Receipt, order_id: str) -> dto.Receipt:
        response = self._client.get_order(order_id)
        ensure_taken(response)
        refunds = parse_order(response.body).refunds
        found = [refund for refund in refunds if refund.external_id == receipt.external_id]
        if not found:
            return receipt  # eBay shows it some time later
        if found[0].status == "failed":
            raise Rejected("refund_failed", message="eBay could not give the money back")
        return msgspec.structs.replace(receipt, is_final=found[0].status == "done")

    # --- reading ------------------------------------------------------------------------------------------------------

    def read_cancellations(self, window: dto.Window, cursor: str | None) -> dto.Page[dto.CancellationData]:
        """Return one page of cancellations that changed within ``window``, as far as eBay says when they did."""

        def ask(until: datetime, offset: int) -> Response:
            return self._client.search_cancellations(since=_opened_since(window, until), until=until, offset=offset)

        response, place = self._ask(window, cursor, ask)
        page = cases.parse_cancellations(response.body, place.offset, const.CASES_PER_PAGE)
        found = (entry for entry in map(_readable, page.items) if entry and entry.updated_at >= window.since)
        return _page(tuple(sorted(found, key=_age)), place, page)

    def read_returns(self, window: dto.Window, cursor: str | None) -> dto.Page[dto.ReturnData]:
        """Return one page of the returns that were opened lately: eBay does not say when one changed."""

        def ask(until: datetime, offset: int) -> Response:
            return self._client.search_returns(_opened_since(window, until), until, offset)

        response, place = self._ask(window, cursor, ask)
        page = cases.parse_returns(response.body, place.offset, const.CASES_PER_PAGE)
        return _page(tuple(sorted(page.items, key=_age)), place, page)

    def _ask(
        self, window: dto.Window, cursor: str | None, ask: Callable[[datetime, int], Response]
    ) -> tuple[Response, CasePlace]:
        """Ask for a page; return the answer and where it is."""
        if cursor:
            place = read_place(cursor, CasePlace)
            response = ask(place.until, place.offset)
        else:
            response, until = ask_until(self._now(), window.until, lambda end: ask(end, 0))
            place = CasePlace(until=until, offset=0)
        ensure_taken(response)
        return response, place


def _opened_since(window: dto.Window, until: datetime) -> datetime:
    """Return since when the cases were opened that may have changed within a window."""
    since = min(window.since, until - timedelta(seconds=1)) - const.CASE_LIFE
    return max(since, until - const.CASE_HISTORY)


def _page(items: tuple, place: CasePlace, page: cases.CasesPage) -> dto.Page:
    following = None
    if not page.is_last:
        following = CasePlace(until=place.until, offset=place.offset + const.CASES_PER_PAGE)
    return dto.Page(items=items, next_cursor=write_place(following), covered_until=place.until)


def _age(entry: dto.CancellationData | dto.ReturnData) -> datetime:
    return entry.updated_at


def _is_asked(found: wire_cases.Cancellation, *, by_buyer: bool) -> bool:
    return cases.cancel_state(found) == "asked" and (found.requestor_type == "BUYER") is by_buyer


def _was_cancelled(known: Sequence[wire_cases.Cancellation]) -> wire_cases.Cancellation | None:
    """Return the cancellation that is done, or that we have asked for."""
    return next((case for case in known if cases.cancel_state(case) == "done" or _is_asked(case, by_buyer=False)), None)


def _was_refused(known: Sequence[wire_cases.Cancellation]) -> wire_cases.Cancellation | None:
    """Return the buyer's wish that got its no, unless another one waits for its answer."""
    if any(_is_asked(case, by_buyer=True) for case in known):
        return None
    return next((case for case in known if cases.cancel_state(case) == "refused"), None)


def _readable(found: wire_cases.Cancellation) -> dto.CancellationData | None:
    try:
        return cases.as_cancellation(found)
    except Malformed:
        return None  # one that names no order says nothing to us


def _as_receipt(reference: str, found: wire_cases.Cancellation) -> dto.Receipt:
    return _cancel_receipt(reference, found.cancel_id, is_final=cases.is_cancel_final(found))


def _cancel_receipt(reference: str, cancel_id: str, *, is_final: bool) -> dto.Receipt:
    return dto.Receipt(reference=reference, external_id=cancel_id, is_final=is_final, ticket=CANCELLATION)


def _sellers_part(order: dto.OrderData) -> Decimal | None:
    """Return what is left of an order without the tax eBay collected, ``None`` where eBay collected none on top."""
    taxes = [tax for line in order.lines for tax in line.taxes if tax.collected_by == "channel"]
    collected = sum((tax.amount.amount for tax in taxes), Decimal(0))
    if order.is_tax_included or not collected or order.total is None:
        return None
    given = sum((refund.amount.amount for refund in order.refunds if refund.status != "failed"), Decimal(0))
    return order.total.amount - collected - given
