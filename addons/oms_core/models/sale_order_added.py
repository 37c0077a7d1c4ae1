import msgspec
from odoo import fields, models

from ..lib import changing


class SaleOrder(models.Model):
    """What was added to an order of the channel once its picking began: an order of ours, without an id there."""

    _inherit = "sale.order"

    oms_parent_id = fields.Many2one(
        "sale.order",
        string="Added to",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The order of the channel to which this was added after its picking began.",
    )
    oms_child_ids = fields.One2many("sale.order", "oms_parent_id", string="Added later")

    def _oms_head(self):
        """Return the order that carries the channel's id: itself, or the one this was added to."""
        self.ensure_one()
        return self.oms_parent_id or self

    def _living(self):
        """Return what of the channel's order is alive here: this one and what was added to it, the oldest first."""
        return (self | self.oms_child_ids.sorted("id")).filtered(lambda order: order.state != "cancel")

    def _amount_here(self):
        """Return what the order is worth here, with what was added to it later."""
        self.ensure_one()
        return self.currency_id.round(sum((self._living() or self).mapped("amount_total")))

    def _channel_lines(self, key):
        """Return the lines that make up one of the channel's, wherever its units stand."""
        return self._living().order_line.filtered(lambda line: line.oms_external_line_id == key)

    def _orders_of(self, changes):
        """Return the orders these changes are about: this one, and what was added to it where its goods are meant."""
        keys = {change.key for change in changes if change.key}
        lines = self._living().order_line.filtered(
            lambda line: line.oms_external_line_id in keys and line.product_uom_qty
        )
        is_for_all = any(change.kind == "address" for change in changes)
        return self | (self._living() if is_for_all else lines.order_id)

    # === MAKING ===

    def _only_more(self, change, lines):
        """Return the plan of what comes on top of what is here of a line."""
        here = self._channel_lines(change.key)
        had = here._as_held_line() if here else changing.HeldLine(external_id=change.key, quantity=0, amount=0)
        more = []
        for row in lines:
            amount = row.amount
            if row.external_id and amount is not None:
                amount -= had.amount or 0
            more.append(msgspec.structs.replace(row, quantity=row.quantity - had.quantity, amount=amount))
        return more

    def _create_child(self, plan, lines):
        """Make the order of what was added, confirm and reserve it."""
        header = self._prepare_oms_order(self.oms_channel_id, plan, self.partner_id, self.pricelist_id)
        own = {
            "partner_invoice_id": self.partner_invoice_id.id,
            "partner_shipping_id": self.partner_shipping_id.id,
            "warehouse_id": self.warehouse_id.id,
            "oms_parent_id": self.id,
            # The channel knows one order, and its number finds that one; total and content are compared there, too.
            "oms_external_id": False,
            "oms_has_total": False,
            "oms_total": 0.0,
            "oms_fulfilment": "own",
            "oms_channel_status": "to_ship",
            "oms_content_digest": False,
        }
        child = self.create(header | own)
        child._add_lines(plan, lines)
        self.env["oms.order.event"]._log(
            [(self, "split_off", {"order": child.name}), (child, "added_to", {"order": self.name})]
        )
        child._list_unlinked()
        child._confirm_ready()
        return child

    def _list_unlinked(self):
        """List the SKUs of this order that stand for no product."""
        may_pass = self.oms_channel_id.unknown_sku_policy == "placeholder"
        reason = "placeholder_line" if may_pass else "unmapped_sku"
        self.env["oms.exception"]._open_problems(
            {"reason": reason, "order_id": self.id, "cause": sku, "params": {"sku": sku or "–"}}
            for sku in dict.fromkeys(line.oms_sku or "" for line in self._unlinked_lines())
        )

    # === ENDING ===

    def _on_shelf(self):
        """Return the orders nothing was picked of."""
        return self.filtered(lambda order: order._stage() in ("draft", "confirmed"))

    def _cancel_added(self, data):
        """The channel cancelled the order: cancel what was added to it, each as far as it has come."""
        added = self._living() - self
        shelved = added._on_shelf()
        if shelved:
            why = self.env._("Cancelled on %s.", self.oms_channel_id.name)
            shelved.with_context(oms_cancel_why=why)._action_cancel()
        for order in added - shelved:
            order._ask_cancel(data, None)

    def _cancel_emptied(self):
        """Cancel what was added once the channel took all of it away again."""
        added = (self._living() - self).filtered(lambda order: order._stage() != "shipped")
        empty = added.filtered(lambda order: not any(order.order_line.mapped("product_uom_qty")))
        if empty:
            why = self.env._("Cancelled on %s.", self.oms_channel_id.name)
            empty.with_context(oms_cancel_why=why)._action_cancel()
