"""What follows a sale on eBay, over the real transport: cancellations, refunds, returns, messages, consent."""

from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.request import urlopen

import msgspec
import pytest
from channels import LONG_AGO, running_sandbox, unlimited
from ebay_channel import EbayChannel
from ebay_hooks import listening
from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import AuthFailed, NotSupported, Rejected, RetryLater

SINCE = dto.Window(since=LONG_AGO)


@pytest.fixture(scope="module")
def sandbox():
    with running_sandbox() as running:
        yield running


@pytest.fixture
def channel(sandbox):
    sandbox.control(reset="empty")
    return EbayChannel(sandbox)


@pytest.fixture
def adapter(channel):
    return channel.adapter(limits=unlimited(EbayAdapter))


def effects(channel, *kinds):
    """Return the kinds of effects there were, in their order."""
    return [entry["kind"] for entry in channel.sandbox.ledger() if entry["kind"] in kinds]


# === cancelling ==============================================================================================


def test_an_order_is_cancelled_once_and_comes_to_its_end(channel, adapter):
    [order_id] = channel.sell(1, marketplace_id="EBAY_DE")
    notice = dto.CancelNotice(order_external_id=order_id, reference="c1", reason="out_of_stock")
    assert adapter.find_cancellation(notice) is None
    receipt = adapter.push_cancellation(notice)
    assert (receipt.reference, receipt.is_final) == ("c1", False)
    assert adapter.push_cancellation(notice).external_id == receipt.external_id
    assert adapter.find_cancellation(notice).external_id == receipt.external_id
    assert effects(channel, "cancellation_created") == ["cancellation_created"]
    assert not adapter.poll(receipt).is_final
    channel.sandbox.control(clock_offset=60)
    assert adapter.poll(receipt).is_final
    order = channel.order(order_id)
    assert (order.status, order.cancel_requests[0].state, order.cancel_requests[0].by) == (
        "cancelled",
        "done",
        "seller",
    )


@pytest.mark.parametrize("is_refused", [False, True])
def test_a_buyers_wish_is_answered_once(channel, adapter, is_refused):
    [order_id] = channel.sell(1, marketplace_id="EBAY_GB")
    cancel_id = channel.sandbox.control(cancel_order={"orderId": order_id, "request_only": True})["cancel_order"]
    [request] = channel.order(order_id).cancel_requests
    assert (request.external_id, request.state, request.by) == (cancel_id, "asked", "buyer")
    notice = dto.CancelNotice(
        order_external_id=order_id, reference="c1", reason="buyer_asked", request_id=cancel_id, is_refused=is_refused
    )
    assert adapter.find_cancellation(notice) is None
    adapter.push_cancellation(notice)
    adapter.push_cancellation(notice)
    kind = "cancellation_rejected" if is_refused else "cancellation_approved"
    assert effects(channel, "cancellation_rejected", "cancellation_approved") == [kind]
    channel.sandbox.control(clock_offset=60)
    order = channel.order(order_id)
    assert order.status == ("to_ship" if is_refused else "cancelled")
    assert order.cancel_requests[0].state == ("refused" if is_refused else "done")


def test_a_part_of_an_order_cannot_be_cancelled(channel, adapter):
    [order_id] = channel.sell(1, lines=[2, 2])
    lines = [
        dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity)
        for line in channel.order(order_id).lines
    ]
    part = dto.CancelNotice(order_external_id=order_id, reference="c1", lines=tuple(lines[:1]))
    with pytest.raises(Rejected) as caught:
        adapter.push_cancellation(part)
    assert caught.value.code == "partial_cancellation"
    assert not adapter.push_cancellation(msgspec.structs.replace(part, lines=tuple(lines))).is_final


def test_why_ebay_does_not_cancel_is_told(channel, adapter):
    [order_id] = channel.sell(1)
    adapter.push_shipment(channel.notice(order_id))
    with pytest.raises(Rejected) as caught:
        adapter.push_cancellation(dto.CancelNotice(order_external_id=order_id, reference="c1"))
    assert "ALREADY_SHIPPED" in caught.value.message


def test_cancellations_are_listed_with_their_state(channel, adapter):
    first, second = channel.sell(2)
    channel.sandbox.control(cancel_order={"orderId": first, "request_only": True})
    channel.sandbox.control(cancel_order={"orderId": second})
    channel.sandbox.control(clock_offset=300)
    page = adapter.fetch_cancellations(dto.Window(since=datetime.now(timezone.utc) - timedelta(hours=1)))
    assert {entry.order_external_id: entry.state for entry in page.items} == {first: "asked", second: "done"}
    assert page.next_cursor is None
    assert page.covered_until.utcoffset() == timedelta(0)
    assert adapter.fetch_cancellations(SINCE).items == page.items


# === refunding ===============================================================================================


def whole_refund(channel, order_id, **more):
    """Return a notice that gives the first line of an order back."""
    order = channel.order(order_id)
    line = order.lines[0]
    money = dto.Money(amount=Decimal("1.00"), currency=order.currency)
    values = {"order_external_id": order_id, "reference": "r1", "reason": "goodwill", "amount": money}
    return dto.RefundNotice(
        **{**values, "lines": (dto.RefundLine(external_line_id=line.external_id, amount=money),), **more}
    )


@pytest.mark.parametrize("marketplace", ["EBAY_US", "EBAY_DE"])
def test_a_refund_of_a_line_comes_to_its_end(channel, adapter, marketplace):
    [order_id] = channel.sell(1, marketplace_id=marketplace)
    notice = whole_refund(channel, order_id)
    assert adapter.find_refund(notice) is None
    receipt = adapter.push_refund(notice)
    assert not receipt.is_final
    assert not adapter.poll(receipt).is_final
    channel.sandbox.control(clock_offset=60)
    assert adapter.poll(receipt).is_final
    [refund] = channel.order(order_id).refunds
    assert (refund.status, refund.amount.amount, len(refund.lines)) == ("done", Decimal("1.00"), 1)
    assert receipt.external_id == refund.external_id
    with pytest.raises(NotSupported):
        adapter.find_refund(notice)  # it could be that one; nothing there tells
    other = msgspec.structs.replace(notice, amount=dto.Money(amount=Decimal("2.00"), currency=notice.amount.currency))
    assert adapter.find_refund(other) is None


def test_a_refund_of_the_order_as_a_whole(channel, adapter):
    [order_id] = channel.sell(1)
    notice = whole_refund(channel, order_id, lines=(), note="Sorry!")
    receipt = adapter.push_refund(notice)
    [entry] = channel.sandbox.requests("issueRefund")
    assert '"comment":"Sorry! [r1]"' in entry["body"]
    assert "orderLevelRefundAmount" in entry["body"]
    channel.sandbox.control(clock_offset=60)
    assert adapter.poll(receipt).is_final


def test_the_tax_ebay_collected_is_ebays_to_give_back(channel, adapter):
    [order_id] = channel.sell(1, kind="us_tax")
    order = channel.order(order_id)
    taxes = sum(tax.amount.amount for line in order.lines for tax in line.taxes)
    assert taxes > 0
    receipt = adapter.push_refund(whole_refund(channel, order_id, lines=(), amount=order.total))
    channel.sandbox.control(clock_offset=60)
    assert adapter.poll(receipt).is_final
    [refund] = channel.order(order_id).refunds
    assert refund.amount.amount == order.total.amount - taxes


def test_a_refund_that_fails_later_is_told(channel, adapter):
    channel.sandbox.control(refund_outcome="FAILED")
    [order_id] = channel.sell(1)
    receipt = adapter.push_refund(whole_refund(channel, order_id))
    channel.sandbox.control(clock_offset=60)
    with pytest.raises(Rejected) as caught:
        adapter.poll(receipt)
    assert caught.value.code == "refund_failed"


def test_two_refunds_wait_for_each_other(channel, adapter):
    [order_id] = channel.sell(1)
    adapter.push_refund(whole_refund(channel, order_id))
    with pytest.raises(RetryLater) as caught:
        adapter.push_refund(whole_refund(channel, order_id, reference="r2"))
    assert (caught.value.code, caught.value.is_uncertain) == ("refund_running", False)


def test_where_a_signature_is_asked_for_none_is_refused(channel):
    [order_id] = channel.sell(1, marketplace_id="EBAY_DE")
    unsigned = channel.adapter(settings={"is_signed": False})
    with pytest.raises((Rejected, AuthFailed)):
        unsigned.push_refund(whole_refund(channel, order_id))
    assert channel.order(order_id).refunds == ()


def test_one_signing_key_serves_many_calls(channel, adapter):
    orders = channel.sell(2, marketplace_id="EBAY_GB")
    for order_id in orders:
        adapter.push_refund(whole_refund(channel, order_id))
    channel.adapter().push_cancellation(
        dto.CancelNotice(order_external_id=channel.sell(1, marketplace_id="EBAY_GB")[0], reference="c1")
    )
    assert channel.asked("createSigningKey") == 1


# === returns =================================================================================================


def ask_for_return(channel, order_id):
    """Let the buyer of an order ask to send its first line back; return the return's id."""
    line = channel.order(order_id).lines[0]
    wish = {"orderId": order_id, "lineItemId": line.external_id, "reason": "DEFECTIVE_ITEM", "comment": "It hums."}
    return channel.sandbox.control(open_return=wish)["open_return"]


def test_returns_are_listed_line_by_line(channel, adapter):
    [order_id] = channel.sell(1)
    adapter.push_shipment(channel.notice(order_id))
    return_id = ask_for_return(channel, order_id)
    channel.sandbox.control(clock_offset=300)
    [found] = adapter.fetch_returns(dto.Window(since=datetime.now(timezone.utc) - timedelta(minutes=10))).items
    assert (found.external_id, found.order_external_id, found.status) == (return_id, order_id, "requested")
    line = channel.order(order_id).lines[0]
    [part] = found.lines
    assert (part.external_line_id, part.quantity, part.reason) == (line.external_id, line.quantity, "DEFECTIVE_ITEM")
    assert part.comment == "It hums."
    assert found.refund.amount > 0


def test_a_return_is_refunded_there(channel, adapter):
    [order_id] = channel.sell(1, marketplace_id="EBAY_DE")
    adapter.push_shipment(channel.notice(order_id))
    return_id = ask_for_return(channel, order_id)
    with pytest.raises(Rejected) as caught:
        adapter.push_refund(whole_refund(channel, order_id))
    assert caught.value.code == "refund_blocked"
    receipt = adapter.push_refund(whole_refund(channel, order_id, return_id=return_id))
    assert (receipt.external_id, receipt.is_final) == (None, False)
    channel.sandbox.control(clock_offset=60)
    assert adapter.poll(receipt).is_final
    assert [refund.amount.amount for refund in channel.order(order_id).refunds] == [Decimal("1.00")]


# === messages ================================================================================================


def told(channel, **wish):
    """Let eBay send a message; return it as it came."""
    with listening() as (url, calls):
        channel.sandbox.control(notify={"url": f"{url}/hook", **wish})
    return calls[0]


def test_a_message_is_believed_once_its_key_is_here(channel, adapter):
    [order_id] = channel.sell(1)
    call = told(channel, topic="ORDER_CONFIRMATION", orderId=order_id)
    with pytest.raises(AuthFailed) as caught:
        EbayAdapter.parse_webhook(call, {})
    assert caught.value.code == "webhook_key_unknown"
    key_id = caught.value.params["key_id"]
    secrets = {f"{const.PUBLIC_KEY_PREFIX}{key_id}": adapter.fetch_webhook_key(key_id)}
    [event] = EbayAdapter.parse_webhook(call, secrets)
    assert (event.kind, event.external_id) == ("order", order_id)
    leaving = told(channel, topic="MARKETPLACE_ACCOUNT_DELETION", username="ann")
    [event] = EbayAdapter.parse_webhook(leaving, secrets)
    assert (event.kind, event.names[:2]) == ("buyer_deleted", ("ann", "u-ann"))


@pytest.mark.parametrize(
    ("forge", "code"),
    [
        ("wrong_key", "webhook_forged"),
        ("unknown_key", "webhook_key_unknown"),
        ("no_signature", "webhook_unsigned"),
        ("changed_body", "webhook_forged"),
        ("garbage_signature", "webhook_forged"),
    ],
)
def test_a_forged_message_is_refused(channel, adapter, forge, code):
    [order_id] = channel.sell(1)
    honest = told(channel, topic="ORDER_CONFIRMATION", orderId=order_id)
    with pytest.raises(AuthFailed) as caught:
        EbayAdapter.parse_webhook(honest, {})
    key_id = caught.value.params["key_id"]
    secrets = {f"{const.PUBLIC_KEY_PREFIX}{key_id}": adapter.fetch_webhook_key(key_id)}
    forged = told(channel, topic="ORDER_CONFIRMATION", orderId=order_id, forge=forge)
    with pytest.raises(AuthFailed) as caught:
        EbayAdapter.parse_webhook(forged, secrets)
    assert caught.value.code == code


def test_our_address_is_tested_and_told_once(channel, adapter):
    with listening("t" * 40) as (url, calls):
        for _time in range(2):
            adapter.subscribe(f"{url}/hook", "t" * 40, "desk@example.com")
    assert [call.method for call in calls] == ["GET"]
    kinds = effects(channel, "destination_created", "subscription_created")
    assert kinds == ["destination_created", "subscription_created"]


def test_an_address_that_does_not_answer_is_refused(channel, adapter):
    with listening("another token") as (url, _calls), pytest.raises(Rejected) as caught:
        adapter.subscribe(f"{url}/hook", "t" * 40, "desk@example.com")
    assert "Challenge" in caught.value.message


# === consent and permissions =================================================================================


def test_a_seller_lets_us_in(channel):
    url = EbayAdapter.build_consent_url(channel.account(), "st4te")
    with urlopen(url, timeout=10) as answer:
        given = msgspec.json.decode(answer.read())
    assert given["state"] == "st4te"
    newcomer = channel.adapter(**{const.REFRESH_TOKEN: None})
    consent = newcomer.redeem_consent(given["code"])
    assert consent.ends_at > datetime.now(timezone.utc) + timedelta(days=500)
    channel.tokens.kept.clear()
    assert channel.adapter(**consent.secrets).check().name == "oms-seller"
    with pytest.raises(Rejected):
        newcomer.redeem_consent(given["code"])


def test_a_permission_that_was_taken_away_is_named(channel):
    for scope in ("sell.inventory", "sell.inventory.readonly"):
        channel.sandbox.control(drop_scope=scope)
    adapter = channel.adapter()
    with pytest.raises(Rejected) as caught:
        adapter.fetch_listings()
    assert caught.value.code == "access_denied"
    granted = {permission.name: permission.is_granted for permission in adapter.check().permissions}
    assert granted["orders"] is True
