import json

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

KINDS = [
    ("imported", "Imported"),
    ("updated_from_channel", "Changed on the channel"),
    ("payment_reported", "Payment reported"),
    ("confirmed", "Confirmed"),
    ("reserved", "Stock reserved"),
    ("held", "Put on hold"),
    ("released", "Released"),
    ("linked", "Linked to a product"),
    ("accepted", "Difference accepted"),
    ("tagged", "Tagged"),
    ("untagged", "Tag removed"),
    ("shipped", "Shipped"),
    ("shipment_told", "Told to the channel"),
    ("shipment_refused", "Refused by the channel"),
    ("cancelled", "Cancelled"),
    ("exception_opened", "Problem found"),
    ("exception_closed", "Problem solved"),
    ("edited", "Edited"),
]


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
        p = self.params or {}
        sentences = {
            "imported": lambda: self.env._("Order %(number)s imported, total %(total)s", **_only(p, "number", "total")),
            "updated_from_channel": lambda: self.env._("%(what)s", **_only(p, "what")),
            "payment_reported": lambda: self.env._("Paid %(amount)s by %(method)s", **_only(p, "amount", "method")),
            "confirmed": lambda: self.env._("Order confirmed"),
            "reserved": lambda: self.env._("Reserved %(qty)s of %(asked)s units", **_only(p, "qty", "asked")),
            "held": lambda: self.env._("%(text)s", **_only(p, "text")),
            "released": lambda: self.env._("Nothing stops the order any more"),
            "linked": lambda: self.env._("%(sku)s is %(product)s", **_only(p, "sku", "product")),
            "accepted": lambda: self.env._("Difference of %(difference)s accepted", **_only(p, "difference")),
            "tagged": lambda: self.env._("Tagged %(tags)s", **_only(p, "tags")),
            "untagged": lambda: self.env._("Tag %(tags)s removed", **_only(p, "tags")),
            "shipped": lambda: self.env._(
                "%(transfer)s left with %(carrier)s, tracking %(tracking)s",
                **_only(p, "transfer", "carrier", "tracking"),
            ),
            "shipment_told": lambda: self.env._(
                "Channel told: %(carrier)s %(tracking)s, %(units)s units", **_only(p, "carrier", "tracking", "units")
            ),
            "shipment_refused": lambda: self.env._("The channel refused the parcel: %(text)s", **_only(p, "text")),
            "cancelled": lambda: self.env._("Order cancelled. %(why)s", **_only(p, "why")),
            "exception_opened": lambda: self.env._("%(text)s", **_only(p, "text")),
            "exception_closed": lambda: self.env._("Solved: %(text)s", **_only(p, "text")),
            "edited": lambda: self.env._("%(field)s: %(old)s → %(new)s", **_only(p, "field", "old", "new")),
        }
        return sentences[self.kind]()

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
                    json.dumps(params, default=str),
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

    def write(self, vals):
        """Refuse: what happened cannot be changed."""
        raise AccessError(self.env._("The timeline cannot be changed. Add a note instead."))

    def unlink(self):
        """Refuse: what happened cannot be removed."""
        raise AccessError(self.env._("The timeline cannot be shortened."))


def _only(params, *names):
    return {name: params.get(name) if params.get(name) is not None else "–" for name in names}
