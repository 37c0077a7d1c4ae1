"""The two APIs, with real clients: what integrations may do, and what nobody may read."""

import xmlrpc.client

import pytest

from tests.rpc import JsonRefused
from tests.shop import CANARIES

NUMBER = "114-9876543-1234567"  # an official example order in US dollars


def test_xml_rpc_reads_orders_and_their_timeline(shop):
    clerk = shop.as_user("clerk")
    order = clerk.call(
        "sale.order", "search_read", [("oms_external_number", "=", NUMBER)], ["amount_total", "currency_id", "state"]
    )[0]
    assert (order["amount_total"], order["currency_id"][1]) == (49.99, "USD")
    kinds = [event["kind"] for event in clerk.call("sale.order", "get_oms_timeline", [order["id"]])]
    assert kinds[-1] == "imported"


def test_json_2_reads_the_same(shop):
    clerk = shop.json2("clerk")
    order = clerk.call(
        "sale.order", "search_read", domain=[["oms_external_number", "=", NUMBER]], fields=["amount_total"]
    )[0]
    assert order["amount_total"] == 49.99
    events = clerk.call("sale.order", "get_oms_timeline", ids=[order["id"]], limit=2)
    assert len(events) == 2
    assert {"id", "at", "kind", "source", "actor", "summary"} <= set(events[0])


def test_an_order_is_fetched_by_its_channel_number(shop):
    number = shop.amazon.generate(1, kind="standard")[0]
    assert shop.json2("clerk").call("oms.channel", "fetch_order", ids=[shop.channel], external_id=number) is True
    shop.settle()
    assert shop.sql("SELECT count(*) FROM sale_order WHERE oms_external_id = %s", number) == [(1,)]


def test_an_sku_is_linked_by_an_integration(shop):
    clerk = shop.as_user("clerk")
    problem = clerk.call(
        "oms.exception", "search_read", [("reason", "=", "unmapped_sku"), ("state", "=", "open")], ["cause"]
    )[0]
    product = clerk.call("product.product", "search", [("default_code", "=", "OMS-0001")])[0]
    assert clerk.call("oms.exception", "link_sku", [problem["id"]], product) is True
    left = clerk.call("oms.exception", "search_count", [("cause", "=", problem["cause"]), ("state", "=", "open")])
    assert left == 0


@pytest.mark.parametrize("login", ["picker", "seller", "visitor"])
def test_who_has_no_part_in_it_is_refused(shop, login):
    with pytest.raises(xmlrpc.client.Fault):
        shop.as_user(login).call("oms.channel", "fetch_order", [shop.channel], NUMBER)
    with pytest.raises(JsonRefused):
        shop.json2(login).call("oms.inbox", "search_read", domain=[], fields=["digest"])


@pytest.mark.parametrize("method", ["_job_fetch_orders", "_account", "_secret", "_adapter"])
def test_private_methods_are_closed(shop, method):
    with pytest.raises(xmlrpc.client.Fault):
        shop.call("oms.channel", method, [shop.channel])


def test_secrets_are_written_and_never_read(shop):
    channel = shop.call("oms.channel", "read", [shop.channel])[0]
    assert "stored" in channel["amazon_client_secret"]
    for secret in (CANARIES["client_secret"], CANARIES["refresh_token"]):
        assert secret not in repr(channel)
        assert secret not in repr(shop.sql("SELECT * FROM oms_channel")) + repr(shop.sql("SELECT * FROM oms_secret"))
        assert secret not in shop.odoo.read_log()
