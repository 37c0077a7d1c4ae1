"""Whether the two ways left the same: every stored value of every row, order by order, and the stock."""

from bench.odoo_process import environment
from bench.shop import SOLD

CHUNK = 100


def compare(naive_database, our_database):
    """Return ``(orders compared, sentences about what differs)`` for all orders of the two databases."""
    from odoo.addons.oms_core.tests.rows import differences, stock_of

    found = []
    with environment(naive_database) as left, environment(our_database) as right:
        naive_ids, our_ids = _order_ids(left), _order_ids(right)
        if len(naive_ids) != len(our_ids):
            return 0, [f"{len(naive_ids)} orders and {len(our_ids)} orders"]
        for first in range(0, len(our_ids), CHUNK):
            chunk = slice(first, first + CHUNK)
            found += differences(_rows(left, naive_ids[chunk]), _rows(right, our_ids[chunk]))
        skus = [product.sku for product in SOLD]
        naive_stock, our_stock = (
            stock_of(env["product.product"].search([("default_code", "in", skus)])) for env in (left, right)
        )
        found += [
            f"stock {key}: {naive_stock.get(key)} and {our_stock.get(key)}"
            for key in sorted(naive_stock.keys() | our_stock.keys(), key=str)
            if naive_stock.get(key) != our_stock.get(key)
        ]
        found += _history_gaps(right)
    return len(our_ids), found


def _order_ids(env):
    """Return the orders in the order of their documents; both ways take them in that order."""
    return env["sale.order"].search([("state", "=", "sale")], order="name").ids


def _rows(env, order_ids):
    from odoo.addons.oms_core.tests.rows import rows_of

    rows = rows_of(env["sale.order"].browse(order_ids))
    for order in rows:
        # Plain Odoo puts the moment of confirmation here; a channel's order keeps the moment it was placed.
        order["order 0"].pop("date_order")
    return rows


def _history_gaps(env):
    """Return the orders of ours whose timeline lacks a step."""
    env.cr.execute(
        """
        SELECT sale.name FROM sale_order sale LEFT JOIN oms_order_event event ON event.order_id = sale.id
      GROUP BY sale.name HAVING NOT array_agg(event.kind::text) @> ARRAY['imported', 'confirmed', 'reserved']
        """
    )
    return [f"{name}: the timeline lacks a step" for (name,) in env.cr.fetchall()]
