"""Returns out of Amazon's report, the walk through reports, and what lies in Amazon's warehouses."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from amazon_documents import DE, US
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_channel_amazon.lib import held, returns
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed, Rejected

NOW = datetime(2026, 11, 26, 10, tzinfo=timezone.utc)
ITEM = (
    "<item_details><item_name>A &amp; B</item_name><asin>B0</asin><return_reason_code>CR-DEFECTIVE</return_reason_code>"
    "<merchant_sku>LAMP</merchant_sku><return_quantity>1</return_quantity><refund_amount>59.90</refund_amount>"
    "</item_details>"
)


def detail(items=ITEM, status="Approved", rma="DJ1RMA", currency="EUR", **more):
    fields = {
        "order_id": "408-0000001-0000001",
        "amazon_rma_id": rma,
        "return_request_date": "2026-11-12T12:44:17Z",
        "return_request_status": status,
        "a_to_z_claim": "false",
        "order_quantity": "1",
        **more,
    }
    texts = "".join(f"<{name}>{text}</{name}>" for name, text in fields.items() if text is not None)
    label = f"<label_details><currency_code>{currency}</currency_code></label_details>" if currency else ""
    return f"<return_details>{items}{texts}{label}</return_details>"


def document(*details):
    body = "".join(details)
    return (
        f"<AmazonEnvelope><MessageType>Returns-Report</MessageType><Message>{body}</Message></AmazonEnvelope>".encode()
    )


def read(*args, **more):
    [found] = returns.parse_returns(document(detail(*args, **more)), NOW)
    return found


def test_a_return():
    assert read(return_carrier="DHL", tracking_id="JJD1") == dto.ReturnData(
        external_id="DJ1RMA",
        order_external_id="408-0000001-0000001",
        updated_at=NOW,
        status="approved",
        channel_status="Approved",
        number="DJ1RMA",
        requested_at=datetime(2026, 11, 12, 12, 44, 17, tzinfo=timezone.utc),
        lines=(dto.ReturnLine(quantity=Decimal(1), sku="LAMP", reason="CR-DEFECTIVE"),),
        carrier="DHL",
        tracking="JJD1",
        refund=dto.Money(amount=Decimal("59.90"), currency="EUR"),
    )


@pytest.mark.parametrize(
    ("word", "more", "status"),
    [
        ("Pending Approval", {}, "requested"),
        ("PendingApproval", {}, "requested"),
        ("Approved", {}, "approved"),
        ("Approved", {"return_delivery_date": "2026-11-20T00:00:00Z"}, "received"),
        ("Approved", {"tracking_id": "JJD1"}, "approved"),
        ("Rejected", {}, "refused"),
        ("Completed", {}, "refunded"),
        ("Completed", {"currency": None}, "closed"),
        ("Closed", {"items": ITEM.replace("59.90", "")}, "closed"),
        ("Something new", {}, "requested"),
        (None, {}, "requested"),
    ],
)
def test_the_words_of_amazon(word, more, status):
    found = read(status=word, **more)
    assert (found.status, found.channel_status) == (status, word)


def test_a_claim_is_a_dispute():
    assert read(a_to_z_claim="true").is_disputed and read(a_to_z_claim="Y").is_disputed
    assert not read(a_to_z_claim="N").is_disputed and not read(a_to_z_claim=None).is_disputed


def test_an_item_listed_twice_counts_as_far_as_the_order_has_units():
    assert [line.quantity for line in read(ITEM * 2).lines] == [1]
    assert read(ITEM * 2).refund.amount == Decimal("59.90")
    assert [line.quantity for line in read(ITEM * 2, order_quantity="2").lines] == [2]
    other = ITEM.replace("LAMP", "DESK")
    assert [(line.sku, line.quantity) for line in read(ITEM + other, order_quantity="2").lines] == [
        ("LAMP", 1),
        ("DESK", 1),
    ]
    assert read(ITEM + other, order_quantity="2").refund.amount == Decimal("119.80")


@pytest.mark.parametrize("quantity", ["", "0", "-1", "1.5", "many", "99999999", "²"])
def test_units_that_are_none_are_no_line(quantity):
    assert read(ITEM.replace(">1<", f">{quantity}<")).lines == ()


def test_a_return_nobody_could_find_is_left_out():
    good = detail()
    found = returns.parse_returns(document(detail(order_id=None), detail(rma="x" * 65), detail(rma="é"), good), NOW)
    assert [item.external_id for item in found] == ["DJ1RMA"]
    assert read(rma=None).external_id == "408-0000001-0000001/2026-11-12T12:44:17Z"


def test_a_report_without_returns_and_one_that_is_none():
    assert returns.parse_returns(document(), NOW) == ()
    for body in (b"order-id\torder-item-id\r\n", b"<a/>", b"", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'):
        with pytest.raises(Malformed):
            returns.parse_returns(body, NOW)


@given(st.text(max_size=30))
def test_no_text_in_a_field_stops_the_report(text):
    clean = "".join(char for char in text if char.isprintable() and char not in "<>&")
    changes = dict.fromkeys(("return_request_date", "return_request_status", "order_quantity", "tracking_id"), clean)
    assert read(**changes).external_id == "DJ1RMA"


# === the walk through reports ================================================================================


def test_every_look_goes_sixty_days_back():
    place = returns.plan_place(dto.Window(since=NOW - timedelta(minutes=10)), None, NOW)
    assert (place.since, place.until, place.end) == (NOW - returns.SPAN, NOW, NOW)


def test_a_long_window_is_read_in_pieces_of_sixty_days():
    window = dto.Window(since=NOW - timedelta(days=130))
    cursor, spans = None, []
    while True:
        place = returns.plan_place(window, cursor, NOW)
        spans.append((place.since, place.until))
        cursor = returns.plan_next(returns.with_report(place, "1"), 0)
        if cursor is None:
            break
    assert spans[0][0] == window.since and spans[-1][1] == NOW
    assert all(until - since <= timedelta(days=60) for since, until in spans)
    assert all(spans[n][1] == spans[n + 1][0] for n in range(len(spans) - 1))


def test_a_long_report_is_read_in_pages():
    place = returns.with_report(returns.plan_place(dto.Window(since=NOW), None, NOW), "7")
    following = returns.plan_place(dto.Window(since=NOW), returns.plan_next(place, 3), NOW)
    assert (following.report, following.seen) == ("7", returns.PER_PAGE)


@pytest.mark.parametrize("cursor", ["", "x", "{}", "[]"])
def test_a_cursor_that_is_none_of_ours(cursor):
    with pytest.raises(Rejected) as caught:
        returns.plan_place(dto.Window(since=NOW), cursor, NOW)
    assert caught.value.code == "cursor_expired"


# === stock at Amazon =========================================================================================


def summary(sku="LAMP", **details):
    return {"sellerSku": sku, "inventoryDetails": details}


def page(*summaries, token=None, place=None):
    body = {"payload": {"granularity": {}, "inventorySummaries": list(summaries)}}
    if token:
        body["pagination"] = {"nextToken": token}
    return held.parse_held_page(json.dumps(body).encode(), (US, DE), place or held.HeldPlace())


def test_stock_at_amazon():
    full = summary(
        fulfillableQuantity=5,
        inboundWorkingQuantity=1,
        inboundShippedQuantity=2,
        inboundReceivingQuantity=3,
        reservedQuantity={"totalReservedQuantity": 9},
        unfulfillableQuantity={"totalUnfulfillableQuantity": 4},
    )
    [item] = page(full).items
    assert item == dto.HeldStock(sku="LAMP", quantity=5, quantity_coming=6, quantity_unfit=4, marketplace=US)


def test_the_walk_goes_page_by_page_and_store_by_store():
    first = page(summary(), token="t")
    assert held.read_held_place(first.next_cursor) == held.HeldPlace(store=0, token="t")
    last = page(summary(), place=held.HeldPlace(token="t"))
    assert held.read_held_place(last.next_cursor) == held.HeldPlace(store=1)
    assert page(place=held.HeldPlace(store=1)).next_cursor is None


def test_what_has_no_sku_or_no_details_is_left_out():
    assert page({"sellerSku": "A"}, {"inventoryDetails": {}}, summary("B")).items == (
        dto.HeldStock(sku="B", quantity=0, marketplace=US),
    )


@pytest.mark.parametrize("body", [b"", b"{}", b'{"payload": null}', b'{"payload": {}}', b'{"errors": []}'])
def test_an_answer_that_is_no_inventory_is_named(body):
    with pytest.raises(Malformed):
        held.parse_held_page(body, (US,), held.HeldPlace())


def test_an_entry_that_cannot_be_read_is_not_taken_for_nothing():
    with pytest.raises(Malformed):
        page(summary(fulfillableQuantity="many"))


def test_a_place_that_is_none_of_ours():
    with pytest.raises(Rejected) as caught:
        held.read_held_place("tok")
    assert caught.value.code == "cursor_expired"
