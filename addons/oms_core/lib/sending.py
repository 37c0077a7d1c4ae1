"""One attempt at an effect that must happen once: what to do first, and what its outcome means."""

from datetime import timedelta
from typing import Literal

import msgspec

from . import dto, errors
from .channel import ChannelAdapter

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)
FIRST_POLL = timedelta(minutes=1)
LONGEST_POLL = timedelta(minutes=30)

Notice = dto.ShipmentNotice | dto.InvoiceNotice | dto.CancelNotice | dto.RefundNotice
NOTICES: dict[str, type[Notice]] = {
    "shipment": dto.ShipmentNotice,
    "invoice": dto.InvoiceNotice,
    "cancellation": dto.CancelNotice,
    "refund": dto.RefundNotice,
}


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to try: ``attempt`` counts from 1, ``is_uncertain`` says an earlier one may have arrived."""

    attempt: int
    is_uncertain: bool
    notice: Notice


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt. ``after`` is set when it is tried or asked about again.

    :param receipt: what the channel gave us for it, with which a "submitted" one is asked about
    """

    state: Literal["done", "submitted", "retry", "unknown", "dead"]
    is_uncertain: bool = False
    after: timedelta | None = None
    detail: str | None = None
    error: errors.ChannelError | None = None
    receipt: dto.Receipt | None = None


def send_notice(adapter: ChannelAdapter, claim: Claim) -> Outcome:
    """Tell the channel; when an earlier answer was lost, look before sending again.

    A refund is never sent again on trust: where the channel cannot say whether it has happened, a person decides.

    :raise errors.ChannelError: see :func:`outcome_of`
    """
    if claim.is_uncertain:
        try:
            receipt = _find(adapter, claim.notice)
        except errors.NotSupported as error:
            if isinstance(claim.notice, dto.RefundNotice):
                return Outcome(state="unknown", is_uncertain=True, error=error)
            receipt = None  # the push promises that twice has the effect of once
        if receipt is not None:
            return _outcome_of_receipt(receipt, FIRST_POLL)
    return _outcome_of_receipt(_push(adapter, claim.notice), FIRST_POLL)


def poll_notice(adapter: ChannelAdapter, receipt: dto.Receipt, polls: int) -> Outcome:
    """Ask what became of a notice the channel took but had not decided on.

    :param polls: how often it was asked before; each time waits longer
    :raise errors.ChannelError: see :func:`outcome_of_poll`
    """
    return _outcome_of_receipt(adapter.poll(receipt), _poll_wait(polls + 1))


def outcome_of(error: errors.ChannelError, claim: Claim) -> Outcome:
    """Say what a failed attempt means for the message.

    Trouble on the line is tried again, waiting longer each time; a channel that sets the pace says itself how long. A
    refusal needs a person. Refused credentials keep the message; it goes out once somebody signs in. What may have
    arrived stays so until somebody has looked: the look itself may be what failed.
    """
    known = {"error": error, "is_uncertain": claim.is_uncertain}
    if isinstance(error, errors.RetryLater):
        is_uncertain = claim.is_uncertain or error.is_uncertain
        return Outcome(state="retry", error=error, is_uncertain=is_uncertain, after=_wait(error, claim.attempt))
    if isinstance(error, errors.AuthFailed):
        return Outcome(state="retry", after=timedelta(0), **known)
    if isinstance(error, errors.Malformed):
        after = FIRST_WAIT * 2 ** min(claim.attempt, 6)
        return Outcome(state="retry", error=error, is_uncertain=True, after=after)
    return Outcome(state="dead", **known)


def outcome_of_poll(error: errors.ChannelError, receipt: dto.Receipt, polls: int) -> Outcome:
    """Say what a failed question means: it is asked again, unless the answer was that the channel refused."""
    if isinstance(error, (errors.RetryLater, errors.AuthFailed, errors.Malformed)):
        after = error.after if isinstance(error, errors.RetryLater) else timedelta(0)
        after = max(after, _poll_wait(polls + 1))
        return Outcome(state="submitted", error=error, receipt=receipt, after=after)
    return Outcome(state="dead", error=error)


def _push(adapter: ChannelAdapter, notice: Notice) -> dto.Receipt:
    if isinstance(notice, dto.ShipmentNotice):
        return adapter.push_shipment(notice)
    if isinstance(notice, dto.InvoiceNotice):
        return adapter.push_invoice(notice)
    if isinstance(notice, dto.CancelNotice):
        return adapter.push_cancellation(notice)
    return adapter.push_refund(notice)


def _find(adapter: ChannelAdapter, notice: Notice) -> dto.Receipt | None:
    if isinstance(notice, dto.ShipmentNotice):
        return adapter.find_shipment(notice)
    if isinstance(notice, dto.InvoiceNotice):
        return adapter.find_invoice(notice)
    if isinstance(notice, dto.CancelNotice):
        return adapter.find_cancellation(notice)
    return adapter.find_refund(notice)


def _outcome_of_receipt(receipt: dto.Receipt, after: timedelta) -> Outcome:
    if receipt.is_final:
        return Outcome(state="done", detail=receipt.detail, receipt=receipt)
    return Outcome(state="submitted", detail=receipt.detail, receipt=receipt, after=after)


def _wait(error: errors.RetryLater, attempt: int) -> timedelta:
    if error.code == "throttled" or attempt == 1:
        return error.after
    return min(max(error.after, FIRST_WAIT * 2 ** min(attempt - 1, 10)), LONGEST_WAIT)


def _poll_wait(polls: int) -> timedelta:
    return min(FIRST_POLL * 2 ** min(polls, 10), LONGEST_POLL)
