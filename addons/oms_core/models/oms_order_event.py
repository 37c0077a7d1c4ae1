import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL
from odoo.tools.translate import LazyTranslate

from .problem_texts import Words

_lt = LazyTranslate(__name__)

KINDS = [
    ("imported", "Imported"),
    ("written", "Written by a program"),
    ("updated_from_channel", "Changed on the channel"),
    ("change_applied", "Change taken over"),
    ("change_refused", "Change refused"),
    ("split_off", "Added as an order of its own"),
    ("added_to", "Added to an order"),
    ("replaced", "Replaced on the channel"),
    ("replaces", "Stands for earlier orders"),
    ("unpaid_reserved", "Reserved until paid"),
    ("unpaid_expired", "Not paid in time"),
    ("compared", "Put right by comparison"),
    ("payment_reported", "Payment reported"),
    ("payment_authorised", "Payment authorised"),
    ("payment_captured", "Payment captured"),
    ("payment_refunded", "Payment given back"),
    ("payment_voided", "Payment voided"),
    ("confirmed", "Confirmed"),
    ("warehouse_changed", "Sent from elsewhere"),
    ("reserved", "Stock reserved"),
    ("held", "Put on hold"),
    ("hold_ended", "Hold ended"),
    ("released", "Released"),
    ("linked", "Linked to a product"),
    ("accepted", "Difference accepted"),
    ("tagged", "Tagged"),
    ("untagged", "Tag removed"),
    ("promised", "Expected"),
    ("credit_warned", "Over the credit limit"),
    ("split", "Split"),
    ("split_from", "Split off"),
    ("merged", "Sent together"),
    ("merged_into", "Goes with another order"),
    ("unmerged", "Goes on its own"),
    ("type_changed", "Type changed"),
    ("resent", "Sent again"),
    ("resend_of", "In place of another order"),
    ("shipped", "Shipped"),
    ("shipment_told", "Told to the channel"),
    ("shipment_refused", "Refused by the channel"),
    ("cancelled", "Cancelled"),
    ("cancellation_told", "Cancellation told to the channel"),
    ("cancellation_refused", "Cancellation refused by the channel"),
    ("invoice_told", "Invoiced on the channel"),
    ("invoice_refused", "Invoice refused by the channel"),
    ("refund_told", "Money given back"),
    ("refund_refused", "Refund refused by the channel"),
    ("refund_reported", "Refunded on the channel"),
    ("return_reported", "Return"),
    ("anonymised", "Buyer's data removed"),
    ("exception_opened", "Problem found"),
    ("exception_closed", "Problem solved"),
    ("exception_ignored", "Problem ignored"),
    ("exception_retried", "Tried again"),
    ("exception_assigned", "Problem given to somebody"),
    ("edited", "Edited"),
    ("address_edited", "Address edited"),
    ("line_added", "Line added"),
    ("line_removed", "Line taken off"),
    ("unreserved", "Stock set free"),
    ("pick_line", "Picked"),
    ("pick_short", "Picked short"),
    ("packed", "Packed"),
    ("label_bought", "Label bought"),
    ("tracking_set", "Tracking number"),
    ("invoice_posted", "Invoice"),
    ("credit_note_posted", "Credit note"),
    ("message_out", "Message written"),
    ("message_in", "Message received"),
    ("note", "Note"),
    ("note_changed", "Note changed"),
    ("note_confirmed", "Note read"),
    ("note_withdrawn", "Note withdrawn"),
]

SENTENCES = {
    "imported": _lt("Order %(number)s imported, total %(total)s"),
    "written": _lt("Written by %(source)s"),
    "updated_from_channel": _lt("%(what)s"),
    "change_applied": _lt("Taken over: %(what)s"),
    "change_refused": _lt("Left as it was: %(what)s"),
    "split_off": _lt("What was added later is order %(order)s"),
    "added_to": _lt("Added to order %(order)s after its picking began"),
    "replaced": _lt("Order %(order)s of the channel stands for this one now"),
    "replaces": _lt("Stands for order %(order)s of the channel"),
    "unpaid_reserved": _lt("Its stock is kept until %(until)s, unpaid as it is"),
    "unpaid_expired": _lt("Not paid until %(until)s: its stock is free again"),
    "compared": _lt("The comparison with the channel put it right: %(what)s"),
    "payment_reported": _lt("Paid %(amount)s by %(method)s"),
    "payment_authorised": _lt("%(amount)s authorised by %(how)s"),
    "payment_captured": _lt("%(amount)s paid by %(how)s"),
    "payment_refunded": _lt("%(amount)s given back by %(how)s"),
    "payment_voided": _lt("%(amount)s by %(how)s is not taken"),
    "confirmed": _lt("Order confirmed"),
    "warehouse_changed": _lt("%(old)s → %(new)s"),
    "reserved": _lt("Reserved %(qty)s of %(asked)s units"),
    "held": _lt("%(text)s"),
    "hold_ended": _lt("%(reason)s: %(why)s"),
    "released": _lt("Nothing stops the order any more"),
    "linked": _lt("%(sku)s is %(product)s"),
    "accepted": _lt("Accepted: %(difference)s"),
    "tagged": _lt("Tagged %(tags)s"),
    "untagged": _lt("Tag %(tags)s removed"),
    "resent": _lt("%(order)s sends it again: %(why)s"),
    "resend_of": _lt("In place of goods of %(order)s: %(why)s"),
    "promised": _lt("%(product)s: %(what)s"),
    "credit_warned": _lt("%(text)s"),
    "split": _lt("%(what)s moved to order %(order)s"),
    "split_from": _lt("%(what)s came from order %(order)s"),
    "merged": _lt("%(orders)s go in one parcel with it"),
    "merged_into": _lt("Goes in one parcel with %(order)s"),
    "unmerged": _lt("Goes apart from %(orders)s again"),
    "type_changed": _lt("%(old)s → %(new)s"),
    "shipped": _lt("%(transfer)s left with %(carrier)s, tracking %(tracking)s"),
    "shipment_told": _lt("Channel told: %(carrier)s %(tracking)s, %(units)s units"),
    "shipment_refused": _lt("The channel refused the parcel: %(text)s"),
    "cancelled": _lt("Order cancelled. %(why)s"),
    "cancellation_told": _lt("The channel was told: %(units)s units not sent"),
    "cancellation_refused": _lt("The channel refused the cancellation: %(text)s"),
    "invoice_told": _lt("%(units)s units invoiced on the channel"),
    "invoice_refused": _lt("The channel refused the invoice: %(text)s"),
    "refund_told": _lt("%(amount)s given back through the channel"),
    "refund_refused": _lt("The channel refused the refund: %(text)s"),
    "refund_reported": _lt("%(amount)s given back on the channel"),
    "return_reported": _lt("Return %(number)s: %(what)s"),
    "anonymised": _lt("The buyer's data was removed: %(why)s"),
    "exception_opened": _lt("%(text)s"),
    "exception_closed": _lt("Solved: %(text)s"),
    "exception_ignored": _lt("%(why)s (%(text)s)"),
    "exception_retried": _lt("Tried again: %(text)s"),
    "exception_assigned": _lt("For %(whom)s: %(text)s"),
    "edited": _lt("%(field)s: %(old)s → %(new)s"),
    "address_edited": _lt("%(what)s changed"),
    "line_added": _lt("%(qty)s × %(what)s at %(price)s"),
    "line_removed": _lt("%(qty)s × %(what)s at %(price)s"),
    "unreserved": _lt("%(transfer)s keeps no stock any more"),
    "pick_line": _lt("%(qty)s × %(product)s from %(bin)s"),
    "pick_short": _lt("%(qty)s of %(asked)s × %(product)s from %(bin)s"),
    "packed": _lt("%(transfer)s: %(units)s units, %(parcels)s parcels, %(weight)s kg"),
    "label_bought": _lt("%(carrier)s %(tracking)s for %(cost)s"),
    "tracking_set": _lt("%(transfer)s: %(old)s → %(new)s"),
    "invoice_posted": _lt("%(number)s over %(amount)s"),
    "credit_note_posted": _lt("%(number)s over %(amount)s"),
    "message_out": _lt("Its words are under Messages"),
    "message_in": _lt("Its words are under Messages"),
    "note": _lt("For %(audience)s"),
    "note_changed": _lt("For %(audience)s"),
    "note_confirmed": _lt("Note for %(audience)s"),
    "note_withdrawn": _lt("Note for %(audience)s"),
}


class OmsOrderEvent(models.Model):
    """What happened to an order: who, when, what, from which source. Rows are only ever added."""

    _name = "oms.order.event"
    _description = "Order event"
    _order = "at desc, id desc"
    _log_access = False

    order_id = fields.Many2one("sale.order", required=True, ondelete="restrict", readonly=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    at = fields.Datetime(required=True, readonly=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    source = fields.Selection(
        [("person", "A person"), ("channel", "The channel"), ("system", "The system")], required=True, readonly=True
    )
    user_id = fields.Many2one("res.users", readonly=True)
    actor = fields.Char(readonly=True, help="Who did it, as the name was then.")
    params = fields.Json(readonly=True)
    summary = fields.Char(compute="_compute_summary", string="What")

    _by_order = models.Index("(order_id, at DESC, id DESC)")

    @api.depends("kind", "params")
    @api.depends_context("lang")
    def _compute_summary(self):
        for event in self:
            event.summary = event._sentence()

    def _sentence(self):
        """Return what happened as one sentence in the reader's language."""
        self.ensure_one()
        sentence = self.env._(SENTENCES[self.kind])
        return sentence % Words(self.params or {})

    @api.model
    def _log(self, entries):
        """Add events in one statement.

        :param entries: iterable of ``(order, kind, params)`` or ``(order, kind, params, source)``; without a source a
            person did it when one is logged in and this is no job of the queue, else the system
        """
        user = self.env.user
        is_person = user.active and not user._is_superuser() and not self.env.context.get("job_uuid")
        now = fields.Datetime.now()
        rows = []
        for order, kind, params, *rest in entries:
            source = rest[0] if rest else ("person" if is_person else "system")
            actor = {"person": user.name, "channel": order.oms_channel_id.name}.get(source)
            user_id = user.id if source == "person" else None
            rows.append(
                SQL(
                    "(%s, %s, %s, %s, %s, %s, %s, %s)",
                    order.id,
                    order.company_id.id,
                    now,
                    kind,
                    source,
                    user_id,
                    actor,
                    json.dumps(known_only(params), default=str),
                )  # fmt: skip
            )
        if not rows:
            return
        self.env["sale.order"].flush_model(["name", "company_id"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO oms_order_event (order_id, company_id, at, kind, source, user_id, actor, params)"
                " VALUES %s",
                SQL(", ").join(rows),
            )
        )
        self.env["sale.order"].invalidate_model(["oms_event_ids"], flush=False)

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        """Refuse: what happened is written down where it happens, by ``_log``; nobody adds to it by hand."""
        raise AccessError(self.env._("The timeline writes itself. Add a note instead."))

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: what happened cannot be changed."""
        raise AccessError(self.env._("The timeline cannot be changed. Add a note instead."))

    def unlink(self):  # pylint: disable=method-required-super
        """Refuse: what happened cannot be removed."""
        raise AccessError(self.env._("The timeline cannot be shortened."))


def known_only(params):
    """Leave out what is not known: XML-RPC has no word for it, and a sentence shows a dash instead."""
    return {name: value for name, value in params.items() if value not in (None, False)}
