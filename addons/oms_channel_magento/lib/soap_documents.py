"""What is stored of an order: the two answers a shop gives about it, as one JSON text that is the same for both WSDLs.

``salesOrderInfo`` has the lines and addresses, but only ``salesOrderList`` tells the tax of the shipping, the hidden
tax, the order it was edited from, the coupon and the buyer's note. So a document is the former with the latter's row
under ``list_row``, every text as it came and the fields in alphabetical order: an order that did not change gives the
same bytes, whatever the transport made of it. XML was not kept, because it would be read differently for each WSDL, and
twice.

An answer that is no XML, or a fault in place of an order, is stored as it came; reading it says what is wrong.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import MAX_BYTES, MAX_TEXT, read

from . import soap_wire
from .soap_answer import ENVELOPE, Fault, read_answer
from .times import parse_time

# Serialised PHP and people's comments may be longer than a document's texts may be; we read marks at their ends only.
_LONG = ("product_options", "comment")
_HEAD, _TAIL = MAX_TEXT - 1_100, 1_000
_MAX_ID = 50
FAILED_TWICE = (
    f'<e:Envelope xmlns:e="{ENVELOPE}"><e:Body><e:Fault><faultcode>Server</faultcode>'
    "<faultstring>it failed twice with status 500; look into its log, then fetch the order again</faultstring>"
    "</e:Fault></e:Body></e:Envelope>"
).encode()


def build_order(order: Mapping[str, Any], row: Mapping[str, Any]) -> bytes:
    """Return the document of an order from the answers of salesOrderInfo and salesOrderList."""
    tree = {**_shorten(order), "list_row": _shorten(row)}
    return json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode("utf-8")


def read_order(body: bytes) -> tuple[soap_wire.OrderDocument, dict[str, Any]]:
    """Return a stored document, typed and as plain values.

    :raise Malformed: with the JSON path of the first thing wrong
    """
    if body.lstrip()[:1] == b"<":
        raise _explain(body)
    tree = read(body)
    return soap_wire.convert(tree, soap_wire.OrderDocument), tree


def raw_order(order: Mapping[str, Any], row: Mapping[str, Any], external_id: str) -> dto.RawOrder:
    """Return an order's document with the id it was asked for and the time it says it changed."""
    return dto.RawOrder(
        external_id=external_id, updated_at=row_time(order) or row_time(row), body=build_order(order, row)
    )


def raw_unreadable(body: bytes, row: Mapping[str, Any], external_id: str) -> dto.RawOrder:
    """Return what came in place of an order, for somebody to look at."""
    return dto.RawOrder(external_id=external_id, updated_at=row_time(row), body=body[:MAX_BYTES] or b"<empty/>")


def raw_failed(row: Mapping[str, Any], external_id: str) -> dto.RawOrder:
    """Return a stand-in for an order the shop fails over each time it is asked for."""
    return raw_unreadable(FAILED_TWICE, row, external_id)


def row_id(row: Mapping[str, Any]) -> str | None:
    """Return the number in a row of a list; ``None`` where none can be read."""
    value = row.get("increment_id")
    found = value.strip() if isinstance(value, str) else ""
    return found if 0 < len(found) <= _MAX_ID and found.isprintable() else None


def row_time(row: Mapping[str, Any]) -> datetime | None:
    """Return when a row or an order says it changed; ``None`` where that cannot be read."""
    value = row.get("updated_at")
    try:
        return parse_time(value, "$") if isinstance(value, str) else None
    except Malformed:
        return None


def _explain(body: bytes) -> Malformed:
    try:
        answer = read_answer(body)
    except Malformed as error:
        return error
    if isinstance(answer, Fault):
        return Malformed("refused", reason=f"the shop could not show this order: {answer.text or answer.code}")
    return Malformed("wrong_shape", reason="the shop sent something else in place of this order")


def _shorten(value: Any, name: str = "") -> Any:
    if isinstance(value, Mapping):
        return {key: _shorten(inner, key) for key, inner in value.items()}
    if isinstance(value, list):
        return [_shorten(inner, name) for inner in value]
    if name in _LONG and isinstance(value, str) and len(value) > MAX_TEXT:
        return f"{value[:_HEAD]} … {value[-_TAIL:]}"
    return value
