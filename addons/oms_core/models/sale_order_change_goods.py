from decimal import Decimal

from odoo import models

from ..lib import changing, dto, sharing


class SaleOrder(models.Model):
    """Writing changed goods and amounts: Odoo's own line write moves the stock, the total equals the channel's."""

    _inherit = "sale.order"

    # === GOODS ===

    def _apply_goods(self, plan, changes):
        """Write added, changed and cancelled lines.

        What is added once picking began is collected into an order of its own: a transfer under somebody's hands does
        not grow, and the channel's lines keep their ids, so its parcel is told for the same order of the channel.
        """
        is_late = self._stage() in ("picking", "shipped", "cancelled")
        planned = {}
        for line in plan.lines:
            name = line.external_id or line.part_of
            if name:
                planned.setdefault(name, []).append(line)
        late = []
        for change in changes:
            lines = planned.get(change.key, [])
            if change.kind == "product":
                self._swap_product(change, plan, lines)
            elif is_late and self._is_more(change):
                late += self._only_more(change, lines)
            elif change.kind == "line_added":
                self._add_lines(plan, lines)
            else:
                self._write_quantity(change, plan, lines)
        if late:
            self._create_child(plan, late)

    def _is_more(self, change):
        """Whether the channel wants more of a line than is here."""
        here = self._channel_lines(change.key)
        return Decimal(change.new or 0) > (here._as_held_line().quantity if here else 0)

    def _write_quantity(self, change, plan, planned):
        """Let a line and its parts have the channel's new quantity and amount; what left stays counted."""
        wanted = Decimal(change.new or 0)
        lines = self._channel_lines(change.key)
        if not lines:
            if wanted:
                self._add_lines(plan, planned)  # a person took it out, another accepted that it comes back
            return
        shares = sharing.share_out(wanted, [line._as_held_line() for line in lines])
        goods = next((row for row in planned if row.external_id), None)
        is_priced = goods is not None and goods.amount is not None and goods.quantity == sum(shares) > 0
        for line, units in zip(lines, shares, strict=True):
            vals = {"oms_quantity": float(units)}
            line._write_units(units, vals | (line._price_vals(goods.amount, goods.quantity) if is_priced else {}))
            for part in line._further_parts():
                part._write_units(units, vals)

    def _add_lines(self, plan, lines):
        """Create lines with the channel's amounts; on a confirmed order they are sent for by Odoo's own create."""
        start = max(self.order_line.mapped("sequence"), default=10)
        values = [self._prepare_oms_line(plan, line, start + position) for position, line in enumerate(lines)]
        self.env["sale.order.line"].create([vals | {"order_id": self.id} for vals in values])

    def _swap_product(self, change, plan, lines):
        """The channel's line stands for another article now: the old one ends, and gives its id to the new."""
        old = self._channel_lines(change.key)
        parts = old.union(*(line._further_parts() for line in old)) - old
        for line in old | parts:
            line._write_units(Decimal(0), {"oms_quantity": 0.0})
        old.oms_external_line_id = False
        parts.oms_part_of = False
        old.flush_recordset()  # before the next line takes the id, or the index refuses it
        (old[:1].order_id or self)._add_lines(plan, lines)

    # === MONEY ===

    def _apply_money(self, plan, changes):
        """Write changed prices, charges and taxes, then make the total equal to the channel's."""
        planned = {line.external_id: line for line in plan.lines if line.external_id}
        for change in changes:
            if change.kind == "amount" and change.key in planned:
                goods = planned[change.key]
                lines = self._channel_lines(change.key) if goods.amount is not None else ()
                for line in lines:
                    if line.product_uom_qty:
                        line.write(line._price_vals(goods.amount, goods.quantity) | self._taxes_of(plan, line))
        for change in changes:
            if change.kind in ("charge", "tax"):
                self._write_charge(plan, change.key)
        self.order_line.filtered(lambda line: line.oms_kind == "rounding").write({"price_unit": 0.0, "discount": 0.0})
        total = plan.order.total
        self.write({"oms_total": float(total.amount) if total else 0.0, "oms_has_total": total is not None})
        self._settle_totals()

    def _taxes_of(self, plan, line):
        is_taxed = plan.tax_id and line.oms_kind == "goods"
        return {"tax_ids": [(6, 0, [plan.tax_id] if is_taxed else [])]}

    def _write_charge(self, plan, kind):
        """Let the lines of one kind of charge have the channel's sums; a confirmed order keeps a line at zero."""
        planned = [(place, line) for place, line in enumerate(plan.lines) if line.kind == kind]
        lines = self.order_line.filtered(lambda line: line.oms_kind == kind and not line.oms_external_line_id)
        for number, (place, charge) in enumerate(planned):
            vals = self._prepare_oms_line(plan, charge, place)
            if number < len(lines):
                names = ("product_uom_qty", "price_unit", "discount", "tax_ids", "name")
                lines[number].write({name: vals[name] for name in names})
            else:
                self.env["sale.order.line"].create(vals | {"order_id": self.id})
        lines[len(planned) :].write({"price_unit": 0.0, "discount": 0.0})


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _oms_amount(self):
        """Return what this line is worth, in the order's tax mode, as the channel counts money."""
        self.ensure_one()
        amount = self.price_unit * (1 - (self.discount or 0.0) / 100) * self.product_uom_qty
        return Decimal(str(self.currency_id.round(amount)))

    def _as_held_line(self):
        """Return these lines, all of one channel line, as the comparison sees it."""
        slack = Decimal(str(self.currency_id.rounding)) + sum(
            (self._price_step() * dto.to_decimal(line.product_uom_qty) for line in self), Decimal(0)
        )
        texts = [line.oms_gift_message or "" for line in self] + [line.oms_gift_wrap or "" for line in self]
        return changing.HeldLine(
            external_id=self[:1].oms_external_line_id,
            quantity=sum((line._units_asked() for line in self), Decimal(0)),
            amount=sum((line._oms_amount() for line in self), Decimal(0)),
            slack=slack,
            picked=sum((line._units_on(is_gone=False) for line in self), Decimal(0)),
            shipped=sum((line._units_on(is_gone=True) for line in self), Decimal(0)),
            later=sum((line._units_free() for line in self if line.order_id.oms_parent_id), Decimal(0)),
            gift=" · ".join(text for text in texts if text) or None,
        )

    def _price_step(self):
        """Return half of the smallest step in which a price is kept: what rounding may cost per unit."""
        digits = self._fields["price_unit"].get_digits(self.env)
        return Decimal(1).scaleb(-(digits[1] if digits else 2)) / 2

    def _units_asked(self):
        """Return how many of the channel's units this line is for."""
        return dto.to_decimal(self.product_uom_qty / (self.oms_units or 1.0))

    def _units_free(self):
        """Return how many of the channel's units of this line are neither picked nor gone."""
        return max(self._units_asked() - self._units_on(is_gone=True) - self._units_on(is_gone=False), Decimal(0))

    def _further_parts(self):
        """Return the lines of the further products of the kit that this line sells."""
        self.ensure_one()
        return self.order_id.order_line.filtered(
            lambda row: row.oms_part_of and row.oms_part_of == self.oms_external_line_id
        )

    def _units_on(self, *, is_gone):
        """Return how many of the channel's units of this line left, or are picked and have not left.

        One part of a kit that is picked counts as the kit: somebody has to put it back.
        """
        self.ensure_one()
        units = Decimal(0)
        for line in self | self._further_parts():
            for product, needed in line._units_needed().items():
                taken = line.move_ids._units_taken(product, is_gone=is_gone)
                units = max(units, dto.to_decimal(taken / needed))
        return units

    def _price_vals(self, amount, quantity):
        """Return the values that make this line worth ``amount`` for ``quantity`` of the channel's units."""
        units = quantity * dto.to_decimal(self.oms_units or 1.0)
        return {"price_unit": float(amount / units) if units else 0.0, "discount": 0.0}

    def _write_units(self, quantity, vals):
        """Write a quantity the channel counts. Price and discount always go along: Odoo would compute them anew."""
        self.ensure_one()
        units = float(quantity) * (self.oms_units or 1.0)
        price = {"price_unit": self.price_unit, "discount": self.discount, "tax_ids": [(6, 0, self.tax_ids.ids)]}
        may_put_back = self.with_context(oms_puts_back=True)
        may_put_back.write(price | vals | {"product_uom_qty": units, "name": self.name})
        for move in self.move_ids.filtered(lambda move: move.state not in ("done", "cancel") and move.picked):
            if move.quantity > move.product_uom_qty:  # Odoo leaves what was picked as it is
                move.quantity = move.product_uom_qty


class StockMove(models.Model):
    _inherit = "stock.move"

    def _units_taken(self, product, *, is_gone):
        """Return how many units of a product among these moves left, or were picked and have not left.

        Where goods move in several steps, the same units are met more than once; the place with the most counts.
        """
        taken = {}
        for move in self:
            is_out = move.state == "done" and move.location_dest_id.usage == "customer"
            if move.product_id != product or move.state == "cancel" or is_out != is_gone:
                continue
            if is_gone or move.picked or move.state == "done":
                units = move.product_uom._compute_quantity(move.quantity, product.uom_id)
                taken[move.location_dest_id] = taken.get(move.location_dest_id, 0.0) + units
        return max(taken.values(), default=0.0)
