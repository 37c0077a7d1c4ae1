from odoo import api, fields, models
from odoo.tools import SQL

UNCONFIRMED = ("draft", "sent", "to approve")


class OmsPromise(models.Model):
    """Promises that come from suppliers: dates are those of the purchase order, and what is not ordered yet says so."""

    _inherit = "oms.promise"

    purchase_line_id = fields.Many2one(
        "purchase.order.line", readonly=True, ondelete="cascade", index="btree_not_null", string="Purchase line"
    )
    purchase_id = fields.Many2one(
        related="purchase_line_id.order_id", store=True, index="btree_not_null", string="Purchase order"
    )

    @api.model
    def _arrival_vals(self, line, move):
        values = super()._arrival_vals(line, move)
        bought = move.purchase_line_id if move else line.move_ids.created_purchase_line_ids
        if not move:
            bought = bought.filtered(lambda row: row.state in UNCONFIRMED)[:1]
            values["source"] = bought._promise_source() if bought else False
        return values | {"purchase_line_id": bought.id}

    @api.model
    def _further_waiting(self):
        """What is bought for a buyer has no transfer before the purchase order is confirmed."""
        self.env["purchase.order.line"].flush_model(["product_id", "sale_line_id"])
        return SQL(
            "%s OR EXISTS (SELECT FROM purchase_order_line bought"
            " WHERE bought.product_id = marked.id AND bought.sale_line_id IS NOT NULL)",
            super()._further_waiting(),
        )

    @api.model
    def _further_rows(self, products):
        """What suppliers send straight to buyers."""
        rows = super()._further_rows(products)
        bought = self.env["purchase.order.line"].search(
            [
                ("product_id", "in", products.ids),
                ("sale_line_id", "!=", False),
                ("sale_line_id.order_id.state", "=", "sale"),
                ("state", "!=", "cancel"),
                ("order_id.picking_type_id.code", "=", "dropship"),
            ]
        )
        for line in bought:
            missing = line.product_uom_id._compute_quantity(
                line.product_qty - line.qty_received, line.product_id.uom_id
            )
            if line.product_id.uom_id.compare(missing, 0) <= 0:
                continue
            move = line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))[:1]
            rows[line.sale_line_id.id, move.id] = {
                "units": missing,
                "expected_at": False if line.state in UNCONFIRMED else line.date_planned,
                "product_id": line.product_id.id,
                "purchase_line_id": line.id,
                "source": line._promise_source(),
            }
        return rows


class StockMove(models.Model):
    _inherit = "stock.move"

    def _expected_at(self):
        return self.purchase_line_id.date_planned or super()._expected_at()

    def _arrival_source(self):
        return self.purchase_line_id.order_id.name or super()._arrival_source()


class PurchaseOrderLine(models.Model):
    _inherit = "purchase.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        self.env["oms.promise"]._mark(lines.product_id.ids)
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not {"date_planned", "product_qty", "product_id", "sale_line_id"}.isdisjoint(vals):
            self.env["oms.promise"]._mark(self.product_id.ids)
        return result

    def unlink(self):
        self.env["oms.promise"]._mark(self.product_id.ids)
        return super().unlink()

    def _promise_source(self):
        self.ensure_one()
        if self.state in UNCONFIRMED:
            return self.env._("%s, not confirmed", self.order_id.name)
        return self.order_id.name
