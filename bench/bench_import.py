#!/usr/bin/env python3
"""Orders per second from the stored document to confirmed and reserved, against Odoo one order at a time.

Started by ``./oms bench import``; ``--quick`` for a look at small sizes. What is measured and how: bench/README.md.
"""

import argparse
import sys
import time
from dataclasses import dataclass
from statistics import median

from bench import equality, paths, shop
from bench.figures import growth_exponent, ratio, table
from bench.odoo_process import copies, environment, forget, load_odoo

RATIO_BAR = 3.0
EXPONENT_BAR = 1.05
WARM_UP = 20


@dataclass(frozen=True)
class Sizes:
    """How much is measured."""

    rounds: int
    orders: int
    growth: tuple
    growth_rounds: int


FULL = Sizes(rounds=5, orders=200, growth=(200, 800, 3200), growth_rounds=3)
QUICK = Sizes(rounds=3, orders=30, growth=(50, 200), growth_rounds=2)


class Documents:
    """Hands out documents, none twice."""

    def __init__(self):
        self.given = 0

    def take(self, count):
        """Return the next ``count`` documents."""
        self.given += count
        return shop.documents(self.given - count, count)


def measure_ratio(naive_database, our_database, sizes):
    """Import the same documents both ways, turn by turn. Return the seconds per round of each, and the orders made."""
    documents = Documents()
    naive, ours = [], []
    for number in range(sizes.rounds + 1):
        raws = documents.take(sizes.orders if number else WARM_UP)
        plain = paths.plain_orders(naive_database, raws)
        inbox_ids = paths.store(our_database, raws)
        naive_seconds = paths.run_naive(naive_database, plain)
        our_seconds = paths.run_ours(our_database, inbox_ids).seconds
        if number:
            naive.append(naive_seconds)
            ours.append(our_seconds)
            times = naive_seconds / our_seconds
            say(f"round {number}: {naive_seconds:.1f} s and {our_seconds:.1f} s, {times:.1f} times")
    return naive, ours


def measure_growth(database, sizes):
    """Import batches of growing size, each in one job, turn by turn. Return ``{size: Spent}``, medians over rounds."""
    documents = Documents()
    paths.run_ours(database, paths.store(database, documents.take(WARM_UP)))
    runs = {size: [] for size in sizes.growth}
    for _round in range(sizes.growth_rounds):
        for size in sizes.growth:
            runs[size].append(paths.run_ours(database, paths.store(database, documents.take(size)), page=size))
    return {
        size: paths.Spent(median(run.seconds for run in spent), median(run.busy for run in spent))
        for size, spent in runs.items()
    }


def report(naive, ours, growth, sizes):
    """Print the tables and return ``(ratio, exponent)``.

    The exponent is that of the time a processor worked: while others use the machine, a long run always meets some of
    them and a short one may not, which looks like growth.
    """
    times = ratio(naive, ours)
    by_clock = growth_exponent({size: spent.seconds for size, spent in growth.items()})
    exponent = growth_exponent({size: spent.busy for size, spent in growth.items()})
    rows = [("to confirmed and reserved", "orders/s", "ms/order", "ratio")]
    for name, seconds, factor in (("one order at a time", naive, 1.0), ("our import", ours, times)):
        per_order = median(seconds) / sizes.orders
        rows.append((name, f"{1 / per_order:.1f}", f"{1000 * per_order:.1f}", f"{factor:.1f}"))
    say("")
    say(table(rows))
    say("")
    rows = [("in one job", "ms/order", "of it busy")]
    rows += [
        (f"{size} orders", f"{1000 * spent.seconds / size:.1f}", f"{1000 * spent.busy / size:.1f}")
        for size, spent in growth.items()
    ]
    say(table([*rows, ("exponent", f"{by_clock:.3f}", f"{exponent:.3f}")]))
    say("")
    say(f"ratio     {times:.2f}  (at least {RATIO_BAR}; median of {sizes.rounds} rounds of {sizes.orders} orders)")
    say(f"exponent  {exponent:.3f} (at most {EXPONENT_BAR}; busy time, {sizes.growth[0]} to {sizes.growth[-1]} orders)")
    return times, exponent


def say(text):
    """Print at once, also into a pipe."""
    print(text, flush=True)


def main():
    """Measure, print, and return 1 when a figure is below its bar or the rows differ."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="small sizes, in about a minute")
    sizes = QUICK if parser.parse_args().quick else FULL
    started = time.monotonic()
    load_odoo()
    shop.declare_channel_type()
    with copies(1) as (template,):
        with environment(template) as env:
            shop.open_shop(env)
        forget(template)
        with copies(3, template) as (naive_database, our_database, growth_database):
            naive, ours = measure_ratio(naive_database, our_database, sizes)
            compared, differing = equality.compare(naive_database, our_database)
            growth = measure_growth(growth_database, sizes)
    times, exponent = report(naive, ours, growth, sizes)
    say(f"rows      {compared} orders compared, {len(differing) or 'no'} differences")
    say(f"time      {time.monotonic() - started:.0f} s in all")
    for sentence in differing[:20]:
        say(f"  {sentence}")
    return 0 if times >= RATIO_BAR and exponent <= EXPONENT_BAR and compared and not differing else 1


if __name__ == "__main__":
    sys.exit(main())
