"""Problems whose cause a person or the channel mends somewhere else: each closes itself there, without a retry."""

from odoo import api, models

from .res_partner import MADE_FROM_ADDRESS

ADDRESS_REASONS = ("address_incomplete", "unmapped_country")


class ResPartner(models.Model):
    _inherit = "res.partner"

    def write(self, vals):
        result = super().write(vals)
        if not vals.keys().isdisjoint(MADE_FROM_ADDRESS):
            self._close_address_problems()
        return result

    def _close_address_problems(self):
        """Look again at the orders that wait for these addresses."""
        problems = (
            self.env["oms.exception"]
            .sudo()  # sudo: whoever completes an address may not read problems
            .search(
                [
                    ("state", "=", "open"),
                    ("reason", "in", ADDRESS_REASONS),
                    ("order_id.partner_shipping_id", "in", self.ids),
                ]
            )
        )
        for order in problems.order_id:
            order._recheck_address()


class OmsChannelTax(models.Model):
    _inherit = "oms.channel.tax"

    @api.model_create_multi
    def create(self, vals_list):
        taxes = super().create(vals_list)
        taxes._close_tax_problems()
        return taxes

    def write(self, vals):
        result = super().write(vals)
        self._close_tax_problems()
        return result

    def _close_tax_problems(self):
        """Orders to come have their tax now; those that are here keep their right total."""
        problems = self.env["oms.exception"].sudo()  # sudo: the system closes what is solved
        for tax in self:
            domain = [("channel_id", "=", tax.channel_id.id), ("reason", "=", "unmapped_tax"), ("state", "=", "open")]
            if tax.country_id:
                domain.append(("cause", "=", tax.country_id.code))
            problems.search(domain)._close()


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def action_draft(self):
        """Follow the channel again: what it reopened is a quotation once more."""
        result = super().action_draft()
        self._close_own_problems(["reopened"])
        return result

    def _action_confirm(self):
        result = super()._action_confirm()
        # Before this our own models refused to confirm it.
        self.filtered("oms_channel_id")._close_own_problems(["import_failed"])
        return result

    def _write_header(self, data):
        super()._write_header(data)
        if data.status == "cancelled":
            self._close_own_problems(["cancel_untold", "reopened", "shipped_elsewhere", "unfulfillable"])
        elif data.status != "unfulfillable":
            self._close_own_problems(["unfulfillable"])

    def _action_cancel(self):
        result = super()._action_cancel()
        self.filtered("oms_channel_id")._close_own_problems(["shipped_elsewhere", "unfulfillable", "held_by_channel"])
        return result


class OmsRefund(models.Model):
    _inherit = "oms.refund"

    @api.model
    def _create_from_channel(self, order, item):
        refund = super()._create_from_channel(order, item)
        ours = order._all_refunds().filtered(
            lambda row: (
                row.origin == "here"
                and row.state == "draft"
                and not row.currency_id.compare_amounts(row.amount, refund.amount)
            )
        )
        # Somebody gave the money back on the channel instead of from here.
        causes = [str(row.id) for row in ours]
        self.env["oms.exception"]._close_problems(order.oms_channel_id, "refund_untold", causes)
        return refund


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    @api.model
    def _cron_daily(self):
        super()._cron_daily()
        self._apart(self._redraft_credit_notes)

    @api.model
    def _redraft_credit_notes(self):
        """Draft again what accounting refused: its cause is mostly mended there. Called once a day."""
        problems = self.env["oms.exception"].search([("reason", "=", "credit_note_failed"), ("state", "=", "open")])
        problems._retry_credit_notes()
