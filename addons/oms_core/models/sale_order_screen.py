from odoo import api, fields, models


class SaleOrder(models.Model):
    """What the screens show of an order beside its own fields."""

    _inherit = "sale.order"

    oms_hold_advice = fields.Char(compute="_compute_oms_hold_advice", compute_sudo=True, string="What to do")
    oms_problem_text = fields.Char(compute="_compute_oms_problem_text", compute_sudo=True)
    oms_payment_line = fields.Char(compute="_compute_oms_axis_lines", compute_sudo=True)
    oms_stock_line = fields.Char(compute="_compute_oms_axis_lines", compute_sudo=True)
    oms_pick_line = fields.Char(compute="_compute_oms_axis_lines", compute_sudo=True)
    oms_ship_line = fields.Char(compute="_compute_oms_axis_lines", compute_sudo=True)
    oms_sync_line = fields.Char(compute="_compute_oms_axis_lines", compute_sudo=True)
    oms_gift_note = fields.Text(compute="_compute_oms_gift_note", string="Gift")

    @api.depends("oms_hold")
    def _compute_oms_hold_advice(self):
        for order in self:
            problems = order.oms_exception_ids.filtered(lambda problem: problem.state == "open" and problem.stops)
            order.oms_hold_advice = " ".join(dict.fromkeys(problems.mapped("advice"))) or False

    @api.depends("oms_hold")
    def _compute_oms_problem_text(self):
        for order in self:
            problems = order.oms_exception_ids.filtered(lambda problem: problem.state == "open" and problem.stops)
            order.oms_problem_text = " ".join(problems.mapped("summary")) or False

    @api.depends("oms_payment_state", "oms_stock_state", "oms_pick_state", "oms_ship_state", "oms_sync_state")
    def _compute_oms_axis_lines(self):
        """One quiet line under each axis: the fact somebody asks for next."""
        for order in self:
            payment = order.oms_payment_ids.sorted("id")[-1:]
            amount = payment.currency_id.format(payment.amount) if payment else False
            order.oms_payment_line = ", ".join(part for part in (amount, payment.method) if part) or False
            order.oms_stock_line = (
                self.env._(
                    "%(some)s of %(all)s units", some=f"{order.oms_units_reserved:g}", all=f"{order.oms_units_asked:g}"
                )
                if order.oms_stock_state in ("reserved", "soft", "short")
                else False
            )
            order.oms_pick_line = (
                self.env._("%(some)s of %(all)s lines", some=order.oms_lines_picked, all=order.oms_lines_to_pick)
                if order.oms_lines_to_pick and order.oms_pick_state != "packed"
                else False
            )
            transfers = order._own_transfers()
            tracked = transfers.filtered(lambda row: row.carrier_tracking_ref and row._is_to_customer())[-1:]
            carrier = tracked.carrier_id.name
            order.oms_ship_line = " ".join(part for part in (carrier, tracked.carrier_tracking_ref) if part) or False
            waiting = order.oms_outbox_ids.filtered(lambda row: row.state not in ("done",))
            order.oms_sync_line = self.env._("%s messages wait", len(waiting)) if waiting else False

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
