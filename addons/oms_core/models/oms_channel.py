from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

WAITING = ("new", "sent", "submitted", "retry")  # states of messages that are not settled
# What is synchronised on its own, and the capabilities of which one is enough for it.
ENTITIES = {
    "orders": {"orders"},
    "shipments": {"orders"},
    "cancellations": {"cancel", "cancellations"},
    "refunds": {"refund", "refunds"},
    "returns": {"returns"},
    "listings": {"listings"},
    "stock": {"stock", "bulk"},
    "held": {"held"},
}


class OmsChannel(models.Model):
    """One account on one sales channel: where orders come from and where stock and shipments are told.

    A plugin adds its ``channel_type`` and overrides the hooks below, each guarded by
    ``if self.channel_type != "…": return super()…``.
    """

    _name = "oms.channel"
    _description = "Sales channel"
    _inherit = ["mail.thread", "oms.job.mixin", "oms.secret.mixin"]
    _order = "sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, tracking=True)
    channel_type = fields.Selection(
        [], required=True, string="Kind", help="Install a channel from Apps to see it here."
    )
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    state = fields.Selection(
        [("setup", "In set-up"), ("live", "Live"), ("paused", "Paused"), ("signed_out", "Signed out")],
        default="setup",
        required=True,
        copy=False,
        tracking=True,
        index=True,
    )
    company_id = fields.Many2one("res.company", required=True, default=lambda self: self.env.company, index=True)
    warehouse_ids = fields.Many2many(
        "stock.warehouse",
        string="Sells from",
        check_company=True,
        help="Stock of these warehouses is offered on the channel. The first one sends its orders.",
    )
    team_id = fields.Many2one("crm.team", string="Sales team", check_company=True)
    endpoint_ids = fields.One2many("oms.channel.endpoint", "channel_id", string="Addresses", copy=True)
    state_ids = fields.One2many("oms.channel.state", "channel_id", string="Synchronisation")
    listing_ids = fields.One2many("oms.listing", "channel_id")
    tax_ids = fields.One2many("oms.channel.tax", "channel_id", string="Taxes", copy=True)
    import_from = fields.Datetime(
        string="Import orders from",
        required=True,
        default=lambda self: fields.Datetime.now() - timedelta(days=1),
        help="Orders the channel last changed before this moment are left alone.",
    )
    poll_minutes = fields.Integer(string="Look for orders every (minutes)", default=5, required=True)
    is_stock_pushed = fields.Boolean(
        string="Keep stock on the channel true", help="Off: quantities on the channel are never touched."
    )
    is_shipment_pushed = fields.Boolean(string="Tell the channel about parcels", default=True)
    stock_buffer = fields.Integer(help="Units held back: the channel shows free stock less these, never below zero.")
    tolerance_steps = fields.Integer(
        string="Rounding allowed (cents)",
        default=5,
        help="A difference between the channel's total and ours up to this many of the currency's smallest unit"
        " becomes a rounding line."
        " A larger one holds the order.",
    )
    order_count = fields.Integer(compute="_compute_counts", compute_sudo=False)
    order_today_count = fields.Integer(compute="_compute_counts", string="Orders today")
    exception_count = fields.Integer(compute="_compute_counts", string="Problems")
    unmapped_count = fields.Integer(compute="_compute_counts", string="Listings not linked")
    outbox_count = fields.Integer(compute="_compute_counts", string="Waiting to be sent")
    quarantine_count = fields.Integer(compute="_compute_counts", string="Documents that could not be read")
    next_sync_at = fields.Datetime(compute="_compute_sync", string="Next look")
    last_ok_at = fields.Datetime(compute="_compute_sync", string="Last success")
    health = fields.Selection(
        [("off", "Off"), ("ok", "In sync"), ("slow", "Slow"), ("failing", "Needs you")], compute="_compute_sync"
    )
    health_text = fields.Char(compute="_compute_sync")

    _name_unique = models.UniqueIndex("(company_id, name)", "Two channels of one company cannot have the same name.")
    _poll_positive = models.Constraint(
        "CHECK(poll_minutes > 0)", "The time between two looks must be at least one minute."
    )
    _tolerance_positive = models.Constraint("CHECK(tolerance_steps >= 0)", "The rounding allowed cannot be negative.")

    # === HOOKS: each plugin overrides these for its own channel_type ===

    def _adapter_class(self):
        """Hook to return the ``ChannelAdapter`` subclass of this channel."""
        raise UserError(self.env._("The addon of channel “%s” is not installed.", self.display_name))

    def _adapter_settings(self):
        """Hook to return the plain settings its adapter needs, JSON-able."""
        return {}

    def _secret_names(self):
        """Hook to return the names of the secrets its adapter needs."""
        return ()

    def _default_endpoints(self):
        """Hook to return ``{API family: base URL}`` for the account as it is set up now."""
        return {}

    def _shipment_carrier(self, picking):
        """Hook to return ``(carrier code, carrier name or None)`` as the channel wants them for a transfer.

        :raise odoo.addons.oms_core.lib.errors.Unmapped: when nothing fits
        """
        return picking.carrier_id.name, None

    def _shipment_origin(self, picking):
        """Hook to return the channel's name for the place a transfer leaves from, ``None`` where it does not ask."""
        return None

    def _stock_places(self):
        """Hook to return ``{warehouse id: the channel's name for it}`` where the channel keeps stock by place."""
        return {}

    def _webhook_secrets(self):
        """Hook to return what ``parse_webhook`` needs to believe a request, ``{name: text}``; nothing: believe none."""
        return {}

    def _credential_ends(self):
        """Hook to return ``[(what ends, in words, datetime it ends)]`` for credentials that end by themselves."""
        return []

    # === COMPUTES ===

    def _compute_counts(self):
        today = self._today_start()
        orders = self._count_by_channel("sale.order", [], "oms_channel_id")
        fresh = self._count_by_channel("sale.order", [("create_date", ">=", today)], "oms_channel_id")
        problems = self._count_by_channel("oms.exception", [("state", "=", "open")])
        unmapped = self._count_by_channel("oms.listing", [("product_id", "=", False)])
        waiting = self._count_by_channel("oms.outbox", [("state", "in", WAITING)])
        unread = self._count_by_channel("oms.inbox", [("state", "=", "quarantined")])
        for channel in self:
            channel.order_count = orders.get(channel.id, 0)
            channel.order_today_count = fresh.get(channel.id, 0)
            channel.exception_count = problems.get(channel.id, 0)
            channel.unmapped_count = unmapped.get(channel.id, 0)
            channel.outbox_count = waiting.get(channel.id, 0)
            channel.quarantine_count = unread.get(channel.id, 0)

    def _count_by_channel(self, model, domain, field="channel_id"):
        groups = self.env[model]._read_group([(field, "in", self.ids), *domain], [field], ["__count"])
        return {channel.id: count for channel, count in groups}

    @api.depends("state", "state_ids.health", "state_ids.next_at", "state_ids.last_ok_at", "state_ids.message")
    def _compute_sync(self):
        rank = {"failing": 0, "slow": 1, "ok": 2, "off": 3}
        for channel in self:
            states = channel.state_ids.sorted(lambda state: rank[state.health])
            worst = states[:1]
            orders = states.filtered(lambda state: state.entity == "orders")
            channel.next_sync_at = orders.next_at if channel.state == "live" else False
            channel.last_ok_at = max(states.filtered("last_ok_at").mapped("last_ok_at"), default=False)
            if channel.state == "signed_out":
                channel.health, channel.health_text = "failing", worst.message
            elif channel.state != "live":
                channel.health, channel.health_text = "off", False
            else:
                channel.health, channel.health_text = worst.health or "ok", worst.message

    # === CRUD ===

    @api.model_create_multi
    def create(self, vals_list):
        channels = super().create(vals_list)
        for channel in channels:
            channel._ensure_endpoints()
            channel._ensure_states()
        return channels

    def _ensure_endpoints(self):
        """Give every API family of the plugin an address, keeping those a person set."""
        self.ensure_one()
        known = set(self.endpoint_ids.mapped("family"))
        self.env["oms.channel.endpoint"].create(
            [
                {"channel_id": self.id, "family": family, "url": url}
                for family, url in self._default_endpoints().items()
                if family not in known
            ]
        )

    def _ensure_states(self):
        """Give every entity the plugin can synchronise a row of its own."""
        self.ensure_one()
        known = set(self.state_ids.mapped("entity"))
        entities = self._sync_entities()
        self.env["oms.channel.state"].sudo().create(  # sudo: clerks read these rows, only the system writes them
            [{"channel_id": self.id, "entity": entity} for entity in entities if entity not in known]
        )

    def _sync_entities(self):
        """Return what this channel can synchronise, as values of ``oms.channel.state.entity``."""
        offered = {capability.value for capability in self._adapter_class().capabilities}
        return [entity for entity, needed in ENTITIES.items() if not offered.isdisjoint(needed)]

    def _state(self, entity):
        """Return the synchronisation row of ``entity``."""
        self.ensure_one()
        return self.state_ids.filtered(lambda state: state.entity == entity).sudo()  # sudo: system bookkeeping

    def _ships_from(self):
        """Return the warehouse that sends this channel's orders until routing decides otherwise."""
        self.ensure_one()
        if self.warehouse_ids:
            return self.warehouse_ids.sorted(lambda warehouse: (warehouse.sequence, warehouse.id))[0]
        return self.env["stock.warehouse"].search([("company_id", "=", self.company_id.id)], limit=1)

    # === ACTIONS ===

    def action_go_live(self):
        """Start importing and sending. Nothing is sent before this."""
        self.check_access("write")
        for channel in self:
            channel._ensure_can_go_live()
            channel._ensure_endpoints()
            channel._ensure_states()
        self.write({"state": "live"})
        self._poll_now()
        return True

    def action_pause(self):
        """Stop talking to the channel. What waits to be sent is kept."""
        self.check_access("write")
        self.write({"state": "paused"})
        return True

    def action_sync_now(self):
        """Look for orders and send stock at once, whatever the clock says."""
        self._ensure_clerk()
        closed = self.filtered(lambda channel: channel.state != "live")
        if closed:
            raise UserError(
                self.env._("%s is not live. Test the connection and go live first.", ", ".join(closed.mapped("name")))
            )
        self._poll_now()
        return self._notify(self.env._("Queued. New orders appear here in a few seconds."))

    def _ensure_clerk(self):
        """Refuse whoever may read a channel's name but not work with it."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group("oms_core.group_oms_clerk")):
            raise UserError(self.env._("Ask an order desk clerk to synchronise the channel."))

    def _notify(self, message, kind="success"):
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {"message": message, "type": kind, "next": {"type": "ir.actions.client", "tag": "soft_reload"}},
        }

    def action_view_orders(self):
        """Open this channel's orders."""
        return self._open("oms_core.sale_order_action_oms", [("oms_channel_id", "in", self.ids)])

    def action_view_exceptions(self):
        """Open this channel's problems."""
        return self._open("oms_core.oms_exception_action", [("channel_id", "in", self.ids)])

    def action_view_listings(self):
        """Open this channel's listings."""
        return self._open("oms_core.oms_listing_action", [("channel_id", "in", self.ids)])

    def action_view_inbox(self):
        """Open what came in from this channel."""
        return self._open("oms_core.oms_inbox_action", [("channel_id", "in", self.ids)])

    def action_view_outbox(self):
        """Open what goes out to this channel."""
        return self._open("oms_core.oms_outbox_action", [("channel_id", "in", self.ids)])

    def _open(self, xmlid, domain):
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        return dict(action, domain=domain, context={"search_default_open": 1})
