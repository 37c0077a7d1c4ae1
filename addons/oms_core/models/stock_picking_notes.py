from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.notes import AT_STEP


class StockPicking(models.Model):
    """Notes for whoever picks, packs and labels, shown where they work and read before they go on."""

    _inherit = "stock.picking"

    oms_note_ids = fields.Many2many(
        "oms.order.note", compute="_compute_oms_note_ids", compute_sudo=True, string="Order notes"
    )
    oms_open_note_count = fields.Integer(compute="_compute_oms_note_ids", compute_sudo=True)
    oms_gift_note = fields.Text(compute="_compute_oms_gift_note", compute_sudo=True, string="Gift")

    @api.depends("sale_id.oms_note_ids.state", "picking_type_id")
    def _compute_oms_note_ids(self):
        for picking in self:
            notes = self.env["oms.order.note"]._for_step(picking._note_orders(), picking._note_audiences())
            picking.oms_note_ids = notes
            picking.oms_open_note_count = len(notes.filtered(lambda note: note.state == "open"))

    @api.depends("sale_id.oms_gift_note", "picking_type_id")
    def _compute_oms_gift_note(self):
        for picking in self:
            is_packed_here = "packer" in picking._note_audiences()
            picking.oms_gift_note = picking.sale_id.oms_gift_note if is_packed_here else False

    def _note_orders(self):
        """Return the orders these goods are for, at whatever step."""
        return self.reference_ids.sale_ids | self._orders()

    def _note_audiences(self):
        """Return who works at this step, as notes name them."""
        self.ensure_one()
        if not self._note_orders():
            return frozenset()
        kind, warehouse = self.picking_type_id, self.picking_type_id.warehouse_id
        if kind.code == "outgoing":
            return AT_STEP["all" if warehouse.delivery_steps == "ship_only" else "out"]
        if kind == warehouse.pick_type_id:
            return AT_STEP["pick"]
        return AT_STEP["pack"] if kind == warehouse.pack_type_id else frozenset()

    # === READ BEFORE IT GOES ON ===

    def _unread_notes(self):
        """Return the notes that must be confirmed before these transfers are done."""
        return self.filtered(lambda picking: picking.state not in ("done", "cancel")).oms_note_ids.filtered(
            lambda note: note.state == "open"
        )

    def button_validate(self):
        """Show what must be read first; who asks through the API is told, and confirms the notes."""
        notes = self._unread_notes()
        if notes and self.env.context.get("oms_shows_notes"):
            self._ensure_not_held()
            return notes._ask_to_read(self)
        self._ensure_notes_read()
        return super().button_validate()

    def _action_done(self):
        self._ensure_notes_read()
        return super()._action_done()

    def _ensure_notes_read(self):
        """Refuse to go on while a note waits to be read.

        :raise UserError: with the notes and what to do
        """
        notes = self._unread_notes()
        if notes:
            texts = "\n".join(f"{note.order_id.name}: {note.text}" for note in notes.sudo())  # sudo: meant for them
            raise UserError(
                self.env._(
                    "Read and confirm first:\n%(notes)s\n\nOpen the transfer and press “I have read it”, or call"
                    " oms.order.note.confirm with ids %(ids)s.",
                    notes=texts,
                    ids=notes.ids,
                )
            )


class OmsOrderNote(models.Model):
    _inherit = "oms.order.note"

    def _ask_to_read(self, pickings):
        """Return the window that shows notes before transfers go on."""
        window = self.env["oms.note.reading"].create({"picking_ids": [(6, 0, pickings.ids)]})
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Read this first"),
            "res_model": "oms.note.reading",
            "res_id": window.id,
            "views": [(False, "form")],
            "target": "new",
        }
