from datetime import UTC, datetime, time

from odoo import fields, models


class OmsChannel(models.Model):
    """What the channel cards need beside the channel itself: every number on them opens the list it counts."""

    _inherit = "oms.channel"

    def _today_start(self):
        """Return when today began for the reader, as Odoo stores instants."""
        midnight = datetime.combine(fields.Date.context_today(self), time.min)
        return self.env.tz.localize(midnight).astimezone(UTC).replace(tzinfo=None)

    def action_view_orders_today(self):
        """Open the orders that came in today."""
        domain = [("oms_channel_id", "in", self.ids), ("create_date", ">=", self._today_start())]
        return self._open("oms_core.sale_order_action_oms", domain)

    def action_view_unlinked(self):
        """Open the listings that stand for no product yet."""
        return self._open("oms_core.oms_listing_action", [("channel_id", "in", self.ids), ("product_id", "=", False)])
