"""The Magento adapter over a transport that writes down what it is asked and answers what the test says."""

import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import pytest
from magento_documents import item, order, priced
from odoo.addons.oms_channel_magento.client.adapter import MagentoAdapter
from odoo.addons.oms_channel_magento.lib import const
from odoo.addons.oms_channel_magento.lib.mapper import Reading
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, Malformed, NotFound, Rejected, RetryLater
from requests.structures import CaseInsensitiveDict

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
WINDOW = dto.Window(since=datetime(2026, 11, 26, 10, tzinfo=timezone.utc))
VIEWS = [{"id": 0, "code": "admin", "name": "Admin"}, {"id": 1, "code": "default", "name": "Default Store View"}]
DATE = "Thu, 26 Nov 2026 11:59:00 GMT"


def answer(status=200, body=None, **headers):
    """Return an answer; header names with _ for -."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, CaseInsensitiveDict(named), text)


def page(*items, total=None, **headers):
    """Return a page of a list."""
    count = len(items) if total is None else total
    return answer(200, {"items": list(items), "search_criteria": {}, "total_count": count}, **headers)


def refused(status=400, message="No.", **more):
    return answer(status, {"message": message, **more})


NOT_ALLOWED = refused(
    401, "The consumer isn't authorized to access %resources.", parameters={"resources": "Magento_Catalog::products"}
)


class Script:
    """A transport that plays its answers in order; an exception among them is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def send(self, request):
        self.requests.append(request)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def adapter(*answers, settings=None, secrets=None):
    account = Account(
        id=1,
        channel_type="magento",
        endpoints={const.REST: "https://shop.test/sub/"},
        settings={"consumer_key": "key", **(settings or {})},
        secrets={
            const.CONSUMER_SECRET: "cs",
            const.ACCESS_TOKEN: "at",
            const.ACCESS_TOKEN_SECRET: "ats",
            **(secrets or {}),
        },
    )
    script = Script(*answers)
    return MagentoAdapter(account, script, lambda: NOW), script


def asked(request):
    """Return the filters of a search as text, and its sort."""
    params = dict(request.params)
    filters = {name: value for name, value in params.items() if "filterGroups" in name}
    return filters, [value for name, value in params.items() if "sortOrders" in name and "field" in name]


# === asking ==========================================================================================================


def test_every_request_is_signed_anew():
    shop, script = adapter(page(order()), answer(200, VIEWS), page(order()))
    for _time in range(2):
        shop.fetch_order_by_number("000000007")
    headers = [request.headers["Authorization"] for request in script.requests]
    assert all(header.startswith("OAuth oauth_consumer_key=") for header in headers)
    assert len({header.split('oauth_nonce="')[1][:32] for header in headers}) == len(headers)
    assert f'oauth_timestamp="{int(NOW.timestamp())}"' in headers[0]
    assert "ats" not in headers[0].replace("oauth_token", "")
    assert script.requests[0].url == "https://shop.test/sub/rest/all/V1/orders"


def test_the_token_alone():
    settings = {"auth": "bearer", "consumer_key": None}
    secrets = {const.CONSUMER_SECRET: None, const.ACCESS_TOKEN_SECRET: None}
    shop, script = adapter(answer(200, VIEWS), page(), settings=settings, secrets=secrets)
    shop.fetch_orders(WINDOW)
    assert script.requests[0].headers["Authorization"] == "Bearer at"
    with pytest.raises(AuthFailed):
        adapter(settings=settings, secrets={**secrets, const.ACCESS_TOKEN: "zwei\nZeilen"})[0].check()


def test_what_is_missing_is_named_before_anything_is_sent():
    shop, script = adapter(settings={"consumer_key": ""}, secrets={const.ACCESS_TOKEN_SECRET: None})
    with pytest.raises(AuthFailed) as caught:
        shop.fetch_order("7")
    assert caught.value.params["missing"] == f"consumer_key, {const.ACCESS_TOKEN_SECRET}"
    assert script.requests == []


def test_pages_go_on_after_the_last_order_and_not_by_their_number():
    first = order() | {"entity_id": 5, "updated_at": "2026-11-26 10:30:00"}
    second = order() | {"entity_id": 9, "updated_at": "2026-11-26 10:30:00"}
    third = order() | {"entity_id": 4, "updated_at": "2026-11-26 10:31:00"}
    shop, script = adapter(answer(200, VIEWS), page(first, second, total=3, Date=DATE), page(third, Date=DATE))
    found = shop.fetch_orders(WINDOW)
    assert found.covered_until == datetime(2026, 11, 26, 11, 59, tzinfo=timezone.utc)
    following = shop.fetch_orders(WINDOW, found.next_cursor)
    assert (following.next_cursor, following.covered_until) == (None, None)
    assert [raw.external_id for raw in (*found.items, *following.items)] == ["5", "9", "4"]
    filters, sort = asked(script.requests[2])
    assert list(filters.values()) == [
        "updated_at", "2026-11-26 10:30:00", "gteq",
        "updated_at", "2026-11-26 10:30:00", "gt",
        "entity_id", "9", "gt",
    ]  # fmt: skip
    assert sort == ["updated_at", "entity_id"]


def test_a_shop_that_gives_the_same_page_for_ever_is_named():
    first = order() | {"entity_id": 5, "updated_at": "2026-11-26 10:30:00"}
    shop, _script = adapter(answer(200, VIEWS), page(first, total=2), page(first, total=2))
    place = shop.fetch_orders(WINDOW).next_cursor
    with pytest.raises(Malformed) as caught:
        shop.fetch_orders(WINDOW, place)
    assert caught.value.code == "page_repeats"


def test_an_order_keeps_its_bytes():
    body = (
        b'{"items":[{"entity_id" : 7,\n "store_id":"1","updated_at":"2026-11-26 10:30:00", "x":1.10}],"total_count":1}'
    )
    shop, _script = adapter(answer(200, VIEWS), answer(200, body))
    [raw] = shop.fetch_orders(WINDOW).items
    assert b'{"entity_id" : 7,\n "store_id":"1","updated_at":"2026-11-26 10:30:00", "x":1.10}' in raw.body
    assert raw.body.startswith(b'{"store":"default","order":{')
    assert (raw.external_id, raw.updated_at) == ("7", datetime(2026, 11, 26, 10, 30, tzinfo=timezone.utc))


def test_a_page_that_names_no_time_is_complete_up_to_its_last_change():
    shop, _script = adapter(
        answer(200, VIEWS), page(order(), order() | {"updated_at": "2026-11-03 00:00:00"}, Date="soon")
    )
    assert shop.fetch_orders(WINDOW).covered_until == datetime(2026, 11, 3, tzinfo=timezone.utc)


def test_the_connection_test_says_what_is_missing():
    orders_denied = refused(401, "The consumer isn't authorized to access %resources.")
    configs = answer(200, [{"id": 1, "code": "default", "secure_base_url": "https://www.shop.test/"}])
    shop, _script = adapter(
        answer(200, VIEWS), configs, orders_denied, page(), NOT_ALLOWED, page(), page(), refused(404)
    )
    info = shop.check()
    assert (info.name, info.marketplaces) == ("www.shop.test", (("default", "Default Store View"),))
    granted = {permission.name: permission.is_granted for permission in info.permissions}
    assert [name for name, is_granted in granted.items() if is_granted is False] == [
        "orders", "quantities by source", "credit memos",
    ]  # fmt: skip
    with pytest.raises(AuthFailed):
        adapter(refused(401, "The token has been revoked."))[0].check()


def test_orders_come_although_stores_may_not_be_read():
    shop, _script = adapter(NOT_ALLOWED, page(order()))
    [raw] = shop.fetch_orders(WINDOW).items
    assert shop.parse_order(raw.body).marketplace == "1"


# === what a refusal means ============================================================================================


@pytest.mark.parametrize(
    ("refusal", "kind", "code"),
    [
        (refused(401, "The signature is invalid. Verify and try again."), AuthFailed, "token_refused"),
        (refused(401, "The nonce is already being used by the consumer with ID 1."), RetryLater, "nonce_used"),
        (refused(401, "The consumer isn't authorized to access %resources."), AuthFailed, "access_denied"),
        (refused(403, "Forbidden"), AuthFailed, "token_refused"),
        (answer(403, b"<html>Blocked</html>"), Rejected, "access_denied"),
        (refused(404, "No such entity."), NotFound, "not_found"),
        (refused(400, "Something."), Rejected, "refused"),
    ],
)
def test_refusals(refusal, kind, code):
    shop, _script = adapter(refusal)
    with pytest.raises(kind) as caught:
        shop.fetch_order("7")
    assert caught.value.code == code


def test_the_words_of_a_refusal_are_filled_in():
    shop, _script = adapter(
        answer(200, order()),
        page(),
        refused(
            400,
            'Source "%1" is not "%2".',
            parameters=["a", "b"],
            errors=[{"message": "%x too", "parameters": {"x": "c"}}],
        ),
    )
    with pytest.raises(Rejected) as caught:
        shop.push_shipment(notice())
    assert caught.value.message == 'Source "a" is not "b". c too'


def notice(**more):
    fields = {
        "order_external_id": "7",
        "reference": "42",
        "carrier_code": "ups",
        "tracking": "1Z999",
        "shipped_at": NOW,
        "lines": (dto.ShipmentLine(external_line_id="11", quantity=Decimal(1)),),
    }
    return dto.ShipmentNotice(**{**fields, **more})


# === parcels =========================================================================================================


def shipment(comment=None, tracking="1Z999", items=((11, 1),), **more):
    return {
        "entity_id": 3,
        "order_id": 7,
        "items": [{"order_item_id": id_, "qty": qty} for id_, qty in items],
        "tracks": [{"entity_id": 8, "track_number": tracking, "title": "UPS", "carrier_code": "ups"}],
        "comments": [{"comment": comment}] if comment else [],
        **more,
    }


@pytest.mark.parametrize(
    ("known", "is_found"),
    [
        (shipment("OMS parcel 42"), True),
        (shipment("OMS parcel 42", "1z 999"), True),
        (shipment("OMS parcel 42", "OTHER"), False),
        (shipment("OMS parcel 4"), False),
        (shipment(), True),
        (shipment(items=((11, 2),)), False),
        (shipment("sent by hand"), True),
    ],
)
def test_a_parcel_is_known_by_its_remark_or_its_contents(known, is_found):
    shop, _script = adapter(answer(200, order()), page(known))
    assert (shop.find_shipment(notice()) is not None) is is_found


def test_the_picture_of_a_label_is_left_alone():
    shop, _script = adapter(answer(200, order()), page(shipment("OMS parcel 42", shipping_label="JVBERi0" * 5_000)))
    assert shop.find_shipment(notice()) is not None


def test_a_correction_replaces_the_number():
    shop, script = adapter(
        answer(200, order()), page(shipment("OMS parcel 42", "OLD")), answer(200, True), answer(200, {"entity_id": 9})
    )
    assert shop.push_shipment(notice()).detail == "tracking number corrected"
    _order, _known, deleted, added = script.requests
    assert (deleted.method, deleted.url.rsplit("/V1", 1)[1]) == ("DELETE", "/shipment/track/8")
    entity = json.loads(added.body)["entity"]
    assert (entity["track_number"], entity["parent_id"], entity["order_id"]) == ("1Z999", 3, 7)


def bundle_order():
    rows = [
        item(11, "SET", 2, product_type="bundle", row_total=10, product_id=50, price=5),
        item(12, "A", 2, parent_item_id=11),
        item(13, "B", 4, parent_item_id=11),
    ]
    return order(rows, "10.00")


@pytest.mark.parametrize(("kind", "sent"), [("0", {11: 1}), ("1", {12: 1, 13: 2})])
def test_a_bundle_is_sent_as_the_shop_sends_it(kind, sent):
    product = {
        "id": 50,
        "sku": "SET",
        "type_id": "bundle",
        "custom_attributes": [{"attribute_code": "shipment_type", "value": kind}],
    }
    shop, script = adapter(answer(200, bundle_order()), page(product), page(), answer(200, 77))
    lines = (
        dto.ShipmentLine(external_line_id="12", quantity=Decimal(1)),
        dto.ShipmentLine(external_line_id="13", quantity=Decimal(2)),
    )
    assert shop.push_shipment(notice(lines=lines, ship_from="berlin")).external_id == "77"
    body = json.loads(script.requests[-1].body)
    assert {row["order_item_id"]: row["qty"] for row in body["items"]} == sent
    assert body["arguments"]["extension_attributes"]["source_code"] == "berlin"


def test_what_has_no_body_is_in_no_parcel():
    rows = [priced(11, net="10"), priced(12, "BOOK", net="10", product_type="downloadable", is_virtual=1)]
    shop, script = adapter(answer(200, order(rows)), page(), answer(200, 1))
    lines = tuple(dto.ShipmentLine(external_line_id=id_, quantity=Decimal(1)) for id_ in ("11", "12"))
    shop.push_shipment(notice(lines=lines))
    assert [row["order_item_id"] for row in json.loads(script.requests[-1].body)["items"]] == [11]


# === stock ===========================================================================================================


def level(ref, quantity=5, price=None):
    return dto.StockLevel(ref=ref, sku=f"SKU-{ref}", quantity=quantity, price=price)


def at_source(*refs):
    return page(*({"sku": f"SKU-{ref}", "source_code": "default", "quantity": 1, "status": 1} for ref in refs))


def test_one_bad_row_is_found_by_halves():
    bad = refused(400, "Validation Failed", errors=[{"message": "no"}])
    shop, script = adapter(at_source("a", "b", "c"), bad, answer(200, []), bad, bad, answer(200, []))
    rows = shop.push_stock([level("a"), level("b"), level("c")]).rows
    assert [(row.ref, row.error) for row in rows] == [("a", None), ("b", "Validation Failed no"), ("c", None)]
    sent = [[row["sku"] for row in json.loads(request.body)["sourceItems"]] for request in script.requests[1:]]
    assert sent == [["SKU-a", "SKU-b", "SKU-c"], ["SKU-a"], ["SKU-b", "SKU-c"], ["SKU-b"], ["SKU-c"]]


def test_a_wait_half_way_leaves_the_rest_for_later():
    wait = RetryLater("throttled", after=timedelta(seconds=5))
    shop, _script = adapter(at_source("a", "b"), refused(), answer(200, []), wait)
    rows = shop.push_stock([level("a"), level("b")]).rows
    assert [(row.ref, row.is_retryable) for row in rows] == [("a", False), ("b", True)]
    shop, _script = adapter(at_source("a"), wait)
    with pytest.raises(RetryLater):
        shop.push_stock([level("a")])


def test_who_may_not_read_the_catalogue_is_believed_about_its_skus():
    shop, _script = adapter(page(), NOT_ALLOWED, answer(200, []))
    assert shop.push_stock([level("a")]).rows[0].error is None


def test_a_price_that_is_refused_is_a_row():
    problem = [{"message": "Invalid attribute SKU = %1.", "parameters": ["SKU-a"]}]
    configs = answer(200, [{"id": 1, "code": "default", "base_currency_code": "EUR"}])
    shop, script = adapter(configs, at_source("a", "b"), answer(200, []), answer(200, problem))
    price = dto.Money(amount=Decimal("19.90"), currency="EUR")
    rows = shop.push_stock([level("a", price=price), level("b", price=price)]).rows
    assert [(row.ref, row.error) for row in rows] == [("a", "Invalid attribute SKU = SKU-a."), ("b", None)]
    assert json.loads(script.requests[-1].body)["prices"][0] == {"price": 19.9, "store_id": 0, "sku": "SKU-a"}


def test_listings_leave_out_what_is_never_sent():
    products = [
        {"id": 1, "sku": "SHIRT", "name": "Shirt", "type_id": "configurable", "status": 1},
        {"id": 2, "sku": "SHIRT-RED", "name": "Red", "type_id": "simple", "status": 1, "price": 20,
         "custom_attributes": [{"attribute_code": "ean", "value": "4006381333931"}]},
        {"id": 3, "sku": "SET", "name": "Set", "type_id": "bundle", "status": 2},
        {"id": 4, "name": "without a SKU"},
        {"id": 5, "sku": "LONG", "name": "Long", "type_id": "virtual",
         "custom_attributes": [{"attribute_code": "description", "value": "x" * 20_000}]},
        {"id": 6, "sku": "ODD", "name": 5, "type_id": []},
    ]  # fmt: skip
    stock = page({"sku": "SHIRT-RED", "source_code": "default", "quantity": 7.0, "status": 1})
    configs = answer(200, [{"id": 1, "code": "default", "base_currency_code": "EUR"}])
    shop, _script = adapter(page(*products, total=9), stock, configs, settings={"barcode": "ean"})
    found = shop.fetch_listings()
    assert found.next_cursor == "6"
    red, bundle, long, odd = found.items
    assert (long.title, long.product_type, odd.sku, odd.title) == ("Long", "virtual", "ODD", None)
    assert (red.sku, red.quantity, red.barcode, red.is_buyable) == ("SHIRT-RED", 7, "4006381333931", True)
    assert (red.price, red.product_type) == (dto.Money(amount=Decimal(20), currency="EUR"), "simple")
    assert (bundle.sku, bundle.quantity, bundle.is_buyable) == ("SET", None, False)


# === a class for one shop ============================================================================================


def test_a_shop_has_limits_and_a_reading_of_its_own():
    limited = MagentoAdapter.set_up(Reading(tax_mode="included"), is_input_limited=True, is_bulk_used=False)
    assert (limited.limits.batch, limited.limits.bulk) == (const.ROWS_WHERE_LIMITED, 0)
    assert limited.reading.tax_mode == "included"
    assert (MagentoAdapter.limits.batch, MagentoAdapter.reading) == (const.ROWS_PER_CALL, Reading())
    assert limited.capabilities is MagentoAdapter.capabilities


def test_no_query_has_a_list_the_shop_would_sort_otherwise():
    skus = [f"A,{number}" for number in range(25)] + [f"B{number}" for number in range(60)]
    levels = [dto.StockLevel(ref=sku, sku=sku, quantity=1) for sku in skus]
    known = [
        page({"sku": sku, "source_code": "default", "quantity": 1}) for sku in ("B0", "B50", "A,0", "A,10", "A,20")
    ]
    shop, script = adapter(*known, *(page() for _lot in range(5)), answer(200, []))
    answers = {row.ref: row.error for row in shop.push_stock(levels).rows}
    assert [ref for ref, error in answers.items() if error is None] == ["A,0", "A,10", "A,20", "B0", "B50"]
    places = [name for request in script.requests for name, _value in request.params]
    assert places and not [name for name in places if "[10]" in name]
