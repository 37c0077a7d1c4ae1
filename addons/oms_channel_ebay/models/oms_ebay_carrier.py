from odoo import api, fields, models


class OmsEbayCarrier(models.Model):
    """What eBay calls a delivery method of ours, where the name alone does not tell."""

    _name = "oms.ebay.carrier"
    _description = "Carrier name on eBay"
    _rec_name = "carrier_code"
    _order = "carrier_id"

    carrier_id = fields.Many2one("delivery.carrier", string="Delivery method", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    carrier_code = fields.Char(
        string="Carrier code on eBay",
        required=True,
        help="As eBay's list of carriers writes it, for example DHL, RoyalMail or USPS.",
    )

    _carrier_unique = models.UniqueIndex("(carrier_id)", "Each delivery method has one name on eBay.")

    @api.model
    def _find(self, carrier):
        """Return the code a person set for this delivery method, or None."""
        row = self.sudo().search([("carrier_id", "=", carrier.id)], limit=1)  # sudo: whoever ships needs the answer
        return row.carrier_code or None
