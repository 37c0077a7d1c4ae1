from odoo import fields, models
from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.addons.oms_core.models.oms_secret import secret_field

from ..client.soap_adapter import OpenMageAdapter
from ..lib import carriers, soap_const
from ..lib.mapper import Reading
from ..lib.states import StatusRule


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    channel_type = fields.Selection(
        selection_add=[("openmage", "OpenMage / Magento 1")], ondelete={"openmage": "cascade"}
    )
    openmage_base_url = fields.Char(
        string="Address of the shop", help="Without “/index.php” and what follows it: https://shop.example.com"
    )
    openmage_username = fields.Char(
        string="User name",
        help="System, Web Services, SOAP/XML-RPC - Users: the user name.",
        groups="oms_core.group_oms_manager",
    )
    openmage_api_key = secret_field("API key", groups="oms_core.group_oms_manager")

    # === HOOKS OF oms_core ===

    def _adapter_class(self):
        """Override of `oms_core` to return OpenMage's adapter, set up for this shop."""
        if self.channel_type != "openmage":
            return super()._adapter_class()
        rules = [
            StatusRule(rule.status_code, rule.payment_method or None, rule.meaning, rule.is_hold)
            for rule in self.sudo().magento_status_ids  # sudo: whoever imports needs them
        ]
        return OpenMageAdapter.for_shop(Reading(tax_mode=self.magento_prices_include_tax or "auto", rules=tuple(rules)))

    def _adapter_settings(self):
        """Override of `oms_core` to tell OpenMage's adapter who signs in."""
        if self.channel_type != "openmage":
            return super()._adapter_settings()
        channel = self.sudo()  # sudo: the user name is hidden from clerks, who may start a synchronisation
        return {"username": channel.openmage_username, "is_buyer_told": channel.magento_is_buyer_told}

    def _secret_names(self):
        """Override of `oms_core` to name what OpenMage's adapter signs in with."""
        if self.channel_type != "openmage":
            return super()._secret_names()
        return soap_const.SECRETS

    def _default_endpoints(self):
        """Override of `oms_core` to give the address of the shop's SOAP interface."""
        if self.channel_type != "openmage":
            return super()._default_endpoints()
        base = (self.openmage_base_url or "").rstrip("/").removesuffix("/index.php")
        return {soap_const.SOAP: f"{base}{soap_const.SOAP_PATH}"} if base else {}

    def _shipment_carrier(self, picking):
        """Override of `oms_core` to name the carrier as the shop does: what a person set, else what the name tells."""
        if self.channel_type != "openmage":
            return super()._shipment_carrier(picking)
        carrier = picking.carrier_id
        if not carrier:
            raise Unmapped("carrier", self.env._("no carrier on %s", picking.name))
        code, title = self.env["oms.magento.carrier"]._find(carrier) or carriers.guess(carrier.name)
        return code, title or carrier.name

    # === KEEPING THE ADDRESS ===

    def write(self, vals):
        """Move the interface's address with the shop's, unless a person gave it another."""
        moving = (
            self.filtered(lambda channel: channel.channel_type == "openmage")
            if "openmage_base_url" in vals
            else self[:0]
        )
        before = {channel: channel._default_endpoints() for channel in moving}
        result = super().write(vals)
        for channel, old in before.items():
            new = channel._default_endpoints()
            for endpoint in channel.endpoint_ids.filtered(lambda row, old=old: row.url == old.get(row.family)):
                if endpoint.family in new:
                    endpoint.url = new[endpoint.family]
            channel._ensure_endpoints()
        return result
