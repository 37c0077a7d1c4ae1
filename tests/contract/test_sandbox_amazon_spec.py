"""The Amazon stand-in against the official models: what it answers, what it accepts, what it is seeded with."""

import copy
import json
import re
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlencode

import pytest
from amazon_exchange import ITEM, ITEMS, NOTICE, ORDERS_SPEC, SHIP, SPECS, STOCK_PATCH, good, send
from bodies import RELAXED, bodies_like
from hypothesis import given
from hypothesis import strategies as st
from specs import SpecViolation, examples, validate_definition, validate_request

from sandbox.amazon.generator import KINDS, Wish, generate_order
from sandbox.amazon.operations import OPERATIONS, TOKEN
from sandbox.amazon.orders import DATA_SETS, STATUSES
from sandbox.caller import Caller
from sandbox.server import Sandbox
from sandbox.world import World
from tests.sandbox_calls import EXAMPLE_ID, ORDERS, US

EVERYTHING = {"includedData": ",".join(DATA_SETS)}
NOW = datetime(2026, 11, 23, 5, 0, tzinfo=timezone.utc)


def test_every_played_operation_is_held_against_a_model():
    assert set(SPECS) == {operation.name for operation in OPERATIONS if operation is not TOKEN}
    for operation in OPERATIONS:
        if operation is not TOKEN:
            documented = {
                (method, template): found["operationId"]
                for method, template, found in SPECS[operation.name].operations()
            }
            parts = [part or "[^/]+" for part in operation.segments]
            pattern = re.compile("/" + "/".join(parts))
            template = next(t for (m, t), name in documented.items() if name == operation.name)
            assert pattern.fullmatch(re.sub(r"[{}]", "", template))
            assert documented[operation.method, template] == operation.name


def test_usage_plans_are_those_of_the_models():
    for operation in OPERATIONS:
        if operation is not TOKEN:
            descriptions = {o["operationId"]: o["description"] for _m, _t, o in SPECS[operation.name].operations()}
            rate, burst = re.search(r"\| ([\d.]+) \| (\d+) \|", descriptions[operation.name]).groups()
            assert (operation.rate, operation.burst) == (float(rate), int(burst))


@pytest.mark.parametrize("operation", SPECS)
def test_good_request_is_valid_and_so_is_its_answer(operation):
    caller = Caller()
    method, path, query, body = good(caller, operation)
    assert validate_request(SPECS[operation], method, path, query, body) == operation
    success = next(played.success for played in OPERATIONS if played.name == operation)
    assert send(caller, operation).status_code == success


@pytest.mark.parametrize("operation", SPECS)
def test_refusals_are_valid(operation):
    caller = Caller()
    assert send(caller, operation, {"query": {"unknown": "1"}}).status_code == 400
    assert send(caller, operation, {"headers": {"x-amz-access-token": "made-up"}}).status_code == 403
    for status in (400, 403, 429, 500, 503):
        caller.control(faults=[{"fault": "status", "status": status, "retry_after": 1}])
        assert send(caller, operation).status_code == status
    caller.control(throttle=True, rates={operation: [0.001, 1]})
    assert [send(caller, operation).status_code for _turn in range(2)][1] == 429


@pytest.mark.parametrize(
    ("operation", "changes", "status"),
    [
        ("getOrder", {"path": f"{ORDERS}/114-0000000-0000000"}, 404),
        ("getOrder", {"path": f"{ORDERS}/TEST_CASE_400"}, 400),
        ("confirmShipment", {"path": SHIP.replace("114-", "115-")}, 404),
        ("confirmShipment", {"body": {}}, 400),
        ("confirmShipment", {"body": [1]}, 400),
        ("getListingsItem", {"path": f"{ITEMS}/NO-SUCH"}, 404),
        ("getListingsItem", {"path": ITEM.replace("A1OMSSANDBOX", "A2")}, 403),
        ("patchListingsItem", {"body": {"productType": "PRODUCT", "patches": []}}, 400),
        ("patchListingsItem", {"headers": {"Content-Type": "text/plain"}}, 415),
        ("searchListingsItems", {"query": {"marketplaceIds": US, "pageToken": "x"}}, 400),
        ("searchOrders", {"query": {}}, 400),
    ],
)
def test_refusals_of_single_operations_are_valid(operation, changes, status):
    assert send(Caller(), operation, changes).status_code == status


def test_invalid_and_previewed_patches_are_valid_answers():
    caller = Caller()
    wrong = copy.deepcopy(STOCK_PATCH)
    wrong["patches"][0]["value"][0]["quantity"] = -1
    assert send(caller, "patchListingsItem", {"body": wrong}).json["status"] == "INVALID"
    query = {"marketplaceIds": US, "mode": "VALIDATION_PREVIEW", "includedData": "identifiers,issues"}
    assert send(caller, "patchListingsItem", {"query": query}).json["status"] == "VALID"
    for setting, status in (("accept", 200), ("invalid", 400)):
        caller.control(unknown_sku=setting)
        assert send(caller, "patchListingsItem", {"path": f"{ITEMS}/NO-SUCH"}).status_code == status


def test_not_found_for_a_patch_is_the_one_answer_outside_the_model():
    # Sellers see 404 for listings that do not exist, but the model names it for reading only. The default keeps it,
    # because a caller must be able to tell it from a refused value.
    with pytest.raises(SpecViolation, match="status 404 is not documented"):
        send(Caller(), "patchListingsItem", {"path": f"{ITEMS}/NO-SUCH"})


def test_every_data_set_of_a_listing_is_valid():
    caller = Caller()
    included = "summaries,attributes,issues,offers,fulfillmentAvailability,procurement,relationships,productTypes"
    query = {"marketplaceIds": f"{US},A1PA6795UKMFR9", "includedData": included}
    send(caller, "getListingsItem", {"query": query})
    token, items = None, 0
    while True:
        turn = {**query, "pageSize": "20", **({"pageToken": token} if token else {})}
        page = send(caller, "searchListingsItems", {"query": turn}).json
        items += len(page["items"])
        token = page.get("pagination", {}).get("nextToken")
        if token is None:
            break
    assert items == page["numberOfResults"] > 200


def test_orders_stay_valid_through_their_life():
    caller = Caller()
    caller.control(reset="empty")
    ids = caller.control(generate={"count": 60, "seed": 11})["generate"]
    state = caller.send("GET", "/__state").json["amazon"]["orders"]
    shippable = [i for i in ids if state[i]["fulfillment"]["fulfillmentStatus"] == "UNSHIPPED"]
    for place, order_id in enumerate(shippable):
        order = state[order_id]
        detail = {**NOTICE["packageDetail"], "orderItems": [shipped(order["orderItems"][0])]}
        notice = {"marketplaceId": order["salesChannel"]["marketplaceId"], "packageDetail": detail}
        changes = {"path": SHIP.replace(EXAMPLE_ID, order_id), "body": notice}
        assert send(caller, "confirmShipment", changes).status_code == 204
        if place % 3 == 0:
            caller.control(cancel_order={"orderId": order_id, "request_only": place % 2 == 0})
    caller.control(clock_offset=600)
    caller.log_in()
    seen = send(caller, "searchOrders").json["orders"]
    statuses = {order["fulfillment"]["fulfillmentStatus"] for order in seen}
    assert len(seen) == 60
    assert {"SHIPPED", "PARTIALLY_SHIPPED", "PENDING", "CANCELLED"} <= statuses


def shipped(item):
    return {"orderItemId": item["orderItemId"], "quantity": item["quantityOrdered"]}


@pytest.mark.parametrize("kind", ["mixed", *KINDS])
def test_generated_orders_are_orders_of_the_model(kind):
    for seed in range(500 if kind == "mixed" else 60):
        validate_definition(ORDERS_SPEC, "Order", generate_order(seed, 0, NOW, Wish(kind=kind)))


def example_orders():
    """Yield (how it was asked for, the order) for each order in the official example exchanges."""
    for example in examples("amazon", "orders_2026-01-01"):
        if example.status == 200:
            response = example.response
            for order in response.get("orders", [response.get("order")]):
                yield example.parameters["includedData"], order


def test_official_examples_come_back_as_they_are():
    caller = Caller(Sandbox(World(), seed_times="original"))
    asked = list(example_orders())
    assert len(asked) == 6
    for included, order in asked:
        path = f"{ORDERS}/{order['orderId']}"
        answer = send(caller, "getOrder", {"path": path, "query": {"includedData": ",".join(included)}})
        assert answer.json == {"order": order}


def test_seeds_are_the_official_examples_and_no_others():
    documented = {order["orderId"]: order for _included, order in example_orders()}
    for _method, _template, operation in ORDERS_SPEC.operations():
        shown = operation["responses"]["200"]["examples"]["application/json"]
        for order in shown.get("orders", [shown.get("order")]):
            documented[order["orderId"]] = order
    folder = Path(__file__).resolve().parents[2] / "sandbox" / "amazon" / "seed"
    seeds = {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")}
    assert seeds == documented
    for order in seeds.values():
        validate_definition(ORDERS_SPEC, "Order", order)


def test_official_example_searches_find_their_orders():
    caller = Caller(Sandbox(World(), seed_times="original"))
    for example in examples("amazon", "orders_2026-01-01"):
        if "orderId" in example.parameters:
            continue
        query = {
            name: ",".join(value) if isinstance(value, list) else value
            for name, value in example.parameters.items()
            # The token of the example is not one that this stand-in gave out.
            if name != "paginationToken"
        }
        answer = send(caller, "searchOrders", {"query": query})
        assert answer.status_code == example.status
        if example.status == 200:
            found = {order["orderId"]: order for order in answer.json["orders"]}
            for order in example.response["orders"]:
                assert found[order["orderId"]] == order


def test_official_example_confirmations_are_answered_as_documented():
    seen = []
    for example in examples("amazon", "ordersV0"):
        if not example.template.endswith("/shipmentConfirmation"):
            continue
        order_id, body = example.parameters["orderId"], example.parameters["body"]
        item_id = body["packageDetail"]["orderItems"][0]["orderItemId"]
        order = {
            "orderId": order_id,
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": body["marketplaceId"]},
            "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
            "orderItems": [{"orderItemId": item_id, "quantityOrdered": 1, "product": {}}],
        }
        caller = Caller()
        caller.control(add_orders=[order])
        path = SHIP.replace(EXAMPLE_ID, order_id)
        answer = send(caller, "confirmShipment", {"path": path, "body": body})
        assert answer.status_code == example.status
        seen.append(example.status)
    assert sorted(seen) == [204, 400]


GOOD_TIMES = st.sampled_from(["2020-01-01T00:00:00Z", "2025-01-01T09:30:00.5+00:00"])
BAD_TIMES = st.sampled_from(["2026-01-01", "2026-01-01T00:00:00", "now", ""])


def mostly(good, bad):
    """Return a strategy that takes the bad values about once in ten times."""
    return st.integers(0, 9).flatmap(lambda draw: good if draw else bad)


def texts_of(values, wrong, most=4):
    """Return a strategy of comma-separated lists that are mostly good."""
    return mostly(
        st.lists(st.sampled_from(values), min_size=1, max_size=most).map(",".join),
        st.lists(st.sampled_from([*values, wrong]), max_size=most).map(",".join),
    )


QUERIES = st.fixed_dictionaries(
    {"lastUpdatedAfter": mostly(GOOD_TIMES, BAD_TIMES)},
    optional={
        "lastUpdatedBefore": mostly(st.just("2026-01-01T00:00:00Z"), BAD_TIMES),
        "fulfillmentStatuses": texts_of(STATUSES, "Unshipped"),
        "marketplaceIds": mostly(texts_of([US, "A1PA6795UKMFR9"], "US"), st.just(",".join([US] * 51))),
        "fulfilledBy": texts_of(["MERCHANT", "AMAZON"], "ME"),
        "maxResultsPerPage": mostly(st.sampled_from(["1", "50", "100"]), st.sampled_from(["0", "101", "1.5", "all"])),
        "includedData": texts_of(DATA_SETS, "buyer"),
    },
)


@pytest.fixture(scope="module")
def shared_caller():
    return Caller()


@RELAXED
@given(QUERIES)
def test_search_that_is_answered_is_valid_by_the_model(shared_caller, query):
    response = send(shared_caller, "searchOrders", {"query": query})
    if response.status_code == 200:
        validate_request(ORDERS_SPEC, "GET", ORDERS, urlencode(query), None)


@RELAXED
@given(bodies_like(NOTICE))
def test_confirmation_that_is_accepted_is_valid_by_the_model(body):
    # A new caller each time: an accepted notice changes the order.
    response = send(Caller(), "confirmShipment", {"body": body})
    if response.status_code == 204:
        validate_request(SPECS["confirmShipment"], "POST", SHIP, {}, body)


@RELAXED
@given(bodies_like(STOCK_PATCH))
def test_patch_that_is_accepted_is_valid_by_the_model(shared_caller, body):
    response = send(shared_caller, "patchListingsItem", {"body": body})
    if response.status_code == 200:
        validate_request(SPECS["patchListingsItem"], "PATCH", ITEM, {"marketplaceIds": US}, body)
