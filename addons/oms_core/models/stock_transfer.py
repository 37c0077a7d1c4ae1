from odoo import api, models
from odoo.tools import clean_context

from .confirm_batch import batch_of


class StockMove(models.Model):
    """Building the transfers of many orders at once."""

    _inherit = "stock.move"

    def _action_confirm(self, merge=True, merge_into=False, create_proc=True):
        """In a batch: give the moves of new orders their transfers first, so that Odoo finds nothing left to assign."""
        if batch_of(self) is not None:
            self.with_context(clean_context(self.env.context))._create_transfers()
        return super()._action_confirm(merge=merge, merge_into=merge_into, create_proc=create_proc)

    def _create_transfers(self):
        """Create one transfer per new order, all in one call.

        The same as ``_assign_picking`` (stock/models/stock_move.py:1400) for moves whose reference nobody else has: no
        transfer can exist that they might join, so the search for one is left out. All others stay for Odoo.
        """
        groups = self.filtered(lambda move: move.state == "draft")._new_transfer_groups()
        if not groups:
            return
        vals_list = [moves._get_new_picking_values() for moves in groups]
        self.env["stock.picking.type"]._number_transfers(vals_list)
        # stock_delivery looks this default up once per transfer.
        defaults = self.env["stock.picking"].default_get(["weight_uom_name"])
        pickings = self.env["stock.picking"].create([defaults | vals for vals in vals_list])
        self._join_transfers(groups, pickings)
        for moves in groups:
            moves._assign_picking_post_process(new=True)

    def _join_transfers(self, groups, pickings):
        """Give each group of moves its transfer.

        ``write`` would look for everything that depends on the transfer once per group; here that is done once for all,
        around the same assignment (odoo/orm/models.py:4450-4490). ``stock.move.write`` adds nothing for this field but
        references to moves that have none, and these have theirs.
        """
        field = self._fields["picking_id"]
        every = self.union(*groups)
        every.modified([field.name], before=True)
        for moves, picking in zip(groups, pickings, strict=True):
            field.write(moves, picking.id)
        every.modified([field.name])

    def _new_transfer_groups(self):
        """Return the moves that need a transfer of their own, one recordset per transfer, in the order of the moves."""
        known = set(self.ids)
        fresh = self.filtered(
            lambda move: (
                move._should_be_assigned()
                and move.reference_ids
                and known.issuperset(move.reference_ids.move_ids.ids)
                and move.product_uom.compare(move.product_uom_qty, 0) >= 0
            )
        )
        return list(fresh.grouped(lambda move: move._key_assign_picking()).values())

    def _trigger_scheduler(self):
        """Leave out moves of products without automatic reordering: Odoo would search a rule for every single move."""
        if not self:
            return super()._trigger_scheduler()
        reordered = self.env["stock.warehouse.orderpoint"]._read_group(
            [("product_id", "in", self.product_id.ids), ("trigger", "=", "auto")], ["product_id"]
        )
        product_ids = {product.id for (product,) in reordered}
        return super(StockMove, self.filtered(lambda move: move.product_id.id in product_ids))._trigger_scheduler()


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def action_confirm(self):
        """In a batch: wait for the other orders. Nothing depends on it before the batch ends."""
        batch = batch_of(self)
        if batch is None or any(move.state == "draft" for move in self.move_ids):
            return super().action_confirm()
        batch.transfers.extend(self.ids)
        return True

    def message_post_with_source(self, source_ref, *, render_values=None, **kwargs):
        """In a batch: remember which order a new transfer came from instead of posting its note alone."""
        batch = batch_of(self)
        if batch is None or source_ref != "mail.message_origin_link" or len(self) != 1:
            return super().message_post_with_source(source_ref, render_values=render_values, **kwargs)
        batch.origins[self.id] = render_values["origin"]
        return self.env["mail.message"]

    @api.model
    def _note_origins(self, origins):
        """Write on each new transfer which order it came from, all in one call and worded as Odoo words it.

        :param origins: transfer id to the record it came from
        """
        pickings = self.browse(origins)
        bodies = {
            picking.id: self.env["ir.qweb"]._render(
                "mail.message_origin_link", {"self": picking, "origin": origins[picking.id]}
            )
            for picking in pickings
        }
        if bodies:  # a new transfer has no followers whom a message would tell
            pickings._message_log_batch(bodies)


class StockPickingType(models.Model):
    _inherit = "stock.picking.type"

    def _number_transfers(self, vals_list):
        """Give the values of new transfers their numbers, the numbers of one operation type in one statement."""
        by_type = {}
        for vals in vals_list:
            by_type.setdefault(vals["picking_type_id"], []).append(vals)
        for type_id, group in by_type.items():
            sequence = self.browse(type_id).sequence_id
            if sequence:
                for vals, name in zip(group, sequence._next_many(len(group)), strict=True):
                    vals["name"] = name
