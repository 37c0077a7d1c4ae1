"""Every request we send to Amazon is what Amazon's own models say, as it arrived at the other end of the wire."""

import json
import logging
import re
from decimal import Decimal

import msgspec
import pytest
from channels import LONG_AGO, AmazonChannel, running_sandbox, unlimited, utc_now
from jsonschema import Draft7Validator
from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
from odoo.addons.oms_channel_amazon.lib import const
from odoo.addons.oms_channel_amazon.lib.listing_feed import build_listing_feed, parse_listing_report
from odoo.addons.oms_channel_amazon.lib.notifications import Message, parse_message
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import ChannelError, Rejected
from specs import load, specs_root, validate_request

from sandbox.amazon import carriers

# What is no operation of the Selling Partner API: signing in, presigned addresses, the queue.
BESIDE = ("token", "uploadFeedDocument", "downloadDocument", "sqs")
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
    ask_for_what_comes_later(channel, adapter, sold[2:])


def ask_for_what_comes_later(channel, adapter, sold):
    """Make the calls of feeds, reports, inventory and the queue."""
    price = {"marketplace": channel.store, "price": channel.price}
    levels = [dto.StockLevel(ref=sku, sku=sku, quantity=2) for sku in (channel.known_sku, *ODD_SKUS)]
    levels.append(dto.StockLevel(ref="p", sku="OMS-0002", quantity=2, product_type="LUGGAGE", **price))
    adapter.poll_bulk(adapter.push_bulk(levels), levels)
    adapter.push_stock(levels[-1:])
    receipt = adapter.push_cancellation(channel.cancel_notice(sold[0]))
    adapter.poll(receipt)
    channel.ship(sold[1])
    notice = channel.refund_notice(sold[1])
    adapter.find_refund(notice)
    adapter.poll(adapter.push_refund(notice))
    channel.send_back(sold[1])
    page = adapter.fetch_returns(dto.Window(since=LONG_AGO))
    adapter.fetch_returns(dto.Window(since=LONG_AGO), page.next_cursor)
    recent = adapter.fetch_returns(dto.Window(since=utc_now()))
    assert adapter.fetch_returns(dto.Window(since=utc_now()), recent.next_cursor).items
    for number in range(60):
        channel.hold(f"OMS-{number + 1:04d}", 1)
    adapter.fetch_held_stock(adapter.fetch_held_stock().next_cursor)
    for name in ("oms-other", "oms-hints", "oms-hints"):
        adapter.set_up_hints(f"arn:aws:sqs:eu-central-1:123456789012:{name}")
    channel.hint(sold[1])
    adapter.drop_events([event.receipt for event in adapter.fetch_events()])


def test_every_request_is_as_documented(channel):
    ask_everything(channel)
    entries = channel.sandbox.requests()
    seen = set()
    for entry in entries:
        if entry["operation"] in BESIDE:
            continue
        spec = load("amazon", channel.models[entry["operation"]])
        path = entry["path"].removeprefix("/amazon")
        body = json.loads(entry["body"]) if entry["body"] else None
        seen.add(validate_request(spec, entry["method"], path, entry["query"], body))
        assert entry["status"] < 400 or entry["status"] == 404, entry
        headers = {name.lower() for name in entry["headers"]}
        assert {"user-agent", "x-amz-access-token", "accept"} <= headers
    assert seen == set(channel.models)


def test_feeds_are_what_their_schema_says(channel):
    levels = [dto.StockLevel(ref=sku, sku=sku, quantity=2) for sku in (channel.known_sku, *ODD_SKUS)]
    levels.append(
        dto.StockLevel(ref="p", sku="OMS-0002", quantity=0, marketplace=channel.store, price=channel.price),
    )
    body, stores = build_listing_feed("A1OMSSANDBOX", levels, ["ATVPDKIKX0DER", channel.store])
    schema = json.loads((specs_root() / "amazon/schemas/listings-feed-schema-v2.json").read_text(encoding="utf-8"))
    document = json.loads(body)
    Draft7Validator(schema).validate(document)
    assert [message["sku"] for message in document["messages"]] == [level.sku for level in levels]
    assert stores == ["ATVPDKIKX0DER", channel.store]


def test_the_official_processing_report_is_read():
    path = specs_root() / "amazon/schemas/listings-feed-processing-report-schema-v2.example.json"
    report = parse_listing_report(path.read_bytes())
    assert report.summary.messages_accepted == 2
    assert [(issue.message_id, issue.sku, issue.severity) for issue in report.issues] == [
        (4, "My-SKU-B", "ERROR"),
        (4, "My-SKU-B", "ERROR"),
        (5, "My-SKU-C", "ERROR"),
    ]


def test_the_official_notification_is_read():
    schema = json.loads((specs_root() / "amazon/schemas/OrderChangeNotification.json").read_text(encoding="utf-8"))
    [example] = schema["examples"]
    event = parse_message(Message(message_id="m", receipt_handle="r", body=json.dumps(example)))
    assert (event.kind, event.external_id) == ("order", "903-8868176-2219830")
    assert event.event_id == "d0e9e693-c3ad-4373-979f-ed4ec98dd746"
    assert event.occurred_at.isoformat() == "2020-01-11T00:09:53.109000+00:00"


def test_no_credential_goes_to_a_presigned_address(channel):
    levels = [dto.StockLevel(ref="a", sku=channel.known_sku, quantity=2)]
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    adapter.poll_bulk(adapter.push_bulk(levels), levels)
    for operation in ("uploadFeedDocument", "downloadDocument"):
        headers = {name.lower() for name in channel.sandbox.requests(operation)[-1]["headers"]}
        assert "x-amz-access-token" not in headers and "authorization" not in headers


def test_a_queue_that_was_set_up_is_told_of_orders(channel):
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    arn = "arn:aws:sqs:eu-central-1:123456789012:oms-hints"
    adapter.set_up_hints(arn)
    asked = len(channel.sandbox.requests("createSubscription"))
    adapter.set_up_hints(arn)
    assert len(channel.sandbox.requests("createSubscription")) == asked
    adapter.drop_events([event.receipt for event in adapter.fetch_events()])
    [order_id] = channel.sell(1)
    events = adapter.fetch_events()
    assert [(event.kind, event.external_id) for event in events] == [("order", order_id)]
    adapter.drop_events([event.receipt for event in events])


def test_no_signature_and_no_key_is_in_a_log(channel, caplog):
    caplog.set_level(logging.DEBUG)
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    levels = [dto.StockLevel(ref="a", sku=channel.known_sku, quantity=2)]
    adapter.poll_bulk(adapter.push_bulk(levels), levels)
    channel.hint("111-0000001-0000001")
    adapter.drop_events([event.receipt for event in adapter.fetch_events()])
    assert "uploadDocument" in caplog.text and "sqsReceiveMessage" in caplog.text
    assert not re.search(r"Signature=[0-9a-f]{8}|X-Amz-Date=\d", caplog.text)
    for secret in channel.secrets:
        assert secret not in caplog.text


@pytest.mark.parametrize("is_zipped", [True, False])
def test_results_come_compressed_or_not(channel, is_zipped):
    channel.sandbox.control(gzip_results=is_zipped)
    levels = [dto.StockLevel(ref="a", sku=channel.unknown_sku, quantity=2)]
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    [row] = adapter.poll_bulk(adapter.push_bulk(levels), levels).rows
    assert row.code == "listing_unknown"


def test_the_connection_test_says_what_each_role_allows(channel):
    granted = {p.name: p.is_granted for p in channel.adapter().check().permissions}
    assert {name: granted[name] for name in ("orders", "listings", "feeds", "reports", "inventory")} == dict.fromkeys(
        ("orders", "listings", "feeds", "reports", "inventory"), True
    )
    channel.fault("status", "held", status=403, times=None)
    try:
        granted = {p.name: p.is_granted for p in channel.adapter().check().permissions}
    finally:
        channel.sandbox.heal()
    assert granted["inventory"] is False and granted["orders"] is True


def test_a_place_in_the_warehouses_is_kept_for_half_a_minute(channel):
    adapter = channel.adapter(limits=unlimited(AmazonAdapter))
    for number in range(60):
        channel.hold(f"OMS-{number + 1:04d}", 1)
    place = adapter.fetch_held_stock().next_cursor
    channel.let_pass(40)
    try:
        with pytest.raises(Rejected) as caught:
            adapter.fetch_held_stock(place)
    finally:
        channel.let_pass(0)
    assert caught.value.code == "cursor_expired"


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
