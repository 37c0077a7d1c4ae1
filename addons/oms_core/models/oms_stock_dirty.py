from odoo import api, fields, models
from odoo.tools import SQL


class OmsStockDirty(models.Model):
    """Products whose stock changed and whose listings have not been looked at since.

    Rows are only added by whoever changes stock, so two transactions never wait for each other here; one job takes
    them away. They are written in the transaction that changed the stock: one that commits late is still seen.
    """

    _name = "oms.stock.dirty"
    _description = "Changed stock"
    _inherit = ["oms.job.mixin"]
    _log_access = False

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade")

    @api.model
    def _mark(self, product_ids):
        """Remember these products; they are written once, just before the transaction commits."""
        if not product_ids or self.env.context.get("install_mode"):
            return
        pending = self.env.cr.precommit.data.setdefault("oms.stock.dirty", set())
        if not pending:
            self.env.cr.precommit.add(self.sudo()._write_pending)  # sudo: whoever moves stock may not see listings
        pending.update(product_ids)

    @api.model
    def _write_pending(self):
        products = sorted(self.env.cr.precommit.data.pop("oms.stock.dirty", ()))
        if not products:
            return
        self.env["oms.listing"].flush_model(["product_id"])
        self.env["oms.listing.part"].flush_model(["product_id"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO oms_stock_dirty (product_id)"
                " SELECT product_id FROM oms_listing WHERE product_id = ANY(%(products)s)"
                " UNION SELECT product_id FROM oms_listing_part WHERE product_id = ANY(%(products)s)",
                products=products,
            )
        )
        if self.env.cr.rowcount:
            self._queue_refresh()

    @api.model
    def _queue_refresh(self):
        self._oms_enqueue("_job_refresh", identity_key="oms-stock-refresh", priority=3)

    @api.model
    def _queue_left_over(self):
        """Queue a look when marks wait, so that none waits for a job that was lost."""
        if self.search_count([], limit=1):
            self._queue_refresh()

    @api.model
    def _job_refresh(self):
        """Take the marks, compute what each listing should show, and queue the channels that differ.

        Marks and quantities are read in one snapshot: a change that commits later leaves its own mark for the next run.
        """
        self.env.cr.execute(SQL("DELETE FROM oms_stock_dirty RETURNING product_id"))
        products = sorted({row[0] for row in self.env.cr.fetchall()})
        listings = self.env["oms.listing"].search(
            ["|", ("product_id", "in", products), ("part_ids.product_id", "in", products)]
        )
        for channel, group in listings.grouped("channel_id").items():
            channel._refresh_targets(group)
