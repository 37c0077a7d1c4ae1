"""The Magento stand-in against the official admin schema 2.4.9 and the recorded examples of the documentation."""

import json
import re

import pytest
from specs import SpecViolation, load, specs_root, validate_request, validate_response

from sandbox.magento.caller import MagentoCaller
from sandbox.magento.generator import KINDS
from sandbox.magento.routes import OPERATIONS

SPEC = load("magento", "admin-schema-2.4.9.oms-subset")
BASE = "/rest/default"
MOMENT = 1795410000.0
PAGE = {"searchCriteria[pageSize]": "50", "searchCriteria[currentPage]": "1"}
NO_FILTER = {"searchCriteria": ""}

# Where the document is known not to say what shops send; each with its reason. Names are path patterns in an answer.
NULLS = (
    # Required by the schema, but columns without a value: Magento writes null for what is required.
    r"account_status", r"cc_last4", r"comment", r"is_customer_notified", r"base_cost", r"low_stock_date",
    # Of a track the schema requires what only a packed parcel has.
    r"weight", r"qty", r"description",
    # An operation that is open has no result yet, one that went well no error.
    r"result_message", r"result_serialized_data", r"error_code",
)  # fmt: skip
# Parameters of an error are an object or a list of texts on the wire; the schema has a list of objects.
LOOSE_PARAMETERS = "parameters"
# Answers without content are `[]` with 200; the schema documents an error under `default` alone.
EMPTY_ANSWERS = (
    "PostV1InventorySourceitems", "PostV1InventorySourceitemsdelete", "PostV1InventoryStocksourcelinks",
)  # fmt: skip


@pytest.fixture
def caller():
    caller = MagentoCaller(moment=MOMENT)
    caller.control(reset="empty")
    return caller


def check(name, method, path, response):
    """Hold an answer against the schema; return its decoded body."""
    body = response.json
    if name in EMPTY_ANSWERS and response.status_code == 200:
        assert body == []
        return body
    shown = without_flaws(json.loads(response.data))
    if response.status_code >= 400:
        shown.pop(LOOSE_PARAMETERS, None)
        for error in shown.get("errors", ()):
            error.pop(LOOSE_PARAMETERS, None)
    assert validate_response(SPEC, method, BASE + path.partition("?")[0], response.status_code, shown) == name
    return body


def without_flaws(value, name=""):
    """Return an answer as the schema would have it where the schema is known to be wrong."""
    if value is None and any(re.fullmatch(pattern, name) for pattern in NULLS):
        return 0 if name in ("is_customer_notified", "base_cost", "weight", "qty", "error_code") else ""
    if isinstance(value, dict):
        return {key: without_flaws(part, key) for key, part in value.items()}
    if isinstance(value, list):
        return [without_flaws(part, name) for part in value]
    return value


def send(caller, name, path, query=None, body=None):
    """Send a request that is good by the schema, and hold the answer against it."""
    operation = next(op for op in OPERATIONS if op.name == name)
    if body is not None:
        assert validate_request(SPEC, operation.method, BASE + path, None, body) == name
    response = caller.call(operation.method, path, query, body)
    return check(name, operation.method, path, response)


def generate(caller, **wish):
    [entity_id] = caller.control(generate={"count": 1, "seed": 7, **wish})["generate"]
    return entity_id


def order_items(caller, entity_id):
    return caller.state()["orders"][str(entity_id)]["items"]


def test_operations_carry_the_names_and_paths_of_the_schema():
    documented = {(method, path.rstrip("/")): op["operationId"] for method, path, op in SPEC.operations()}
    for operation in OPERATIONS:
        pattern = f"{BASE}/V1/" + "/".join(re.escape(part) if part else r"\{\w+\}" for part in operation.segments)
        names = [
            n for (method, path), n in documented.items() if method == operation.method and re.fullmatch(pattern, path)
        ]
        assert operation.name in names, operation


@pytest.mark.parametrize("kind", KINDS)
def test_generated_orders_are_orders_of_the_schema(caller, kind):
    for store in (None, "fr"):
        entity_id = generate(caller, kind=kind, store=store)
        send(caller, "GetV1OrdersId", f"/V1/orders/{entity_id}")
    listed = send(caller, "GetV1Orders", "/V1/orders", PAGE)
    assert listed["total_count"] == 2
    send(caller, "GetV1OrdersItems", "/V1/orders/items", PAGE)


def test_work_on_an_order_answers_as_the_schema_says(caller):
    entity_id = generate(caller, kind="authorized", lines=[2, 2])
    lines = [{"order_item_id": item["item_id"], "qty": item["qty_ordered"]} for item in order_items(caller, entity_id)]
    history = {"comment": "Received", "is_customer_notified": 0, "is_visible_on_front": 0, "parent_id": entity_id}
    assert send(caller, "PostV1OrdersIdComments", f"/V1/orders/{entity_id}/comments", None, {"statusHistory": history})
    assert send(caller, "PostV1OrdersIdHold", f"/V1/orders/{entity_id}/hold") is True
    assert send(caller, "PostV1OrdersIdUnhold", f"/V1/orders/{entity_id}/unhold") is True
    comment = {"comment": "On its way", "is_visible_on_front": 1}
    ship = {
        "items": lines,
        "notify": True,
        "appendComment": True,
        "comment": comment,
        "tracks": [{"track_number": "1Z", "title": "UPS", "carrier_code": "ups"}],
        "arguments": {"extension_attributes": {"source_code": "default"}},
    }
    shipment = send(caller, "PostV1OrderOrderIdShip", f"/V1/order/{entity_id}/ship", None, ship)
    track = {
        "order_id": entity_id, "parent_id": shipment, "weight": 1, "qty": 1, "description": "second parcel",
        "track_number": "2Z", "title": "UPS", "carrier_code": "ups",
    }  # fmt: skip
    send(caller, "PostV1ShipmentTrack", "/V1/shipment/track", None, {"entity": track})
    send(caller, "GetV1ShipmentId", f"/V1/shipment/{shipment}")
    body = {"capture": True, "items": lines, "notify": False, "comment": comment}
    invoice = send(caller, "PostV1OrderOrderIdInvoice", f"/V1/order/{entity_id}/invoice", None, body)
    send(caller, "GetV1InvoicesId", f"/V1/invoices/{invoice}")
    refund = {"items": lines[:1], "isOnline": True, "comment": comment, "arguments": {"shipping_amount": 0}}
    memo = send(caller, "PostV1InvoiceInvoiceIdRefund", f"/V1/invoice/{invoice}/refund", None, refund)
    send(caller, "GetV1CreditmemoId", f"/V1/creditmemo/{memo}")
    for name, path in (
        ("GetV1Shipments", "shipments"),
        ("GetV1Invoices", "invoices"),
        ("GetV1Creditmemos", "creditmemos"),
    ):
        assert send(caller, name, f"/V1/{path}", PAGE)["total_count"] == 1
    assert send(caller, "GetV1OrdersIdStatuses", f"/V1/orders/{entity_id}/statuses") == "complete"
    assert send(caller, "GetV1OrdersIdComments", f"/V1/orders/{entity_id}/comments")["total_count"] == 4
    assert send(caller, "PostV1OrdersIdCancel", f"/V1/orders/{entity_id}/cancel") is False
    send(caller, "GetV1OrdersId", f"/V1/orders/{entity_id}")


def test_offline_refund_answers_as_the_schema_says(caller):
    entity_id = generate(caller, kind="cod", lines=[1, 1])
    caller.control(invoice_elsewhere={"entity_id": entity_id})
    arguments = {
        "adjustment_positive": 1,
        "adjustment_negative": 0,
        "extension_attributes": {"return_to_stock_items": []},
    }
    memo = send(
        caller,
        "PostV1OrderOrderIdRefund",
        f"/V1/order/{entity_id}/refund",
        None,
        {"arguments": {**arguments, "adjustment_positive": 0}},
    )
    send(caller, "GetV1CreditmemoId", f"/V1/creditmemo/{memo}")


@pytest.mark.parametrize(
    ("name", "path", "query"),
    [
        ("GetV1Products", "/V1/products", PAGE),
        ("GetV1ProductsSku", "/V1/products/OMS-0001", None),
        ("GetV1InventorySources", "/V1/inventory/sources", NO_FILTER),
        ("GetV1InventorySourcesSourceCode", "/V1/inventory/sources/berlin", None),
        ("GetV1InventoryStocks", "/V1/inventory/stocks", NO_FILTER),
        ("GetV1InventoryStocksStockId", "/V1/inventory/stocks/2", None),
        ("GetV1InventoryStocksourcelinks", "/V1/inventory/stock-source-links", NO_FILTER),
        ("GetV1InventoryStockresolverTypeCode", "/V1/inventory/stock-resolver/website/europe", None),
        ("GetV1InventorySourceitems", "/V1/inventory/source-items", PAGE),
        ("GetV1InventoryGetproductsalablequantitySkuStockId",
         "/V1/inventory/get-product-salable-quantity/OMS-0001/1", None),
        ("GetV1InventoryIsproductsalableSkuStockId", "/V1/inventory/is-product-salable/OMS-0001/1", None),
        ("GetV1StoreStoreViews", "/V1/store/storeViews", None),
        ("GetV1StoreStoreGroups", "/V1/store/storeGroups", None),
        ("GetV1StoreWebsites", "/V1/store/websites", None),
        ("GetV1StoreStoreConfigs", "/V1/store/storeConfigs", None),
        ("GetV1Modules", "/V1/modules", None),
    ],
)  # fmt: skip
def test_readings_answer_as_the_schema_says(caller, name, path, query):
    send(caller, name, path, query)


def test_stock_and_prices_answer_as_the_schema_says(caller):
    row = {"sku": "OMS-0001", "source_code": "default", "quantity": 7, "status": 1}
    send(caller, "PostV1InventorySourceitems", "/V1/inventory/source-items", None, {"sourceItems": [row]})
    send(caller, "PostV1InventorySourceitemsdelete", "/V1/inventory/source-items-delete", None, {"sourceItems": [row]})
    links = {"links": [{"source_code": "berlin", "stock_id": 2, "priority": 1}]}
    send(caller, "PostV1InventoryStocksourcelinks", "/V1/inventory/stock-source-links", None, links)
    prices = {"prices": [{"sku": sku, "price": 5, "store_id": 0} for sku in ("OMS-0001", "NONE")]}
    assert len(send(caller, "PostV1ProductsBaseprices", "/V1/products/base-prices", None, prices)) == 1
    path = "/V1/products/base-prices-information"
    [price] = send(caller, "PostV1ProductsBasepricesinformation", path, None, {"skus": ["OMS-0001"]})
    assert price["price"] == 5


@pytest.mark.parametrize("does_consume", [True, False])
def test_bulks_answer_as_the_schema_says(caller, does_consume):
    caller.control(bulk_consumer=does_consume)
    rows = [{"sku": "OMS-0001", "source_code": code, "quantity": 7, "status": 1} for code in ("default", "nowhere")]
    response = caller.call("POST", "/async/bulk/V1/inventory/source-items", None, [{"sourceItems": [r]} for r in rows])
    assert response.status_code == 202
    uuid = response.json["bulk_uuid"]
    statuses = [1, 3] if does_consume else [4, 4]
    for name, end in (("GetV1BulkBulkUuidStatus", "status"), ("GetV1BulkBulkUuidDetailedstatus", "detailed-status")):
        shown = send(caller, name, f"/V1/bulk/{uuid}/{end}")
        assert [operation["status"] for operation in shown["operations_list"]] == statuses
    assert send(
        caller, "GetV1BulkBulkUuidOperationstatusStatus", f"/V1/bulk/{uuid}/operation-status/4"
    ) == statuses.count(4)
    assert send(caller, "GetV1Bulk", "/V1/bulk", PAGE)["total_count"] == 2


@pytest.mark.parametrize(
    ("name", "path", "body"),
    [
        ("GetV1OrdersId", "/V1/orders/999", None),
        ("GetV1ProductsSku", "/V1/products/NONE", None),
        ("PostV1OrderOrderIdShip", "/V1/order/999/ship", {"items": []}),
        ("PostV1InventorySourceitems", "/V1/inventory/source-items", {"sourceItems": []}),
        ("PostV1InventorySourceitems", "/V1/inventory/source-items", {"sourceItems": [{"sku": "X"}]}),
        ("GetV1BulkBulkUuidStatus", "/V1/bulk/none/status", None),
    ],
)
def test_refusals_have_the_error_shape(caller, name, path, body):
    answer = send(caller, name, path, None, body)
    assert answer["message"]


def test_unauthorized_answer_has_the_error_shape(caller):
    response = caller.call("GET", "/V1/orders", NO_FILTER, oauth_token="unknown")
    assert response.status_code == 401
    check("GetV1Orders", "GET", "/V1/orders", response)


def test_checks_would_notice_a_field_that_the_schema_lacks(caller):
    entity_id = generate(caller)
    caller.control(update_order={"entity_id": entity_id, "set": {"no_such_field": 1}})
    with pytest.raises(SpecViolation, match="no_such_field"):
        send(caller, "GetV1OrdersId", f"/V1/orders/{entity_id}")


def recorded(page, endpoint):
    """Return the recorded example of a documentation page whose endpoint ends so."""
    path = specs_root() / "magento" / "examples" / "adobedocs-rest-examples.json"
    examples = json.loads(path.read_text(encoding="utf-8"))[f"src/pages/rest/{page}"]
    return [example["json"] for example in examples if example["endpoint"].endswith(endpoint)]


def fields_of(value, prefix=""):
    """Return the names of all fields in a JSON value, with where they stand."""
    if isinstance(value, dict):
        below = [fields_of(part, f"{prefix}.{name}") for name, part in value.items()]
        return set().union({f"{prefix}.{name}" for name in value}, *below)
    if isinstance(value, list):
        return set().union(*(fields_of(part, f"{prefix}[]") for part in value)) if value else set()
    return set()


# Recorded with fields that a shop has only in some cases.
_ONLY_SOMETIMES = {
    ".base_shipping_discount_tax_compensation_amnt", ".shipping_discount_tax_compensation_amount",
    "[].extension_attributes",
}  # fmt: skip


@pytest.mark.parametrize(
    ("page", "endpoint", "ours"),
    [
        ("tutorials/orders/order-create-invoice.md", "V1/invoices/3", ("GET", "/V1/invoices/1", None)),
        ("inventory/manage-sources.md", "V1/inventory/sources/central", ("GET", "/V1/inventory/sources/berlin", None)),
        ("inventory/check-salable-quantity.md", "stock-resolver/website/na_site",
         ("GET", "/V1/inventory/stock-resolver/website/base", None)),
    ],
)  # fmt: skip
def test_answers_have_the_fields_of_recorded_ones(caller, page, endpoint, ours):
    generate(caller, kind="discount")
    method, path, query = ours
    answer = caller.call(method, path, query).json
    example = recorded(page, endpoint)[-1]
    contact = {".email", ".contact_name", ".region_id", ".city", ".street", ".phone"}
    assert fields_of(example) - fields_of(answer) <= contact | _ONLY_SOMETIMES


def test_recorded_requests_are_understood(caller):
    [ship] = recorded("tutorials/orders/order-create-shipment.md", "/ship")
    [refund] = recorded("tutorials/orders/order-issue-refund.md", "/refund")
    [invoice] = recorded("tutorials/orders/order-create-invoice.md", "/invoice")
    entity_id = generate(caller, kind="cod", lines=[1, 1])
    [item] = order_items(caller, entity_id)
    assert caller.call("POST", f"/V1/order/{entity_id}/invoice", None, invoice).status_code == 200
    ship["items"] = [{**ship["items"][0], "order_item_id": item["item_id"]}]
    assert caller.call("POST", f"/V1/order/{entity_id}/ship", None, ship).status_code == 200
    refund["items"][0]["order_item_id"] = item["item_id"]
    assert caller.call("POST", f"/V1/order/{entity_id}/refund", None, refund).status_code == 200


def test_bulk_is_accepted_as_recorded(caller):
    example = recorded("use-rest/bulk-endpoints.md", "async/bulk/V1/customers")[1]
    row = {"sku": "OMS-0001", "source_code": "default", "quantity": 7, "status": 1}
    answer = caller.call("POST", "/async/bulk/V1/inventory/source-items", None, [{"sourceItems": [row]}]).json
    assert fields_of(answer) == fields_of(example)
    assert re.fullmatch(r"[0-9a-f]{64}", answer["request_items"][0]["data_hash"])
