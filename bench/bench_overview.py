#!/usr/bin/env python3
"""The overview on many orders: one read over HTTP, against an unfiltered first page of the order list.

Started by ``./oms bench overview``; ``--orders 50000`` for a look at a small size. What is measured: bench/README.md.
"""

import argparse
import sys
import time
from statistics import median

from bench import orders, paths, shop
from bench.figures import ratio, table
from bench.odoo_process import copies, environment, forget, load_odoo
from bench.web_client import OrderList, WebClient
from tools.database import psql
from tools.server import OdooServer

PAGE_BAR = 4.0
LOGIN = "bench-clerk"
ROUNDS = 15
WARM_UP = 3
BOXES = ("figures", "channels", "problems", "warehouses", "stockouts", "start")
# Of the open orders, one in fifty, as many in each state; the others have left or are cancelled.
STATUSES = """
UPDATE sale_order
   SET oms_status = CASE WHEN state = 'cancel' THEN 'cancelled'
                         WHEN delivery_status = 'full' THEN 'shipped'
                         ELSE (ARRAY['to_route', 'to_pick', 'to_pack', 'held'])[1 + id / 50 % 4] END
 WHERE oms_channel_id IS NOT NULL
"""


def fill(database, count):
    """Write the shop into a database: orders of a year with transfers, a cut-off. Return the view's id."""
    with environment(database) as env:
        shop.open_shop(env)
        clerk = {"name": LOGIN, "login": LOGIN, "password": LOGIN}
        env["res.users"].create(clerk | {"group_ids": [(4, env.ref("oms_core.group_oms_clerk").id)]})
        product = env.ref("oms_core.product_shipping")
        carrier = env["delivery.carrier"].create({"name": "DHL", "product_id": product.id, "delivery_type": "fixed"})
        warehouse = env["stock.warehouse"].search([], limit=1)
        days = {"saturday": True, "sunday": True}
        env["oms.cutoff"].create({"warehouse_id": warehouse.id, "carrier_id": carrier.id, "time": 23.9, **days})
    paths.run_ours(database, paths.store(database, shop.documents(0, 1)))
    orders.write_orders(database, count)
    psql(database, STATUSES)
    psql(database, "UPDATE stock_picking SET carrier_id = (SELECT max(id) FROM delivery_carrier) WHERE state <> 'done'")
    psql(database, "VACUUM ANALYZE")
    with environment(database) as env:
        env["oms.sales.day"]._job_add_up()
        return env.ref("oms_core.sale_order_view_list_oms").id


def measure(client, view_id):
    """Ask in turn. Return ``(seconds of pages, seconds of overviews, {box: [seconds]}, faults)``."""
    listing, pages, reads, boxes, faults = OrderList(client, view_id), [], [], {name: [] for name in BOXES}, set()
    for turn in range(WARM_UP + ROUNDS):
        page = listing.page([])[0]
        seconds, answer = client.timed("oms.overview", "get_overview")
        faults |= {f"{name}: {box['error']}" for name, box in answer["boxes"].items() if "error" in box}
        if turn < WARM_UP:
            continue
        pages.append(page)
        reads.append(seconds)
        for name in BOXES:
            boxes[name].append(client.timed("oms.overview", "get_overview", boxes=[name])[0])
    return pages, reads, boxes, sorted(faults)


def say(text):
    """Print at once, also into a pipe."""
    print(text, flush=True)


def main():
    """Measure, print, and return 1 when the figure is above its bar or a box failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--orders", type=int, default=100_000, metavar="COUNT")
    count = parser.parse_args().orders
    started = time.monotonic()
    load_odoo()
    shop.declare_channel_type()
    with copies(1) as (database,):
        view_id = fill(database, count)
        say(f"{count} orders written, {time.monotonic() - started:.0f} s")
        forget(database)
        with OdooServer(database, jobs=False, options=("--max-cron-threads", 0)) as odoo:
            client = WebClient(odoo.url, database, LOGIN, LOGIN)
            pages, reads, boxes, faults = measure(client, view_id)
    times = ratio(reads, pages)
    say(
        table([("median, ms", "all", *BOXES), ("", *(f"{1000 * median(row):.0f}" for row in (reads, *boxes.values())))])
    )
    say(f"first page  {1000 * median(pages):.0f} ms")
    say(f"overview    {times:.2f} first pages  (at most {PAGE_BAR})")
    say(f"time        {time.monotonic() - started:.0f} s in all")
    for fault in faults:
        say(f"  {fault}")
    return 0 if times <= PAGE_BAR and not faults else 1


if __name__ == "__main__":
    sys.exit(main())
