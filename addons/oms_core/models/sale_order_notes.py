from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib.notes import AUDIENCES, plan_notes, read_audience


class SaleOrder(models.Model):
    """Notes of an order: from the desk, from a rule, and what the buyer wrote."""

    _inherit = "sale.order"

    oms_note_ids = fields.One2many("oms.order.note", "order_id", string="Order notes")

    def oms_add_note(self, text, audience="office", must_confirm=False):
        """Add a note to orders.

        :param text: what it says
        :param audience: whom it is for: office, picker, packer, label; one name or a list of several
        :param must_confirm: whether picking or sending waits until somebody has confirmed that it was read
        :return: the ids of the notes, one per order
        :raise UserError: no text, nobody it is for, or a name that is none of these
        :raise AccessError: whoever asks may not read the orders or write notes
        """
        self.check_access("read")
        try:
            names = read_audience(audience)
        except ValueError as error:
            raise UserError(
                self.env._(
                    "A note is for one or several of office, picker, packer and label, not for “%s”.",
                    str(error) or self.env._("nobody"),
                )
            ) from error
        values = {f"for_{name}": True for name in names}
        return (
            self.env["oms.order.note"]
            .create(
                [{"order_id": order.id, "text": text, "must_confirm": bool(must_confirm), **values} for order in self]
            )
            .ids
        )

    def action_oms_add_note(self):
        """Open a window for a new note."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Note on %s", self.name),
            "res_model": "oms.order.note",
            "views": [(self.env.ref("oms_core.oms_order_note_view_form").id, "form")],
            "target": "new",
            "context": {"default_order_id": self.id, "default_for_office": True},
        }

    @api.model
    def _take_buyer_notes(self, orders_data):
        """Keep what the buyers of a channel's orders wrote. What changed there takes the place of what it was.

        :param orders_data: pairs of an order and its ``dto.OrderData``
        """
        notes = self.env["oms.order.note"].sudo()  # sudo: the system writes down what others said
        pairs = list(orders_data)
        known = notes.search(
            [
                ("order_id", "in", [order.id for order, _data in pairs]),
                ("source", "in", ("buyer", "channel")),
                ("state", "!=", "withdrawn"),
            ]
        )
        by_kind = {(note.order_id, note.kind): note for note in reversed(known)}
        outdated, vals_list = notes.browse(), []
        for order, data in pairs:
            for plan in plan_notes(data):
                before = by_kind.get((order, plan.kind), notes)
                if before.text == plan.text:
                    continue
                outdated |= before
                vals_list.append(
                    {
                        "order_id": order.id,
                        "kind": plan.kind,
                        "text": plan.text,
                        "source": plan.source,
                        "author": order.oms_channel_id.name,
                        **{f"for_{name}": name in plan.audience for name in AUDIENCES},
                    }
                )
        outdated.withdraw()
        notes.create(vals_list)
