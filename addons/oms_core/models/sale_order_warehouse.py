from odoo import models
from odoo.exceptions import UserError

from .sale_order import QUIET


class SaleOrder(models.Model):
    """Sending an order from another warehouse, as long as nobody has picked anything of it."""

    _inherit = "sale.order"

    def oms_send_from(self, warehouse):
        """Send orders from another warehouse: what was reserved is free again, and new transfers take its place.

        :param warehouse: id or code of a warehouse
        :return: for each order ``{id, name, is_done, why}``
        :raise UserError: there is no such warehouse
        :raise AccessError: whoever asks may not change orders
        """
        self._ensure_desk()
        found = self._find_warehouse(warehouse, self.env.companies)
        reasons = {order: order._why_not_send_from(found) for order in self}
        reasons = {order: why for order, why in reasons.items() if why}
        ready = self.filtered(lambda order: order not in reasons)
        for order in ready.sudo():  # sudo: who may change the order need not see its transfers
            order.with_company(order.company_id).with_context(**QUIET)._move_to(found)
        return self._answers(ready, reasons)

    def _find_warehouse(self, name, companies):
        """Return the warehouse a person or a program means.

        :param name: its id, code or name
        :raise UserError: there is none in these companies
        """
        is_id = isinstance(name, int) and not isinstance(name, bool)
        by_name = [("id", "=", name)] if is_id else ["|", ("code", "=", name or ""), ("name", "=", name or "")]
        warehouses = self.env["stock.warehouse"].sudo()  # sudo: sales staff name one by its code
        found = warehouses.search([*by_name, ("company_id", "in", companies.ids)], limit=1)
        if not found:
            raise UserError(self.env._("There is no warehouse %s.", name))
        return found

    def _why_not_send_from(self, warehouse):
        """Return why this order stays where it is, or an empty text."""
        if warehouse.company_id != self.company_id:
            return self.env._("%s is a warehouse of another company.", warehouse.name)
        if warehouse == self.warehouse_id:
            return self.env._("It is sent from there already.")
        if self.state == "cancel":
            return self.env._("It is cancelled.")
        if self.oms_fulfilment not in ("own", False):
            return self.env._("It is not sent from our warehouses.")
        if self.locked:
            return self.env._("It is locked.")
        moves = self.sudo().picking_ids.move_ids  # sudo: as in oms_send_from
        if any(move.state == "done" or move.picked for move in moves if move.state != "cancel"):
            return self.env._("Picking has begun: put the goods back first.")
        if any(move.procure_method == "make_to_order" or move.location_id.usage == "supplier" for move in moves):
            return self.env._("Its goods are bought for it and come to where they were ordered.")
        if len(moves.picking_id.move_ids.sale_line_id.order_id) > 1:
            return self.env._("It goes in one parcel with another order. Take it out first.")
        return ""

    def _move_to(self, warehouse):
        before = self.warehouse_id
        if self.state == "sale":
            self.picking_ids.filtered(lambda picking: picking.state not in ("done", "cancel")).action_cancel()
        self.warehouse_id = warehouse
        words = {"old": before.name, "new": warehouse.name}
        self.env["oms.order.event"]._log([(self, "warehouse_changed", words)])
        if self.state == "sale":
            self.order_line._action_launch_stock_rule()
            self._note_reservation()

    def _whole_elsewhere(self, warehouses):
        """Return those of these warehouses, but the order's own, that have all of it free."""
        self.ensure_one()
        needs = {}
        for line in self.order_line.filtered(lambda line: line.product_id.is_storable):
            units = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
            needs[line.product_id] = needs.get(line.product_id, 0.0) + units
        products = self.order_line.product_id
        whole = warehouses.browse()
        for warehouse in warehouses - self.warehouse_id:
            free = warehouse._free_units(products)
            whole |= warehouse if all(free[product.id] >= units for product, units in needs.items()) else whole
        return whole
