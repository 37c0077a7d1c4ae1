"""Short transactions beside the current one, for what must hold even if the current one is rolled back."""

import random
import time

from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY as CONFLICTS

TRIES = 12


def in_own_cursor(registry, work):
    """Call ``work(cr)`` in a transaction of its own, commit, and return its answer.

    Odoo's cursors are REPEATABLE READ: a row that somebody else changed a moment ago makes the statement fail. The only
    cure is a new transaction, so ``work`` may run several times and must do nothing but its statements.

    :raise psycopg2.Error: still in conflict after ``TRIES`` tries
    """
    for attempt in range(1, TRIES + 1):
        try:
            with registry.cursor() as cr:
                return work(cr)
        except CONFLICTS:
            if attempt == TRIES:
                raise
        time.sleep(random.uniform(0, 0.001 * 2 ** min(attempt, 7)))  # noqa: S311 - spreads the tries, protects nothing
