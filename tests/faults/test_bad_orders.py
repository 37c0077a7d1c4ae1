"""Orders nobody can work with, in a page of good ones: the good go on, each bad one waits with a plain reason.

What is wrong on the channel is mended there and comes again; what is missing here is mended here and read again.
"""

import copy

import pytest

from tests.invariants import assert_invariants

DE = "A1PA6795UKMFR9"
GOOD = 10


def _title(order, text):
    order["orderItems"][0]["product"]["title"] = text


def _total(order, amount):
    order["proceeds"]["grandTotal"]["amount"] = amount


def _item_amount(order, amount):
    order["orderItems"][0]["proceeds"]["breakdowns"][0]["subtotal"]["amount"] = amount


def _quantity(order, quantity):
    order["orderItems"][0]["quantityOrdered"] = quantity


def _name(order, text):
    order["recipient"]["deliveryAddress"]["name"] = text


def _same_items(order):
    order["orderItems"][1]["orderItemId"] = order["orderItems"][0]["orderItemId"]


def _status(order, status):
    order["fulfillment"]["fulfillmentStatus"] = status


# What is done to a good order, and what the reason must tell.
UNREADABLE = {
    "nul": (lambda order: _title(order, "Te\x00a"), "NUL"),
    "nan": (lambda order: _total(order, float("nan")), "NaN"),
    "nan-as-text": (lambda order: _item_amount(order, "NaN"), "NaN"),
    "infinite": (lambda order: _total(order, float("inf")), "number"),
    "name-of-a-megabyte": (lambda order: _name(order, "A" * 1_000_000), "1,000,000"),
    "half-a-character": (lambda order: _title(order, "\ud800"), "Unicode"),
    "no-lines": (lambda order: order.update(orderItems=[]), "no items"),
    "lines-missing": (lambda order: order.pop("orderItems"), "orderItems"),
    "huge-quantity": (lambda order: _quantity(order, 2**40), "quantity"),
    "negative-quantity": (lambda order: _quantity(order, -1), "quantity"),
    "one-line-twice": (_same_items, "twice"),
    "unheard-of-state": (lambda order: _status(order, "TELEPORTED"), "TELEPORTED"),
}


@pytest.fixture
def pattern(shop):
    """A good order that is on no channel, to make bad ones of."""
    (number,) = shop.amazon.generate(1, kind="standard", lines=[2, 2], marketplace_id=DE)
    return shop.amazon.orders()[number]


def test_unreadable_orders_wait_alone_and_come_right(shop, pattern):
    good = shop.amazon.generate(GOOD, kind="standard")
    bad = {}
    for place, (name, (spoil, _word)) in enumerate(UNREADABLE.items()):
        order = copy.deepcopy(pattern) | {"orderId": f"999-0000000-{place:07d}"}
        spoil(order)
        bad[name] = order
    shop.amazon.control(add_orders=list(bad.values()))
    shop.sync()

    states = shop.sql("SELECT DISTINCT state FROM sale_order WHERE oms_external_id = ANY(%s)", good)
    assert states == [("sale",)]
    for name, order in bad.items():
        (state, reason, path), *more = shop.sql(
            "SELECT state, reason, path FROM oms_inbox WHERE external_id = %s", order["orderId"]
        )
        assert not more and state == "quarantined" and path.startswith("$"), name
        assert UNREADABLE[name][1] in reason, f"{name}: {reason}"
        (problem,) = _open_problems(shop, order["orderId"])
        assert reason in problem["summary"] and order["orderId"] in problem["summary"], problem
        assert problem["advice"]
    assert_invariants(shop)

    # Read again without a change, they are no better and no more.
    problems = shop.call("oms.exception", "search", [("reason", "=", "unreadable"), ("state", "=", "open")])
    shop.call("oms.exception", "action_retry", problems)
    shop.settle()
    mine = [("state", "=", "open"), ("channel_id", "=", shop.channel)]
    assert len(shop.call("oms.exception", "search", mine)) == len(bad)

    for order in bad.values():
        mended = copy.deepcopy(pattern) | {"lastUpdatedTime": shop.amazon.seconds_ago(121)}
        del mended["orderId"]
        shop.amazon.control(update_order={"orderId": order["orderId"], "set": mended})
    shop.recover()
    for name, order in bad.items():
        assert _order(shop, order["orderId"]) == [("sale", None)], name
        assert not _open_problems(shop, order["orderId"]), f"{name} is still listed although it is here"
    assert_invariants(shop)


def test_unknown_currency_waits_until_it_is_set_up(shop, pattern):
    good = shop.amazon.generate(GOOD, kind="standard")
    number = "999-0000001-0000000"
    order = copy.deepcopy(pattern) | {"orderId": number}
    _set_currency(order, "XXX")
    shop.amazon.control(add_orders=[order])
    shop.sync()
    assert shop.sql("SELECT DISTINCT state FROM sale_order WHERE oms_external_id = ANY(%s)", good) == [("sale",)]
    assert _order(shop, number) == []
    (problem,) = _open_problems(shop, number)
    assert "XXX" in problem["summary"]
    assert_invariants(shop)

    currency = shop.call("res.currency", "create", [{"name": "XXX", "symbol": "X", "rounding": 0.01}])[0]
    shop.call("res.currency.rate", "create", [{"currency_id": currency, "rate": 2.0, "name": "2026-01-01"}])
    shop.call("oms.exception", "action_retry", [problem["id"]])
    shop.settle()
    assert _order(shop, number) == [("sale", None)]
    assert not _open_problems(shop, number)
    assert_invariants(shop)


def test_unknown_country_may_not_leave_until_it_is_corrected(shop, pattern):
    number = _add(shop, pattern, lambda order: order["recipient"]["deliveryAddress"].update(countryCode="ZZ"))
    assert _order(shop, number) == [("sale", "ship")]
    (problem,) = _open_problems(shop, number)
    assert "ZZ" in problem["summary"]
    with pytest.raises(Exception, match="may not leave"):
        shop.ship(number)

    partner = shop.sql("SELECT partner_shipping_id FROM sale_order WHERE oms_external_id = %s", number)[0][0]
    germany = shop.call("res.country", "search", [("code", "=", "DE")])[0]
    shop.call("res.partner", "write", [partner], {"country_id": germany})
    shop.call("oms.exception", "action_retry", [problem["id"]])
    assert _order(shop, number) == [("sale", None)]
    shop.ship(number)
    assert_invariants(shop)


def test_total_that_does_not_add_up_may_not_leave_until_somebody_accepts(shop, pattern):
    number = _add(shop, pattern, lambda order: _total(order, "999.99"))
    assert _order(shop, number) == [("sale", "ship")]
    (problem,) = _open_problems(shop, number)
    assert "999.99" in problem["summary"]
    with pytest.raises(Exception, match="may not leave"):
        shop.ship(number)
    shop.call("oms.exception", "action_accept", [problem["id"]])
    assert _order(shop, number) == [("sale", None)]
    shop.ship(number)
    assert_invariants(shop)


def test_unknown_sku_waits_until_it_is_linked(shop, pattern):
    def rename(order):
        order["orderItems"][0]["product"]["sellerSku"] = "NOT-OURS-1"

    number = _add(shop, pattern, rename)
    assert _order(shop, number) == [("draft", "confirm")]
    (problem,) = _open_problems(shop, number)
    assert "NOT-OURS-1" in problem["summary"]
    assert not shop.sql(
        "SELECT 1 FROM stock_picking JOIN sale_order ON sale_order.id = stock_picking.sale_id"
        " WHERE sale_order.oms_external_id = %s",
        number,
    )
    product = shop.call("product.product", "search", [("default_code", "=", "OMS-0007")])[0]
    shop.call("oms.exception", "link_sku", [problem["id"]], product)
    assert _order(shop, number) == [("sale", None)]
    shop.ship(number)
    shop.settle()
    (told,) = shop.amazon.ledger("shipment_confirmed", number)
    assert {item["orderItemId"] for item in told["body"]["orderItems"]} == {
        item["orderItemId"] for item in pattern["orderItems"]
    }
    assert_invariants(shop)


def _add(shop, pattern, spoil):
    """Put a spoilt copy of a good order on the channel, fetch it and return its id."""
    number = f"998-{shop.channel:07d}-0000001"
    order = copy.deepcopy(pattern) | {"orderId": number}
    spoil(order)
    shop.amazon.control(add_orders=[order])
    shop.sync()
    return number


def _order(shop, number):
    return shop.sql("SELECT state, oms_hold FROM sale_order WHERE oms_external_id = %s", number)


def _open_problems(shop, number):
    """Return the open problems of an order or of its document."""
    domain = [
        ("state", "=", "open"),
        "|",
        ("order_id.oms_external_id", "=", number),
        ("inbox_id.external_id", "=", number),
    ]
    return shop.call("oms.exception", "search_read", domain, ["reason", "summary", "advice"])


def _set_currency(value, code):
    if isinstance(value, dict):
        if "currencyCode" in value:
            value["currencyCode"] = code
        for part in value.values():
            _set_currency(part, code)
    elif isinstance(value, list):
        for part in value:
            _set_currency(part, code)
