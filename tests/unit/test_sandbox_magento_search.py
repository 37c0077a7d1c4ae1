"""Searching at the Magento stand-in: filters, sorting, pages, limits."""

import pytest

from sandbox.magento.caller import MagentoCaller
from sandbox.magento.criteria import read_criteria
from sandbox.magento.errors import ApiError
from tests.sandbox_calls import MOMENT


@pytest.fixture(scope="module")
def caller():
    caller = MagentoCaller(moment=MOMENT)
    orders = [
        {
            "increment_id": f"{number:09d}",
            "state": "processing" if number % 2 else "complete",
            "status": "processing",
            "updated_at": f"2026-11-2{number} 10:00:00",
            "grand_total": number * 10.5,
            "coupon_code": "SAVE5" if number == 3 else None,
            "customer_email": f"Buyer{number}@example.com",
            "items": [],
        }
        for number in range(1, 6)
    ]
    caller.control(reset="empty", add_orders=orders)
    return caller


def make_filter(field, value, condition=None, place=(0, 0)):
    group, index = place
    start = f"searchCriteria[filter_groups][{group}][filters][{index}]"
    query = {f"{start}[field]": field, f"{start}[value]": value}
    return {**query, **({f"{start}[condition_type]": condition} if condition else {})}


def found(caller, query, path="/V1/orders"):
    response = caller.call("GET", path, query)
    assert response.status_code == 200, response.text
    return [order["entity_id"] for order in response.json["items"]]


@pytest.mark.parametrize(
    ("field", "condition", "value", "expected"),
    [
        ("entity_id", None, "2", [2]),
        ("entity_id", "eq", "2", [2]),
        ("state", "neq", "complete", [1, 3, 5]),
        ("updated_at", "gt", "2026-11-23 10:00:00", [4, 5]),
        ("updated_at", "gteq", "2026-11-23 10:00:00", [3, 4, 5]),
        ("updated_at", "lt", "2026-11-22", [1]),
        ("updated_at", "lteq", "2026-11-22 10:00:00", [1, 2]),
        ("grand_total", "from", "42", [4, 5]),
        ("grand_total", "to", "21.0", [1, 2]),
        ("entity_id", "in", "1, 5,9", [1, 5]),
        ("entity_id", "nin", "1,5", [2, 3, 4]),
        ("customer_email", "like", "buyer_@%", [1, 2, 3, 4, 5]),
        ("increment_id", "like", "%4", [4]),
        ("customer_email", "nlike", "%3@%", [1, 2, 4, 5]),
        ("coupon_code", "null", "", [1, 2, 4, 5]),
        ("coupon_code", "notnull", "", [3]),
        ("coupon_code", "neq", "OTHER", [3]),
        ("customer_email", "eq", "BUYER2@EXAMPLE.COM", [2]),
    ],
)
def test_conditions(caller, field, condition, value, expected):
    assert found(caller, make_filter(field, value, condition)) == expected


def test_filters_of_a_group_are_alternatives_and_groups_add_up(caller):
    query = {
        **make_filter("entity_id", "1", place=(0, 0)),
        **make_filter("entity_id", "2", place=(0, 1)),
        **make_filter("state", "processing", place=(1, 0)),
    }
    assert found(caller, query) == [1]


def test_both_spellings_are_understood(caller):
    query = {
        "searchCriteria[filterGroups][0][filters][0][field]": "grand_total",
        "searchCriteria[filterGroups][0][filters][0][value]": "30",
        "searchCriteria[filterGroups][0][filters][0][conditionType]": "gt",
        "searchCriteria[sortOrders][0][field]": "entity_id",
        "searchCriteria[sortOrders][0][direction]": "desc",
        "searchCriteria[page_size]": "2",
        "searchCriteria[current_page]": "1",
    }
    assert found(caller, query) == [5, 4]
    snake = {
        name.replace("searchCriteria", "search_criteria").replace("sortOrders", "sort_orders"): v
        for name, v in query.items()
    }
    assert found(caller, snake) == [5, 4]


def test_several_sort_orders_and_the_default_direction(caller):
    query = {
        "searchCriteria[sortOrders][0][field]": "state",
        "searchCriteria[sortOrders][0][direction]": "ASC",
        "searchCriteria[sortOrders][1][field]": "entity_id",
    }
    assert found(caller, query) == [4, 2, 5, 3, 1]


def test_pages_and_what_lies_behind_the_last(caller):
    pages = [
        found(caller, {"searchCriteria[pageSize]": "2", "searchCriteria[currentPage]": str(n)}) for n in range(1, 6)
    ]
    assert pages == [[1, 2], [3, 4], [5], [5], [5]]
    assert found(caller, {"searchCriteria[currentPage]": "3"}) == [1, 2, 3, 4, 5]


def test_answer_repeats_the_criteria_and_counts_all(caller):
    query = {**make_filter("state", "complete"), "searchCriteria[pageSize]": "1", "searchCriteria[currentPage]": "2"}
    answer = caller.call("GET", "/V1/orders", query).json
    assert answer["total_count"] == 2
    assert answer["search_criteria"] == {
        "filter_groups": [{"filters": [{"field": "state", "value": "complete", "condition_type": "eq"}]}],
        "page_size": 1,
        "current_page": 2,
    }


def test_criteria_are_needed(caller):
    response = caller.call("GET", "/V1/orders")
    assert response.status_code == 400
    assert response.json["parameters"] == {"fieldName": "searchCriteria"}


def test_unknown_column_is_an_internal_error_for_orders_and_named_for_products(caller):
    assert caller.call("GET", "/V1/orders", make_filter("no_such", "1")).status_code == 500
    response = caller.call("GET", "/V1/products", make_filter("no_such", "1"))
    assert response.status_code == 400
    assert response.json == {"message": "Invalid attribute name: %1", "parameters": ["no_such"]}


@pytest.mark.parametrize("name", ["pageSize", "currentPage"])
def test_figures_have_to_be_whole(caller, name):
    assert caller.call("GET", "/V1/orders", {f"searchCriteria[{name}]": "many"}).status_code == 400


def test_fields_narrow_the_answer(caller):
    query = {**make_filter("entity_id", "2"), "fields": "items[entity_id,increment_id],total_count"}
    assert caller.call("GET", "/V1/orders", query).json == {
        "items": [{"increment_id": "000000002", "entity_id": 2}],
        "total_count": 1,
    }


def test_limits_of_input_when_the_shop_has_them(caller):
    caller.control(input_limits=True)
    assert caller.call("GET", "/V1/orders", {"searchCriteria[pageSize]": "300"}).status_code == 200
    response = caller.call("GET", "/V1/orders", {"searchCriteria[pageSize]": "301"})
    assert response.json == {"message": "Maximum SearchCriteria pageSize is %max", "parameters": {"max": 300}}
    assert len(caller.call("GET", "/V1/products", {"searchCriteria": ""}).json["items"]) == 20
    rows = [{"sku": "OMS-0001", "source_code": "default", "quantity": 1, "status": 1}] * 21
    path = "/V1/inventory/source-items"
    assert caller.call("POST", path, body={"sourceItems": rows}).status_code == 400
    assert caller.call("POST", path, body={"sourceItems": rows[:20]}).status_code == 200
    assert caller.call("POST", f"/async/bulk{path}", body=[{"sourceItems": rows}]).status_code == 202
    caller.control(input_limits=False)
    assert len(caller.call("GET", "/V1/products", {"searchCriteria": ""}).json["items"]) == 200


def test_search_may_lag_behind(caller):
    caller.control(magento_search_delay_seconds=3600, add_orders=[{"entity_id": 99, "items": []}])
    assert 99 not in found(caller, {"searchCriteria": ""})
    caller.control(magento_search_delay_seconds=0)
    assert 99 in found(caller, {"searchCriteria": ""})


def test_odd_directions_are_refused():
    query = [("searchCriteria[sortOrders][0][field]", "x"), ("searchCriteria[sortOrders][0][direction]", "UP")]
    with pytest.raises(ApiError, match="ASC"):
        read_criteria(query)


def test_products_are_those_of_the_catalogue(caller):
    query = {**make_filter("sku", "OMS-000%", "like"), "searchCriteria[pageSize]": "5"}
    answer = caller.call("GET", "/V1/products", query).json
    assert answer["total_count"] == 9
    assert [product["sku"] for product in answer["items"]] == [f"OMS-000{n}" for n in range(1, 6)]
    virtual = make_filter("type_id", "virtual")
    assert caller.call("GET", "/V1/products", virtual).json["total_count"] == 10
