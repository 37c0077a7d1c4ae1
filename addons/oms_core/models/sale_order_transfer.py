from odoo import Command, api, fields, models
from odoo.exceptions import UserError, ValidationError


class SaleOrder(models.Model):
    """A need of one warehouse that another one fills, in the desk beside all other orders.

    It is an order of the type Transfer without a price. Odoo's own routes between warehouses carry it: one transfer out
    of the one, one into the other, so that goods on their way are where Odoo has them.
    """

    _inherit = "sale.order"

    oms_to_warehouse_id = fields.Many2one(
        "stock.warehouse",
        string="To warehouse",
        check_company=True,
        copy=True,
        index="btree_not_null",
        help="Which warehouse gets the goods.",
    )
    oms_is_transfer = fields.Boolean(compute="_compute_oms_is_transfer")

    @api.depends("oms_type_id")
    def _compute_oms_is_transfer(self):
        for order in self:
            order.oms_is_transfer = order.oms_type_id.kind == "transfer"

    @api.onchange("oms_to_warehouse_id")
    def _onchange_oms_to_warehouse_id(self):
        if self.oms_to_warehouse_id:
            self.partner_id = self._receiver(self.oms_to_warehouse_id)

    @api.model
    def _receiver(self, warehouse):
        return warehouse.partner_id or warehouse.company_id.partner_id

    @api.constrains("oms_to_warehouse_id", "oms_type_id", "warehouse_id")
    def _check_oms_to_warehouse(self):
        for order in self.filtered("oms_to_warehouse_id"):
            if not order.oms_is_transfer:
                raise ValidationError(self.env._("Only an order of a type for transfers goes to a warehouse."))
            if order.oms_to_warehouse_id == order.warehouse_id:
                raise ValidationError(self.env._("Choose two warehouses: one that sends and one that gets the goods."))

    @api.model
    def oms_create_transfer(self, from_warehouse_id, to_warehouse_id, lines, note=""):
        """Send goods from one of our warehouses to another.

        :param from_warehouse_id: id of the warehouse that sends
        :param to_warehouse_id: id of the one that gets them, of the same company
        :param lines: list of ``{product_id, quantity}``
        :param note: what people should know, on the order
        :return: ``{id, name, state}`` of the order; it is confirmed when its type is confirmed by itself
        :raise UserError: unknown warehouse or product, or nothing to send
        """
        self.check_access("create")
        self._ensure_office()
        warehouses = self.env["stock.warehouse"]
        sender, getter = warehouses.browse(from_warehouse_id).exists(), warehouses.browse(to_warehouse_id).exists()
        if not (sender and getter) or sender.company_id != getter.company_id:
            raise UserError(self.env._("Choose two warehouses of one company."))
        rows = []
        for row in lines or ():
            product = self.env["product.product"].browse(row.get("product_id")).exists()
            if not product or product.type != "consu":
                raise UserError(self.env._("There are no such goods. Choose a product that can be sent."))
            units = self._units_of(row, 1.0)
            rows.append(Command.create({"product_id": product.id, "product_uom_qty": units, "price_unit": 0.0}))
        if not rows:
            raise UserError(self.env._("Choose what is sent."))
        order = self.with_company(sender.company_id).create(
            {
                "company_id": sender.company_id.id,
                "partner_id": self._receiver(getter).id,
                "warehouse_id": sender.id,
                "oms_to_warehouse_id": getter.id,
                "oms_type_id": self.env["oms.order.type"]._of_kind("transfer").id,
                "note": note or False,
                "order_line": rows,
            }
        )
        if order._confirms_itself():
            order.action_confirm()
        return {"id": order.id, "name": order.name, "state": order.state}

    def _confirmation_error_message(self):
        if self.oms_is_transfer and not self.oms_to_warehouse_id:
            return self.env._("Choose the warehouse that gets the goods of %s.", self.name)
        return super()._confirmation_error_message()

    def _resupply_route(self):
        """Return Odoo's route between the two warehouses, making it when goods go this way for the first time."""
        self.ensure_one()
        getter = self.oms_to_warehouse_id.sudo()  # sudo: routes are set up by stock managers; an order needs one
        if self.warehouse_id not in getter.resupply_wh_ids:
            getter.resupply_wh_ids = [Command.link(self.warehouse_id.id)]
        return getter.resupply_route_ids.filtered(lambda route: route.supplier_wh_id == self.warehouse_id)[:1]


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _compute_price_unit(self):
        """Between our own warehouses nothing is sold, and what is sent again was paid for."""
        free = self.filtered(lambda line: line.order_id.oms_is_transfer or line.order_id.oms_original_id)
        free.price_unit = 0.0
        return super(SaleOrderLine, self - free)._compute_price_unit()

    def _compute_invoice_status(self):
        result = super()._compute_invoice_status()
        self.filtered("order_id.oms_is_transfer").invoice_status = "no"
        return result

    def _prepare_procurement_values(self):
        values = super()._prepare_procurement_values()
        if self.order_id.oms_is_transfer:
            getter = self.order_id.oms_to_warehouse_id
            values |= {
                "route_ids": self.order_id._resupply_route(),
                "warehouse_id": getter,
                "location_final_id": getter.lot_stock_id,
            }
        return values

    def _get_location_final(self):
        if self.order_id.oms_is_transfer:
            return self.order_id.oms_to_warehouse_id.lot_stock_id
        return super()._get_location_final()

    def _get_qty_procurement(self, previous_product_uom_qty=False):
        if not self.order_id.oms_is_transfer:
            return super()._get_qty_procurement(previous_product_uom_qty=previous_product_uom_qty)
        # What is asked of the way's last step: Odoo counts only what goes to customers.
        getter = self.order_id.oms_to_warehouse_id
        moves = self.move_ids.filtered(
            lambda move: move.state != "cancel" and move.location_id.usage == "transit" and move.warehouse_id == getter
        )
        return sum(move.product_uom._compute_quantity(move.product_uom_qty, self.product_uom_id) for move in moves)
