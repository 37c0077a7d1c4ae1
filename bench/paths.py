"""The two ways from a stored document to a confirmed, reserved order that the import benchmark compares."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

from bench.odoo_process import environment

TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")

# What somebody who knows the channel's amounts hands to Odoo for a line; Odoo works out all the rest.
PLAIN_LINE = ("sequence", "product_id", "product_uom_qty", "price_unit", "tax_ids", "name")


@dataclass(frozen=True)
class Spent:
    """What a run took: ``seconds`` by the clock, ``busy`` of them a processor worked for it, for Odoo or PostgreSQL."""

    seconds: float
    busy: float


def store(database, raws):
    """Store documents as a fetch does. Return the ids of the rows, in the order of the documents."""
    with environment(database) as env:
        channel = env["oms.channel"].search([("channel_type", "=", "bench")])
        return env["oms.inbox"]._store_orders(channel, raws).ids


def page_size():
    """Return how many documents one fetch brings, and so one job imports."""
    from odoo.addons.oms_channel_amazon.client.adapter import AmazonAdapter

    return AmazonAdapter.limits.page


def run_ours(database, inbox_ids, page=None):
    """Import stored documents, one job and one transaction for each page, as after a fetch. Return what it took."""
    page = page or page_size()
    started, busy = time.perf_counter(), 0.0
    for first in range(0, len(inbox_ids), page):
        with environment(database) as env:
            env.cr.execute("SELECT pg_backend_pid()")
            backend = env.cr.fetchone()[0]
            busy -= time.process_time() + _busy_seconds(backend)
            env["oms.inbox"].browse(inbox_ids[first : first + page])._job_import()
        busy += time.process_time() + _busy_seconds(backend)
    return Spent(seconds=time.perf_counter() - started, busy=busy)


def _busy_seconds(pid):
    """Return how long a process has worked so far (fields 14 and 15 of ``/proc/<pid>/stat``, see proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND


def plain_orders(database, raws):
    """Return what somebody would hand to Odoo for these documents: ``(customer values, order values)`` of each.

    Reading the documents costs the plain way nothing: only what Odoo does with the values is measured.
    """
    from odoo.addons.oms_core.lib import importing

    with environment(database) as env:
        channel = env["oms.channel"].search([("channel_type", "=", "bench")])
        datas = [channel._adapter_class().parse_order(raw.body) for raw in raws]
        snapshot = channel._snapshot(datas)
        plans = [importing.plan_order(data, snapshot) for data in datas]
        states = env["res.partner"]._oms_states(plans)
        return [
            (env["res.partner"]._prepare_oms_customer(channel, plan, states), _plain_order(channel, plan))
            for plan in plans
        ]


def _plain_order(channel, plan):
    orders = channel.env["sale.order"]
    header = orders._prepare_oms_header(plan)
    return {
        "company_id": channel.company_id.id,
        "pricelist_id": channel._pricelists({plan.order.currency})[plan.order.currency].id,
        "warehouse_id": channel._ships_from().id,
        "client_order_ref": plan.order.buyer.purchase_order or plan.order.external_number,
        "origin": channel.name,
        "user_id": False,
        "team_id": False,
        "fiscal_position_id": False,
        "require_signature": False,
        "commitment_date": header["commitment_date"],
        "order_line": [(0, 0, {name: line[name] for name in PLAIN_LINE}) for line in orders._prepare_oms_lines(plan)],
    }


def run_naive(database, plain):
    """Create the customer and the order, confirm and commit, one order after the other. Return the seconds.

    Nothing that Odoo does by default is switched off.
    """
    started = time.perf_counter()
    with environment(database) as env:
        for customer, order in plain:
            partner = env["res.partner"].create(dict(customer))
            env["sale.order"].create(dict(order, partner_id=partner.id)).action_confirm()
            env.cr.commit()
    return time.perf_counter() - started
