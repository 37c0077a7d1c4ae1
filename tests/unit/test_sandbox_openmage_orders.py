"""Orders of the OpenMage stand-in through zeep, in both flavours: filters, comments, holding, cancelling, commands."""

import pytest
from zeep.exceptions import Fault

from sandbox.caller import Caller
from tests.sandbox_calls import MOMENT
from tests.soap_client import Shop

LONG_AGO = ("updated_at", "from", "2020-01-01 00:00:00")


@pytest.fixture(params=[False, True], ids=["rpc", "wsi"])
def shop(request):
    caller = Caller(moment=MOMENT)
    caller.control(channel="openmage", wsi=request.param)
    shop = Shop(caller, is_wsi=request.param)
    shop.caller = caller
    shop.control = lambda **wishes: caller.control(channel="openmage", **wishes)
    return shop


def generate(shop, **wish):
    return shop.control(generate={"count": 1, "seed": 1, "kind": "standard", **wish})["generate"]


def numbers(orders):
    return [order.increment_id for order in orders]


def fault_of(call, *arguments, **parts):
    with pytest.raises(Fault) as caught:
        call(*arguments, **parts)
    return caught.value.code, caught.value.message


def stock(shop, sku):
    return float(shop.caller.send("GET", "/__state").json["openmage"]["listings"][sku]["qty"])


def test_list_has_no_pages(shop):
    made = generate(shop, count=120, kind="mixed")
    assert numbers(shop.orders()) == made
    assert shop.caller.ledger("orders_listed")[-1]["body"] == {"filters": {}, "count": 120}


def test_window_of_from_and_to_with_the_same_key_is_put_together(shop):
    made = generate(shop, count=5, age_seconds=100, store="uk")
    rows = shop.orders()
    times = [row.updated_at for row in rows]
    assert times == sorted(set(times))
    window = (("updated_at", "from", times[1]), ("updated_at", "to", times[3]))
    assert numbers(shop.orders(*window)) == made[1:4]
    assert numbers(shop.orders(*window, ("store_id", "eq", "1"))) == []
    assert numbers(shop.orders(*window, store_id="2")) == made[1:4]


def test_beside_from_and_to_only_the_first_condition_of_a_key_counts(shop):
    made = generate(shop, count=3, store="us")
    times = [row.updated_at for row in shop.orders()]
    both = (("updated_at", "gteq", times[0]), ("updated_at", "lt", times[1]))
    assert numbers(shop.orders(*both)) == made
    assert numbers(shop.orders(*both[::-1])) == made[:1]


@pytest.mark.parametrize(
    ("operator", "value", "found"),
    [
        ("gt", "100000002", [3]),
        ("gteq", "100000002", [2, 3]),
        ("lt", "100000002", [1]),
        ("lteq", "100000002", [1, 2]),
        ("eq", "100000002", [2]),
        ("neq", "100000002", [1, 3]),
        ("in", "100000001,100000003,7", [1, 3]),
        ("nin", "100000001", [2, 3]),
        ("like", "%0003", [3]),
        ("like", "1000_0001", [1]),
        ("nlike", "%0003", [1, 2]),
        ("notnull", "1", [1, 2, 3]),
        ("null", "1", []),
        # An operator nobody knows: its value is what the column has to be equal to.
        ("is_about", "100000003", [3]),
    ],
)
def test_operators(shop, operator, value, found):
    made = generate(shop, count=3, store="default")
    assert made == ["100000001", "100000002", "100000003"]
    assert numbers(shop.orders(("increment_id", operator, value))) == [made[place - 1] for place in found]


def test_day_without_a_time_is_midnight_and_nil_is_never_equal(shop):
    guest = generate(shop, kind="guest")
    assert numbers(shop.orders(("updated_at", "gteq", "2026-11-23"))) == guest
    assert numbers(shop.orders(("updated_at", "lteq", "2026-11-23"))) == []
    assert numbers(shop.orders(("customer_id", "neq", "5"))) == []
    assert numbers(shop.orders(("customer_id", "null", "1"), ("status", "eq", "PROCESSING"))) == guest


def test_column_that_is_not_there_is_an_internal_error(shop):
    generate(shop)
    code, message = fault_of(shop.orders, ("colour", "eq", "red"))
    assert code == "1"
    assert "Unknown column 'colour'" in message
    assert fault_of(shop.orders, ("status", "regexp", "p.*"))[0] == "101"


def test_order_has_lines_addresses_payment_and_history(shop):
    number = generate(shop, store="default", lines=[3, 3])[0]
    order = shop.order(number)
    assert [item.product_type for item in shop.rows(order["items"])] == ["simple"] * 3
    assert order.billing_address.country_id == order.shipping_address.country_id == "DE"
    assert order.payment.method == "paypal_express"
    assert [entry.status for entry in shop.rows(order.status_history)] == ["processing"]
    assert (order.state, order.base_currency_code, order.total_paid) == ("processing", "EUR", order.grand_total)
    assert fault_of(shop.order, "999")[0] == "100"


def test_personal_data_can_be_hidden(shop):
    number = generate(shop)[0]
    shop.control(pii=False)
    order = shop.order(number)
    assert not order.customer_email
    assert not order.shipping_address.street
    assert order.shipping_address.city
    assert not shop.orders()[0].shipping_name


def test_comment_sets_the_status_it_is_given_and_moves_the_time(shop):
    number = generate(shop, age_seconds=900)[0]
    before = shop.order(number).updated_at
    assert shop.ask("salesOrderAddComment", orderIncrementId=number, status="picking", comment="Seen by the OMS")
    order = shop.order(number)
    assert (order.state, order.status) == ("processing", "picking")
    assert order.updated_at > before
    assert shop.rows(order.status_history)[-1].comment == "Seen by the OMS"
    body = {"status": "picking", "comment": "Seen by the OMS", "is_notified": False}
    assert shop.caller.ledger("comment_added")[0]["body"] == body


def test_hold_and_release(shop):
    number = generate(shop)[0]
    assert shop.ask("salesOrderHold", orderIncrementId=number)
    assert shop.order(number).state == "holded"
    assert fault_of(shop.ask, "salesOrderHold", orderIncrementId=number) == ("103", "Hold action is not available.")
    assert fault_of(shop.ask, "salesOrderCancel", orderIncrementId=number)[0] == "103"
    assert shop.ask("salesOrderUnhold", orderIncrementId=number)
    assert shop.order(number).state == "processing"
    assert fault_of(shop.ask, "salesOrderUnhold", orderIncrementId=number)[0] == "103"
    assert [entry["kind"] for entry in shop.caller.ledger()][-2:] == ["order_released", "order_read"]


@pytest.mark.parametrize("kind", ["cod", "unpaid"])
def test_cancelling_gives_the_stock_back_once(shop, kind):
    before = {f"OMS-{number:04d}": stock(shop, f"OMS-{number:04d}") for number in range(1, 201)}
    number = generate(shop, kind=kind, lines=[2, 2])[0]
    items = shop.rows(shop.order(number)["items"])
    assert [stock(shop, item.sku) for item in items] == [before[i.sku] - float(i.qty_ordered) for i in items]
    assert shop.ask("salesOrderCancel", orderIncrementId=number)
    order = shop.order(number)
    assert (order.state, order.status, order.total_canceled) == ("canceled", "canceled", order.grand_total)
    assert [stock(shop, item.sku) for item in items] == [before[item.sku] for item in items]
    assert fault_of(shop.ask, "salesOrderCancel", orderIncrementId=number)[0] == "103"
    assert len(shop.caller.ledger("order_cancelled")) == 1


def test_cancelled_configurable_gives_its_variant_back(shop):
    number = generate(shop, kind="configurable", lines=[1, 1])[0]
    parent, child = shop.rows(shop.order(number)["items"])
    assert parent.sku == child.sku
    shop.control(refund_elsewhere=number)
    assert shop.order(number).state == "closed"
    taken = stock(shop, child.sku)
    second = generate(shop, kind="cod", lines=[1, 1])[0]
    assert shop.ask("salesOrderCancel", orderIncrementId=second)
    assert stock(shop, child.sku) == taken  # A refund puts nothing back by itself.


def test_invoiced_order_cannot_be_cancelled(shop):
    number = generate(shop)[0]
    assert fault_of(shop.ask, "salesOrderCancel", orderIncrementId=number)[0] == "103"
    with pytest.raises(ValueError, match="cannot be cancelled"):
        shop.control(cancel_order=number)
    assert shop.order(number).state == "processing"


def test_commands_move_orders_on(shop):
    unpaid, paid = generate(shop, kind="unpaid", store="uk")[0], generate(shop, store="uk")[0]
    assert shop.order(unpaid).state == "pending_payment"
    assert shop.control(pay_order=unpaid)["pay_order"] == "processing"
    order = shop.order(unpaid)
    assert (order.state, order.total_paid) == ("processing", order.grand_total)
    shop.control(hold_order=paid)
    assert shop.order(paid).state == "holded"
    shop.control(hold_order={"increment_id": paid, "release": True})
    shop.control(update_order={"increment_id": paid, "set": {"customer_email": "new@example.com"}})
    assert shop.order(paid).customer_email == "new@example.com"
    shipment = shop.control(ship_elsewhere={"increment_id": paid, "carrier": "ups", "number": "1Z9"})["ship_elsewhere"]
    assert shop.order(paid).state == "complete"
    found = shop.ask("salesOrderShipmentInfo", shipmentIncrementId=shipment)
    assert [track.number for track in shop.rows(found.tracks)] == ["1Z9"]
    shop.control(refund_elsewhere=paid)
    assert shop.order(paid).state == "closed"
    effects = {"shipment_created", "track_added", "creditmemo_created", "invoice_created"}
    assert not effects & {entry["kind"] for entry in shop.caller.ledger()}


def test_orders_are_stored_as_they_are_given(shop):
    shop.control(add_orders=[{"increment_id": "100000777", "grand_total": "a lot", "items": [{"sku": "X"}]}])
    assert shop.order("100000777").grand_total == "a lot"
    assert [item.sku for item in shop.rows(shop.order("100000777")["items"])] == ["X"]
    assert numbers(shop.orders(increment_id="100000777")) == ["100000777"]


def test_selling_goes_on_and_unpaid_orders_get_paid(shop):
    unpaid = generate(shop, kind="unpaid", age_seconds=600)[0]
    number = shop.caller.sandbox.channels["openmage"].sell_one()
    assert shop.order(number).increment_id == number
    assert shop.order(unpaid).state == "processing"
    assert numbers(shop.orders(LONG_AGO)) == [unpaid, number]
