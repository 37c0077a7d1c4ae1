"""Finding orders and counting tabs over both APIs, with real clients."""

import xmlrpc.client

import pytest

from tests.rpc import JsonRefused

ACCESS_ERROR = 4
NUMBER = "114-9876543-1234567"  # an official example order


def test_both_clients_find_an_order_by_its_number(shop):
    json2 = shop.json2("clerk").call("sale.order", "oms_search", term=NUMBER.replace("-", " "), limit=3)
    xml = shop.as_user("clerk").call("sale.order", "oms_search", NUMBER, limit=3)
    assert [(hit["field"], hit["match"], hit["is_exact"]) for hit in json2] == [("channel_number", NUMBER, True)]
    assert [hit["id"] for hit in xml] == [hit["id"] for hit in json2]
    domain = [["oms_any", "ilike", NUMBER]]
    assert shop.json2("clerk").call("sale.order", "search_count", domain=domain) == 1


def test_every_tab_counts_its_list(shop):
    clerk = shop.json2("clerk")
    tabs = {tab["key"]: tab for tab in clerk.call("sale.order", "get_tab_counts")}
    assert tabs["all_open"]["count"] > 0
    for tab in tabs.values():
        assert clerk.call("sale.order", "search_count", domain=tab["domain"]) == tab["count"], tab["name"]


def test_a_kept_tab_is_its_makers(shop):
    clerk = shop.json2("clerk")
    tab = clerk.call("sale.order", "save_tab", name="By API", domain=[["oms_external_number", "=", NUMBER]])
    counts = {row["key"]: row["count"] for row in clerk.call("sale.order", "get_tab_counts")}
    assert counts[tab["key"]] == 1
    assert tab["key"] not in [row["key"] for row in shop.json2("seller").call("sale.order", "get_tabs")]
    assert clerk.call("sale.order", "remove_tab", filter_id=tab["filter_id"]) is True


@pytest.mark.parametrize("login", ["picker", "visitor"])
def test_who_sells_nothing_finds_no_buyers(shop, login):
    with pytest.raises(JsonRefused) as refusal:
        shop.json2(login).call("sale.order", "oms_search", term="buyer")
    assert (refusal.value.status, refusal.value.name) == (403, "odoo.exceptions.AccessError")
    with pytest.raises(xmlrpc.client.Fault) as fault:
        shop.as_user(login).call("sale.order", "search", [("oms_any", "ilike", "buyer")])
    assert fault.value.faultCode == ACCESS_ERROR
