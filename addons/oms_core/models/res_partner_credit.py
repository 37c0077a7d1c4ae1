from odoo import api, models
from odoo.exceptions import AccessError


class ResPartner(models.Model):
    """What makes room under a customer's limit: money that comes in, or a higher limit."""

    _name = "res.partner"
    _inherit = ["res.partner", "oms.job.mixin"]

    def write(self, vals):
        result = super().write(vals)
        if not {"credit_limit", "use_partner_credit_limit"}.isdisjoint(vals):
            self.env["sale.order"]._queue_settled(self)
        return result

    def _held_for_money(self):
        """Return the orders of these customers that are held for payment or credit."""
        if not self:
            return self.env["sale.order"]
        domain = [
            ("state", "=", "open"),
            ("kind", "in", ("credit", "payment")),
            ("order_id.partner_invoice_id.commercial_partner_id", "in", self.commercial_partner_id.ids),
        ]
        return self.env["oms.hold"].sudo().search(domain).order_id  # sudo: accountants see no holds

    def _oms_enqueue_settled(self):
        for partner in self:
            partner._oms_enqueue("_job_release_settled", identity_key=f"oms-settled-{partner.id}", priority=4)

    def _job_release_settled(self):
        """Let held orders go on that are within what was agreed again."""
        self._held_for_money()._release_settled()


class AccountMove(models.Model):
    _inherit = "account.move"

    def _post(self, soft=True):
        """A payment on the customer's account makes room, whatever invoice it is for."""
        posted = super()._post(soft)
        lines = posted.line_ids.filtered(lambda line: line.account_type == "asset_receivable" and line.credit)
        self.env["sale.order"]._queue_settled(lines.partner_id)
        return posted


class AccountPartialReconcile(models.Model):
    _inherit = "account.partial.reconcile"

    @api.model_create_multi
    def create(self, vals_list):
        partials = super().create(vals_list)
        self.env["sale.order"]._queue_settled((partials.debit_move_id | partials.credit_move_id).partner_id)
        return partials


class OmsPayment(models.Model):
    _inherit = "oms.payment"

    @api.model_create_multi
    def create(self, vals_list):
        payments = super().create(vals_list)
        self.env["sale.order"]._queue_settled(payments.order_id.partner_invoice_id)
        return payments


class OmsHold(models.Model):
    _inherit = "oms.hold"

    def _end(self, why, *, by=None):
        """Leave an order over the limit to those whom its type trusts with that."""
        if by is not None:
            for hold in self.filtered(lambda hold: hold.kind == "credit"):
                order = hold.order_id.with_user(by)
                if not order._may_override_credit():
                    raise AccessError(
                        self.env._(
                            "%s is over the credit limit. A manager of the order desk may let it go; ask one of them.",
                            order.name,
                        )
                    )
                order.sudo().oms_is_credit_overridden = True  # sudo: checked above
        return super()._end(why, by=by)
