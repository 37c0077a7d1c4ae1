from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.stockouts import LOOK_BACK_DAYS

# Days that are added up again, because orders of a day are still changed on the next ones.
AGAIN_DAYS = 3
ADD_UP = """
INSERT INTO oms_sales_day (company_id, product_id, day, sold, net)
SELECT company_id, product_id, day, SUM(sold), SUM(net)
  FROM (SELECT o.company_id, line.product_id, o.date_order::date AS day,
               line.product_uom_qty * unit.factor / base.factor AS sold, 0 AS net
          FROM sale_order o
          JOIN sale_order_line line ON line.order_id = o.id AND line.product_uom_qty > 0
          JOIN product_product product ON product.id = line.product_id
          JOIN product_template template ON template.id = product.product_tmpl_id AND template.is_storable
          JOIN uom_uom unit ON unit.id = line.product_uom_id
          JOIN uom_uom base ON base.id = template.uom_id
         WHERE o.state = 'sale' AND o.date_order >= %(since)s AND o.date_order < %(until)s
         UNION ALL
        SELECT company_id, product_id, day, 0, units FROM (%(nets)s) moved) added
 GROUP BY company_id, product_id, day
    ON CONFLICT (company_id, day, product_id) DO NOTHING
"""
# What came into our warehouses less what left them; what moves inside changes nothing.
NETS = """
SELECT move.company_id, move.product_id, move.date::date AS day,
       SUM(CASE WHEN target.is_ours THEN move.product_qty ELSE -move.product_qty END) AS units
  FROM stock_move move
  JOIN (SELECT id, usage = 'internal' AND warehouse_id IS NOT NULL AS is_ours FROM stock_location) source
       ON source.id = move.location_id
  JOIN (SELECT id, usage = 'internal' AND warehouse_id IS NOT NULL AS is_ours FROM stock_location) target
       ON target.id = move.location_dest_id
 WHERE move.state = 'done' AND move.date >= %(since)s AND move.date < %(until)s AND source.is_ours <> target.is_ours
 GROUP BY move.company_id, move.product_id, move.date::date
"""


class OmsSalesDay(models.Model):
    """What was sold of a product on a day, and what came and left: added up once, so that a look ahead costs little.

    Days are those of UTC. Only the job writes; every row can be made again.
    """

    _name = "oms.sales.day"
    _description = "Sales of a day"
    _inherit = ["oms.job.mixin"]
    _log_access = False

    company_id = fields.Many2one("res.company", required=True, ondelete="cascade")
    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True)
    day = fields.Date(required=True)
    sold = fields.Float()
    net = fields.Float()

    _once = models.UniqueIndex("(company_id, day, product_id)", "A day of a product is added up once.")

    @api.model
    def _last_day(self):
        """Return the last day that was added up, False when none was."""
        self.env.cr.execute("SELECT max(day) FROM oms_sales_day")
        return self.env.cr.fetchone()[0] or False

    @api.model
    def _queue_add_up(self):
        """Queue the adding up of the days that are missing, unless that waits already."""
        self._oms_enqueue("_job_add_up", identity_key="oms-sales-day", priority=20)

    @api.model
    def _job_add_up(self):
        """Add up the days looked back that are missing, and the last ones again."""
        today = fields.Date.today()
        last = self._last_day()
        first = today - timedelta(days=LOOK_BACK_DAYS)
        since = max(first, last - timedelta(days=AGAIN_DAYS - 1)) if last else first
        for model in ("sale.order", "sale.order.line", "stock.move"):
            self.env[model].flush_model()
        nets = SQL(NETS, since=since, until=today)
        self.env.cr.execute(SQL("DELETE FROM oms_sales_day WHERE day >= %s OR day < %s", since, first))
        self.env.cr.execute(SQL(ADD_UP, since=since, until=today, nets=nets))
        self.invalidate_model()


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    @api.model
    def _cron_daily(self):
        super()._cron_daily()
        self._apart(self.env["oms.sales.day"]._queue_add_up)
