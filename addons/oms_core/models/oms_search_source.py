from odoo import api, models
from odoo.tools import SQL


class OmsSearchSource(models.AbstractModel):
    """Records by which orders are found: what is written on them keeps the orders' search texts true.

    It listens where fields are stored, so that computed ones count, too, whoever changed them.
    """

    _name = "oms.search.source"
    _description = "Records by which orders are found"

    _oms_searched = frozenset()  # stored fields whose change changes texts
    _oms_is_shared = False  # whether one record may belong to very many orders

    @api.model
    def _oms_orders_of(self, ids):
        """Return SQL that selects the ids of the orders of these records."""
        raise NotImplementedError

    def _oms_mark_searched(self):
        self.env["oms.order.search"]._mark(self._name, self._ids)

    def _write_multi(self, vals_list):
        super()._write_multi(vals_list)
        changed = [
            record_id
            for record_id, vals in zip(self._ids, vals_list, strict=True)
            if not self._oms_searched.isdisjoint(vals)
        ]
        self.env["oms.order.search"]._mark(self._name, changed)


class SaleOrder(models.Model):
    _name = "sale.order"
    _inherit = ["sale.order", "oms.search.source"]

    _oms_searched = frozenset(
        {
            "name",
            "client_order_ref",
            "oms_external_number",
            "oms_external_id",
            "partner_id",
            "partner_invoice_id",
            "partner_shipping_id",
        }
    )

    @api.model
    def _oms_orders_of(self, ids):
        return SQL("SELECT id FROM sale_order WHERE id = ANY(%s)", ids)

    @api.model_create_multi
    def create(self, vals_list):
        orders = super().create(vals_list)
        orders._oms_mark_searched()
        return orders


class SaleOrderLine(models.Model):
    _name = "sale.order.line"
    _inherit = ["sale.order.line", "oms.search.source"]

    _oms_searched = frozenset({"order_id", "product_id", "oms_sku"})

    @api.model
    def _oms_orders_of(self, ids):
        return SQL("SELECT order_id FROM sale_order_line WHERE id = ANY(%s)", ids)

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._oms_mark_searched()
        return lines

    def unlink(self):
        self.order_id._oms_mark_searched()
        return super().unlink()


class StockPicking(models.Model):
    _name = "stock.picking"
    _inherit = ["stock.picking", "oms.search.source"]

    _oms_searched = frozenset({"name", "sale_id", "carrier_tracking_ref"})

    @api.model
    def _oms_orders_of(self, ids):
        return SQL(
            "SELECT sale_id FROM stock_picking WHERE id = ANY(%(ids)s) UNION ALL"
            " SELECT guest.id FROM stock_picking picking JOIN sale_order guest"
            " ON guest.oms_merged_into_id = picking.sale_id WHERE picking.id = ANY(%(ids)s)",
            ids=ids,
        )

    @api.model_create_multi
    def create(self, vals_list):
        pickings = super().create(vals_list)
        pickings._oms_mark_searched()
        return pickings

    def unlink(self):
        self.sale_id._oms_mark_searched()
        return super().unlink()


class AccountMove(models.Model):
    _name = "account.move"
    _inherit = ["account.move", "oms.search.source"]

    _oms_searched = frozenset({"name"})

    @api.model
    def _oms_orders_of(self, ids):
        return SQL(
            "SELECT line.order_id FROM account_move_line item"
            " JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = item.id"
            " JOIN sale_order_line line ON line.id = rel.order_line_id WHERE item.move_id = ANY(%s)",
            ids,
        )

    def unlink(self):
        self.sudo().invoice_line_ids.sale_line_ids.order_id._oms_mark_searched()  # sudo: accountants see no orders
        return super().unlink()


class ResPartner(models.Model):
    _name = "res.partner"
    _inherit = ["res.partner", "oms.search.source"]

    _oms_searched = frozenset({"name", "commercial_company_name", "email", "phone", "zip", "city"})
    _oms_is_shared = True

    @api.model
    def _oms_orders_of(self, ids):
        return SQL(
            "SELECT id FROM sale_order WHERE partner_id = ANY(%(ids)s) OR partner_invoice_id = ANY(%(ids)s)"
            " OR partner_shipping_id = ANY(%(ids)s)",
            ids=ids,
        )


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    def _update_foreign_keys(self, src_partners, dst_partner):
        """Odoo moves the orders of merged customers by SQL."""
        super()._update_foreign_keys(src_partners, dst_partner)
        dst_partner._oms_mark_searched()


class ProductProduct(models.Model):
    _name = "product.product"
    _inherit = ["product.product", "oms.search.source"]

    _oms_searched = frozenset({"default_code", "barcode"})
    _oms_is_shared = True

    @api.model
    def _oms_orders_of(self, ids):
        return SQL("SELECT order_id FROM sale_order_line WHERE product_id = ANY(%s)", ids)
