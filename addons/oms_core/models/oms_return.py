from odoo import api, fields, models

from .oms_channel_state import naive_utc

STATUSES = [
    ("requested", "Asked for"),
    ("approved", "May come"),
    ("in_transit", "On its way"),
    ("received", "Arrived"),
    ("refunded", "Refunded"),
    ("refused", "Refused"),
    ("closed", "Closed"),
]
OVER = ("refunded", "refused", "closed")


class OmsReturn(models.Model):
    """A return as the channel tells it, or as it was asked for here. What happens to the goods is decided by people."""

    _name = "oms.return"
    _description = "Return"
    _order = "id desc"
    _check_company_auto = True

    name = fields.Char(required=True, readonly=True)
    order_id = fields.Many2one("sale.order", required=True, readonly=True, ondelete="restrict", index=True)
    channel_id = fields.Many2one("oms.channel", readonly=True, ondelete="restrict", index=True)
    company_id = fields.Many2one(related="order_id.company_id", store=True, index=True)
    currency_id = fields.Many2one(related="order_id.currency_id")
    external_id = fields.Char(string="Channel id", required=True, readonly=True)
    status = fields.Selection(STATUSES, required=True, readonly=True, index=True)
    channel_status = fields.Char(string="As the channel says it", readonly=True)
    is_disputed = fields.Boolean(string="Claim against us", readonly=True)
    requested_at = fields.Datetime(readonly=True)
    changed_at = fields.Datetime(readonly=True)
    carrier = fields.Char(readonly=True)
    tracking = fields.Char(readonly=True)
    refund_amount = fields.Monetary(string="Refund on the channel", readonly=True)
    line_ids = fields.One2many("oms.return.line", "return_id", readonly=True)
    refund_ids = fields.One2many("oms.refund", "return_id", readonly=True)

    _external_unique = models.UniqueIndex("(channel_id, external_id)", "This return of the channel is already here.")

    @api.model
    def _take_over(self, channel, items):
        """Keep returns as the channel tells them; those of orders that are not here are left alone.

        :param items: iterable of ``dto.ReturnData``
        """
        items = list(items)
        orders = self.env["sale.order"]._find_external(channel, {item.order_external_id for item in items})
        known = {
            row.external_id: row
            for row in self.search(
                [("channel_id", "=", channel.id), ("external_id", "in", [item.external_id for item in items])]
            )
        }
        for item in sorted(items, key=lambda item: item.updated_at):
            order = orders.get(item.order_external_id)
            if order is None:
                continue
            row = known.get(item.external_id)
            if row is None:
                row = known[item.external_id] = self.create(self._prepare_vals(order, item))
                row._note_new()
            elif not row.changed_at or row.changed_at <= naive_utc(item.updated_at):
                row._note_change(item)

    def _prepare_vals(self, order, item):
        return {
            "name": item.number or item.external_id,
            "order_id": order.id,
            "channel_id": order.oms_channel_id.id,
            "external_id": item.external_id,
            **self._prepare_seen(item),
            "line_ids": [
                (0, 0, _line_vals(found, line))
                for found, line in zip(order._lines_meant(item.lines), item.lines, strict=True)
            ],
        }

    def _prepare_seen(self, item):
        return {
            "status": item.status,
            "channel_status": item.channel_status,
            "is_disputed": item.is_disputed,
            "requested_at": naive_utc(item.requested_at) or naive_utc(item.updated_at),
            "changed_at": naive_utc(item.updated_at),
            "carrier": item.carrier,
            "tracking": item.tracking,
            "refund_amount": float(item.refund.amount) if item.refund else 0.0,
        }

    def _note_new(self):
        for row in self:
            words = {"number": row.name, "what": row._what()}
            self.env["oms.order.event"]._log([(row.order_id, "return_reported", words, "channel")])
            if row.status == "requested":
                entry = {"reason": "return_requested", "order_id": row.order_id.id, "cause": row.external_id}
                self.env["oms.exception"]._open_problems([entry | {"params": words}])

    def _note_change(self, item):
        before = self.status
        self.write(self._prepare_seen(item))
        if self.status == before:
            return
        labels = dict(self._fields["status"]._description_selection(self.env))
        words = {"number": self.name, "what": labels[self.status]}
        self.env["oms.order.event"]._log([(self.order_id, "return_reported", words, "channel")])
        if self.status != "requested":
            self.env["oms.exception"]._close_problems(self.channel_id, "return_requested", [self.external_id])

    def _what(self):
        """Return what comes back, in words."""
        return ", ".join(
            f"{line.quantity:g} × {line.sku or line.order_line_id.oms_sku or '–'}"
            + (f" ({line.reason})" if line.reason else "")
            for line in self.line_ids
        )

    def action_open_order(self):
        """Open the order."""
        return self[:1].order_id._get_records_action()


class OmsReturnLine(models.Model):
    """Units of one order line that come back."""

    _name = "oms.return.line"
    _description = "Return line"

    return_id = fields.Many2one("oms.return", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="return_id.company_id", store=True, index=True)
    order_line_id = fields.Many2one("sale.order.line", ondelete="restrict", index="btree_not_null")
    sku = fields.Char(string="SKU")
    quantity = fields.Float(digits="Product Unit", required=True)
    reason = fields.Char()
    comment = fields.Char(string="Buyer's words")


def _line_vals(found, line):
    return {
        "order_line_id": found.id,
        "sku": line.sku or found.oms_sku,
        "quantity": float(line.quantity),
        "reason": line.reason,
        "comment": line.comment,
    }
