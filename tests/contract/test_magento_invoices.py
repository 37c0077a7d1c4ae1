"""Invoices only a Magento shop makes: of what consists of several items, and none for what it has invoiced itself."""

from decimal import Decimal

import pytest
from channels import MagentoChannel, running_sandbox


@pytest.fixture(scope="module")
def running():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def channel(running):
    running.control(reset="empty")
    return MagentoChannel(running)


def sell_uninvoiced(channel, kind):
    """Let a buyer order what the shop has not invoiced yet; return the order's id."""
    [order_id] = channel.sell(1, kind=kind, lines=[1, 1])
    order = channel.state()["orders"][order_id]
    paid = ("total_paid", "base_total_paid")
    totals = {name: 0 for name in order if name.endswith("_invoiced") or name in paid}
    items = [item | {name: 0 for name in item if name.endswith("_invoiced")} for item in order["items"]]
    channel.control(update_order={"entity_id": int(order_id), "set": {**totals, "items": items}})
    return order_id


@pytest.mark.parametrize("kind", ["configurable", "bundle_fixed", "bundle_dynamic"])
def test_what_consists_of_items_is_invoiced_once_and_whole(channel, kind):
    order_id = sell_uninvoiced(channel, kind)
    adapter, notice = channel.adapter(), channel.invoice_notice(order_id, is_captured=True)
    first, second = adapter.push_invoice(notice), adapter.push_invoice(notice)
    assert first.external_id == second.external_id
    assert len(channel.invoiced(order_id)) == 1
    order = channel.state()["orders"][order_id]
    assert all(item["qty_invoiced"] == item["qty_ordered"] for item in order["items"])
    assert Decimal(str(order["total_invoiced"])) == Decimal(str(order["grand_total"]))


@pytest.mark.parametrize("kind", ["configurable", "bundle_fixed", "bundle_dynamic", "gift_card"])
def test_what_the_shop_invoiced_at_its_payment_is_left_alone(channel, kind):
    [order_id] = channel.sell(1, kind=kind)
    receipt = channel.adapter().push_invoice(channel.invoice_notice(order_id, is_captured=True))
    assert receipt.detail == "already invoiced in the shop"
    assert channel.invoiced(order_id) == []
