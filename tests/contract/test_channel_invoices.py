"""What every channel promises that has invoices made for what was sent: once, and not again what it has made itself."""

from decimal import Decimal

import msgspec
import pytest
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Capability
from odoo.addons.oms_core.lib.errors import NotFound, Rejected, RetryLater
from test_channel_pushes import LOST, adapter_with


@pytest.mark.needs(Capability.INVOICE)
def test_what_was_sent_is_invoiced_once(channel):
    adapter = adapter_with(channel, Capability.INVOICE)
    [order_id] = channel.sell(1, lines=[2, 2])
    notice = channel.invoice_notice(order_id, is_captured=True)
    assert adapter.find_invoice(notice) is None
    first, second = adapter.push_invoice(notice), adapter.push_invoice(notice)
    assert first.reference == second.reference == notice.reference
    assert first.external_id == second.external_id == adapter.find_invoice(notice).external_id
    assert channel.invoiced(order_id) == [{line.external_line_id: line.quantity for line in notice.lines}]


@pytest.mark.needs(Capability.INVOICE)
def test_parts_are_invoiced_as_they_are_sent(channel):
    adapter = adapter_with(channel, Capability.INVOICE)
    [order_id] = channel.sell(1, lines=[2, 2])
    first, second = channel.invoice_notice(order_id).lines
    for reference, lines in (("1", (first,)), ("2", (first, second)), ("3", (second,))):
        notice = channel.invoice_notice(order_id, reference=reference, lines=lines)
        assert adapter.push_invoice(notice).reference == reference
    # Of the second notice a part was invoiced already; of the third all of it.
    assert channel.invoiced(order_id) == [{line.external_line_id: line.quantity} for line in (first, second)]


@pytest.mark.needs(Capability.INVOICE)
@pytest.mark.parametrize(("fault", "options", "has_arrived"), LOST)
def test_a_lost_answer_to_an_invoice_is_looked_up(channel, fault, options, has_arrived):
    adapter = adapter_with(channel, Capability.INVOICE)
    [order_id] = channel.sell(1)
    notice = channel.invoice_notice(order_id)
    channel.fault(fault, "invoice", **options)
    with pytest.raises(RetryLater) as caught:
        adapter.push_invoice(notice)
    assert caught.value.is_uncertain
    assert (adapter.find_invoice(notice) is not None) is has_arrived
    adapter.push_invoice(notice)
    assert adapter.find_invoice(notice) is not None
    assert len(channel.invoiced(order_id)) == 1


@pytest.mark.needs(Capability.INVOICE)
def test_an_order_already_invoiced_there_is_left_alone(channel):
    adapter = adapter_with(channel, Capability.INVOICE)
    [order_id] = channel.sell(1)
    channel.invoice_elsewhere(order_id)
    notice = channel.invoice_notice(order_id)
    receipt = adapter.push_invoice(notice)
    assert receipt.reference == notice.reference and receipt.is_final and receipt.detail
    assert channel.invoiced(order_id) == []


@pytest.mark.needs(Capability.INVOICE)
def test_what_cannot_be_invoiced_is_refused_with_the_reason(channel):
    adapter = adapter_with(channel, Capability.INVOICE)
    [order_id] = channel.sell(1)
    foreign = (dto.LineUnits(external_line_id="999999", quantity=Decimal(1)),)
    notice = channel.invoice_notice(order_id, lines=foreign)
    with pytest.raises(Rejected) as caught:
        adapter.push_invoice(notice)
    assert "999999" in caught.value.message
    with pytest.raises(NotFound):
        adapter.push_invoice(msgspec.structs.replace(notice, order_external_id=channel.unknown_order))
    assert channel.invoiced(order_id) == []
