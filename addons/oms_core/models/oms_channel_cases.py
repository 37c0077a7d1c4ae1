from datetime import timedelta

from odoo import fields, models

from ..lib import cursor, errors
from .oms_channel_state import aware_utc, naive_utc
from .oms_job_mixin import repeats_on_twin

# Refunds and returns are days in the making; nobody waits for them by the minute.
RARELY = timedelta(minutes=30)
# An order that came late may have refunds and returns that were told before it was here.
LATE, LOOK_BACK = timedelta(minutes=10), timedelta(days=90)


class OmsChannel(models.Model):
    """What buyers and channel decide after the order: cancellations, refunds and returns, each read on its own.

    Pages and marks work as they do for orders (``_job_fetch_orders``).
    """

    _inherit = "oms.channel"

    @repeats_on_twin
    def _job_fetch_cases(self, entity):
        """Read one page of ``cancellations``, ``refunds`` or ``returns`` and queue the next."""
        self.ensure_one()
        state = self._state(entity)
        if self.state != "live" or not state:
            return
        progress = state._progress()
        window, page_cursor = cursor.plan_window(
            progress, self._adapter_class().limits.overlap, aware_utc(self.import_from)
        )
        try:
            page = self._fetch_cases(entity, window, page_cursor)
        except errors.ChannelError as error:
            if page_cursor and error.code == "cursor_expired":
                state._save_progress(cursor.restart(progress))
                self._queue_entity(entity)
            else:
                self._note_failure(entity, error)
            return
        self._apply_cases(entity, page.items)
        state._save_progress(cursor.advance(progress, window, page))
        state._note_success(count=len(page.items), next_at=self._next_cases(entity))
        self._note_recovery(entity)
        if page.next_cursor is not None:
            self._queue_entity(entity)

    def _fetch_cases(self, entity, window, page_cursor):
        adapter = self._adapter()
        if entity == "cancellations":
            return adapter.fetch_cancellations(window, page_cursor)
        if entity == "refunds":
            return adapter.fetch_refunds(window, page_cursor)
        return adapter.fetch_returns(window, page_cursor)

    def _look_back(self, placed_at):
        """Queue that refunds and returns are read again from this time on, where they were read beyond it.

        What was told of an order that was not here yet was left alone. What is here already is recognised. A job of its
        own, so that no importer conflicts with a look at refunds.

        :param placed_at: when the oldest of some new orders was placed, aware
        """
        since = naive_utc(max(placed_at, aware_utc(fields.Datetime.now()) - LOOK_BACK))
        if self._read_beyond(since):
            self._oms_enqueue("_job_look_back", fields.Datetime.to_string(since), priority=8)

    def _read_beyond(self, since):
        states = [self._state(entity) for entity in ("refunds", "returns") if self._can_look_at(entity)]
        return [state for state in states if state.complete_until and since < state.complete_until - LATE]

    def _job_look_back(self, since):
        """Move the marks of refunds and returns back to ``since``; the next looks begin there."""
        since = fields.Datetime.to_datetime(since)
        for state in self._read_beyond(since):
            state._save_progress(cursor.Progress(complete_until=aware_utc(since)))

    def _next_cases(self, entity):
        wait = timedelta(minutes=self.poll_minutes)
        return fields.Datetime.now() + (wait if entity == "cancellations" else max(wait, RARELY))

    def _apply_cases(self, entity, items):
        """Take over one page. A cancellation is a hint: the order itself is fetched again."""
        if entity == "refunds":
            self.env["oms.refund"]._take_over(self, items)
        elif entity == "returns":
            self.env["oms.return"]._take_over(self, items)
        else:
            known = self.env["sale.order"]._find_external(self, [item.order_external_id for item in items])
            for external_id in known:
                self._queue_fetch_order(external_id)
