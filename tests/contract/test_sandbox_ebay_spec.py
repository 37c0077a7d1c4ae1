"""The eBay stand-in against eBay's OpenAPI 3 documents: what it answers, what it accepts, what it refuses.

The Post-Order documents are hand-written and have neither bodies nor response schemas nor query parameters: for these
operations method and path are held against them, no more.
"""

import copy
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from specs import SpecViolation, load, validate_definition, validate_request, validate_response

from sandbox.clock import from_text
from sandbox.ebay.caller import EbayCaller
from sandbox.ebay.generator import KINDS, Wish, generate_order
from sandbox.ebay.operations import AUTHORIZE, OPERATIONS, POST_ORDER, TOKEN
from tests.ebay_application import PAYLOAD, application, destination
from tests.ebay_calls import BULK, KEYS, LONG_AGO, MOMENT, NOTIFICATION, ORDERS, WHOLE, make_order, read_order, ship

FULFILLMENT = load("ebay", "sell_fulfillment_v1_oas3")
INVENTORY = load("ebay", "sell_inventory_v1_oas3")
DOCUMENTS = (
    FULFILLMENT,
    INVENTORY,
    load("ebay", "commerce_notification_v1_oas3"),
    load("ebay", "developer_key_management_v1_oas3"),
    load("ebay", "developer_analytics_v1_beta_oas3"),
    load("ebay", "commerce_identity_v1_oas3"),
    load("ebay", "cancellation_oas3"),
    load("ebay", "return_oas3"),
)
# Statuses that every eBay API gives and none of the documents lists for each operation.
COMMON_STATUSES = (401, 403, 415, 429, 503)
NOW = from_text("2026-11-23T05:00:00Z")
ORDER_ID, LINE_ID = "<order>", "<line>"
OFFER_ID = "9000000001010"
STOCK = {
    "requests": [
        {
            "sku": "OMS-0001",
            "shipToLocationAvailability": {"quantity": 7},
            "offers": [{"offerId": OFFER_ID, "availableQuantity": 5, "price": {"value": "9.99", "currency": "USD"}}],
        }
    ]
}
PARCEL = {
    "lineItems": [{"lineItemId": LINE_ID, "quantity": 1}],
    "shippedDate": "2026-11-23T04:58:00.000Z",
    "shippingCarrierCode": "UPS",
    "trackingNumber": "1Z999",
}
REFUND = {
    "reasonForRefund": "BUYER_CANCEL",
    "comment": "sorry",
    "refundItems": [{"lineItemId": LINE_ID, "refundAmount": {"value": "1.00", "currency": "USD"}}],
}
# One good request for each operation that needs nothing set up but one order.
GOOD = {
    "getOrders": ("GET", ORDERS, {**LONG_AGO, **WHOLE, "limit": "10", "offset": "0"}, None),
    "getOrder": ("GET", f"{ORDERS}/{ORDER_ID}", WHOLE, None),
    "createShippingFulfillment": ("POST", f"{ORDERS}/{ORDER_ID}/shipping_fulfillment", {}, PARCEL),
    "getShippingFulfillments": ("GET", f"{ORDERS}/{ORDER_ID}/shipping_fulfillment", {}, None),
    "issueRefund": ("POST", f"{ORDERS}/{ORDER_ID}/issue_refund", {}, REFUND),
    "getInventoryItems": ("GET", "/sell/inventory/v1/inventory_item", {"limit": "200", "offset": "0"}, None),
    "getInventoryItem": ("GET", "/sell/inventory/v1/inventory_item/OMS-0001", {}, None),
    "getOffers": ("GET", "/sell/inventory/v1/offer", {"sku": "OMS-0001", "limit": "10"}, None),
    "getOffer": ("GET", f"/sell/inventory/v1/offer/{OFFER_ID}", {}, None),
    "bulkUpdatePriceQuantity": ("POST", BULK, {}, STOCK),
    "getTopics": ("GET", f"{NOTIFICATION}/topic", {"limit": "10"}, None),
    "getTopic": ("GET", f"{NOTIFICATION}/topic/ORDER_CONFIRMATION", {}, None),
    "getDestinations": ("GET", f"{NOTIFICATION}/destination", {}, None),
    "getSubscriptions": ("GET", f"{NOTIFICATION}/subscription", {}, None),
    "updateConfig": ("PUT", f"{NOTIFICATION}/config", {}, {"alertEmail": "a@shop.example"}),
    "createSigningKey": ("POST", KEYS, {}, {"signingKeyCipher": "ED25519"}),
    "getSigningKeys": ("GET", KEYS, {}, None),
    "getUserRateLimits": ("GET", "/developer/analytics/v1_beta/user_rate_limit/", {"api_context": "sell"}, None),
    "getUser": ("GET", "/commerce/identity/v1/user/", {}, None),
}


def document_of(path):
    """Return the document whose base path a path below /ebay begins with; for Post-Order the one with its resource."""
    fitting = [spec for spec in DOCUMENTS if path.startswith(spec.base_path + "/")]
    if len(fitting) > 1:
        resource = path.removeprefix(fitting[0].base_path).split("/")[1]
        fitting = [spec for spec in fitting if spec.name.startswith(resource)]
    [spec] = fitting
    return spec


def send(caller, method, path, query=None, body=None):
    """Send a request; hold the answer against its document; return it."""
    response = caller.call(method, path, query, body)
    answered = response.json if response.data else None
    spec = document_of(path)
    if response.status_code in COMMON_STATUSES:
        assert set(answered) == {"errors"}
        validate_definition(spec, "Error", answered["errors"][0])
    else:
        validate_response(spec, method, path, response.status_code, answered)
    assert response.headers["X-EBAY-C-REQUEST-ID"]
    return response


def filled(value, order):
    """Return a request of GOOD with the ids of an order that is there."""
    if isinstance(value, dict):
        return {name: filled(part, order) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(filled(part, order) for part in value)
    if isinstance(value, str):
        return value.replace(ORDER_ID, order["orderId"]).replace(LINE_ID, order["lineItems"][0]["lineItemId"])
    return value


@pytest.fixture
def caller():
    return EbayCaller(moment=MOMENT)


@pytest.mark.parametrize("operation", [op for op in OPERATIONS if op not in (TOKEN, AUTHORIZE)], ids=lambda op: op.name)
def test_every_played_operation_is_in_its_document(operation):
    path = "/" + "/".join([*operation.api.prefix, *(part if part is not None else "x" for part in operation.segments)])
    assert validate_named(operation, path) == operation.name


def validate_named(operation, path):
    spec = document_of(path)
    documented = {
        (method, re.sub(r"\{\w+\}", "x", template)): found["operationId"]
        for method, template, found in spec.operations()
    }
    return documented[operation.method, path]


@pytest.mark.parametrize(
    "operation", [op for op in OPERATIONS if op.api is not POST_ORDER and op.scopes], ids=lambda op: op.name
)
def test_scopes_are_those_of_the_document(operation):
    path = "/" + "/".join([*operation.api.prefix, *(part if part is not None else "x" for part in operation.segments)])
    for method, template, found in document_of(path).operations():
        if (method, found["operationId"]) == (operation.method, operation.name):
            documented = {scope for way in found["security"] for scopes in way.values() for scope in scopes}
            assert set(operation.scopes) == documented, template


@pytest.mark.parametrize("name", GOOD)
def test_good_request_is_valid_and_so_is_its_answer(caller, name):
    method, path, query, body = filled(GOOD[name], make_order(caller, lines=(2, 2)))
    assert validate_request(document_of(path), method, path, query, body) == name
    assert send(caller, method, path, query, body).status_code < 300


@pytest.mark.parametrize("name", GOOD)
def test_unknown_parameters_and_planned_failures_are_refused_in_shape(caller, name):
    method, path, query, body = filled(GOOD[name], make_order(caller))
    with pytest.raises(SpecViolation, match="not documented"):
        validate_request(document_of(path), method, path, {**query, "unknown": "1"}, body)
    refused = caller.call(method, path, {**query, "unknown": "1"}, body)
    assert refused.status_code == 400
    validate_definition(document_of(path), "Error", refused.json["errors"][0])
    caller.token = "made-up"
    assert send(caller, method, path, query, body).status_code == 401
    caller.log_in()
    for status in (429, 503):
        caller.control(faults=[{"fault": "status", "status": status, "retry_after": 1}])
        assert send(caller, method, path, query, body).status_code == status


def places_in(value, path=()):
    """Yield the way to every object inside a body."""
    if isinstance(value, dict):
        yield path
        for name, part in value.items():
            yield from places_in(part, (*path, name))
    elif isinstance(value, list):
        for number, part in enumerate(value):
            yield from places_in(part, (*path, number))


def inside(value, way):
    for step in way:
        value = value[step]
    return value


WITH_BODY = {name: good for name, good in GOOD.items() if good[3] is not None}


@pytest.mark.parametrize("name", WITH_BODY)
def test_unknown_and_misshapen_fields_are_refused_wherever_they_are(caller, name):
    method, path, query, body = filled(WITH_BODY[name], make_order(caller))
    spec = document_of(path)
    for way in places_in(body):
        wrong = copy.deepcopy(body)
        inside(wrong, way)["unknownField"] = 1
        with pytest.raises(SpecViolation):
            validate_request(spec, method, path, query, wrong)
        assert send(caller, method, path, query, wrong).status_code == 400, way
        for field, value in inside(body, way).items():
            wrong = copy.deepcopy(body)
            inside(wrong, way)[field] = 7.5 if isinstance(value, (int, list, dict)) else ["x"]
            with pytest.raises(SpecViolation):
                validate_request(spec, method, path, query, wrong)
            assert send(caller, method, path, query, wrong).status_code == 400, (way, field)


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", f"{ORDERS}/01-00000-00001", None, 404),
        ("GET", f"{ORDERS}/none", None, 400),
        ("GET", f"{ORDERS}?limit=201", None, 400),
        ("POST", f"{ORDERS}/01-00000-00001/issue_refund", REFUND, 404),
        ("GET", "/sell/inventory/v1/inventory_item/NONE", None, 404),
        ("GET", "/sell/inventory/v1/offer/NONE", None, 404),
        ("POST", BULK, {"requests": []}, 400),
        ("GET", f"{NOTIFICATION}/topic/NONE", None, 404),
        ("GET", f"{NOTIFICATION}/public_key/NONE", None, 404),
        ("GET", f"{NOTIFICATION}/config", None, 404),
        ("GET", f"{NOTIFICATION}/destination/NONE", None, 404),
        ("GET", f"{NOTIFICATION}/subscription/NONE", None, 404),
        ("POST", f"{NOTIFICATION}/destination", {}, 400),
        ("POST", f"{NOTIFICATION}/subscription", {}, 400),
        ("GET", f"{KEYS}/NONE", None, 404),
        ("POST", KEYS, {"signingKeyCipher": "DSA"}, 400),
    ],
)
def test_refusals_of_single_operations_are_valid(caller, method, path, body, status):
    bare, _mark, query = path.partition("?")
    assert send(caller, method, bare, query, body).status_code == status


def test_destinations_and_subscriptions_are_valid_through_their_life(caller):
    with application(caller) as app:
        answer = send(caller, "POST", f"{NOTIFICATION}/destination", None, destination(app))
        place = answer.headers["Location"].partition("/ebay")[2]
        assert send(caller, "GET", place).json["deliveryConfig"] == app.url
        assert send(caller, "POST", f"{NOTIFICATION}/destination", None, destination(app)).status_code == 409
        assert send(caller, "PUT", place, None, destination(app, name="store")).status_code == 204
        assert send(caller, "PUT", f"{NOTIFICATION}/config", None, {"alertEmail": "a@shop.example"}).status_code == 204
        wish = {"topicId": "ORDER_CONFIRMATION", "status": "ENABLED", "payload": PAYLOAD}
        wish["destinationId"] = place.rpartition("/")[2]
        way = send(caller, "POST", f"{NOTIFICATION}/subscription", None, wish).headers["Location"].partition("/ebay")[2]
        wish.pop("topicId")
        assert send(caller, "PUT", way, None, wish).status_code == 204
        assert send(caller, "POST", f"{way}/test").status_code == 202
        assert send(caller, "POST", f"{way}/disable").status_code == 204
        assert send(caller, "POST", f"{way}/enable").status_code == 204
        assert send(caller, "GET", way).json["topicId"] == "ORDER_CONFIRMATION"
        assert send(caller, "GET", f"{NOTIFICATION}/subscription").json["total"] == 1
        assert send(caller, "DELETE", place).status_code == 409
        assert send(caller, "DELETE", way).status_code == 204
        assert send(caller, "DELETE", place).status_code == 204
    key_id = caller.sandbox.channels["ebay"].notifications.notary.key_id
    assert send(caller, "GET", f"{NOTIFICATION}/public_key/{key_id}").json["algorithm"] == "ECDSA"


def test_single_signing_key_is_valid(caller):
    key = send(caller, "POST", KEYS, None, {"signingKeyCipher": "RSA"}).json
    assert send(caller, "GET", f"{KEYS}/{key['signingKeyId']}").json["jwe"] == key["jwe"]


def test_not_found_for_parcels_is_the_one_answer_outside_the_document(caller):
    # The document knows only 400 for these, but a caller must be able to tell an order that is gone from a wrong id.
    with pytest.raises(SpecViolation, match="status 404 is not documented"):
        send(caller, "GET", f"{ORDERS}/01-00000-00001/shipping_fulfillment")


def test_error_ids_are_those_of_the_documents(caller):
    order = make_order(caller)
    unpaid = make_order(caller, "unpaid")
    amount = {"orderLevelRefundAmount": {"value": "1.00", "currency": "USD"}, "reasonForRefund": "BUYER_CANCEL"}
    known = {
        error_id
        for spec in DOCUMENTS
        for _method, _template, operation in spec.operations()
        for response in operation["responses"].values()
        for error_id in (response.get("x-response-codes") or {}).get("errors") or {}
    }
    answers = [
        ship(caller, order, [("1", 1)]),
        ship(caller, order, trackingNumber="-"),
        ship(caller, order, shippedDate="x"),
        ship(caller, order, lineItems=[]),
        caller.call("GET", ORDERS, {"filter": "x:[]"}),
        caller.call("GET", ORDERS, {"limit": "0"}),
        caller.call("POST", f"{ORDERS}/{order['orderId']}/issue_refund", body={}),
        caller.call("POST", f"{ORDERS}/{unpaid['orderId']}/issue_refund", body=amount),
    ]
    assert all(answer.status_code >= 400 for answer in answers)
    rows = [
        {"sku": "NONE", "shipToLocationAvailability": {"quantity": 1}},
        {"sku": "OMS-0001", "shipToLocationAvailability": {"quantity": -1}},
        {"offers": [{"offerId": "NONE", "availableQuantity": 1}]},
    ]
    caller.control(revisions_per_day=0)
    bulk = caller.call("POST", BULK, body={"requests": [*rows, *STOCK["requests"]]}).json["responses"]
    errors = [answer.json["errors"][0] for answer in answers] + [row["errors"][0] for row in bulk]
    assert {str(error["errorId"]) for error in errors} <= known
    assert len(bulk) == 5


@pytest.mark.parametrize("kind", KINDS)
def test_generated_orders_are_orders_of_the_document(kind):
    for index in range(60):
        order, _kind = generate_order(3, index, NOW, Wish(kind=kind))
        validate_definition(FULFILLMENT, "Order", order)


def test_orders_stay_valid_through_their_life(caller):
    caller.control(generate={"count": 60, "seed": 11})
    for number, (order_id, order) in enumerate(caller.state()["orders"].items()):
        line = order["lineItems"][0]
        wish = {"orderId": order_id}
        if number % 4 == 0 and order["cancelStatus"]["cancelState"] == "NONE_REQUESTED":
            assert ship(caller, order, [(line["lineItemId"], 1)]).status_code == 201
        elif number % 4 == 1:
            caller.control(refund_elsewhere={**wish, "amount": "1.00"})
        elif number % 4 == 2 and order["cancelStatus"]["cancelState"] == "NONE_REQUESTED":
            caller.control(cancel_order={**wish, "request_only": number % 3 == 0})
    caller.control(clock_offset=60)
    caller.log_in()
    for query in ({}, WHOLE):
        page = send(caller, "GET", ORDERS, {**LONG_AGO, **query, "limit": "200"}).json
        assert page["total"] == 60
    statuses = {order["orderFulfillmentStatus"] for order in page["orders"]}
    assert {"NOT_STARTED", "IN_PROGRESS", "FULFILLED"} & statuses > {"NOT_STARTED"}
    assert {"PAID", "PARTIALLY_REFUNDED", "FULLY_REFUNDED"} <= {order["orderPaymentStatus"] for order in page["orders"]}
    for order in page["orders"]:
        send(caller, "GET", f"{ORDERS}/{order['orderId']}", WHOLE)
        parcels = send(caller, "GET", f"{ORDERS}/{order['orderId']}/shipping_fulfillment").json["fulfillments"]
        for parcel in parcels:
            send(caller, "GET", f"{ORDERS}/{order['orderId']}/shipping_fulfillment/{parcel['fulfillmentId']}")


def test_edited_and_combined_orders_are_valid(caller):
    first, second = make_order(caller, "unpaid"), make_order(caller, "unpaid")
    caller.control(add_line={"orderId": first["orderId"], "sku": "OMS-0009"})
    new_id = caller.control(combine_orders=[first["orderId"], second["orderId"]])["combine_orders"]
    validate_definition(FULFILLMENT, "Order", read_order(caller, new_id))


def test_partly_refused_rows_are_valid(caller):
    rows = [{"sku": "NONE", "shipToLocationAvailability": {"quantity": 1}}, *STOCK["requests"]]
    answer = caller.call("POST", BULK, body={"requests": rows})
    # The document gives 207 no schema; its rows are those of 200.
    assert answer.status_code == 207
    validate_definition(INVENTORY, "BulkPriceQuantityResponse", answer.json)


GOOD_SPANS = st.sampled_from(["[2026-01-01T00:00:00.000Z..]", "[2026-11-01T00:00:00Z..2026-11-02T00:00:00Z]"])
BAD_SPANS = st.sampled_from(
    ["[]", "[x..]", "[..2026-11-02T00:00:00Z]", "2026-11-02T00:00:00Z", "[2026-13-01T00:00:00Z..]"]
)
NAMES = st.sampled_from(["lastmodifieddate", "creationdate", "orderfulfillmentstatus", "LastModifiedDate", ""])
QUERIES = st.fixed_dictionaries(
    {},
    optional={
        "filter": st.builds("{}:{}".format, NAMES, st.one_of(GOOD_SPANS, BAD_SPANS)) | st.text(max_size=20),
        "limit": st.sampled_from(["1", "50", "200", "0", "201", "1.5", ""]),
        "offset": st.sampled_from(["0", "7", "-1", "x"]),
        "fieldGroups": st.sampled_from(["TAX_BREAKDOWN", "ALL"]),
        "orderIds": st.sampled_from(["01-00000-00001", "x", ","]),
    },
)


@pytest.fixture(scope="module")
def shared_caller():
    caller = EbayCaller(moment=MOMENT)
    caller.control(generate={"count": 5})
    return caller


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(query=QUERIES)
def test_any_search_has_a_valid_answer(shared_caller, query):
    assert send(shared_caller, "GET", ORDERS, query).status_code in (200, 400)


BODIES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*PARCEL, *REFUND, "requests", "sku", "offers", "value"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=BODIES, name=st.sampled_from(list(WITH_BODY)))
def test_any_body_has_a_valid_answer(shared_caller, body, name):
    order = next(iter(shared_caller.state()["orders"].values()))
    method, path, _query, _body = filled(GOOD[name], order)
    response = shared_caller.call(method, path, body=body)
    assert response.status_code < 500
    if response.status_code == 400:
        validate_definition(document_of(path), "Error", response.json["errors"][0])
