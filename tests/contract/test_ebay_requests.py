"""Every request we send to eBay is what eBay's own documents say, as it arrived at the other end of the wire."""

import json
from decimal import Decimal

import msgspec
import pytest
from channels import LONG_AGO, running_sandbox, unlimited
from ebay_channel import EbayChannel
from ebay_hooks import listening
from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import ChannelError, Rejected
from specs import load, validate_request

ODD_SKUS = ("A B/C", "ä%2F?#&=+", "100%", "日本", "a,b", ";:@!$'()*~")
# Where each call is documented. Those of Post-Order name no parameters and no bodies, so only their paths count.
DOCUMENTS = {
    "/sell/fulfillment/": "sell_fulfillment_v1_oas3",
    "/sell/inventory/": "sell_inventory_v1_oas3",
    "/commerce/identity/": "commerce_identity_v1_oas3",
    "/commerce/notification/": "commerce_notification_v1_oas3",
    "/developer/key_management/": "developer_key_management_v1_oas3",
    "/post-order/v2/cancellation": "cancellation_oas3",
    "/post-order/v2/return": "return_oas3",
}
MADE = {
    "getOrders",
    "getOrder",
    "getShippingFulfillments",
    "createShippingFulfillment",
    "issueRefund",
    "getInventoryItems",
    "getOffers",
    "bulkUpdatePriceQuantity",
    "search",
    "getCancellation",
    "checkCancellationEligibility",
    "createCancellation",
    "approveCancellationRequest",
    "rejectCancellationRequest",
    "getReturn",
    "issueReturnRefund",
    "getUser",
    "getPublicKey",
    "getConfig",
    "updateConfig",
    "getDestinations",
    "createDestination",
    "getSubscriptions",
    "createSubscription",
    "updateSubscription",
    "createSigningKey",
}


@pytest.fixture(scope="module")
def channel():
    with running_sandbox() as sandbox:
        channel = EbayChannel(sandbox)
        sandbox.control(reset="empty")
        yield channel


def refund_of(channel, order_id, **more):
    """Return a notice that gives a little of an order back."""
    money = dto.Money(amount=Decimal("1.00"), currency=channel.order(order_id).currency)
    return dto.RefundNotice(order_external_id=order_id, reference="r1", amount=money, **more)


def ask_after_sales(channel, adapter):
    """Make the calls that follow a sale."""
    refunded, cancelled, agreed, refused, returned = channel.sell(5, marketplace_id="EBAY_DE")
    adapter.poll(adapter.push_refund(refund_of(channel, refunded)))
    adapter.poll(adapter.push_cancellation(dto.CancelNotice(order_external_id=cancelled, reference="c1")))
    for order_id in (agreed, refused):
        channel.sandbox.control(cancel_order={"orderId": order_id, "request_only": True})
        request = channel.order(order_id).cancel_requests[0].external_id
        adapter.push_cancellation(
            dto.CancelNotice(
                order_external_id=order_id, reference="c2", request_id=request, is_refused=order_id == refused
            )
        )
    adapter.push_shipment(channel.notice(returned, tracking="1Z 999 AA1-77"))
    line = channel.order(returned).lines[0]
    wish = {"orderId": returned, "lineItemId": line.external_id}
    return_id = channel.sandbox.control(open_return=wish)["open_return"]
    adapter.poll(adapter.push_refund(refund_of(channel, returned, return_id=return_id)))
    adapter.fetch_cancellations(dto.Window(since=LONG_AGO))
    adapter.fetch_returns(dto.Window(since=LONG_AGO))


def ask_everything(channel):
    """Make each call at least once, in the ways that change what goes over the wire."""
    channel.sell(210, kind="mixed")
    adapter = channel.adapter(limits=unlimited(EbayAdapter))
    adapter.check()
    page = adapter.fetch_orders(dto.Window(since=LONG_AGO))
    adapter.fetch_orders(dto.Window(since=LONG_AGO), page.next_cursor)
    adapter.fetch_orders(dto.Window(since=page.items[3].updated_at, until=page.items[9].updated_at))
    [listing, *_others] = (listings := adapter.fetch_listings()).items
    if listings.next_cursor:
        adapter.fetch_listings(listings.next_cursor)
    price = dto.Money(amount=Decimal("12.50"), currency="USD")
    for offer_id in (None, listing.offer_id):
        for sku in (listing.sku, *ODD_SKUS):
            adapter.push_stock([dto.StockLevel(ref="1", sku=sku, quantity=3, offer_id=offer_id, price=price)])
    by_place = channel.adapter(settings={"location_key": "BERLIN"})
    by_place.push_stock([dto.StockLevel(ref="1", sku=listing.sku, quantity=3)])
    ask_after_sales(channel, adapter)
    for place in ("hook", "other"):
        with listening("t" * 40) as (url, _calls):
            adapter.subscribe(f"{url}/{place}", "t" * 40, "desk@example.com")
    with pytest.raises(ChannelError):
        adapter.fetch_webhook_key("no-such-key")


def test_every_request_is_as_documented(channel):
    ask_everything(channel)
    seen = set()
    for entry in channel.sandbox.requests():
        if entry["operation"] == "token":
            continue
        path = entry["path"].removeprefix("/ebay")
        spec = load("ebay", next(name for prefix, name in DOCUMENTS.items() if path.startswith(prefix)))
        is_named_only = path.startswith("/post-order/")
        body = json.loads(entry["body"]) if entry["body"] and not is_named_only else None
        query = None if is_named_only else entry["query"]
        seen.add(validate_request(spec, entry["method"], path, query, body))
        headers = {name.lower(): value for name, value in entry["headers"].items()}
        assert {"user-agent", "authorization", "accept"} <= set(headers)
        assert not is_named_only or headers["x-ebay-c-marketplace-id"] == "EBAY_US"
        assert entry["status"] < 400 or entry["status"] == 404, entry
    assert seen == MADE


def test_every_call_has_a_rate():
    others = {"searchCancellations", "searchReturns", const.TOKEN_OPERATION}
    assert set(const.RATES) == (MADE - {"search"}) | others


def test_tax_is_always_asked_for(channel):
    entries = channel.sandbox.requests("getOrders") + channel.sandbox.requests("getOrder")
    assert entries
    assert all(dict(entry["query"])["fieldGroups"] == "TAX_BREAKDOWN" for entry in entries)


def test_the_login_is_a_form_and_names_the_application_in_its_header(channel):
    channel.tokens.kept.clear()
    channel.adapter().fetch_orders(dto.Window(since=LONG_AGO))
    entry = channel.sandbox.requests("token")[-1]
    assert entry["status"] == 200
    assert entry["headers"]["content-type"].startswith("application/x-www-form-urlencoded")
    assert "client_secret" not in entry["body"]


def test_quantities_are_whole_numbers_on_the_wire(channel):
    [order_id] = channel.sell(1, lines=[1, 1])
    notice = channel.notice(order_id)
    lines = tuple(msgspec.structs.replace(line, quantity=Decimal(f"{line.quantity}.000")) for line in notice.lines)
    channel.adapter().push_shipment(msgspec.structs.replace(notice, lines=lines))
    body = json.loads(channel.sandbox.requests("createShippingFulfillment")[-1]["body"])
    assert all(type(item["quantity"]) is int for item in body["lineItems"])


def test_a_signed_call_carries_all_it_needs(channel):
    [order_id] = channel.sell(1, marketplace_id="EBAY_GB")
    channel.adapter().push_refund(refund_of(channel, order_id))
    entry = channel.sandbox.requests("issueRefund")[-1]
    assert {"content-digest", "signature", "signature-input", "x-ebay-signature-key"} <= set(entry["headers"])
    # What a person pasted is used as it is, and is seen to be none before anything is sent.
    before = len(channel.sandbox.requests("issueRefund"))
    with pytest.raises(Rejected):
        channel.adapter(**{const.SIGNING_KEY: "no key"}).push_refund(refund_of(channel, order_id))
    assert len(channel.sandbox.requests("issueRefund")) == before
