import functools
import random

from odoo import SUPERUSER_ID, models
from odoo.addons.queue_job.exception import RetryableJobError
from psycopg2.errors import UniqueViolation

TWIN_SECONDS = 2


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
        # A job does the system's work, whoever asked for it: a clerk may ask for a look at the channel, and the orders
        # it brings are not limited to what the clerk may write. Whoever lets a person ask checks that they may.
        return getattr(self.with_user(SUPERUSER_ID).with_delay(**options), method)(*args)
