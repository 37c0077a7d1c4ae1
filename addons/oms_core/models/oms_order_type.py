from random import randint

from odoo import api, fields, models

KINDS = [
    ("retail", "Retail"),
    ("wholesale", "Wholesale"),
    ("purchase", "Bought for the order"),
    ("replacement", "Replacement"),
    ("exchange", "Exchange"),
    ("transfer", "Transfer between warehouses"),
    ("preorder", "Pre-order"),
]
GATES = [
    ("paid", "Paid in full"),
    ("authorised", "Authorised is enough"),
    ("terms", "On terms, else paid in full"),
    ("none", "Not asked for"),
]


class OmsOrderType(models.Model):
    """What kind of order it is, and all that follows from it: confirmation, payment, credit, picking, documents."""

    _name = "oms.order.type"
    _description = "Order type"
    _order = "sequence, name"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(help="A short name for integrations, such as WHOLESALE.", copy=False)
    kind = fields.Selection(KINDS, required=True, default="retail")
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    color = fields.Integer(default=lambda self: randint(1, 11))  # noqa: S311 a colour
    icon = fields.Char(help="An icon of Font Awesome 4, such as fa-truck.")
    company_id = fields.Many2one("res.company", help="Empty: the type is shared by all companies.")
    confirmation = fields.Selection(
        [("auto", "By itself, once nothing stops it"), ("person", "By a person")],
        string="Confirmed",
        default="auto",
        required=True,
        help="Of orders that come in by a channel or an integration. A quotation made by hand is confirmed by hand.",
    )
    payment_gate = fields.Selection(
        GATES,
        string="Payment before it leaves",
        default="none",
        required=True,
        help="Its stock is kept meanwhile. What a channel says is not paid waits in any case.",
    )
    credit_mode = fields.Selection(
        [
            ("off", "Not looked at"),
            ("order", "Balance of orders: confirmed and not invoiced yet"),
            ("accounting", "Balance of the books: not paid, and not invoiced yet"),
        ],
        string="Credit limit",
        default="off",
        required=True,
        help="What the customer owes is held against the credit limit on the customer.",
    )
    credit_action = fields.Selection(
        [("warn", "Warn"), ("hold", "Hold the order, keep its stock")], string="Over the limit", default="hold"
    )
    credit_override = fields.Selection(
        [("clerk", "Clerks and managers"), ("manager", "Managers")], string="Let go by", default="manager"
    )
    picking_policy = fields.Selection(
        [("direct", "As soon as possible"), ("one", "When all of it is ready")],
        string="Sent",
        help="Empty: as Odoo has it.",
    )
    priority = fields.Selection(
        [("0", "Normal"), ("1", "Urgent")], string="Priority in the warehouse", default="0", required=True
    )
    pricelist_id = fields.Many2one(
        "product.pricelist",
        help="For customers without a pricelist of their own. Orders of channels keep the channel's prices.",
    )
    payment_term_id = fields.Many2one(
        "account.payment.term", string="Payment terms", help="For customers without terms of theirs."
    )
    is_slip_priced = fields.Boolean(string="Prices on the delivery slip")
    is_invoice_enclosed = fields.Boolean(string="Invoice with the parcel")
    tag_ids = fields.Many2many("oms.tag", string="Tags", help="Put on every new order of this type.")
    route_ids = fields.Many2many(
        "stock.route",
        string="Routes",
        help="How its goods are got, such as Dropship. Empty: as product and warehouse say.",
    )

    _code_unique = models.UniqueIndex("(lower(code)) WHERE code IS NOT NULL", "Two types cannot have the same code.")

    @api.model
    def _of_kind(self, kind):
        """Return the type of a kind: the one we ship while it is there and active, else the first."""
        # Not env.ref: it asks the database each time whether the record is still there.
        shipped = self.browse(self.env["ir.model.data"]._xmlid_to_res_id(f"oms_core.order_type_{kind}") or [])
        if shipped and shipped.sudo().active:  # sudo: whoever makes an order may not read types
            return shipped
        return self.sudo().search([("kind", "=", kind), ("company_id", "in", (False, self.env.company.id))], limit=1)

    @api.model
    def _for_order(self, channel, partner):
        """Return the type of a new order: the channel's, the customer's, else retail."""
        return channel.order_type_id or partner.commercial_partner_id.oms_type_id or self._of_kind("retail")

    def _chosen(self, name, company):
        """Return the pricelist, terms or routes of this type that an order of ``company`` may have.

        A type may be shared by companies that do not share these.
        """
        return self.sudo()[name].filtered(  # sudo: whoever makes an order may not read types
            lambda record: not record.company_id or record.company_id == company
        )

    def _new_tags(self, tags):
        """Return the tags this type adds to an order that has ``tags``; of a group it has one already."""
        return (self.tag_ids - tags).filtered(lambda tag: not tag.group_id or tag.group_id not in tags.group_id)


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    order_type_id = fields.Many2one(
        "oms.order.type",
        string="Type of its orders",
        check_company=True,
        ondelete="restrict",
        help="Empty: the customer's type, else retail.",
    )


class ResPartner(models.Model):
    _inherit = "res.partner"

    oms_type_id = fields.Many2one(
        "oms.order.type",
        string="Type of orders",
        ondelete="restrict",
        help="What this customer's orders are, unless their channel says something else. Empty: retail.",
    )
