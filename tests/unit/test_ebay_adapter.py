"""The adapter over a transport that writes down what it is asked and answers what the test says."""

import base64
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from ebay_documents import line, money, order
from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, Rejected, RetryLater
from requests.structures import CaseInsensitiveDict

from tests.tokens import Tokens

NOW = datetime(2026, 11, 26, 12, tzinfo=timezone.utc)
END = "2026-11-26T11:58:00.000Z"
WINDOW = dto.Window(since=datetime(2026, 11, 26, 10, tzinfo=timezone.utc))
DATE = "Thu, 26 Nov 2026 12:00:00 GMT"
SENT = dto.ShipmentNotice(
    order_external_id="12-34567-89012",
    reference="42",
    carrier_code="UPS",
    tracking="1Z 999-AA",
    shipped_at=NOW,
    lines=(dto.ShipmentLine(external_line_id="1", quantity=Decimal(1)),),
)
BUSY = RetryLater("throttled", after=timedelta(seconds=9))


def answer(status=200, body=None, **headers):
    """Return an answer; header names with _ for -."""
    named = {"Date": DATE, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return Response(status, CaseInsensitiveDict(named), b"" if body is None else json.dumps(body).encode())


def refused(status, code, message="no"):
    """Return a refusal as eBay writes it."""
    return answer(status, {"errors": [{"errorId": code, "message": message}]})


def page(*orders, total=None):
    """Return a page of orders."""
    return answer(body={"orders": list(orders), "total": len(orders) if total is None else total})


def numbered(number, **more):
    """Return an order with a number of its own."""
    return order(orderId=f"12-{number:05}-00000", **more)


class Script:
    """A transport that gives the answers of a list, in turn."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []

    def send(self, request):
        """Write the request down and give the next answer."""
        self.requests.append(request)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    def body(self, place=-1):
        """Return the body of a request."""
        return json.loads(self.requests[place].body)

    def asked(self):
        """Return the operations asked for."""
        return [request.operation for request in self.requests]


def adapter(*answers, now=NOW, kept=True, secrets=None, **settings):
    """Return an adapter that is signed in, and its transport."""
    script = Script(*answers)
    known = {"ebay_user": ("v^1.1#t", NOW + timedelta(days=1)), "ebay_app": ("app", NOW + timedelta(days=1))}
    account = Account(
        id=1,
        channel_type="ebay",
        endpoints=const.HOSTS["production"],
        settings={
            "client_id": "App",
            "ru_name": "Ru-Name",
            "marketplaces": ["EBAY_US"],
            "is_signed": False,
            **settings,
        },
        secrets={const.CLIENT_SECRET: "Cert", const.REFRESH_TOKEN: "v^1.1#refresh", **(secrets or {})},
        tokens=Tokens(**known) if kept else Tokens(),
    )
    return EbayAdapter(account, script, lambda: now), script


# --- signing in -----------------------------------------------------------------------------------------------------


def token(name="fresh", **more):
    """Return an answer of the token endpoint."""
    return answer(body={"access_token": name, "expires_in": 7200, "token_type": "User Access Token", **more})


def test_a_login_names_the_application_in_its_header():
    channel, script = adapter(token(), page(), kept=False)
    channel.fetch_orders(WINDOW)
    login, call = script.requests
    assert login.url == "https://api.ebay.com/identity/v1/oauth2/token"
    assert login.headers["Authorization"] == f"Basic {base64.b64encode(b'App:Cert').decode()}"
    assert parse_qs(login.body.decode()) == {"grant_type": ["refresh_token"], "refresh_token": ["v^1.1#refresh"]}
    assert call.headers["Authorization"] == "Bearer fresh"
    assert channel.account.tokens.kept["ebay_user"][1] == NOW + timedelta(seconds=7140)


def test_a_token_that_ended_is_renewed_once():
    channel, script = adapter(refused(401, 1001), token(), page())
    channel.fetch_orders(WINDOW)
    assert script.asked() == ["getOrders", "ebayToken", "getOrders"]
    channel, script = adapter(refused(401, 1001), token(), refused(401, 1001))
    with pytest.raises(AuthFailed):
        channel.fetch_orders(WINDOW)


def test_a_permission_that_is_missing():
    channel, _script = adapter(refused(403, 1100))
    with pytest.raises(AuthFailed):
        channel.fetch_orders(WINDOW)
    channel, _script = adapter(refused(403, 1100))
    with pytest.raises(Rejected) as caught:
        channel.fetch_listings()
    assert caught.value.code == "access_denied"
    assert "consent" in caught.value.message


def test_a_refused_refresh_token_stops_the_account():
    channel, _script = adapter(answer(400, {"error": "invalid_grant"}), kept=False)
    with pytest.raises(AuthFailed) as caught:
        channel.fetch_orders(WINDOW)
    assert caught.value.code == "invalid_grant"


def test_the_connection_test_asks_for_a_token_of_each_permission():
    user = {"userId": "U1", "username": "the-shop", "registrationMarketplaceId": "EBAY_DE"}
    no = answer(400, {"error": "invalid_scope"})
    channel, script = adapter(answer(body=user), token(), token(), no, token(), answer(400, {"error": "busy"}))
    info = channel.check()
    assert (info.name, dict(info.marketplaces)) == ("the-shop", {"EBAY_US": "eBay.com", "EBAY_DE": "eBay.de"})
    assert [permission.is_granted for permission in info.permissions] == [True, True, False, True, None]
    scopes = [parse_qs(request.body.decode())["scope"][0] for request in script.requests[1:]]
    assert scopes == [scope.url for scope in const.SCOPES]


def test_the_page_of_consent():
    channel, _script = adapter()
    url = urlsplit(EbayAdapter.build_consent_url(channel.account, "s t&te"))
    query = parse_qs(url.query)
    assert (url.hostname, url.path) == ("auth.ebay.com", "/oauth2/authorize")
    assert (query["state"], query["redirect_uri"], query["response_type"]) == (["s t&te"], ["Ru-Name"], ["code"])
    assert "https://api.ebay.com/oauth/api_scope/sell.fulfillment" in query["scope"][0].split()


def test_a_code_becomes_a_refresh_token():
    channel, script = adapter(
        token(refresh_token="v^1.1#new", refresh_token_expires_in=47_304_000),
        kept=False,
        secrets={const.REFRESH_TOKEN: None},
    )
    consent = channel.redeem_consent("c0de")
    assert consent.secrets == {const.REFRESH_TOKEN: "v^1.1#new"}
    assert consent.ends_at == NOW + timedelta(seconds=47_304_000)
    assert parse_qs(script.requests[0].body.decode())["redirect_uri"] == ["Ru-Name"]
    assert not script.requests[0].is_repeatable
    assert "v^1.1#new" not in repr(consent)


def test_a_used_code_is_refused():
    channel, _script = adapter(answer(400, {"error": "invalid_grant"}))
    with pytest.raises(Rejected):
        channel.redeem_consent("c0de")
    channel, _script = adapter(answer(401, {"error": "invalid_client"}))
    with pytest.raises(AuthFailed):
        channel.redeem_consent("c0de")


# --- reading orders -------------------------------------------------------------------------------------------------


def spans(script):
    """Return the filters that were asked with."""
    return [dict(request.params)["filter"] for request in script.requests if request.operation == "getOrders"]


def test_a_window_ends_two_minutes_ago():
    channel, script = adapter(page(numbered(1)))
    found = channel.fetch_orders(WINDOW)
    assert spans(script) == [f"lastmodifieddate:[2026-11-26T10:00:00.000Z..{END}]"]
    assert dict(script.requests[0].params)["fieldGroups"] == "TAX_BREAKDOWN"
    assert found.covered_until == NOW - timedelta(minutes=2)
    assert found.next_cursor is None


def test_where_the_clocks_differ_ebays_counts():
    for minutes in (-120, 120):
        channel, script = adapter(page(), page(numbered(1)), now=NOW + timedelta(minutes=minutes))
        found = channel.fetch_orders(WINDOW)
        assert spans(script)[1] == f"lastmodifieddate:[2026-11-26T10:00:00.000Z..{END}]"
        assert found.covered_until == NOW - timedelta(minutes=2)
        assert len(found.items) == 1


def test_a_span_is_never_empty_nor_too_long():
    channel, script = adapter(page(), page())
    channel.fetch_orders(dto.Window(since=NOW))
    channel.fetch_orders(dto.Window(since=datetime(2020, 1, 1, tzinfo=timezone.utc)))
    assert spans(script) == [
        f"lastmodifieddate:[2026-11-26T11:57:59.000Z..{END}]",
        f"lastmodifieddate:[2024-11-27T11:58:00.000Z..{END}]",
    ]


def test_pages_go_on_by_rows():
    first, second = [numbered(number) for number in range(200)], [numbered(200)]
    channel, script = adapter(page(*first, total=201), page(*second, total=201), now=NOW)
    one = channel.fetch_orders(WINDOW)
    two = channel.fetch_orders(WINDOW, one.next_cursor)
    assert (len(one.items), len(two.items), two.next_cursor) == (200, 1, None)
    assert dict(script.requests[1].params)["offset"] == "200"
    assert len(set(spans(script))) == 1
    assert one.covered_until == two.covered_until


def test_rows_that_moved_up_meanwhile_are_read_again():
    rows = [numbered(number) for number in range(250)]
    left = rows[40:]  # those of the first page changed and left the span
    channel, script = adapter(page(*rows[:200], total=250), page(*left[200:], total=210), page(*left[160:], total=210))
    cursor, seen = None, []
    while True:
        found = channel.fetch_orders(WINDOW, cursor)
        seen += found.items
        cursor = found.next_cursor
        if cursor is None:
            break
    assert [dict(request.params)["offset"] for request in script.requests] == ["0", "200", "170"]
    assert {raw.external_id for raw in seen} == {row["orderId"] for row in rows}


def test_what_a_page_leaves_out_is_asked_for():
    asks = {"cancelState": "IN_PROGRESS", "cancelRequests": []}
    full = {
        "cancelState": "IN_PROGRESS",
        "cancelRequests": [{"cancelRequestId": "5", "cancelRequestState": "REQUESTED"}],
    }
    italian = line(purchaseMarketplaceId="EBAY_IT")
    listed = [numbered(1), numbered(2, cancelStatus=asks), order(italian, orderId="12-00003-00000")]
    detail = answer(body=numbered(2, cancelStatus=full))
    taxed = answer(body=order(italian, orderId="12-00003-00000", buyer={"taxIdentifier": {"taxpayerId": "IT1"}}))
    channel, script = adapter(page(*listed), detail, taxed)
    plain, wish, tax = (channel.parse_order(raw.body) for raw in channel.fetch_orders(WINDOW).items)
    assert script.asked() == ["getOrders", "getOrder", "getOrder"]
    assert plain.cancel_requests == ()
    assert wish.cancel_requests[0].external_id == "5"
    assert tax.buyer.tax_number == "IT1"


def test_a_page_costs_a_bounded_number_of_calls():
    rows = [order(line(purchaseMarketplaceId="EBAY_ES"), orderId=f"12-{number:05}-00000") for number in range(40)]
    details = [answer(body=row) for row in rows]
    channel, script = adapter(page(*rows), *details[:25], page(*rows[25:], total=40), *details[25:])
    one = channel.fetch_orders(WINDOW)
    assert (len(one.items), len(script.requests)) == (25, 26)
    two = channel.fetch_orders(WINDOW, one.next_cursor)
    assert dict(script.requests[26].params)["offset"] == "25"
    assert (len(two.items), two.next_cursor) == (15, None)


def test_being_asked_to_wait_among_details_keeps_what_is_there():
    rows = [order(line(purchaseMarketplaceId="EBAY_ES"), orderId=f"12-{number:05}-00000") for number in range(3)]
    channel, _script = adapter(page(*rows), answer(body=rows[0]), BUSY)
    found = channel.fetch_orders(WINDOW)
    assert len(found.items) == 1
    assert found.next_cursor is not None
    channel, _script = adapter(page(*rows), BUSY)
    with pytest.raises(RetryLater):
        channel.fetch_orders(WINDOW)


@pytest.mark.parametrize("cursor", ["x", "{}", '{"until": "2026-11-26T10:00:00", "offset": 0, "total": 1}', "[]", "é"])
def test_a_cursor_that_is_not_ours(cursor):
    channel, _script = adapter()
    with pytest.raises(Rejected) as caught:
        channel.fetch_orders(WINDOW, cursor)
    assert caught.value.code == "cursor_expired"


def test_an_order_nobody_knows():
    for refusal in (refused(404, 1), refused(400, 32100)):
        channel, _script = adapter(refusal)
        with pytest.raises(NotFound):
            channel.fetch_order("12-1-1")
    channel, script = adapter()
    with pytest.raises(NotFound):
        channel.fetch_order("..")
    assert script.requests == []


# --- parcels --------------------------------------------------------------------------------------------------------


def parcels(*found):
    """Return the parcels of an order."""
    return answer(body={"fulfillments": list(found), "total": len(found)})


def parcel(tracking="1Z999AA", **lines):
    """Return a parcel; ``lines`` are quantities by line id, with an l before it."""
    items = [{"lineItemId": name[1:], "quantity": quantity} for name, quantity in lines.items()]
    return {"fulfillmentId": "F1", "shipmentTrackingNumber": tracking, "lineItems": items}


def test_a_parcel_is_told_and_named_by_its_address():
    made = answer(201, Location="https://api.ebay.com/sell/fulfillment/v1/order/12/shipping_fulfillment/F9")
    channel, script = adapter(parcels(), made)
    assert channel.push_shipment(SENT) == dto.Receipt(reference="42", external_id="F9")
    assert script.body() == {
        "lineItems": [{"lineItemId": "1", "quantity": 1}],
        "shippedDate": "2026-11-26T12:00:00.000Z",
        "shippingCarrierCode": "UPS",
        "trackingNumber": "1Z999AA",
    }
    assert not script.requests[-1].is_repeatable


def test_a_parcel_that_is_there_is_not_told_again():
    for known in (parcel(l1=1), parcel("1z999aa"), parcel("1Z-999-AA", l1=1)):
        channel, script = adapter(parcels(known))
        assert channel.push_shipment(SENT).external_id == "F1"
        assert script.asked() == ["getShippingFulfillments"]


def test_another_parcel_with_other_units_is_another():
    for known in (parcel(l1=2), parcel(l2=1), parcel("OTHER", l1=1)):
        channel, _script = adapter(parcels(known))
        assert channel.find_shipment(SENT) is None


def test_a_conflict_is_looked_at_again():
    channel, _script = adapter(parcels(), answer(409))
    with pytest.raises(RetryLater) as caught:
        channel.push_shipment(SENT)
    assert caught.value.is_uncertain


def test_a_refused_parcel_says_why():
    channel, _script = adapter(parcels(), refused(400, 32300, "Invalid shipment tracking number or carrier"))
    with pytest.raises(Rejected) as caught:
        channel.push_shipment(SENT)
    assert (caught.value.code, caught.value.message) == ("32300", "Invalid shipment tracking number or carrier")


@pytest.mark.parametrize("change", [{"tracking": " - "}, {"carrier_code": " "}, {"lines": ()}])
def test_a_parcel_ebay_would_refuse_is_not_sent(change):
    channel, script = adapter()
    with pytest.raises(Rejected):
        channel.push_shipment(msgspec.structs.replace(SENT, **change))
    assert script.requests == []


# --- stock and listings ---------------------------------------------------------------------------------------------


def level(ref="1", sku="LAMP", quantity=5, **more):
    """Return a quantity to push."""
    return dto.StockLevel(ref=ref, sku=sku, quantity=quantity, **more)


def rows(*found):
    """Return an answer with several parts."""
    return answer(207, {"responses": list(found)})


def test_every_row_has_its_own_answer():
    bad = {"statusCode": 400, "sku": "B", "errors": [{"errorId": 25702, "message": "B could not be found"}]}
    later = {"statusCode": 500, "sku": "C", "errors": [{"errorId": 25001, "message": "A system error"}]}
    channel, script = adapter(rows({"statusCode": 200, "sku": "A"}, bad, later))
    found = channel.push_stock([level("1", "A"), level("2", "B"), level("3", "C"), level("4", "D")]).rows
    assert [(row.ref, row.code, row.is_retryable) for row in found] == [
        ("1", None, False),
        ("2", "listing_unknown", False),
        ("3", "25001", True),
        ("4", "no_answer", False),
    ]
    assert len(script.body()["requests"]) == 4
    assert script.requests[0].is_repeatable


def test_an_offer_takes_quantity_and_price():
    channel, script = adapter(
        rows({"statusCode": 200, "sku": "LAMP", "offerId": "O1"}, {"statusCode": 200, "sku": "LAMP"})
    )
    price = dto.Money(amount=Decimal("19.90"), currency="EUR")
    assert channel.push_stock([level(offer_id="O1", price=price)]).rows == (dto.RowResult(ref="1"),)
    assert script.body()["requests"] == [
        {
            "sku": "LAMP",
            "shipToLocationAvailability": {"quantity": 5},
            "offers": [{"offerId": "O1", "availableQuantity": 5, "price": {"value": "19.90", "currency": "EUR"}}],
        }
    ]


def test_a_price_finds_its_offer():
    offers = answer(
        body={"offers": [{"offerId": "O1", "marketplaceId": "EBAY_US"}, {"offerId": "O2", "marketplaceId": "EBAY_DE"}]}
    )
    channel, script = adapter(offers, rows({"statusCode": 200, "sku": "LAMP", "offerId": "O2"}))
    price = dto.Money(amount=Decimal("19.90"), currency="EUR")
    channel.push_stock([level(price=price, marketplace="EBAY_DE")])
    assert script.body()["requests"][0]["offers"][0]["offerId"] == "O2"


def test_a_failed_offer_fails_its_row():
    bad = {"statusCode": 400, "offerId": "O1", "errors": [{"errorId": 25713, "message": "This Offer is not available"}]}
    channel, _script = adapter(rows({"statusCode": 200, "sku": "LAMP"}, bad))
    [row] = channel.push_stock([level(offer_id="O1")]).rows
    assert (row.code, row.error) == ("25713", "This Offer is not available")


def test_rows_refused_together_are_sent_alone():
    fine = rows({"statusCode": 200, "sku": "A"})
    channel, script = adapter(refused(400, 25709), fine, refused(400, 25709, "Invalid value for sku"))
    found = channel.push_stock([level("1", "A"), level("2", "B")]).rows
    assert [(row.ref, row.error) for row in found] == [("1", None), ("2", "Invalid value for sku")]
    assert [len(script.body(place)["requests"]) for place in range(3)] == [2, 1, 1]


def test_being_asked_to_wait_half_way_keeps_the_rest():
    channel, _script = adapter(refused(400, 25709), rows({"statusCode": 200, "sku": "A"}), BUSY)
    found = channel.push_stock([level("1", "A"), level("2", "B")]).rows
    assert [(row.error is None, row.is_retryable) for row in found] == [(True, False), (False, True)]
    channel, _script = adapter(BUSY)
    with pytest.raises(RetryLater):
        channel.push_stock([level()])


def test_one_sku_is_in_one_call_once():
    fine = rows({"statusCode": 200, "sku": "LAMP"})
    channel, script = adapter(fine, fine)
    assert len(channel.push_stock([level("1"), level("2", quantity=6)]).rows) == 2
    assert [len(script.body(place)["requests"]) for place in range(2)] == [1, 1]


def test_a_row_ebay_would_refuse_is_not_sent():
    channel, script = adapter()
    found = channel.push_stock([level("1", quantity=-1), level("2", "x" * 51)]).rows
    assert [row.code for row in found] == ["bad_quantity", "listing_unknown"]
    assert script.requests == []


def test_stock_by_place():
    channel, script = adapter(rows({"statusCode": 200, "sku": "LAMP"}), location_key="BERLIN")
    channel.push_stock([level()])
    distributed = script.body()["requests"][0]["shipToLocationAvailability"]["availabilityDistributions"]
    assert distributed == [{"merchantLocationKey": "BERLIN", "quantity": 5}]


def item(sku):
    """Return a SKU as the inventory lists it."""
    return {
        "sku": sku,
        "product": {"title": f"A {sku}", "ean": ["4006381333931"]},
        "availability": {"shipToLocationAvailability": {"quantity": 7}},
    }


def offer(number, **more):
    """Return an offer of a SKU."""
    return {
        "offerId": f"O{number}",
        "marketplaceId": "EBAY_US",
        "format": "FIXED_PRICE",
        "status": "PUBLISHED",
        "availableQuantity": 3,
        "pricingSummary": {"price": money("19.90")},
        "listing": {"listingId": "110000000001", "listingStatus": "ACTIVE"},
        **more,
    }


def test_listings_and_their_offers():
    following = "https://api.ebay.com/sell/inventory/v1/inventory_item?limit=25&offset=1"
    first = answer(body={"inventoryItems": [item("A"), item("B")], "next": following, "total": 3})
    last = answer(body={"inventoryItems": [item("C")], "total": 3})
    unsold = answer(body={"offers": [offer(2, status="UNPUBLISHED", listing=None)]})
    channel, script = adapter(first, answer(body={"offers": [offer(1)]}), refused(404, 25713), last, unsold)
    one = channel.fetch_listings()
    two = channel.fetch_listings(one.next_cursor)
    a, b, c = (*one.items, *two.items)
    assert (a.sku, a.offer_id, a.quantity, a.price.amount, a.barcode) == (
        "A",
        "O1",
        3,
        Decimal("19.90"),
        "4006381333931",
    )
    assert (a.title, a.marketplace, a.external_product_id, a.is_buyable) == ("A A", "EBAY_US", "110000000001", True)
    assert (b.sku, b.offer_id, b.quantity, b.is_buyable) == ("B", None, 7, False)
    assert (c.is_buyable, two.next_cursor) == (False, None)
    assert dict(script.requests[3].params)["offset"] == "1"


def test_listings_go_on_where_ebay_asked_to_wait():
    listed = answer(body={"inventoryItems": [item("A"), item("B")], "total": 2})
    channel, script = adapter(listed, answer(body={"offers": []}), BUSY, listed, answer(body={"offers": []}))
    one = channel.fetch_listings()
    assert [found.sku for found in one.items] == ["A"]
    two = channel.fetch_listings(one.next_cursor)
    assert [found.sku for found in two.items] == ["B"]
    assert two.next_cursor is None
    assert script.asked().count("getOffers") == 3
