import msgspec
from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import dto


class SaleOrder(models.Model):
    """After the order: telling the channel that it is cancelled, and giving money back."""

    _inherit = "sale.order"

    oms_refund_ids = fields.One2many("oms.refund", "order_id", string="Refunds")
    oms_return_ids = fields.One2many("oms.return", "order_id", string="Returns")
    oms_refund_count = fields.Integer(compute="_compute_oms_after_counts")
    oms_return_count = fields.Integer(compute="_compute_oms_after_counts")

    # As the system: whoever opens an order may not read its channel.
    oms_can_refund = fields.Boolean(compute="_compute_oms_can_refund", compute_sudo=True)

    def _compute_oms_can_refund(self):
        for order in self:
            is_paid = order.oms_channel_status not in (False, "awaiting_payment", "cancelled")
            order.oms_can_refund = is_paid and order.oms_channel_id.can_refund and order._refundable() > 0

    def _compute_oms_after_counts(self):
        refunds = dict(self.env["oms.refund"]._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"]))
        returns = dict(self.env["oms.return"]._read_group([("order_id", "in", self.ids)], ["order_id"], ["__count"]))
        for order in self:
            order.oms_refund_count = refunds.get(order, 0)
            order.oms_return_count = returns.get(order, 0)

    # === CANCELLING THERE ===

    def _action_cancel(self):
        # What was added to an order and lies on the shelf goes with it.
        orders = self | (self.oms_child_ids & self._living())._on_shelf()
        # Asked before: cancelling closes the buyer's request.
        untold = [
            (order, order._asked_to_cancel(), order._cancel_cause()) for order in orders if order._is_open_there()
        ]
        result = super(SaleOrder, orders)._action_cancel()
        # Where nothing of the channel's order is left, one word says all.
        whole = self.filtered(lambda order: not order.oms_parent_id and not order._living())
        self._tell_cancellations([row for row in untold if row[0].oms_parent_id not in whole])
        return result

    def _is_open_there(self):
        """Whether the channel still thinks we will send this order, or what was added to one of its orders."""
        head = self._oms_head()
        if head.oms_replaced_by_id:
            return False  # another one stands for it there
        if self.oms_parent_id and not self._unsent_units():
            return False  # the channel took all of it away itself
        return bool(head.oms_channel_id) and head.oms_channel_status not in ("cancelled", "shipped", False)

    def _unsent_units(self):
        """Return the units of each of the channel's lines in this order that have not left."""
        held = [line._as_held_line() for line in self.order_line.filtered("oms_external_line_id")]
        return tuple(
            dto.LineUnits(external_line_id=line.external_id, quantity=line.quantity - line.shipped)
            for line in held
            if line.quantity > line.shipped
        )

    def _tell_cancellations(self, cancelled):
        """Tell each order's channel that it is cancelled here, or ask a person, as its policy says.

        Who cancels because the buyer asked has answered the question.

        :param cancelled: ``(order, id of the buyer's request or None, reason)``
        """
        asked = []
        for order, request, reason in cancelled:
            channel = order.oms_channel_id
            if channel.cancel_policy == "never":
                continue
            if channel.can_cancel and (channel.cancel_policy == "always" or request is not None):
                order._queue_cancellation(reason, request_id=request)
            else:
                cause = order._oms_head().oms_external_id
                asked.append({"reason": "cancel_untold", "order_id": order.id, "cause": cause})
        self.env["oms.exception"]._open_problems(asked)

    def _asked_to_cancel(self):
        """Return the channel's id of the buyer's open request, "" for one without an id, None when there is none."""
        problem = self.oms_exception_ids.filtered(lambda row: row.reason == "cancel_requested" and row.state == "open")
        return (problem[:1].params or {}).get("request", "") if problem else None

    def _cancel_cause(self):
        if self._asked_to_cancel() is not None:
            return "buyer_asked"
        reasons = self.oms_exception_ids.filtered(lambda row: row.state == "open").mapped("reason")
        return "out_of_stock" if {"stock_short", "oversold"} & set(reasons) else "other"

    def _queue_cancellation(self, reason, *, request_id=None, is_refused=False):
        """Put the cancellation, or our no to a buyer's request, into the outbox, in this transaction.

        It names lines where only a part of the channel's order is cancelled.
        """
        self.ensure_one()
        is_part = not is_refused and (self.oms_parent_id or self._living())
        notice = dto.CancelNotice(
            order_external_id=self._oms_head().oms_external_id,
            lines=self._unsent_units() if is_part else (),
            reference=f"{self.id}-no" if is_refused else str(self.id),
            reason=reason,
            marketplace=self.oms_marketplace or None,
            request_id=request_id or None,
            is_refused=is_refused,
        )
        return self.env["oms.outbox"]._queue(self.oms_channel_id, "cancellation", self, notice)

    def _refuse_to_cancel(self, words):
        """The goods left: say no to the buyer's request, where the channel takes an answer."""
        channel = self.oms_channel_id
        if words.get("request") and channel.can_cancel and channel.cancel_policy != "never":
            self._queue_cancellation("other", request_id=words["request"], is_refused=True)

    # === WHAT THE CHANNEL TELLS OF LINES ===

    def _lines_meant(self, parts):
        """Return the order line of each part of a refund or return; empty where it is not known.

        Goods that were added later are on a child order. Of two lines with one SKU each is meant once.

        :param parts: values with ``external_line_id`` or, where the channel does not name it, ``sku``
        """
        lines = (self | self._living()).order_line.filtered("oms_external_line_id")
        by_id = {line.oms_external_line_id: line for line in reversed(lines)}
        by_sku = {}
        for line in lines.filtered("oms_sku"):
            by_sku.setdefault(line.oms_sku, []).append(line)
        found, nothing = [], lines.browse()
        for part in parts:
            if part.external_line_id:
                found.append(by_id.get(part.external_line_id, nothing))
                continue
            rest = by_sku.get(part.sku, [nothing])
            found.append(rest.pop(0) if len(rest) > 1 else rest[0])
        return found

    def _without_channel_tax(self, item):
        """Return a told refund without tax the channel collected beside the price, where the order never showed it.

        :param item: ``dto.RefundData``
        """
        if item.channel_tax is None or any(line.oms_kind == "channel_tax" for line in self.order_line):
            return item
        amount = item.amount.amount - item.channel_tax.amount
        return msgspec.structs.replace(item, amount=dto.Money(amount=amount, currency=item.amount.currency))

    # === GIVING MONEY BACK ===

    def _all_refunds(self):
        """Return the refunds of the channel's order, those of what was added to it later among them."""
        return (self | self.oms_child_ids).oms_refund_ids

    def _refundable(self):
        """Return what is left of the order's worth after every refund that was sent or made."""
        self.ensure_one()
        given = self.oms_refund_ids.filtered(lambda refund: refund.state != "failed")
        worth = self.oms_total if self.oms_has_total else self.amount_total
        return worth - sum(given.mapped("amount"))

    def action_oms_refund(self):
        """Open a refund of this order, filled with all that may be given back."""
        self.ensure_one()
        self.env["oms.exception"]._ensure_clerk()
        self.check_access("write")
        if not self.oms_channel_id.can_refund:
            raise UserError(
                self.env._(
                    "%s takes no refunds from here. Give the money back there; it is recorded here by itself.",
                    self.oms_channel_id.name or self.env._("This order's channel"),
                )
            )
        if self.currency_id.compare_amounts(self._refundable(), 0) <= 0:
            raise UserError(self.env._("All of this order's money was given back already."))
        refund = self.env["oms.refund"].create(self._prepare_refund())
        return {
            "type": "ir.actions.act_window",
            "res_model": "oms.refund",
            "res_id": refund.id,
            "views": [(False, "form")],
            "name": self.env._("Refund of %s", self.name),
        }

    def _prepare_refund(self):
        goods = self.order_line.filtered(lambda line: line.oms_external_line_id)
        given = {}
        for line in self.oms_refund_ids.filtered(lambda refund: refund.state != "failed").line_ids:
            units, amount = given.get(line.order_line_id, (0.0, 0.0))
            given[line.order_line_id] = (units + line.quantity, amount + line.amount)
        lines = []
        for line in goods:
            units, amount = given.get(line, (0.0, 0.0))
            left = self.currency_id.round(line.price_total - amount)
            if left > 0:
                lines.append(
                    {
                        "order_line_id": line.id,
                        "quantity": max(line.product_uom_qty - units, 0.0),
                        "amount": left,
                        "tax": self.currency_id.round(line.price_tax * left / line.price_total),
                    }
                )
        return {
            "order_id": self.id,
            "channel_id": self.oms_channel_id.id,
            "line_ids": [(0, 0, vals) for vals in lines],
        }

    def action_view_oms_refunds(self):
        """Open the order's refunds."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.oms_refund_action")
        return dict(action, domain=[("order_id", "in", self.ids)])

    def action_view_oms_returns(self):
        """Open the order's returns."""
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.oms_return_action")
        return dict(action, domain=[("order_id", "in", self.ids)])
