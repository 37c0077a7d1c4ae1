import logging
from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import comparing, dto, errors
from .oms_channel import WAITING
from .oms_channel_state import aware_utc, naive_utc
from .oms_comparison import LEASE
from .oms_job_mixin import repeats_on_twin
from .sale_order import QUIET

_logger = logging.getLogger(__name__)

SETTLE_AFTER = timedelta(minutes=3)
BRING_WITHIN = timedelta(hours=2)
PROBLEMS = ("missing_here", "missing_there", "state_differs")


class OmsComparison(models.Model):
    """The steps of a comparison. Each makes its call before it writes anything, so no row is locked meanwhile."""

    _inherit = "oms.comparison"

    @repeats_on_twin
    def _job_step(self):
        """Go one step on: one page of orders or listings, one order asked for, or the end."""
        self.ensure_one()
        if self.step in ("done", "given_up") or self.channel_id.state != "live":
            return
        self = self.with_company(self.company_id)
        steps = {
            "orders": self._step_orders,
            "listings": self._step_listings,
            "asking": self._step_ask,
            "settling": self._step_settle,
        }
        try:
            wait = steps[self.step]()
        except errors.ChannelError as error:
            self._note_trouble(error)
            return
        self.write({"next_at": fields.Datetime.now() + LEASE, "message": False})
        if self.step == "done":
            return
        if wait:
            self._come_back(wait)
        else:
            self._queue_step()

    def _note_trouble(self, error):
        """Wait as long as the channel asks, and go on where it stopped; refused credentials stop the account."""
        channel = self.channel_id
        self.message = channel._explain(error)
        if isinstance(error, errors.AuthFailed):
            channel._note_failure("orders", error)
        elif error.code == "cursor_expired":
            self.page = False
            self._queue_step()
        else:
            is_wait = isinstance(error, errors.RetryLater) and error.after
            self._come_back(error.after if is_wait else timedelta(minutes=channel.poll_minutes))

    # === ORDERS ===

    def _step_orders(self):
        channel = self.channel_id
        adapter = channel._adapter()
        asked_at = adapter.now()
        page = adapter.fetch_orders(dto.Window(since=aware_utc(self.since)), self.page or None)
        until = aware_utc(self.until)
        if until is None:
            until = min(asked_at, page.covered_until or asked_at) - adapter.limits.overlap
            self.until = naive_utc(until)
        self._compare_page(page.items, until)
        if page.next_cursor is None:
            self._next_step(self._first_step_after_orders())
        else:
            self.page = page.next_cursor

    def _compare_page(self, raws, until):
        """Compare one page of documents with what is here, and bring in what is missing or newer."""
        documents = self._read(raws)
        here = self._here([data.external_id for data, _raw in documents])
        unwanted = self._ignored("missing_here")
        values, agreeing = [], []
        settled = [(data, raw) for data, raw in documents if data.updated_at <= until]
        for data, raw in settled:
            order, known = here.get(data.external_id, (self.env["sale.order"], None))
            if known is None and (data.external_id in unwanted or self._is_left_out(data)):
                continue
            difference = comparing.compare_order(data, known, until)
            if difference is None:
                agreeing.append(data.external_id)
                continue
            row = self.env["oms.comparison.row"]._prepare(difference, data.external_id, order_id=order.id)
            is_import = difference.remedy == "import"
            document = self._bring_in(raw) if is_import else self.env["oms.inbox"]
            values.append(
                row
                | {"comparison_id": self.id, "inbox_id": document.id, "outcome": "bringing" if is_import else "listed"}
            )
        self.env["oms.comparison.row"].create(values)._list_problems()
        self._close_agreeing(agreeing)
        unread = [raw.external_id for raw in raws if raw.external_id]
        self._note_seen({*unread, *(data.external_id for data, _raw in documents)})
        self.looked_count += len(settled)

    def _is_left_out(self, data):
        """Whether the account does not want this order, or not yet."""
        return data.status == "awaiting_payment" and self.channel_id.unpaid_policy == "skip"

    def _ignored(self, reason):
        """Return the orders of which a person said that it may be so."""
        domain = [("channel_id", "=", self.channel_id.id), ("reason", "=", reason), ("state", "=", "ignored")]
        return set(self.env["oms.exception"].search(domain).mapped("cause"))

    def _read(self, raws):
        """Return ``[(OrderData, RawOrder)]``; what cannot be read is brought in, which says so by itself."""
        parse, found, unreadable = self.channel_id._adapter_class().parse_order, [], []
        for raw in raws:
            try:
                found.append((parse(raw.body), raw))
            except errors.Malformed:
                unreadable.append(raw)
            except Exception:  # nobody foresaw it; importing it says so on the document
                _logger.exception("a document of channel %s broke its reader", self.channel_id.id)
                unreadable.append(raw)
        self.env["oms.inbox"]._store_orders(self.channel_id, unreadable)._queue_import()
        return found

    def _bring_in(self, raw):
        """Store a document, or take one that is here once more, and import it.

        :return: its row
        """
        inbox = self.env["oms.inbox"]
        rows = inbox._store_orders(self.channel_id, (raw,))
        if not rows:
            rows = inbox._find_document(self.channel_id, raw)
            rows.filtered(lambda row: row.state != "new").write({"state": "new", "reason": False, "path": False})
        rows._queue_import()
        return rows[:1]

    def _here(self, external_ids):
        """Return ``{channel's order id: (order, Here)}`` of those that are here."""
        orders = self.env["sale.order"].with_context(**QUIET)._find_external(self.channel_id, external_ids)
        return {external_id: (order, order._as_here()) for external_id, order in orders.items()}

    def _close_agreeing(self, external_ids):
        for reason in PROBLEMS:
            self.env["oms.exception"]._close_problems(self.channel_id, reason, external_ids)

    # === HERE, NOT THERE ===

    def _step_ask(self):
        """Ask for one order that was on no page; the channel may just have had it elsewhere."""
        rows = self.row_ids.filtered(lambda row: row.outcome == "asking")
        if not self.page:
            self._list_unseen()
            self.page = "asking"
            return
        row = rows[:1]
        if not row:
            self._next_step("settling")
            return SETTLE_AFTER if self.row_ids.filtered(lambda row: row.outcome == "bringing") else None
        try:
            raw = self.channel_id._adapter().fetch_order(row.external_id)
        except errors.NotFound:
            row.outcome = "listed"
            row._list_problems()
            return
        row.outcome = "agrees"
        self._compare_page((raw,), aware_utc(self.until))

    def _list_unseen(self):
        """Note the orders that were on no page. A cancelled one may be gone there."""
        ignored = self._ignored("missing_there")
        orders = self._unseen_orders().filtered(
            lambda order: order.state != "cancel" and order.oms_external_id not in ignored
        )
        self.looked_count += len(orders)
        difference = comparing.Difference(kind="missing_there")
        prepare = self.env["oms.comparison.row"]._prepare
        self.env["oms.comparison.row"].create(
            [
                prepare(difference, order.oms_external_id, order_id=order.id, comparison_id=self.id, outcome="asking")
                | {"ours": self.env["oms.comparison.row"]._spoken(order._stage())}
                for order in orders
            ]
        )

    # === THE END ===

    def _step_settle(self):
        """See what became of what was brought in, then end."""
        bringing = self.row_ids.filtered(lambda row: row.outcome == "bringing")
        waiting = bringing.filtered(lambda row: row.inbox_id.state == "new")
        (bringing - waiting)._settle()
        if waiting and fields.Datetime.now() < self.started_at + BRING_WITHIN:
            return SETTLE_AFTER
        waiting._settle()
        self.write({"step": "done", "done_at": fields.Datetime.now()})
        self._forget_seen()


class OmsComparisonRow(models.Model):
    _inherit = "oms.comparison.row"

    def _settle(self):
        """Compare once more what was brought in: it is right now, or a person must look."""
        events, mended = [], []
        for row in self:
            channel = row.comparison_id.channel_id
            order = self.env["sale.order"]._find_external(channel, [row.external_id]).get(row.external_id)
            row.order_id = order.id if order else False
            body = row.inbox_id._body() if row.inbox_id else b""
            if order is None or not body or row.inbox_id.state == "quarantined":
                row.outcome = "listed"
                continue
            data = channel._adapter_class().parse_order(body)
            left = comparing.compare_order(data, order._as_here(), aware_utc(row.comparison_id.until))
            row.outcome = "repaired" if left is None else "listed"
            if left is None:
                words = {"what": dict(self._fields["kind"]._description_selection(self.env))[row.kind]}
                events.append((order, "compared", words, "system"))
                mended.append(row.external_id)
        self.env["oms.order.event"]._log(events)
        self.comparison_id._close_agreeing(mended)
        self._list_problems()

    def _list_problems(self):
        """List what a person must look at. A total that differs has a problem of its own while the order is open."""
        reasons = {"missing_here", "missing_there", "state_differs"}
        self.env["oms.exception"]._open_problems(
            {
                "reason": row.kind,
                "channel_id": row.comparison_id.channel_id.id,
                "order_id": row.order_id.id,
                "cause": row.external_id,
                "params": {"number": row.external_id, "ours": row.ours, "theirs": row.theirs},
            }
            for row in self
            if row.outcome == "listed" and row.kind in reasons
        )
        for row in self.filtered(lambda row: row.outcome == "listed" and row.kind == "total_differs"):
            if row.order_id._stage() != "shipped":
                row.order_id._settle_totals()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _as_here(self):
        """Return this order as the comparison with its channel sees it."""
        self.ensure_one()
        notices = self.env["oms.outbox"].search([("order_id", "in", (self | self.oms_child_ids).ids)])
        told = notices.filtered(lambda row: row.kind == "shipment" and row.state == "done")
        problems = self.oms_exception_ids
        ignored = problems.filtered(lambda row: row.reason == "state_differs" and row.state == "ignored")
        decided = problems.filtered(lambda row: row.reason == "total_differs" and row.state != "open")
        refused = self.oms_change_ids.line_ids.filtered(lambda line: line.decision == "refused")
        return comparing.Here(
            external_id=self.oms_external_id,
            stage=self._stage(),
            status=self.oms_channel_status or "",
            changed_at=aware_utc(self.oms_changed_at),
            told_at=aware_utc(max(told.mapped("done_at"), default=False)),
            is_telling=any(row.state in WAITING for row in notices),
            fulfilment=self.oms_fulfilment,
            channel_total=self._as_amount(self.oms_total) if self.oms_has_total else None,
            total=Decimal(str(self._amount_here())),
            problems=frozenset(problems.filtered(lambda row: row.state == "open").mapped("reason")),
            is_state_accepted=bool(ignored),
            is_total_accepted=bool(decided or refused),
            is_replaced=bool(self.oms_replaced_by_id),
        )


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    compare_days = fields.Integer(
        string="Compare orders of the last (days)",
        default=14,
        help="Each night the orders the channel changed in this time are compared with ours. 0: never.",
    )
    comparison_ids = fields.One2many("oms.comparison", "channel_id")
    compare_text = fields.Char(compute="_compute_compare_text", compute_sudo=True)

    _compare_days_positive = models.Constraint("CHECK(compare_days >= 0)", "The days to compare cannot be negative.")

    def _compute_compare_text(self):
        for channel in self:
            channel.compare_text = channel.comparison_ids.sorted("id", reverse=True)[:1].result or False

    def action_compare_now(self):
        """Compare with the channel at once; the answer appears on its card."""
        self._ensure_clerk()
        closed = self.filtered(lambda channel: channel.state != "live")
        if closed:
            raise UserError(self.env._("%s is not live.", ", ".join(closed.mapped("name"))))
        for channel in self:
            self.env["oms.comparison"].sudo()._start(channel)  # sudo: the system compares, whoever asked for it
        return self._notify(self.env._("Queued. What differs appears here in a few minutes."))

    def action_view_comparisons(self):
        """Open what the comparisons with this channel found."""
        self._ensure_clerk()
        return self._open("oms_core.oms_comparison_action", [("channel_id", "in", self.ids)])
