"""Every request we send to Amazon is what Amazon's own models say, as it arrived at the other end of the wire."""

import json
from decimal import Decimal

import msgspec
import pytest
from channels import LONG_AGO, AmazonChannel, running_sandbox, unlimited, utc_now
from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
from odoo.addons.oms_channel_amazon.lib import const
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import ChannelError
from specs import load, validate_request

from sandbox.amazon import carriers

ODD_SKUS = ("A B/C", "ä%2F?#&=+", "100%", "日本", "a,b", "...", ";:@!$'()*~")


@pytest.fixture(scope="module")
def channel():
    with running_sandbox() as sandbox:
        yield AmazonChannel(sandbox)


def ask_everything(channel):
    """Make each call at least once, in the ways that change what goes over the wire."""
    sold = channel.sell(130, kind="gift")
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    page = adapter.fetch_orders(dto.Window(since=LONG_AGO))
    adapter.fetch_orders(dto.Window(since=LONG_AGO), page.next_cursor)
    adapter.fetch_orders(dto.Window(since=page.items[3].updated_at, until=page.items[9].updated_at))
    adapter.check()
    first = channel.notice(sold[0])
    named = {"carrier_code": const.OTHER_CARRIER, "carrier_name": "Fahrradkurier Müller", "service": "Grün & schnell"}
    for notice in (first, msgspec.structs.replace(channel.notice(sold[1]), **named)):
        adapter.push_shipment(notice)
        adapter.find_shipment(notice)
    listings = adapter.fetch_listings()
    adapter.fetch_listings(listings.next_cursor)
    since = msgspec.json.encode({"since": utc_now(), "seen": 0, "token": None}).decode()
    adapter.fetch_listings(since)
    for sku in (channel.known_sku, *ODD_SKUS):
        adapter.push_stock([dto.StockLevel(ref="1", sku=sku, quantity=3, product_type="LUGGAGE")])
        try:
            adapter.fetch_listing(sku)
        except ChannelError as error:
            assert error.code == "not_found", sku


def test_every_request_is_as_documented(channel):
    ask_everything(channel)
    entries = channel.sandbox.requests()
    seen = set()
    for entry in entries:
        if entry["operation"] == "token":
            continue
        spec = load("amazon", channel.models[entry["operation"]])
        path = entry["path"].removeprefix("/amazon")
        body = json.loads(entry["body"]) if entry["body"] else None
        seen.add(validate_request(spec, entry["method"], path, entry["query"], body))
        assert entry["status"] < 400 or entry["status"] == 404, entry
        headers = {name.lower() for name in entry["headers"]}
        assert {"user-agent", "x-amz-access-token", "accept"} <= headers
    assert seen == set(channel.models)


def test_the_sku_arrives_as_it_is(channel):
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    for sku in ODD_SKUS:
        [row] = adapter.push_stock([dto.StockLevel(ref="1", sku=sku, quantity=1)]).rows
        assert row.error.startswith(f"SKU '{sku}' not found")


def test_the_login_is_a_form(channel):
    channel.tokens.kept.clear()
    channel.adapter().check()
    entry = channel.sandbox.requests("token")[-1]
    assert entry["status"] == 200
    assert entry["headers"]["content-type"].startswith("application/x-www-form-urlencoded")


def test_no_carrier_we_name_makes_a_parcel_vanish():
    # Amazon takes a code it does not know with 204 and forgets the parcel.
    assert {code for _name, code in const.CARRIERS} | {const.OTHER_CARRIER} <= carriers.KNOWN


def test_quantities_are_whole_numbers_on_the_wire(channel):
    [order_id] = channel.sell(1, lines=[1, 1])
    notice = channel.notice(order_id)
    lines = tuple(msgspec.structs.replace(line, quantity=Decimal(f"{line.quantity}.000")) for line in notice.lines)
    channel.adapter().push_shipment(msgspec.structs.replace(notice, lines=lines))
    body = json.loads(channel.sandbox.requests("confirmShipment")[-1]["body"])
    assert all(type(item["quantity"]) is int for item in body["packageDetail"]["orderItems"])
