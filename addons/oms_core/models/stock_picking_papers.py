from odoo import fields, models


class StockPicking(models.Model):
    """Which papers go with a parcel: what the type of its order says."""

    _inherit = "stock.picking"

    oms_papers = fields.Char(compute="_compute_oms_papers", compute_sudo=True, string="With the parcel")

    def _compute_oms_papers(self):
        for picking in self:
            names = [paper["name"] for paper in picking._papers()] if picking._is_to_customer() else []
            picking.oms_papers = ", ".join(names) or False

    def get_oms_papers(self):
        """Return what is printed and put into the parcel of this transfer.

        :return: list of ``{name, report, ids}``: the words, the report's external id, and the records to print; no ids
            where the paper does not exist yet, such as an invoice nobody has posted
        """
        self.ensure_one()
        self.check_access("read")
        return self.sudo()._papers()  # sudo: names of papers only, whoever holds the parcel

    def _papers(self):
        self.ensure_one()
        chosen = self.sale_id.oms_type_id
        slip = self.env._("Delivery slip with prices") if chosen.is_slip_priced else self.env._("Delivery slip")
        papers = [{"name": slip, "report": "stock.action_report_delivery", "ids": self.ids}]
        if chosen.is_invoice_enclosed:
            posted = self.sale_id.invoice_ids.filtered(lambda move: move.state == "posted")
            name = ", ".join(posted.mapped("name")) or self.env._("Invoice (not made yet)")
            papers.append({"name": name, "report": "account.account_invoices", "ids": posted.ids})
        return papers

    def _prices_on_slip(self):
        """Return what the slip says of prices, or nothing: warehouse staff see none, whatever the type says.

        :return: list of ``{name, quantity, price, total}``, amounts as texts
        """
        self.ensure_one()
        is_office = self.env.su or self.env.user.has_group("sales_team.group_sale_salesman")
        if not (is_office and self.sale_id.oms_type_id.is_slip_priced):
            return []
        rows, money = [], self.sale_id.currency_id.format
        for line, moves in self.move_ids.grouped("sale_line_id").items():
            asked = sum(line.move_ids.filtered(lambda move: move.picking_id == self).mapped("product_uom_qty"))
            units = asked if self.state != "done" else sum(moves.mapped("quantity"))
            if line and line.product_uom_qty:
                each = line.price_total / line.product_uom_qty
                row = {"name": line.name, "quantity": f"{units:g}", "price": money(each), "total": money(each * units)}
                rows.append(row)
        return rows
