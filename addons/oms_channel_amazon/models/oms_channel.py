from datetime import datetime, time, timedelta
from urllib.parse import urlsplit, urlunsplit

from odoo import api, fields, models
from odoo.addons.oms_core.lib.errors import ChannelError, Unmapped
from odoo.addons.oms_core.models.oms_job_mixin import repeats_on_twin
from odoo.addons.oms_core.models.oms_secret import MASK, secret_field
from odoo.exceptions import UserError, ValidationError

from ..client.adapter import AmazonAdapter
from ..client.queue import region_of
from ..lib import carriers, const, subscriptions

# developer-docs.amazon.com/sp-api/docs/rotating-your-apps-lwa-credentials, seen 2026-11-26
SECRET_LIFE = timedelta(days=180)


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
    amazon_secret_created_on = fields.Date(
        string="Secret made on",
        help="The day Amazon made the client secret; it ends 180 days later. Set to today when you enter a new one.",
        copy=False,
    )
    amazon_queue_url = fields.Char(
        string="Queue of hints",
        help="Optional. An Amazon SQS queue to which Amazon's notifications go, such as"
        " https://sqs.eu-central-1.amazonaws.com/123456789012/orders. Orders then come in within seconds.",
        groups="oms_core.group_oms_manager",
        copy=False,
    )
    amazon_aws_region = fields.Char(
        string="AWS region",
        help="Where the queue is, such as eu-central-1. Empty: the region in its address.",
        groups="oms_core.group_oms_manager",
        copy=False,
    )
    amazon_aws_key_id = secret_field("AWS access key id", groups="oms_core.group_oms_manager")
    amazon_aws_secret_key = secret_field("AWS secret access key", groups="oms_core.group_oms_manager")
    amazon_queue_message = fields.Char(readonly=True, copy=False, groups="oms_core.group_oms_manager")
    amazon_twin_names = fields.Char(compute="_compute_amazon_twin_names")

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
            "queue_url": channel.amazon_queue_url or None,
            "aws_region": channel.amazon_aws_region or None,
            "twins": channel._amazon_twins().mapped("name"),
        }

    def _secret_names(self):
        """Override of `oms_core` to name what Amazon's adapter signs in with; keys of a queue only where they are."""
        if self.channel_type != "amazon":
            return super()._secret_names()
        stored = {name for _id, name in self.env["oms.secret"]._stored_names(self._name, self.ids)}
        return (*const.SECRETS, *(name for name in const.QUEUE_SECRETS if name in stored))

    def _default_endpoints(self):
        """Override of `oms_core` to give the addresses of the account's region, and that of its queue."""
        if self.channel_type != "amazon":
            return super()._default_endpoints()
        host = const.REGION_HOSTS[self.amazon_region or "eu"]
        found = {family: const.TOKEN_HOST if family == const.AUTH else host for family in const.FAMILIES}
        queue = self.sudo().amazon_queue_url  # sudo: hidden from clerks; the address is no secret
        if queue:
            parts = urlsplit(queue)
            found[const.QUEUE] = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        return found

    def _credential_ends(self):
        """Override of `oms_core` to say when the client secret ends."""
        if self.channel_type != "amazon" or not self.amazon_secret_created_on:
            return super()._credential_ends()
        end = datetime.combine(self.amazon_secret_created_on + SECRET_LIFE, time.min)
        return [*super()._credential_ends(), (self.env._("The client secret of the Amazon application"), end)]

    def _shipment_carrier(self, picking):
        """Override of `oms_core` to name the carrier as Amazon does: what a person set, else what the name tells."""
        if self.channel_type != "amazon":
            return super()._shipment_carrier(picking)
        carrier = picking.carrier_id
        if not carrier:
            raise Unmapped("carrier", self.env._("no carrier on %s", picking.name))
        code, name = self.env["oms.amazon.carrier"]._find(carrier) or carriers.guess(carrier.name)
        return code, name or (carrier.name if code == const.OTHER_CARRIER else None)

    # === ASKING FOR HINTS ===

    def _amazon_queue_arn(self):
        """Return AWS's name of the account's queue, None when its address does not tell."""
        channel = self.sudo()  # sudo: hidden from clerks; used by the system's job and for managers
        url = channel.amazon_queue_url or ""
        return subscriptions.queue_arn(url, channel.amazon_aws_region or region_of(url))

    def action_amazon_subscribe(self):
        """Ask Amazon in a job to put a hint into the queue whenever an order changes."""
        self.check_access("write")
        for channel in self:
            if not channel._amazon_queue_arn():
                raise UserError(
                    self.env._(
                        "Enter the queue's address first, as its page in AWS shows it: https://sqs.…/account/name."
                    )
                )
            channel._ensure_endpoints()
            channel.amazon_queue_message = self.env._("Asking…")
            channel._oms_enqueue(
                "_job_amazon_subscribe", description=self.env._("%s: ask Amazon for hints", channel.name)
            )
        return self._notify(self.env._("Asking Amazon. The answer appears here in a few seconds."), "info")

    @repeats_on_twin
    def _job_amazon_subscribe(self):
        self.ensure_one()
        try:
            self._adapter().set_up_hints(self._amazon_queue_arn())
        except ChannelError as error:
            self.amazon_queue_message = self._explain(error)
            return
        self.amazon_queue_message = self.env._("Amazon tells this queue of every order that changes.")

    # === TWO CHANNELS OF ONE SELLER ACCOUNT ===

    def _amazon_twins(self):
        """Return other channels of the same seller account and region: one SKU has one quantity there."""
        self.ensure_one()
        if not self.amazon_seller_id:
            return self.browse()
        return self.search(
            [
                ("channel_type", "=", "amazon"),
                ("amazon_seller_id", "=", self.amazon_seller_id),
                ("amazon_region", "=", self.amazon_region),
                ("company_id", "=", self.company_id.id),
                ("id", "!=", self._origin.id),
            ]
        )

    @api.depends("channel_type", "amazon_seller_id", "amazon_region", "company_id")
    def _compute_amazon_twin_names(self):
        for channel in self:
            twins = channel._amazon_twins() if channel.channel_type == "amazon" else self.browse()
            channel.amazon_twin_names = ", ".join(twins.mapped("name")) or False

    # === KEEPING WHAT BELONGS TOGETHER TOGETHER ===

    @api.onchange("amazon_region")
    def _onchange_amazon_region(self):
        """Offer the stores of the region only."""
        self.amazon_marketplace_ids = self.amazon_marketplace_ids.filtered(
            lambda store: store.region == self.amazon_region
        )

    @api.constrains("amazon_queue_url", "amazon_aws_region")
    def _check_amazon_queue(self):
        for channel in self.filtered("amazon_queue_url"):
            parts = urlsplit(channel.amazon_queue_url)
            if parts.scheme not in ("https", "http") or not parts.hostname or len(parts.path) < 2 or parts.query:
                raise ValidationError(
                    self.env._(
                        "“%s” is not the address of a queue. Copy it from the queue's page in AWS (URL).",
                        channel.amazon_queue_url,
                    )
                )
            if not (channel.amazon_aws_region or region_of(channel.amazon_queue_url)):
                raise ValidationError(self.env._("The address does not tell the queue's AWS region: enter it."))

    @api.model_create_multi
    def create(self, vals_list):
        return super().create([self._with_secret_date(vals) for vals in vals_list])

    def write(self, vals):
        """Move the addresses along with region and queue, unless a person gave the account addresses of its own."""
        vals = self._with_secret_date(vals)
        is_moving = not {"amazon_region", "amazon_queue_url"}.isdisjoint(vals)
        moving = self.filtered(lambda channel: channel.channel_type == "amazon") if is_moving else self[:0]
        before = {channel: channel._default_endpoints() for channel in moving}
        result = super().write(vals)
        for channel, old in before.items():
            channel._move_endpoints(old)
        return result

    def _move_endpoints(self, old):
        """Give every part of the API its new address where it still had the old default.

        :param old: the default addresses before
        """
        new = self._default_endpoints()
        for endpoint in self.endpoint_ids.filtered(lambda row: row.url == old.get(row.family)):
            if endpoint.family in new:
                endpoint.url = new[endpoint.family]
            else:
                endpoint.unlink()
        self._ensure_endpoints()

    def _with_secret_date(self, vals):
        """Return the values with the day of a client secret that is being entered, where no day comes with it."""
        secret = vals.get(const.CLIENT_SECRET)
        if not secret or secret == MASK or "amazon_secret_created_on" in vals:
            return vals
        return {**vals, "amazon_secret_created_on": fields.Date.context_today(self)}
