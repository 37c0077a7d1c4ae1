import random
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import patch

from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL
from psycopg2.errors import SerializationFailure

from ..client.hosts import HostPolicy
from ..client.transport import Request, Transport
from ..lib import rates
from ..lib.channel import Limits
from ..lib.errors import RetryLater
from ..lib.rates import Rate
from ..models import oms_rate_bucket
from ..models.oms_rate_bucket import DbRateLimiter


@tagged("post_install", "-at_install")
class TestRateBucket(TransactionCase):
    """With cursors of their own, as in a job: rows are really committed, and taken away afterwards."""

    def setUp(self):
        super().setUp()
        self.record = self.env["res.partner"].browse(2**31 - 9)
        self.limiter = DbRateLimiter(self.record)
        self.addCleanup(self.sql, SQL("DELETE FROM oms_rate_bucket WHERE res_id = %s", self.record.id))

    def sql(self, query):
        with self.registry.cursor() as cr:
            cr.execute(query)
            return cr.fetchall() if cr.description else None

    def let_pass(self, seconds):
        """Make time pass for the buckets, by moving them into the past."""
        self.sql(SQL("UPDATE oms_rate_bucket SET at = at - %s WHERE res_id = %s", seconds, self.record.id))

    def test_the_burst_is_shared_and_then_it_is_waited(self):
        rate = Rate(0.01, 3)
        waits = [DbRateLimiter(self.record).take("orders", rate) for _ in range(4)]
        self.assertEqual(waits[:3], [0.0, 0.0, 0.0])
        self.assertAlmostEqual(waits[3], 100, delta=1)
        self.let_pass(waits[3])
        self.assertEqual(self.limiter.take("orders", rate), 0.0)
        self.assertGreater(self.limiter.take("orders", rate), 90)

    def test_accounts_and_operations_do_not_share(self):
        rate = Rate(0.01, 1)
        other = DbRateLimiter(self.record.browse(2**31 - 10))
        self.addCleanup(self.sql, SQL("DELETE FROM oms_rate_bucket WHERE res_id = %s", 2**31 - 10))
        takers = [(self.limiter, "orders"), (self.limiter, "listings"), (other, "orders")]
        self.assertEqual([limiter.take(operation, rate) for limiter, operation in takers], [0.0, 0.0, 0.0])
        self.assertTrue(all(limiter.take(operation, rate) > 0 for limiter, operation in takers))

    def test_it_counts_as_the_pure_arithmetic_does(self):
        dice = random.Random(19)
        for round_number in range(4):
            rate = Rate(dice.choice([0.0056, 0.5, 2.0]), dice.choice([1, 2, 20]))
            operation, bucket, now = f"round {round_number}", None, 1000.0
            for _step in range(25):
                gap = dice.choice([0.0, 0.1, 1.0, 60.0])
                now += gap
                self.let_pass(gap)
                if dice.random() < 0.1:
                    seconds = dice.choice([0.5, 30.0])
                    kept = rates.take(bucket, rate, now)[1] if bucket else 0.0
                    if kept < seconds:
                        bucket = rates.drained(now, seconds, rate)
                    self.limiter.drain(operation, rate, seconds)
                bucket, expected = rates.take(bucket, rate, now)
                # the database's clock runs on by milliseconds, which is all the two may differ by
                self.assertAlmostEqual(self.limiter.take(operation, rate), expected, delta=0.3)

    def test_many_workers_never_take_more_than_there_is(self):
        rate, granted, barrier = Rate(0.0001, 20), [], threading.Barrier(8)

        def work():
            limiter = DbRateLimiter(self.record)
            barrier.wait()
            for _ in range(8):
                granted.append(limiter.take("orders", rate) == 0.0)

        threads = [threading.Thread(target=work) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
        self.assertEqual(len(granted), 64)
        self.assertEqual(sum(granted), 20)

    def test_a_refused_call_writes_nothing(self):
        rate = Rate(0.01, 1)
        self.limiter.take("orders", rate)
        version = SQL("SELECT xmin::text, ctid::text FROM oms_rate_bucket WHERE res_id = %s", self.record.id)
        before = self.sql(version)
        self.assertGreater(self.limiter.take("orders", rate), 0)
        self.assertEqual(self.sql(version)[0][1], before[0][1])

    def test_after_too_many_nobody_calls_and_the_longer_wait_stays(self):
        rate = Rate(1.0, 20)
        self.limiter.drain("orders", rate, 60)
        self.assertAlmostEqual(DbRateLimiter(self.record).take("orders", rate), 60, delta=1)
        self.limiter.drain("orders", rate, 5)
        self.assertAlmostEqual(self.limiter.take("orders", rate), 60, delta=1)
        self.limiter.drain("orders", rate, 90)
        self.assertAlmostEqual(self.limiter.take("orders", rate), 90, delta=1)
        self.let_pass(90)
        self.assertEqual(self.limiter.take("orders", rate), 0.0)
        self.assertGreater(self.limiter.take("orders", rate), 0.0)

    def test_the_granted_rate_counts_in_place_of_the_documented_one(self):
        rate = Rate(0.01, 1)
        self.limiter.take("orders", rate)
        self.limiter.set_rate("orders", 0.5)
        self.assertAlmostEqual(DbRateLimiter(self.record).take("orders", rate), 2, delta=0.3)
        for nonsense in (0.0, -1.0, float("nan"), float("inf")):
            self.limiter.set_rate("orders", nonsense)
        self.assertAlmostEqual(self.limiter.take("orders", rate), 2, delta=0.3)

    def test_a_clock_set_back_gives_nothing_away(self):
        rate = Rate(1.0, 5)
        self.limiter.drain("orders", rate, 10)
        self.let_pass(-3600)
        self.assertAlmostEqual(self.limiter.take("orders", rate), 10, delta=1)

    def test_a_429_to_one_worker_holds_back_all(self):
        asked = []

        class Busy(BaseHTTPRequestHandler):
            def do_GET(self):
                asked.append(self.path)
                self.send_response(429)
                self.send_header("Retry-After", "120")
                self.end_headers()

            def log_message(self, *_args):
                pass

        server = HTTPServer(("127.0.0.1", 0), Busy)
        self.addCleanup(server.server_close)
        self.addCleanup(server.shutdown)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/orders"
        policy = HostPolicy.for_endpoints([url], allow_loopback=True)
        waits = []
        for _worker in range(3):
            door = Transport(policy, Limits(rates={"orders": Rate(0.5, 20)}), DbRateLimiter(self.record))
            with self.assertRaises(RetryLater) as caught:
                door.send(Request("GET", url, "orders", is_repeatable=True))
            waits.append(caught.exception.after.total_seconds())
        self.assertEqual(asked, ["/orders"])
        for wait in waits:
            self.assertAlmostEqual(wait, 120, delta=2)

    def test_when_counting_is_impossible_the_answer_is_to_wait(self):
        self.startPatcher(patch.object(oms_rate_bucket, "in_own_cursor", side_effect=SerializationFailure))
        with self.assertLogs(oms_rate_bucket._logger, "WARNING"):
            self.assertEqual(self.limiter.take("orders", Rate(1.0, 5)), 1.0)

    def test_it_works_inside_a_test_transaction(self):
        with self.enter_registry_test_mode():
            self.assertEqual(self.limiter.take("orders", Rate(0.01, 1)), 0.0)
            self.assertGreater(self.limiter.take("orders", Rate(0.01, 1)), 0.0)
        self.assertEqual(self.sql(SQL("SELECT id FROM oms_rate_bucket WHERE res_id = %s", self.record.id)), [])

    def test_the_nightly_sweep_takes_buckets_nobody_uses(self):
        values = {"model": "x", "res_id": 1, "level": 0.0}
        bucket = self.env["oms.rate.bucket"].sudo()
        now = time.time()
        rows = bucket.create(
            [{**values, "operation": "old", "at": now - 40 * 86400}, {**values, "operation": "new", "at": now}]
        )
        bucket._gc_buckets()
        self.assertEqual(rows.exists().mapped("operation"), ["new"])
