from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import dto
from ..lib.channel import Capability
from .oms_channel_state import naive_utc

REASONS = [
    ("returned", "Goods came back"),
    ("cancelled", "Cancelled"),
    ("damaged", "Damaged or faulty"),
    ("not_received", "Not received"),
    ("wrong_price", "Wrong price"),
    ("goodwill", "Goodwill"),
    ("other", "Other"),
]
STATES = [
    ("draft", "Draft"),
    ("waiting", "Waits for the channel"),
    ("done", "Given back"),
    ("failed", "Failed"),
]


class OmsRefund(models.Model):
    """Money given back for an order: by us through the channel, or on the channel and told to us."""

    _name = "oms.refund"
    _description = "Refund"
    _order = "id desc"
    _rec_name = "reference"
    _check_company_auto = True

    reference = fields.Char(compute="_compute_reference")
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="restrict", index=True)
    channel_id = fields.Many2one("oms.channel", required=True, readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    external_id = fields.Char(string="Channel number", readonly=True, copy=False)
    origin = fields.Selection(
        [("here", "From here"), ("channel", "On the channel")], required=True, readonly=True, default="here"
    )
    state = fields.Selection(STATES, required=True, readonly=True, default="draft", index=True)
    reason = fields.Selection(REASONS, required=True, default="other")
    note = fields.Char(help="Shown to the buyer where the channel shows such notes.")
    line_ids = fields.One2many("oms.refund.line", "refund_id", string="Lines")
    shipping = fields.Monetary(string="Delivery cost", help="Part of the delivery cost that is given back.")
    adjustment = fields.Monetary(help="Money beside lines and delivery: goodwill, or a fee kept when negative.")
    amount = fields.Monetary(string="Total", compute="_compute_amount", store=True, readonly=True)
    refunded_at = fields.Datetime(readonly=True)
    move_id = fields.Many2one("account.move", string="Credit note", readonly=True, copy=False, index="btree_not_null")
    reported = fields.Json(readonly=True, copy=False, help="Channel numbers and amounts of the parts it was booked in.")
    outbox_id = fields.Many2one("oms.outbox", string="Message", readonly=True, copy=False, index="btree_not_null")
    return_id = fields.Many2one("oms.return", string="Return", readonly=True, index="btree_not_null")

    _external_unique = models.UniqueIndex(
        "(channel_id, external_id) WHERE external_id IS NOT NULL", "This refund of the channel is already here."
    )
    _amount_positive = models.Constraint(
        "CHECK(amount >= 0)", "A refund gives money back; its total cannot be negative."
    )

    @api.depends("order_id", "external_id")
    def _compute_reference(self):
        for refund in self:
            refund.reference = self.env._("Refund of %s", refund.order_id.name)

    @api.depends("line_ids.amount", "shipping", "adjustment", "line_ids.shipping")
    def _compute_amount(self):
        for refund in self:
            lines = sum(line.amount + line.shipping for line in refund.line_ids)
            refund.amount = lines + refund.shipping + refund.adjustment

    # === FROM THE CHANNEL ===

    @api.model
    def _take_over(self, channel, items):
        """Keep what the channel tells of refunds; one that we asked for is recognised and not counted twice.

        :param items: iterable of ``dto.RefundData``; those of orders that are not here are left alone
        """
        items = [item for item in items if item.status != "failed"]
        orders = self.env["sale.order"]._find_external(channel, {item.order_external_id for item in items})
        known = {
            refund.external_id: refund
            for refund in self.search(
                [("channel_id", "=", channel.id), ("external_id", "in", [item.external_id for item in items])]
            )
        }
        for refund in self.union(*(order._all_refunds() for order in orders.values())):
            known.update(dict.fromkeys(refund.reported or (), refund))
        for item in items:
            order = orders.get(item.order_external_id)
            if order is None:
                continue
            item = order._without_channel_tax(item)
            refund = known.get(item.external_id) or self._adopt(order, item)
            if refund:
                refund._note_seen(item)
            else:
                self._create_from_channel(order, item)

    def _adopt(self, order, item):
        """Return our own refund that this is, or is a part of: asked for by us and not recognised yet.

        A channel may book one refund line by line. A part is worth exactly what we gave for its lines, so that money
        somebody gave back on the channel meanwhile is not taken for one.
        """
        amount = float(item.amount.amount)
        ours = order._all_refunds().filtered(
            lambda refund: refund.origin == "here" and not refund.external_id and refund.state in ("waiting", "done")
        )
        whole = ours.filtered(
            lambda refund: not refund.reported and refund.currency_id.compare_amounts(refund.amount, amount) == 0
        )[:1]
        if whole:
            whole.external_id = item.external_id
            return whole
        lines = self.env["sale.order.line"].union(*order._lines_meant(item.lines))
        part = ours.filtered(lambda refund: refund._has_part(lines, amount))[:1]
        if part:
            part.reported = {**(part.reported or {}), item.external_id: {"amount": amount, "lines": lines.ids}}
        return part

    def _has_part(self, order_lines, amount):
        """Whether some of the lines, none of which was booked before, are together worth that."""
        booked = {line_id for part in (self.reported or {}).values() for line_id in part["lines"]}
        parts = self.line_ids.filtered(lambda line: line.order_line_id in order_lines)
        if not parts or len(parts) < len(order_lines) or booked & set(order_lines.ids):
            return False
        worth = sum(line.amount + line.shipping for line in parts)
        return self.currency_id.compare_amounts(worth, amount) == 0

    def _note_seen(self, item):
        if item.status != "done" or self.state == "done":
            return
        if self.reported and self.currency_id.compare_amounts(
            sum(part["amount"] for part in self.reported.values()), self.amount
        ):
            return  # some of its parts are still to come
        self.write({"state": "done", "refunded_at": naive_utc(item.refunded_at) or fields.Datetime.now()})
        if self.outbox_id.state == "unknown":
            self.outbox_id.action_settle()

    @api.model
    def _create_from_channel(self, order, item):
        lines = zip(order._lines_meant(item.lines), item.lines, strict=True)
        refund = self.create(
            {
                "order_id": order.id,
                "channel_id": order.oms_channel_id.id,
                "external_id": item.external_id,
                "origin": "channel",
                "state": "done" if item.status == "done" else "waiting",
                "note": item.reason,
                "refunded_at": naive_utc(item.refunded_at) or naive_utc(item.updated_at),
                "line_ids": [(0, 0, _line_vals(found, line)) for found, line in lines if found],
                "shipping": _number(item.shipping),
            }
        )
        refund.adjustment = float(item.amount.amount) - refund.amount
        amount = refund.currency_id.format(refund.amount)
        self.env["oms.order.event"]._log([(order, "refund_reported", {"amount": amount}, "channel")])
        refund._draft_credit_note()
        return refund

    # === FROM HERE ===

    def action_send(self):
        """Give the money back through the channel. A person has looked at the amounts."""
        self.env["oms.exception"]._ensure_clerk()
        self.check_access("write")
        for refund in self:
            if refund.currency_id.is_zero(refund.amount):
                raise UserError(self.env._("Enter what is given back first."))
            left = refund.order_id._refundable() + refund.amount
            if refund.currency_id.compare_amounts(refund.amount, left) > 0:
                raise UserError(
                    self.env._("Only %s is left to give back on this order.", refund.currency_id.format(max(left, 0.0)))
                )
        self.sudo()._send()  # sudo: clerks may send, messages to channels are the system's
        return True

    def _send(self):
        """Queue the refund for the channel, in the transaction of the decision."""
        for refund in self:
            if Capability.REFUND not in refund.channel_id._adapter_class().capabilities:
                raise UserError(
                    self.env._(
                        "%s takes no refunds from here. Give the money back there; it is recorded here by itself.",
                        refund.channel_id.name,
                    )
                )
            if refund.state != "draft":
                raise UserError(self.env._("This refund was sent before."))
            refund.state = "waiting"
            refund.outbox_id = self.env["oms.outbox"]._queue(
                refund.channel_id, "refund", refund.order_id, refund._as_notice()
            )

    def _as_notice(self):
        """Return the refund as the contract's value. The reference is ours and stable."""
        return dto.RefundNotice(
            order_external_id=self.order_id._oms_head().oms_external_id,
            reference=str(self.id),
            amount=_money(self.amount, self.currency_id),
            reason=self.reason,
            lines=tuple(line._as_value() for line in self.line_ids),
            shipping=_money(self.shipping, self.currency_id) if self.shipping else None,
            adjustment=_money(self.adjustment, self.currency_id) if self.adjustment else None,
            note=self.note or None,
            marketplace=self.order_id.oms_marketplace or None,
            return_id=self.return_id.external_id or None,
        )

    def _note_told(self):
        """The channel took it: the money is on its way to the buyer."""
        for refund in self.filtered(lambda refund: refund.state == "waiting"):
            receipt = refund.outbox_id.receipt or {}
            taken = self.search_count(
                [("channel_id", "=", refund.channel_id.id), ("external_id", "=", receipt.get("external_id"))], limit=1
            )
            refund.write({"state": "done", "refunded_at": fields.Datetime.now()})
            if receipt.get("external_id") and not taken:
                refund.external_id = receipt["external_id"]
            if not refund.move_id:
                refund._draft_credit_note()

    def _note_refused(self):
        self.filtered(lambda refund: refund.state == "waiting").state = "failed"

    def write(self, vals):
        """Keep what was decided: once sent, a refund is changed by its outcome only."""
        if not self.env.su and any(refund.state != "draft" for refund in self):
            raise UserError(self.env._("This refund was sent; it cannot be changed any more."))
        return super().write(vals)

    def action_send_again(self):
        """Send a refund again that the channel refused, after the cause is mended."""
        self.env["oms.exception"]._ensure_clerk()
        for refund in self.filtered(lambda refund: refund.state == "failed"):
            refund.sudo().state = "waiting"  # sudo: clerks may send, not edit
            refund.outbox_id.action_retry()
        return True

    def action_open_order(self):
        """Open the order."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "sale.order",
            "res_id": self.order_id.id,
            "views": [(False, "form")],
        }


class OmsRefundLine(models.Model):
    """Money given back for one line of an order; ``amount`` has its tax in it."""

    _name = "oms.refund.line"
    _description = "Refund line"

    refund_id = fields.Many2one("oms.refund", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="refund_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="refund_id.currency_id")
    order_line_id = fields.Many2one("sale.order.line", required=True, ondelete="restrict", index=True)
    quantity = fields.Float(string="Units", digits="Product Unit", help="0: money only.")
    amount = fields.Monetary(required=True)
    tax = fields.Monetary(string="Tax in it")
    shipping = fields.Monetary(string="Its delivery cost")

    def _as_value(self):
        return dto.RefundLine(
            external_line_id=self.order_line_id.oms_external_line_id,
            quantity=dto.to_decimal(self.quantity),
            amount=_money(self.amount, self.currency_id),
            tax=_money(self.tax, self.currency_id) if self.tax else None,
            shipping=_money(self.shipping, self.currency_id) if self.shipping else None,
        )


def _line_vals(order_line, line):
    quantity = float(line.quantity)
    if not quantity and not order_line.currency_id.compare_amounts(order_line.price_total, float(line.amount.amount)):
        quantity = order_line.product_uom_qty  # all its money: all its units, where the channel does not say
    return {
        "order_line_id": order_line.id,
        "quantity": quantity,
        "amount": float(line.amount.amount),
        "tax": _number(line.tax),
        "shipping": _number(line.shipping),
    }


def _number(money):
    return float(money.amount) if money else 0.0


def _money(amount, currency):
    step = Decimal(1).scaleb(-currency.decimal_places)
    return dto.Money(amount=Decimal(str(amount)).quantize(step), currency=currency.name)
