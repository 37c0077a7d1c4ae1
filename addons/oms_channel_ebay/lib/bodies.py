"""What we send to eBay: values of the contract turned into request bodies. Pure."""

from collections.abc import Sequence
from datetime import datetime, timezone
from decimal import Decimal
from typing import Any

from odoo.addons.oms_core.lib import dto
from odoo.addons.oms_core.lib.errors import Rejected

from . import const, wire_order

# === orders ==================================================================================================


def build_window(since: datetime, until: datetime) -> str:
    """Return the filter of getOrders for what changed from ``since`` to ``until``, both included."""
    return f"lastmodifieddate:[{format_time(since)}..{format_time(until)}]"


def format_time(moment: datetime) -> str:
    """Return an instant as eBay writes it: UTC, milliseconds, ``Z``.

    :raise ValueError: the time has no zone
    """
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


# === parcels =================================================================================================


def build_shipment(notice: dto.ShipmentNotice) -> dict[str, Any]:
    """Return the body of createShippingFulfillment.

    :raise Rejected: the notice holds something eBay is known to refuse
    """
    tracking = bare_tracking(notice.tracking)
    if not tracking:
        raise Rejected(
            "tracking_missing", message="eBay takes no parcel without a tracking number of letters and digits"
        )
    if not notice.carrier_code.strip():
        raise Rejected("carrier_missing", message="eBay wants a carrier beside the tracking number")
    if not notice.lines:
        raise Rejected("no_lines", message="the parcel holds nothing of the order")
    return {
        "lineItems": [{"lineItemId": line.external_line_id, "quantity": _whole(line)} for line in notice.lines],
        "shippedDate": format_time(notice.shipped_at),
        "shippingCarrierCode": notice.carrier_code.strip(),
        "trackingNumber": tracking,
    }


def is_same_parcel(parcel: wire_order.Fulfillment, notice: dto.ShipmentNotice) -> bool:
    """Whether a parcel eBay knows is the one of the notice: the same number, and the same units where it shows them."""
    if bare_tracking(parcel.shipment_tracking_number or "").upper() != bare_tracking(notice.tracking).upper():
        return False
    sent = {line.external_line_id: line.quantity for line in notice.lines}
    known = {line.line_item_id: line.quantity for line in parcel.line_items or ()}
    return set(known) in (set(), set(sent)) and all(
        quantity is None or quantity == sent[line_id] for line_id, quantity in known.items()
    )


def bare_tracking(tracking: str) -> str:
    """Return a tracking number without what eBay refuses: only letters and digits stay."""
    return "".join(char for char in tracking if char.isascii() and char.isalnum())


def _whole(line: dto.LineUnits) -> int:
    if line.quantity != line.quantity.to_integral_value() or line.quantity <= 0:
        raise Rejected("bad_quantity", message=f"eBay counts whole units, not {line.quantity}")
    return int(line.quantity)


# === stock and prices ========================================================================================


def build_push(levels: Sequence[dto.StockLevel], location_key: str | None = None) -> dict[str, Any]:
    """Return the body of bulkUpdatePriceQuantity.

    :param location_key: the seller's own name of the place the units lie at, where eBay keeps stock by place
    """
    return {"requests": [_push_row(level, location_key) for level in levels]}


def _push_row(level: dto.StockLevel, location_key: str | None) -> dict[str, Any]:
    available: dict[str, Any] = {"quantity": level.quantity}
    if location_key:
        available["availabilityDistributions"] = [{"merchantLocationKey": location_key, "quantity": level.quantity}]
    row: dict[str, Any] = {"sku": level.sku, "shipToLocationAvailability": available}
    if level.offer_id:
        offer: dict[str, Any] = {"offerId": level.offer_id, "availableQuantity": level.quantity}
        if level.price is not None:
            offer["price"] = build_money(level.price)
        row["offers"] = [offer]
    return row


def find_flaw(level: dto.StockLevel) -> tuple[str, str] | None:
    """Return ``(code, words)`` for a row eBay is known to refuse, ``None`` for a sound one."""
    if level.quantity < 0:
        return "bad_quantity", f"quantity {level.quantity} of {level.sku} is below zero"
    if not level.sku or len(level.sku) > const.SKU_LENGTH:
        return "listing_unknown", f"an SKU on eBay has at most {const.SKU_LENGTH} characters"
    return None


def build_money(money: dto.Money) -> dict[str, str]:
    """Return an amount as eBay reads it."""
    return {"value": format(money.amount, "f"), "currency": money.currency}


# === cancellations and refunds ===============================================================================


def build_cancellation(notice: dto.CancelNotice) -> dict[str, Any]:
    """Return the body of createCancellation."""
    return {"legacyOrderId": notice.order_external_id, "cancelReason": const.CANCEL_REASONS[notice.reason]}


def ensure_refund(notice: dto.RefundNotice) -> None:
    """Raise unless a refund is sound; one that names no lines is for the order as a whole, however large its parts are.

    :raise Rejected: nothing, or less than nothing, is to be given back; or the parts do not add up
    """
    amount = notice.amount.amount
    if amount <= 0:
        raise Rejected("bad_amount", message=f"{amount} cannot be given back")
    beside = (money.amount for money in (notice.shipping, notice.adjustment) if money)
    parts = sum((_share(line) for line in notice.lines), sum(beside, Decimal(0)))
    if notice.lines and parts != amount:
        words = f"the parts of the refund are {parts} and not {amount} {notice.amount.currency}"
        raise Rejected("bad_amount", message=words)


def build_refund(notice: dto.RefundNotice) -> dict[str, Any]:
    """Return the body of issueRefund: by line where the lines make up the amount, else for the order as a whole."""
    body: dict[str, Any] = {
        "reasonForRefund": const.REFUND_REASONS[notice.reason],
        "comment": _comment(notice, const.COMMENT_LENGTH),
    }
    shares = [(line.external_line_id, _share(line)) for line in notice.lines]
    if shares and sum(share for _line_id, share in shares) == notice.amount.amount:
        body["refundItems"] = [
            {"lineItemId": line_id, "refundAmount": _amount(share, notice)} for line_id, share in shares if share
        ]
    else:
        body["orderLevelRefundAmount"] = build_money(notice.amount)
    return body


def build_return_refund(notice: dto.RefundNotice) -> dict[str, Any]:
    """Return the body of the refund of a return: what is for the goods, and what for their first delivery."""
    shipping = sum((line.shipping.amount for line in notice.lines if line.shipping), Decimal(0))
    shipping += notice.shipping.amount if notice.shipping else Decimal(0)
    shipping = min(max(shipping, Decimal(0)), notice.amount.amount)
    kinds = (("PURCHASE_PRICE", notice.amount.amount - shipping), ("ORIGINAL_SHIPPING", shipping))
    return {
        "refundDetail": {
            "itemizedRefundDetail": [
                {"refundFeeType": kind, "refundAmount": _number(share, notice)} for kind, share in kinds if share
            ],
            "totalAmount": _number(notice.amount.amount, notice),
        },
        "comments": {"content": _comment(notice, const.COMMENT_LENGTH)},
    }


def _share(line: dto.RefundLine) -> Decimal:
    return line.amount.amount + (line.shipping.amount if line.shipping else Decimal(0))


def _amount(share: Decimal, notice: dto.RefundNotice) -> dict[str, str]:
    return build_money(dto.Money(amount=share, currency=notice.amount.currency))


def _number(share: Decimal, notice: dto.RefundNotice) -> dict[str, Any]:
    """Return an amount as Post-Order reads it: a number."""
    return {"value": float(share), "currency": notice.amount.currency}


def _comment(notice: dto.RefundNotice, length: int) -> str:
    """Return the note with our reference behind it, which people find again in Seller Hub."""
    mark = f"[{notice.reference}]"
    note = (notice.note or "").strip()[: max(0, length - len(mark) - 1)]
    return f"{note} {mark}".strip()[:length]


# === messages ================================================================================================


def build_destination(endpoint: str, token: str) -> dict[str, Any]:
    """Return the body of createDestination."""
    delivery = {"endpoint": endpoint, "verificationToken": token}
    return {"name": const.DESTINATION_NAME, "status": "ENABLED", "deliveryConfig": delivery}


def build_subscription(destination: str) -> dict[str, Any]:
    """Return the body of updateSubscription, which is that of createSubscription without the topic."""
    payload = {"format": "JSON", "schemaVersion": "1.0", "deliveryProtocol": "HTTPS"}
    return {"status": "ENABLED", "payload": payload, "destinationId": destination}
