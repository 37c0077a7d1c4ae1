"""Stock and prices on eBay, over the real transport: what its way of keeping prices asks of us."""

from decimal import Decimal

import msgspec
import pytest
from channels import running_sandbox
from ebay_channel import EbayChannel
from odoo.addons.oms_core.lib import dto


@pytest.fixture
def channel():
    with running_sandbox() as sandbox:
        sandbox.control(reset="empty")
        yield EbayChannel(sandbox)


def test_a_price_without_an_offer_is_said_and_its_quantity_is_set(channel):
    adapter = channel.adapter()
    listing = adapter.fetch_listings().items[0]
    before = channel.shown_price(listing.sku)
    price = dto.Money(amount=Decimal("12.50"), currency="USD")
    level = dto.StockLevel(ref="1", sku=listing.sku, quantity=7, marketplace="EBAY_FR", price=price)
    [row] = adapter.push_stock([level]).rows
    assert (row.code, row.is_retryable) == ("offer_missing", False)
    assert "EBAY_FR" in row.error
    assert (channel.quantity(listing.sku), channel.shown_price(listing.sku)) == (7, before)

    at_home = msgspec.structs.replace(level, marketplace=listing.marketplace)
    [row] = adapter.push_stock([at_home]).rows
    assert row.error is None
    assert channel.shown_price(listing.sku) == Decimal("12.50")
