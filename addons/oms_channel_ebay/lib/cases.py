"""Cancellations and returns: from the Post-Order API's documents to the values of the contract. Pure."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import TypeVar

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Malformed
from odoo.addons.oms_core.lib.split import entries, members
from odoo.addons.oms_core.lib.strict_json import read, shown

from . import const, wire, wire_cases
from .mapper import MAX_QUANTITY, ensure_id, text
from .money import parse_money

MAX_DIGITS = 30
T = TypeVar("T")


class CasesPage(dto.Value):
    """One page of a search, and whether there is another."""

    items: tuple
    is_last: bool


# === cancellations ===========================================================================================


def parse_cancellations(body: bytes, offset: int, limit: int) -> CasesPage:
    """Return one page of cancellations as eBay sends them.

    :raise Malformed: the page cannot be read
    """
    pieces, envelope = _cut(body, b"cancellations")
    found = _readable(pieces, lambda piece: wire.decode(piece, wire_cases.Cancellation))
    return CasesPage(items=found, is_last=_is_last(envelope, len(pieces), offset, limit))


def parse_cancellation(body: bytes) -> wire_cases.Cancellation:
    """Return the cancellation of a getCancellation answer.

    :raise Malformed: the answer cannot be read
    """
    return wire.decode(body, wire_cases.CancellationAnswer).cancel_detail


def as_cancellation(found: wire_cases.Cancellation, path: str = "$") -> dto.CancellationData:
    """Return one cancellation as the contract wants it.

    :raise Malformed: it names no order, or no time at all
    """
    ensure_id(found.legacy_order_id or "", f"{path}.legacyOrderId")
    moments = (found.cancel_request_date, found.cancel_close_date, found.last_modified_date)
    return dto.CancellationData(
        external_id=found.cancel_id,
        order_external_id=found.legacy_order_id or "",
        updated_at=_latest(moments, f"{path}.cancelRequestDate"),
        state=cancel_state(found),
        reason=text(found.cancel_reason),
    )


def cancel_state(found: wire_cases.Cancellation) -> str:
    """Return "asked", "done" or "refused". One that is approved and not yet paid back counts as done."""
    if found.cancel_status == const.CANCEL_REFUSED:
        return "refused"
    if found.cancel_status in const.CANCEL_ASKED or found.cancel_state in ("INITIAL", "APPROVAL_PENDING"):
        return "asked"
    return "done"


def is_cancel_final(found: wire_cases.Cancellation) -> bool:
    """Whether nothing about the cancellation will change any more."""
    status = found.cancel_status or ""
    is_over = status == const.CANCEL_REFUSED or status.startswith(const.CANCEL_CLOSED_PREFIX)
    return found.cancel_state == "CLOSED" or is_over


# === returns =================================================================================================


def parse_returns(body: bytes, offset: int, limit: int) -> CasesPage:
    """Return one page of returns.

    :raise Malformed: the page cannot be read
    """
    pieces, envelope = _cut(body, b"members")
    found = _readable(pieces, lambda piece: as_return(wire.decode(piece, wire_cases.Return), "$"))
    return CasesPage(items=found, is_last=_is_last(envelope, len(pieces), offset, limit))


def parse_return(body: bytes) -> dto.ReturnData:
    """Return the return of a getReturn answer.

    :raise Malformed: the answer cannot be read
    """
    return as_return(wire.decode(body, wire_cases.ReturnAnswer).summary, "$.summary")


def as_return(found: wire_cases.Return, path: str) -> dto.ReturnData:
    """Return one return as the contract wants it.

    :raise Malformed: it names no order, no time, or a quantity that is none
    """
    ensure_id(found.order_id or "", f"{path}.orderId")
    creation = found.creation_info or wire_cases.ReturnCreation()
    escalation = found.escalation_info or wire_cases.Escalation()
    words = (found.status, found.state)
    status = next((const.RETURN_STATES[word] for word in words if word in const.RETURN_STATES), "requested")
    return dto.ReturnData(
        external_id=found.return_id,
        order_external_id=found.order_id or "",
        # eBay tells when a return was opened and not when it changed last.
        updated_at=_latest((creation.creation_date, escalation.creation_date), f"{path}.creationInfo.creationDate"),
        status=status,
        lines=tuple(_return_lines(creation, f"{path}.creationInfo")),
        number=found.return_id,
        requested_at=_utc(creation.creation_date),
        channel_status=text(found.status) or text(found.state),
        refund=_refund(found, path),
        is_disputed=bool(text(escalation.case_id)) or bool(const.RETURN_DISPUTED & {found.status, found.state}),
    )


def _return_lines(creation: wire_cases.ReturnCreation, path: str) -> Iterable[dto.ReturnLine]:
    item = creation.item
    if item is None or not (text(item.transaction_id) or text(item.item_id)):
        return
    quantity = 1 if item.return_quantity is None else item.return_quantity
    if not 0 < quantity <= MAX_QUANTITY:
        reason = f"{quantity} is not a quantity that can be sent back"
        raise Malformed("bad_quantity", path=f"{path}.item.returnQuantity", reason=reason)
    yield dto.ReturnLine(
        quantity=Decimal(quantity),
        # The id of a line is that of its transaction [M].
        external_line_id=text(item.transaction_id),
        sku=None if text(item.transaction_id) else text(item.item_id),
        reason=text(creation.reason),
        comment=text(creation.comments.content) if creation.comments else None,
    )


def _refund(found: wire_cases.Return, path: str) -> dto.Money | None:
    total = found.buyer_total_refund or wire_cases.TotalRefund()
    money = total.actual_refund_amount or total.estimated_refund_amount
    return parse_case_money(money, f"{path}.buyerTotalRefund") if money else None


def parse_case_money(money: wire_cases.CaseMoney, path: str) -> dto.Money:
    """Return an amount Post-Order writes as a number.

    :raise Malformed: no plain decimal number, or no currency code
    """
    # As text with all its digits, if it is of a size that can be right.
    is_sound = money.value.is_finite() and abs(money.value.adjusted()) < MAX_DIGITS
    value = format(money.value, "f") if is_sound else str(money.value)
    return parse_money(wire.Money(value=value, currency=money.currency), path)


# === both ====================================================================================================


def _cut(body: bytes, name: bytes) -> tuple[list[bytes], wire_cases.Envelope]:
    """Cut a page into its cases, unread, and read what stands beside them."""
    fields = dict(members(body))
    rest = {key: read(fields[key.encode()]) for key in ("total", "paginationOutput") if key.encode() in fields}
    listed = fields.get(name, b"[]")
    return list(entries(listed if listed != b"null" else b"[]")), wire.convert(rest, wire_cases.Envelope)


def _readable(pieces: Sequence[bytes], parse: Callable[[bytes], T]) -> tuple[T, ...]:
    """Return the cases that can be read: one that cannot must not keep the others back, and comes again next time.

    :raise Malformed: none of them can be read
    """
    found, flaws = [], []
    for piece in pieces:
        try:
            found.append(parse(piece))
        except Malformed as error:
            flaws.append(error)
    if flaws and not found:
        raise flaws[0]
    return tuple(found)


def _is_last(page: wire_cases.Envelope, count: int, offset: int, limit: int) -> bool:
    total = page.total
    if total is None and page.pagination_output:
        total = page.pagination_output.total_entries
    return count == 0 or (count < limit if total is None else offset + count >= total)


def _latest(moments: Iterable[wire_cases.Moment | None], path: str) -> datetime:
    known = [found for moment in moments if (found := _utc(moment))]
    if not known:
        raise Malformed("bad_time", path=path, reason="no time is given at all")
    return max(known)


def _utc(moment: wire_cases.Moment | None) -> datetime | None:
    try:
        return moment.value.astimezone(timezone.utc) if moment and moment.value else None
    except OverflowError:
        return None


def parse_eligibility(body: bytes) -> tuple[bool, tuple[str, ...]]:
    """Return ``(may be cancelled, eBay's reasons why not)``.

    :raise Malformed: the answer cannot be read
    """
    found = wire.decode(body, wire_cases.Eligibility)
    return found.eligible is not False, tuple(shown(reason) for reason in found.failure_reason or ())
