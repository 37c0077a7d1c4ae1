import secrets

from odoo import fields, models
from odoo.addons.oms_core.lib.errors import ChannelError
from odoo.addons.oms_core.models.oms_job_mixin import repeats_on_twin
from odoo.exceptions import UserError

from ..lib import const


class OmsChannel(models.Model):
    """Having eBay tell us of new orders at once. Without it they are found at the next look."""

    _inherit = "oms.channel"

    ebay_message_state = fields.Char(string="Messages of new orders", readonly=True, copy=False)

    def action_ebay_subscribe(self):
        """Ask eBay, in a job, to send messages of new orders to this channel's webhook address."""
        self.ensure_one()
        self.check_access("write")
        if self.channel_type != "ebay":
            raise UserError(self.env._("This is no eBay channel."))
        if not self.company_id.email:
            raise UserError(
                self.env._(
                    "Enter the e-mail address of %s first: eBay writes to it when messages do not arrive.",
                    self.company_id.name,
                )
            )
        self._ensure_endpoints()
        if (self.id, const.VERIFICATION_TOKEN) not in self.env["oms.secret"]._stored_names(self._name, self.ids):
            self.ebay_verification_token = secrets.token_urlsafe(40)
        self.ebay_message_state = self.env._("Asking eBay…")
        self._oms_enqueue("_job_ebay_subscribe", description=self.env._("Messages of eBay's for %s", self.name))
        return self._notify(self.env._("eBay tests the webhook address now. The answer appears here."), "info")

    @repeats_on_twin
    def _job_ebay_subscribe(self):
        self.ensure_one()
        try:
            self._adapter().subscribe(self.webhook_url, self._secret(const.VERIFICATION_TOKEN), self.company_id.email)
        except ChannelError as error:
            self.ebay_message_state = self._explain(error)
            return
        self.ebay_message_state = self.env._("eBay sends messages of new orders.")
