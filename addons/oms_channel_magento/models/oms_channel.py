from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.addons.oms_core.lib.errors import Unmapped
from odoo.addons.oms_core.models.oms_secret import secret_field
from odoo.exceptions import ValidationError

from ..client.adapter import MagentoAdapter
from ..lib import carriers, const
from ..lib.mapper import Reading
from ..lib.states import StatusRule


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
    magento_is_bulk_used = fields.Boolean(
        string="Many quantities by the shop's queue",
        default=True,
        help="Hand a great many quantities over at once. The shop's cron must run its consumer async.operations.all.",
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
        reading = Reading(tax_mode=self.magento_prices_include_tax or "auto", rules=self._magento_rules())
        return MagentoAdapter.set_up(
            reading, is_input_limited=self.magento_is_input_limited, is_bulk_used=self.magento_is_bulk_used
        )

    def _magento_rules(self):
        """Return the status rules of the shop as values."""
        return tuple(
            StatusRule(rule.status_code, rule.payment_method or None, rule.meaning, rule.is_hold)
            for rule in self.sudo().magento_status_ids  # sudo: jobs and clerks read orders alike
        )

    def _adapter_settings(self):
        """Override of `oms_core` to tell the adapter which shop it is and how a person wants it treated."""
        if self.channel_type != "magento":
            return super()._adapter_settings()
        channel = self.sudo()  # sudo: the consumer key is hidden from clerks, who may start a synchronisation
        return {
            "store_code": channel.magento_store_code or const.ALL_STORES,
            "stores": _words(channel.magento_store_codes),
            "auth": channel.magento_auth,
            "consumer_key": channel.magento_consumer_key,
            "source": channel._magento_source(channel._ships_from()),
            "sources": sorted(set(channel._stock_places().values())),
            "is_buyer_told": channel.magento_is_buyer_told,
            "online_methods": _words(channel.magento_online_methods),
            "barcode": channel.magento_barcode_attribute,
        }

    def _magento_source(self, warehouse):
        """Return the code of the source a warehouse is in the shop; every shop has "default"."""
        row = self.sudo().magento_source_ids.filtered(lambda row: row.warehouse_id == warehouse)  # sudo: whoever ships
        return row.source_code or const.DEFAULT_SOURCE

    def _stock_places(self):
        """Override of `oms_core` to name the source of each warehouse, where somebody said which those are."""
        if self.channel_type != "magento":
            return super()._stock_places()
        sells_from = self.warehouse_ids or self._ships_from()
        rows = self.sudo().magento_source_ids.filtered(
            lambda row: row.warehouse_id in sells_from
        )  # sudo: whoever ships
        return {row.warehouse_id.id: row.source_code for row in rows}

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

    def _shipment_origin(self, picking):
        """Override of `oms_core` to name the source a transfer leaves from."""
        if self.channel_type != "magento":
            return super()._shipment_origin(picking)
        return self._magento_source(picking.picking_type_id.warehouse_id)

    # === KEEPING ADDRESS AND SHOP TOGETHER ===

    @api.constrains("magento_base_url")
    def _check_magento_base_url(self):
        for channel in self.filtered("magento_base_url"):
            url = urlsplit(channel.magento_base_url)
            if url.scheme not in ("https", "http") or not url.hostname or url.query or url.fragment or url.username:
                raise ValidationError(
                    self.env._(
                        "“%s” is not the address of a shop. Write it like https://shop.example.com",
                        channel.magento_base_url,
                    )
                )

    @api.model
    def _bare_address(self, url):
        """Return a shop's address without what people copy along with it."""
        bare = (url or "").strip().rstrip("/")
        return bare.removesuffix("/rest").rstrip("/") or False

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("magento_base_url"):
                vals["magento_base_url"] = self._bare_address(vals["magento_base_url"])
        return super().create(vals_list)

    def write(self, vals):
        """Move the addresses to another shop's, unless a person gave the account addresses of its own."""
        if not vals.get("magento_base_url"):
            return super().write(vals)
        vals = vals | {"magento_base_url": self._bare_address(vals["magento_base_url"])}
        before = {channel: channel._default_endpoints() for channel in self}
        result = super().write(vals)
        for channel, old in before.items():
            new = channel._default_endpoints()
            for endpoint in channel.endpoint_ids.filtered(lambda row, old=old: row.url == old.get(row.family)):
                endpoint.url = new.get(endpoint.family) or endpoint.url
            channel._ensure_endpoints()
        return result


def _words(text):
    """Return the words of a text separated by commas."""
    return [word for part in (text or "").split(",") if (word := part.strip())]
