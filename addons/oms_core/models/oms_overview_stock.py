from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

from ..lib.stockouts import LOOK_AHEAD_DAYS, LOOK_BACK_DAYS, Supply, plan_run_out

SHOWN = 5
# Days without stock at most double the pace in what is looked at more closely.
CANDIDATE_DAYS, CANDIDATES = 2 * LOOK_AHEAD_DAYS, 300


class OmsOverview(models.AbstractModel):
    """Products that will run out within two weeks at the pace they sold while they were there."""

    _inherit = "oms.overview"

    def _stockouts(self):
        """Return the products that run out first, and how many there are of how many that sold."""
        today = fields.Date.context_today(self)
        supplies, sold_count = self._supplies(today)
        found = [row for row in (plan_run_out(supply, today) for supply in supplies) if row]
        found.sort(key=lambda row: (row.days, -row.per_day))
        products = self.env["product.product"].browse([row.product_id for row in found])
        arrivals = self._next_arrivals(products[:SHOWN])
        can_replenish = self.env.user.has_group("stock.group_stock_user")
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
            "can_replenish": can_replenish,
            "action": "stock.stock_product_normal_action",
            "domain": [("id", "in", products.ids)],
        }

    def _supplies(self, today):
        """Return what is known of each product that may run out, and of how many products something was sold."""
        sold = self._sold(today)
        levels = self._levels(list(sold))
        near = [
            product_id
            for product_id, units in sold.items()
            if levels.get(product_id, (0.0, 0.0))[0] <= units / LOOK_BACK_DAYS * CANDIDATE_DAYS
        ]
        # The fastest sellers first: of very many only those are looked at.
        near = sorted(near, key=lambda product_id: -sold[product_id])[:CANDIDATES]
        nets = self._nets(near, today)
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

    def _sold(self, today):
        """Return ``{product id: units}`` of storable goods that were sold over the days looked back."""
        orders = self.env["sale.order"]._search(
            [
                ("state", "=", "sale"),
                ("company_id", "in", self.env.companies.ids),
                ("date_order", ">=", fields.Datetime.to_string(today - timedelta(days=LOOK_BACK_DAYS))),
                ("date_order", "<", fields.Datetime.to_string(today)),
            ]
        )
        products = self.env["product.product"]._search([("is_storable", "=", True)])
        self.env["sale.order.line"].flush_model(["product_id", "product_uom_id", "product_uom_qty", "order_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT line.product_id, SUM(line.product_uom_qty * unit.factor / base.factor)
                  FROM sale_order_line line
                  JOIN product_product product ON product.id = line.product_id
                  JOIN product_template template ON template.id = product.product_tmpl_id
                  JOIN uom_uom unit ON unit.id = line.product_uom_id
                  JOIN uom_uom base ON base.id = template.uom_id
                 WHERE line.order_id IN %s AND line.product_id IN %s AND line.product_uom_qty > 0
                 GROUP BY line.product_id
                """,
                orders.subselect(),
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

    def _nets(self, product_ids, today):
        """Return ``{product id: {day: units that came less units that left}}`` over the days looked back."""
        self.env["stock.move"].flush_model()
        self.env.cr.execute(
            SQL(
                """
                SELECT move.product_id, move.date::date,
                       SUM(CASE WHEN target.is_ours THEN move.product_qty ELSE 0 END
                           - CASE WHEN source.is_ours THEN move.product_qty ELSE 0 END)
                  FROM stock_move move
                  JOIN (SELECT id, usage = 'internal' AND warehouse_id IS NOT NULL AND company_id = ANY(%(companies)s)
                               AS is_ours FROM stock_location) source ON source.id = move.location_id
                  JOIN (SELECT id, usage = 'internal' AND warehouse_id IS NOT NULL AND company_id = ANY(%(companies)s)
                               AS is_ours FROM stock_location) target ON target.id = move.location_dest_id
                 WHERE move.product_id = ANY(%(products)s) AND move.state = 'done' AND move.date >= %(since)s
                   AND source.is_ours <> target.is_ours
                 GROUP BY move.product_id, move.date::date
                """,
                companies=self.env.companies.ids,
                products=product_ids,
                since=today - timedelta(days=LOOK_BACK_DAYS + 1),
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
