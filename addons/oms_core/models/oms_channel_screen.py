from datetime import datetime, time, timezone

from markupsafe import escape
from odoo import api, fields, models
from odoo.exceptions import UserError

from .oms_channel import WAITING

APPS_LINK = (
    '<a type="action" name="base.open_module_tree" class="btn btn-secondary"'
    " data-context=\"{'search_default_name': 'OMS'}\">%s</a>"
)


class OmsChannel(models.Model):
    """What the channel cards need beside the channel itself: every number on them opens the list it counts."""

    _inherit = "oms.channel"

    def _today_start(self):
        """Return when today began for the reader, as Odoo stores instants."""
        midnight = datetime.combine(fields.Date.context_today(self), time.min)
        return self.env.tz.localize(midnight).astimezone(timezone.utc).replace(tzinfo=None)

    def action_sync_entity(self, entity):
        """Look at one part of a live channel at once, whatever the clock says.

        :param entity: a value of ``oms.channel.state.entity``, as ``orders``
        :return: True when the question is queued
        :raise UserError: the caller is no clerk, the channel is not live or has no such part
        """
        self.ensure_one()
        self._ensure_clerk()
        if self.state != "live":
            raise UserError(self.env._("%s is not live.", self.name))
        if not self._state(entity) or not self._can_look_at(entity):
            raise UserError(self.env._("%s has nothing to look at there.", self.name))
        self._state(entity).next_at = False
        self._queue_entity(entity)
        return True

    @api.model
    def get_empty_list_help(self, help_message):
        """Say what to do first, as far as the reader may do it."""
        if self.env.user.has_group("base.group_system"):
            link = APPS_LINK % escape(self.env._("Look in Apps"))
            return f"{help_message}<p>{link}</p>"
        if not self.env.user.has_group("oms_core.group_oms_manager"):
            return f"{help_message}<p>{escape(self.env._('An order desk manager connects it.'))}</p>"
        return super().get_empty_list_help(help_message)

    def _open_part(self, page, field=None):
        """Return the action that opens a channel at one page of its form, and there at one field.

        :param page: the page's name in the view, as ``policies``; the field is shown and gets the cursor
        """
        self.ensure_one()
        part = {"page": page, "field": field or False}
        return self._get_records_action(context={**self.env.context, "oms_part": part})

    def action_view_orders_today(self):
        """Open the orders that came in today."""
        domain = [("oms_channel_id", "in", self.ids), ("create_date", ">=", self._today_start())]
        return self._open("oms_core.sale_order_action_oms", domain)

    def action_view_unlinked(self):
        """Open the listings that stand for no product yet."""
        return self._open("oms_core.oms_listing_action", [("channel_id", "in", self.ids), ("product_id", "=", False)])

    def action_view_stale(self):
        """Open the listings whose quantity waits to be sent."""
        return self._open("oms_core.oms_listing_action", [("channel_id", "in", self.ids), ("is_stale", "=", True)])

    def action_view_unsent(self):
        """Open the messages that wait to be sent."""
        domain = [("channel_id", "in", self.ids), ("state", "in", WAITING)]
        return self._open("oms_core.oms_outbox_action", domain)

    def action_view_returns(self):
        """Open the returns the channel told us of."""
        return self._open("oms_core.oms_return_action", [("channel_id", "in", self.ids)])

    def action_view_unread(self):
        """Open the documents that wait to be read."""
        return self._open("oms_core.oms_inbox_action", [("channel_id", "in", self.ids), ("state", "=", "new")])

    def action_view_unreadable(self):
        """Open the documents that could not be read."""
        return self._open("oms_core.oms_inbox_action", [("channel_id", "in", self.ids), ("state", "=", "quarantined")])
