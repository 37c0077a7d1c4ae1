from odoo import api, fields, models

from ..lib.importing import Goods


class OmsListing(models.Model):
    """What one sale of a listing takes from stock: some units of its product and, for a kit, of further products."""

    _inherit = "oms.listing"

    units = fields.Float(
        string="Units per sale",
        digits="Product Unit",
        default=1.0,
        required=True,
        tracking=True,
        help="A pack of six takes 6 units of the product for each one sold.",
    )
    part_ids = fields.One2many("oms.listing.part", "listing_id", string="Further parts", copy=True)
    is_kit = fields.Boolean(compute="_compute_is_kit", string="Kit")

    _units_positive = models.Constraint("CHECK(units > 0)", "A sale takes at least some of the product.")

    @api.depends("part_ids")
    def _compute_is_kit(self):
        for listing in self:
            listing.is_kit = bool(listing.part_ids)

    def _as_goods(self):
        """Return what the plan of an order must know of this listing, or None when it is linked to nothing."""
        self.ensure_one()
        if not self.product_id:
            return None
        parts = tuple((part.product_id.id, part.units) for part in self.part_ids)
        return Goods(product_id=self.product_id.id, units=self.units or 1.0, parts=parts)

    def _needs(self):
        """Return ``[(product, units one sale takes)]``."""
        self.ensure_one()
        return [(self.product_id, self.units or 1.0), *((part.product_id, part.units) for part in self.part_ids)]


class OmsListingPart(models.Model):
    """A further product that one sale of a listing takes."""

    _name = "oms.listing.part"
    _description = "Part of a listing"
    _check_company_auto = True

    listing_id = fields.Many2one("oms.listing", required=True, ondelete="cascade", index=True)
    company_id = fields.Many2one(related="listing_id.company_id", store=True, index=True)
    product_id = fields.Many2one("product.product", required=True, ondelete="restrict", index=True, check_company=True)
    units = fields.Float(string="Units per sale", digits="Product Unit", default=1.0, required=True)

    _units_positive = models.Constraint("CHECK(units > 0)", "A sale takes at least some of each part.")
    _product_unique = models.UniqueIndex("(listing_id, product_id)", "Each product is one part of a listing.")

    @api.model_create_multi
    def create(self, vals_list):
        parts = super().create(vals_list)
        self.env["oms.stock.dirty"]._mark(parts.listing_id.product_id.ids, "rule")
        return parts

    def write(self, vals):
        result = super().write(vals)
        self.env["oms.stock.dirty"]._mark(self.listing_id.product_id.ids, "rule")
        return result

    def unlink(self):
        self.env["oms.stock.dirty"]._mark(self.listing_id.product_id.ids, "rule")
        return super().unlink()
