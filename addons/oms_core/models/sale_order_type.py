from odoo import Command, api, fields, models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """The type of an order: chosen by rule or by hand, and what follows from it as long as that is safe."""

    _inherit = "sale.order"

    oms_type_id = fields.Many2one(
        "oms.order.type",
        string="Type",
        compute="_compute_oms_type_id",
        store=True,
        readonly=False,
        precompute=True,
        check_company=True,
        index="btree_not_null",
        ondelete="restrict",
    )
    oms_type_icon = fields.Char(related="oms_type_id.icon")
    oms_is_type_fixed = fields.Boolean(compute="_compute_oms_is_type_fixed", compute_sudo=True)

    @api.depends("partner_id", "oms_channel_id")
    def _compute_oms_type_id(self):
        types = self.env["oms.order.type"]
        for order in self:
            if order._origin and order.oms_type_id:
                continue  # chosen once; another customer does not change what was agreed
            order.oms_type_id = types.with_company(order.company_id)._for_order(order.oms_channel_id, order.partner_id)

    def _compute_oms_is_type_fixed(self):
        for order in self:
            order.oms_is_type_fixed = order.state == "cancel" or order._stage() in ("picking", "shipped")

    # === WHAT FOLLOWS ===

    def _compute_pricelist_id(self):
        result = super()._compute_pricelist_id()
        for order in self.filtered(lambda order: order.state == "draft" and order.partner_id):
            chosen = order.oms_type_id._chosen("pricelist_id", order.company_id)
            partner = order.partner_id.with_company(order.company_id)
            if chosen and not order.oms_channel_id and not partner.specific_property_product_pricelist:
                order.pricelist_id = chosen
        return result

    def _compute_payment_term_id(self):
        result = super()._compute_payment_term_id()
        for order in self:
            if not order.payment_term_id and not order.oms_channel_id:
                order.payment_term_id = order.oms_type_id._chosen("payment_term_id", order.company_id)
        return result

    @api.onchange("oms_type_id")
    def _onchange_oms_type_id(self):
        if self.state in ("draft", "sent"):
            self._follow_type()

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        for order, vals in zip(orders, vals_list, strict=True):
            policy = order.oms_type_id.picking_policy
            if policy and "picking_policy" not in vals:
                order.picking_policy = policy
        orders._add_type_tags()
        return orders

    def write(self, vals):
        if "oms_type_id" not in vals:
            return super().write(vals)
        before = {order: order.oms_type_id for order in self}
        changing = self.filtered(lambda order: order.oms_type_id.id != vals["oms_type_id"])
        changing._ensure_type_open()
        result = super().write(vals)
        changing._note_type(before)
        for order in changing:
            order._follow_type()
        changing._add_type_tags()
        return result

    def _ensure_type_open(self):
        """Refuse another type for what is in somebody's hands already.

        :raise UserError: something was picked, or it is over
        """
        self._ensure_office()
        for order in self:
            if order.id and order.oms_is_type_fixed:
                raise UserError(
                    self.env._(
                        "%s keeps its type: it is picked, gone or cancelled. Make a new order instead.",
                        order.name,
                    )
                )

    def _note_type(self, before):
        self.env["oms.order.event"]._log(
            (order, "type_changed", {"old": before[order].name, "new": order.oms_type_id.name})
            for order in self
            if before[order]
        )

    def _follow_type(self):
        """Take over of a new type what is safe: terms while it is a quotation, the way of picking until it is picked.

        Prices of lines stay as they are, as with any other pricelist, and the channel's orders keep the channel's.
        """
        self.ensure_one()
        chosen = self.oms_type_id
        if self.state in ("draft", "sent") and not self.oms_channel_id:
            self._compute_pricelist_id()
            self._compute_payment_term_id()
        if chosen.picking_policy:
            self.picking_policy = chosen.picking_policy
        waiting = self._own_transfers().filtered(lambda picking: picking.state not in ("done", "cancel"))
        if waiting:
            waiting.write({"priority": chosen.priority, "move_type": self.picking_policy})

    def _add_type_tags(self):
        """Put the tags of their type on orders."""
        for order in self.filtered("oms_type_id.tag_ids"):
            new = order.oms_type_id._new_tags(order.oms_tag_ids)
            if new:
                # As the system: the type says so, whoever makes the order.
                order.sudo().oms_tag_ids = [Command.link(tag.id) for tag in new]  # sudo: as above

    def _confirms_itself(self):
        """Whether this order goes on by itself once nothing stops it."""
        self.ensure_one()
        return self.oms_type_id.confirmation != "person"


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _prepare_procurement_values(self):
        """Let the type say how goods are got; a route on the line itself goes first."""
        values = super()._prepare_procurement_values()
        chosen = self.order_id.oms_type_id
        if not values.get("route_ids") and chosen.route_ids:
            values["route_ids"] = chosen._chosen("route_ids", self.company_id)
        return values


class StockMove(models.Model):
    _inherit = "stock.move"

    def _get_new_picking_values(self):
        """Let the type say how urgent a new transfer is; its moves follow it."""
        values = super()._get_new_picking_values()
        if "1" in self.sale_line_id.order_id.oms_type_id.mapped("priority"):
            values["priority"] = "1"
        return values
