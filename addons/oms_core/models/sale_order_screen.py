from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the screens show of an order beside its own fields."""

    _inherit = "sale.order"

    oms_hold_advice = fields.Char(compute="_compute_oms_hold_advice", compute_sudo=True, string="What to do")
    oms_gift_note = fields.Text(compute="_compute_oms_gift_note", string="Gift")

    @api.depends("oms_hold")
    def _compute_oms_hold_advice(self):
        for order in self:
            problems = order.oms_exception_ids.filtered(lambda problem: problem.state == "open" and problem.stops)
            order.oms_hold_advice = " ".join(dict.fromkeys(problems.mapped("advice"))) or False

    @api.depends("order_line.oms_gift_message", "order_line.oms_gift_wrap")
    def _compute_oms_gift_note(self):
        for order in self:
            notes = []
            for line in order.order_line.filtered(lambda line: line.oms_gift_message or line.oms_gift_wrap):
                title = line.oms_title or line.product_id.display_name
                wrap = self.env._("gift wrap: %s", line.oms_gift_wrap) if line.oms_gift_wrap else ""
                text = f"“{line.oms_gift_message}”" if line.oms_gift_message else ""
                notes.append(f"{title}: {', '.join(part for part in (text, wrap) if part)}")
            order.oms_gift_note = "\n".join(notes) or False

    def action_view_oms_problems(self):
        """Open the order's open problems; a single one opens with its fix."""
        self.ensure_one()
        problems = self.oms_exception_ids.filtered(lambda problem: problem.state == "open")
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.oms_exception_action")
        action = dict(action, domain=[("order_id", "=", self.id)], context={"search_default_open": 1})
        if len(problems) == 1:
            action.update(res_id=problems.id, views=[(False, "form")], view_mode="form")
        return action
