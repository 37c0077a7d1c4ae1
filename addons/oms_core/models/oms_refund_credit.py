from odoo import fields, models
from odoo.exceptions import UserError, ValidationError


class OmsRefund(models.Model):
    """The credit note of a refund: a draft with the same total, for somebody in accounting to look at."""

    _inherit = "oms.refund"

    def _draft_credit_note(self):
        """Draft a credit note for each refund that has none. Where our books refuse, a problem says why."""
        for refund in self.filtered(lambda refund: refund._needs_credit_note()):
            try:
                with self.env.cr.savepoint():
                    refund.move_id = refund._create_credit_note()
            except (UserError, ValidationError) as error:
                refund._list_problem("credit_note_failed", {"why": str(error.args[0] if error.args else error)})
                continue
            if refund.origin == "channel":
                refund._list_problem("refund_reported", {})

    def _needs_credit_note(self):
        """An order that was cancelled before anything was invoiced has nothing to be credited."""
        is_booked = self.order_id.state != "cancel" or "posted" in self.order_id.invoice_ids.mapped("state")
        return not self.move_id and self.amount and is_booked

    def _list_problem(self, reason, params):
        amount = self.currency_id.format(self.amount)
        entry = {"reason": reason, "order_id": self.order_id.id, "cause": str(self.id), "params": params}
        entry["params"] = {"amount": amount, **params}
        self.env["oms.exception"]._open_problems([entry])

    def _create_credit_note(self):
        order = self.order_id
        moves = self.env["account.move"].sudo().with_company(order.company_id)  # sudo: the system drafts, people post
        move = moves.create(
            {
                "move_type": "out_refund",
                "partner_id": order.partner_invoice_id.id,
                "currency_id": self.currency_id.id,
                "company_id": order.company_id.id,
                "invoice_origin": order.name,
                "ref": self.external_id or order.oms_external_number,
                "invoice_date": fields.Date.context_today(self),
                "fiscal_position_id": order.fiscal_position_id.id,
                "invoice_line_ids": [(0, 0, vals) for vals in self._prepare_credit_lines()],
            }
        )
        difference = self.currency_id.round(self.amount - move.amount_total)
        if difference:
            rounding = order._service_product("rounding")
            vals = {"product_id": rounding.id, "quantity": 1, "price_unit": difference, "tax_ids": [(5,)]}
            move.write({"invoice_line_ids": [(0, 0, vals)]})
        return move

    def _prepare_credit_lines(self):
        """Return one line per refunded line, and one each for delivery and what is beside both."""
        lines = [line._prepare_credit_line() for line in self.line_ids if line.amount]
        shipping = self.shipping + sum(self.line_ids.mapped("shipping"))
        if shipping:
            paid = self.order_id.order_line.filtered(lambda line: line.oms_kind == "shipping")[:1]
            product = paid.product_id or self.order_id._service_product("shipping")
            lines.append(_charge_vals(product, shipping, paid.tax_ids))
        if self.adjustment:
            lines.append(_charge_vals(self.order_id._service_product("other"), self.adjustment, paid_taxes=None))
        return lines


class OmsRefundLine(models.Model):
    _inherit = "oms.refund.line"

    def _prepare_credit_line(self):
        """Return the credit note's line: tax as on the order line, the amount as the refund says."""
        line = self.order_line_id
        units = self.quantity or 1.0
        gross = self.amount / units
        return line._prepare_invoice_line(quantity=units, price_unit=_price_for(gross, line.tax_ids), discount=0.0)


def _charge_vals(product, amount, paid_taxes):
    taxes = paid_taxes or product.env["account.tax"]
    return {
        "product_id": product.id,
        "name": product.display_name,
        "quantity": 1,
        "price_unit": _price_for(amount, taxes),
        "tax_ids": [(6, 0, taxes.ids)],
    }


def _price_for(gross, taxes):
    """Return the price to enter so that, with these taxes, the line is worth ``gross``."""
    on_top = taxes.filtered(lambda tax: not tax.price_include)
    if not on_top:
        return gross
    percent = sum(tax.amount for tax in on_top if tax.amount_type == "percent")
    return gross / (1 + percent / 100)
