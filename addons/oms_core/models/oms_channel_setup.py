from odoo import api, fields, models
from odoo.exceptions import UserError

STEPS = [
    ("account", "Account"),
    ("credentials", "Credentials"),
    ("place", "Company and warehouses"),
    ("mapping", "Taxes, delivery, payment"),
    ("listings", "Listings"),
    ("policies", "Policies"),
    ("preview", "Preview and go live"),
]


class OmsChannelPermission(models.Model):
    """One line of the last connection test: what the account may do, and what that is good for."""

    _name = "oms.channel.permission"
    _description = "Channel permission"
    _order = "channel_id, sequence, id"

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    sequence = fields.Integer()
    name = fields.Char(required=True, readonly=True)
    state = fields.Selection(
        [("granted", "Yes"), ("missing", "Missing"), ("unknown", "Not said")], required=True, readonly=True
    )
    detail = fields.Char(readonly=True)


class OmsChannel(models.Model):
    """Setting a channel up, step by step. Where somebody stopped, the next one goes on: the channel remembers."""

    _inherit = "oms.channel"

    setup_step = fields.Selection(STEPS, default="account", required=True, copy=False, string="Step")
    setup_notes = fields.Json(compute="_compute_setup_notes")
    setup_done = fields.Integer(compute="_compute_setup_done", string="Steps done")
    permission_ids = fields.One2many("oms.channel.permission", "channel_id", string="What the account may do")
    listing_count = fields.Integer(compute="_compute_listing_counts", string="Listings")
    linked_percent = fields.Integer(compute="_compute_listing_counts", string="Linked (%)")
    listings_asked_at = fields.Datetime(readonly=True, copy=False)
    is_reading_listings = fields.Boolean(compute="_compute_is_reading_listings")
    has_listings = fields.Boolean(compute="_compute_is_reading_listings", string="Tells what it offers")
    missing_count = fields.Integer(compute="_compute_missing_count", string="Permissions missing")
    unlinked_ids = fields.One2many(
        "oms.listing", "channel_id", string="Not linked", domain=[("product_id", "=", False)], readonly=True
    )

    @api.depends("listings_asked_at", "state_ids.last_ok_at", "state_ids.page", "state_ids.message")
    def _compute_is_reading_listings(self):
        for channel in self:
            state = channel._state("listings")
            asked, done = channel.listings_asked_at, state.last_ok_at
            channel.has_listings = bool(state)
            is_done = bool(done) and bool(asked) and done >= asked and not state.page
            channel.is_reading_listings = bool(asked and state) and not is_done and not state.message

    @api.depends("permission_ids.state")
    def _compute_missing_count(self):
        for channel in self:
            channel.missing_count = len(channel.permission_ids.filtered(lambda row: row.state == "missing"))

    def _compute_listing_counts(self):
        every = self._count_by_channel("oms.listing", [])
        linked = self._count_by_channel("oms.listing", [("product_id", "!=", False)])
        for channel in self:
            channel.listing_count = every.get(channel.id, 0)
            share = linked.get(channel.id, 0) / channel.listing_count if channel.listing_count else 0.0
            channel.linked_percent = int(100 * share)

    def _compute_setup_notes(self):
        kinds = dict(self._fields["channel_type"]._description_selection(self.env))
        for channel in self:
            granted = len(channel.permission_ids.filtered(lambda row: row.state == "granted"))
            missing = channel.missing_count
            linked = channel.listing_count - channel.unmapped_count
            channel.setup_notes = {
                "account": kinds.get(channel.channel_type, ""),
                "credentials": self.env._("%(granted)s allowed, %(missing)s missing", granted=granted, missing=missing),
                "place": ", ".join(channel.warehouse_ids.mapped("name")),
                "mapping": self.env._(
                    "taxes: %(taxes)s, services: %(services)s",
                    taxes=len(channel.tax_ids),
                    services=len(channel.delivery_ids),
                ),
                "listings": self.env._("%(linked)s of %(all)s linked", linked=linked, all=channel.listing_count),
                "policies": self.env._("Stock is sent") if channel.is_stock_pushed else self.env._("Stock is not sent"),
            }

    @api.depends("setup_step")
    def _compute_setup_done(self):
        names = [name for name, _label in STEPS]
        for channel in self:
            channel.setup_done = names.index(channel.setup_step) if channel.state == "setup" else len(names)

    @api.model
    def _get_view(self, view_id=None, view_type="form", **options):
        """Ask for a plugin's credentials on the step they are entered on, not before."""
        arch, view = super()._get_view(view_id, view_type, **options)
        if view_type == "form":
            for node in arch.xpath("//group[@name='credentials']//field[@required][not(ancestor::list)]"):
                asked = f"({node.get('required')}) and (state != 'setup' or setup_step == 'credentials')"
                node.set("required", asked)
        return arch, view

    @api.onchange("channel_type")
    def _onchange_channel_type(self):
        """Name a new channel after its kind until somebody names it better."""
        labels = dict(self._fields["channel_type"]._description_selection(self.env))
        if self.channel_type and (not self.name or self.name in labels.values()):
            self.name = labels[self.channel_type]

    def action_setup_next(self):
        """Go on to the next step, once this one is complete."""
        self.ensure_one()
        self.check_access("write")
        self._ensure_step_complete()
        names = [name for name, _label in STEPS]
        place = names.index(self.setup_step)
        if place + 1 < len(names):
            self.setup_step = names[place + 1]
            self._begin_step()
        return True

    def action_setup_back(self):
        """Go back one step; nothing that was entered is lost."""
        self.ensure_one()
        self.check_access("write")
        names = [name for name, _label in STEPS]
        self.setup_step = names[max(names.index(self.setup_step) - 1, 0)]
        return True

    def _ensure_step_complete(self):
        """Refuse to leave a step that lacks something, and say what."""
        if self.setup_step == "credentials" and self.check_state != "ok":
            raise UserError(self.env._("Test the connection first. It must work before you go on."))
        if self.setup_step == "place" and not self.warehouse_ids:
            raise UserError(self.env._("Choose the warehouse whose stock this channel sells."))

    def _begin_step(self):
        """Start what takes a while, so that it is there when somebody looks."""
        if self.setup_step == "mapping":
            self.action_fetch_sample()
        elif self.setup_step == "listings" and self._state("listings"):
            self.action_read_listings()
        elif self.setup_step == "preview":
            self.action_fetch_sample()

    def action_read_listings(self):
        """Ask the channel what it offers, also before going live: reading changes nothing there."""
        self.check_access("write")
        for channel in self:
            channel._ensure_states()
            if not channel.has_listings:
                raise UserError(self.env._("This channel does not tell what it offers. Its orders name each SKU."))
            channel.listings_asked_at = fields.Datetime.now()
            channel._state("listings").message = False
            channel._oms_enqueue(
                "_job_fetch_listings",
                identity_key=f"oms-listings-{channel.id}",
                priority=3,
                description=self.env._("Read the listings of %s", channel.name),
            )
        return self._notify(self.env._("Reading. The listings appear here in a moment."), "info")

    def action_link_sure(self):
        """Link every listing whose SKU or barcode is that of exactly one product."""
        self.ensure_one()
        return self.env["oms.listing"].search([("channel_id", "=", self.id), ("product_id", "=", False)])._link_sure()

    def _ensure_can_go_live(self):
        """Refuse to go live where nothing the channel sends can be read; held orders are no reason."""
        self.ensure_one()
        rows = self.preview or []
        if self.state == "setup" and rows and all(row["state"] == "unreadable" for row in rows):
            raise UserError(
                self.env._(
                    "None of the last orders can be read, so none would come in. See why below, then read again."
                )
            )

    def _note_permissions(self, info):
        """Keep what a connection test said."""
        states = {True: "granted", False: "missing", None: "unknown"}
        self.permission_ids.unlink()
        self.env["oms.channel.permission"].create(
            [
                {
                    "channel_id": self.id,
                    "sequence": place,
                    "name": permission.name,
                    "state": states[permission.is_granted],
                    "detail": permission.detail,
                }
                for place, permission in enumerate(info.permissions)
            ]
        )
