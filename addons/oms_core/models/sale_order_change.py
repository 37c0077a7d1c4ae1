from decimal import Decimal

import msgspec
from odoo import fields, models

from ..lib import changing, dto, errors, importing
from ..lib.updating import content_digest
from .oms_channel_state import aware_utc, naive_utc
from .oms_exception_fix import UNLINKED
from .res_partner import MADE_FROM_ADDRESS

# What follows from lines and address. What the channel's state says is asked in other words once an order is here.
CONTENT_REASONS = ("unmapped_sku", "placeholder_line", "unmapped_country", "unmapped_tax", "address_incomplete")


class SaleOrder(models.Model):
    """An order that changed on its channel: what the channel said before, what it says now, what we hold."""

    _inherit = "sale.order"

    oms_accepted_inbox_id = fields.Many2one(
        "oms.inbox",
        string="Document taken over",
        readonly=True,
        copy=False,
        ondelete="set null",
        index="btree_not_null",
        help="The last document whose content was taken over.",
    )
    oms_change_ids = fields.One2many("oms.order.change", "order_id", string="Changes on the channel")

    # === THE THREE SIDES ===

    def _channel_before(self, theirs):
        """Return what the channel said when we last took its word; what we hold stands in for a document that is gone.

        :param theirs: the new document, :class:`~odoo.addons.oms_core.lib.dto.OrderData`
        """
        self.ensure_one()
        held = self._held_address(None, theirs)
        document = self.oms_accepted_inbox_id.sudo()  # sudo: body is hidden
        body = document._body() if document else b""
        if body:
            try:
                before = self.oms_channel_id._adapter_class().parse_order(body)
                return msgspec.structs.replace(before, ship_to=before.ship_to or held)
            except errors.Malformed:  # a newer version of the channel's addon reads it no more
                pass
        return self._as_order_data(theirs, held)

    def _as_order_data(self, theirs, address):
        """Return the new document with what we hold in place of what it says."""
        now = {line.external_id: line for line in theirs.lines}
        lines = []
        for line in self.order_line.filtered("oms_external_line_id"):
            known = now.get(line.oms_external_line_id)
            blank = dto.OrderLine(external_id=line.oms_external_line_id, quantity=Decimal(0), sku=line.oms_sku or None)
            amount = dto.Money(amount=line._oms_amount(), currency=self.currency_id.name)
            lines.append(
                msgspec.structs.replace(known or blank, quantity=dto.to_decimal(line.oms_quantity), amount=amount)
            )
        total = dto.Money(amount=self._as_amount(self.oms_total), currency=self.currency_id.name)
        return msgspec.structs.replace(
            theirs,
            lines=tuple(lines),
            total=total if self.oms_has_total else None,
            currency=self.currency_id.name,
            ship_to=address,
            service_level=self.oms_service_level or None,
            ship_by_at=aware_utc(self.oms_ship_by_at),
            deliver_by_at=aware_utc(self.oms_deliver_by_at),
        )

    def _as_held(self, before, theirs):
        """Return what we hold, as the pure comparison sees it."""
        self.ensure_one()
        lines = {}
        for line in self._living().order_line:
            if line.oms_external_line_id:
                lines.setdefault(line.oms_external_line_id, []).append(line)
        charges = {}
        for line in self.order_line.filtered(lambda line: line.oms_kind and not line.oms_external_line_id):
            charges[line.oms_kind] = charges.get(line.oms_kind, Decimal(0)) + line._oms_amount()
        stage = self._stage()
        return changing.Held(
            stage="picking" if stage == "cancelled" else stage,  # what was added to it once picking began goes on
            lines=tuple(self.env["sale.order.line"].union(*rows)._as_held_line() for rows in lines.values()),
            charges=charges,
            total=self._as_amount(self._amount_here()),
            currency=self.currency_id.name,
            address=self._held_address(before, theirs),
            service_level=self.oms_service_level or None,
            ship_by_at=aware_utc(self.oms_ship_by_at),
            deliver_by_at=aware_utc(self.oms_deliver_by_at),
        )

    def _as_amount(self, value):
        return Decimal(str(self.currency_id.round(value)))

    def _held_address(self, before, theirs):
        """Return where the order goes: in the channel's words where our customer is what those words make.

        A state may be named or numbered, a second street joined to the first: only what we make of it can be compared.
        """
        partner = self.partner_shipping_id
        if not partner.street and not partner.city and not partner.country_id:
            return None
        for data in (before, theirs):
            if data is not None and data.ship_to is not None and partner._oms_is_made_of(self.oms_channel_id, data):
                return data.ship_to
        return dto.Address(
            name=partner.name or None,
            street=partner.street or None,
            street2=partner.street2 or None,
            city=partner.city or None,
            state=partner.state_id.code or None,
            postal_code=partner.zip or None,
            country=partner.country_id.code or None,
            phone=partner.phone or None,
        )

    # === TAKING OVER OR ASKING ===

    def _take_changes(self, data, document):
        """Take over what the channel changed, and ask about what a person must decide.

        :param data: what the channel says now, completed by what it said before
        :param document: the ``oms.inbox`` row it came in, or an empty one
        """
        self.ensure_one()
        before = self._channel_before(data)
        changes = changing.plan_changes(before, data, self._as_held(before, data))
        asked = [change for change in changes if change.rule == "ask"]
        taken = [change for change in changes if change.rule == "apply"]
        self._write_header(data)
        self._apply_changes(data, taken)
        self._log_changes("change_applied", taken, "channel")
        if asked:
            self.env["oms.order.change"]._ask(self, document, changes)
            return
        self._drop_open_changes()
        self._accept_document(data, document)
        self._confirm_ready()

    def _accept_document(self, data, document):
        """Remember this as what the channel said when its word was last taken."""
        vals = {"oms_content_digest": content_digest(data)}
        if document:
            vals["oms_accepted_inbox_id"] = document.id
        self.write(vals)

    def _drop_open_changes(self):
        """Nothing is left to decide: what was open is overtaken."""
        open_changes = self.oms_change_ids.filtered(lambda change: change.state == "open")
        if open_changes:
            open_changes.sudo().state = "superseded"  # sudo: only the system and a clerk's decision write changes
            orders = open_changes.order_id
            (orders | orders.oms_child_ids)._close_own_problems(["changed_after_import"])

    def _log_changes(self, kind, changes, source=None):
        """Write changes on the timeline, without a word of the buyer's own."""
        texts = [self.env["oms.order.change.line"]._sentence(change, is_impersonal=True) for change in changes]
        entry = (self, kind, {"what": "; ".join(texts)})
        if texts:
            self.env["oms.order.event"]._log([entry + (source,) if source else entry])

    # === WRITING ===

    def _apply_changes(self, data, changes):
        """Write these changes. Goods that must not join a transfer under way become an order of their own.

        :param changes: those that nobody has to decide, or that a person accepted
        """
        kinds = {change.kind for change in changes}
        plan = importing.plan_order(data, self.oms_channel_id._snapshot([data]))
        touched = self._orders_of(changes)
        locked = self._living().filtered("locked")
        locked.locked = False
        if "address" in kinds:
            self._apply_address(plan)
        if "delivery" in kinds:
            self._apply_delivery(data)
        if "gift" in kinds:
            self._apply_gifts(data)
        if kinds & changing.GOODS:
            self._apply_goods(plan, [change for change in changes if change.kind in changing.GOODS])
        if kinds & changing.MONEY:
            self._apply_money(plan, changes)
        locked.locked = True
        self._cancel_emptied()
        self._look_at_content(plan)
        if kinds & changing.GOODS:
            touched.filtered(lambda order: order.state == "sale")._note_reservation()

    def _look_at_content(self, plan):
        """List what is wrong with goods and address now, each where it stands, and close what no longer is."""
        for order in self._living() | self:
            order._close_gone_problems(plan, CONTENT_REASONS)
        if self._stage() not in ("shipped", "cancelled"):
            unlinked = {line.oms_sku or "" for line in self._unlinked_lines()}
            found = [
                problem
                for problem in plan.problems
                if problem.reason in CONTENT_REASONS and (problem.reason not in UNLINKED or problem.cause in unlinked)
            ]
            self._list_problems([msgspec.structs.replace(plan, problems=tuple(found))])
        self._recheck_address()

    def _apply_delivery(self, data):
        """Take over by when and how it is sent; transfers that have not left follow."""
        self._living().write(
            {
                "commitment_date": naive_utc(data.ship_by_at),
                "oms_service_level": data.service_level,
                "oms_ship_by_at": naive_utc(data.ship_by_at),
                "oms_deliver_by_at": naive_utc(data.deliver_by_at),
            }
        )

    def _apply_gifts(self, data):
        texts = {line.external_id: line for line in data.lines}
        for line in self._living().order_line.filtered(lambda line: line.oms_external_line_id in texts):
            said = texts[line.oms_external_line_id]
            line.write({"oms_gift_message": said.gift_message, "oms_gift_wrap": said.gift_wrap})

    def _apply_address(self, plan):
        """Send what has not left to the new address. It is a contact of its own: other orders keep the old one."""
        partners = self.env["res.partner"]
        vals = partners._prepare_oms_customer(self.oms_channel_id, plan, partners._oms_states([plan]))
        vals = {name: vals[name] for name in ("name", "company_name", "lang", *MADE_FROM_ADDRESS) if name in vals}
        vals |= {"type": "delivery", "parent_id": self.partner_id.commercial_partner_id.id}
        contact = partners.create(vals | {"company_id": self.company_id.id})
        self._living().partner_shipping_id = contact
        transfers = self._living()._own_transfers().filtered(lambda picking: picking.state not in ("done", "cancel"))
        transfers.write({"partner_id": contact.id})
