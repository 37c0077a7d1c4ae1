from odoo import api, fields, models


class OmsMagentoCarrier(models.Model):
    """What a shop calls a delivery method of ours, where the name alone does not tell."""

    _name = "oms.magento.carrier"
    _description = "Carrier name in a Magento shop"
    _rec_name = "carrier_code"
    _order = "carrier_id"

    carrier_id = fields.Many2one("delivery.carrier", string="Delivery method", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    carrier_code = fields.Char(
        string="Carrier code in the shop",
        required=True,
        help="As the shop writes it: ups, usps, fedex, dhl, or custom for every other. Shops with more carriers have"
        " more codes.",
    )
    carrier_name = fields.Char(string="Title", help="What the buyer reads beside the tracking number.")

    _carrier_unique = models.UniqueIndex("(carrier_id)", "Each delivery method has one name in Magento shops.")

    @api.model
    def _find(self, carrier):
        """Return ``(code, title or None)`` a person set for this delivery method, or None."""
        row = self.sudo().search([("carrier_id", "=", carrier.id)], limit=1)  # sudo: whoever ships needs the answer
        return (row.carrier_code, row.carrier_name or None) if row else None
