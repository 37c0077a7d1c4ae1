from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class OmsChannelEndpoint(models.Model):
    """The base address of one family of a channel's API. Its host is all that the channel's calls may reach."""

    _name = "oms.channel.endpoint"
    _description = "Channel address"
    _order = "family"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    family = fields.Char(required=True, help="The part of the API this address serves, for example: orders.")
    url = fields.Char(required=True, string="Address")

    _family_unique = models.UniqueIndex("(channel_id, family)", "Each part of the API has one address.")

    @api.constrains("url")
    def _check_url(self):
        for endpoint in self:
            parts = urlsplit(endpoint.url)
            if (
                parts.scheme not in ("https", "http")
                or not parts.hostname
                or parts.username
                or parts.query
                or parts.fragment
            ):
                raise ValidationError(
                    self.env._("“%s” is not a usable address. Write it like https://api.example.com", endpoint.url)
                )
