"""Every channel with real processes: the same promises, asked of each channel's stand-in and its ledger.

What a channel has nothing for is left out by its stand-in's ``cannot`` (`tests.stand_ins`).
"""

import time
from contextlib import contextmanager
from datetime import datetime, timezone
from decimal import Decimal

import pytest

from tests.faults.jobs import twins
from tests.invariants import assert_invariants, assert_mark_is_behind
from tests.stand_in import cents, read_time
from tests.stand_ins import STAND_INS

RETRY_AFTER = 7
RESUMED_WITHIN = 120
UNITS = 2000  # of every product, see conftest.py
ORDERS = "SELECT oms_external_id, state FROM sale_order WHERE oms_channel_id = %s"
# No tax is linked in these shops but where a test is about taxes.
PROBLEMS = "SELECT reason FROM oms_exception WHERE channel_id = %s AND state = 'open' AND reason <> 'unmapped_tax'"
OUTBOX = "SELECT kind, state FROM oms_outbox WHERE channel_id = %s ORDER BY id"
# From how many quantities on they are handed over at once (`limits.bulk_from` of each addon).
BULK_FROM = {"amazon": 1000, "magento": 250}


def every(*needs):
    """Run a test for every channel that has what it needs."""
    return pytest.mark.parametrize("name", [name for name, each in STAND_INS.items() if not each.cannot & set(needs)])


@pytest.fixture
def shop(running_shop):
    """The shop of this folder, without a channel: tests open those they are about."""
    return running_shop


def states(shop):
    """Return ``{order id: state here}`` of the channel spoken of."""
    return dict(shop.sql(ORDERS, shop.channel))


def order_id(shop, number):
    """Return the id of our order."""
    sql = "SELECT id FROM sale_order WHERE oms_external_id = %s AND oms_channel_id = %s"
    return shop.sql(sql, number, shop.channel)[0][0]


def connect_all(shop):
    """Open one live channel on each stand-in; return ``{channel: stand-in}``."""
    first, *others = STAND_INS
    shop.begin(first)
    for name in others:
        shop.connect(name)
    return shop.channels


@contextmanager
def some_minutes_ago(there):
    """Let what the block does have happened some minutes ago: searches leave out what may still be on its way."""
    there.let_pass(-300)
    try:
        yield
    finally:
        there.let_pass(0)


def look_again(shop, times=1):
    """Let the clock come round, for what a channel decides later."""
    for _turn in range(times):
        shop.recover()


# === reading =================================================================================================


@every()
def test_two_importers_of_one_page(shop, name):
    shop.begin(name)
    numbers = shop.there.sell(12)
    shop.there.fail("latency", shop.there.calls["search"], times=2, seconds=1)
    with twins(shop, "_job_fetch_orders", "_job_import"):
        shop.sync()
    assert states(shop) == dict.fromkeys(numbers, "sale")
    events = shop.sql("SELECT count(*) FROM oms_order_event")
    asked = len(shop.there.asked("search"))
    shop.recover()
    assert len(shop.there.asked("search")) > asked
    assert shop.sql("SELECT count(*) FROM oms_order_event") == events, "reading the same orders again changed them"
    assert_invariants(shop)


def test_importers_killed_in_the_middle(shop):
    sold = {channel: there.sell(6) for channel, there in connect_all(shop).items()}
    with shop.holding("LOCK TABLE sale_order_line IN SHARE MODE"):
        for channel in sold:
            with shop.at(channel):
                shop.sync(wait=False)
        shop.wait_until(lambda: len(shop.waiting_backends()) == 2, "two importers to be in the middle")
        shop.kill()
    for channel in sold:
        with shop.at(channel):
            assert_mark_is_behind(shop)
            assert states(shop) == {}, "half a page was kept"
    shop.start_again()
    for channel, numbers in sold.items():
        with shop.at(channel):
            shop.wait_until(lambda want=numbers: len(states(shop)) == len(want), "the orders", RESUMED_WITHIN)
            shop.recover()
            assert states(shop) == dict.fromkeys(numbers, "sale")
    assert_invariants(shop)


def test_too_many_requests(shop):
    sold = {}
    for channel, there in connect_all(shop).items():
        sold[channel] = there.sell(3)
        there.fail("status", there.calls["search"], status=429, retry_after=RETRY_AFTER)
        with shop.at(channel):
            shop.sync(wait=False)
    cards = set()
    deadline = time.monotonic() + RETRY_AFTER + 2
    while time.monotonic() < deadline:  # people and the clock are impatient meanwhile
        for channel in sold:
            with shop.at(channel):
                card = shop.channel_card()
                cards.add((channel, card["health"], card["health_text"]))
                shop.sync(wait=False)
        shop.skip_waits()
        time.sleep(0.5)
    shop.settle()
    for channel, numbers in sold.items():
        with shop.at(channel) as there:
            first, second, *_more = [read_time(request["at"]) for request in there.asked("search")]
            assert (second - first).total_seconds() >= RETRY_AFTER, there.name
            assert (channel, "slow", "The channel asked us to slow down.") in cards, there.name
            assert states(shop) == dict.fromkeys(numbers, "sale")
            assert not shop.sql(PROBLEMS, channel)
            assert shop.channel_card()["health"] == "ok"
    assert_invariants(shop)


@every()
def test_an_unknown_sku_is_linked_once_for_all(shop, name):
    shop.begin(name)
    first, second = shop.there.sell(2, lines=[1, 1])
    [(line, (sku, units, _amount))] = shop.there.seen()[first].lines.items()
    shop.there.rename(second, sku)
    [product] = shop.call("product.product", "search", [("default_code", "=", sku)])
    shop.call("product.product", "write", [product], {"default_code": f"was {sku}"})
    try:
        shop.sync()
        assert states(shop) == dict.fromkeys((first, second), "draft")
        domain = [("channel_id", "=", shop.channel), ("state", "=", "open"), ("reason", "!=", "unmapped_tax")]
        problems = shop.call("oms.exception", "search_read", domain, ["reason", "summary"])
        assert {problem["reason"] for problem in problems} == {"unmapped_sku"}
        assert all(sku in problem["summary"] for problem in problems)
        shop.call("oms.exception", "link_sku", [problems[0]["id"]], product)
        shop.settle()
    finally:
        shop.call("product.product", "write", [product], {"default_code": sku})
    assert states(shop) == dict.fromkeys((first, second), "sale")
    assert not shop.sql(PROBLEMS, shop.channel)
    shop.ship(first, tracking="LINKED1")
    shop.settle()
    [(_number, parcel)] = shop.there.parcels(first)
    assert (parcel.tracking, parcel.lines) == ("LINKED1", {line: units})
    shop.recover()
    assert_invariants(shop)


@every()
def test_totals_are_the_channels(shop, name):
    """Three at 6.65 with 21 % tax, rounded by unit there and globally here; and every kind of order there is."""
    shop.begin(name)
    store = {"store": "de"} if name == "magento" else {}
    [number] = shop.there.sell(lines=[1, 1], **store)
    shop.there.reprice(number, 3, "6.65")
    _add_tax(shop, 21)
    for kind in shop.there.kinds:
        shop.there.generate(1, kind=kind, age_seconds=600)
    shop.sync()
    [(state, total, roundings)] = shop.sql(
        "SELECT state, amount_total, (SELECT count(*) FROM sale_order_line line"
        " WHERE line.order_id = orders.id AND line.oms_kind = 'rounding')"
        " FROM sale_order orders WHERE oms_channel_id = %s AND oms_external_id = %s",
        shop.channel,
        number,
    )
    assert (state, cents(total), roundings <= 1) == ("sale", Decimal("19.95"), True)
    aside = shop.sql("SELECT reason FROM oms_inbox WHERE channel_id = %s AND state = 'quarantined'", shop.channel)
    assert len(states(shop)) + len(aside) == 1 + len(shop.there.kinds)
    assert all("KWD" in reason for (reason,) in aside), "a currency we do not keep is all that may stand in the way"
    assert ("total_differs",) not in shop.sql(PROBLEMS, shop.channel)
    assert not shop.sql(
        "SELECT oms_external_id, amount_total, oms_total FROM sale_order"
        " WHERE oms_channel_id = %s AND oms_has_total AND state <> 'cancel' AND abs(amount_total - oms_total) > 0.0001",
        shop.channel,
    )
    assert not shop.sql(
        "SELECT oms_external_id FROM sale_order orders WHERE oms_channel_id = %s AND state = 'draft'"
        " AND oms_channel_status <> 'awaiting_payment'"
        " AND NOT EXISTS (SELECT FROM oms_exception WHERE order_id = orders.id AND state = 'open')",
        shop.channel,
    ), "an order waits without a word"
    assert_invariants(shop)


def _add_tax(shop, percent):
    germany = shop.call("res.country", "search", [("code", "=", "DE")])[0]
    values = {"name": f"{percent} % of {shop.channel}", "amount": percent, "type_tax_use": "sale"}
    [tax] = shop.call("account.tax", "create", [{**values, "price_include_override": "tax_included"}])
    shop.call("oms.channel", "write", [shop.channel], {"tax_ids": [(0, 0, {"country_id": germany, "tax_id": tax})]})
    [company] = shop.call("res.company", "search", [], limit=1)
    shop.call("res.company", "write", [company], {"tax_calculation_rounding_method": "round_globally"})


# === signing in ==============================================================================================


@every()
def test_a_revoked_account_stops_alone_and_catches_up(shop, name):
    other_name = "ebay" if name == "amazon" else "amazon"
    shop.begin(other_name)
    other = shop.channel
    shop.connect(name)
    [sold] = shop.there.sell()
    shop.sync()
    started = shop.call("oms.channel", "read", [shop.channel], ["import_from"])
    mails = "SELECT count(*) FROM mail_message WHERE subject LIKE %s"
    [(mailed,)] = shop.sql(mails, "% is signed out")
    shop.there.revoke()
    missed = shop.there.sell(3, age_seconds=300)
    others = shop.channels[other].sell(2, age_seconds=300)
    for _turn in range(2):
        shop.skip_waits()
        shop.tick()
        shop.settle()
    card = shop.channel_card()
    assert (card["state"], card["health"]) == ("signed_out", "failing")
    assert shop.sql(PROBLEMS, shop.channel) == [("signed_out",)]
    assert shop.sql(mails, "% is signed out") == [(mailed + 1,)]
    assert set(states(shop)) == {sold}
    with shop.at(other):
        assert set(states(shop)) == set(others)
        assert shop.channel_card()["health"] == "ok"
    shop.there.allow()
    shop.call("oms.channel", "action_sign_in_again", [shop.channel])
    shop.settle()
    assert states(shop) == dict.fromkeys((sold, *missed), "sale")
    assert shop.channel_card()["state"] == "live"
    assert shop.call("oms.channel", "read", [shop.channel], ["import_from"]) == started
    assert not shop.sql(PROBLEMS, shop.channel)
    assert_invariants(shop)


# === the life of an order ====================================================================================


@every()
def test_an_order_in_two_parcels(shop, name):
    shop.begin(name)
    [number] = shop.there.sell(lines=[2, 2])
    shop.sync()
    lines = shop.there.seen()[number].lines
    (one, (sku, one_units, _)), (two, (_, two_units, _)) = lines.items()
    shop.ship(number, tracking="PART1", only=[sku])
    shop.settle()
    assert [parcel.lines for _number, parcel in shop.there.parcels(number)] == [{one: one_units}]
    shop.sync()
    assert shop.sql(PROBLEMS, shop.channel) == []
    shop.ship(number, tracking="PART2")
    shop.settle()
    told = {parcel.tracking: parcel.lines for _number, parcel in shop.there.parcels(number)}
    assert told == {"PART1": {one: one_units}, "PART2": {two: two_units}}
    look_again(shop)
    assert len(shop.there.parcels(number)) == 2
    assert shop.sql(OUTBOX, shop.channel) == [("shipment", "done")] * 2
    assert shop.sql(PROBLEMS, shop.channel) == []
    assert_invariants(shop)


@every()
def test_cancelled_there_is_cancelled_here(shop, name):
    shop.begin(name)
    number = shop.there.sell_cancellable()
    shop.sync()
    assert states(shop) == {number: "sale"}
    with some_minutes_ago(shop.there):
        shop.there.cancel(number)
    shop.recover()
    assert states(shop) == {number: "cancel"}
    held = "SELECT count(*) FROM stock_picking WHERE sale_id = %s AND state <> 'cancel'"
    assert shop.sql(held, order_id(shop, number)) == [(0,)]
    assert shop.there.cancelled(number) == 0, "the channel was told what it had told us"
    assert shop.sql(OUTBOX, shop.channel) == []
    assert_invariants(shop)


@every()
def test_cancelled_here_is_told_there_once(shop, name):
    shop.begin(name, cancel_policy="always")
    number = shop.there.sell_cancellable()
    shop.sync()
    shop.there.fail("drop_after", shop.there.calls["cancel"])
    shop.call("sale.order", "action_cancel", [order_id(shop, number)])
    shop.settle()
    shop.there.let_pass(120)
    look_again(shop, 3)
    assert shop.sql(OUTBOX, shop.channel) == [("cancellation", "done")]
    assert shop.there.cancelled(number) == 1
    assert shop.there.seen()[number].is_cancelled
    assert_invariants(shop)


@every()
def test_given_back_here_is_given_back_there_once(shop, name):
    shop.begin(name)
    [number] = shop.there.sell()
    shop.sync()
    shop.ship(number)
    shop.settle()
    action = shop.call("sale.order", "action_oms_refund", [order_id(shop, number)])
    shop.call("oms.refund", "action_send", [action["res_id"]])
    shop.settle()
    shop.there.let_pass(120)
    look_again(shop, 2)
    names = ["state", "amount", "move_id"]
    [refund] = shop.call("oms.refund", "read", [action["res_id"]], names)
    assert refund["state"] == "done"
    assert shop.there.refunded(number) == [cents(refund["amount"])]
    assert len(shop.sql("SELECT 1 FROM oms_refund WHERE order_id = %s", order_id(shop, number))) == 1
    assert _credit_note(shop, refund) == ("draft", cents(refund["amount"]))
    assert_invariants(shop)


@every("refunds")
def test_given_back_there_is_known_here(shop, name):
    shop.begin(name)
    [number] = shop.there.sell()
    shop.sync()
    shop.ship(number)
    shop.settle()
    with some_minutes_ago(shop.there):
        amount = shop.there.refund(number)
    look_again(shop, 2)
    domain = [("order_id", "=", order_id(shop, number))]
    [refund] = shop.call("oms.refund", "search_read", domain, ["origin", "state", "amount", "move_id"])
    assert (refund["origin"], refund["state"], cents(refund["amount"])) == ("channel", "done", amount)
    assert _credit_note(shop, refund) == ("draft", amount)
    assert len(shop.there.asked("refund")) == 0, "the money was sent once more"
    assert_invariants(shop)


def _credit_note(shop, refund):
    [(state, amount)] = shop.sql("SELECT state, amount_total FROM account_move WHERE id = %s", refund["move_id"][0])
    return state, cents(amount)


@every("returns")
def test_a_return_asked_there_is_known_here(shop, name):
    shop.begin(name)
    [number] = shop.there.sell()
    shop.sync()
    shop.ship(number)
    shop.settle()
    with some_minutes_ago(shop.there):
        returned = shop.there.open_return(number)
    look_again(shop, 2)
    domain = [("order_id", "=", order_id(shop, number))]
    found = shop.call("oms.return", "search_read", domain, ["external_id", "line_ids"])
    assert len(found) == 1 and returned in found[0]["external_id"]
    [line] = shop.call("oms.return.line", "read", found[0]["line_ids"], ["quantity"])
    assert line["quantity"] == 1
    assert_invariants(shop)


# === stock and prices ========================================================================================


@every()
def test_the_last_unit_sold_here_is_gone_everywhere(shop, name):
    shop.begin("ebay" if name == "amazon" else "amazon", stock=True)
    other, elsewhere = shop.channel, shop.there
    shop.connect(name, stock=True)
    [number] = shop.there.sell(lines=[1, 1])
    [(sku, units, _amount)] = shop.there.seen()[number].lines.values()
    product = _count(shop, sku, int(units))
    try:
        for channel in (other, shop.channel):
            _list(shop, channel, [(sku, product)])
        shop.settle()
        assert elsewhere.quantity(sku) == units
        shop.sync()
        assert states(shop) == {number: "sale"}
        assert elsewhere.quantity(sku) == 0
        assert shop.there.quantity(sku) == 0
        assert_invariants(shop)
    finally:
        _count(shop, sku, UNITS)


@every("prices")
def test_a_price_is_told(shop, name):
    shop.begin(name, stock=True)
    sku = "OMS-0003"
    [product] = shop.call("product.product", "search", [("default_code", "=", sku)])
    [currency] = shop.call("res.currency", "search", [("name", "=", shop.there.price_currency)])
    items = [(0, 0, {"applied_on": "3_global", "compute_price": "fixed", "fixed_price": 12.34})]
    pricelist = {"name": f"Prices of {shop.channel}", "currency_id": currency, "item_ids": items}
    [pricelist] = shop.call("product.pricelist", "create", [pricelist])
    values = {"is_price_pushed": True, "price_pricelist_id": pricelist}
    shop.call("oms.channel", "write", [shop.channel], values)
    _list(shop, shop.channel, [(sku, product)])
    shop.settle()
    assert shop.there.price(sku) == Decimal("12.34")
    assert shop.sql(PROBLEMS, shop.channel) == []
    assert_invariants(shop)


@every("bulk")
def test_a_great_many_quantities_go_at_once(shop, name):
    shop.begin(name, stock=True)
    products = {
        row["default_code"]: row["id"]
        for row in shop.call(
            "product.product", "search_read", [("default_code", "=like", "OMS-00%")], ["default_code"], limit=50
        )
    }
    extra = [(f"OMS-GONE-{place}", 0) for place in range(BULK_FROM[name] - len(products))]
    [any_product, *_others] = products.values()
    _list(shop, shop.channel, [*products.items(), *((sku, any_product) for sku, _ in extra)])
    shop.settle()
    [(state, rows)] = shop.sql("SELECT state, row_count FROM oms_bulk WHERE channel_id = %s", shop.channel)
    assert rows == BULK_FROM[name]
    shop.execute("UPDATE oms_bulk SET next_at = NULL WHERE channel_id = %s", shop.channel)
    look_again(shop)
    assert shop.sql("SELECT state FROM oms_bulk WHERE channel_id = %s", shop.channel) == [("done",)]
    assert shop.there.bulks() == 1
    again = {request["path"].rpartition("/")[2] for request in shop.there.asked("stock")}
    assert again.isdisjoint(products), "what goes at once does not go one by one as well"
    shown = {sku: shop.there.quantity(sku) for sku in list(products)[:10]}
    targets = "SELECT sku, qty_target FROM oms_listing WHERE channel_id = %s AND sku = ANY(%s)"
    wanted = dict(shop.sql(targets, shop.channel, list(shown)))
    assert shown == wanted
    assert_invariants(shop)


def _count(shop, sku, units):
    """Let so many units of a product lie in the first warehouse, none of them promised; return the product."""
    [product] = shop.call("product.product", "search", [("default_code", "=", sku)])
    [place] = shop.sql("SELECT lot_stock_id FROM stock_warehouse ORDER BY sequence, id LIMIT 1")[0]
    reserved = shop.sql(
        "SELECT coalesce(sum(reserved_quantity), 0) FROM stock_quant WHERE product_id = %s AND location_id = %s",
        product,
        place,
    )[0][0]
    values = {"product_id": product, "location_id": place, "inventory_quantity_auto_apply": float(reserved) + units}
    shop.call("stock.quant", "create", [values], context={"inventory_mode": True})
    return product


def _list(shop, channel, rows):
    """Let a channel offer products of ours and have told us so; ``rows`` are ``(sku, product)``."""
    store = (
        {"marketplace": "A1PA6795UKMFR9", "product_type": "PRODUCT"} if shop.channels[channel].name == "amazon" else {}
    )
    told = {"read_at": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M:%S"), **store}
    values = [{"channel_id": channel, "sku": sku, "product_id": product, **told} for sku, product in rows]
    return shop.call("oms.listing", "create", values)
