import hashlib

from odoo import api, fields, models

from ..lib.changing import PERSONAL

# What a person could be known by, on a customer we made for a channel's order.
NAMING = ("email", "phone", "street", "street2", "city", "zip", "company_name", "vat", "comment", "ref")


class SaleOrder(models.Model):
    """Forgetting a buyer: amounts, lines and history stay, names and addresses go."""

    _inherit = "sale.order"

    oms_buyer_key = fields.Char(
        readonly=True, copy=False, index="btree_not_null", groups="base.group_no_one", help="Digest of the buyer's id."
    )
    oms_forgetting = fields.Selection(
        [("waiting", "Once the order is done"), ("done", "Done")],
        string="Buyer's data removed",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )

    @api.model
    def _forget_buyers(self, channel_type, names):
        """Forget the buyers known on a kind of channel by any of these names or ids.

        Orders still to be sent keep the address until they are done; a problem says so.

        :param names: user names and ids as the channel gives them
        """
        keys = [buyer_key(channel_type, name) for name in names if name]
        orders = self.sudo().search([("oms_buyer_key", "in", keys), ("oms_forgetting", "!=", "done")])  # sudo: the law
        busy = orders.filtered(lambda order: order._stage() in ("draft", "confirmed", "picking"))
        busy.oms_forgetting = "waiting"
        self.env["oms.exception"]._open_problems(
            {"reason": "buyer_deleted", "order_id": order.id, "cause": order.oms_external_id} for order in busy
        )
        (orders - busy)._forget(self.env._("the channel asked for it"))

    @api.model
    def _forget_due(self):
        """Forget the buyers of orders that waited for it and are done now. Called once a day."""
        waiting = self.sudo().search([("oms_forgetting", "=", "waiting")])
        done = waiting.filtered(lambda order: order._stage() in ("shipped", "cancelled"))
        done._close_own_problems(["buyer_deleted"])
        done._forget(self.env._("the channel asked for it"))

    def _forget(self, why):
        """Remove what names the buyers of these orders, here and in the documents they came in."""
        for order in self:
            partners = order.partner_id | order.partner_invoice_id | order.partner_shipping_id
            partners._oms_forget(order)
            order.order_line.filtered("oms_gift_message").write({"oms_gift_message": False})
            order.oms_note_ids._forget()
            order.oms_inbox_ids.write({"body_encrypted": False, "size": 0})
            order.oms_change_ids.line_ids.filtered(lambda line: line.kind in PERSONAL).write(
                {"old": False, "new": False}
            )
            order.write({"oms_forgetting": "done", "oms_buyer_key": False, "note": False})
        self.env["oms.order.event"]._log((order, "anonymised", {"why": why}, "system") for order in self)


class ResPartner(models.Model):
    _inherit = "res.partner"

    def _oms_forget(self, order):
        """Blank customers that were made for a channel's orders. Those with a life of their own stay as they are."""
        mine = self.filtered(lambda partner: not partner.user_ids and partner.company_id == order.company_id)
        others = dict(
            self.env["sale.order"]._read_group(
                [("partner_id", "in", mine.ids), ("oms_channel_id", "=", False)], ["partner_id"], ["__count"]
            )
        )
        for partner in mine.filtered(lambda partner: partner not in others):
            blank = dict.fromkeys((name for name in NAMING if name in partner._fields), False)
            partner.write(blank | {"name": self.env._("Buyer removed"), "oms_match_key": False})
            partner.message_ids.sudo().unlink()  # sudo: they may quote the buyer


def buyer_key(channel_type, name):
    """Return the digest under which a buyer of a kind of channel is found again; False for a buyer without a name."""
    if not name:
        return False
    return hashlib.sha256(f"{channel_type}\x1f{name.strip().casefold()}".encode()).hexdigest()
