"""One attempt at an effect that must happen once."""

from datetime import datetime, timedelta, timezone

import pytest
from odoo.addons.oms_core.lib import dto, errors
from odoo.addons.oms_core.lib.sending import LONGEST_WAIT, Claim, outcome_of, send_notice

NOTICE = dto.ShipmentNotice(
    order_external_id="1",
    reference="7",
    carrier_code="DHL",
    tracking="T",
    shipped_at=datetime(2026, 11, 23, tzinfo=timezone.utc),
    lines=(),
)


def claim(attempt=1, is_uncertain=False):
    return Claim(attempt=attempt, is_uncertain=is_uncertain, notice=NOTICE)


class Adapter:
    """Answers as told and notes what it was asked."""

    def __init__(self, found=None, can_look=True):
        self.found, self.can_look, self.calls = found, can_look, []

    def find_shipment(self, notice):
        self.calls.append("find")
        if not self.can_look:
            raise errors.NotSupported("find_shipment")
        return self.found

    def push_shipment(self, notice):
        self.calls.append("push")
        return dto.Receipt(reference=notice.reference)


@pytest.mark.parametrize(
    ("is_uncertain", "adapter", "calls"),
    [
        (False, Adapter(), ["push"]),
        (True, Adapter(found=dto.Receipt(reference="7")), ["find"]),
        (True, Adapter(found=None), ["find", "push"]),
        (True, Adapter(can_look=False), ["find", "push"]),
    ],
)
def test_what_may_have_arrived_is_looked_up_first(is_uncertain, adapter, calls):
    assert send_notice(adapter, claim(is_uncertain=is_uncertain)).state == "done"
    assert adapter.calls == calls


@pytest.mark.parametrize(
    ("error", "state", "is_uncertain"),
    [
        (errors.RetryLater("throttled", after=timedelta(seconds=7)), "retry", False),
        (errors.RetryLater("answer_lost", after=timedelta(seconds=7), is_uncertain=True), "retry", True),
        (errors.AuthFailed("token_revoked"), "retry", False),
        (errors.Malformed("not_json"), "retry", True),
        (errors.Rejected("bad_carrier"), "dead", False),
        (errors.NotFound("order_unknown"), "dead", False),
    ],
)
def test_each_failure_says_what_happens_next(error, state, is_uncertain):
    outcome = outcome_of(error, claim())
    assert (outcome.state, outcome.is_uncertain) == (state, is_uncertain)


def test_the_channels_own_wait_is_kept_and_later_waits_grow_to_a_limit():
    error = errors.RetryLater("unreachable", after=timedelta(seconds=7))
    waits = [outcome_of(error, claim(attempt)).after for attempt in range(1, 20)]
    assert waits[0] == timedelta(seconds=7)
    assert waits == sorted(waits)
    assert waits[-1] == LONGEST_WAIT


def test_the_channels_pace_is_no_trouble_and_waits_do_not_grow():
    error = errors.RetryLater("throttled", after=timedelta(seconds=7))
    assert {outcome_of(error, claim(attempt)).after for attempt in range(1, 20)} == {timedelta(seconds=7)}


@pytest.mark.parametrize(
    "error",
    [
        errors.RetryLater("unreachable", after=timedelta(seconds=7)),
        errors.RetryLater("throttled", after=timedelta(seconds=7)),
        errors.AuthFailed("token_revoked"),
        errors.Rejected("access_denied"),
    ],
)
def test_what_may_have_arrived_stays_in_doubt_when_the_look_fails(error):
    assert outcome_of(error, claim(2, is_uncertain=True)).is_uncertain
