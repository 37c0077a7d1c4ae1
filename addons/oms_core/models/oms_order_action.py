from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from .oms_hold import ENDS
from .oms_hold import KINDS as HOLD_KINDS

KINDS = [
    ("tag", "Change tags"),
    ("hold", "Put on hold"),
    ("release", "Release holds"),
    ("confirm", "Confirm"),
    ("cancel", "Cancel"),
    ("recheck", "Look again at problems"),
]
SLICE = 200
KEPT_DAYS = 30
# What takes back a deed, as far as it was done.
UNDONE_BY = {"tag": "tag", "hold": "release"}


class OmsOrderAction(models.Model):
    """One thing done to many orders, with an answer for each: done, skipped or failed, and why.

    A few orders are done at once; many are done by a job, slice by slice, and whoever asked may close the window.
    """

    _name = "oms.order.action"
    _description = "Action on orders"
    _inherit = ["oms.job.mixin"]
    _order = "id desc"
    _rec_name = "kind"

    kind = fields.Selection(KINDS, required=True, default="tag")
    state = fields.Selection(
        [("asked", "Not begun"), ("running", "Running"), ("done", "Done")],
        default="asked",
        required=True,
        readonly=True,
    )
    user_id = fields.Many2one("res.users", required=True, readonly=True, default=lambda self: self.env.user)
    company_id = fields.Many2one("res.company", required=True, readonly=True, default=lambda self: self.env.company)
    # Ten thousand ids travel as one value; as records the window would load each of them.
    asked_ids = fields.Json(string="Orders", default=lambda self: self._selected())
    order_count = fields.Integer(compute="_compute_order_count")
    add_ids = fields.Many2many("oms.tag", "oms_order_action_add_rel", string="Put on")
    remove_ids = fields.Many2many("oms.tag", "oms_order_action_remove_rel", string="Take off")
    reason = fields.Selection(HOLD_KINDS, default="other")
    note = fields.Char(string="Why")
    keeps_stock = fields.Boolean(string="Keep the stock reserved", default=True)
    ends_on = fields.Selection(ENDS, string="Ends", default="person")
    ends_at = fields.Datetime(string="Until")
    row_ids = fields.One2many("oms.order.action.row", "action_id", string="Orders looked at", readonly=True)
    left_row_ids = fields.One2many(
        "oms.order.action.row",
        "action_id",
        string="Left as they were",
        domain=[("outcome", "!=", "done")],
        readonly=True,
    )
    done_count = fields.Integer(compute="_compute_counts", string="Done")
    skipped_count = fields.Integer(compute="_compute_counts", string="Skipped")
    failed_count = fields.Integer(compute="_compute_counts", string="Failed")
    todo_count = fields.Integer(compute="_compute_counts", string="Still to do")
    undo_of_id = fields.Many2one("oms.order.action", string="Takes back", readonly=True)
    undone_by_ids = fields.One2many("oms.order.action", "undo_of_id")
    can_undo = fields.Boolean(compute="_compute_can_undo")

    def _selected(self):
        return self.env.context.get("active_ids") if self.env.context.get("active_model") == "sale.order" else []

    @api.depends("asked_ids")
    def _compute_order_count(self):
        for action in self:
            action.order_count = len(action.asked_ids or ())

    @api.constrains("asked_ids")
    def _check_asked_ids(self):
        for action in self:
            ids = action.asked_ids or []
            is_list = isinstance(ids, list) and all(type(item) is int and item > 0 for item in ids)
            if not is_list or len(set(ids)) != len(ids):
                raise ValidationError(self.env._("Orders are given as a list of their ids, each once."))

    @api.depends("row_ids.outcome", "asked_ids")
    def _compute_counts(self):
        groups = self.env["oms.order.action.row"]._read_group(
            [("action_id", "in", self.ids)], ["action_id", "outcome"], ["__count"]
        )
        counts = {(action.id, outcome): count for action, outcome, count in groups}
        for action in self:
            done, skipped, failed = (counts.get((action.id, name), 0) for name in ("done", "skipped", "failed"))
            action.done_count, action.skipped_count, action.failed_count = done, skipped, failed
            action.todo_count = action.order_count - done - skipped - failed

    @api.depends("kind", "state", "undone_by_ids", "row_ids.outcome")
    def _compute_can_undo(self):
        for action in self:
            is_over = action.state == "done" and action.kind in UNDONE_BY
            action.can_undo = is_over and not action.undone_by_ids and bool(action.done_count)

    # === DOING ===

    def action_apply(self):
        """Do it to the orders: a slice at once, more of them by a job.

        :raise UserError: what is to be done is not said
        """
        self.ensure_one()
        if self.state != "asked":
            raise UserError(self.env._("This was asked for already. Its table shows how far it is."))
        self._ensure_complete()
        self.state = "running"
        if self.order_count > SLICE:
            self._queue_slice()
        else:
            self._apply_slice()
        return self._after_apply()

    def _after_apply(self):
        if self.order_count == 1 and self.row_ids.outcome == "done":
            return {"type": "ir.actions.act_window_close"}
        return self._get_records_action(target="new", name=dict(self._fields["kind"].selection)[self.kind])

    def _ensure_complete(self):
        if not self.asked_ids:
            raise UserError(self.env._("Choose the orders first."))
        if self.kind == "tag" and not (self.add_ids or self.remove_ids):
            raise UserError(self.env._("Choose a tag to put on or to take off."))
        if self.kind == "hold" and self.ends_on == "date" and not self.ends_at:
            raise UserError(self.env._("Say until when the orders are held."))
        if self.kind == "cancel" and not (self.note or "").strip():
            raise UserError(self.env._("Write why they are cancelled; it stays on the timeline."))

    def _queue_slice(self):
        self._oms_enqueue(
            "_job_slice",
            identity_key=f"oms-order-action-{self.id}-{self.todo_count}",
            priority=4,
            description=self.env._("%(count)s orders: %(kind)s", count=self.todo_count, kind=self.kind),
        )

    def _job_slice(self):
        """Do the next slice with the rights of whoever asked, and queue the one after it."""
        action = self.exists()
        if action.state != "running":
            return
        company = action.company_id
        mine = action.with_user(action.user_id).with_company(company).with_context(allowed_company_ids=company.ids)
        mine._apply_slice()
        if action.state == "running":
            action._queue_slice()

    def _apply_slice(self):
        """Do a slice of what is left, and note what became of each order."""
        # Rows are written in the order of the ids, so their number says where to go on.
        left = self.asked_ids[self.env["oms.order.action.row"].search_count([("action_id", "=", self.id)]) :]
        orders = self.env["sale.order"].browse(left[:SLICE])
        there = orders.exists()
        rows = self._attempt(there) if there else []
        gone = {"name": "", "is_done": False, "failed": True, "why": self.env._("It is not there any more.")}
        rows += [gone | {"id": order.id} for order in orders - there]
        self.env["oms.order.action.row"].sudo().create(  # sudo: answers are not written by hand
            [self._prepare_row(row, there) for row in rows]
        )
        if len(left) <= SLICE:
            self.sudo().state = "done"  # sudo: as above

    def _prepare_row(self, row, there):
        return {
            "action_id": self.id,
            "asked_id": row["id"],
            "order_id": row["id"] if row["id"] in there.ids else False,
            "outcome": _outcome(row),
            "why": row["why"],
        }

    def _attempt(self, orders):
        """Return the answer for each order. What fails for all of them is tried one by one: one spoils no other."""
        try:
            with self.env.cr.savepoint():
                return self._call(orders)
        except (UserError, AccessError) as error:
            if len(orders) > 1:
                return [row for order in orders for row in self._attempt(order)]
            return [{"id": orders.id, "name": orders.sudo().name, "is_done": False, "failed": True, "why": str(error)}]

    def _call(self, orders):
        calls = {
            "tag": lambda: orders.oms_change_tags(self.add_ids.ids, self.remove_ids.ids),
            "hold": lambda: orders.oms_put_on_hold(
                self.reason, self.note or "", keeps_stock=self.keeps_stock, ends_on=self.ends_on, ends_at=self.ends_at
            ),
            "release": lambda: orders.oms_release_hold(self.note or "", [self.reason] if self.undo_of_id else ()),
            "confirm": orders.oms_confirm,
            "cancel": lambda: orders.oms_cancel(self.note or ""),
            "recheck": orders.oms_recheck,
        }
        return calls[self.kind]()

    # === TAKING BACK ===

    def action_undo(self):
        """Take back what was done, for the orders it was done to."""
        self.ensure_one()
        if not self.can_undo:
            raise UserError(self.env._("This cannot be taken back, or was already."))
        orders = self.row_ids.filtered(lambda row: row.outcome == "done").order_id
        undo = self.create(
            {
                "kind": UNDONE_BY[self.kind],
                "asked_ids": orders.ids,
                "add_ids": [(6, 0, self.remove_ids.ids)],
                "remove_ids": [(6, 0, self.add_ids.ids)],
                "reason": self.reason,
                "note": self.env._("taken back"),
                "undo_of_id": self.id,
            }
        )
        return undo.action_apply()

    def write(self, vals):
        """Keep what was asked for once it has begun."""
        if not self.env.su and any(action.state != "asked" for action in self) and set(vals) - {"state"}:
            raise UserError(self.env._("It has begun; ask for it anew to change it."))
        return super().write(vals)

    @api.autovacuum
    def _gc_actions(self):
        """Forget answers nobody looks at any more."""
        limit = fields.Datetime.now() - timedelta(days=KEPT_DAYS)
        self.sudo().search([("create_date", "<", limit), ("state", "!=", "running")]).unlink()  # sudo: of all users


class OmsOrderActionRow(models.Model):
    """What became of one order."""

    _name = "oms.order.action.row"
    _description = "Answer for one order"
    _order = "outcome desc, id"

    action_id = fields.Many2one("oms.order.action", required=True, readonly=True, ondelete="cascade", index=True)
    asked_id = fields.Integer(required=True, readonly=True)
    order_id = fields.Many2one("sale.order", readonly=True, ondelete="set null")
    outcome = fields.Selection(
        [("done", "Done"), ("skipped", "Skipped"), ("failed", "Failed")], required=True, readonly=True
    )
    why = fields.Char(readonly=True)

    _asked_unique = models.UniqueIndex("(action_id, asked_id)", "This order has its answer already.")


def _outcome(row):
    if row["is_done"]:
        return "done"
    return "failed" if row.get("failed") else "skipped"
