from datetime import timedelta

from markupsafe import escape
from odoo import api, fields, models

# A credential that ends is announced this many days before, each time once by mail.
WARN_DAYS = (30, 7, 1)


class OmsChannel(models.Model):
    """Saying once, by mail, what nobody may overlook: an account that stopped, credentials that end soon."""

    _inherit = "oms.channel"

    alert_user_ids = fields.Many2many(
        "res.users",
        "oms_channel_alert_users",
        string="Mail to",
        domain=[("share", "=", False)],
        default=lambda self: self.env.user.filtered(lambda user: not user._is_superuser()),
        help="Who gets a mail when the account stops or its credentials end soon. Empty: all order desk managers.",
    )
    credential_days = fields.Integer(compute="_compute_credentials", string="Days until the sign-in ends")
    credential_text = fields.Char(compute="_compute_credentials")
    credential_warned = fields.Json(readonly=True, copy=False, help="What ends, and at how many days it was announced.")

    def _compute_credentials(self):
        now = fields.Datetime.now()
        for channel in self:
            ends = sorted((at, what) for what, at in channel._credential_ends() if at)
            at, what = ends[0] if ends else (None, None)
            channel.credential_days = max((at - now).days, 0) if at else -1
            is_near = at and at - now <= timedelta(days=WARN_DAYS[0])
            on = fields.Date.to_string(at.date()) if at else ""
            channel.credential_text = (
                self.env._("%(what)s ends on %(on)s, in %(days)s days", what=what, on=on, days=channel.credential_days)
                if is_near
                else False
            )

    @api.model
    def _cron_daily(self):
        """Announce credentials that end. Started once a day by ``ir.cron``."""
        for channel in self.search([("state", "in", ("live", "paused", "signed_out"))]):
            self._apart(channel._warn_of_ends)
        self._apart(self.env["sale.order"]._forget_due)
        self._apart(self.env["oms.comparison"]._drop_old)
        self._apart(self.env["oms.listing.push"]._drop_old)

    def _warn_of_ends(self):
        """List what ends within a month, and mail it 30, 7 and 1 days before. Renewed ones are closed."""
        self.ensure_one()
        now = fields.Datetime.now()
        warned, still = dict(self.credential_warned or {}), {}
        for what, at in self._credential_ends():
            days = (at - now).days if at else WARN_DAYS[0] + 1
            if days > WARN_DAYS[0]:
                self.env["oms.exception"]._close_problems(self, "credential_ends", [what])
                continue
            words = {"what": what, "on": fields.Date.to_string(at.date()), "days": max(days, 0)}
            entry = {"reason": "credential_ends", "channel_id": self.id, "cause": what, "params": words}
            self.env["oms.exception"]._open_problems([entry])
            step = min(limit for limit in WARN_DAYS if days <= limit)
            if step < warned.get(what, WARN_DAYS[0] + 1):
                text = self.env._("%(what)s ends on %(on)s, in %(days)s days.", **words)
                self._alert(self.env._("%(channel)s: sign-in ends soon", channel=self.name), text)
            still[what] = min(step, warned.get(what, step))
        if still != warned:
            self.credential_warned = still

    def _alert(self, subject, text):
        """Send one mail to whoever looks after this channel."""
        self.ensure_one()
        users = self.alert_user_ids or self.env.ref("oms_core.group_oms_manager").sudo().all_user_ids  # sudo: mail only
        addresses = sorted({user.email_normalized for user in users.sudo() if user.email_normalized and user.active})
        if not addresses:
            return
        url = f"{self.get_base_url()}/odoo/oms-channels/{self.id}"
        link = escape(self.env._("Open the channel"))
        self.env["mail.mail"].sudo().create(  # sudo: the system writes
            {
                "subject": subject,
                "email_to": ", ".join(addresses),
                "body_html": f'<p>{escape(text)}</p><p><a href="{escape(url)}">{link}</a></p>',
                "auto_delete": True,
            }
        )
