"""The adapter over a transport that writes down what it is asked and answers what the test says."""

import contextlib
import json
from datetime import datetime, timedelta, timezone
from decimal import Decimal

import msgspec
import pytest
from amazon_documents import US, order
from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter
from odoo.addons.oms_channel_amazon.lib import const
from odoo.addons.oms_core.client.transport import Response
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.channel import Account
from odoo.addons.oms_core.lib.errors import AuthFailed, NotFound, Rejected, RetryLater
from requests.structures import CaseInsensitiveDict

from tests.tokens import Tokens

CA = "A2EUQ1WTGCTBG2"
NOW = datetime(2026, 11, 23, 12, tzinfo=timezone.utc)
WINDOW = dto.Window(since=datetime(2026, 11, 23, 10, tzinfo=timezone.utc))
SENT = dto.ShipmentNotice(
    order_external_id="111-0000001-0000001",
    reference="42",
    carrier_code="UPS",
    tracking="1Z999",
    shipped_at=NOW,
    lines=(dto.ShipmentLine(external_line_id="1", quantity=Decimal(1)),),
)


def answer(status=200, body=None, **headers):
    """Return an answer; header names with _ for -."""
    text = b"" if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Response(status, CaseInsensitiveDict(named), text)


def refused(status, message="Access to requested resource is denied.", details="", code="Unauthorized"):
    errors = [{"code": code, "message": message, "details": details}]
    return answer(status, {"errors": errors}, x_amzn_RequestId="req-1")


def token(name="Atza|1", seconds=3600):
    return answer(200, {"access_token": name, "token_type": "bearer", "expires_in": seconds})


class Limiter:
    """Remembers the rates Amazon granted."""

    def __init__(self):
        self.rates = {}

    def set_rate(self, operation, per_second):
        self.rates[operation] = per_second


class Script:
    """A transport that plays its answers in order; an exception among them is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.requests = []
        self.limiter = Limiter()

    def send(self, request):
        self.requests.append(request)
        found = self.answers.pop(0)
        if isinstance(found, Exception):
            raise found
        return found


def adapter(*answers, tokens=None, **settings):
    account = Account(
        id=1,
        channel_type="amazon",
        endpoints=dict.fromkeys(const.FAMILIES, "https://api.test/base/"),
        settings={"client_id": "id", "seller_id": "A1/B", "marketplaces": [US, CA], **settings},
        secrets={const.CLIENT_SECRET: "secret&=", const.REFRESH_TOKEN: "Atzr|x"},
        tokens=tokens,
    )
    script = Script(*answers)
    return AmazonAdapter(account, script, lambda: NOW), script


def good_token():
    return Tokens(lwa_access=("Atza|kept", NOW + timedelta(minutes=5)))


# === logging in ==============================================================================================


def test_logs_in_once_and_keeps_the_token():
    tokens = Tokens()
    amazon, script = adapter(token(), answer(200, {"orders": []}), answer(200, {"orders": []}), tokens=tokens)
    amazon.fetch_orders(WINDOW)
    amazon.fetch_orders(WINDOW)
    login, first, second = script.requests
    assert (login.method, login.url) == ("POST", "https://api.test/base/auth/o2/token")
    assert login.body == b"grant_type=refresh_token&refresh_token=Atzr%7Cx&client_id=id&client_secret=secret%26%3D"
    assert first.headers["x-amz-access-token"] == second.headers["x-amz-access-token"] == "Atza|1"
    assert tokens.kept["lwa_access"] == ("Atza|1", NOW + timedelta(seconds=3540))


def test_keeps_the_token_itself_without_a_store():
    amazon, script = adapter(token(), answer(200, {"orders": []}), answer(200, {"orders": []}))
    amazon.fetch_orders(WINDOW)
    amazon.fetch_orders(WINDOW)
    assert len(script.requests) == 3


@pytest.mark.parametrize("status", [401, 403])
def test_a_kept_token_that_is_refused_is_renewed_once(status):
    amazon, script = adapter(refused(status), token("Atza|2"), answer(200, {"orders": []}), tokens=good_token())
    amazon.fetch_orders(WINDOW)
    assert [request.headers.get("x-amz-access-token") for request in script.requests] == ["Atza|kept", None, "Atza|2"]


def test_the_token_of_a_faster_worker_is_used():
    class Shared(Tokens):
        @contextlib.contextmanager
        def refresh_lock(self, name):
            self.put(name, "Atza|theirs", NOW + timedelta(hours=1))
            yield

    amazon, script = adapter(refused(403), answer(200, {"orders": []}), tokens=Shared(**good_token().kept))
    amazon.fetch_orders(WINDOW)
    assert [request.headers["x-amz-access-token"] for request in script.requests] == ["Atza|kept", "Atza|theirs"]


def test_a_new_token_that_is_refused_stops_the_account():
    expired = refused(403, details="The access token you provided has expired.")
    amazon, script = adapter(expired, token("Atza|2"), expired, tokens=(tokens := good_token()))
    with pytest.raises(AuthFailed) as caught:
        amazon.fetch_order("111-0000001-0000001")
    assert (caught.value.code, caught.value.reference) == ("token_refused", "req-1")
    assert len(script.requests) == 3
    assert tokens.kept == {}


def test_a_missing_role_stops_the_account_only_where_nothing_goes_on_without_it():
    amazon, _script = adapter(token(), refused(403))
    with pytest.raises(AuthFailed) as caught:
        amazon.fetch_orders(WINDOW)
    assert caught.value.code == "access_denied"
    amazon, _script = adapter(token(), refused(403))
    with pytest.raises(Rejected) as refusal:
        amazon.fetch_listings()
    assert refusal.value.code == "access_denied"


@pytest.mark.parametrize(
    ("response", "code"),
    [
        (answer(400, {"error": "invalid_grant", "error_description": "x"}), "invalid_grant"),
        (answer(401, {"error": "invalid_client"}), "invalid_client"),
        (answer(400, b"<html>"), "login_refused"),
    ],
)
def test_refused_credentials_stop_the_account(response, code):
    amazon, script = adapter(response)
    with pytest.raises(AuthFailed) as caught:
        amazon.fetch_orders(WINDOW)
    assert caught.value.code == code
    assert len(script.requests) == 1


def test_missing_credentials_are_named_and_nothing_is_sent():
    amazon, script = adapter(client_id=None)
    with pytest.raises(AuthFailed) as caught:
        amazon.fetch_orders(WINDOW)
    assert caught.value.params["missing"] == "client_id"
    assert script.requests == []


# === calls ===================================================================================================


def test_each_part_of_the_api_has_an_address_of_its_own():
    answers = [token(), answer(200, {"orders": []}), answer(200, {"numberOfResults": 0, "items": []})]
    answers += [answer(200, {"payload": []}), *(refused(404) for _role in range(6))]
    amazon, script = adapter(*answers)
    addresses = {family: f"https://{family}.test/v" for family in const.FAMILIES}
    account = msgspec.structs.replace(amazon.account, endpoints=addresses)
    amazon = AmazonAdapter(account, script, lambda: NOW)
    amazon.fetch_orders(WINDOW)
    amazon.fetch_listings()
    amazon.check()
    assert [request.url for request in script.requests] == [
        "https://auth.test/v/auth/o2/token",
        "https://orders.test/v/orders/2026-01-01/orders",
        "https://listings.test/v/listings/2021-08-01/items/A1%2FB",
        "https://sellers.test/v/sellers/v1/marketplaceParticipations",
        "https://orders.test/v/orders/2026-01-01/orders/000-0000000-0000000",
        "https://listings.test/v/listings/2021-08-01/items/A1%2FB/no-such-sku",
        "https://feeds.test/v/feeds/2021-06-30/feeds/0",
        "https://reports.test/v/reports/2021-06-30/reports/0",
        "https://finances.test/v/finances/2024-06-19/transactions",
        "https://inventory.test/v/fba/inventory/v1/summaries",
    ]


def test_a_search_for_orders():
    amazon, script = adapter(answer(200, {"orders": []}), tokens=good_token())
    amazon.fetch_orders(dto.Window(since=WINDOW.since, until=NOW - timedelta(minutes=3)), "tok=")
    request = script.requests[0]
    assert request.url == "https://api.test/base/orders/2026-01-01/orders"
    assert dict(request.params) == {
        "lastUpdatedAfter": "2026-11-23T10:00:00Z",
        "lastUpdatedBefore": "2026-11-23T11:57:00Z",
        "marketplaceIds": f"{US},{CA}",
        "maxResultsPerPage": "100",
        "includedData": ",".join(const.ORDER_DATA),
        "paginationToken": "tok=",
    }
    assert request.is_repeatable
    assert request.headers["User-Agent"]


def test_an_end_amazon_would_refuse_is_left_out():
    amazon, script = adapter(answer(200, {"orders": []}), tokens=good_token())
    amazon.fetch_orders(dto.Window(since=WINDOW.since, until=NOW))
    assert "lastUpdatedBefore" not in dict(script.requests[0].params)


def test_a_page_token_that_no_longer_works():
    amazon, _script = adapter(refused(400, "Invalid Input", code="InvalidInput"), tokens=good_token())
    with pytest.raises(Rejected) as caught:
        amazon.fetch_orders(WINDOW, "old")
    assert (caught.value.code, caught.value.message) == ("cursor_expired", "Invalid Input")


def test_a_refused_search_is_no_expired_cursor():
    amazon, _script = adapter(refused(400, "Invalid Input", code="InvalidInput"), tokens=good_token())
    with pytest.raises(Rejected) as caught:
        amazon.fetch_orders(WINDOW)
    assert (caught.value.code, caught.value.reference) == ("InvalidInput", "req-1")


def test_no_store_chosen():
    amazon, script = adapter(tokens=good_token(), marketplaces=[])
    with pytest.raises(Rejected) as caught:
        amazon.fetch_orders(WINDOW)
    assert caught.value.code == "marketplace_missing"
    assert script.requests == []


def test_one_order_and_none():
    amazon, script = adapter(answer(200, {"order": order()}), refused(404), tokens=good_token())
    assert amazon.fetch_order("111/1").external_id == "111-0000001-0000001"
    assert script.requests[0].url.endswith("/orders/111%2F1")
    with pytest.raises(NotFound):
        amazon.fetch_order("111-0000001-0000002")


def test_the_granted_rate_counts():
    headers = {"x_amzn_RateLimit_Limit": "0.1"}
    amazon, script = adapter(answer(200, {"orders": []}, **headers), tokens=good_token())
    amazon.fetch_orders(WINDOW)
    assert script.limiter.rates == {"searchOrders": 0.1}


@pytest.mark.parametrize("text", ["", "fast", "nan", "-1", "0", "inf"])
def test_a_rate_that_is_none_does_not_count(text):
    amazon, script = adapter(answer(200, {"orders": []}, x_amzn_RateLimit_Limit=text), tokens=good_token())
    amazon.fetch_orders(WINDOW)
    assert script.limiter.rates == {}


# === parcels =================================================================================================


def known(tracking="1Z999", quantity=1):
    items = [{"orderItemId": "1", "quantity": quantity}]
    package = {"packageReferenceId": "9", "trackingNumber": tracking, "packageItems": items}
    return answer(200, {"order": {**order(), "packages": [package]}})


def test_a_parcel_is_confirmed():
    amazon, script = adapter(answer(204), tokens=good_token())
    assert amazon.push_shipment(SENT) == dto.Receipt(reference="42", external_id="42")
    request = script.requests[0]
    assert request.url == "https://api.test/base/orders/v0/orders/111-0000001-0000001/shipmentConfirmation"
    assert json.loads(request.body)["packageDetail"]["packageReferenceId"] == "42"
    assert not request.is_repeatable


def test_a_parcel_amazon_already_has_is_no_failure():
    refusal = refused(400, "PackageToUpdateNotFound", code="InvalidInput")
    amazon, _script = adapter(refusal, known(), tokens=good_token())
    assert amazon.push_shipment(SENT) == dto.Receipt(reference="42", external_id="9", detail="already confirmed")


def test_a_parcel_amazon_refuses_and_does_not_have():
    refusal = refused(400, "Invalid Input", "trackingNumber", code="InvalidInput")
    amazon, _script = adapter(refusal, known("1Z000"), tokens=good_token())
    with pytest.raises(Rejected) as caught:
        amazon.push_shipment(SENT)
    assert (caught.value.code, caught.value.message) == ("InvalidInput", "Invalid Input: trackingNumber")
    assert caught.value.reference == "req-1"


def test_a_parcel_of_an_order_amazon_does_not_know():
    amazon, _script = adapter(refused(404), tokens=good_token())
    with pytest.raises(NotFound):
        amazon.push_shipment(SENT)


def test_looking_for_a_parcel():
    amazon, script = adapter(known(), known("1Z000"), known(quantity=2), tokens=good_token())
    assert amazon.find_shipment(SENT).external_id == "9"
    assert amazon.find_shipment(SENT) is None
    assert amazon.find_shipment(SENT) is None
    assert dict(script.requests[0].params) == {"includedData": "PACKAGES"}


# === stock and listings ======================================================================================


def level(ref, sku="A B/C", quantity=7):
    return dto.StockLevel(ref=ref, sku=sku, quantity=quantity)


def accepted():
    return answer(200, {"sku": "A", "status": "ACCEPTED", "submissionId": "s", "issues": []})


def test_stock_goes_one_by_one():
    unknown = refused(404, code="NOT_FOUND")
    amazon, script = adapter(accepted(), unknown, unknown, tokens=good_token())
    rows = amazon.push_stock([level("1"), level("2"), level("3", quantity=-1)]).rows
    assert [(row.ref, row.code) for row in rows] == [("1", None), ("2", "listing_unknown"), ("3", "bad_quantity")]
    assert script.requests[0].url.endswith("/listings/2021-08-01/items/A1%2FB/A%20B%2FC")
    assert dict(script.requests[0].params) == {"marketplaceIds": US, "issueLocale": "en_US"}
    assert script.requests[0].is_repeatable


def test_stock_goes_through_the_first_store_that_lists_the_sku():
    amazon, script = adapter(refused(404, code="NOT_FOUND"), accepted(), tokens=good_token())
    assert amazon.push_stock([level("1")]).rows[0].error is None
    assert [dict(request.params)["marketplaceIds"] for request in script.requests] == [US, CA]
    named = dto.StockLevel(ref="1", sku="A", quantity=1, marketplace=CA)
    amazon, script = adapter(refused(404, code="NOT_FOUND"), tokens=good_token())
    assert amazon.push_stock([named]).rows[0].code == "listing_unknown"
    assert [dict(request.params)["marketplaceIds"] for request in script.requests] == [CA]


@pytest.mark.parametrize("sku", ["", ".", ".."])
def test_a_sku_that_would_be_another_path_is_not_sent(sku):
    amazon, script = adapter(tokens=good_token())
    assert amazon.push_stock([level("1", sku)]).rows[0].code == "listing_unknown"
    with pytest.raises(NotFound):
        amazon.fetch_order(sku)
    assert script.requests == []


def test_a_wait_half_way_keeps_what_was_sent():
    wait = RetryLater("throttled", after=timedelta(seconds=1))
    amazon, script = adapter(accepted(), wait, tokens=good_token())
    rows = amazon.push_stock([level("1"), level("2"), level("3")]).rows
    assert [(row.ref, row.error is None, row.is_retryable) for row in rows] == [
        ("1", True, False),
        ("2", False, True),
        ("3", False, True),
    ]
    assert len(script.requests) == 2


def test_an_odd_answer_stops_no_other_quantity():
    amazon, _script = adapter(answer(200, b"<html>"), accepted(), tokens=good_token())
    rows = amazon.push_stock([level("1"), level("2")]).rows
    assert [(row.code, row.is_retryable) for row in rows] == [("not_json", False), (None, False)]


def test_a_wait_at_once_is_raised():
    amazon, _script = adapter(RetryLater("throttled", after=timedelta(seconds=1)), tokens=good_token())
    with pytest.raises(RetryLater):
        amazon.push_stock([level("1")])


def test_listings_of_every_store_the_main_one_last():
    page = {"numberOfResults": 2, "items": [{"sku": "A"}], "pagination": {"nextToken": "n"}}
    last = {"numberOfResults": 2, "items": [{"sku": "B"}]}
    other = {"numberOfResults": 1, "items": [{"sku": "A"}]}
    amazon, script = adapter(answer(200, page), answer(200, last), answer(200, other), tokens=good_token())
    found, place = [], None
    for _page in range(3):
        listings = amazon.fetch_listings(place)
        found += [item.sku for item in listings.items]
        place = listings.next_cursor
    assert (found, place) == (["A", "B", "A"], None)
    asked = [dict(request.params) for request in script.requests]
    assert [(params["marketplaceIds"], params.get("pageToken")) for params in asked] == [
        (CA, None),
        (CA, "n"),
        (US, None),
    ]


def test_a_walk_over_stores_that_are_gone_begins_anew():
    amazon, script = adapter(answer(200, {"numberOfResults": 0, "items": []}), tokens=good_token(), marketplaces=[US])
    place = msgspec.json.encode({"store": 3, "since": None, "seen": 0, "token": "t"}).decode()
    assert amazon.fetch_listings(place).next_cursor is None
    assert "pageToken" not in dict(script.requests[0].params)


def test_one_listing():
    amazon, script = adapter(answer(200, {"sku": "A"}), refused(404), refused(404), tokens=good_token())
    assert amazon.fetch_listing("A").sku == "A"
    with pytest.raises(NotFound):
        amazon.fetch_listing("B")
    assert script.requests[0].url.endswith("/A1%2FB/A")


# === the account =============================================================================================


def test_the_connection_test_works_without_the_role_to_name_the_stores():
    wait = RetryLater("throttled", after=timedelta(seconds=1))
    denied = [refused(403), token("Atza|2"), refused(403)]  # a token that was kept is renewed once
    allowed = [refused(400, code="InvalidInput"), wait, answer(200, {}), answer(200, b"<html>")]
    amazon, _script = adapter(token(), refused(403), answer(200, {"order": order()}), *denied, *allowed)
    info = amazon.check()
    assert info.name == "A1/B"
    assert [(permission.name, permission.is_granted) for permission in info.permissions] == [
        ("account", False),
        ("orders", True),
        ("listings", False),
        ("feeds", True),
        ("reports", None),
        ("finances", True),
        ("inventory", True),
    ]


def test_the_connection_test_spends_no_search():
    amazon, script = adapter(token(), answer(200, {"payload": []}), *(refused(404) for _role in range(6)))
    amazon.check()
    assert "searchOrders" not in {request.operation for request in script.requests}


def test_a_second_channel_of_the_seller_account_is_named():
    answers = [token(), answer(200, {"payload": []}), *(refused(404) for _role in range(6))]
    amazon, _script = adapter(*answers, twins=["Amazon old"])
    last = amazon.check().permissions[-1]
    assert last.is_granted is False and "Amazon old" in last.detail


def test_credentials_that_end_while_roles_are_tried_stop_the_account():
    expired = refused(403, details="The access token you provided has expired.")
    amazon, _script = adapter(token(), answer(200, {"payload": []}), expired, token("Atza|2"), expired)
    with pytest.raises(AuthFailed):
        amazon.check()


def test_the_rates_are_those_of_the_models():
    rates = AmazonAdapter.limits.rates
    assert set(rates) == set(const.RATES)
    assert (rates["searchOrders"].per_second, rates["searchOrders"].burst) == (0.0056, 20)
