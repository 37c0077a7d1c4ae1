from odoo import fields, models

from ..lib import importing
from ..lib.likeness import likeness

LEAST_LIKENESS = 0.5
RATE_GAP = 0.3  # percentage points between a rate and what rounded amounts show of it


class OmsChannelDelivery(models.Model):
    """Which of our delivery methods stands for a service the buyer chose on the channel."""

    _name = "oms.channel.delivery"
    _description = "Channel delivery"
    _order = "channel_id, service"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    service = fields.Char(string="Service on the channel", required=True)
    carrier_id = fields.Many2one("delivery.carrier", string="Sent with", check_company=True)

    _service_unique = models.UniqueIndex("(channel_id, service)", "Each service has one delivery method.")


class OmsChannelPayment(models.Model):
    """Into which journal money goes that the channel takes by one method."""

    _name = "oms.channel.payment"
    _description = "Channel payment"
    _order = "channel_id, method"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    method = fields.Char(string="Payment on the channel", required=True)
    journal_id = fields.Many2one(
        "account.journal",
        string="Journal",
        check_company=True,
        domain=[("type", "in", ("bank", "cash", "credit", "general"))],
    )

    _method_unique = models.UniqueIndex("(channel_id, method)", "Each payment method has one journal.")


class OmsChannel(models.Model):
    """What the channel calls a service, a payment, a tax, and what it is called here: proposed from its own orders."""

    _inherit = "oms.channel"

    delivery_ids = fields.One2many("oms.channel.delivery", "channel_id", string="Delivery", copy=True)
    payment_ids = fields.One2many("oms.channel.payment", "channel_id", string="Payments", copy=True)

    def _carrier_for(self, service):
        """Return the delivery method for a service of the channel's, or an empty recordset."""
        rows = self.delivery_ids.filtered(lambda row: row.service == service)
        return rows.carrier_id if service else rows.carrier_id.browse()

    def _note_seen_words(self, orders):
        """Add a row for every service and payment method these orders name for the first time.

        Each gets the delivery method whose name is most like it; a person confirms or corrects that.

        :param orders: iterable of ``dto.OrderData``
        """
        self.ensure_one()
        services = {order.service_level for order in orders if order.service_level}
        methods = {payment.method for order in orders for payment in order.payments if payment.method}
        carriers = self.env["delivery.carrier"].search([("company_id", "in", (False, self.company_id.id))])
        new = sorted(services - set(self.delivery_ids.mapped("service")))
        self.env["oms.channel.delivery"].create(
            [
                {"channel_id": self.id, "service": service, "carrier_id": _most_like(service, carriers).id}
                for service in new
            ]
        )
        unknown = sorted(methods - set(self.payment_ids.mapped("method")))
        self.env["oms.channel.payment"].create([{"channel_id": self.id, "method": method} for method in unknown])

    def _propose_taxes(self, orders):
        """Propose one of our sale taxes for each country these orders go to and that has none yet.

        Prices with tax inside get the country's highest rate. Prices with tax on top get a tax only where the channel
        states one that is ours, and then the one of that rate: a guess would make the total wrong.
        """
        known = set(self.tax_ids.country_id.mapped("code"))
        wanted = {}
        for order in orders:
            country = order.ship_to and order.ship_to.country
            if country and country not in known and country not in wanted:
                rate = None if order.is_tax_included else importing.stated_rate(order)
                if order.is_tax_included or rate is not None:
                    wanted[country] = (order.is_tax_included, rate)
        for code, (is_included, rate) in sorted(wanted.items()):
            tax = self._likely_tax(code, is_included, rate)
            if tax:
                vals = {"channel_id": self.id, "country_id": tax.country_id.id, "tax_id": tax.id}
                self.env["oms.channel.tax"].create(vals)

    def _likely_tax(self, code, is_included, rate):
        taxes = self.env["account.tax"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("type_tax_use", "=", "sale"),
                ("country_id.code", "=", code),
                ("amount_type", "=", "percent"),
                ("amount", ">", 0),
            ],
            order="amount desc",
        )
        return taxes.filtered(
            lambda tax: tax.price_include == is_included and (rate is None or abs(tax.amount - float(rate)) < RATE_GAP)
        )[:1]


def _most_like(service, carriers):
    """Return the delivery method whose name is most like the channel's word, or none when none is."""
    scores = [(likeness(service, carrier.name), carrier) for carrier in carriers]
    best = max(scores, key=lambda pair: pair[0], default=(0.0, carriers.browse()))
    return best[1] if best[0] >= LEAST_LIKENESS else carriers.browse()
