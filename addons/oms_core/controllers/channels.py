from datetime import datetime, timezone

from odoo import SUPERUSER_ID, http
from odoo.http import request

from ..lib import dto

MAX_BODY = 256 * 1024


class Channels(http.Controller):
    """What comes to us from channels: their hints, and people who come back from a channel's consent page."""

    @http.route(
        "/oms/webhook/<string:key>",
        type="http",
        auth="none",
        methods=["GET", "POST"],
        csrf=False,
        save_session=False,
        readonly=False,
    )
    def webhook(self, key, **_params):
        """Take one hint. Nothing is believed before its signature is; a hint makes us look, it tells us nothing."""
        length = request.httprequest.content_length or 0
        if length > MAX_BODY:
            return request.make_response("", status=413)
        channel = request.env(user=SUPERUSER_ID)["oms.channel"]._find_by_webhook_key(key)
        if not channel:
            return request.make_response("", status=404)
        status, body = channel._receive_webhook(_read_call())
        return request.make_response(body, headers=[("Content-Type", "application/json")], status=status)

    @http.route("/oms/consent/<string:channel_type>", type="http", auth="user", methods=["GET"])
    def consent(self, channel_type, state="", code="", **_params):
        """Bring home somebody who let us in on the channel's own page."""
        channel = request.env["oms.channel"]._take_consent(channel_type, state, code)
        return request.redirect(f"/odoo/oms-channels/{channel.id}" if channel else "/odoo/oms-channels")


def _read_call():
    """Return the request as the contract's value."""
    incoming = request.httprequest
    return dto.WebhookCall(
        method=incoming.method,
        url=incoming.url,
        headers={name.lower(): value for name, value in incoming.headers.items()},
        query=tuple(incoming.args.items(multi=True)),
        body=incoming.get_data(cache=False)[:MAX_BODY],
        received_at=datetime.now(timezone.utc),
    )
