import functools
import logging
import random

from odoo import SUPERUSER_ID, api, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.job import ENQUEUED, PENDING, WAIT_DEPENDENCIES
from psycopg2.errors import UniqueViolation

_logger = logging.getLogger(__name__)
TWIN_SECONDS = 2
WAITING = (WAIT_DEPENDENCIES, PENDING, ENQUEUED)  # a job has not begun then


def repeats_on_twin(job):
    """Do a job over when another job has just created the same row.

    The database decides who was first, by a unique index. The loser cannot see the winner's row in its own snapshot, so
    it starts again in a new transaction, where the row is simply there.
    """

    @functools.wraps(job)
    def run(self, *args):
        try:
            result = job(self, *args)
            self.env.flush_all()
        except UniqueViolation as error:
            seconds = TWIN_SECONDS + random.randint(0, TWIN_SECONDS)  # noqa: S311 spreads the tries, protects nothing
            raise RetryableJobError(f"another job was first: {error.diag.constraint_name}", seconds=seconds) from error
        return result

    return run


class OmsJobMixin(models.AbstractModel):
    """The one seam between business code and the job queue.

    Business code never calls ``with_delay`` itself, so the engine can be replaced in one place.
    """

    _name = "oms.job.mixin"
    _description = "Work that is done by a job"

    def _oms_enqueue(self, method, *args, **options):
        """Run ``self.method(*args)`` in a job of its own, after this transaction commits.

        :param method: name of a private method of this model; its jobs are declared in ``queue.job.function``
        :param options: ``identity_key`` (skip when such a job already waits), ``eta`` (from now, or a datetime),
            ``priority`` (lower runs first), ``description`` (shown to people)
        :return: the queued job
        """
        allowed = {"identity_key", "eta", "priority", "description", "max_retries", "channel"}
        unknown = set(options) - allowed
        if unknown:
            raise TypeError(f"unknown job options: {sorted(unknown)}")
        if options.get("identity_key") and self._is_waiting(options["identity_key"]):
            self._look_again_after_commit(method, args, options)
        # A job does the system's work, whoever asked for it: a clerk may ask for a look at the channel, and the orders
        # it brings are not limited to what the clerk may write. Whoever lets a person ask checks that they may.
        return getattr(self.with_user(SUPERUSER_ID).with_delay(**options), method)(*args)

    def _is_waiting(self, key):
        domain = [("identity_key", "=", key), ("state", "in", WAITING)]
        return bool(self.env["queue.job"].sudo().search_count(domain, limit=1))  # sudo: bookkeeping

    def _look_again_after_commit(self, method, args, options):
        """Make sure, once this transaction is committed, that a job still waits which will see what it wrote.

        The job that waits may begin before that, and then reads the state before this transaction: what was written
        here would wait for the next look at the channel. Whoever dies in between leaves that to the clock.
        """
        asked = self.env.cr.postcommit.data.setdefault("oms.job", set())
        if options["identity_key"] in asked:
            return
        asked.add(options["identity_key"])
        registry, context, name, ids = self.env.registry, dict(self.env.context), self._name, self.ids

        def look():
            try:
                with registry.cursor() as cr:
                    records = api.Environment(cr, SUPERUSER_ID, context)[name].browse(ids)
                    getattr(records.with_delay(**options), method)(*args)
            except Exception:
                _logger.exception("%s may have to wait for the clock", options["identity_key"])

        self.env.cr.postcommit.add(look)
