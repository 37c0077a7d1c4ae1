"""What every channel promises of money that goes back: once, line by line, and told wherever it was given back."""

from decimal import Decimal

import msgspec
import pytest
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability
from odoo.addons.oms_core.lib.errors import NotSupported, Rejected, RetryLater
from test_channel_pushes import LOST, adapter_with, read_all, settle


@pytest.mark.needs(Capability.REFUND, "refund_lines")
def test_money_goes_back_line_by_line(channel):
    adapter = adapter_with(channel, Capability.REFUND)
    [order_id] = channel.sell(1, lines=[2, 2])
    channel.ship(order_id)
    notice = channel.refund_notice(order_id, share=Decimal("0.5"))
    receipt = settle(adapter, adapter.push_refund(notice))
    assert receipt.reference == notice.reference and (receipt.external_id or receipt.detail)
    assert channel.refunded(order_id) == [(line.external_line_id, line.amount.amount) for line in notice.lines]


@pytest.mark.needs(Capability.REFUND)
def test_a_refund_that_is_too_large_is_refused_with_the_reason(channel):
    adapter = adapter_with(channel, Capability.REFUND)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    with pytest.raises(Rejected) as caught:
        settle(adapter, adapter.push_refund(channel.refund_notice(order_id, share=3)))
    assert caught.value.message
    assert channel.refunded(order_id) == []


@pytest.mark.needs(Capability.REFUND)
def test_a_refund_whose_parts_do_not_add_up_is_not_sent(channel):
    adapter = adapter_with(channel, Capability.REFUND)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    notice = channel.refund_notice(order_id)
    wrong = msgspec.structs.replace(notice, amount=dto.Money(amount=Decimal("0.01"), currency=notice.amount.currency))
    before = channel.asked("refund")
    with pytest.raises(Rejected) as caught:
        adapter.push_refund(wrong)
    assert caught.value.message
    assert channel.asked("refund") == before


@pytest.mark.needs(Capability.REFUND)
@pytest.mark.parametrize(("fault", "options", "has_arrived"), LOST)
def test_a_lost_answer_to_a_refund_never_pays_twice(channel, fault, options, has_arrived):
    adapter = adapter_with(channel, Capability.REFUND)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    notice = channel.refund_notice(order_id, share=Decimal("0.25"))
    assert adapter.find_refund(notice) is None
    channel.fault(fault, "refund", **options)
    with pytest.raises(RetryLater) as caught:
        adapter.push_refund(notice)
    assert caught.value.is_uncertain
    try:
        found = adapter.find_refund(notice)
    except NotSupported as error:
        # The channel cannot say; then there must be something that a person has to look at.
        assert has_arrived and error.params["message"]
    else:
        assert (found is not None) is has_arrived
        if found is None:
            settle(adapter, adapter.push_refund(notice))
    assert len(channel.refunded(order_id)) == (len(notice.lines) if channel.can("refund_lines") else 1)


@pytest.mark.needs(Capability.REFUND, Capability.ASYNC)
def test_a_refund_is_decided_later(channel):
    adapter = adapter_with(channel, Capability.REFUND, Capability.ASYNC)
    [order_id] = channel.sell(1)
    channel.ship(order_id)
    channel.take_long(600)
    notice = channel.refund_notice(order_id)
    receipt = adapter.push_refund(notice)
    assert not receipt.is_final and not adapter.poll(receipt).is_final
    assert channel.refunded(order_id) == []
    channel.let_pass(700)
    assert settle(adapter, receipt).is_final
    assert adapter.poll(receipt).is_final
    assert len(channel.refunded(order_id)) == len(notice.lines)


def amount_of(*parts):
    return sum((part.amount for part in parts if part), Decimal(0))


@pytest.mark.needs(Capability.REFUND, Capability.REFUNDS)
@pytest.mark.parametrize("share", [Decimal(1), Decimal("0.5")])
def test_money_that_went_back_is_read_with_its_order(channel, share):
    adapter = adapter_with(channel, Capability.REFUND, Capability.REFUNDS)
    before, order_id = channel.sell(2, lines=[2, 2])
    channel.ship(order_id)
    notice = channel.refund_notice(order_id, share=share)
    receipt = settle(adapter, adapter.push_refund(notice))
    channel.let_pass(900)
    [(number, refund)] = read_all(adapter.fetch_refunds).items()
    assert receipt.external_id in (None, number)
    assert (refund.order_external_id, refund.amount, refund.status) == (order_id, notice.amount, "done")
    assert refund.order_external_id != before
    parts = [part for line in refund.lines for part in (line.amount, line.shipping)]
    assert amount_of(*parts, refund.shipping, refund.adjustment) == refund.amount.amount
    known = adapter.parse_order(adapter.fetch_order(order_id).body).lines
    for line in refund.lines:
        assert line.external_line_id in {row.external_id for row in known} or line.sku in {row.sku for row in known}
    assert set(read_all(adapter.fetch_refunds)) == {number}  # once more, under the same number


@pytest.mark.needs(Capability.REFUNDS)
def test_no_refunds_are_an_empty_window(channel):
    assert read_all(adapter_with(channel, Capability.REFUNDS).fetch_refunds) == {}
