"""What the warehouse does to an order, on its timeline: who picked what from where, packed, labelled, set free."""

from odoo import models
from odoo.tools import float_compare


class StockMove(models.Model):
    _inherit = "stock.move"

    def _action_done(self, *args, **kwargs):
        """Note each line that was picked: who, how many of how many, and from which bin."""
        asked = {move.id: move.product_uom_qty for move in self}
        done = super()._action_done(*args, **kwargs)
        self.env["oms.order.event"]._log(
            move._pick_event(asked.get(move.id, move.quantity))
            for move in done
            if move.state == "done" and move.sale_line_id and move._is_taken_from_shelf()
        )
        return done

    def _is_taken_from_shelf(self):
        """Whether this is the step at which goods leave their bin for an order; what others send has no transfer."""
        picking = self.picking_id
        return bool(picking) and self.location_id.usage == "internal" and "picker" in picking._note_audiences()

    def _pick_event(self, asked):
        places = ", ".join(dict.fromkeys(self.move_line_ids.location_id.mapped("complete_name")))
        words = {
            "qty": f"{self.quantity:g}",
            "asked": f"{asked:g}",
            "product": self.product_id.default_code or self.product_id.name,
            "bin": places or self.location_id.complete_name,
            "transfer": self.picking_id.name,
        }
        is_short = float_compare(self.quantity, asked, precision_rounding=self.product_uom.rounding) < 0
        return self.sale_line_id.order_id, "pick_short" if is_short else "pick_line", words


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _note_packed(self):
        """Note what was packed with these transfers, which are done."""
        packed = self.filtered(lambda row: row.state == "done" and row._is_packed_here())
        self.env["oms.order.event"]._log(
            (order, "packed", picking._packed_words()) for picking in packed for order in picking._note_orders()
        )

    def _is_packed_here(self):
        """Whether goods are packed at this step: the packing step, or the last one where there is none."""
        if "packer" not in self._note_audiences():
            return False
        has_pack_step = self.picking_type_id.warehouse_id.delivery_steps == "pick_pack_ship"
        return not (has_pack_step and self.picking_type_code == "outgoing")

    def _packed_words(self):
        parcels = len(self.move_line_ids.result_package_id) or 1
        units = sum(move.quantity for move in self.move_ids if move.state == "done")
        weight = f"{self.shipping_weight or self.weight:g}"
        return {"transfer": self.name, "units": f"{units:g}", "parcels": str(parcels), "weight": weight}

    def do_unreserve(self):
        """Note that stock was set free."""
        result = super().do_unreserve()
        self.env["oms.order.event"]._log(
            (order, "unreserved", {"transfer": row.name}) for row in self for order in row._note_orders()
        )
        return result

    def send_to_shipper(self):
        """Note the label: carrier, number and what it cost."""
        before = self.carrier_tracking_ref
        result = super().send_to_shipper()
        if self.carrier_tracking_ref and self.carrier_tracking_ref != before:
            currency = self.sale_id.currency_id or self.company_id.currency_id
            words = {
                "carrier": self.carrier_id.name,
                "tracking": self.carrier_tracking_ref,
                "cost": currency.format(self.sudo().carrier_price),  # sudo: for the record, not for who ships
            }
            self.env["oms.order.event"]._log((order, "label_bought", words) for order in self._note_orders())
        return result
