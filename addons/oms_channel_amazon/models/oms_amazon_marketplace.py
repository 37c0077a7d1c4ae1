from odoo import api, fields, models

from ..lib import const


class OmsAmazonMarketplace(models.Model):
    """One Amazon store an account may sell in. The rows come from ``lib/const.py``."""

    _name = "oms.amazon.marketplace"
    _description = "Amazon store"
    _order = "region, name"

    name = fields.Char(required=True, readonly=True)
    code = fields.Char(string="Amazon id", required=True, readonly=True)
    region = fields.Selection(
        [("na", "North America"), ("eu", "Europe"), ("fe", "Far East")], required=True, readonly=True
    )
    country_id = fields.Many2one("res.country", readonly=True)

    _code_unique = models.UniqueIndex("(code)", "Amazon has each store once.")

    @api.model
    def _load_stores(self):
        """Create the rows that are missing. Called when the addon is installed or updated."""
        known = set(self.search([]).mapped("code"))
        countries = {country.code: country.id for country in self.env["res.country"].search([])}
        self.create(
            [
                {
                    "name": store.name,
                    "code": store.id,
                    "region": store.region,
                    "country_id": countries.get(store.country),
                }
                for store in const.MARKETPLACES
                if store.id not in known
            ]
        )
