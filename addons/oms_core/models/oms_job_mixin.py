from odoo import SUPERUSER_ID, models


class OmsJobMixin(models.AbstractModel):
    """The one seam between business code and the job queue.

    Business code never calls ``with_delay`` itself, so the engine can be replaced in one place.
    """

    _name = "oms.job.mixin"
    _description = "Work that is done by a job"

    def _oms_enqueue(self, method, *args, **options):
        """Run ``self.method(*args)`` in a job of its own, after this transaction commits.

        :param method: name of a private method of this model; its jobs are declared in ``queue.job.function``
        :param options: ``identity_key`` (skip when such a job already waits), ``eta`` (seconds or datetime),
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
