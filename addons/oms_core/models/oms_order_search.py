import logging

from odoo import api, fields, models
from odoo.tools import SQL

from ..lib.search_text import texts_of
from .sale_order_import import SERVICE_PRODUCTS

_logger = logging.getLogger(__name__)

PENDING = "oms.order.search"
CHUNK = 500
# What many orders share (a customer, a product) is written at once for so many of them; a job does the others.
AT_ONCE = 1000
FILLED_BY_ONE_JOB = 2000
LOOKED_AT_AGAIN_DAYS = 2

# What orders are found by: order, kind and value. Each statement takes ``ids`` of orders and ``our_own`` products.
VALUES = (
    """
    SELECT o.id, found.kind, found.value FROM sale_order o CROSS JOIN LATERAL (VALUES
        ('name', o.name), ('channel_number', o.oms_external_number), ('channel_id', o.oms_external_id),
        ('reference', o.client_order_ref)) found (kind, value)
     WHERE o.id = ANY(%(ids)s) AND found.value <> ''
    """,
    """
        SELECT o.id, found.kind, found.value
          FROM sale_order o
          JOIN res_partner p ON p.id = ANY(ARRAY[o.partner_id, o.partner_invoice_id, o.partner_shipping_id])
    CROSS JOIN LATERAL (VALUES ('buyer', p.name), ('buyer', p.commercial_company_name), ('email', p.email),
            ('phone', p.phone), ('postcode', p.zip), ('city', p.city)) found (kind, value)
         WHERE o.id = ANY(%(ids)s) AND found.value <> ''
    """,
    """
        SELECT line.order_id, found.kind, found.value
          FROM sale_order_line line LEFT JOIN product_product p ON p.id = line.product_id
               AND p.id <> ALL(%(our_own)s)
    CROSS JOIN LATERAL (VALUES ('sku', line.oms_sku), ('sku', p.default_code), ('barcode', p.barcode))
               found (kind, value)
         WHERE line.order_id = ANY(%(ids)s) AND found.value <> ''
    """,
    """
    SELECT picking.sale_id, found.kind, found.value
      FROM stock_picking picking CROSS JOIN LATERAL (VALUES
        ('tracking', picking.carrier_tracking_ref), ('transfer', picking.name)) found (kind, value)
     WHERE picking.sale_id = ANY(%(ids)s) AND found.value <> ''
    """,
    # What goes in one parcel with another order is found by that parcel, too.
    """
    SELECT guest.id, found.kind, found.value
      FROM sale_order guest JOIN stock_picking picking ON picking.sale_id = guest.oms_merged_into_id
     CROSS JOIN LATERAL (VALUES
        ('tracking', picking.carrier_tracking_ref), ('transfer', picking.name)) found (kind, value)
     WHERE guest.id = ANY(%(ids)s) AND guest.oms_merged_into_id IS NOT NULL AND found.value <> ''
    """,
    """
    SELECT line.order_id, 'invoice', move.name
      FROM sale_order_line line
      JOIN sale_order_line_invoice_rel rel ON rel.order_line_id = line.id
      JOIN account_move_line item ON item.id = rel.invoice_line_id
      JOIN account_move move ON move.id = item.move_id
     WHERE line.order_id = ANY(%(ids)s) AND move.name NOT IN ('', '/')
    """,
)


class OmsOrderSearch(models.Model):
    """By which words an order is found. The row of an order has the order's id.

    A table of its own: every change of a state on an order writes a new version of its row into all of its indexes, and
    a trigram index is by far the dearest of them. Here it is only written when the words change. Nobody may read it:
    it holds buyers' names and addresses.
    """

    _name = "oms.order.search"
    _description = "Words by which an order is found"
    _inherit = ["oms.job.mixin"]
    _log_access = False
    _rec_name = "id"

    words = fields.Text()
    numbers = fields.Text()

    _of_order = models.Constraint("FOREIGN KEY (id) REFERENCES sale_order (id) ON DELETE CASCADE")

    def init(self):
        """Add the indexes that find a part of a text. A database's owner may add the extension since PostgreSQL 13."""
        super().init()
        try:
            with self.env.cr.savepoint(flush=False):
                self.env.cr.execute(SQL("CREATE EXTENSION IF NOT EXISTS pg_trgm"))
                for column in ("words", "numbers"):
                    self._add_index(column)
        except Exception as error:  # the desk works without, only slower
            _logger.warning("No trigram index for the search of orders, it will be slow: %s", error)

    def _add_index(self, column):
        # Not by `index="trigram"`: that one follows the settings for accents, which are folded here. The list of
        # pending words is short, because each search reads all of it.
        self.env.cr.execute(
            SQL(
                "CREATE INDEX IF NOT EXISTS %s ON oms_order_search USING gin (%s gin_trgm_ops)"
                " WITH (gin_pending_list_limit = 1024)",
                SQL.identifier(f"oms_order_search_{column}_trigram"),
                SQL.identifier(column),
            )
        )
        # How many orders hold a piece of text is guessed from a sample. With the usual hundred texts every common piece
        # looks rare, and the newest orders are not simply looked through until a page is full.
        self.env.cr.execute(
            SQL("ALTER TABLE oms_order_search ALTER COLUMN %s SET STATISTICS 1000", SQL.identifier(column))
        )

    # === MARKING ===

    @api.model
    def _mark(self, model, ids):
        """Remember that what orders are found by changed; it is written once, just before the transaction commits.

        :param model: name of a model with `oms.search.source`
        """
        if not ids:
            return
        pending = self.env.cr.precommit.data.setdefault(PENDING, {})
        if not pending:
            self.env.cr.precommit.add(self.sudo()._write_pending)  # sudo: nobody may write texts
        pending.setdefault(model, set()).update(ids)

    @api.model
    def _write_pending(self):
        marks = self.env.cr.precommit.data.pop(PENDING, {})
        own = {model: ids for model, ids in marks.items() if not self.env[model]._oms_is_shared}
        shared = {model: sorted(ids) for model, ids in marks.items() if model not in own}
        self._refresh(self._orders_of(own))
        if shared:
            self._refresh_some(shared, AT_ONCE)

    @api.model
    def _flush_pending(self):
        """Let a search see what this transaction wrote."""
        self.env.flush_all()
        if self.env.cr.precommit.data.get(PENDING):
            self.sudo()._write_pending()  # sudo: nobody may write texts

    def _refresh_some(self, marks, count, below=None):
        """Write the newest orders that share these records, and let a job write the older ones."""
        order_ids = self._orders_of(marks, below=below, limit=count)
        self._refresh(order_ids)
        if len(order_ids) == count:
            self._oms_enqueue("_job_refresh", marks, min(order_ids), priority=15)

    @api.model
    def _job_refresh(self, marks, below):
        """Write the texts of orders below an id that share these records.

        :param marks: ``{model: ids}``
        """
        self._refresh_some(marks, FILLED_BY_ONE_JOB, below)

    def _orders_of(self, marks, below=None, limit=None):
        """Return the ids of the orders that these records belong to, newest first."""
        parts = [self.env[model]._oms_orders_of(sorted(ids)) for model, ids in marks.items() if ids]
        if not parts:
            return []
        self.env.cr.execute(
            SQL(
                "SELECT DISTINCT found.id FROM (%s) found (id) WHERE found.id IS NOT NULL %s ORDER BY found.id DESC %s",
                SQL(" UNION ALL ").join(parts),
                SQL("AND found.id < %s", below) if below else SQL(),
                SQL("LIMIT %s", limit) if limit else SQL(),
            )
        )
        return [order_id for (order_id,) in self.env.cr.fetchall()]

    # === WRITING ===

    def _refresh(self, order_ids):
        """Write the texts of these orders, where they changed."""
        for first in range(0, len(order_ids), CHUNK):
            chunk = order_ids[first : first + CHUNK]
            texts = {order_id: texts_of(values) for order_id, values in self._values_of(chunk).items()}
            order_ids_here = sorted(texts)  # so that two transactions never wait for each other crosswise
            self.env.cr.execute(
                SQL(
                    "INSERT INTO oms_order_search AS known (id, words, numbers)"
                    " SELECT * FROM unnest(%s::int[], %s::text[], %s::text[])"
                    " ON CONFLICT (id) DO UPDATE SET words = excluded.words, numbers = excluded.numbers"
                    " WHERE (known.words, known.numbers) IS DISTINCT FROM (excluded.words, excluded.numbers)",
                    order_ids_here,
                    [texts[order_id][0] for order_id in order_ids_here],
                    [texts[order_id][1] for order_id in order_ids_here],
                )
            )

    @api.model
    def _values_of(self, order_ids):
        """Return ``{order id: [(kind, value)]}``: what these orders are found by, as it is in the database."""
        ids = list(order_ids)
        self.env.cr.execute(SQL(" UNION ").join(self._prepare_values_sql(ids)))
        values = {}
        for order_id, kind, value in self.env.cr.fetchall():
            values.setdefault(order_id, []).append((kind, value))
        return values

    @api.model
    def _prepare_values_sql(self, ids):
        """Return statements that give ``order id, kind, value``; an addon whose records name an order adds its own."""
        our_own = self._own_product_ids()
        return [SQL(statement, ids=ids, our_own=our_own) for statement in VALUES]

    def _own_product_ids(self):
        """Return our own products for charges and for what is not linked yet; nobody looks for those."""
        known = self.env["ir.model.data"]
        return [known._xmlid_to_res_id(name, raise_if_not_found=True) for name in SERVICE_PRODUCTS.values()]

    # === FILLING ===

    @api.model
    def _queue_fill(self):
        """Queue the texts of orders that have none: those from before this addon, or before this part of it."""
        if self._missing(1):
            self._oms_enqueue("_job_fill", identity_key="oms-search-fill", priority=20)

    @api.model
    def _job_fill(self):
        """Write texts of the newest orders that have none, and queue the next slice."""
        order_ids = self._missing(FILLED_BY_ONE_JOB)
        self._refresh(order_ids)
        if len(order_ids) == FILLED_BY_ONE_JOB:
            self._oms_enqueue("_job_fill", priority=20)

    def _missing(self, limit):
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_order WHERE NOT EXISTS"
                " (SELECT FROM oms_order_search known WHERE known.id = sale_order.id AND known.numbers IS NOT NULL)"
                " ORDER BY id DESC LIMIT %s",
                limit,
            )
        )
        return [order_id for (order_id,) in self.env.cr.fetchall()]

    @api.model
    def _cron_refresh(self):
        """Fill what is missing, and write the newest orders again.

        An order that is created while its customer is renamed in another transaction keeps the old name otherwise.
        """
        self._queue_fill()
        self.env.cr.execute(
            SQL(
                "SELECT id FROM sale_order WHERE create_date > now() at time zone 'UTC' - make_interval(days => %s)",
                LOOKED_AT_AGAIN_DAYS,
            )
        )
        self._refresh([order_id for (order_id,) in self.env.cr.fetchall()])
