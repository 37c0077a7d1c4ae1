from odoo import api, fields, models
from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.addons.oms_core.models.oms_secret import secret_field

from ..client.adapter import AmazonAdapter
from ..lib import carriers, const


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    channel_type = fields.Selection(selection_add=[("amazon", "Amazon")], ondelete={"amazon": "cascade"})
    amazon_seller_id = fields.Char(string="Seller id", help="Seller Central: Account info, Merchant token.")
    amazon_region = fields.Selection(
        [("na", "North America"), ("eu", "Europe"), ("fe", "Far East")],
        string="Region",
        default="eu",
        help="Sets the addresses of the API. An account sells in one region; open a second channel for another.",
    )
    amazon_marketplace_ids = fields.Many2many("oms.amazon.marketplace", string="Stores")
    amazon_client_id = fields.Char(
        string="Client id",
        help="Developer Central: the application's LWA credentials.",
        groups="oms_core.group_oms_manager",
    )
    amazon_client_secret = secret_field("Client secret", groups="oms_core.group_oms_manager")
    amazon_refresh_token = secret_field("Refresh token", groups="oms_core.group_oms_manager")

    # === HOOKS OF oms_core ===

    def _adapter_class(self):
        """Override of `oms_core` to return Amazon's adapter."""
        if self.channel_type != "amazon":
            return super()._adapter_class()
        return AmazonAdapter

    def _adapter_settings(self):
        """Override of `oms_core` to tell Amazon's adapter whose account it is."""
        if self.channel_type != "amazon":
            return super()._adapter_settings()
        channel = self.sudo()  # sudo: the client id is hidden from clerks, who may start a synchronisation
        return {
            "seller_id": channel.amazon_seller_id,
            "client_id": channel.amazon_client_id,
            "marketplaces": channel.amazon_marketplace_ids.mapped("code"),
        }

    def _secret_names(self):
        """Override of `oms_core` to name what Amazon's adapter signs in with."""
        if self.channel_type != "amazon":
            return super()._secret_names()
        return const.SECRETS

    def _default_endpoints(self):
        """Override of `oms_core` to give the addresses of the account's region."""
        if self.channel_type != "amazon":
            return super()._default_endpoints()
        host = const.REGION_HOSTS[self.amazon_region or "eu"]
        return {family: const.TOKEN_HOST if family == const.AUTH else host for family in const.FAMILIES}

    def _shipment_carrier(self, picking):
        """Override of `oms_core` to name the carrier as Amazon does: what a person set, else what the name tells."""
        if self.channel_type != "amazon":
            return super()._shipment_carrier(picking)
        carrier = picking.carrier_id
        if not carrier:
            raise Unmapped("carrier", self.env._("no carrier on %s", picking.name))
        code, name = self.env["oms.amazon.carrier"]._find(carrier) or carriers.guess(carrier.name)
        return code, name or (carrier.name if code == const.OTHER_CARRIER else None)

    # === KEEPING ADDRESSES AND REGION TOGETHER ===

    @api.onchange("amazon_region")
    def _onchange_amazon_region(self):
        """Offer the stores of the region only."""
        self.amazon_marketplace_ids = self.amazon_marketplace_ids.filtered(
            lambda store: store.region == self.amazon_region
        )

    def write(self, vals):
        """Move the addresses to another region's, unless a person gave the account addresses of its own."""
        moving = (
            self.filtered(lambda channel: channel.channel_type == "amazon") if "amazon_region" in vals else self[:0]
        )
        before = {channel: channel._default_endpoints() for channel in moving}
        result = super().write(vals)
        for channel, old in before.items():
            new = channel._default_endpoints()
            for endpoint in channel.endpoint_ids.filtered(lambda row, old=old: row.url == old.get(row.family)):
                endpoint.url = new[endpoint.family]
        return result
