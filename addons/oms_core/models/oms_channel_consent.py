import secrets
from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib import errors
from ..lib.channel import Capability
from .oms_channel_state import naive_utc
from .oms_job_mixin import repeats_on_twin

CONSENT_TIME = timedelta(minutes=30)  # how long somebody may take on the channel's own page


class OmsChannel(models.Model):
    """Signing in on the channel's own page, where the channel has one."""

    _inherit = "oms.channel"

    consent_state = fields.Char(readonly=True, copy=False, groups="base.group_no_one")
    consent_asked_at = fields.Datetime(readonly=True, copy=False)
    consent_ends_at = fields.Datetime(string="Consent ends", readonly=True, copy=False)
    has_consent_page = fields.Boolean(compute="_compute_has_consent_page")

    def _compute_has_consent_page(self):
        for channel in self:
            channel.has_consent_page = channel._has(Capability.CONSENT)

    def action_consent(self):
        """Open the channel's own page on which a person lets us in."""
        self.ensure_one()
        self.check_access("write")
        if not self.has_consent_page:
            raise UserError(self.env._("This channel has no sign-in page; enter its credentials here."))
        self._ensure_endpoints()
        state = secrets.token_urlsafe(24)
        self.sudo().write({"consent_state": state, "consent_asked_at": fields.Datetime.now()})  # sudo: hidden field
        try:
            url = self._adapter_class().build_consent_url(self._account(is_complete=False), state)
        except errors.ChannelError as error:
            raise UserError(self._explain(error)) from None
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    @api.model
    def _take_consent(self, channel_type, state, code):
        """Take the code a person brought back, and let a job turn it into secrets.

        :return: the channel, or an empty recordset when nobody asked for this consent
        """
        if not self.env.user.has_group("oms_core.group_oms_manager"):
            raise AccessError(self.env._("Ask an order desk manager to sign in to the channel."))
        since = fields.Datetime.now() - CONSENT_TIME
        domain = [("consent_state", "=", state), ("channel_type", "=", channel_type), ("consent_asked_at", ">=", since)]
        found = self.sudo().search(domain, limit=1) if state and code else self.browse()  # sudo: hidden field
        channel = found.with_env(self.env)
        if not channel:
            return channel
        channel.check_access("write")
        found.consent_state = False
        self.env["oms.secret"]._store(channel, "consent_code", code)
        channel.write({"check_state": False, "check_message": self.env._("Signing in…")})
        channel._oms_enqueue("_job_redeem_consent", priority=1, description=self.env._("Sign in to %s", channel.name))
        return channel

    @repeats_on_twin
    def _job_redeem_consent(self):
        """Turn the code into secrets, then test the connection with them."""
        self.ensure_one()
        try:
            code = self._secret("consent_code")
            consent = self._adapter(is_complete=False).redeem_consent(code)
        except errors.RetryLater as error:
            self._oms_enqueue("_job_redeem_consent", priority=1, eta=error.after)
            return
        except errors.ChannelError as error:
            message = self.env._("%s Sign in on the channel's page once more.", self._explain(error))
            self.write({"check_state": "failed", "check_message": message, "checked_at": fields.Datetime.now()})
            return
        self.env["oms.secret"]._store(self, "consent_code", False)
        self.write({**consent.secrets, "consent_ends_at": naive_utc(consent.ends_at)})
        self._oms_enqueue("_job_check", priority=1)
