from odoo import api, fields, models
from odoo.tools import SQL
from odoo.tools.misc import format_date

from ..lib.promising import Arrival, Waiting, plan_promises

OPEN_STATES = ("waiting", "confirmed", "partially_available")
# What changes who waits for what; everything else about a move is of no matter here.
WATCHED = {"state", "date", "date_deadline", "product_uom_qty", "location_id", "location_dest_id", "move_orig_ids"}
BATCH = 500


class OmsPromise(models.Model):
    """Units of an order line that wait for goods on their way, and when those are expected.

    The rows are worked out anew for the products whose stock or arrivals changed; nobody edits them.
    """

    _name = "oms.promise"
    _description = "Promise of goods on their way"
    _inherit = ["oms.job.mixin"]
    _order = "expected_at, id"

    line_id = fields.Many2one("sale.order.line", required=True, readonly=True, ondelete="cascade", index=True)
    order_id = fields.Many2one(related="line_id.order_id", store=True, index=True)
    company_id = fields.Many2one(related="line_id.company_id", store=True, index=True)
    product_id = fields.Many2one("product.product", required=True, readonly=True, ondelete="cascade", index=True)
    units = fields.Float(digits="Product Unit", readonly=True)
    expected_at = fields.Datetime(string="Expected", readonly=True)
    arrival_id = fields.Many2one(
        "stock.move", string="Arrival", readonly=True, ondelete="cascade", index="btree_not_null"
    )
    source = fields.Char(readonly=True, help="The document that brings them.")

    # === MARKS ===

    @api.model
    def _mark(self, product_ids):
        """Remember products whose promises may have changed; they are written just before the transaction commits."""
        if not product_ids or self.env.context.get("install_mode"):
            return
        pending = self.env.cr.precommit.data.setdefault("oms.promise", set())
        if not pending:
            self.env.cr.precommit.add(self.sudo()._write_pending)  # sudo: whoever moves stock may not see orders
        pending.update(product_ids)

    @api.model
    def _write_pending(self):
        product_ids = self.env.cr.precommit.data.pop("oms.promise", set())
        if not product_ids:
            return
        self.env["stock.move"].flush_model(["product_id", "state", "sale_line_id"])
        self.flush_model(["product_id"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO oms_promise_mark (product_id) SELECT marked.id FROM unnest(%(products)s) marked (id)"
                " WHERE EXISTS (SELECT FROM stock_move move WHERE move.product_id = marked.id"
                " AND move.sale_line_id IS NOT NULL AND move.state IN ('waiting', 'confirmed', 'partially_available'))"
                " OR EXISTS (SELECT FROM oms_promise promise WHERE promise.product_id = marked.id)"
                " OR %(further)s",
                products=sorted(product_ids),
                further=self._further_waiting(),
            )
        )
        if self.env.cr.rowcount:
            self._queue_refresh()

    @api.model
    def _further_waiting(self):
        """Hook to return the SQL condition that something else waits for the product ``marked.id``."""
        return SQL("FALSE")

    @api.model
    def _queue_refresh(self):
        self._oms_enqueue("_job_refresh", identity_key="oms-promises", priority=8)

    @api.model
    def _queue_left_over(self):
        """Queue a look when marks wait, so that none waits for a job that was lost. Called every minute."""
        if self.env["oms.promise.mark"].sudo().search_count([], limit=1):  # sudo: the system's rows
            self._queue_refresh()

    @api.model
    def _job_refresh(self):
        """Take some marks and work out the promises of their products."""
        self.env.cr.execute(
            SQL(
                "DELETE FROM oms_promise_mark WHERE product_id IN"
                " (SELECT DISTINCT product_id FROM oms_promise_mark ORDER BY product_id LIMIT %s) RETURNING product_id",
                BATCH,
            )
        )
        products = self.env["product.product"].browse(sorted({row[0] for row in self.env.cr.fetchall()}))
        self._refresh(products)
        self._queue_left_over()

    # === WORKING THEM OUT ===

    @api.model
    def _refresh(self, products):
        """Work out who waits for what of these products, and keep the rows where nothing changed."""
        waiting, lines = self._waiting(products)
        arrivals = self._arrivals(products)
        moves = {move.id: move for move in arrivals}
        wanted_product = {need.key: need.product_id for need in waiting}
        shares = plan_promises(waiting, [move._as_arrival() for move in arrivals])
        wanted = {}
        for share in shares:
            key = (lines[share.waiting].id, share.arrival or False)
            units = wanted[key][0] if key in wanted else 0.0
            wanted[key] = (units + share.quantity, share.at or False, wanted_product[share.waiting])
        rows = {
            key: {"units": units, "expected_at": at, "product_id": product_id}
            | self._arrival_vals(self.env["sale.order.line"].browse(key[0]), moves.get(key[1]))
            for key, (units, at, product_id) in wanted.items()
        }
        self._store(products, rows | self._further_rows(products))

    @api.model
    def _arrival_vals(self, line, move):
        """Hook to return what is kept of where units come from.

        :param line: the order line that waits
        :param move: the move that brings them, ``None`` where nothing is on its way
        """
        return {"source": move._arrival_source() if move else False}

    @api.model
    def _further_rows(self, products):
        """Hook to return rows of what does not come through our warehouses.

        :return: ``{(line id, move id or False): values}``
        """
        return {}

    @api.model
    def _waiting(self, products):
        """Return ``(what waits, {move id: order line})`` in the order in which Odoo gives out what comes in."""
        moves = (
            self.env["stock.move"]
            .search(
                [
                    ("product_id", "in", products.ids),
                    ("state", "in", OPEN_STATES),
                    ("sale_line_id", "!=", False),
                    ("location_id.usage", "=", "internal"),
                ],
                order="priority desc, date, id",
            )
            .filtered(lambda move: not move.sale_line_id.order_id._may_not_reserve())
        )
        needs, lines = [], {}
        for move in moves:
            missing = move.product_qty - move.product_uom._compute_quantity(move.quantity, move.product_id.uom_id)
            inner = move.move_orig_ids.filtered(lambda orig: orig.sale_line_id and orig.location_id.usage == "internal")
            # The second step waits for the first, which is counted itself.
            if missing > 0 and not inner:
                pegs = frozenset(move._rollup_move_origs()) - {move.id} if move.move_orig_ids else frozenset()
                lines[move.id] = move.sale_line_id
                needs.append(
                    Waiting(
                        key=move.id,
                        product_id=move.product_id.id,
                        place=move._promise_place(move.location_id),
                        quantity=missing,
                        pegs=pegs,
                    )
                )
        return needs, lines

    @api.model
    def _arrivals(self, products):
        """Return the moves that bring these products into our warehouses and are not done."""
        return self.env["stock.move"].search(
            [
                ("product_id", "in", products.ids),
                ("state", "in", ("waiting", "confirmed", "partially_available", "assigned")),
                ("location_id.usage", "in", ("supplier", "transit", "production")),
                ("location_dest_id.usage", "=", "internal"),
            ]
        )

    @api.model
    def _store(self, products, rows):
        """Make the rows of these products equal to ``rows``; what did not change is not written."""
        known = {(row.line_id.id, row.arrival_id.id): row for row in self.search([("product_id", "in", products.ids)])}
        before = {line: line.oms_promise_at for line in self.browse().union(*known.values()).line_id}
        gone = self.union(*(row for key, row in known.items() if key not in rows))
        touched = gone.line_id
        gone.unlink()
        new = []
        for (line_id, arrival_id), vals in rows.items():
            row = known.get((line_id, arrival_id))
            if row is None:
                new.append(vals | {"line_id": line_id, "arrival_id": arrival_id})
            elif any(row._fields[name].convert_to_write(row[name], row) != value for name, value in vals.items()):
                row.write(vals)
                touched |= row.line_id
        touched |= self.create(new).line_id
        touched._note_promises(before)

    # === WORDS ===

    def _words(self):
        """Return these promises in words: how many, when, from where."""
        texts = []
        for row in self.sorted(lambda row: (not row.expected_at, row.expected_at or row.id, row.id)):
            words = {"units": f"{row.units:g}", "document": row.source or ""}
            if row.expected_at:
                words["day"] = row._spoken_day()
                if row.expected_at < fields.Datetime.now():
                    texts.append(self.env._("%(units)s were due %(day)s (%(document)s)", **words))
                else:
                    texts.append(self.env._("%(units)s on %(day)s (%(document)s)", **words))
            elif row.source:
                texts.append(self.env._("%(units)s without a date (%(document)s)", **words))
            else:
                texts.append(self.env._("%(units)s not ordered yet", **words))
        return ", ".join(texts)

    def _spoken_day(self):
        zone = self.company_id.partner_id.tz or self.env.user.tz or "UTC"
        moment = fields.Datetime.context_timestamp(self.with_context(tz=zone), self.expected_at)
        return format_date(self.env, moment.date(), date_format="d MMM")


class OmsPromiseMark(models.Model):
    """Products whose promises have not been looked at since something changed; a job takes the rows."""

    _name = "oms.promise.mark"
    _description = "Product with changed promises"
    _log_access = False

    product_id = fields.Many2one("product.product", required=True, ondelete="cascade", index=True)


class OmsStockDirty(models.Model):
    _inherit = "oms.stock.dirty"

    @api.model
    def _mark(self, product_ids, cause="stock"):
        """Stock that changed may be what an order waits for."""
        if cause == "stock":
            self.env["oms.promise"]._mark(product_ids)
        return super()._mark(product_ids, cause)


class StockMove(models.Model):
    _inherit = "stock.move"

    _oms_waiting = models.Index("(product_id) WHERE state IN ('waiting', 'confirmed', 'partially_available')")

    @api.model_create_multi
    def create(self, vals_list):
        moves = super().create(vals_list)
        self.env["oms.promise"]._mark(moves.product_id.ids)
        return moves

    def write(self, vals):
        result = super().write(vals)
        if not WATCHED.isdisjoint(vals):
            self.env["oms.promise"]._mark(self.product_id.ids)
        return result

    def _as_arrival(self):
        """Return what this move brings, as the pure planning sees it."""
        self.ensure_one()
        return Arrival(
            key=self.id,
            product_id=self.product_id.id,
            place=self._promise_place(self.location_dest_id),
            quantity=self.product_qty,
            at=self._expected_at() or None,
            is_pegged=bool(self.move_dest_ids),
        )

    def _promise_place(self, location):
        return location.warehouse_id.id or location.id

    def _expected_at(self):
        """Hook to return when what this move brings is expected."""
        return self.date

    def _arrival_source(self):
        """Hook to return the document that brings it, in words."""
        return self.picking_id.name or self.reference
