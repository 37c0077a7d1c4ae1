from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..lib.notes import AUDIENCES

KINDS = [
    ("note", "Note"),
    ("message", "Buyer's message"),
    ("gift", "Gift text"),
    ("delivery", "Delivery instruction"),
]


class OmsOrderNote(models.Model):
    """A note on an order, for whom it is, and who has read it where somebody must.

    Notes are kept: one that was read stays as it was read, and one that is taken back is withdrawn, not deleted.
    """

    _name = "oms.order.note"
    _description = "Note on an order"
    _order = "must_confirm desc, id desc"

    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    kind = fields.Selection(KINDS, required=True, readonly=True, default="note")
    text = fields.Text(required=True)
    for_office = fields.Boolean(string="Office")
    for_picker = fields.Boolean(string="Picker")
    for_packer = fields.Boolean(string="Packer")
    for_label = fields.Boolean(string="Label")
    audience = fields.Char(compute="_compute_audience", string="For")
    must_confirm = fields.Boolean(
        string="Must be confirmed", help="The parcel goes no further before somebody has confirmed that it was read."
    )
    source = fields.Selection(
        [("person", "A person"), ("buyer", "The buyer"), ("channel", "The channel"), ("rule", "A rule")],
        required=True,
        readonly=True,
        default="person",
    )
    author = fields.Char(readonly=True, help="Who wrote it, as the name was then.")
    confirmed_by_id = fields.Many2one("res.users", string="Read by", readonly=True)
    confirmed_at = fields.Datetime(string="Read", readonly=True)
    withdrawn_by_id = fields.Many2one("res.users", readonly=True)
    withdrawn_at = fields.Datetime(string="Withdrawn", readonly=True)
    state = fields.Selection(
        [("open", "must confirm"), ("plain", ""), ("confirmed", "read"), ("withdrawn", "withdrawn")],
        compute="_compute_state",
        store=True,
        index=True,
    )

    can_confirm = fields.Boolean(compute="_compute_can")
    can_withdraw = fields.Boolean(compute="_compute_can")

    _somebody = models.Constraint(
        "CHECK(for_office OR for_picker OR for_packer OR for_label)", "Choose whom the note is for."
    )

    @api.depends("for_office", "for_picker", "for_packer", "for_label")
    @api.depends_context("lang")
    def _compute_audience(self):
        labels = {name: self._fields[f"for_{name}"]._description_string(self.env) for name in AUDIENCES}
        for note in self:
            note.audience = ", ".join(labels[name] for name in AUDIENCES if note[f"for_{name}"])

    @api.depends("must_confirm", "confirmed_at", "withdrawn_at")
    def _compute_state(self):
        for note in self:
            note.state = (
                "withdrawn"
                if note.withdrawn_at
                else "confirmed"
                if note.confirmed_at
                else "open"
                if note.must_confirm
                else "plain"
            )

    @api.depends("state")
    @api.depends_context("uid")
    def _compute_can(self):
        may_write = self.has_access("write")
        for note in self:
            note.can_confirm = note.state == "open"
            note.can_withdraw = may_write and note.state != "withdrawn"

    @api.depends("text")
    def _compute_display_name(self):
        for note in self:
            note.display_name = (note.text or "").split("\n")[0][:80]

    # === WRITING ===

    @api.model_create_multi
    def create(self, vals_list):
        """Add notes. Whoever adds one is its author; only the system adds those of others."""
        if not self.env.su:
            for vals in vals_list:
                self._ensure_plain(vals)
        for vals in vals_list:
            vals["text"] = (vals.get("text") or "").strip()
            if not vals["text"]:
                raise UserError(self.env._("Write something in the note."))
            if not any(vals.get(f"for_{name}") for name in AUDIENCES):
                raise UserError(self.env._("Choose whom the note is for."))
            vals.setdefault("author", self.env.user.name)
        notes = super().create(vals_list)
        self.env["oms.order.event"]._log(note._as_event("note") for note in notes)
        return notes

    def _ensure_plain(self, vals):
        """Refuse values that only the system sets."""
        ours = {"kind", "source", "author", "confirmed_by_id", "confirmed_at", "withdrawn_by_id", "withdrawn_at"}
        if ours & vals.keys():
            raise UserError(self.env._("A note has a text, people it is for, and whether it must be confirmed."))

    def write(self, vals):
        """Change notes nobody has confirmed.

        :raise UserError: one was read or withdrawn, or is not ours to change
        """
        if self.env.su:
            return super().write(vals)
        self._ensure_plain(vals)
        if "order_id" in vals or self.filtered(lambda note: note.source != "person"):
            raise UserError(
                self.env._("What the buyer or the channel wrote stays as it is. Withdraw it, or add a note.")
            )
        if self.filtered(lambda note: note.confirmed_at or note.withdrawn_at):
            raise UserError(self.env._("A note that was read or withdrawn stays as it is. Add a new one."))
        if "text" in vals and not (vals["text"] or "").strip():
            raise UserError(self.env._("Write something in the note."))
        result = super().write(vals)
        self.env["oms.order.event"]._log(note._as_event("note_changed") for note in self)
        return result

    def unlink(self):  # pylint: disable=method-required-super
        """Withdraw instead: what was written once is not deleted."""
        return self.withdraw()

    def withdraw(self):
        """Take notes back: nobody is shown them any more, and nothing waits for them.

        :return: True
        :raise AccessError: whoever asks may not change notes
        """
        self.check_access("write")
        notes = self.filtered(lambda note: not note.withdrawn_at)
        notes.sudo().write(  # sudo: one that was read is withdrawn, too; only not changed
            {"withdrawn_at": fields.Datetime.now(), "withdrawn_by_id": self.env.uid}
        )
        self.env["oms.order.event"]._log(note._as_event("note_withdrawn") for note in notes)
        return True

    def confirm(self):
        """Say that the notes were read: who and when stays on record. Once is enough.

        :return: True
        :raise UserError: a note was withdrawn meanwhile
        """
        self.check_access("read")
        if self.filtered("withdrawn_at"):
            raise UserError(self.env._("The note was withdrawn meanwhile. Nothing is to be confirmed."))
        notes = self.filtered(lambda note: not note.confirmed_at)
        notes.sudo().write(  # sudo: who may read a note may say so
            {"confirmed_at": fields.Datetime.now(), "confirmed_by_id": self.env.uid}
        )
        self.env["oms.order.event"]._log(note._as_event("note_confirmed") for note in notes)
        return True

    def _as_event(self, kind):
        """Return an entry for the timeline. It names the note and repeats none of it: a timeline is kept for ever."""
        words = {"note": self.id, "audience": self.audience}
        sources = {"buyer": "channel", "channel": "channel", "rule": "system"}
        is_theirs = kind == "note" and self.source in sources
        return (self.order_id, kind, words, sources[self.source]) if is_theirs else (self.order_id, kind, words)

    # === FOR WHOM ===

    @api.model
    def _for_step(self, orders, audiences):
        """Return the notes on orders for any of these audiences that were not withdrawn.

        :param audiences: names out of ``lib.notes.AUDIENCES``
        """
        if not (orders and audiences):
            return self.browse()
        meant = Domain.OR(Domain(f"for_{name}", "=", True) for name in audiences)
        return self.search(Domain("order_id", "in", orders.ids) & Domain("state", "!=", "withdrawn") & meant)

    def _forget(self):
        """Remove the words of buyers from notes; that there was a note stays."""
        said = self.filtered(lambda note: note.source == "buyer")
        said.sudo().write({"text": self.env._("Removed"), "author": False})  # sudo: the law
