from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools.misc import format_datetime

from ..lib import errors

# What a person may correct of a delivery address in place.
ADDRESS_FIELDS = ("name", "street", "street2", "zip", "city", "country_id", "phone")


class OmsException(models.Model):
    """The facts each fix in place shows, and what its buttons write."""

    _inherit = "oms.exception"

    # === SIGNED OUT ===

    def _sign_in_facts(self):
        managers = self.env.ref("oms_core.group_oms_manager").sudo().all_user_ids  # sudo: names of colleagues
        people = managers.filtered(lambda user: user.active and not user.share and not user._is_superuser())
        waiting = {state.entity: state.waiting_count for state in self.channel_id.state_ids}
        return {
            "can_sign_in": self.env.user.has_group("oms_core.group_oms_manager"),
            "managers": people.mapped("name")[:5],
            "stock_kept": waiting.get("stock", 0),
            "messages_kept": self.channel_id.outbox_count,
        }

    # === TOTAL ===

    def _total_facts(self):
        """Return the lines of both sides beside each other, and what the whole differs by."""
        order = self.order_id
        money = order.currency_id.format
        theirs, ours = order.oms_total, order._amount_here()
        return {
            "rows": [
                {
                    "what": what,
                    "theirs": money(there) if there is not None else "–",
                    "ours": money(here) if here is not None else "–",
                    "differs": there is not None
                    and here is not None
                    and bool(order.currency_id.compare_amounts(there, here)),
                }
                for what, there, here in self._compared_lines()
            ],
            "theirs": money(theirs),
            "ours": money(ours),
            "difference": money(theirs - ours),
            "can_round": order.state in ("draft", "sent", "sale") and not order.invoice_ids,
        }

    def _compared_lines(self):
        """Return ``(what, amount there, amount here)`` of goods and charges; None where one side does not say."""
        order = self.order_id
        data = self._order_data()
        there = {line.external_id: line.amount.amount for line in data.lines if line.amount} if data else {}
        rows, rest = [], order.order_line.filtered(lambda line: not line.display_type)
        for line in rest.filtered("oms_external_line_id"):
            amount = there.get(line.oms_external_line_id)
            here = line.price_total if data and data.is_tax_included else line.price_subtotal
            rows.append((line.oms_title or line.name, float(amount) if amount is not None else None, here))
        for line in rest.filtered(lambda line: not line.oms_external_line_id):
            rows.append((line.name, None, line.price_total))
        return rows

    def _order_data(self):
        """Return the newest document of the order as a value, None where it is gone or cannot be read."""
        document = self._document()
        if not document:
            return None
        try:
            return self.channel_id._adapter_class().parse_order(document._body())
        except errors.Malformed:
            return None

    def action_accept_rounding(self):
        """Make the total here equal to the channel's with one labelled line, because a person says it is right.

        :raise UserError: it is no difference of totals, or the order was invoiced or cancelled
        """
        self._ensure_clerk()
        self._ensure_reason("total_differs")
        for problem in self:
            order = problem.order_id
            order.check_access("write")
            if order.invoice_ids or order.state == "cancel":
                raise UserError(self.env._("%s is invoiced or cancelled: its lines stay as they are.", order.name))
            summary = problem.summary
            difference = Decimal(str(order.oms_total)) - Decimal(str(order._amount_here()))
            if difference and not order._round_again(difference):
                self.env["sale.order.line"].sudo().create(  # sudo: the clerk decides, the system writes the line
                    order._prepare_rounding_line(difference)
                )
            self.env["oms.order.event"]._log([(order, "accepted", {"difference": summary})])
            order._settle_totals()
        return True

    # === ADDRESS ===

    def _address_facts(self):
        partner = self.order_id.partner_shipping_id
        values = {name: partner[name] or "" for name in ADDRESS_FIELDS if name != "country_id"}
        missing = [name for name in ("street", "country_id") if not partner[name]]
        missing += ["city"] if not (partner.city or partner.zip or partner.state_id) else []
        company = self.company_id or self.env.company
        return {
            "values": values | {"country_id": partner.country_id.id or False},
            "missing": missing,
            "company_phone": company.phone or "",
        }

    def complete_address(self, values):
        """Complete the delivery address of the order and look at the order again.

        :param values: dict with any of ``name``, ``street``, ``street2``, ``zip``, ``city``, ``country_id``, ``phone``
        :return: True
        :raise UserError: another field is named, or the problem is not about an address
        """
        self.ensure_one()
        self._ensure_clerk()
        if self.reason not in ("address_incomplete", "unmapped_country") or self.state != "open":
            raise UserError(self.env._("This is not what the problem is about any more. Reload the page."))
        unknown = set(values) - set(ADDRESS_FIELDS)
        if unknown:
            raise UserError(self.env._("An address has no “%s”.", ", ".join(sorted(unknown))))
        order = self.order_id
        order.check_access("write")
        partner = order.partner_shipping_id.sudo()  # sudo: of an order they may write, clerks complete the address
        partner.write({name: value or False for name, value in values.items()})
        order._recheck()
        return True

    # === CHANGE ===

    def _change_facts(self):
        return {
            "lines": [
                {
                    "id": line.id,
                    "words": line.words or "",
                    "advice": line.advice or "",
                    "decision": line.decision,
                    "is_open": line.decision == "open",
                    "can_accept": line.kind != "currency",
                }
                for line in self._open_change().line_ids
            ]
        }

    # === STOCK ===

    def _stock_facts(self):
        """Return what is missing of each product, where some of it lies and when more comes."""
        order = self.order_id.sudo()  # sudo: stock of all our warehouses, to people at the desk
        moves = order.order_line.move_ids.filtered(lambda move: move.state not in ("cancel", "done"))
        first = moves.filtered(lambda move: not move.move_orig_ids)
        warehouses = (
            self.env["stock.warehouse"].sudo().search([("company_id", "=", order.company_id.id)])
        )  # sudo: as above
        arrivals = self._arrivals(first.product_id)
        rows = []
        for product in first.product_id:
            of_product = first.filtered(lambda move, product=product: move.product_id == product)
            asked, reserved = sum(of_product.mapped("product_qty")), sum(of_product.mapped("quantity"))
            if reserved >= asked:
                continue
            free = [
                {"place": warehouse.name, "units": f"{units:g}"}
                for warehouse in warehouses
                if (units := product.with_context(warehouse_id=warehouse.id).free_qty) > 0
            ]
            rows.append(
                {
                    "product": product.display_name,
                    "asked": f"{asked:g}",
                    "reserved": f"{reserved:g}",
                    "free": free,
                    "arrival": arrivals.get(product.id, ""),
                }
            )
        places = [] if order.picking_ids.move_ids.filtered("picked") else order._whole_elsewhere(warehouses)
        return {"rows": rows, "whole": [{"id": place.id, "name": place.name} for place in places]}

    def action_send_from(self, warehouse_id):
        """Send the order from a warehouse that has all of it.

        :param warehouse_id: one of ``whole`` in the facts of the fix
        :raise UserError: it cannot be sent from there, with the reason, or the user is no order desk clerk
        """
        self.ensure_one()
        self._ensure_clerk()
        [answer] = self.order_id.oms_send_from(warehouse_id)
        if not answer["is_done"]:
            raise UserError(answer["why"])
        return True

    @api.model
    def _arrivals(self, products):
        """Return ``{product id: words}`` for the next receipt of each product, by its document."""
        moves = (
            self.env["stock.move"]
            .sudo()
            .search(  # sudo: as above
                [
                    ("product_id", "in", products.ids),
                    ("picking_code", "=", "incoming"),
                    ("state", "in", ("waiting", "confirmed", "partially_available", "assigned")),
                ],
                order="date desc",
            )
        )
        return {
            move.product_id.id: self.env._(
                "%(units)s expected %(day)s (%(document)s)",
                units=f"{move.product_qty:g}",
                day=format_datetime(self.env, move.date, dt_format="short"),
                document=move.origin or move.picking_id.name or "–",
            )
            for move in moves
        }

    # === CARRIER, TELLING ===

    def _carrier_facts(self):
        carriers = self.order_id.picking_ids.carrier_id
        return {"carriers": [{"id": carrier.id, "name": carrier.name} for carrier in carriers]}

    def _telling_facts(self):
        if not self.can_tell:
            return False
        selection = self._fields["cancel_reason"]._description_selection(self.env)
        return {
            "reason": self.cancel_reason,
            "reasons": [{"value": value, "label": label} for value, label in selection],
        }

    def tell_cancellation(self, reason):
        """Tell the channel that the order is cancelled here, with one of its reasons.

        :param reason: a value of ``cancel_reason``, such as ``out_of_stock``
        :return: True
        """
        self._ensure_clerk()
        self._ensure_reason("cancel_untold")
        if reason not in dict(self._fields["cancel_reason"].selection):
            raise UserError(self.env._("There is no reason “%s” to tell a channel.", reason))
        self.sudo().cancel_reason = reason  # sudo: clerks may say why, not edit problems
        return self.action_tell_channel()

    # === FIGURES ===

    @api.model
    def get_closed_today(self):
        """Return how many problems ended today by themselves and by a person.

        :return: dict with ``by_itself``, ``by_person`` and the domains they count
        """
        self.browse().check_access("read")
        since = fields.Datetime.to_string(self.env["oms.channel"]._today_start())
        ended = [("closed_at", ">=", since), ("state", "!=", "open")]
        alone, person = [*ended, ("closed_by_id", "=", False)], [*ended, ("closed_by_id", "!=", False)]
        return {
            "by_itself": self.search_count(alone),
            "by_person": self.search_count(person),
            "domain_by_itself": alone,
            "domain_by_person": person,
        }
