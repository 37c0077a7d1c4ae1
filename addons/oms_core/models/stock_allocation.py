from odoo import models
from odoo.tools import SQL

from ..lib.allocation import Bin, Need, plan_takes
from .confirm_batch import batch_of

# Strategies that only order the stock records of a product; the others choose packages or look at dates of lots.
ORDER_ONLY = {"fifo", "lifo", "closest"}


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_assign(self, force_qty=False):
        """In a batch: reserve the plain moves in one go. Odoo then finds them reserved and sees to the others."""
        if batch_of(self) is not None and not force_qty:
            self._oms_allocate()
        return super()._action_assign(force_qty=force_qty)

    def _oms_allocate(self):
        """Reserve free stock for the plain ones among these moves; all orders of a batch come through here once.

        This is the seam for allocation. What comes in: confirmed moves of many orders, in the order in which they may
        take stock. What must hold afterwards: each plain move has move lines for what it got, each stock record counts
        them as reserved, and no unit is promised twice. Odoo's ``_action_assign`` runs right after on the same moves,
        sets their states and tries again what is still missing, so leaving a move out is always safe. Whoever replaces
        this by one statement in the database, or by another order of who comes first, replaces this method only.
        """
        plain = self.filtered(_is_plain)
        for location, moves in plain.grouped("location_id").items():
            moves._reserve_from(moves._lock_quants(location), location)

    def _lock_quants(self, location):
        """Lock and return the stock records of the moves' products in a location, in the order they are emptied.

        They are locked in one order by everybody, and waited for: a record that another transaction changes meanwhile
        fails this one, and the job starts over with what is then left. Odoo itself skips a locked record and promises
        its units again (stock/models/stock_quant.py:1072).
        """
        quants = (
            self.env["stock.quant"]
            .sudo()
            .search(  # sudo: who confirms an order may not see all stock
                [("product_id", "in", self.product_id.ids), ("location_id", "child_of", location.id)],
                order="in_date, id",
            )
        )
        quants.flush_recordset()
        self.env.cr.execute(
            SQL("SELECT id FROM stock_quant WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE", quants.ids)
        )
        return quants

    def _reserve_from(self, quants, location):
        """Create the move lines of these moves from a location and count them on the stock records."""
        by_product = quants.grouped("product_id")
        bins, steps = {}, {}
        for product in self.product_id:
            found = by_product.get(product, quants.browse())
            if found._are_plain_bins():
                bins[product.id] = [
                    Bin(key=quant.id, free=quant.quantity - quant.reserved_quantity)
                    for quant in found._in_removal_order(product, location)
                ]
                steps[product.id] = product.uom_id.rounding
        needs = [
            Need(key=move.id, product_id=move.product_id.id, quantity=move.product_uom_qty)
            for move in self
            if move.product_id.id in bins
        ]
        takes = plan_takes(needs, bins, steps)
        batch = batch_of(self)
        batch.reserved = {}
        self.env["stock.move.line"].create(
            [
                self.browse(take.need)._prepare_move_line_vals(
                    quantity=take.quantity, reserved_quant=quants.browse(take.bin)
                )
                for take in takes
            ]
        )
        reserved, batch.reserved = batch.reserved, None
        quants._count_reserved(reserved)


class StockQuant(models.Model):
    _inherit = "stock.quant"

    def _are_plain_bins(self):
        """Whether these are free stock and nothing else: one per place, no lot, package or owner, none below zero."""
        return len(self.location_id) == len(self) and not any(
            quant.lot_id
            or quant.package_id
            or quant.owner_id
            or quant.product_uom_id.compare(quant.quantity, quant.reserved_quantity) < 0
            for quant in self
        )

    def _in_removal_order(self, product, location):
        """Return these records in the order ``_gather`` has them (stock/models/stock_quant.py:740, :788)."""
        strategy = self._get_removal_strategy(product, location)
        if strategy == "closest":
            return self.sorted(lambda quant: (quant.location_id.complete_name, -quant.id))
        return self[::-1] if strategy == "lifo" else self

    def _update_reserved_quantity(self, product_id, location_id, quantity, **kwargs):
        """While move lines are created in a batch: add up instead of writing the record once per line."""
        batch = batch_of(self)
        if batch is None or batch.reserved is None:
            return super()._update_reserved_quantity(product_id, location_id, quantity, **kwargs)
        key = product_id.id, location_id.id
        batch.reserved[key] = batch.reserved.get(key, 0.0) + quantity

    def _count_reserved(self, reserved):
        """Add what was reserved, by product and place, to the record of each."""
        for quant in self:
            quantity = reserved.pop((quant.product_id.id, quant.location_id.id), 0.0)
            if quantity:
                quant.reserved_quantity += quantity
        for (product_id, location_id), quantity in reserved.items():  # an addon moved a line elsewhere
            product = self.env["product.product"].browse(product_id)
            self._update_reserved_quantity(product, self.env["stock.location"].browse(location_id), quantity)


def _is_plain(move):
    """Whether a move takes free stock from its place and nothing else decides which."""
    product = move.product_id
    return (
        move.state == "confirmed"
        and not move.picked
        and not move.move_line_ids
        and not move.move_orig_ids
        and not move.restrict_partner_id
        and move.procure_method == "make_to_stock"
        and move.location_dest_id.usage == "customer"
        and product.tracking == "none"
        and product.uom_id == move.product_uom
        and product.categ_id.packaging_reserve_method != "full"
        and not move._should_bypass_reservation()
        and move.env["stock.quant"]._get_removal_strategy(product, move.location_id) in ORDER_ONLY
    )
