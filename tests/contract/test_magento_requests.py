"""Every request we send to a Magento shop is what its own Swagger document says, as it arrived at the other end."""

import json
import re
from decimal import Decimal
from urllib.parse import parse_qsl

import pytest
from channels import LONG_AGO, MagentoChannel, running_sandbox, unlimited
from odoo.addons.oms_channel_magento.client.adapter import MagentoAdapter
from odoo.addons.oms_channel_magento.client.client import OPERATIONS
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import ChannelError
from specs import load, validate_request

ODD_SKUS = ("A B/C", "ä%2F?#&=+", "100%", "日本", "a,b", "...", ";:@!$'()*~")
# The documents name the first filter, group and sort order only; the others are written alike.
PLACE = re.compile(r"\[\d+\]")


@pytest.fixture(scope="module")
def channel():
    with running_sandbox() as sandbox:
        sandbox.control(reset="empty")
        yield MagentoChannel(sandbox)


def ask_everything(channel):
    """Make each call at least once, in the ways that change what goes over the wire."""
    adapter = channel.adapter(limits=unlimited(MagentoAdapter))
    adapter.check()
    sold = channel.sell(130, kind="standard")
    channel.settings["stores"] = ["default", "de", "fr", "gb"]
    page = adapter.fetch_orders(dto.Window(since=LONG_AGO))
    adapter.fetch_orders(dto.Window(since=LONG_AGO), page.next_cursor)
    adapter.fetch_orders(dto.Window(since=page.items[3].updated_at, until=page.items[9].updated_at))
    adapter.fetch_refunds(dto.Window(since=LONG_AGO))
    adapter.fetch_order_by_number("000000001")
    push_parcels(channel, adapter, sold)
    push_decisions(channel, adapter, sold)
    for start in range(0, len(ODD_SKUS), 3):
        rows = [
            dto.StockLevel(ref=sku, sku=sku, quantity=3, price=channel.price) for sku in ODD_SKUS[start : start + 3]
        ]
        adapter.push_stock([*rows, dto.StockLevel(ref="1", sku=channel.known_sku, quantity=3, price=channel.price)])
    rows = [dto.StockLevel(ref="1", sku=channel.known_sku, quantity=4, price=channel.price)]
    adapter.poll_bulk(adapter.push_bulk(rows), rows)
    listings = adapter.fetch_listings()
    adapter.fetch_listings(listings.next_cursor)


def push_parcels(channel, adapter, sold):
    [bundle] = channel.sell(1, kind="bundle_fixed", lines=[1, 1])
    first = channel.notice(sold[0])
    for notice in (first, channel.notice(sold[0], tracking="CORRECTED"), channel.notice(bundle, reference="18")):
        adapter.push_shipment(notice)
        adapter.find_shipment(notice)


def push_decisions(channel, adapter, sold):
    [owed] = channel.sell(1, kind="authorized")
    order = adapter.parse_order(adapter.fetch_order(owed).body)
    lines = tuple(dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity) for line in order.lines)
    adapter.push_invoice(dto.InvoiceNotice(order_external_id=owed, reference="77", lines=lines))
    [open_order] = channel.sell(1, kind="authorized")
    adapter.push_cancellation(channel.cancel_notice(open_order))
    for order_id in sold[1:12]:
        adapter.push_refund(channel.refund_notice(order_id, share=Decimal("0.33")))


def test_every_request_is_as_documented(channel):
    ask_everything(channel)
    spec, seen = load("magento", "admin-schema-2.4.9.oms-subset"), set()
    for entry in channel.sandbox.requests():
        path = entry["path"].removeprefix("/magento")
        body = json.loads(entry["body"]) if entry["body"] else None
        if path.startswith("/rest/default/async/bulk/"):
            path = path.replace("/async/bulk", "")
            names = {validate_request(spec, entry["method"], path, None, row) for row in body}
            seen |= {f"AsyncBulk{name}" for name in names}
        else:
            seen.add(hold_against(spec, entry, path, body))
        assert entry["status"] < 300 or (entry["status"] == 404 and entry["method"] == "DELETE"), entry
        headers = {name.lower() for name in entry["headers"]}
        assert {"user-agent", "authorization", "accept"} <= headers
    assert seen == set(OPERATIONS)


def hold_against(spec, entry, path, body):
    """Validate one request, its filters one by one."""
    query = entry["query"]
    pairs = parse_qsl(query.removeprefix("?"), keep_blank_values=True) if isinstance(query, str) else list(query)
    groups = {}
    for name, value in pairs:
        groups.setdefault(tuple(PLACE.findall(name)), []).append((PLACE.sub("[0]", name), value))
    for group in groups.values() or [[]]:
        operation = validate_request(spec, entry["method"], path, group, body)
    return operation


def test_the_sku_arrives_as_it_is(channel):
    adapter = channel.adapter(limits=unlimited(MagentoAdapter))
    for sku in ODD_SKUS:
        channel.control(set_quantity={"sku": sku, "quantity": 1})
        assert adapter.push_stock([dto.StockLevel(ref="1", sku=sku, quantity=7)]).rows[0].error is None
        assert channel.quantity(sku) == 7


def test_no_request_is_signed_twice_alike(channel):
    adapter = channel.adapter(limits=unlimited(MagentoAdapter))
    adapter.fetch_order_by_number("000000001")
    adapter.fetch_order_by_number("000000001")  # the stand-in refuses a nonce it has seen


def test_quantities_are_numbers_on_the_wire(channel):
    [order_id] = channel.sell(1, lines=[1, 1])
    notice = channel.notice(order_id)
    [line] = notice.lines
    wish = {"external_line_id": line.external_line_id, "quantity": Decimal(f"{line.quantity}.000")}
    adapter = channel.adapter(limits=unlimited(MagentoAdapter))
    adapter.push_shipment(channel.notice(order_id, lines=(dto.ShipmentLine(**wish),)))
    [entry] = [
        entry for entry in channel.sandbox.requests("PostV1OrderOrderIdShip") if f"/{order_id}/" in entry["path"]
    ]
    sent = json.loads(entry["body"])["items"][0]["qty"]
    assert (sent, type(sent)) == (int(line.quantity), int)


def test_an_id_that_is_none_is_never_asked_for(channel):
    before = len(channel.sandbox.requests())
    for odd in ("..", "1/../2", "", "7?x=1", "٣"):
        with pytest.raises(ChannelError) as caught:
            channel.adapter().fetch_order(odd)
        assert caught.value.code == "not_found"
    assert len(channel.sandbox.requests()) == before
