from decimal import Decimal

import psycopg2.extensions
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..lib import importing
from ..lib.updating import content_digest
from .oms_channel_state import naive_utc
from .sale_order import QUIET
from .sale_order_forget import buyer_key

SERVICE_PRODUCTS = {
    "shipping": "oms_core.product_shipping",
    "gift_wrap": "oms_core.product_gift_wrap",
    "cod": "oms_core.product_cod",
    "discount": "oms_core.product_discount",
    "gift_card": "oms_core.product_gift_card",
    "other": "oms_core.product_other_charge",
    "channel_tax": "oms_core.product_channel_tax",
    "seller_tax": "oms_core.product_seller_tax",
    "rounding": "oms_core.product_rounding",
    "goods": "oms_core.product_unlinked",
}
IMPORT_REASONS = (
    "unmapped_sku",
    "placeholder_line",
    "unmapped_country",
    "unmapped_tax",
    "address_incomplete",
    "shipped_elsewhere",
    "unfulfillable",
    "cancel_requested",
    "held_by_channel",
)


class SaleOrder(models.Model):
    """From plans to orders: created in one batch with the channel's amounts, settled, listed, confirmed."""

    _inherit = "sale.order"

    @api.model
    def _create_from_plans(self, channel, plans):
        """Create, settle and confirm the orders of these plans.

        :param plans: list of :class:`~odoo.addons.oms_core.lib.importing.OrderPlan`
        :return: the orders, in the order of the plans
        """
        sales = self.with_context(**QUIET).with_company(channel.company_id)
        orders = sales.create(sales._prepare_oms_orders(channel, plans))
        orders._create_oms_lines(plans)
        orders._log_import(plans)
        is_real = not self.env.context.get("oms_preview")
        if is_real:
            orders._take_ids([plan.order for plan in plans])
            orders._take_buyer_notes((order, plan.order) for order, plan in zip(orders, plans, strict=True))
        orders._settle_totals()
        orders._list_problems(plans)
        if is_real:
            orders._take_over_replaced([plan.order for plan in plans])
            orders._close_cancelled()
            orders._confirm_ready()
        return orders

    def _close_cancelled(self):
        """Cancel what the channel had cancelled before we saw it: it stays on record only."""
        gone = self.filtered(lambda order: order.oms_channel_status == "cancelled" and order.state != "cancel")
        gone.with_context(oms_cancel_why=self.env._("It was cancelled before it came here."))._action_cancel()

    def _prepare_oms_orders(self, channel, plans):
        """Return the values of all orders but their lines. What is the same for all of them is looked up once."""
        partners = self.env["res.partner"]._oms_customers(channel, plans)
        pricelists = channel._pricelists({_currency(channel, plan.order) for plan in plans})
        labels = {label for plan in plans for label in plan.order.labels}
        tags = self._ensure_tags(labels)
        # Odoo works out the defaults once per order; one of them is a search.
        defaults = self.default_get(list(self._fields))
        vals_list = []
        for plan, partner in zip(plans, partners, strict=True):
            vals = self._prepare_oms_order(channel, plan, partner, pricelists[_currency(channel, plan.order)])
            vals["oms_tag_ids"] = [(6, 0, [tags[label].id for label in dict.fromkeys(plan.order.labels)])]
            vals_list.append(defaults | vals)
        self._number_orders(channel, vals_list)
        return vals_list

    def _number_orders(self, channel, vals_list):
        """Number new orders in one statement; ``create`` does it one by one (sale/models/sale_order.py:996)."""
        if self.env.context.get("oms_preview"):
            for vals in vals_list:  # what is only looked at takes no number
                vals["name"] = vals["oms_external_number"]
            return
        dates = [fields.Datetime.context_timestamp(self, vals["date_order"]) for vals in vals_list]
        names = self.env["ir.sequence"].with_company(channel.company_id)._next_many_by_code("sale.order", dates)
        for vals, name in zip(vals_list, names, strict=True):
            vals["name"] = name or self.env._("New")

    def _prepare_oms_order(self, channel, plan, partner, pricelist):
        """Return the values of one order. Every computed field is given, so that none is computed twice."""
        data = plan.order
        header = self._prepare_oms_header(plan)
        order_type = self.env["oms.order.type"]._for_order(channel, partner)
        return header | {
            "company_id": channel.company_id.id,
            "partner_id": partner.id,
            "partner_invoice_id": partner.id,
            "partner_shipping_id": partner.id,
            "pricelist_id": pricelist.id,
            "fiscal_position_id": False,
            "payment_term_id": False,
            "team_id": channel.team_id.id,
            "user_id": False,
            "oms_type_id": order_type.id,
            "picking_policy": order_type.picking_policy or "direct",
            "warehouse_id": channel._ships_from().id,
            "require_signature": False,
            "require_payment": False,
            "client_order_ref": data.buyer.purchase_order or data.external_number,
            "origin": channel.name,
            "oms_channel_id": channel.id,
            "oms_external_id": data.external_id,
            "oms_external_number": data.external_number,
            "oms_fulfilment": _fulfilment(data),
            "carrier_id": channel._carrier_for(data.service_level).id,
            "oms_buyer_key": buyer_key(channel.channel_type, data.buyer.external_id),
        }

    def _prepare_oms_header(self, plan):
        """Return the values that follow the channel at every update."""
        data = plan.order
        return {
            "date_order": naive_utc(data.placed_at),
            "commitment_date": naive_utc(data.ship_by_at),
            "oms_channel_status": data.status,
            "oms_changed_at": naive_utc(data.updated_at),
            "oms_total": float(data.total.amount) if data.total else 0.0,
            "oms_has_total": data.total is not None,
            "oms_marketplace": data.marketplace,
            "oms_service_level": data.service_level,
            "oms_ship_by_at": naive_utc(data.ship_by_at),
            "oms_deliver_by_at": naive_utc(data.deliver_by_at),
            "oms_content_digest": content_digest(data),
        }

    def _ensure_tags(self, labels):
        if not labels:
            return {}
        names = {label: label.replace("_", " ").capitalize() for label in sorted(labels)}
        return self.env["oms.tag"].sudo()._ensure_codes(names)  # sudo: the system sets its own tags

    # === LINES ===

    def _create_oms_lines(self, plans):
        """Create the lines of all orders in one call."""
        constants = self._line_constants()
        # One read for the products of all lines: records made one by one are read one by one.
        products = self.env["product.product"].browse(
            {line.product_id for plan in plans for line in plan.lines} - {None}
        )
        products.mapped("product_tmpl_id.uom_id")
        self.env["sale.order.line"].create(
            [
                vals | constants | {"order_id": order.id}
                for order, plan in zip(self, plans, strict=True)
                for vals in order._prepare_oms_lines(plan)
            ]
        )

    def _line_constants(self):
        """Return what Odoo would find out once per line and is the same for all of them."""
        if self.env["account.analytic.distribution.model"].sudo().search_count([], limit=1):  # sudo: accountants' rules
            return {}
        return {"analytic_distribution": False}

    def _prepare_oms_lines(self, plan):
        """Return the line values of one plan."""
        return [self._prepare_oms_line(plan, line, position) for position, line in enumerate(plan.lines)]

    def _prepare_oms_line(self, plan, line, position):
        product = (
            self.env["product.product"].browse(line.product_id) if line.product_id else self._service_product(line.kind)
        )
        amount = line.amount if line.amount is not None else Decimal(0)
        units = line.quantity * line.units
        is_taxed = line.is_taxed and plan.tax_id
        return {
            "sequence": 10 + position,
            "product_id": product.id,
            "product_uom_id": product.uom_id.id,
            "product_uom_qty": float(units),
            # Nothing is left of a line that was cancelled before we first saw it.
            "price_unit": float(amount / units) if units else 0.0,
            "discount": 0.0,
            "tax_ids": [(6, 0, [plan.tax_id] if is_taxed else [])],
            "name": line.title or product.display_name,
            "customer_lead": product.sale_delay,
            "oms_external_line_id": line.external_id,
            "oms_quantity": float(line.quantity),
            "oms_units": float(line.units),
            "oms_part_of": line.part_of,
            "oms_kind": line.kind,
            "oms_sku": line.sku,
            "oms_title": line.title,
            "oms_gift_message": line.gift_message,
            "oms_gift_wrap": line.gift_wrap,
        }

    def _service_product(self, kind):
        # Not env.ref: it asks the database each time whether the product is still there.
        return self.env["product.product"].browse(
            self.env["ir.model.data"]._xmlid_to_res_id(SERVICE_PRODUCTS[kind], True)
        )

    # === SETTLING ===

    def _settle_totals(self):
        """Make each total equal to the channel's to the cent, or say that it is not.

        A difference of a few cents becomes one labelled line. A larger one lets the order reserve stock but not leave.
        Of what the channel cancelled nothing leaves: some count its lines to nothing and leave its total as it was.
        Nor does anything leave of what another order stands for.
        """
        lines, differing, settled = [], [], self.browse()
        for order in self.filtered("oms_has_total"):
            if order.oms_channel_status == "cancelled" or order.oms_replaced_by_id:
                continue
            step = Decimal(str(order.currency_id.rounding))
            theirs, ours = Decimal(str(order.oms_total)), Decimal(str(order._amount_here()))
            rounding, is_equal = importing.settle(theirs, ours, step, order.oms_channel_id.tolerance_steps)
            if rounding and not order._round_again(rounding):
                lines.append(order._prepare_rounding_line(rounding))
            if is_equal:
                settled |= order
            else:
                differing.append(order._prepare_difference(theirs, ours))
        self.env["sale.order.line"].create(lines)
        self.env["oms.exception"]._open_problems(differing)
        settled._close_own_problems(["total_differs"])

    def _round_again(self, amount):
        """Let the rounding line that is there carry the difference. A confirmed order keeps its lines.

        :return: whether there is one
        """
        line = self.order_line.filtered(lambda line: line.oms_kind == "rounding")[:1]
        if line:
            line.price_unit += float(amount)
        return bool(line)

    def _prepare_rounding_line(self, amount):
        product = self._service_product("rounding")
        plan_line = importing.LinePlan(kind="rounding", amount=amount, is_taxed=False)
        vals = self._prepare_oms_line(importing.OrderPlan(order=None, lines=()), plan_line, 900)
        return vals | {"order_id": self.id, "name": product.display_name}

    def _prepare_difference(self, theirs, ours):
        money = self.currency_id.format
        return {
            "reason": "total_differs",
            "order_id": self.id,
            "cause": self._oms_head().oms_external_id,
            "params": {"theirs": money(float(theirs)), "ours": money(float(ours))},
        }

    # === LISTING WHAT IS WRONG ===

    def _list_problems(self, plans):
        self.env["oms.exception"]._open_problems(
            {
                "reason": problem.reason,
                "order_id": order.id,
                "channel_id": order.oms_channel_id.id,
                "cause": problem.cause,
                "params": dict(problem.params),
            }
            for order, plan in zip(self, plans, strict=True)
            if not order.oms_replaced_by_id
            for problem in plan.problems
        )

    def _log_import(self, plans):
        entries = []
        for order in self:
            total = order.currency_id.format(order.oms_total) if order.oms_has_total else self.env._("not known yet")
            entries.append((order, "imported", {"number": order.oms_external_number, "total": total}, "channel"))
        self.env["oms.order.event"]._log(entries)
        reports = [(order, plan.order.payments) for order, plan in zip(self, plans, strict=True)]
        self.env["oms.payment"]._take_over(reports)

    # === CONFIRMING ===

    def _confirm_ready(self):
        """Confirm the orders that nothing stops, in one batch; where the batch fails, one by one."""
        ready = self.filtered(
            lambda order: (
                order.state in ("draft", "sent")
                and order.oms_channel_id
                and order.oms_hold != "confirm"
                and order._confirms_itself()
                and not order._is_replaced()
                and (
                    order.oms_channel_status in ("to_ship", "partly_shipped", "shipped") or order._may_reserve_unpaid()
                )
            )
        )
        if not ready:
            return
        quiet = ready.with_context(**QUIET, oms_keep_order_date=True)
        try:
            with self.env.cr.savepoint():
                quiet._confirm_batch()
        except psycopg2.extensions.TransactionRollbackError:
            raise  # another transaction won: the job starts over
        except UserError as error:
            if len(ready) > 1:
                for order in ready:
                    order._confirm_ready()
                return
            ready._note_not_confirmed(error)

    def _note_not_confirmed(self, error):
        """Keep an order our own models refuse to confirm as a quotation, with their words."""
        self.env["oms.exception"]._open_problems(
            [
                {
                    "reason": "import_failed",
                    "order_id": self.id,
                    "cause": self._oms_head().oms_external_id,
                    "params": {"number": self.oms_external_number, "why": str(error)},
                }
            ]
        )

    def _unlinked_lines(self):
        unlinked = self._service_product("goods")
        return self.order_line.filtered(lambda line: line.product_id == unlinked)


def _currency(channel, data):
    return data.currency or channel.company_id.currency_id.name


def _fulfilment(data):
    """Who sends the goods. An order the merchant had sent before it came here must not be sent again."""
    if data.fulfilled_by == "channel":
        return "channel"
    return "elsewhere" if data.status == "shipped" else "own"
