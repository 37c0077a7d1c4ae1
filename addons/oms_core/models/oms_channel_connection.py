import os
import random
from datetime import datetime, timedelta, timezone
from urllib.parse import urlsplit

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..client.hosts import HostPolicy
from ..client.transport import Transport
from ..lib import errors
from ..lib.channel import Account
from .oms_job_mixin import repeats_on_twin
from .oms_rate_bucket import DbRateLimiter
from .oms_secret import DbTokenStore

SHORT_WAIT = timedelta(minutes=1)


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    check_state = fields.Selection([("ok", "Connected"), ("failed", "Not connected")], readonly=True, copy=False)
    check_message = fields.Char(readonly=True, copy=False)
    checked_at = fields.Datetime(readonly=True, copy=False)

    def _account(self, *, is_complete=True):
        """Return what the adapter may know of this account. The value holds secrets: never log or store it.

        :param is_complete: False leaves out secrets that are not there yet, for signing in the first time
        :raise errors.AuthFailed: a secret is missing or cannot be read
        """
        self.ensure_one()
        names = self._secret_names()
        if not is_complete:
            stored = self.env["oms.secret"]._stored_names(self._name, self.ids)
            names = [name for name in names if (self.id, name) in stored]
        return Account(
            id=self.id,
            channel_type=self.channel_type,
            endpoints={endpoint.family: endpoint.url.rstrip("/") for endpoint in self.endpoint_ids},
            settings=self._adapter_settings(),
            secrets={name: self._secret(name) for name in names},
            tokens=DbTokenStore(self),
        )

    def _adapter(self, *, is_complete=True):
        """Return the adapter of this account, ready to call. Only jobs may call it.

        :param is_complete: see :meth:`_account`
        :raise errors.AuthFailed: a secret is missing or cannot be read
        """
        self.ensure_one()
        account = self._account(is_complete=is_complete)
        adapter_class = self._adapter_class()
        policy = HostPolicy(
            allowed_hosts=frozenset(urlsplit(url).hostname for url in account.endpoints.values()),
            allow_loopback=os.environ.get("OMS_ALLOW_LOOPBACK") == "1",
            file_hosts=adapter_class.file_hosts,
        )
        transport = Transport(policy, adapter_class.limits, DbRateLimiter(self))
        return adapter_class(account, transport, _utc_now)

    def action_check(self):
        """Test the connection in a job; the answer appears on the form."""
        self.check_access("write")
        for channel in self:
            channel._ensure_endpoints()
            channel.write({"check_state": False, "check_message": self.env._("Testing…"), "checked_at": False})
            channel._oms_enqueue(
                "_job_check", priority=1, description=self.env._("Test connection of %s", channel.name)
            )
        return self._notify(self.env._("Testing. The answer appears here in a few seconds."), "info")

    @repeats_on_twin
    def _job_check(self):
        self.ensure_one()
        try:
            info = self._adapter().check()
        except errors.ChannelError as error:
            self.write(
                {"check_state": "failed", "check_message": self._explain(error), "checked_at": fields.Datetime.now()}
            )
            return
        names = ", ".join(name for _id, name in info.marketplaces)
        message = self.env._("Connected as %(name)s. %(marketplaces)s", name=info.name, marketplaces=names)
        self.write({"check_state": "ok", "check_message": message, "checked_at": fields.Datetime.now()})
        self._note_permissions(info)
        if self.state == "signed_out":
            self._sign_in_again()

    def _explain_malformed(self, error):
        """Hook to word why a document of this channel cannot be read; the place is told beside it.

        :param error: an ``errors.Malformed`` of ``parse_order``
        """
        return error.params.get("reason") or error.code

    @api.model
    def _explain(self, error):
        """Turn a channel's error into one sentence for people. The only place that does."""
        sentences = {
            "throttled": lambda: self.env._("The channel asked us to slow down."),
            "unreachable": lambda: self.env._("The channel could not be reached."),
            "tls_untrusted": lambda: self.env._(
                "The channel's certificate is not trusted, so nothing was sent. Check the address and the clock here."
            ),
            "redirected": lambda: self.env._(
                "The channel answered with another address (%s). Correct it under Addresses.",
                error.params.get("host", ""),
            ),
            "too_large": lambda: self.env._("The channel's answer was too large to be right."),
            "token_busy": lambda: self.env._("Another worker is signing in. We come back in a moment."),
            "file_refused": lambda: self.env._("The channel's file could not be fetched or left. We come back soon."),
            "answer_lost": lambda: self.env._("The channel did not answer in time."),
            "server_error": lambda: self.env._(
                "The channel has a problem of its own (%s).", error.params.get("status", "5xx")
            ),
            "secret_key_missing": lambda: self.env._(
                "The key that protects passwords is missing on this server. Set OMS_SECRET_KEY_FILE and restart."
            ),
            "host_refused": lambda: self.env._(
                "The address %s is not one this channel may call. Correct it under Addresses.",
                error.params.get("host", ""),
            ),
        }
        if error.code in sentences:
            return sentences[error.code]()
        if error.code.startswith("secret_"):
            return self.env._("A password of this channel is missing or cannot be read. Enter the credentials again.")
        if isinstance(error, errors.AuthFailed):
            return self.env._("The channel refused our sign-in (%s). Enter the credentials again.", error.code)
        if isinstance(error, errors.NotFound):
            return self.env._("The channel does not know this document.")
        if isinstance(error, errors.Malformed):
            return self.env._("The answer could not be read: %(code)s at %(path)s.", code=error.code, path=error.path)
        if isinstance(error, errors.Rejected):
            return self.env._("The channel refused: %s", error.message or error.code)
        if isinstance(error, errors.NotSupported):
            return error.params.get("message") or self.env._("This channel cannot do that.")
        return self.env._("Something unexpected happened: %s", error.code)

    # === WHEN A CALL FAILS ===

    def _note_failure(self, entity, error):
        """Write down on the card what went wrong and when it is tried again.

        Called in the job that failed, whose transaction holds nothing else.
        """
        self.ensure_one()
        state = self._state(entity)
        message = self._explain(error)
        if isinstance(error, errors.AuthFailed):
            self._sign_out(message)
            return
        after = error.after if isinstance(error, errors.RetryLater) else timedelta(minutes=self.poll_minutes)
        is_wait = error.code in ("throttled", "report_pending")
        is_short = is_wait and after <= SHORT_WAIT
        if is_short or error.code == "report_pending":
            self._come_back(entity, after)
        if error.code == "report_pending" or (is_short and error.params.get("by") == "us"):
            return  # the documented rate at work, nothing worth a word on the card
        state._note_trouble(message, next_at=fields.Datetime.now() + after, is_wait=is_wait)
        if state.health == "failing":
            entry = {"reason": "sync_failing", "channel_id": self.id, "cause": entity, "params": {"message": message}}
            if self.env["oms.exception"]._open_problems([entry]):
                self._alert(self.env._("%s does not answer", self.name), message)

    def _come_back(self, entity, after):
        """Queue the next look at one entity. Waits differ a little, so that those who waited together part."""
        self.ensure_one()
        # A span and not a moment: fields.Datetime.now() is cut to the second, and most waits are shorter than one.
        self._queue_entity(entity, eta=after * random.uniform(1.0, 1.2))  # noqa: S311 spreads, protects nothing

    def _note_recovery(self, entity):
        """Close the problem that said this entity fails."""
        self.env["oms.exception"]._close_problems(self, "sync_failing", [entity])

    def _sign_out(self, message):
        """The channel refuses our credentials: stop the account, keep its queue, say so once."""
        self.ensure_one()
        self.state_ids.sudo()._note_trouble(message, is_signed_out=True)  # sudo: system bookkeeping
        if self.state != "signed_out":
            self.write({"state": "signed_out"})
            self.env["oms.exception"]._open_problems(
                [
                    {
                        "reason": "signed_out",
                        "channel_id": self.id,
                        "cause": "credentials",
                        "params": {"message": message},
                    }
                ]
            )
            self._alert(self.env._("%s is signed out", self.name), message)

    def _sign_in_again(self):
        """The credentials work again: catch up from where each entity stopped."""
        self.ensure_one()
        self.write({"state": "live"})
        self.state_ids.sudo().write({"health": "ok", "message": False, "failing_since": False})  # sudo: bookkeeping
        self.env["oms.exception"]._close_problems(self, "signed_out", ["credentials"])
        self._poll_now()

    def action_sign_in_again(self):
        """Test the new credentials; when they work, the account goes live again and catches up."""
        self.check_access("write")
        if self.filtered(lambda channel: channel.state != "signed_out"):
            raise UserError(self.env._("Only an account that is signed out can be signed in again."))
        return self.action_check()


def _utc_now():
    return datetime.now(timezone.utc)
