import logging

import psycopg2
from odoo import fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.exceptions import UserError, ValidationError
from odoo.tools import split_every
from psycopg2 import InterfaceError, OperationalError
from psycopg2.errors import UniqueViolation

from ..lib import errors, importing
from .oms_channel_state import naive_utc
from .oms_job_mixin import repeats_on_twin

_logger = logging.getLogger(__name__)

# What a bad document may cause, with words a person can use. Anything else is a bug of ours and goes to the log.
PLAIN_ERRORS = (UserError, ValidationError, ValueError, OverflowError)

# Orders made in one go: enough to share the work, few enough that a bad one costs little. Beyond it nothing is gained,
# and parts of Odoo slow down with the square of it (linking order references, merging moves).
BATCH = 100


class OmsInbox(models.Model):
    """The way of an order from a stored document to a confirmed, reserved sale."""

    _inherit = "oms.inbox"

    @repeats_on_twin
    def _job_import(self):
        """Import the waiting documents among ``self``. Safe to repeat and to run twice at once."""
        rows = self.exists().filtered(lambda row: row.state == "new").try_lock_for_update()
        for channel, group in rows.grouped("channel_id").items():
            group.with_company(channel.company_id)._import_orders(channel)

    def _import_orders(self, channel):
        documents = self._decode(channel)
        newest = self._newest(documents)
        known = self.env["sale.order"]._find_external(channel, [data.external_id for data in newest.values()])
        fresh = {row: data for row, data in newest.items() if data.external_id not in known}
        if channel.unpaid_policy == "skip":
            fresh = self._without_unpaid(fresh)
        for batch in split_every(BATCH, fresh.items(), dict):
            self._create_orders(channel, batch)
        for row, data in newest.items():
            if data.external_id in known:
                row._update_order(known[data.external_id], data)

    # === READING ===

    def _decode(self, channel):
        """Return ``{row: OrderData}``; what cannot be read is quarantined with the place and the reason."""
        adapter_class = channel._adapter_class()
        documents = {}
        for row in self:
            try:
                documents[row] = adapter_class.parse_order(row._body())
            except errors.Malformed as error:
                row._quarantine(channel._explain_malformed(error), error.path)
            except Exception:  # a document nobody foresaw: it waits with its traceback in the log, the others go on
                _logger.exception("inbox document %s of channel %s broke its reader", row.id, channel.id)
                row._quarantine(self.env._("our reader broke on it; the log has the details"))
        return documents

    def _newest(self, documents):
        """Keep the newest document of each order and mark the older ones."""
        newest = {}
        for row, data in sorted(documents.items(), key=lambda item: (item[1].updated_at, item[0].id)):
            if data.external_id in newest:
                newest.pop(data.external_id)[0]._finish("superseded")
            newest[data.external_id] = (row, data)
        return dict(newest.values())

    def _without_unpaid(self, documents):
        """Leave out orders that are not paid yet; they come again, as another document, once they are."""
        unpaid = [row for row, data in documents.items() if data.status == "awaiting_payment"]
        rows = self.browse(row.id for row in unpaid)
        rows._finish("unchanged")
        rows.write({"reason": self.env._("Not paid yet; left out until it is")})
        return {row: data for row, data in documents.items() if data.status != "awaiting_payment"}

    # === CREATING ===

    def _create_orders(self, channel, documents):
        """Create orders in one batch; where it fails, in halves until the bad one is alone and stops no other."""
        if not documents:
            return
        plans = self._plan(channel, documents)
        try:
            with self.env.cr.savepoint():
                orders = self.env["sale.order"]._create_from_plans(channel, list(plans.values()))
                self._link(plans, orders)
                orders._move_held()
                self._take_over_refunds(channel, documents.values())
                channel._look_back(min(data.placed_at for data in documents.values()))
        except Exception as error:
            self._ensure_not_concurrent(error)
            if len(documents) > 1:
                for half in split_every((len(documents) + 1) // 2, documents.items(), dict):
                    self._create_orders(channel, half)
                return
            next(iter(documents))._refuse(error)

    def _plan(self, channel, documents):
        """Return ``{row: OrderPlan}``; an order in an unknown currency has no right amounts and waits as a document."""
        snapshot = channel._snapshot(documents.values())
        plans = {}
        for row, data in documents.items():
            plan = importing.plan_order(data, snapshot)
            blocking = [problem for problem in plan.problems if problem.reason == "unmapped_currency"]
            if blocking:
                row._set_aside(channel, blocking)
            else:
                plans[row] = plan
        return plans

    def _set_aside(self, channel, problems):
        """Keep a document whose problem must be solved before there can be an order."""
        listed = self.env["oms.exception"]
        listed._open_problems(
            {
                "reason": problem.reason,
                "cause": problem.cause,
                "params": dict(problem.params),
                "channel_id": channel.id,
                "inbox_id": self.id,
            }
            for problem in problems
        )
        why = listed.search([("inbox_id", "=", self.id), ("state", "=", "open")], limit=1).summary
        self.write({"state": "quarantined", "reason": why, "path": "$", "done_at": fields.Datetime.now()})

    def _link(self, plans, orders):
        for row, order in zip(plans, orders, strict=True):
            row.order_id = order
            order.oms_accepted_inbox_id = row
        self.browse(row.id for row in plans)._finish("done")

    def _take_over_refunds(self, channel, orders):
        refunds = [refund for data in orders for refund in data.refunds]
        if refunds:
            self.env["oms.refund"]._take_over(channel, refunds)

    def _finish(self, state):
        """Close documents of one channel and the problems that were about reading them."""
        for row in self:
            row.write({"state": state, "done_at": fields.Datetime.now(), "attempts": row.attempts + 1, "reason": False})
        self.env["oms.exception"].sudo().search(
            [("inbox_id", "in", self.ids), ("state", "=", "open")]
        )._close()  # sudo: system
        if state in ("done", "unchanged"):
            self._unread_before()._finish("superseded")

    def _unread_before(self):
        """Return the documents of these orders that could not be read, and came before one of these that could."""
        found = self.search(
            [
                ("channel_id", "=", self.channel_id.id),
                ("external_id", "in", self.mapped("external_id")),
                ("state", "=", "quarantined"),
            ]
        )
        read_at = {row.external_id: row.changed_at for row in self}
        return found.filtered(
            lambda row: not (row.changed_at and read_at[row.external_id]) or row.changed_at <= read_at[row.external_id]
        )

    def _ensure_not_concurrent(self, error):
        """Let the job start over when another transaction was first: that is no fault of the document.

        A line number that comes twice in one document is.
        """
        is_twin = isinstance(error, UniqueViolation) and "external_line" not in (error.diag.constraint_name or "")
        if is_twin or isinstance(error, (OperationalError, InterfaceError, RetryableJobError)):
            raise error

    def _refuse(self, error):
        """Keep a document our own models refused, with their words."""
        if isinstance(error, PLAIN_ERRORS) and error.args:
            why = str(error.args[0])
        elif isinstance(error, psycopg2.Error):
            why = self.env._("the database refused a value (%s)", type(error).__name__)
        else:
            _logger.error("inbox document %s could not be imported", self.id, exc_info=error)
            why = self.env._("something unforeseen (%s); the log has the details", type(error).__name__)
        self.write({"state": "quarantined", "reason": why, "path": "$", "done_at": fields.Datetime.now()})
        self.env["oms.exception"]._open_problems(
            [
                {
                    "reason": "import_failed",
                    "cause": self.external_id or self.digest,
                    "channel_id": self.channel_id.id,
                    "inbox_id": self.id,
                    "params": {"number": self.external_id, "why": why},
                }
            ]
        )

    # === UPDATING ===

    def _update_order(self, order, data):
        """Apply one changed order; a failure keeps the document and leaves the order as it was."""
        self.ensure_one()
        self.order_id = order
        if order.oms_changed_at and naive_utc(data.updated_at) < order.oms_changed_at:
            self._finish("superseded")
            return
        try:
            with self.env.cr.savepoint():
                is_changed = order._apply_channel_update(data, self)
                order._move_held()
                self._take_over_refunds(order.oms_channel_id, [data])
                self._finish("done" if is_changed else "unchanged")
        except Exception as error:
            self._ensure_not_concurrent(error)
            self._refuse(error)
