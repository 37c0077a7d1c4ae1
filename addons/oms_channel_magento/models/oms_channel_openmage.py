from odoo import fields, models
from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.addons.oms_core.models.oms_secret import secret_field

from ..client.soap_adapter import OpenMageAdapter
from ..lib import carriers, soap_const
from ..lib.mapper import Reading


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    channel_type = fields.Selection(
        selection_add=[("openmage", "OpenMage / Magento 1")], ondelete={"openmage": "cascade"}
    )
    openmage_username = fields.Char(
        string="User name",
        help="In the shop's admin: System, Web Services, SOAP/XML-RPC - Users.",
        groups="oms_core.group_oms_manager",
    )
    openmage_api_key = secret_field("API key", groups="oms_core.group_oms_manager")

    # === HOOKS OF oms_core ===

    def _adapter_class(self):
        """Override of `oms_core` to return OpenMage's adapter, set up for this shop."""
        if self.channel_type != "openmage":
            return super()._adapter_class()
        reading = Reading(tax_mode=self.magento_prices_include_tax or "auto", rules=self._magento_rules())
        return OpenMageAdapter.set_up(reading)

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
        base = (self.magento_base_url or "").removesuffix("/index.php").rstrip("/")
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
