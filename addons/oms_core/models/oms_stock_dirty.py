from operator import itemgetter

from odoo import api, fields, models
from odoo.tools import SQL

from .oms_listing_push import person_of


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
    cause = fields.Char(help="Why its listings may change, as in `oms.listing.push_cause`.")
    changed_by = fields.Char(help="Name of the person; empty for the system.")

    @api.model
    def _mark(self, product_ids, cause="stock"):
        """Remember these products; they are written once, just before the transaction commits.

        :param cause: why, a value of ``oms.listing.push_cause``
        """
        if not product_ids or self.env.context.get("install_mode"):
            return
        pending = self.env.cr.precommit.data.setdefault("oms.stock.dirty", {})
        if not pending:
            self.env.cr.precommit.add(self.sudo()._write_pending)  # sudo: whoever moves stock may not see listings
        pending.update(dict.fromkeys(product_ids, cause))

    @api.model
    def _write_pending(self):
        causes = self.env.cr.precommit.data.pop("oms.stock.dirty", {})
        if not causes:
            return
        self.env["oms.listing"].flush_model(["product_id"])
        self.env["oms.listing.part"].flush_model(["product_id"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO oms_stock_dirty (product_id, cause, changed_by)"
                " SELECT marked.product_id, marked.cause, %(person)s"
                " FROM unnest(%(products)s, %(causes)s::varchar[]) marked (product_id, cause)"
                " WHERE EXISTS (SELECT FROM oms_listing listing WHERE listing.product_id = marked.product_id)"
                " OR EXISTS (SELECT FROM oms_listing_part part WHERE part.product_id = marked.product_id)",
                products=sorted(causes),
                causes=[causes[product_id] for product_id in sorted(causes)],
                person=person_of(self.env),
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
        self.env.cr.execute(SQL("DELETE FROM oms_stock_dirty RETURNING id, product_id, cause, changed_by"))
        marks = sorted(self.env.cr.fetchall(), key=itemgetter(0))  # the newest of a product counts
        causes = {product_id: (cause, person) for _id, product_id, cause, person in marks}
        products = sorted(causes)
        listings = self.env["oms.listing"].search(
            ["|", ("product_id", "in", products), ("part_ids.product_id", "in", products)]
        )
        for channel, group in listings.grouped("channel_id").items():
            channel._refresh_targets(group, causes)
