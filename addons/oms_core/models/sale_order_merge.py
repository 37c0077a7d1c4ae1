from odoo import api, fields, models
from odoo.exceptions import LockError, UserError
from odoo.tools import SQL

from ..lib.merging import Parcel, plan_groups, why_not_alone, why_not_together

# Orders that may wait together: confirmed, and nothing of them is picked.
WAITING = ("held", "to_route", "waiting_stock", "to_pick")
ADDRESS = ("name", "street", "street2", "zip", "city")


class SaleOrder(models.Model):
    """Orders that go to their buyer in one parcel.

    Each stays what it is, with its own lines, its own number on the channel and its own amounts, so that whatever the
    channel says later finds its lines, and each is told of its own goods. What they share is the transfer.
    """

    _inherit = "sale.order"

    oms_merged_into_id = fields.Many2one(
        "sale.order", string="Goes with", readonly=True, copy=False, index="btree_not_null", ondelete="restrict"
    )
    oms_merged_ids = fields.One2many("sale.order", "oms_merged_into_id", string="Together with it")
    oms_merge_count = fields.Integer(compute="_compute_oms_merge_count", string="Could go with it")

    # === WHO GOES WITH WHOM ===

    def _merge_group(self):
        """Return all orders that go in one parcel with these; nothing for those that go alone."""
        heads = self.oms_merged_into_id | self.filtered("oms_merged_ids")
        return heads | heads.oms_merged_ids

    def _own_moves(self):
        """Return the stock moves of these orders alone, also where others go with them."""
        if not self._merge_group():
            return self.picking_ids.move_ids
        return self.order_line.move_ids

    def _own_transfers(self):
        """Return the transfers that carry goods of these orders."""
        return self.picking_ids | self.order_line.move_ids.picking_id

    def _as_parcel(self):
        """Return this order, as the pure decision sees it."""
        self.ensure_one()
        partner = self.partner_shipping_id
        channel = self.oms_channel_id
        account = ("channel", channel.id) if channel else ("customer", self.partner_id.commercial_partner_id.id)
        moves = self._own_moves().filtered(lambda move: move.state != "cancel")
        is_started = any(move.picked or move.state == "done" for move in moves) or any(
            moves.picking_id.mapped("printed")
        )
        is_open = self.state == "sale" and self.oms_fulfilment in ("own", False) and self._stage() != "shipped"
        return Parcel(
            key=self.id,
            company=self.company_id.id,
            account=account,
            ship_to=(*(partner[name] or "" for name in ADDRESS), partner.country_id.code or ""),
            currency=self.currency_id.name,
            kind=self.oms_type_id.id,
            warehouse=self.warehouse_id.id,
            carrier=self.carrier_id.id,
            hold=self.oms_hold or "",
            is_open=is_open and self.oms_type_id.kind != "transfer",
            is_started=is_started,
            head=self.oms_merged_into_id.id or None,
        )

    def _why_not_together(self, code, other):
        """Return why an order does not go with another, in words."""
        words = {"one": self.name, "other": other.name}
        return {
            "not_open": self.env._("%(one)s or %(other)s is not confirmed, or has left.", **words),
            "started": self.env._("Picking of %(one)s or %(other)s has begun.", **words),
            "together": self.env._("%(one)s and %(other)s go together already.", **words),
            "elsewhere": self.env._(
                "%(one)s or %(other)s goes with another order. Let it go on its own first.", **words
            ),
            "company": self.env._("%(one)s and %(other)s are of two companies.", **words),
            "account": self.env._("%(one)s and %(other)s are of two channels or customers.", **words),
            "currency": self.env._("%(one)s and %(other)s are in two currencies.", **words),
            "kind": self.env._("%(one)s and %(other)s are of two types.", **words),
            "warehouse": self.env._("%(one)s and %(other)s leave from two warehouses.", **words),
            "carrier": self.env._("%(one)s and %(other)s go with two carriers.", **words),
            "hold": self.env._("One of %(one)s and %(other)s is on hold, the other is not.", **words),
            "address": self.env._("%(one)s and %(other)s do not go to one address.", **words),
        }[code]

    # === PROPOSING ===

    def _compute_oms_merge_count(self):
        for order in self:
            order.oms_merge_count = len(order._mergeable()) if order._origin and not order.oms_merged_into_id else 0

    def _mergeable(self):
        """Return the other open orders that may go with this one."""
        self.ensure_one()
        if self.oms_status not in WAITING or not self.partner_shipping_id.street:
            return self.browse()
        partner = self.partner_shipping_id
        domain = [
            ("id", "!=", self.id),
            ("oms_status", "in", WAITING),
            ("company_id", "=", self.company_id.id),
            ("oms_channel_id", "=", self.oms_channel_id.id),
            ("oms_merged_into_id", "=", False),
            ("partner_shipping_id.country_id", "=", partner.country_id.id),
            ("partner_shipping_id.zip", "=ilike", partner.zip or False),
        ]
        if not partner.zip:
            domain[-1] = ("partner_shipping_id.city", "=ilike", partner.city or "")
        mine = self._as_parcel()
        found = self.search(domain, order="id", limit=50)
        return found.filtered(lambda order: why_not_together(mine, order._as_parcel()) is None)

    @api.model
    def get_merge_proposals(self, limit=50):
        """Return open orders that could go to their buyer in one parcel: one address, one account, nothing picked.

        :param limit: most groups to return
        :return: list of ``{ids, names, ship_to}``, in each group the oldest order first
        """
        self.browse().check_access("read")
        orders = self._near_each_other()
        groups = plan_groups(order._as_parcel() for order in orders)[: max(int(limit), 0)]
        return [
            {
                "ids": list(ids),
                "names": self.browse(ids).mapped("name"),
                "ship_to": self.browse(ids[0]).partner_shipping_id._one_line(),
            }
            for ids in groups
        ]

    @api.model
    def _near_each_other(self):
        """Return waiting orders of which another one goes to the same postcode from the same account."""
        self.flush_model(["oms_status", "oms_channel_id", "oms_merged_into_id", "partner_shipping_id", "company_id"])
        self.env["res.partner"].flush_model(["zip", "country_id"])
        self.env.cr.execute(
            SQL(
                "SELECT array_agg(o.id ORDER BY o.id) FROM sale_order o"
                " JOIN res_partner p ON p.id = o.partner_shipping_id"
                " WHERE o.oms_status = ANY(%s) AND o.oms_merged_into_id IS NULL AND o.company_id = ANY(%s)"
                " AND COALESCE(p.street, '') <> ''"
                " GROUP BY o.company_id, o.oms_channel_id, p.country_id, lower(p.zip) HAVING count(*) > 1",
                list(WAITING),
                self.env.companies.ids,
            )
        )
        ids = [order_id for (group,) in self.env.cr.fetchall() for order_id in group]
        return self.search([("id", "in", ids)], order="id")

    # === PUTTING TOGETHER ===

    def oms_merge(self, ids):
        """Let other orders go to the buyer in one parcel with this one; all of them or none.

        Each keeps its number on the channel and is told there of its own goods, with the same tracking number.

        :param ids: ids of the other orders
        :return: ``{id, name, merged}``; ``merged`` is a list of ``{id, name}``
        :raise UserError: two of them do not fit, or picking has begun
        """
        self.ensure_one()
        self._ensure_office()
        if isinstance(ids, int):
            ids = [ids]
        others = self.browse(ids).exists() - self
        if not others or len(others) < len(set(ids) - {self.id}):
            raise UserError(self.env._("Choose the orders that go with %s.", self.name))
        head = self.oms_merged_into_id or self
        (head | self | others).check_access("write")
        (head | self | others)._lock_orders()
        if head in others:
            raise UserError(self._why_not_together("together", head))
        for other in others:
            code = why_not_together(head._as_parcel(), other._as_parcel())
            if code:
                raise UserError(
                    self._why_not_together(code, other) if head == self else head._why_not_together(code, other)
                )
        joining = others | others.oms_merged_ids
        joining.sudo().oms_merged_into_id = head  # sudo: readonly to people
        joining._join_transfer()
        self.env["oms.order.event"]._log(
            [(order, "merged_into", {"order": head.name}) for order in joining]
            + [(head, "merged", {"orders": ", ".join(joining.mapped("name"))})]
        )
        return {
            "id": head.id,
            "name": head.name,
            "merged": [{"id": order.id, "name": order.name} for order in joining],
        }

    def _lock_orders(self):
        """Let one person at a time put these together or apart; the other one sees what became of them."""
        try:
            self.lock_for_update(allow_referencing=True)
        except LockError as error:
            raise UserError(
                self.env._("Somebody else is changing one of these orders right now. Look again in a moment.")
            ) from error
        self.invalidate_recordset(["oms_merged_into_id", "oms_merged_ids", "state"])

    def _join_transfer(self):
        """Put the open moves of these orders where they now belong: to those they go with, or to themselves."""
        lines = self.sudo().order_line  # sudo: whoever serves the desk need not be of the warehouse
        moves = lines.move_ids.filtered(lambda move: move.state not in ("done", "cancel"))
        before = moves.picking_id
        moves.write({"picking_id": False})
        moves._assign_picking()
        left = before.filtered(lambda picking: not picking.move_ids)
        left.unlink()
        self._oms_mark_searched()
        self.env.add_to_compute(self._fields["delivery_status"], self | (before - left).sale_id)

    # === TAKING APART ===

    def oms_unmerge(self):
        """Let orders go to the buyer on their own again.

        :return: ``True``
        :raise UserError: picking has begun, or they go with none
        """
        self.check_access("write")
        self._ensure_office()
        group = self._merge_group()
        if not group or any(not order._merge_group() for order in self):
            raise UserError(self.env._("This order goes with no other one."))
        group._lock_orders()
        for order in group:
            if why_not_alone(order._as_parcel()) == "started":
                raise UserError(
                    self.env._(
                        "Picking of %s has begun: it goes with the others now, or is sent as a part.", order.name
                    )
                )
        self._leave_merge()
        return True

    def _leave_merge(self):
        """Take these orders out of what they go with, as far as nothing of it has left."""
        for order in self:
            group = order._merge_group()
            if not group:
                continue
            head = order.oms_merged_into_id or order
            rest = (group - order).sorted("id")
            leaving = order.sudo() if order != head else rest.sudo()  # sudo: readonly to people
            leaving.oms_merged_into_id = False
            order.invalidate_recordset(["oms_merged_ids"])
            if order == head and len(rest) > 1:
                (rest - rest[0]).sudo().oms_merged_into_id = rest[0]  # sudo: as above
            leaving._join_transfer()
            self.env["oms.order.event"]._log(
                [(order, "unmerged", {"orders": ", ".join(rest.mapped("name"))})]
                + [(other, "unmerged", {"orders": order.name}) for other in rest]
            )

    # === WHAT ELSE HAPPENS TO THEM ===

    def _action_cancel(self):
        """Cancel an order alone: what goes with it goes on."""
        self._leave_merge()
        return super()._action_cancel()

    def _back_to_quotation(self):
        self._leave_merge()
        return super()._back_to_quotation()

    def _apply_address(self, plan):
        """Another address: those it went with go where they went."""
        self._living()._leave_merge()
        return super()._apply_address(plan)

    @api.depends("oms_merged_into_id")
    def _compute_delivery_status(self):
        """Tell how far an order is by its own moves where the transfer is another's."""
        guests = self.filtered("oms_merged_into_id")
        result = super(SaleOrder, self - guests)._compute_delivery_status()
        for order in guests:
            moves = order.order_line.move_ids.filtered(lambda move: move.state != "cancel")
            done = moves.filtered(lambda move: move.state == "done")
            gone = done.filtered(lambda move: move.location_dest_id.usage == "customer")
            if not moves:
                order.delivery_status = False
            elif moves == done:
                order.delivery_status = "full"
            else:
                order.delivery_status = "partial" if gone else "started" if done else "pending"
        return result

    # === SCREENS ===

    def action_oms_merge(self):
        """Open the window that lets other orders go with this one."""
        return {
            "type": "ir.actions.act_window",
            "res_model": "oms.merge",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Send together"),
            "context": {"default_order_id": self[:1].id, "oms_merge_ids": self[1:].ids},
        }

    def action_oms_unmerge(self):
        """Let the order go on its own again."""
        return self.oms_unmerge()

    @api.model
    def action_view_oms_proposals(self):
        """Open the orders that could go together, address by address."""
        ids = [order_id for group in self.get_merge_proposals(limit=200) for order_id in group["ids"]]
        action = self.env["ir.actions.act_window"]._for_xml_id("oms_core.sale_order_action_oms")
        context = {"group_by": ["partner_shipping_id"], "create": False}
        return dict(action, name=self.env._("Could go together"), domain=[("id", "in", ids)], context=context)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _one_line(self):
        """Return name and address in one line."""
        lines = [self.name or "", *self._display_address(without_company=True).splitlines()]
        return ", ".join(line.strip() for line in lines if line.strip())


class StockMove(models.Model):
    _inherit = "stock.move"

    def _merge_group(self):
        return self.sale_line_id.order_id._merge_group()

    def _key_assign_picking(self):
        """Let orders that go together share a transfer, each step of it."""
        keys = super()._key_assign_picking()
        group = self._merge_group()
        return (group, *keys[1:]) if group else keys

    def _search_picking_for_assignation_domain(self):
        domain = list(super()._search_picking_for_assignation_domain())
        references = self._merge_group().stock_reference_ids.ids
        if references:
            return [
                ("reference_ids", "in", references) if tuple(term)[0] == "reference_ids" else term for term in domain
            ] + [("move_ids.picked", "=", False)]
        return domain

    def _assign_picking_values(self, picking):
        """Orders go together to one address, though each has a contact of its own."""
        values = super()._assign_picking_values(picking)
        if self._merge_group():
            values.pop("partner_id", None)
        return values

    def _new_transfer_groups(self):
        """In a batch: moves that join others' transfers are for Odoo's own search."""
        return super(StockMove, self.filtered(lambda move: not move._merge_group()))._new_transfer_groups()
