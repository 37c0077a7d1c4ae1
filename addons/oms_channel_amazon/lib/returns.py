"""Returns of orders the seller sent himself, out of Amazon's returns report. Pure.

Report type and its span of 60 days: developer-docs.amazon.com/sp-api/docs/report-type-values-returns; its fields:
…/docs/returns-reports-attributes. How the document looks, and that a report without data is CANCELLED:
github.com/amzn/selling-partner-api-models issues 284, 2292 and 4005. Seen 2026-11-26. The words of the status are those
of Seller Central's page Manage Returns [M]; one that is not known here is kept as "requested" with the word beside it.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation

import msgspec
from lxml import etree
from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.cursor import read_place, write_place
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.strict_json import shown

from .xml_document import read_xml, text_of

REPORT = "GET_XML_RETURNS_DATA_BY_RETURN_DATE"
# 60 days at most, and the last of them ends by Amazon's clock, which may be ahead of ours.
SPAN = timedelta(days=60) - timedelta(hours=1)
PER_PAGE = 500
_STATUSES: dict[str, dto.ReturnStatus] = {
    "pendingapproval": "requested",
    "pending": "requested",
    "requested": "requested",
    "approved": "approved",
    "authorized": "approved",
    "rejected": "refused",
    "denied": "refused",
    "declined": "refused",
    "completed": "closed",
    "closed": "closed",
}
_MAX_UNITS = 1_000_000
_MAX_ID = 64


class ReturnsPlace(dto.Value):
    """Where the walk through the returns of a window is.

    :param since: start of the report being read; ``until``: its end
    :param end: end of the whole window
    :param report: id of the report, ``None`` while none is ordered
    :param seen: how many of its returns were read
    """

    since: datetime
    until: datetime
    end: datetime
    report: str | None = None
    seen: int = 0


def plan_place(window: dto.Window, cursor: str | None, now: datetime) -> ReturnsPlace:
    """Return the place a cursor stands for, or where a window begins.

    A report lists returns by the day they were asked for, and a return goes on changing for weeks. So every look covers
    the last 60 days, however short the window is; a longer one is read in pieces.

    :raise Rejected: ``cursor_expired`` when the cursor is none of ours
    """
    if cursor is not None:
        return read_place(cursor, ReturnsPlace)
    end = min(window.until or now, now)
    since = min(window.since, end - SPAN)
    return ReturnsPlace(since=since, until=min(since + SPAN, end), end=end)


def plan_next(place: ReturnsPlace, left: int) -> str | None:
    """Return the cursor after a page, ``None`` after the last.

    :param left: returns of this report that were not read yet
    """
    if left > 0:
        return write_place(msgspec.structs.replace(place, seen=place.seen + PER_PAGE))
    if place.until >= place.end:
        return None
    following = ReturnsPlace(since=place.until, until=min(place.until + SPAN, place.end), end=place.end)
    return write_place(following)


def with_report(place: ReturnsPlace, report: str) -> ReturnsPlace:
    """Return the place once its report is ordered."""
    return msgspec.structs.replace(place, report=report)


def parse_returns(body: bytes, as_of: datetime) -> tuple[dto.ReturnData, ...]:
    """Return the returns of a report, in its order. One without an order or an id is left out: nobody could find it.

    :param as_of: when Amazon made the report. It gives no time of a return's last change, so this stands for it
    :raise Malformed: the document is no returns report
    """
    root = read_xml(body)
    details = list(root.iter("return_details"))
    if not details and text_of(root, "MessageType") is None:
        raise Malformed("wrong_shape", reason="the document is no returns report")
    found = (_parse_return(detail, as_of) for detail in details)
    return tuple(item for item in found if item is not None)


def _parse_return(detail: etree._Element, as_of: datetime) -> dto.ReturnData | None:
    order_id, number = text_of(detail, "order_id"), text_of(detail, "amazon_rma_id")
    asked = text_of(detail, "return_request_date")
    external_id = number or text_of(detail, "merchant_rma_id") or (f"{order_id}/{asked}" if asked else None)
    if not (_is_id(order_id) and _is_id(external_id)):
        return None
    word = text_of(detail, "return_request_status")
    refund = _refund(detail)
    return dto.ReturnData(
        external_id=external_id,
        order_external_id=order_id,
        updated_at=as_of,
        status=_status(word, refund, text_of(detail, "return_delivery_date")),
        channel_status=shown(word) if word else None,
        number=number,
        requested_at=_time(asked),
        lines=tuple(_summed(line for item in _items(detail) if (line := _line(item)))),
        carrier=text_of(detail, "label_details/return_carrier") or text_of(detail, "return_carrier"),
        tracking=text_of(detail, "label_details/tracking_id") or text_of(detail, "tracking_id"),
        refund=refund,
        is_disputed=(text_of(detail, "a_to_z_claim") or "").lower() in ("true", "y", "yes"),
    )


def _status(word: str | None, refund: dto.Money | None, delivered: str | None) -> dto.ReturnStatus:
    """Return our word; the tracking number says nothing, it is there from the moment the label is made."""
    status = _STATUSES.get("".join((word or "").split()).lower(), "requested")
    if status == "closed" and refund is not None and refund.amount > 0:
        return "refunded"
    if status == "approved" and delivered:
        return "received"
    return status


def _items(detail: etree._Element) -> list[etree._Element]:
    """Return the items of a return.

    Amazon has listed an item of one unit twice, word by word; a copy counts only as far as the order has units for it.
    """
    listed = detail.findall("item_details")
    own = {etree.tostring(item, with_tail=False): item for item in listed}
    ordered = _units(text_of(detail, "order_quantity"))
    units = sum((_units(text_of(item, "return_quantity")) or Decimal(0) for item in listed), Decimal(0))
    return list(own.values()) if ordered and units > ordered else listed


def _summed(lines: Iterable[dto.ReturnLine]) -> Iterable[dto.ReturnLine]:
    found: dict[tuple[str | None, str | None], dto.ReturnLine] = {}
    for line in lines:
        key = (line.sku, line.reason)
        before = found[key].quantity if key in found else Decimal(0)
        found[key] = msgspec.structs.replace(line, quantity=before + line.quantity)
    return found.values()


def _line(item: etree._Element) -> dto.ReturnLine | None:
    sku = text_of(item, "merchant_sku")
    quantity = _units(text_of(item, "return_quantity"))
    if sku is None or not quantity:
        return None
    comment = text_of(item, "customer_comments")
    reason = text_of(item, "return_reason_code")
    return dto.ReturnLine(
        quantity=quantity,
        sku=sku,
        reason=shown(reason) if reason else None,
        comment=shown(comment, 500) if comment else None,
    )


def _refund(detail: etree._Element) -> dto.Money | None:
    """Return what was given back: the sum of the items, where the report names a currency."""
    currency = text_of(detail, "label_details/currency_code") or text_of(detail, "currency_code")
    if currency is None or not (len(currency) == 3 and currency.isascii() and currency.isupper()):
        return None
    amounts = [_amount(text_of(item, "refund_amount")) for item in _items(detail)]
    known = [amount for amount in amounts if amount is not None]
    return dto.Money(amount=sum(known, Decimal(0)), currency=currency) if known else None


def _amount(text: str | None) -> Decimal | None:
    try:
        amount = Decimal(text) if text and len(text) <= 20 else None
    except InvalidOperation:
        return None
    return amount if amount is not None and amount.is_finite() else None


def _units(text: str | None) -> Decimal | None:
    units = int(text) if text and text.isascii() and text.isdecimal() and len(text) <= 7 else 0
    return Decimal(units) if 0 < units <= _MAX_UNITS else None


def _time(text: str | None) -> datetime | None:
    try:
        moment = datetime.fromisoformat((text or "").replace("Z", "+00:00"))
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def _is_id(text: str | None) -> bool:
    return text is not None and len(text) <= _MAX_ID and text.isascii() and text.isprintable()
