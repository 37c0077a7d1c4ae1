from odoo import fields, models
from odoo.exceptions import UserError

from ..lib import order_request


class SaleOrder(models.Model):
    """Sending orders and asking for returns on behalf of programs: a warehouse of somebody else, a returns portal."""

    _inherit = "sale.order"

    def oms_fulfil(self, *, lines=None, carrier="", tracking=""):
        """Send an order, or some of it, as the warehouse does; the channel is told. Told twice, it is sent once.

        :param lines: ``[{line_id or sku, quantity}]``; none means all that is left
        :param carrier: name of a delivery method; none keeps the order's own
        :param tracking: number of the parcel. A parcel of this order with this number is not sent again
        :return: ``{id, name, transfer, tracking, is_new, units, status}``
        :raise UserError: the order is held, more is asked for than is reserved, or there is nothing left
        :raise AccessError: whoever asks may not send orders
        """
        self.ensure_one()
        self._ensure_desk()
        parts = self._read_asked(order_request.read_parts, lines)
        sent = self._sent_as(tracking)
        if sent:
            return self._parcel_facts(sent, is_new=False)
        order = self.sudo()  # sudo: a program of the desk sends without being warehouse staff
        order._end_overdue_holds()
        if order.oms_hold:
            raise UserError(
                self.env._("%(order)s may not leave yet. %(why)s", order=self.name, why=order.oms_hold_text)
            )
        units = order._units_to_send(parts)
        picking = order._send_units(units, order._asked_carrier(carrier), tracking)
        return self._parcel_facts(picking, is_new=True)

    def _sent_as(self, tracking):
        done = self.sudo().picking_ids.filtered(  # sudo: as in oms_fulfil
            lambda row: row.state == "done" and row._is_to_customer() and row.carrier_tracking_ref == tracking
        )
        return done[:1] if tracking else done.browse()

    def _parcel_facts(self, picking, *, is_new):
        return {
            "id": self.id,
            "name": self.name,
            "transfer": picking.name,
            "tracking": picking.carrier_tracking_ref or "",
            "is_new": is_new,
            "units": sum(picking.move_ids.filtered(lambda move: move.state == "done").mapped("quantity")),
            "status": self.oms_status,
        }

    def _asked_carrier(self, name):
        if not name:
            return self.carrier_id
        found = self.env["delivery.carrier"].search(
            [("name", "=ilike", name), ("company_id", "in", (False, self.company_id.id))], limit=1
        )
        if not found:
            raise UserError(self.env._("carrier: there is no delivery method %s.", name))
        return found

    def _units_to_send(self, parts):
        """Return ``{order line: units}`` to send now.

        :raise UserError: a line is not on the order, or has less reserved than is asked for
        """
        left = {line: line.oms_units_reserved - line.qty_delivered for line in self.order_line}
        left = {line: units for line, units in left.items() if units > 0}
        if not left:
            raise UserError(self.env._("Nothing of %s is reserved and still to be sent.", self.name))
        if not parts:
            return left
        units = {}
        for index, part in enumerate(parts):
            line = self._asked_line(index, part)
            units[line] = units.get(line, 0.0) + float(part.quantity)
            if units[line] > left.get(line, 0.0) + 1e-6:
                raise UserError(
                    self.env._(
                        "lines[%(index)s]: %(asked)s asked for, %(left)s reserved and still to be sent.",
                        index=index,
                        asked=f"{units[line]:g}",
                        left=f"{left.get(line, 0.0):g}",
                    )
                )
        return units

    def _asked_line(self, index, part):
        found = self.order_line.filtered(
            lambda line: (
                line.id == part.line_id or (part.sku and part.sku in (line.oms_sku, line.product_id.default_code))
            )
        )
        if not found:
            name = part.sku or part.line_id
            raise UserError(
                self.env._("lines[%(index)s]: %(name)s is not on %(order)s.", index=index, name=name, order=self.name)
            )
        return found[:1]

    def _send_units(self, units, carrier, tracking):
        """Do each transfer of the chain for these units and return the one that left."""
        sent = self.env["stock.picking"]
        for _step in range(3):  # pick, pack and ship at most
            ready = self.picking_ids.filtered(lambda row: row.state in ("assigned", "confirmed", "waiting"))
            moves = ready.move_ids.filtered(
                lambda move: move.sale_line_id in units and move.quantity and move.location_id.usage != "customer"
            )
            for picking in moves.picking_id.filtered(lambda row: row.state == "assigned"):
                picking._take_units(units, carrier, tracking)
                sent |= picking if picking.state == "done" and picking._is_to_customer() else sent.browse()
            if sent:
                return sent[:1]
        raise UserError(self.env._("%s could not be sent: its transfers are not ready.", self.name))

    # === RETURNS ===

    def oms_request_return(self, *, lines, reason="", key=""):
        """Write down that the buyer wants to send goods back; a person or the returns desk decides what follows.

        :param lines: ``[{line_id or sku, quantity, reason}]``
        :param reason: for all lines that name none
        :param key: the same key twice has the effect of once
        :return: ``{id, return_id, return, is_new, status}``
        :raise UserError: more is asked for than was sent and not asked back yet
        :raise AccessError: whoever asks may not write returns
        """
        self.ensure_one()
        self._ensure_desk()
        parts = self._read_asked(order_request.read_parts, lines)
        if not parts:
            raise UserError(self.env._("lines: say what comes back."))
        returns = self.env["oms.return"].sudo()  # sudo: a return is asked for, not written by hand
        name = f"own:{self.id}:{key}" if key else False
        known = returns.search([("order_id", "=", self.id), ("external_id", "=", name)], limit=1) if key else returns
        if known:
            return self._return_facts(known, is_new=False)
        order = self.sudo()  # sudo: as above
        vals = [order._asked_return_line(index, part, reason) for index, part in enumerate(parts)]
        order._ensure_was_sent(vals)
        number = self.env._("%(order)s return %(count)s", order=self.name, count=len(order.oms_return_ids) + 1)
        created = returns.create(
            {
                "name": number,
                "order_id": self.id,
                "channel_id": order.oms_channel_id.id,
                "external_id": name or f"own:{self.id}:{len(order.oms_return_ids) + 1}",
                "status": "requested",
                "requested_at": fields.Datetime.now(),
                "line_ids": [(0, 0, row) for row in vals],
            }
        )
        created._note_requested_here()
        return self._return_facts(created, is_new=True)

    def _asked_return_line(self, index, part, reason):
        line = self._asked_line(index, part)
        return {
            "order_line_id": line.id,
            "sku": line.oms_sku or line.product_id.default_code,
            "quantity": float(part.quantity),
            "reason": part.reason or reason or False,
        }

    def _ensure_was_sent(self, vals):
        asked = {}
        for row in vals:
            asked[row["order_line_id"]] = asked.get(row["order_line_id"], 0.0) + row["quantity"]
        before = self.oms_return_ids.filtered(lambda row: row.status != "refused").line_ids
        for line in self.order_line.filtered(lambda line: line.id in asked):
            earlier = sum(before.filtered(lambda row, line=line: row.order_line_id == line).mapped("quantity"))
            left = line.qty_delivered - earlier
            if asked[line.id] > left + 1e-6:
                raise UserError(
                    self.env._(
                        "%(product)s: %(asked)s asked back, %(left)s were sent and not asked back yet.",
                        product=line.product_id.display_name,
                        asked=f"{asked[line.id]:g}",
                        left=f"{max(left, 0.0):g}",
                    )
                )

    def _return_facts(self, row, *, is_new):
        return {"id": self.id, "return_id": row.id, "return": row.name, "is_new": is_new, "status": row.status}


class StockPicking(models.Model):
    _inherit = "stock.picking"

    def _take_units(self, units, carrier, tracking):
        """Validate this transfer for some units of order lines; the others wait in a transfer of their own."""
        left = dict(units)
        for move in self.move_ids.filtered(lambda move: move.state not in ("done", "cancel")):
            take = min(move.quantity, left.get(move.sale_line_id, 0.0))
            left[move.sale_line_id] = left.get(move.sale_line_id, 0.0) - take
            move.quantity = take
            move.picked = take > 0
        if self._is_to_customer():
            self.write({"carrier_id": carrier.id, "carrier_tracking_ref": tracking or False})
        answer = self.with_context(skip_backorder=True, skip_sms=True).button_validate()
        if answer is not True:
            raise UserError(self.env._("%s asks something first. Open it in the warehouse.", self.name))


class OmsReturn(models.Model):
    _inherit = "oms.return"

    def _note_requested_here(self):
        """Put a return that was asked for here on the timeline and on the list of what needs somebody."""
        words = {"number": self.name, "what": self._what()}
        self.env["oms.order.event"]._log([(self.order_id, "return_reported", words)])
        entry = {"reason": "return_requested", "order_id": self.order_id.id, "cause": self.external_id}
        self.env["oms.exception"]._open_problems([entry | {"params": words}])
