from odoo import fields, models
from odoo.exceptions import UserError


class OmsTagging(models.TransientModel):
    """Put tags on many orders at once, or take them off, and see what became of each."""

    _name = "oms.tagging"
    _description = "Tag orders"

    order_ids = fields.Many2many("sale.order", string="Orders", required=True, default=lambda self: self._selected())
    order_count = fields.Integer(compute="_compute_order_count")
    add_ids = fields.Many2many("oms.tag", "oms_tagging_add_rel", string="Put on")
    remove_ids = fields.Many2many("oms.tag", "oms_tagging_remove_rel", string="Take off")
    line_ids = fields.One2many("oms.tagging.line", "tagging_id", readonly=True)
    done_count = fields.Integer(readonly=True)
    is_done = fields.Boolean(readonly=True)

    def _selected(self):
        return self.env.context.get("active_ids") if self.env.context.get("active_model") == "sale.order" else None

    def _compute_order_count(self):
        for tagging in self:
            tagging.order_count = len(tagging.order_ids)

    def action_apply(self):
        """Change the tags and show what was done, order by order."""
        self.ensure_one()
        if not (self.add_ids or self.remove_ids):
            raise UserError(self.env._("Choose a tag to put on or to take off."))
        rows = self.order_ids.oms_change_tags(self.add_ids.ids, self.remove_ids.ids)
        self.line_ids = [
            fields.Command.create({"order_id": row["id"], "why": row["why"]}) for row in rows if not row["is_done"]
        ]
        self.write({"is_done": True, "done_count": sum(row["is_done"] for row in rows)})
        return self._get_records_action(target="new", name=self.env._("Tags"))


class OmsTaggingLine(models.TransientModel):
    """An order that was left as it was, and why."""

    _name = "oms.tagging.line"
    _description = "Order that was not tagged"

    tagging_id = fields.Many2one("oms.tagging", required=True, ondelete="cascade")
    order_id = fields.Many2one("sale.order", readonly=True)
    why = fields.Char(readonly=True)
