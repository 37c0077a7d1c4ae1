from odoo import api, fields, models
from odoo.tools import SQL

# More than this was never meant: a wrong unit of measure, a slip in a count. A person says that it is right.
CREDIBLE = 100_000
# What of a listing, beside its product, changes what it should show.
CHANGES_QUANTITY = {
    "is_stock_pushed",
    "is_fulfilled_by_channel",
    "has_own_rule",
    "stock_buffer",
    "stock_percent",
    "stock_most",
    "stock_end_when",
    "units",
}


class OmsListing(models.Model):
    """What a channel offers under one SKU, and the product it stands for."""

    _name = "oms.listing"
    _description = "Listing"
    _inherit = ["mail.thread"]
    _order = "channel_id, sku"
    _rec_name = "sku"
    _check_company_auto = True

    channel_id = fields.Many2one("oms.channel", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="channel_id.company_id", store=True, index=True)
    sku = fields.Char(string="SKU", required=True)
    external_product_id = fields.Char(string="Channel product")
    title = fields.Char()
    marketplace = fields.Char(readonly=True, help="The store of the channel through which its quantity is set.")
    product_type = fields.Char(
        help="The channel's own word for the kind of product; some channels ask for it with every change."
    )
    product_id = fields.Many2one("product.product", tracking=True, index=True, check_company=True, ondelete="restrict")
    is_fulfilled_by_channel = fields.Boolean(
        string="Sent by the channel", help="The channel keeps this stock. We never touch its quantity."
    )
    is_stock_pushed = fields.Boolean(string="Keep stock true", default=True)
    qty_target = fields.Integer(string="Should show", readonly=True)
    qty_pushed = fields.Integer(string="Shows", readonly=True)
    pushed_at = fields.Datetime(readonly=True)
    push_error = fields.Char(readonly=True)
    push_next_at = fields.Datetime(readonly=True)
    is_stale = fields.Boolean(string="Waiting to be sent", readonly=True, index=True)

    _sku_unique = models.UniqueIndex("(channel_id, sku)", "A channel has each SKU once.")

    @api.model
    def _count_stale(self, channels):
        groups = self._read_group(
            [("channel_id", "in", channels.ids), ("is_stale", "=", True)], ["channel_id"], ["__count"]
        )
        return {channel.id: count for channel, count in groups}

    @api.model
    def _ensure(self, channel, skus):
        """Return ``{sku: listing}``, with bare rows for the SKUs that are new.

        Two jobs may meet a new SKU at once. ``ON CONFLICT DO NOTHING`` then fails the second with a serialization
        error, quietly, and the job runner does it over.
        """
        known = {row.sku: row for row in self.search([("channel_id", "=", channel.id), ("sku", "in", list(skus))])}
        new = [sku for sku in skus if sku not in known]
        if new:
            query = SQL(
                """
                INSERT INTO oms_listing (channel_id, company_id, sku, is_stock_pushed, units, stock_percent, credible,
                                         create_uid, write_uid, create_date, write_date)
                     SELECT %(channel)s, %(company)s, sku, TRUE, 1, 100, %(credible)s,
                            %(uid)s, %(uid)s, %(now)s, %(now)s
                       FROM unnest(%(skus)s) sku
                ON CONFLICT (channel_id, sku) DO NOTHING
                  RETURNING id, sku
                """,
                channel=channel.id,
                company=channel.company_id.id,
                skus=new,
                credible=CREDIBLE,
                uid=self.env.uid,
                now=fields.Datetime.now(),
            )
            self.env.cr.execute(query, log_exceptions=False)
            known.update({sku: self.browse(row_id) for row_id, sku in self.env.cr.fetchall()})
            channel.invalidate_recordset(["listing_ids"])
        return known

    @api.model_create_multi
    def create(self, vals_list):
        listings = super().create(vals_list)
        listings.filtered("product_id")._on_linked()
        return listings

    def write(self, vals):
        result = super().write(vals)
        if vals.get("product_id"):
            self._on_linked()
        if not CHANGES_QUANTITY.isdisjoint(vals):
            self.env["oms.stock.dirty"]._mark(self.product_id.ids, "rule")
        return result

    def _on_linked(self):
        """A person or the matcher said which product these are: mend the orders that wait, and send stock."""
        for listing in self:
            if not listing.env["sale.order.line"]._link_waiting(listing):
                continue
            for reason in ("unmapped_sku", "placeholder_line"):
                listing.env["oms.exception"]._close_problems(listing.channel_id, reason, [listing.sku])
        self.env["oms.stock.dirty"]._mark(self.product_id.ids, "rule")
