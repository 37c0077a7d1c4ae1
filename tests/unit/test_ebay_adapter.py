"""Signing in, reading orders and telling parcels, call by call."""

import base64
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from ebay_documents import line, order
from ebay_exchange import BUSY, NOW, adapter, answer, numbered, page, refused
from odoo.addons.oms_channel_ebay.client.adapter import EbayAdapter
from odoo.addons.oms_channel_ebay.lib import const
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, Rejected, RetryLater

END = "2026-11-26T11:58:00.000Z"
WINDOW = dto.Window(since=datetime(2026, 11, 26, 10, tzinfo=timezone.utc))
SENT = dto.ShipmentNotice(
    order_external_id="12-34567-89012",
    reference="42",
    carrier_code="UPS",
    tracking="1Z 999-AA",
    shipped_at=NOW,
    lines=(dto.ShipmentLine(external_line_id="1", quantity=Decimal(1)),),
)


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
