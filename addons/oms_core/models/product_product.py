from odoo import api, fields, models
from odoo.fields import Domain

from ..lib.likeness import likeness, stems

LEAST_LIKENESS = 0.3
LOOKED_AT = 300
STEMS = 6


class ProductProduct(models.Model):
    _inherit = "product.product"

    oms_listing_count = fields.Integer(compute="_compute_oms_listing_count", string="Listings")

    def _compute_oms_listing_count(self):
        counts = dict(
            self.env["oms.listing"]._read_group([("product_id", "in", self.ids)], ["product_id"], ["__count"])
        )
        for product in self:
            product.oms_listing_count = counts.get(product, 0)

    def action_view_oms_listings(self):
        """Open what the channels offer of these products."""
        return self.env["oms.channel"]._open("oms_core.oms_listing_action", [("product_id", "in", self.ids)])

    @api.model
    def _oms_candidates(self, sku, title, *, barcode=False, limit=5):
        """Return products an unknown SKU of a channel may stand for, likeliest first.

        :param sku: the channel's SKU, or False
        :param title: what the channel calls it, or False
        :param barcode: the barcode the channel tells, or False
        :return: products with that reference or barcode, then those whose reference or name is like it
        """
        sku, title = sku or "", title or ""
        sold = Domain("sale_ok", "=", True)
        codes = [code for code in (sku, barcode) if code]
        equal = Domain("default_code", "=", sku) | Domain("barcode", "in", codes)
        same = self.search(sold & equal) if sku else self
        like = Domain.OR(
            Domain("name", "ilike", stem) | Domain("default_code", "ilike", stem)
            for stem in [*stems(title)[:STEMS], *stems(sku)[:STEMS]]
        )
        scores = {
            product: max(likeness(sku, product.default_code or ""), likeness(title, product.name))
            for product in self.search(sold & like, limit=LOOKED_AT) - same
        }
        near = sorted(
            (product for product in scores if scores[product] >= LEAST_LIKENESS), key=scores.get, reverse=True
        )
        return (same + self.union(*near))[:limit]


class ProductTemplate(models.Model):
    _inherit = "product.template"

    oms_listing_count = fields.Integer(compute="_compute_oms_listing_count", string="Listings")

    def _compute_oms_listing_count(self):
        for template in self:
            template.oms_listing_count = sum(template.product_variant_ids.mapped("oms_listing_count"))

    def action_view_oms_listings(self):
        """Open what the channels offer of these products."""
        return self.product_variant_ids.action_view_oms_listings()
