from odoo import api, fields, models
from odoo.exceptions import AccessError

from .oms_channel_state import naive_utc

KINDS = [
    ("authorised", "Authorised"),
    ("captured", "Captured"),
    ("refunded", "Given back"),
    ("voided", "Voided"),
]


class OmsPayment(models.Model):
    """A step of the buyer's money as the channel or a person reports it. Rows are only ever added."""

    _name = "oms.payment"
    _description = "Payment of an order"
    _order = "paid_at desc, id desc"
    _rec_name = "external_id"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one("res.company", required=True, readonly=True, index=True)
    kind = fields.Selection(KINDS, string="What", required=True, readonly=True)
    amount = fields.Monetary(required=True, readonly=True)
    currency_id = fields.Many2one("res.currency", required=True, readonly=True)
    method = fields.Char(readonly=True)
    external_id = fields.Char(string="Transaction", readonly=True, help="The channel's own number of the transaction.")
    paid_at = fields.Datetime(string="When", required=True, readonly=True)
    key = fields.Char(required=True, readonly=True)

    _key_unique = models.UniqueIndex("(order_id, key)", "This payment is already on the order.")

    @api.model
    def _take_over(self, reports):
        """Keep the payments a channel tells of; what is known already is left alone.

        :param reports: ``[(order, payments)]``, payments being ``dto.Payment`` values
        :return: the payments that are new
        """
        payments = self.sudo()  # sudo: the channel reports, nobody writes payments by hand
        orders = self.env["sale.order"].union(*(order for order, reported in reports if reported))
        if not orders:
            return payments.browse()
        known = {(row.order_id.id, row.key) for row in payments.search([("order_id", "in", orders.ids)])}
        vals_list = []
        for order, reported in reports:
            for payment in reported:
                vals = payments._prepare_vals(order, payment)
                if vals and (order.id, vals["key"]) not in known:
                    known.add((order.id, vals["key"]))
                    vals_list.append(vals)
        created = payments.create(vals_list)
        self.env["oms.order.event"]._log(row._event("channel") for row in created)
        created.order_id._end_holds_of_paid()
        return created

    def _prepare_vals(self, order, payment):
        currency = self.env["res.currency"].with_context(active_test=False)._get_by_code(payment.amount.currency)
        if not currency:
            return None
        kind = "captured" if payment.is_captured else "authorised"
        name = payment.external_id or f"{payment.method or ''}|{payment.amount.amount.normalize():f}"
        return {
            "order_id": order.id,
            "company_id": order.company_id.id,
            "kind": kind,
            "amount": float(payment.amount.amount),
            "currency_id": currency.id,
            "method": payment.method,
            "external_id": payment.external_id,
            "paid_at": naive_utc(payment.paid_at) or order.date_order or fields.Datetime.now(),
            "key": f"{kind}|{name}",
        }

    def _event(self, source):
        words = {
            "how": ", ".join(part for part in (self.method, self.external_id) if part) or None,
            "amount": self.currency_id.format(self.amount),
            "method": self.method,
            "transaction": self.external_id,
            "at": fields.Datetime.to_string(self.paid_at),
        }
        return self.order_id, f"payment_{self.kind}", words, source

    def write(self, vals):  # pylint: disable=method-required-super
        """Refuse: a payment that was reported stays as it was."""
        raise AccessError(self.env._("A payment that was reported cannot be changed."))


class ResCurrency(models.Model):
    _inherit = "res.currency"

    @api.model
    def _get_by_code(self, code):
        """Return the currency with this ISO code, active or not; a few, asked for often."""
        return self.browse(self._ids_by_code().get(code, ()))

    @api.model
    def _ids_by_code(self):
        cache = self.env.cr.cache.setdefault("oms_currencies", {})
        if not cache:
            cache.update({row.name: row.id for row in self.sudo().search([])})  # sudo: names of currencies are public
        return cache
