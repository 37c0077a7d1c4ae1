from datetime import timedelta

from odoo import fields, models
from odoo.tools import SQL

HOURS = 24
LISTINGS = "oms_core.oms_listing_action"


class OmsOverview(models.AbstractModel):
    """The cards of the channels: how the orders of a day came in, the worst that is so, one way out."""

    _inherit = "oms.overview"

    def _channels(self):
        """Return the cards of all channels that are in use."""
        channels = self.env["oms.channel"].search([])
        today = fields.Datetime.to_string(self.env["oms.channel"]._today_start())
        fresh = channels._count_by_channel("sale.order", [("create_date", ">=", today)], "oms_channel_id")
        stale = self.env["oms.listing"]._count_stale(channels)
        unlinked = channels._count_by_channel("oms.listing", [("product_id", "=", False)])
        hours = self._orders_by_hour(channels)
        is_manager = self.env.user.has_group("oms_core.group_oms_manager")
        labels = dict(channels._fields["channel_type"]._description_selection(self.env))
        return {
            "rows": [
                {
                    "id": channel.id,
                    "name": channel.name,
                    "kind": channel.channel_type,
                    "kind_label": labels.get(channel.channel_type, ""),
                    "orders": {
                        "count": fresh.get(channel.id, 0),
                        "action": "oms_core.sale_order_action_oms",
                        "domain": [("oms_channel_id", "=", channel.id), ("create_date", ">=", today)],
                    },
                    "hours": hours.get(channel.id, [0] * HOURS),
                    "stale": {
                        "count": stale.get(channel.id, 0),
                        "action": LISTINGS,
                        "domain": [("channel_id", "=", channel.id), ("is_stale", "=", True)],
                    },
                    "unlinked": {
                        "count": unlinked.get(channel.id, 0),
                        "action": LISTINGS,
                        "domain": [("channel_id", "=", channel.id), ("product_id", "=", False)],
                    },
                    **self._channel_line(channel),
                    **self._channel_ways(channel, is_manager=is_manager),
                }
                for channel in channels
            ],
            "can_add": is_manager,
        }

    def _orders_by_hour(self, channels):
        """Return ``{channel id: orders of each of the last 24 hours, the oldest first}``."""
        now = fields.Datetime.now()
        orders = self.env["sale.order"]
        domain = [("oms_channel_id", "in", channels.ids), ("create_date", ">", now - timedelta(hours=HOURS))]
        query = orders._search(domain)
        orders.flush_model(["oms_channel_id", "create_date"])
        self.env.cr.execute(
            SQL(
                """
                SELECT oms_channel_id, LEAST(floor(extract(epoch FROM (%s - create_date)) / 3600)::int, %s), count(*)
                  FROM sale_order WHERE id IN %s GROUP BY 1, 2
                """,
                now,
                HOURS - 1,
                query.subselect(),
            )
        )
        found = {}
        for channel_id, ago, count in self.env.cr.fetchall():
            found.setdefault(channel_id, [0] * HOURS)[HOURS - 1 - max(ago, 0)] += count
        return found

    def _channel_line(self, channel):
        """Return the worst fact that is so: ``tone``, ``text``, and the moments it speaks of."""
        states = channel.state_ids
        since = min(states.filtered("failing_since").mapped("failing_since"), default=False)
        slow = states.filtered(lambda state: state.health == "slow" and state.next_at)
        line = {"tone": "off", "text": "", "since": False, "next_at": False, "last_ok_at": False}
        if channel.state == "signed_out":
            return line | {"tone": "bad", "text": self.env._("Signed out, orders wait"), "since": _text(since)}
        if channel.state == "paused":
            return line | {"text": self.env._("Paused; what waits is kept")}
        if channel.state == "setup":
            return line | {"text": self.env._("In set-up: %s of 7 steps", channel.setup_done)}
        if channel.health == "failing":
            return line | {"tone": "bad", "text": channel.health_text or "", "since": _text(since)}
        if channel.health == "slow":
            next_at = min(slow.mapped("next_at"), default=False)
            return line | {"tone": "warn", "text": channel.health_text or "", "next_at": _text(next_at)}
        if channel.credential_text:
            return line | {"tone": "warn", "text": channel.credential_text}
        return line | {"tone": "ok", "text": self.env._("In sync"), "last_ok_at": _text(channel.last_ok_at)}

    def _channel_ways(self, channel, *, is_manager):
        """Return what can be done from the card: one primary button only where a person must act."""
        is_red = channel.state == "signed_out" or (channel.state == "live" and channel.health == "failing")
        primary = ""
        if is_red:
            primary = "sign_in" if channel.state == "signed_out" and is_manager else "problems"
        return {
            "state": channel.state,
            "primary": primary,
            "can_sync": channel.state == "live" and not is_red,
            "can_set_up": channel.state == "setup" and is_manager,
        }


def _text(moment):
    return fields.Datetime.to_string(moment) if moment else False
