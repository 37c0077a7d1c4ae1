"""What can be done about each problem: the one place that says it, for the side panel, the form and the tests."""

from typing import NamedTuple

from odoo.tools.translate import LazyTranslate

_lt = LazyTranslate(__name__)


class Button(NamedTuple):
    """One thing to do.

    :param method: of ``oms.exception``
    :param confirm: a question asked first
    :param who: "anyone" who may read the problem, "clerk" or "manager"
    """

    method: str
    label: str
    confirm: str | None = None
    who: str = "clerk"


class Fix(NamedTuple):
    """What the panel offers for a reason.

    :param place: what the fix in place is about, empty where there is none: ``oms.exception._panel_fix`` tells its
        facts, and the web client finds its component in the registry ``oms_fix`` by the reason
    :param buttons: plain actions; the first one is the likeliest, unless a fix in place has its own
    """

    place: str = ""
    buttons: tuple[Button, ...] = ()


RETRY = Button("action_retry", _lt("Retry"))
ACCEPT = Button(
    "action_accept",
    _lt("Accept"),
    _lt("Take the order as it is here? The order goes on, and the decision stays on its timeline."),
)
SETTLE = Button("action_settle_message", _lt("It is there"), _lt("You have looked on the channel and it is there?"))
CANCEL_ORDER = Button(
    "action_cancel_order", _lt("Cancel the order"), _lt("Cancel the order here and tell the channel?")
)
TELL = Button("action_tell_channel", _lt("Tell the channel"))
OPEN_ORDER = Button("action_open_order", _lt("Open the order"), who="anyone")
OPEN_DOCUMENT = Button("action_open_document", _lt("Open the document"))
OPEN_DOCUMENTS = Button("action_open_documents", _lt("Received documents"))


def _place(label, who="anyone"):
    return Button("action_open_place", label, who=who)


OPEN_ADDRESS = _place(_lt("Open the address"))
OPEN_TRANSFER = _place(_lt("Open the transfer"))
OPEN_CHANNEL = _place(_lt("Open the channel"), "clerk")
OPEN_LISTING = _place(_lt("Open the listing"), "clerk")
OPEN_REFUND = _place(_lt("Open the refund"), "clerk")

FIXES = {
    "signed_out": Fix("sign_in"),
    "credential_ends": Fix("sign_in"),
    "sync_failing": Fix("", (OPEN_CHANNEL,)),
    "unmapped_sku": Fix("sku"),
    "placeholder_line": Fix("sku"),
    "unmapped_currency": Fix("", (RETRY, OPEN_DOCUMENT)),
    "unmapped_country": Fix("address", (ACCEPT, OPEN_ADDRESS)),
    "unmapped_tax": Fix("", (OPEN_CHANNEL, RETRY)),
    "address_incomplete": Fix("address", (ACCEPT, OPEN_ADDRESS)),
    "total_differs": Fix("total", (RETRY, ACCEPT)),
    "unreadable": Fix("", (RETRY, OPEN_DOCUMENT)),
    "import_failed": Fix("", (RETRY, OPEN_DOCUMENT)),
    "stock_short": Fix("stock", (OPEN_TRANSFER, CANCEL_ORDER)),
    "oversold": Fix("stock", (OPEN_TRANSFER, CANCEL_ORDER)),
    "no_supplier": Fix("", (RETRY, OPEN_ORDER)),
    "cancelled_after_pick": Fix("", (OPEN_TRANSFER, RETRY)),
    "cancelled_after_ship": Fix("", (ACCEPT, RETRY, OPEN_ORDER)),
    "cancel_requested": Fix(
        "",
        (
            CANCEL_ORDER,
            Button("action_refuse_request", _lt("Send it anyway")),
            OPEN_ORDER,
        ),
    ),
    "changed_after_import": Fix("change"),
    "shipped_elsewhere": Fix("", (OPEN_TRANSFER, ACCEPT, RETRY)),
    "reopened": Fix("", (OPEN_ORDER, RETRY)),
    "unfulfillable": Fix("", (OPEN_ORDER, RETRY)),
    "tracking_missing": Fix("", (OPEN_TRANSFER, RETRY)),
    "carrier_unmapped": Fix("carrier", (RETRY, OPEN_TRANSFER)),
    "shipment_refused": Fix("", (RETRY, OPEN_ORDER)),
    "shipment_unknown": Fix("", (RETRY, SETTLE, OPEN_ORDER)),
    "stock_refused": Fix("", (OPEN_LISTING,)),
    "invoice_refused": Fix("", (RETRY, OPEN_ORDER)),
    "invoice_unknown": Fix("", (RETRY, SETTLE, OPEN_ORDER)),
    "cancellation_refused": Fix("", (RETRY, OPEN_ORDER)),
    "cancellation_unknown": Fix("", (RETRY, SETTLE, OPEN_ORDER)),
    "cancel_untold": Fix("telling", (OPEN_ORDER,)),
    "refund_refused": Fix("", (RETRY, OPEN_REFUND)),
    "refund_unknown": Fix("", (RETRY, SETTLE, OPEN_REFUND)),
    "refund_untold": Fix("", (TELL, OPEN_REFUND)),
    "refund_reported": Fix("", (_place(_lt("Open the credit note"), "clerk"),)),
    "credit_note_failed": Fix("", (RETRY, OPEN_REFUND)),
    "return_requested": Fix("", (_place(_lt("Open the return"), "clerk"),)),
    "held_by_channel": Fix("", (OPEN_ORDER,)),
    "awaiting_payment": Fix("", (OPEN_ORDER,)),
    "replaced_after_pick": Fix("", (OPEN_ORDER,)),
    "missing_here": Fix("", (OPEN_DOCUMENTS,)),
    "missing_there": Fix("", (OPEN_ORDER,)),
    "state_differs": Fix("", (OPEN_ORDER,)),
    "quantity_absurd": Fix(
        "",
        (
            Button("action_believe_quantity", _lt("It is right"), _lt("Send this quantity to the channel?")),
            OPEN_LISTING,
        ),
    ),
    "product_archived": Fix("", (OPEN_LISTING,)),
    "buyer_deleted": Fix("", (OPEN_ORDER,)),
}
