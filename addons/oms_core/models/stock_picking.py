from odoo import models
from odoo.exceptions import UserError

from ..lib import dto, errors
from .oms_channel_state import aware_utc


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _is_to_customer(self):
        """Whether this transfer hands goods to the buyer; picks and packs before it do not.

        What a supplier sends straight to the buyer does so, too.
        """
        self.ensure_one()
        return self.picking_type_code in ("outgoing", "dropship") and self.location_dest_id.usage == "customer"

    def _orders(self):
        """Return the orders of which goods are in these transfers; several where they go in one parcel."""
        return self.sale_id | self.move_ids.sale_line_id.order_id

    def button_validate(self):
        """Refuse to let an order leave that a problem holds."""
        self._ensure_not_held()
        return super().button_validate()

    def _ensure_not_held(self):
        self._orders()._end_overdue_holds()
        for picking in self:
            # What a supplier sent has left already: it is put on record, held or not.
            if not (picking._is_to_customer() and picking.picking_type_code == "outgoing"):
                continue
            for order in picking._orders().filtered("oms_hold"):
                raise UserError(
                    self.env._("%(order)s may not leave yet. %(why)s", order=order.name, why=order.sudo().oms_hold_text)
                )  # sudo: the reason is shown to whoever holds the parcel

    def _action_done(self):
        self._ensure_not_held()
        result = super()._action_done()
        self._note_packed()
        left = self.filtered(
            lambda picking: picking.state == "done" and picking._orders() and picking._is_to_customer()
        )
        self.env["oms.order.event"]._log(
            (order, "shipped", picking._shipped_words()) for picking in left for order in picking._orders()
        )
        left._queue_shipments()
        return result

    # === NO TEXT MESSAGES ===
    # `stock_sms` installs itself beside `stock`, asks at the first delivery, and then texts every buyer inside the
    # transaction that ships. A buyer on a channel is told by the channel, which often forbids writing to them.
    # It loads before this addon, which is deeper in the graph, so the switch set here reaches it.

    def _buyer_channel(self):
        """Return the channel whose buyer gets this transfer."""
        return self.sale_id.oms_channel_id

    def _pre_action_done_hook(self):
        if all(picking._buyer_channel() for picking in self):
            return super(StockPicking, self.with_context(skip_sms=True))._pre_action_done_hook()
        return super()._pre_action_done_hook()

    def _send_confirmation_email(self):
        ours = self.filtered(lambda picking: picking._buyer_channel())
        if ours:
            super(StockPicking, ours.with_context(skip_sms=True))._send_confirmation_email()
        if self - ours:
            super(StockPicking, self - ours)._send_confirmation_email()

    def _shipped_words(self):
        return {"transfer": self.name, "carrier": self.carrier_id.name, "tracking": self.carrier_tracking_ref}

    def write(self, vals):
        """Tell the channel once a tracking number that was missing is entered."""
        result = super().write(vals)
        if vals.get("carrier_tracking_ref") or vals.get("carrier_id"):
            self.filtered(
                lambda picking: picking.state == "done" and picking._orders().oms_channel_id
            )._queue_shipments()
        return result

    # === TELLING THE CHANNEL ===

    def _queue_shipments(self):
        """Put one notice per parcel and order of the channel into the outbox, in the transaction that shipped it.

        Safe to call again. Of several orders in one parcel each is told of its own goods, with the same tracking.
        """
        for picking in self.filtered(lambda picking: picking.state == "done" and picking._is_to_customer()):
            for orders in picking._orders().grouped(lambda order: order._oms_head()).values():
                channel = orders.oms_channel_id
                if not channel.is_shipment_pushed or orders[0].oms_fulfilment != "own":
                    continue
                notice = picking._prepare_shipment_notice(channel, orders)
                if notice is not None:
                    self.env["oms.outbox"]._queue(channel, "shipment", orders[0], notice, picking=picking)
                    picking._queue_invoice(channel, orders[0], notice.lines)

    def _queue_invoice(self, channel, order, lines):
        """Have the channel invoice what this transfer sent, where the account wants that."""
        if channel.invoice_policy != "ship" or not channel.can_invoice:
            return
        notice = dto.InvoiceNotice(
            order_external_id=order._oms_head().oms_external_id,
            reference=str(self.id),
            lines=lines,
            is_captured=channel.is_payment_captured,
        )
        self.env["oms.outbox"]._queue(channel, "invoice", order, notice, picking=self)

    def _prepare_shipment_notice(self, channel, orders=None):
        """Return the notice for this transfer, or None after listing what it still lacks.

        :param orders: those of one order of the channel; the transfer's own without them
        """
        self.ensure_one()
        orders = orders or self.sale_id
        lines = self._shipment_lines(orders)
        if not lines:
            return None
        if not self.carrier_tracking_ref:
            self._list_shipment_problem("tracking_missing", orders[0], {"transfer": self.name})
            return None
        try:
            code, name = channel._shipment_carrier(self)
        except errors.Unmapped as error:
            self._list_shipment_problem("carrier_unmapped", orders[0], {"carrier": error.value}, cause=error.value)
            return None
        orders._close_own_problems(["tracking_missing", "carrier_unmapped"])
        return dto.ShipmentNotice(
            order_external_id=orders[0]._oms_head().oms_external_id,
            reference=str(self.id),
            carrier_code=code,
            carrier_name=name,
            tracking=self.carrier_tracking_ref,
            shipped_at=aware_utc(self.date_done),
            lines=lines,
            service=self.carrier_id.name or None,
            marketplace=orders[0].oms_marketplace or None,
            ship_from=channel._shipment_origin(self),
        )

    def _shipment_lines(self, orders):
        """Return the units of each of the channel's lines in this transfer, as the channel counts them.

        A pack counts once all its units left, a kit once all its parts did: what left in earlier transfers counts
        along, and only what this one completes is told with it.
        """
        told = {}
        for order in orders:
            left = order._own_transfers().filtered(lambda row: row.state == "done" and row._is_to_customer())
            before = left.filtered(lambda row: (row.date_done, row.id) < (self.date_done, self.id))
            earlier, now = before._sold_units(order), (before | self)._sold_units(order)
            for line_id, units in now.items():
                told[line_id] = told.get(line_id, 0.0) + units - earlier.get(line_id, 0.0)
        return tuple(
            dto.LineUnits(external_line_id=line_id, quantity=dto.to_decimal(units))
            for line_id, units in told.items()
            if units > 0
        )

    def _sold_units(self, order):
        """Return ``{channel's line id: units as the channel counts}`` of an order, complete in these transfers."""
        gone = {}
        for move in self.move_ids.filtered(lambda move: move.state == "done"):
            line = move.sale_line_id
            name = line.oms_external_line_id or line.oms_part_of
            if name and line.order_id == order:
                key = (name, line, move.product_id)
                gone[key] = gone.get(key, 0.0) + move.product_uom._compute_quantity(
                    move.quantity, move.product_id.uom_id
                )
        sets, whole = {}, set()
        for line in order.order_line.filtered(lambda row: row.oms_external_line_id or row.oms_part_of):
            name = line.oms_external_line_id or line.oms_part_of
            needs = line._units_needed()
            if needs:
                complete = min(gone.get((name, line, product), 0.0) / units for product, units in needs.items())
                sets[name] = min(complete, sets.get(name, complete))
                if line.oms_part_of or set(needs.values()) != {1.0}:
                    whole.add(name)  # half a pack is none; goods by weight are what they are
        return {name: float(int(units + 1e-6)) if name in whole else units for name, units in sets.items()}

    def _list_shipment_problem(self, reason, order, params, *, cause=None):
        entry = {"reason": reason, "order_id": order.id, "cause": cause or str(self.id), "params": params}
        self.env["oms.exception"]._open_problems([entry])
