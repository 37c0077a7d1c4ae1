from odoo import fields, models
from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.addons.oms_core.models.oms_secret import secret_field

from ..client.adapter import MagentoAdapter
from ..lib import carriers, const


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    channel_type = fields.Selection(
        selection_add=[("magento", "Magento 2 / Adobe Commerce")], ondelete={"magento": "cascade"}
    )
    magento_base_url = fields.Char(
        string="Shop address", help="Where the shop's REST interface answers, without “/rest”: https://shop.example.com"
    )
    magento_store_code = fields.Char(
        string="Interface store code",
        default="all",
        help="The store view in the address of every call. “all” reads and writes the values of all stores.",
    )
    magento_store_codes = fields.Char(
        string="Only orders of", help="Codes of store views, separated by commas. Empty: orders of all stores."
    )
    magento_auth = fields.Selection(
        [("oauth", "Signed requests (OAuth 1.0a)"), ("bearer", "Access token alone (Bearer)")],
        string="Sign-in",
        default="oauth",
        help="Shops refuse the access token alone unless their administrator allows it under"
        " Stores, Configuration, Services, OAuth.",
    )
    magento_consumer_key = fields.Char(string="Consumer key", groups="oms_core.group_oms_manager")
    magento_consumer_secret = secret_field("Consumer secret", groups="oms_core.group_oms_manager")
    magento_access_token = secret_field("Access token", groups="oms_core.group_oms_manager")
    magento_access_token_secret = secret_field("Access token secret", groups="oms_core.group_oms_manager")
    magento_prices_include_tax = fields.Selection(
        [("auto", "As each order shows"), ("included", "With tax"), ("excluded", "Without tax")],
        string="Prices in the shop",
        default="auto",
        help="Decides whether lines come in with or without their tax; totals are the same either way."
        " It must fit the taxes of the channel.",
    )
    magento_online_methods = fields.Char(
        string="Refunded by the shop",
        help="Codes of payment methods, separated by commas, whose money the shop sends back itself."
        " Empty: those whose invoice has a transaction. Everything else is only recorded there.",
    )
    magento_barcode_attribute = fields.Char(
        string="Barcode attribute", help="Code of the product attribute that holds the barcode, such as ean."
    )
    magento_is_input_limited = fields.Boolean(
        string="The shop limits requests",
        help="Stores, Configuration, Services, Web API Input Limiting: a call may then hold 20 rows only.",
    )
    magento_is_buyer_told = fields.Boolean(
        string="The shop writes to the buyer",
        default=True,
        help="Let the shop send its own mails about parcels and refunds.",
    )
    magento_source_ids = fields.One2many("oms.magento.source", "channel_id", string="Sources", copy=True)
    magento_status_ids = fields.One2many("oms.magento.status", "channel_id", string="Status rules", copy=True)

    # === HOOKS OF oms_core ===

    def _adapter_class(self):
        """Override of `oms_core` to return Magento's adapter, set up for this shop."""
        if self.channel_type != "magento":
            return super()._adapter_class()
        return MagentoAdapter

    def _secret_names(self):
        """Override of `oms_core` to name what calls are signed with."""
        if self.channel_type != "magento":
            return super()._secret_names()
        return const.SECRETS if self.magento_auth != "bearer" else (const.ACCESS_TOKEN,)

    def _default_endpoints(self):
        """Override of `oms_core` to give the shop's address, under which everything is."""
        if self.channel_type != "magento":
            return super()._default_endpoints()
        return {const.REST: self.magento_base_url} if self.magento_base_url else {}

    def _shipment_carrier(self, picking):
        """Override of `oms_core` to name the carrier as the shop does: what a person set, else what the name tells."""
        if self.channel_type != "magento":
            return super()._shipment_carrier(picking)
        carrier = picking.carrier_id
        if not carrier:
            raise Unmapped("carrier", self.env._("no carrier on %s", picking.name))
        code, title = self.env["oms.magento.carrier"]._find(carrier) or carriers.guess(carrier.name)
        return code, title or carrier.name
