from odoo import api, fields, models
from odoo.tools import SQL


class OmsOrderIdentity(models.Model):
    """Each id of a channel's orders, and the order of ours that took it first: the one of that id, or its replacement.

    An order and the one that stands for it may come in any order, and at the same time. Both want this row, so the
    database decides: the later one finds it taken, and where it cannot see that yet, its job starts over.
    """

    _name = "oms.order.identity"
    _description = "Order known by a channel's id"
    _log_access = False

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade")
    external_id = fields.Char(required=True)
    order_id = fields.Many2one("sale.order", required=True, ondelete="cascade", index=True)

    _external_unique = models.UniqueIndex("(channel_id, external_id)", "An id of the channel's is taken once.")

    @api.model
    def _take(self, channel, orders, datas):
        """Take the orders' own ids, then those they stand for.

        :param datas: what the channel says of each order, :class:`~odoo.addons.oms_core.lib.dto.OrderData`
        :return: ``{order: the order that stands for it}`` of those whose own id was taken before
        """
        rows = [(data.external_id, 0, order.id) for order, data in zip(orders, datas, strict=True)]
        for order, data in zip(orders, datas, strict=True):
            rows += [(name, 1, order.id) for name in data.replaces]
        # Sorted: two importers that want the same ids wait for each other, never in a circle.
        values = [SQL("(%s, %s, %s)", channel.id, name, order_id) for name, _is_other, order_id in sorted(rows)]
        if not values:
            return {}
        self.env.cr.execute(
            SQL(
                """
                INSERT INTO oms_order_identity (channel_id, external_id, order_id) VALUES %s
                ON CONFLICT (channel_id, external_id) DO NOTHING
                """,
                SQL(", ").join(values),
            )
        )
        own = [data.external_id for data in datas]
        taken = self.search([("channel_id", "=", channel.id), ("external_id", "in", own)])
        by_name = {row.external_id: row.order_id for row in taken}
        return {
            order: by_name[data.external_id]
            for order, data in zip(orders, datas, strict=True)
            if by_name[data.external_id] != order
        }
