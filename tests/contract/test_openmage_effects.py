"""What only an OpenMage shop does: parcels in two calls, whole cancellations, credit memos, stock in one call."""

from datetime import datetime, timezone
from decimal import Decimal

import msgspec
import pytest
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, NotSupported, Rejected, RetryLater
from openmage_channel import OpenMageChannel, OpenMageWsiChannel

WINDOW = dto.Window(since=datetime(2020, 1, 1, tzinfo=timezone.utc))


@pytest.fixture(params=[OpenMageChannel, OpenMageWsiChannel], ids=["rpc", "wsi"])
def shop(request, sandbox):
    sandbox.control(reset="empty")
    return request.param(sandbox)


def fault(shop, operation, name="drop_after", **options):
    shop.sandbox.control(faults=[{"fault": name, "match": {"channel": "openmage", "operation": operation}, **options}])


def order_of(adapter, order_id):
    return adapter.parse_order(adapter.fetch_order(order_id).body)


# === parcels =================================================================================================


@pytest.mark.parametrize("name", ["drop_after", "drop_before"])
def test_a_parcel_cut_short_after_its_first_call_is_completed(shop, name):
    [order_id] = shop.sell(1, kind="standard")
    notice = shop.notice(order_id)
    adapter = shop.adapter()
    fault(shop, "salesOrderShipmentCreate", name)
    with pytest.raises(RetryLater) as caught:
        adapter.push_shipment(notice)
    assert caught.value.is_uncertain
    assert adapter.find_shipment(notice) is None
    adapter.push_shipment(notice)
    assert len(shop.sandbox.shipments(order_id)) == 1
    assert [(reference, tracking) for reference, tracking, _units in shop.parcels(order_id)] == [
        (notice.reference, notice.tracking)
    ]
    assert adapter.find_shipment(notice).external_id == adapter.push_shipment(notice).external_id


def test_references_that_begin_alike_are_two_parcels(shop):
    [order_id] = shop.sell(1, kind="standard", lines=[2, 2])
    lines = shop.notice(order_id).lines
    adapter = shop.adapter()
    adapter.push_shipment(shop.notice(order_id, reference="17", tracking="A", lines=lines[:1]))
    second = shop.notice(order_id, reference="1", tracking="B", lines=lines[1:])
    assert adapter.find_shipment(second) is None
    adapter.push_shipment(second)
    assert [reference for reference, _tracking, _units in shop.parcels(order_id)] == ["17", "1"]


@pytest.mark.parametrize(("code", "expected"), [("nightbike", "custom"), ("UPS", "ups"), ("dhl", "dhl")])
def test_a_carrier_the_shop_does_not_know_is_named_in_words(shop, code, expected):
    [order_id] = shop.sell(1, kind="standard")
    notice = msgspec.structs.replace(shop.notice(order_id), carrier_code=code, carrier_name="Night <bike> & sons")
    shop.adapter().push_shipment(notice)
    [shipment] = shop.sandbox.shipments(order_id)
    [track] = shipment["tracks"]
    assert (track["carrier_code"], track["title"]) == (expected, "Night <bike> & sons")


def test_a_parcel_the_shops_own_people_told_is_not_made_again(shop):
    [order_id] = shop.sell(1, kind="standard")
    notice = shop.notice(order_id)
    wish = {"increment_id": order_id, "carrier": "ups", "title": "UPS", "number": notice.tracking}
    number = shop.sandbox.control(ship_elsewhere=wish)["ship_elsewhere"]
    adapter = shop.adapter()
    assert adapter.find_shipment(notice).external_id == number
    assert adapter.push_shipment(notice).external_id == number
    assert len(shop.sandbox.shipments(order_id)) == 1


@pytest.mark.parametrize("kind", ["configurable", "bundle", "guest", "multi_currency", "cod"])
def test_orders_of_every_kind_are_sent(shop, kind):
    [order_id] = shop.sell(1, kind=kind, seed=3)
    adapter = shop.adapter()
    adapter.push_shipment(shop.notice(order_id))
    assert len(shop.sandbox.shipments(order_id)) == 1
    assert order_of(adapter, order_id).status == "shipped"


def test_an_order_on_hold_is_refused_with_the_shops_words(shop):
    [order_id] = shop.sell(1, kind="holded")
    with pytest.raises(Rejected) as caught:
        shop.adapter().push_shipment(shop.notice(order_id))
    assert "Cannot do shipment" in caught.value.message
    assert caught.value.code == "data_invalid"


# === cancellations ===========================================================================================


def test_a_part_of_an_order_and_a_paid_one_are_refused_with_the_reason(shop):
    [order_id] = shop.sell(1, kind="unpaid", lines=[2, 2])
    adapter = shop.adapter()
    lines = tuple(
        dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity)
        for line in order_of(adapter, order_id).lines
    )
    part = dto.CancelNotice(order_external_id=order_id, reference="C1", lines=lines[:1])
    with pytest.raises(Rejected) as caught:
        adapter.push_cancellation(part)
    assert caught.value.code == "whole_orders_only"
    adapter.push_cancellation(msgspec.structs.replace(part, lines=lines))
    [paid_id] = shop.sell(1, kind="standard")
    with pytest.raises(Rejected) as caught:
        adapter.push_cancellation(dto.CancelNotice(order_external_id=paid_id, reference="C2"))
    assert (caught.value.code, bool(caught.value.message)) == ("status_not_changed", True)
    with pytest.raises(NotFound):
        adapter.push_cancellation(dto.CancelNotice(order_external_id=shop.unknown_order, reference="C3"))
    with pytest.raises(NotSupported):
        adapter.push_cancellation(msgspec.structs.replace(part, is_refused=True))


# === refunds =================================================================================================


def paid_for(line):
    """Return what the buyer paid for a line."""
    parts = [line.amount.amount, *(charge.amount.amount for charge in line.charges)]
    return sum(parts) + sum(tax.amount.amount for tax in line.taxes)


def refund_notice(order, *, lines=(), shipping=None, amount=None, reference="R1"):
    """Return a notice for whole lines of an order."""
    currency = order.currency
    shown = tuple(
        dto.RefundLine(
            external_line_id=line.external_id,
            amount=dto.Money(amount=paid_for(line), currency=currency),
            quantity=line.quantity,
        )
        for line in lines
    )
    parts = sum((line.amount.amount for line in shown), Decimal(0)) + (shipping or 0)
    total = parts if amount is None else amount
    return dto.RefundNotice(
        order_external_id=order.external_id,
        reference=reference,
        amount=dto.Money(amount=total, currency=currency),
        adjustment=dto.Money(amount=total - parts, currency=currency) if total != parts else None,
        lines=shown,
        shipping=dto.Money(amount=shipping, currency=currency) if shipping else None,
        note="Came back",
    )


def excluded(shop):
    """Return an adapter that reads amounts without their tax."""
    adapter = shop.adapter()
    settings = adapter.account
    reading = adapter.reading._replace(tax_mode="excluded")
    return type(adapter).set_up(reading)(settings, adapter.transport, adapter.now)


@pytest.mark.parametrize("kind", ["standard", "discount", "tax_included", "tax_excluded", "configurable", "bundle"])
def test_goods_and_shipping_go_back_to_the_cent(shop, kind):
    [order_id] = shop.sell(1, kind=kind, seed=5)
    adapter = excluded(shop)
    order = order_of(adapter, order_id)
    shipping = sum(
        charge.amount.amount + sum(tax.amount.amount for tax in charge.taxes)
        for charge in order.charges
        if charge.kind == "shipping"
    )
    notice = refund_notice(order, lines=order.lines, shipping=shipping, amount=order.total.amount)
    assert adapter.find_refund(notice) is None
    receipt = adapter.push_refund(notice)
    [memo] = shop.sandbox.memos(order_id)
    assert (memo["increment_id"], Decimal(memo["grand_total"])) == (receipt.external_id, order.total.amount)
    assert receipt.detail is None
    assert adapter.push_refund(notice).external_id == receipt.external_id
    assert len(shop.sandbox.memos(order_id)) == 1


def test_money_alone_gives_back_no_goods(shop):
    [order_id] = shop.sell(1, kind="standard")
    adapter = excluded(shop)
    order = order_of(adapter, order_id)
    adapter.push_refund(refund_notice(order, amount=Decimal("1.50")))
    [memo] = shop.sandbox.memos(order_id)
    assert Decimal(memo["grand_total"]) == Decimal("1.50")
    assert not [item for item in memo["items"] if Decimal(item["qty"])]
    assert order_of(adapter, order_id).lines == order.lines


def test_an_order_in_another_currency_is_refunded_in_the_currency_of_the_books(shop):
    [order_id] = shop.sell(1, kind="multi_currency", seed=5)
    adapter = excluded(shop)
    order = order_of(adapter, order_id)
    assert order.shop_total.currency != order.currency
    adapter.push_refund(refund_notice(order, amount=Decimal("10.00")))
    [memo] = shop.sandbox.memos(order_id)
    assert abs(Decimal(memo["grand_total"]) - 10) <= Decimal("0.02")
    wrong = dto.Money(amount=Decimal(1), currency=order.shop_total.currency)
    with pytest.raises(Rejected) as caught:
        adapter.push_refund(msgspec.structs.replace(refund_notice(order, reference="R2"), amount=wrong))
    assert caught.value.code == "wrong_currency"


@pytest.mark.parametrize(("name", "has_arrived"), [("drop_after", True), ("drop_before", False)])
def test_a_refund_whose_answer_was_lost_is_looked_up(shop, name, has_arrived):
    [order_id] = shop.sell(1, kind="standard")
    adapter = excluded(shop)
    notice = refund_notice(order_of(adapter, order_id), amount=Decimal("1.50"))
    fault(shop, "salesOrderCreditmemoCreate", name)
    with pytest.raises(RetryLater) as caught:
        adapter.push_refund(notice)
    assert caught.value.is_uncertain
    assert (adapter.find_refund(notice) is not None) is has_arrived
    adapter.push_refund(notice)
    assert len(shop.sandbox.memos(order_id)) == 1


def test_a_refund_the_shop_refuses_comes_with_its_words(shop):
    [order_id] = shop.sell(1, kind="unpaid")
    adapter = excluded(shop)
    with pytest.raises(Rejected) as caught:
        adapter.push_refund(refund_notice(order_of(adapter, order_id), amount=Decimal("1.50")))
    assert caught.value.message


def test_refunds_made_there_and_here_come_in(shop):
    ours, theirs = shop.sell(2, kind="tax_excluded", lines=[1, 1])
    adapter = excluded(shop)
    receipt = adapter.push_refund(refund_notice(order_of(adapter, ours), amount=Decimal("1.50")))
    order = order_of(adapter, theirs)
    items = {line.external_id: str(line.quantity) for line in order.lines}
    wish = {"increment_id": theirs, "items": items, "shipping_amount": "0", "adjustment_negative": "2"}
    number = shop.sandbox.control(refund_elsewhere=wish)["refund_elsewhere"]
    shop.sandbox.control(clock_offset=300)  # what is younger than a minute waits
    page = adapter.fetch_refunds(WINDOW)
    found = {refund.external_id: refund for refund in page.items}
    assert set(found) == {receipt.external_id, number}
    assert found[receipt.external_id].order_external_id == ours
    assert found[receipt.external_id].adjustment.amount == Decimal("1.50")
    refund = found[number]
    assert (refund.order_external_id, refund.status) == (theirs, "done")
    assert refund.amount.amount == sum(line.amount.amount for line in refund.lines) - 2
    assert {line.external_line_id: line.quantity for line in refund.lines} == {
        line.external_id: line.quantity for line in order.lines
    }
    assert page.covered_until and page.next_cursor is None


# === stock and rights ========================================================================================


def test_many_quantities_take_one_call_and_each_has_its_answer(shop):
    adapter = shop.adapter()
    good = [dto.StockLevel(ref=str(n), sku=f"OMS-{n:04}", quantity=n) for n in range(1, 6)]
    assert [row.error for row in adapter.push_stock(good).rows] == [None] * 5
    assert len(shop.sandbox.requests("catalogInventoryStockItemMultiUpdate")) == 1
    assert shop.sandbox.requests("catalogInventoryStockItemUpdate") == []
    mixed = [*good[:2], dto.StockLevel(ref="x", sku="NO-SUCH-SKU", quantity=1), *good[2:]]
    mixed = [msgspec.structs.replace(level, quantity=level.quantity + 10) for level in mixed]
    rows = adapter.push_stock([*mixed, dto.StockLevel(ref="y", sku="OMS-0009", quantity=-1)]).rows
    assert [row.ref for row in rows] == ["1", "2", "x", "3", "4", "5", "y"]
    assert {row.ref: row.code for row in rows if row.error} == {"x": "listing_unknown", "y": "bad_quantity"}
    assert [shop.quantity(level.sku) for level in good] == [11, 12, 13, 14, 15]


def test_a_sku_that_looks_like_an_id_changes_no_other_product(shop):
    before = shop.sandbox.listings()
    [row] = shop.adapter().push_stock([dto.StockLevel(ref="1", sku="1", quantity=77)]).rows
    assert row.code == "listing_unknown"
    assert shop.sandbox.listings() == before


def test_a_product_comes_back_on_sale(shop):
    adapter = shop.adapter()
    for quantity, is_on_sale in ((0, "0"), (4, "1")):
        adapter.push_stock([dto.StockLevel(ref="1", sku=shop.known_sku, quantity=quantity)])
        assert shop.sandbox.listings()[shop.known_sku]["is_in_stock"] == is_on_sale


def test_what_the_role_allows_is_told(shop):
    info = shop.adapter().check()
    granted = {permission.name: permission.is_granted for permission in info.permissions}
    assert granted == {
        "orders": True,
        "parcels": True,
        "refunds": True,
        "products": True,
        "stock": True,
        "changes": None,
    }
    for right in ("sales/order/shipment/info", "core/store/list"):
        shop.sandbox.control(drop_resource=right)
    info = shop.adapter().check()
    assert {permission.name for permission in info.permissions if permission.is_granted is False} == {"parcels"}
    assert info.marketplaces == ()
    shop.sandbox.control(allow="oms")


def test_a_call_the_role_does_not_allow_stops_that_call_alone(shop):
    [order_id] = shop.sell(1, kind="standard")
    notice = shop.notice(order_id)
    shop.sandbox.control(drop_resource="sales/order/shipment/create")
    with pytest.raises(Rejected) as caught:
        shop.adapter().push_shipment(notice)
    assert (caught.value.code, caught.value.params["operation"]) == ("access_denied", "salesOrderShipmentCreate")
    assert shop.adapter().fetch_order(order_id).external_id == order_id
    shop.sandbox.control(allow="oms")


def test_an_older_shop_has_another_namespace(shop):
    shop.sandbox.control(namespace="urn:Magento")
    try:
        [order_id] = shop.sell(1, kind="standard")
        shop.adapter().push_shipment(shop.notice(order_id))
        assert len(shop.parcels(order_id)) == 1
    finally:
        shop.sandbox.control(namespace="urn:OpenMage")


def test_a_session_is_kept_for_the_next_worker_and_no_longer_than_it_lasts(shop):
    shop.adapter().check()
    token, expires_at = shop.tokens.kept["openmage_session"]
    assert len(token) >= 20
    assert 3000 < (expires_at - datetime.now(timezone.utc)).total_seconds() <= 3300
    shop.revoke()
    with pytest.raises(AuthFailed):
        shop.adapter().check()
    assert shop.tokens.kept == {} or shop.tokens.kept["openmage_session"][0] == token
    shop.sandbox.control(allow="oms")


def test_an_order_that_changes_between_its_two_calls_is_told_as_it_is(shop):
    [order_id] = shop.sell(1, kind="standard")
    adapter = shop.adapter()
    listed = adapter._client.list_orders

    def list_and_change(filters):
        answer = listed(filters)
        if answer.value and "complex_filter" in filters:
            shop.change(order_id)
        return answer

    adapter._client.list_orders = list_and_change
    [raw] = adapter.fetch_orders(WINDOW).items
    assert raw.body == shop.adapter().fetch_order(order_id).body
    data = adapter.parse_order(raw.body)
    assert data.buyer_note or data.gift_note


# === invoices ================================================================================================


@pytest.mark.parametrize(("name", "has_arrived"), [("drop_after", True), ("drop_before", False)])
def test_money_whose_taking_was_lost_is_taken_once(shop, name, has_arrived):
    [order_id] = shop.sell(1, kind="unpaid")
    adapter, notice = shop.adapter(), shop.invoice_notice(order_id, is_captured=True)
    fault(shop, "salesOrderInvoiceCapture", name)
    with pytest.raises(RetryLater) as caught:
        adapter.push_invoice(notice)
    assert caught.value.is_uncertain
    assert (adapter.find_invoice(notice) is not None) is has_arrived
    assert adapter.push_invoice(notice).external_id == adapter.find_invoice(notice).external_id
    assert len(shop.invoiced(order_id)) == len(shop.sandbox.ledger("invoice_captured", order_id)) == 1


def test_an_order_paid_when_it_was_placed_has_its_invoice(shop):
    [order_id] = shop.sell(1, kind="standard")
    receipt = shop.adapter().push_invoice(shop.invoice_notice(order_id))
    assert receipt.detail == "already invoiced in the shop"
    assert shop.invoiced(order_id) == []
