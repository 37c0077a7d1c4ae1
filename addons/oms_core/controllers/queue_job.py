from odoo.addons.queue_job.controllers.main import RunJobController
from odoo.addons.queue_job.exception import RetryableJobError
from psycopg2 import InterfaceError, OperationalError

LOST_SECONDS = 5


class RunJob(RunJobController):
    """Runs jobs; one whose database connection broke is run again.

    queue_job 19.0.2.4 repeats a job after a conflict only. A connection that PostgreSQL closed (a restart, a failover,
    an administrator) fails the job for good, although nothing of it was committed.
    """

    @classmethod
    def _try_perform_job(cls, env, job):
        try:
            super()._try_perform_job(env, job)
        except (InterfaceError, OperationalError) as error:
            if not env.cr.connection.closed:
                raise
            raise RetryableJobError("the database closed the connection", seconds=LOST_SECONDS) from error
