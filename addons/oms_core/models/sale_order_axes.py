from decimal import Decimal

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib import status as axes

PAYMENT_STATES = [
    ("none", "Nothing to pay"),
    ("unpaid", "Unpaid"),
    ("terms", "On account"),
    ("authorised", "Authorised"),
    ("part_paid", "Partly paid"),
    ("paid", "Paid"),
    ("part_refunded", "Part refund"),
    ("refunded", "Refunded"),
    ("cancelled", "Cancelled"),
]
STOCK_STATES = [
    ("none", "Not reserved"),
    ("unrouted", "Not routed"),
    ("short", "Short"),
    ("partial", "Partly reserved"),
    ("soft", "Reserved, unpaid"),
    ("reserved", "Reserved"),
]
PICK_STATES = [("none", "Not started"), ("picking", "Picking"), ("picked", "Picked"), ("packed", "Packed")]
SHIP_STATES = [
    ("none", "No parcel"),
    ("labelled", "Label"),
    ("part_shipped", "Partly shipped"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
]
SYNC_STATES = [("none", "No channel"), ("in_sync", "In sync"), ("sending", "Sending"), ("not_sent", "Not sent")]
STATUSES = [
    ("quotation", "Quotation"),
    ("unpaid", "Awaiting payment"),
    ("held", "On hold"),
    ("to_route", "To route"),
    ("waiting_stock", "Waiting for stock"),
    ("to_pick", "To pick"),
    ("to_pack", "To pack"),
    ("to_ship", "To ship"),
    ("part_shipped", "Partly shipped"),
    ("shipped", "Shipped"),
    ("delivered", "Delivered"),
    ("elsewhere", "Sent by others"),
    ("no_goods", "Nothing to send"),
    ("cancelled", "Cancelled"),
]
# What was counted of each order's goods: one statement for all of them. First transfers are those that follow no other;
# in two and three steps Odoo makes the later ones when the first are done.
COUNTS = """
SELECT line.order_id,
       COALESCE(SUM(move.product_uom_qty) FILTER (WHERE kind.is_first), 0) AS asked,
       COALESCE(SUM(move.quantity) FILTER (WHERE kind.is_first), 0) AS reserved,
       COALESCE(SUM(move.quantity) FILTER (WHERE move.state = 'done' AND kind.is_pack), 0) AS packed,
       COALESCE(SUM(move.quantity) FILTER (WHERE move.state = 'done' AND kind.is_out), 0) AS left_here,
       COUNT(*) FILTER (WHERE kind.is_first) AS lines,
       COUNT(*) FILTER (WHERE kind.is_first AND (move.picked OR move.state = 'done')) AS lines_picked,
       BOOL_OR(kind.is_out AND move.state <> 'done' AND picking.carrier_tracking_ref <> '') AS is_labelled,
       MAX(picking.date_done) FILTER (WHERE move.state = 'done' AND kind.is_out) AS left_at
  FROM sale_order_line line
  JOIN stock_move move ON move.sale_line_id = line.id AND move.state <> 'cancel'
  LEFT JOIN stock_picking picking ON picking.id = move.picking_id
  LEFT JOIN stock_warehouse warehouse ON warehouse.pack_type_id = move.picking_type_id
  JOIN stock_location source ON source.id = move.location_id
  JOIN stock_location target ON target.id = move.location_dest_id
 CROSS JOIN LATERAL (
       SELECT target.usage IN ('customer', 'transit') AS is_out,
              warehouse.id IS NOT NULL AS is_pack,
              NOT EXISTS (SELECT FROM stock_move_move_rel WHERE move_dest_id = move.id) AS is_first
       ) AS kind
 WHERE line.order_id = ANY(%s) AND source.usage <> 'customer'
 GROUP BY line.order_id
"""


class SaleOrder(models.Model):
    """Five axes of state and one status, stored so that any of them filters, sorts and groups a million orders."""

    _inherit = "sale.order"

    oms_payment_ids = fields.One2many("oms.payment", "order_id", string="Payments")
    oms_payment_state = fields.Selection(
        PAYMENT_STATES,
        string="Payment",
        compute="_compute_oms_payment_state",
        store=True,
        recursive=True,
        index="btree",
    )
    oms_stock_state = fields.Selection(
        STOCK_STATES, string="Allocation", compute="_compute_oms_goods", store=True, index="btree"
    )
    oms_pick_state = fields.Selection(
        PICK_STATES, string="Picking", compute="_compute_oms_goods", store=True, index="btree"
    )
    oms_ship_state = fields.Selection(
        SHIP_STATES, string="Shipping", compute="_compute_oms_goods", store=True, index="btree"
    )
    oms_sync_state = fields.Selection(
        SYNC_STATES, string="Channel sync", compute="_compute_oms_sync_state", store=True, index="btree"
    )
    oms_status = fields.Selection(
        STATUSES, string="Order status", compute="_compute_oms_status", store=True, index="btree"
    )
    oms_units_asked = fields.Float(compute="_compute_oms_goods", store=True, string="Units to send")
    oms_units_reserved = fields.Float(compute="_compute_oms_goods", store=True, string="Units reserved")
    oms_lines_to_pick = fields.Integer(compute="_compute_oms_goods", store=True, string="Lines to pick")
    oms_lines_picked = fields.Integer(compute="_compute_oms_goods", store=True, string="Lines picked")
    oms_shipped_at = fields.Datetime(string="Left at", compute="_compute_oms_goods", store=True, index="btree_not_null")
    oms_payment_text = fields.Char(compute="_compute_oms_axis_texts", compute_sudo=True)
    oms_stock_text = fields.Char(compute="_compute_oms_axis_texts", compute_sudo=True)
    oms_pick_text = fields.Char(compute="_compute_oms_axis_texts", compute_sudo=True)

    # === GOODS ===

    @api.depends(
        "state",
        "oms_fulfilment",
        "oms_channel_status",
        "order_line.product_uom_qty",
        "order_line.product_id",
        "order_line.move_ids.state",
        "order_line.move_ids.product_uom_qty",
        "order_line.move_ids.quantity",
        "order_line.move_ids.picked",
        "picking_ids.carrier_tracking_ref",
        "picking_ids.date_done",
    )
    def _compute_oms_goods(self):
        counts = self._count_goods()
        for order in self:
            row = counts.get(order._origin.id, {})
            goods = axes.Goods(wanted=order._count_wanted(), **row.get("goods", {}))
            is_unpaid = order.oms_channel_status == "awaiting_payment"
            order.oms_stock_state = axes.stock_state(goods, is_confirmed=order.state == "sale", is_unpaid=is_unpaid)
            order.oms_pick_state = axes.pick_state(goods)
            order.oms_ship_state = axes.ship_state(
                goods, fulfilment=order.oms_fulfilment or "own", channel_status=order.oms_channel_status or None
            )
            order.oms_units_asked, order.oms_units_reserved = goods.asked, goods.reserved
            order.oms_lines_to_pick, order.oms_lines_picked = goods.lines, goods.lines_picked
            order.oms_shipped_at = row.get("left_at") if order.oms_ship_state == "shipped" else False

    def _count_wanted(self):
        """Return how many lines are goods that leave our warehouses."""
        if self.oms_fulfilment not in ("own", False):
            return 0
        return len(
            self.order_line.filtered(
                lambda line: line.product_id.type == "consu" and not line.display_type and line.product_uom_qty > 0
            )
        )

    def _count_goods(self):
        """Return ``{order id: {"goods": counts for lib.status.Goods, "left_at": moment}}`` of orders with transfers."""
        ids = [order._origin.id for order in self if order._origin.id and order.order_line.move_ids]
        if not ids:
            return {}
        self.env["stock.move"].flush_model(
            ["state", "product_uom_qty", "quantity", "picked", "sale_line_id", "picking_id", "move_orig_ids"]
        )
        self.env["stock.picking"].flush_model(["carrier_tracking_ref", "date_done"])
        self.env.cr.execute(SQL(COUNTS, ids))
        counts = {}
        for order_id, asked, reserved, packed, left, lines, picked, is_labelled, left_at in self.env.cr.fetchall():
            goods = {"asked": asked, "reserved": reserved, "packed": max(packed, left), "left": left}
            goods |= {"lines": lines, "lines_picked": picked, "is_labelled": bool(is_labelled)}
            counts[order_id] = {"goods": {name: _number(value) for name, value in goods.items()}, "left_at": left_at}
        return counts

    # === MONEY ===

    @api.depends(
        "state",
        "amount_total",
        "payment_term_id",
        "oms_channel_status",
        "oms_total",
        "oms_has_total",
        "oms_payment_ids",
        "oms_refund_ids.state",
        "oms_refund_ids.amount",
        "oms_parent_id.oms_payment_state",
        "order_line.invoice_lines.move_id.amount_residual",
        "order_line.invoice_lines.move_id.state",
        "transaction_ids.state",
    )
    def _compute_oms_payment_state(self):
        for order in self:
            head = order.oms_parent_id
            order.oms_payment_state = head.oms_payment_state if head else axes.payment_state(order._money())

    def _money(self):
        """Return what is known of the order's money, in its currency."""
        self.ensure_one()
        order = self.sudo()  # sudo: a state, whoever looks; accounting is not shown
        reported = {"authorised": 0.0, "captured": 0.0, "refunded": 0.0, "voided": 0.0}
        for payment in order.oms_payment_ids.filtered(lambda payment: payment.currency_id == order.currency_id):
            reported[payment.kind] += payment.amount
        invoiced, credited = order._paid_on_invoices()
        refunds = order.oms_refund_ids.filtered(lambda refund: refund.state == "done")
        here = invoiced + order.amount_paid
        names_payments = bool(order.oms_payment_ids)
        return axes.Money(
            total=_money(order, order.oms_total if order.oms_has_total else order.amount_total),
            authorised=_money(order, reported["authorised"] - reported["voided"]),
            captured=_money(order, max(reported["captured"], here)),
            refunded=_money(order, max(reported["refunded"] + sum(refunds.mapped("amount")), credited)),
            is_cancelled=order.state == "cancel",
            is_draft=order.state in ("draft", "sent"),
            is_awaited=order.oms_channel_status == "awaiting_payment",
            is_settled=bool(order.oms_channel_id) and not names_payments,
            is_on_terms=any(line.nb_days for line in order.payment_term_id.line_ids),
        )

    def _paid_on_invoices(self):
        """Return ``(paid on invoices, paid out on credit notes)``, as far as they are posted."""
        moves = self.order_line.invoice_lines.move_id.filtered(lambda move: move.state == "posted")
        invoices = moves.filtered(lambda move: move.move_type == "out_invoice")
        notes = moves.filtered(lambda move: move.move_type == "out_refund")
        return tuple(sum(move.amount_total - move.amount_residual for move in group) for group in (invoices, notes))

    # === THE CHANNEL, AND THE STATUS ===

    @api.depends("oms_channel_id", "oms_outbox_ids.state")
    def _compute_oms_sync_state(self):
        for order in self:
            states = order.sudo().oms_outbox_ids.mapped("state")  # sudo: whether, not what
            order.oms_sync_state = axes.sync_state(
                is_on_channel=bool(order.oms_channel_id),
                waiting=sum(state in ("new", "sent", "submitted", "retry") for state in states),
                refused=sum(state in ("dead", "unknown") for state in states),
            )

    @api.depends(
        "state",
        "oms_fulfilment",
        "oms_hold",
        "oms_payment_state",
        "oms_stock_state",
        "oms_pick_state",
        "oms_ship_state",
    )
    def _compute_oms_status(self):
        for order in self:
            order.oms_status = axes.order_status(
                state=order.state,
                fulfilment=order.oms_fulfilment or "own",
                hold=order.oms_hold or "none",
                payment=order.oms_payment_state or "none",
                stock=order.oms_stock_state or "none",
                pick=order.oms_pick_state or "none",
                ship=order.oms_ship_state or "none",
            )

    # === WORDS ===

    @api.depends("oms_payment_state", "oms_units_asked", "oms_units_reserved", "oms_lines_to_pick", "oms_lines_picked")
    def _compute_oms_axis_texts(self):
        for order in self:
            reserved, asked = f"{order.oms_units_reserved:g}", f"{order.oms_units_asked:g}"
            order.oms_payment_text = order.payment_term_id.name if order.oms_payment_state == "terms" else False
            order.oms_stock_text = {
                "partial": self.env._("%(some)s of %(all)s", some=reserved, all=asked),
                "short": self.env._("Short %s", asked),
            }.get(order.oms_stock_state, False)
            order.oms_pick_text = (
                self.env._("Picking %(some)s/%(all)s", some=order.oms_lines_picked, all=order.oms_lines_to_pick)
                if order.oms_pick_state == "picking"
                else False
            )


def _number(value):
    return float(value) if isinstance(value, Decimal) else value


def _money(order, amount):
    return Decimal(str(order.currency_id.round(amount)))
