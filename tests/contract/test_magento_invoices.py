"""Invoices in a Magento shop: made for what was sent, once, and not again where the shop has made them itself."""

from decimal import Decimal

import pytest
from channels import MagentoChannel, running_sandbox
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import NotFound, Rejected, RetryLater


@pytest.fixture(scope="module")
def running():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def channel(running):
    running.control(reset="empty")
    return MagentoChannel(running)


def notice(channel, order_id, reference="17", quantity=None, **values):
    """Return a notice for all of an order, or for so many units of its first line."""
    order = channel.adapter().parse_order(channel.adapter().fetch_order(order_id).body)
    lines = [dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines]
    if quantity is not None:
        lines = [dto.LineUnits(external_line_id=lines[0].external_line_id, quantity=Decimal(quantity))]
    return dto.InvoiceNotice(order_external_id=order_id, reference=reference, lines=tuple(lines), **values)


def made(channel):
    return channel.sandbox.ledger("invoice_created")


@pytest.mark.parametrize("kind", ["authorized", "configurable", "bundle_fixed", "bundle_dynamic", "gift_card"])
def test_what_was_sent_is_invoiced_once(channel, kind):
    [order_id] = channel.sell(1, kind=kind)
    adapter, wanted = channel.adapter(), notice(channel, order_id, is_captured=True)
    first, second = adapter.push_invoice(wanted), adapter.push_invoice(wanted)
    assert len(made(channel)) <= 1
    assert first.external_id == second.external_id or not made(channel)
    assert adapter.push_invoice(notice(channel, order_id, reference="18")).detail == "already invoiced in the shop"
    assert len(made(channel)) <= 1


def test_parts_are_invoiced_as_they_are_sent(channel):
    [order_id] = channel.sell(1, kind="authorized", lines=[2, 2])
    adapter = channel.adapter()
    adapter.push_invoice(notice(channel, order_id, reference="1", quantity=1))
    adapter.push_invoice(notice(channel, order_id, reference="2"))
    assert len(made(channel)) == 2
    assert adapter.push_invoice(notice(channel, order_id, reference="3")).detail == "already invoiced in the shop"


def test_an_order_the_shop_invoiced_at_its_payment_is_left_alone(channel):
    [order_id] = channel.sell(1, kind="authorized")
    channel.control(invoice_elsewhere={"entity_id": int(order_id)})
    receipt = channel.adapter().push_invoice(notice(channel, order_id))
    assert (receipt.detail, made(channel)) == ("already invoiced in the shop", [])


def test_a_lost_answer_is_looked_up(channel):
    [order_id] = channel.sell(1, kind="authorized")
    adapter, wanted = channel.adapter(), notice(channel, order_id)
    channel.sandbox.fail("drop_after", "PostV1OrderOrderIdInvoice")
    with pytest.raises(RetryLater) as caught:
        adapter.push_invoice(wanted)
    assert caught.value.is_uncertain
    assert adapter.find_invoice(wanted) is not None
    assert len(made(channel)) == 1


def test_what_cannot_be_invoiced_is_refused_with_words(channel):
    [order_id] = channel.sell(1, kind="authorized")
    adapter = channel.adapter()
    foreign = (dto.LineUnits(external_line_id="999999", quantity=Decimal(1)),)
    with pytest.raises(Rejected) as caught:
        adapter.push_invoice(dto.InvoiceNotice(order_external_id=order_id, reference="1", lines=foreign))
    assert "999999" in caught.value.message
    with pytest.raises(NotFound):
        adapter.push_invoice(dto.InvoiceNotice(order_external_id="999999", reference="1", lines=foreign))
    assert made(channel) == []
