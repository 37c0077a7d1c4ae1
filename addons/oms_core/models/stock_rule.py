from functools import partial

from odoo import api, models

from .confirm_batch import batch_of


class StockRule(models.Model):
    _inherit = "stock.rule"

    @api.model
    def _get_rule(self, product_id, location_id, values):
        """In a batch: look the same rule up once.

        Two products share a rule when all that Odoo's search looks at is the same (stock/models/stock_rule.py:505-645):
        their own and their category's routes, the routes of the warehouse that are open to them, place and company.
        """
        batch = batch_of(self)
        warehouses = values.get("warehouse_id")
        if batch is None or not warehouses:
            return super()._get_rule(product_id, location_id, values)
        is_open = partial(self._filter_warehouse_routes, product_id, warehouses)
        key = (
            product_id.route_ids,
            product_id.categ_id,
            location_id,
            warehouses,
            warehouses.route_ids.filtered(is_open),
            values.get("route_ids") or self.env["stock.route"],
            values.get("packaging_uom_id") or self.env["uom.uom"],
            values.get("company_id") or self.env["res.company"],
        )
        if key not in batch.rules:
            batch.rules[key] = super()._get_rule(product_id, location_id, values)
        return batch.rules[key]
