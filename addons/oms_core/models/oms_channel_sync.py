import logging
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import cursor, errors
from ..lib.channel import Capability
from .oms_channel_state import aware_utc
from .oms_job_mixin import repeats_on_twin
from .own_cursor import CONFLICTS

_logger = logging.getLogger(__name__)

IMPORT_BATCH = 100
# The job that looks at each entity, with its arguments. What is not here is only told to channels.
JOBS = {
    "orders": ("_job_fetch_orders",),
    "cancellations": ("_job_fetch_cases", "cancellations"),
    "refunds": ("_job_fetch_cases", "refunds"),
    "returns": ("_job_fetch_cases", "returns"),
    "stock": ("_job_push_stock",),
    "listings": ("_job_fetch_listings",),
    "held": ("_job_fetch_held",),
}
CASES = {
    "cancellations": Capability.CANCELLATIONS,
    "refunds": Capability.REFUNDS,
    "returns": Capability.RETURNS,
}


class OmsChannel(models.Model):
    """Polling: fetch a page, store it raw, move the mark, queue the import. All in one commit."""

    _inherit = "oms.channel"

    @api.model
    def _cron_poll(self):
        """Queue a look at every live channel whose time has come. Started every minute by ``ir.cron``."""
        for channel in self.search([("state", "=", "live")]):
            self._apart(channel._ensure_states)  # an addon may have learned more since the channel went live
        now = fields.Datetime.now()
        due = self.env["oms.channel.state"].search(
            [
                ("channel_id.state", "=", "live"),
                ("channel_id.active", "=", True),
                ("entity", "in", list(JOBS)),
                "|",
                ("next_at", "=", False),
                ("next_at", "<=", now),
            ]
        )
        for state in due:
            self._apart(state.channel_id._queue_entity, state.entity)
        self._apart(self.env["oms.outbox"]._queue_due)
        self._apart(self.env["oms.bulk"]._queue_due)
        self._apart(self._queue_event_looks)
        self._apart(self.env["oms.inbox"]._queue_left_over)
        self._apart(self.env["oms.stock.dirty"]._queue_left_over)
        self._apart(self.env["oms.promise"]._queue_left_over)
        self._apart(self._queue_unpaid)
        self._apart(self.env["oms.hold"]._queue_due)
        self._apart(self.env["oms.comparison"]._queue_due)

    def _apart(self, call, *arguments):
        """Make one call whose failure stops no other: Odoo switches a scheduled action off that keeps failing.

        A conflict with another transaction goes on up; the whole look is then done over.
        """
        try:
            with self.env.cr.savepoint():
                call(*arguments)
        except CONFLICTS:
            raise
        except Exception:
            _logger.exception("%s of %s failed; the others go on", call.__name__, call.__self__)

    def _poll_now(self):
        for channel in self:
            channel.state_ids.sudo().write({"next_at": False})  # sudo: system bookkeeping
            for entity in channel.state_ids.mapped("entity"):
                channel._queue_entity(entity)

    def _queue_entity(self, entity, eta=None):
        """Queue a look at one entity; one that already waits is enough.

        :param eta: how long to wait before it
        """
        self.ensure_one()
        if not self._can_look_at(entity):
            return
        method, *arguments = JOBS[entity]
        self._oms_enqueue(
            method,
            *arguments,
            identity_key=f"oms-{entity}-{self.id}",
            priority=5,
            eta=eta,
            description=self.env._("%(channel)s: %(entity)s", channel=self.name, entity=entity),
        )

    def _can_look_at(self, entity):
        """Return whether there is something to look at: some channels are only told of cancellations or refunds."""
        self.ensure_one()
        if entity not in JOBS or (entity == "stock" and not self.is_stock_pushed):
            return False
        return entity not in CASES or self._has(CASES[entity])

    @repeats_on_twin
    def _job_fetch_orders(self):
        """Fetch one page of changed orders and store it.

        The call is made before anything is written. The page, the mark and the jobs that follow commit together, so a
        crash at any point leaves the mark where the stored orders end.
        """
        self.ensure_one()
        if self.state != "live":
            return
        state = self._state("orders")
        progress = state._progress()
        window, page_cursor = cursor.plan_window(
            progress, self._adapter_class().limits.overlap, aware_utc(self.import_from)
        )
        try:
            page = self._adapter().fetch_orders(window, page_cursor)
        except errors.ChannelError as error:
            if page_cursor and error.code == "cursor_expired":
                state._save_progress(cursor.restart(progress))
                self._queue_entity("orders")
            else:
                self._note_failure("orders", error)
            return
        self._store_page(state, cursor.advance(progress, window, page), page)

    def _store_page(self, state, progress, page):
        rows = self.env["oms.inbox"]._store_orders(self, page.items)
        state._save_progress(progress)
        next_at = fields.Datetime.now() + timedelta(minutes=self.poll_minutes)
        state._note_success(count=len(page.items), next_at=next_at)
        self._note_recovery("orders")
        for start in range(0, len(rows), IMPORT_BATCH):
            rows[start : start + IMPORT_BATCH]._queue_import()
        if page.next_cursor is not None:
            self._queue_entity("orders")

    def fetch_order(self, external_id):
        """Ask the channel for one order by its id there and import it, whatever the clock says.

        :param external_id: the channel's own order id
        :return: True when the question is queued
        :raise UserError: the channel is not live, or the caller is no clerk
        """
        self.ensure_one()
        self._ensure_may_fetch()
        self._queue_fetch_order(external_id)
        return True

    def fetch_order_by_number(self, number):
        """Ask these channels for an order by the number people see, and import what is found.

        The person who asked is told what came of it.

        :param number: as it stands on the channel's screens and mails
        :return: True when the question is queued
        :raise UserError: a channel is not live, or the caller is no clerk
        """
        number = (number or "").strip()
        if not number:
            raise UserError(self.env._("Enter the order number first."))
        for channel in self:
            channel._ensure_may_fetch()
            channel._oms_enqueue(
                "_job_fetch_number",
                number,
                self.env.uid,
                identity_key=f"oms-number-{channel.id}-{number}",
                priority=1,
                description=self.env._("Fetch order %s", number),
            )
        return True

    def _ensure_may_fetch(self):
        self._ensure_clerk()
        if self.state != "live":
            raise UserError(self.env._("%s is not live.", self.name))

    def _queue_fetch_order(self, external_id):
        self._oms_enqueue(
            "_job_fetch_order",
            external_id,
            identity_key=f"oms-order-{self.id}-{external_id}",
            priority=2,
            description=self.env._("Fetch order %s", external_id),
        )

    @repeats_on_twin
    def _job_fetch_order(self, external_id):
        self.ensure_one()
        try:
            raw = self._adapter().fetch_order(external_id)
        except errors.NotFound:
            return  # a hint about an order the channel does not show us: nothing to take over
        except errors.ChannelError as error:
            self._note_failure("orders", error)
            return
        self.env["oms.inbox"]._store_orders(self, (raw,))._queue_import()

    @repeats_on_twin
    def _job_fetch_number(self, number, user_id):
        """Fetch one order for a person and tell them whether it was there."""
        self.ensure_one()
        user = self.env["res.users"].browse(user_id)
        try:
            raw = self._adapter().fetch_order_by_number(number)
        except errors.NotFound:
            self._tell(user, self.env._("%(channel)s knows no order %(number)s.", channel=self.name, number=number))
            return
        except errors.ChannelError as error:
            self._tell(user, f"{self.name}: {self._explain(error)}")
            self._note_failure("orders", error)
            return
        self.env["oms.inbox"]._store_orders(self, (raw,))._queue_import()
        found = self.env._("%(channel)s has order %(number)s. It is being imported.", channel=self.name, number=number)
        self._tell(user, found, "success")

    def _tell(self, user, message, kind="warning"):
        user._bus_send("simple_notification", {"type": kind, "message": message})
