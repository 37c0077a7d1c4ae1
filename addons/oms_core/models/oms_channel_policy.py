from odoo import fields, models

from ..lib.channel import Capability

TELL = [("ask", "Ask each time"), ("always", "Always"), ("never", "Never")]


class OmsChannel(models.Model):
    """What this account does where shops differ. Every default is the one that does no harm."""

    _inherit = "oms.channel"

    unknown_sku_policy = fields.Selection(
        [
            ("hold", "Hold the order until it is linked"),
            ("placeholder", "Let the order go on with a placeholder"),
            ("create", "Create the product"),
        ],
        string="An SKU nobody knows",
        default="hold",
        required=True,
        help="A placeholder has no stock: that line is not picked, the rest of the order is.",
    )
    unpaid_policy = fields.Selection(
        [
            ("wait", "Show them, reserve nothing"),
            ("reserve", "Reserve stock for a while"),
            ("skip", "Leave them out until they are paid"),
        ],
        string="Orders not paid yet",
        default="wait",
        required=True,
    )
    unpaid_hours = fields.Integer(
        string="Reserve for (hours)", default=48, help="After this the stock of an unpaid order is free again."
    )
    cancel_policy = fields.Selection(TELL, string="Tell the channel about cancellations", default="ask", required=True)
    refund_policy = fields.Selection(
        TELL,
        string="Give refunds back through the channel",
        default="ask",
        required=True,
        help="For credit notes posted here. A refund made on the order itself always goes to the channel.",
    )
    invoice_policy = fields.Selection(
        [("never", "Leave invoices to the channel"), ("ship", "Invoice what was sent")],
        string="Invoices on the channel",
        default="never",
        required=True,
        help="Some shops wait for somebody to invoice an order before it counts as complete.",
    )
    is_payment_captured = fields.Boolean(
        string="Take the money with the invoice", help="Charges what the buyer has only authorised so far."
    )
    can_invoice = fields.Boolean(compute="_compute_can", string="Takes invoices")
    can_stock = fields.Boolean(compute="_compute_can", string="Takes quantities")
    can_cancel = fields.Boolean(compute="_compute_can", string="Takes cancellations")
    can_refund = fields.Boolean(compute="_compute_can", string="Takes refunds")

    _unpaid_hours_positive = models.Constraint("CHECK(unpaid_hours > 0)", "Reserve for at least one hour.")

    def _compute_can(self):
        for channel in self:
            channel.can_stock = channel._has(Capability.STOCK) or channel._has(Capability.BULK)
            channel.can_cancel = channel._has(Capability.CANCEL)
            channel.can_refund = channel._has(Capability.REFUND)
            channel.can_invoice = channel._has(Capability.INVOICE)

    def _has(self, capability):
        """Return whether the channel's API offers a part of the contract."""
        self.ensure_one()
        return bool(self.channel_type) and capability in self._adapter_class().capabilities
