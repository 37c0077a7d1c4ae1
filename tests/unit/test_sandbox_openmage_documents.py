"""Shipments, invoices and credit memos of the OpenMage stand-in, through zeep in both flavours."""

from decimal import Decimal

import pytest
from zeep.exceptions import Fault

from sandbox.caller import Caller
from tests.sandbox_calls import MOMENT
from tests.soap_client import Shop


@pytest.fixture(params=[False, True], ids=["rpc", "wsi"])
def shop(request):
    caller = Caller(moment=MOMENT)
    caller.control(channel="openmage", wsi=request.param)
    shop = Shop(caller, is_wsi=request.param)
    shop.caller = caller
    shop.control = lambda **wishes: caller.control(channel="openmage", **wishes)
    return shop


def generate(shop, **wish):
    return shop.control(generate={"count": 1, "seed": 4, "kind": "standard", **wish})["generate"][0]


def items_of(shop, number):
    return shop.rows(shop.order(number)["items"])


def quantities(shop, wanted):
    entries = [{"order_item_id": int(item.item_id), "qty": quantity} for item, quantity in wanted]
    return shop.list_of("orderItemIdQtyArray", entries)


def ship(shop, number, wanted=(), **parts):
    wish = {"itemsQty": quantities(shop, wanted), "email": 0, "includeComment": 0, **parts}
    return shop.ask("salesOrderShipmentCreate", orderIncrementId=number, **wish)


def track(shop, shipment, carrier="ups", number="1Z999"):
    wish = {"carrier": carrier, "title": "United Parcel Service", "trackNumber": number}
    return shop.ask("salesOrderShipmentAddTrack", shipmentIncrementId=shipment, **wish)


def invoice(shop, number, wanted=()):
    return shop.ask("salesOrderInvoiceCreate", invoiceIncrementId=number, itemsQty=quantities(shop, wanted))


def refund(shop, number, wanted=(), **amounts):
    data = {"qtys": quantities(shop, wanted), **amounts}
    if not shop.is_wsi:
        data = shop.type("salesOrderCreditmemoData")(**data)
    wish = {"creditmemoData": data, "comment": "Came back", "notifyCustomer": 0, "includeComment": 0}
    return shop.ask("salesOrderCreditmemoCreate", orderIncrementId=number, **wish)


def fault_of(call, *arguments, **parts):
    with pytest.raises(Fault) as caught:
        call(*arguments, **parts)
    return caught.value.code, caught.value.message


def test_parcels_of_an_order_are_counted_until_all_is_shipped(shop):
    number = generate(shop, lines=[2, 2])
    first, second = items_of(shop, number)
    shipment = ship(shop, number, [(first, first.qty_ordered)], comment="First parcel")
    assert track(shop, shipment) == 1
    assert shop.order(number).state == "processing"
    found = shop.ask("salesOrderShipmentInfo", shipmentIncrementId=shipment)
    assert [(item.sku, item.qty) for item in shop.rows(found["items"])] == [(first.sku, first.qty_ordered)]
    assert [(t.carrier_code, t.number, t.title) for t in shop.rows(found.tracks)] == [
        ("ups", "1Z999", "United Parcel Service")
    ]
    assert [comment.comment for comment in shop.rows(found.comments)] == ["First parcel"]
    ship(shop, number)
    assert [item.qty_shipped for item in items_of(shop, number)] == [first.qty_ordered, second.qty_ordered]
    assert shop.order(number).state == "complete"
    assert fault_of(ship, shop, number) == ("102", "Cannot do shipment for order.")
    entries = shop.caller.ledger("shipment_created")
    assert [entry["body"]["items"] for entry in entries] == [
        {first.item_id: first.qty_ordered}, {second.item_id: second.qty_ordered}
    ]  # fmt: skip
    (entry,) = shop.caller.ledger("track_added")
    assert (entry["key"], entry["body"]["shipment"], entry["body"]["number"]) == (number, shipment, "1Z999")


def test_the_same_request_twice_is_two_parcels_and_two_tracks(shop):
    number = generate(shop, kind="rounding", lines=[1, 1])
    (item,) = items_of(shop, number)
    assert item.qty_ordered == "3.0000"
    parcels = [ship(shop, number, [(item, 1)]) for _turn in range(2)]
    assert len(set(parcels)) == 2
    assert [track(shop, parcels[0]) for _turn in range(2)] == [1, 2]
    assert items_of(shop, number)[0].qty_shipped == "2.0000"


def test_more_than_is_left_is_cut_down_and_nothing_is_refused(shop):
    number = generate(shop, lines=[1, 1])
    (item,) = items_of(shop, number)
    shipment = ship(shop, number, [(item, 50)])
    found = shop.ask("salesOrderShipmentInfo", shipmentIncrementId=shipment)
    assert [entry.qty for entry in shop.rows(found["items"])] == [item.qty_ordered]
    other = generate(shop, lines=[1, 1])
    assert fault_of(ship, shop, other, [(item, 1)]) == ("102", "Cannot create an empty shipment.")
    assert shop.order(other).state == "processing"


def test_refusals_of_shipments_and_tracks(shop):
    assert fault_of(ship, shop, "999")[0] == "103"
    held, cancelled = generate(shop, kind="holded"), generate(shop, kind="cancelled")
    assert fault_of(ship, shop, held)[0] == fault_of(ship, shop, cancelled)[0] == "102"
    assert fault_of(track, shop, "999")[0] == "100"
    shipment = ship(shop, generate(shop))
    assert fault_of(track, shop, shipment, "dpd") == ("102", "Invalid carrier specified.")
    carriers = shop.rows(shop.ask("salesOrderShipmentGetCarriers", orderIncrementId=held))
    assert {"custom", "ups", "dhl"} < {carrier.key for carrier in carriers}
    assert track(shop, shipment, "custom", "X-1")


def test_shipments_are_found_by_their_order(shop):
    numbers = [generate(shop) for _turn in range(2)]
    shipments = [ship(shop, number) for number in numbers]
    order_id = shop.orders(increment_id=numbers[1])[0].order_id
    found = shop.rows(shop.ask("salesOrderShipmentList", filters=shop.filters(order_id=order_id)))
    assert [(row.increment_id, row.order_increment_id) for row in found] == [(shipments[1], numbers[1])]


def test_configurable_is_shipped_by_its_parent(shop):
    number = generate(shop, kind="configurable", lines=[1, 1])
    parent, child = items_of(shop, number)
    assert (parent.product_type, child.product_type, child.row_total) == ("configurable", "simple", "0.0000")
    assert fault_of(ship, shop, number, [(child, 1)])[0] == "102"
    ship(shop, number, [(parent, parent.qty_ordered)])
    assert shop.order(number).state == "complete"


def test_bundle_is_shipped_by_its_parent_with_its_parts(shop):
    number = generate(shop, kind="bundle", lines=[1, 1])
    parent, *parts = items_of(shop, number)
    assert parent.product_type == "bundle"
    shipment = ship(shop, number, [(parent, parent.qty_ordered)])
    found = shop.rows(shop.ask("salesOrderShipmentInfo", shipmentIncrementId=shipment)["items"])
    assert [(row.sku, row.qty) for row in found] == [(item.sku, item.qty_ordered) for item in (parent, *parts)]
    assert shop.order(number).state == "complete"


def test_invoice_on_delivery_is_paid_at_once_and_parts_add_up(shop):
    number = generate(shop, kind="cod", lines=[2, 2], store="us")
    first, _second = items_of(shop, number)
    assert shop.order(number).state == "new"
    invoices = [invoice(shop, number, [(first, first.qty_ordered)]), invoice(shop, number)]
    found = [shop.ask("salesOrderInvoiceInfo", invoiceIncrementId=one) for one in invoices]
    order = shop.order(number)
    assert sum(Decimal(one.grand_total) for one in found) == Decimal(order.grand_total)
    assert (order.total_paid, order.state) == (order.grand_total, "processing")
    assert {one.state for one in found} == {"2"}
    assert fault_of(invoice, shop, number) == ("102", "Cannot do invoice for order.")
    listed = shop.rows(shop.ask("salesOrderInvoiceList", filters=shop.filters(order_id=found[0].order_id)))
    assert [row.increment_id for row in listed] == invoices
    assert len(shop.caller.ledger("invoice_created")) == 2
    assert fault_of(shop.ask, "salesOrderInvoiceCapture", invoiceIncrementId=invoices[0])[0] == "104"


def test_invoice_of_an_online_payment_has_to_be_captured(shop):
    number = generate(shop, kind="unpaid")
    one = invoice(shop, number)
    assert shop.ask("salesOrderInvoiceInfo", invoiceIncrementId=one).state == "1"
    assert not shop.order(number).total_paid
    assert shop.ask("salesOrderInvoiceCapture", invoiceIncrementId=one)
    order = shop.order(number)
    assert order.total_paid == order.grand_total
    assert fault_of(shop.ask, "salesOrderInvoiceInfo", invoiceIncrementId="9")[0] == "100"


def test_too_much_is_invoiced_nowhere(shop):
    number = generate(shop, kind="cod", lines=[1, 1])
    (item,) = items_of(shop, number)
    code, message = fault_of(invoice, shop, number, [(item, 99)])
    assert (code, message) == ("1", f'Invalid qty to invoice item "{item.name}"')
    assert items_of(shop, number)[0].qty_invoiced == "0.0000"


@pytest.mark.parametrize("kind", ["standard", "discount", "tax_excluded", "multi_currency", "rounding", "bundle"])
def test_refund_of_all_is_to_the_cent_and_closes_the_order(shop, kind):
    number = generate(shop, kind=kind, lines=[3, 3])
    memo = refund(shop, number)
    order = shop.order(number)
    found = shop.ask("salesOrderCreditmemoInfo", creditmemoIncrementId=memo)
    assert found.grand_total == order.grand_total == order.total_refunded
    assert order.base_total_refunded == order.base_grand_total
    assert order.state == "closed"
    assert fault_of(refund, shop, number)[0] == "106"
    assert fault_of(shop.ask, "salesOrderCreditmemoCancel", creditmemoIncrementId=memo)[0] == "104"


def test_partial_refunds_with_adjustments_add_up(shop):
    number = generate(shop, kind="discount", lines=[2, 2], store="default")
    first, _second = items_of(shop, number)
    memos = [
        refund(shop, number, [(first, 1)], shipping_amount=0, adjustment_negative=Decimal("0.50")),
        refund(shop, number),
    ]
    found = [shop.ask("salesOrderCreditmemoInfo", creditmemoIncrementId=memo) for memo in memos]
    order = shop.order(number)
    assert (found[0].shipping_amount, found[0].adjustment) == ("0.0000", "-0.5000")
    assert sum(Decimal(memo.grand_total) for memo in found) == Decimal(order.grand_total) - Decimal("0.50")
    listed = shop.rows(shop.ask("salesOrderCreditmemoList", filters=shop.filters(order_id=found[0].order_id)))
    assert [memo.increment_id for memo in listed] == memos
    bodies = [entry["body"] for entry in shop.caller.ledger("creditmemo_created")]
    assert [body["grand_total"] for body in bodies] == [memo.grand_total for memo in found]


def test_more_than_was_paid_is_refunded_nowhere(shop):
    number = generate(shop, lines=[1, 1])
    (item,) = items_of(shop, number)
    assert fault_of(refund, shop, number, [(item, 99)])[1] == f'Invalid qty to refund item "{item.name}"'
    assert fault_of(refund, shop, number, adjustment_positive=5)[1].startswith("Maximum amount available")
    assert fault_of(refund, shop, number, shipping_amount=5000)[1].startswith("Maximum shipping amount")
    assert fault_of(refund, shop, generate(shop, kind="cod"))[0] == "106"
    assert items_of(shop, number)[0].qty_refunded == "0.0000"
    assert shop.caller.ledger("creditmemo_created") == []
