from odoo import fields, models


class SaleOrder(models.Model):
    """Orders the channel made one of: combined by the buyer, or edited into a new one; in whatever order they come."""

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

    # === WHO STANDS FOR WHOM ===

    def _replacements(self):
        """Return the orders that stand for this one now, one after the other; the last is the one to send."""
        self.ensure_one()
        chain, order = self.browse(), self.oms_replaced_by_id
        while order and order not in chain | self:
            chain |= order
            order = order.oms_replaced_by_id
        return chain

    def _replaced_before(self):
        """Return the orders this one stands for, directly or through others."""
        found, step = self.browse(), self.oms_replaces_ids
        while step:
            found |= step
            step = step.oms_replaces_ids - found - self
        return found

    def _is_replaced(self):
        """Whether another order sends the goods of this one. What had left before it came is only on record."""
        last = self._replacements()[-1:]
        return bool(last) and last.state != "cancel" and self.oms_fulfilment != "elsewhere"

    # === COMING IN ===

    def _take_ids(self, datas):
        """Take the channel's ids of new orders, and link those whose replacement came first."""
        if not self:
            return
        late = self.env["oms.order.identity"].sudo()._take(self.oms_channel_id, self, datas)  # sudo: system's rows
        for old, new in late.items():
            old._stand_back(new)
            if old.oms_fulfilment == "own" and old.oms_channel_status in ("shipped", "partly_shipped"):
                old.oms_fulfilment = "elsewhere"

    def _note_replaced(self, data):
        """Stand for the orders the channel names; those that are not here yet find this one when they come."""
        if data.replaces and self.state != "cancel":
            self.env["oms.order.identity"].sudo()._take(self.oms_channel_id, self, [data])  # sudo: as above
            self._take_over_replaced([data])

    def _take_over_replaced(self, datas):
        """End the orders these stand for, and among these those whose replacement came first.

        :param datas: what the channel says of each, :class:`~odoo.addons.oms_core.lib.dto.OrderData`
        """
        names = {name for data in datas for name in data.replaces}
        known = self._find_external(self.oms_channel_id, names) if names else {}
        for order, data in zip(self, datas, strict=True):
            olds = self.browse(known[name].id for name in data.replaces if name in known)
            for old in olds - order - order._replacements():
                if not old.oms_replaced_by_id:
                    old._stand_back(order)
                    old._end_replaced()
        late = self.filtered("oms_replaced_by_id")
        late.filtered(lambda order: order.oms_fulfilment == "elsewhere")._confirm_ready()
        for order in late:
            order._end_replaced()
            order._ask_about_dead_replacement()

    def _stand_back(self, new):
        self.oms_replaced_by_id = new
        self.env["oms.order.event"]._log(
            [
                (self, "replaced", {"order": new.oms_external_number}, "channel"),
                (new, "replaces", {"order": self.oms_external_number}, "channel"),
            ]
        )

    # === ENDING ===

    def _end_replaced(self):
        """Cancel this order without telling the channel: its state there is its own. So with those it stood for.

        Where the goods of one are picked or gone, the one that stands for it waits: it must not send them again.
        """
        new = self._replacements()[-1:]
        why = self.env._("%s stands for it on the channel now.", new.oms_external_number)
        for old in self | self._replaced_before():
            shelved = old._living()._on_shelf()
            if shelved:
                shelved.with_context(oms_cancel_why=why)._action_cancel()
            busy = old._living()[:1]
            if busy:
                entry = {"reason": "replaced_after_pick", "order_id": new.id, "cause": old.oms_external_id}
                self.env["oms.exception"]._open_problems([entry | {"params": {"order": busy.name}}])

    def _ask_about_dead_replacement(self):
        """Let a person look at an order that is to be sent, says the channel, though its replacement is not."""
        last = self._replacements()[-1:]
        is_dead = last.state == "cancel" or last.oms_channel_status == "cancelled"
        if is_dead and self.state == "cancel" and self.oms_channel_status == "to_ship":
            entry = {"reason": "reopened", "order_id": self.id, "cause": self.oms_external_id}
            self.env["oms.exception"]._open_problems([entry])

    def _release_replacing(self):
        """Cancelled at last, an order no longer holds back the one that stands for it."""
        problems = self.env["oms.exception"].sudo()  # sudo: the system closes what is solved
        for old in (self | self.oms_parent_id).filtered("oms_replaced_by_id"):
            if not old._living():
                domain = [("order_id", "in", old._replacements().ids), ("reason", "=", "replaced_after_pick")]
                domain += [("cause", "=", old.oms_external_id), ("state", "=", "open")]
                problems.search(domain)._close()
