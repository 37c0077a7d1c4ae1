from datetime import timedelta, timezone

from odoo import api, fields, models

from ..lib import cursor
from .oms_channel import WAITING

# On which row of the channel's card it is shown how telling the channel goes.
ENTITY_OF_KIND = {"shipment": "shipments", "invoice": "shipments", "cancellation": "cancellations", "refund": "refunds"}
FAILING_AFTER = timedelta(minutes=30)


class OmsChannelState(models.Model):
    """How far one entity of one channel has been synchronised, and how that goes.

    The rows are written by the system only. Times of the channel are the channel's own clock.
    """

    _name = "oms.channel.state"
    _description = "Channel synchronisation"
    _order = "channel_id, sequence, id"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    entity = fields.Selection(
        [
            ("orders", "Orders"),
            ("shipments", "Shipments"),
            ("cancellations", "Cancellations"),
            ("refunds", "Refunds"),
            ("returns", "Returns"),
            ("stock", "Stock"),
            ("listings", "Listings"),
            ("held", "Stock held there"),
        ],
        required=True,
    )
    sequence = fields.Integer(compute="_compute_sequence", store=True)
    complete_until = fields.Datetime(
        string="Complete until", help="All that the channel changed before this is stored here."
    )
    window_since = fields.Datetime()
    window_until = fields.Datetime()
    page = fields.Char()
    last_ok_at = fields.Datetime(string="Last success")
    last_count = fields.Integer(string="Documents last time")
    next_at = fields.Datetime(string="Next", index=True)
    failing_since = fields.Datetime()
    message = fields.Char(help="The worst that is so now, in words.")
    health = fields.Selection(
        [("off", "Off"), ("ok", "In sync"), ("slow", "Slow"), ("failing", "Needs you")], default="off", required=True
    )
    waiting_count = fields.Integer(compute="_compute_waiting", string="Waiting")
    can_sync = fields.Boolean(compute="_compute_can_sync")

    _entity_unique = models.UniqueIndex("(channel_id, entity)", "Each entity is synchronised once per channel.")

    def _compute_sequence(self):
        order = [value for value, _label in self._fields["entity"]._description_selection(self.env)]
        for state in self:
            state.sequence = order.index(state.entity)

    @api.depends("entity", "channel_id.state", "channel_id.is_stock_pushed")
    def _compute_can_sync(self):
        for state in self:
            channel = state.channel_id
            state.can_sync = channel.state == "live" and channel._can_look_at(state.entity)

    def _compute_waiting(self):
        told = {}
        for entity in set(ENTITY_OF_KIND.values()):
            kinds = [kind for kind, shown_at in ENTITY_OF_KIND.items() if shown_at == entity]
            domain = [("state", "in", WAITING), ("kind", "in", kinds)]
            told[entity] = self.channel_id._count_by_channel("oms.outbox", domain)
        inbox = self.channel_id._count_by_channel("oms.inbox", [("state", "=", "new")])
        listings = self.env["oms.listing"]._count_stale(self.channel_id)
        unmapped = self.channel_id._count_by_channel("oms.listing", [("product_id", "=", False)])
        asked = self.channel_id._count_by_channel("oms.return", [("status", "=", "requested")])
        counts = {**told, "orders": inbox, "stock": listings, "listings": unmapped, "returns": asked}
        for state in self:
            state.waiting_count = counts.get(state.entity, {}).get(state.channel_id.id, 0)

    # === PROGRESS ===

    def _progress(self):
        """Return the stored progress as a value; a channel never read starts at its "import from"."""
        self.ensure_one()
        return cursor.Progress(
            complete_until=aware_utc(self.complete_until or self.channel_id.import_from),
            since=aware_utc(self.window_since),
            until=aware_utc(self.window_until),
            page=self.page or None,
        )

    def _save_progress(self, progress):
        self.ensure_one()
        self.write(
            {
                "complete_until": naive_utc(progress.complete_until),
                "window_since": naive_utc(progress.since),
                "window_until": naive_utc(progress.until),
                "page": progress.page,
            }
        )

    # === HEALTH ===

    def _note_success(self, *, count=None, next_at=None):
        """Remember that the channel answered. Clears what was wrong."""
        vals = {"last_ok_at": fields.Datetime.now(), "health": "ok", "message": False, "failing_since": False}
        if count is not None:
            vals["last_count"] = count
        if next_at is not None:
            vals["next_at"] = next_at
        self.write(vals)

    def _note_trouble(self, message, *, next_at=None, is_wait=False, is_signed_out=False):
        """Remember that it did not work and when it is tried again.

        :param is_wait: the channel asked us to slow down, which is not a failure
        """
        now = fields.Datetime.now()
        for state in self:
            since = state.failing_since or (False if is_wait else now)
            failing = is_signed_out or (since and now - since >= FAILING_AFTER)
            state.write(
                {
                    "message": message,
                    "failing_since": since,
                    "next_at": next_at,
                    "health": "failing" if failing else "slow",
                }
            )


def aware_utc(value):
    """Return an Odoo datetime as an aware UTC one; False becomes None."""
    return value.replace(tzinfo=timezone.utc) if value else None


def naive_utc(value):
    """Return an aware datetime as Odoo stores it; None becomes False."""
    return value.astimezone(timezone.utc).replace(tzinfo=None) if value else False
