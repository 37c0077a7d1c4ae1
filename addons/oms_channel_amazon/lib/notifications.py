"""Hints that Amazon puts into a queue. Pure.

Source: OrderChangeNotification.json of github.com/amzn/selling-partner-api-models, commit 34dc93fe45f3, and
developer-docs.amazon.com/sp-api/docs/notification-type-values; the queue's answers: the service model of Amazon SQS
2012-11-05 (github.com/boto/botocore). Seen 2026-11-26.
"""

from datetime import datetime, timezone
from typing import Any

import msgspec
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import read, shown

from .wire import convert

_KINDS = {
    "ORDER_CHANGE": "order",
    "LISTINGS_ITEM_STATUS_CHANGE": "listing",
    "LISTINGS_ITEM_MFN_QUANTITY_CHANGE": "listing",
}
_MAX_ID = 64


class Message(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """One message of a queue. ``receipt_handle`` is what it is deleted with, good until it is shown again."""

    message_id: str
    receipt_handle: str
    body: str = ""


class Messages(msgspec.Struct, frozen=True, kw_only=True, rename="pascal"):
    """The answer to ReceiveMessage. Nothing waits: no list at all."""

    messages: list[Message] | None = None


def parse_messages(body: bytes) -> tuple[dto.ChannelEvent, ...]:
    """Return the hints of a queue's answer.

    :raise Malformed: the answer as a whole cannot be read
    """
    answer = convert(read(body), Messages)
    return tuple(parse_message(message) for message in answer.messages or ())


def parse_message(message: Message) -> dto.ChannelEvent:
    """Return one hint. What cannot be read is a hint of the kind "other", so that it is seen and not lost."""
    try:
        tree = read(message.body.encode())
    except (Malformed, UnicodeEncodeError):
        tree = None
    notice = _folded(tree)
    if "detail" in notice and "notificationtype" not in notice:
        notice = _folded(notice["detail"])  # as EventBridge wraps what it hands on to a queue
    word = notice.get("notificationtype")
    meta = _folded(notice.get("notificationmetadata"))
    kind = _KINDS.get(word, "other") if isinstance(word, str) else "other"
    external_id = _external_id(_folded(notice.get("payload")))
    if kind == "order" and external_id is None:
        kind = "other"
    return dto.ChannelEvent(
        event_id=_id(meta.get("notificationid")) or shown(message.message_id, 100),
        kind=kind,
        external_id=external_id,
        occurred_at=_time(notice.get("eventtime")) or _time(meta.get("publishtime")),
        receipt=message.receipt_handle,
    )


def _external_id(payload: dict[str, Any]) -> str | None:
    """Return the order a payload is about, or the SKU; the payload holds one object, named after the notification."""
    inner = _folded(payload.get("orderchangenotification")) or payload
    return _id(inner.get("amazonorderid")) or _id(inner.get("sku"))


def _folded(value: Any) -> dict[str, Any]:
    """Return an object with lower-case names: Amazon writes them in two ways, by notification type."""
    return {name.lower(): inner for name, inner in value.items()} if isinstance(value, dict) else {}


def _id(value: Any) -> str | None:
    is_id = isinstance(value, str) and 0 < len(value) <= _MAX_ID and value.isprintable()
    return value if is_id else None


def _time(value: Any) -> datetime | None:
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value.replace("Z", "+00:00"))
        return moment.astimezone(timezone.utc) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
