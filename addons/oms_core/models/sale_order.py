from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .sale_order_oversold import SHORT

# Switches that keep a batch from writing one chatter message per record; the timeline keeps the history instead.
QUIET = {
    "tracking_disable": True,
    "mail_create_nolog": True,
    "mail_create_nosubscribe": True,
    "mail_notrack": True,
    "mail_activity_automation_skip": True,
}
ENDED_BY_CANCELLING = (
    "unmapped_sku",
    "placeholder_line",
    "cancel_requested",
    "cancelled_after_pick",
    "cancelled_after_ship",
    "stock_short",
    "oversold",
    "no_supplier",
    "address_incomplete",
    "awaiting_payment",
    "changed_after_import",
    "replaced_after_pick",
)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    oms_channel_id = fields.Many2one(
        "oms.channel", string="Channel", readonly=True, index="btree_not_null", ondelete="restrict", copy=False
    )
    oms_external_id = fields.Char(string="Channel id", readonly=True, copy=False)
    oms_external_number = fields.Char(string="Channel number", readonly=True, copy=False, index="trigram")
    oms_channel_status = fields.Selection(
        [
            ("awaiting_payment", "Awaiting payment"),
            ("to_ship", "To ship"),
            ("partly_shipped", "Partly shipped"),
            ("shipped", "Shipped"),
            ("cancelled", "Cancelled"),
            ("unfulfillable", "Cannot be fulfilled"),
        ],
        string="State on the channel",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    oms_changed_at = fields.Datetime(string="Changed on the channel", readonly=True, copy=False)
    oms_total = fields.Monetary(string="Total on the channel", readonly=True, copy=False)
    oms_has_total = fields.Boolean(readonly=True, copy=False)
    oms_total_check = fields.Selection(
        [("equal", "equal to the channel"), ("differs", "differs from the channel")], compute="_compute_oms_total_check"
    )
    oms_fulfilment = fields.Selection(
        [("own", "From our warehouses"), ("channel", "Sent by the channel"), ("elsewhere", "Sent before import")],
        string="Sent by",
        readonly=True,
        copy=False,
        default="own",
    )
    oms_marketplace = fields.Char(string="Marketplace", readonly=True, copy=False)
    oms_service_level = fields.Char(string="Service level", readonly=True, copy=False)
    oms_ship_by_at = fields.Datetime(string="Ship by", copy=False, index="btree_not_null")
    oms_deliver_by_at = fields.Datetime(string="Deliver by", copy=False)
    oms_content_digest = fields.Char(readonly=True, copy=False)
    oms_tag_ids = fields.Many2many("oms.tag", string="Order tags", copy=False)
    oms_exception_ids = fields.One2many("oms.exception", "order_id", string="Problems")
    oms_exception_count = fields.Integer(compute="_compute_oms_exception_count", string="Open problems")
    oms_hold = fields.Selection(
        [("confirm", "On hold"), ("ship", "May not leave")],
        compute="_compute_oms_hold",
        store=True,
        index="btree_not_null",
        string="Hold",
    )
    oms_hold_text = fields.Char(compute="_compute_oms_hold_text")
    oms_event_ids = fields.One2many("oms.order.event", "order_id", string="Timeline")
    oms_inbox_ids = fields.One2many("oms.inbox", "order_id", string="Documents")
    oms_outbox_ids = fields.One2many("oms.outbox", "order_id", string="Messages to the channel")

    _oms_external_unique = models.UniqueIndex(
        "(oms_channel_id, oms_external_id) WHERE oms_external_id IS NOT NULL", "This channel's order is already here."
    )

    # === COMPUTES ===

    @api.depends("oms_total", "oms_has_total", "amount_total", "oms_child_ids.amount_total", "oms_child_ids.state")
    def _compute_oms_total_check(self):
        for order in self:
            if not order.oms_has_total:
                order.oms_total_check = False
            elif order.currency_id.compare_amounts(order.oms_total, order._amount_here()) == 0:
                order.oms_total_check = "equal"
            else:
                order.oms_total_check = "differs"

    @api.depends("oms_exception_ids.state")
    def _compute_oms_exception_count(self):
        groups = self.env["oms.exception"]._read_group(
            [("order_id", "in", self.ids), ("state", "=", "open")], ["order_id"], ["__count"]
        )
        counts = {order.id: count for order, count in groups}
        for order in self:
            order.oms_exception_count = counts.get(order.id, 0)

    @api.depends("oms_exception_ids.state", "oms_exception_ids.stops")
    def _compute_oms_hold(self):
        for order in self:
            stops = order.oms_exception_ids.filtered(lambda problem: problem.state == "open").mapped("stops")
            order.oms_hold = "confirm" if "confirm" in stops else "ship" if "ship" in stops else False

    @api.depends("oms_hold")
    @api.depends_context("lang", "uid")
    def _compute_oms_hold_text(self):
        for order in self:
            problems = order.oms_exception_ids.filtered(lambda problem: problem.state == "open" and problem.stops)
            order.oms_hold_text = " ".join(problems.mapped("summary")) or False

    @property
    def _rec_names_search(self):
        """Find an order by its channel number, too."""
        return [*super()._rec_names_search, "oms_external_number"]

    # === LOOKING UP ===

    @api.model
    def _find_external(self, channel, external_ids):
        """Return ``{channel's order id: order}`` of those that are here."""
        orders = self.search([("oms_channel_id", "=", channel.id), ("oms_external_id", "in", list(external_ids))])
        return {order.oms_external_id: order for order in orders}

    # === CONFIRMING ===

    def _confirmation_error_message(self):
        if self.oms_hold == "confirm":
            return self.env._("%(order)s is on hold. %(why)s", order=self.name, why=self.oms_hold_text)
        if self._is_replaced():
            return self.env._("%s stands for it on the channel now.", self._replacements()[-1:].oms_external_number)
        if self.oms_channel_status == "awaiting_payment" and not self._may_reserve_unpaid():
            return self.env._("%s is not paid yet. It is confirmed by itself once it is.", self.name)
        return super()._confirmation_error_message()

    def _prepare_confirmation_values(self):
        values = super()._prepare_confirmation_values()
        if self.env.context.get("oms_keep_order_date"):
            values.pop("date_order", None)
        return values

    def _action_confirm(self):
        result = super()._action_confirm()
        self.env["oms.order.event"]._log((order, "confirmed", {}) for order in self)
        self._note_reservation()
        self.filtered("oms_channel_id")._note_unpaid()
        return result

    def _note_reservation(self):
        """Write down how much of each order could be reserved, and list the short ones as problems."""
        entries, short, whole = [], {}, self.browse()
        for order in self.filtered(lambda order: order.oms_fulfilment == "own"):
            asked, reserved = order._reserved_units()
            if not asked:
                continue
            words = {"qty": f"{reserved:g}", "asked": f"{asked:g}"}
            entries.append((order, "reserved", words))
            if float_compare(reserved, asked, precision_digits=3) < 0:
                short[order] = words
            else:
                whole |= order
        self.env["oms.order.event"]._log(entries)
        self.env["oms.exception"]._open_problems(self._prepare_short(short))
        whole._close_own_problems(SHORT)

    def _reserved_units(self):
        """Return ``(units asked for, units reserved or gone)`` over the first transfers of the order."""
        moves = self.order_line.move_ids.filtered(lambda move: move.state != "cancel" and not move.move_orig_ids)
        return sum(moves.mapped("product_uom_qty")), sum(moves.mapped("quantity"))

    def _close_own_problems(self, reasons):
        if not self:
            return
        problems = self.env["oms.exception"].sudo()  # sudo: the system closes what is solved
        problems.search([("order_id", "in", self.ids), ("reason", "in", reasons), ("state", "=", "open")])._close()

    def _release(self):
        """Let orders go on whose last stopping problem is gone."""
        free = self.filtered(lambda order: not order.oms_hold)
        self.env["oms.order.event"]._log((order, "released", {}) for order in free)
        free._confirm_ready()

    # === CANCELLING ===

    def _action_cancel(self):
        orders = self.filtered("oms_channel_id")
        result = super()._action_cancel()
        why = self.env.context.get("oms_cancel_why", "")
        self.env["oms.order.event"]._log((order, "cancelled", {"why": why}) for order in self)
        self._release_holds(why=self.env._("the order is cancelled"))
        orders._drop_open_changes()
        orders._close_own_problems(ENDED_BY_CANCELLING)
        orders._release_replacing()
        return result

    # === ACTIONS ===

    def action_oms_recheck(self):
        """Compare the order with the channel's document again."""
        self.check_access("write")
        self._recheck()
        return True

    def action_view_oms_exceptions(self):
        """Open the order's problems."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.oms_exception_action")
        return dict(action, domain=[("order_id", "=", self.id)], context={"search_default_open": 1})

    # === WRITING ===

    @api.ondelete(at_uninstall=False)
    def _unlink_except_from_channel(self):
        if self.filtered("oms_channel_id"):
            raise UserError(
                self.env._("An order of a channel cannot be deleted: the channel still has it. Cancel it instead.")
            )
