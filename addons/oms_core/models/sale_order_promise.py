from odoo import api, fields, models

from ..lib.promising import Share, promised_at


class SaleOrder(models.Model):
    """When the rest of an order can go, as far as goods on their way say so."""

    _inherit = "sale.order"

    oms_promise_ids = fields.One2many("oms.promise", "order_id", string="Goods on their way")
    oms_promise_at = fields.Datetime(
        string="Rest expected",
        compute="_compute_oms_promise_at",
        store=True,
        index="btree_not_null",
        help="When the last of what is missing is expected; empty while nothing is missing or a date is.",
    )
    oms_promise_text = fields.Char(compute="_compute_oms_promise_text", string="Rest")

    @api.depends("oms_promise_ids.expected_at")
    def _compute_oms_promise_at(self):
        for order in self:
            order.oms_promise_at = order.oms_promise_ids._last_at()

    @api.depends("oms_promise_ids.expected_at", "oms_promise_ids.source", "oms_promise_ids.units")
    @api.depends_context("lang")
    def _compute_oms_promise_text(self):
        for order in self:
            rows = order.oms_promise_ids
            last = rows.filtered(lambda row, at=order.oms_promise_at: at and row.expected_at == at)[:1]
            sources = ", ".join(dict.fromkeys(row.source for row in rows if row.source))
            if last:
                words = {"day": last._spoken_day(), "document": sources}
                if last.expected_at < fields.Datetime.now():
                    order.oms_promise_text = self.env._("Rest was due %(day)s (%(document)s)", **words)
                else:
                    order.oms_promise_text = self.env._("Rest %(day)s (%(document)s)", **words)
            elif sources and not all(rows.mapped("source")):
                order.oms_promise_text = self.env._(
                    "Rest not all ordered (%(document)s brings a part)", document=sources
                )
            elif rows and sources:
                order.oms_promise_text = self.env._("Rest without a date (%(document)s)", document=sources)
            else:
                order.oms_promise_text = self.env._("Rest not ordered yet") if rows else False


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    oms_promise_ids = fields.One2many("oms.promise", "line_id")
    oms_promise_at = fields.Datetime(compute="_compute_oms_promise", string="Expected")
    oms_promise_text = fields.Char(compute="_compute_oms_promise", string="On its way")

    @api.depends("oms_promise_ids.expected_at", "oms_promise_ids.source", "oms_promise_ids.units")
    @api.depends_context("lang")
    def _compute_oms_promise(self):
        for line in self:
            line.oms_promise_at = line.oms_promise_ids._last_at()
            line.oms_promise_text = line.oms_promise_ids._words() or False

    def _note_promises(self, before):
        """Write on the timeline where a date came, moved or went; goods that came in are told by what they do.

        :param before: ``{line: date before}``
        """
        entries = []
        for line in self.exists():
            old, new = before.get(line) or False, line.oms_promise_at
            if line.oms_promise_ids and old != new:
                entries.append(
                    (
                        line.order_id,
                        "promised",
                        {"product": line.product_id.display_name, "what": line.oms_promise_text},
                    )
                )
        self.env["oms.order.event"]._log(entries)


class OmsPromise(models.Model):
    _inherit = "oms.promise"

    def _last_at(self):
        shares = [Share(waiting=row.id or 0, quantity=row.units, at=row.expected_at or None) for row in self]
        return promised_at(shares) or False


class OmsHold(models.Model):
    """An order that keeps no stock leaves its place to the next, and takes it again once it is released."""

    _inherit = "oms.hold"

    @api.model_create_multi
    def create(self, vals_list):
        holds = super().create(vals_list)
        holds._mark_promises()
        return holds

    def write(self, vals):
        result = super().write(vals)
        if "state" in vals:
            self._mark_promises()
        return result

    def _mark_promises(self):
        lines = self.filtered(lambda hold: not hold.keeps_stock).order_id.order_line
        self.env["oms.promise"]._mark(lines.product_id.ids)
