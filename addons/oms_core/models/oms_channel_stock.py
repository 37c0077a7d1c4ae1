from datetime import timedelta

from odoo import fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.tools import SQL

from ..lib import dto, errors
from ..lib.availability import offered
from .oms_job_mixin import repeats_on_twin

REFUSED_WAIT = timedelta(hours=6)  # a value the channel refused is tried again after a while, its cause may be mended


class OmsChannel(models.Model):
    """Keeping the quantities a channel shows true: computed set-based, sent as absolute values, newest wins."""

    _inherit = "oms.channel"

    def _refresh_targets(self, listings):
        """Compute what these listings should show and queue a push when one differs.

        A listing the channel has not told us of yet may be stock in its own hands; where the channel
        can list what it offers, the listing waits for that.
        """
        self.ensure_one()
        can_list = bool(self._state("listings"))
        watched = listings.filtered(
            lambda listing: (
                listing.is_stock_pushed and not listing.is_fulfilled_by_channel and (listing.read_at or not can_list)
            )
        )
        (listings - watched).filtered("is_stale").write({"is_stale": False})
        free = self._free_by_product(watched.product_id.ids)
        for listing in watched:
            target = offered(free.get(listing.product_id.id, 0.0), self.stock_buffer)
            is_stale = target != listing.qty_pushed or not (listing.pushed_at or listing.read_at)
            if target != listing.qty_target or is_stale != listing.is_stale:
                listing.write({"qty_target": target, "is_stale": is_stale, "push_next_at": False})
        if self.state == "live" and self.is_stock_pushed and any(watched.mapped("is_stale")):
            self._queue_entity("stock")

    def _free_by_product(self, product_ids):
        """Return ``{product id: units on hand and not reserved}`` in the warehouses this channel sells from."""
        warehouses = self.warehouse_ids or self._ships_from()
        self.env["stock.quant"].flush_model(["quantity", "reserved_quantity", "location_id", "product_id"])
        self.env.cr.execute(
            SQL(
                """
                SELECT quant.product_id, SUM(quant.quantity - quant.reserved_quantity)
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
                 WHERE location.usage = 'internal' AND location.warehouse_id = ANY(%s) AND quant.product_id = ANY(%s)
              GROUP BY quant.product_id
                """,
                warehouses.ids,
                list(product_ids),
            )
        )
        return dict(self.env.cr.fetchall())

    def action_push_all_stock(self):
        """Compute every listing anew and send what differs."""
        self.check_access("write")
        for channel in self:
            channel._refresh_targets(channel.listing_ids.filtered("product_id"))
        return self._notify(self.env._("Queued."))

    @repeats_on_twin
    def _job_push_stock(self):
        """Send one batch of the quantities that differ, and queue the next.

        One push per channel at a time: the lock is no row lock, and a push that finds it taken comes back later.
        The call is made before anything is written. A push that read an older quantity than one sent meanwhile fails on
        writing its answer and is repeated, so the newest wins.
        """
        self.ensure_one()
        if self.state != "live" or not self.is_stock_pushed:
            return
        self._ensure_only_push()
        size = self._adapter_class().limits.batch
        stale = self._stale_listings(size)
        try:
            result = self._adapter().push_stock([listing._as_stock_level() for listing in stale]) if stale else None
        except errors.ChannelError as error:
            self._note_failure("stock", error)
            return
        if stale:
            stale._note_pushed(result)
        self._note_recovery("stock")
        self._state("stock")._note_success(count=len(stale), next_at=self._next_poll())
        if stale and any(row.is_retryable for row in result.rows):
            is_moving = not all(row.is_retryable for row in result.rows)
            self._come_back("stock", timedelta(seconds=1 if is_moving else 15))
        elif len(stale) == size:
            self._come_back("stock", timedelta(0))

    def _next_poll(self):
        return fields.Datetime.now() + timedelta(minutes=self.poll_minutes)

    def _stale_listings(self, limit):
        now = fields.Datetime.now()
        return self.env["oms.listing"].search(
            [
                ("channel_id", "=", self.id),
                ("is_stale", "=", True),
                ("is_stock_pushed", "=", True),
                ("is_fulfilled_by_channel", "=", False),
                "|",
                ("push_next_at", "=", False),
                ("push_next_at", "<=", now),
            ],
            order="qty_target, id",  # what sold out goes first
            limit=limit,
        )

    def _ensure_only_push(self):
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(hashtext('oms-stock'), %s)", self.id))
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("another stock push of this channel is running", seconds=3, ignore_retry=True)


class OmsListing(models.Model):
    _inherit = "oms.listing"

    def _as_stock_level(self):
        return dto.StockLevel(
            ref=str(self.id),
            sku=self.sku,
            quantity=self.qty_target,
            product_type=self.product_type or None,
            marketplace=self.marketplace or None,
        )

    def _note_pushed(self, result):
        """Write down the channel's answer to each row."""
        rows = {row.ref: row for row in result.rows}
        refused, accepted = [], self.browse()
        for listing in self:
            row = rows[str(listing.id)]
            if row.error is None:
                accepted |= listing
                continue
            if row.is_retryable:
                continue
            listing.write({"push_error": row.error, "push_next_at": fields.Datetime.now() + REFUSED_WAIT})
            refused.append(listing._prepare_refusal(row))
        for target, group in accepted.grouped("qty_target").items():
            group.write(
                {"qty_pushed": target, "is_stale": False, "push_error": False, "pushed_at": fields.Datetime.now()}
            )
        problems = self.env["oms.exception"]
        problems._open_problems(refused)
        for channel, group in accepted.grouped("channel_id").items():
            problems._close_problems(channel, "stock_refused", group.mapped("sku"))

    def _prepare_refusal(self, row):
        return {
            "reason": "stock_refused",
            "channel_id": self.channel_id.id,
            "cause": self.sku,
            "params": {"sku": self.sku, "text": row.error},
        }
