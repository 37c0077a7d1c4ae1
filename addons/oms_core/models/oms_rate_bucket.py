import logging
import math
import time

from odoo import api, fields, models
from odoo.tools import SQL

from .own_cursor import CONFLICTS, in_own_cursor

_logger = logging.getLogger(__name__)
UNUSED_DAYS = 30


class OmsRateBucket(models.Model):
    """What is left of a documented rate, for all processes and nodes. The arithmetic is that of ``lib/rates.py``."""

    _name = "oms.rate.bucket"
    _description = "Calls left of a channel's rate"
    _rec_name = "operation"
    _log_access = False

    model = fields.Char(required=True)
    res_id = fields.Integer(required=True)
    operation = fields.Char(required=True)
    level = fields.Float(required=True, help="Calls left at that time; below zero after the channel said too many")
    at = fields.Float(required=True, help="Seconds since 1970 by the database's clock, which all nodes share")
    per_second = fields.Float(help="What the channel says it grants, where it says so")

    _owner_unique = models.UniqueIndex("(model, res_id, operation)", "An operation of an account has one bucket.")

    @api.autovacuum
    def _gc_buckets(self):
        """Forget buckets nobody used for so long that they are full again."""
        limit = time.time() - UNUSED_DAYS * 86400
        self.sudo().search([("at", "<", limit)]).unlink()  # sudo: nobody has access by right


class DbRateLimiter:
    """A ``RateLimiter`` (``client/limiter.py``) in ``oms.rate.bucket``.

    A call is counted when it is made, whatever becomes of the job that made it, so each count is one statement in a
    transaction of its own. A refused call writes nothing.
    """

    def __init__(self, record):
        self._registry = record.env.registry
        self._owner = (record._name, record.id)
        self._granted = {}

    def take(self, operation, rate):
        """Take one call.

        :return: seconds to wait; 0.0 when the call may go, and then it is already counted
        """
        query = SQL(
            """
            WITH granted AS (
                INSERT INTO oms_rate_bucket AS bucket (model, res_id, operation, level, at)
                     VALUES (%(model)s, %(res_id)s, %(operation)s, %(burst)s - 1, %(now)s)
                ON CONFLICT (model, res_id, operation) DO UPDATE
                        SET level = %(refilled)s - 1, at = EXCLUDED.at
                      WHERE %(refilled)s >= 1
                  RETURNING 0.0::float8 AS wait
            )
            SELECT wait FROM granted
             UNION ALL
            SELECT GREATEST(0.001, (1 - %(refilled_now)s) / %(per_second)s)
              FROM oms_rate_bucket AS bucket
             WHERE model = %(model)s AND res_id = %(res_id)s AND operation = %(operation)s
               AND NOT EXISTS (SELECT FROM granted)
            """,
            **self._values(operation, rate),
        )
        row = self._run(query)
        # Nothing after that many tries: so many workers want this bucket that one of them may well wait a second.
        return row[0] if row else 1.0

    def drain(self, operation, rate, seconds):
        """The channel itself said "too many": let nobody call for ``seconds``. A longer wait already told stays."""
        self._run(
            SQL(
                """
                INSERT INTO oms_rate_bucket AS bucket (model, res_id, operation, level, at)
                     VALUES (%(model)s, %(res_id)s, %(operation)s, 1 - %(seconds)s * %(rate)s, %(now)s)
                ON CONFLICT (model, res_id, operation) DO UPDATE
                        SET level = LEAST(%(refilled)s, 1 - %(seconds)s * %(per_second)s), at = EXCLUDED.at
                  RETURNING 0.0::float8
                """,
                seconds=_number(seconds),
                **self._values(operation, rate),
            )
        )

    def set_rate(self, operation, per_second):
        """The channel named the rate it grants now; it counts in place of the documented one. Nonsense is left out."""
        if not (math.isfinite(per_second) and per_second > 0) or self._granted.get(operation) == per_second:
            return
        self._run(
            SQL(
                """
                UPDATE oms_rate_bucket SET per_second = %s
                 WHERE model = %s AND res_id = %s AND operation = %s AND per_second IS DISTINCT FROM %s
             RETURNING 0.0::float8
                """,
                _number(per_second),
                *self._owner,
                operation,
                _number(per_second),
            )
        )
        self._granted[operation] = per_second

    def _values(self, operation, rate):
        model, res_id = self._owner
        now = SQL("extract(epoch FROM clock_timestamp())::float8")
        burst, documented = _number(rate.burst), _number(rate.per_second)
        per_second = SQL("COALESCE(bucket.per_second, %s)", documented)
        # A clock that was set back gives nothing away.
        refilled = "LEAST(%s, bucket.level + GREATEST(0, %s - bucket.at) * %s)"
        return {
            "model": model,
            "res_id": res_id,
            "operation": operation,
            "burst": burst,
            "rate": documented,
            "now": now,
            "per_second": per_second,
            "refilled": SQL(refilled, burst, SQL("EXCLUDED.at"), per_second),
            "refilled_now": SQL(refilled, burst, now, per_second),
        }

    def _run(self, query):
        def work(cr):
            cr.execute(query, log_exceptions=False)
            return cr.fetchone()

        try:
            return in_own_cursor(self._registry, work)
        except CONFLICTS:
            _logger.warning("The rate of %s,%s could not be counted: too many workers at once", *self._owner)
            return None


def _number(value):
    return SQL("%s::float8", float(value))
