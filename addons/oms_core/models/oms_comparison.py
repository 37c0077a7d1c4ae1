import random
from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_time

from ..lib.channel import Capability

STARTS_AT_HOUR = 1  # UTC; the channels of a system are spread over the four hours that follow
SPREAD_MINUTES = 240
LEASE = timedelta(minutes=10)
GIVEN_UP_AFTER = timedelta(hours=20)
KEPT = timedelta(days=90)
KINDS = [
    ("missing_here", "On the channel, not here"),
    ("missing_there", "Here, not on the channel"),
    ("state_differs", "State differs"),
    ("total_differs", "Total differs"),
    ("stock_drift", "Quantity differs"),
]


class OmsComparison(models.Model):
    """A channel and we, compared order by order: what differs is put right where we may, else listed.

    It advances in small jobs, each with at most one call, and remembers after each how far it came.
    """

    _name = "oms.comparison"
    _description = "Comparison with a channel"
    _inherit = ["oms.job.mixin"]
    _order = "id desc"

    channel_id = fields.Many2one("oms.channel", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    night = fields.Date(required=True, readonly=True)
    started_at = fields.Datetime(string="Started", required=True, readonly=True, default=fields.Datetime.now)
    done_at = fields.Datetime(string="Ended", readonly=True)
    since = fields.Datetime(string="Orders changed from", readonly=True, required=True)
    until = fields.Datetime(readonly=True, help="By the channel's clock; what changed later is left for tomorrow.")
    step = fields.Selection(
        [
            ("orders", "Reading orders"),
            ("listings", "Reading listings"),
            ("asking", "Asking for orders one by one"),
            ("settling", "Waiting for what was brought in"),
            ("done", "Done"),
            ("given_up", "Given up"),
        ],
        default="orders",
        required=True,
        readonly=True,
        index=True,
    )
    page = fields.Char(readonly=True)
    next_at = fields.Datetime(readonly=True, default=fields.Datetime.now)
    message = fields.Char(readonly=True, help="What holds it up.")
    looked_count = fields.Integer(string="Looked at", readonly=True)
    repaired_count = fields.Integer(compute="_compute_counts", string="Put right")
    sending_count = fields.Integer(compute="_compute_counts", string="On their way")
    listed_count = fields.Integer(compute="_compute_counts", string="For you")
    differing_count = fields.Integer(compute="_compute_counts", string="Differed")
    equal_count = fields.Integer(compute="_compute_counts", string="Equal")
    row_ids = fields.One2many("oms.comparison.row", "comparison_id", readonly=True)
    result = fields.Char(compute="_compute_counts")

    _night_index = models.Index("(channel_id, night)")
    _running_unique = models.UniqueIndex(
        "(channel_id) WHERE step NOT IN ('done', 'given_up')", "This channel is being compared already."
    )

    @api.depends("channel_id", "night")
    def _compute_display_name(self):
        for comparison in self:
            comparison.display_name = f"{comparison.channel_id.name or ''} {comparison.night or ''}"

    @api.depends("row_ids.outcome", "row_ids.kind", "looked_count", "step", "done_at")
    @api.depends_context("lang", "tz")
    def _compute_counts(self):
        for comparison in self:
            rows = comparison.row_ids.filtered(lambda row: row.outcome != "agrees")
            orders = rows.filtered(lambda row: row.kind != "stock_drift")
            comparison.repaired_count = len(rows.filtered(lambda row: row.outcome == "repaired"))
            comparison.sending_count = len(rows.filtered(lambda row: row.outcome == "sending"))
            comparison.listed_count = len(rows.filtered(lambda row: row.outcome == "listed"))
            comparison.differing_count = len(rows)
            comparison.equal_count = max(comparison.looked_count - len(orders), 0)
            comparison.result = comparison._in_words()

    def _in_words(self):
        if self.step == "given_up":
            return self.env._("The comparison did not finish: %s", self.message or "–")
        if self.step != "done":
            return self.env._("Comparing: %s orders so far", self.looked_count)
        words = {
            "at": format_time(self.env, self.done_at, tz=self.env.context.get("tz") or self.env.user.tz or "UTC",
                              time_format="HH:mm"),
            "looked": self.looked_count,
            "listed": self.listed_count,
            "sending": self.sending_count,
            "repaired": self.repaired_count,
        }  # fmt: skip
        if self.listed_count:
            return self.env._("Compared %(at)s: %(looked)s orders, %(listed)s need you", **words)
        if self.sending_count:
            return self.env._("Compared %(at)s: %(looked)s orders, quantities on their way: %(sending)s", **words)
        if self.repaired_count:
            return self.env._("Compared %(at)s: %(looked)s orders, %(repaired)s put right", **words)
        return self.env._("Compared %(at)s: %(looked)s orders, all equal", **words)

    # === STARTING ===

    @api.model
    def _queue_due(self):
        """Start tonight's comparisons and go on with those whose job was lost or waited. Called every minute."""
        self._start_due()
        for comparison in self.search(
            [("step", "not in", ("done", "given_up")), ("next_at", "<=", fields.Datetime.now())]
        ):
            if comparison.channel_id.state == "live":
                comparison._queue_step()

    @api.model
    def _drop_old(self):
        """Remove what was compared long ago; problems and timelines stay. Called once a day."""
        limit = fields.Datetime.now() - KEPT
        self.search([("step", "in", ("done", "given_up")), ("started_at", "<", limit)], limit=1000).unlink()

    @api.model
    def _start_due(self):
        now = fields.Datetime.now()
        today = now.date()
        channels = self.env["oms.channel"].search(
            [("state", "=", "live"), ("compare_days", ">", 0), ("create_date", "<=", now - timedelta(hours=20))]
        )
        started = dict(
            self._read_group([("channel_id", "in", channels.ids), ("night", "=", today)], ["channel_id"], ["__count"])
        )
        for channel in channels.filtered(lambda channel: channel not in started):
            minutes = channel.id * 37 % SPREAD_MINUTES
            start = now.replace(hour=STARTS_AT_HOUR, minute=0, second=0, microsecond=0) + timedelta(minutes=minutes)
            if now >= start:
                self._start(channel)

    @api.model
    def _start(self, channel):
        """Begin a comparison, unless one is under way; one that never ended makes room.

        :return: the comparison that runs now
        """
        now = fields.Datetime.now()
        running = self.search([("channel_id", "=", channel.id), ("step", "not in", ("done", "given_up"))])
        old = running.filtered(lambda row: row.started_at < now - GIVEN_UP_AFTER)
        old.write({"step": "given_up", "done_at": now})
        old.flush_recordset()  # before the next one runs, or the index refuses it
        old._forget_seen()
        if running - old:
            return running - old
        days = min(timedelta(days=channel.compare_days or 14), channel._adapter_class().limits.history)
        comparison = self.create(
            {"channel_id": channel.id, "night": now.date(), "since": max(now - days, channel.import_from)}
        )
        comparison._queue_step()
        return comparison

    def _queue_step(self, eta=None):
        for comparison in self:
            comparison._oms_enqueue(
                "_job_step",
                identity_key=f"oms-compare-{comparison.id}",
                priority=9,
                eta=eta,
                description=self.env._("Compare %s", comparison.channel_id.name),
            )

    def _come_back(self, after):
        """Go on after a while, where it stopped."""
        self.next_at = fields.Datetime.now() + after
        self._queue_step(eta=after * random.uniform(1.0, 1.2))  # noqa: S311 spreads, protects nothing

    def _next_step(self, step):
        self.write({"step": step, "page": False})

    def _first_step_after_orders(self):
        channel = self.channel_id
        is_watched = channel.is_stock_pushed and channel._has(Capability.LISTINGS)
        return "listings" if is_watched else "asking"

    # === WHAT WAS SEEN ===

    def _note_seen(self, external_ids):
        """Remember which orders the channel has."""
        self.env.cr.execute(
            SQL(
                "INSERT INTO oms_comparison_seen (comparison_id, external_id)"
                " SELECT %s, unnest(%s::varchar[]) ON CONFLICT DO NOTHING",
                self.id,
                list(external_ids),
            )
        )
        return self.env.cr.rowcount

    def _forget_seen(self):
        if self:
            self.env.cr.execute(SQL("DELETE FROM oms_comparison_seen WHERE comparison_id = ANY(%s)", self.ids))

    def _unseen_orders(self):
        """Return the orders that should have been on the channel's pages and were not."""
        self.env["sale.order"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT id FROM sale_order sale
                 WHERE oms_channel_id = %(channel)s AND oms_external_id IS NOT NULL AND oms_replaced_by_id IS NULL
                   AND oms_changed_at >= %(since)s AND oms_changed_at <= %(until)s
                   AND NOT EXISTS (SELECT FROM oms_comparison_seen seen
                                    WHERE seen.comparison_id = %(id)s AND seen.external_id = sale.oms_external_id)
              ORDER BY id
                """,
                channel=self.channel_id.id,
                since=self.since,
                until=self.until or self.started_at,
                id=self.id,
            )
        )
        return self.env["sale.order"].browse(row[0] for row in self.env.cr.fetchall())


class OmsComparisonSeen(models.Model):
    """Ids of the orders a running comparison has met; they go when it ends."""

    _name = "oms.comparison.seen"
    _description = "Order met while comparing"
    _log_access = False

    comparison_id = fields.Many2one("oms.comparison", required=True, ondelete="cascade")
    external_id = fields.Char(required=True)

    _met_unique = models.UniqueIndex("(comparison_id, external_id)", "An order is met once.")


class OmsComparisonRow(models.Model):
    """One difference between a channel and us, and what came of it."""

    _name = "oms.comparison.row"
    _description = "Difference with a channel"
    _order = "id"

    comparison_id = fields.Many2one("oms.comparison", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="comparison_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    external_id = fields.Char(string="On the channel", readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null", index="btree_not_null")
    listing_id = fields.Many2one("oms.listing", readonly=True, ondelete="set null", index="btree_not_null")
    inbox_id = fields.Many2one("oms.inbox", string="Document", readonly=True, ondelete="set null")
    ours = fields.Char(string="Here", readonly=True)
    theirs = fields.Char(string="There", readonly=True)
    outcome = fields.Selection(
        [
            ("asking", "Being asked for"),
            ("bringing", "Being brought in"),
            ("sending", "On its way"),
            ("repaired", "Put right"),
            ("listed", "For you"),
            ("agrees", "Agrees after all"),
        ],
        required=True,
        readonly=True,
    )

    @api.model
    def _prepare(self, difference, external_id, **values):
        return {
            "kind": difference.kind,
            "external_id": external_id,
            "ours": self._spoken(difference.ours),
            "theirs": self._spoken(difference.theirs),
            **values,
        }

    @api.model
    def _spoken(self, word):
        """Return a state in the words of the screens; numbers stay."""
        statuses = dict(self.env["sale.order"]._fields["oms_channel_status"]._description_selection(self.env))
        stages = {
            "draft": self.env._("A quotation"),
            "confirmed": self.env._("Not picked yet"),
            "picking": self.env._("Being picked"),
            "shipped": self.env._("Left"),
            "cancelled": self.env._("Cancelled"),
        }
        return {**statuses, **stages}.get(word, word)

    def action_open(self):
        """Open what differs."""
        self.ensure_one()
        record = self.order_id or self.listing_id or self.inbox_id
        return record._get_records_action() if record else True
