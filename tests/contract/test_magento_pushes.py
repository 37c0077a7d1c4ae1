"""What the Magento adapter does to a shop, seen from the shop's side: parcels by source, bundles, money back, stock."""

from datetime import timedelta
from decimal import Decimal

import msgspec
import pytest
from channels import LONG_AGO, MagentoChannel, running_sandbox
from odoo.addons.oms_channel_magento.lib import const
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, NotSupported, Rejected, RetryLater

WINDOW = dto.Window(since=LONG_AGO)
LOST = [
    ("drop_after", {}, True),
    ("status", {"status": 500, "when": "after"}, True),
    ("drop_before", {}, False),
    ("status", {"status": 503}, False),
]


@pytest.fixture(scope="module")
def running():
    with running_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def channel(running):
    running.control(reset="empty")
    return MagentoChannel(running)


def read(channel, order_id):
    adapter = channel.adapter()
    return adapter.parse_order(adapter.fetch_order(order_id).body)


def units(lines):
    return tuple(dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity) for line in lines)


# === reading =======================================================================================================


@pytest.mark.parametrize(
    "kind",
    [
        "discount", "coupon_on_gross", "gift_card", "tax_included", "tax_excluded", "shipping_tax", "rounding",
        "configurable", "bundle_fixed", "bundle_dynamic", "virtual", "guest", "multi_currency", "kwd", "jpy", "cod",
    ],
)  # fmt: skip
@pytest.mark.parametrize("mode", ["auto", "included", "excluded"])
def test_every_kind_of_order_adds_up(channel, kind, mode):
    ids = channel.sell(12, kind=kind)
    for raw in channel.adapter().fetch_orders(WINDOW).items:
        order = channel.reader(mode).parse_order(raw.body)
        charges = [*order.charges, *(charge for line in order.lines for charge in line.charges)]
        total = sum(line.amount.amount for line in order.lines) + sum(charge.amount.amount for charge in charges)
        if not order.is_tax_included:
            total += sum(tax.amount.amount for part in (*order.lines, *charges) for tax in part.taxes)
        assert total == order.total.amount, raw.external_id
    assert len(ids) == 12


def test_the_tax_mode_follows_the_store(channel):
    for kind, is_included in (("tax_included", True), ("tax_excluded", False), ("kwd", False)):
        for order_id in channel.sell(8, kind=kind, lines=[2, 4]):
            assert read(channel, order_id).is_tax_included is is_included, kind


def test_states_become_ours(channel):
    expected = {
        "standard": ("to_ship", ()),
        "authorized": ("to_ship", ()),
        "unpaid": ("awaiting_payment", ()),
        "cod": ("to_ship", ()),
        "fraud": ("awaiting_payment", ("payment_review", "fraud")),
        "holded": ("to_ship", ("holded",)),
        "cancelled": ("cancelled", ()),
    }
    for kind, (status, holds) in expected.items():
        [order_id] = channel.sell(1, kind=kind)
        order = read(channel, order_id)
        assert (order.status, order.holds) == (status, holds), kind


def test_a_store_has_its_code_and_its_money(channel):
    [order_id] = channel.sell(1, kind="multi_currency")
    order = read(channel, order_id)
    assert (order.marketplace, order.currency, order.shop_total.currency) == ("gb", "GBP", "EUR")


def test_orders_of_chosen_stores_only(channel):
    channel.sell(3, store="de")
    wanted = channel.sell(4, store="fr") + channel.sell(2, store="gb", age_seconds=300)
    channel.settings["stores"] = ["fr", "gb"]
    assert [raw.external_id for raw in channel.adapter().fetch_orders(WINDOW).items] == wanted
    channel.settings["stores"] = ["nowhere"]
    with pytest.raises(Rejected) as caught:
        channel.adapter().fetch_orders(WINDOW)
    assert "nowhere" in caught.value.message


def test_orders_of_one_second_over_the_edge_of_a_page(channel):
    sold = channel.sell(230, same_update_time=True)
    adapter, found, place = channel.adapter(), [], None
    while True:
        page = adapter.fetch_orders(WINDOW, place)
        found += [raw.external_id for raw in page.items]
        place = page.next_cursor
        if place is None:
            break
    assert found == sold


def test_an_edited_order_stands_for_the_one_before(channel):
    [order_id] = channel.sell(1, kind="standard", lines=[2, 2])
    [line, *_others] = read(channel, order_id).lines
    channel.control(edit_order={"entity_id": int(order_id), "items": {line.external_id: 1}})
    newest = channel.adapter().fetch_orders(WINDOW).items[-1]
    order = channel.adapter().parse_order(newest.body)
    assert order.replaces == (order_id,)
    assert read(channel, order_id).status == "cancelled"


def test_an_order_by_the_number_people_see(channel):
    [order_id] = channel.sell(1)
    number = read(channel, order_id).external_number
    assert channel.adapter().fetch_order_by_number(number).external_id == order_id
    with pytest.raises(NotFound):
        channel.adapter().fetch_order_by_number("no such number")


def test_a_virtual_order_is_the_shops_own_to_deliver(channel):
    [order_id] = channel.sell(1, kind="virtual")
    order = read(channel, order_id)
    assert (order.fulfilled_by, order.ship_to, order.labels) == ("channel", None, ("virtual",))


# === signing in =====================================================================================================


def test_the_token_alone_lets_in_where_the_shop_allows_it(channel):
    channel.settings |= {"auth": "bearer", "consumer_key": None}
    secrets = {const.CONSUMER_SECRET: None, const.ACCESS_TOKEN_SECRET: None}
    with pytest.raises(AuthFailed):
        channel.adapter(**secrets).check()
    channel.sandbox.control(bearer=True)
    assert channel.adapter(**secrets).check().marketplaces


def test_what_the_integration_may_not_do_is_named(channel):
    channel.control(drop_resource=["Magento_Sales::sales_creditmemo", "Magento_InventoryApi::source"])
    granted = {permission.name: permission.is_granted for permission in channel.adapter().check().permissions}
    assert granted["orders"] and granted["products"]
    assert granted["credit memos"] is granted["quantities by source"] is False
    assert granted["refunding"] is None


def test_without_the_orders_there_is_no_account(channel):
    channel.control(drop_resource=["Magento_Sales::actions_view"])
    with pytest.raises(AuthFailed) as caught:
        channel.adapter().fetch_orders(WINDOW)
    assert caught.value.code == "access_denied"


# === parcels =======================================================================================================


def test_a_configurable_leaves_by_its_parent(channel):
    [order_id] = channel.sell(1, kind="configurable", lines=[1, 1])
    channel.adapter().push_shipment(channel.notice(order_id))
    assert read(channel, order_id).status == "shipped"


@pytest.mark.parametrize("kind", ["bundle_fixed", "bundle_dynamic"])
def test_a_bundle_leaves_whole_by_its_parent(channel, kind):
    [order_id] = channel.sell(1, kind=kind, lines=[1, 1])
    lines = units(read(channel, order_id).lines)
    adapter = channel.adapter()
    with pytest.raises(Rejected) as caught:
        adapter.push_shipment(channel.notice(order_id, lines=lines[:1]))
    assert caught.value.code == "bundle_incomplete"
    notice = channel.notice(order_id)
    adapter.push_shipment(notice)
    assert adapter.find_shipment(notice) is not None
    order = read(channel, order_id)
    assert order.status == "shipped"
    assert all(line.quantity_shipped == line.quantity for line in order.lines)


def test_a_parcel_leaves_from_its_source(channel):
    [order_id] = channel.sell(1, store="de", lines=[2, 2])
    first, second = units(read(channel, order_id).lines)
    for number, (line, source) in enumerate(((first, "berlin"), (second, "lyon")), 1):
        notice = channel.notice(order_id, reference=str(number), tracking=f"T{number}", lines=(line,))
        channel.adapter().push_shipment(msgspec.structs.replace(notice, ship_from=source))
    entries = [entry["body"] for entry in channel.sandbox.ledger("shipment_created", order_id)]
    assert [(entry["source_code"], entry["tracks"]) for entry in entries] == [("berlin", ["T1"]), ("lyon", ["T2"])]


def test_two_parcels_alike_are_two(channel):
    [order_id] = channel.sell(1, lines=[1, 1])
    [line] = read(channel, order_id).lines
    if line.quantity < 2:
        [order_id] = [id_ for id_ in channel.sell(30, lines=[1, 1]) if read(channel, id_).lines[0].quantity >= 2][:1]
        [line] = read(channel, order_id).lines
    unit = (dto.LineUnits(external_line_id=line.external_id, quantity=Decimal(1)),)
    for number in (1, 2):
        channel.adapter().push_shipment(channel.notice(order_id, str(number), f"T{number}", unit))
    assert [tracking for _reference, tracking, _units in channel.parcels(order_id)] == ["T1", "T2"]


# === cancelling ====================================================================================================


@pytest.mark.parametrize(("fault", "options", "has_arrived"), LOST)
def test_a_lost_answer_to_a_cancellation_is_looked_up(channel, fault, options, has_arrived):
    [order_id] = channel.sell(1, kind="authorized")
    notice, adapter = channel.cancel_notice(order_id), channel.adapter()
    assert adapter.find_cancellation(notice) is None
    channel.fault(fault, "cancel", **options)
    with pytest.raises(RetryLater) as caught:
        adapter.push_cancellation(notice)
    assert caught.value.is_uncertain
    assert (adapter.find_cancellation(notice) is not None) is has_arrived
    for _again in range(2):
        assert adapter.push_cancellation(notice).is_final
    assert len(channel.cancelled(order_id)) == 1
    assert read(channel, order_id).status == "cancelled"


def test_a_part_is_not_cancelled_and_the_reason_says_what_to_do(channel):
    [order_id] = channel.sell(1, kind="authorized", lines=[2, 2])
    first, second = units(read(channel, order_id).lines)
    adapter = channel.adapter()
    with pytest.raises(Rejected) as caught:
        adapter.push_cancellation(channel.cancel_notice(order_id, lines=(first,)))
    assert "refund" in caught.value.message
    assert adapter.push_cancellation(channel.cancel_notice(order_id, lines=(first, second))).is_final


def test_what_is_paid_is_not_cancelled(channel):
    [order_id] = channel.sell(1, kind="standard")
    with pytest.raises(Rejected) as caught:
        channel.adapter().push_cancellation(channel.cancel_notice(order_id))
    assert "refund" in caught.value.message
    assert channel.cancelled(order_id) == []


def test_nobody_asks_here_so_nobody_gets_a_no(channel):
    [order_id] = channel.sell(1)
    with pytest.raises(NotSupported):
        channel.adapter().push_cancellation(channel.cancel_notice(order_id, is_refused=True))


# === money back ====================================================================================================


@pytest.mark.parametrize(
    "kind", ["standard", "discount", "tax_included", "bundle_fixed", "bundle_dynamic", "configurable", "jpy", "kwd"]
)
@pytest.mark.parametrize("share", ["1", "0.5", "1.1"])
def test_the_buyer_gets_the_amount_of_the_notice(channel, kind, share):
    [order_id] = channel.sell(1, kind=kind, lines=[2, 2])
    notice = channel.refund_notice(order_id, share=Decimal(share))
    if Decimal(share) > 1 and sum(channel.left(order_id)) < notice.amount.amount:
        with pytest.raises(Rejected):
            channel.adapter().push_refund(notice)
        return
    receipt = channel.adapter().push_refund(notice)
    [given] = channel.refunded(order_id)
    assert receipt.external_id == next(iter(channel.state()["creditmemos"]))
    # A shop asks for adjustments in the money of its books, where a cent may be several units of the order's.
    slack = Decimal("0.01") if kind == "kwd" else 0
    assert abs(given - notice.amount.amount) <= slack
    assert (receipt.detail is None) is (given == notice.amount.amount)


def test_money_goes_back_the_way_it_came(channel):
    seen = set()
    for order_id in channel.sell(24, kind="standard", lines=[1, 1]):
        channel.adapter().push_refund(channel.refund_notice(order_id))
        [entry] = channel.sandbox.ledger("creditmemo_created", order_id)
        method = channel.state()["orders"][order_id]["payment"]["method"]
        is_online = method not in const.OFFLINE_METHODS
        assert entry["body"]["is_online"] is is_online, method
        assert entry["body"]["returned_to_stock"] == []
        seen.add(is_online)
    assert seen == {True, False}


def test_shipping_alone_and_goodwill_go_back_without_goods(channel):
    [order_id] = channel.sell(1, kind="shipping_tax", lines=[2, 2])
    order = read(channel, order_id)
    [shipping] = [charge for charge in order.charges if charge.kind == "shipping"]
    taxes = 0 if order.is_tax_included else sum(tax.amount.amount for tax in shipping.taxes)
    gross = dto.Money(amount=shipping.amount.amount + taxes, currency=order.currency)
    goodwill = dto.Money(amount=Decimal("1.00"), currency=order.currency)
    notice = dto.RefundNotice(
        order_external_id=order_id,
        reference="5",
        amount=dto.Money(amount=gross.amount + 1, currency=order.currency),
        shipping=gross,
        adjustment=goodwill,
    )
    channel.adapter().push_refund(notice)
    assert channel.refunded(order_id) == [notice.amount.amount]
    [entry] = channel.sandbox.ledger("creditmemo_created", order_id)
    assert (entry["body"]["adjustment_positive"], sum(entry["body"]["items"].values())) == (1, 0)


@pytest.mark.parametrize(("fault", "options", "has_arrived"), LOST)
def test_a_lost_answer_to_a_refund_never_pays_twice(channel, fault, options, has_arrived):
    [order_id] = channel.sell(1, kind="standard", lines=[2, 2])
    notice, adapter = channel.refund_notice(order_id, share=Decimal("0.25")), channel.adapter()
    assert adapter.find_refund(notice) is None
    for call in ("refund", "refund offline"):
        channel.fault(fault, call, **options)
    with pytest.raises(RetryLater) as caught:
        adapter.push_refund(notice)
    assert caught.value.is_uncertain
    channel.sandbox.heal()
    assert (adapter.find_refund(notice) is not None) is has_arrived
    adapter.push_refund(notice)
    assert len(channel.refunded(order_id)) == 1


def test_a_refund_whose_parts_are_not_the_whole_is_not_sent(channel):
    [order_id] = channel.sell(1, kind="standard")
    notice = channel.refund_notice(order_id)
    wrong = msgspec.structs.replace(notice, amount=dto.Money(amount=Decimal("0.01"), currency=notice.amount.currency))
    with pytest.raises(Rejected):
        channel.adapter().push_refund(wrong)
    assert channel.refunded(order_id) == []


def test_goods_taken_back_before_they_left_will_not_be_sent(channel):
    [order_id] = channel.sell(1, kind="standard", lines=[2, 2])
    first, second = read(channel, order_id).lines
    channel.control(refund_elsewhere={"entity_id": int(order_id), "items": {first.external_id: float(first.quantity)}})
    order = read(channel, order_id)
    assert order.status == "to_ship"
    [request] = order.cancel_requests
    assert (request.state, request.lines) == ("done", units([first]))


def test_an_order_given_back_before_it_left_is_cancelled(channel):
    [order_id] = channel.sell(1, kind="standard")
    channel.control(refund_elsewhere={"entity_id": int(order_id)})
    order = read(channel, order_id)
    assert (order.status, "closed" in order.labels) == ("cancelled", True)


# === stock =========================================================================================================


def level(ref, quantity, sku="OMS-0001", price=None):
    return dto.StockLevel(ref=ref, sku=sku, quantity=quantity, price=price)


def test_one_bad_row_leaves_the_others(channel):
    rows = [level("a", 3), level("b", -1), level("c", 4, "NO-SUCH-SKU"), level("d", 5, "OMS-0002")]
    answers = channel.adapter().push_stock(rows).rows
    assert [(row.ref, row.code) for row in answers] == [
        ("a", None), ("b", "bad_quantity"), ("c", "listing_unknown"), ("d", None),
    ]  # fmt: skip
    assert (channel.quantity("OMS-0001"), channel.quantity("OMS-0002")) == (3, 5)
    assert "NO-SUCH-SKU" not in channel.state()["quantities"]
    assert channel.asked("stock") == 1


def test_a_sku_may_hold_anything(channel):
    skus = ("A,B", "ä%2F?#&=+", "a b", "100%")
    answers = channel.adapter().push_stock([level(str(place), 1, sku) for place, sku in enumerate(skus)]).rows
    assert {row.code for row in answers} == {"listing_unknown"}


def test_a_shop_that_limits_requests_gets_small_ones(channel):
    channel.sandbox.control(input_limits=True)
    adapter = channel.adapter()
    skus = sorted(channel.offered())[:20]
    limited = type(adapter).set_up(type(adapter).reading, is_input_limited=True)
    assert limited.limits.batch == 20
    rows = adapter.push_stock([level(sku, 6, sku) for sku in skus[: limited.limits.batch]]).rows
    assert not [row for row in rows if row.error]


def test_bulk_is_answered_row_by_row(channel):
    adapter = channel.adapter()
    rows = [level("a", 4), level("b", 5, "NO-SUCH-SKU"), level("c", -1), level("d", 6, "OMS-0002", channel.price)]
    channel.take_long(600)
    receipt = adapter.push_bulk(rows)
    assert not receipt.is_final
    assert adapter.poll_bulk(receipt, rows) is None
    channel.take_long(0)
    answers = adapter.poll_bulk(receipt, rows).rows
    assert [(row.ref, row.code) for row in answers] == [
        ("a", None), ("b", "listing_unknown"), ("c", "bad_quantity"), ("d", None),
    ]  # fmt: skip
    assert (channel.quantity("OMS-0001"), channel.quantity("OMS-0002")) == (4, 6)
    assert channel.shown_price("OMS-0002") == channel.price.amount
    [refused] = adapter.poll_bulk(adapter.push_bulk([level("x", -1)]), [level("x", -1)]).rows
    assert refused.code == "bad_quantity"
    with pytest.raises(Rejected):
        adapter.poll_bulk(dto.Receipt(reference="x", external_id="no-such-bulk -"), rows)


@pytest.mark.parametrize("way", ["single", "bulk"])
def test_a_price_goes_along_in_the_shops_currency_only(channel, way):
    adapter = channel.adapter()
    for price, is_taken in ((channel.price, True), (channel.wrong_price, False)):
        rows = [level("a", 5, price=price)]
        [row] = (adapter.push_stock(rows) if way == "single" else adapter.poll_bulk(adapter.push_bulk(rows), rows)).rows
        assert (row.error is None) is is_taken
        assert channel.shown_price("OMS-0001") == channel.price.amount


def test_what_is_salable_is_what_we_say(channel):
    """Told what lies on the shelf with the units its own orders wait for, the shop sells what is free."""
    [order_id] = channel.sell(1, lines=[1, 1])
    [line] = read(channel, order_id).lines
    channel.adapter().push_stock([level("a", 10 + int(line.quantity), line.sku)])
    channel.adapter().push_shipment(channel.notice(order_id))
    assert channel.quantity(line.sku) == 10


def test_the_clock_of_the_shop_decides_how_far_orders_were_read(channel):
    channel.sandbox.control(clock_offset=-3600)
    page = channel.adapter().fetch_orders(WINDOW)
    assert page.covered_until < channel.adapter().now() - timedelta(minutes=50)
