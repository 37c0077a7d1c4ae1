import logging

from odoo import api, fields, models
from odoo.addons.oms_core.lib.errors import ChannelError, Unmapped
from odoo.addons.oms_core.models.oms_job_mixin import repeats_on_twin
from odoo.addons.oms_core.models.oms_secret import secret_field

from ..client.adapter import EbayAdapter
from ..lib import carriers, const

_logger = logging.getLogger(__name__)
_MANAGER = "oms_core.group_oms_manager"


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    channel_type = fields.Selection(selection_add=[("ebay", "eBay")], ondelete={"ebay": "cascade"})
    ebay_environment = fields.Selection(
        [("production", "Production"), ("sandbox", "Sandbox")],
        string="Environment",
        default="production",
        help="Sets the addresses of the API. Keys of one environment do not work in the other.",
    )
    ebay_marketplace_ids = fields.Many2many("oms.ebay.marketplace", string="eBay sites")
    ebay_is_signed = fields.Boolean(
        string="Sign refunds and cancellations",
        compute="_compute_ebay_is_signed",
        store=True,
        readonly=False,
        help="eBay asks for it where the seller is at home in the European Union or the United Kingdom.",
    )
    ebay_location_key = fields.Char(
        string="Inventory location",
        help="Only for accounts whose stock eBay keeps by place: your own key of the location the units lie at.",
    )
    ebay_client_id = fields.Char(
        string="App ID", help="developer.ebay.com: Application Keys, App ID (Client ID).", groups=_MANAGER
    )
    ebay_ru_name = fields.Char(
        string="RuName",
        help="developer.ebay.com: User Tokens, the name eBay gave your redirect address.",
        groups=_MANAGER,
    )
    ebay_client_secret = secret_field("Cert ID", groups=_MANAGER)
    ebay_refresh_token = secret_field("Refresh token", groups=_MANAGER)
    ebay_signing_key = secret_field("Signing key", groups=_MANAGER)
    ebay_verification_token = secret_field("Verification token", groups=_MANAGER)

    # === COMPUTES ===

    @api.depends("ebay_marketplace_ids")
    def _compute_ebay_is_signed(self):
        for channel in self:
            channel.ebay_is_signed = any(channel.ebay_marketplace_ids.mapped("is_signed"))

    # === HOOKS OF oms_core ===

    def _adapter_class(self):
        """Override of `oms_core` to return eBay's adapter."""
        if self.channel_type != "ebay":
            return super()._adapter_class()
        return EbayAdapter

    def _adapter_settings(self):
        """Override of `oms_core` to tell eBay's adapter whose account it is."""
        if self.channel_type != "ebay":
            return super()._adapter_settings()
        channel = self.sudo()  # sudo: the client id is hidden from clerks, who may start a synchronisation
        return {
            "client_id": channel.ebay_client_id,
            "ru_name": channel.ebay_ru_name,
            "marketplaces": channel.ebay_marketplace_ids.sorted().mapped("code"),
            "location_key": channel.ebay_location_key or None,
            "is_signed": channel.ebay_is_signed,
        }

    def _secret_names(self):
        """Override of `oms_core` to name what eBay's adapter signs in with.

        A signing key is there only if a person entered one.
        """
        if self.channel_type != "ebay":
            return super()._secret_names()
        stored = self.env["oms.secret"]._stored_names(self._name, self.ids)
        return tuple(name for name in const.SECRETS if name != const.SIGNING_KEY or (self.id, name) in stored)

    def _default_endpoints(self):
        """Override of `oms_core` to give the addresses of the account's environment."""
        if self.channel_type != "ebay":
            return super()._default_endpoints()
        return dict(const.HOSTS[self.ebay_environment or "production"])

    def _shipment_carrier(self, picking):
        """Override of `oms_core` to name the carrier as eBay does: what a person set, else what the name tells."""
        if self.channel_type != "ebay":
            return super()._shipment_carrier(picking)
        carrier = picking.carrier_id
        if not carrier:
            raise Unmapped("carrier", self.env._("no carrier on %s", picking.name))
        code = self.env["oms.ebay.carrier"]._find(carrier)
        return (code, None) if code else carriers.guess(carrier.name)

    def _webhook_secrets(self):
        """Override of `oms_core` to give eBay's public keys and the token of its test of our address."""
        if self.channel_type != "ebay":
            return super()._webhook_secrets()
        keys = self.env["oms.ebay.key"]._known_keys(self.ebay_environment)
        found = {f"{const.PUBLIC_KEY_PREFIX}{key_id}": key for key_id, key in keys.items()}
        if (self.id, const.VERIFICATION_TOKEN) in self.env["oms.secret"]._stored_names(self._name, self.ids):
            found[const.VERIFICATION_TOKEN] = self._secret(const.VERIFICATION_TOKEN)
        return found

    def _credential_ends(self):
        """Override of `oms_core` to say when the seller's consent ends."""
        if self.channel_type != "ebay":
            return super()._credential_ends()
        return [(self.env._("The seller's consent on eBay"), self.consent_ends_at)] if self.consent_ends_at else []

    def _on_webhook_key_unknown(self, key_id):
        """Override of `oms_core` to ask eBay for the key of a message; eBay sends the message again."""
        if self.channel_type != "ebay":
            return super()._on_webhook_key_unknown(key_id)
        # One at a time, whoever asks: anybody can send us messages with key ids made up.
        return self._oms_enqueue(
            "_job_fetch_webhook_key",
            key_id,
            identity_key=f"oms-ebay-key-{self.id}",
            description=self.env._("Fetch a key of eBay's for %s", self.name),
        )

    @repeats_on_twin
    def _job_fetch_webhook_key(self, key_id):
        self.ensure_one()
        try:
            key = self._adapter().fetch_webhook_key(key_id)
        except ChannelError as error:
            _logger.info("eBay gave no key for a message: %s", error.code)
            return
        self.env["oms.ebay.key"]._keep(self.ebay_environment, key_id, key)

    # === KEEPING ADDRESSES AND ENVIRONMENT TOGETHER ===

    def write(self, vals):
        """Move the addresses to the other environment's, unless a person gave the account addresses of its own."""
        moving = self.browse()
        if "ebay_environment" in vals:
            moving = self.filtered(lambda channel: channel.channel_type == "ebay")
        before = {channel: channel._default_endpoints() for channel in moving}
        result = super().write(vals)
        for channel, old in before.items():
            new = channel._default_endpoints()
            for endpoint in channel.endpoint_ids.filtered(lambda row, old=old: row.url == old.get(row.family)):
                endpoint.url = new[endpoint.family]
        return result
