from datetime import timedelta
from decimal import Decimal

from odoo import fields, models
from odoo.addons.queue_job.exception import RetryableJobError
from odoo.fields import Domain
from odoo.tools import SQL

from ..lib import dto, errors
from ..lib.availability import offered, sets_of, spread
from .oms_job_mixin import repeats_on_twin
from .oms_listing_push import person_of

REFUSED_WAIT = timedelta(hours=6)  # a value the channel refused is tried again after a while, its cause may be mended


class OmsChannel(models.Model):
    """Keeping the quantities a channel shows true: computed set-based, sent as absolute values, newest wins."""

    _inherit = "oms.channel"

    def _refresh_targets(self, listings, causes=None):
        """Compute what these listings should show and queue a push when one differs.

        A listing the channel has not told us of yet may be stock in its own hands; where the channel
        can list what it offers, the listing waits for that.

        :param causes: ``{product id: (why, name of the person or None)}``, kept with what is sent then
        """
        self.ensure_one()
        can_list = bool(self._state("listings"))
        watched = listings.filtered(
            lambda listing: (
                listing.is_stock_pushed and not listing.is_fulfilled_by_channel and (listing.read_at or not can_list)
            )
        )
        waiting = listings.filtered("is_stale")
        (waiting - watched).write({"is_stale": False})
        free = self._free_by_warehouse((watched.product_id | watched.part_ids.product_id).ids)
        prices, places = self._prices(watched), self._stock_places()
        for listing in watched:
            target, by_place = listing._targets(free, places)
            if not listing._believable(target):
                listing.write({"is_stale": False, "qty_target": target})
                continue
            vals = {"qty_target": target, "price_target": prices.get(listing, 0.0), "places_target": by_place}
            is_stale = listing._differs(vals)
            if is_stale != listing.is_stale or any(listing[name] != value for name, value in vals.items()):
                why = listing._prepare_cause(causes or {}) if is_stale else {}
                listing.write(vals | why | {"is_stale": is_stale, "push_next_at": False})
        dropped = waiting.filtered(lambda listing: not listing.is_stale)
        if dropped:
            self.env["oms.comparison.row"]._note_not_sent(dropped)
        if self.state == "live" and self.is_stock_pushed and any(watched.mapped("is_stale")):
            self._queue_entity("stock")

    def _free_by_product(self, product_ids):
        """Return ``{product id: units on hand and not reserved}`` over the warehouses this channel sells from."""
        return _whole(self._free_by_warehouse(product_ids))

    def _free_by_warehouse(self, product_ids):
        """Return ``{warehouse id: {product id: units on hand and not reserved}}``.

        Where the channel takes its own unshipped orders off by itself, what is reserved for them counts as free.
        """
        warehouses = self._sells_from()
        self.env["stock.quant"].flush_model(["quantity", "reserved_quantity", "location_id", "product_id"])
        self.env["product.product"].flush_model(["active"])
        self.env.cr.execute(
            SQL(
                """
                SELECT location.warehouse_id, quant.product_id, SUM(quant.quantity - quant.reserved_quantity)
                  FROM stock_quant quant
                  JOIN stock_location location ON location.id = quant.location_id
                  JOIN product_product product ON product.id = quant.product_id AND product.active
                 WHERE location.usage = 'internal' AND location.warehouse_id = ANY(%s) AND quant.product_id = ANY(%s)
              GROUP BY location.warehouse_id, quant.product_id
                """,
                warehouses.ids,
                list(product_ids),
            )
        )
        free = {warehouse_id: {} for warehouse_id in warehouses.ids}
        for warehouse_id, product_id, units in self.env.cr.fetchall():
            free[warehouse_id][product_id] = units
        if self._adapter_class().limits.counts_own_orders:
            for warehouse_id, product_id, units in self._reserved_for_own_orders(product_ids):
                if warehouse_id in free:
                    free[warehouse_id][product_id] = free[warehouse_id].get(product_id, 0.0) + units
        return free

    def _sells_from(self):
        """Return the warehouses whose stock this channel shows."""
        return self.warehouse_ids or self._ships_from()

    def _reserved_for_own_orders(self, product_ids):
        """Return ``[(warehouse id, product id, units)]`` reserved for this channel's own orders that have not left."""
        groups = self.env["stock.move"]._read_group(
            [
                ("product_id", "in", list(product_ids)),
                ("state", "in", ("assigned", "partially_available")),
                ("sale_line_id.order_id.oms_channel_id", "=", self.id),
                ("move_orig_ids", "=", False),
            ],
            ["location_id", "product_id"],
            ["quantity:sum"],
        )
        return [(place.warehouse_id.id, product.id, units) for place, product, units in groups]

    def _prices(self, listings):
        """Return ``{listing: price of one sale}``; empty while the account leaves prices alone."""
        if not (self.is_price_pushed and self.price_pricelist_id and self.can_price):
            return {}
        prices = self.price_pricelist_id._get_products_price(listings.product_id, 1.0)
        currency = self.price_pricelist_id.currency_id
        return {
            listing: currency.round(prices[listing.product_id.id] * listing.units)
            for listing in listings
            if listing.product_id and not listing.part_ids
        }

    def action_push_all_stock(self):
        """Compute every listing anew and send what differs."""
        self.check_access("write")
        for channel in self:
            listings = channel.listing_ids.filtered("product_id")
            causes = dict.fromkeys(listings.product_id.ids, ("asked", person_of(self.env)))
            channel._refresh_targets(listings, causes)
        return self._notify(self.env._("Queued."))

    @repeats_on_twin
    def _job_push_stock(self):
        """Send one batch of the quantities that differ, and queue the next.

        One push per channel at a time: the lock is no row lock, and a push that finds it taken comes back later.
        The call is made before anything is written. A push that read an older quantity than one sent meanwhile fails on
        writing its answer and is repeated, so the newest wins. While the channel works on a great many quantities at
        once, nothing else is sent: nobody knows which of the two would win there.
        """
        self.ensure_one()
        if self.state != "live" or not self.is_stock_pushed or self.env["oms.bulk"]._is_running(self):
            return
        self._ensure_only_push()
        if self._push_in_bulk():
            return
        size = self._adapter_class().limits.batch
        stale = self._stale_listings(size)
        levels = {listing.id: listing._as_stock_level() for listing in stale}
        try:
            result = self._adapter().push_stock(list(levels.values())) if stale else None
        except errors.ChannelError as error:
            self._note_failure("stock", error)
            return
        if stale:
            stale._note_pushed({int(row.ref): row for row in result.rows}, levels)
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
        return self.env["oms.listing"].search(
            self._stale_domain(),
            order="qty_target, id",  # what sold out goes first
            limit=limit,
        )

    def _stale_domain(self):
        now = fields.Datetime.now()
        domain = Domain(
            [
                ("channel_id", "=", self.id),
                ("is_stale", "=", True),
                ("is_stock_pushed", "=", True),
                ("is_fulfilled_by_channel", "=", False),
                "|",
                ("push_next_at", "=", False),
                ("push_next_at", "<=", now),
            ]
        )
        allowed = self._adapter_class().limits.revisions_per_day
        if allowed:
            # The last change of a day is kept for selling out: showing what is gone costs more than showing less.
            today = fields.Date.today()
            domain &= (
                Domain("pushed_on", "!=", today)
                | Domain("pushed_count", "<", allowed - 1)
                | (Domain("pushed_count", "<", allowed) & Domain("qty_target", "=", 0))
            )
        return domain

    def _ensure_only_push(self):
        self.env.cr.execute(SQL("SELECT pg_try_advisory_xact_lock(hashtext('oms-stock'), %s)", self.id))
        if not self.env.cr.fetchone()[0]:
            raise RetryableJobError("another stock push of this channel is running", seconds=3, ignore_retry=True)


class OmsListing(models.Model):
    _inherit = "oms.listing"

    offer_id = fields.Char(readonly=True, help="What the channel wants to be named when the quantity changes.")
    currency_id = fields.Many2one(related="channel_id.price_pricelist_id.currency_id")
    price_target = fields.Monetary(string="Should cost", readonly=True)
    price_pushed = fields.Monetary(string="Costs", readonly=True)
    places_target = fields.Json(readonly=True, help="How the quantity should lie over the channel's places.")
    places_pushed = fields.Json(readonly=True)
    pushed_on = fields.Date(readonly=True)
    pushed_count = fields.Integer(string="Changes that day", readonly=True)

    def _free(self, free):
        """Return how many sales of this listing are free, of ``{product id: free units}``."""
        self.ensure_one()
        return sets_of([(free.get(product.id, 0.0), units) for product, units in self._needs()])

    def _sets_by_place(self, free, places):
        """Return ``[(place, how often the listing can be sold from there)]``; see :meth:`_targets`."""
        return [
            (places[warehouse_id], self._free(units)) for warehouse_id, units in free.items() if warehouse_id in places
        ]

    def _sets(self, free, places):
        """Return how often this listing can be sold; where stock is kept by place, each sale from one place alone."""
        self.ensure_one()
        return _whole_sets(self._sets_by_place(free, places)) if places else self._free(_whole(free))

    def _targets(self, free, places):
        """Return ``(quantity to show, how it lies over places or False)``.

        :param free: ``{warehouse id: {product id: free units}}``
        :param places: ``{warehouse id: the channel's name for it}``; empty where it keeps one quantity
        """
        self.ensure_one()
        if not places:
            return offered(self._sets(free, places), self._rule()), False
        total = offered(self._sets(free, places), self._rule())
        return total, spread(total, self._sets_by_place(free, places))

    def _differs(self, vals):
        """Return whether the channel shows something else than it should, as far as we know."""
        self.ensure_one()
        if vals["qty_target"] != self.qty_pushed or not (self.pushed_at or self.read_at):
            return True
        if (vals["places_target"] or False) != (self.places_pushed or False):
            return True
        price = vals["price_target"]
        return bool(price) and self.currency_id.compare_amounts(price, self.price_pushed) != 0

    def _as_stock_level(self):
        price = None
        if self.price_target and self.currency_id:
            step = Decimal(1).scaleb(-self.currency_id.decimal_places)
            price = dto.Money(amount=Decimal(str(self.price_target)).quantize(step), currency=self.currency_id.name)
        return dto.StockLevel(
            ref=str(self.id),
            sku=self.sku,
            quantity=self.qty_target,
            places=tuple(
                dto.PlaceLevel(place=place, quantity=units) for place, units in (self.places_target or {}).items()
            ),
            product_type=self.product_type or None,
            marketplace=self.marketplace or None,
            external_product_id=self.external_product_id or None,
            offer_id=self.offer_id or None,
            price=price,
        )

    def _note_accepted(self, levels):
        """Write down what the channel took: the quantities and prices that were sent, not those of now.

        :param levels: ``{listing id: dto.StockLevel}``
        """
        now, today = fields.Datetime.now(), fields.Date.today()
        for listing in self:
            level = levels[listing.id]
            count = listing.pushed_count + 1 if listing.pushed_on == today else 1
            vals = {"qty_pushed": level.quantity, "push_error": False, "pushed_at": now}
            vals["places_pushed"] = {row.place: row.quantity for row in level.places} or False
            vals |= {"pushed_on": today, "pushed_count": count}
            if level.price:
                vals["price_pushed"] = float(level.price.amount)
            listing.write(vals)
            names = ("qty_target", "price_target", "places_target")
            wanted = {name: listing[name] for name in names}
            listing.is_stale = listing._differs(wanted)
        for channel, group in self.grouped("channel_id").items():
            self.env["oms.exception"]._close_problems(channel, "stock_refused", group.mapped("sku"))

    def _note_pushed(self, answers, levels):
        """Write down the channel's answer to each row.

        :param answers: ``{listing id: dto.RowResult}``
        :param levels: ``{listing id: dto.StockLevel}``, what was sent
        :return: the listings whose quantity it refused
        """
        taken = self.filtered(lambda listing: answers[listing.id].error is None)
        refused = (self - taken).filtered(lambda listing: not answers[listing.id].is_retryable)
        pushes = [row._as_push(levels[row.id], answers[row.id].error) for row in taken | refused]
        self.env["oms.listing.push"]._note(pushes)
        taken._note_accepted(levels)
        if refused:
            refused._note_refused(answers)
        self.env["oms.comparison.row"]._note_pushed(taken, refused)
        return refused

    def _note_refused(self, answers):
        """Keep the channel's words; the value is tried again after a while, its cause may be mended by then."""
        again_at = fields.Datetime.now() + REFUSED_WAIT
        entries = []
        for listing in self:
            text = answers[listing.id].error
            listing.write({"push_error": text, "push_next_at": again_at})
            entry = {"reason": "stock_refused", "channel_id": listing.channel_id.id, "cause": listing.sku}
            entries.append(entry | {"params": {"sku": listing.sku, "text": text}})
        self.env["oms.exception"]._open_problems(entries)


def _whole(free):
    """Return ``{product id: free units}`` over all warehouses."""
    whole = {}
    for units in free.values():
        for product_id, quantity in units.items():
            whole[product_id] = whole.get(product_id, 0.0) + quantity
    return whole


def _whole_sets(sets):
    """Return how many whole sales there are over all places."""
    return float(sum(int(max(units, 0.0) + 1e-6) for _place, units in sets))
