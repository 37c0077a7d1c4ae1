"""Asynchronous requests: taken at once, carried out by a consumer later, asked for by their uuid.

developer.adobe.com/commerce/webapi/rest/use-rest/asynchronous-web-endpoints, bulk-endpoints and
operation-status-endpoints, seen 2026-11-26. Statuses: 1 complete, 2 failed and may be tried again, 3 failed,
4 open, 5 rejected.
"""

import hashlib
import json
import uuid

from ..clock import from_text, to_text
from .errors import ApiError, invalid, not_found
from .inventory import list_found

COMPLETE, FAILED_FOR_NOW, FAILED, OPEN = 1, 2, 3, 4
_FIELDS = {"id", "bulk_uuid", "topic_name", "status", "error_code", "result_message"}


def accept(shop, operation, path, bodies):
    """Take the bodies of one asynchronous request; return what Magento answers with 202."""
    if not isinstance(bodies, list) or not all(isinstance(body, dict) for body in bodies):
        raise invalid("Decoding error: \nSyntax error")
    bulk_uuid = str(uuid.uuid4())
    topic = f"async.{operation.name.removeprefix('AsyncBulk').removeprefix('Async').lower()}"
    operations = [
        {
            "id": shop.next_id("operation"),
            "bulk_uuid": bulk_uuid,
            "topic_name": topic,
            "serialized_data": json.dumps(
                {"entity_id": None, "entity_link": "", "meta_information": json.dumps(body, ensure_ascii=False)}
            ),
            "result_serialized_data": None,
            "status": OPEN,
            "result_message": None,
            "error_code": None,
        }
        for body in bodies
    ]
    bulk = {
        "uuid": bulk_uuid,
        "operation": operation.name.removeprefix("AsyncBulk").removeprefix("Async"),
        "path": list(path),
        "topic": topic,
        "start_time": shop.now(),
        "accepted_at": to_text(shop.world.clock.now()),
        "operations": operations,
    }
    shop.put("bulks", bulk_uuid, bulk)
    shop.note("bulk_accepted", bulk_uuid, {"operation": bulk["operation"], "count": len(bodies)})
    items = [
        {"id": place, "data_hash": hashlib.sha256(json.dumps(body).encode()).hexdigest(), "status": "accepted"}
        for place, body in enumerate(bodies)
    ]
    return {"bulk_uuid": bulk_uuid, "request_items": items, "errors": False}


def carry_out(shop, perform):
    """Let the consumer do what is due; `perform(operation name, path parameters, body)` does one request."""
    settings = shop.world.settings
    if not settings["bulk_consumer"]:
        return
    now = shop.world.clock.now()
    for bulk in list(shop.bulks.values()):
        waited = (now - from_text(bulk["accepted_at"])).total_seconds()
        if waited < settings["bulk_delay_seconds"] or all(op["status"] != OPEN for op in bulk["operations"]):
            continue
        for operation in bulk["operations"]:
            if operation["status"] == OPEN:
                _run(bulk, operation, perform)
        shop.put("bulks", bulk["uuid"], bulk)
        statuses = [operation["status"] for operation in bulk["operations"]]
        shop.note("bulk_finished", bulk["uuid"], {"operation": bulk["operation"], "statuses": statuses})


def _run(bulk, operation, perform):
    body = json.loads(json.loads(operation["serialized_data"])["meta_information"])
    try:
        result = perform(bulk["operation"], bulk["path"], body)
    except ApiError as refusal:
        operation |= {"status": FAILED, "result_message": refusal.sentence(), "error_code": 0}
    else:
        message = f"Service execution success {bulk['operation']}"
        operation |= {"status": COMPLETE, "result_message": message, "error_code": None}
        operation["result_serialized_data"] = json.dumps(result)


def find_bulk(shop, bulk_uuid):
    """Return a bulk; raise ApiError 404."""
    if bulk_uuid not in shop.bulks:
        raise not_found("Bulk UUID not found in a system.")
    return shop.bulks[bulk_uuid]


def show_status(bulk, is_detailed):
    """Answer …/status or …/detailed-status with JSON values."""
    names = ("id", "status", "result_message", "error_code")
    operations = bulk["operations"]
    return {
        "operations_list": operations if is_detailed else [{name: op[name] for name in names} for op in operations],
        "user_type": 1,
        "bulk_id": bulk["uuid"],
        "description": f"Topic {bulk['topic']}",
        "start_time": bulk["start_time"],
        "user_id": 1,
        "operation_count": len(operations),
    }


def count_status(bulk, text):
    """Answer …/operation-status/{status} with how many operations have it."""
    if not text.isdigit():
        raise invalid('Invalid type for value: "%value". Expected Type: "%type".', {"value": text, "type": "int"})
    return sum(operation["status"] == int(text) for operation in bulk["operations"])


def search_operations(shop, criteria):
    """Answer GET /V1/bulk with operations, each with the time of its bulk."""
    rows = [
        {**operation, "extension_attributes": {"start_time": bulk["start_time"]}}
        for bulk in shop.bulks.values()
        for operation in bulk["operations"]
    ]
    return list_found(rows, criteria, _FIELDS)
