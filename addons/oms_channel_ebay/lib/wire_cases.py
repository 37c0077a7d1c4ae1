"""Cancellations and returns as the Post-Order API sends them: what we read of them, strictly typed.

Source: the Post-Order reference 2.8.0 on developer.ebay.com (FindCancelResponse, CancelSummary, CreateCancelResponse,
OrderEligibilityResult, ReturnSummaryType, RefundDetailType), seen 2026-11-26. A moment is an object with a ``value``,
an amount a number with its currency.
"""

from decimal import Decimal

from .wire import Instant, Wire


class Moment(Wire):
    """A time."""

    value: Instant | None = None


class CaseMoney(Wire):
    """An amount as a number."""

    value: Decimal
    currency: str


class Paging(Wire):
    """How far a search goes."""

    total_entries: int | None = None
    total_pages: int | None = None


class Envelope(Wire):
    """What a page of cases says beside them."""

    total: int | None = None
    pagination_output: Paging | None = None


class Cancellation(Wire):
    """A cancellation. ``cancel_status`` is the last thing somebody did, ``cancel_state`` where it stands."""

    cancel_id: str
    legacy_order_id: str | None = None
    cancel_state: str | None = None
    cancel_status: str | None = None
    cancel_reason: str | None = None
    requestor_type: str | None = None
    cancel_request_date: Moment | None = None
    cancel_close_date: Moment | None = None
    last_modified_date: Moment | None = None


class CancellationAnswer(Wire):
    """One of them."""

    cancel_detail: Cancellation


class CreatedCancellation(Wire):
    """What creating one says."""

    cancel_id: str | None = None


class Eligibility(Wire):
    """Whether an order may be cancelled."""

    eligible: bool | None = None
    failure_reason: list[str] | None = None


class ReturnItem(Wire):
    """The line a return is for."""

    item_id: str | None = None
    transaction_id: str | None = None
    return_quantity: int | None = None


class Comments(Wire):
    """What somebody wrote."""

    content: str | None = None


class ReturnCreation(Wire):
    """How a return began."""

    item: ReturnItem | None = None
    reason: str | None = None
    comments: Comments | None = None
    creation_date: Moment | None = None


class TotalRefund(Wire):
    """What a return costs."""

    estimated_refund_amount: CaseMoney | None = None
    actual_refund_amount: CaseMoney | None = None


class Escalation(Wire):
    """The case a return became."""

    case_id: str | None = None
    creation_date: Moment | None = None


class Return(Wire):
    """A return."""

    return_id: str
    order_id: str | None = None
    state: str | None = None
    status: str | None = None
    creation_info: ReturnCreation | None = None
    buyer_total_refund: TotalRefund | None = None
    escalation_info: Escalation | None = None


class ReturnAnswer(Wire):
    """One of them, asked for as a summary."""

    summary: Return


class ReturnRefundAnswer(Wire):
    """What refunding a return says."""

    refund_status: str | None = None
