from odoo import api, fields, models


class OmsEbayKey(models.Model):
    """A public key of eBay's, with which it signs what it tells us. Nothing secret; the same for all accounts."""

    _name = "oms.ebay.key"
    _description = "eBay public key"
    _rec_name = "key_id"
    _order = "id desc"

    environment = fields.Selection([("production", "Production"), ("sandbox", "Sandbox")], required=True)
    key_id = fields.Char(string="Key id", required=True)
    key = fields.Text(required=True)

    _key_unique = models.UniqueIndex("(environment, key_id)", "Each key is kept once.")

    @api.model
    def _keep(self, environment, key_id, key):
        """Remember a key that eBay itself gave us."""
        vault = self.sudo()  # sudo: nobody writes keys by right, the system does after asking eBay
        known = vault.search([("environment", "=", environment), ("key_id", "=", key_id)])
        if known:
            known.key = key
        else:
            vault.create({"environment": environment, "key_id": key_id, "key": key})

    @api.model
    def _known_keys(self, environment):
        """Return ``{key id: key}`` of one environment."""
        rows = self.sudo().search([("environment", "=", environment)])  # sudo: whoever receives a message needs them
        return {row.key_id: row.key for row in rows}
