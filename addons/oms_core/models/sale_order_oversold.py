from odoo import models
from odoo.tools import SQL

# An order that cannot be filled: because we showed units that were gone, or for another reason.
SHORT = ("oversold", "stock_short")


class SaleOrder(models.Model):
    """Telling an oversale, where the channel sold what we had told it, from an order for what nobody offered."""

    _inherit = "sale.order"

    def _prepare_short(self, words):
        """Return the problems of orders of which not all could be reserved.

        :param words: ``{order: {"qty", "asked"}}``
        :return: entries of ``oms.exception._open_problems``
        """
        orders = self.browse().union(*words)
        listed = self.env["oms.exception"].search(
            [("order_id", "in", orders.ids), ("reason", "in", SHORT), ("state", "=", "open")]
        )
        # What it was called stays: old pushes are dropped in time, and would not tell it again.
        known = {problem.order_id: problem for problem in listed}
        chains = orders.filtered(lambda order: order not in known)._find_oversales()
        entries = []
        for order, params in words.items():
            chain = chains.get(order.id)
            reason = "oversold" if chain else "stock_short"
            if order in known:
                reason = known[order].reason
                chain = known[order].params if reason == "oversold" else None
            entry = {"reason": reason, "order_id": order.id, "cause": str(order.id)}
            entries.append(entry | {"params": chain or params})
        return entries

    def _find_oversales(self):
        """Return ``{order id: words}`` of those sold while the channel showed at least as many as were bought.

        It showed what we last told it before the buyer ordered. What another warehouse of the channel has is not
        oversold, it lies in the wrong place.
        """
        lines = self.order_line.filtered(
            lambda line: line.oms_sku and line.order_id.oms_channel_id and line._is_short()
        )
        if not lines:
            return {}
        self.env["oms.listing"].flush_model(["channel_id", "sku"])
        self.env.cr.execute(
            SQL(
                """
                SELECT DISTINCT ON (sold.line_id) sold.line_id, push.quantity, push.at
                  FROM unnest(%s::int[], %s::int[], %s::varchar[], %s::timestamp[])
                       sold (line_id, channel_id, sku, at)
                  JOIN oms_listing listing ON listing.channel_id = sold.channel_id AND listing.sku = sold.sku
                  JOIN oms_listing_push push ON push.listing_id = listing.id AND push.at <= sold.at
                       AND push.refusal IS NULL
              ORDER BY sold.line_id, push.at DESC, push.id DESC
                """,
                lines.ids,
                [line.order_id.oms_channel_id.id for line in lines],
                [line.oms_sku for line in lines],
                [line.order_id.date_order for line in lines],
            )
        )
        found = {}
        for line_id, pushed, at in self.env.cr.fetchall():
            line = lines.browse(line_id)
            asked, there = line._asked_and_there()
            if pushed >= line.oms_quantity > 0 and line._free_elsewhere() < asked - there - 1e-6:
                order = line.order_id
                found[order.id] = {
                    "asked": f"{asked:g}",
                    "qty": f"{there:g}",
                    "sku": line.oms_sku,
                    "pushed": pushed,
                    "pushed_at": order._spoken_time(at),
                    "sold_at": order._spoken_time(order.date_order),
                }
        return found


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    def _is_short(self):
        """Whether not all units of this line are reserved or gone."""
        asked, there = self._asked_and_there()
        return there < asked - 1e-6

    def _asked_and_there(self):
        """Return ``(units asked for, units reserved or gone)`` of the line's first transfers."""
        self.ensure_one()
        moves = self.move_ids.filtered(lambda move: move.state != "cancel" and not move.move_orig_ids)
        return sum(moves.mapped("product_uom_qty")), sum(moves.mapped("quantity"))

    def _free_elsewhere(self):
        """Return what is free of the line's product in the warehouses its channel sells from."""
        line = self.sudo()  # sudo: stock of all warehouses the channel sells from
        places = line.order_id.oms_channel_id._sells_from()
        return sum(line.product_id.with_context(warehouse_id=place.id).free_qty for place in places)
