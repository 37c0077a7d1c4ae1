from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.dto import to_decimal


class SaleOrder(models.Model):
    """Sending goods once more, or others in their place: an order of its own without a price, tied to the first.

    It is none of the channel's: nothing about it is told there, and what the channel changes does not reach it.
    """

    _inherit = "sale.order"

    oms_original_id = fields.Many2one(
        "sale.order",
        string="In place of",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The order whose goods are sent once more, or exchanged.",
    )
    oms_resend_ids = fields.One2many("sale.order", "oms_original_id", string="Sent again")
    oms_resend_reason = fields.Char(string="Why it is sent again", readonly=True, copy=False)

    def oms_create_replacement(self, lines=None, reason="", kind="replacement"):
        """Send goods of this order once more, or others in their place, without a price.

        :param lines: list of ``{line_id, quantity, product_id}``; without ``product_id`` the same product, without
            ``quantity`` all of the line; none at all means every line of goods
        :param reason: why, for the timeline of both orders
        :param kind: ``"replacement"``, or ``"exchange"`` for other goods
        :return: ``{id, name, state}`` of the new order; it is confirmed when its type is confirmed by itself
        :raise UserError: no reason, a line of another order, or more than was ordered
        """
        self.ensure_one()
        self.check_access("write")
        self._ensure_office()
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it is sent again. The reason stays on both orders."))
        if kind not in ("replacement", "exchange"):
            raise UserError(self.env._("It is a replacement or an exchange, not “%s”.", kind))
        if self.state != "sale":
            raise UserError(self.env._("%s is not confirmed: nothing was sent that could be sent again.", self.name))
        parts = self._resend_parts(lines)
        order = self.create(self._prepare_resend(parts, reason.strip(), self.env["oms.order.type"]._of_kind(kind)))
        self.env["oms.order.event"]._log(
            [
                (self, "resent", {"order": order.name, "why": order.oms_resend_reason}),
                (order, "resend_of", {"order": self.name, "why": order.oms_resend_reason}),
            ]
        )
        if order._confirms_itself():
            order.action_confirm()
        return {"id": order.id, "name": order.name, "state": order.state}

    def _resend_parts(self, lines):
        """Return ``[(order line, units, product)]`` after checking each.

        :param lines: as in :meth:`oms_create_replacement`
        """
        goods = self.order_line.filtered(
            lambda line: line.product_id.type == "consu" and line.product_uom_qty > 0 and not line.is_delivery
        )
        if lines is None:
            lines = [{"line_id": line.id} for line in goods]
        parts, asked = [], {}
        for row in lines:
            line = goods.filtered(lambda line, row=row: line.id == row.get("line_id"))
            if not line:
                raise UserError(
                    self.env._("Line %(line)s is no goods of %(order)s.", line=row.get("line_id"), order=self.name)
                )
            units = self._units_of(row, line.product_uom_qty)
            asked[line] = asked.get(line, 0.0) + units
            product = (
                self.env["product.product"].browse(row["product_id"]) if row.get("product_id") else line.product_id
            )
            if not product.exists() or product.type != "consu":
                raise UserError(self.env._("There are no such goods. Choose a product that can be sent."))
            parts.append((line, units, product))
        if not parts:
            raise UserError(self.env._("Choose what is sent again."))
        before = self._units_resent()
        for line, units in asked.items():
            left = line.product_uom_qty - before.get(line, 0.0)
            if line.product_uom_id.compare(units, left) > 0:
                raise UserError(
                    self.env._(
                        "%(product)s: %(asked)s to send again, and %(left)s of this order are left for that.",
                        product=line.product_id.display_name,
                        asked=f"{units:g}",
                        left=f"{max(left, 0):g}",
                    )
                )
        return parts

    def _units_of(self, row, whole):
        """Return the units a row asks for, ``whole`` where it does not say.

        :raise UserError: it is no number above zero
        """
        value = row.get("quantity")
        if value is None:
            return whole
        try:
            units = float(to_decimal(value))
        except (ArithmeticError, TypeError, ValueError):
            units = 0.0
        if not 0 < units < float("inf"):
            raise UserError(self.env._("“%s” is not a number of units.", value))
        return units

    def _units_resent(self):
        """Return ``{line of this order: units that were sent again before}``, cancelled ones left out."""
        units = {}
        for line in self.oms_resend_ids.filtered(lambda order: order.state != "cancel").order_line:
            original = line.oms_original_line_id
            units[original] = units.get(original, 0.0) + line.product_uom_qty
        return units

    def _prepare_resend(self, parts, reason, order_type):
        return {
            "partner_id": self.partner_id.id,
            "partner_invoice_id": self.partner_invoice_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "company_id": self.company_id.id,
            "pricelist_id": self.pricelist_id.id,
            "warehouse_id": self.warehouse_id.id,
            "team_id": self.team_id.id,
            "carrier_id": self.carrier_id.id,
            "client_order_ref": self.client_order_ref,
            "origin": self.name,
            "payment_term_id": False,
            "oms_type_id": order_type.id,
            "oms_original_id": self.id,
            "oms_resend_reason": reason,
            "order_line": [(0, 0, self._prepare_resend_line(*part)) for part in parts],
        }

    def _prepare_resend_line(self, line, units, product):
        return {
            "product_id": product.id,
            "product_uom_qty": units,
            "product_uom_id": line.product_uom_id.id if product == line.product_id else product.uom_id.id,
            "price_unit": 0.0,
            "discount": 0.0,
            "tax_ids": [(5,)],
            "oms_original_line_id": line.id,
        }

    def action_oms_resend(self):
        """Open the window that sends goods again."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "oms.resend",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Send again"),
            "context": {"default_order_id": self.id},
        }

    def action_view_oms_resends(self):
        """Open what was sent again of this order."""
        return self.oms_resend_ids._get_records_action(name=self.env._("Sent again"))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_original_line_id = fields.Many2one(
        "sale.order.line", string="In place of", readonly=True, copy=False, index="btree_not_null", ondelete="set null"
    )


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _buyer_channel(self):
        """Return the channel whose buyer gets this: also where goods of the channel's order are sent once more."""
        return super()._buyer_channel() or self.sale_id.oms_original_id.oms_channel_id
