#!/usr/bin/env python3
"""One tag on many orders at once, with an event and an answer for each, against order by order.

Started by ``./oms bench many``. What is measured: bench/README.md.
"""

import sys
import time

from bench import orders, paths, shop
from bench.figures import growth_exponent, table
from bench.odoo_process import copies, environment, load_odoo

ONE_BY_ONE = 200
SIZES = (2_000, 10_000)
RATIO_BAR = 5.0
GROWTH_BAR = 1.2
SECONDS_BAR = 5.0  # of 2,000 orders; the one figure in seconds, for people wait for it


def tag_one_by_one(database, ids):
    """Tag orders as a loop over the API would: one call, one commit each. Return the seconds."""
    started = time.monotonic()
    for order_id in ids:
        with environment(database) as env:
            env["sale.order"].browse(order_id).oms_change_tags(add=["one by one"])
    return time.monotonic() - started


def tag_at_once(database, ids, name):
    """Tag orders by one action, slice by slice as its jobs do. Return the seconds and how many have their answer."""
    started = time.monotonic()
    with environment(database) as env:
        tag = env["oms.tag"].create({"name": name})
        action = env["oms.order.action"].create({"kind": "tag", "asked_ids": ids, "add_ids": [(6, 0, tag.ids)]})
        action._ensure_complete()
        action.state = "running"
        action_id, tag_id = action.id, tag.id
    while True:
        with environment(database) as env:
            action = env["oms.order.action"].browse(action_id)
            if action.state == "done":
                break
            action._apply_slice()
    spent = time.monotonic() - started
    with environment(database) as env:
        done = env["oms.order.action"].browse(action_id).done_count
        tagged = env["sale.order"].search_count([("oms_tag_ids", "=", tag_id)])
        events = env["oms.order.event"].search_count([("kind", "=", "tagged"), ("order_id", "in", ids)])
    return spent, min(done, tagged, events)


def main():
    """Measure, print, and return 1 when a bar is missed or an order has no answer."""
    load_odoo()
    shop.declare_channel_type()
    with copies(1) as (database,):
        with environment(database) as env:
            shop.open_shop(env)
            env["oms.tag"].create({"name": "one by one"})
        paths.run_ours(database, paths.store(database, shop.documents(0, 1)))
        orders.write_orders(database, sum(SIZES) + ONE_BY_ONE)
        with environment(database) as env:
            ids = env["sale.order"].search([("oms_channel_id", "!=", False)], order="id").ids
        slow = tag_one_by_one(database, ids[:ONE_BY_ONE]) / ONE_BY_ONE
        rows, start, are_all_there = [], ONE_BY_ONE, True
        for size in SIZES:
            spent, answered = tag_at_once(database, ids[start : start + size], f"at once {size}")
            are_all_there &= answered >= size
            rows.append((size, spent))
            start += size
    ratio = slow / (rows[0][1] / rows[0][0])
    growth = growth_exponent(dict(rows))
    lines = [
        ("orders", "seconds", "ms/order"),
        (f"{ONE_BY_ONE} one by one", f"{slow * ONE_BY_ONE:.2f}", f"{1000 * slow:.2f}"),
    ]
    lines += [(f"{size} at once", f"{spent:.2f}", f"{1000 * spent / size:.2f}") for size, spent in rows]
    print(table(lines))
    print(f"at once  {ratio:.1f} times faster than one by one  (at least {RATIO_BAR:.0f})")
    print(f"growth   exponent {growth:.2f}  (at most {GROWTH_BAR})")
    is_good = ratio >= RATIO_BAR and growth <= GROWTH_BAR and rows[0][1] <= SECONDS_BAR and are_all_there
    if not are_all_there:
        print("not every order has its tag, its event and its answer")
    return 0 if is_good else 1


if __name__ == "__main__":
    sys.exit(main())
