from odoo import fields, models


class OmsChannelTax(models.Model):
    """Which of our taxes stands for the tax inside, or on top of, a channel's prices in one country."""

    _name = "oms.channel.tax"
    _description = "Channel tax"
    _order = "channel_id, country_id"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    country_id = fields.Many2one("res.country", string="Ships to", help="Empty: every other country.")
    tax_id = fields.Many2one("account.tax", required=True, check_company=True, domain=[("type_tax_use", "=", "sale")])

    _country_unique = models.UniqueIndex("(channel_id, COALESCE(country_id, 0))", "Each country has one tax.")
