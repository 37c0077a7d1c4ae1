from odoo import api, fields, models


class OmsAmazonCarrier(models.Model):
    """What Amazon calls a delivery method of ours, where the name alone does not tell."""

    _name = "oms.amazon.carrier"
    _description = "Carrier name on Amazon"
    _rec_name = "carrier_code"
    _order = "carrier_id"

    carrier_id = fields.Many2one("delivery.carrier", string="Delivery method", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="carrier_id.company_id", store=True, index=True)
    carrier_code = fields.Char(
        string="Carrier code on Amazon",
        required=True,
        help="Exactly as Amazon writes it, for example DHL or Royal Mail. “Other” sends the name beside it.",
    )
    carrier_name = fields.Char(string="Name when the code is Other")

    _carrier_unique = models.UniqueIndex("(carrier_id)", "Each delivery method has one name on Amazon.")

    @api.model
    def _find(self, carrier):
        """Return ``(code, name or None)`` a person set for this delivery method, or None."""
        row = self.sudo().search([("carrier_id", "=", carrier.id)], limit=1)  # sudo: whoever ships needs the answer
        return (row.carrier_code, row.carrier_name or None) if row else None
