from datetime import timedelta

from odoo import fields, models

from ..lib import errors
from .oms_job_mixin import repeats_on_twin

READ_EVERY = timedelta(hours=1)


class OmsChannel(models.Model):
    """Stock in the channel's own warehouses: read into a place of its own, which no other channel sells from."""

    _inherit = "oms.channel"

    held_location_id = fields.Many2one(
        "stock.location",
        string="Stock held there",
        check_company=True,
        copy=False,
        help="Where units in the channel's own warehouses are counted. It is no part of our warehouses.",
    )

    held_reading = fields.Integer(readonly=True, copy=False, help="Counts the readings, first page to last.")

    @repeats_on_twin
    def _job_fetch_held(self):
        """Read one page of what lies at the channel, count it, and queue the next page."""
        self.ensure_one()
        state = self._state("held")
        if self.state != "live" or not state:
            return
        try:
            page = self._adapter().fetch_held_stock(state.page or None)
        except errors.ChannelError as error:
            if state.page and error.code == "cursor_expired":
                state.page = False
                self._queue_entity("held")
            else:
                self._note_failure("held", error)
            return
        if not state.page:
            self.held_reading += 1
        self._count_held(page.items)
        if page.next_cursor is None:
            self._count_rest_as_none()
        state.page = page.next_cursor
        self._note_recovery("held")
        state._note_success(count=len(page.items), next_at=fields.Datetime.now() + READ_EVERY)
        if page.next_cursor is not None:
            self._queue_entity("held")

    def _count_held(self, items):
        """Note what the channel holds of each SKU, and make our count of its place the same.

        Stores of one channel may each count the same units, so of a SKU told twice in one reading the most counts.
        """
        by_sku = {item.sku: item for item in sorted(items, key=lambda item: item.quantity)}
        listings = self.env["oms.listing"]._ensure(self, by_sku)
        references = self._match_references([sku for sku, listing in listings.items() if not listing.product_id])
        for sku, listing in listings.items():
            item = by_sku[sku]
            if listing.held_reading == self.held_reading and listing.qty_held >= item.quantity:
                continue
            vals = {
                "qty_held": item.quantity,
                "qty_coming": item.quantity_coming,
                "qty_unfit": item.quantity_unfit,
                "held_reading": self.held_reading,
                "held_read_at": fields.Datetime.now(),
            }
            if not listing.read_at:
                vals["is_fulfilled_by_channel"] = True  # nobody has said yet that it is ours to offer
            if not listing.product_id and references.get(sku):
                vals["product_id"] = references[sku]
            listing.write(vals)
        self._settle_held(self.env["oms.listing"].union(*listings.values()).product_id)

    def _count_rest_as_none(self):
        """Count what the channel did not name, from the first page to the last, as gone."""
        rest = self.env["oms.listing"].search(
            [("channel_id", "=", self.id), ("qty_held", "!=", 0), ("held_reading", "!=", self.held_reading)]
        )
        rest.write({"qty_held": 0, "qty_coming": 0, "qty_unfit": 0})
        self._settle_held(rest.product_id)

    def _settle_held(self, products):
        """Make the count of our books at the channel's place what the channel says, in one adjustment."""
        place = self._ensure_held_location()
        held = {}
        for listing in self.listing_ids.filtered(lambda row: row.product_id in products):
            held[listing.product_id] = held.get(listing.product_id, 0.0) + listing.qty_held * listing.units
        quants = self.env["stock.quant"].with_context(inventory_mode=True)
        domain = [("location_id", "=", place.id), ("lot_id", "=", False), ("product_id", "in", products.ids)]
        known = {quant.product_id: quant for quant in quants.search(domain)}
        changed = quants.browse()
        for product in products.filtered("is_storable"):
            quant, wanted = known.get(product), held.get(product, 0.0)
            if quant and quant.quantity != wanted:
                quant.inventory_quantity = wanted
                changed |= quant
            elif not quant and wanted:
                vals = {"product_id": product.id, "location_id": place.id, "inventory_quantity": wanted}
                changed |= quants.create(vals)
        changed.with_context(inventory_name=self.env._("Counted at %s", self.name))._apply_inventory()

    def _ensure_held_location(self):
        if not self.held_location_id:
            self.held_location_id = self.env["stock.location"].create(
                {
                    "name": self.env._("At %s", self.name),
                    "usage": "internal",
                    "company_id": self.company_id.id,
                }
            )
        return self.held_location_id

    def action_view_held(self):
        """Open the listings whose units lie at the channel."""
        domain = [("channel_id", "in", self.ids), ("is_fulfilled_by_channel", "=", True)]
        return self._open("oms_core.oms_listing_action", domain)


class OmsListing(models.Model):
    _inherit = "oms.listing"

    qty_held = fields.Integer(string="Held there", readonly=True)
    qty_coming = fields.Integer(string="On the way there", readonly=True)
    qty_unfit = fields.Integer(string="Unfit there", readonly=True)
    held_reading = fields.Integer(readonly=True)
    held_read_at = fields.Datetime(string="Held stock read", readonly=True)


class SaleOrder(models.Model):
    _inherit = "sale.order"

    def _move_held(self):
        """Book what the channel sent from its own warehouses as gone from there. Safe to call again.

        Lots are not asked for: the channel does not tell which it sent.
        """
        sent = self.filtered(
            lambda order: (
                order.oms_fulfilment == "channel"
                and order.oms_channel_status == "shipped"
                and order.state == "sale"
                and order.oms_channel_id._state("held")
            )
        )
        vals_list = [vals for order in sent for vals in order._prepare_held_moves()]
        moves = self.env["stock.move"].create(vals_list)
        moves._action_confirm(merge=False)
        for move in moves:
            move.write({"quantity": move.product_uom_qty, "picked": True})
        moves.with_context(oms_without_lots=True)._action_done()
        for channel, orders in sent.grouped("oms_channel_id").items():
            orders._settle_told(channel, moves)

    def _settle_told(self, channel, moves):
        """Keep the channel's own count the truth: it knew of these parcels already where it counted after they left.

        What was never counted cannot be less than nothing either.
        """
        gone = moves.filtered(lambda move: move.sale_line_id.order_id in self)
        listings = channel.listing_ids.filtered(lambda listing: listing.product_id in gone.product_id)
        left_at = {move.product_id: move.sale_line_id.order_id.oms_changed_at for move in gone}
        counted = listings.filtered(
            lambda listing: (
                not listing.held_read_at
                or listing.held_read_at >= (left_at[listing.product_id] or listing.held_read_at)
            )
        )
        channel._settle_held(counted.product_id)

    def _prepare_held_moves(self):
        place = self.oms_channel_id._ensure_held_location()
        goods = self.order_line.filtered(
            lambda line: line.oms_kind in ("goods", "part") and line.product_id.type == "consu" and not line.move_ids
        )
        return [
            {
                "product_id": line.product_id.id,
                "product_uom": line.product_uom_id.id,
                "product_uom_qty": line.product_uom_qty,
                "location_id": place.id,
                "location_dest_id": self.env.ref("stock.stock_location_customers").id,
                "sale_line_id": line.id,
                "company_id": self.company_id.id,
                "partner_id": self.partner_shipping_id.id,
                "origin": self.name,
                "date": self.oms_changed_at or fields.Datetime.now(),
            }
            for line in goods
            if line.product_uom_qty
        ]


class StockMoveLine(models.Model):
    _inherit = "stock.move.line"

    def _exclude_requiring_lot(self):
        """Let goods leave the channel's own place without lots: the channel does not tell which it sent."""
        return bool(self.env.context.get("oms_without_lots")) or super()._exclude_requiring_lot()
