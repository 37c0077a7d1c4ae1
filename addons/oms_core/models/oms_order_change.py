from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import changing
from .change_texts import ADVICE, CHANGE_TEXTS, IMPERSONAL, LABELS
from .problem_texts import Words
from .sale_order import QUIET

KINDS = [
    ("line_added", "Line added"),
    ("quantity_up", "More of a line"),
    ("quantity_down", "Less of a line"),
    ("line_cancelled", "Line cancelled"),
    ("product", "Another article"),
    ("amount", "Price"),
    ("charge", "Charge"),
    ("tax", "Tax"),
    ("total", "Total"),
    ("address", "Address"),
    ("delivery", "Delivery"),
    ("gift", "Gift note"),
    ("currency", "Currency"),
]


class OmsOrderChange(models.Model):
    """What a channel changed on an order and a person must decide, line by line.

    The decision is carried out once every line has one: what makes up a total is written together.
    """

    _name = "oms.order.change"
    _description = "Change on the channel"
    _order = "id desc"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    channel_id = fields.Many2one(related="order_id.oms_channel_id", store=True, index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    inbox_id = fields.Many2one("oms.inbox", string="Document", readonly=True, ondelete="set null")
    seen_at = fields.Datetime(required=True, readonly=True, default=fields.Datetime.now)
    state = fields.Selection(
        [("open", "To decide"), ("applied", "Taken over"), ("refused", "Refused"), ("superseded", "Overtaken")],
        default="open",
        required=True,
        readonly=True,
        index=True,
    )
    line_ids = fields.One2many("oms.order.change.line", "change_id", readonly=True)

    _open_unique = models.UniqueIndex("(order_id) WHERE state = 'open'", "An order has one open change at a time.")

    @api.depends("order_id", "seen_at")
    def _compute_display_name(self):
        for change in self:
            change.display_name = self.env._("Change of %s", change.order_id.name or "")

    @api.model
    def _ask(self, order, document, changes):
        """Put changes before a person; a newer document takes the place of an open question.

        :param document: the ``oms.inbox`` row they came in
        :param changes: all of them, those that were taken over already, too
        """
        rows = self.sudo()  # sudo: only the system and a clerk's decision write changes
        known = rows.search([("order_id", "=", order.id), ("state", "=", "open")])
        vals_list = [self.env["oms.order.change.line"]._prepare_vals(change) for change in changes]
        if known and known._says(vals_list):
            known.write({"seen_at": fields.Datetime.now(), "inbox_id": document.id})
        else:
            known.state = "superseded"
            known.flush_recordset()  # before the next one is open, or the index refuses it
            known = rows.create(
                {"order_id": order.id, "inbox_id": document.id, "line_ids": [(0, 0, vals) for vals in vals_list]}
            )
        asked = known.line_ids.filtered(lambda line: line.decision == "open")
        what = "; ".join(line._sentence(line._as_change(), is_impersonal=True) for line in asked)
        waiting = order._orders_of(asked)
        (order.oms_child_ids - waiting)._close_own_problems(["changed_after_import"])
        entry = {"reason": "changed_after_import", "cause": order.oms_external_id, "params": {"what": what}}
        self.env["oms.exception"]._open_problems(entry | {"order_id": each.id} for each in waiting)
        return known

    def _says(self, vals_list):
        """Whether this change asks the same already; what was decided on the way stays decided then."""
        names = ("kind", "key", "old", "new")
        mine = [[line[name] or False for name in names] for line in self.line_ids if line.decision != "taken"]
        theirs = [[vals[name] or False for name in names] for vals in vals_list if vals["decision"] != "taken"]
        return sorted(map(str, mine)) == sorted(map(str, theirs))

    # === DECIDING ===

    def action_accept_all(self):
        """Accept every line that can be accepted and has no decision yet."""
        self._ensure_open()
        self.line_ids.filtered(lambda line: line.decision == "open" and line.kind != "currency").action_accept()
        return True

    def action_refuse_all(self):
        """Leave the order as it is here."""
        self._ensure_open()
        self.line_ids.filtered(lambda line: line.decision == "open").action_refuse()
        return True

    def _ensure_open(self):
        """Refuse whoever may not decide, and what is decided or overtaken."""
        self.env["oms.exception"]._ensure_clerk()
        self.order_id.check_access("write")
        if self.filtered(lambda change: change.state != "open"):
            raise UserError(self.env._("This was decided or overtaken by a newer change. Reload the page."))

    def _conclude(self):
        """Carry out the decision once every line has one."""
        for change in self:
            if any(line.decision == "open" for line in change.line_ids):
                continue
            accepted = change.line_ids.filtered(lambda line: line.decision == "accepted")
            refused = change.line_ids.filtered(lambda line: line.decision == "refused")
            data = change._document()
            changes = [line._as_change() for line in accepted]
            if changes and data is None:
                raise UserError(
                    self.env._("The channel's document is gone. Correct the order by hand, then refuse the change.")
                )
            order = change.order_id.sudo()  # sudo: a clerk decides, the system writes order, stock and customer
            order = order.with_company(order.company_id).with_context(**QUIET)
            if data is not None and data.currency and data.currency != order.currency_id.name:
                change._ensure_no_money(changes, data.currency)
            change.sudo().state = "applied" if accepted else "refused"  # sudo: as above
            if changes:
                order._apply_changes(data, changes)
            if data is not None:
                order._accept_document(data, change.inbox_id)
            order._log_changes("change_applied", changes)
            order._log_changes("change_refused", [row._as_change() for row in refused])
            (order | order.oms_child_ids)._close_own_problems(["changed_after_import"])
            order._confirm_ready()

    def _ensure_no_money(self, changes, currency):
        if any(change.kind in changing.MONEY for change in changes):
            raise UserError(
                self.env._("Its amounts are in %s now, and an order cannot change its currency. Refuse them.", currency)
            )

    def _document(self):
        """Return the channel's document, completed by what it said before; ``None`` when its body is gone."""
        self.ensure_one()
        body = self.inbox_id.sudo()._body() if self.inbox_id else b""  # sudo: body is hidden
        if not body:
            return None
        order = self.order_id.sudo()  # sudo: as above
        data = order.oms_channel_id._adapter_class().parse_order(body)
        return changing.keep_known(order._channel_before(data), data)


class OmsOrderChangeLine(models.Model):
    """One thing that changed, with the decision about it."""

    _name = "oms.order.change.line"
    _description = "Line of a change on the channel"
    _order = "id"

    change_id = fields.Many2one("oms.order.change", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="change_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True)
    key = fields.Char(readonly=True, help="The channel's line, or the kind of charge.")
    what = fields.Char(readonly=True)
    old = fields.Char(string="Here", readonly=True)
    new = fields.Char(string="On the channel", readonly=True)
    why = fields.Char(readonly=True)
    decision = fields.Selection(
        [("open", "To decide"), ("taken", "Taken over by itself"), ("accepted", "Accepted"), ("refused", "Refused")],
        default="open",
        required=True,
        readonly=True,
    )
    words = fields.Text(compute="_compute_words", string="What changed")
    advice = fields.Text(compute="_compute_words", string="What it means")
    decided_by_id = fields.Many2one("res.users", string="By", readonly=True)
    decided_at = fields.Datetime(readonly=True)
    change_state = fields.Selection(related="change_id.state")

    @api.depends("kind", "key", "what", "old", "new", "why")
    @api.depends_context("lang")
    def _compute_words(self):
        for line in self:
            line.words = line._sentence(line._as_change())
            text = ADVICE.get((line.kind, line.why)) or ADVICE.get((None, line.why))
            line.advice = self.env._(text) if text and line.decision == "open" else False

    @api.model
    def _sentence(self, change, *, is_impersonal=False):
        """Return a change as one sentence in the reader's language.

        :param is_impersonal: leave out what the buyer wrote
        """
        text = CHANGE_TEXTS[change.kind]
        if is_impersonal and change.kind in changing.PERSONAL:
            text = IMPERSONAL[change.kind]
        words = {"what": change.what, "old": change.old, "new": change.new}
        label = LABELS.get(change.key)
        words["label"] = self.env._(label) if label else change.key
        sentence = self.env._(text)
        return sentence % Words({name: value for name, value in words.items() if value})

    def _prepare_vals(self, change):
        return {
            "kind": change.kind,
            "key": change.key,
            "what": change.what,
            "old": change.old,
            "new": change.new,
            "why": change.why,
            "decision": "open" if change.rule == "ask" else "taken",
        }

    def _as_change(self):
        self.ensure_one()
        texts = {name: self[name] or None for name in ("what", "old", "new", "why")}
        return changing.Change(kind=self.kind, key=self.key or "", rule="ask", **texts)

    def action_accept(self):
        """Let the order follow the channel in this."""
        if self.filtered(lambda line: line.kind == "currency"):
            raise UserError(self.env._("An order cannot change its currency. Refuse it here, and cancel the order."))
        self._decide("accepted")
        return True

    def action_refuse(self):
        """Leave the order as it is in this."""
        self._decide("refused")
        return True

    def _decide(self, decision):
        self.change_id._ensure_open()
        self.sudo().write(  # sudo: clerks may decide, not edit
            {"decision": decision, "decided_by_id": self.env.uid, "decided_at": fields.Datetime.now()}
        )
        self.change_id._conclude()


class OmsException(models.Model):
    _inherit = "oms.exception"

    change_line_ids = fields.One2many(
        "oms.order.change.line", compute="_compute_change_line_ids", string="What changed"
    )

    def _compute_change_line_ids(self):
        for problem in self:
            problem.change_line_ids = problem._open_change().line_ids

    def _open_change(self):
        """Return the change this problem is about, while it waits for a decision."""
        if self.reason != "changed_after_import":
            return self.env["oms.order.change"]
        return self.order_id._oms_head().oms_change_ids.filtered(lambda change: change.state == "open")

    def action_accept_change(self):
        """Take over all that the channel changed."""
        self._ensure_clerk()
        for problem in self:
            problem._open_change().action_accept_all()
        return True

    def action_refuse_change(self):
        """Leave the order as it is here."""
        self._ensure_clerk()
        for problem in self:
            problem._open_change().action_refuse_all()
        return True

    def action_ignore(self):
        """A change is decided, never ignored: the order would follow neither side."""
        if self.filtered(lambda problem: problem._open_change()):
            raise UserError(self.env._("Accept or refuse what changed; the order does not leave before that."))
        return super().action_ignore()
