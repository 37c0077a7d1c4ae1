from odoo import fields, models


class OmsMagentoStatus(models.Model):
    """What a status of a shop's own making means. Where no rule fits, the order's state decides."""

    _name = "oms.magento.status"
    _description = "Order status of a Magento shop"
    _rec_name = "status_code"
    _order = "channel_id, status_code, payment_method"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    status_code = fields.Char(string="Status code", required=True, help="As the shop writes it: Stores, Order Status.")
    payment_method = fields.Char(
        string="Only with payment method", help="Code of a payment method, such as banktransfer. Empty: with any."
    )
    meaning = fields.Selection(
        [
            ("state", "As its state says"),
            ("awaiting_payment", "Not paid yet"),
            ("to_ship", "Ready to be sent"),
            ("shipped", "Sent"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        default="state",
    )
    is_hold = fields.Boolean(string="Hold the order", help="The order waits until the shop gives it another status.")

    _status_unique = models.UniqueIndex(
        "(channel_id, status_code, COALESCE(payment_method, ''))",
        "A shop has one rule for a status and payment method.",
    )
