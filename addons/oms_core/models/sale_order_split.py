from decimal import Decimal

from odoo import Command, fields, models
from odoo.exceptions import UserError

from ..lib import dto


class SaleOrder(models.Model):
    """Taking lines or units of an order into a second one, to be sent apart.

    The second order of a channel's order is a child of it, as what the channel adds late is: its lines keep the
    channel's ids, its parcels are told for the channel's one order, and a change there finds its lines in both.
    """

    _inherit = "sale.order"

    oms_split_from_id = fields.Many2one(
        "sale.order", string="Split off", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    oms_split_ids = fields.One2many("sale.order", "oms_split_from_id", string="Split into")

    def oms_split(self, lines):
        """Move lines or units of this order into a second one. What is picked cannot move.

        :param lines: list of ``{line_id, quantity}``; without ``quantity`` all of the line that can move
        :return: ``{id, name, state}`` of the second order; it is confirmed when this one is
        :raise UserError: nothing would be left here, a line cannot move, or the order is stopped or gone
        """
        self.ensure_one()
        self._ensure_desk()
        self._lock_orders()
        self._ensure_may_split()
        parts = self._split_parts(lines)
        other = self.create(self._prepare_split(parts))
        for line, units in parts:
            line._give_away(units)
        what = ", ".join(f"{units:g} × {line.product_id.display_name}" for line, units in parts)
        self.env["oms.order.event"]._log(
            [
                (self, "split", {"order": other.name, "what": what}),
                (other, "split_from", {"order": self.name, "what": what}),
            ]
        )
        self._settle_split(other)
        return {"id": other.id, "name": other.name, "state": other.state}

    def _ensure_may_split(self):
        """Refuse what cannot be taken apart now.

        :raise UserError: with the reason
        """
        if self.state not in ("draft", "sent", "sale") or self._stage() == "shipped":
            raise UserError(self.env._("%s is cancelled or gone: there is nothing to split.", self.name))
        if self.oms_fulfilment in ("channel", "elsewhere"):
            raise UserError(self.env._("%s is sent by others: there is nothing to split.", self.name))
        if self.locked:
            raise UserError(self.env._("%s is locked. Unlock it first.", self.name))
        if self._merge_group():
            raise UserError(self.env._("%s goes with other orders. Let it go on its own first.", self.name))
        problems = self.oms_exception_ids.filtered(lambda problem: problem.state == "open" and problem.stops)
        if problems:
            raise UserError(
                self.env._("Solve what stops %(order)s first. %(why)s", order=self.name, why=problems[0].summary)
            )

    # === WHAT MOVES ===

    def _split_parts(self, lines):
        """Return ``[(line, units of it)]`` after checking each, and that something stays.

        :raise UserError: with the reason
        """
        goods = self.order_line.filtered(
            lambda line: not line.display_type and line.product_uom_qty > 0 and not line.oms_part_of
        )
        parts = {}
        for row in lines or ():
            line = goods.filtered(lambda line, row=row: line.id == row.get("line_id"))
            if not line:
                raise UserError(
                    self.env._(
                        "Line %(line)s is none of %(order)s that can move.", line=row.get("line_id"), order=self.name
                    )
                )
            movable = line._units_movable()
            units = self._units_of(row, movable)
            why = line._why_not_split(units, movable)
            if why:
                raise UserError(why)
            if line in parts:
                raise UserError(self.env._("%s is named twice.", line.product_id.display_name))
            parts[line] = units
        if not parts:
            raise UserError(self.env._("Choose what moves to the second order."))
        stays = any(
            line.product_uom_id.compare(line.product_uom_qty, parts.get(line, 0.0)) > 0
            for line in goods.filtered(lambda line: line.product_id.type == "consu")
        )
        if not stays:
            raise UserError(self.env._("Leave something in %s: a split makes two orders of one.", self.name))
        return list(parts.items())

    def _prepare_split(self, parts):
        """Return the values of the second order: this one's, with these lines only."""
        head = self._oms_head() if self.oms_channel_id else self.browse()
        rows = []
        for line, units in parts:
            rows += [Command.create(vals) for vals in line._prepare_split_lines(units)]
        own = {
            "order_line": rows,
            "oms_split_from_id": self.id,
            "oms_type_id": self.oms_type_id.id,
            "oms_tag_ids": [Command.set(self.oms_tag_ids.ids)],
            "oms_original_id": self.oms_original_id.id,
            "oms_resend_reason": self.oms_resend_reason,
            "oms_ship_by_at": self.oms_ship_by_at,
            "oms_deliver_by_at": self.oms_deliver_by_at,
            "commitment_date": self.commitment_date,
            "date_order": self.date_order,
            "origin": self.origin or self.name,
            "client_order_ref": self.client_order_ref,
        }
        if head:
            own |= {
                "oms_parent_id": head.id,
                "oms_channel_id": self.oms_channel_id.id,
                "oms_external_number": head.oms_external_number,
                "oms_channel_status": self.oms_channel_status,
                "oms_fulfilment": "own",
                "oms_marketplace": self.oms_marketplace,
                "oms_service_level": self.oms_service_level,
                "oms_changed_at": self.oms_changed_at,
            }
        return self.copy_data({"order_line": []})[0] | own

    # === GOING ON ===

    def _settle_split(self, other):
        """Give the second order the holds of this one, make the channel's total right again, and confirm it."""
        for hold in self._open_holds():
            other._put_on_hold(
                hold.kind, hold.note, keeps_stock=hold.keeps_stock, ends_on=hold.ends_on, ends_at=hold.ends_at
            )
        if self.oms_channel_id:
            self._oms_head()._settle_totals()
        if self.state == "sale" and other.state != "sale":
            other.with_context(oms_keep_order_date=True).action_confirm()

    # === SCREENS ===

    def action_oms_split(self):
        """Open the window that takes an order apart."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "oms.split",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Split %s", self.name),
            "context": {"default_order_id": self.id},
        }

    def action_view_oms_splits(self):
        """Open the other parts of this order."""
        head = self.oms_split_from_id or self
        return ((head | head.oms_split_ids) - self)._get_records_action(name=self.env._("Parts of %s", head.name))


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _units_movable(self):
        """Return how many of this line's units nobody has picked."""
        self.ensure_one()
        free = float(self._units_free()) * (self.oms_units or 1.0)
        return min(self.product_uom_id.round(free), self.product_uom_qty)

    def _why_not_split(self, units, movable):
        """Return why so many units of this line do not move, or an empty text."""
        words = {"product": self.product_id.display_name, "units": f"{units:g}", "free": f"{movable:g}"}
        if movable <= 0 or self.product_uom_id.compare(units, movable) > 0:
            return self.env._("%(product)s: %(units)s to move, and %(free)s are not picked.", **words)
        packs = Decimal(str(units)) / Decimal(str(self.oms_units or 1.0))
        is_whole = self.oms_units != 1.0 or bool(self._further_parts())
        if is_whole and packs != packs.to_integral_value():
            each = f"{self.oms_units:g}"
            return self.env._("%(product)s is sold in packs or sets of %(each)s: move whole ones.", each=each, **words)
        return ""

    def _prepare_split_lines(self, units):
        """Return the values of this line, and of the further parts of its kit, for so many of its units."""
        whole = self.product_uom_qty
        rows = []
        for line in self | self._further_parts():
            values = line.copy_data()[0]
            values.pop("order_id", None)
            rows.append(
                values
                | {
                    "product_uom_qty": _part_of(line.product_uom_qty, units, whole),
                    "price_unit": line.price_unit,
                    "discount": line.discount,
                    "tax_ids": [Command.set(line.tax_ids.ids)],
                    "name": line.name,
                    "oms_external_line_id": line.oms_external_line_id,
                    "oms_kind": line.oms_kind,
                    "oms_sku": line.oms_sku,
                    "oms_title": line.oms_title,
                    "oms_quantity": _part_of(line.oms_quantity, units, whole),
                    "oms_units": line.oms_units,
                    "oms_part_of": line.oms_part_of,
                    "oms_gift_message": line.oms_gift_message,
                    "oms_gift_wrap": line.oms_gift_wrap,
                    "oms_original_line_id": line.oms_original_line_id.id,
                }
            )
        return rows

    def _give_away(self, units):
        """Let this line, and the further parts of its kit, keep what did not move."""
        whole = self.product_uom_qty
        for line in self | self._further_parts():
            left = _part_of(line.product_uom_qty, whole - units, whole)
            vals = {"oms_quantity": _part_of(line.oms_quantity, whole - units, whole)}
            line._write_units(dto.to_decimal(left / (line.oms_units or 1.0)), vals)


def _part_of(quantity, units, whole):
    return round(quantity * units / whole, 6)
