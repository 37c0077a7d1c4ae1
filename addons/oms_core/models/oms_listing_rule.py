from odoo import fields, models
from odoo.exceptions import UserError

from ..lib.availability import StockRule
from ..lib.channel import Capability
from .oms_listing import CREDIBLE


class OmsChannel(models.Model):
    _inherit = "oms.channel"

    stock_percent = fields.Integer(
        string="Share shown (%)", default=100, help="Of what is left after the units held back."
    )
    stock_most = fields.Integer(string="Never show more than", help="0: no limit.")
    stock_end_when = fields.Integer(
        string="Show none at or below", help="At this many or fewer left, after the units held back, none is shown."
    )
    is_price_pushed = fields.Boolean(
        string="Keep prices on the channel true", help="Off: prices on the channel are never touched."
    )
    price_pricelist_id = fields.Many2one(
        "product.pricelist", string="Prices from", check_company=True, help="Its currency must be the channel's."
    )
    can_price = fields.Boolean(compute="_compute_can_price")

    _percent_sane = models.Constraint("CHECK(stock_percent BETWEEN 0 AND 100)", "A share is between 0 and 100 %.")
    _most_sane = models.Constraint("CHECK(stock_most >= 0 AND stock_end_when >= 0)", "Limits cannot be negative.")

    def _compute_can_price(self):
        for channel in self:
            channel.can_price = channel._has(Capability.PRICE)

    def write(self, vals):
        """Look at every listing again when the rule changes."""
        result = super().write(vals)
        rule = {
            "stock_buffer",
            "stock_percent",
            "stock_most",
            "stock_end_when",
            "is_price_pushed",
            "price_pricelist_id",
        }
        if not rule.isdisjoint(vals):
            self.env["oms.stock.dirty"]._mark(self.listing_ids.product_id.ids, "rule")
        return result


class OmsListing(models.Model):
    """The stock rule of one listing, where it is not the channel's, and quantities nobody can believe."""

    _inherit = "oms.listing"

    has_own_rule = fields.Boolean(string="Own stock rule", help="Off: the channel's rule counts.")
    stock_buffer = fields.Integer(string="Units held back")
    stock_percent = fields.Integer(string="Share shown (%)", default=100)
    stock_most = fields.Integer(string="Never show more than", help="0: no limit.")
    stock_end_when = fields.Integer(string="Show none at or below")
    credible = fields.Integer(
        string="Believed up to",
        default=CREDIBLE,
        help="A quantity above this is not sent until somebody says it is right.",
    )

    _percent_sane = models.Constraint("CHECK(stock_percent BETWEEN 0 AND 100)", "A share is between 0 and 100 %.")

    def _rule(self):
        """Return the :class:`~odoo.addons.oms_core.lib.availability.StockRule` that counts for this listing."""
        source = self if self.has_own_rule else self.channel_id
        return StockRule(
            buffer=source.stock_buffer,
            percent=source.stock_percent,
            most=source.stock_most,
            end_when=source.stock_end_when,
        )

    def _believable(self, target):
        """Return whether a quantity may be sent; one that is absurd becomes a problem and stops this listing only."""
        if target <= (self.credible or CREDIBLE):
            return True
        words = {"sku": self.sku, "qty": target}
        entry = {"reason": "quantity_absurd", "channel_id": self.channel_id.id, "cause": self.sku, "params": words}
        self.env["oms.exception"]._open_problems([entry])
        return False

    def _note_archived(self, *, is_archived):
        """Say that a listing's product is archived while the channel still offers it; close that when it is back."""
        for listing in self:
            if is_archived:
                words = {"sku": listing.sku, "product": listing.product_id.display_name}
                entry = {"reason": "product_archived", "channel_id": listing.channel_id.id, "cause": listing.sku}
                self.env["oms.exception"]._open_problems([entry | {"params": words}])
            else:
                self.env["oms.exception"]._close_problems(listing.channel_id, "product_archived", [listing.sku])
        self.env["oms.stock.dirty"]._mark(self.product_id.ids, "rule")

    def action_believe(self):
        """Say that the quantity computed now is right, and let it be sent."""
        if not self.env.user.has_group("oms_core.group_oms_clerk"):
            raise UserError(self.env._("Ask an order desk clerk to do this."))
        self.check_access("write")
        for listing in self:
            listing.credible = max(listing.credible, listing.qty_target)
            self.env["oms.exception"]._close_problems(listing.channel_id, "quantity_absurd", [listing.sku])
            self.env["oms.stock.dirty"]._mark(listing.product_id.ids, "rule")
        return True


class ProductProduct(models.Model):
    _inherit = "product.product"

    def write(self, vals):
        """A product that is archived sells nowhere: its listings show none, and somebody is told."""
        result = super().write(vals)
        if "active" in vals:
            listings = self.env["oms.listing"].sudo().search([("product_id", "in", self.ids)])  # sudo: any product user
            listings._note_archived(is_archived=not vals["active"])
        return result
