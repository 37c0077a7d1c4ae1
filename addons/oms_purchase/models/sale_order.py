from odoo import api, fields, models


class SaleOrder(models.Model):
    """The purchase orders that feed an order."""

    _inherit = "sale.order"

    oms_purchase_count = fields.Integer(compute="_compute_oms_purchase_count", compute_sudo=True)

    def _compute_oms_purchase_count(self):
        for order in self:
            order.oms_purchase_count = len(order._feeding_purchases())

    def _feeding_purchases(self):
        """Return what was bought for this order, and what else it waits for."""
        self.ensure_one()
        bought = self._get_purchase_orders().filtered(lambda purchase: purchase.state != "cancel")
        return bought | self.oms_promise_ids.purchase_id

    def action_view_oms_purchases(self):
        """Open the purchase orders that feed this order."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_purchase.purchase_order_action_oms")
        purchases = self.sudo()._feeding_purchases()  # sudo: only their ids; the list shows what one may see
        return dict(action, domain=[("id", "in", purchases.ids)], context={})

    # === WAITING FOR A SUPPLIER ===

    @api.depends("order_line.purchase_line_ids.state")
    def _compute_oms_goods(self):
        """What a supplier is to send straight to the buyer is neither in our stock nor ours to pick."""
        super()._compute_oms_goods()
        for order in self.filtered(lambda order: order.state == "sale" and order._waits_for_supplier()):
            order.oms_stock_state, order.oms_pick_state = "short", "none"

    def _waits_for_supplier(self):
        """Whether a supplier still has to send all that is missing of this order."""
        moves = self.order_line.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        if moves:
            return all(move.location_id.usage == "supplier" for move in moves)
        if self.oms_stock_state != "unrouted":
            return False
        lines = self.order_line.filtered(lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0)
        bought = lines.sudo().purchase_line_ids.filtered(  # sudo: whoever sells may not see purchases
            lambda line: line.state != "cancel" and line._is_dropshipped()
        )
        return bool(lines) and bought.sale_line_id == lines

    # === NOBODY SELLS IT ===

    def _action_confirm(self):
        result = super()._action_confirm()
        self._note_unbought()
        return result

    def _note_unbought(self):
        """List orders of which something should have been bought and was not; close the problem of the others."""
        entries, fine = [], self.browse()
        for order in self.filtered(lambda order: order.oms_type_id.kind == "purchase" and order.state == "sale"):
            lines = order.order_line.filtered(
                lambda line: (
                    line.product_id.type == "consu"
                    and line.product_uom_qty > 0
                    and not line.move_ids
                    and not line.sudo().purchase_line_ids  # sudo: whoever sells may not see purchases
                )
            )
            if lines:
                names = ", ".join(lines.product_id.mapped("display_name"))
                entry = {"reason": "no_supplier", "order_id": order.id, "cause": str(order.id)}
                entries.append(entry | {"params": {"product": names}})
            else:
                fine |= order
        self.env["oms.exception"]._open_problems(entries)
        fine._close_own_problems(["no_supplier"])

    def _recheck(self):
        """Buy what nobody sold before, after a supplier was entered."""
        result = super()._recheck()
        bought = self.filtered(lambda order: order.oms_type_id.kind == "purchase" and order.state == "sale")
        bought.order_line._action_launch_stock_rule()
        bought._note_unbought()
        return result


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _why_not_split(self, units, movable):
        """What was bought for this line stays with it."""
        bought = self.sudo().purchase_line_ids.filtered(lambda line: line.state != "cancel")  # sudo: only whether
        if bought:
            return self.env._(
                "%(product)s was bought for this order with %(purchase)s and stays in it.",
                product=self.product_id.display_name,
                purchase=bought[:1].order_id.name,
            )
        return super()._why_not_split(units, movable)
