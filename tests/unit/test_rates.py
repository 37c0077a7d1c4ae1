"""Token buckets: never more calls than documented, never fewer than allowed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from odoo.addons.oms_core.client.limiter import MemoryLimiter
from odoo.addons.oms_core.lib.rates import Bucket, Rate, drained, take


def test_a_fresh_bucket_holds_its_burst():
    rate, bucket, waits = Rate(0.5, 3), None, []
    for _ in range(4):
        bucket, wait = take(bucket, rate, now=100.0)
        waits.append(wait)
    assert waits == [0.0, 0.0, 0.0, 2.0]


def test_waiting_as_long_as_told_is_enough():
    rate = Rate(0.0056, 1)
    bucket, _wait = take(None, rate, 0.0)
    bucket, wait = take(bucket, rate, 1.0)
    assert take(bucket, rate, 1.0 + wait - 0.01)[1] > 0
    assert take(bucket, rate, 1.0 + wait + 1e-6)[1] == 0.0


def test_a_clock_that_steps_back_gives_nothing_away():
    bucket, wait = take(Bucket(0.0, 100.0), Rate(1.0, 5), now=40.0)
    assert wait == pytest.approx(1.0)


def test_after_draining_the_next_call_is_free_when_the_channel_said():
    rate = Rate(2.0, 10)
    bucket = drained(50.0, 30.0, rate)
    assert take(bucket, rate, 50.0)[1] == pytest.approx(30.0)
    assert take(bucket, rate, 79.9)[1] > 0
    assert take(bucket, rate, 80.0 + 1e-6)[1] == 0.0


@given(
    per_second=st.floats(0.001, 50),
    burst=st.integers(1, 100),
    gaps=st.lists(st.floats(0, 300), min_size=1, max_size=200),
)
def test_no_span_ever_holds_more_calls_than_burst_plus_refill(per_second, burst, gaps):
    rate, bucket, now, granted = Rate(per_second, burst), None, 0.0, []
    for gap in gaps:
        now += gap
        bucket, wait = take(bucket, rate, now)
        assert wait >= 0
        if wait == 0:
            granted.append(now)
    for first, start in enumerate(granted):
        for last in range(first, len(granted)):
            assert last - first + 1 <= burst + (granted[last] - start) * per_second + 1e-6


def test_the_memory_limiter_keeps_operations_apart_and_takes_the_granted_rate():
    clock = [0.0]
    limiter = MemoryLimiter(lambda: clock[0])
    slow = Rate(0.1, 1)
    assert limiter.take("orders", slow) == 0.0
    assert limiter.take("orders", slow) == pytest.approx(10.0)
    assert limiter.take("listings", slow) == 0.0
    limiter.set_rate("orders", 2.0)
    assert limiter.take("orders", slow) == pytest.approx(0.5)
    limiter.drain("orders", slow, 60.0)
    assert limiter.take("orders", slow) == pytest.approx(60.0)
