"""Orders written and carried to the end by programs, over both APIs, with the clients of `docs/api.md`."""

import threading
import xmlrpc.client

import pytest

from tests.rpc import JsonRefused

ORDER = {
    "customer": {
        "name": "Ann Example",
        "email": "ann@example.org",
        "street": "Main 1",
        "city": "Bern",
        "country": "CH",
    },
    "lines": [{"sku": "OMS-0001", "quantity": 2, "price": "12.50"}],
}
MINE = "SELECT count(*) FROM sale_order WHERE oms_source_key = %s"


@pytest.fixture(params=["xml-rpc", "json-2"])
def call(request, shop):
    """Return ``call(model, method, ids, **arguments)`` of either API, signed in as a clerk."""
    if request.param == "json-2":
        client = shop.json2("clerk")
        return lambda model, method, ids=(), **arguments: client.call(model, method, ids=ids, **arguments)
    client = shop.as_user("clerk")
    return lambda model, method, ids=(), **arguments: client.call(
        model, method, *([list(ids)] if ids else []), **arguments
    )


@pytest.fixture
def key(request):
    return request.node.name


def test_scenario_30_the_same_key_twice_is_one_order(shop, call, key):
    first = call("sale.order", "oms_create_order", key=key, order=ORDER)
    again = call("sale.order", "oms_create_order", key=key, order=ORDER)
    assert (first["is_new"], again["is_new"]) == (True, False)
    assert first["id"] == again["id"]
    assert shop.sql(MINE, key) == [(1,)]


def test_the_same_key_at_the_same_moment_is_one_order(shop, key):
    answers = []

    def write():
        client = shop.json2("clerk")  # a connection of its own
        answers.append(client.call("sale.order", "oms_create_order", key=key, order=ORDER))

    threads = [threading.Thread(target=write) for _number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == len(threads)
    assert len({answer["id"] for answer in answers}) == 1
    assert sum(answer["is_new"] for answer in answers) == 1
    assert shop.sql(MINE, key) == [(1,)]


def test_from_the_order_to_the_return(call, key):
    order = call("sale.order", "oms_create_order", key=key, order=ORDER)
    ids = [order["id"]]
    assert (order["status"], order["stock"]) == ("to_pick", "reserved")
    assert call("sale.order", "oms_change_tags", ids, add=["Gift"])[0]["is_done"] is True
    assert call("sale.order", "oms_put_on_hold", ids, reason="buyer", note="calls back")[0]["is_done"] is True
    assert call("sale.order", "oms_find_state", reference=order["name"])["status"] == "held"
    assert call("sale.order", "oms_release_hold", ids, why="called")[0]["is_done"] is True
    sent = call("sale.order", "oms_fulfil", ids, lines=[{"sku": "OMS-0001", "quantity": 1}], tracking="T-1")
    assert (sent["is_new"], sent["status"]) == (True, "part_shipped")
    assert call("sale.order", "oms_fulfil", ids, tracking="T-2")["status"] == "shipped"
    asked = call("sale.order", "oms_request_return", ids, lines=[{"sku": "OMS-0001", "quantity": 1}], key="r")
    assert asked["status"] == "requested"
    assert call("sale.order", "oms_cancel", ids, why="late")[0]["is_done"] is False
    kinds = [event["kind"] for event in call("sale.order", "get_oms_timeline", ids, limit=50)]
    assert {"written", "confirmed", "reserved", "held", "hold_ended", "shipped", "return_reported"} <= set(kinds)


def test_what_can_be_promised_is_what_is_not_reserved(call, key):
    free = call("product.product", "oms_availability", skus=["OMS-0001"])[0]["free"]
    order = call("sale.order", "oms_create_order", key=key, order=ORDER)
    assert call("product.product", "oms_availability", skus=["OMS-0001"])[0]["free"] == free - 2
    assert call("sale.order", "oms_cancel", [order["id"]], why="a test")[0]["is_done"] is True
    assert call("product.product", "oms_availability", skus=["OMS-0001"])[0]["free"] == free


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"lines": [{"sku": "NOPE", "quantity": 1}]}, "NOPE"),
        ({"lines": [{"sku": "OMS-0001", "quantity": -1}]}, "lines[0].quantity"),
        ({"customer": {"name": "Ann", "country": "Mars"}}, "customer.country"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_written_is_refused_with_its_place(shop, call, key, change, words):
    with pytest.raises((JsonRefused, xmlrpc.client.Fault)) as refusal:
        call("sale.order", "oms_create_order", key=key, order=ORDER | change)
    assert words in str(refusal.value)
    assert shop.sql(MINE, key) == [(0,)]


@pytest.mark.parametrize("login", ["picker", "visitor"])
@pytest.mark.parametrize(
    ("method", "arguments"),
    [
        ("oms_create_order", {"key": "theirs", "order": ORDER}),
        ("oms_get_state", {}),
        ("oms_cancel", {}),
        ("oms_put_on_hold", {"reason": "other"}),
        ("oms_release_hold", {}),
        ("oms_fulfil", {"tracking": "T"}),
        ("oms_request_return", {"lines": []}),
    ],
)
def test_who_has_no_part_in_it_is_refused(shop, login, method, arguments):
    ids = [] if method == "oms_create_order" else [shop.sql("SELECT max(id) FROM sale_order")[0][0]]
    with pytest.raises(JsonRefused) as refusal:
        shop.json2(login).call("sale.order", method, ids=ids, **arguments)
    assert refusal.value.status == 403, refusal.value
    assert shop.sql(MINE, "theirs") == [(0,)]
