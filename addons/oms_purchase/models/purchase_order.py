from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

OPEN = [("state", "=", "purchase"), ("receipt_status", "!=", "full")]


class PurchaseOrder(models.Model):
    """Purchase orders as the desk sees them: when they come, and who waits for them."""

    _inherit = "purchase.order"

    oms_promise_ids = fields.One2many("oms.promise", "purchase_id", string="Orders that wait")
    # As the system: whoever buys may not see orders, and a number gives nothing away.
    oms_waiting_count = fields.Integer(compute="_compute_oms_waiting", compute_sudo=True, string="Orders waiting")
    oms_waiting_units = fields.Float(
        compute="_compute_oms_waiting", compute_sudo=True, string="Units waiting", digits="Product Unit"
    )
    oms_is_late = fields.Boolean(compute="_compute_oms_is_late", search="_search_oms_is_late", string="Late")
    oms_is_dropship = fields.Boolean(compute="_compute_oms_is_dropship", string="Straight to the buyer")

    @api.depends("oms_promise_ids.units", "oms_promise_ids.order_id")
    def _compute_oms_waiting(self):
        groups = self.env["oms.promise"]._read_group(
            [("purchase_id", "in", self.ids)], ["purchase_id"], ["order_id:count_distinct", "units:sum"]
        )
        found = {order.id: (count, units) for order, count, units in groups}
        for order in self:
            order.oms_waiting_count, order.oms_waiting_units = found.get(order.id, (0, 0.0))

    @api.depends("state", "receipt_status", "date_planned")
    def _compute_oms_is_late(self):
        now = fields.Datetime.now()
        for order in self:
            is_open = order.state == "purchase" and order.receipt_status not in (False, "full")
            order.oms_is_late = is_open and bool(order.date_planned) and order.date_planned < now

    def _search_oms_is_late(self, operator, value):
        if operator != "in":
            return NotImplemented
        late = Domain([*OPEN, ("receipt_status", "!=", False), ("date_planned", "<", fields.Datetime.now())])
        return late if True in value else ~late

    @api.depends("picking_type_id.code")
    def _compute_oms_is_dropship(self):
        for order in self:
            order.oms_is_dropship = order.sudo().picking_type_id.code == "dropship"  # sudo: clerks see the order only

    def write(self, vals):
        """A purchase order that is confirmed, cancelled or moved changes what was promised."""
        result = super().write(vals)
        if not {"state", "date_planned"}.isdisjoint(vals):
            self.env["oms.promise"]._mark(self.order_line.product_id.ids)
        return result

    def button_confirm(self):
        """Have nothing sent to a buyer whose order is on hold."""
        for order in self.filtered("oms_is_dropship"):
            held = order.sudo().order_line.sale_line_id.order_id.filtered("oms_hold")  # sudo: buyers see no orders
            if held:
                raise UserError(
                    self.env._(
                        "%(purchase)s would be sent to the buyer of %(order)s, which is on hold. %(why)s",
                        purchase=order.name,
                        order=held[0].name,
                        why=held[0].oms_hold_text or "",
                    )
                )
        return super().button_confirm()

    def action_view_oms_waiting(self):
        """Open the orders that wait for this purchase order."""
        self.ensure_one()
        self.check_access("read")
        orders = self.sudo().oms_promise_ids.order_id  # sudo: only their ids; the list shows what one may see
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "views": [(self.env.ref("oms_core.sale_order_view_list_oms").id, "list"), (False, "form")],
            "domain": [("id", "in", orders.ids)],
            "name": self.env._("Orders waiting for %s", self.name),
        }

    def action_open_in_purchase(self):
        """Open the purchase order in the Purchase app."""
        self.ensure_one()
        return self._get_records_action(views=[(self.env.ref("purchase.purchase_order_form").id, "form")])
