from odoo import api, fields, models
from odoo.exceptions import UserError

from .oms_hold import ENDS, PAID
from .oms_hold import KINDS as HOLD_KINDS


class SaleOrder(models.Model):
    """Holding an order back by hand or by a rule, with its stock or without, and letting it go on."""

    _inherit = "sale.order"

    oms_hold_ids = fields.One2many("oms.hold", "order_id", string="Holds")
    oms_open_hold_ids = fields.One2many(
        "oms.hold", "order_id", string="Open holds", domain=[("state", "=", "open")], readonly=True
    )
    oms_hold_ends_at = fields.Datetime(
        string="Hold ends", compute="_compute_oms_hold_ends_at", store=True, index="btree_not_null"
    )

    @api.depends("oms_hold_ids.state", "oms_hold_ids.keeps_stock")
    def _compute_oms_hold(self):
        super()._compute_oms_hold()
        for order in self:
            holds = order.oms_hold_ids.filtered(lambda hold: hold.state == "open")
            if holds.filtered(lambda hold: not hold.keeps_stock):
                order.oms_hold = "confirm"
            elif holds:
                order.oms_hold = order.oms_hold or "ship"

    @api.depends("oms_hold_ids.state", "oms_hold_ids.ends_at")
    def _compute_oms_hold_ends_at(self):
        for order in self:
            ends = order.oms_hold_ids.filtered(lambda hold: hold.state == "open" and hold.ends_at).mapped("ends_at")
            order.oms_hold_ends_at = min(ends) if ends else False

    @api.depends("oms_hold_ids.state")
    def _compute_oms_hold_text(self):
        super()._compute_oms_hold_text()
        for order in self:
            holds = order.oms_hold_ids.filtered(lambda hold: hold.state == "open")
            texts = [*holds.mapped("sentence"), *([order.oms_hold_text] if order.oms_hold_text else [])]
            order.oms_hold_text = " ".join(texts) or False

    # === PUTTING ON HOLD ===

    def _put_on_hold(self, kind, note="", *, keeps_stock=True, ends_on="person", ends_at=None):
        """Hold these orders back. An order that is held for the same reason already stays as it is.

        :param kind: one of ``oms_hold.KINDS``
        :param keeps_stock: whether the order reserves its goods meanwhile
        :param ends_on: "person", "date" (then ``ends_at`` says when), "payment" or "stock"
        :return: the new holds
        """
        held = self.filtered(lambda order: kind not in order._open_holds().mapped("kind"))
        holds = self.env["oms.hold"].sudo()  # sudo: nobody writes holds by hand
        common = {"kind": kind, "note": note or False, "keeps_stock": keeps_stock}
        common |= {"ends_on": ends_on, "ends_at": ends_at if ends_on == "date" else False}
        created = holds.create([common | {"order_id": order.id} for order in held])
        self.env["oms.order.event"]._log(
            (hold.order_id, "held", {"text": hold.sentence, "reason": hold.kind}) for hold in created
        )
        if not keeps_stock:
            held._free_stock()
        return created

    def _may_not_reserve(self):
        """Whether a hold keeps this order from having stock."""
        return self.oms_hold == "confirm" and any(not hold.keeps_stock for hold in self._open_holds())

    def _open_holds(self):
        return self.sudo().oms_hold_ids.filtered(lambda hold: hold.state == "open")  # sudo: whether, not why

    def _free_stock(self):
        """Give back what these orders reserved and nobody has picked yet."""
        moves = self.order_line.move_ids.filtered(
            lambda move: move.state in ("assigned", "partially_available") and not move.picked
        )
        moves._do_unreserve()

    def _reserve_again(self):
        """Let orders that no hold keeps from it have stock again."""
        free = self.filtered(lambda order: order.state == "sale" and order.oms_hold != "confirm")
        moves = free.order_line.move_ids.filtered(lambda move: move.state in ("confirmed", "partially_available"))
        if moves:
            moves._action_assign()
            free._note_reservation()

    def _release_holds(self, kinds=None, why=""):
        """Release the open holds of these orders, all or those of some kinds.

        :return: the holds that were open until now
        """
        holds = self._open_holds().filtered(lambda hold: not kinds or hold.kind in kinds)
        return holds._end(why or self.env._("by the system")) if holds else holds

    # === WHAT ENDS BY ITSELF ===

    def _end_holds_of_paid(self):
        """Release holds that waited for money, for orders that are paid now."""
        holds = self._open_holds().filtered(
            lambda hold: hold.ends_on == "payment" and hold.order_id.oms_payment_state in PAID
        )
        if holds:
            holds._end_due()

    def _end_overdue_holds(self):
        """Release holds whose moment has passed, before the clock does: nobody is stopped by a hold that is over."""
        now = fields.Datetime.now()
        over = self._open_holds().filtered(lambda hold: hold.ends_on == "date" and hold.ends_at <= now)
        if over:
            over._end_due()

    def _with_all_in_stock(self):
        """Return those of these orders of which every unit is reserved or free in the warehouse it leaves from."""
        there = self.browse()
        for warehouse, orders in self.grouped("warehouse_id").items():
            lines = orders.order_line.filtered(lambda line: line.product_id.is_storable and line.product_uom_qty)
            free = warehouse._free_units(lines.product_id)
            for order in orders:
                there |= order if order._is_all_there(free) else self.browse()
        return there

    def _is_all_there(self, free):
        """Whether what this order lacks is free; what it would take is taken off ``free`` for those after it."""
        lacks = {}
        for line in self.order_line.filtered(lambda line: line.product_id.is_storable):
            asked = line.product_uom_id._compute_quantity(line.product_uom_qty, line.product_id.uom_id)
            moves = line.move_ids.filtered(lambda move: move.state != "cancel" and not move.move_orig_ids)
            has = sum(move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id) for move in moves)
            lacks[line.product_id.id] = lacks.get(line.product_id.id, 0.0) + max(asked - has, 0.0)
        if any(free[product_id] < units - 1e-6 for product_id, units in lacks.items()):
            return False
        for product_id, units in lacks.items():
            free[product_id] -= units
        return True

    # === FOR PEOPLE AND PROGRAMS ===

    def oms_put_on_hold(self, reason, note="", keeps_stock=True, ends_on="person", ends_at=None):
        """Hold orders back until something or somebody ends it.

        :param reason: ``payment_review``, ``payment``, ``fraud``, ``credit``, ``address``, ``buyer``, ``stock``
            or ``other``
        :param note: why, in words
        :param keeps_stock: whether the goods stay reserved meanwhile
        :param ends_on: ``person``, ``date`` (with ``ends_at``), ``payment`` or ``stock``
        :param ends_at: UTC moment as ``"2026-11-27 09:00:00"``
        :return: for each order ``{id, name, is_done, why}``; ``why`` says why nothing was to be done
        :raise UserError: the reason, the end or the moment is none
        :raise AccessError: whoever asks may not hold orders
        """
        self._ensure_desk()
        moment = self._read_hold_end(reason, ends_on, ends_at)
        reasons = {order: order._why_not_hold(reason) for order in self}
        todo = self.filtered(lambda order: not reasons[order])
        todo._put_on_hold(reason, note, keeps_stock=keeps_stock, ends_on=ends_on, ends_at=moment)
        return self._answers(todo, reasons)

    def _read_hold_end(self, reason, ends_on, ends_at):
        if reason not in dict(self.env["oms.hold"]._fields["kind"]._description_selection(self.env)):
            raise UserError(
                self.env._(
                    "“%(reason)s” is no reason. Choose one of %(known)s.",
                    reason=reason,
                    known=", ".join(dict(HOLD_KINDS)),
                )
            )
        if ends_on not in dict(ENDS):
            raise UserError(
                self.env._(
                    "A hold does not end on “%(end)s”. Choose one of %(known)s.",
                    end=ends_on,
                    known=", ".join(dict(ENDS)),
                )
            )
        if ends_on != "date":
            return None
        try:
            moment = fields.Datetime.to_datetime(ends_at) if ends_at else None
        except (TypeError, ValueError):
            moment = None
        if not moment:
            raise UserError(self.env._("Say until when the order is held, as 2026-11-27 09:00:00 (UTC)."))
        if moment <= fields.Datetime.now():
            raise UserError(self.env._("The end of a hold lies ahead. %s has passed.", ends_at))
        return moment

    def _why_not_hold(self, kind):
        """Return why this order is not put on hold, or an empty text."""
        if self.state == "cancel":
            return self.env._("It is cancelled.")
        if self._stage() == "shipped":
            return self.env._("It has left already.")
        if kind in self._open_holds().mapped("kind"):
            return self.env._("It is held for this reason already.")
        return ""

    def oms_release_hold(self, why="", reasons=()):
        """Release orders that were put on hold. Problems stay: they end when their cause does.

        :param why: in words, for the timeline
        :param reasons: only holds with these reasons; none means all of them
        :return: for each order ``{id, name, is_done, why}``
        :raise AccessError: whoever asks may not release orders
        """
        self._ensure_desk()
        holds = self._open_holds().filtered(lambda hold: not reasons or hold.kind in reasons)
        ended = holds._end(why or self.env._("by hand"), by=self.env.user) if holds else holds
        released = ended.order_id
        return self._answers(released, {order: order._why_held(released) for order in self})

    def _why_held(self, released):
        """Return what still stops this order, or that nothing did."""
        if self.oms_hold:
            return self.env._("Still stopped: %s", self.oms_hold_text)
        return "" if self in released else self.env._("It was not on hold.")

    def action_oms_hold(self):
        """Ask for reason and end in a dialog."""
        self._ensure_desk()
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.oms_order_action_hold")
        return dict(action, context={"active_model": "sale.order", "active_ids": self.ids, "default_kind": "hold"})

    def action_oms_release(self):
        """Release all holds of the order; say so when somebody was faster."""
        self.ensure_one()
        self._ensure_desk()
        holds = self._open_holds()
        if not holds:
            raise UserError(self.env._("Nobody holds it any more. Load the page again."))
        return holds.with_env(self.env).action_release()


class StockWarehouse(models.Model):
    _inherit = "stock.warehouse"

    def _free_units(self, products):
        """Return ``{product id: units}`` on this warehouse's shelves that nothing is reserved of."""
        return dict.fromkeys(products.ids, 0.0) | {
            product_id: free for product_id, (_on_hand, free) in self._shelf_units(products).items()
        }

    def _shelf_units(self, products):
        """Return ``{product id: (units on the shelves, units of them that nothing is reserved of)}``."""
        quants = self.env["stock.quant"].sudo()  # sudo: numbers; who sells need not see stock
        domain = [("product_id", "in", products.ids), ("location_id", "child_of", self.lot_stock_id.id)]
        groups = quants._read_group(domain, ["product_id"], ["quantity:sum", "reserved_quantity:sum"])
        return {product.id: (quantity, quantity - reserved) for product, quantity, reserved in groups}
