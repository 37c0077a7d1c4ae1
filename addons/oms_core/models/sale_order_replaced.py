from odoo import fields, models


class SaleOrder(models.Model):
    """Orders the channel made one of: combined by the buyer, or edited into a new one."""

    _inherit = "sale.order"

    oms_replaced_by_id = fields.Many2one(
        "sale.order",
        string="Replaced by",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="The channel's order that stands for this one now.",
    )
    oms_replaces_ids = fields.One2many("sale.order", "oms_replaced_by_id", string="Stands for")

    def _take_over_replaced(self, data):
        """Cancel the orders this one stands for, without telling the channel: their state there is its own.

        Where the goods of one are picked or gone, this order waits: it must not send them again.

        :param data: what the channel says of this order, :class:`~odoo.addons.oms_core.lib.dto.OrderData`
        """
        self.ensure_one()
        if not data.replaces or self.state == "cancel":
            return
        orders = self._find_external(self.oms_channel_id, data.replaces)
        for old in self.browse(order.id for order in orders.values()) - self:
            if old.oms_replaced_by_id:
                continue
            old.oms_replaced_by_id = self
            words = {"order": self.oms_external_number}
            events = [(old, "replaced", words, "channel")]
            events.append((self, "replaces", {"order": old.oms_external_number}, "channel"))
            self.env["oms.order.event"]._log(events)
            stage = old._stage()
            if stage in ("draft", "confirmed"):
                why = self.env._("%s stands for it on the channel now.", self.oms_external_number)
                old.with_context(oms_cancel_why=why)._action_cancel()
            elif stage != "cancelled":
                entry = {"reason": "replaced_after_pick", "order_id": self.id, "cause": old.oms_external_id}
                self.env["oms.exception"]._open_problems([entry | {"params": {"order": old.name}}])

    def _release_replacing(self):
        """Cancelled at last, an order no longer holds back the one that stands for it."""
        for old in self.filtered("oms_replaced_by_id"):
            problems = self.env["oms.exception"].sudo()  # sudo: the system closes what is solved
            domain = [("order_id", "=", old.oms_replaced_by_id.id), ("reason", "=", "replaced_after_pick")]
            domain += [("cause", "=", old.oms_external_id), ("state", "=", "open")]
            problems.search(domain)._close()
