from odoo import fields, models


class OmsChannel(models.Model):
    """What is left to do after going live. It stays on the card until it is done or somebody says it is not wanted."""

    _inherit = "oms.channel"

    checklist = fields.Json(compute="_compute_checklist", compute_sudo=True)
    is_checklist_closed = fields.Boolean(readonly=True, copy=False)

    def _compute_checklist(self):
        for channel in self:
            is_shown = channel.state == "live" and not channel.is_checklist_closed
            rows = channel._checklist_rows() if is_shown else []
            channel.checklist = rows if any(not row["is_done"] for row in rows) else False

    def _checklist_rows(self):
        """Return dicts with ``label``, ``is_done`` and ``action``, the method that opens where it is done."""
        self.ensure_one()
        unlinked = self.unmapped_count
        listed = self.env._("Link listings: %s left", unlinked) if unlinked else self.env._("All listings linked")
        mailed = self.env._("Somebody gets a mail when it stops")
        rows = [(mailed, bool(self.alert_user_ids), "action_open_alerts")]
        if self.can_stock:
            rows.insert(0, (self.env._("Stock on the channel kept true"), self.is_stock_pushed, "action_open_stock"))
        if self.has_listings or unlinked:
            rows.insert(0, (listed, not unlinked, "action_view_unlinked"))
        if self.webhook_url:
            hinted = self.env._("Webhook address entered on the channel")
            rows.append((hinted, bool(self.last_hint_at), "action_open_webhook"))
        return [{"label": label, "is_done": is_done, "action": action} for label, is_done, action in rows]

    def action_open_stock(self):
        """Open the channel where sending stock is turned on."""
        return self._open_part("policies", "is_stock_pushed")

    def action_open_alerts(self):
        """Open the channel where it says who gets a mail when it stops."""
        return self._open_part("policies", "alert_user_ids")

    def action_open_webhook(self):
        """Open the channel where the address stands that is to be entered there."""
        return self._open_part("policies", "webhook_url")

    def action_close_checklist(self):
        """Say that what is left on the list is not wanted."""
        self.check_access("write")
        self.write({"is_checklist_closed": True})
        return True
