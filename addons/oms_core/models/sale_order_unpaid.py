from datetime import timedelta

from odoo import api, fields, models
from odoo.tools.misc import format_datetime

from .sale_order import QUIET

BATCH = 200


class SaleOrder(models.Model):
    """Stock kept for orders that are not paid yet: for a while, and never sent before."""

    _inherit = "sale.order"

    oms_unpaid_until = fields.Datetime(
        string="Reserved until",
        readonly=True,
        copy=False,
        index="btree_not_null",
        help="Unpaid, it keeps stock so long.",
    )

    def _may_reserve_unpaid(self):
        """Whether this unpaid order may take stock: the account wants it, and its time was not used up before."""
        return (
            self.oms_channel_status == "awaiting_payment"
            and self.oms_channel_id.unpaid_policy == "reserve"
            and not self.oms_unpaid_until
        )

    def _note_unpaid(self):
        """Keep unpaid orders that were just confirmed from leaving, until they are paid or their time is over."""
        unpaid = self.filtered(lambda order: order._may_reserve_unpaid())
        entries, events = [], []
        for order in unpaid:
            until = fields.Datetime.now() + timedelta(hours=order.oms_channel_id.unpaid_hours)
            order.oms_unpaid_until = until
            words = {"until": order._spoken_time(until)}
            entry = {"reason": "awaiting_payment", "order_id": order.id, "cause": order.oms_external_id}
            entries.append(entry | {"params": words})
            events.append((order, "unpaid_reserved", words, "system"))
        self.env["oms.order.event"]._log(events)
        self.env["oms.exception"]._open_problems(entries)

    def _step_of_paid(self, step, data):
        """Return what a payment asks for: a currency nobody knew before needs the order made anew.

        :param step: what :func:`~odoo.addons.oms_core.lib.updating.plan_update` says
        """
        if step == "changed" and data.currency != self.currency_id.name and self._stage() == "confirmed":
            self._back_to_quotation()
            return "rewrite"
        return "changed" if step == "none" else step

    def _back_to_quotation(self):
        """Undo the confirmation of an order nothing was picked of."""
        self.picking_ids.filtered(lambda picking: picking.state != "done").action_cancel()
        self.write({"state": "draft", "locked": False})

    def _spoken_time(self, moment):
        return format_datetime(self.env, moment, tz=self.company_id.partner_id.tz or "UTC", dt_format="short")

    @api.model
    def _unpaid_domain(self):
        now = fields.Datetime.now()
        return [
            ("oms_channel_status", "=", "awaiting_payment"),
            ("state", "=", "sale"),
            ("oms_unpaid_until", "<=", now),
        ]

    @api.model
    def _expire_unpaid(self):
        """Free the stock of unpaid orders whose time is over.

        They become quotations again and their transfers are cancelled. To take only the reservation away would not
        last: Odoo reserves every confirmed transfer again, at the next receipt or the next run of its scheduler.

        :return: whether more of them wait
        """
        due = self.search(self._unpaid_domain(), limit=BATCH, order="oms_unpaid_until, id")
        unpicked = due.filtered(lambda order: order._stage() == "confirmed")
        # Somebody picked it all the same: the problem stays and keeps it from leaving.
        (due - unpicked).oms_unpaid_until = False
        for order in unpicked.with_context(**QUIET):
            order = order.with_company(order.company_id)
            order._back_to_quotation()
            words = {"until": order._spoken_time(order.oms_unpaid_until)}
            self.env["oms.order.event"]._log([(order, "unpaid_expired", words, "system")])
        unpicked._close_own_problems(["awaiting_payment", "stock_short", "oversold"])
        return len(due) == BATCH


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    @api.model
    def _queue_unpaid(self):
        """Queue the freeing of stock when the time of an unpaid order is over. Called every minute."""
        orders = self.env["sale.order"]
        if orders.search_count(orders._unpaid_domain(), limit=1):
            self._oms_enqueue("_job_expire_unpaid", identity_key="oms-unpaid", priority=3)

    @api.model
    def _job_expire_unpaid(self):
        if self.env["sale.order"]._expire_unpaid():
            self._queue_unpaid()
