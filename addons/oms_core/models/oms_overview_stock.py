from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..lib.stockouts import LOOK_AHEAD_DAYS, LOOK_BACK_DAYS, Supply, plan_run_out
from .oms_sales_day import NETS

SHOWN = 5
# Days without stock at most double the pace in what is looked at more closely.
CANDIDATE_DAYS, CANDIDATES = 2 * LOOK_AHEAD_DAYS, 300


class OmsOverview(models.AbstractModel):
    """Products that will run out within two weeks at the pace they sold while they were there."""

    _inherit = "oms.overview"

    def _stockouts(self):
        """Return the products that run out first, and how many there are of how many that sold."""
        days = self.env["oms.sales.day"].sudo()  # sudo: sums, of the reader's companies below
        today, last = fields.Date.today(), days._last_day()
        if not last or last < today - timedelta(days=1):
            days._queue_add_up()
        supplies, sold_count = self._supplies(last, today) if last else ([], 0)
        found = [row for row in (plan_run_out(supply, today) for supply in supplies) if row]
        found.sort(key=lambda row: (row.days, -row.per_day))
        products = self.env["product.product"].browse([row.product_id for row in found])
        arrivals = self._next_arrivals(products[:SHOWN])
        return {
            "rows": [
                {
                    "id": row.product_id,
                    "name": product.with_context(display_default_code=False).display_name,
                    "code": product.default_code or "",
                    "free": f"{row.free:g}",
                    "per_day": f"{row.per_day:.1f}",
                    "days": row.days,
                    "on": fields.Date.to_string(row.on),
                    "due": arrivals.get(row.product_id, False),
                }
                for row, product in zip(found[:SHOWN], products[:SHOWN], strict=True)
            ],
            "count": len(found),
            "sold_count": sold_count,
            "is_added_up": bool(last),
            "can_replenish": self.env.user.has_group("stock.group_stock_user"),
            "action": "stock.stock_product_normal_action",
            "domain": [("id", "in", products.ids)],
        }

    def _supplies(self, last, today):
        """Return what is known of each product that may run out, and of how many products something was sold."""
        since = last - timedelta(days=LOOK_BACK_DAYS - 1)
        sold = self._sold(since)
        levels = self._levels(list(sold))
        near = [
            product_id
            for product_id, units in sold.items()
            if levels.get(product_id, (0.0, 0.0))[0] <= units / LOOK_BACK_DAYS * CANDIDATE_DAYS
        ]
        # The fastest sellers first: of very many only those are looked at.
        near = sorted(near, key=lambda product_id: -sold[product_id])[:CANDIDATES]
        nets = self._nets(near, since, last, today)
        supplies = [
            Supply(
                product_id=product_id,
                free=levels.get(product_id, (0.0, 0.0))[0],
                on_hand=levels.get(product_id, (0.0, 0.0))[1],
                sold=sold[product_id],
                nets=nets.get(product_id, {}),
            )
            for product_id in near
        ]
        return supplies, len(sold)

    def _sold(self, since):
        """Return ``{product id: units}`` of what the reader's companies sold, of products the reader may see."""
        products = self.env["product.product"]._search([("is_storable", "=", True)])
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, SUM(sold) FROM oms_sales_day
                 WHERE company_id = ANY(%s) AND day >= %s AND sold > 0 AND product_id IN %s
                 GROUP BY product_id
                """,
                self.env.companies.ids,
                since,
                products.subselect(),
            )
        )
        return {product_id: float(units) for product_id, units in self.env.cr.fetchall()}

    def _levels(self, product_ids):
        """Return ``{product id: (free units, units on hand)}`` over the warehouses of the reader's companies."""
        self.env["stock.quant"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT quant.product_id, SUM(quant.quantity - quant.reserved_quantity), SUM(quant.quantity)
                  FROM stock_quant quant
                  JOIN stock_location place ON place.id = quant.location_id
                 WHERE quant.product_id = ANY(%s) AND place.usage = 'internal' AND place.warehouse_id IS NOT NULL
                   AND place.company_id = ANY(%s)
                 GROUP BY quant.product_id
                """,
                product_ids,
                self.env.companies.ids,
            )
        )
        return {row[0]: (float(row[1]), float(row[2])) for row in self.env.cr.fetchall()}

    def _nets(self, product_ids, since, last, today):
        """Return ``{product id: {day: units that came less units that left}}``; what is not added up yet is counted."""
        self.env["stock.move"].flush_model()
        live = SQL(NETS, since=last + timedelta(days=1), until=today + timedelta(days=1))
        self.env.cr.execute(
            SQL(
                """
                SELECT product_id, day, SUM(units)
                  FROM (SELECT company_id, product_id, day, net AS units FROM oms_sales_day WHERE day >= %s
                         UNION ALL SELECT company_id, product_id, day, units FROM (%s) counted) known
                 WHERE product_id = ANY(%s) AND company_id = ANY(%s)
                 GROUP BY product_id, day
                """,
                since,
                live,
                product_ids,
                self.env.companies.ids,
            )
        )
        nets = {}
        for product_id, day, units in self.env.cr.fetchall():
            nets.setdefault(product_id, {})[day] = float(units)
        return nets

    def _next_arrivals(self, products):
        """Return ``{product id: day}`` of the next receipt of each product."""
        groups = (
            self.env["stock.move"]
            .sudo()  # sudo: days, within the reader's companies
            ._read_group(
                [
                    ("product_id", "in", products.ids),
                    ("company_id", "in", self.env.companies.ids),
                    ("picking_code", "=", "incoming"),
                    ("state", "in", ("waiting", "confirmed", "partially_available", "assigned")),
                ],
                ["product_id"],
                ["date:min"],
            )
        )
        return {product.id: fields.Datetime.to_string(day) for product, day in groups if day}
