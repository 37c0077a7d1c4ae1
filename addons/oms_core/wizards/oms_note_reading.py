from odoo import fields, models


class OmsNoteReading(models.TransientModel):
    """The notes somebody must read before transfers go on."""

    _name = "oms.note.reading"
    _description = "Notes to read"

    picking_ids = fields.Many2many("stock.picking", required=True)
    note_ids = fields.Many2many("oms.order.note", compute="_compute_note_ids", string="Notes")

    def _compute_note_ids(self):
        for window in self:
            window.note_ids = window.picking_ids._unread_notes()

    def action_confirm(self):
        """Confirm the notes and go on with what was asked for."""
        self.ensure_one()
        self.note_ids.confirm()
        return self.picking_ids.with_context(oms_shows_notes=True).button_validate()
