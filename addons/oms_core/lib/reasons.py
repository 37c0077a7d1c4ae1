"""The catalogue of named problems: how bad each is, what it stops, and what mends it."""

from typing import Literal

import msgspec

Severity = Literal["0_critical", "1_high", "2_medium", "3_low"]
Stops = Literal["confirm", "ship"]


class Reason(msgspec.Struct, frozen=True):
    """One kind of problem.

    :param stops: "confirm" keeps the order a quotation that reserves nothing; "ship" lets it reserve but not leave
    :param is_shared: one cause may stop many orders, and one fix then releases them all
    """

    severity: Severity
    stops: Stops | None = None
    is_shared: bool = False


REASONS: dict[str, Reason] = {
    "unmapped_sku": Reason("1_high", "confirm", is_shared=True),
    "unmapped_currency": Reason("1_high", "confirm", is_shared=True),
    "unmapped_country": Reason("1_high", "ship", is_shared=True),
    "unmapped_tax": Reason("2_medium", None, is_shared=True),
    "address_incomplete": Reason("1_high", "ship"),
    "total_differs": Reason("1_high", "ship"),
    "unreadable": Reason("1_high"),
    "import_failed": Reason("1_high"),
    "stock_short": Reason("2_medium"),
    "oversold": Reason("1_high"),
    "no_supplier": Reason("1_high"),
    "cancelled_after_pick": Reason("0_critical", "ship"),
    "cancelled_after_ship": Reason("1_high"),
    "cancel_requested": Reason("1_high", "ship"),
    "changed_after_import": Reason("2_medium", "ship"),
    "shipped_elsewhere": Reason("1_high", "ship"),
    "reopened": Reason("1_high", "confirm"),
    "unfulfillable": Reason("1_high", "confirm"),
    "tracking_missing": Reason("1_high"),
    "carrier_unmapped": Reason("1_high", is_shared=True),
    "shipment_refused": Reason("0_critical"),
    "shipment_unknown": Reason("0_critical"),
    "stock_refused": Reason("2_medium", is_shared=True),
    "invoice_refused": Reason("1_high"),
    "invoice_unknown": Reason("1_high"),
    "cancellation_refused": Reason("0_critical"),
    "cancellation_unknown": Reason("0_critical"),
    "cancel_untold": Reason("1_high"),
    "refund_refused": Reason("0_critical"),
    "refund_unknown": Reason("0_critical"),
    "refund_untold": Reason("1_high"),
    "refund_reported": Reason("2_medium"),
    "credit_note_failed": Reason("1_high"),
    "return_requested": Reason("2_medium"),
    "held_by_channel": Reason("1_high", "confirm"),
    "replaced_after_pick": Reason("1_high", "confirm"),
    "placeholder_line": Reason("2_medium", None, is_shared=True),
    "missing_here": Reason("0_critical"),
    "missing_there": Reason("0_critical"),
    "state_differs": Reason("1_high"),
    "awaiting_payment": Reason("3_low", "ship"),
    "quantity_absurd": Reason("1_high"),
    "product_archived": Reason("2_medium"),
    "credential_ends": Reason("1_high", is_shared=True),
    "buyer_deleted": Reason("2_medium"),
    "signed_out": Reason("0_critical", is_shared=True),
    "sync_failing": Reason("1_high", is_shared=True),
}


def fingerprint(reason: str, channel_id: int | None, cause: str) -> str:
    """Return the key that problems with the same cause share, so that one fix can close them all."""
    return f"{reason}|{channel_id or 0}|{cause}"
