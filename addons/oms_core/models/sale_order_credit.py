from decimal import Decimal

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..lib.gating import Credit, is_payment_enough, plan_credit

PAID_UP = ("paid", "refunded", "cancelled")


class SaleOrder(models.Model):
    """Payment and credit: what the type of an order asks for before its goods leave, and who may let it go by."""

    _inherit = "sale.order"

    oms_credit_warning = fields.Char(compute="_compute_oms_credit_warning", compute_sudo=True, string="Credit")
    oms_is_credit_overridden = fields.Boolean(string="Let go over the limit", readonly=True, copy=False)
    oms_can_override_credit = fields.Boolean(compute="_compute_oms_can_override_credit")

    # === THE BALANCE ===

    @api.depends("oms_type_id", "partner_invoice_id", "amount_total", "state")
    def _compute_oms_credit_warning(self):
        for order in self:
            credit = order._credit() if order.oms_type_id.credit_mode not in (False, "off") else None
            is_open = order.state in ("draft", "sent", "sale") and not order.oms_is_credit_overridden
            is_over = is_open and credit is not None and plan_credit(credit, "warn") != "ok"
            order.oms_credit_warning = order._credit_text(credit) if is_over else False

    def _credit(self):
        """Return the customer's credit as this order meets it, or ``None`` for an order without a customer."""
        self.ensure_one()
        order = self.sudo().with_company(self.company_id)  # sudo: accounting is only counted, not shown
        partner = order.partner_invoice_id.commercial_partner_id
        if not partner:
            return None
        others = order._other_open_orders(partner)
        owed = sum(other._uninvoiced() for other in others)
        if order.oms_type_id.credit_mode == "accounting":
            partner.invalidate_recordset(["credit"])  # Odoo does not know what it depends on
            owed += partner.credit
        return Credit(limit=_decimal(partner.credit_limit), owed=_decimal(owed), amount=_decimal(order._uninvoiced()))

    def _other_open_orders(self, partner):
        """Return the partner's confirmed orders that count; those that are held for credit themselves come after."""
        domain = [
            ("company_id", "=", self.company_id.id),
            ("partner_invoice_id.commercial_partner_id", "=", partner.id),
            ("state", "=", "sale"),
            ("invoice_status", "!=", "invoiced"),
            ("id", "!=", self._origin.id or 0),
            ("oms_hold_ids", "not any", [("state", "=", "open"), ("kind", "=", "credit")]),
        ]
        return self.search(domain).filtered(lambda order: order.oms_payment_state not in PAID_UP)

    def _uninvoiced(self):
        """Return what this order adds to the balance, in the company's currency."""
        if self.oms_payment_state in PAID_UP:
            return 0.0
        amount = self.amount_to_invoice if self.state == "sale" else self.amount_total
        money = self.company_id.currency_id
        return self.currency_id._convert(amount, money, self.company_id, self.date_order or fields.Date.today())

    def _credit_text(self, credit):
        money = self.company_id.currency_id.format
        return self.env._(
            "%(name)s would owe %(balance)s, %(over)s over the limit of %(limit)s.",
            name=self.partner_invoice_id.commercial_partner_id.name,
            balance=money(float(credit.balance)),
            over=money(float(credit.over)),
            limit=money(float(credit.limit)),
        )

    # === STOPPING ===

    def _action_confirm(self):
        result = super()._action_confirm()
        self._check_gates()
        return result

    def _check_gates(self):
        """Hold confirmed orders whose payment or credit is not what their type asks for. Their stock is kept."""
        for order in self:
            if not order._is_payment_enough():
                note = self.env._("%s asks for payment before it leaves.", order.oms_type_id.name)
                order._put_on_hold("payment", note, keeps_stock=True, ends_on="payment")
            order._check_credit()

    def _check_credit(self):
        """Warn of an order over the limit, or hold it, as its type says."""
        self.ensure_one()
        chosen = self.oms_type_id
        if chosen.credit_mode in (False, "off") or self.oms_is_credit_overridden:
            return
        credit = self._credit()
        step = plan_credit(credit, chosen.credit_action or "hold") if credit else "ok"
        if step == "warn":
            self.env["oms.order.event"]._log([(self, "credit_warned", {"text": self._credit_text(credit)})])
        elif step == "hold":
            self._put_on_hold("credit", self._credit_text(credit), keeps_stock=True, ends_on="payment")

    def _is_payment_enough(self):
        chosen = self.oms_type_id
        terms = bool(self.payment_term_id)
        return is_payment_enough(chosen.payment_gate or "none", self.oms_payment_state or "none", has_terms=terms)

    # === GOING ON ===

    def _release_settled(self):
        """Let orders go on whose payment or credit is in order again, the oldest first."""
        held = self.filtered(lambda order: {"payment", "credit"} & set(order._open_holds().mapped("kind")))
        for order in held.sorted("id"):
            kinds = order._open_holds().mapped("kind")
            if "payment" in kinds and order._is_payment_enough():
                order._release_holds(["payment"], why=self.env._("its payment is enough now"))
            if "credit" in kinds:
                credit = order._credit()
                if credit is None or plan_credit(credit, "hold") == "ok":
                    order._release_holds(["credit"], why=self.env._("it is within the credit limit again"))

    @api.model
    def _queue_settled(self, partners):
        """Look again at held orders of these customers, after money came in or a limit was raised."""
        if partners._held_for_money():
            partners.commercial_partner_id._oms_enqueue_settled()

    def _compute_oms_can_override_credit(self):
        for order in self:
            is_held = "credit" in order._open_holds().mapped("kind")
            order.oms_can_override_credit = is_held and order._may_override_credit()

    def _may_override_credit(self):
        group = "group_oms_clerk" if self.oms_type_id.credit_override == "clerk" else "group_oms_manager"
        return self.env.su or self.env.user.has_group(f"oms_core.{group}")

    def oms_override_credit(self, reason=""):
        """Let orders go although their customer is over the credit limit.

        :param reason: why, for the timeline
        :return: ``True``
        :raise UserError: no reason, or nothing is held for credit
        :raise AccessError: the type of the order leaves that to others
        """
        self.check_access("write")
        if not (reason or "").strip():
            raise UserError(self.env._("Say why it may go over the limit. The reason stays on the order."))
        for order in self:
            if "credit" not in order._open_holds().mapped("kind"):
                raise UserError(self.env._("%s is not held for credit.", order.name))
            order._ensure_may_override()
            order.sudo().oms_is_credit_overridden = True  # sudo: only who may override comes here
            holds = order._open_holds().filtered(lambda hold: hold.kind == "credit")
            holds._end(reason.strip(), by=self.env.user)
        return True

    def _ensure_may_override(self):
        if not self._may_override_credit():
            raise AccessError(
                self.env._("Orders over the credit limit are let go by a manager of the order desk. Ask one of them.")
            )

    def action_oms_override_credit(self):
        """Ask for the reason, then let the order go."""
        self.ensure_one()
        self._ensure_may_override()
        return {
            "type": "ir.actions.act_window",
            "res_model": "oms.credit.override",
            "views": [(False, "form")],
            "target": "new",
            "name": self.env._("Let it go over the limit"),
            "context": {"default_order_id": self.id},
        }


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        lines._check_credit_again()
        return lines

    def write(self, vals):
        result = super().write(vals)
        if not {"product_uom_qty", "price_unit", "discount"}.isdisjoint(vals):
            self._check_credit_again()
        return result

    def _check_credit_again(self):
        """An order that grows after it was confirmed meets the limit again."""
        for order in self.order_id.filtered(lambda order: order.state == "sale"):
            if order.oms_type_id.credit_mode not in (False, "off"):
                order._check_credit()


def _decimal(value):
    return Decimal(str(round(value or 0.0, 6)))
