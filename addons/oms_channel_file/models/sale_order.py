from odoo import models


class SaleOrder(models.Model):
    """Orders of customers we have: bought by the customer, sent to one of his addresses, billed to another."""

    _inherit = "sale.order"

    def _prepare_oms_order(self, channel, plan, partner, pricelist):
        """Override of `oms_core` to tell the customer of a file from the address he wants it sent to."""
        vals = super()._prepare_oms_order(channel, plan, partner, pricelist)
        return vals | _customer_vals(partner) if channel.channel_type == "file" else vals

    def _rewrite(self, data, *, is_same_buyer=False):
        """Override of `oms_core` to tell customer and address apart after a quotation was built anew, too."""
        super()._rewrite(data, is_same_buyer=is_same_buyer)
        if self.oms_channel_id.channel_type == "file" and not is_same_buyer:
            self.write(_customer_vals(self.partner_shipping_id))


def _customer_vals(contact):
    if contact.type != "delivery" or not contact.parent_id:
        return {
            "partner_id": contact.id,
            "partner_shipping_id": contact.id,
            "partner_invoice_id": contact.address_get(["invoice"])["invoice"],
        }
    customer = contact.parent_id
    return {
        "partner_id": customer.id,
        "partner_shipping_id": contact.id,
        "partner_invoice_id": customer.address_get(["invoice"])["invoice"],
    }
