"""One attempt at an effect that must happen once: what to do first, and what its outcome means."""

from datetime import timedelta
from typing import Literal

import msgspec

from . import dto, errors
from .channel import ChannelAdapter

FIRST_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


class Claim(msgspec.Struct, frozen=True, kw_only=True):
    """The right to try: ``attempt`` counts from 1, ``is_uncertain`` says an earlier one may have arrived."""

    attempt: int
    is_uncertain: bool
    notice: dto.ShipmentNotice


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an attempt. ``after`` is set when it is tried again."""

    state: Literal["done", "retry", "unknown", "dead"]
    is_uncertain: bool = False
    after: timedelta | None = None
    detail: str | None = None
    error: errors.ChannelError | None = None


def send_shipment(adapter: ChannelAdapter, claim: Claim) -> Outcome:
    """Tell the channel about a parcel; when an earlier answer was lost, look before sending again.

    :raise errors.ChannelError: see :func:`outcome_of`
    """
    if claim.is_uncertain:
        try:
            receipt = adapter.find_shipment(claim.notice)
        except errors.NotSupported:
            receipt = None  # push_shipment promises that twice has the effect of once
        if receipt is not None:
            return Outcome(state="done", detail=receipt.detail)
    receipt = adapter.push_shipment(claim.notice)
    return Outcome(state="done", detail=receipt.detail)


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


def _wait(error: errors.RetryLater, attempt: int) -> timedelta:
    if error.code == "throttled" or attempt == 1:
        return error.after
    return min(max(error.after, FIRST_WAIT * 2 ** min(attempt - 1, 10)), LONGEST_WAIT)
