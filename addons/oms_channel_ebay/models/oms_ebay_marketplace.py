from odoo import api, fields, models

from ..lib import const


class OmsEbayMarketplace(models.Model):
    """One eBay site an account may sell on. The rows come from ``lib/const.py``."""

    _name = "oms.ebay.marketplace"
    _description = "eBay site"
    _order = "sequence, name"

    name = fields.Char(required=True, readonly=True)
    code = fields.Char(string="eBay id", required=True, readonly=True)
    sequence = fields.Integer(default=10, help="The first site of an account is its main one.")
    country_id = fields.Many2one("res.country", readonly=True)
    is_signed = fields.Boolean(
        string="Signed calls", readonly=True, help="Calls that give money back on this site must be signed."
    )

    _code_unique = models.UniqueIndex("(code)", "eBay has each site once.")

    @api.model
    def _load_marketplaces(self):
        """Create the rows that are missing. Called when the addon is installed or updated."""
        known = set(self.search([]).mapped("code"))
        countries = {country.code: country.id for country in self.env["res.country"].search([])}
        self.create(
            [
                {
                    "name": site.name,
                    "code": site.id,
                    "sequence": place,
                    "country_id": countries.get(site.country),
                    "is_signed": site.is_signed,
                }
                for place, site in enumerate(const.MARKETPLACES, 1)
                if site.id not in known
            ]
        )
